"""Who answers for the portal: the owner, the responsible person, ways to reach them, the spokesperson."""

from __future__ import annotations

from audit_rules.facts import Person, Surroundings, known
from audit_rules.owners import names_a_body, names_owner, speaks_of_body
from audit_rules.rule import rule
from audit_rules.search import Search
from audit_rules.site import Footer, SiteFacts, evidence, region_words
from audit_rules.verdict import Verdict, cant_tell, failed, passed

_PARTS = ("position", "phone", "email")


def _footer_without(site: SiteFacts, *wordings: str) -> Verdict:
    """The answer where no look at the footer shows the item: failed, or why that cannot be said."""
    home = known(site.home, "home", "unreachable")
    searched = site.searched_home(*wordings)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=(home.url,))
    readable = [footer for footer in site.footers if not footer.is_picture]
    if not readable:
        return cant_tell(
            "text_in_image", *(footer.evidence(footer.text) for footer in site.footers), searched=searched
        )
    return failed(readable[-1].evidence(readable[-1].text), searched=searched)


@rule
def footer_names_owner(site: SiteFacts, around: Surroundings) -> Verdict:
    """The footer names the body that owns the portal."""
    known(site.home, "home", "unreachable")
    for footer in site.footers:
        line = names_owner(footer.lines, site.portal, around) or names_a_body(footer.lines)
        if line is not None:
            return passed(footer.evidence(line.text))
        named = next(
            (p.alt for p in footer.view.pictures if p.region == "footer" and p.alt and speaks_of_body(p.alt)), None
        )
        if named is not None:
            return passed(footer.evidence(named))
    return _footer_without(site, "cơ quan chủ quản", "bản quyền thuộc", *_agency_names(site))


def _agency_names(site: SiteFacts) -> tuple[str, ...]:
    agency = site.portal.agency
    return (agency.name_vi, *agency.other_names) if agency else ()


@rule
def footer_responsible_person(site: SiteFacts) -> Verdict:
    """The footer names the person who answers for the content."""
    known(site.home, "home", "unreachable")
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
    known(site.home, "home", "unreachable")
    masked: Footer | None = None
    for footer in site.footers:
        for contact in footer.contacts(kind):
            if contact.hidden:
                masked = footer
                continue
            return passed(footer.evidence(contact.text), value=contact.value)
    if masked is not None:
        return cant_tell("masked_email", masked.evidence(masked.text), searched=site.searched_home(*wordings))
    return _footer_without(site, *wordings)


@rule
def spokesperson(site: SiteFacts, around: Surroundings) -> Verdict:
    """The regular spokesperson's name, position, phone and official e-mail are on the portal."""
    search = Search(site, "spokesperson")
    entries = [(person, view) for view in site.views for person in view.people if person.role == "spokesperson"]
    if entries:
        person, view = min(entries, key=lambda entry: len(_lacking(entry[0])))
        shown = evidence(view, region_words(view.lines[person.line].region), person.excerpt)
        lacking = _lacking(person)
        if not lacking:
            return passed(shown, name=person.name)
        reason = site.unsettled(page) if (page := site.page(view.url)) else None
        if reason is not None:
            return cant_tell(reason, shown, searched=search.searched, wanted=(view.url,))
        return failed(shown, searched=search.searched, missing=lacking, name=person.name)
    scan = next((hit for hit in search.entries if hit.document and hit.answered == "open"), None)
    if scan is not None:
        return cant_tell("document_not_read", scan.evidence, searched=search.searched)
    if search.hindrance is not None:
        return search.hindrance
    if not site.portal.is_main:
        return _on_main_portals_list(search, around)
    return failed(searched=search.searched, missing=["name", *_PARTS])


def _lacking(person: Person) -> list[str]:
    return [part for part in _PARTS if getattr(person, part) is None]


def _on_main_portals_list(search: Search, around: Surroundings) -> Verdict:
    """A component without an entry may stand on its main portal's list, which names agencies one by one."""
    outcome = (around.main_portal_outcomes or {}).get("identity.spokesperson")
    if outcome == "failed" or (around.main_portal is None and outcome is None):
        return failed(searched=search.searched, missing=["name", *_PARTS])
    return cant_tell("main_portal_not_read" if outcome is None else "needs_review", searched=search.searched)
