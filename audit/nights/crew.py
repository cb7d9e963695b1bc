"""The crew of a night: worker processes on one machine, told whom to visit, watched, replaced, listened to.

This process alone writes the database; workers hand it what they found, one result each at a time, so that nothing
piles up. While the network is away nobody is begun, and what was looked at meanwhile is looked at again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit import child
from audit.fleet import GRACE, LATEST
from audit.nights import controls
from audit.nights.hired import Hired, hire
from audit.nights.night import Night, pack_registry, shown_time
from audit.nights.roster import Roster, groups
from audit.nights.wire import Beat, Begin, Unwritable
from audit.post import Progress, gate
from audit_rules.facts import Portal
from crawler.guard import Guard
from storage.archive import Archive, ArchiveError
from storage.database import DatabaseUnusable
from storage.nights import Nights
from storage.recorded import EvidenceError
from storage.records import PortalRun

log = logging.getLogger(__name__)

SILENT_SECONDS = 180.0
"""A worker that has said nothing for so long is stuck: it is ended and replaced. It says something every two."""
START_SECONDS = 180.0
"""For a worker to say the first word."""
CONTROL_SECONDS = 60.0
"""Between two looks at the control hosts."""
_DOUBT_SECONDS = 5.0
_RETRY_SECONDS = 10.0
DATABASE_SECONDS = 600.0
"""A database that is gone is waited for so long before the night is broken off."""
FRUITLESS = 5
"""Workers of one place that died without a single result: more would fare no better."""
_BEAT_SECONDS = 30.0


class WorkersLost(Exception):
    """No worker lives long enough to bring anything: something is wrong with this machine or this program. The
    message is a sentence, "tiếng Việt / English"."""


@dataclass(frozen=True, slots=True)
class Manning:
    """How a night is manned. ``closing`` is when no new portal is begun any more, ``hosts`` are the control hosts
    (none: nobody is asked), ``patience`` the seconds for which the network is waited for."""

    processes: int
    in_flight: int
    closing: datetime | None = None
    hosts: tuple[str, ...] = controls.CONTROLS
    patience: float = 1800.0
    silence: float = SILENT_SECONDS
    control_every: float = CONTROL_SECONDS


@dataclass
class Looked:
    """What became of the looking: ``cut`` where it ended before all was visited, ``away`` where the network was not
    there (a sentence), ``untrusted`` the portals whose rows are not to be believed."""

    cut: str | None = None
    away: str | None = None
    untrusted: set[str] = field(default_factory=set)


class Crew:
    """One night's crew; ``work`` once, inside ``crawler.loop.run``."""

    def __init__(
        self, night: Night, archive: Archive, db: str | Path, data: Path, manning: Manning, progress: Progress
    ) -> None:
        self._night, self._archive, self._data = night, archive, data
        self._manning, self._progress = manning, progress
        self._nights = Nights(archive.database)
        self._begin = Begin(
            night.header, pack_registry(night.registry), night.plan, night.patient.plan, data.absolute(), db
        )
        self._portals = {portal.id: portal for portal in night.asked}
        self._workers: dict[int, Hired] = {}
        self._stored: dict[str, datetime] = {}
        self._done: set[str] = set()
        self._brought = 0
        self._outages: list[tuple[datetime, datetime | None]] = []
        self._held = True
        self._over = asyncio.Event()
        self._fault: Exception | None = None
        self._storing = asyncio.Lock()
        self._roster = Roster({}, slots=0, in_flight=0)
        self._last_good = datetime.now(UTC)
        self._tasks: list[asyncio.Task[None]] = []
        self._looked = Looked()

    async def work(self, portals: Sequence[Portal]) -> Looked:
        """Visits these portals of the night. Raises EvidenceError, ArchiveError, WorkersLost; what was stored by
        then stays. An interrupt ends the workers and goes on."""
        async with asyncio.TaskGroup() as tasks:
            for each in (self._beat(), self._watch_clock(), self._attend(portals, tasks)):
                self._tasks.append(tasks.create_task(each))
            await self._over.wait()
            for task in self._tasks:
                task.cancel()
        if self._fault is not None:
            raise self._fault
        return self._looked

    async def _attend(self, portals: Sequence[Portal], tasks: asyncio.TaskGroup) -> None:
        """Waits for the network, mans all places, then watches the network until the night is over."""
        guard = gate(self._night.plan)
        if await self._is_away(guard) and not await self._comes_back(guard):
            return
        found = await groups(portals, guard)
        places = range(min(self._manning.processes, max(len(portals), 1)))
        self._roster = Roster(found, slots=len(places), in_flight=self._manning.in_flight)
        self._done = self._portals.keys() - found.keys()
        self._held = False
        self._tasks += [tasks.create_task(self._man(slot)) for slot in places]
        self._feed()
        while self._manning.hosts:
            await asyncio.sleep(self._manning.control_every)
            if not await self._is_away(guard):
                continue
            self._hold_back()
            if not await self._comes_back(guard):
                return
            self._outages[-1] = (self._outages[-1][0], self._last_good)
            self._held = False
            self._feed()

    # --- workers ----------------------------------------------------------------------------------------------

    async def _man(self, slot: int) -> None:
        """Keeps one place manned until the night is over."""
        fruitless = 0
        try:
            while fruitless < FRUITLESS:
                worker = await hire(slot, self._begin)
                before = self._brought
                try:
                    self._workers[slot] = worker
                    self._feed()
                    await self._listen(worker)
                except (EOFError, OSError, TimeoutError) as error:
                    log.warning("worker %d of the night is lost: %r", worker.pid, error)
                    worker.kill()
                finally:
                    self._workers.pop(slot, None)
                    await worker.dismiss()
                fruitless = fruitless + 1 if self._brought == before else 0
                for portal_id in self._roster.died(slot):
                    fruitless = 0  # now it is known why
                    log.error("workers died under %s: it is given up", portal_id)
                    await self._arrived(self._night.lost(self._portals[portal_id]))
                self._feed()
            raise WorkersLost(
                f"{FRUITLESS} tiến trình liên tiếp bị mất / {FRUITLESS} workers died one after another"
            )
        except (EvidenceError, ArchiveError, WorkersLost) as error:
            self._fault = self._fault or error
            self._over.set()

    async def _listen(self, worker: Hired) -> None:
        """Takes what a worker says until it is gone, or stuck (TimeoutError)."""
        patience = max(self._manning.silence, START_SECONDS)
        while True:
            async with asyncio.timeout(patience):
                message = await worker.wire.receive()
            patience = self._manning.silence
            if isinstance(message, Beat):
                self._hear(message)
            elif isinstance(message, Unwritable):
                raise EvidenceError(message.sentence)
            elif message.portal.id in self._roster.under_way(worker.slot):
                await self._arrived(message, worker.slot)
                self._feed()

    def _hear(self, beat: Beat) -> None:
        for portal_id, pages in beat.pages.items():
            self._progress.page(self._portals[portal_id], pages)
        child.say_again(beat.said)

    async def _arrived(self, result: PortalRun, slot: int | None = None) -> None:
        """One more result; ``slot`` is None where we made it ourselves."""
        portal_id, visit = result.portal.id, result.visit
        doubtful = slot is not None and self._is_doubtful(result)
        if not doubtful:
            await self._store(result)
            self._brought += 1
            doubtful = slot is not None and self._is_doubtful(result)  # noticed while it was stored
            self._looked.untrusted |= {portal_id} if doubtful else set()
        if slot is not None and doubtful:
            self._roster.done(slot, portal_id)
            self._roster.again([portal_id])
            return
        self._looked.untrusted.discard(portal_id)
        self._stored[portal_id] = visit.finished_at or datetime.now(UTC)
        log.info("%s: %s", portal_id, f"{visit.state}({visit.reason})" if visit.reason else visit.state)
        again = slot is not None and self._roster.done(slot, portal_id, silent=visit.state == "unreachable")
        if not again:
            self._done.add(portal_id)
            self._progress.portal(len(self._done), len(self._portals), result.portal, visit.state)

    async def _store(self, result: PortalRun) -> None:
        """Stores a result; a database that is gone is waited for. Raises DatabaseUnusable."""
        until = asyncio.get_running_loop().time() + DATABASE_SECONDS
        wait = 1.0
        async with self._storing:
            while True:
                try:
                    await asyncio.to_thread(self._archive.save, self._night.header.id, result)
                    return
                except DatabaseUnusable as error:
                    full = "disk is full" in str(error)
                    if full or asyncio.get_running_loop().time() > until:
                        raise
                    log.warning("the database is waited for: %s", error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)

    def _feed(self) -> None:
        """Begins as many visits as there may be; notices when all is done."""
        if self._held or self._over.is_set():
            return
        if self._looked.cut is not None:
            if self._roster.is_idle:
                self._over.set()
            return
        begun = True
        while begun:
            begun = False
            for slot, worker in self._workers.items():  # in turn, so that no place takes all the long groups
                task = self._roster.next(slot)
                if task is not None:
                    worker.wire.post(task)
                    begun = True
        if self._roster.is_over:
            # One that was down for a minute is not called unreachable: it is visited again after the others.
            if self._roster.call_again():
                self._feed()
            else:
                self._over.set()

    # --- hours and network ------------------------------------------------------------------------------------

    async def _watch_clock(self) -> None:
        """Begins nothing after closing time; what is under way then has the budget of a portal."""
        if self._manning.closing is None:
            return
        await asyncio.sleep(max((self._manning.closing - datetime.now(UTC)).total_seconds(), 0))
        self._looked.cut = "window"
        self._feed()
        await asyncio.sleep(self._night.plan.timeouts.portal * LATEST + GRACE)
        log.error("visits outlived their budget and are broken off")
        self._over.set()

    async def _is_away(self, guard: Guard) -> bool:
        """Whether the control hosts do not answer, twice one after the other."""
        at = datetime.now(UTC)
        if not await self._missed(guard):
            self._last_good = at
            return False
        await asyncio.sleep(min(_DOUBT_SECONDS, self._manning.control_every))
        return await self._missed(guard)

    def _hold_back(self) -> None:
        """Begins nobody; what came since the network was last there is looked at again."""
        since = self._last_good
        log.warning("the control hosts do not answer; they did at %s", since.isoformat(timespec="seconds"))
        self._held = True
        self._outages.append((since, None))
        doubtful = {portal_id for portal_id, at in self._stored.items() if at >= since}
        self._stored = {portal_id: at for portal_id, at in self._stored.items() if at < since}
        self._done -= doubtful
        self._looked.untrusted |= doubtful
        self._roster.again(doubtful)

    async def _comes_back(self, guard: Guard) -> bool:
        """Waits for the network, as long as the night has; else the night is over."""
        until = datetime.now(UTC) + timedelta(seconds=self._manning.patience)
        if self._manning.closing is not None:
            until = min(until, self._manning.closing)
        while datetime.now(UTC) < until:
            await asyncio.sleep(min(_RETRY_SECONDS, self._manning.control_every))
            at = datetime.now(UTC)
            if not await self._missed(guard):
                self._last_good = at
                return True
        hosts, since = ", ".join(self._manning.hosts), shown_time(self._last_good)
        self._looked.away = f"Mất mạng từ {since}: {hosts} / No network since {since}: {hosts}"
        self._over.set()
        return False

    async def _missed(self, guard: Guard) -> bool:
        return controls.is_away(await controls.ask(self._manning.hosts, guard, self._night.plan))

    def _is_doubtful(self, result: PortalRun) -> bool:
        """Whether the network was away at any time of a visit."""
        begun, ended = result.visit.started_at, result.visit.finished_at
        if begun is None or ended is None:
            return False
        return any(ended >= since and (until is None or begun <= until) for since, until in self._outages)

    async def _beat(self) -> None:
        while True:
            with contextlib.suppress(DatabaseUnusable):
                await asyncio.to_thread(self._nights.beat, self._night.header.id, datetime.now(UTC))
            await asyncio.sleep(_BEAT_SECONDS)
