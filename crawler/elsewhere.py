"""What addresses out of their portals answered, told to all visits of a process: a whole country links to the same
few hosts, which each of its portals would ask, one after the other.

Only what was there is told on. A failure may accuse somebody: it is seen by each visit with its own eyes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.fetched import Fetched

KEPT_SECONDS = 1800.0
_MOST = 5000
_NO_RULES = (404, 410)


@dataclass(slots=True)
class _Told:
    """One address. Who wants to know waits for whoever is asking it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    fetched: Fetched | None = None
    until: float = 0.0


class Elsewhere:
    """Answers, each for half an hour. ``clock`` is there for tests."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, _Told] = {}

    async def told(self, question: str, ask: Callable[[], Awaitable[Fetched]]) -> tuple[Fetched, bool]:
        """The answer to a question, and whether it was asked just now."""
        known = self._told.get(question)
        if known is None:
            while len(self._told) >= _MOST:
                del self._told[next(iter(self._told))]
            known = self._told[question] = _Told()
        async with known.lock:
            if known.fetched is not None and self._clock() < known.until:
                return known.fetched, False
            fetched = await ask()
            if _is_there(fetched):
                known.fetched, known.until = fetched, self._clock() + KEPT_SECONDS
            return fetched, True


def is_robots(url: str) -> bool:
    return urlsplit(url).path == "/robots.txt"


def _is_there(fetched: Fetched) -> bool:
    """Whether an answer accuses nobody; a host without a robots.txt has no rules."""
    if fetched.error is not None or fetched.cut:
        return False
    return fetched.status < 400 or (fetched.status in _NO_RULES and is_robots(fetched.url))
