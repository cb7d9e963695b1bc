"""Whether inner pages carry the header and the footer of the home page: compared look by look, in the same manner.

What a reader of markup takes for a header or a footer is a guess on some pages, so only an outlier is accused: a
page that has next to nothing of a part that home and most other pages share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, Protocol, Self, TypeVar

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Page, PageFacts, Region
from audit_rules.reading.vietnamese import words
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, passed

SAMPLE = 10
"""Inner pages compared."""
FEWEST = 3
"""Inner pages that must have been compared."""
_ASKED = 4
"""Pages a browser is asked for at a time."""
_FEWEST_LABELS = 3
_LONGEST = 120
"""Characters of a label, or of a line that names the portal."""
_ALIKE = 0.5
_DIFFERENT = 0.25
"""Parts of the smaller of two sets that are common: from which they agree, and below which they do not."""
_FIGURES = re.compile(r"\d+")
_ACCENTED = 0.5
_PLAIN = 0.25
"""Parts of the texts of links that have letters beside a to z: from which they are Vietnamese (0.77 is the least of
saved pages), and below which they are not (0.04 the most)."""


@lru_cache(maxsize=8192)
def _said(text: str) -> str:
    """A text as it is compared: visit counters and clocks differ in their figures only."""
    return _FIGURES.sub("0", " ".join(words(text)))


def _share(home: frozenset[str], page: frozenset[str], everywhere: Callable[[], Iterator[str]]) -> bool | None:
    """Whether two sets have enough in common; what home has may stand elsewhere on a page, read as another part."""
    smaller = min(len(home), len(page))
    common = len(home & page)
    if common >= _ALIKE * smaller or len(home.intersection(everywhere())) >= _ALIKE * len(home):
        return True
    return False if common < _DIFFERENT * smaller else None


# --- the parts ------------------------------------------------------------------------------------------


class Part(Protocol):
    """One part of one look at a page."""

    def agrees(self, page: Self) -> bool | None:
        """Whether a page's part is like this one; None where one of them shows too little to tell."""

    @property
    def shown(self) -> str: ...


class Header:
    """The labels of a page's menus, the pictures of its header, the lines and alternatives that name the portal."""

    def __init__(self, view: PageFacts) -> None:
        self._view = view
        self._pictures = [picture for picture in view.pictures if picture.region == "header"]

    @cached_property
    def labels(self) -> frozenset[str]:
        texts = (link.text for link in self._view.links if link.region in ("header", "menu"))
        said = (_said(text) for text in texts if len(text) < _LONGEST)
        return frozenset(said) - {""}

    @cached_property
    def logos(self) -> frozenset[str]:
        return frozenset(each.src.partition("?")[0].rpartition("/")[2] for each in self._pictures) - {""}

    @cached_property
    def names(self) -> frozenset[str]:
        lines = [line.text for line in self._view.lines if line.region == "header" and len(line.text) < _LONGEST]
        return frozenset(map(_said, (*lines, *(each.alt for each in self._pictures if each.alt)))) - {""}

    @property
    def shown(self) -> str:
        return " | ".join(sorted({*self.names, *self.labels})) or self._view.title

    def agrees(self, page: Header) -> bool | None:
        """A menu of its own makes a header of its own; so do logo and name together where no menu can be told."""
        menu = None
        if min(len(self.labels), len(page.labels)) >= _FEWEST_LABELS:
            menu = _share(self.labels, page.labels, lambda: (_said(link.text) for link in page._view.links))
        logo = not self.logos.isdisjoint(page.logos) if self.logos and page.logos else None
        name = not self.names.isdisjoint(page.names) if self.names and page.names else None
        if menu is False:
            return False
        if logo is False and name is False:
            return None if menu else False  # under the same menu it may be the banner of a section
        return True if True in (menu, logo, name) else None


class Foot:
    """The lines of a page's footer."""

    def __init__(self, view: PageFacts, site: SiteFacts) -> None:
        footer = site.footer_of(view)
        self._view = view
        self.shown = footer.text if footer is not None else ""
        said = (_said(line.text) for line in footer.lines) if footer and not footer.is_picture else ()
        self.lines = frozenset(said) - {"", "0"}

    def agrees(self, page: Foot) -> bool | None:
        if not self.lines or not page.lines:
            return None
        return _share(self.lines, page.lines, lambda: (_said(line.text) for line in page._view.lines))


# --- the comparison -------------------------------------------------------------------------------------

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class _Compared:
    """Inner pages like home, those that differ, and those of which only a browser could tell."""

    alike: tuple[Page, ...]
    different: tuple[Page, ...]
    unsure: tuple[Page, ...]

    @property
    def count(self) -> int:
        return len(self.alike) + len(self.different)


class Sameness(Generic[P]):
    """The comparison of one part of the inner pages with that of home."""

    def __init__(self, site: SiteFacts, region: Region, part: Callable[[PageFacts], P]) -> None:
        self._site = site
        self._region = region
        self._part = part
        self._home = site.known_home
        self._own = {view.how: part(view) for view in self._home.views}

    def verdict(self) -> Verdict:
        site, home = self._site, self._home
        if not any(part.agrees(part) for part in self._own.values()):
            reason = site.unsettled(home)
            return cant_tell(reason, wanted=site.wanted(home)) if reason else cant_tell("text_in_image")
        found = self._compared()
        if found.unsure and (found.count < FEWEST or site.visit.browser):
            wanted = site.wanted(*found.unsure)[:_ASKED]
            return cant_tell(site.unrendered(found.unsure[0]), wanted=wanted, pages=found.count)
        if found.count < FEWEST:
            return cant_tell("coverage", pages=found.count)
        told = [self._evidence(page) for page in found.different]
        if len(found.different) > len(found.alike):
            return cant_tell("needs_review", self._evidence(home), *told, pages=found.count)
        if found.different:
            return failed(*told, missing=[page.url for page in found.different], pages=found.count)
        return passed(self._evidence(home), pages=found.count)

    def _evidence(self, page: Page) -> Evidence:
        view = page.views[-1]
        return evidence(view, region_words(self._region), self._part(view).shown or view.title)

    def _compared(self) -> _Compared:
        alike, different, unsure = list[Page](), list[Page](), list[Page]()
        raw = self._own.get("raw")
        only_drawn = raw is None or raw.agrees(raw) is None
        for page in self._pages():
            answers = {
                view.how: self._own[view.how].agrees(self._part(view))
                for view in page.views
                if view.how in self._own and not view.cut
            }
            if True in answers.values():
                alike.append(page)
            elif answers.get("rendered") is False or (False in answers.values() and not self._site.unsettled(page)):
                different.append(page)
            elif page.rendered is None and (only_drawn or False in answers.values()):
                unsure.append(page)
        return _Compared(tuple(alike), tuple(different), tuple(unsure))

    def _pages(self) -> list[Page]:
        """The first inner pages in the language of home: a version in another one has menus of its own."""
        spoken = {view.language.spoken for view in self._home.views} - {None}
        accented = any(_accented(view) >= _ACCENTED for view in self._home.views)

        def foreign(page: Page) -> bool:
            theirs = {view.language.spoken for view in page.views} - {None}
            if spoken and theirs:
                return spoken.isdisjoint(theirs)
            linked = [view for view in page.views if view.links]
            return accented and bool(linked) and all(_accented(view) < _PLAIN for view in linked)

        return [page for page in self._site.inner_pages if not foreign(page) and not _is_log_in(page)][:SAMPLE]


def _is_log_in(page: Page) -> bool:
    """Whether a page is there to log in: often a system of its own, with a frame of its own."""
    forms = (form for form in page.views[-1].forms if form.region not in ("header", "menu", "footer"))
    return any(field.kind == "password" for form in forms for field in form.fields)


def _accented(view: PageFacts) -> float:
    texts = [link.text for link in view.links if link.text]
    return sum(not text.isascii() for text in texts) / max(len(texts), 1)
