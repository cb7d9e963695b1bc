"""The processes of a measurement by bench/fleet.py: the server, and a night that is watched from outside."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.looks_shared import pss_mib

LONGEST_S = 3 * 3600
"""Seconds after which a night is broken off."""


@contextmanager
def server(given: argparse.Namespace, portals: int, folder: Path, *, tags: bool) -> Iterator[str]:
    """The server while it runs: where names are asked; then ``hits.json`` is in the folder."""
    told = (("--portals", portals), ("--latency", given.latency), ("--work", folder), ("--net", given.net))
    command = [sys.executable, "-m", "bench.fleet", *(str(word) for pair in told for word in pair)]
    command += ["--part", "serve", *(["--tags"] if tags else []), *(["--alone"] if given.alone else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.wait()
            raise SystemExit("the server did not start: it needs the ports 80 and 443 of loopback addresses")
        yield json.loads(line)["dns"]
        process.communicate()
    if process.returncode:
        raise SystemExit("the server failed")


def night(data: Path, number: int, arguments: list[str], told: Path) -> None:
    """One night's process: ``audit nightly`` on the day so many days from now; writes down its CPU and that of its
    workers."""
    from audit.cli import main

    nights: Any = import_module("audit.nights.night")
    header_of = nights.header_of

    def later(*given: Any) -> Any:
        header = header_of(*given)
        return replace(header, day=header.day + timedelta(days=number))

    nights.header_of = later
    began = time.monotonic()
    try:
        main(["nightly", "--data", str(data), *arguments])
    except SystemExit as end:
        status = end.code
    used = {who: resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)}
    own, workers = (each.ru_utime + each.ru_stime for each in used.values())
    wall = time.monotonic() - began
    told.write_text(json.dumps({"status": status, "wall_s": wall, "driver_s": own, "workers_s": workers}), "utf-8")


def driven(given: argparse.Namespace, data: Path, folder: Path, names: str, number: int) -> dict[str, Any]:
    """A night, watched from outside: what it says of itself, and the most memory of its tree, MiB."""
    each = max(1, -(-given.in_flight // given.processes))
    words = {
        "--registry": folder / "registry",
        "--output": folder / "night.txt",
        "--dns": names,
        "--ca-file": folder / "ca.pem",
        "--processes": given.processes,
        "--in-flight": each,
        "--max-pages": given.pages,
        "--delay": given.delay,
        "--render": "never",
        "--control": "none",
    }
    asked = [str(word) for pair in words.items() for word in pair]
    told = folder / "night.json"
    told.unlink(missing_ok=True)
    part = ["--part", "night", "--data", str(data), "--number", str(number), "--work", str(folder)]
    command = [sys.executable, "-m", "bench.fleet", *part, "--", *asked, "--allow-private", "--quiet"]
    most, until = 0.0, time.monotonic() + LONGEST_S
    with subprocess.Popen(command) as process:  # noqa: S603
        while process.poll() is None:
            if time.monotonic() > until:
                process.terminate()
                raise SystemExit("the night took too long")
            most = max(most, pss_mib(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(2.0)
    if not told.exists():
        raise SystemExit("the night broke off")
    return {**json.loads(told.read_text("utf-8")), "memory_mib": round(most)}
