"""What is kept of a night beside its run: with what it was begun, who is at it, what it took."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, update

from storage.archive import BROKEN_OFF
from storage.database import Database
from storage.records import RunStatus
from storage.tables import nights, portal_runs, registries, runs


@dataclass(frozen=True, slots=True)
class NightRecord:
    """A night as its run and its own row tell. ``asked`` counts the portals to be visited; ``pid`` and ``host`` are
    of the process that is, or was, at it since ``resumed_at`` and lived at ``beat_at``. ``bytes`` is what the night
    added to the disk, None while it is not over; ``detail`` is a sentence beside the reason,
    "tiếng Việt / English"."""

    run_id: str
    status: RunStatus
    reason: str | None
    day: date
    started_at: datetime
    finished_at: datetime | None
    asked: int
    pid: int
    host: str
    resumed_at: datetime
    beat_at: datetime
    bytes: int | None
    detail: str | None

    @property
    def is_unended(self) -> bool:
        """Begun, and not brought to its end: it goes on, or was broken off and can be gone on with."""
        return self.status == "running" or (self.status == "partial" and self.reason in BROKEN_OFF)


@dataclass(frozen=True, slots=True)
class NightProgress:
    """How far a night is: portals visited by state, and pages read on them."""

    states: Mapping[str, int]
    pages: int

    @property
    def done(self) -> int:
        return sum(count for state, count in self.states.items() if state != "no_address")


class Nights:
    """The nights of a database. Every method raises DatabaseUnusable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, run_id: str, asked: int, registry: bytes, *, pid: int, host: str, now: datetime) -> None:
        """Writes down a night whose run has begun; ``registry`` is what ``registry(run_id)`` gives back."""
        sha = hashlib.sha256(registry).hexdigest()
        row = {"run_id": run_id, "registry_sha": sha, "asked": asked, "pid": pid, "host": host}
        with self._database.write() as connection:
            if connection.scalar(select(registries.c.sha256).where(registries.c.sha256 == sha)) is None:
                connection.execute(insert(registries), {"sha256": sha, "body": zlib.compress(registry)})
            connection.execute(insert(nights), {**row, "resumed_at": now, "beat_at": now})

    def resume(self, run_id: str, *, pid: int, host: str, now: datetime) -> None:
        self._set(run_id, pid=pid, host=host, resumed_at=now, beat_at=now)

    def beat(self, run_id: str, now: datetime) -> None:
        self._set(run_id, beat_at=now)

    def tell(self, run_id: str, *, taken: int, detail: str | None) -> None:
        self._set(run_id, bytes=taken, detail=detail)

    def record(self, run_id: str) -> NightRecord | None:
        with self._database.read() as connection:
            row = connection.execute(_RECORDS.where(runs.c.id == run_id)).one_or_none()
            return NightRecord(*row) if row else None

    def newest(self, count: int) -> list[NightRecord]:
        """The newest nights, by when they began."""
        asked = _RECORDS.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(count)
        with self._database.read() as connection:
            return [NightRecord(*row) for row in connection.execute(asked)]

    def unended(self) -> list[str]:
        """The runs of nights that were begun and not brought to their end, newest first."""
        broken = (runs.c.status == "partial") & runs.c.reason.in_(BROKEN_OFF)
        asked = select(nights.c.run_id).join(runs, runs.c.id == nights.c.run_id)
        asked = asked.where((runs.c.status == "running") | broken)
        with self._database.read() as connection:
            return list(connection.scalars(asked.order_by(runs.c.started_at.desc(), runs.c.id.desc())))

    def registry(self, run_id: str) -> bytes | None:
        """The registry a night was begun with; None where that is not known."""
        asked = select(registries.c.body).join(nights, nights.c.registry_sha == registries.c.sha256)
        with self._database.read() as connection:
            body = connection.scalar(asked.where(nights.c.run_id == run_id))
        return zlib.decompress(body) if body is not None else None

    def progress(self, run_id: str) -> NightProgress:
        asked = (
            select(portal_runs.c.state, func.count(), func.sum(portal_runs.c.fetched))
            .where(portal_runs.c.run_id == run_id)
            .group_by(portal_runs.c.state)
        )
        states: Counter[str] = Counter()
        pages = 0
        with self._database.read() as connection:
            for state, count, fetched in connection.execute(asked):
                states[state] = count
                pages += int(fetched or 0)
        return NightProgress(states, pages)

    def outcomes(self, run_id: str) -> dict[str, tuple[str, str | None]]:
        """State and reason of each portal that a run holds, by its id."""
        asked = select(portal_runs.c.portal_id, portal_runs.c.state, portal_runs.c.reason)
        with self._database.read() as connection:
            found = connection.execute(asked.where(portal_runs.c.run_id == run_id))
            return {portal_id: (state, reason) for portal_id, state, reason in found}

    def outcome(self, run_id: str, portal_id: str) -> tuple[str, str | None, datetime | None] | None:
        """State and reason of one portal, and when its visit ended; None where the run does not hold it."""
        asked = select(portal_runs.c.state, portal_runs.c.reason, portal_runs.c.finished_at)
        here = (portal_runs.c.run_id == run_id) & (portal_runs.c.portal_id == portal_id)
        with self._database.read() as connection:
            found = connection.execute(asked.where(here)).one_or_none()
            return (found.state, found.reason, found.finished_at) if found else None

    def last_visits(self) -> dict[str, datetime]:
        """When each portal was last visited in a night that counts, whatever came of it, by its id."""
        visited = (portal_runs.c.state != "no_address") & func.coalesce(portal_runs.c.reason, "").not_in(
            ("not_visited", "our_fault")
        )
        asked = (
            select(portal_runs.c.portal_id, func.max(portal_runs.c.finished_at))
            .join(runs, runs.c.id == portal_runs.c.run_id)
            .where(runs.c.kind == "nightly", runs.c.status.in_(("complete", "partial")), visited)
            .group_by(portal_runs.c.portal_id)
        )
        with self._database.read() as connection:
            return {portal_id: at for portal_id, at in connection.execute(asked) if at is not None}

    def warcs(self, run_id: str) -> frozenset[str]:
        """The evidence files that a run names."""
        asked = select(portal_runs.c.warc).where(portal_runs.c.run_id == run_id, portal_runs.c.warc.is_not(None))
        with self._database.read() as connection:
            return frozenset(connection.scalars(asked))

    def _set(self, run_id: str, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(update(nights).where(nights.c.run_id == run_id).values(**values))


_RECORDS = select(
    *(runs.c[name] for name in ("id", "status", "reason", "day", "started_at", "finished_at")),
    *(nights.c[name] for name in ("asked", "pid", "host", "resumed_at", "beat_at", "bytes", "detail")),
).join(nights, runs.c.id == nights.c.run_id)
