"""How many visits go on side by side in a process: fewer where one of them may have killed the last one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Company:
    """Whoever comes in brings the number of visits, his own among them, that he bears. Nobody overtakes one who
    waits."""

    def __init__(self) -> None:
        self._borne: list[int] = []
        self._door = asyncio.Lock()
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def of(self, most: int) -> AsyncIterator[None]:
        async with self._door:
            while len(self._borne) >= min(most, *self._borne, most):
                self._changed.clear()
                await self._changed.wait()
            self._borne.append(most)
        try:
            yield
        finally:
            self._borne.remove(most)
            self._changed.set()
