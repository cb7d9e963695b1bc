"""The CSV or workbook that an agency filled in, read back whole or refused whole: every fault at once, by its line.

What spreadsheets do to a CSV is undone (``audit.spreadsheet``), and what they do to these cells: days written anew,
an id of digits made a number (the row's portal and rule then tell which finding it is)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from audit.delivery.answered import is_workbook, read_workbook
from audit.finding_ids import Place
from audit.reports.csv import columns
from audit.spreadsheet import FileRefused, Line, plain, quoted, read_rows, read_text
from storage.opinions import Reply, ReplyKind

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
    a run told under an address. Raises FileRefused."""
    problems: list[str] = []
    missing = (
        f"không thấy các cột “{_vi('finding')}” và “{_vi('agency_reply')}”; giữ nguyên dòng tiêu đề của tệp đã gửi"
        " / the columns “finding” and “agency_reply” are not there; keep the heading of the file that was sent"
    )
    headings = {plain(name): one.name for one in columns() for name in (one.name, one.vi) if one.name in _READ}
    rows = list(_lines(path, headings, missing, problems))
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
        raise FileRefused(problems)
    return Answers(tuple(answer for answer, _ in found.values()), empty)


def _lines(path: Path, headings: Mapping[str, str], missing: str, problems: list[str]) -> Iterator[Line]:
    if path.is_file() and is_workbook(path):
        return read_workbook(path, headings, _NEEDED, missing)
    return read_rows(read_text(path), headings, _NEEDED, missing, problems)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]
    problems: list[str]

    def tell(self, vi: str, en: str) -> None:
        sheet = quoted(self.cells.get("sheet", ""))
        where = (f" của “{sheet}”", f" of “{sheet}”") if sheet else ("", "")
        self.problems.append(f"dòng {self.line}{where[0]}: {vi} / line {self.line}{where[1]}: {en}")

    def reply(self) -> ReplyKind | None:
        text = self.cells["agency_reply"]
        if not text:
            if self.cells["agency_note"]:
                self.tell(
                    "có giải trình nhưng chưa có ý kiến; ghi agree, fixed hoặc dispute",
                    "there is a note but no answer; write agree, fixed or dispute",
                )
            return None
        said = _SAID.get(plain(text))
        if said is None:
            told = quoted(text)
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
            told = quoted(finding)
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
            told = quoted(text)
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


def _vi(name: str) -> str:
    return next(one.vi for one in columns() if one.name == name)
