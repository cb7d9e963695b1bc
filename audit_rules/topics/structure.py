"""One main portal and its component sites: the links between them and to the national services."""

from __future__ import annotations

from audit_rules.facts import Link, Portal, Surroundings, known
from audit_rules.rule import rule
from audit_rules.search import Search
from audit_rules.services import is_local_service, is_national_service
from audit_rules.site import SiteFacts, evidence, region_words
from audit_rules.verdict import Verdict, cant_tell, failed, inapplicable, passed

FEWEST_CONFIRMED = 5
WITH_PROCEDURES = frozenset({"ministry", "province", "department", "commune"})
_TEXT = ("teaser", "article")


@rule
def links_to_main_portal(site: SiteFacts, around: Surroundings) -> Verdict:
    """The home page of a component site leads to its main portal."""
    if site.portal.is_main:
        return inapplicable("is_main_portal")
    main = around.main_portal
    if main is None:
        return cant_tell("no_known_parent")
    home = known(site.home, "home", "unreachable")
    for link, view in site.home_links():
        if link.region not in _TEXT and around.book.owner(link.url) == main.id:
            return passed(evidence(view, region_words(link.region), f"{link.text} → {link.url}"))
    searched = site.searched_home(*(str(address) for address in main.addresses))
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=(home.url,))
    return failed(searched=searched, main_portal=str(main.address))


@rule
def lists_component_sites(site: SiteFacts, around: Surroundings) -> Verdict:
    """The main portal lists the component sites that a person confirmed and that answered."""
    if not site.portal.is_main:
        return inapplicable("is_component")
    home = known(site.home, "home", "unreachable")
    confirmed = [portal for portal in around.components if portal.confirmed and portal.status == "active"]
    if len(confirmed) < FEWEST_CONFIRMED or 2 * len(confirmed) < len(around.components):
        return cant_tell("registry_unconfirmed", confirmed=len(confirmed), known=len(around.components))
    linked = {around.book.owner(link.url) for link in _listing_links(site)}
    missing = [portal for portal in confirmed if portal.id not in linked]
    share = round(1 - len(missing) / len(confirmed), 3)
    if not missing:
        return passed(evidence(home.views[0], "toàn trang / whole page", home.views[0].title), share=share)
    if around.answered is None or all(portal.id not in around.answered for portal in missing):
        return cant_tell("components_not_visited", missing=_names(missing), share=share)
    absent = [portal for portal in missing if portal.id in around.answered]
    search = Search(site, "links_page")
    if search.hindrance is not None:
        return search.hindrance
    return failed(searched=search.searched, missing=_names(absent), share=share)


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
    known(site.home, "home", "unreachable")
    local: list[tuple[Link, str]] = []
    for link, view in site.links:
        if is_national_service(link.url):
            return passed(evidence(view, region_words(link.region), f"{link.text} → {link.url}"))
        if is_local_service(link.url, link.text):
            answer = site.net.answer(link.url)
            if answer is not None and answer.status is not None and answer.status < 400:
                if is_national_service(answer.final_url):
                    return passed(evidence(view, region_words(link.region), f"{link.text} → {answer.final_url}"))
                local.append((link, "local_system"))
            elif answer is None or answer.error is not None:
                local.append((link, "coverage"))
    if local:
        link, reason = min(local, key=lambda pair: pair[1] != "local_system")
        return cant_tell(reason, system=link.url)
    search = Search(site, "national_services")
    return search.hindrance or failed(searched=search.searched)
