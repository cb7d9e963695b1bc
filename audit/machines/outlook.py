"""Whether our own network is there, as seen from one worker: what portals seem to say while it is not, is not
believed (audit/nights/controls.py)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from audit.nights import controls
from audit.post import gate
from audit_rules.facts import Visit
from crawler.plan import Plan

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks at the control hosts."""
_DOUBT = 5.0
_FRESH = timedelta(seconds=5)
_RETRY = 10.0
_CALM = ("audited", "robots", "moved", "alias")
"""States that a network that is away does not make."""


class Outlook:
    """``hosts`` are the control hosts; with none the network is always believed."""

    def __init__(self, hosts: Sequence[str], plan: Plan) -> None:
        self._hosts, self._plan, self._guard = hosts, plan, gate(plan)
        self._asking = asyncio.Lock()
        self._present = asyncio.Event()
        self._present.set()
        self._asked_at, self._good_at = datetime.fromtimestamp(0, UTC), datetime.now(UTC)
        self._outages: list[tuple[datetime, datetime | None]] = []

    async def watch(self) -> None:
        """Asks for ever."""
        while self._hosts:
            await self._ask()
            await asyncio.sleep(EVERY if self._present.is_set() else _RETRY)

    async def comes_back(self, seconds: float) -> bool:
        """Waits for the network so long: whether it is there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._present.wait()
        return self._present.is_set()

    async def is_believed(self, visit: Visit) -> bool:
        """Whether the network was there all the time of a visit. One that looks bad is asked for anew."""
        begun, ended = visit.started_at, visit.finished_at
        if not self._hosts or begun is None or ended is None:
            return True
        if visit.state not in _CALM and not await self._ask():
            return False
        return not any(ended >= since and (until is None or begun <= until) for since, until in self._outages)

    async def _ask(self) -> bool:
        async with self._asking:
            if self._present.is_set() and datetime.now(UTC) - self._asked_at < _FRESH:
                return True
            at = datetime.now(UTC)
            there = await self._answer()
            if not there and self._present.is_set():
                await asyncio.sleep(_DOUBT)
                there = await self._answer()
            self._note(at, there)
            return there

    async def _answer(self) -> bool:
        return not controls.is_away(await controls.ask(self._hosts, self._guard, self._plan))

    def _note(self, at: datetime, there: bool) -> None:
        present, self._asked_at = self._present.is_set(), at
        if there:
            self._good_at = at
            self._present.set()
            if not present:
                self._outages[-1] = (self._outages[-1][0], at)
        elif present:
            log.warning("the control hosts do not answer: what was seen since %s is not believed", self._good_at)
            self._outages.append((self._good_at, None))
            self._present.clear()
