"""How long a table for agencies takes, and how much memory, by the command itself.

    python -m bench.export [--rows 100000] [--folder DIR] [--json FILE]

The archive is that of bench/year.py: one night, portals of 60 pages each, a row for every rule (``--what all``).
Each export is a process of its own; it is done for a tenth of the rows, too: memory must not grow with them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from audit_rules.rulebook import open_rulebook
from bench.year import make, multiply

MADE = 4
FORMATS = ("csv", "xlsx")
SECONDS = 10.0
GROWTH = 1.3
"""What is asked: all rows in so many seconds, with at most so many times the memory of a tenth of them."""


def export(folder: Path, form: str) -> dict[str, float]:
    """Seconds (by the clock, and of CPU), peak memory in MiB, and bytes written, of one export."""
    output = folder / f"table.{form}"
    words = (sys.executable, "-m", "audit", "export", "--run", "latest", "--what", "all", "--format", form)
    since = time.perf_counter()
    child = os.posix_spawn(
        words[0], [*words, "--data", str(folder), "--output", str(output), "--quiet"], os.environ
    )
    _, status, used = os.wait4(child, 0)
    spent = time.perf_counter() - since
    if status:
        raise SystemExit(f"the export as {form} ended with {os.waitstatus_to_exitcode(status)}")
    return {
        "seconds": round(spent, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": round(used.ru_maxrss / 1024, 1),
        "bytes": output.stat().st_size,
    }


def measure(folder: Path, rows: int) -> dict[str, Any]:
    rules = sum(rule.stage != "retired" for rule in open_rulebook().rules)
    told: dict[str, Any] = {"rows": rows, "rules": rules}
    for name, wanted in (("tenth", rows // 10), ("all", rows)):
        place = folder / name
        place.mkdir()
        copies = -(-wanted // (rules * MADE)) - 1
        url = str(place / "audit.db")
        make(url, 1, MADE)
        multiply(url, 1, copies)
        told[name] = {"portals": MADE * (copies + 1), **{form: export(place, form) for form in FORMATS}}
    for form in FORMATS:
        whole, tenth = told["all"][form], told["tenth"][form]
        grown = whole["peak_mib"] / tenth["peak_mib"]
        told[form] = {"growth": round(grown, 2), "kept": whole["seconds"] < SECONDS and grown <= GROWTH}
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        told = measure(Path(folder), asked.rows)
    print(json.dumps(told, indent=2))
    if asked.json is not None:
        asked.json.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
