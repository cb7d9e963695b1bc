"""Ranks within a kind, with what is not sure of them.

**Index**: the published score (``audit_rules.scoring``), from 0 to 1, over all counted rules or over those of one
of the ministry's headings. **Rank**: one more than the number of portals of the same kind with a higher index;
equal indices share it. **Bands**: had all that was not measured failed, the index would be ``low``; had it passed,
``high``. ``best`` is the rank that no outcome of what was not measured could better, ``worst`` the one that none
could worsen. Portals without an index are named with the reason, and stand behind nobody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from audit.ranking.results import Results, Seen, Source, by_same_rules, rules_of
from audit_rules.address import Address
from audit_rules.facts import Kind, Portal
from audit_rules.judgement import Group, Judgement, Score
from audit_rules.scoring import score

RANKED: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "archive")
"""Kinds that are ranked, in their order; sites of bodies that are no more have no duties to be compared by."""

HEADINGS: tuple[Group, ...] = get_args(Group)
"""The ministry's headings, in their order."""

_ANYONE = Portal("", Address(""), "ministry")


@dataclass(frozen=True, slots=True)
class Change:
    """Against the earlier results: ``rank`` is positive for places gained, ``index`` for an index that rose.
    ``of`` is how many portals of the kind had a place then. ``mended`` and ``broken`` are rules that were measured
    both times; ``otherwise`` counts those measured only once: they move the index too."""

    rank: int
    index: float
    of: int
    mended: tuple[str, ...]
    broken: tuple[str, ...]
    otherwise: int


@dataclass(frozen=True, slots=True)
class Place:
    """A portal that has an index. Numbers between 0 and 1 have four digits; ranks count from 1."""

    portal: Portal
    score: Score
    index: float
    low: float
    high: float
    rank: int
    best: int
    worst: int
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Unranked:
    """A portal of a kind without a place, and why: the state of its visit where it was not seen, else
    ``kind_guessed``, ``not_registered``, ``registry_unconfirmed``, ``nothing_counted``, ``few_measured``.
    ``detail`` is the reason of that state. The score is empty where the public is told nothing of the portal."""

    portal: Portal
    score: Score
    why: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class KindRanking:
    """The portals of one kind: ``places`` from the highest index, those of one index by their ids."""

    kind: Kind
    places: tuple[Place, ...]
    unranked: tuple[Unranked, ...]

    def top(self, count: int) -> tuple[Place, ...]:
        """The first ``count`` ranks, and whoever shares the last of them."""
        return tuple(each for each in self.places if each.rank <= count)

    def bottom(self, count: int) -> tuple[Place, ...]:
        """The last ``count`` places, the lowest first, and whoever shares an index with the last of them; nobody
        who is among the ``top(count)`` too."""
        lowest = self.places[::-1]
        edge = lowest[:count][-1].index if lowest[:count] else None
        return tuple(each for each in lowest if edge is not None and each.index <= edge and each.rank > count)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was compared, against what, by which heading (None: all counted rules), kind by kind. ``same_rules`` is
    False where the earlier results are by another rule set or another state of the law: the rules may have moved a
    portal then.
    ``rules`` are those that count."""

    source: Source
    before: Source | None
    group: Group | None
    rules: tuple[str, ...]
    same_rules: bool
    kinds: tuple[KindRanking, ...]


def ranking(results: Results, *, group: Group | None = None, before: Results | None = None) -> Ranking:
    """The ranking of a run or a round, with the changes since ``before``."""
    results, before = _counted(results, group), before and _counted(before, group)
    kinds = _by_kind(results)
    if before is not None:
        kinds = _with_changes(kinds, results, _by_kind(before), before)
    then = before.source if before else None
    same = then is None or by_same_rules(results.source, then)
    return Ranking(results.source, then, group, rules_of(results), same, kinds)


def by_heading(results: Results, *, before: Results | None = None) -> tuple[tuple[Group, Ranking], ...]:
    """A ranking by each of the ministry's headings."""
    return tuple((group, ranking(results, group=group, before=before)) for group in HEADINGS)


def counts(item: Judgement) -> bool:
    """Whether the published formula counts a judgement, passed, failed or not measured."""
    alone = score((item,), _ANYONE)
    return alone.measured + alone.not_measured == 1


def _by_kind(results: Results) -> tuple[KindRanking, ...]:
    by_kind: dict[Kind, list[Seen]] = {kind: [] for kind in RANKED}
    for each in results.portals:
        by_kind.get(each.portal.kind, []).append(each)
    told = (_of_kind(kind, several, results.source) for kind, several in by_kind.items())
    return tuple(each for each in told if each.places or each.unranked)


def _of_kind(kind: Kind, several: Sequence[Seen], source: Source) -> KindRanking:
    places: list[Place] = []
    unranked: list[Unranked] = []
    for each in several:
        one = score(each.judgements, each.portal)
        why = _no_place(each, one, source)
        if why is not None:
            told = score((), each.portal) if source.withholds(each.portal) else one
            unranked.append(Unranked(each.portal, told, why, each.reason if why == each.state else None))
        elif one.value is not None:
            every = one.measured + one.not_measured
            low, high = round(one.passed / every, 4), round((one.passed + one.not_measured) / every, 4)
            places.append(Place(each.portal, one, one.value, low, high, 0, 0, 0))
    return KindRanking(kind, _placed(places), tuple(unranked))


def _placed(places: Sequence[Place]) -> tuple[Place, ...]:
    index = sorted(each.index for each in places)
    lows, highs = sorted(each.low for each in places), sorted(each.high for each in places)
    of = len(places)

    def above(values: Sequence[float], value: float) -> int:
        return of - bisect_right(values, value)

    ranked = (
        replace(
            each,
            rank=1 + above(index, each.index),
            best=1 + above(lows, each.high),
            # Its own upper end may lie above its lower one, and is nobody else's.
            worst=1 + above(highs, each.low) - (each.high > each.low),
        )
        for each in places
    )
    return tuple(sorted(ranked, key=lambda each: (each.rank, each.portal.id)))


def _no_place(each: Seen, one: Score, source: Source) -> str | None:
    """Why a portal has no place; None where it has one."""
    portal = each.portal
    if source.withholds(portal):
        return "registry_unconfirmed"
    if one.value is not None:
        return None
    if not portal.registered:
        return "not_registered"
    if portal.kind_guessed:
        return "kind_guessed"
    if each.state not in ("audited", "partial"):
        return each.state
    return "few_measured" if one.measured + one.not_measured else "nothing_counted"


def _counted(results: Results, group: Group | None) -> Results:
    """The results with what counts alone, of one heading or of all. Judgements that say the same are one object
    (``audit.ranking.results``), and the formula is asked once of each."""
    known: dict[int, bool] = {}

    def counted(item: Judgement) -> bool:
        if id(item) not in known:
            known[id(item)] = group in (None, item.group) and counts(item)
        return known[id(item)]

    portals = (replace(each, judgements=tuple(filter(counted, each.judgements))) for each in results.portals)
    return replace(results, portals=tuple(portals))


def _with_changes(
    kinds: Sequence[KindRanking], results: Results, earlier: Sequence[KindRanking], before: Results
) -> tuple[KindRanking, ...]:
    then = {(kind.kind, place.portal.id): (place, len(kind.places)) for kind in earlier for place in kind.places}
    said_now = {each.portal.id: _measured(each) for each in results.portals}
    said_then = {each.portal.id: _measured(each) for each in before.portals}

    def change(kind: Kind, place: Place) -> Change | None:
        found = then.get((kind, place.portal.id))
        if found is None:
            return None
        old, of = found
        now, was = said_now[place.portal.id], said_then[place.portal.id]
        both = sorted(now.keys() & was.keys())
        return Change(
            old.rank - place.rank,
            round(place.index - old.index, 4),
            of,
            tuple(rule for rule in both if (was[rule], now[rule]) == ("failed", "passed")),
            tuple(rule for rule in both if (was[rule], now[rule]) == ("passed", "failed")),
            len(now.keys() ^ was.keys()),
        )

    return tuple(
        replace(kind, places=tuple(replace(each, change=change(kind.kind, each)) for each in kind.places))
        for kind in kinds
    )


def _measured(each: Seen) -> Mapping[str, str]:
    """Outcomes by rule, of those that passed or failed."""
    told = ((item.rule, item.verdict.outcome) for item in each.judgements)
    return {rule: outcome for rule, outcome in told if outcome in ("passed", "failed")}
