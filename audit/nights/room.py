"""Room on the disk: what a night will take, what is free, what it took."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from storage.archive import Archive
from storage.nights import Nights

BYTES_A_PORTAL = 5_000_000
"""What a portal takes of the disk where no night before tells: sixty pages, a third of them drawn, and pictures."""
ROOM = 1.25
"""Times the bytes of the night before that have to be free: the database, and what portals added since."""


def bytes_needed(archive: Archive, portals: int) -> int:
    """What so many portals will take, by the largest of the last nights: one that met nobody tells little."""
    past = [night for night in Nights(archive.database).newest(10) if night.bytes and night.asked]
    each = max((night.bytes / night.asked for night in past if night.bytes), default=BYTES_A_PORTAL)
    return int(portals * each * ROOM)


def taken(folder: Path, archive: Archive) -> int:
    """Bytes of a night's evidence, and its share of a SQLite database."""
    total = 0
    for file in folder.glob("*"):
        with suppress(OSError):
            total += file.stat().st_size
    path = archive.database.path
    nights = len(Nights(archive.database).newest(1000))
    return total + (path.stat().st_size // max(nights, 1) if path else 0)


def free_bytes(data: Path) -> int:
    return shutil.disk_usage(data).free
