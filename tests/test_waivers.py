"""What people say of findings: waivers that end, verdicts of persons, and the machine's verdict beside them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audit.cli import main
from audit.history import finding_id
from audit.opinions import WaiverState, beside, stands_on, waiver_state
from audit.output import exit_status
from audit_rules.judgement import Judgement
from audit_rules.verdict import Evidence, Searched, Verdict, cant_tell, failed, passed
from storage.archive import Archive
from storage.opinions import AlreadyWithdrawn, ManualVerdict, Opinions, UnknownOpinion, Waiver, Withdrawal
from storage.records import PastVerdict, PortalRun
from tests.told_runs import EVIDENCE, PORTAL, SEARCHED, SEEN, SHA, header, judgement, portal_run, small_registry

RULE = "identity.spokesperson"
FINDING = finding_id(PORTAL.id, RULE)
FAULT = judgement(RULE, failed(EVIDENCE, missing=["phone"]), severity="high", proves="breach")
MADE = datetime(2026, 7, 15, 9, tzinfo=UTC)
FIRST, LAST = date(2026, 7, 15), date(2026, 7, 31)
DAY = timedelta(days=1)


def waiver(**parts: object) -> Waiver:
    one = Waiver(
        "mt-1", PORTAL.id, RULE, "đang nâng cấp", "12/SXD-VP", "Trần B", FIRST, LAST, "r1", stands_on(FAULT), MADE
    )
    return replace(one, **parts)  # type: ignore[arg-type]


def verdict_at(days: int, outcome: str, rule: str = RULE) -> PastVerdict:
    return PastVerdict(f"r{days}", "nightly", FIRST, MADE + days * DAY, rule, outcome, None)


WITHDRAWN = Withdrawal(MADE, "Lê C", "nhầm")
MOVED = judgement(RULE, failed(replace(EVIDENCE, excerpt="Bản quyền thuộc Văn phòng"), missing=["phone"]))


@pytest.mark.parametrize(
    ("one", "day", "item", "past", "state"),
    [
        (waiver(), FIRST, FAULT, (), "valid"),
        (waiver(), LAST, FAULT, (), "valid"),
        (waiver(), FIRST - DAY, FAULT, (), "not_begun"),
        (waiver(), LAST + DAY, FAULT, (), "expired"),
        (waiver(valid_to=FIRST), FIRST, FAULT, (), "valid"),
        (waiver(withdrawn=WITHDRAWN), FIRST, FAULT, (), "withdrawn"),
        (waiver(withdrawn=WITHDRAWN), LAST + DAY, MOVED, (), "withdrawn"),
        (waiver(), FIRST, MOVED, (), "changed"),
        (waiver(), LAST + DAY, MOVED, (), "expired"),
        (waiver(), FIRST, judgement(RULE, failed(EVIDENCE, missing=["email"])), (), "changed"),
        (waiver(), FIRST, judgement(RULE, cant_tell("needs_review", EVIDENCE, missing=["phone"])), (), "changed"),
        (waiver(), FIRST, judgement(RULE, cant_tell("blocked")), (), "valid"),
        (waiver(), LAST, FAULT, (verdict_at(3, "passed"), verdict_at(4, "failed")), "changed"),
        (waiver(), LAST, FAULT, (verdict_at(-3, "passed"), verdict_at(-2, "failed")), "valid"),
        (waiver(), LAST, FAULT, (verdict_at(3, "cantTell"), verdict_at(4, "failed")), "valid"),
        (waiver(), LAST, FAULT, (verdict_at(3, "passed", "identity.footer_email"),), "valid"),
        (waiver(), LAST, None, (), "valid"),
    ],
)
def test_a_waiver_holds_for_its_days_and_its_evidence(
    one: Waiver, day: date, item: Judgement | None, past: tuple[PastVerdict, ...], state: WaiverState
) -> None:
    assert waiver_state(one, day, item, past) == state


LATER = replace(EVIDENCE, seen_at=SEEN + DAY, sha256="b" * 64)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (failed(EVIDENCE), failed(LATER), True),
        (failed(EVIDENCE), failed(EVIDENCE, LATER), True),
        (failed(searched=SEARCHED), failed(searched=Searched()), True),
        (failed(EVIDENCE, count=3, share=0.5), failed(EVIDENCE, count=4, share=0.7), True),
        (failed(EVIDENCE, fixed=True), failed(EVIDENCE, fixed=False), False),
        (failed(EVIDENCE, missing=["a", "b"]), failed(EVIDENCE, missing=["b", "a"]), True),
        (failed(EVIDENCE, missing=["a", "b"]), failed(EVIDENCE, missing=["a"]), False),
        (failed(EVIDENCE, day="2026-07-01"), failed(EVIDENCE, day="2026-07-02"), True),
        (failed(EVIDENCE), failed(replace(EVIDENCE, url="https://khac.gov.vn/")), False),
        (failed(EVIDENCE), failed(replace(EVIDENCE, excerpt="BẢN QUYỀN  thuộc Sở Xây dựng")), True),
        (failed(EVIDENCE), cant_tell("needs_review", EVIDENCE), False),
    ],
)
def test_what_a_verdict_stands_on_is_neither_its_moment_nor_a_number(
    one: Verdict, two: Verdict, same: bool
) -> None:
    assert (stands_on(judgement(RULE, one)) == stands_on(judgement(RULE, two))) is same


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [
        ("Cập nhật 12/07/2026 08:30, LCP 4,31 giây", "Cập nhật 13/07/2026 9:05, LCP 5 giây", True),
        ("ĐT: 0214.3840.888", "ĐT: 0214.3840.999", False),
        ("Điều 3 Nghị định 244/2026/NĐ-CP", "Điều 4 Nghị định 244/2026/NĐ-CP", False),
    ],
)
def test_days_and_amounts_pass_but_numbers_that_name_something_stay(then: str, now: str, same: bool) -> None:
    places = [Evidence(PORTAL.id, "footer", text, SHA, SEEN, "raw") for text in (then, now)]
    assert (stands_on(judgement(RULE, failed(places[0]))) == stands_on(judgement(RULE, failed(places[1])))) is same


# --- in the archive ---------------------------------------------------------------------------------------


def look(archive: Archive, number: int, *items: Judgement, **given: object) -> PortalRun:
    """A run of the portal on the day ``number`` after the first."""
    given = {"kind": "run", "night": number} | given
    head = header(f"r{number}", **given)  # type: ignore[arg-type]
    one = portal_run(items, at=SEEN + number * DAY)
    archive.begin(head)
    archive.save(head.id, one)
    archive.close_run(head.id, status="complete", finished_at=head.started_at, reason=None)
    return one


def test_several_waivers_may_hold_at_once_and_one_is_enough(archive: Archive) -> None:
    look(archive, 3, FAULT)
    opinions = Opinions(archive.database)
    days = {"mt-1": (0, 2), "mt-2": (2, 10), "mt-3": (3, 3), "mt-4": (4, 9)}
    for name, (start, end) in days.items():
        opinions.keep(waiver(id=name, valid_from=FIRST + start * DAY, valid_to=FIRST + end * DAY))
    done = archive.run("r3")
    told = beside(archive, done, done.portals)
    one = told[PORTAL.id][RULE]
    assert {each.id for each in one.waived} == {"mt-2", "mt-3"}
    assert [each.id for each, _ in one.ended] == ["mt-1"]
    assert exit_status(done, "low", told) == 0
    for name in ("mt-2", "mt-3"):
        opinions.withdraw(Waiver, name, WITHDRAWN)
    assert exit_status(done, "low", beside(archive, done, done.portals)) == 1


def test_a_waiver_excuses_one_finding_and_no_other(archive: Archive) -> None:
    look(archive, 0, FAULT, judgement("identity.contact_page", failed(EVIDENCE), severity="low"))
    Opinions(archive.database).keep(waiver())
    done = archive.run("r0")
    told = beside(archive, done, done.portals)
    assert exit_status(done, "medium", told) == 0
    assert exit_status(done, "low", told) == 1
    assert exit_status(done, "medium") == 1, "without waivers the verdict counts as it is"


def test_a_record_is_withdrawn_once_and_stays(archive: Archive) -> None:
    opinions = Opinions(archive.database)
    opinions.keep(waiver())
    opinions.withdraw(Waiver, "mt-1", WITHDRAWN)
    assert opinions.waivers() == [waiver(withdrawn=WITHDRAWN)]
    with pytest.raises(AlreadyWithdrawn, match="Lê C"):
        opinions.withdraw(Waiver, "mt-1", WITHDRAWN)
    with pytest.raises(UnknownOpinion):
        opinions.withdraw(ManualVerdict, "mt-1", WITHDRAWN)


# --- on the command line ----------------------------------------------------------------------------------


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def local(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """The archive that commands find where they are called."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDIT_REGISTRY", str(small_registry(tmp_path)))
    with Archive.open(sqlite_url) as opened:
        yield opened


def table(*arguments: str) -> list[dict[str, str]]:
    told = ask(*arguments, "--format", "csv", "--lang", "en")
    assert told.exit_code == 0, told.stderr
    return list(csv.DictReader(io.StringIO(told.stdout_bytes.decode("utf-8-sig"), newline="")))


GIVEN = ("--reason", "đang nâng cấp", "--document", "12/SXD-VP", "--by", "Trần B")


def test_a_waiver_stands_beside_the_verdict_wherever_it_is_shown(local: Archive) -> None:
    look(local, 0, FAULT)
    told = ask("waive", "--finding", FINDING, *GIVEN, "--from", "2026-07-01", "--to", "2099-12-31")
    assert told.exit_code == 0, told.stderr
    assert "Kết luận của máy vẫn được giữ" in told.stderr
    (row,) = table("export", "--run", "r0")
    assert (row["outcome"], row["state"]) == ("failed", "new")
    assert "waived to 2099-12-31 by 12/SXD-VP (Trần B): đang nâng cấp" in row["waiver"]
    (portal,) = json.loads(ask("export", "--run", "latest", "--format", "json").stdout)["portals"]
    (verdict,) = portal["verdicts"]
    assert verdict["outcome"] == "failed"
    assert [(each["state"], each["document_no"]) for each in verdict["waivers"]] == [("valid", "12/SXD-VP")]
    (found,) = table("findings", "--site", PORTAL.id)
    assert "12/SXD-VP" in found["waiver"]
    (listed,) = table("waive", "list")
    assert (listed["state"], listed["finding"], listed["run"]) == ("valid", FINDING, "r0")


def test_a_waiver_whose_evidence_changed_is_told_and_excuses_nothing(local: Archive) -> None:
    look(local, 0, FAULT)
    assert ask("waive", "--finding", FINDING, *GIVEN, "--from", "2026-07-01", "--to", "2099-12-31").exit_code == 0
    look(local, 1, MOVED)
    (row,) = table("export", "--run", "r1")
    assert row["waiver"] == ""
    assert "the evidence changed" in row["waiver_ended"]
    assert [each["state"] for each in table("waive", "list")] == ["changed"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--finding", "0" * 12, *GIVEN, "--to", "2099-01-01"), "Không có phát hiện"),
        (("--finding", FINDING, *GIVEN), "Thiếu --to"),
        (("--finding", FINDING, *GIVEN, "--from", "2026-08-01", "--to", "2026-07-01"), "trước --from"),
        ((*GIVEN, "--to", "2099-01-01"), "Cần nêu một phát hiện"),
        (("--site", PORTAL.id, *GIVEN, "--to", "2099-01-01"), "Cần nêu một phát hiện"),
        (("--site", "khac.gov.vn", "--rule", RULE, *GIVEN, "--to", "2099-01-01"), "chưa được kiểm tra"),
        (("--site", PORTAL.id, "--rule", "no.such", *GIVEN, "--to", "2099-01-01"), "Không có quy tắc"),
        (("--site", PORTAL.id, "--rule", "identity.contact_page", *GIVEN, "--to", "2099-01-01"), "không có gì để"),
    ],
)
def test_a_waiver_that_cannot_be_is_one_sentence_and_leaves_nothing(
    local: Archive, arguments: tuple[str, ...], said: str
) -> None:
    look(local, 0, FAULT, judgement("identity.contact_page", passed(EVIDENCE)))
    told = ask("waive", *arguments)
    assert told.exit_code == 2, told.output
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert Opinions(local.database).waivers() == []


def test_a_persons_verdict_stands_beside_the_machines_and_never_in_its_place(local: Archive) -> None:
    look(local, 0, FAULT)
    given = ("--finding", FINDING, "--outcome", "passed", "--seen", "có ở trang Giới thiệu", "--by", "Lê C")
    told = ask("verdict", "add", *given, "--on", "2026-07-20", "--document", "5/BB")
    assert told.exit_code == 0, told.stderr
    (row,) = table("export", "--run", "r0")
    assert row["outcome"] == "failed"
    assert row["manual_verdict"] == "passed, seen by Lê C on 2026-07-20: có ở trang Giới thiệu (document 5/BB)"
    assert exit_status(local.run("r0"), "high") == 1
    (listed,) = table("verdict", "list")
    assert (listed["outcome"], listed["machine"]) == ("passed", "failed")
    assert ask("verdict", "withdraw", listed["id"], "--by", "Lê C", "--reason", "nhầm cổng").exit_code == 0
    assert table("export", "--run", "r0")[0]["manual_verdict"] == ""
    assert "nhầm cổng" in table("verdict", "list")[0]["withdrawn"]
    again = ask("verdict", "withdraw", listed["id"], "--by", "Lê C", "--reason", "nhầm cổng")
    assert (again.exit_code, "đã được Lê C rút lại" in again.stderr) == (2, True)


def test_nobody_saw_tomorrow(local: Archive) -> None:
    look(local, 0, FAULT)
    told = ask(
        "verdict",
        "add",
        "--finding",
        FINDING,
        "--outcome",
        "passed",
        "--seen",
        "x",
        "--by",
        "y",
        "--on",
        "2999-01-01",
    )
    assert told.exit_code == 2
    assert "chưa đến" in told.stderr


@pytest.mark.parametrize(
    ("family", "below"),
    [("verdict", "add list withdraw"), ("replies", "import list"), ("round", "open close approve list")],
)
def test_a_family_called_alone_names_what_is_below_it(family: str, below: str) -> None:
    told = ask(family)
    assert told.exit_code == 0, told.output
    listed = told.stdout.partition("Các lệnh")[2]
    for name in below.split():
        assert f"\n  {name} " in listed
        assert ask(family, name, "--help").exit_code == 0
