"""Who answers for the portal: the owner, the responsible person, ways to reach them, the spokesperson."""

from __future__ import annotations

from collections.abc import Callable

from audit_rules.abolished import abolished_in
from audit_rules.channels import NAMES, home_channels, is_own, named_channels
from audit_rules.facts import Contact, PageFacts, Surroundings
from audit_rules.footer import Footer, own_lines
from audit_rules.header import Spot, is_name, is_readable, spots
from audit_rules.hints import (
    block_above,
    may_give_address,
    may_give_mail,
    may_give_phone,
    may_name_owner,
    may_name_person,
)
from audit_rules.mailboxes import agency_mailboxes, contact_block
from audit_rules.naming import calls
from audit_rules.owners import (
    agency_names,
    is_credit,
    names_a_body,
    names_another,
    names_owner,
    owner_lines,
    speaks_of_body,
)
from audit_rules.postal import is_postal
from audit_rules.published import not_found
from audit_rules.rule import rule
from audit_rules.search import Search
from audit_rules.site import SiteFacts
from audit_rules.spokespeople import (
    PARTS,
    entries_of,
    incomplete,
    lacking,
    may_name,
    may_speak,
    on_main_portals_list,
    shown,
)
from audit_rules.verdict import Verdict, cant_tell, failed, inapplicable, passed

Look = Callable[[Footer], str | None]
"""Finds a text in a footer, or None."""

# --- the header --------------------------------------------------------------------------------------------


@rule
def header_names_agency(site: SiteFacts, around: Surroundings) -> Verdict:
    """The header, the title or the banner's text alternative names the agency."""
    home, agency = site.known_home, site.portal.agency
    if agency is None:
        return cant_tell("no_known_agency")
    said = [spot for view in home.views for spot in spots(site, view)]
    own = next((spot for spot in said if calls(spot.text, agency, titled=True)), None)
    if own is not None:
        return passed(own.evidence)
    searched = site.searched_home(*agency_names(site.portal))
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    last = home.views[-1]
    another = [spot for spot in said if spot.sure and names_another(spot.text, site.portal, around)]
    seen = next((spot for spot in another if spot.view is last and is_name(spot.text)), None)
    if site.portal.is_component and around.main_portal is None:
        seen = None  # it may be the body above it, which nobody knows
    if seen is not None and is_readable(last):
        return failed(seen.evidence, searched=searched, named=seen.text)
    evidence = [spot.evidence for spot in (*another, *said)][:1]
    return cant_tell("needs_review" if is_readable(last) else "text_in_image", *evidence, searched=searched)


@rule
def no_abolished_names(site: SiteFacts, around: Surroundings) -> Verdict:
    """The title, site name, logo text and owner line use no name of a body that is no more."""
    home = site.known_home
    if not around.abolished:
        return cant_tell("no_succession_known")
    view = home.views[-1]
    said = [spot for spot in spots(site, view) if spot.sure]
    footer = site.footer_of(view)
    lines = owner_lines(own_lines(footer)) if footer is not None else []
    said += [Spot(view, "chân trang / footer", line) for line in lines]
    living = [*around.bodies, *agency_names(site.portal), *agency_names(around.main_portal)]
    reason = site.unsettled(home)
    for spot in said:
        old = abolished_in(spot.text, around.abolished, around.day, living)
        if old is not None and reason is None:
            ended = old.valid_to.strftime("%d/%m/%Y")
            return failed(spot.evidence, name=old.name, ended=ended, successor=old.successor or "?")
    if reason is not None:
        return cant_tell(reason, wanted=site.wanted(home))
    if not view.title or not (is_readable(view) or lines):
        return cant_tell("text_in_image", *(spot.evidence for spot in said[:1]))
    return passed(said[0].evidence)


# --- the footer --------------------------------------------------------------------------------------------


def _footer_without(site: SiteFacts, around: Surroundings, may_be: Look, read: Look, *wordings: str) -> Verdict:
    """The answer where no look at the footer shows the item: failed, or why that cannot be said. ``may_be`` finds
    what may be the item in another form, ``read`` the item itself, in a block of the owner's right above."""
    home = site.known_home
    searched = site.searched_home(*wordings)
    for footer in site.footers:
        above = block_above(footer, site.portal, around)
        doubtful = may_be(footer) or (read(above) if above is not None else None)
        if doubtful is not None:
            return cant_tell("needs_review", footer.evidence(doubtful), searched=searched)
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
    wordings = ("cơ quan chủ quản", "bản quyền thuộc", *agency_names(site.portal))
    others: list[tuple[Footer, str]] = []
    for footer in site.footers:
        named = names_owner(footer.lines, site.portal, around)
        if named is not None:
            return passed(footer.evidence(named))
        pictures = (each.alt for each in footer.view.pictures if each.region == "footer" and each.alt)
        alt = next((alt for alt in pictures if speaks_of_body(alt) and not is_credit(alt)), None)
        others += [(footer, body) for body in (names_a_body(footer.lines), alt) if body is not None]
    for footer, body in others:
        if not names_another(body, site.portal, around):
            return passed(footer.evidence(body))
    if others:
        footer, body = others[0]
        return cant_tell("needs_review", footer.evidence(body), searched=site.searched_home(*wordings))
    return _footer_without(
        site,
        around,
        lambda footer: may_name_owner(footer, site.portal, around),
        lambda above: names_owner(above.lines, site.portal, around),
        *wordings,
    )


@rule
def footer_responsible_person(site: SiteFacts, around: Surroundings) -> Verdict:
    """The footer names the person who answers for the content."""
    for footer in site.footers:
        for person in footer.people("responsible"):
            return passed(footer.evidence(person.excerpt), name=person.name)
    wordings = ("chịu trách nhiệm", "trưởng ban biên tập", "người phụ trách")
    return _footer_without(site, around, may_name_person, _person, *wordings)


def _person(footer: Footer) -> str | None:
    return next((person.excerpt for person in footer.people("responsible")), None)


@rule
def footer_address(site: SiteFacts, around: Surroundings) -> Verdict:
    """The footer gives a postal address."""
    for footer in site.footers:
        for contact in footer.contacts("address"):
            if is_postal(contact.value) and not _is_of_makers(footer, contact):
                return passed(footer.evidence(contact.text), value=contact.value)
    return _footer_without(site, around, may_give_address, _contact("address"), "địa chỉ", "trụ sở")


@rule
def footer_phone(site: SiteFacts, around: Surroundings) -> Verdict:
    """The footer gives a phone number one can dial."""
    return _footer_contact(site, around, "phone", "điện thoại", "ĐT", "tel", "đường dây nóng")


@rule
def footer_email(site: SiteFacts, around: Surroundings) -> Verdict:
    """The footer gives an e-mail address."""
    return _footer_contact(site, around, "email", "email", "thư điện tử", "hòm thư")


def _footer_contact(site: SiteFacts, around: Surroundings, kind: str, *wordings: str) -> Verdict:
    masked: Footer | None = None
    for footer in site.footers:
        for contact in footer.contacts(kind):
            if _is_of_makers(footer, contact):
                continue
            if not contact.hidden:
                return passed(footer.evidence(footer.line_of(contact)), value=contact.value)
            masked = footer
    if masked is not None:
        return cant_tell("masked_email", masked.evidence(masked.text), searched=site.searched_home(*wordings))
    may_be = may_give_phone if kind == "phone" else may_give_mail
    return _footer_without(site, around, may_be, _contact(kind), *wordings)


def _contact(kind: str) -> Look:
    """Finds a contact of a kind in a block."""
    return lambda block: next((each.text for each in block.contacts(kind) if not _is_of_makers(block, each)), None)


def _is_of_makers(footer: Footer, contact: Contact) -> bool:
    """Whether a contact stands behind the words that thank the portal's makers."""
    line = footer.line_of(contact)
    return is_credit(line.partition(contact.text)[0] if contact.text in line else line)


# --- ways to reach the agency ------------------------------------------------------------------------------


@rule
def official_email(site: SiteFacts, around: Surroundings) -> Verdict:
    """The agency's own e-mail addresses lie on a domain of the state."""
    boxes = agency_mailboxes(site, around)
    private = [box for box in boxes if box.service == "free"]
    if private:
        return failed(*(box.evidence for box in private[:3]), value=[box.address for box in private])
    for service, reason in (("masked", "masked_email"), ("other", "needs_review")):
        doubtful = next((box for box in boxes if box.service == service), None)
        if doubtful is not None:
            return cant_tell(reason, doubtful.evidence)
    if boxes:
        return passed(boxes[0].evidence, value=[box.address for box in boxes])
    search = Search(site, "contact_page")
    if search.hindrance is not None:
        return search.hindrance
    if all(footer.is_picture for footer in site.footers):
        return cant_tell("text_in_image", searched=search.searched)
    return inapplicable("no_email")


@rule(whole_run=True)
def contact_page(site: SiteFacts, around: Surroundings) -> Verdict:
    """A contact page with address, phone and e-mail is reached from home."""
    search = Search(site, "contact_page")
    pages = [(_contact_parts_missing(view), view) for view in search.own_pages]
    missing, best = min(pages, key=lambda page: len(page[0]), default=([], None))
    if best is None:
        mail = next(
            (hit for hit in search.entries if hit.link and hit.link.url.startswith(("mailto:", "tel:"))), None
        )
        if mail is not None and mail is search.entries[0]:
            return cant_tell("needs_review", mail.evidence, searched=search.searched)
        answer = not_found(search, around, "identity.contact_page", "body")
        unnamed = contact_block(site) if answer.outcome == "failed" else None
        return cant_tell("needs_review", unnamed, searched=search.searched) if unnamed else answer
    entry = next(hit for hit in search.entries if hit.answered == "open")
    if not missing:
        return passed(entry.evidence)
    page = site.page(best.url)
    reason = site.unsettled(page) if page else None
    if page is not None and reason is not None:
        return cant_tell(reason, entry.evidence, searched=search.searched, wanted=site.wanted(page))
    masked = "email" in missing and any(each.hidden for each in best.contacts)
    told = "masked_email" if masked else "needs_review"
    return cant_tell(told, entry.evidence, searched=search.searched, missing=missing)


def _contact_parts_missing(view: PageFacts) -> list[str]:
    """What a citizen who opens a page does not find on it, of an address, a phone number and an e-mail address."""
    given = {each.kind for each in view.contacts if not each.hidden and not is_credit(each.text)}
    return [kind for kind in ("address", "phone", "email") if kind not in given]


@rule
def channels_announced(site: SiteFacts) -> Verdict:
    """The agency's channels beside the portal are named in the header, the footer or a contact block."""
    home = site.known_home
    search = Search(site, "contact_page")
    named = {
        kind: seen for view in search.own_pages for kind, seen in named_channels(site, view, whole=True).items()
    }
    for view in home.views:
        named |= named_channels(site, view)
    unnamed = [each for each in home_channels(site) if each.kind not in named]
    if named and not unnamed:
        return passed(*list(named.values())[:3], channels=[NAMES[kind] for kind in sorted(named)])
    if not unnamed:
        reason = site.unsettled(home)
        return cant_tell(reason or "no_channel_seen", searched=search.searched, wanted=site.wanted(home))
    if search.hindrance is not None:
        return search.hindrance
    own = [each for each in unnamed if each.embedded and is_own(each, site.portal)]
    if not own:
        return cant_tell("needs_review", unnamed[0].evidence, searched=search.searched)
    kinds = sorted({NAMES[each.kind] for each in own})
    return failed(own[0].evidence, searched=search.searched, channels=kinds)


@rule(whole_run=True)
def spokesperson(site: SiteFacts, around: Surroundings) -> Verdict:
    """The regular spokesperson's name, position, phone and official e-mail are on the portal."""
    search = Search(site, "spokesperson")
    entries = entries_of(site, search)
    person, view = min(entries, key=lambda entry: len(lacking(entry[0])), default=(None, None))
    if person is not None and view is not None and not lacking(person):
        return passed(shown(person, view), name=person.name)
    if search.documents:
        return cant_tell("document_not_read", search.documents[0].evidence, searched=search.searched)
    if person is not None and view is not None:
        return incomplete(site, search, person, view)
    if search.hindrance is not None:
        return search.hindrance
    unread = next((hit for hit in search.entries if hit.answered == "open" and may_name(site, hit)), None)
    unread = unread or may_speak(site, search)
    if unread is not None:
        return cant_tell("needs_review", unread.evidence, searched=search.searched)
    if site.portal.is_component:
        return on_main_portals_list(search, around)
    return failed(searched=search.searched, missing=["name", *PARTS])
