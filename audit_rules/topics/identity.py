"""Who answers for the portal: the owner, the responsible person, ways to reach them, the spokesperson."""

from __future__ import annotations

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import PageFacts, Person, Surroundings
from audit_rules.footer import Footer
from audit_rules.owners import is_credit, names_a_body, names_owner, speaks_of_body
from audit_rules.reading.people import AHEAD, BLOCK
from audit_rules.rule import rule
from audit_rules.search import Hit, Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, passed

_PARTS = ("position", "phone", "email")


def _footer_without(site: SiteFacts, *wordings: str) -> Verdict:
    """The answer where no look at the footer shows the item: failed, or why that cannot be said."""
    home = site.known_home
    searched = site.searched_home(*wordings)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    readable = [footer for footer in site.footers if not footer.is_picture]
    if not readable:
        return cant_tell(
            "text_in_image", *(footer.evidence(footer.text) for footer in site.footers), searched=searched
        )
    return failed(readable[-1].evidence(readable[-1].text), searched=searched)


@rule
def footer_names_owner(site: SiteFacts, around: Surroundings) -> Verdict:
    """The footer names the body that owns the portal."""
    for footer in site.footers:
        named = names_owner(footer.lines, site.portal, around) or names_a_body(footer.lines)
        pictures = (each.alt for each in footer.view.pictures if each.region == "footer" and each.alt)
        named = named or next((alt for alt in pictures if speaks_of_body(alt) and not is_credit(alt)), None)
        if named is not None:
            return passed(footer.evidence(named))
    return _footer_without(site, "cơ quan chủ quản", "bản quyền thuộc", *_agency_names(site))


def _agency_names(site: SiteFacts) -> tuple[str, ...]:
    agency = site.portal.agency
    return (agency.name_vi, *agency.other_names) if agency else ()


@rule
def footer_responsible_person(site: SiteFacts) -> Verdict:
    """The footer names the person who answers for the content."""
    for footer in site.footers:
        for person in footer.people("responsible"):
            return passed(footer.evidence(person.excerpt), name=person.name)
    return _footer_without(site, "chịu trách nhiệm", "trưởng ban biên tập", "người phụ trách")


@rule
def footer_phone(site: SiteFacts) -> Verdict:
    """The footer gives a phone number one can dial."""
    return _footer_contact(site, "phone", "điện thoại", "ĐT", "tel", "đường dây nóng")


@rule
def footer_email(site: SiteFacts) -> Verdict:
    """The footer gives an e-mail address."""
    return _footer_contact(site, "email", "email", "thư điện tử", "hòm thư")


def _footer_contact(site: SiteFacts, kind: str, *wordings: str) -> Verdict:
    masked: Footer | None = None
    for footer in site.footers:
        for contact in footer.contacts(kind):
            line = footer.view.lines[contact.line].text if contact.line in footer.indexes else contact.text
            if is_credit(line):
                continue
            if not contact.hidden:
                return passed(footer.evidence(line), value=contact.value)
            masked = footer
    if masked is not None:
        return cant_tell("masked_email", masked.evidence(masked.text), searched=site.searched_home(*wordings))
    return _footer_without(site, *wordings)


@rule
def spokesperson(site: SiteFacts, around: Surroundings) -> Verdict:
    """The regular spokesperson's name, position, phone and official e-mail are on the portal."""
    search = Search(site, "spokesperson")
    entries = _spokespeople(site, search)
    person, view = min(entries, key=lambda entry: len(_lacking(entry[0])), default=(None, None))
    if person is not None and view is not None and not _lacking(person):
        return passed(_shown(person, view), name=person.name)
    if search.documents:
        return cant_tell("document_not_read", search.documents[0].evidence, searched=search.searched)
    if person is not None and view is not None:
        return _incomplete(site, search, person, view)
    if search.hindrance is not None:
        return search.hindrance
    unread = next((hit for hit in search.entries if hit.answered == "open" and _may_name(site, hit)), None)
    if unread is not None:
        return cant_tell("needs_review", unread.evidence, searched=search.searched)
    if site.portal.is_component:
        return _on_main_portals_list(search, around)
    return failed(searched=search.searched, missing=["name", *_PARTS])


def _spokespeople(site: SiteFacts, search: Search) -> list[tuple[Person, PageFacts]]:
    """Entries of a spokesperson; somebody whom a piece of news calls so is none."""
    return [
        (person, view)
        for view in site.views
        for person in view.people
        if person.role == "spokesperson" and search.speaks_of_it(view, person.line, AHEAD)
    ]


def _lacking(person: Person) -> list[str]:
    return [part for part in _PARTS if getattr(person, part) is None]


def _shown(person: Person, view: PageFacts) -> Evidence:
    return evidence(view, region_words(view.lines[person.line].region), person.excerpt)


def _incomplete(site: SiteFacts, search: Search, person: Person, view: PageFacts) -> Verdict:
    """The answer where the best entry lacks a part: failed, unless the part may be masked or elsewhere."""
    shown = _shown(person, view)
    page = site.page(view.url)
    reason = site.unsettled(page) if page else None
    if page is not None and reason is not None:
        return cant_tell(reason, shown, searched=search.searched, wanted=site.wanted(page))
    if search.hindrance is not None:
        return search.hindrance
    block = range(person.line, person.line + BLOCK + 1)
    if any(contact.hidden and contact.line in block for contact in view.contacts):
        return cant_tell("masked_email", shown, searched=search.searched)
    return failed(shown, searched=search.searched, missing=_lacking(person), name=person.name)


def _may_name(site: SiteFacts, hit: Hit) -> bool:
    """Whether an entry leads to a page nobody read here, or to one with contacts beside a name we did not know."""
    page = site.page(hit.link.url) if hit.link else None
    if page is None:
        return True
    return any(
        contact.kind in ("phone", "email") and view.lines[contact.line].region in ("main", "article")
        for view in page.views
        for contact in view.contacts
        if contact.line < len(view.lines) and not _is_in_footer(site, view, contact.line)
    )


def _is_in_footer(site: SiteFacts, view: PageFacts, line: int) -> bool:
    footer = site.footer_of(view)
    return footer is not None and line in footer.indexes


def _on_main_portals_list(search: Search, around: Surroundings) -> Verdict:
    """A component without an entry may stand on its main portal's list, which names agencies one by one."""
    outcome = (around.main_portal_outcomes or {}).get("identity.spokesperson")
    if outcome == "failed" or around.main_portal is None:
        return failed(searched=search.searched, missing=["name", *_PARTS])
    return cant_tell("main_portal_not_read" if outcome is None else "needs_review", searched=search.searched)
