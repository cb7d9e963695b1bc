"""Dates as Vietnamese pages write them, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest

from audit_rules.reading.dates import dates_in

FIFTH = [date(2026, 1, 5)]


@pytest.mark.parametrize(
    "text",
    [
        "05/01/2026",
        "5/1/2026",
        "05-01-2026",
        "05.01.2026",
        "05 / 01 / 2026",
        "(05/01/2026)",
        "05/01/2026.",
        "Thứ hai, 05/01/2026 10:20",
        "Thứ Hai, ngày 05/01/2026, 10:20 (GMT+7)",
        "Cập nhật lúc 10h20 ngày 05/01/2026",
        "Ngày 5 tháng 1 năm 2026",
        "NGÀY 05 THÁNG 01 NĂM 2026",
        "ngay 5 thang 1 nam 2026",
        "5 Tháng 1, 2026",
        "05 tháng 01/2026",
        "2026-01-05",
        "2026-01-05T10:20:00+07:00",
        "2026-01-05 10:20",
    ],
)
def test_these_are_the_fifth_of_january(text: str) -> None:
    assert list(dates_in(text)) == FIFTH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ngày tháng năm",
        "12/2025/QĐ-UBND",
        "32/01/2026",
        "29/02/2025",
        "05/13/2026",
        "05/01/26",
        "05/01/1899",
        "05/01/2200",
        "105/01/2026",
        "05/01/20261",
        "192.168.1.2026",
        "1.05.01.2026",
        "0214 3840 2026",
        "tháng 1 năm 2026",
        "2026-01-05-12",
        "05/01-2026",
    ],
)
def test_these_are_none(text: str) -> None:
    assert list(dates_in(text)) == []


def test_dates_come_in_the_order_of_the_text() -> None:
    assert list(dates_in("từ 06/01/2026 đến ngày 5 tháng 1 năm 2026")) == [date(2026, 1, 6), *FIFTH]


def test_a_long_text_is_looked_at_in_part() -> None:
    assert len(list(dates_in("05/01/2026 " * 100))) == 20
    assert list(dates_in("x" * 2000 + " 05/01/2026")) == []
