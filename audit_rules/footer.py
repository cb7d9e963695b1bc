"""The footer of a page: by its landmark, or the end that pages of a portal have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from audit_rules.evidence import evidence
from audit_rules.facts import Contact, Line, PageFacts, Person
from audit_rules.verdict import Evidence

READABLE_TEXT = 40
"""Characters below which a region that holds a picture counts as a picture (rules.md, "Region")."""

_MIN_REPEATS = 3
"""Pages that must end alike before the common end counts as the footer."""
_MAX_REPEATED = 40
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")


def ending(view: PageFacts) -> tuple[str, ...]:
    """The last lines of a look as they are compared between pages: visit counters and clocks differ in their
    figures only."""
    return tuple(_FIGURES.sub("0", line.text) for line in view.lines[-_MAX_REPEATED:])


def common_end(own: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> int:
    """How many last lines a page has in common with at least two others."""
    length = 0
    while length < len(own):
        tail = own[-1 - length :]
        others = [end for end in others if end[-1 - length :] == tail]
        if len(others) < _MIN_REPEATS - 1:
            break
        length += 1
    return length


@dataclass(frozen=True, slots=True)
class Footer:
    """The footer of one look at a page: ``indexes`` are the places of its lines."""

    view: PageFacts
    indexes: frozenset[int]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for index, line in enumerate(self.view.lines) if index in self.indexes)

    @property
    def text(self) -> str:
        return " | ".join(line.text for line in self.lines)

    def contacts(self, kind: str) -> tuple[Contact, ...]:
        """Contacts in the footer's lines, and those of its icons, which have no line of their own."""
        links = {link.url for link in self.view.links if link.region == "footer"}
        return tuple(
            each
            for each in self.view.contacts
            if each.kind == kind and (each.line in self.indexes or each.text in links)
        )

    def people(self, role: str) -> tuple[Person, ...]:
        return tuple(each for each in self.view.people if each.role == role and each.line in self.indexes)

    @property
    def is_picture(self) -> bool:
        """Whether the region says too little to be read as text."""
        return sum(len(line.text) for line in self.lines) < READABLE_TEXT

    def evidence(self, excerpt: str) -> Evidence:
        return evidence(self.view, "chân trang / footer", excerpt)
