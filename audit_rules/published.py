"""Whether a portal publishes a thing: an entry that opens, a page with content of its own, the main portal's share.

What a rule may conclude is the same for every thing that has to be there (rules.md, "publishing"): it passes where
the thing is reached, and fails only where everything was read that could hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from audit_rules.address import split_url
from audit_rules.content import FEWEST_LETTERS, contents_of
from audit_rules.facts import Link, PageFacts, Surroundings
from audit_rules.hosts import is_national, place_of
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import Match, matches
from audit_rules.search import Hit, Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Value, Verdict, cant_tell, failed, passed

See = Callable[[PageFacts], Mapping[str, Value] | None]
"""What a rule reads on the page of its thing: values to tell, or None where the page lacks what it must hold."""
Share = Literal["topic", "body"]
"""What a main portal may hold for its components: a ``topic`` that is the same for all of them, or, of a ``body``,
what only names each of them one by one."""

_IN_PASSING: Mapping[str, Sequence[str]] = load("content.toml")["told_in_passing"]
_PARENTS = ("introduction", "legal_documents", "news")
_TITLE_WORDS = 5


# --- what opens ------------------------------------------------------------------------------------------


def opens(search: Search, around: Surroundings) -> Verdict | None:
    """Passed where an entry that names the thing opens: here, at the main portal, on a host of the two, or in a
    national system. Another body's host speaks for that body: a person has to look."""
    for hit in search.entries:
        if hit.answered != "open" or hit.link is None:
            continue
        place = place_of(search.site.end_of(hit.link.url), search.site.portal, around)
        if place == "main" and around.main_portal is not None:
            return passed(hit.evidence, on_main_portal=True, main_portal=str(around.main_portal.address))
        if place != "stranger":
            return passed(hit.evidence)
    return None


def not_found(search: Search, around: Surroundings, rule_id: str, share: Share = "topic") -> Verdict:
    """What to say where nothing opens: unread, dead, empty, perhaps there, the main portal's, or not there."""
    if search.hindrance is not None:
        return search.hindrance
    elsewhere = next((hit for hit in search.entries if hit.answered == "open"), None)
    if elsewhere is not None:
        return cant_tell("needs_review", elsewhere.evidence, searched=search.searched)
    for state in ("dead", "empty"):
        hit = next((hit for hit in search.entries if hit.answered == state), None)
        if hit is not None:
            return failed(hit.evidence, searched=search.searched, state=state)
    doubtful = next((hit for hit in (*search.lines, *search.mentions) if hit.region != "footer"), None)
    if doubtful is not None:
        return cant_tell("needs_review", doubtful.evidence, searched=search.searched)
    return _main_portals_share(search, around, rule_id, share) or failed(searched=search.searched, state="absent")


def _main_portals_share(search: Search, around: Surroundings, rule_id: str, share: Share) -> Verdict | None:
    """What a component owes to its main portal's answer; None where that leaves it without the thing."""
    main = around.main_portal
    if not search.site.portal.is_component or main is None:
        return None
    outcome = (around.main_portal_outcomes or {}).get(rule_id)
    if outcome in ("failed", "inapplicable"):
        return None
    if outcome == "passed" and share == "topic":
        return passed(on_main_portal=True, main_portal=str(main.address))
    reason = "needs_review" if outcome == "passed" else "main_portal_not_read"
    return cant_tell(reason, searched=search.searched)


# --- a page with content of its own ------------------------------------------------------------------------


class Published:
    """The search for one thing that has to stand on a page of its own."""

    def __init__(self, site: SiteFacts, around: Surroundings, rule_id: str, see: See | None = None) -> None:
        self.site = site
        self.around = around
        self.rule_id = rule_id
        self.topic = rule_id.partition(".")[2]
        self.search = Search(site, self.topic, _PARENTS)
        self._see = see

    def verdict(self, share: Share = "topic") -> Verdict:
        """Passed with the depth at which it is reached, else why not."""
        for hits in (self.search.linked, self.search.titles):
            for hit in hits:
                found = self._reached(hit)
                if found is not None:
                    return found
        return self._headed() or self._beside() or self._missing(share)

    def _reached(self, hit: Hit) -> Verdict | None:
        """Passed where an entry leads to content."""
        if hit.link is None or hit.answered == "dead":
            return None
        url = self.site.end_of(hit.link.url)
        depth = contents_of(self.site).depth(hit.view, hit.link)
        place = place_of(url, self.site.portal, self.around)
        if place == "national":  # a system of the state is known by its name: many of them answer no program
            return passed(hit.evidence, depth=depth) if is_national(url, self.topic) else None
        if hit.answered != "open" or place == "stranger":
            return None
        page = self.site.page(url)
        if page is not None and place == "own":
            return self._held(page.views[-1], hit.evidence, depth, full=contents_of(self.site).of(page) == "full")
        if hit.document and self._see is not None:
            return None
        if place == "main" and self.around.main_portal is not None:
            return passed(hit.evidence, on_main_portal=True, main_portal=str(self.around.main_portal.address))
        return passed(hit.evidence, depth=depth)

    def _held(self, view: PageFacts, shown: Evidence, depth: int, *, full: bool) -> Verdict | None:
        told = self._see(view) if full and self._see is not None else {}
        return passed(shown, depth=depth, **told) if full and told is not None else None

    def _headed(self) -> Verdict | None:
        """Passed where a heading stands over content, on a page that is called otherwise."""
        for hit in self.search.lines:
            page = self.site.page(hit.view.url)
            if page is None or self.site.is_home(page) or not hit.view.lines[hit.line].heading:
                continue
            if hit.region in ("main", "article") and _letters_below(self.site, hit) >= FEWEST_LETTERS:
                depth = contents_of(self.site).depth(hit.view)
                found = self._held(hit.view, hit.evidence, depth, full=True)
                if found is not None:
                    return found
        return None

    def _beside(self) -> Verdict | None:
        """Passed where a file beside the thing's name opens."""
        if self._see is not None:
            return None
        linked = {hit.link for hit in self.search.linked}
        for hit in self.search.entries:
            found = self._reached(hit) if hit.link not in linked else None
            if found is not None:
                return found
        return None

    # --- nothing was reached -------------------------------------------------------------------------------

    def _missing(self, share: Share) -> Verdict:
        """Why nothing was reached; only where every section was read may it be "not there"."""
        search = self.search
        if search.hindrance is not None:
            return search.hindrance
        if contents_of(self.site).menus_unread:
            return cant_tell("coverage", searched=search.searched)
        files = next((hit for hit in search.entries if hit.document and hit.answered == "open"), None)
        if files is not None and self._see is not None:
            return cant_tell("document_not_read", files.evidence, searched=search.searched)
        for hit in search.entries:
            page = self.site.page(hit.link.url) if hit.link else None
            if hit.answered == "open" and page is not None and contents_of(self.site).of(page) == "scant":
                reason = "text_in_image" if page.views[-1].images else "needs_review"
                return cant_tell(reason, hit.evidence, searched=search.searched)
        home = self.site.known_home.views[-1]
        if (
            home.language.spoken == "en"
        ):  # the wordings are Vietnamese: of another version nobody can say "not there"
            return cant_tell("other_language", searched=search.searched)
        doubtful = self._doubtful()
        if doubtful is not None:
            return cant_tell("needs_review", doubtful.evidence, searched=search.searched)
        return not_found(search, self.around, self.rule_id, share)

    def _doubtful(self) -> Hit | None:
        """A place that may hold the thing under other words: a title among news, an introduction's running text,
        an empty list of what may not exist today."""
        hits = [hit for hit in self.search.titles if hit.answered != "dead"]
        hits += [hit for hit in self.search.entries if hit.answered == "empty" and self._is_empty_list(hit)]
        return hits[0] if hits else self._box() or self._elsewhere() or self._in_passing()

    def _elsewhere(self) -> Hit | None:
        """A way to where the thing may be: a label that may stand for it and opens, a frame or a picture that leads
        to a host of the family or the state which is called after it."""
        for hit in self.search.mentions:
            page = self.site.page(hit.link.url) if hit.link else None
            if hit.region != "footer" and page is not None and not all(view.missing for view in page.views):
                return hit
        for link, view in self.site.once(_led_to_family, self.around):
            if self._is_called(link.url):
                found = Match(self.topic, self.search.concept.name, 0, "loose")
                return Hit(view, link.text or link.hint, found, link.region, link.line, link)
        return None

    def _is_called(self, url: str) -> bool:
        label = split_url(url)[0].removeprefix("www.").partition(".")[0]
        named = any(found.concept == self.topic and found.why_not in (None, "loose") for found in matches(label))
        return named or is_national(url, self.topic)

    def _box(self) -> Hit | None:
        """The title of a box of news, where it leads nowhere: what stands in the box may be the thing."""
        for view, at, found in self.site.lines_naming(self.topic):
            line = view.lines[at]
            if line.region == "teaser" and found.why_not is None and (line.heading or found.extra <= _TITLE_WORDS):
                return Hit(view, line.text, found, line.region, at)
        return None

    def _is_empty_list(self, hit: Hit) -> bool:
        page = self.site.page(hit.link.url) if hit.link else None
        return page is not None and contents_of(self.site).of(page) == "empty_list"

    def _in_passing(self) -> Hit | None:
        """The thing's words in the text of an introduction: such a page may tell of it in its own way."""
        for view in Search(self.site, "introduction").own_pages:
            for at, line in contents_of(self.site).own_lines(view):
                for found in matches(line.text):
                    if found.concept == self.topic:
                        return Hit(view, line.text, found, line.region, at)
                said = f" {' '.join(words(line.text))} "
                if any(f" {phrase} " in said for phrase in _IN_PASSING.get(self.topic, ())):
                    return Hit(view, line.text, Match(self.topic, line.text, 0, "loose"), line.region, at)
        return None


def _led_to_family(site: SiteFacts, around: Surroundings) -> list[tuple[Link, PageFacts]]:
    """The links to hosts of the family that have no portal of their own, and to national systems; no news."""
    return [
        (link, view)
        for link, view in site.links
        if link.region not in ("teaser", "article")
        and not site.owns(link.url)
        and place_of(link.url, site.portal, around) in ("sibling", "national")
    ]


def _letters_below(site: SiteFacts, hit: Hit) -> int:
    """Characters of a page's own text under a heading, up to the next heading of its rank."""
    rank, letters = hit.view.lines[hit.line].heading, 0
    for at, line in contents_of(site).own_lines(hit.view):
        if at > hit.line:
            if line.heading and line.heading <= rank:
                break
            letters += len(line.text)
    return letters
