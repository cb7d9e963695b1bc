"""Looking for a thing on a whole portal: what was found, what was tried, and whether the search was complete.

Complete (rules.md) means: home, header, footer, menus and selects, the contact page, the HTML site map and the
eight best-ranked candidates were read, none lost to budget, robots, a block or an error, and looked at rendered
wherever scripts could add the thing. Only then may "found nowhere" be ``failed``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

from audit_rules.address import is_document, page_key
from audit_rules.beside import link_beside, links_on
from audit_rules.content import contents_of
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, Page, PageFacts, Region
from audit_rules.reading.vocabulary import CONCEPTS, Match, link_match, match
from audit_rules.site import DEAD, SiteFacts
from audit_rules.verdict import Evidence, Nearest, Searched, Verdict, cant_tell

CANDIDATES = 8
MAX_ENTRIES = 60
"""Targets of one concept that are looked into, the fewest other words first; more of them say the same."""
_SUPPORT = {"contact_page": 2, "sitemap_page": 1, "information_section": 2}
"""Places where things are kept beside their own pages, and how many of each a complete search has read."""
_PARENTS_READ = 3
_BLOCKS = frozenset({"blocked", "challenge", "captcha", "waf"})
_OWN_WORDS = frozenset({"robots", "blocked", "not_recorded", "needs_review"})
_NOT_ENTRIES: tuple[Region, ...] = ("teaser", "article")
_OWN_TEXT: tuple[Region, ...] = ("main", "article")
_TITLE_WORDS = 5
"""Other words that the title of a box may carry beside the concept's."""

Answered = Literal["open", "empty", "dead", "unseen"]
"""``empty`` opens, and says only that its content is still to come: citizens find nothing there."""


def told_reason(lost: str) -> str:
    """Why something could not be told, where ``lost`` is why an address was not read."""
    return lost if lost in _OWN_WORDS else "blocked" if lost in _BLOCKS else "coverage"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a concept is named: an entry (a link, with what its target answered) or a line of text."""

    view: PageFacts
    text: str
    match: Match
    region: Region
    line: int
    link: Link | None = None
    answered: Answered = "open"
    reason: str = ""
    document: bool = False

    @property
    def evidence(self) -> Evidence:
        target = f" → {self.link.url}" if self.link else ""
        return evidence(self.view, region_words(self.region), self.text[:160] + target)


class Search:
    """The search for one concept on one portal; ``parents`` are concepts of sections that may hold it."""

    def __init__(self, site: SiteFacts, concept: str, parents: Sequence[str] = ()) -> None:
        self.site = site
        self.concept = CONCEPTS[concept]
        self._support = {**_SUPPORT, **dict.fromkeys(parents, _PARENTS_READ)}

    # --- entries -----------------------------------------------------------------------------------

    @cached_property
    def entries(self) -> tuple[Hit, ...]:
        """Links that name the concept, and links beside a line that names it; one for each target, open first."""
        hits = {page_key(hit.link.url): hit for hit in self.linked if hit.link is not None}
        for hit in self.lines:
            beside = link_beside(hit.view, hit.line)
            if beside is not None and page_key(beside.url) not in hits:
                hits[page_key(beside.url)] = self._entry(beside, hit.view, hit.text, hit.match)
        return tuple(sorted(hits.values(), key=_best_first))

    @cached_property
    def linked(self) -> tuple[Hit, ...]:
        """Entries whose own words name the concept, as in a menu; open ones first."""
        return tuple(self._linked(teasers=False))

    @cached_property
    def titles(self) -> tuple[Hit, ...]:
        """Links in boxes of news that say little but the concept: titles of the boxes, more often than news."""
        return tuple(hit for hit in self._linked(teasers=True) if hit.match.extra <= _TITLE_WORDS)

    def _linked(self, *, teasers: bool) -> list[Hit]:
        naming: dict[str, tuple[Link, PageFacts, Match]] = {}
        for link, view, found in self.site.links_naming(self.concept.id):
            if found.why_not is None and (link.region in _NOT_ENTRIES) == teasers:
                naming.setdefault(page_key(link.url), (link, view, found))
        best = sorted(naming.values(), key=lambda named: named[2].extra)[:MAX_ENTRIES]
        hits = [self._entry(link, view, link.text or link.hint, found) for link, view, found in best]
        return sorted(hits, key=_best_first)

    def _entry(self, link: Link, view: PageFacts, text: str, found: Match) -> Hit:
        answered, reason, document = self._answered(link.url)
        return Hit(view, text, found, link.region, link.line, link, answered, reason, document)

    def _answered(self, url: str) -> tuple[Answered, str, bool]:
        """What the target of an entry answered, why that is not known, and whether it is a document."""
        page, answer = self.site.page(url), self.site.answer(url)
        if page is not None and (self.site.is_home(page) or "#/" in url or "#!" in url):
            return "unseen", "needs_review", False  # home, or a place that only scripts know, opens for any name
        if page is not None and page.views:
            return (*self._shown(page), False)
        if answer is not None and self.site.is_home(self.site.page(answer.final_url)):
            return "unseen", "needs_review", False  # some portals send whoever asks for what is gone back home
        document = is_document(url)
        lost = self.site.skipped(url)
        if answer is not None and answer.status is not None and lost in (None, DEAD):
            if answer.status < 400:
                return "open", "", document or "html" not in answer.content_type
            if answer.status in (404, 410):
                return "dead", DEAD, document
            return "unseen", "blocked" if answer.status in (401, 403, 406, 429, 451) else "coverage", document
        lost = lost or (answer.error if answer else None) or "coverage"
        return ("dead", lost, document) if lost == DEAD else ("unseen", told_reason(lost), document)

    def _shown(self, page: Page) -> tuple[Answered, str]:
        """What a page that was read holds. A frame that scripts fill answers 200 to every address: until a browser
        looked, nobody knows what it opens."""
        if all(view.missing or view.status >= 400 for view in page.views):
            return "dead", DEAD
        if page.rendered is None and page.raw is not None and page.raw.shell:
            return "unseen", self.site.unrendered(page)
        if self.site.unsettled(page) == "needs_post":
            return "unseen", "needs_post"
        return ("empty" if contents_of(self.site).of(page) in ("awaiting", "empty_list") else "open"), ""

    @cached_property
    def own_pages(self) -> tuple[PageFacts, ...]:
        """Looks at the pages that entries lead to: whatever such a page says, it says of the thing."""
        pages: dict[str, Page] = {}
        for hit in self.entries:
            if hit.answered == "open" and hit.link is not None and (page := self.site.page(hit.link.url)):
                pages.setdefault(page.url, page)
        return tuple(view for page in pages.values() for view in page.views)

    @cached_property
    def documents(self) -> tuple[Hit, ...]:
        """Files that may hold the thing unread: entries that are files, and files on the thing's own pages."""
        files = [hit for hit in self.entries if hit.document and hit.answered != "dead"]
        found = Match(self.concept.id, self.concept.name, 0, None)
        for view in self.own_pages:
            for link in view.links:
                if is_document(link.url) and link.region in _OWN_TEXT and self._answered(link.url)[0] != "dead":
                    files.append(self._entry(link, view, link.text or link.hint, found))
        return tuple(files)

    # --- text --------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> tuple[Hit, ...]:
        """Lines of text that name the concept: headings, labels, table cells, titles of articles; no piece of
        news, and no link to somewhere else."""
        hits = []
        for view, index, found in self.site.lines_naming(self.concept.id):
            line = view.lines[index]
            if view.missing or line.region == "teaser" or (line.region == "article" and not line.heading):
                continue
            label: Match | None = found
            if found.why_not == "long":  # a label may have its whole answer behind it
                label = match(line.text.partition(":")[0], self.concept.id)
            if label is not None and label.why_not is None and not self._leads_away(view, index):
                hits.append(Hit(view, line.text, label, line.region, index))
        return tuple(hits)

    def _leads_away(self, view: PageFacts, index: int) -> bool:
        """Whether a line is as a whole a link to another page: a menu entry names what is elsewhere."""
        length, own = len(view.lines[index].text) - 2, page_key(view.url)
        return any(len(link.text) >= length and page_key(link.url) != own for link in links_on(view, index, index))

    @cached_property
    def mentions(self) -> tuple[Hit, ...]:
        """Looser wordings of a concept that is told by them: no entries, but worth a person's look."""
        if not self.concept.telling:
            return ()
        hits = []
        for link, view, _ in self.site.links_naming(self.concept.id):
            said = link_match(link.text, link.hint, "", self.concept.id)  # an address alone mentions nothing
            if said is not None and said.why_not in ("loose", "long") and link.region not in _NOT_ENTRIES:
                hits.append(Hit(view, link.text, said, link.region, link.line, link))
        for view, index, found in self.site.lines_naming(self.concept.id):
            line = view.lines[index]
            if found.why_not in ("loose", "long") and line.region not in _NOT_ENTRIES:
                hits.append(Hit(view, line.text, found, line.region, index))
        return tuple(hits)

    def speaks_of_it(self, view: PageFacts, line: int, ahead: int) -> bool:
        """Whether a line stands on a page of the thing, or at most ``ahead`` lines under the thing's name."""
        if any(view is own for own in self.own_pages):
            return True
        region = view.lines[line].region
        for above in view.lines[max(0, line - ahead) : line + 1]:
            found = match(above.text, self.concept.id)
            if found is None or found.why_not not in (None, "long"):
                continue
            together = above.region == region or (above.region in _OWN_TEXT and region in _OWN_TEXT)
            if together and (above.heading or above.region not in _NOT_ENTRIES):
                return True
        return False

    # --- was the search complete -------------------------------------------------------------------

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """Addresses that a complete search must have read: the best that name the concept, and the places where
        such things are kept, of the portal itself. Documents are entries, not pages."""
        chosen: dict[str, str] = {}
        for concept, most in {**self._support, self.concept.id: CANDIDATES}.items():
            ranked: dict[str, tuple[int, str]] = {}
            for link, _, found in self.site.links_naming(concept):
                if found.why_not is None and link.region not in _NOT_ENTRIES and not is_document(link.url):
                    key = page_key(link.url)
                    ranked[key] = min(ranked.get(key, (99, "")), (found.extra, link.url))
            best = sorted(ranked, key=lambda key: (ranked[key][0], key))
            for key in islice((key for key in best if self.site.owns(ranked[key][1])), most):
                chosen.setdefault(key, ranked[key][1])
        return tuple(chosen.values())

    @cached_property
    def hindrance(self) -> Verdict | None:
        """Why "found nowhere" cannot be said, as a verdict; None where the search was complete."""
        home = self.site.known_home
        unseen = next((hit for hit in self.entries[:CANDIDATES] if hit.answered == "unseen"), None)
        if unseen is not None:
            page = self.site.page(unseen.link.url) if unseen.link else None
            wanted = self.site.wanted(page) if page is not None else ()
            return cant_tell(unseen.reason, unseen.evidence, searched=self.searched, wanted=wanted)
        lost = [reason for url in self.candidates if (reason := self._lost(url)) is not None]
        if lost or self.site.visit.state == "partial":
            return cant_tell(told_reason(lost[0] if lost else self.site.visit.reason or ""), searched=self.searched)
        pages = {page.url: page for url in self.candidates if (page := self.site.page(url)) is not None}
        pages[home.url] = home
        unsettled = {
            url: reason for url, page in pages.items() if (reason := self.site.unsettled(page)) is not None
        }
        if unsettled:
            wanted = self.site.wanted(*(pages[url] for url in unsettled))
            return cant_tell(next(iter(unsettled.values())), searched=self.searched, wanted=wanted)
        return None

    def _lost(self, url: str) -> str | None:
        """Why a candidate was not read through no fault of the portal; None where it was read, or is not there."""
        if self.site.page(url) is not None:
            return None
        answered, reason, _ = self._answered(url)
        return reason if answered == "unseen" else None

    @cached_property
    def searched(self) -> Searched:
        return Searched(self.site.looked, self.concept.accepted, self._nearest)

    @property
    def _nearest(self) -> Nearest | None:
        """The miss that came closest: a dead entry before a loose wording, that before a piece of news."""
        dead = next((hit for hit in self.entries if hit.answered == "dead"), None)
        if dead is not None and dead.link is not None:
            return Nearest(dead.text, dead.link.url, "dead")
        best: tuple[int, Nearest] | None = None
        for link, _, found in self.site.links_naming(self.concept.id):
            why_not = found.why_not or ("news" if link.region in _NOT_ENTRIES else "other")
            cost = found.extra + (50 if why_not in ("news", "other") else 0)
            if best is None or cost < best[0]:
                best = (cost, Nearest((link.text or link.hint)[:200], link.url, why_not))
        return best[1] if best else None


def _best_first(hit: Hit) -> tuple[bool, int]:
    return hit.answered != "open", hit.match.extra
