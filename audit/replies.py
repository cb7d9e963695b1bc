"""The CSV that an agency filled in, read back whole or refused whole: every fault at once, with its line.

What spreadsheets do to a CSV is undone: semicolons or tabs for commas, a first line ``sep=;``, the mark of UTF-8
gone, UTF-16, headings in either language, days written anew, an apostrophe before a text that looks like a formula,
an id of digits made a number (the row's portal and rule then tell which finding it is). What was lost for good
(letters of an encoding without Vietnamese) is refused, never guessed."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from audit.finding_ids import Place
from audit.reports.csv import columns
from audit.words import clean
from storage.opinions import Reply, ReplyKind

MAX_BYTES = 50_000_000
_NEEDED = ("finding", "agency_reply")
_READ = ("run", "portal", "rule", "finding", "reply_by", "agency_reply", "agency_note", "document_no")
_ID = re.compile(r"[0-9a-f]{12}\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")
_ISO = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})\Z")
_CLOCK = re.compile(r"[T ]\d{1,2}:\d\d(:\d\d)?(\.\d+)?( ?[AP]M)?Z?\Z", re.IGNORECASE)
_LOST = re.compile(r"(#(NAME|REF|VALUE|N/A|DIV/0|NUM|NULL|SPILL|CALC)[?!]?|Err:\d{3})\Z")
_SERIAL = re.compile(r"[3-6]\d{4}\Z")
_SPREADSHEET_ZERO = date(1899, 12, 30)
_SAID: Mapping[str, ReplyKind] = {
    "agree": "agree",
    "dong y": "agree",
    "nhat tri": "agree",
    "fixed": "fixed",
    "da khac phuc": "fixed",
    "da sua": "fixed",
    "dispute": "dispute",
    "khong dong y": "dispute",
    "khong nhat tri": "dispute",
}


class AnswersRefused(Exception):
    """A file that cannot be taken. ``problems`` are sentences, one for each fault, Vietnamese then English."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Answers:
    """What a file holds: answers, and how many of its lines have none."""

    replies: tuple[Reply, ...]
    empty: int


def read_answers(
    path: Path,
    *,
    place_of: Callable[[str], Place | None],
    portal_at: Callable[[str, str], str | None],
    taken_by: str,
    taken_at: datetime,
) -> Answers:
    """The answers of a file. ``place_of`` tells whose a finding's id is, ``portal_at`` the id of the portal that
    a run told under an address. Raises AnswersRefused."""
    problems: list[str] = []
    rows = list(_rows(_text(path), problems))
    found: dict[Place, tuple[Reply, int]] = {}
    empty = 0
    for line, cells in rows:
        row = _Row(line, cells, problems)
        said = row.reply()
        if said is None:
            empty += 0 if cells["agency_reply"] or cells["agency_note"] else 1
            continue
        for name in ("agency_note", "document_no"):
            row.whole(name)
        place = row.place(place_of, portal_at)
        due = row.day("reply_by")
        if place is None:
            continue
        note, document = cells["agency_note"], cells["document_no"]
        answer = Reply(*place, cells["run"], said, note, document, due, taken_by, taken_at, path.name, line)
        before = found.setdefault(place, (answer, line))
        if before[0].id != answer.id:
            row.tell(
                f"phát hiện này đã được trả lời khác ở dòng {before[1]}; giữ lại một câu trả lời",
                f"line {before[1]} answers the same finding otherwise; keep one answer",
            )
    if problems:
        raise AnswersRefused(problems)
    return Answers(tuple(answer for answer, _ in found.values()), empty)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]
    problems: list[str]

    def tell(self, vi: str, en: str) -> None:
        self.problems.append(f"dòng {self.line}: {vi} / line {self.line}: {en}")

    def reply(self) -> ReplyKind | None:
        text = self.cells["agency_reply"]
        if not text:
            if self.cells["agency_note"]:
                self.tell(
                    "có giải trình nhưng chưa có ý kiến; ghi agree, fixed hoặc dispute",
                    "there is a note but no answer; write agree, fixed or dispute",
                )
            return None
        said = _SAID.get(_plain(text))
        if said is None:
            told = _quoted(text)
            self.tell(
                f"ý kiến “{told}” không rõ; ghi agree (đồng ý), fixed (đã khắc phục) hoặc dispute (không đồng ý)",
                f"the answer “{told}” is not understood; write agree, fixed or dispute",
            )
        return said

    def whole(self, column: str) -> None:
        text = self.cells[column]
        if _LOST.match(text):
            self.tell(
                f"bảng tính đã thay nội dung ô bằng lỗi “{text}”; ghi lại, không bắt đầu bằng dấu =",
                f"the spreadsheet put the error “{text}” in place of what was written; write it again without =",
            )

    def place(
        self, place_of: Callable[[str], Place | None], portal_at: Callable[[str, str], str | None]
    ) -> Place | None:
        finding = self.cells["finding"].lower()
        if _ID.match(finding):
            if (place := place_of(finding)) is None:
                self.tell(
                    f"không có phát hiện mang mã “{finding}” trong kho lưu trữ; kiểm tra có đúng tệp đã gửi không",
                    f"there is no finding “{finding}” in this archive; check that this is the file that was sent",
                )
            return place
        # A spreadsheet takes an id of digits, or of digits around an e, for a number.
        portal_id = portal_at(self.cells["run"], self.cells["portal"])
        if portal_id is None or not self.cells["rule"]:
            told = _quoted(finding)
            self.tell(
                f"mã phát hiện “{told}” không đúng dạng 12 ký tự; lấy lại mã từ tệp đã gửi",
                f"the finding “{told}” has not the form of 12 characters; take it from the file sent",
            )
            return None
        return portal_id, self.cells["rule"]

    def day(self, column: str) -> date | None:
        text = self.cells[column]
        if not text:
            return None
        day = read_day(text)
        if day is None:
            told = _quoted(text)
            self.tell(
                f"“{told}” không phải ngày; ghi như 2026-07-31 hoặc 31/07/2026",
                f"“{told}” is no date; write it like 2026-07-31 or 31/07/2026",
            )
        return day


def read_day(text: str) -> date | None:
    """A day as a spreadsheet may have written it anew: year first, or day first as in Viet Nam (month first where
    only that is a day), with an hour behind it or not, or the number of a spreadsheet's day. None for no day."""
    text = _CLOCK.sub("", text.strip())
    if _SERIAL.match(text):
        return _SPREADSHEET_ZERO + timedelta(days=int(text))
    parts: list[tuple[int, int, int]] = []
    if found := _ISO.match(text):
        parts = [(int(found[1]), int(found[2]), int(found[3]))]
    elif found := _DAY_FIRST.match(text):
        parts = [(int(found[3]), int(found[2]), int(found[1])), (int(found[3]), int(found[1]), int(found[2]))]
    for year, month, day in parts:
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


# --- the file ---------------------------------------------------------------------------------------------


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AnswersRefused(["tệp quá lớn để là tệp đã gửi / the file is too large to be one that was sent"])
        data = path.read_bytes()
    except OSError as error:
        raise AnswersRefused([f"không đọc được tệp ({error}) / the file cannot be read ({error})"]) from error
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise AnswersRefused(
            [
                "đây là sổ tính, không phải CSV; mở ra và lưu lại dạng “CSV UTF-8”"
                " / this is a workbook, no CSV; open it and save it as “CSV UTF-8”"
            ]
        )
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" in data[:200]:
        return _decoded(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    return _decoded(data, "utf-8")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise AnswersRefused(
            [
                f"dòng {line}: không phải UTF-8, chữ tiếng Việt có thể đã mất; lưu lại dạng “CSV UTF-8”"
                f" / line {line}: not UTF-8, Vietnamese letters may be lost; save it as “CSV UTF-8”"
            ]
        ) from error


def _rows(text: str, problems: list[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines below the heading with the cells that are read, by their English names."""
    skipped = 0
    first, _, rest = text.partition("\n")
    if first.strip().strip('"').lower().startswith("sep="):
        text, skipped = rest, 1
    try:
        delimiter, names = _heading(text)
    except csv.Error as error:
        raise _broken(error) from error
    if names is None:
        raise AnswersRefused(
            [
                f"dòng {skipped + 1}: không thấy các cột “{_vi('finding')}” và “{_vi('agency_reply')}”; giữ nguyên"
                " dòng tiêu đề của tệp đã gửi"
                f" / line {skipped + 1}: the columns “finding” and “agency_reply” are not there; keep the heading"
                " of the file that was sent"
            ]
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        width = len(next(reader))
        before = reader.line_num
        for cells in reader:
            line, before = before + 1 + skipped, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                problems.append(
                    f"dòng {line}: nhiều ô hơn dòng tiêu đề; đặt ô có dấu phân cách trong dấu ngoặc kép"
                    f" / line {line}: more cells than the heading; put cells that hold the separator in quotes"
                )
                continue
            cells += [""] * (width - len(cells))
            yield line, {name: _cell(cells[names[name]]) if name in names else "" for name in _READ}
    except csv.Error as error:
        raise _broken(error, before + 1 + skipped) from error


def _broken(error: csv.Error, line: int = 1) -> AnswersRefused:
    return AnswersRefused(
        [
            f"dòng {line}: dấu ngoặc kép không khớp ({error}); lưu lại tệp từ bảng tính"
            f" / line {line}: quotes do not match ({error}); save the file from the spreadsheet again"
        ]
    )


def _heading(text: str) -> tuple[str, Mapping[str, int] | None]:
    known = {_plain(heading): one.name for one in columns() for heading in (one.name, one.vi)}
    for delimiter in ",;\t":
        heading = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        names: dict[str, int] = {}
        for number, cell in enumerate(heading):
            if (name := known.get(_plain(cell))) is not None:
                names.setdefault(name, number)
        if all(name in names for name in _NEEDED):
            return delimiter, names
    return ",", None


def _vi(name: str) -> str:
    return next(one.vi for one in columns() if one.name == name)


def _quoted(text: str) -> str:
    """A stranger's text inside a sentence of two languages, which a slash between blanks parts."""
    return clean(text).replace(" / ", "/")[:40]


def _cell(text: str) -> str:
    """A cell as it was meant: NFC, and without the apostrophe that keeps it from being a formula."""
    text = unicodedata.normalize("NFC", text).replace("\0", "").strip()
    guarded = text[:1] in ("'", "’") and text[1:2] in tuple("=+-@\t\r＝＋－＠")
    return text[1:] if guarded else text


def _plain(text: str) -> str:
    """Without case, accents, blanks and marks around it: how headings and coded answers are compared."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.casefold().replace("_", " ").strip(" .'’\"\ufeff").split())
