"""The label by which a portal tells that it is connected to the state's measuring system (EMC)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from audit_rules.address import split_url
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, PageFacts, Region
from audit_rules.reading.confirmed import EMC_LABEL, confirmed, shown
from audit_rules.reading.data import load
from audit_rules.reading.links import resolve
from audit_rules.reading.vocabulary import CONCEPTS, Match, link_match
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Nearest, Searched

_HOSTS = tuple(load("emc.toml")["label_hosts"])
_CODE = re.compile(r"/(?:tracking|embed)", re.IGNORECASE)
"""Paths of the measuring code itself: what is loaded from there shows nothing to readers."""
_EMC = re.compile(r"(?<![a-z])emc(?![a-z])", re.IGNORECASE)
_PLACES: tuple[Region, ...] = ("header", "footer", "aside", "main")
"""Where a label may stand. The same words in a menu name a page, in a teaser or an article they are news."""
_LINKED: tuple[Region, ...] = ("footer", "aside", "main")
"""Where it may be a link: those of the header lead to other pages."""


@dataclass(frozen=True, slots=True)
class _Mention:
    view: PageFacts
    region: Region
    text: str
    url: str
    is_label: bool

    @property
    def evidence(self) -> Evidence:
        target = f" → {self.url}" if self.url else ""
        return evidence(self.view, region_words(self.region), self.text + target)


class EmcLabel:
    """The search for the label on the home page, in every look at it."""

    def __init__(self, site: SiteFacts) -> None:
        self._site = site
        self._views = site.known_home.views

    @cached_property
    def seen(self) -> Evidence | None:
        """Where the label is: a confirmed sample, else what the vocabulary knows."""
        for view in self._views:
            for _, region, said in shown(EMC_LABEL, view):
                return evidence(view, region_words(region), said)
        return next((each.evidence for each in self._mentions if each.is_label), None)

    @property
    def could_be_missed(self) -> bool:
        """Whether the page may carry a label that nobody would recognise: no sample was confirmed yet, or the end
        of the page was not told apart, whose pictures are then not known."""
        return not confirmed(EMC_LABEL) or not any("footer" in view.landmarks for view in self._views)

    @property
    def searched(self) -> Searched:
        near = next((each for each in self._mentions if not each.is_label), None)
        nearest = Nearest(near.text[:200], near.url or near.view.url, "no_label") if near else None
        samples = (each.value for each in confirmed(EMC_LABEL))
        looked = self._site.searched_home(*samples, *CONCEPTS[EMC_LABEL].accepted)
        return Searched(looked.pages, looked.wordings, nearest)

    @cached_property
    def _mentions(self) -> tuple[_Mention, ...]:
        return (*self._pictures(), *self._links(), *self._lines())

    def _pictures(self) -> Iterator[_Mention]:
        for view in self._views:
            for picture in view.pictures:
                if _EMC.search(f"{picture.alt} {picture.src}"):
                    url = resolve(view.url, picture.src) or ""
                    label = _counts(link_match(picture.alt or "", "", url, EMC_LABEL)) or _is_of_system(url)
                    yield _Mention(view, picture.region, picture.alt or picture.src, url, label)

    def _links(self) -> Iterator[_Mention]:
        for view in self._views:
            for link in view.links:
                if "emc" in f"{link.text} {link.hint} {link.url}".lower() and _speaks_of_emc(link):
                    yield _Mention(view, link.region, link.text or link.hint, link.url, self._is_label(link))

    def _is_label(self, link: Link) -> bool:
        """A link to a page of the portal's own names that page, a piece of news more often than not."""
        away = not self._site.owns(link.url) or self._site.is_home(self._site.page(link.url))
        found = link_match(link.text, link.hint, "", EMC_LABEL)
        return link.region in _LINKED and away and (_counts(found) or _is_of_system(link.url))

    def _lines(self) -> Iterator[_Mention]:
        for view, index, found in self._site.lines_naming(EMC_LABEL):
            line = view.lines[index]
            if not line.hidden and any(view is look for look in self._views):
                linked = any(link.line == index for link in view.links)
                label = _counts(found) and line.region in _PLACES and not linked
                yield _Mention(view, line.region, line.text, "", label)


def _speaks_of_emc(link: Link) -> bool:
    return not link.hidden and _EMC.search(f"{link.text} {link.hint} {link.url}") is not None


def _counts(found: Match | None) -> bool:
    return found is not None and found.why_not is None


def _is_of_system(url: str) -> bool:
    """Whether an address lies with the measuring system, and is no part of its code."""
    host, path = split_url(url)
    if not any(host == each or host.endswith(f".{each}") for each in _HOSTS) or _CODE.match(path):
        return False
    return _EMC.search(host + path) is not None
