"""One portal as rules see it: its pages in every way they were looked at, its footer, its links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from audit_rules.address import AddressBook, split_url
from audit_rules.facts import Answer, Contact, Line, Link, Page, PageFacts, Person, Portal, Region, Visit, known
from audit_rules.verdict import EXCERPT_LENGTH, Evidence, Looked, Searched

READABLE_TEXT = 40
"""Characters below which a region that holds a picture counts as a picture (rules.md, "Region")."""

_MIN_REPEATS = 3
"""Pages that must end alike before the common end counts as the footer."""
_MAX_REPEATED = 40
_HOME_TEXT = 200
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
DEAD = "http_4xx"
"""The reason of an address that the portal itself says is not there: nothing was lost to us."""


def page_key(url: str) -> str:
    """What two spellings of one page have in common: scheme, ``www``, fragment and final slash do not matter."""
    address, _, _ = url.partition("#")
    where, mark, query = address.partition("?")
    host, path = split_url(where)
    return f"{host}{unquote(path).rstrip('/')}{mark}{query}" if host else address


def _ending(lines: Iterable[Line]) -> tuple[str, ...]:
    """Lines as they are compared between pages: visit counters and clocks differ in their figures only."""
    return tuple(_FIGURES.sub("0", line.text) for line in lines)


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


def evidence(view: PageFacts, where: str, excerpt: str) -> Evidence:
    """A place on one look at a page, its excerpt cut."""
    return Evidence(view.url, where, excerpt[:EXCERPT_LENGTH], view.sha256, view.seen_at, view.how)


_REGION_WORDS: dict[Region, str] = {
    "header": "đầu trang / header",
    "menu": "menu",
    "main": "thân trang / main text",
    "teaser": "ô tin / news teaser",
    "article": "bài viết / article",
    "aside": "cột bên / side column",
    "footer": "chân trang / footer",
}


def region_words(region: Region) -> str:
    """A region as a reader knows it, Vietnamese first."""
    return _REGION_WORDS[region]


class SiteFacts:
    """What was seen of one portal, with the questions that several rules ask of it."""

    def __init__(self, portal: Portal, visit: Visit, book: AddressBook) -> None:
        self.portal = portal
        self.visit = visit
        self.net = visit.net
        self.book = book

    def owns(self, url: str) -> bool:
        """Whether an address belongs to this portal and to no other with a longer prefix."""
        return self.book.owner(url) == self.portal.id

    @cached_property
    def home(self) -> Page | None:
        """The home page without looks at which it said that nothing is here; None where no other look is left."""
        page = next((page for page in self.visit.pages if page.url == self.visit.home), None)
        if page is None or not any(view.missing for view in page.views):
            return page
        raw, rendered = (view if view and not view.missing else None for view in (page.raw, page.rendered))
        return Page(page.url, raw, rendered) if raw or rendered else None

    @property
    def known_home(self) -> Page:
        """The home page; raises Unseen where the portal did not show it, or showed an error page in its place."""
        answered = any(page.url == self.visit.home for page in self.visit.pages)
        return known(self.home, "home", "coverage" if answered else "unreachable")

    def is_home(self, page: Page | None) -> bool:
        return page is not None and page.url == self.visit.home

    @cached_property
    def inner_pages(self) -> tuple[Page, ...]:
        """Pages beside home that answered 200 with content of their own."""
        return tuple(
            page
            for page in self.visit.pages
            if not self.is_home(page)
            and all(view.status == 200 and not view.missing for view in page.views)
            and page.views
        )

    @cached_property
    def views(self) -> tuple[PageFacts, ...]:
        """Every look at every page, home first."""
        pages = sorted(self.visit.pages, key=lambda page: not self.is_home(page))
        return tuple(view for page in pages for view in page.views)

    @cached_property
    def looked(self) -> tuple[Looked, ...]:
        return tuple(Looked(view.url, view.seen_at, view.how) for view in self.views)

    def searched_home(self, *wordings: str) -> Searched:
        """A search that concerns the home page alone: the looks at it and the wordings looked for."""
        views = self.home.views if self.home else ()
        return Searched(tuple(Looked(view.url, view.seen_at, view.how) for view in views), wordings)

    @cached_property
    def has_more_pages(self) -> bool:
        """Whether the portal is known to have more pages than were read."""
        return any(reason != DEAD and self.owns(url) and self.page(url) is None for url, reason in self.net.skipped)

    def skipped(self, url: str) -> str | None:
        """Why an address that is known was not read; None where nothing is known of it."""
        return self._skipped.get(page_key(url))

    @cached_property
    def _skipped(self) -> dict[str, str]:
        return {page_key(url): reason for url, reason in self.net.skipped}

    def answer(self, url: str) -> Answer | None:
        """What an address answered that was asked beside the pages, or whose redirects were followed."""
        return self._answers.get(page_key(url))

    def end_of(self, url: str) -> str:
        """Where an address leads: the end of its redirects where they were followed, else itself."""
        answer = self.answer(url)
        return answer.final_url if answer is not None and answer.final_url else url

    @cached_property
    def _answers(self) -> dict[str, Answer]:
        return {page_key(answer.url): answer for answer in reversed(self.net.asked)}

    def page(self, url: str) -> Page | None:
        """The page an address leads to, through redirects, if it was read."""
        page = self._by_key.get(page_key(url))
        if page is None and (answer := self.answer(url)) is not None:
            page = self._by_key.get(page_key(answer.final_url))
        return page

    @cached_property
    def _by_key(self) -> dict[str, Page]:
        known: dict[str, Page] = {}
        for page in self.visit.pages:
            known[page_key(page.url)] = page
        for page in self.visit.pages:
            for view in page.views:
                known.setdefault(page_key(view.url), page)
        return known

    # --- was it seen as a citizen sees it ----------------------------------------------------------

    def unsettled(self, page: Page) -> str | None:
        """Why an absence on a page proves nothing yet: ``not_rendered``, ``render_failed``, or None.

        Without a browser a raw page settles it only where it is no shell: text, a menu and a footer of its own
        (rules.md, "Without a browser").
        """
        if page.rendered is not None:
            return None
        if self.visit.browser:
            return self.unrendered(page)
        raw = page.raw
        if raw is None or raw.shell or raw.cut:
            return "not_rendered"
        has_text = sum(len(line.text) for line in raw.lines) >= _HOME_TEXT
        return None if has_text and {"menu", "footer"} <= self.regions(raw) else "not_rendered"

    def unrendered(self, page: Page) -> str:
        """The reason for a page of which scripts might still show more: no browser, or one that failed."""
        failed = self.visit.browser and self.skipped(page.url) == "render_failed"
        return "render_failed" if failed else "not_rendered"

    def wanted(self, *pages: Page) -> tuple[str, ...]:
        """Those pages that a browser might still show: not looked at rendered, and no look at them failed."""
        return tuple(
            page.url for page in pages if page.rendered is None and self.unrendered(page) == "not_rendered"
        )

    def regions(self, view: PageFacts) -> frozenset[Region]:
        """The regions a page is known to have, by its markup or by what it repeats."""
        found = set(view.landmarks)
        if self.footer_of(view) is not None:
            found.add("footer")
        if any(link.region in ("menu", "header") for link in view.links):
            found.add("menu")
        return frozenset(found)

    # --- the footer --------------------------------------------------------------------------------

    @cached_property
    def footers(self) -> tuple[Footer, ...]:
        """The footer of each look at home; where home shows none, that of the inner pages."""
        own = [footer for view in self.known_home.views if (footer := self.footer_of(view)) is not None]
        if not own:
            own = [f for page in self.inner_pages for view in page.views if (f := self.footer_of(view)) is not None]
        return tuple(own)

    def footer_of(self, view: PageFacts) -> Footer | None:
        """The footer of one look: by landmark, else the end that it shares with at least two other pages."""
        marked = frozenset(index for index, line in enumerate(view.lines) if line.region == "footer")
        if marked or "footer" in view.landmarks:
            return Footer(view, marked)
        length = self._common_end(view)
        return Footer(view, frozenset(range(len(view.lines) - length, len(view.lines)))) if length else None

    def _common_end(self, view: PageFacts) -> int:
        """How many last lines of a look at least three pages have in common; 0 where that is none, or all."""
        own = _ending(view.lines[-_MAX_REPEATED:])
        others = [end for page, end in self._ends if all(view is not each for each in page.views)]
        length = 0
        while length < len(own):
            tail = own[-1 - length :]
            others = [end for end in others if end[-1 - length :] == tail]
            if len(others) < _MIN_REPEATS - 1:
                break
            length += 1
        return length if length < len(view.lines) else 0

    @cached_property
    def _ends(self) -> tuple[tuple[Page, tuple[str, ...]], ...]:
        """The last lines of each page, as first looked at."""
        return tuple(
            (page, _ending(page.views[0].lines[-_MAX_REPEATED:])) for page in self.visit.pages if page.views
        )

    # --- links -------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> tuple[tuple[Link, PageFacts], ...]:
        """Every link of every look, home's first."""
        return tuple((link, view) for view in self.views for link in view.links)

    def home_links(self) -> Iterator[tuple[Link, PageFacts]]:
        for view in self.home.views if self.home else ():
            for link in view.links:
                yield link, view
