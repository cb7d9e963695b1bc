"""Verdicts as intervals: a row holds as long as a rule says the same of a portal.

They are counted by what was stored of the portal, one after another (``portal_runs.nth``), not by days: runs that
are stored late, judged again or begun twice need no room made for them (docs/decisions/0014-intervals.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from storage.records import PastVerdict
from storage.rows import RowValues, StoredRow
from storage.tables import STILL, portal_runs, runs, verdict_intervals

_SAYS = ("outcome", "reason", "standing", "proves", "severity", "stage", "grp")

_v = verdict_intervals.c


def tell_verdicts(connection: Connection, portal_id: str, nth: int, verdicts: Sequence[RowValues]) -> None:
    """What the rules say of a portal the ``nth`` time, in place of what they said of it before. Nothing is written
    for those that say what they said the last time."""
    newest = select(func.max(portal_runs.c.nth)).where(portal_runs.c.portal_id == portal_id)
    last = STILL if nth >= (connection.scalar(newest) or 0) else nth
    near = (_v.portal_id == portal_id) & (_v.first <= nth) & (_v.last >= nth - 1)
    found = connection.execute(select(verdict_intervals).where(near)).all()
    holding = {row.rule: row for row in found if row.last >= nth}
    ended = {row.rule: row for row in found if row.last == nth - 1}
    wanted = {row["rule"]: row for row in verdicts}
    for rule, row in holding.items():
        if rule not in wanted or not _same(row, wanted[rule]):
            _leave_out(connection, row, nth, newest=last == STILL)
    fresh: list[RowValues] = []
    for rule, told in wanted.items():
        if rule in holding and _same(holding[rule], told):
            continue
        before = ended.get(rule)
        if before is not None and _same(before, told):
            connection.execute(update(verdict_intervals).where(_this(before)).values(last=last))
        else:
            fresh.append({**told, "portal_id": portal_id, "first": nth, "last": last})
    if fresh:
        connection.execute(insert(verdict_intervals), fresh)


def _leave_out(connection: Connection, row: StoredRow, nth: int, *, newest: bool) -> None:
    """The interval without the ``nth`` time: shorter, in two, or gone."""
    after = None if newest or row.last == nth else nth + 1
    if row.first < nth:
        connection.execute(update(verdict_intervals).where(_this(row)).values(last=nth - 1))
    else:
        connection.execute(delete(verdict_intervals).where(_this(row)))
    if after is not None:
        connection.execute(insert(verdict_intervals), {**row._asdict(), "first": after})


def _this(row: StoredRow) -> ColumnElement[bool]:
    return and_(_v.portal_id == row.portal_id, _v.rule == row.rule, _v.first == row.first)


def _same(row: StoredRow, told: RowValues) -> bool:
    return all(getattr(row, name) == told[name] for name in _SAYS)


_HOLDS = and_(_v.portal_id == portal_runs.c.portal_id, _v.first <= portal_runs.c.nth, _v.last >= portal_runs.c.nth)


def past_verdicts(connection: Connection, portal_id: str) -> list[PastVerdict]:
    """What finished runs said of a portal, newest last; neither re-judged nor quarantined runs."""
    return next(past_of_each(connection, [portal_id]))


def past_of_each(connection: Connection, portal_ids: Sequence[str]) -> Iterator[list[PastVerdict]]:
    """The same of some hundred portals at once, in their order. One is told at a time: a year of one has tens of
    thousands of verdicts."""
    counted = runs.c.status.in_(("complete", "partial")) & (runs.c.kind != "judge")
    seen_at = func.coalesce(portal_runs.c.finished_at, runs.c.started_at)
    visits = (
        select(portal_runs.c.portal_id, portal_runs.c.nth, runs.c.id, runs.c.kind, runs.c.day, seen_at)
        .join_from(portal_runs, runs, runs.c.id == portal_runs.c.run_id)
        .where(portal_runs.c.portal_id.in_(portal_ids), counted)
        .order_by(runs.c.started_at, runs.c.id)
    )
    says = select(_v.portal_id, _v.first, _v.last, _v.rule, _v.outcome, _v.reason)
    said = says.where(_v.portal_id.in_(portal_ids)).order_by(_v.rule)
    visits_of: dict[str, list[tuple[Any, ...]]] = {each: [] for each in portal_ids}
    said_of: dict[str, list[tuple[Any, ...]]] = {each: [] for each in portal_ids}
    for portal_id, *visit in connection.execute(visits):
        visits_of[portal_id].append(tuple(visit))
    for portal_id, *spell in connection.execute(said):
        said_of[portal_id].append(tuple(spell))
    return (_past(visits_of[each], said_of[each]) for each in portal_ids)


def _past(told: Sequence[tuple[Any, ...]], said: Sequence[tuple[Any, ...]]) -> list[PastVerdict]:
    by_nth: dict[int, list[tuple[str, str, str | None]]] = {nth: [] for nth, *_ in told}
    newest = max(by_nth, default=0)
    # The database would look through all intervals for each visit; a year of one portal has some hundred of both.
    for first, last, *item in said:
        for nth in range(first, min(last, newest) + 1):
            if nth in by_nth:
                by_nth[nth].append(tuple(item))
    return [
        PastVerdict(run_id, kind, day, at, *item) for nth, run_id, kind, day, at in told for item in by_nth[nth]
    ]


def count_verdicts(connection: Connection, run_id: str) -> dict[str, dict[str, int]]:
    """Of how many portals of a run each rule said what: counts by outcome, by rule."""
    asked = (
        select(_v.rule, _v.outcome, func.count())
        .join_from(portal_runs, verdict_intervals, _HOLDS)
        .where(portal_runs.c.run_id == run_id)
        .group_by(_v.rule, _v.outcome)
        .order_by(_v.rule, _v.outcome)
    )
    counts: dict[str, dict[str, int]] = {}
    for rule, outcome, count in connection.execute(asked):
        counts.setdefault(rule, {})[outcome] = count
    return counts
