"""What a worker of the shared queue has open for the night that it is at, and its evidence files: those on which no
stored result rests are removed, for another machine has files of the same names."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from audit.nights.night import Night
from audit.post import Job, keep_in, post
from storage.archive import Archive
from storage.database import DatabaseUnusable
from storage.evidence import file_name
from storage.nights import Nights

_UNDER_WAY = ".under-way"


class Station:
    """The gate, the turns, the browser, for one night. It is opened and closed by a task of its own."""

    def __init__(self, night: Night, archive: Archive, data: Path) -> None:
        self.night = night
        self.portals = {portal.id: portal for portal in night.asked}
        self.visitors = 0
        self._archive, self._data = archive, data
        self._opened: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
        self._over = asyncio.Event()
        self._task = asyncio.create_task(self._stand())

    @property
    def run_id(self) -> str:
        return self.night.header.id

    async def job(self) -> Job:
        return await asyncio.shield(self._opened)

    async def close(self) -> None:
        self._over.set()
        await asyncio.wait([self._task])

    async def _stand(self) -> None:
        night, keep = self.night, keep_in(self._archive, self.run_id)
        try:
            async with post(night.header, night.registry, night.plan, self._archive, keep, data=self._data) as job:
                self._opened.set_result(job)
                await self._over.wait()
        except Exception as error:
            if self._opened.done():
                raise
            self._opened.set_exception(error)


# --- evidence files -----------------------------------------------------------------------------------------------


@contextmanager
def file_of_visit(nights: Nights, data: Path, run_id: str, portal_id: str) -> Iterator[Path]:
    """The evidence file of a visit. It stays if the result that was stored rests on it, and else goes: at the end
    of the visit, or where this process died on the way, by ``tidy``."""
    file = data / "evidence" / file_name(run_id, portal_id)
    note = file.with_name(file.name + _UNDER_WAY)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(portal_id, "utf-8")
    try:
        yield file
    finally:
        if note.exists():
            with suppress(DatabaseUnusable):  # then it is asked when this worker begins anew
                _settle(nights, run_id, note)


def mark(file: Path, finished_at: datetime) -> None:
    """Says of which visit a file is: it bears the time at which that ended, as its result does."""
    with suppress(FileNotFoundError):
        os.utime(file, (finished_at.timestamp(),) * 2)


def stored(file: Path) -> None:
    """The result of the visit is stored: the file stays."""
    file.with_name(file.name + _UNDER_WAY).unlink(missing_ok=True)


def tidy(nights: Nights, data: Path) -> int:
    """Settles what a process that died here left: how many visits those were. Raises DatabaseUnusable."""
    left = sorted((data / "evidence").glob(f"*/*{_UNDER_WAY}"))
    for note in left:
        _settle(nights, note.parent.name, note)
    return len(left)


def _settle(nights: Nights, run_id: str, note: Path) -> None:
    file = note.with_name(note.name.removesuffix(_UNDER_WAY))
    with suppress(FileNotFoundError):
        written = file.stat().st_mtime
        found = nights.outcome(run_id, note.read_text("utf-8"))
        ended = found[2].timestamp() if found is not None and found[2] is not None else 0.0
        if written > note.stat().st_mtime - 1 and abs(written - ended) > 0.01:
            file.unlink()
    note.unlink(missing_ok=True)
