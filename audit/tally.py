"""What a run comes to, counted while its portals pass one after another, or by the database: a night does not fit
in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audit.opinions import NOTHING, Told
from storage.records import PortalRun
from storage.showing import Showing

NOT_VISITED = "not_visited"
"""The reason of a row of a night that nobody came to; it is no fault of the program's."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Portals by state (``not_visited`` is counted as one), failed verdicts by severity, all and those not waived,
    rules that broke, portals that were lost by our own fault, pages read, requests made."""

    states: Mapping[str, int]
    failed: Mapping[str, int]
    not_waived: Mapping[str, int]
    rule_errors: int = 0
    our_faults: int = 0
    pages: int = 0
    requests: int = 0

    @property
    def portals(self) -> int:
        return sum(self.states.values())


def tally(portals: Iterable[PortalRun], told: Told | None = None) -> Tally:
    """``told`` has what stands beside the verdicts; none is waived without it."""
    states: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    not_waived: Counter[str] = Counter()
    rule_errors = our_faults = pages = requests = 0
    for one in portals:
        visit = one.visit
        missed = visit.reason == NOT_VISITED
        states[NOT_VISITED if missed else visit.state] += 1
        our_faults += visit.state == "error" and not missed
        rule_errors += sum(item.verdict.reason == "rule_error" for item in one.judgements)
        beside = (told or {}).get(one.portal.id, {})
        for item in one.judgements:
            if item.verdict.outcome == "failed":
                failed[item.severity] += 1
                not_waived[item.severity] += not beside.get(item.rule, NOTHING).waived
        pages += sum(bool(page.views) for page in visit.pages)
        requests += visit.net.requests
    return Tally(states, failed, not_waived, rule_errors, our_faults, pages, requests)


def tally_stored(showing: Showing, run_id: str) -> Tally:
    """What ``tally`` says of the portals of a run, as it is stored. Nothing is taken for waived."""
    states: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    rule_errors = our_faults = pages = requests = 0
    for (state, reason), (portals, asked, read) in showing.reasons(run_id).items():
        missed = reason == NOT_VISITED
        states[NOT_VISITED if missed else state] += portals
        our_faults += portals if state == "error" and not missed else 0
        pages += read
        requests += asked
    for (outcome, reason, severity), count in showing.verdicts(run_id).items():
        failed[severity] += count if outcome == "failed" else 0
        rule_errors += count if reason == "rule_error" else 0
    return Tally(states, +failed, +failed, rule_errors, our_faults, pages, requests)


def summed(parts: Iterable[Tally]) -> Tally:
    """What several come to."""
    states, failed, not_waived = Counter[str](), Counter[str](), Counter[str]()
    rule_errors = our_faults = pages = requests = 0
    for part in parts:
        states.update(part.states)
        failed.update(part.failed)
        not_waived.update(part.not_waived)
        rule_errors += part.rule_errors
        our_faults += part.our_faults
        pages += part.pages
        requests += part.requests
    return Tally(states, failed, not_waived, rule_errors, our_faults, pages, requests)
