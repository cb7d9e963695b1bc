"""Politeness, one for the whole process: crawlers, probes and the browser take turns here before they ask a host.

Numbers are the contract's (``--delay``): one request at a time to a host and ``delay`` seconds from the end of one
to the start of the next; to one resolved address at most two at a time and four starts a second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

MAX_CRAWL_DELAY = 10.0
"""Seconds; a longer Crawl-delay would keep a portal from being read in a night."""

_REMEMBERED = 10_000  # hosts and groups; idle ones beyond that are forgotten

_Queue = TypeVar("_Queue", "_Host", "_Group")


class _Host:
    __slots__ = ("delay", "lock", "next_start", "users")

    def __init__(self, delay: float) -> None:
        self.lock = asyncio.Lock()
        self.delay = delay
        self.next_start = 0.0
        self.users = 0


class _Group:
    __slots__ = ("next_start", "places", "users")

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.next_start = 0.0
        self.users = 0


class Politeness:
    """Turns for hosts and for the addresses behind them.

    ``delay`` is in seconds, ``per_address`` counts requests at a time, ``per_second`` starts a second. ``clock``
    and ``sleep`` are there for tests.
    """

    def __init__(
        self,
        delay: float = 1.0,
        per_address: int = 2,
        per_second: float = 4.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._delay = delay
        self._places = per_address
        self._spacing = 1.0 / per_second
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._groups: dict[str, _Group] = {}

    def turn(self, host: str, group: str) -> AbstractAsyncContextManager[None]:
        """One request to a host: waits until it may start, and the host's pause begins when the block ends.

        ``group`` is ``Where.group``; a ``name:…`` group stands for no address, so only the host's rule holds.
        """
        return self._host_turn(host) if group.startswith("name:") else self._address_turn(host, group)

    def slow_down(self, host: str, delay: float) -> None:
        """A host asks for longer pauses (Crawl-delay, seconds): up to ten are granted, shorter ones never."""
        seen = self._host(host)
        seen.delay = max(seen.delay, min(delay, MAX_CRAWL_DELAY))

    @asynccontextmanager
    async def _host_turn(self, host: str) -> AsyncIterator[None]:
        seen = self._host(host)
        seen.users += 1
        try:
            async with seen.lock:
                await self._until(seen.next_start)
                try:
                    yield
                finally:
                    seen.next_start = self._clock() + seen.delay
        finally:
            seen.users -= 1

    @asynccontextmanager
    async def _address_turn(self, host: str, group: str) -> AsyncIterator[None]:
        seen = self._host(host)
        seen.users += 1
        address = self._groups.get(group)
        if address is None:
            _forget(self._groups, self._clock())
            address = self._groups[group] = _Group(self._places)
        address.users += 1
        try:
            async with seen.lock:
                # The host's pause is waited out before a place at the address is taken: others may use it.
                await self._until(seen.next_start)
                async with address.places:
                    start = max(self._clock(), address.next_start)
                    address.next_start = start + self._spacing
                    await self._until(start)
                    try:
                        yield
                    finally:
                        seen.next_start = self._clock() + seen.delay
        finally:
            seen.users -= 1
            address.users -= 1

    def _host(self, host: str) -> _Host:
        seen = self._hosts.get(host)
        if seen is None:
            _forget(self._hosts, self._clock())
            seen = self._hosts[host] = _Host(self._delay)
        return seen

    async def _until(self, start: float) -> None:
        while (wait := start - self._clock()) > 0:  # a sleep may end a little early
            await self._sleep(wait)


def _forget(queues: dict[str, _Queue], now: float) -> None:
    if len(queues) < _REMEMBERED:
        return
    for name in [name for name, queue in queues.items() if not queue.users and queue.next_start <= now]:
        del queues[name]
