"""Looking for a thing on a whole portal: what was found, what was tried, and whether the search was complete.

Complete (rules.md) means: home, header, footer, menus and selects, the contact page, the HTML site map and the
eight best-ranked candidates were read, none lost to budget, robots, a block or an error, and looked at rendered
wherever scripts could add the thing. Only then may "found nowhere" be ``failed``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from audit_rules.address import is_document
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, Page, PageFacts, Region
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import CONCEPTS, Match, link_match, match
from audit_rules.site import DEAD, SiteFacts, page_key
from audit_rules.verdict import Evidence, Nearest, Searched, Verdict, cant_tell

CANDIDATES = 8
_SUPPORT = {"contact_page": 2, "sitemap_page": 1, "information_section": 2}
"""Places where things are kept beside their own pages, and how many of each a complete search has read."""
_BLOCKS = frozenset({"blocked", "challenge", "captcha", "waf"})
_OWN_WORDS = frozenset({"robots", "blocked", "not_recorded", "needs_review"})
_NOT_ENTRIES: tuple[Region, ...] = ("teaser", "article")
_OWN_TEXT: tuple[Region, ...] = ("main", "article")
_GENERIC = tuple(" ".join(words(text)) for text in load("openers.toml")["generic"])
_BESIDE = 3
"""Lines after a thing's name within which "Tải về" opens it."""

Answered = Literal["open", "dead", "unseen"]


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
    """The search for one concept on one portal."""

    def __init__(self, site: SiteFacts, concept: str) -> None:
        self.site = site
        self.concept = CONCEPTS[concept]

    # --- entries -----------------------------------------------------------------------------------

    @cached_property
    def entries(self) -> tuple[Hit, ...]:
        """Links that name the concept, and links beside a line that names it; one for each target, open first."""
        hits: dict[str, Hit] = {}
        for link, view, found in self.site.links_naming(self.concept.id):
            counts = found.why_not is None and link.region not in _NOT_ENTRIES
            if counts and (key := page_key(link.url)) not in hits:
                hits[key] = self._entry(link, view, link.text or link.hint, found)
        for hit in self.lines:
            beside = _beside(hit)
            if beside is not None:
                hits.setdefault(page_key(beside.url), self._entry(beside, hit.view, hit.text, hit.match))
        return tuple(sorted(hits.values(), key=lambda hit: (hit.answered != "open", hit.match.extra)))

    def _entry(self, link: Link, view: PageFacts, text: str, found: Match) -> Hit:
        answered, reason, document = self._answered(link.url)
        return Hit(view, text, found, link.region, link.line, link, answered, reason, document)

    def _answered(self, url: str) -> tuple[Answered, str, bool]:
        """What the target of an entry answered, why that is not known, and whether it is a document."""
        page, answer = self.site.page(url), self.site.answer(url)
        if page is not None and (self.site.is_home(page) or "#/" in url or "#!" in url):
            return "unseen", "needs_review", False  # home, or a place that only scripts know, opens for any name
        if page is not None and page.views:
            gone = all(view.missing or view.status >= 400 for view in page.views)
            return ("dead", DEAD, False) if gone else ("open", "", False)
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
        length = len(view.lines[index].text) - 2
        return any(
            link.line == index and len(link.text) >= length and page_key(link.url) != page_key(view.url)
            for link in view.links
        )

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
        for concept, most in {**_SUPPORT, self.concept.id: CANDIDATES}.items():
            ranked: dict[str, tuple[int, str]] = {}
            for link, _, found in self.site.links_naming(concept):
                if found.why_not is not None or link.region in _NOT_ENTRIES or is_document(link.url):
                    continue
                if self.site.owns(link.url):
                    key = page_key(link.url)
                    ranked[key] = min(ranked.get(key, (99, "")), (found.extra, link.url))
            for key in sorted(ranked, key=lambda key: (ranked[key][0], key))[:most]:
                chosen.setdefault(key, ranked[key][1])
        return tuple(chosen.values())

    @cached_property
    def hindrance(self) -> Verdict | None:
        """Why "found nowhere" cannot be said, as a verdict; None where the search was complete."""
        home = self.site.known_home
        unseen = next((hit for hit in self.entries[:CANDIDATES] if hit.answered == "unseen"), None)
        if unseen is not None:
            return cant_tell(unseen.reason, unseen.evidence, searched=self.searched)
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


def _beside(hit: Hit) -> Link | None:
    """The file, or the "Tải về", that stands beside a line of text: the same row of a table, the next line."""
    for link in hit.view.links:
        if link.region != hit.region or not hit.line <= link.line <= hit.line + _BESIDE:
            continue
        text = " ".join(words(link.text))
        if text in _GENERIC or (is_document(link.url) and (link.line == hit.line or not text)):
            return link
    return None
