"""The header of a page: where a portal says who it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audit_rules.address import page_key
from audit_rules.evidence import evidence
from audit_rules.facts import PageFacts
from audit_rules.footer import READABLE_TEXT
from audit_rules.naming import is_titled
from audit_rules.reading.vietnamese import words
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence

_TOP = 12
"""First lines of a page among which its name may stand where no header was recognised."""
_SHORTEST_TITLE = 4
_LONGEST_NAME = 16
"""Words of a name with the title before it ("Trang thông tin điện tử Sở Văn hóa, Thể thao và Du lịch tỉnh …")."""

_LONGEST_BARE_NAME = 10
"""Words of a name without such a title ("Ủy ban nhân dân xã Bình An, tỉnh Sông Mây")."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A text by which a page says who it is. ``sure`` ones are seen by everybody and speak of nothing else: the
    title, the text of the header, alternatives of its pictures. Others may name the portal, but accuse nobody."""

    view: PageFacts
    where: str
    text: str
    sure: bool = True

    @property
    def evidence(self) -> Evidence:
        return evidence(self.view, self.where, self.text)


def spots(site: SiteFacts, view: PageFacts) -> Iterator[Spot]:
    """Where one look at the home page says who it is, the title first."""
    if len(view.title) >= _SHORTEST_TITLE:
        yield Spot(view, "tiêu đề trang / page title", view.title)
    away = _lines_that_lead_away(site, view)
    headed = "header" in view.landmarks or any(line.region == "header" for line in view.lines)
    for index, line in enumerate(view.lines):
        if line.region == "header":
            yield Spot(view, _HEADER, line.text, sure=not line.hidden and index not in away)
        elif not headed and index < _TOP and line.region == "main" and _is_short(line.text):
            yield Spot(view, "đầu trang / top of the page", line.text, sure=False)
    for picture in view.pictures:
        if picture.region == "header" and picture.alt:
            yield Spot(view, "chữ thay thế của hình đầu trang / alternative of a header picture", picture.alt)
    for link in view.links:
        for text in (link.text, link.hint) if link.region == "header" else ():
            if text and _is_short(text):
                yield Spot(view, _HEADER, text, sure=False)


_HEADER = "đầu trang / header"


def _is_short(text: str) -> bool:
    """Whether a text is short enough for a name: the title of a piece of news is longer."""
    return len(text.split()) <= _LONGEST_NAME


def is_name(text: str) -> bool:
    """Whether a text does nothing but say who this is: what a ticker or a hotline tells of a body is no name."""
    told = words(text)
    return not any(char.isdigit() for char in text) and (is_titled(text) or len(told) <= _LONGEST_BARE_NAME)


def _lines_that_lead_away(site: SiteFacts, view: PageFacts) -> frozenset[int]:
    """Lines of the header that are links to anything but home: they name what is elsewhere."""
    homes = {page_key(view.url), page_key(site.visit.home or "")}
    return frozenset(
        link.line for link in view.links if link.region == "header" and page_key(link.url) not in homes
    )


def is_readable(view: PageFacts) -> bool:
    """Whether the header says enough in text to be no picture (rules.md, "Region")."""
    text = sum(len(line.text) for line in view.lines if line.region == "header" and not line.hidden)
    told = sum(len(each.alt) for each in view.pictures if each.region == "header" and each.alt)
    return text + told >= READABLE_TEXT
