"""Looking for a thing on a whole portal: what was found, what was tried, and whether the search was complete.

Complete (rules.md) means: home, header, footer, menus and selects, the contact page, the HTML site map and the
eight best-ranked candidates were read, none lost to budget, robots, a block or an error, and looked at rendered
wherever scripts could add the thing. Only then may "found nowhere" be ``failed``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from audit_rules.facts import Link, Page, PageFacts
from audit_rules.reading.vocabulary import CONCEPTS, Match, link_match, match
from audit_rules.site import SiteFacts, evidence, region_words
from audit_rules.verdict import Evidence, Nearest, Searched, Verdict, cant_tell

CANDIDATES = 8
_BLOCK_REASONS = frozenset({"robots", "blocked", "challenge", "captcha", "waf"})
_SUPPORT = ("contact_page", "sitemap_page", "information_section")
_NOT_ENTRIES = ("teaser", "article")

Answered = Literal["open", "dead", "unseen"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a concept is named: an entry (a link, with what its target answered) or a line of text.

    ``document`` marks an entry that opens a file nobody has read here."""

    view: PageFacts
    text: str
    where: str
    match: Match
    link: Link | None = None
    answered: Answered = "open"
    reason: str | None = None
    document: bool = False
    line: int = 0

    @property
    def evidence(self) -> Evidence:
        target = f" → {self.link.url}" if self.link else ""
        return evidence(self.view, self.where, self.text + target)


class Search:
    """The search for one concept on one portal."""

    def __init__(self, site: SiteFacts, concept: str) -> None:
        self.site = site
        self.concept = CONCEPTS[concept]

    # --- what was found ----------------------------------------------------------------------------

    @cached_property
    def entries(self) -> tuple[Hit, ...]:
        """Links that name the concept, one for each target, menus before text."""
        hits: dict[str, Hit] = {}
        for link, view in self.site.links:
            found = link_match(link.text, link.hint, link.url, self.concept.id)
            if found is None or found.why_not or link.region in _NOT_ENTRIES:
                continue
            known = hits.get(link.url)
            if known is None:
                hits[link.url] = self._entry(link, view, found)
        return tuple(
            sorted(hits.values(), key=lambda hit: (hit.answered != "open", hit.match.extra, hit.link is None))
        )

    def _entry(self, link: Link, view: PageFacts, found: Match) -> Hit:
        answered, reason, document = self._answered(link.url)
        return Hit(
            view,
            link.text or link.hint,
            region_words(link.region),
            found,
            link,
            answered,
            reason,
            document,
            link.line,
        )

    def _answered(self, url: str) -> tuple[Answered, str | None, bool]:
        page = self.site.page(url.partition("#")[0])
        if page is not None and page.views:
            gone = all(view.missing or view.status >= 400 for view in page.views)
            return ("dead", "http_4xx", False) if gone else ("open", None, False)
        answer = self.site.net.answer(url) or self.site.net.answer(url.partition("#")[0])
        if answer is not None:
            if answer.status is not None and answer.status < 400:
                return "open", None, "html" not in answer.content_type
            if answer.status in (404, 410):
                return "dead", "http_4xx", False
            return "unseen", answer.error or "http_5xx", False
        lost = self.site.skipped.get(url.partition("#")[0], "coverage")
        return ("dead", lost, False) if lost == "http_4xx" else ("unseen", lost, False)

    @cached_property
    def lines(self) -> tuple[Hit, ...]:
        """Lines of text that name the concept and are no piece of news: headings, labels, table cells."""
        hits = []
        for view in self.site.views:
            if view.missing:
                continue
            for index, line in enumerate(view.lines):
                if line.region in _NOT_ENTRIES or len(line.text) > 300:
                    continue
                found = match(line.text, self.concept.id)
                if found is not None and found.why_not is None:
                    hits.append(Hit(view, line.text, region_words(line.region), found, line=index))
        return tuple(hits)

    # --- was the search complete -------------------------------------------------------------------

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """Addresses that a complete search must have read: the best that name the concept or a place where it
        is kept, of the portal itself."""
        urls: dict[str, tuple[int, int]] = {}
        for rank, concept in enumerate((self.concept.id, *_SUPPORT)):
            for link, _ in self.site.links:
                if link.url.startswith(("mailto:", "tel:")) or not self.site.owns(link.url):
                    continue
                found = link_match(link.text, link.hint, link.url, concept)
                if found is not None and found.why_not is None and link.region not in _NOT_ENTRIES:
                    url = link.url.partition("#")[0]
                    urls[url] = min(urls.get(url, (9, 0)), (rank, found.extra))
        return tuple(sorted(urls, key=lambda url: (urls[url], url))[:CANDIDATES])

    def _pages(self) -> Iterator[Page]:
        if self.site.home is not None:
            yield self.site.home
        for url in self.candidates:
            page = self.site.page(url)
            if page is not None and page is not self.site.home:
                yield page

    @cached_property
    def hindrance(self) -> Verdict | None:
        """Why "found nowhere" cannot be said, as a verdict; None where the search was complete."""
        if self.site.home is None:
            return cant_tell("unreachable", searched=self.searched)
        lost = [
            self.site.skipped[url]
            for url in self.candidates
            if self.site.skipped.get(url, "http_4xx") != "http_4xx"
        ]
        if lost:
            hidden = lost[0] if lost[0] in _BLOCK_REASONS else "coverage"
            return cant_tell(hidden, searched=self.searched)
        if self.site.visit.state == "partial":
            return cant_tell("coverage", searched=self.searched)
        unsettled = [(page, reason) for page in self._pages() if (reason := self.site.unsettled(page)) is not None]
        if unsettled:
            wanted = tuple(page.url for page, _ in unsettled)
            return cant_tell(unsettled[0][1], searched=self.searched, wanted=wanted)
        return None

    @cached_property
    def searched(self) -> Searched:
        return Searched(self.site.looked, self.concept.accepted, self._nearest)

    @property
    def _nearest(self) -> Nearest | None:
        """The miss that came closest: a dead entry before a teaser, a teaser before a piece of news."""
        dead = next((hit for hit in self.entries if hit.answered == "dead"), None)
        if dead is not None and dead.link is not None:
            return Nearest(dead.text, dead.link.url, "dead")
        best: tuple[int, Nearest] | None = None
        for link, _ in self.site.links:
            found = link_match(link.text, link.hint, link.url, self.concept.id)
            if found is None:
                continue
            why_not = found.why_not or ("news" if link.region in _NOT_ENTRIES else "other")
            cost = found.extra + (0 if why_not == "loose" else 50)
            if best is None or cost < best[0]:
                best = (cost, Nearest(link.text[:200], link.url, why_not))
        return best[1] if best else None
