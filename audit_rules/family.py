"""The sites of one family, a main portal, its components and who came after them: whose address, which links."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from audit_rules.address import page_key, plain_host, split_url
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, PageFacts, Portal, Surroundings
from audit_rules.naming import calls, is_titled, said
from audit_rules.search import Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence

_TEXT = ("teaser", "article")
_LONGEST_NAME = 80
_LONGEST_SECTION = 4
_GENERIC = frozenset(
    {f"{site} {level}" for site in ("cong ttdt", "cong", "trang ttdt", "website") for level in ("tinh", "tp", "bo")}
)
"""What a component calls its main portal without a name."""
_ARTICLE = re.compile(r"\d{3,}|\.html?$|/tin")
_NOT_THERE = frozenset({404, 410})
_NO_HOST = frozenset({"dns", "refused"})
_STATE = (".gov.vn", ".edu.vn", ".org.vn", ".com.vn", ".net.vn")

Alive = Literal["alive", "dead", "unanswered", "not_asked"]


def doors(portal: Portal) -> frozenset[tuple[str, str]]:
    """Where a portal begins, as hosts and paths."""
    return frozenset(
        (plain_host(each.host), path) for each in portal.addresses for path in (each.path or "/", each.path + "/")
    )


def link_to(site: SiteFacts, around: Surroundings, portal: Portal) -> Evidence | None:
    """A link of the home page to a portal: to its door wherever it stands (a logo among sliding banners is a link),
    to a page of it in a menu or a list; one to an article, in a text, is none."""
    entries = doors(portal)
    for link, view in site.home_links():
        end = site.end_of(link.url)
        if around.book.owner(end) == portal.id and (link.region not in _TEXT or split_url(end) in entries):
            return evidence(view, region_words(link.region), f"{link.text} → {end}")
    return None


def may_lead_to(site: SiteFacts, around: Surroundings, portal: Portal) -> Evidence | None:
    """What may be the way to a portal where no link of home to it was seen: a link to it from another page, a short
    one among banners, an address written amiss, an entry called by its name that leads nobody knows where."""
    hosts = [str(each) for each in portal.addresses]
    door = re.compile(rf"(?<![\w.@-])(?:www\.)?(?:{'|'.join(map(re.escape, hosts))})(?![\w.-])")
    for link, view in site.links:
        if around.book.owner(link.url) == portal.id and not site.owns(link.url):
            if link.region not in _TEXT or (link.region == "teaser" and _is_no_title(link)):
                return _led(link, view)
        elif (site.owns(link.url) and door.search(split_url(link.url)[1])) or (
            link.region not in _TEXT and _is_called(link.text or link.hint, portal) and _is_unsure(link, site)
        ):
            return _led(link, view)
    return entry_without_link(site, lambda text: _is_called(text, portal))


def _led(link: Link, view: PageFacts) -> Evidence:
    return evidence(view, region_words(link.region), f"{link.text} → {link.url}")


def _is_no_title(link: Link) -> bool:
    """Whether the text of a link is too short for a piece of news: the name of a section, or a picture's."""
    return len(link.text.split()) <= _LONGEST_SECTION and not _ARTICLE.search(link.url)


def _is_unsure(link: Link, site: SiteFacts) -> bool:
    """Whether a link leads out of the portal, or to an address of its own that nobody followed."""
    return not site.owns(link.url) or (site.page(link.url) is None and site.answer(link.url) is None)


def _is_called(text: str, portal: Portal) -> bool:
    """Whether a text does nothing but name a portal."""
    if len(text) > _LONGEST_NAME:
        return False
    return said(text).strip() in _GENERIC or (is_titled(text) and calls(text, portal.agency, titled=True))


def entry_without_link(site: SiteFacts, is_called: Callable[[str], bool]) -> Evidence | None:
    """A line of a list or a box of home that has a thing's name, while no link does: scripts may open it.

    Header and footer say whose the portal is, a text what it tells of: neither is an entry."""
    for view in site.home.views if site.home else ():
        linked = {link.line for link in view.links}
        for at, line in enumerate(view.lines):
            if (
                line.region in ("main", "menu", "aside")
                and not line.heading
                and at not in linked
                and is_called(line.text)
            ):
                return evidence(view, region_words(line.region), line.text)
    return None


def listing_links(site: SiteFacts) -> Sequence[tuple[Link, PageFacts]]:
    """Links of home (menus, selects, maps) and of the links pages its menu names."""
    return site.once(_listing_links)


def _listing_links(site: SiteFacts) -> list[tuple[Link, PageFacts]]:
    pages = {hit.link.url.partition("#")[0] for hit in Search(site, "links_page").entries if hit.link}
    home = site.home.views if site.home is not None else ()
    views = [view for view in site.views if view.url in pages or any(view is look for look in home)]
    return [(link, view) for view in views for link in view.links if link.region != "article"]


# --- names ----------------------------------------------------------------------------------------------


def lies_under(portal: Portal, main: Portal, around: Surroundings) -> bool:
    """Whether an address of a portal lies under one of its main portal's, as a sub-domain or a path, or beside it
    in the same domain ("sxd.tinh.gov.vn" beside "cong.tinh.gov.vn")."""
    own = [each for each in (portal.address, *portal.aliases) if each.holds(around.day)]
    return any(
        above.owns(f"https://{each}/")
        or (not above.path and _is_below(plain_host(each.host), plain_host(above.host)))
        for above in main.addresses
        for each in own
    )


def _is_below(host: str, above: str) -> bool:
    domain = above
    if above.endswith(_STATE):
        domain = ".".join(above.split(".")[-3:])
    return host == domain or host.endswith(f".{domain}")


# --- links to components --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ComponentLink:
    """A link to a confirmed component; ``said`` is what its address answered: a status or an error."""

    link: Link
    view: PageFacts
    alive: Alive
    said: str

    @property
    def told(self) -> str:
        return f"{self.link.url} ({self.said})" if self.said else self.link.url

    @property
    def evidence(self) -> Evidence:
        return evidence(self.view, region_words(self.link.region), f"{self.link.text} → {self.told}")


def component_links(site: SiteFacts, around: Surroundings) -> list[ComponentLink]:
    """The links of home and its links pages to components that a person confirmed, each address once, and what it
    answered."""
    found: dict[str, ComponentLink] = {}
    for link, view, component in links_to_components(site, around):
        key = page_key(link.url)
        if key not in found and component.confirmed and component.status == "active":
            found[key] = ComponentLink(link, view, *_answered(site, around, link, component))
    return list(found.values())


def links_to_components(site: SiteFacts, around: Surroundings) -> Sequence[tuple[Link, PageFacts, Portal]]:
    """The links of home and its links pages that lead to a registered component, or are sent on to one."""
    return site.once(_links_to_components, around)


def _links_to_components(site: SiteFacts, around: Surroundings) -> list[tuple[Link, PageFacts, Portal]]:
    components = {portal.id: portal for portal in around.components}
    hosts = {plain_host(address.host) for portal in around.components for address in portal.addresses}
    found: list[tuple[Link, PageFacts, Portal]] = []
    for link, view in listing_links(site) if components else ():
        for url in dict.fromkeys((link.url, site.end_of(link.url))):
            # Most links lead elsewhere: to ask the book for the owner of each would take longest of all.
            component = components.get(around.book.owner(url) or "") if split_url(url)[0] in hosts else None
            if component is not None:
                found.append((link, view, component))
                break
    return found


def _answered(site: SiteFacts, around: Surroundings, link: Link, component: Portal) -> tuple[Alive, str]:
    """What a link's address answered. A dead one is no fault of ours: a page that is not there, a host without name
    or door, unless the component answered elsewhere in the same run; who turned us away accuses nobody."""
    answer, visited = site.answer(link.url), component.id in (around.answered or ())
    if answer is None:
        return ("alive" if visited and split_url(link.url) in doors(component) else "not_asked"), ""
    if answer.status is not None:
        if answer.status in _NOT_THERE:
            told_us_alone = visited and split_url(link.url) in doors(component)  # its home was read in the same run
            return "unanswered" if told_us_alone else "dead", str(answer.status)
        return ("alive" if answer.status < 400 else "unanswered"), str(answer.status)
    return ("dead" if answer.error in _NO_HOST and not visited else "unanswered"), answer.error or ""
