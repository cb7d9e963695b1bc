"""Access to information: the section, the contact point and the rules that citizens need to ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Contact, Line, Region, Surroundings
from audit_rules.owners import begins_with_body, is_of_others
from audit_rules.rule import rule
from audit_rules.search import Hit, Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, passed

BLOCK = 10
"""Lines after the words within which a phone number or an e-mail address belongs to them."""
AROUND = 25
"""Lines after the words, and before them, within which it might, so that nobody can say there is none."""
_TEXT: tuple[Region, ...] = ("main", "article")


@rule
def information_section(site: SiteFacts, around: Surroundings) -> Verdict:
    """The portal has a section for access to information."""
    search = Search(site, "information_section")
    heading = next(
        (hit for hit in search.lines if hit.view.lines[hit.line].heading and hit.region != "article"), None
    )
    if heading is not None:
        return passed(heading.evidence)
    return _opens(search, around) or _not_found(search, around, "disclosure.information_section")


@rule
def contact_point(site: SiteFacts, around: Surroundings) -> Verdict:
    """The unit or person who receives requests for information is published, with a phone or an e-mail."""
    search = Search(site, "contact_point")
    named = search.lines + _pages_of_their_own(search)
    for hit in named:
        reach = _reach(site, search, hit)
        if reach is not None:
            return passed(reach, words=hit.text)
    if search.documents:
        return cant_tell("document_not_read", search.documents[0].evidence, searched=search.searched)
    if search.hindrance is not None:
        return search.hindrance
    doubtful = next((hit for hit in named if _near(site, hit) or not _in_section(search, hit)), None)
    if doubtful is not None:
        return cant_tell("needs_review", doubtful.evidence, searched=search.searched)
    if named:
        return failed(named[0].evidence, searched=search.searched, state="no_way_to_reach")
    return _not_found(search, around, "disclosure.contact_point")


@rule
def regulation(site: SiteFacts, around: Surroundings) -> Verdict:
    """The rules for providing information are published, as a page or a file that opens."""
    search = Search(site, "regulation")
    article = next(
        (hit for hit in search.lines if hit.view.lines[hit.line].heading and _is_whole_page(site, hit)), None
    )
    if article is not None:
        return passed(article.evidence)
    return _opens(search, around) or _not_found(search, around, "disclosure.regulation")


# --- what opens, and what to say where nothing does --------------------------------------------------------


def _opens(search: Search, around: Surroundings) -> Verdict | None:
    """Passed where an entry that names the thing opens, here or at the main portal."""
    main = around.main_portal
    for hit in search.entries:
        if hit.answered != "open" or hit.link is None:
            continue
        owner = around.book.owner(hit.link.url)
        if main is not None and owner == main.id:
            return passed(hit.evidence, on_main_portal=True, main_portal=str(main.address))
        if owner in (search.site.portal.id, None):
            return passed(hit.evidence)
    return None


def _not_found(search: Search, around: Surroundings, rule_id: str) -> Verdict:
    """What to say where no entry opens: unread, dead, perhaps there, left to the main portal, or not there."""
    if search.hindrance is not None:
        return search.hindrance
    dead = next((hit for hit in search.entries if hit.answered == "dead"), None)
    if dead is not None:
        return failed(dead.evidence, searched=search.searched, state="dead")
    told = (*search.lines, *search.entries, *search.mentions)
    doubtful = next((hit for hit in told if hit.region != "footer"), None)
    if doubtful is not None:
        return cant_tell("needs_review", doubtful.evidence, searched=search.searched)
    if search.site.portal.is_component and around.main_portal is not None:
        outcome = (around.main_portal_outcomes or {}).get(rule_id)
        if outcome == "passed":
            return passed(on_main_portal=True, main_portal=str(around.main_portal.address))
        if outcome != "failed":
            return cant_tell("main_portal_not_read", searched=search.searched)
    return failed(searched=search.searched, state="absent")


def _is_whole_page(site: SiteFacts, hit: Hit) -> bool:
    """Whether a heading stands over a page of its own: the text of the rules, not a box on the home page."""
    text = sum(len(line.text) for line in hit.view.lines[hit.line + 1 :] if line.region in _TEXT)
    return text >= 200 and not site.is_home(site.page(hit.view.url))


# --- the contact point ---------------------------------------------------------------------------------------


def _pages_of_their_own(search: Search) -> tuple[Hit, ...]:
    """Pages that the portal names as the contact point's, for those that do not say so again themselves."""
    said = {hit.view.url for hit in search.lines}
    return tuple(
        Hit(page, hit.text, hit.match, "main", line)
        for hit in search.entries
        if hit.link is not None and (seen := search.site.page(hit.link.url)) is not None and hit.answered == "open"
        for page in seen.views
        if page.url not in said
        and (line := next((at for at, each in enumerate(page.lines) if each.region in _TEXT), None)) is not None
    )


def _reach(site: SiteFacts, search: Search, hit: Hit) -> Evidence | None:
    """The way to reach the contact point: in its block, or anywhere in the text of a page of its own."""
    own_page = any(hit.view is own for own in search.own_pages)
    for contact in _contacts(site, hit):
        between = hit.view.lines[hit.line : contact.line + 1]
        if contact.hidden or not between:
            continue
        last = between[1:][-2:]
        if own_page and not any(is_of_others(line.text) for line in last):
            return _shown(hit, [hit.view.lines[hit.line], *last])
        if len(between) <= BLOCK + 1 and not _ends(between):
            return _shown(hit, between)
    return None


def _shown(hit: Hit, lines: Sequence[Line]) -> Evidence:
    return evidence(hit.view, region_words(hit.region), " | ".join(line.text for line in lines))


def _contacts(site: SiteFacts, hit: Hit) -> Iterator[Contact]:
    """Phones and e-mails of the page that do not belong to the portal as a whole: its footer is another block."""
    view, own = hit.view, hit.view.lines[hit.line].region
    footer = site.footer_of(view)
    elsewhere = footer.indexes if footer else frozenset()
    for contact in view.contacts:
        if contact.kind == "address" or contact.line >= len(view.lines):
            continue
        region = view.lines[contact.line].region
        together = region == own or (region in _TEXT and own in _TEXT)
        if contact.line == hit.line or (together and contact.line not in elsewhere):
            yield contact


def _ends(between: Sequence[Line]) -> bool:
    """Whether another block begins between the words and a contact: a heading, another body, another purpose.

    A label that stands alone ("Đầu mối cung cấp thông tin") is followed by the body it names."""
    label, rest = between[0], between[1:]
    bodies = sum(begins_with_body(line.text) for line in rest)
    names_one = bool(label.text.partition(":")[2].strip())
    return bodies > (0 if names_one else 1) or any(line.heading or is_of_others(line.text) for line in rest)


def _near(site: SiteFacts, hit: Hit) -> bool:
    """Whether a contact stands so near that it may be meant; in the footer that may be any of the footer's."""
    if hit.region == "footer":
        return True
    for contact in _contacts(site, hit):
        first, last = sorted((hit.line, contact.line))
        heads = any(line.heading for line in hit.view.lines[first + 1 : last + 1])
        if last - first <= AROUND and not heads:
            return True
    return False


def _in_section(search: Search, hit: Hit) -> bool:
    """Whether words stand where they mean the contact point: a heading, a label, a page of it or of the section."""
    if hit.view.lines[hit.line].heading or hit.match.extra <= 3:
        return True
    pages = (*search.own_pages, *Search(search.site, "information_section").own_pages)
    return any(hit.view is page for page in pages)
