"""What only a whole run tells: who answered, whose EMC id stands elsewhere too, whether anybody has the known code.

Gathered in a pass over the run without its pages, so that of thousands of portals only ids are held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from audit_rules.facts import Portal, Surroundings
from audit_rules.judgement import Judgement
from storage.records import PortalRun

FEWEST_MAIN = 20
"""Main portals that must have been looked at before a run can say that nobody carries the known code."""
KNOWN_SHARE = 0.2
"""Share of them below which the code, or its host, has probably changed."""

_SEEN = frozenset({"audited", "partial"})
_EMC_CODE = "measurement.emc_code_present"
_EMC_BEACON = "measurement.emc_beacon_sent"
RULES_READ = (_EMC_CODE, _EMC_BEACON)
"""The rules whose judgements ``whole_run`` looks at."""
_LOOKED_AT = frozenset({"other_tracker", "unknown_current_code"})
"""Reasons of an unsure answer about the code that was given after a look: another code is there, or none."""


@dataclass(frozen=True, slots=True)
class WholeRun:
    """``mains`` are the main portals of those in the run; ``families`` maps a portal's id to that of its main
    portal (those of no known family are not in it); ``seats`` maps an EMC site id to the families and canonical
    addresses where it was seen live on home."""

    answered: frozenset[str]
    mains: frozenset[str]
    families: Mapping[str, str]
    seats: Mapping[str, frozenset[tuple[str, str]]]
    unknown_current_code: bool
    tracker_down: bool | None

    def around(self, each: PortalRun, outcomes: Mapping[str, Mapping[str, str]]) -> Surroundings:
        """What was known around a portal, with what the whole run adds; ``outcomes`` are those of main portals."""
        main = each.around.main_portal
        return replace(
            each.around,
            answered=self.answered,
            main_portal_outcomes=outcomes.get(main.id) if main and main.id in self.answered else None,
            emc_elsewhere=self._elsewhere(each),
            unknown_current_code=self.unknown_current_code,
            tracker_down=self.tracker_down,
        )

    def _elsewhere(self, each: PortalRun) -> dict[str, tuple[str, ...]] | None:
        family = self.families.get(each.portal.id)
        if family is None:
            return None
        found = {
            site_id: tuple(sorted(address for other, address in self.seats[site_id] if other != family))
            for site_id in sorted(_site_ids(each.judgements))
        }
        return {site_id: addresses for site_id, addresses in found.items() if addresses}


def whole_run(portals: Iterable[PortalRun]) -> WholeRun:
    """Gathers a run whose portals come one after another; neither their pages nor what rules say but those
    ``RULES_READ`` are needed."""
    answered: set[str] = set()
    mains: set[str] = set()
    heads = _Heads()
    seats: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    told: list[bool] = []
    loaded: list[bool] = []
    for each in portals:
        heads.add(each.portal)
        mains |= {each.around.main_portal.id} if each.around.main_portal else set()
        if each.visit.state in _SEEN:
            answered.add(each.portal.id)
        for site_id in _site_ids(each.judgements):
            seats[site_id].add((each.portal.id, str(each.portal.address)))
        if each.portal.is_main and each.portal.registered:
            told += [code.verdict.outcome == "passed" for code in _emc_code(each.judgements) if _looked_at(code)]
        loaded += _library_loaded(each.judgements)
    families = heads.families()
    known = {
        site_id: frozenset((families[seat], address) for seat, address in seen if seat in families)
        for site_id, seen in seats.items()
    }
    unknown_current_code = len(told) >= FEWEST_MAIN and sum(told) < KNOWN_SHARE * len(told)
    tracker_down = not any(loaded) if loaded else None
    return WholeRun(frozenset(answered), frozenset(mains), families, known, unknown_current_code, tracker_down)


def _emc_code(judgements: Iterable[Judgement]) -> Iterator[Judgement]:
    return (each for each in judgements if each.rule == _EMC_CODE)


def _library_loaded(judgements: Iterable[Judgement]) -> list[bool]:
    """Whether the measuring library loaded, where home asked for it."""
    told = (each.verdict.values.get("library_loaded") for each in judgements if each.rule == _EMC_BEACON)
    return [each for each in told if isinstance(each, bool)]


def _looked_at(code: Judgement) -> bool:
    """Whether home was seen well enough to say if it carries the code: what was not drawn tells nothing."""
    return code.verdict.outcome in ("passed", "failed") or code.verdict.reason in _LOOKED_AT


def _site_ids(judgements: Iterable[Judgement]) -> set[str]:
    """The EMC site ids that home carries live."""
    found = (c.verdict.values.get("site_id") for c in _emc_code(judgements) if c.verdict.outcome == "passed")
    return {site_id for site_id in found if isinstance(site_id, str) and site_id}


class _Heads:
    """Who is whose main portal: components and the sites of abolished bodies have theirs in the registry, a
    predecessor's main portal goes with its successor's. A guess at who somebody is belongs to no family."""

    def __init__(self) -> None:
        self._heads: dict[str, str] = {}
        self._heirs: dict[str, str] = {}
        self._portals: dict[str, str] = {}

    def add(self, portal: Portal) -> None:
        if portal.main_portal_id:
            self._heads[portal.id] = portal.main_portal_id
        elif portal.is_main and portal.registered:
            self._heads[portal.id] = portal.id
            if portal.agency is not None:
                self._portals.setdefault(portal.agency.id, portal.id)
                if portal.agency.successor_id:
                    self._heirs[portal.id] = portal.agency.successor_id

    def families(self) -> dict[str, str]:
        """The id of the present main portal, by the id of each portal of a known family."""
        return {portal_id: self._present(head) for portal_id, head in self._heads.items()}

    def _present(self, head: str) -> str:
        passed: set[str] = set()
        while head not in passed and (heir := self._portals.get(self._heirs.get(head, ""))) is not None:
            passed.add(head)
            head = heir
        return head
