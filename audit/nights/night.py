"""A night: a run over the whole registry, begun once, gone on with by whoever comes, ended once
(docs/decisions/0015-night.md)."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import msgspec

from audit.closing_step import close
from audit.days import HANOI, day_of
from audit.evidence import seal_run
from audit.fleet import header_of
from audit.nights.jumps import jump, picture
from audit.nights.room import taken
from audit.registry.registry import Registry, Round
from audit.tally import NOT_VISITED
from audit_rules.engine import judge
from audit_rules.facts import Agency, NetFacts, Portal, State, Visit
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from crawler.plan import Plan, Timeouts
from storage.alive import alive_of
from storage.archive import Archive
from storage.evidence import sweep
from storage.files import lock, one_at_a_time, safe_name
from storage.nights import NightRecord, Nights
from storage.records import PortalRun, RunHeader, RunStatus
from storage.showing import Showing

RESUMED_WITHIN = timedelta(hours=18)
"""A night that was broken off is gone on with for so long after it began; later a new one begins."""

_LOCK = "nightly"
_AS_BEGUN = ("max_pages", "render", "depth", "delay", "user_agent", "timeouts")
"""What of the plan decides what is seen."""


class AnotherNight(Exception):
    """A night is going on with this data; ``pid`` 0 where its process is on another machine or not known."""

    def __init__(self, pid: int, since: datetime | None) -> None:
        super().__init__(f"another night is going on, process {pid}")
        self.pid = pid
        self.since = since


@dataclass(frozen=True, slots=True)
class Ended:
    """How a night ended. ``detail`` is a sentence beside the reason, "tiếng Việt / English"."""

    status: RunStatus
    reason: str | None
    detail: str | None = None


@dataclass(frozen=True)
class Night:
    """A night as it was begun: whoever goes on with it does the same."""

    header: RunHeader
    registry: Registry
    plan: Plan

    @cached_property
    def round(self) -> Round:
        return self.registry.round(self.header.day)

    @property
    def asked(self) -> tuple[Portal, ...]:
        return self.round.asked

    @property
    def patient(self) -> Night:
        """The same night for the second visit to who was silent."""
        return replace(self, plan=replace(self.plan, timeouts=self.plan.timeouts.longer))

    @cached_property
    def _rulebook(self) -> Rulebook:
        return open_rulebook()

    def unvisited(self, portal: Portal) -> PortalRun:
        """The row of a portal that was not come to."""
        return self._unseen(portal, "error", NOT_VISITED)

    def lost(self, portal: Portal) -> PortalRun:
        """The row of a portal under which our own processes died."""
        return self._unseen(portal, "error", "our_fault")

    def _unseen(self, portal: Portal, state: State, reason: str | None) -> PortalRun:
        now = datetime.now(UTC)
        seen = Visit(state, reason, None, (), NetFacts(), started_at=now, finished_at=now)
        around = self.registry.surroundings(portal, self.header.day)
        judgements = judge(portal, seen, around, self._rulebook, self.header.law_day)
        return PortalRun(portal, seen, around, judgements, score(judgements, portal))

    def rows_without(self, stored: Collection[str]) -> Iterator[PortalRun]:
        """The rows of the round that are not among those: of what was not come to, and of what nobody asks."""
        for portal in self.asked:
            if portal.id not in stored:
                yield self.unvisited(portal)
        for portal, reason in self.round.unasked:
            if portal.id not in stored:
                yield self._unseen(portal, "no_address", reason)


# --- begun, gone on with --------------------------------------------------------------------------------------


@contextmanager
def hold(archive: Archive, data: Path) -> Iterator[None]:
    """Nobody else does a night with this database or this data folder meanwhile. Raises AnotherNight."""
    file = data / "nightly.lock"
    alive = alive_of(archive.database)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with one_at_a_time(data):
            if not lock(descriptor):
                raise _other(file)
        if not alive.take(_LOCK):
            raise AnotherNight(0, None)
        mine = json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat()})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, mine.encode(), 0)
        yield
    finally:
        alive.close()
        os.close(descriptor)


def holder(data: Path) -> AnotherNight | None:
    """The process that does a night with this data now, None where none does."""
    file = data / "nightly.lock"
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    with one_at_a_time(data):
        try:
            return None if lock(descriptor) else _other(file)
        finally:
            os.close(descriptor)


def _other(file: Path) -> AnotherNight:
    try:
        told = json.loads(file.read_text("utf-8"))
        return AnotherNight(int(told["pid"]), datetime.fromisoformat(told["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return AnotherNight(0, None)


def begin(archive: Archive, registry: Registry, plan: Plan, *, law_day: date | None = None) -> Night:
    """Begins a night of today: its run, and what it is begun with. Raises ArchiveError."""
    header = header_of("nightly", plan, open_rulebook(), law_day or day_of())
    night = Night(header, registry, plan)
    archive.begin(header)
    now = datetime.now(UTC)
    packed = pack_registry(registry)
    Nights(archive.database).begin(
        header.id, len(night.asked), packed, pid=os.getpid(), host=platform.node(), now=now
    )
    return night


def open_night(archive: Archive, run_id: str, plan: Plan) -> Night:
    """A night that was begun, for whoever goes on with it; ``plan`` gives the ways out of here.

    Raises ArchiveError."""
    header = archive.header(run_id)
    packed = Nights(archive.database).registry(run_id)
    registry = read_registry_of(packed) if packed is not None else Registry({}, {})
    begun = json.loads(header.settings)
    there = {name: begun[name] for name in _AS_BEGUN if name in begun}
    if "timeouts" in there:
        there["timeouts"] = msgspec.convert(there["timeouts"], Timeouts)
    return Night(header, registry, replace(plan, **there))


def resume(archive: Archive, plan: Plan, data: Path) -> Night | None:
    """The night of today that was broken off; None where there is none.

    Older ones, and one begun with other rules, are brought to their end as they are. Raises ArchiveError."""
    nights = Nights(archive.database)
    found: Night | None = None
    for run_id in nights.unended():
        night = open_night(archive, run_id, plan)
        archive.resume(run_id)
        nights.resume(run_id, pid=os.getpid(), host=platform.node(), now=datetime.now(UTC))
        same = night.header.rules_version == open_rulebook().version
        if found is None and same and datetime.now(UTC) - night.header.started_at < RESUMED_WITHIN:
            found = night
        else:
            end(archive, night, data, cut=None if same else "rules_changed")
    return found


def pack_registry(registry: Registry) -> bytes:
    parts = (registry.agencies, registry.portals, registry.units)
    return msgspec.json.encode([list(part.values()) for part in parts])


def read_registry_of(packed: bytes) -> Registry:
    """A registry as ``pack_registry`` packed it."""
    agencies, portals, units = _read(packed)
    return Registry({a.id: a for a in agencies}, {p.id: p for p in portals}, {p.id: p for p in units})


_read = msgspec.json.Decoder(tuple[list[Agency], list[Portal], list[Portal]]).decode


# --- ended ----------------------------------------------------------------------------------------------------


def end(
    archive: Archive,
    night: Night,
    data: Path,
    *,
    cut: str | None = None,
    away: str | None = None,
    untrusted: Sequence[str] = (),
) -> Ended:
    """Brings a night to its end: ``cut`` says why it was ended before all was visited, ``away`` that the network
    was not there (a sentence for people), ``untrusted`` names portals whose rows are not to stay.

    May be called again where it was broken off. Raises ArchiveError."""
    nights = Nights(archive.database)
    known = {portal.id: portal for portal in night.asked}
    for portal_id in untrusted:
        archive.save(night.header.id, night.unvisited(known[portal_id]))
    for row in night.rows_without(nights.outcomes(night.header.id)):
        archive.save(night.header.id, row)
    folder = data / "evidence" / safe_name(night.header.id)
    sweep(data / "evidence")
    _sweep_strangers(data / "evidence", folder, nights.warcs(night.header.id))
    rulebook = open_rulebook()
    if rulebook.version == night.header.rules_version:
        close(archive, night.header, rulebook)
    ended = _verdict(archive, night, nights, cut, away)
    seal_run(archive, night.header.id, data)
    nights.tell(night.header.id, taken=taken(folder, archive), detail=ended.detail)
    archive.close_run(night.header.id, status=ended.status, finished_at=datetime.now(UTC), reason=ended.reason)
    return ended


def _verdict(archive: Archive, night: Night, nights: Nights, cut: str | None, away: str | None) -> Ended:
    if away is not None:
        return Ended("quarantined", "network_away", away)
    before = _night_before(night, nights)
    if before is not None:
        showing = Showing(archive.database)
        found = jump(
            picture(showing, before.run_id),
            picture(showing, night.header.id),
            same_rules=archive.header(before.run_id).rules_version == night.header.rules_version,
        )
        if found is not None:
            return Ended("quarantined", "jump", found.sentence(before.run_id))
    missed = sum(reason == NOT_VISITED for _, reason in nights.outcomes(night.header.id).values())
    if missed or cut not in (None, "window"):
        of = len(night.asked)
        detail = f"{missed} trên {of} cổng chưa được kiểm tra / {missed} of {of} portals were not visited"
        return Ended("partial", cut or NOT_VISITED, detail if missed else None)
    return Ended("complete", None)


def _night_before(night: Night, nights: Nights) -> NightRecord | None:
    """The night that this one is compared with: the last that ended and is believed, or was held back for a jump.
    What two nights show alike is believed: a jump that stays is told once."""
    for past in nights.newest(30):
        counts = not past.is_unended and (past.status != "quarantined" or past.reason == "jump")
        if counts and past.run_id != night.header.id and past.started_at < night.header.started_at:
            return past
    return None


def _sweep_strangers(evidence: Path, folder: Path, named: Collection[str]) -> None:
    """Evidence of portals whose result was never stored."""
    for file in folder.glob("*.warc.gz"):
        if str(file.relative_to(evidence)) not in named:
            file.unlink(missing_ok=True)


def shown_time(moment: datetime) -> str:
    """A moment as sentences tell it."""
    return f"{moment.astimezone(HANOI):%H:%M %d/%m/%Y}"
