"""What became of findings, worked out from intervals a spell at a time: a year is too long for look by look."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise

from audit.history import Finding, Spell, finding_of
from storage.records import Run
from storage.showing import Failing, Showing, Stored


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a portal's findings, by rule; and its looks that count: when they were stored
    (``portal_runs.nth``), their kinds of run and days, oldest first."""

    findings: Mapping[str, Finding]
    nths: Sequence[int]
    looks: Sequence[tuple[str, date]]

    def days(self, first: int, last: int) -> list[date]:
        """Days of the looks from one time of storing to another."""
        return [day for nth, (_, day) in zip(self.nths, self.looks, strict=True) if first <= nth <= last]


NO_PAST = Past({}, (), ())


def pasts(portal_ids: Sequence[str], showing: Showing, counted: Mapping[str, Run]) -> Mapping[str, Past]:
    """The past of some portals, a few hundred at most, as far as the runs ``counted`` (oldest first) tell it."""
    order = {run_id: number for number, run_id in enumerate(counted)}
    stored, failing = showing.past(portal_ids)
    visits: dict[str, list[Stored]] = {}
    for one in stored:
        if one[2] in counted:
            visits.setdefault(one[0], []).append(one)
    said: dict[str, list[Failing]] = {}
    for each in failing:
        said.setdefault(each[0], []).append(each)
    told: dict[str, Past] = {}
    for portal_id, several in visits.items():
        several.sort(key=lambda one: order[one[2]])
        past = _looks(several, counted)
        found: dict[str, Finding] = {}
        for rule, intervals in groupby(said.get(portal_id, ()), key=lambda each: each[1]):
            finding = finding_of(rule, _spells(list(intervals), past.nths, past.looks))
            if finding is not None:
                found[rule] = finding
        told[portal_id] = replace(past, findings=found)
    return told


def looks_past(portal_id: str, showing: Showing, counted: Mapping[str, Run]) -> Past:
    """The past of a portal without what became of its findings."""
    at = {one[2]: one for one in showing.stored([portal_id])}
    return _looks([at[run_id] for run_id in counted if run_id in at], counted)


def _looks(several: Sequence[Stored], counted: Mapping[str, Run]) -> Past:
    looks = [(counted[run_id].header.kind, counted[run_id].header.day) for _, _, run_id in several]
    return Past({}, [nth for _, nth, _ in several], looks)


def _spells(
    intervals: Sequence[Failing], nths: Sequence[int], looks: Sequence[tuple[str, date]]
) -> Iterator[Spell]:
    if all(before < after for before, after in pairwise(nths)):
        for _, _, first, last, outcome in intervals:
            here = looks[bisect_left(nths, first) : bisect_right(nths, last)]
            if here:
                yield Spell(outcome, here)
        return
    # Stored in another order than begun: look by look.
    for nth, look in zip(nths, looks, strict=True):
        said = next((each[4] for each in intervals if each[2] <= nth <= each[3]), None)
        if said is not None:
            yield Spell(said, [look])
