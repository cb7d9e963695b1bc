"""Every hostile host in one run beside good portals: what is said of the good ones, as if they were alone; of the
hostile ones, nothing that is wrong; how long it takes, and the memory of all processes together.

    python -m bench.hostile [--good 20] [--pages 10] [--render auto] [--only NAME,NAME] [--json FILE]

The hosts are those of sandbox/hostile, on loopback; the audit has a process of its own, with Chromium below it. Its
memory is the sum of the proportional set sizes of that process and all below it, looked at twice a second.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.looks_shared import parts_mib
from sandbox.hostile.trap import Trap
from sandbox.hostile.world import TRAPS, HostileWorld

BUDGET_MIB = 1536
Outcomes = Mapping[str, Sequence[str | None]]
"""What was said by rule: the outcome and its reason."""


@dataclass(frozen=True)
class Told:
    """What was said of one portal, and what that took."""

    state: str
    reason: str | None
    pages: int
    rendered: int
    requests: int
    outcomes: Outcomes

    @property
    def failed(self) -> set[str]:
        return {rule for rule, (outcome, _) in self.outcomes.items() if outcome == "failed"}

    @property
    def crashed(self) -> set[str]:
        """Rules that broke over what they saw."""
        return {rule for rule, (_, reason) in self.outcomes.items() if reason == "rule_error"}


@dataclass(frozen=True)
class Ran:
    """One run: its portals by address, seconds, and memory in MiB: of the auditor's own process at its peak, and of
    all processes together at theirs, by kind, as far as somebody looked."""

    portals: Mapping[str, Told]
    seconds: float
    own_mib: float
    parts_mib: Mapping[str, float] = field(default_factory=dict)

    @property
    def tree_mib(self) -> float:
        return sum(self.parts_mib.values())


@dataclass(frozen=True)
class Spec:
    """What a run is to do; ``plan`` and ``timeouts`` are the fields of crawler.plan that differ from its own."""

    sites: Sequence[str]
    registry: str
    plan: Mapping[str, Any]
    timeouts: Mapping[str, float] = field(default_factory=dict)


def audit(spec: Spec) -> Ran:
    """The run itself, in this process."""
    from audit.fleet import audit_portals
    from audit.registry.files import read_registry
    from crawler.plan import Plan, Timeouts
    from storage.archive import Archive

    began = time.monotonic()
    registry = read_registry(Path(spec.registry))
    plan = Plan(**{**spec.plan, "connect_to": tuple(spec.plan["connect_to"])}, timeouts=Timeouts(**spec.timeouts))
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "audit.db") as archive:
        portals = [registry.find(site, datetime.now(UTC).date()) for site in spec.sites]
        run = audit_portals(portals, registry, plan, archive, data=Path(folder))
    told = {
        str(one.portal.address): Told(
            one.visit.state,
            one.visit.reason,
            len(one.visit.pages),
            sum(page.rendered is not None for page in one.visit.pages),
            one.visit.net.requests,
            {each.rule: (each.verdict.outcome, each.verdict.reason) for each in one.judgements},
        )
        for one in run.portals
    }
    return Ran(told, time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def audited(world: HostileWorld, sites: Sequence[str], *, timeouts: Mapping[str, float], **plan: Any) -> Ran:
    """The run in a process of its own, its memory looked at meanwhile."""
    own = {"connect_to": world.connect_to, "ca_file": str(world.world.ca_file), "allow_private": True, "delay": 0.0}
    spec = Spec(sites, str(world.world.registry), own | plan, timeouts)
    command = [sys.executable, "-m", "bench.hostile", "--part", "audit"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        watch = Watch(process.pid)
        watch.start()
        said, _ = process.communicate(json.dumps(asdict(spec)))
        watch.end()
    if process.returncode:
        raise RuntimeError(f"the audit ended with {process.returncode}")
    told = json.loads(said)
    portals = {site: Told(**one) for site, one in told["portals"].items()}
    return Ran(portals, told["seconds"], told["own_mib"], watch.peak)


class Watch(threading.Thread):
    """Looks at the memory of a process and all below it; ``peak`` in MiB, by kind of process."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.peak: dict[str, float] = {}

    def run(self) -> None:
        while not self._over.wait(0.5):
            self.peak = max(self.peak, parts_mib(self._pid), key=lambda parts: sum(parts.values()))

    def end(self) -> None:
        self._over.set()
        self.join()


def wrongs(trap: Trap, told: Told) -> list[str]:
    """What is wrong about what was said of a hostile host."""
    found = [f"{trap.name}: {rule} broke" for rule in sorted(told.crashed)]
    if told.state not in trap.states:
        found.append(f"{trap.name}: {told.state} ({told.reason})")
    return found + [f"{trap.name}: {rule} failed" for rule in sorted(told.failed) if not trap.faulty]


def differences(alone: Ran, beside: Ran, sites: Sequence[str]) -> list[str]:
    """Where what was said of good portals is another thing beside hostile ones than alone."""
    return [
        f"{site} {rule}: {list(beside.portals[site].outcomes[rule])}, alone {list(said)}"
        for site in sites
        for rule, said in alone.portals[site].outcomes.items()
        if list(beside.portals[site].outcomes[rule]) != list(said)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--good", type=int, default=20)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--render", default="auto", choices=["auto", "always", "never"])
    parser.add_argument("--only", default="", help="names of hostile hosts")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", choices=["audit"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(asdict(audit(Spec(**json.load(sys.stdin))))))
        return
    plan = {"max_pages": asked.pages, "render": asked.render, "depth": "text"}
    timeouts = {"connect": 5.0, "page": 15.0, "render": 15.0, "portal": 300.0}
    with HostileWorld(asked.only.split(",") if asked.only else TRAPS, good=asked.good) as world:
        alone = audited(world, world.good, timeouts=timeouts, **plan)
        beside = audited(world, (*world.good, *world.sites), timeouts=timeouts, **plan)
        wrong = [text for host, trap in world.traps.items() for text in wrongs(trap, beside.portals[host])]
        changed = differences(alone, beside, world.good)
        methods = sorted({method for _, method, _ in world.hits})
        tracker = sum(times for (host, _, _), times in world.hits.items() if host == "f-emc.ngsp.gov.vn")
        reached = world.reached
    told = {
        "hostile": len(beside.portals) - asked.good, "good": asked.good, "load": os.getloadavg()[0],
        "seconds_alone": alone.seconds, "seconds": beside.seconds,
        "tree_mib_alone": alone.tree_mib, "tree_mib": beside.tree_mib, "own_mib": beside.own_mib,
        "parts_mib": beside.parts_mib,
        "verdicts_of_good_ones": sum(len(alone.portals[site].outcomes) for site in alone.portals),
        "changed": changed, "wrong": wrong,
        "forbidden_reached": reached, "methods": methods, "tracker_hits": tracker,
        "states": {trap.name: [one.state, one.reason, one.requests]
                   for host, trap in world.traps.items() for one in [beside.portals[host]]},
    }  # fmt: skip
    for name, value in told.items():
        print(f"{name}: {value}")
    if asked.json:
        asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    if wrong or changed or reached or tracker or beside.tree_mib > BUDGET_MIB or set(methods) - {"GET", "HEAD"}:
        sys.exit(1)


if __name__ == "__main__":
    main()
