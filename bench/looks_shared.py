"""What all parts of bench/looks.py share; it needs nothing but Python."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

AT_ONCE = 4
HOSTS = 8
SHORTEST = 20_000
"""Characters of a page that was drawn."""
EVERY = 200
WARM = 16
"""Pages before the clock runs: two of each host."""
ENDINGS = ("png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "woff2", "woff", "ttf", "mp4", "webm")
SILENCE_ARGUMENTS = ("--disable-background-networking", "--disable-component-update", "--disable-sync")


def address(number: int, *, plain: bool) -> str:
    kind = "ve" if number // HOSTS % 2 else "tin"
    scheme = "http" if plain else "https"
    return f"{scheme}://cong{number % HOSTS}.gov.vn/{kind}/{number}"


def _tree(root: int) -> dict[int, list[str]]:
    """The processes below one and itself, with the fields of their ``stat`` behind the name."""
    told: dict[int, list[str]] = {}
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            told[int(path.parent.name)] = fields
            below.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, left = {}, [root] if root in told else []
    while left:
        process = left.pop()
        found[process] = told[process]
        left += below.get(process, [])
    return found


def cpu_seconds() -> float:
    """Processor time of the tree, of processes that ended in it too."""
    ticks = sum(int(ticks) for fields in _tree(os.getpid()).values() for ticks in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mib(root: int | None = None) -> float:
    """Memory of the tree below a process, this one where none is named; what processes share is told once."""
    return sum(parts_mib(root or os.getpid()).values())


def parts_mib(root: int) -> dict[str, float]:
    """The same by kind of process: the first itself, Chromium's by what they are for, Playwright's driver."""
    parts: dict[str, float] = {}
    for process in _tree(root):
        with contextlib.suppress(OSError):
            folder = Path(f"/proc/{process}")
            lines = (folder / "smaps_rollup").read_text(encoding="ascii").splitlines()
            size = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            kind = "own" if process == root else _kind((folder / "cmdline").read_bytes())
            parts[kind] = parts.get(kind, 0.0) + size / 1024
    return parts


def _kind(command: bytes) -> str:
    named = re.search(rb"--type=([\w-]+)", command)  # Chromium's others rewrite their line, with blanks
    kind = named[1] if named else command.partition(b"\0")[0].rpartition(b"/")[2]
    return kind.decode("ascii", "replace")
