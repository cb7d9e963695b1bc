"""Moments that processes of one machine tell each other, and names that only one of them holds at a time.

One sparse file; a name's place in it follows from the name. Locks are the system's own, on a few bytes of the file:
they die with their process. Two names at one place (one of a million) wait for each other, which harms nobody.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
from contextlib import suppress
from pathlib import Path

_PLACES = 1 << 20
_MOMENT = struct.Struct("=d")


class Board:
    """One for a process. Raises OSError where the file cannot be had."""

    def __init__(self, file: Path) -> None:
        self._held: set[str] = set()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def close(self) -> None:
        os.close(self._file)

    def take(self, name: str) -> bool:
        """Whether the name was free, and is now held."""
        if name in self._held:
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, _MOMENT.size, _at(name))
        except (BlockingIOError, PermissionError):
            return False
        self._held.add(name)
        return True

    def free(self, name: str) -> None:
        self._held.discard(name)
        fcntl.lockf(self._file, fcntl.LOCK_UN, _MOMENT.size, _at(name))

    def read(self, name: str) -> float:
        """The moment last written for a name, 0 where there is none."""
        told = os.pread(self._file, _MOMENT.size, _at(name))
        return float(_MOMENT.unpack(told)[0]) if len(told) == _MOMENT.size else 0.0

    def write(self, name: str, moment: float) -> None:
        with suppress(OSError):  # a disk without room: whoever needs some more urgently says so
            os.pwrite(self._file, _MOMENT.pack(moment), _at(name))


def _at(name: str) -> int:
    place = int.from_bytes(hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest())
    return place % _PLACES * _MOMENT.size
