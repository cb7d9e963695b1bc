"""A worker of the night: one process with one loop and one browser at most, that visits what it is told to.

``python -m audit.nights.process DESCRIPTOR``: the descriptor is a socket to the process that began the night. What
was seen goes there; this process writes evidence and no database. It ends when the other end is gone.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from dataclasses import replace

from audit import child
from audit.fleet import audit_portal
from audit.nights.night import read_registry_of
from audit.nights.roster import Task
from audit.nights.wire import Beat, Begin, Unwritable, Wire
from audit.post import Job, post
from audit_rules.facts import Portal
from crawler import loop
from storage.archive import Archive
from storage.recorded import EvidenceError
from storage.records import PortalRun

BEAT_SECONDS = 2.0


class _Pages:
    """Pages read, by portal."""

    def __init__(self) -> None:
        self.read: dict[str, int] = {}

    def portal(self, done: int, total: int, portal: Portal, state: str) -> None:
        """Counted by the process that stores."""

    def page(self, portal: Portal, pages: int) -> None:
        self.read[portal.id] = pages


async def _work(end: socket.socket, voice: child.Voice) -> None:
    wire = await Wire.over(end)
    try:
        told: Begin = await wire.receive()
        pages = _Pages()

        async def keep(result: PortalRun) -> None:
            pages.read.pop(result.portal.id, None)
            await wire.send(result)

        registry = read_registry_of(told.registry)
        with Archive.open(told.db, create=False) as archive:
            async with post(told.header, registry, told.plan, archive, keep, data=told.data) as job:
                patient = replace(job, plan=told.patient)
                async with asyncio.TaskGroup() as visits:
                    beating = visits.create_task(_beat(wire, voice, pages))
                    try:
                        await _serve(wire, job, patient, visits, pages)
                    finally:
                        beating.cancel()
    finally:
        wire.close()


async def _serve(wire: Wire, job: Job, patient: Job, visits: asyncio.TaskGroup, pages: _Pages) -> None:
    """Begins what it is told to begin until the other end has nothing more, or is gone."""
    while True:
        task: Task | None = await wire.receive()
        if task is None:
            return
        portal = job.registry.portals[task.portal_id]
        visits.create_task(_visit(wire, portal, patient if task.patient else job, pages))


async def _visit(wire: Wire, portal: Portal, job: Job, pages: _Pages) -> None:
    try:
        await audit_portal(portal, job, pages)
    except EvidenceError as error:
        await wire.send(Unwritable(str(error)))


async def _beat(wire: Wire, voice: child.Voice, pages: _Pages) -> None:
    while True:
        await wire.send(Beat(dict(pages.read), voice.take()))
        await asyncio.sleep(BEAT_SECONDS)


def main() -> None:
    child.begin(os.getppid())
    voice = child.voice()
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    logging.getLogger("scrapy.core.downloader.tls").setLevel(logging.ERROR)
    end = socket.socket(fileno=int(sys.argv[1]))
    try:
        loop.run(_work(end, voice))
    except (EOFError, OSError, KeyboardInterrupt):
        sys.exit(1)  # whoever began the night is gone, or wants no more
    except ExceptionGroup as several:
        gone, rest = several.split((EOFError, OSError))
        if rest is not None:
            raise rest from several
        sys.exit(1 if gone else 0)


if __name__ == "__main__":
    main()
