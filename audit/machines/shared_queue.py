"""The shared queue: which jobs a night is made of, and procrastinate with what it does not do by itself: it waits
for a server that is away, and a worker that lost a job says nothing of it (docs/decisions/0017-queue.md)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg.conninfo import make_conninfo

from audit.days import HANOI
from audit.nights.driver import is_open
from audit.nights.night import Night, begin, hold, resume
from audit.nights.roster import groups
from audit.post import gate
from audit.registry.registry import Registry
from audit_rules.rulebook import open_rulebook
from crawler.plan import Plan
from storage.archive import Archive
from storage.database import DatabaseUnusable, place
from storage.nights import Nights
from storage.queue import Errand, Hold, Queue
from storage.recorded import EvidenceError

log = logging.getLogger(__name__)

BEGIN, VISIT, END = "begin", "visit", "end"
NIGHTS = "nights"
VISITS = ("visits", "suspects", "alone", "lost")
"""Where a visit waits: as it was put there, and after one, two, three workers died under it."""

PATIENCE = 600.0
"""Seconds for which a server that is away is waited for."""
TRIES = 3
"""Times a job is begun in which our own program fails."""
_PAUSE, _SOON = 30, 2  # seconds
_LOCK_TAKEN = "procrastinate_jobs_lock_idx_v1"


class NightOnQueue(Exception):
    """A night is under way on the queue; ``left`` visits of it wait or are under way."""

    def __init__(self, run_id: str, left: int) -> None:
        super().__init__(f"the night {run_id} is under way on the queue, {left} visits are left")
        self.run_id = run_id
        self.left = left


class Later(Exception):
    """A job cannot be done now: it goes back to the queue for some seconds."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


# --- a night on the queue ----------------------------------------------------------------------------------------


def visit(run_id: str, portal_id: str, group: str, *, patient: bool = False, priority: int = 0) -> Errand:
    """One visit. Its lock is its address: portals that share one are visited one after another, whoever does it. A
    ``patient`` one is the second to a portal that was silent; it comes after the others."""
    args: dict[str, str | bool] = {"run": run_id, "portal": portal_id, "group": group, "patient": patient}
    return Errand(VISIT, VISITS[0], args, lock=group, priority=-1 if patient else priority)


def errands_of(run_id: str, found: Mapping[str, str], silent: Iterable[str] = ()) -> Iterator[Errand]:
    """The jobs of a night: one visit a portal by its group, those of the longest groups first, and the one that
    ends the night."""
    length, second = Counter(found.values()), frozenset(silent)
    for portal_id, group in found.items():
        yield visit(run_id, portal_id, group, patient=portal_id in second, priority=length[group])
    yield Errand(END, NIGHTS, {"run": run_id}, lock=f"{END} {run_id}", priority=max(length.values(), default=0) + 1)


async def begin_shared(
    db: str, data: Path, registry: Registry, plan: Plan, *, law_day: date | None = None
) -> tuple[Night, int]:
    """Begins a night of today on the queue, or puts there what is left of that of today: the night and how many
    visits. Raises AnotherNight, NightOnQueue, ArchiveError."""
    with Archive.open(db, create=False) as archive, hold(archive, data):
        queue = Queue(archive.database)
        for run_id in queue.nights(END):
            if archive.header(run_id).rules_version == open_rulebook().version:
                raise NightOnQueue(run_id, queue.left(VISIT, run_id))
            queue.drop(run_id)  # nobody goes on with it: ``resume`` ends it as it is
        archive.recover()
        night = await asyncio.to_thread(resume, archive, plan, data)
        if night is None:
            night = await asyncio.to_thread(begin, archive, registry, plan, law_day=law_day)
        told = Nights(archive.database).outcomes(night.header.id)
        todo = [portal for portal in night.asked if is_open(told.get(portal.id))]
        silent = [portal.id for portal in todo if told.get(portal.id, ("", None))[0] == "unreachable"]
        found = await groups(todo, gate(plan))
        await asyncio.to_thread(queue.put, list(errands_of(night.header.id, found, silent)))
        return night, len(todo)


# --- procrastinate -----------------------------------------------------------------------------------------------


def open_queue(db: str, *, patience: float = PATIENCE) -> App:
    """Procrastinate on this database; its tables are there already. To be opened with ``open_async``."""
    url = place(db)[0]
    _, asked = url.get_dialect()().create_connect_args(url)
    connector = _Patient(
        patience,
        conninfo=make_conninfo(
            **asked, application_name="audit worker", connect_timeout=10, keepalives_idle=30, keepalives_interval=10
        ),
        min_size=1,
        max_size=4,
        timeout=10,
        reconnect_timeout=10,  # then it is tried anew at once, not after minutes
    )
    app = App(connector=connector, periodic_defaults={"max_delay": MISSED})
    app.job_manager = _Jobs(connector)
    return app


MISSED = 6 * 3600.0
"""Seconds after its time for which a night that nobody began is begun."""


def cron(at: clock_time) -> str:
    """When clocks in Viet Nam show this time, as procrastinate wants it: in UTC."""
    there = datetime(2026, 1, 1, at.hour, at.minute, tzinfo=HANOI).astimezone(UTC)
    return f"{there.minute} {there.hour} * * *"


class _Patient(PsycopgConnector):
    """Waits for a server that restarts: neither heartbeats nor what became of a job are lost by it."""

    def __init__(self, patience: float, **pool: Any) -> None:
        super().__init__(**pool)
        self._patience = patience

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        await self._waiting(super().execute_query_async, query, arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        found: dict[str, Any] = await self._waiting(super().execute_query_one_async, query, arguments)
        return found

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._waiting(super().execute_query_all_async, query, arguments)
        return found

    async def _waiting(
        self, ask: Callable[..., Awaitable[Any]], query: LiteralString, arguments: Mapping[str, Any]
    ) -> Any:
        until = time.monotonic() + self._patience
        pause = 0.1
        while True:
            try:
                return await ask(query, **arguments)
            except ConnectorException as error:
                if not _passes(error) or time.monotonic() + pause > until:
                    raise
                log.warning("the queue's database is away, tried again in %.1f s: %s", pause, error.__cause__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)


def _passes(error: ConnectorException) -> bool:
    """A server that is away; or two workers that took jobs of one lock at the same moment."""
    if isinstance(error, UniqueViolation):
        return error.constraint_name == _LOCK_TAKEN
    return isinstance(error.__cause__, psycopg.OperationalError)


class _Jobs(JobManager):
    """Who stops, hangs or is cut off has its jobs taken from it. When it comes back it may not finish them: they
    wait for another, or are another's. ``attempts`` grows with every return, so it tells one taking from the next.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        asked = {"status": status.value, "delete_job": delete_job}
        await self.connector.execute_query_async(_FINISH, job_id=job.id, attempts=job.attempts, **asked)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        asked = {"retry_at": retry_at or datetime.now(UTC), "priority": priority, "queue": queue, "lock": lock}
        await self.connector.execute_query_async(_RETRY, job_id=job.id, attempts=job.attempts, **asked)


_OURS: LiteralString = (
    "WITH ours AS MATERIALIZED (SELECT id FROM procrastinate_jobs"
    " WHERE id = %(job_id)s AND attempts = %(attempts)s AND status = 'doing' FOR UPDATE) "
)
_FINISH: LiteralString = f"""{_OURS}
SELECT procrastinate_finish_job_v1(id, %(status)s::procrastinate_job_status, %(delete_job)s) FROM ours
"""  # noqa: S608 - our own words
_RETRY: LiteralString = f"""{_OURS}
SELECT procrastinate_retry_job_v2(id, %(retry_at)s, %(priority)s, %(queue)s, %(lock)s) FROM ours
"""  # noqa: S608 - our own words


class Again(BaseRetryStrategy):
    """What becomes of a job that was broken off: our own fault is tried again a few times, anything else for as
    long as it lasts."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):  # this worker stops: another goes on at once
            return RetryDecision()
        if isinstance(exception, Later):
            return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=exception.seconds))
        log.warning("%s is broken off: %r", job.call_string, exception)
        if isinstance(exception, DatabaseUnusable):
            return RetryDecision(retry_in={"seconds": _SOON})
        # Whoever asks whether the night is over has been put off many times: its attempts tell nothing.
        if isinstance(exception, EvidenceError) or job.task_name == END or job.attempts + 1 < TRIES:
            return RetryDecision(retry_in={"seconds": _PAUSE})
        return None


async def give_back(app: App, stalled: float, ours: Container[Hold]) -> int:
    """Puts the jobs of workers that were not heard of for so many seconds back on the queue: how many. Those that
    run here are left alone."""
    found = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled)
    lost = [job for job in found if taking_of(job) not in ours]
    for job in lost:
        log.warning("%s: its worker is gone or hangs, it goes back to the queue", job.call_string)
        await app.job_manager.retry_job(job, queue=_after_death(job.queue))
    return len(lost)


def taking_of(job: Job) -> Hold:
    """The taking of a job that was given to somebody."""
    return Hold(job.id or 0, job.attempts)


def _after_death(queue: str) -> str:
    return VISITS[min(VISITS.index(queue) + 1, len(VISITS) - 1)] if queue in VISITS else queue
