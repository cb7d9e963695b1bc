"""The matrix of links between main portals and their components, from what the run's verdicts say already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from audit.listings import Cell, Listing
from audit_rules.facts import Portal, Surroundings
from audit_rules.verdict import Verdict
from storage.records import PortalRun

Linked = Literal["yes", "no", "unknown"]

_LISTS = "structure.lists_component_sites"
LEADS_BACK = "structure.links_to_main_portal"
_BY_OUTCOME: Mapping[str, Linked] = {"passed": "yes", "failed": "no"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A main portal and one of its components. ``unknown``: not seen, not confirmed, or not told by the rule."""

    main: Portal
    component: Portal
    to_component: Linked
    to_main: Linked


def pairs(portals: Iterable[PortalRun]) -> Iterator[Pair]:
    """Every pair of a run of which at least one was audited, in the order of their ids."""
    seen = {each.portal.id: each for each in portals}
    known: dict[tuple[str, str], tuple[Portal, Portal]] = {}
    for each in seen.values():
        main = each.around.main_portal
        if each.portal.is_main:
            known |= {(each.portal.id, part.id): (each.portal, part) for part in each.around.components}
        elif main is not None and each.portal.is_component:
            known.setdefault((main.id, each.portal.id), (main, each.portal))
    for _, (main, component) in sorted(known.items()):
        yield Pair(main, component, _lists(seen.get(main.id), component), _leads_back(seen.get(component.id)))


def _verdict(one: PortalRun | None, rule: str) -> Verdict | None:
    return next((each.verdict for each in one.judgements if each.rule == rule), None) if one else None


def _leads_back(component: PortalRun | None) -> Linked:
    verdict = _verdict(component, LEADS_BACK)
    return _BY_OUTCOME.get(verdict.outcome, "unknown") if verdict else "unknown"


def _lists(main: PortalRun | None, component: Portal) -> Linked:
    """Whether the main portal lists a component; its rule speaks of confirmed ones, and names those it misses."""
    verdict = _verdict(main, _LISTS)
    if main is None or verdict is None or not component.confirmed or component.status != "active":
        return "unknown"
    if verdict.outcome == "passed":
        return "yes"
    missing = verdict.values.get("missing")
    if not isinstance(missing, list):
        return "unknown"
    if any(name.endswith(f"({component.address})") for name in missing):
        return "no" if verdict.outcome == "failed" else "unknown"
    return "yes" if _all_named(verdict, main.around, component) else "unknown"


def _all_named(verdict: Verdict, around: Surroundings, component: Portal) -> bool:
    """Whether the component would be among the missing if it were: those that did not answer are left out there."""
    return verdict.reason == "components_not_visited" or component.id in (around.answered or ())


def link_list(portals: Sequence[PortalRun], wanted: Sequence[PortalRun]) -> Listing:
    """The matrix as a list, a row for each pair that one of the wanted portals is in."""
    ids = {each.portal.id for each in wanted}
    rows: list[dict[str, Cell]] = [
        {
            "main_portal": str(pair.main.address),
            "component": str(pair.component.address),
            "agency_id": pair.component.agency.id if pair.component.agency else None,
            "to_component": pair.to_component,
            "to_main": pair.to_main,
        }
        for pair in pairs(portals)
        if not ids.isdisjoint((pair.main.id, pair.component.id))
    ]
    columns = ("main_portal", "component", "agency_id", "to_component", "to_main")
    return Listing(columns, rows)
