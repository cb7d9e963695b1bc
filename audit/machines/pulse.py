"""Whether a worker lives: it says so to the others, puts back on the queue what those left who do not, and notices
where it was held up itself (docs/decisions/0017-queue.md)."""

from __future__ import annotations

import logging
import time
from collections.abc import Container
from datetime import UTC, datetime

from procrastinate import App
from procrastinate.jobs import Status

from audit.machines.shared_queue import VISIT, give_back, taking_of
from storage.queue import Hold

log = logging.getLogger(__name__)

_STALLED_AT_LEAST = 2.0  # seconds


class Pulse:
    """``stalled`` are the seconds after which a worker that is not heard of is taken for gone, ``seconds`` those
    between two beats; ``running`` holds what is under way in this process, and changes."""

    def __init__(self, app: App, stalled: float, running: Container[Hold]) -> None:
        self._app, self._stalled, self._running = app, stalled, running
        self.seconds = max(stalled, _STALLED_AT_LEAST) / 4
        self._looked, self._woke = time.monotonic(), datetime.fromtimestamp(0, UTC)
        self._trusted_from = 0.0
        self._unheard: set[Hold] = set()

    def held_up_until(self) -> datetime:
        """When this process woke from being held up for long, the last time: until then its own time-outs told
        nothing. 1970 where it never was. It is noticed by being asked, at least every ``seconds``."""
        now = time.monotonic()
        if now - self._looked > self.seconds + self._stalled:
            log.warning("this process was held up: what it was visiting is not believed")
            self._woke = datetime.now(UTC)
        self._looked = now
        return self._woke

    async def beat(self, worker_id: int | None) -> None:
        """Says that the worker lives, also while it stops; puts back on the queue what others left, and what it was
        given without hearing of it. Raises ConnectorException."""
        asked = time.monotonic()
        if worker_id is not None:
            await self._app.job_manager.update_heartbeat(worker_id)
            await self._give_back_unheard(worker_id)
        if time.monotonic() - asked > self.seconds:
            # The server was away: nobody could say that he lives.
            self._trusted_from = time.monotonic() + self._stalled
        if time.monotonic() > self._trusted_from:
            await give_back(self._app, self._stalled, self._running)

    async def _give_back_unheard(self, worker_id: int) -> None:
        """Jobs that were given to this worker when the connection broke; seen twice, as one may just be ending."""
        found = await self._app.job_manager.list_jobs_async(
            worker_id=worker_id, status=Status.DOING.value, task=VISIT
        )
        lost = {taken: job for job in found if (taken := taking_of(job)) not in self._running}
        for taken in self._unheard & lost.keys():
            await self._app.job_manager.retry_job(lost[taken])
        self._unheard = set(lost) - self._unheard
