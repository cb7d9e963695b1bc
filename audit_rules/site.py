"""One portal as rules see it: its pages in every way they were looked at, its footer, its links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from audit_rules.address import AddressBook
from audit_rules.facts import Contact, Line, Link, Page, PageFacts, Person, Portal, Region, Visit
from audit_rules.verdict import EXCERPT_LENGTH, Evidence, Looked, Searched

READABLE_TEXT = 40
"""Characters below which a region that holds a picture counts as a picture (rules.md, "Region")."""

_MIN_REPEATS = 3
"""Pages that must end alike before the common end counts as the footer."""
_MAX_REPEATED = 40
_HOME_TEXT = 200


@dataclass(frozen=True, slots=True)
class Footer:
    """The footer of one page: its lines and what was read in them. ``first`` is the index of its first line."""

    view: PageFacts
    indexes: frozenset[int]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for index, line in enumerate(self.view.lines) if index in self.indexes)

    @property
    def text(self) -> str:
        return " | ".join(line.text for line in self.lines)

    def contacts(self, kind: str) -> tuple[Contact, ...]:
        return tuple(each for each in self.view.contacts if each.kind == kind and each.line in self.indexes)

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
        return next((page for page in self.visit.pages if page.url == self.visit.home), None)

    @cached_property
    def inner_pages(self) -> tuple[Page, ...]:
        """Pages beside home that answered 200 with content of their own."""
        return tuple(
            page
            for page in self.visit.pages
            if page.url != self.visit.home
            and all(view.status == 200 and not view.missing for view in page.views)
            and page.views
        )

    @cached_property
    def views(self) -> tuple[PageFacts, ...]:
        """Every look at every page, home first."""
        pages = sorted(self.visit.pages, key=lambda page: page.url != self.visit.home)
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
        """Whether home leads to pages of the portal that were not read as pages."""
        return any(self.owns(url) for url in self.skipped)

    @cached_property
    def skipped(self) -> dict[str, str]:
        """Addresses known and not read, with the reason."""
        return dict(self.net.skipped)

    def page(self, url: str) -> Page | None:
        return self._by_url.get(url)

    @cached_property
    def _by_url(self) -> dict[str, Page]:
        known: dict[str, Page] = {}
        for page in self.visit.pages:
            known[page.url] = page
            for view in page.views:
                known.setdefault(view.url, page)
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
        failed = self.visit.browser and self.skipped.get(page.url) == "render_failed"
        return "render_failed" if failed else "not_rendered"

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
        home = self.home.views if self.home else ()
        own = [footer for view in home if (footer := self.footer_of(view)) is not None]
        if not own:
            own = [f for page in self.inner_pages for view in page.views if (f := self.footer_of(view)) is not None]
        return tuple(own)

    def footer_of(self, view: PageFacts) -> Footer | None:
        """The footer of one look: by landmark, else the lines in which at least three pages end alike."""
        marked = frozenset(index for index, line in enumerate(view.lines) if line.region == "footer")
        if marked or "footer" in view.landmarks:
            return Footer(view, marked)
        length = self._common_end
        if length and view.lines[-length:] == self._end_sample[-length:]:
            return Footer(view, frozenset(range(len(view.lines) - length, len(view.lines))))
        return None

    @cached_property
    def _end_sample(self) -> tuple[Line, ...]:
        ends = [view.lines for view in self.views if view.how == "raw" and view.lines]
        return ends[0] if ends else ()

    @cached_property
    def _common_end(self) -> int:
        """How many last lines the raw pages share; 0 where fewer than three do."""
        ends = [view.lines for view in self.views if view.how == "raw" and view.lines]
        if len(ends) < _MIN_REPEATS:
            return 0
        length = 0
        while length < _MAX_REPEATED and all(len(lines) > length for lines in ends):
            alike = {lines[-1 - length].text for lines in ends}
            if len(alike) > 1:
                break
            length += 1
        return length if length < min(map(len, ends)) else 0

    # --- links -------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> tuple[tuple[Link, PageFacts], ...]:
        """Every link of every look, home's first."""
        return tuple((link, view) for view in self.views for link in view.links)

    def home_links(self) -> Iterator[tuple[Link, PageFacts]]:
        for view in self.home.views if self.home else ():
            for link in view.links:
                yield link, view
