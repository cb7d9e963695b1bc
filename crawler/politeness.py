"""Politeness, one for the whole process: crawlers, probes and the browser take turns here before they ask a host.

Numbers are the contract's (``--delay``): one request at a time to a host and ``delay`` seconds from the end of one
to the start of the next; to one resolved address at most two at a time and four within any second. A request counts
from when it leaves: it may wait for its connection while others, on connections that stand, overtake it and arrive
with it. Processes of one machine that have a ``Board`` share these turns.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from typing import TypeVar

from crawler.board import Board

MAX_CRAWL_DELAY = 10.0
"""Seconds; a longer Crawl-delay would keep a portal from being read in a night."""

_REMEMBERED = 10_000  # hosts and groups; idle ones beyond that are forgotten
_LOOK_SECONDS = 0.05
"""Between two looks at whether another process is done with a host."""
_WINDOW = 1.0
"""Seconds after which a start at an address no longer counts."""

_Queue = TypeVar("_Queue", "_Host", "_Group")


Left = Callable[[], None]
"""Called when a request leaves; once is enough."""


def _nobody_waits() -> None:
    """Where no address is known nobody else waits for a request to leave."""


class _Host:
    __slots__ = ("delay", "lock", "rests_until", "users")

    def __init__(self, delay: float) -> None:
        self.lock = asyncio.Lock()
        self.delay = delay
        self.rests_until = 0.0
        self.users = 0


class _Group:
    """``counted_until``: of as many starts as a second may have, the moment until which each counts."""

    __slots__ = ("counted_until", "places", "starts", "users")

    def __init__(self, places: int, per_second: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.starts = asyncio.Lock()
        self.counted_until = [0.0] * per_second
        self.users = 0

    @property
    def rests_until(self) -> float:
        return max(self.counted_until)


class Politeness:
    """Turns for hosts and for the addresses behind them.

    ``delay`` is in seconds, ``per_address`` counts requests at a time, ``per_second`` starts in any second. With a
    ``board`` other processes are waited for too. ``clock`` and ``sleep`` are there for tests.
    """

    def __init__(
        self,
        delay: float = 1.0,
        per_address: int = 2,
        per_second: int = 4,
        *,
        board: Board | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._board = board
        self._delay = delay
        self._per_address = per_address
        self._per_second = per_second
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._groups: dict[str, _Group] = {}

    def turn(self, host: str, group: str, *, tells: bool = False) -> AbstractAsyncContextManager[Left]:
        """One request to a host: waits until it may start, and the host's pause begins when the block ends.

        ``group`` is ``Where.group``; a ``name:…`` group stands for no address, so only the host's rule holds. Who
        ``tells`` calls what the block is given when the request leaves; before, the address is asked nothing else.
        """
        return self._host_turn(host) if group.startswith("name:") else self._address_turn(host, group, tells)

    def slow_down(self, host: str, delay: float) -> None:
        """A host asks for longer pauses (Crawl-delay, seconds): up to ten are granted, shorter ones never."""
        seen = self._host(host)
        seen.delay = max(seen.delay, min(delay, MAX_CRAWL_DELAY))

    @asynccontextmanager
    async def _host_turn(self, host: str) -> AsyncIterator[Left]:
        seen = self._host(host)
        seen.users += 1
        try:
            async with seen.lock, self._among_all(host):
                await self._until(max(seen.rests_until, self._told(host)))
                try:
                    yield _nobody_waits
                finally:
                    self._pause(host, seen)
        finally:
            seen.users -= 1

    @asynccontextmanager
    async def _address_turn(self, host: str, group: str, tells: bool) -> AsyncIterator[Left]:
        seen = self._host(host)
        seen.users += 1
        address = self._groups.get(group)
        if address is None:
            _forget(self._groups, self._clock())
            address = self._groups[group] = _Group(self._per_address, self._per_second)
        address.users += 1
        try:
            async with seen.lock, self._among_all(host):
                # The host's pause is waited out before a place at the address is taken: others may use it.
                await self._until(max(seen.rests_until, self._told(host)))
                place = self._place_among_all(group)
                async with address.places, place, self._start(group, address, tells) as left:
                    try:
                        yield left
                    finally:
                        self._pause(host, seen)
        finally:
            seen.users -= 1
            address.users -= 1

    def _host(self, host: str) -> _Host:
        seen = self._hosts.get(host)
        if seen is None:
            _forget(self._hosts, self._clock())
            seen = self._hosts[host] = _Host(self._delay)
        return seen

    # --- what other processes do ----------------------------------------------------------------------------

    @asynccontextmanager
    async def _among_all(self, *names: str) -> AsyncIterator[None]:
        """Holds one of these names, against other processes too."""
        held = await self._one_of(*names)
        try:
            yield
        finally:
            self._free(held)

    async def _one_of(self, *names: str) -> str:
        while (held := next(filter(self._take, names), None)) is None:
            await self._sleep(_LOOK_SECONDS)
        return held

    def _take(self, name: str) -> bool:
        return self._board is None or self._board.take(name)

    def _free(self, name: str) -> None:
        if self._board is not None:
            self._board.free(name)

    def _place_among_all(self, group: str) -> AbstractAsyncContextManager[None]:
        return self._among_all(*(f"{group} place {number}" for number in range(self._per_address)))

    def _pause(self, host: str, seen: _Host) -> None:
        seen.rests_until = self._clock() + seen.delay
        if self._board is not None:
            self._board.write(host, seen.rests_until)

    @asynccontextmanager
    async def _start(self, group: str, address: _Group, tells: bool) -> AsyncIterator[Left]:
        """Waits until an address may be asked. A start counts from the moment at which the request left, or was
        really let go: a busy process that is late with one does not catch up."""
        with ExitStack() as held:
            await address.starts.acquire()
            held.callback(address.starts.release)
            held.callback(self._free, await self._one_of(group))
            counted = [
                max(own, self._told(_start_name(group, number))) for number, own in enumerate(address.counted_until)
            ]
            oldest = counted.index(min(counted))
            await self._until(counted[oldest])
            held.callback(self._started, group, address, oldest)
            if not tells:
                held.close()
            yield held.close

    def _started(self, group: str, address: _Group, number: int) -> None:
        address.counted_until[number] = self._clock() + _WINDOW
        if self._board is not None:
            self._board.write(_start_name(group, number), address.counted_until[number])

    def _told(self, name: str) -> float:
        """What a process wrote last; a moment far ahead is of a clock before the machine was started anew."""
        told = self._board.read(name) if self._board is not None else 0.0
        return told if told < self._clock() + max(self._delay, MAX_CRAWL_DELAY) + 1 else 0.0

    async def _until(self, start: float) -> None:
        while (wait := start - self._clock()) > 0:  # a sleep may end a little early
            await self._sleep(wait)


def _start_name(group: str, number: int) -> str:
    return f"{group} start {number}"


def _forget(queues: dict[str, _Queue], now: float) -> None:
    if len(queues) < _REMEMBERED:
        return
    for name in [name for name, queue in queues.items() if not queue.users and queue.rests_until <= now]:
        del queues[name]
