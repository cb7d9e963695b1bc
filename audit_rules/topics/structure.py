"""One main portal and its component sites: the links between them, to the Government and to the national services;
one frame around the pages of each; the sites of bodies that are no more."""

from __future__ import annotations

from dataclasses import replace

from audit_rules.address import split_url
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, Portal, Surroundings
from audit_rules.family import (
    component_links,
    entry_without_link,
    lies_under,
    link_to,
    links_to_components,
    listing_links,
    may_lead_to,
)
from audit_rules.owners import names_owner
from audit_rules.reading.vietnamese import words
from audit_rules.rule import rule
from audit_rules.sameness import Foot, Header, Sameness
from audit_rules.search import Search
from audit_rules.services import is_local_service, is_national_service, may_be_service, names_services
from audit_rules.site import DEAD, SiteFacts
from audit_rules.verdict import Evidence, Searched, Verdict, cant_tell, failed, inapplicable, passed

FEWEST_CONFIRMED = 5
WITH_PROCEDURES = frozenset({"ministry", "province", "department", "commune"})
_GOVERNMENT = "https://chinhphu.vn/"
_GOVERNMENT_HOSTS = frozenset({"chinhphu.vn", "en.chinhphu.vn", "zh.chinhphu.vn"})
_FORMER_HOSTS = frozenset({"chinhphu.gov.vn", "vietnam.gov.vn"})
"""Addresses that the Government portal had before."""
_GOVERNMENT_NAMES = frozenset(
    {
        "chinh phu",
        "cong chinh phu",
        "cong thong tin dien tu chinh phu",
        "cong ttdt chinh phu",
        "trang thong tin dien tu chinh phu",
        "website chinh phu",
    }
)
_LONGEST_NAME = 80
_TEXT = ("teaser", "article")
_NOT_THERE = frozenset({404, 410})


@rule
def links_to_main_portal(site: SiteFacts, around: Surroundings) -> Verdict:
    """The home page of a component site leads to its main portal."""
    if site.portal.is_main:
        return inapplicable("is_main_portal")
    main = around.main_portal
    if main is None:
        return cant_tell("no_known_parent")
    home, seen = site.known_home, link_to(site, around, main)
    if seen is not None:
        return passed(seen)
    searched = site.searched_home(*(str(address) for address in main.addresses))
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    doubtful = may_lead_to(site, around, main)
    if doubtful is not None:
        return cant_tell("needs_review", doubtful, searched=searched)
    return failed(searched=searched, main_portal=str(main.address))


@rule(whole_run=True)
def lists_component_sites(site: SiteFacts, around: Surroundings) -> Verdict:
    """The main portal lists the component sites that a person confirmed and that answered."""
    if not site.portal.is_main:
        return inapplicable("is_component")
    home = site.known_home
    confirmed = [portal for portal in around.components if portal.confirmed and portal.status == "active"]
    if len(confirmed) < FEWEST_CONFIRMED or 2 * len(confirmed) < len(around.components):
        return cant_tell("registry_unconfirmed", confirmed=len(confirmed), known=len(around.components))
    linked = {component.id for _, _, component in links_to_components(site, around)}
    missing = [portal for portal in confirmed if portal.id not in linked]
    share = round(1 - len(missing) / len(confirmed), 3)
    if not missing:
        return passed(evidence(home.views[0], "toàn trang / whole page", home.views[0].title), share=share)
    search = Search(site, "links_page")
    if search.hindrance is not None:
        return search.hindrance
    absent = [portal for portal in missing if portal.id in (around.answered or ())]
    if not absent:
        return cant_tell("components_not_visited", missing=_names(missing), share=share)
    if _may_lead_to(absent, site):
        return cant_tell("coverage", searched=search.searched, missing=_names(absent), share=share)
    if _are_listed_elsewhere(absent, site, around):
        return cant_tell("needs_review", searched=search.searched, missing=_names(absent), share=share)
    return failed(searched=search.searched, missing=_names(absent), share=share)


def _are_listed_elsewhere(absent: list[Portal], site: SiteFacts, around: Surroundings) -> bool:
    """Whether pages that are no links pages by their names link to the components that home does not."""
    hosts = {split_url(f"https://{address}")[0] for portal in absent for address in portal.addresses}
    links = [link for link, _ in site.links if link.region not in _TEXT and split_url(link.url)[0] in hosts]
    return {portal.id for portal in absent} <= {around.book.owner(link.url) for link in links}


def _may_lead_to(absent: list[Portal], site: SiteFacts) -> bool:
    """Whether a link of the portal's own, called like a component, was not followed: it may be sent on there."""
    names = {" ".join(words(portal.agency.name_vi)) for portal in absent if portal.agency}
    unread = {" ".join(words(link.text)) for link, _ in listing_links(site) if _is_unread(link, site)}
    return any(name in text for text in unread for name in names if name)


def _is_unread(link: Link, site: SiteFacts) -> bool:
    return site.page(link.url) is None and site.answer(link.url) is None and site.owns(link.url)


def _names(portals: list[Portal]) -> list[str]:
    return [f"{portal.agency.name_vi if portal.agency else portal.id} ({portal.address})" for portal in portals]


@rule
def links_to_national_services(site: SiteFacts) -> Verdict:
    """The portal leads to the National Public Service Portal, itself or through its local service host."""
    if site.portal.kind not in WITH_PROCEDURES:
        return inapplicable("no_procedures")
    local: list[tuple[Link, str]] = []
    sent_on = any(is_national_service(answer.final_url) for answer in site.net.asked)
    for link, view in site.links:
        end = site.end_of(link.url) if sent_on else link.url
        if is_national_service(end):
            return passed(evidence(view, region_words(link.region), f"{link.text} → {end}"))
        if is_local_service(link.url, link.text) and not site.owns(link.url):
            answer = site.answer(link.url)
            if answer is None or answer.status is None or answer.status not in _NOT_THERE:
                opens = answer is not None and answer.status is not None and answer.status < 400
                local.append((link, "local_system" if opens else "coverage"))
    if local:
        link, reason = min(local, key=lambda pair: pair[1] != "local_system")
        return cant_tell(reason, system=link.url)
    search = Search(site, "national_services")
    if search.hindrance is not None:
        return search.hindrance
    entry = entry_without_link(site, names_services) or _to_services(site)
    return cant_tell("needs_review", entry, searched=search.searched) if entry else failed(searched=search.searched)


def _to_services(site: SiteFacts) -> Evidence | None:
    """A link out of the portal to a place whose name speaks of services under another word."""
    for link, view in site.links:
        if link.region not in _TEXT and may_be_service(link.url, link.text) and _may_open(link, site):
            return evidence(view, region_words(link.region), f"{link.text} → {link.url}")
    return None


def _may_open(link: Link, site: SiteFacts) -> bool:
    """Whether a link leads out of the portal, or to a place that nobody read, and is not known to be dead."""
    answer = site.answer(link.url)
    if answer is not None and answer.status in _NOT_THERE:
        return False
    return not site.owns(link.url) or (site.page(link.url) is None and site.skipped(link.url) != DEAD)


@rule(whole_run=True)
def component_links_alive(site: SiteFacts, around: Surroundings) -> Verdict:
    """Every link of the main portal to a confirmed component site answers.

    A page that is not there, a host without a name or a door are faults; an answer that may be meant for us alone
    (a block, a timeout, an error of the server) accuses nobody, nor does anything before the run is over.
    """
    if not site.portal.is_main:
        return inapplicable("is_component")
    home, links = site.known_home, component_links(site, around)
    if not links:
        reason = site.unsettled(home)
        if reason is not None:
            return cant_tell(reason, wanted=site.wanted(home))
        unconfirmed = bool(links_to_components(site, around))
        return cant_tell("registry_unconfirmed") if unconfirmed else inapplicable("no_component_links")
    dead = [each for each in links if each.alive == "dead"]
    told = [each.told for each in dead]
    if dead and around.answered is None:
        return cant_tell("whole_run_needed", *(each.evidence for each in dead), links=told)
    if dead:
        return failed(*(each.evidence for each in dead), missing=told, count=len(links))
    unanswered = [each.told for each in links if each.alive == "unanswered"]
    not_asked = [each.told for each in links if each.alive == "not_asked"]
    if unanswered or not_asked:
        return cant_tell("links_unanswered" if unanswered else "links_not_asked", links=unanswered or not_asked)
    return passed(links[0].evidence, count=len(links))


@rule
def is_component_by_name(site: SiteFacts, around: Surroundings) -> Verdict:
    """A component site lies under its main portal's address, as a sub-domain or as a path."""
    if site.portal.is_main:
        return inapplicable("is_main_portal")
    main = around.main_portal
    if main is None:
        return cant_tell("no_known_parent")
    view = site.known_home.views[0]
    seen = evidence(view, "địa chỉ trang / address", view.url)
    answer = passed if lies_under(site.portal, main, around) else failed
    return answer(seen, address=str(site.portal.address), main_portal=str(main.address))


@rule
def links_to_government_portal(site: SiteFacts) -> Verdict:
    """The main portal links to the Government portal (chinhphu.vn)."""
    if not site.portal.is_main:
        return inapplicable("is_component")
    if site.owns(_GOVERNMENT):
        return inapplicable("is_government_portal")
    beside: list[Evidence] = []
    sent_on = any("chinhphu" in answer.final_url for answer in site.net.asked)
    for link, view in site.links:
        end = site.end_of(link.url) if sent_on else link.url
        if "chinhphu" not in end and "vietnam.gov.vn" not in end:
            continue
        host, path = split_url(end)
        seen = evidence(view, region_words(link.region), f"{link.text} → {end}")
        if host in _GOVERNMENT_HOSTS and (path == "/" or link.region not in _TEXT):
            return passed(seen)
        if (
            (host.endswith(".chinhphu.vn") or host in _FORMER_HOSTS)
            and not site.owns(end)
            and link.region not in _TEXT
        ):
            beside.append(seen)
    searched = Searched(site.looked, ("chinhphu.vn",))
    if beside:
        return cant_tell("needs_review", *beside[:3], searched=searched)
    if any(_is_called_government(link.text) and _is_unread(link, site) for link, _ in site.links):
        return cant_tell("coverage", searched=searched)
    hindrance = Search(site, "links_page").hindrance
    if hindrance is not None:
        return hindrance
    entry = entry_without_link(site, _is_called_government)
    return cant_tell("needs_review", entry, searched=searched) if entry else failed(searched=searched)


def _is_called_government(text: str) -> bool:
    """Whether a text does nothing but name the Government or its portal."""
    told = " ".join(words(text)) if len(text) <= _LONGEST_NAME else ""
    return (
        told.removesuffix(" viet nam").removesuffix(" nuoc chxhcn").removesuffix(" nuoc cong hoa xa hoi chu nghia")
        in _GOVERNMENT_NAMES
    )


@rule
def same_header(site: SiteFacts) -> Verdict:
    """Inner pages carry the header of the home page: the agency's name, the logo, the menu."""
    return Sameness(site, "header", Header).verdict()


@rule
def same_footer(site: SiteFacts) -> Verdict:
    """Inner pages carry the footer of the home page."""
    return Sameness(site, "footer", lambda view: Foot(view, site)).verdict()


@rule
def archive_says_so(site: SiteFacts, around: Surroundings) -> Verdict:
    """The site of an abolished body leads on to its successor, or names it and links to it."""
    agency = site.portal.agency
    ended = agency is not None and agency.valid_to is not None and agency.valid_to < around.day
    if not ended and site.portal.kind != "archive":
        return inapplicable("not_abolished")
    successor = around.successor
    if successor is None:
        return cant_tell("no_known_successor")
    home, linked = site.known_home, link_to(site, around, successor)
    alone = replace(around, main_portal=None)
    named = any(names_owner(view.lines, successor, alone) for view in home.views)
    if linked is not None and (named or _sends_on(site, around, successor)):
        return passed(linked)
    searched = site.searched_home(str(successor.address), *([successor.agency.name_vi] if successor.agency else []))
    if linked is not None or named or _gives_address(site, successor):
        return cant_tell("needs_review", *([linked] if linked else []), searched=searched)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    return failed(searched=searched, successor=str(successor.address))


def _gives_address(site: SiteFacts, successor: Portal) -> bool:
    """Whether the home page tells a portal's address in its text."""
    texts = (line.text.lower() for view in site.known_home.views for line in view.lines)
    return any(str(address) in text for text in texts for address in successor.addresses)


def _sends_on(site: SiteFacts, around: Surroundings, successor: Portal) -> bool:
    """Whether the home page sends its readers on by itself."""
    ways = (link for link, _ in site.home_links() if link.kind == "refresh")
    return any(around.book.owner(link.url) == successor.id for link in ways)
