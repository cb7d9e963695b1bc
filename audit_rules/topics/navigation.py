"""Finding one's way, and being heard: search, site map, links that open, ways to ask and to rate, languages."""

from __future__ import annotations

from dataclasses import replace

from audit_rules.articles import articles_of, no_article
from audit_rules.asking import said_of, takes_message
from audit_rules.ends import end_of, ends_of_home
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import MAIN_KINDS, Link, PageFacts, Surroundings, known
from audit_rules.languages import (
    language_links,
    leads_home,
    minority_languages,
    page_behind,
    speaks_english,
    unseen_way,
    why_unread,
)
from audit_rules.probing import probes, shown_file
from audit_rules.published import not_found, opens
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import link_match
from audit_rules.rule import rule
from audit_rules.search import Search
from audit_rules.search_box import box, button, entry
from audit_rules.search_try import answered, why_not_asked
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, inapplicable, passed

_NOT_ENTRIES = ("teaser", "article")


@rule
def search_box(site: SiteFacts) -> Verdict:
    """The home page has a search of the site: a box, or an entry that leads to one."""
    home = site.known_home
    for view in home.views:
        found = box(view) or entry(view)
        if found is not None:
            return passed(found)
    searched = site.searched_home("tìm kiếm", "search", "nhập từ khóa")
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    for view in home.views:
        shown = button(view)
        if shown is not None:
            return cant_tell("needs_review", shown, searched=searched)
    return failed(searched=searched)


@rule
def search_works(site: SiteFacts) -> Verdict:
    """The search finds pages that hold the word looked for.

    One word of the portal's own headlines is asked for, as a reader would who types it; nothing is ever sent. A
    list counts as passing the word over only where pages of it were read and do not hold it."""
    home = site.known_home
    shown = next((found for view in home.views if (found := box(view)) is not None), None)
    if shown is not None:
        return answered(site, shown) if site.net.search is not None else cant_tell(why_not_asked(site), shown)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, wanted=site.wanted(home))
    way = next((found for view in home.views if (found := entry(view) or button(view)) is not None), None)
    return inapplicable("no_search_box") if way is None else cant_tell("needs_review", way)


# --- site map and links --------------------------------------------------------------------------------------


@rule
def sitemap_page(site: SiteFacts, around: Surroundings) -> Verdict:
    """The portal has a site map for readers, reached from its pages."""
    search = Search(site, "sitemap_page")
    alone = replace(around, main_portal=None)  # another portal's map, not linked from here, is no map of this one
    return opens(search, around) or _unless_spoken_of(search, not_found(search, alone, "navigation.sitemap_page"))


@rule
def sitemap_xml(site: SiteFacts) -> Verdict:
    """The portal has an XML site map, named in robots.txt or in a usual place, that parses and lists it."""
    seen = known(probes(site).site_map, "sitemap.xml", "blocked")
    shown = shown_file(seen)
    if seen.error is not None:
        return cant_tell(seen.error, shown)
    if seen.fault:
        return failed(shown, state=seen.fault, url=seen.url)
    return passed(shown, count=seen.own, listed=seen.listed, url=seen.url)


def _unless_spoken_of(search: Search, verdict: Verdict) -> Verdict:
    """Nothing is "not there" of which header, menu or footer speak without leading anywhere: a script may."""
    if verdict.outcome != "failed" or verdict.values.get("state") != "absent":
        return verdict
    for view, index, found in search.site.lines_naming(search.concept.id):
        line = view.lines[index]
        if found.why_not != "news" and line.region in ("header", "menu", "footer"):
            shown = evidence(view, region_words(line.region), line.text)
            return cant_tell("needs_review", shown, searched=search.searched)
    for link, view, found in search.site.links_naming(search.concept.id):
        if found.why_not == "loose" and link.region not in _NOT_ENTRIES and search.site.page(link.url) is not None:
            shown = evidence(view, region_words(link.region), f"{link.text or link.hint} → {link.url}")
            return cant_tell("needs_review", shown, searched=search.searched)
    return verdict


FEWEST_ENDS = 5
"""Links of home whose end must be known before anything is said of them all."""


@rule
def links_alive(site: SiteFacts) -> Verdict:
    """The links of the home page inside the portal open, as far as the visit followed them.

    Only 404 and 410 count as dead. Where more than half seem dead, the fault may be in how we asked."""
    ends = ends_of_home(site)
    empty = list(ends.without_link[:12])
    shown = [
        evidence(ends.view, region_words(link.region), f"{link.text[:120]} → {link.url}")
        for link in (ends.dead or ends.doubtful)[:3]
    ]
    if ends.known < FEWEST_ENDS:
        return cant_tell("coverage", *shown, known=ends.known, without_link=empty)
    if ends.dead and 2 * len(ends.dead) <= ends.known:
        dead = [f"{link.text[:60]} ({link.url})" for link in ends.dead[:12]]
        return failed(*shown, count=len(ends.dead), known=ends.known, dead=dead, without_link=empty)
    if ends.dead or ends.doubtful:
        return cant_tell("needs_review", *shown, known=ends.known, without_link=empty)
    return passed(known=ends.known, without_link=empty)


# --- being heard ---------------------------------------------------------------------------------------------


@rule(whole_run=True)
def feedback_channel(site: SiteFacts, around: Surroundings) -> Verdict:
    """People can ask, comment or petition: a section that opens, a form that takes a message, or an address."""
    search = Search(site, "feedback_channel")
    for link, view, found in site.links_naming("feedback_channel"):
        if link.url.startswith("mailto:") and found.why_not is None and link.region not in _NOT_ENTRIES:
            return passed(evidence(view, region_words(link.region), f"{link.text} → {link.url}"))
    for view in site.views:
        for form in view.forms:
            if not view.missing and takes_message(form):
                return passed(evidence(view, region_words(form.region), form.text or "biểu mẫu / form"))
    opened = opens(search, around)
    if opened is not None:
        return opened
    empty = next((hit for hit in search.entries if hit.answered == "empty"), None)
    if empty is not None:  # a list without questions may still take one
        return cant_tell("needs_review", empty.evidence, searched=search.searched)
    return _unless_spoken_of(search, not_found(search, around, "navigation.feedback_channel"))


_RATES = (" rating ", " starrating ", " stars ", "danhgia", "hailong", " hai long ")
_REPEATED = 3
"""Articles under which the same line has to stand before it is known to be no part of them."""
_ARTICLES = 2
"""Articles that have to be seen as a citizen sees them: readers are asked to rate under the text."""


@rule
def satisfaction_rating(site: SiteFacts) -> Verdict:
    """People can rate how satisfied they are with the information."""
    search = Search(site, "satisfaction_rating")
    opened = next((hit for hit in (*search.lines, *search.entries) if hit.answered == "open"), None)
    if opened is not None:
        return passed(opened.evidence)
    for view in site.views:
        for form in view.forms:
            if any(mark in said_of(form) for mark in _RATES):
                return passed(evidence(view, region_words(form.region), form.text or form.fields[0].name))
    under = _said_in_articles(site)
    asked = next((seen for seen in under.values() if len(seen) >= _REPEATED), None)
    if asked is not None:
        return passed(*asked[:_REPEATED])
    told = next((hit.evidence for hit in (*search.entries, *search.mentions)), None)
    told = told or next((seen[0] for seen in under.values()), None)
    if told is not None:
        return cant_tell("needs_review", told, searched=search.searched)
    drawn = next((article for article in articles_of(site) if "rating" in article.view.wordless), None)
    if drawn is not None:  # stars, which a style sheet draws
        return cant_tell("needs_review", drawn.evidence, searched=search.searched)
    articles = [article.page for article in articles_of(site)[:_ARTICLES]]
    if search.hindrance is not None or not articles:
        return search.hindrance or no_article(site)
    unsettled = [(page, reason) for page in articles if (reason := site.unsettled(page)) is not None]
    if unsettled:
        wanted = site.wanted(*(page for page, _ in unsettled))
        return cant_tell(unsettled[0][1], searched=search.searched, wanted=wanted)
    return failed(searched=search.searched)


def _said_in_articles(site: SiteFacts) -> dict[str, list[Evidence]]:
    """The question under articles, or a piece of news about such a survey, by its words, a place for each page."""
    places: dict[str, dict[str, Evidence]] = {}
    for view, index, match in site.lines_naming("satisfaction_rating"):
        line = view.lines[index]
        if match.why_not != "news" and line.region == "article":
            shown = evidence(view, region_words(line.region), line.text)
            places.setdefault(line.text, {}).setdefault(view.url, shown)
    return {text: list(seen.values()) for text, seen in places.items()}


# --- languages -----------------------------------------------------------------------------------------------


@rule
def english_version(site: SiteFacts, around: Surroundings) -> Verdict:
    """A link of the home page leads to a version whose text really is in a foreign language.

    What an address or an attribute says proves nothing; languages of Viet Nam are told as a value."""
    if site.portal.kind not in MAIN_KINDS:
        return inapplicable("kind")
    home, entries, others = site.known_home, language_links(site, around), minority_languages(site)
    searched = site.searched_home("English", "Tiếng Anh", "EN")
    for link, view, _ in entries:
        if speaks_english(page_behind(site, link.url)):
            return passed(_led(link, view), minorities=others)
    if entries:
        return _unread_version(site, around, entries)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    sign = unseen_way(site)
    if sign is not None:
        return cant_tell("needs_review", sign, searched=searched)
    if not any("header" in site.regions(view) for view in home.views):
        return cant_tell("text_in_image", searched=searched)  # flags stand in a header, which was not told apart
    return failed(searched=searched, state="absent", minorities=others)


def _led(link: Link, view: PageFacts) -> Evidence:
    return evidence(view, region_words(link.region), f"{link.text or link.hint} → {link.url}")


def _unread_version(site: SiteFacts, around: Surroundings, entries: list[tuple[Link, PageFacts, bool]]) -> Verdict:
    """The answer where no entry is known to lead to a foreign text: failed only where every one was read, is named
    as such by its words and is dead or shows a page of its own in Vietnamese."""
    link, view, _ = entries[0]
    alive = [(entry, named) for entry, _, named in entries if end_of(site, entry.url) != "dead"]
    if not alive:
        named = all(named for _, _, named in entries)
        return failed(_led(link, view), state="dead") if named else cant_tell("needs_review", _led(link, view))
    pages = [(page_behind(site, entry.url), named) for entry, named in alive]
    read = [page for page, _ in pages if page is not None and page.views]
    if len(read) < len(pages):
        return cant_tell(why_unread(site, around, [entry for entry, _ in alive]), _led(link, view))
    unsettled = [page for page in read if site.unsettled(page) is not None]
    if unsettled:
        reason = site.unsettled(unsettled[0]) or "not_rendered"
        return cant_tell(reason, _led(link, view), wanted=site.wanted(*unsettled))
    if any(leads_home(site, page) or not named for page, named in pages):
        return cant_tell("needs_review", _led(link, view))  # a cookie or a script may change the language there
    if any(look.missing or look.language.spoken is None for page in read for look in page.views):
        return cant_tell("language_unclear", _led(link, view))
    return failed(_led(link, view), state="vietnamese")


# --- values --------------------------------------------------------------------------------------------------


def _noted(site: SiteFacts, concept: str) -> list[Evidence]:
    """Where pages name a thing in a line or a link, each wording once."""
    found: dict[str, Evidence] = {}
    for view, index, match in site.lines_naming(concept):
        line = view.lines[index]
        if match.why_not is None and not view.missing:
            found.setdefault(line.text, evidence(view, region_words(line.region), line.text))
    for link, view, _ in site.links_naming(concept):
        named = link_match(link.text, link.hint, "", concept)  # what an address says is not what readers see
        if named is not None and named.why_not is None and (text := link.text or link.hint):
            found.setdefault(text, evidence(view, region_words(link.region), f"{text} → {link.url}"))
    return list(found.values())


def _told(site: SiteFacts, seen: list[Evidence]) -> Verdict:
    """A value: what was seen, nothing, or that home was not seen as a citizen sees it."""
    home = site.known_home
    if seen:
        return passed(*seen[:3], count=len(seen), what=[each.excerpt[:60] for each in seen[:5]])
    reason = site.unsettled(home)
    return cant_tell(reason, wanted=site.wanted(home)) if reason is not None else inapplicable("nothing_seen")


@rule
def search_guidance(site: SiteFacts) -> Verdict:
    """Help with searching and using the portal (value)."""
    return _told(site, _noted(site, "search_guidance"))


@rule
def print_or_save(site: SiteFacts) -> Verdict:
    """Ways to print or keep a page (value)."""
    return _told(site, _noted(site, "print_or_save"))


_NETWORKS = frozenset({"facebook", "zalo", "twitter", "linkedin", "pinterest"})
_BUTTON = 30
"""Characters up to which a text that names a network is that of a button."""


def _is_button(text: str) -> bool:
    return len(text) <= _BUTTON and not _NETWORKS.isdisjoint(words(text))


@rule
def sharing_and_comments(site: SiteFacts) -> Verdict:
    """Ways to share a page or to comment on it (value)."""
    shared = {  # a button that shares is known by what it shares: redirectors are unwrapped
        link.text or link.hint: evidence(view, region_words(link.region), f"{link.text or link.hint} → {link.url}")
        for link, view in site.links
        if _is_button(link.text) or _is_button(link.hint)
        if site.owns(link.url)
    }
    return _told(site, [*shared.values(), *_noted(site, "comments")])
