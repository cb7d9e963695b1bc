"""What became of portals on their last days: the little that a review of the registry needs of many runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from storage.archive import UnknownRun
from storage.database import Database
from storage.tables import portal_runs, runs

RUNS = 60
"""The newest runs that are looked through."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a portal's visit ended in a run: contract states and reasons; ``moved_to`` is an address or None."""

    portal_id: str
    run_id: str
    day: date
    state: str
    reason: str | None
    moved_to: str | None


def sightings(database: Database, run_id: str) -> list[Sighting]:
    """The sightings of a run and of those before it, oldest first, 60 runs at most; of runs that ended, and neither
    of quarantined ones nor of those that judged again or played. Raises UnknownRun and DatabaseUnusable."""
    counted = runs.c.status.in_(("complete", "partial")) & runs.c.kind.in_(("run", "nightly"))
    with database.read() as connection:
        until = connection.scalar(select(runs.c.started_at).where(runs.c.id == run_id))
        if until is None:
            raise UnknownRun(f"Không có lần kiểm tra “{run_id}” / There is no run “{run_id}”")
        newest = (
            select(runs.c.id, runs.c.day)
            .where(counted, runs.c.started_at <= until)
            .order_by(runs.c.started_at.desc(), runs.c.id.desc())
            .limit(RUNS)
        )
        days = {row.id: row.day for row in connection.execute(newest)}
        seen = portal_runs.c
        asked = select(seen.portal_id, seen.run_id, seen.state, seen.reason, seen.moved_to).where(
            seen.run_id.in_(list(days))
        )
        order = {id_: number for number, id_ in enumerate(days)}
        found = sorted(connection.execute(asked), key=lambda row: (-order[row.run_id], row.portal_id))
    return [
        Sighting(row.portal_id, row.run_id, days[row.run_id], row.state, row.reason, row.moved_to) for row in found
    ]
