"""How the nights stand: the last ones, the one that goes on, portals that nobody has seen for too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit.days import day_of
from audit.nights.night import AnotherNight, holder
from audit.nights.room import bytes_needed, free_bytes
from audit.registry.registry import Registry
from audit.tally import NOT_VISITED
from audit_rules.facts import Portal
from storage.archive import Archive
from storage.nights import NightProgress, NightRecord, Nights

SHOWN = 10
STALE_DAYS = 2
_NO_OUTCOME = (NOT_VISITED, "our_fault")


@dataclass(frozen=True, slots=True)
class Standing:
    """``nights`` are the newest first; ``under_way`` is the one that a living process is at, with its end as it
    seems now (None while nothing is done). ``without`` are the active portals without an outcome in the newest
    night that ended, ``stale`` those not visited in a night that counts for more than ``days``, with the last
    visit. Bytes are of the data folder's disk."""

    nights: Sequence[tuple[NightRecord, NightProgress]]
    under_way: tuple[NightRecord, NightProgress, datetime | None] | None
    process: AnotherNight | None
    without: Sequence[Portal]
    stale: Sequence[tuple[Portal, datetime | None]]
    days: int
    free: int
    needed: int
    now: datetime

    @property
    def last(self) -> NightRecord | None:
        """The newest night that ended, or was broken off."""
        live = self.under_way[0].run_id if self.under_way else None
        return next((night for night, _ in self.nights if night.run_id != live), None)


def standing(archive: Archive, registry: Registry, data: Path, *, days: int) -> Standing:
    """Raises ArchiveError."""
    now = datetime.now(UTC)
    nights = Nights(archive.database)
    newest = [(night, nights.progress(night.run_id)) for night in nights.newest(SHOWN)]
    process = holder(data)
    live = next(((n, p) for n, p in newest if n.status == "running" and (process or _beats(n, now))), None)
    active = registry.active(day_of(now))
    visits = nights.last_visits()
    old = now - timedelta(days=days)
    return Standing(
        nights=newest,
        under_way=(*live, _end(*live, now)) if live else None,
        process=process,
        without=without_outcome(nights, active) if newest else (),
        stale=[(portal, visits.get(portal.id)) for portal in active if visits.get(portal.id, _NEVER) < old]
        if newest
        else (),
        days=days,
        free=free_bytes(data),
        needed=bytes_needed(archive, len(active)),
        now=now,
    )


def without_outcome(nights: Nights, active: Sequence[Portal]) -> list[Portal]:
    """The active portals of which the newest night that ended says nothing: no row, or nobody came to it."""
    last = next((night for night in nights.newest(SHOWN) if not night.is_unended), None)
    if last is None:
        return []
    told = nights.outcomes(last.run_id)
    return [each for each in active if each.id not in told or told[each.id][1] in _NO_OUTCOME]


_NEVER = datetime.min.replace(tzinfo=UTC)
_ALIVE = timedelta(minutes=5)


def _beats(night: NightRecord, now: datetime) -> bool:
    """On another machine only its beat tells that it lives."""
    return now - night.beat_at < _ALIVE


def _end(night: NightRecord, progress: NightProgress, now: datetime) -> datetime | None:
    if not progress.done:
        return None
    return now + (now - night.resumed_at) / progress.done * max(night.asked - progress.done, 0)
