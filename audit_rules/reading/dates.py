"""Dates as Vietnamese pages write them: "05/01/2026", "ngày 5 tháng 1 năm 2026", "2026-01-05T10:20"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from audit_rules.reading.vietnamese import fold

LONGEST: Final = 2000
"""Characters of a text that are looked at."""
_MOST: Final = 20
"""Dates that are taken from one text."""
_FIRST_YEAR: Final = 1945
"""Years before the state was founded, and those of another century to come, are slips or other numbers."""
_LAST_YEAR: Final = 2099

_DATE = re.compile(
    r"(?<![\d/.-])(?:"
    r"(?P<d>\d{1,2})\s?(?P<mark>[/.-])\s?(?P<m>\d{1,2})\s?(?P=mark)\s?(?P<y>\d{4})"
    r"|(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})(?=T|$|[^\d-])"
    r"|(?P<wd>\d{1,2})\s+thang\s+(?P<wm>\d{1,2})(?:\s+nam|\s*,|\s*/)?\s*(?P<wy>\d{4})"
    r")(?!\d|[/.-]\d)"
)


_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_LOOSE = re.compile(
    r"\b\d{1,3} (?:giay|phut|gio|ngay|tuan|thang|nam) truoc\b|\b(?:hom nay|hom qua|hom kia|vua xong|moi day)\b"
    r"|(?<![\d/.-])\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{2})?(?![\d/.-])"
    r"|(?<!\d)\d{4}\s?[/.]\s?\d{1,2}\s?[/.]\s?\d{1,2}(?!\d)"
    r"|\b\d{1,2}\s?/?\s?th(?:g|ang)?\s?\d{1,2}\b|\bth(?:g|ang)? ?\d{1,2} \d{1,2}\b"
    rf"|\b{_MONTHS}\.? \d{{1,2}},? \d{{4}}\b|\b\d{{1,2}} {_MONTHS}\.?,? \d{{4}}\b"
    r"|\b\d{1,3} (?:ngay|gio|phut)\b"
)
_LONGEST_LOOSE: Final = 80


def tells_when(text: str) -> bool:
    """Whether a short note says when in a way of which no day of a calendar is made: "2 giờ trước", "T5, 20/11",
    "20 Th11, 2026". It is more than such notes say: "điểm 20/11" tells nothing, and is taken for one."""
    return len(text) <= _LONGEST_LOOSE and _LOOSE.search(fold(text)) is not None


def dates_in(text: str) -> Iterator[date]:
    """The dates of a text, in its order, at most twenty from its first 2,000 characters; days come before months,
    as in Viet Nam. What is no day of a calendar is no date, nor is a document's number ("12/2025/QĐ-UBND")."""
    if not any(digit in text for digit in "0123456789"):
        return
    for count, found in enumerate(_DATE.finditer(fold(text[:LONGEST]))):
        if count >= _MOST:
            return
        get = found.group
        day = get("d") or get("id") or get("wd")
        month, year = get("m") or get("im") or get("wm"), get("y") or get("iy") or get("wy")
        if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
            continue
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue
