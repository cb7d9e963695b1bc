"""One main portal and its component sites: the links between them and to the national services."""

from __future__ import annotations

from audit_rules.address import plain_host, split_url
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, Portal, Surroundings
from audit_rules.reading.vietnamese import words
from audit_rules.rule import rule
from audit_rules.search import Search
from audit_rules.services import is_local_service, is_national_service
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, cant_tell, failed, inapplicable, passed

FEWEST_CONFIRMED = 5
WITH_PROCEDURES = frozenset({"ministry", "province", "department", "commune"})
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
    home = site.known_home
    for link, view in site.home_links():
        end = site.end_of(link.url)
        is_door = split_url(end) in _doors(
            main
        )  # a logo among sliding banners is a link; one to an article is none
        if around.book.owner(end) == main.id and (is_door or link.region not in _TEXT):
            return passed(evidence(view, region_words(link.region), f"{link.text} → {end}"))
    searched = site.searched_home(*(str(address) for address in main.addresses))
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    return failed(searched=searched, main_portal=str(main.address))


def _doors(portal: Portal) -> set[tuple[str, str]]:
    """Where a portal begins, as hosts and paths."""
    return {
        (plain_host(each.host), path) for each in portal.addresses for path in (each.path or "/", each.path + "/")
    }


@rule
def lists_component_sites(site: SiteFacts, around: Surroundings) -> Verdict:
    """The main portal lists the component sites that a person confirmed and that answered."""
    if not site.portal.is_main:
        return inapplicable("is_component")
    home = site.known_home
    confirmed = [portal for portal in around.components if portal.confirmed and portal.status == "active"]
    if len(confirmed) < FEWEST_CONFIRMED or 2 * len(confirmed) < len(around.components):
        return cant_tell("registry_unconfirmed", confirmed=len(confirmed), known=len(around.components))
    links = _listing_links(site)
    linked = {around.book.owner(site.end_of(link.url)) for link in links}
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
    if any(_may_lead_to(portal, link, site) for portal in absent for link in links):
        return cant_tell("coverage", searched=search.searched, missing=_names(absent), share=share)
    return failed(searched=search.searched, missing=_names(absent), share=share)


def _may_lead_to(portal: Portal, link: Link, site: SiteFacts) -> bool:
    """Whether a link of the portal's own, called like a component, was not followed: it may be sent on there."""
    name = " ".join(words(portal.agency.name_vi)) if portal.agency else ""
    unknown = site.owns(link.url) and site.page(link.url) is None and site.answer(link.url) is None
    return unknown and bool(name) and name in " ".join(words(link.text))


def _listing_links(site: SiteFacts) -> list[Link]:
    """Links of home (menus, selects, maps) and of the links pages its menu names."""
    pages = {hit.link.url.partition("#")[0] for hit in Search(site, "links_page").entries if hit.link}
    return [
        link
        for view in site.views
        if view.url in pages or (site.home is not None and view in site.home.views)
        for link in view.links
        if link.region != "article"
    ]


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
    return search.hindrance or failed(searched=search.searched)
