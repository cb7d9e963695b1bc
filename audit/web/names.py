"""Whose a portal is: names of agencies, the province that it belongs to, the agencies' own lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from audit.registry.registry import Registry, in_force
from audit.web.shapes import AgencyLine, FindingLine, Name, PortalLine
from audit_rules.facts import MAIN_KINDS, Agency, Portal
from storage.archive import Archive
from storage.nights import Nights
from storage.showing import Showing

_DEEPEST = 10


def name_of(agency: Agency) -> Name:
    return Name(agency.name_vi, agency.name_en or agency.name_vi)


def province_of(registry: Registry, portal: Portal) -> str | None:
    """The id of the province that a portal lies under, by its agency or that of its main portal."""
    agency = portal.agency
    if agency is None and portal.main_portal_id is not None:
        main = registry.portals.get(portal.main_portal_id)
        agency = main.agency if main is not None else None
    return province_above(registry, agency)


def province_above(registry: Registry, agency: Agency | None) -> str | None:
    for _ in range(_DEEPEST):
        if agency is None or agency.kind == "province":
            break
        agency = registry.agencies.get(agency.parent_id or "")
    return agency.id if agency is not None and agency.kind == "province" else None


def known_portals(
    archive: Archive, showing: Showing, run_id: str, portal_ids: Sequence[str]
) -> Mapping[str, Portal]:
    """Portals as a run had them: by the registry that a night was begun with, else each by what is stored of it."""
    packed = Nights(archive.database).registry(run_id)
    told: dict[str, Portal] = {}
    if packed is not None:
        from audit.nights.night import read_registry_of  # heavy, and only needed here

        registry = read_registry_of(packed)
        told = {each: registry.portals[each] for each in portal_ids if each in registry.portals}
    return told | dict(showing.portals(run_id, [each for each in portal_ids if each not in told]))


def agency_lines(
    registry: Registry, portals: Iterable[PortalLine], findings: Iterable[FindingLine], day: date
) -> dict[str, AgencyLine]:
    """Agencies in force on a day, and those of portals that the registry does not know, by id; in the registry's
    order."""
    by_agency: dict[str, list[PortalLine]] = {}
    for each in portals:
        if each.agency_id is not None and each.current:
            by_agency.setdefault(each.agency_id, []).append(each)
    open_findings = Counter(each.agency_id for each in findings if each.outcome == "failed")
    told: dict[str, AgencyLine] = {}
    for agency in registry.agencies.values():
        if in_force(agency, day) or agency.id in by_agency:
            own = by_agency.get(agency.id, [])
            above = province_above(registry, agency)
            told[agency.id] = _line(agency.id, name_of(agency), agency, own, above, open_findings[agency.id])
    for agency_id, own in by_agency.items():
        name = own[0].agency
        if agency_id not in told and name is not None:
            told[agency_id] = _line(agency_id, name, None, own, own[0].province_id, open_findings[agency_id])
    return told


def _line(
    agency_id: str,
    name: Name,
    agency: Agency | None,
    own: Sequence[PortalLine],
    province: str | None,
    findings: int,
) -> AgencyLine:
    mains = [each for each in own if each.kind in MAIN_KINDS] or (own if len(own) == 1 else [])
    return AgencyLine(
        id=agency_id,
        name=name,
        kind=agency.kind if agency is not None else own[0].kind,
        parent_id=agency.parent_id if agency is not None else None,
        province_id=province,
        portals=len(own),
        audited=sum(each.state in ("audited", "partial") for each in own),
        findings=findings,
        score=mains[0].score.value if mains else None,
    )
