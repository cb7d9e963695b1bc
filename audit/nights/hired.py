"""A worker process as the one that began it sees it: hired, spoken to, dismissed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from dataclasses import dataclass

from audit.nights.wire import Begin, Wire

CLOSE_SECONDS = 20.0
"""For a worker to close its browser."""
LOG = "audit-workers.log"
"""Where the last words of a worker that died go, in the data folder."""


@dataclass(frozen=True, slots=True)
class Hired:
    """``slot`` is the place it has in the crew."""

    slot: int
    wire: Wire
    _process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """Ends one that is stuck; its browser goes when nobody speaks to it any more."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def dismiss(self) -> None:
        """It hears that we are gone, closes its browser and goes; one that does not is ended."""
        self.wire.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._process.wait()
        if self._process.returncode is None:
            self.kill()
            await self._process.wait()


async def hire(slot: int, begin: Begin) -> Hired:
    """Begins a worker: a process in a session of its own, which no interrupt from the keyboard reaches."""
    ours, theirs = socket.socketpair()
    try:
        with theirs, (begin.data / LOG).open("ab") as said:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "audit.nights.process", str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
                env={**os.environ, "PYTHONFAULTHANDLER": "1"},
            )
        wire = await Wire.over(ours)
    except BaseException:
        ours.close()  # whoever was just begun hears that nobody is there
        raise
    wire.post(begin)
    return Hired(slot, wire, process)
