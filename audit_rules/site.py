"""One portal as rules see it: its pages in every way they were looked at, its footer, its links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

from audit_rules.address import AddressBook, page_key
from audit_rules.facts import Answer, Link, Page, PageFacts, Portal, Region, Visit, known
from audit_rules.footer import Footer, common_end, ending
from audit_rules.reading.vocabulary import Match, link_matches, matches
from audit_rules.verdict import Looked, Searched

T = TypeVar("T")

LONGEST_LINE = 300
"""Characters of a line that may name a thing; longer ones are running text."""
_HOME_TEXT = 200
_said = attrgetter("url", "text", "hint", "region")
"""What tells links apart: the same entry on another page has another line."""
DEAD = "http_4xx"
"""The reason of an address that the portal itself says is not there: nothing was lost to us."""


class SiteFacts:
    """What was seen of one portal, with the questions that several rules ask of it."""

    def __init__(self, portal: Portal, visit: Visit, book: AddressBook) -> None:
        self.portal = portal
        self.visit = visit
        self.net = visit.net
        self.book = book
        self._told: dict[tuple[object, ...], tuple[Any, tuple[object, ...]]] = {}

    def once(self, question: Callable[..., T], *about: object) -> T:
        """The answer to a question about this site, and about what is given beside it, that several rules ask: it
        is worked out once. What is given is known by being the same thing, not an equal one."""
        key = (question, *map(id, about))
        if key not in self._told:
            self._told[key] = question(self, *about), about  # kept, so that nothing else gets its id
        told: T = self._told[key][0]
        return told

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
        """Why an absence on a page proves nothing yet: ``not_rendered``, ``render_failed``, or None; ``needs_post``
        where the drawn page stays a shell and had wanted to send something, which no look does; ``coverage`` where
        it is longer or deeper than is read.

        Without a browser a raw page settles it only where it is no shell: text, a menu and a footer of its own
        (rules.md, "Without a browser").
        """
        if (drawn := page.rendered) is not None:
            if drawn.cut:
                return "coverage"
            kept_back = drawn.render is not None and drawn.render.refused > 0
            return "needs_post" if drawn.shell and kept_back else None
        if self.visit.browser:
            return self.unrendered(page)
        raw = page.raw
        if raw is None or raw.shell or raw.cut:
            return "not_rendered"
        footer = self.footer_of(raw)
        if footer is not None and any(raw.lines[at].hidden for at in footer.indexes):
            return "not_rendered"  # scripts may show what is hidden
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
        return self.once(SiteFacts._footer_of, view)

    def _footer_of(self, view: PageFacts) -> Footer | None:
        marked = frozenset([index for index, line in enumerate(view.lines) if line.region == "footer"])
        if marked or "footer" in view.landmarks:
            return Footer(view, marked)
        length = self._common_end(view)
        return Footer(view, frozenset(range(len(view.lines) - length, len(view.lines)))) if length else None

    def _common_end(self, view: PageFacts) -> int:
        others = [end for page, end in self._ends if all(view is not each for each in page.views)]
        length = common_end(ending(view), others)
        return length if length < len(view.lines) else 0

    @cached_property
    def _ends(self) -> tuple[tuple[Page, tuple[str, ...]], ...]:
        """The ending of each page, as first looked at."""
        return tuple((page, ending(page.views[0])) for page in self.visit.pages if page.views)

    # --- links -------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> tuple[tuple[Link, PageFacts], ...]:
        """Every link of every look, home's first; menus come back on every page, so each is told once, where it
        was seen first."""
        seen: dict[tuple[str, str, str, Region], tuple[Link, PageFacts]] = {}
        for view in self.views:
            for said, link in zip(map(_said, view.links), view.links, strict=True):
                if said not in seen:
                    seen[said] = (link, view)
        return tuple(seen.values())

    def links_naming(self, concept: str) -> Sequence[tuple[Link, PageFacts, Match]]:
        """The links that speak of a concept, whether or not their match counts."""
        return self._links_naming.get(concept, ())

    @cached_property
    def _links_naming(self) -> Mapping[str, list[tuple[Link, PageFacts, Match]]]:
        naming: defaultdict[str, list[tuple[Link, PageFacts, Match]]] = defaultdict(list)
        for link, view in self.links:
            for found in link_matches(link.text, link.hint, link.url):
                naming[found.concept].append((link, view, found))
        return naming

    def lines_naming(self, concept: str) -> Sequence[tuple[PageFacts, int, Match]]:
        """The lines of text, by look and place, that speak of a concept, whether or not their match counts;
        running text is none of them."""
        return self._lines_naming.get(concept, ())

    @cached_property
    def _lines_naming(self) -> Mapping[str, list[tuple[PageFacts, int, Match]]]:
        naming: defaultdict[str, list[tuple[PageFacts, int, Match]]] = defaultdict(list)
        known: dict[str, tuple[Match, ...]] = {}  # the lines of the frame come back on every page
        for view in self.views:
            for index, line in enumerate(view.lines):
                text = line.text
                speaks_of = known.get(text)
                if speaks_of is None:
                    speaks_of = known[text] = matches(text) if len(text) <= LONGEST_LINE else ()
                for found in speaks_of:
                    naming[found.concept].append((view, index, found))
        return naming

    def home_links(self) -> Iterator[tuple[Link, PageFacts]]:
        for view in self.home.views if self.home else ():
            for link in view.links:
                yield link, view
