"""What the options of a command name: the registry, portals, runs, recorded traffic. Raises BadInput."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audit.days import day_of
from audit.finding_ids import FindingIds, Place
from audit.history import finding_id
from audit.refusals import BadInput
from audit.registry.files import RegistryError, read_registry
from audit.registry.registry import Registry
from audit.settings import LOOKING, time_outs
from audit.words import clean
from audit_rules.address import BadAddress
from audit_rules.facts import Portal
from crawler.plan import USER_AGENT, Plan
from storage.archive import Archive, ArchiveError
from storage.recorded import EvidenceError, Recorded
from storage.records import PortalRun, Run
from storage.rounds import EvaluationRound, RoundRefused, Rounds


def registry_of(folder: Path | None) -> Registry:
    try:
        return read_registry(folder)
    except RegistryError as error:
        raise BadInput("error.bad_registry", cause=error) from error


def plan_of(given: Mapping[str, Any]) -> Plan:
    """How the options say that portals are looked at."""
    looking = {name: given[name] for name in LOOKING} | {"user_agent": given["user_agent"] or USER_AGENT}
    return Plan(**looking, timeouts=time_outs(given))


def portals_of(registry: Registry, sites: Sequence[str]) -> list[Portal]:
    found: dict[str, Portal] = {}
    for site in sites:
        try:
            portal = registry.find(site, day_of())
        except BadAddress as error:
            raise BadInput("error.bad_address", text=site) from error
        found.setdefault(portal.id, portal)
    return list(found.values())


def place_of(archive: Archive, registry: Registry, given: Mapping[str, Any]) -> Place:
    """The one finding that --finding names, or --site with --rule."""
    finding, sites, rule = given["finding"], given["site"], given["rule"]
    ids = FindingIds(archive)
    if finding is not None and not sites and rule is None:
        place = ids.place(finding.strip().lower())
        if place is None:
            raise BadInput("error.no_finding", finding=clean(finding)[:100])
        return place
    if finding is not None or len(sites) != 1 or rule is None:
        raise BadInput("error.which_finding")
    (portal,) = portals_of(registry, sites)
    if portal.id not in ids.portal_ids():
        raise BadInput("error.never_audited", portal=portal.address)
    if ids.place(finding_id(portal.id, rule)) is None:
        raise BadInput("error.no_rule", rule=clean(rule)[:100])
    return portal.id, rule


def of_agency(told: Run, agency: str | None) -> Sequence[PortalRun]:
    if agency is None:
        return told.portals
    found = [one for one in told.portals if one.portal.agency and one.portal.agency.id == agency]
    if not found:
        raise BadInput("error.no_agency", run=told.header.id, agency=agency)
    return found


def run_id_of(archive: Archive, asked: str) -> str:
    try:
        return archive.run_id(asked)
    except ArchiveError as error:
        raise BadInput("error.bad_archive", cause=error) from error


def round_of(archive: Archive, round_id: str) -> EvaluationRound:
    try:
        return Rounds(archive.database).one(round_id)
    except RoundRefused as error:
        raise BadInput("error.opinion", cause=error) from error


def recorded_of(files: Sequence[Path]) -> list[Recorded]:
    try:
        return [Recorded.open(path) for path in files]
    except EvidenceError as error:
        raise BadInput("error.bad_warc", cause=error) from error


def recorded_portals_of(sources: Sequence[Recorded], registry: Registry) -> list[Portal]:
    if not sources:
        raise BadInput("error.no_site")
    from audit.recorded import recorded_portals

    found = recorded_portals(sources, registry, day_of())
    if not found:
        raise BadInput("error.empty_warc")
    return found
