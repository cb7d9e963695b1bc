"""The books of one visit: what was asked beside the pages, what was left out and why, who was shut out."""

from __future__ import annotations

from collections import Counter

from audit_rules.facts import Answer

MAX_SKIPPED = 2000
BLOCKED_IN_A_ROW = 3


class Books:
    """``asked`` are answers by address, ``skipped`` reasons by address; ``lost`` counts the reasons of those that
    were asked and brought nothing."""

    def __init__(self) -> None:
        self.asked: dict[str, Answer] = {}
        self.skipped: dict[str, str] = {}
        self.lost: Counter[str] = Counter()
        self._blocked_in_a_row = 0

    @property
    def turned_away(self) -> bool:
        """Whether the portal turns us away, page after page."""
        return self._blocked_in_a_row >= BLOCKED_IN_A_ROW

    def let_in(self) -> None:
        self._blocked_in_a_row = 0

    def stopped(self, *, blocked: bool) -> None:
        self._blocked_in_a_row = self._blocked_in_a_row + 1 if blocked else 0

    def note(self, answer: Answer) -> None:
        self.asked[answer.url] = answer

    def skip(self, url: str, reason: str) -> None:
        if len(self.skipped) < MAX_SKIPPED:
            self.skipped.setdefault(url, reason)

    def lose(self, url: str, reason: str) -> None:
        self.lost[reason] += 1
        self.skip(url, reason)
