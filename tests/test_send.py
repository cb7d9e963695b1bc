"""What is sent to the bodies: only what may be told, to each once, and only when something changed."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from audit.cli import main
from audit.delivery import sending
from audit.rounds import weigh
from audit_rules.verdict import failed
from storage.archive import Archive
from storage.opinions import ManualVerdict, Opinions, Reply, Waiver
from storage.outbox import Outbox
from storage.rounds import EvaluationRound, Rounds, registry_sha
from tests.loopback import self_signed
from tests.mail_server import Mailbox, mail_server
from tests.told_bodies import (
    EVIDENCE,
    FAULT,
    FOOTER,
    MET,
    SEARCH,
    SHOWN,
    SPOKESPERSON,
    UNSEEN,
    said,
    store,
    write_registry,
)

THERE = {"lao-cai": "vanthu@laocai.gov.vn"}
NOW = datetime(2026, 7, 16, tzinfo=UTC)


@dataclass
class Office:
    """An archive, its registry, and a mail server."""

    folder: Path
    archive: Archive
    box: Mailbox

    def send(self, *more: str, env: Mapping[str, str] | None = None) -> Result:
        given = ["--data", str(self.folder / "data"), "--db", f"sqlite:///{self.folder / 'data' / 'audit.db'}"]
        words = ["send", *more, *given]
        if "list" not in more and "settle" not in more and "show" not in more:
            words += ["--registry", str(self.folder / "registry")]
        settings = {"AUDIT_LANG": "en", "AUDIT_SMTP": self.smtp(), **(env or {})}
        return CliRunner().invoke(main, words, env=settings)

    def smtp(self, user: str = "") -> str:
        return f"smtp://{user}127.0.0.1:{self.box.port}?from=kiemtra@example.gov.vn"

    def mail(self, *more: str, run: str = "latest") -> Result:
        return self.send("--run", run, "--mail", *more)

    def states(self, *more: str, run: str = "latest") -> dict[str, str]:
        told = json.loads(self.send("--run", run, "--format", "json", *more).stdout)
        return {row["agency_id"]: row["delivery_state"] for row in told}

    def files(self, run: str, body: str) -> dict[str, bytes]:
        folder = self.folder / "data" / "packages" / run / body
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    def findings(self, run: str, body: str = "lao-cai") -> list[tuple[str, str]]:
        body_csv = self.files(run, body)[f"phat-hien-{body.rpartition('/')[2]}.csv"]
        rows = csv.DictReader(io.StringIO(body_csv.decode("utf-8-sig"), newline=""))
        return sorted((row["portal"], row["rule"]) for row in rows)

    def nights(self, *told: Mapping[str, list[object]], first: int = 0, unseen: tuple[str, ...] = ()) -> None:
        for number, each in enumerate(told, first):
            store(self.archive, f"r{number + 1}", each, night=number, unseen=unseen)  # type: ignore[arg-type]


@pytest.fixture
def office(tmp_path: Path, sqlite_url: str) -> Iterator[Office]:
    write_registry(tmp_path / "registry", THERE)
    with Archive.open(sqlite_url) as archive, mail_server(Mailbox()) as box:
        yield Office(tmp_path, archive, box)


TWO = {
    "laocai": [said(SPOKESPERSON, FAULT, severity="high"), said(SEARCH, MET)],
    "sxd": [said(FOOTER, SHOWN), said(SEARCH, FAULT, stage="trial")],
}
MENDED = {**TWO, "laocai": [said(SPOKESPERSON, MET), said(SEARCH, MET)]}


# --- what may be told -------------------------------------------------------------------------------------


def test_by_default_packages_are_made_and_nothing_is_sent(office: Office) -> None:
    office.nights(TWO, TWO)
    result = office.send("--run", "latest")
    assert result.exit_code == 0
    assert "No mail was sent" in result.stderr
    assert office.box.heard == []
    assert Outbox(office.archive.database).all() == []
    assert set(office.files("r2", "lao-cai")) == {
        "cong-van-lao-cai.docx",
        "ket-qua-lao-cai.xlsx",
        "phat-hien-lao-cai.csv",
    }


def test_only_published_findings_of_two_nights_go_out(office: Office) -> None:
    office.nights(TWO, {**TWO, "stc": [said(FOOTER, SHOWN)]})
    office.send("--run", "latest")
    assert office.findings("r2") == [("laocai.gov.vn", SPOKESPERSON), ("sxd.laocai.gov.vn", FOOTER)]
    held = (office.folder / "data/packages/r2/cho-xac-nhan.csv").read_text("utf-8-sig")
    assert "an unpublished rule" in held
    assert "seen on one night only" in held


def test_what_a_person_confirmed_goes_out_and_what_a_person_saw_otherwise_stays(office: Office) -> None:
    office.nights(TWO, TWO)
    opinions = Opinions(office.archive.database)
    day = date(2026, 7, 16)
    opinions.keep(ManualVerdict("m1", "sxd", SEARCH, "failed", "không thấy ô tìm kiếm", "A", day, "", NOW))
    opinions.keep(ManualVerdict("m2", "laocai", SPOKESPERSON, "passed", "có ở trang liên hệ", "A", day, "", NOW))
    office.send("--run", "latest")
    assert office.findings("r2") == [("sxd.laocai.gov.vn", FOOTER), ("sxd.laocai.gov.vn", SEARCH)]
    assert "a person saw otherwise" in (office.folder / "data/packages/r2/cho-xac-nhan.csv").read_text("utf-8-sig")


def test_a_confirmation_does_not_outlive_the_fault_it_was_about(office: Office) -> None:
    trial = {"sxd": [said(SEARCH, FAULT, stage="trial")]}
    office.nights(trial)
    seen = datetime(2026, 7, 14, 20, tzinfo=UTC)
    Opinions(office.archive.database).keep(
        ManualVerdict("m1", "sxd", SEARCH, "failed", "không thấy", "A", date(2026, 7, 15), "", seen)
    )
    assert office.states(run="r1") == {"lao-cai": "ready"}
    office.nights({"sxd": [said(SEARCH, MET, stage="trial")]}, trial, trial, first=1)
    assert office.states(run="r4") == {"lao-cai": "nothing"}


@pytest.mark.parametrize(("kind", "status"), [("judge", "complete"), ("nightly", "quarantined")])
def test_a_replay_or_a_night_that_is_held_back_is_not_sent(office: Office, kind: str, status: str) -> None:
    store(office.archive, "r1", TWO, kind=kind, status=status)  # type: ignore[arg-type]
    result = office.mail(run="r1")
    assert result.exit_code == 2
    assert "may not be sent" in result.stderr
    assert office.box.heard == []


def test_waived_findings_are_told_and_not_counted(office: Office) -> None:
    from audit.opinions import stands_on

    office.nights(TWO, TWO)
    digest = stands_on(said(FOOTER, SHOWN))
    start, end = date(2026, 7, 1), date(2026, 12, 31)
    Opinions(office.archive.database).keep(
        Waiver("w1", "sxd", FOOTER, "đang nâng cấp", "12/CV", "A", start, end, "r1", digest, NOW)
    )
    (row,) = json.loads(office.send("--run", "latest", "--format", "json").stdout)
    assert (row["letter_open"], len(office.findings("r2"))) == (1, 2)


def test_a_component_gets_its_own_part_where_copies_are_asked_for(office: Office) -> None:
    write_registry(office.folder / "registry", {**THERE, "lao-cai-sxd": "vanthu@sxd.laocai.gov.vn"})
    office.nights(TWO, TWO)
    assert office.mail("--copies").exit_code == 0
    assert [to for to, _ in office.box.mails] == ["vanthu@laocai.gov.vn", "vanthu@sxd.laocai.gov.vn"]
    assert office.findings("r2", "lao-cai/lao-cai-sxd") == [("sxd.laocai.gov.vn", FOOTER)]
    assert SPOKESPERSON not in office.box.mails[1][1].decode()
    assert len(office.findings("r2")) == 2


def test_an_audit_of_one_component_is_told_to_the_owner_of_its_main_portal_and_forgets_nothing(
    office: Office,
) -> None:
    office.nights(TWO, TWO)
    assert office.mail().exit_code == 0
    store(office.archive, "r3", {"sxd": [said(FOOTER, MET)]}, night=2, kind="run")
    assert office.mail(run="r3").exit_code == 0
    assert office.findings("r3") == [("sxd.laocai.gov.vn", FOOTER)], "what is met now is told, too"
    last = Outbox(office.archive.database).last("lao-cai", "lao-cai")
    assert last is not None
    assert list(last.told) == [f"laocai\t{SPOKESPERSON}"], "of the main portal nobody looked at"


def test_owners_without_an_address_are_listed_and_do_not_stop_the_others(office: Office) -> None:
    office.nights(TWO, TWO)
    for contact, state in (("", "no_contact"), ("van thu laocai.gov.vn", "bad_contact")):
        write_registry(office.folder / "registry", {"lao-cai": contact})
        result = office.mail("--format", "json")
        assert [row["delivery_state"] for row in json.loads(result.stdout)] == [state]
        assert result.exit_code == 0
    assert office.box.mails == []


def test_what_shows_others_a_way_in_goes_only_once_a_person_has_confirmed_it(office: Office) -> None:
    spam = {"sxd": [said("integrity.no_injected_spam", failed(EVIDENCE, embargoed=True), severity="high")]}
    office.nights(spam, spam)
    assert office.states() == {"lao-cai": "nothing"}
    Opinions(office.archive.database).keep(
        ManualVerdict("m1", "sxd", "integrity.no_injected_spam", "failed", "có", "A", date(2026, 7, 16), "", NOW)
    )
    assert office.states() == {"lao-cai": "ready"}


def test_a_round_is_told_while_it_takes_explanations_and_once_it_is_approved(office: Office) -> None:
    rounds = Rounds(office.archive.database)
    files = {path.name: path.read_bytes() for path in (office.folder / "registry").iterdir()}
    office.nights(TWO, TWO)
    until, opened_at, nights = date(2026, 8, 15), datetime(2026, 7, 1, tzinfo=UTC), ("r1", "r2")
    one = EvaluationRound(
        "q3", "open", date(2026, 7, 15), "rules-1", registry_sha(files), until, opened_at, "A", nights
    )
    rounds.open(one, files)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("audit.rounds._judged", lambda _archive, _header, seen, _one, _book: seen.judgements)
        patched.setattr("audit.rounds.nights_of", lambda archive, *_: [archive.header(each) for each in nights])
        assert office.send("--round", "q3", "--mail").exit_code == 0
        (told,) = office.box.mails
        assert "Please answer by 2026-08-15" in body(opened(told[1]))
        assert office.send("--round", "q3", "--mail").exit_code == 0
        rounds.close("q3", list(weigh(office.archive, one)), nights, NOW, "A")
    waiting = office.send("--round", "q3", "--mail")
    assert (waiting.exit_code, len(office.box.mails)) == (2, 1)
    assert "waits for approval" in waiting.stderr
    rounds.approve("q3", NOW, "Phạm Thị D", "15/QĐ")
    assert office.send("--round", "q3", "--mail", "--lang", "vi").exit_code == 0
    assert len(office.box.mails) == 2
    assert "q3" in body(opened(office.box.mails[1][1]))
    assert "15/QĐ" in letter_text(office.files("q3-approved", "lao-cai")["cong-van-lao-cai.docx"])


# --- once, and only when something changed ----------------------------------------------------------------


def test_a_second_call_sends_nothing_twice(office: Office) -> None:
    office.nights(TWO, TWO)
    assert office.mail().exit_code == 0
    again = office.mail("--format", "json")
    assert again.exit_code == 0
    assert [row["delivery_state"] for row in json.loads(again.stdout)] == ["sent_before"]
    assert len(office.box.mails) == 1


def test_a_new_mail_follows_only_when_something_changed(office: Office) -> None:
    office.nights(TWO, TWO, TWO, MENDED, MENDED)
    assert office.mail(run="r2").exit_code == 0
    assert office.states(run="r3") == {"lao-cai": "unchanged"}
    assert office.mail(run="r4").exit_code == 0
    assert office.states(run="r5") == {"lao-cai": "unchanged"}
    assert len(office.box.mails) == 2
    subject = opened(office.box.mails[1][1])["Subject"]
    assert subject.startswith("[1 findings, 0 new, 1 met]")


def test_a_portal_that_did_not_answer_tonight_is_no_news(office: Office) -> None:
    office.nights(TWO, TWO)
    assert office.mail().exit_code == 0
    store(office.archive, "r3", {"sxd": TWO["sxd"]}, night=2, unseen=["laocai"])
    assert office.states(run="r3") == {"lao-cai": "unchanged"}
    store(office.archive, "r4", {**TWO, "laocai": [said(SPOKESPERSON, UNSEEN)]}, night=3)
    assert office.states(run="r4") == {"lao-cai": "unchanged"}


def test_a_fault_that_comes_and_goes_makes_one_mail_not_one_a_night(office: Office) -> None:
    office.nights(TWO, TWO, MENDED, TWO, MENDED, TWO)
    for run in ("r2", "r3", "r4", "r5", "r6"):
        assert office.mail(run=run).exit_code == 0
    assert len(office.box.mails) == 2, "the fault, and that it was mended"


def test_an_older_run_is_not_sent_after_a_newer_one(office: Office) -> None:
    office.nights(TWO, TWO, MENDED)
    assert office.mail(run="r3").exit_code == 0
    assert office.states(run="r2") == {"lao-cai": "older"}


def test_what_a_person_found_wrong_later_is_taken_back_by_name(office: Office) -> None:
    office.nights(TWO, TWO)
    assert office.mail().exit_code == 0
    Opinions(office.archive.database).keep(
        ManualVerdict("m1", "sxd", FOOTER, "passed", "có ở chân trang", "A", date(2026, 7, 16), "", NOW)
    )
    store(office.archive, "r3", TWO, night=2)
    assert office.mail(run="r3").exit_code == 0
    told = opened(office.box.mails[1][1])
    assert "1 told before are taken back" in body(told)


# --- the mail ---------------------------------------------------------------------------------------------


def test_a_mail_carries_the_tables_and_is_kept_as_it_went_out(office: Office) -> None:
    office.nights(TWO, TWO)
    assert office.mail("--reply-by", "2026-08-15", "--issuer", "Cục X").exit_code == 0
    ((to, raw),) = office.box.mails
    told = opened(raw)
    assert to == told["To"] == "vanthu@laocai.gov.vn"
    assert told["From"] == "kiemtra@example.gov.vn"
    assert told["Subject"].startswith("[2 findings, 2 new, 0 met]")
    assert "2026-08-15" in body(told)
    assert "no verdict" in body(told)
    names = [part.get_filename() for part in told.iter_attachments()]
    assert names == ["ket-qua-lao-cai.xlsx", "phat-hien-lao-cai.csv"], "no unsigned official letter"
    (letter,) = Outbox(office.archive.database).all()
    assert told["Message-ID"] == f"<{letter.id}@example.gov.vn>"
    assert office.send("show", "nope").stderr == "There is no letter “nope”.\n"
    kept = office.send("show", letter.id)
    assert kept.stdout_bytes == Outbox(office.archive.database).message(letter.id)
    assert kept.stdout_bytes.replace(b"\r\n", b"\n") == raw.replace(b"\r\n", b"\n")


def test_a_server_elsewhere_is_spoken_to_in_secret_and_only_if_it_is_who_it_says(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.delivery.mail._AT_HOME", frozenset())
    office.nights(TWO, TWO)
    open_server = office.mail()
    assert (open_server.exit_code, office.box.mails) == (3, [])
    assert "offers no STARTTLS" in open_server.stderr
    certificate = self_signed(office.folder, "localhost")
    with mail_server(Mailbox(certificate, secret="mat-khau")) as box:
        (office.folder / "secret").write_text("mat-khau\n")
        office.box = box
        given = {"AUDIT_SMTP": office.smtp("thu@").replace("127.0.0.1", "localhost")}
        more = ["--run", "latest", "--mail", "--smtp-secret", str(office.folder / "secret")]
        for wrong in ("mật khẩu", "khac"):
            (office.folder / "wrong").write_text(wrong, "utf-8")
            trusting = ("--ca-file", str(certificate), "--smtp-secret", str(office.folder / "wrong"))
            denied = office.send("--run", "latest", "--mail", *trusting, env=given)
            assert (denied.exit_code, box.mails) == (3, [])
            assert wrong not in denied.output
        stranger = office.send(*more, env=given)
        assert (stranger.exit_code, box.mails) == (3, [])
        trusted = office.send(*more, "--ca-file", str(certificate), env=given)
        assert (trusted.exit_code, len(box.mails), box.secure) == (0, 1, True)


def test_no_password_is_taken_from_the_command_line(office: Office) -> None:
    office.nights(TWO, TWO)
    result = office.mail("--smtp", office.smtp("thu:mat-khau@"))
    assert result.exit_code == 2
    assert "No password on the command line" in result.stderr
    assert "mat-khau" not in result.stderr


def test_a_refusal_is_written_down_and_not_asked_for_again_until_the_address_is_another(office: Office) -> None:
    office.nights(TWO, TWO)
    office.box.recipient = lambda _: "550 5.1.1 no such user"
    assert office.mail().exit_code == 5
    office.box.recipient = lambda _: "250 ok"
    assert office.states() == {"lao-cai": "refused"}
    assert office.mail().exit_code == 5
    assert office.box.mails == []
    write_registry(office.folder / "registry", {"lao-cai": "ubnd@laocai.gov.vn"})
    assert office.mail().exit_code == 0
    assert [to for to, _ in office.box.mails] == ["ubnd@laocai.gov.vn"]
    told = json.loads(office.send("list", "--format", "json").stdout)
    assert "550 5.1.1 no such user" in told[0]["letter_attempts"][0]
    for form in ("csv", "table"):
        listed = office.send("list", "--format", form)
        assert listed.exit_code == 0
        assert "550 5.1.1" in " ".join(listed.stdout.split())


@pytest.mark.parametrize("when", ["recipient", "data", "after"])
def test_what_was_not_taken_now_goes_at_the_next_call(office: Office, when: str) -> None:
    office.nights(TWO, TWO)
    setattr(office.box, when, lambda *_: "451 4.3.0 later")
    assert office.mail().exit_code == 5
    assert office.box.mails == []
    setattr(office.box, when, lambda *_: "354 go" if when == "data" else "250 ok")
    assert office.mail().exit_code == 0
    assert len(office.box.mails) == 1


def test_a_server_that_hangs_up_before_the_message_has_got_nothing(office: Office) -> None:
    office.nights(TWO, TWO)
    office.box.recipient = lambda _: ""
    assert office.mail().exit_code == 5
    office.box.recipient = lambda _: "250 ok"
    assert office.mail().exit_code == 0
    assert len(office.box.mails) == 1


def test_a_server_that_hangs_up_over_the_message_may_have_it_and_gets_it_no_second_time(office: Office) -> None:
    office.nights(TWO, TWO)
    office.box.after = lambda _: ""
    result = office.mail()
    assert result.exit_code == 5
    assert "nobody knows" in result.stderr
    office.box.after = lambda _: "250 ok"
    assert office.mail().exit_code == 5
    assert len(office.box.mails) == 1
    (letter,) = Outbox(office.archive.database).all()
    assert office.send("settle", letter.id, "maybe", "--by", "A").exit_code == 2
    assert office.send("settle", letter.id, "again", "--by", "Nguyễn Văn A").exit_code == 0
    assert office.mail().exit_code == 0
    assert len(office.box.mails) == 2
    assert opened(office.box.mails[0][1])["Message-ID"] == opened(office.box.mails[1][1])["Message-ID"]


@pytest.mark.parametrize("point", ["claimed", "answered"])
def test_a_process_that_dies_on_the_way_sends_nothing_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """It dies between the mark and the first byte, or between the server's answer and its receipt."""

    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    office.nights(TWO, TWO)
    with monkeypatch.context() as patched:
        if point == "claimed":
            patched.setattr("smtplib.SMTP.data", die)
        else:
            patched.setattr(Outbox, "record", die)
        with pytest.raises(Died):
            office.mail()
    assert len(office.box.mails) == (point == "answered")
    assert office.mail().exit_code == 5, "a person has to look"
    assert office.states() == {"lao-cai": "sending"}
    assert len(office.box.mails) == (point == "answered")


def test_a_server_that_is_not_there_is_told_and_the_rest_goes_later(office: Office) -> None:
    office.nights(TWO, TWO)
    result = office.send("--run", "latest", "--mail", env={"AUDIT_SMTP": "smtp://127.0.0.1:1?from=a@b.vn"})
    assert result.exit_code == 3
    assert "No more mail can be sent" in result.stderr
    assert "not taken yet" in result.stdout, "the list is printed all the same"
    assert office.mail().exit_code == 0


def test_a_package_that_went_by_document_is_noted_and_followed_by_no_mail(office: Office) -> None:
    office.nights(TWO, TWO)
    noted = office.send("note", "--run", "r2", "--agency", "lao-cai", "--by", "A", "--document", "12/CĐS")
    assert noted.exit_code == 0
    assert office.mail().exit_code == 0
    assert office.box.mails == []
    store(office.archive, "r3", TWO, night=2)
    assert office.states(run="r3") == {"lao-cai": "unchanged"}


def test_the_workbook_comes_back_filled_in(office: Office) -> None:
    """As a body fills it in: two answers on two sheets, one of them wrong the first time."""
    office.nights(TWO, TWO)
    office.send("--run", "latest", "--reply-by", "2026-08-15")
    book = office.files("r2", "lao-cai")["ket-qua-lao-cai.xlsx"]
    path = office.folder / "tra-loi.xlsx"
    for answer, status in (("chịu", 2), ("Không đồng ý", 0)):
        path.write_bytes(filled(book, {2: ("fixed", "đã bổ sung"), 3: (answer, "có ở /lien-he")}))
        given = ["--by", "A", "--data", str(office.folder / "data"), "--format", "json"]
        result = CliRunner().invoke(main, ["replies", "import", str(path), *given], env={"AUDIT_LANG": "en"})
        assert result.exit_code == status, result.output
        if status:
            assert "line 6 of “sxd.laocai.gov.vn”" in result.stderr
    told = {(one.portal_id, one.reply, one.note, one.run_id, one.reply_by) for one in replies(office)}
    due = date(2026, 8, 15)
    assert told == {
        ("laocai", "fixed", "đã bổ sung", "r2", due),
        ("sxd", "dispute", "có ở /lien-he", "r2", due),
    }


def filled(book: bytes, answers: Mapping[int, tuple[str, str]]) -> bytes:
    """The workbook with the first finding of some sheets answered."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for sheet, answer in answers.items():
                if name == f"xl/worksheets/sheet{sheet}.xml":
                    for letter, value in zip("NO", answer, strict=True):
                        text, count = re.subn(
                            f'<c r="{letter}6" s="([0-9]+)"/>',
                            rf'<c r="{letter}6" s="\1" t="inlineStr"><is><t>{value}</t></is></c>',
                            text,
                        )
                        assert count == 1
            new.writestr(name, text)
    return file.getvalue()


def replies(office: Office) -> list[Reply]:
    return Opinions(office.archive.database).replies()


def letter_text(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as into:
        return "".join(ElementTree.fromstring(into.read("word/document.xml")).itertext())  # noqa: S314


def opened(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage) -> str:
    part = message.get_body()
    assert part is not None
    return str(part.get_content())


def test_every_state_and_every_column_has_its_words() -> None:
    from typing import get_args

    from audit.delivery.list import _COLUMNS, _LETTER
    from audit.words import term

    for state in get_args(sending.State):
        assert term("delivery_state", state, "vi") != state
    for column in (*_COLUMNS, *_LETTER):
        assert term("heading", column, "vi") != column
