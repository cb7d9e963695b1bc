"""E-mail addresses that are the agency's own: those of the footer and of the contact page's block, and whose mail
service they lie with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Contact, PageFacts, Region, Surroundings
from audit_rules.footer import Footer
from audit_rules.owners import is_of_others, speaks_of_body
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import fold
from audit_rules.search import Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence

Service = Literal["state", "free", "other", "masked"]

_TEXT: tuple[Region, ...] = ("main", "article", "aside")
_DATA = load("state_domains.toml")
_STATE = tuple(entry["domain"] for entry in _DATA["state"])
_FREE = tuple(_DATA["free_mail"]["domains"])
_LINES_OF_OTHERS = 2
"""Lines after the name of somebody else that are theirs."""
_COMPANY = re.compile(r"\b(?:cong ty|cty)\b")
_CLERKS = re.compile(r"\b(?:quan tri|webmaster|admin|tin bai|cong tac vien|ban doc)\b")
"""Words by which an address may be that of whoever keeps the portal, not of the agency."""
_BLOCK = 6
"""Lines from a postal address within which an e-mail address belongs to the same body."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address of the agency and where it was seen; ``address`` is empty where it is masked."""

    address: str
    service: Service
    evidence: Evidence


def agency_mailboxes(site: SiteFacts, around: Surroundings) -> tuple[Mailbox, ...]:
    """The agency's own addresses, each once; those of makers, of news, of people and of other offices are not."""
    portals = (site.portal, around.main_portal)
    hosts = tuple(address.plain.partition("/")[0] for each in portals if each for address in each.addresses)
    found: dict[str, Mailbox] = {}
    for contact, shown in (*_in_footer(site), *_in_contact_block(site)):
        service: Service = "masked" if contact.hidden else _service(contact.value.rpartition("@")[2], hosts)
        if service == "free" and _CLERKS.search(fold(shown.excerpt)):
            service = "other"
        found.setdefault(contact.value, Mailbox(contact.value, service, shown))
    return tuple(found.values())


def _in_footer(site: SiteFacts) -> Iterator[tuple[Contact, Evidence]]:
    for footer in site.footers:
        for contact in footer.contacts("email"):
            line = footer.view.lines[contact.line].text if contact.line in footer.indexes else contact.text
            if not is_of_others(line) and not _follows_others(footer, contact.line):
                yield contact, footer.evidence(line)


def _follows_others(footer: Footer, line: int) -> bool:
    """Whether a line goes on in the block of somebody else: makers give name, phone and mail in lines."""
    for at in range(line - 1, line - 1 - _LINES_OF_OTHERS, -1):
        if at not in footer.indexes or line not in footer.indexes:
            return False
        text = footer.view.lines[at].text
        if is_of_others(text) or _COMPANY.search(fold(text)):
            return True
        if speaks_of_body(text) or any(each.line == at and each.kind != "phone" for each in footer.view.contacts):
            return False
    return False


def _in_contact_block(site: SiteFacts) -> Iterator[tuple[Contact, Evidence]]:
    for view in Search(site, "contact_page").own_pages:
        footer = site.footer_of(view)
        elsewhere = footer.indexes if footer is not None else frozenset()
        places = [each.line for each in view.contacts if each.kind == "address" and each.line not in elsewhere]
        for contact in view.contacts:
            if contact.kind == "email" and contact.line not in elsewhere and _is_near(view, contact.line, places):
                yield contact, evidence(view, region_words("main"), view.lines[contact.line].text)


def contact_block(site: SiteFacts) -> Evidence | None:
    """Address, phone and e-mail together in the text of a page that is not called a contact page; what is given for
    advertising is none."""
    refused = {
        site.page(link.url) for link, _, found in site.links_naming("contact_page") if found.why_not == "news"
    }
    for page in site.visit.pages:
        for view in page.views if page not in refused else ():
            footer = site.footer_of(view)
            elsewhere = footer.indexes if footer is not None else frozenset()
            own = [
                each
                for each in view.contacts
                if each.line not in elsewhere
                and each.line < len(view.lines)
                and not each.hidden
                and view.lines[each.line].region in _TEXT
                and not is_of_others(view.lines[each.line].text)
            ]
            if {each.kind for each in own} == {"address", "phone", "email"} and own[-1].line - own[
                0
            ].line <= _BLOCK:
                return evidence(view, region_words("main"), " | ".join(each.text for each in own[:3]))
    return None


def _is_near(view: PageFacts, line: int, places: list[int]) -> bool:
    """Whether a line lies in the block of the first postal address: further ones are those of other offices."""
    return (
        bool(places)
        and 0 <= line - places[0] <= _BLOCK
        and line < len(view.lines)
        and not any(
            is_of_others(each.text) or (each.heading and at)
            for at, each in enumerate(view.lines[places[0] : line + 1])
        )
    )


@lru_cache(maxsize=4096)
def _service(domain: str, hosts: tuple[str, ...]) -> Service:
    """Whose a mail domain is: the state's by the sourced list or as a host of the registry, a free provider's, or
    somebody's whom no list names."""
    if _lies_under(domain, (*_STATE, *hosts)):
        return "state"
    return "free" if domain in _FREE else "other"


def _lies_under(domain: str, parents: tuple[str, ...]) -> bool:
    return any(domain == parent or domain.endswith(f".{parent}") for parent in parents)
