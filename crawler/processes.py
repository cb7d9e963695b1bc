"""Processors and processes, this one and those below it, as the system tells of them: which there are, what they
hold, what they may take.

Where the system does not tell (no ``/proc``), nobody is found and nothing is held.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it


def cores() -> int:
    """How many processors there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def places(memory: int) -> int:
    """How many processes of so many bytes each there is room for: at most as many as processors, at least one."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(cores(), there // memory))


def below(pid: int) -> set[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):  # it has just ended
            parents[int(folder.name)] = int(
                (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[1]
            )
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def is_called(pid: int, word: str) -> bool:
    """Whether these words are in a process's command line."""
    try:
        return word.encode() in (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False


def held_by(pid: int) -> int:
    """Bytes that a process holds for itself alone, roughly: resident and not shared. The proportional size would be
    exact, and takes a hundred times as long to find out."""
    try:
        _, resident, shared, *_ = (_PROC / str(pid) / "statm").read_text("ascii").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def give_back() -> None:
    """Gives memory that this process has freed back to the system. glibc keeps what lies between pieces in use:
    after some hundred pages of any size that was as much again as the process needs."""
    if _give_back is not None:
        _give_back(0)


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """What is there by now stays while this is open: the collector of rings leaves it out. As it waits until a
    quarter of what it minds is new, it comes the sooner for what pages leave behind."""
    gc.collect()
    gc.freeze()
    gc.collect()
    try:
        yield
    finally:
        gc.unfreeze()


def bound(pid: int, most: int) -> None:
    """Has the system refuse a process, and those it begins from now on, more than ``most`` bytes of writable memory
    that is its own, reserved or used."""
    if hasattr(resource, "prlimit"):  # Linux alone
        with contextlib.suppress(OSError):  # it has just ended
            resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
