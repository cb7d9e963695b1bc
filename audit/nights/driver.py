"""One machine's night from its beginning to its end: held, begun or gone on with, manned, ended."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from audit.days import day_of
from audit.nights.controls import CONTROLS, NONE
from audit.nights.crew import Crew, Looked, Manning, WorkersLost
from audit.nights.night import AnotherNight, Ended, Night, begin, end, hold, resume
from audit.nights.room import bytes_needed, free_bytes
from audit.nights.window import Window
from audit.post import Progress
from audit.registry.registry import Registry
from audit.tally import NOT_VISITED
from audit_rules.facts import Portal
from crawler import loop
from crawler.plan import Plan
from crawler.processes import places
from storage.archive import INTERRUPTED, Archive
from storage.database import DatabaseUnusable
from storage.evidence import sweep
from storage.nights import Nights
from storage.recorded import EvidenceError

log = logging.getLogger(__name__)

MEMORY_A_PROCESS = 1_500_000_000
"""Bytes that a process takes with its browser; there are no more processes than the memory holds."""


class TooLittleRoom(Exception):
    """The disk has less room than the night will take; bytes."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(
            f"Đêm này cần khoảng {needed / 1e9:.1f} GB, đĩa còn {free / 1e9:.1f} GB"
            f" / The night needs about {needed / 1e9:.1f} GB, the disk has {free / 1e9:.1f} GB left"
        )
        self.needed = needed
        self.free = free


class NothingToResume(Exception):
    """No night was broken off, or somebody is at it already."""


class WindowShut(Exception):
    """A night is not begun outside its hours."""

    def __init__(self, window: Window) -> None:
        super().__init__(f"the window opens at {window.opens}")
        self.window = window


def manning(given: Mapping[str, Any], closing: datetime | None) -> Manning:
    """How the options man a night."""
    hosts = control_hosts(given)
    return Manning(
        processes=given["processes"] or places(MEMORY_A_PROCESS),
        in_flight=given["in_flight"],
        closing=closing,
        hosts=hosts,
        patience=given["control_wait"],
    )


def control_hosts(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts that the operator named; else the well-known ones, where hosts are found the usual way."""
    named = tuple(given["control"])
    led_elsewhere = given["connect_to"] or given["dns"]
    return () if NONE in named else named or (() if led_elsewhere else CONTROLS)


def drive(
    archive: Archive,
    registry: Registry,
    plan: Plan,
    manned: Manning,
    *,
    db: str | Path,
    data: Path,
    law_day: date | None,
    window: Window | None,
    progress: Progress,
    only_resume: bool = False,
) -> tuple[Night, Ended]:
    """Does the night, or goes on with that of today.

    Raises AnotherNight, TooLittleRoom, WindowShut and, with ``only_resume``, NothingToResume before it begins;
    EvidenceError, ArchiveError, WorkersLost and KeyboardInterrupt break the night off: it can be gone on with.
    """
    with _interruptible(), _held(archive, data, only_resume):
        archive.recover()
        sweep(data / "evidence")
        night, todo = _begun(archive, registry, plan, data, law_day, window, only_resume)
        shut = window is not None and window.closing(datetime.now(UTC)) is None
        with _broken_off(archive, night.header.id):
            looked = Looked("window" if todo and shut else None)
            if todo and not shut:
                crew = Crew(night, archive, db, data, manned, progress)
                looked = loop.run(crew.work(todo))
            return night, end(
                archive, night, data, cut=looked.cut, away=looked.away, untrusted=sorted(looked.untrusted)
            )


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends the night in good order also while no loop runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _held(archive: Archive, data: Path, only_resume: bool) -> Iterator[None]:
    """A night that somebody is at needs nobody to go on with it."""
    with ExitStack() as held:
        try:
            held.enter_context(hold(archive, data))
        except AnotherNight:
            if only_resume:
                raise NothingToResume from None
            raise
        yield


def _begun(
    archive: Archive,
    registry: Registry,
    plan: Plan,
    data: Path,
    law_day: date | None,
    window: Window | None,
    only_resume: bool,
) -> tuple[Night, list[Portal]]:
    """The night and the portals that are still to be visited."""
    night = resume(archive, plan, data)
    if night is not None:
        told = Nights(archive.database).outcomes(night.header.id)
        log.info("the night %s is gone on with", night.header.id)
        return night, [each for each in night.asked if is_open(told.get(each.id))]
    if only_resume:
        raise NothingToResume
    if window is not None and window.closing(datetime.now(UTC)) is None:
        raise WindowShut(window)
    asked = registry.active(day_of())
    needed, free = bytes_needed(archive, len(asked)), free_bytes(data)
    if free < needed:
        raise TooLittleRoom(needed, free)
    night = begin(archive, registry, plan, law_day=law_day)
    return night, list(night.asked)


def is_open(outcome: tuple[str, str | None] | None) -> bool:
    """Whether a portal is still to be visited: nothing is stored of it, or nothing that was seen; who was
    silent has a second visit coming, and gets both."""
    return outcome is None or outcome[0] == "unreachable" or outcome[1] in (NOT_VISITED, "our_fault")


@contextmanager
def _broken_off(archive: Archive, run_id: str) -> Iterator[None]:
    """A night that is broken off is written down as such where that is still possible."""
    reason = INTERRUPTED
    try:
        yield
        return
    except (EvidenceError, DatabaseUnusable) as error:
        reason = "disk_full"
        log.error("the night is broken off: %s", error)
        _close(archive, run_id, reason)
        raise
    except WorkersLost:
        _close(archive, run_id, "our_fault")
        raise
    except KeyboardInterrupt:
        _close(archive, run_id, INTERRUPTED)
        raise


def _close(archive: Archive, run_id: str, reason: str) -> None:
    with suppress(DatabaseUnusable):  # then the next night finds a run whose process is gone
        archive.close_run(run_id, status="partial", finished_at=datetime.now(UTC), reason=reason)
