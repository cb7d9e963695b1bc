"""Addresses that belong into the registry by all appearance: seen linked under a main portal, or formed as Nghị
định 224/2026 Điều 11(4) has it. Nothing is fetched and nothing is added: what is found is proposed to a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from audit.registry.departments import Department, department_of, departments
from audit.registry.proposed import Confidence, Proposal
from audit.registry.registry import Registry, in_force
from audit.words import clean
from audit_rules.address import Address, BadAddress, plain_host, split_url
from audit_rules.domains import domain_of, place_of
from audit_rules.facts import Agency, Kind, Link, Portal
from audit_rules.naming import calls
from audit_rules.reading.vietnamese import fold
from storage.archive import Archive
from storage.records import PortalRun

PER_PORTAL = 300
"""Hosts proposed for one main portal, those linked from most pages first."""
_GATHERED = 5_000
"""Hosts of one main portal that are held while its pages are read; a page may link to names without end."""
_LONGEST_TEXT = 120
_EDGES = frozenset({"header", "menu", "aside", "footer"})
_FORMER_LEVEL = re.compile(r"(?:(?:ubnd|uy ban nhan dan)\s+)?(?:huyen|quan|thi xa)\s")
"""How the text of a link begins that names a district: there is none since July 2025."""
_LEADS = frozenset({"a", "area", "option", "data", "refresh", "frame"})
_MACHINES = re.compile(
    r"(cdn|static|img|images?|media|files?|mail|webmail|smtp|ns\d*|vpn|api|sso|login|test|beta|demo)\d*\Z"
)
"""Labels of hosts that serve machines, or try something out: rarely portals."""


@dataclass(slots=True)
class _Host:
    """A host that a main portal's pages link to."""

    first: str
    pages: set[str] = field(default_factory=set)
    texts: Counter[str] = field(default_factory=Counter)
    at_edge: bool = False
    in_lists: bool = False
    on_home: bool = False


def linked(archive: Archive, run_id: str, registry: Registry, mains: Sequence[Portal], day: date) -> list[Proposal]:
    """Hosts below the domains of main portals that pages of a run link to and that no row of the registry has, in
    the order of the main portals, those on more pages first. Raises ArchiveError."""
    by_id = {main.id: main for main in mains}
    found: dict[str, list[Proposal]] = {}
    for each in archive.portals(run_id, pages=True, only=list(by_id)):
        main = by_id[each.portal.id]
        hosts = _hosts_linked(each, _domains(main), registry)
        ranked = sorted(hosts.items(), key=lambda item: (-len(item[1].pages), item[0]))[:PER_PORTAL]
        found[main.id] = [_proposal(host, seen, main, registry, day, run_id) for host, seen in ranked]
    return _with_own_ids([one for main in mains for one in found.get(main.id, ())], registry)


def formed(
    registry: Registry, mains: Sequence[Portal], day: date, beside: Collection[Proposal] = ()
) -> list[Proposal]:
    """Addresses that departments without one may have by the decree's pattern, for provinces; ``beside`` are what
    was seen already. Nobody has seen these: they are for a person, or a name server, to look at."""
    seen = {one.cells["address"] for one in beside}
    having = {one.cells["agency_id"] for one in beside}
    having |= {p.agency.id for p in registry.portals.values() if p.agency is not None and p.status != "retired"}
    found: list[Proposal] = []
    for main in mains:
        if main.kind != "province" or main.agency is None:
            continue
        for agency in _bodies_of(main, registry, day):
            of = next((one for one in departments() if _is_of(agency, one)), None)
            if of is None or agency.id in having:
                continue
            for host in (f"{slug}.{domain_of(main)}" for slug in of.slugs):
                if host not in seen and not registry.on_host(host):
                    source = "Ghép theo Nghị định 224/2026/NĐ-CP Điều 11(4)(b), chưa thấy ở đâu"
                    cells = _cells(host, main, agency, "department", source)
                    found.append(Proposal("formed", cells, "low", agency.name_vi))
    return _with_own_ids(found, registry, beside)


# --- links ---------------------------------------------------------------------------------------------------


def _hosts_linked(each: PortalRun, domains: Collection[str], registry: Registry) -> Mapping[str, _Host]:
    found: dict[str, _Host] = {}
    for page in each.visit.pages:
        for link in (link for view in page.views for link in view.links):
            host = _below(link, domains)
            if not host or (host not in found and (len(found) >= _GATHERED or registry.on_host(host))):
                continue
            seen = found.setdefault(host, _Host(page.url))
            seen.pages.add(page.url)
            seen.texts[clean(link.text or link.hint)[:_LONGEST_TEXT]] += 1
            seen.at_edge |= link.region in _EDGES
            seen.in_lists |= link.region != "article"
            seen.on_home |= page.url == each.visit.home and link.region != "article"
    return found


def _below(link: Link, domains: Collection[str]) -> str:
    """The host of a link below one of the domains, or an empty text."""
    if link.kind not in _LEADS:
        return ""
    host = split_url(link.url)[0]
    if host in domains or not any(host.endswith(f".{domain}") for domain in domains):
        return ""
    try:
        return plain_host(Address.parse(host).host)
    except BadAddress:
        return ""


def _domains(main: Portal) -> list[str]:
    """The domains of a main portal: its own first, then those of its other and its inherited addresses."""
    told = (domain_of(main), *(plain_host(a.host) for a in main.addresses if not a.path))
    return list(dict.fromkeys(told))


def _proposal(host: str, seen: _Host, main: Portal, registry: Registry, day: date, run_id: str) -> Proposal:
    text = next((text for text, _ in sorted(seen.texts.items(), key=lambda item: (-item[1], item[0])) if text), "")
    agency, kind, is_sure = _whose(host, text, main, registry, day)
    source = f"Liên kết trên {seen.first}, lần kiểm tra {run_id}"
    return Proposal(
        "linked",
        _cells(host, main, agency, kind, source),
        _confidence(host, seen, is_sure=is_sure, is_named=agency is not None),
        agency.name_vi if agency else "",
        seen_on=seen.first,
        pages=len(seen.pages),
        text=text,
    )


def _confidence(host: str, seen: _Host, *, is_sure: bool, is_named: bool) -> Confidence:
    """High where home leads to a body that label and text tell alike, medium where one of them tells a body; low
    where only articles lead there, or where the host serves machines."""
    if _MACHINES.match(host.partition(".")[0]) or not seen.in_lists:
        return "low"
    if is_sure and seen.on_home:
        return "high"
    return "medium" if is_named or (seen.at_edge and len(seen.pages) > 1) else "low"


def _whose(host: str, text: str, main: Portal, registry: Registry, day: date) -> tuple[Agency | None, Kind, bool]:
    """The body of a host and the kind of its portal, and whether label and text tell them apart from any other."""
    former = {plain_host(address.host) for address in main.inherited}
    label = host.partition(".")[0]
    guess = registry.find(host, day).kind
    if any(host.endswith(f".{domain}") for domain in former):
        return None, "archive" if guess in ("department", "commune", "unit") else guess, False
    bodies = list(_bodies_of(main, registry, day))
    of = department_of(label)
    if (of is not None and of.rank == "former") or _FORMER_LEVEL.match(fold(text)):
        return None, "archive", False
    named = [agency for agency in bodies if text and calls(text, agency, titled=True)]
    labelled = [agency for agency in bodies if _is_labelled(label, agency, of)]
    both = [agency for agency in labelled if agency in named]
    for told, is_sure in ((both, True), (labelled, False), (named, False)):
        if len(told) == 1:
            return told[0], told[0].kind, is_sure
    return None, guess, False


def _bodies_of(main: Portal, registry: Registry, day: date) -> Iterator[Agency]:
    """The bodies right below a main portal's, in force on a day."""
    for agency in registry.agencies.values():
        if main.agency is not None and agency.parent_id == main.agency.id and in_force(agency, day):
            yield agency


def _is_labelled(label: str, agency: Agency, of: Department | None) -> bool:
    if agency.kind != "commune":
        return of is not None and _is_of(agency, of)
    place = place_of(agency)
    return bool(place) and label.replace("-", "") in (place, f"xa{place}", f"phuong{place}")


def _is_of(agency: Agency, department: Department) -> bool:
    """Whether an agency is a province's department of this sort."""
    names = (agency.name_vi, *agency.other_names)
    return agency.kind == "department" and any(name.startswith(f"{department.name_vi} ") for name in names)


# --- rows ----------------------------------------------------------------------------------------------------


def _cells(host: str, main: Portal, agency: Agency | None, kind: Kind, source: str) -> dict[str, str]:
    label = next(
        (host.removesuffix(f".{domain}") for domain in _domains(main) if host.endswith(f".{domain}")), host
    )
    return {
        "id": f"{main.id}-{label.replace('.', '-')}",
        "agency_id": agency.id if agency else "",
        "kind": kind,
        "address": host,
        "main_portal_id": main.id,
        "status": "to_confirm",
        "source": source,
    }


def _with_own_ids(
    found: Iterable[Proposal], registry: Registry, beside: Collection[Proposal] = ()
) -> list[Proposal]:
    """The proposals, each with an id that no other and no row of the registry has."""
    taken = {*registry.portals, *registry.units, *(one.cells["id"] for one in beside)}
    told: list[Proposal] = []
    for one in found:
        number, id_ = 1, one.cells["id"]
        while id_ in taken:
            number += 1
            id_ = f"{one.cells['id']}-{number}"
        taken.add(id_)
        told.append(replace(one, cells={**one.cells, "id": id_}))
    return told
