"""What a second worker is worth: the same portals from recorded traffic, with one worker and with two.

    python -m bench.workers [--portals 48] [--pages 30] [--turns 3] [--json FILE]

The sandbox's country, its pages brought to a real page's size, is visited once and kept as evidence. Then
workers of several machines (audit/machines/worker.py: each a process with a data folder of its own, one queue
and one database in PostgreSQL) visit the evidence in place of hosts: no server takes CPU, nobody waits for a
turn. Each portal counts as an address of its own. The clock runs from when all workers, started and ready, may
begin until every portal is stored; CPU is the workers' own from then on. What ends a night is one worker's work
and is left out. One and two workers take it in turn, and the least of each counts.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from audit import fleet
from audit.machines import worker
from audit.machines.shared_queue import VISIT, errands_of
from audit.made_by import made_by
from audit.nights.night import begin
from audit.post import Job, Progress
from audit.progress import Silence
from audit.registry.files import read_registry
from audit_rules.facts import Portal
from audit_rules.rulebook import open_rulebook
from bench.nights import country
from crawler import loop
from crawler.plan import Plan
from crawler.ways import Network
from storage.archive import Archive
from storage.nights import Nights
from storage.queue import Queue
from storage.recorded import Recorded
from storage.records import PortalRun
from tests.databases import Server, cluster, find_programs

GOALS = {"times_quicker": 1.6, "cpu_times": 1.1}
IN_FLIGHT = 4
_LOOK = 0.02
"""Seconds between two looks at how many portals are stored."""


def record(folder: Path, portals: int, pages: int) -> tuple[Path, int]:
    """A night of the country, kept: the folder of its evidence, and how many pages were seen."""
    with country(portals) as told, Archive.open(folder / "audit.db") as archive:
        place = json.loads(told)
        shutil.copytree(place["registry"], folder / "registry")
        registry = read_registry(folder / "registry")
        plan = replace(_plan(pages), connect_to=tuple(place["connect_to"]))
        asked = [registry.portals[each] for each in sorted(registry.portals)]
        done = fleet.audit_portals(asked, registry, plan, archive, data=folder)
    return folder / "evidence" / done.header.id, sum(len(each.visit.pages) for each in done.portals)


def _plan(pages: int) -> Plan:
    return Plan(max_pages=pages, render="never", delay=0.0, allow_private=True)


# --- a worker's process -------------------------------------------------------------------------------------------


def work(folder: Path, url: str, pages: int, evidence: Path) -> None:
    """A worker that visits the evidence; begins when it is told to, tells its CPU when it is interrupted."""
    sources = {file.name.removesuffix(".warc.gz"): Recorded.open(file) for file in evidence.glob("*.warc.gz")}

    async def from_evidence(portal: Portal, job: Job, progress: Progress | None = None) -> PortalRun:
        return await fleet.audit_portal(
            portal, replace(job, network=Network(recorded=sources[portal.id])), progress
        )

    worker.audit_portal = from_evidence  # type: ignore[attr-defined]
    terms = worker.Terms(IN_FLIGHT, stalled=60, grace=0, night_at=None, hosts=(), patience=60)
    registry = read_registry(evidence.parents[1] / "registry")
    made_by(), open_rulebook()
    with Archive.open(url, create=False) as archive:
        working = worker.Worker(
            *(archive, registry, _plan(pages), terms),
            db=url, data=folder, progress=Silence(), told=lambda *_: None,
        )  # fmt: skip
        print("ready", flush=True)
        sys.stdin.readline()
        before = _cpu()
        try:
            loop.run(working.work())
        except KeyboardInterrupt:
            print(_cpu() - before, flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# --- workers beside each other ------------------------------------------------------------------------------------


@contextmanager
def hired(folder: Path, url: str, pages: int, evidence: Path) -> Iterator[subprocess.Popen[str]]:
    folder.mkdir()
    command = [sys.executable, "-m", "bench.workers", "--part", *map(str, (folder, url, pages, evidence))]
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=(folder / "said").open("wb"), text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def turn(server: Server, folder: Path, evidence: Path, pages: int, workers: int) -> dict[str, float]:
    """A night by so many workers: its seconds, and the CPU of a portal in milliseconds."""
    url = server.make()
    with tempfile.TemporaryDirectory(dir=folder) as name, ExitStack() as stack:
        here = Path(name)
        several = [
            stack.enter_context(hired(here / str(number), url, pages, evidence)) for number in range(workers)
        ]
        said = [_line(each) for each in several]
        assert said == ["ready"] * workers, "a worker did not start"
        with Archive.open(url, create=False) as archive:
            night = begin(archive, read_registry(evidence.parents[1] / "registry"), _plan(pages))
            portals = {portal.id: portal.id for portal in night.asked}
            errands = (each for each in errands_of(night.header.id, portals) if each.task == VISIT)
            Queue(archive.database).put(list(errands))
            archive.leave(night.header.id)
            since = time.monotonic()
            for each in several:
                assert each.stdin is not None
                each.stdin.write("go\n")
                each.stdin.flush()
            seconds = _until_stored(Nights(archive.database), night.header.id, len(portals), several) - since
        for each in several:
            each.send_signal(signal.SIGINT)
        cpu = [float(_line(each)) for each in several]
    server.drop(url)
    return {"seconds": round(seconds, 2), "cpu_ms_a_portal": round(1000 * sum(cpu) / len(portals), 1)}


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _until_stored(nights: Nights, run_id: str, all_of_them: int, several: list[subprocess.Popen[str]]) -> float:
    """When every portal was stored."""
    pause = threading.Event()
    while sum(nights.progress(run_id).states.values()) < all_of_them:
        assert all(each.poll() is None for each in several), "a worker died"
        pause.wait(_LOOK)
    return time.monotonic()


def main() -> None:
    if sys.argv[1:2] == ["--part"]:
        folder, url, pages, evidence = sys.argv[2:]
        work(Path(folder), url, int(pages), Path(evidence))
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--portals", type=int, default=48)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL's server programs are not installed")
    with tempfile.TemporaryDirectory() as name, cluster(programs) as server:
        folder = Path(name)
        evidence, pages = record(folder, given.portals, given.pages)
        server.make_template()
        turns: dict[str, list[dict[str, float]]] = {"one": [], "two": []}
        for _ in range(given.turns):
            for told, count in (("one", 1), ("two", 2)):
                turns[told].append(turn(server, folder, evidence, given.pages, count))
                print(told, turns[told][-1], file=sys.stderr, flush=True)
    best = {told: {key: min(each[key] for each in all_) for key in all_[0]} for told, all_ in turns.items()}
    shares = {
        "times_quicker": round(best["one"]["seconds"] / best["two"]["seconds"], 2),
        "cpu_times": round(best["two"]["cpu_ms_a_portal"] / best["one"]["cpu_ms_a_portal"], 3),
    }
    told: dict[str, Any] = {
        "portals": given.portals,
        "pages": pages,
        **shares,
        "goals": GOALS,
        "reached": {
            "times_quicker": shares["times_quicker"] >= GOALS["times_quicker"],
            "cpu_times": shares["cpu_times"] <= GOALS["cpu_times"],
        },
        "turns": turns,
        "machine": {"python": platform.python_version(), "system": platform.platform()},
    }
    print(json.dumps(told, indent=1))
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
