"""Access to information: the section, the contact point and the rules that citizens need to ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from audit_rules.content import contents_of
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Contact, Line, Portal, Region, Surroundings
from audit_rules.owners import begins_with_body, is_of_others, names_owner
from audit_rules.published import not_found, opens
from audit_rules.reading.vietnamese import words
from audit_rules.rule import rule
from audit_rules.search import Hit, Search
from audit_rules.section import (
    contacts_of_section,
    form_of_section,
    heads,
    is_unread,
    may_reach,
    taking_form,
    unread_of_section,
)
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, passed

BLOCK = 10
"""Lines after the words within which a phone number or an e-mail address belongs to them."""
AROUND = 25
"""Lines after the words, and before them, within which it might, so that nobody can say there is none."""
_TEXT: tuple[Region, ...] = ("main", "article")


@rule(whole_run=True)
def information_section(site: SiteFacts, around: Surroundings) -> Verdict:
    """The portal has a section for access to information."""
    search = Search(site, "information_section")
    heading = next((hit for hit in search.lines if hit.region != "article" and _is_title(site, hit)), None)
    if heading is not None:
        return passed(heading.evidence)
    return opens(search, around) or not_found(search, around, "disclosure.information_section")


@rule(whole_run=True)
def contact_point(site: SiteFacts, around: Surroundings) -> Verdict:
    """The unit or person who receives requests for information is published, with a phone or an e-mail."""
    search = Search(site, "contact_point")
    named = search.lines + _pages_of_their_own(search)
    for hit in named:
        reach = _reach(site, around, search, hit)
        if reach is not None:
            return passed(reach, words=hit.text)
    if search.documents:
        return cant_tell("document_not_read", search.documents[0].evidence, searched=search.searched)
    if search.hindrance is not None:
        return search.hindrance
    doubtful = next((hit for hit in named if _near(site, search, hit) or not _in_section(search, hit)), None)
    doubtful = doubtful or next((hit for hit in named if may_reach(site, hit)), None)
    if doubtful is not None:
        return cant_tell("needs_review", doubtful.evidence, searched=search.searched)
    if named:
        unread = next((hit for hit in named if is_unread(site, hit)), None)
        if unread is not None:
            return cant_tell("document_not_read", unread.evidence, searched=search.searched)
        return failed(named[0].evidence, searched=search.searched, state="no_way_to_reach")
    return _unless_in_section(not_found(search, around, "disclosure.contact_point"), search, contacts_of_section)


@rule(whole_run=True)
def regulation(site: SiteFacts, around: Surroundings) -> Verdict:
    """The rules for providing information are published, as a page or a file that opens."""
    return _document(site, around, "regulation")


@rule(whole_run=True)
def publication_list(site: SiteFacts, around: Surroundings) -> Verdict:
    """The list of information that has to be made public is published."""
    return _document(site, around, "publication_list")


@rule(whole_run=True)
def request_form(site: SiteFacts, around: Surroundings) -> Verdict:
    """The form for requests for information is published."""
    return _document(site, around, "request_form")


@rule(whole_run=True)
def request_address(site: SiteFacts, around: Surroundings) -> Verdict:
    """Requests for information can be sent to an online address or form."""
    search, point = Search(site, "request_address"), Search(site, "contact_point")
    for hit in (*search.lines, *point.lines, *_pages_of_their_own(point)):
        reach = _reach(site, around, point, hit, ("email",))
        if reach is not None:
            return passed(reach)
    taken = _taking_form(search)
    if taken is not None:
        return passed(taken)
    if point.hindrance is not None:
        return point.hindrance
    doubtful = next(iter((*point.documents, *point.entries, *point.lines)), None)
    if doubtful is not None and search.hindrance is None:  # whoever is named there may be written to
        return cant_tell("needs_review", doubtful.evidence, searched=search.searched)
    answer = not_found(search, around, "disclosure.request_address")
    return _unless_in_section(
        answer, search, lambda site: contacts_of_section(site, ("email",)) or form_of_section(site)
    )


def _unless_in_section(answer: Verdict, search: Search, seen: Callable[[SiteFacts], Evidence | None]) -> Verdict:
    """An answer, unless the thing failed while the section may hold it under other words."""
    if answer.outcome != "failed" or answer.values.get("state") != "absent":
        return answer
    doubtful = seen(search.site)
    return cant_tell("needs_review", doubtful, searched=search.searched) if doubtful is not None else answer


# --- a thing that opens ------------------------------------------------------------------------------------


def _document(site: SiteFacts, around: Surroundings, name: str) -> Verdict:
    """Whether a document is there: an entry that opens it, or its own text on a page."""
    search = Search(site, name)
    article = next(
        (hit for hit in search.lines if hit.view.lines[hit.line].heading and _is_whole_page(site, hit)), None
    )
    if article is not None:
        return passed(article.evidence)
    answer = opens(search, around) or not_found(search, around, f"disclosure.{name}")
    if answer.outcome != "failed" or answer.values.get("state") != "absent":
        return answer
    title = next((hit for hit in search.titles if hit.answered != "dead"), None)
    if title is not None:  # a box of news may be the list in which the portal keeps it
        return cant_tell("needs_review", title.evidence, searched=search.searched)
    unread = unread_of_section(site)
    return cant_tell("document_not_read", unread, searched=search.searched) if unread is not None else answer


def _taking_form(search: Search) -> Evidence | None:
    """A form that takes more than words to search for, on a page that is named as the place for requests."""
    return next((form for view in search.own_pages if (form := taking_form(view)) is not None), None)


def _is_title(site: SiteFacts, hit: Hit) -> bool:
    """Whether a line is a heading, and not that of a page that holds nothing yet."""
    page = site.page(hit.view.url)
    bare = page is not None and not site.is_home(page) and contents_of(site).of(page) in ("awaiting", "empty_list")
    return bool(hit.view.lines[hit.line].heading) and not bare


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


def _reach(
    site: SiteFacts, around: Surroundings, search: Search, hit: Hit, kinds: Sequence[str] = ("phone", "email")
) -> Evidence | None:
    """The way to reach the contact point: in its block, or anywhere in the text of a page of its own, unless that
    stands under the heading of another body."""
    own_page = _is_own_page(search, hit)
    for contact in _contacts(site, hit):
        between = hit.view.lines[hit.line : contact.line + 1]
        if contact.hidden or not between or contact.kind not in kinds:
            continue
        last = between[1:][-2:]
        others = any(is_of_others(line.text) for line in last) or _is_under_another(between, site.portal, around)
        if own_page and not others:
            return _shown(hit, [hit.view.lines[hit.line], *last])
        if not others and len(between) <= BLOCK + 1 and not _ends(between):
            return _shown(hit, between)
    return None


def _is_own_page(search: Search, hit: Hit) -> bool:
    return any(hit.view is own for own in search.own_pages)


def _is_under_another(between: Sequence[Line], portal: Portal, around: Surroundings) -> bool:
    """Whether the last heading before a contact names a body, and neither the agency nor an office of it."""
    heading = next((line for line in reversed(between) if line.heading), None)
    if heading is None or not begins_with_body(heading.text):
        return False
    return words(heading.text)[:2] != ("van", "phong") and names_owner([heading], portal, around) is None


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
    return bodies > (0 if names_one else 1) or any(heads(line, label) or is_of_others(line.text) for line in rest)


def _near(site: SiteFacts, search: Search, hit: Hit) -> bool:
    """Whether a contact stands so near that it may be meant; in the footer that may be any of the footer's, and on
    a page of the contact point's own any of that page."""
    if hit.region == "footer":
        return True
    own_page = _is_own_page(search, hit)
    for contact in _contacts(site, hit):
        first, last = sorted((hit.line, contact.line))
        headed = any(heads(line, hit.view.lines[hit.line]) for line in hit.view.lines[first + 1 : last + 1])
        if own_page or (last - first <= AROUND and not headed):
            return True
    return False


def _in_section(search: Search, hit: Hit) -> bool:
    """Whether words stand where they mean the contact point: a heading, a label, a page of it or of the section."""
    if hit.view.lines[hit.line].heading or hit.match.extra <= 3:
        return True
    pages = (*search.own_pages, *Search(search.site, "information_section").own_pages)
    return any(hit.view is page for page in pages)
