"""What is old goes: first what pages said and what verdicts rest on, and much later, or never, whole runs.

A run of which the pages are gone still tells its verdicts, their words, the visit and the digests of what was seen;
it cannot be judged again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, delete, exists, select, text, update
from sqlalchemy.exc import DBAPIError

from storage import blobs
from storage.database import Database
from storage.documents import Documents, drop_unused
from storage.faults import DatabaseUnusable
from storage.results import looks_of
from storage.tables import looks, portal_runs, round_nights, rounds, runs, verdict_intervals

_WORTH_IT = 0.2
"""Share of a SQLite file that has to be empty before the file is written anew."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Runs (or portals of runs) that were pruned, and documents that went with them."""

    runs: int
    portals: int
    documents: int


def runs_before(database: Database, day: date, *, whole: bool) -> list[str]:
    """The ended runs before a day that may be pruned, oldest first: those of which the pages are still there, or
    ``whole`` ones. What a round rests on that is not approved stays."""
    awaited = select(round_nights.c.run_id).join(rounds, rounds.c.id == round_nights.c.round_id)
    asked = select(runs.c.id).where(
        runs.c.day < day, runs.c.status != "running", runs.c.id.not_in(awaited.where(rounds.c.status != "approved"))
    )
    if not whole:
        asked = asked.where(exists().where(_prunable(runs.c.id)))
    with database.read() as connection:
        return list(connection.scalars(asked.order_by(runs.c.started_at, runs.c.id)))


def prune_pages(database: Database, run_ids: Sequence[str], now: datetime) -> Gone:
    """Takes what was read of pages, evidence and searches out of these runs, in a transaction for each run. What
    was last stored of a portal stays as it is. Raises DatabaseUnusable."""
    return _sum([database.transact(partial(_prune_pages, run_id=run_id, now=now)) for run_id in run_ids])


def _prune_pages(connection: Connection, run_id: str, now: datetime) -> Gone:
    asked = select(portal_runs.c.portal_id, portal_runs.c.judged_id).where(_prunable(run_id))
    found = connection.execute(asked).all()
    return Gone(1, len(found), sum(_prune_portal(connection, run_id, *row, now) for row in found))


def _prune_portal(connection: Connection, run_id: str, portal_id: str, judged_id: int, now: datetime) -> int:
    kept = Documents(connection)
    around, judgements = kept.read(judged_id).split(b"\n")
    bare = tuple(
        replace(each, verdict=replace(each.verdict, values={}, evidence=(), searched=None, wanted=()))
        for each in blobs.read_judgements(judgements)
    )
    pruned = (portal_runs.c.portal_id == portal_id) & portal_runs.c.pruned_at.is_not(None)
    near = select(portal_runs.c.judged_id).where(pruned).order_by(portal_runs.c.nth.desc()).limit(1)
    told = kept.tell(around + b"\n" + blobs.pack(bare), connection.scalar(near))
    here = (portal_runs.c.run_id == run_id) & (portal_runs.c.portal_id == portal_id)
    parts = looks_of(connection, run_id, [portal_id])[portal_id]
    connection.execute(delete(looks).where(looks.c.run_id == run_id, looks.c.portal_id == portal_id))
    connection.execute(update(portal_runs).where(here).values(judged_id=told, pruned_at=now))
    return drop_unused(connection, [judged_id, *parts])


def prune_runs(database: Database, run_ids: Sequence[str]) -> Gone:
    """Removes whole runs, in a transaction for each, and then verdicts that no run is left of.

    Raises DatabaseUnusable."""
    gone = _sum([database.transact(partial(_prune_run, run_id=run_id)) for run_id in run_ids])
    held = (
        (portal_runs.c.portal_id == verdict_intervals.c.portal_id)
        & (portal_runs.c.nth >= verdict_intervals.c.first)
        & (portal_runs.c.nth <= verdict_intervals.c.last)
    )
    with database.write() as connection:
        connection.execute(delete(verdict_intervals).where(~exists(select(portal_runs.c.nth).where(held))))
    return gone


def _prune_run(connection: Connection, run_id: str) -> Gone:
    found = connection.execute(select(portal_runs).where(portal_runs.c.run_id == run_id)).all()
    parts = looks_of(connection, run_id, [row.portal_id for row in found])
    connection.execute(delete(runs).where(runs.c.id == run_id))
    named = {number for row in found for number in (row.visit_id, row.judged_id, row.bodies_id, row.answered_id)}
    named |= {number for several in parts.values() for number in several}
    return Gone(1, len(found), drop_unused(connection, sorted(named)))


def _sum(several: Sequence[Gone]) -> Gone:
    return Gone(
        sum(one.runs for one in several), sum(one.portals for one in several), sum(one.documents for one in several)
    )


def give_back(database: Database) -> bool:
    """Gives room that is no longer used back to the disk where it helps: whether it was done. Not being able to
    (others are at it, the disk has no room for the new file) is no fault."""
    try:
        connection = database.own_connection()
        try:
            if database.kind == "sqlite":
                pages = connection.scalar(text("PRAGMA page_count")) or 1
                if (connection.scalar(text("PRAGMA freelist_count")) or 0) < _WORTH_IT * pages:
                    return False
            connection.execute(text("VACUUM"))
        finally:
            connection.close()
    except (DatabaseUnusable, DBAPIError):
        return False
    return True


def _prunable(run_id: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Visits of a run of which everything is still there, and after which another one of the portal was stored."""
    later = portal_runs.alias("later")
    newer = exists(
        select(later.c.nth).where(later.c.portal_id == portal_runs.c.portal_id, later.c.nth > portal_runs.c.nth)
    )
    return (portal_runs.c.run_id == run_id) & portal_runs.c.pruned_at.is_(None) & newer
