"""What portals and bodies are compared by: rankings, rates, official figures.

Nothing of it is read before somebody asks: then once for a state of the data, and whoever asks meanwhile waits.
A round that is closed and a run that ended do not change, and what was worked out of them outlives the state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Generic, TypeVar

from audit.figures.compared import COMPARED, Compared, compared
from audit.figures.shown import OfBody, under_bodies
from audit.figures.survey import surveyed
from audit.ranking.places import Ranking, by_heading, ranking
from audit.ranking.rates import SURVEYED, Rate, rates
from audit.ranking.results import Results, newest_approved, night_before, round_before, rules_of
from audit.registry.registry import Registry
from audit.web.gate import Gate
from audit.web.shapes import Shown
from audit_rules.judgement import Group
from storage.archive import Archive
from storage.figures import Figure
from storage.rounds import EvaluationRound, Rounds
from storage.showing import Showing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ranked:
    """Portals compared kind by kind: by all counted rules, by each of the ministry's headings; and how many bodies
    publish what the survey of 2022 asked for. ``results`` are what all of it is made from."""

    results: Results
    ranking: Ranking
    headings: tuple[tuple[Group, Ranking], ...]
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Official figures beside what a run saw: its id, its day, and body by body what the two come to."""

    run_id: str
    day: date
    bodies: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Whose results are ranked, and what they are compared with: rounds, or runs by their ids. Equal ones have
    equal results: a round that is closed and a run that ended do not change."""

    of: EvaluationRound | str
    before: EvaluationRound | str | None


class Comparing:
    """Compares for one audience. ``shown`` gives the lists of the newest state. Raises DatabaseUnusable wherever
    the database does."""

    def __init__(self, archive: Archive, registry: Registry, gate: Gate, shown: Callable[[], Shown]) -> None:
        self._archive, self._registry, self._gate, self._shown = archive, registry, gate, shown
        self._choice = _Once[_Chosen | None]()
        self._ranked = _Once[Ranked]()
        self._by_rule = _Once[tuple[Rate, ...]]()
        self._open = _Once[tuple[str, ...]]()
        self._surveys = _Once[tuple[Figure, ...]]()
        self._figures = _Once[tuple[OfBody, ...]]()
        self._beside = _Once[Beside | None]()

    def ranked(self) -> Ranked | None:
        """By the newest approved round; where there is none, those inside are shown the newest round that was
        closed, else the newest night, or whatever run is the newest. None where there is none of them."""
        chosen = self._choice.get(self._shown().version, self._choose)
        return self._ranked.get(chosen, lambda: self._rank(chosen)) if chosen is not None else None

    def by_rule(self) -> tuple[Rate, ...]:
        """The rates of every rule that the results know."""
        told = self.ranked()
        if told is None:
            return ()
        results = told.results
        return self._by_rule.get(results.source, lambda: rates(results, rules_of(results)))

    def under_way(self) -> tuple[str, ...]:
        """The rounds that are open, newest first, for those inside: nothing of them is frozen, nor shown."""
        return self._open.get(self._shown().version, self._open_rounds)

    def surveys(self) -> tuple[Figure, ...]:
        """The figures of surveys that stand beside rates, the newest first."""
        return self._surveys.get(self._shown().version, lambda: surveyed(self._archive))

    def figures(self) -> tuple[OfBody, ...]:
        """The official figures that hold, under the bodies of today."""
        shown = self._shown()
        return self._figures.get(shown.version, lambda: under_bodies(self._archive, self._registry, shown.today))

    def bodies_with_figures(self) -> frozenset[str]:
        """The ids of the bodies under which figures are shown."""
        return frozenset(one.agency.id for one in self.figures() if one.agency is not None)

    @property
    def compares_figures(self) -> bool:
        return self._gate.compares_figures

    def beside(self) -> Beside | None:
        """The official figures beside what the newest night saw; None where there is none, or not for this
        audience."""
        if not self.compares_figures:
            return None
        shown = self._shown()
        return self._beside.get(shown.version, lambda: self._set_beside(shown))

    # --- worked out ------------------------------------------------------------------------------------------

    def _choose(self) -> _Chosen | None:
        several = (one for one in Rounds(self._archive.database).all() if self._gate.ranks(one))
        chosen = newest_approved(self._archive) or next(several, None)
        if chosen is not None:
            return _Chosen(chosen, round_before(self._archive, chosen))
        run_id = self._newest_run(self._shown()) if self._gate.ranks_unapproved else None
        return _Chosen(run_id, night_before(self._archive, run_id)) if run_id else None

    def _open_rounds(self) -> tuple[str, ...]:
        if not self._gate.ranks_unapproved:
            return ()
        return tuple(one.id for one in Rounds(self._archive.database).all() if one.status == "open")

    def _newest_run(self, shown: Shown) -> str | None:
        if shown.night is not None:
            return shown.night.header.id
        return next(reversed(Showing(self._archive.database).counted()), None)

    def _rank(self, chosen: _Chosen) -> Ranked:
        now = self._results(chosen.of)
        before = self._results(chosen.before) if chosen.before is not None else None
        return Ranked(now, ranking(now, before=before), by_heading(now, before=before), rates(now, SURVEYED))

    def _results(self, one: EvaluationRound | str) -> Results:
        if isinstance(one, EvaluationRound):
            return self._gate.of_round(self._archive, one)
        return self._gate.of_run(self._archive, one)

    def _set_beside(self, shown: Shown) -> Beside | None:
        run_id = self._newest_run(shown)
        if run_id is None:
            return None
        day = self._archive.header(run_id).day
        asked = [one.id for one in shown.portals.values() if one.kind in COMPARED]
        portals = self._archive.portals(run_id, views=False, only=asked)
        told = compared(self._archive, self._registry, portals, day)
        return Beside(run_id, day, told)


class _Once(Generic[T]):
    """A value that is made once for a key, by whoever asks first; the one before is let go."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: tuple[object, T] | None = None

    def get(self, key: object, make: Callable[[], T]) -> T:
        with self._lock:
            if self._held is None or self._held[0] != key:
                self._held = (key, make())
            return self._held[1]
