"""How long a page of the dashboard takes with 20 readers at a time: every kind of page, and the API.

    python -m bench.serve [--on sqlite,postgresql] [--portals 200] [--nights 60] [--made 3] [--readers 20]
                          [--seconds 5] [--patience 3600] [--seed FILE] [--folder DIR] [--json FILE]

The nights are made and copied as in ``bench.year``; the copies share their documents, so that a year of the
country is there in minutes. The server is the real command in a process of its own, the readers threads of this
one that keep their connections. Each kind of page is asked for at random places until its time is over. Told apart
are the first answer of all, for which the lists are gathered, and pages that nobody had asked for since the data
changed (``first_time``), which are made then; what was made once is kept. It is asked when the pages that the
server makes by itself are made, as after a night. The issue's cases: --on sqlite --portals 200 --nights 60, and
--on postgresql --portals 2000 --nights 365.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from audit.nights.night import pack_registry
from audit.registry.files import AGENCY_HEADING, PORTAL_HEADING, read_registry
from audit.web.pictures.tile_map import PLACES
from audit_rules.rulebook import open_rulebook
from bench.year import make, multiply, run_of
from storage.archive import Archive
from storage.nights import Nights
from storage.upkeep import bring_up, copy
from tests.databases import cluster, find_programs

CENTRAL = 22
_START = 3600
"""Seconds that the server may take until it answers."""
_MADE = 3
"""Lots of pages that the server makes beforehand: portals', the API's of portals, findings'."""


# --- what there is to see -----------------------------------------------------------------------------------------


def names_of(portals: int, made: int) -> list[str]:
    """The portals of ``bench.year``: what was made, then its copies."""
    copies = max(portals // made - 1, 0)
    return [f"p{number}" + (f"-{each}" if each else "") for each in range(copies + 1) for number in range(made)]


def write_registry(folder: Path, names: Sequence[str]) -> None:
    """34 provinces, 22 central bodies, and departments below the provinces, each with one portal."""
    folder.mkdir(parents=True, exist_ok=True)
    mains = list(PLACES)
    agencies, portals = [], []
    for number, name in enumerate(names):
        if number < len(mains):
            who, kind, above = mains[number], "province", ""
            title = f"Ủy ban nhân dân {PLACES[who][2]}"
        elif number < len(mains) + CENTRAL:
            who, kind, above, title = f"bo-{number}", "ministry", "", f"Bộ số {number}"
        else:
            above = mains[number % min(len(mains), len(names))]
            who, kind, title = f"so-{number}", "department", f"Sở số {number} của {PLACES[above][2]}"
        main = names[mains.index(above)] if above else ""
        confirmed = ("Bench", "2026-01-01", "made") if above else ("", "", "")
        agencies.append((who, title, "", kind, above, "", "", "", "", "", ""))
        portals.append((name, who, kind, f"{name}.gov.vn", "", main, "active", *confirmed, "", "", ""))
    for file, heading, rows in (("agencies", AGENCY_HEADING, agencies), ("portals", PORTAL_HEADING, portals)):
        with (folder / f"{file}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(heading.split(","))
            writer.writerows(rows)


def fill(url: str, registry: Path, nights: int, portals: int, made: int) -> None:
    multiply(url, nights, max(portals // made - 1, 0), share=True)
    packed = pack_registry(read_registry(registry))
    with Archive.open(url) as archive:
        told = Nights(archive.database)
        for night in range(nights):
            told.begin(run_of(night), portals, packed, pid=1, host="bench", now=datetime.now(UTC))


@contextmanager
def place_of(kind: str, seed: Path, folder: Path) -> Iterator[str]:
    """A database with the made nights in it, for a while."""
    if kind == "sqlite":
        shutil.copyfile(seed, folder / "serve.db")
        yield f"sqlite:///{folder / 'serve.db'}"
        (folder / "serve.db").unlink()
        return
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL's server programs are not installed")
    with cluster(programs) as server:
        url = server.address("postgres")
        bring_up(url)
        copy(seed, url, lambda *_: None)
        yield url


# --- the server and its readers -----------------------------------------------------------------------------------


@contextmanager
def served(url: str, registry: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """The command as an operator starts it: its port and its process."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    asked = ["serve", "--db", url, "--data", str(folder), "--registry", str(registry), "--port", str(port)]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "audit", *asked], stdout=log, stderr=log)  # noqa: S603
    try:
        _wait(port, process, folder)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _until_made(folder: Path, patience: float) -> list[str]:
    """Waits, so many seconds at most, until the pages are made that nobody asked for yet, as after a night: what
    the log says of it."""
    until, pause, found = time.monotonic() + patience, threading.Event(), list[str]()
    while time.monotonic() < until and len(found) < _MADE:
        pause.wait(0.2)
        lines = (folder / "audit.log").read_text("utf-8").splitlines()
        found = [line for line in lines if "made beforehand in" in line]
    return found


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    until, pause = time.monotonic() + _START, threading.Event()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit((folder / "serve.log").read_text("utf-8", "replace")) from None
            pause.wait(0.05)
        else:
            return


@dataclass
class Spent:
    """Milliseconds of each answer, of those to pages asked for the first time, and what was not 200 by status."""

    ms: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    wrong: dict[int, int] = field(default_factory=dict)


def ask(connection: http.client.HTTPConnection, path: str, spent: Spent, asked: set[str]) -> None:
    first = path not in asked
    asked.add(path)
    since = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    spent.ms.append((time.perf_counter() - since) * 1000)
    spent.sizes.append(len(body))
    if first:
        spent.first.append(spent.ms[-1])
    if answer.status != 200:
        spent.wrong[answer.status] = spent.wrong.get(answer.status, 0) + 1


def read_at_once(port: int, readers: int, seconds: float, place: Callable[[Random], str]) -> Spent:
    """Readers who ask one page after another, side by side, until the time is over."""
    each = [Spent() for _ in range(readers)]
    asked: set[str] = set()
    until = time.perf_counter() + seconds

    def read(number: int) -> None:
        chance, connection = Random(number), http.client.HTTPConnection("127.0.0.1", port, timeout=120)  # noqa: S311
        while time.perf_counter() < until:
            ask(connection, place(chance), each[number], asked)
        connection.close()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Spent()
    for one in each:
        whole.ms += one.ms
        whole.first += one.first
        whole.sizes += one.sizes
        for status, count in one.wrong.items():
            whole.wrong[status] = whole.wrong.get(status, 0) + count
    return whole


Pages = dict[str, Callable[[Random], str]]


def pages_of(names: Sequence[str], nights: int) -> Pages:
    """Every kind of page, at places drawn by chance."""
    rules = [rule.id for rule in open_rulebook().rules]
    bodies = [*list(PLACES)[: len(names)], *(f"so-{number}" for number in range(34 + CENTRAL, len(names)))]
    kinds = ("", "kind=province&", "kind=department&", "sort=-findings&")
    last = max(len(names) // 50, 1)

    def run(chance: Random) -> str:
        return run_of(chance.randrange(nights))

    return {
        "home": lambda chance: chance.choice(("/", "/en/")),
        "portals": lambda chance: f"/portals?{chance.choice(kinds)}page={chance.randint(1, last)}",
        "portal": lambda chance: f"/portals/{chance.choice(names)}",
        "finding": lambda chance: f"/portals/{chance.choice(names)}/{chance.choice(rules)}",
        "findings": lambda chance: f"/findings?{chance.choice(kinds[:3])}page={chance.randint(1, last)}",
        "findings_of_a_rule": lambda chance: f"/findings?rule={chance.choice(rules)}&sort=-last_seen",
        "rules": lambda _: "/rules",
        "rule": lambda chance: f"/rules/{chance.choice(rules)}",
        "agencies": lambda _: "/agencies",
        "agency": lambda chance: f"/agencies/{chance.choice(bodies)}",
        "runs": lambda _: "/runs",
        "run": lambda chance: f"/runs/{run(chance)}?page={chance.randint(1, last)}",
        "portal_in_a_run": lambda chance: f"/runs/{run(chance)}/{chance.choice(names)}",
        "rankings": lambda chance: chance.choice(("/rankings", "/en/rankings")),
        "ranking": lambda chance: f"/rankings/province?page={chance.randint(1, last)}",
        "rates": lambda chance: chance.choice(("/rates", "/en/rates")),
        "figures": lambda chance: f"/figures?page={chance.randint(1, last)}",
        "comparison": lambda _: "/comparison",
        "search": lambda chance: f"/search?q={chance.choice(('so', 'lao', 'p1', 'bo', 'gov.vn'))}",
        "api_overview": lambda _: "/api/v1/",
        "api_portals": lambda chance: f"/api/v1/portals?page={chance.randint(1, last)}",
        "api_portal": lambda chance: f"/api/v1/portals/{chance.choice(names)}",
        "api_findings": lambda chance: f"/api/v1/findings?page={chance.randint(1, last)}&size=200",
        "api_finding": lambda chance: f"/api/v1/portals/{chance.choice(names)}/{chance.choice(rules)}",
        "api_rankings": lambda chance: f"/api/v1/rankings?page={chance.randint(1, last)}",
        "api_rates": lambda chance: f"/api/v1/rates?page={chance.randint(1, last)}",
        "api_nights": lambda _: "/api/v1/nights",
    }


def told_of(spent: Spent) -> dict[str, Any]:
    told: dict[str, Any] = {**_times(spent.ms), "kb": round(statistics.mean(spent.sizes) / 1024, 1)}
    if spent.first:
        told["first_time"] = _times(spent.first)
    return told | ({"not_200": spent.wrong} if spent.wrong else {})


def _times(several: Sequence[float]) -> dict[str, float]:
    ms = sorted(several)
    return {
        "answers": len(ms),
        "median_ms": round(statistics.median(ms), 1),
        "p95_ms": round(ms[min(len(ms) - 1, int(0.95 * len(ms)))], 1),
        "worst_ms": round(ms[-1], 1),
    }


def measure(asked: argparse.Namespace, kind: str, seed: Path, folder: Path) -> dict[str, Any]:
    names = names_of(asked.portals, asked.made)
    registry = folder / "registry"
    write_registry(registry, names)
    with place_of(kind, seed, folder) as url:
        fill(url, registry, asked.nights, len(names), asked.made)
        with served(url, registry, folder) as (port, pid):
            first = Spent()
            ask(http.client.HTTPConnection("127.0.0.1", port, timeout=_START), "/", first, set())
            told: dict[str, Any] = {"first_answer_s": round(first.ms[0] / 1000, 2), "first_answer_cpu_s": _cpu(pid)}
            told["made_beforehand"] = _until_made(folder, asked.patience)
            told["pages"] = {}
            for name, place in pages_of(names, asked.nights).items():
                if asked.only and name not in asked.only.split(","):
                    continue
                before = _cpu(pid)
                spent = read_at_once(port, asked.readers, asked.seconds, place)
                used = {"server_cpu_ms": round((_cpu(pid) - before) * 1000 / len(spent.ms), 1)}
                told["pages"][name] = told_of(spent) | used
                print(kind, name, told["pages"][name], file=sys.stderr, flush=True)
            told["memory_mb"] = _memory(pid)
    told["slowest_p95_ms"] = max(each["p95_ms"] for each in told["pages"].values())
    return told


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used: other work on the machine lengthens them less than the clock."""
    user, system = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return round((int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), 1)


def _memory(pid: int) -> int:
    """Resident megabytes of a process at their highest."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--on", default="sqlite")
    parser.add_argument("--portals", type=int, default=200)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--made", type=int, default=3)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--patience", type=float, default=_START, help="seconds for pages that are made beforehand")
    parser.add_argument("--only", help="kinds of pages, by commas")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seed", type=Path, help="made nights, kept here for the next time")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=asked.folder)))
        seed = asked.seed or folder / "made.db"
        if not seed.exists():
            make(str(seed), asked.nights, asked.made)
        told: dict[str, Any] = {name: getattr(asked, name) for name in ("nights", "portals", "readers")}
        told |= {"cores": os.cpu_count()}
        for kind in asked.on.split(","):
            told[kind] = measure(asked, kind, seed, folder)
    print(json.dumps(told, indent=2))
    if asked.json is not None:
        asked.json.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
