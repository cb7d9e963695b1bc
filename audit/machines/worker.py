"""A worker of several machines: takes jobs from the shared queue until it is told to stop
(docs/decisions/0017-queue.md).

It begins nights at their hour, visits portals, ends the night when nothing of it is under way, and puts back on the
queue what workers left that are gone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from typing import Any

from procrastinate import JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker as Taker
from sqlalchemy import Connection

from audit.evidence import seal_run
from audit.fleet import audit_portal
from audit.machines import shared_queue
from audit.machines.company import Company
from audit.machines.outlook import Outlook
from audit.machines.pulse import Pulse
from audit.machines.shared_queue import BEGIN, END, NIGHTS, TRIES, VISIT, VISITS, Again, Later, NightOnQueue
from audit.machines.station import Station, file_of_visit, mark, stored, tidy
from audit.nights.night import AnotherNight, Ended, end, hold, open_night
from audit.nights.roster import SUSPECTS
from audit.post import Progress
from audit.registry.registry import Registry
from audit_rules.facts import Visit
from audit_rules.rulebook import open_rulebook
from crawler.plan import Plan
from storage.archive import Archive, RunClosed
from storage.database import DatabaseUnusable, unusable
from storage.evidence import sweep
from storage.nights import Nights
from storage.queue import Errand, Hold, Queue, put
from storage.recorded import EvidenceError
from storage.records import PortalRun

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between two looks for a job: an address is free again as soon as its portal is done."""
END_EVERY = 30.0
"""Seconds, at most, until it is noticed that a night is over."""
_BUSY = 5.0
_OTHERS = 60.0  # seconds: for workers of the program with which a night was begun
_QUICK = 10.0  # seconds: a taker that ends sooner, several times, would fare no better
_FRUITLESS = 3
_KEEP_JOBS_HOURS = 24 * 14
_SEALED_LATE = 3  # nights that may have ended while this worker was not there


class GoneOver(Exception):
    """The job was given to another worker meanwhile: what was seen here is not stored."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a worker works: portals side by side; seconds after which a worker that is not heard of is taken for
    gone; seconds that visits under way have when it is to stop; the hour at which a night is begun (Viet Nam); the
    control hosts and the seconds for which the network is waited for."""

    in_flight: int
    stalled: float
    grace: float
    night_at: clock_time | None
    hosts: tuple[str, ...]
    patience: float


class Worker:
    """``work`` once, inside ``crawler.loop.run``. ``told`` is called with the id of a night that was ended here."""

    def __init__(
        self,
        archive: Archive,
        registry: Registry,
        plan: Plan,
        terms: Terms,
        *,
        db: str,
        data: Path,
        progress: Progress,
        told: Callable[[str, Ended], None],
    ) -> None:
        self._archive, self._registry, self._plan, self._terms = archive, registry, plan, terms
        self._db, self._data, self._progress, self._told = db, data, progress, told
        self._queue, self._nights = Queue(archive.database), Nights(archive.database)
        self._app = shared_queue.open_queue(db)
        self._taker: Taker | None = None
        self._station: Station | None = None
        self._opening = asyncio.Lock()
        self._company = Company()
        self._outlook = Outlook(terms.hosts, plan)
        self._running: dict[Hold, tuple[str, asyncio.Task[Any] | None]] = {}
        self._done = 0
        self._pulse = Pulse(self._app, terms.stalled, self._running)
        self._fault: EvidenceError | None = None
        task = self._app.task
        task(name=VISIT, pass_context=True, retry=Again())(self._visit)
        task(name=END, retry=Again())(self._end)
        begin = task(name=BEGIN, queue=NIGHTS, lock=BEGIN, queueing_lock=BEGIN, retry=Again())(self._begin)
        if terms.night_at is not None:
            self._app.periodic(cron=shared_queue.cron(terms.night_at))(begin)

    async def work(self) -> None:
        """Takes jobs until it is cancelled; what is under way then has its grace, and goes back to the queue after
        it. Raises EvidenceError where this machine's disk is full, DatabaseUnusable where the server stays away."""
        tidy(self._nights, self._data)
        sweep(self._data / "evidence")
        for night in self._nights.newest(_SEALED_LATE):
            if not night.is_unended:
                self._seal(night.run_id)
        async with self._app.open_async():
            beside = [asyncio.create_task(each) for each in (self._tick(), self._tend(), self._outlook.watch())]
            try:
                await self._take()
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await self._leave()

    # --- jobs -------------------------------------------------------------------------------------------------

    async def _begin(self, timestamp: int | None = None) -> None:
        """A night begins at its hour; one that is under way goes on."""
        try:
            night, left = await shared_queue.begin_shared(self._db, self._data, self._registry, self._plan)
        except (NightOnQueue, AnotherNight) as busy:
            log.warning("no night is begun: %s", busy)
        else:
            log.info("the night %s is on the queue: %d visits (due %s)", night.header.id, left, timestamp)

    async def _visit(self, context: JobContext, run: str, portal: str, group: str, patient: bool) -> None:
        taken = shared_queue.taking_of(context.job)
        lost = [task for there, task in self._running.values() if there == portal and task is not None]
        self._running[taken] = portal, asyncio.current_task()
        try:
            await self._break_off(lost)
            await self._visit_held(taken, context.job.queue, run, portal, group, patient)
        except (GoneOver, RunClosed) as error:
            log.warning("what was seen of %s is not stored: %s", portal, error)
        except EvidenceError as error:
            self._stop(error)
            raise
        finally:
            del self._running[taken]

    async def _break_off(self, lost: Sequence[asyncio.Task[Any]]) -> None:
        """Ends visits whose job was taken from this worker while it was held up, and came back to it: nobody waits
        for what they see, and they write the same evidence file."""
        for task in lost:
            task.cancel()
        if lost:
            await asyncio.wait(lost)

    async def _visit_held(
        self, held: Hold, queue: str, run: str, portal_id: str, group: str, patient: bool
    ) -> None:
        async with self._at(run) as station:
            portal = station.portals[portal_id]
            if not await asyncio.to_thread(self._is_wanted, run, portal_id, patient):
                return
            if queue == VISITS[-1]:
                log.error("workers died under %s: it is given up", portal_id)
                await self._store(run, station.night.lost(portal), held)
                return
            if not await self._outlook.comes_back(self._terms.patience):
                raise Later(self._terms.patience, "our network is away")
            job = await station.job()

            async def keep(result: PortalRun) -> None:
                visit = result.visit
                if visit.finished_at is not None:
                    mark(file, visit.finished_at)
                await self._believe(visit, held)
                silent = visit.state == "unreachable" and not patient
                again = [shared_queue.visit(run, portal_id, group, patient=True)] if silent else []
                await self._store(run, result, held, again)
                stored(file)
                self._done += not silent
                self._progress.portal(self._done, len(station.portals), portal, visit.state)
                log.info("%s: %s %s", portal_id, visit.state, visit.reason or "")

            plan = station.night.patient.plan if patient else job.plan
            async with self._company.of(self._bears(queue)):
                with file_of_visit(self._nights, self._data, run, portal_id) as file:
                    await audit_portal(portal, replace(job, plan=plan, keep=keep), self._progress)

    async def _believe(self, visit: Visit, held: Hold) -> None:
        """Raises Later where a visit went wrong by no fault of the portal: it is made again."""
        if visit.reason == "our_fault" and held.attempts + 1 < TRIES:
            raise Later(_BUSY, "a fault of ours is tried again before it is told")
        woke = self._pulse.held_up_until()
        if visit.started_at is not None and visit.started_at < woke:
            raise Later(0, "this process was held up in the middle of the visit")
        if not await self._outlook.is_believed(visit):
            raise Later(0, "our network was away in the middle of the visit")

    async def _store(self, run: str, result: PortalRun, held: Hold, more: list[Errand] | None = None) -> None:
        """Raises GoneOver, RunClosed, DatabaseUnusable."""

        def ours(connection: Connection) -> None:
            if not held.is_ours(connection):
                raise GoneOver("the job was given to another worker")
            put(connection, more or ())

        until = time.monotonic() + shared_queue.PATIENCE
        while True:
            try:
                await to_its_end(partial(self._archive.save, run, result, first=ours))
                return
            except RunClosed:  # nobody was seen at it for a moment; where it is over, this says so
                if not await asyncio.to_thread(self._archive.join, run):
                    raise Later(_BUSY, "another process has the night for itself") from None
            except DatabaseUnusable as error:
                if time.monotonic() > until or "disk is full" in str(error):
                    raise
                log.warning("the database is waited for: %s", error)
            await asyncio.sleep(1)

    async def _end(self, run: str) -> None:
        """Ends the night when nothing of it waits or is under way; asked again and again until then."""
        if await asyncio.to_thread(self._queue.left, VISIT, run):
            raise Later(min(END_EVERY, self._terms.stalled), "visits are left")
        try:
            ended = await asyncio.to_thread(self._end_now, run)
        except AnotherNight as other:
            raise Later(_BUSY, str(other)) from other
        if ended is not None:
            log.info("the night %s has ended: %s %s", run, ended.status, ended.reason or "")
            await asyncio.to_thread(self._told, run, ended)
        await self._app.job_manager.delete_old_jobs(
            _KEEP_JOBS_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    def _end_now(self, run: str) -> Ended | None:
        """None where it has ended already. An archive of its own: threads of visits use the other one."""
        with Archive.open(self._db, create=False) as archive, hold(archive, self._data):
            record = self._nights.record(run)
            if record is None or not record.is_unended:
                return None
            if not archive.join(run):
                raise AnotherNight(record.pid, record.resumed_at)
            return end(archive, open_night(archive, run, self._plan), self._data)

    # --- the night that this process is at ----------------------------------------------------------------------

    @asynccontextmanager
    async def _at(self, run: str) -> AsyncIterator[Station]:
        """Raises RunClosed where the night is over, Later where another process has it for itself."""
        async with self._opening:
            station = self._station
            if station is None or station.run_id != run:
                if station is not None and station.visitors:
                    raise Later(_BUSY, "visits of another night are under way here")
                await self._leave()
                if not await asyncio.to_thread(self._archive.join, run):
                    raise Later(_BUSY, "another process has the night for itself")
                night = await asyncio.to_thread(open_night, self._archive, run, self._plan)
                if night.header.rules_version != open_rulebook().version:
                    self._archive.leave(run)
                    log.error("the night %s was begun with other rules: this program does not judge it", run)
                    raise Later(_OTHERS, "the night was begun with other rules")
                station = self._station = Station(night, self._archive, self._data)
        station.visitors += 1
        try:
            yield station
        finally:
            station.visitors -= 1

    async def _leave(self) -> None:
        station, self._station = self._station, None
        if station is not None:
            await station.close()
            await asyncio.to_thread(self._archive.leave, station.run_id)

    def _is_wanted(self, run: str, portal_id: str, patient: bool) -> bool:
        """A job that was done and came back all the same is not done again."""
        found = self._nights.outcome(run, portal_id)
        if found is None or found[1] in ("not_visited", "our_fault"):
            return True
        return patient and found[0] == "unreachable"

    def _bears(self, queue: str) -> int:
        """Visits side by side with one under which a worker died: few, then it alone."""
        return {VISITS[0]: self._terms.in_flight, VISITS[1]: SUSPECTS}.get(queue, 1)

    # --- the queue ----------------------------------------------------------------------------------------------

    def _stop(self, fault: EvidenceError) -> None:
        self._fault = fault
        if self._taker is not None:
            self._taker.stop()  # type: ignore[no-untyped-call]

    async def _take(self) -> None:
        """Takes jobs, and goes on where the connection was lost."""
        fruitless = 0
        while self._fault is None:
            begun = time.monotonic()
            self._taker = Taker(
                self._app,
                concurrency=self._terms.in_flight + 2,  # the night's own jobs are not to wait for visits
                fetch_job_polling_interval=POLL,
                abort_job_polling_interval=60,
                shutdown_graceful_timeout=self._terms.grace,
                listen_notify=False,
                install_signal_handlers=False,
                update_heartbeat_interval=self._pulse.seconds,
                stalled_worker_timeout=self._terms.stalled,
            )
            try:
                await self._taker.run()  # type: ignore[no-untyped-call]
            except ConnectorException as error:
                log.warning("the queue is lost for a moment: %s", error.__cause__ or error)
                fruitless = fruitless + 1 if time.monotonic() - begun < _QUICK else 0
                if fruitless >= _FRUITLESS:
                    raise unusable(self._archive.database.name, error.__cause__ or error) from error
            await asyncio.sleep(POLL)
        raise self._fault

    async def _tick(self) -> None:
        while True:
            self._pulse.held_up_until()
            await asyncio.sleep(self._pulse.seconds)

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(self._pulse.seconds)
            try:
                await self._pulse.beat(self._taker.worker_id if self._taker is not None else None)
                await self._watch_night()
            except (ConnectorException, DatabaseUnusable) as error:
                log.warning("nothing is put back on the queue: %s", error)
            except Exception:  # a worker that does not say that it lives is taken for gone
                log.exception("the queue is not tended")

    async def _watch_night(self) -> None:
        """Tells that the night goes on; closes what is open for one that is over."""
        async with self._opening:
            station = self._station
            if station is None:
                return
            record = await asyncio.to_thread(self._nights.record, station.run_id)
            if record is not None and record.is_unended:
                await asyncio.to_thread(self._nights.beat, station.run_id, datetime.now(UTC))
            elif not station.visitors:
                await asyncio.to_thread(self._seal, station.run_id)
                await self._leave()

    def _seal(self, run_id: str) -> None:
        """Writes down the hashes of a night's evidence that lies here; whoever ends the night sees his own only."""
        try:
            seal_run(self._archive, run_id, self._data)
        except EvidenceError as error:
            log.error("the evidence of %s is not sealed: %s", run_id, error)


async def to_its_end(work: Callable[[], object]) -> None:
    """Does something in a thread. Who is cancelled meanwhile hears of it afterwards: what is being stored is then
    stored, and its evidence stays."""
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise
