"""The CSV that an agency filled in: what a spreadsheet does to it is undone, and what is lost is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.cli import main
from audit.history import finding_id
from audit.replies import read_answers, read_day
from audit.reports.csv import columns
from audit.spreadsheet import FileRefused
from audit_rules.verdict import failed
from storage.archive import Archive
from storage.opinions import Opinions, Reply
from tests.told_runs import EVIDENCE, PORTAL, header, judgement, portal_run, small_registry

SPOKESPERSON, CONTACT = "identity.spokesperson", "identity.contact_page"
RULES = (SPOKESPERSON, CONTACT)
Cells = dict[str, str]


@pytest.fixture
def local(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """The archive that commands find where they are called, with one run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDIT_REGISTRY", str(small_registry(tmp_path)))
    with Archive.open(sqlite_url) as opened:
        look(opened, 0)
        yield opened


def look(archive: Archive, number: int) -> None:
    head = header(f"r{number}", night=number)
    archive.begin(head)
    archive.save(head.id, portal_run(tuple(judgement(rule, failed(EVIDENCE)) for rule in RULES)))
    archive.close_run(head.id, status="complete", finished_at=head.started_at, reason=None)


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def sent(lang: str = "en", run: str = "latest") -> list[list[str]]:
    """The file as the agency gets it: its heading and its rows."""
    data = ask("export", "--run", run, "--lang", lang).stdout_bytes
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def filled(rows: list[list[str]], **cells: str) -> list[list[str]]:
    """The rows with the answer to the spokesperson's finding filled in, by English names of the columns."""
    names = [one.name for one in columns()]
    for row in rows[1:]:
        if row[names.index("rule")] == SPOKESPERSON:
            for name, cell in cells.items():
                row[names.index(name)] = cell
    return rows


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def take(data: bytes | str, name: str = "tra-loi.csv") -> Result:
    Path(name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return ask("replies", "import", name, "--by", "Trần B")


def kept(archive: Archive) -> list[Reply]:
    return Opinions(archive.database).replies()


ANSWER = {"agency_reply": "dispute", "agency_note": "Đã có ở chân trang; xem ảnh", "document_no": "12/SXD-VP"}
Saved = Callable[[list[list[str]]], bytes]
SAVED: dict[str, Saved] = {
    "as it was": lambda rows: as_csv(rows).encode("utf-8-sig"),
    "mark of UTF-8 lost": lambda rows: as_csv(rows).encode(),
    "semicolons": lambda rows: as_csv(rows, ";").encode("utf-8-sig"),
    "tabs and UTF-16, as Excel's Unicode text": lambda rows: as_csv(rows, "\t").encode("utf-16"),
    "UTF-16, big end first": lambda rows: b"\xfe\xff" + as_csv(rows, "\t").encode("utf-16-be"),
    "UTF-16 without a mark": lambda rows: as_csv(rows, "\t").encode("utf-16-le"),
    "a line that names the separator": lambda rows: ("sep=;\r\n" + as_csv(rows, ";")).encode("utf-8-sig"),
    "line ends of Unix": lambda rows: as_csv(rows).replace("\r\n", "\n").encode(),
    "decomposed letters": lambda rows: __import__("unicodedata").normalize("NFD", as_csv(rows)).encode(),
    "empty lines and columns at the end": lambda rows: as_csv(
        [*[[*row, "", ""] for row in rows], [""], []]
    ).encode(),
    "columns in another order": lambda rows: as_csv([row[::-1] for row in rows]).encode(),
}


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED.keys())
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_a_spreadsheet_does_to_the_file_is_undone(local: Archive, saved: Saved, lang: str) -> None:
    told = take(saved(filled(sent(lang), **ANSWER)))
    assert told.exit_code == 0, told.stderr
    (reply,) = kept(local)
    assert (reply.portal_id, reply.rule, reply.run_id) == (PORTAL.id, SPOKESPERSON, "r0")
    assert (reply.reply, reply.note, reply.document_no) == ("dispute", ANSWER["agency_note"], "12/SXD-VP")
    assert (reply.taken_by, reply.file) == ("Trần B", "tra-loi.csv")


def test_the_same_file_twice_is_taken_once_and_a_new_run_asks_anew(local: Archive) -> None:
    data = as_csv(filled(sent(), **ANSWER))
    assert "1 ý kiến mới ghi nhận, 0 đã có từ trước, 1 dòng chưa có ý kiến" in take(data).stderr
    assert "0 ý kiến mới ghi nhận, 1 đã có từ trước" in take(data, "ban-sao.csv").stderr
    assert len(kept(local)) == 1
    look(local, 1)
    take(as_csv(filled(sent(run="r1"), **ANSWER)))
    assert [one.run_id for one in kept(local)] == ["r0", "r1"]


def test_a_dispute_shows_in_the_list_and_in_the_export(local: Archive) -> None:
    take(as_csv(filled(sent(), **ANSWER)))
    names, *rows = sent()
    by_rule = {row[names.index("rule")]: row for row in rows}
    assert by_rule[SPOKESPERSON][names.index("reply_recorded")].startswith("dispute, taken on ")
    assert by_rule[SPOKESPERSON][names.index("outcome")] == "failed"
    assert by_rule[CONTACT][names.index("reply_recorded")] == ""
    assert all(row[names.index("agency_reply")] == "" for row in rows), "theirs to fill"
    listed = ask("findings", "--site", PORTAL.id, "--format", "csv").stdout
    assert "không đồng ý" in listed
    assert "12/SXD-VP" in ask("replies", "list").stdout


def test_the_newest_answer_is_shown(local: Archive) -> None:
    take(as_csv(filled(sent(), **ANSWER)))
    take(as_csv(filled(sent(), agency_reply="fixed")), "lan-2.csv")
    names, *rows = sent()
    assert [row[names.index("reply_recorded")][:4] for row in rows if row[names.index("rule")] == SPOKESPERSON] == [
        "said"
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("agree", "agree"),
        ("AGREE ", "agree"),
        ("Đồng ý", "agree"),
        ("đã khắc phục", "fixed"),
        ("Da khac phuc.", "fixed"),
        ("không đồng ý", "dispute"),
        ("'dispute", "dispute"),
    ],
)
def test_an_answer_is_understood_as_people_write_it(local: Archive, written: str, meant: str) -> None:
    assert take(as_csv(filled(sent(), agency_reply=written))).exit_code == 0
    assert [one.reply for one in kept(local)] == [meant]


@pytest.mark.parametrize("number", ["1.23457E+11", "123456789", "1,2E+19", ""])
def test_an_id_that_became_a_number_is_found_by_portal_and_rule(local: Archive, number: str) -> None:
    assert take(as_csv(filled(sent(), finding=number, **ANSWER))).exit_code == 0
    assert [(one.portal_id, one.rule) for one in kept(local)] == [(PORTAL.id, SPOKESPERSON)]


def test_an_apostrophe_that_guards_a_note_is_no_part_of_it(local: Archive) -> None:
    take(as_csv(filled(sent(), agency_reply="agree", agency_note="'-đã giao phòng CNTT")))
    take(as_csv(filled(sent(), agency_reply="fixed", agency_note="'quoted'")), "hai.csv")
    assert [one.note for one in kept(local)] == ["-đã giao phòng CNTT", "'quoted'"]
    assert "\"'-đã giao" not in ask("export", "--run", "latest").stdout, "it is within a longer cell"


_CELLS = st.sampled_from(
    ["agree", "dispute", "", "x", '"', 'a"b', ";", ",", "\n", "=1", "'-1", "31/02/2026", "\0", "1E+9"]
)
_ROWS = st.lists(st.lists(_CELLS, max_size=9), max_size=4)
_TABLES = st.builds(
    lambda rows, delimiter: (
        delimiter.join(["finding", "agency_reply", "agency_note", "rule", "reply_by"])
        + "\n"
        + "\n".join(delimiter.join(row) for row in rows)
    ).encode(),
    _ROWS,
    st.sampled_from([",", ";", "\t"]),
)
"""Files whose heading is right and whose lines are anything, quotes that do not match among them."""


REFUSED: dict[str, tuple[Saved, str]] = {
    "an answer nobody knows": (lambda rows: as_csv(filled(rows, agency_reply="có lẽ")).encode(), "dòng 3: ý kiến"),
    "a note without an answer": (
        lambda rows: as_csv(filled(rows, agency_note="x")).encode(),
        "dòng 3: có giải trình",
    ),
    "an unknown finding": (
        lambda rows: as_csv(filled(rows, **ANSWER, finding="0" * 12)).encode(),
        "dòng 3: không có phát hiện mang mã",
    ),
    "a number for an id, and no rule": (
        lambda rows: as_csv(filled(rows, **ANSWER, finding="1E+11", rule="")).encode(),
        "dòng 3: mã phát hiện",
    ),
    "a note that a spreadsheet took for a formula": (
        lambda rows: as_csv(filled(rows, agency_reply="agree", agency_note="#NAME?")).encode(),
        "dòng 3: bảng tính đã thay nội dung ô bằng lỗi “#NAME?”",
    ),
    "a day that is none": (
        lambda rows: as_csv(filled(rows, **ANSWER, reply_by="31/02/2026")).encode(),
        "dòng 3: “31/02/2026” không phải ngày",
    ),
    "two answers to one finding": (
        lambda rows: as_csv([*filled(rows, **ANSWER), [*rows[2][:30], "agree", *rows[2][31:]]]).encode(),
        "dòng 4: phát hiện này đã được trả lời khác ở dòng 3",
    ),
    "no heading": (lambda rows: as_csv(rows[1:]).encode(), "dòng 1: không thấy các cột “Mã phát hiện”"),
    "letters of an old encoding": (
        lambda rows: as_csv(rows).encode("cp1258", "replace"),
        "không phải UTF-8",
    ),
    "a workbook": (lambda _: b"PK\x03\x04" + bytes(200), "không đọc được sổ tính"),
    "an empty file": (lambda _: b"", "dòng 1: không thấy các cột"),
    "noise": (lambda _: bytes(range(256)) * 4, "không"),
}


@pytest.mark.parametrize(("saved", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused_whole_with_its_line(local: Archive, saved: Saved, said: str) -> None:
    rows = sorted(sent(), key=lambda row: (row[0] != "run", SPOKESPERSON in row))
    told = take(saved(rows))
    assert told.exit_code == 2, told.output
    assert said in told.stderr
    assert "Chưa ghi nhận ý kiến nào" in told.stderr
    assert kept(local) == []


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode), _TABLES))
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    try:
        told = read_answers(
            path, place_of=lambda _: None, portal_at=lambda *_: "a", taken_by="B", taken_at=datetime.now(UTC)
        )
    except FileRefused:
        return
    assert all(reply.portal_id == "a" for reply in told.replies)


def test_every_fault_is_told_at_once(local: Archive) -> None:
    names, *rows = sent()
    for row in rows:
        row[names.index("agency_reply")] = "?"
    told = take(as_csv([names, *rows]))
    assert [line[:7] for line in told.stderr.splitlines()[1:]] == ["dòng 2:", "dòng 3:"]


def test_a_file_that_is_not_there_is_one_sentence(local: Archive) -> None:
    told = ask("replies", "import", "khong-co.csv", "--by", "Trần B")
    assert (told.exit_code, "không đọc được tệp" in told.stderr) == (2, True)
    assert "Traceback" not in told.output


def test_the_line_is_that_of_the_file_whatever_a_note_holds(local: Archive) -> None:
    names, *rows = sent()
    first = rows[0]
    first[names.index("agency_reply")], first[names.index("agency_note")] = "agree", "một\nhai\nba"
    rows[1][names.index("agency_reply")] = "?"
    assert "dòng 5:" in take(as_csv([names, *rows])).stderr


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-07-31", date(2026, 7, 31)),
        ("31/07/2026", date(2026, 7, 31)),
        ("5/8/2026", date(2026, 8, 5)),
        ("7/31/2026", date(2026, 7, 31)),
        ("31-07-2026", date(2026, 7, 31)),
        ("31.7.2026", date(2026, 7, 31)),
        ("2026/7/31", date(2026, 7, 31)),
        ("2026-07-31 00:00:00", date(2026, 7, 31)),
        ("31/07/2026 12:00:00 AM", date(2026, 7, 31)),
        ("46234", date(2026, 7, 31)),
        ("31/07", None),
        ("31/13/2026", None),
        ("ngày mai", None),
        ("", None),
        ("99999", None),
    ],
)
def test_a_day_is_read_as_a_spreadsheet_wrote_it(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_the_id_in_the_file_is_the_findings(local: Archive) -> None:
    names, *rows = sent()
    at = names.index("finding")
    assert {row[at] for row in rows} == {finding_id(PORTAL.id, rule) for rule in RULES}
