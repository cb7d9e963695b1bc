"""Workbooks and letters: what a spreadsheet and a word processor find in them."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from audit.reports import long_table, sorting, xlsx
from audit.reports.csv import write_csv
from audit.reports.letter import Letter, Table, as_docx
from audit.reports.xlsx import Cell, Choice, Workbook, letters_of, sheet_names
from storage.archive import Archive
from tests.told_bodies import FAULT, FOOTER, SEARCH, SHOWN, SPOKESPERSON, said, store

NOW = datetime(2026, 11, 22, tzinfo=UTC)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = (
    "=HYPERLINK(\"http://x\")", "+1", "-2", "@SUM(A1)", "<script>&amp;\"'", "_x0041_", "a\x0bb\ufffe", "Ỷ lại ạ",
    "]]>", "'", "=1+1;\"a\",b",
)  # fmt: skip
LIBREOFFICE = shutil.which("soffice")


def made(path: Path) -> Path:
    first, second = sheet_names(["Tổng hợp", "sxd.laocai.gov.vn/a"])
    with path.open("wb") as file, Workbook(file, title="Thử <&>", made_at=NOW) as book:
        rows = [[Cell(text), Cell(number, "number")] for number, text in enumerate(HOSTILE)]
        head = [[Cell("Tiêu đề", "title")], [Cell("Nội dung", "heading"), Cell("Số", "heading")]]
        book.sheet(first, [30, 10], [*head, *rows], frozen=2)
        links = [
            [Cell("về", "link", f"#{first}"), Cell("trang", "link", "https://laocai.gov.vn/?a=1&b=2")],
            [Cell("bẫy", "link", "javascript:alert(1)"), Cell(date(2026, 11, 22), "day")],
        ]
        book.sheet(second, [20, 20], links, choices=[Choice(0, (1, 2), ("đồng ý", "không đồng ý"))])
    return path


def part(path: Path, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(path) as into:
        return ElementTree.fromstring(into.read(name))  # noqa: S314 - our own file


def texts(sheet: ElementTree.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row.iter(f"{_MAIN}c")] for row in sheet.iter(f"{_MAIN}row")]


def test_texts_stay_texts_whatever_they_look_like(tmp_path: Path) -> None:
    sheet = part(made(tmp_path / "a.xlsx"), "xl/worksheets/sheet1.xml")
    told = [row[0] for row in texts(sheet)[2:]]
    wanted = [
        text.replace("_x0041_", "_x005F_x0041_").replace("\x0b", "").replace("\ufffe", "") for text in HOSTILE
    ]
    assert told == wanted
    assert not list(sheet.iter(f"{_MAIN}f")), "no formula at all"
    kinds = {cell.get("t") for row in list(sheet.iter(f"{_MAIN}row"))[2:] for cell in list(row)[:1]}
    assert kinds == {"inlineStr"}


def test_a_sheet_has_a_frozen_heading_a_filter_and_links_that_lead_only_where_they_may(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx")
    first, second = part(path, "xl/worksheets/sheet1.xml"), part(path, "xl/worksheets/sheet2.xml")
    (pane,) = first.iter(f"{_MAIN}pane")
    assert (pane.get("ySplit"), pane.get("state")) == ("2", "frozen")
    (filtered,) = first.iter(f"{_MAIN}autoFilter")
    assert filtered.get("ref") == f"A2:B{len(HOSTILE) + 2}"
    assert [link.get("ref") for link in second.iter(f"{_MAIN}hyperlink")] == ["A1", "B1"]
    targets = part(path, "xl/worksheets/_rels/sheet2.xml.rels")
    assert [one.get("Target") for one in targets] == ["https://laocai.gov.vn/?a=1&b=2"]
    (choice,) = second.iter(f"{_MAIN}dataValidation")
    assert choice.get("sqref") == "A1:A2"
    assert "đồng ý,không đồng ý" in "".join(choice.itertext())
    names = "".join(part(path, "xl/workbook.xml").itertext())
    assert "'Tổng hợp'!$A$2:$B$" in names


def test_names_of_sheets_are_short_allowed_and_different() -> None:
    long = "a-very-long-name-of-a-department.laocai.gov.vn"
    told = sheet_names([long, long + "/b", "x/y:z?", "X_Y_Z_", "", "'", "History"])
    assert len({name.casefold() for name in told}) == len(told)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in told)
    assert "history" not in {name.casefold() for name in told}


def test_columns_are_lettered_as_spreadsheets_do() -> None:
    assert [letters_of(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    file = BytesIO()
    with Workbook(file, title="t", made_at=NOW) as book:
        assert book.lines("Kết quả", ["a", "b"], [5, 5], ([str(n), "="] for n in range(7))) == 7
    with zipfile.ZipFile(file) as into:
        told = [texts(ElementTree.fromstring(into.read(f"xl/worksheets/sheet{n}.xml"))) for n in (1, 2, 3)]  # noqa: S314
    assert [row[0] for sheet in told for row in sheet] == ["a", "0", "1", "2", "a", "3", "4", "5", "a", "6"]


def test_a_workbook_that_was_broken_off_does_not_look_whole() -> None:
    file = BytesIO()
    with pytest.raises(ZeroDivisionError), Workbook(file, title="t", made_at=NOW) as book:
        book.lines("a", ["a"], [5], ([str(1 // (1 - n))] for n in range(3)))
    with zipfile.ZipFile(file) as into:
        assert "[Content_Types].xml" not in into.namelist()


@pytest.mark.parametrize("count", [0, 1, 5, 6, 17])
def test_long_tables_are_sorted_in_parts_like_short_ones(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(sorting, "AT_ONCE", 5)
    rows = [[str(n * 7 % 5), str(n), "Ỷ\n"] for n in range(count)]
    assert list(sorting.in_order(iter(rows), key=lambda row: row[0])) == sorted(rows, key=lambda row: row[0])


LETTER = Letter(
    "Bộ Khoa học và Công nghệ",
    "Cục Chuyển đổi số quốc gia",
    "kết quả kiểm tra <cổng>",
    "Ủy ban nhân dân tỉnh Lào Cai",
    ("# Kết quả", "Đã xem 2/3 cổng & trang.", Table(("STT", "Cổng"), (("1", "laocai.gov.vn"),), (13, 100))),
    ("Như trên;", "Lưu: VT."),
)


def test_a_letter_has_the_parts_the_decree_asks_for() -> None:
    with zipfile.ZipFile(BytesIO(as_docx(LETTER, NOW))) as into:
        told = "".join(ElementTree.fromstring(into.read("word/document.xml")).itertext())  # noqa: S314
        page = into.read("word/document.xml").decode()
    for text in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BỘ KHOA HỌC VÀ CÔNG NGHỆ",
        "CỤC CHUYỂN ĐỔI SỐ QUỐC GIA",
        "Số: ……/……",
        "V/v kết quả kiểm tra <cổng>",
        "Kính gửi: Ủy ban nhân dân tỉnh Lào Cai.",
        "Đã xem 2/3 cổng & trang.",
        "Nơi nhận:",
        "- Lưu: VT.",
    ):
        assert text in told
    assert 'w:w="11906" w:h="16838"' in page, "A4"


@pytest.mark.skipif(LIBREOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_what_was_written(tmp_path: Path) -> None:
    """Every sheet comes back cell by cell, and so does the CSV."""
    made(tmp_path / "a.xlsx")
    rows = [[text, str(number)] for number, text in enumerate(HOSTILE) if "\x0b" not in text]
    (tmp_path / "b.csv").write_bytes(write_csv(["Nội dung", "Số"], rows))
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    for name, how in (("a.xlsx", ()), ("b.csv", ("--infilter=CSV:44,34,76,1",))):
        done = subprocess.run(  # noqa: S603
            [
                *(str(LIBREOFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", *how),
                *("--convert-to", options, "--outdir", "out", name),
            ],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    table = read(tmp_path / "out" / "a-Tổng hợp.csv")
    assert [row[0] for row in table[2:]] == [text.replace("\x0b", "").replace("\ufffe", "") for text in HOSTILE]
    assert [row[1] for row in table[2:]] == [str(number) for number in range(len(HOSTILE))]
    first, (trap, day) = read(tmp_path / "out" / "a-sxd.laocai.gov.vn_a.csv")
    assert (first, trap) == (["về", "trang"], "bẫy")
    assert sorted(day.split("/")) == ["11", "2026", "22"], "a date, in the order of LibreOffice's own language"
    # The CSV's guard is an apostrophe before what a spreadsheet would take for a formula.
    again = read(next((tmp_path / "out").glob("b*.csv")))
    assert [[row[0].removeprefix("'") or "'", row[1]] for row in again[1:]] == rows


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_long_table_made_by_two_processes_is_the_same(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        "laocai": [said(SPOKESPERSON, FAULT), said(FOOTER, SHOWN)],
        "sxd": [said(FOOTER, SHOWN, severity="high")],
    }
    with Archive.open(sqlite_url) as archive:
        store(archive, "r1", {**told, "stc": [said(SEARCH, FAULT, severity="low")]}, kind="run")
        run, ids = archive.outline("r1"), archive.portal_ids("r1")
        asked = long_table.Asked("all", "vi")
        alone = list(long_table.rows_of_run(archive, sqlite_url, run, ids, asked))
        monkeypatch.setattr(long_table, "LONG", 1)
        assert list(long_table.rows_of_run(archive, sqlite_url, run, ids, asked)) == alone
    assert len(alone) == 4
