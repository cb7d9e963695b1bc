"""Evaluation rounds: what is frozen, how nights are weighed, what is held back, who approves, and that it stays."""

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
from audit.rounds import Said, UnfitNight, decide, weigh
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.verdict import Verdict, cant_tell, failed, inapplicable, passed
from storage.archive import Archive
from storage.opinions import ManualVerdict, Opinions, Reply
from storage.rounds import EvaluationRound, RoundRefused, Rounds, registry_sha
from tests.told_runs import EVIDENCE, PORTAL, SEEN, header, judgement, portal_run, small_registry

RULE = "identity.spokesperson"
SAID: dict[str, Verdict] = {
    "f": failed(EVIDENCE),
    "p": passed(EVIDENCE),
    "i": inapplicable("kind"),
    "b": cant_tell("blocked"),
    "r": cant_tell("needs_review", EVIDENCE),
}
LATER = datetime(2026, 7, 20, tzinfo=UTC)
REPLY = Reply(PORTAL.id, RULE, "r0", "dispute", "đã có", "1/CV", None, "B", LATER, "a.csv", 2)


def manual(outcome: str, hours: int = 1) -> ManualVerdict:
    at = LATER + timedelta(hours=hours)
    return ManualVerdict("nx-1", PORTAL.id, RULE, outcome, "đã xem", "C", at.date(), "", at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("nights", "outcome", "cited", "why"),
    [
        ("ff", "failed", 1, ""),
        ("pff", "failed", 2, ""),
        ("fbf", "failed", 2, ""),
        ("ffb", "failed", 1, ""),
        ("ffbb", "failed", 1, ""),
        ("frf", "failed", 2, ""),
        ("f", "cantTell", 0, "one_night"),
        ("fb", "cantTell", 0, "one_night"),
        ("pf", "cantTell", 1, "one_night"),
        ("fpf", "cantTell", 2, "one_night"),
        ("fif", "cantTell", 2, "one_night"),
        ("ffp", "passed", 2, ""),
        ("ffpb", "passed", 2, ""),
        ("p", "passed", 0, ""),
        ("ffi", "inapplicable", 2, ""),
        ("bb", "cantTell", 1, ""),
        ("rb", "cantTell", 0, ""),
    ],
)
def test_a_fault_was_seen_on_the_last_two_nights_that_measured_it(
    nights: str, outcome: str, cited: int, why: str
) -> None:
    told = [(f"n{number}", judgement(RULE, SAID[letter])) for number, letter in enumerate(nights)]
    run_id, item, held = decide(told, Said())
    assert (run_id, item.verdict.outcome, held) == (f"n{cited}", outcome, why)
    if why:
        assert item.verdict.reason == "needs_review"
        assert item.verdict.evidence == (EVIDENCE,)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(), ""),
        (Said(dispute=REPLY), "disputed"),
        (Said((manual("passed"),)), "person"),
        (Said((manual("inapplicable"),)), "person"),
        (Said((manual("cantTell"),)), ""),
        (Said((manual("failed"),)), ""),
        (Said((manual("failed"),), REPLY), ""),
        (Said((manual("failed", -1),), REPLY), "disputed"),
        (Said((manual("failed"), manual("passed", 2))), "person"),
        (Said((manual("passed"), manual("failed", 2)), REPLY), ""),
    ],
)
def test_a_fault_is_held_back_while_a_person_says_otherwise(said: Said, why: str) -> None:
    told = [(name, judgement(RULE, SAID["f"])) for name in ("n0", "n1")]
    _, item, held = decide(told, said)
    assert held == why
    assert item.verdict.outcome == ("cantTell" if why else "failed")
    passing = [*told, ("n2", judgement(RULE, SAID["p"]))]
    assert decide(passing, said)[1].verdict.outcome == "passed", "nobody speaks against a pass"


# --- in the archive ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return open_rulebook()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in small_registry(tmp_path).iterdir()}


def opened(files: dict[str, bytes], book: Rulebook, **parts: object) -> EvaluationRound:
    one = EvaluationRound(
        "2026-q3",
        "open",
        date(2026, 7, 15),
        book.version,
        registry_sha(files),
        date(2026, 7, 31),
        SEEN - timedelta(days=1),
        "A",
    )
    return replace(one, **parts)  # type: ignore[arg-type]


def night(archive: Archive, number: int, letter: str, version: str, **more: object) -> None:
    """A night ``number`` days after the first: one portal, one rule."""
    law_day = more.pop("law_day", date(2026, 7, 15))
    status = more.pop("status", "complete")
    portal = more.pop("portal", PORTAL)
    head = replace(
        header(f"n{number}", night=number, kind="nightly"), rules_version=version, law_day=law_day, **more
    )  # type: ignore[arg-type]
    archive.begin(head)
    items = (judgement(RULE, SAID[letter]),)
    archive.save(head.id, portal_run(items, at=SEEN + timedelta(days=number), portal=portal))  # type: ignore[arg-type]
    archive.close_run(head.id, status=status, finished_at=head.started_at, reason=None)  # type: ignore[arg-type]


def outcome(archive: Archive, one: EvaluationRound, book: Rulebook) -> str:
    (told,) = weigh(archive, one, book)
    return next(item.verdict.outcome for item in told.judgements if item.rule == RULE)


def test_a_round_goes_one_way_and_nothing_of_it_is_changed(
    archive: Archive, files: dict[str, bytes], book: Rulebook
) -> None:
    rounds = Rounds(archive.database)
    one = opened(files, book)
    rounds.open(one, files)
    assert rounds.registry(one.id) == files
    for number in range(2):
        night(archive, number, "f", book.version)
    with pytest.raises(RoundRefused, match="còn mở"):
        rounds.approve(one.id, LATER, "B", "9/QĐ")
    closed = rounds.close(one.id, weigh(archive, one, book), ["n0", "n1"], LATER, "A")
    assert (closed.status, closed.nights) == ("closed", ("n0", "n1"))
    kept = list(rounds.portals(one.id))
    assert [(told.portal.id, told.cited[RULE]) for told in kept] == [(PORTAL.id, "n1")]
    with pytest.raises(RoundRefused, match="đã đóng"):
        rounds.close(one.id, (), [], LATER, "A")
    approved = rounds.approve(one.id, LATER, "B", "9/QĐ")
    assert (approved.status, approved.approved_by, approved.document_no) == ("approved", "B", "9/QĐ")
    for again in (
        lambda: rounds.close(one.id, (), [], LATER, "A"),
        lambda: rounds.approve(one.id, LATER, "C", "10/QĐ"),
    ):
        with pytest.raises(RoundRefused, match="đã được phê duyệt"):
            again()
    with pytest.raises(RoundRefused, match="Đã có đợt"):
        rounds.open(one, files)
    assert rounds.one(one.id) == approved
    assert list(rounds.portals(one.id)) == kept
    with pytest.raises(RoundRefused, match="Không có đợt"):
        rounds.one("khac")


def test_the_digest_is_that_of_all_the_round_says(
    archive: Archive, files: dict[str, bytes], book: Rulebook
) -> None:
    rounds = Rounds(archive.database)
    for number in range(3):
        night(archive, number, "f", book.version)
    digests = []
    for name, nights in (("a", ["n0", "n1"]), ("b", ["n0", "n1"]), ("c", ["n1", "n2"])):
        one = opened(files, book, id=name, nights=tuple(nights))
        rounds.open(one, files)
        told = list(weigh(archive, one, book))
        digests.append(rounds.close(name, told, nights, LATER, "A").digest)
    assert len(set(digests)) == 3, "the id of the round is in it"
    with Archive.open("sqlite://") as other:
        again = opened(files, book, id="a", nights=("n0", "n1"))
        Rounds(other.database).open(again, files)
        told = list(Rounds(archive.database).portals("a"))
        assert Rounds(other.database).close("a", told, ["n0", "n1"], LATER, "A").digest == digests[0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "failed"),
        ({"status": "quarantined"}, "cantTell"),
        ({"status": "partial"}, "failed"),
        ({"kind": "run"}, "cantTell"),
        ({"kind": "judge", "judged_from": "n0"}, "cantTell"),
        ({"portal": replace(PORTAL, kind="thematic")}, "cantTell"),
        ({"started_at": SEEN - timedelta(days=9)}, "cantTell"),
        ({"day": date(2026, 7, 15)}, "cantTell"),
    ],
)
def test_which_nights_count(
    archive: Archive, files: dict[str, bytes], book: Rulebook, change: dict[str, object], expected: str
) -> None:
    """The first night failed; the second, which fails too, may be one that does not count."""
    Rounds(archive.database).open(one := opened(files, book), files)
    night(archive, 0, "f", book.version)
    night(archive, 1, "f", book.version, **change)
    assert outcome(archive, one, book) == expected


def test_a_portal_that_no_night_holds_is_told_all_the_same(
    archive: Archive, files: dict[str, bytes], book: Rulebook
) -> None:
    Rounds(archive.database).open(one := opened(files, book), files)
    night(archive, 0, "f", book.version, portal=replace(PORTAL, id="khac"))
    (told,) = weigh(archive, one, book)
    assert (told.portal.id, told.state, told.reason) == (PORTAL.id, "error", "not_in_nights")
    assert {item.verdict.outcome for item in told.judgements} == {"cantTell"}
    assert len(told.judgements) == len(book.rules)


def test_a_night_of_another_law_day_is_judged_again_by_the_rounds(
    archive: Archive, files: dict[str, bytes], book: Rulebook
) -> None:
    Rounds(archive.database).open(one := opened(files, book), files)
    night(archive, 0, "f", book.version, law_day=date(2025, 1, 1))
    (told,) = weigh(archive, one, book)
    assert len(told.judgements) == len(book.rules), "by the real rules, on what the night saw"
    other = replace(one, rules_version="0.0.9+00000000")
    with pytest.raises(UnfitNight, match="phải được đánh giá lại"):
        list(weigh(archive, other, book))


def test_a_dispute_in_time_holds_the_fault_back_and_a_late_one_does_not(
    archive: Archive, files: dict[str, bytes], book: Rulebook
) -> None:
    Rounds(archive.database).open(one := opened(files, book), files)
    for number in range(2):
        night(archive, number, "f", book.version)
    opinions = Opinions(archive.database)
    opinions.take([replace(REPLY, note="sau hạn", taken_at=datetime(2026, 8, 1, tzinfo=UTC))])
    assert outcome(archive, one, book) == "failed"
    opinions.take([REPLY])
    assert outcome(archive, one, book) == "cantTell"
    opinions.take([replace(REPLY, reply="agree", note="xem lại thì đúng", taken_at=LATER + timedelta(minutes=1))])
    assert outcome(archive, one, book) == "failed", "the newest answer in time counts"
    opinions.take([replace(REPLY, note="vẫn không đồng ý", taken_at=LATER + timedelta(minutes=2))])
    assert outcome(archive, one, book) == "cantTell"
    opinions.keep(manual("failed"))
    assert outcome(archive, one, book) == "failed", "a person looked since"


# --- on the command line ----------------------------------------------------------------------------------


@pytest.fixture
def local(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDIT_REGISTRY", str(small_registry(tmp_path)))
    with Archive.open(sqlite_url) as opened_:
        yield opened_


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


OPEN = ("round", "open", "2026-q3", "--by", "Trần A", "--explain-until", "2099-12-31", "--law-day", "2026-07-15")


def test_a_round_from_its_opening_to_its_approval(
    local: Archive, book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        night(local, number, "f", book.version)
    told = ask(*OPEN, "--night", "n0", "--night", "n1")
    assert told.exit_code == 0, told.stderr
    preliminary = json.loads(ask("export", "--round", "2026-q3", "--format", "json").stdout)
    assert (preliminary["run"]["status"], preliminary["run"]["reason"]) == ("partial", "round_open")
    data = ask("export", "--round", "2026-q3", "--lang", "en").stdout_bytes
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert (row["run"], row["outcome"], row["reply_by"]) == ("2026-q3", "failed", "2099-12-31")
    assert row["finding"] == finding_id(PORTAL.id, RULE)
    early = ask("round", "close", "2026-q3", "--by", "Trần A")
    assert (early.exit_code, "còn nhận giải trình" in early.stderr) == (2, True)
    monkeypatch.setattr("audit.commands.rounds.day_of", lambda *_: date(2100, 1, 1))
    closed = ask("round", "close", "2026-q3", "--by", "Trần A")
    assert "tổng hợp từ 2 đêm; 0 thiếu sót còn chờ" in closed.stderr, closed.output
    assert ask("rank", "--round", "2026-q3").exit_code == 2
    approved = ask("round", "approve", "2026-q3", "--by", "Lê B", "--document", "9/QĐ-BTTTT")
    assert approved.exit_code == 0, approved.stderr
    assert ask("round", "approve", "2026-q3", "--by", "Lê B", "--document", "9/QĐ-BTTTT").exit_code == 2
    (listed,) = json.loads(ask("round", "list", "--format", "json").stdout)
    assert (listed["status"], listed["nights"], listed["approved_by"]) == ("approved", ["n0", "n1"], "Lê B")
    told = ask("export", "--round", "2026-q3", "--format", "json")
    run = json.loads(told.stdout)["run"]
    assert (run["status"], run["reason"], run["law_day"]) == ("complete", None, "2026-07-15")
    assert ask("rank", "--round", "2026-q3").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("round", "open", "../x", *OPEN[3:]), "Mã đợt"),
        ((*OPEN[:5], "--explain-until", "2020-01-01"), "đã qua"),
        ((*OPEN, "--night", "khong-co"), "không dùng được cho đợt"),
        (("round", "open", "2026-q3", "--by", "A"), "Thiếu --explain-until"),
        (("round", "close", "khac", "--by", "A"), "Không có đợt"),
        (("export", "--round", "khac"), "Không có đợt"),
        (("export", "--round", "x", "--run", "latest"), "một trong hai"),
        (("export",), "một trong hai"),
    ],
)
def test_what_cannot_be_is_one_sentence(local: Archive, arguments: tuple[str, ...], said: str) -> None:
    told = ask(*arguments)
    assert told.exit_code == 2, told.output
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert Rounds(local.database).all() == []
