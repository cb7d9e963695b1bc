"""The table for agencies of a whole night: read a few portals at a time, by two processes where it is long.

Nearly all of the time goes into unpacking what was stored and putting it into words, a portal at a time.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from audit import child
from audit.opinions import beside
from audit.reports.csv import What, row_order, run_rows
from audit.reports.sorting import in_order, merged, write_parts
from audit_rules.judgement import Lang
from crawler.processes import cores
from storage.archive import Archive
from storage.records import PortalRun, Run

AT_ONCE = 25
"""Portals held at a time."""
LONG = 200
"""Portals from which on a second process is worth its start."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a run, or of a round in the form of one."""

    what: What
    lang: Lang
    reply_by: date | None = None


def rows_of(archive: Archive, run: Run, portals: Iterable[PortalRun], asked: Asked) -> Iterator[list[str]]:
    """The rows of these portals in the order of the table."""
    return in_order(_unsorted(archive, run, portals, asked), row_order)


def rows_of_run(
    archive: Archive, address: str | Path, run: Run, portal_ids: list[str], asked: Asked
) -> Iterator[list[str]]:
    """The same of a stored run; ``address`` is where its archive can be opened again."""
    run_id = run.header.id
    if len(portal_ids) < LONG or cores() < 2:
        yield from rows_of(archive, run, archive.portals(run_id, views=False, only=portal_ids), asked)
        return
    import multiprocessing  # here: no other command needs them
    from concurrent.futures import ProcessPoolExecutor

    shares = [portal_ids[::2], portal_ids[1::2]]
    with tempfile.TemporaryDirectory() as folder:
        others = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=others, initializer=child.begin, initargs=(os.getpid(),)) as pool:
            other = pool.submit(_share, address, run_id, shares[1], asked, folder, "other")
            with without_cycles():
                mine = _share_of(archive, run, shares[0], asked, folder, "mine")
            parts = [*mine, *other.result()]
        yield from merged(parts, row_order)


def _share(address: str | Path, run_id: str, ids: list[str], asked: Asked, folder: str, name: str) -> list[Path]:
    """The other process: the rows of its portals as sorted files."""
    with Archive.open(address, create=False) as archive, without_cycles():
        return _share_of(archive, archive.outline(run_id), ids, asked, folder, name)


def _share_of(archive: Archive, run: Run, ids: list[str], asked: Asked, folder: str, name: str) -> list[Path]:
    portals = archive.portals(run.header.id, views=False, only=ids)
    return write_parts(_unsorted(archive, run, portals, asked), row_order, Path(folder), name)


def _unsorted(archive: Archive, run: Run, portals: Iterable[PortalRun], asked: Asked) -> Iterator[list[str]]:
    source = iter(portals)
    while some := list(islice(source, AT_ONCE)):
        standing = beside(archive, run, some)
        found = {
            portal_id: {rule: one.finding for rule, one in here.items() if one.finding is not None}
            for portal_id, here in standing.items()
        }
        yield from run_rows(run, some, found, asked.lang, asked.what, told=standing, reply_by=asked.reply_by)


@contextmanager
def without_cycles() -> Iterator[None]:
    """Frozen records hold each other in no circle; looking for some takes a third of the time of a long table."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
