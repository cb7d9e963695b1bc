"""How many agencies publish what they have to: shares of those that were measured, and of whom nothing is known.

The survey of 2022 counted like this (contact point, regulation); its figures stand beside ours where they were
imported, as another body's, taken another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from audit.ranking.places import RANKED
from audit.ranking.results import Results, Seen, Source
from audit_rules.facts import Agency, Kind, Portal
from audit_rules.judgement import Judgement, Stage

SURVEYED = (
    "disclosure.contact_point",
    "disclosure.regulation",
    "identity.spokesperson",
    "measurement.emc_code_present",
)
"""Rules told as rates: contact point, regulation, spokesperson, EMC code."""

Met = Literal["met", "not_seen", "unmeasured"]


@dataclass(frozen=True, slots=True)
class Asked:
    """An agency with its portals of one kind, or a portal of which no agency is known. ``why`` is the reason where
    nothing could be measured."""

    agency: Agency | None
    portals: tuple[Portal, ...]
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Agencies of one kind by one rule. ``share`` is met / n with ``n`` = met + not seen, None where n is 0;
    ``low`` and ``high`` are what it would be had all that were not measured failed, or passed. ``stage`` is that of
    the rule, None where the results have no word of it: for the public, where it is not published."""

    rule: str
    kind: Kind
    stage: Stage | None
    met: tuple[Asked, ...]
    not_seen: tuple[Asked, ...]
    unmeasured: tuple[Asked, ...]
    inapplicable: int

    @property
    def n(self) -> int:
        return len(self.met) + len(self.not_seen)

    @property
    def share(self) -> float | None:
        return round(len(self.met) / self.n, 4) if self.n else None

    @property
    def low(self) -> float | None:
        every = self.n + len(self.unmeasured)
        return round(len(self.met) / every, 4) if every else None

    @property
    def high(self) -> float | None:
        every = self.n + len(self.unmeasured)
        return round((len(self.met) + len(self.unmeasured)) / every, 4) if every else None


def rates(results: Results, rules: Sequence[str] = SURVEYED) -> tuple[Rate, ...]:
    """A rate for each of the rules and each kind that the results have portals of. An agency with several portals
    of a kind meets a rule where one of them does, and fails it where all of them were measured and did."""
    groups: dict[Kind, dict[str, list[Seen]]] = {kind: {} for kind in RANKED}
    for each in results.portals:
        # Of an address that is in no registry nobody knows whose it is.
        if each.portal.kind in groups and each.portal.registered and not each.portal.kind_guessed:
            whose = each.portal.agency.id if each.portal.agency else f"portal {each.portal.id}"
            groups[each.portal.kind].setdefault(whose, []).append(each)
    return tuple(
        _rate(rule, kind, agencies.values(), results.source)
        for rule in rules
        for kind, agencies in groups.items()
        if agencies
    )


def _rate(rule: str, kind: Kind, agencies: Iterable[Sequence[Seen]], source: Source) -> Rate:
    told: dict[Met, list[Asked]] = {"met": [], "not_seen": [], "unmeasured": []}
    inapplicable = 0
    stage: Stage | None = None
    for several in agencies:
        # A portal that turned out to be another one's address is no second place where the item could be.
        own = [each for each in several if each.state != "alias"] or several
        said = [(each, _said(each, rule)) for each in own]
        stage = stage or next((item.stage for _, item in said if item is not None), None)
        portals = tuple(each.portal for each in own)
        met, why = _met([_outcome(each, item, source) for each, item in said])
        if met is None:
            inapplicable += 1
        else:
            told[met].append(Asked(own[0].portal.agency, portals, why))
    if stage is None:
        return Rate(rule, kind, None, (), (), (), 0)
    met_by, not_seen, unmeasured = (tuple(told[each]) for each in ("met", "not_seen", "unmeasured"))
    return Rate(rule, kind, stage, met_by, not_seen, unmeasured, inapplicable)


def _said(each: Seen, rule: str) -> Judgement | None:
    return next((item for item in each.judgements if item.rule == rule), None)


def _outcome(each: Seen, item: Judgement | None, source: Source) -> tuple[str, str | None]:
    if source.withholds(each.portal):
        return "cantTell", "registry_unconfirmed"
    return (item.verdict.outcome, item.verdict.reason) if item else ("untested", "not_asked")


def _met(outcomes: Sequence[tuple[str, str | None]]) -> tuple[Met | None, str | None]:
    """What several portals of one agency come to; None where the rule applies to none of them."""
    told = {outcome for outcome, _ in outcomes}
    if "passed" in told:
        return "met", None
    if told & {"cantTell", "untested"}:
        return "unmeasured", next(why for outcome, why in outcomes if outcome in ("cantTell", "untested"))
    return ("not_seen", None) if "failed" in told else (None, None)
