"""What lists and sums are made of, for the dashboard and the end of a night: columns, with no document unpacked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, and_, case, func, select

from audit_rules.facts import Portal
from storage import blobs, rows
from storage.archive import BROKEN_OFF
from storage.database import Database
from storage.documents import Documents
from storage.records import PortalRun, Run
from storage.results import Commons, load
from storage.tables import (
    manual_verdicts,
    official_figures,
    portal_runs,
    replies,
    rounds,
    runs,
    verdict_intervals,
    waivers,
)

_AT_ONCE = 400  # SQLite takes a bounded number of parameters in one statement
_ENDED = ("complete", "partial")
_ALWAYS = ("complete", "partial", "quarantined")

_p = portal_runs.c
_v = verdict_intervals.c


@dataclass(frozen=True, slots=True)
class SeenPortal:
    """How a portal's visit ended in a run, and its score as it was stored; ``nth`` as in ``portal_runs``."""

    run_id: str
    portal_id: str
    nth: int
    agency_id: str | None
    kind: str
    state: str
    reason: str | None
    moved_to: str | None
    finished_at: datetime | None
    fetched: int
    rendered: int
    requests: int
    score_value: float | None
    passed: int
    failed: int
    not_measured: int
    warc: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of a portal from the ``first`` to the ``last`` time something was stored of it."""

    portal_id: str
    rule: str
    first: int
    last: int
    outcome: str
    reason: str | None
    standing: str
    proves: str
    severity: str
    stage: str
    group: str


Stored = tuple[str, int, str]
"""A portal's id, the time its result was stored, and the run it is of."""
Failing = tuple[str, str, int, int, str]
"""A portal's id, a rule that failed there once, the first and last time, and what it said between them."""


@dataclass(frozen=True, slots=True)
class NightSum:
    """Portals of a run that are alike: their state, the numbers of their score, and what one rule said of them
    (None where none was asked for, or it said nothing)."""

    run_id: str
    state: str
    portals: int
    passed: int
    failed: int
    not_measured: int
    has_score: bool
    embargoed: Said | None


_SEEN = select(
    *(_p[name] for name in ("run_id", "portal_id", "nth", "agency_id", "kind", "state", "reason", "moved_to")),
    *(_p[name] for name in ("finished_at", "fetched", "rendered", "requests")),
    *(_p[name] for name in ("score_value", "score_passed", "score_failed", "score_not_measured", "warc")),
)
_SAID = select(
    *(_v[name] for name in ("portal_id", "rule", "first", "last", "outcome", "reason", "standing", "proves")),
    *(_v[name] for name in ("severity", "stage", "grp")),
)
_HOLDS = and_(_v.portal_id == _p.portal_id, _v.first <= _p.nth, _v.last >= _p.nth)
_COUNTED = and_(runs.c.status.in_(_ENDED), runs.c.kind != "judge")
_HALF = and_(runs.c.kind == "nightly", runs.c.status == "partial", func.coalesce(runs.c.reason, "").in_(BROKEN_OFF))


class Showing:
    """The questions. Every method raises DatabaseUnusable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._states: dict[str, dict[str, int]] = {}
        self._commons = Commons()

    def fingerprint(self) -> str:
        """A digest that is another one as soon as a run ended or went, somebody said something of a finding, a
        round went on, or a figure was taken in or back."""
        ended = select(func.count(), func.max(runs.c.finished_at)).where(runs.c.status != "running")
        steps = case({"open": 1, "closed": 2}, value=rounds.c.status, else_=3)
        asked: list[Any] = [
            ended,
            select(func.count(), func.count(waivers.c.withdrawn_at)).select_from(waivers),
            select(func.count(), func.count(manual_verdicts.c.withdrawn_at)).select_from(manual_verdicts),
            select(func.count(), func.max(replies.c.taken_at)).select_from(replies),
            select(func.count(), func.sum(steps)).select_from(rounds),
            select(func.count(), func.count(official_figures.c.withdrawn_at)).select_from(official_figures),
        ]
        with self._database.read() as connection:
            told = [tuple(connection.execute(one).one()) for one in asked]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def newest_night(self) -> Run | None:
        """The newest nightly round that was brought to its end and is not held back."""
        asked = select(runs).where(_COUNTED, runs.c.kind == "nightly", ~_HALF)
        with self._database.read() as connection:
            row = connection.execute(asked.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)).first()
        return rows.read_run(row, ()) if row is not None else None

    def runs(self, *, quarantined: bool, limit: int, offset: int = 0) -> tuple[list[Run], int]:
        """Runs that ended, newest first, without their portals, and how many there are in all."""
        which = runs.c.status.in_(_ALWAYS if quarantined else _ENDED)
        page = select(runs).where(which).order_by(runs.c.started_at.desc(), runs.c.id.desc())
        with self._database.read() as connection:
            found = [rows.read_run(row, ()) for row in connection.execute(page.limit(limit).offset(offset))]
            return found, connection.scalar(select(func.count()).select_from(runs).where(which)) or 0

    def nights(self, count: int) -> list[Run]:
        """The newest nights that were brought to their end, newest first."""
        asked = select(runs).where(_COUNTED, runs.c.kind == "nightly", ~_HALF).order_by(runs.c.started_at.desc())
        with self._database.read() as connection:
            return [rows.read_run(row, ()) for row in connection.execute(asked.limit(count))]

    def run(self, run_id: str) -> Run | None:
        with self._database.read() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
        return rows.read_run(row, ()) if row is not None else None

    def counted(self) -> dict[str, Run]:
        """Runs that say something of portals, by id, oldest first: ended, neither quarantined nor judged again."""
        asked = select(runs).where(_COUNTED).order_by(runs.c.started_at, runs.c.id)
        with self._database.read() as connection:
            return {row.id: rows.read_run(row, ()) for row in connection.execute(asked)}

    def sums(self, run_ids: Sequence[str], apart: Collection[str]) -> list[NightSum]:
        """Portals of runs that are alike in their scores, and in what the rule ``apart`` (at most one) says."""
        if len(apart) > 1:
            raise ValueError(apart)
        alike = (_p.run_id, _p.state, _p.score_passed, _p.score_failed, _p.score_not_measured)
        scored = _p.score_value.is_not(None)
        says = (_v.rule, _v.outcome, _v.reason, _v.standing, _v.proves, _v.severity, _v.stage, _v.grp)
        here = and_(_HOLDS, _v.rule.in_(tuple(apart)))
        asked = select(*alike, scored, func.count(), *says).outerjoin(verdict_intervals, here)
        asked = asked.group_by(*alike, scored, *says)
        told = []
        for some in _some(run_ids):
            for run_id, state, passed, failed, unmeasured, has, count, rule, *said in self._all(
                asked.where(_p.run_id.in_(some))
            ):
                apart_said = Said("", rule, 0, 0, *said) if rule is not None else None
                told.append(NightSum(run_id, state, count, passed, failed, unmeasured, bool(has), apart_said))
        return told

    def seen(self, run_ids: Sequence[str]) -> Iterator[SeenPortal]:
        """Every portal of these runs."""
        for some in _some(run_ids):
            yield from (SeenPortal(*row) for row in self._all(_SEEN.where(_p.run_id.in_(some))))

    def seen_of(self, portal_id: str) -> list[SeenPortal]:
        """Everything stored of one portal, in the order of storing."""
        asked = _SEEN.where(_p.portal_id == portal_id).order_by(_p.nth)
        return [SeenPortal(*row) for row in self._all(asked)]

    def page_of_run(
        self, run_id: str, limit: int, offset: int, states: Sequence[str]
    ) -> tuple[list[SeenPortal], int]:
        """Some portals of a run, by their ids, and how many it holds; of some states, where any are named."""
        here = _p.run_id == run_id
        here = and_(here, _p.state.in_(states)) if states else here
        page = _SEEN.where(here).order_by(_p.portal_id).limit(limit).offset(offset)
        with self._database.read() as connection:
            found = [SeenPortal(*row) for row in connection.execute(page)]
            return found, connection.scalar(select(func.count()).select_from(portal_runs).where(here)) or 0

    def states(self, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """How many portals of each run are in which state. What a run that ended says is counted once."""
        asked = select(_p.run_id, _p.state, func.count()).group_by(_p.run_id, _p.state)
        missing = [each for each in run_ids if each not in self._states]
        for some in _some(missing):
            told: dict[str, dict[str, int]] = {each: {} for each in some}
            for run_id, state, count in self._all(asked.where(_p.run_id.in_(some))):
                told[run_id][state] = count
            self._states |= told
        return {each: self._states[each] for each in run_ids}

    def forget(self) -> None:
        """What was read may be another now: a run that was broken off can be gone on with, and one that was pruned
        leaves numbers of its documents to others."""
        self._states, self._commons = {}, Commons()

    def reasons(self, run_id: str) -> dict[tuple[str, str | None], tuple[int, int, int]]:
        """Of a run, by state and reason: portals, requests made, pages read."""
        asked = (
            select(_p.state, _p.reason, func.count(), func.sum(_p.requests), func.sum(_p.fetched))
            .where(_p.run_id == run_id)
            .group_by(_p.state, _p.reason)
            .order_by(func.count().desc(), _p.state, _p.reason)
        )
        return {(row[0], row[1]): (row[2], int(row[3] or 0), int(row[4] or 0)) for row in self._all(asked)}

    def said(
        self, run_id: str, portal_ids: Sequence[str] | None = None, rules: Sequence[str] = ()
    ) -> Iterator[Said]:
        """What the rules, or some of them, said of the portals of a run, or of some of those."""
        asked = _SAID.join(portal_runs, _HOLDS).where(_p.run_id == run_id)
        if rules:
            asked = asked.where(_v.rule.in_(rules))
        if portal_ids is None:
            yield from (Said(*row) for row in self._all(asked))
            return
        for some in _some(portal_ids):
            yield from (Said(*row) for row in self._all(asked.where(_p.portal_id.in_(some))))

    def whole(self, run_id: str, portal_id: str, rule: str | None = None) -> PortalRun | None:
        """A portal's result in one run, without the facts of its pages; with a ``rule`` its judgement alone. None
        where the run does not hold it."""
        rules = None if rule is None else (rule,)
        with self._database.read() as connection:
            found = load(connection, run_id, [portal_id], pages=False, commons=self._commons, rules=rules)
        return replace(found[0], portal=_named(found[0].portal, portal_id)) if found else None

    def outcomes(self, run_id: str) -> Iterator[tuple[str, str, str]]:
        """Portal, rule and outcome of all that was passed or failed in a run."""
        told = select(_v.portal_id, _v.rule, _v.outcome).join(portal_runs, _HOLDS)
        asked = told.where(_p.run_id == run_id, _v.outcome.in_(("passed", "failed")))
        yield from (tuple(row) for row in self._all(asked))

    def verdicts(self, run_id: str) -> dict[tuple[str, str | None, str], int]:
        """How many verdicts of a run have which outcome, reason and severity."""
        alike = (_v.outcome, _v.reason, _v.severity)
        asked = select(*alike, func.count()).join(portal_runs, _HOLDS).where(_p.run_id == run_id).group_by(*alike)
        return {(outcome, reason, severity): count for outcome, reason, severity, count in self._all(asked)}

    def past(self, portal_ids: Sequence[str]) -> tuple[list[Stored], list[Failing]]:
        """Of some portals, 400 at most: all that was stored, and by portal, rule and time what the rules said that
        ever failed there."""
        failed = (
            select(_v.portal_id, _v.rule).where(_v.portal_id.in_(portal_ids), _v.outcome == "failed").distinct()
        )
        ever = failed.subquery()
        same = and_(ever.c.portal_id == _v.portal_id, ever.c.rule == _v.rule)
        said = select(_v.portal_id, _v.rule, _v.first, _v.last, _v.outcome).join(ever, same)
        with self._database.read() as connection:
            order = (_v.portal_id, _v.rule, _v.first)
            told: list[Any] = [tuple(row) for row in connection.execute(said.order_by(*order))]
        return self.stored(portal_ids), told

    def stored(self, portal_ids: Sequence[str]) -> list[Stored]:
        """All that was stored of some portals, 400 at most."""
        visits = select(_p.portal_id, _p.nth, _p.run_id).where(_p.portal_id.in_(portal_ids))
        return [tuple(row) for row in self._all(visits)]

    def said_of(self, portal_id: str, rule: str) -> list[Said]:
        """What one rule said of one portal, oldest first."""
        asked = _SAID.where(_v.portal_id == portal_id, _v.rule == rule).order_by(_v.first)
        return [Said(*row) for row in self._all(asked)]

    def portals(self, run_id: str, portal_ids: Sequence[str]) -> dict[str, Portal]:
        """Portals as a run had them in its registry. Their documents are unpacked: for a few, or once."""
        told: dict[str, Portal] = {}
        for some in _some(portal_ids):
            asked = select(_p.portal_id, _p.visit_id).where(_p.run_id == run_id, _p.portal_id.in_(some))
            with self._database.read() as connection:
                found = connection.execute(asked).all()
                documents = Documents(connection)
                documents.fetch(row.visit_id for row in found)
                for row in found:
                    line, _, _ = documents.read(row.visit_id).partition(b"\n")
                    told[row.portal_id] = _named(blobs.read_portal(line), row.portal_id)
        return told

    def _all(self, asked: Executable) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(asked))


def _named(portal: Portal, portal_id: str) -> Portal:
    """The portal under the id of its row, which is what everything else goes by."""
    return portal if portal.id == portal_id else replace(portal, id=portal_id)


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
