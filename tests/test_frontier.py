"""The order of a visit."""

from __future__ import annotations

import pytest

from crawler import frontier
from crawler.frontier import MAX_LEFT, SAME_PATTERN, Frontier

A = "http://a.gov.vn"


def order(queue: Frontier) -> list[str]:
    taken = []
    while (url := queue.take()) is not None:
        taken.append(url.removeprefix(A))
    return taken


def test_concepts_come_before_sections_and_sections_before_articles() -> None:
    queue = Frontier()
    queue.offer(f"{A}/tin/2026/bai", None, "teaser")
    queue.offer(f"{A}/gioi-thieu/chung", None, "menu")
    queue.offer(f"{A}/lien-he", 3, "footer")
    queue.offer(f"{A}/nguoi-phat-ngon", 0, "main")
    queue.offer(f"{A}/tin", None, "main")
    assert order(queue) == ["/nguoi-phat-ngon", "/lien-he", "/tin", "/gioi-thieu/chung", "/tin/2026/bai"]


def test_a_better_word_for_a_known_address_moves_it_up_and_nothing_comes_twice() -> None:
    queue = Frontier()
    queue.offer(f"{A}/b/x", 2, "main")
    queue.offer(f"{A}/a/x", None, "main")
    queue.offer(f"{A}/a/x#tren", 1, "main")
    queue.offer(f"{A}/a/x/", None, "main")
    assert len(queue) == 2
    assert order(queue) == ["/a/x", "/b/x"]
    queue.offer(f"{A}/a/x", 0, "main")
    assert queue.take() is None


def test_what_was_visited_another_way_is_not_offered_again() -> None:
    queue = Frontier()
    queue.offer(f"{A}/a", None, "main")
    assert queue.mark("https://www.a.gov.vn/a?utm_source=x")
    assert not queue.mark(f"{A}/a")
    assert order(queue) == []


def test_pages_that_differ_in_digits_wait_for_other_patterns() -> None:
    queue = Frontier()
    for day in range(1, 9):
        queue.offer(f"{A}/lich/{day}", 0, "main")
    queue.offer(f"{A}/tin/2026/bai/cuoi", None, "article")
    taken = order(queue)
    assert taken[: SAME_PATTERN + 1] == ["/lich/1", "/lich/2", "/lich/3", "/tin/2026/bai/cuoi"]
    assert len(taken) == 9


def test_menu_entries_may_differ_in_a_number_only() -> None:
    queue = Frontier()
    for number in range(1, 7):
        queue.offer(f"{A}/Default.aspx?muc={number}", None, "menu")
    queue.offer(f"{A}/tin/2026/bai", None, "main")
    assert order(queue)[:6] == [f"/Default.aspx?muc={number}" for number in range(1, 7)]


def test_what_is_left_is_told_best_first_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "MAX_KNOWN", 7)
    small = Frontier()
    for number in range(9):
        small.offer(f"{A}/tin/{number}/x", None, "main")
    assert len(small) == 7
    monkeypatch.undo()
    fewer = Frontier()
    for number in range(MAX_LEFT + 5):
        fewer.offer(f"{A}/tin/{number}/x", None, "main")
    fewer.offer(f"{A}/quy-che", 0, "main")
    left = fewer.left()
    assert (left[0], len(left)) == (f"{A}/quy-che", MAX_LEFT)
