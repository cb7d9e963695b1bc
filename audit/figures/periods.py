"""Periods as official figures are printed: a year, a quarter, a month, a day, or from one day to another."""

from __future__ import annotations

import re
from datetime import date, timedelta

_YEAR = re.compile(r"(\d{4})\Z")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])\Z")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})\Z")
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{4})\Z")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_REMARK = re.compile(r"\s*\([^()]*\)\Z")


def read_period(text: str) -> tuple[date, date] | None:
    """The first and the last day of a period; None for a text that is none. A remark in brackets behind it is no
    part of it: ``2018-07 (bản lưu)``."""
    bare = _REMARK.sub("", text.strip())
    start, slash, end = bare.partition("/")
    if slash and _DAY.match(start) and _DAY.match(end):
        first, last = _span(start), _span(end)
        return (first[0], last[1]) if first and last and first[0] <= last[1] else None
    return _span(bare)


def _span(text: str) -> tuple[date, date] | None:
    try:
        if found := _YEAR.match(text):
            return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
        if found := _QUARTER.match(text):
            return _months(int(found[1]), 3 * int(found[2]) - 2, 3)
        if found := _MONTH.match(text):
            return _months(int(found[1]), int(found[2]), 1)
        if found := _MONTH_FIRST.match(text):
            return _months(int(found[2]), int(found[1]), 1)
        if _DAY.match(text):
            day = date.fromisoformat(text)
            return day, day
    except ValueError:
        pass
    return None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    first = date(year, month, 1)
    after = month + count
    return first, date(year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1)
