"""The footer of a page: by its landmark, or the end that pages of a portal have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from audit_rules.address import split_url
from audit_rules.evidence import evidence
from audit_rules.facts import Contact, Line, PageFacts, Person
from audit_rules.verdict import Evidence

READABLE_TEXT = 40
"""Characters below which a region that holds a picture counts as a picture (rules.md, "Region")."""

_MIN_REPEATS = 3
"""Pages that must end alike before the common end counts as the footer."""
_MAX_REPEATED = 40
_LICENCE = re.compile(r"(?i)(?P<given>cấp (?:giấy )?phép|cấp ngày|cap (?:giay )?phep|cap ngay)|giấy phép|giay phep")
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


@dataclass(frozen=True)
class Footer:
    """The footer of one look at a page: ``indexes`` are the places of its lines, hidden ones too.

    What the markup hides from the eye is not told: neither hidden lines nor their contacts and people."""

    view: PageFacts
    indexes: frozenset[int]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self.view.lines[index] for index in sorted(self._shown))

    @cached_property
    def _shown(self) -> frozenset[int]:
        """The places of the lines that are seen."""
        return frozenset(index for index in self.indexes if not self.view.lines[index].hidden)

    @property
    def text(self) -> str:
        return " | ".join(line.text for line in self.lines)

    def contacts(self, kind: str) -> tuple[Contact, ...]:
        """Contacts in the footer's lines, and those of its icons, which have no line of their own."""
        links = {link.url for link in self.view.links if link.region == "footer" and not link.hidden}
        unseen = {link.url for link in self.view.links if link.hidden} - links
        return tuple(
            each
            for each in self.view.contacts
            if each.kind == kind and (each.line in self._shown or each.text in links) and each.text not in unseen
        )

    def line_of(self, contact: Contact) -> str:
        """The line that holds a contact; an icon has none, and is told by its address."""
        return self.view.lines[contact.line].text if contact.line in self.indexes else contact.text

    def people(self, role: str) -> tuple[Person, ...]:
        return tuple(each for each in self.view.people if each.role == role and each.line in self._shown)

    @property
    def is_picture(self) -> bool:
        """Whether the region says too little to be read as text."""
        return sum(len(line.text) for line in self.lines) < READABLE_TEXT

    def evidence(self, excerpt: str) -> Evidence:
        return evidence(self.view, "chân trang / footer", excerpt)


def own_lines(footer: Footer) -> list[Line]:
    """The lines of a footer without its links to elsewhere, and without who licensed the portal."""
    view, (own, _) = footer.view, split_url(footer.view.url)
    away = {link.text for link in view.links if link.region == "footer" and split_url(link.url)[0] not in ("", own)}
    told = [line for line in footer.lines if line.text not in away]
    return [line._replace(text=_without_licence(line.text)) for line in told]


def _without_licence(text: str) -> str:
    """A text up to the words of its licence; nothing of one that begins with the body that gave it."""
    found = _LICENCE.search(text)
    return text if found is None else "" if found.group("given") else text[: found.start()]
