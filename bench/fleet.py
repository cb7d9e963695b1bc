"""A night of a whole country, measured: how long beside what politeness demands, with what memory and CPU, how
politely; then the same night once more, unchanged; then how long the registry's own night is.

    python -m bench.fleet --json FILE [--portals 2000] [--pages 30] [--in-flight 200] [--latency 0.3] [--delay 1]
                          [--processes N] [--again PORTALS] [--groups CSV] [--registry DIR] [--year NIGHTS]
                          [--work DIR]
    python -m bench.fleet --portals 20 --pages 5 --in-flight 20 --latency 0.01 --delay 0.05

The country is the sandbox's (bench/fleet_country.py), each host on a loopback address of its own, a third of the
provinces with all their hosts on one; served by a process of ours (bench/fleet_server.py), which takes as long as
``--latency`` for each answer and writes down when it was asked: how politely was asked is told by that log alone.
``audit nightly`` itself is what runs, in processes of its own, without a browser. Ports 80 and 443 are needed
(root, or ``sysctl net.ipv4.ip_unprivileged_port_start=80``).

The unchanged nights are measured at ``--again`` portals (default: a tenth, at least 20; 0: none): a first one, then
one where the server answers 304, and one, from the same start, where it knows no conditions. CPU and bytes are what
matters there: pauses are short and no host shares an address. Nights are made to be different days, so that a third
of the portals is looked at anew in each, as it would be.

``--groups`` names the address of each host of the registry (columns host, address); hosts it does not name are
taken to share an address with all others of their registered domain: an upper bound of what shared addresses cost.
``--year`` has bench/year.py simulate so many nights of the portals in the database.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bench.fleet_country import Play, country_of
from bench.fleet_processes import driven, night, server
from bench.fleet_server import serve
from bench.fleet_sums import Hit, Rules, country_night, demanded, politeness, read_groups

GOALS = {
    "times_politeness": 1.4,
    "memory_mib": 2048,
    "breaches": 0,
    "second_cpu_percent_304": 45,
    "second_cpu_percent_no_conditions": 70,
    "second_bytes_percent": 10,
}


# --- one night and what became of it ----------------------------------------------------------------------


def measured(given: argparse.Namespace, portals: int, data: Path, number: int, *, tags: bool) -> dict[str, Any]:
    """A night of so many portals: everything that is told of it."""
    before = _bytes(data)
    with tempfile.TemporaryDirectory(dir=given.work) as name:
        folder = Path(name)
        with server(given, portals, folder, tags=tags) as names:
            load = os.getloadavg()[0]
            seen = driven(given, data, folder, names, number)
        served = json.loads((folder / "hits.json").read_text("utf-8"))
    hits = [Hit(*hit) for hit in served["hits"]]
    rules = Rules(given.delay, given.latency, given.in_flight)
    addresses = Play(country_of(portals), given.net, given.alone).addresses
    demands = demanded(Counter(hit.host for hit in hits), addresses, rules)
    states, pages = _stored(data)
    cpu = seen["driver_s"] + seen["workers_s"]
    after = _bytes(data)
    return {
        "portals": portals,
        "states": states,
        "exit_status": seen["status"],
        "load_before": round(load, 1),
        "wall_s": round(seen["wall_s"], 1),
        "looking_s": round(max(hit.end for hit in hits) - min(hit.start for hit in hits), 1),
        "politeness_demands": demands,
        "times_politeness": round(seen["wall_s"] / demands["seconds"], 3),
        "memory_mib": seen["memory_mib"],
        "pages": pages,
        "pages_a_second": round(pages / seen["wall_s"], 1),
        "requests": len(hits),
        "requests_a_portal": round(len(hits) / portals, 1),
        "answers": {str(status): count for status, count in sorted(Counter(hit.status for hit in hits).items())},
        "received_mb": round(sum(hit.size for hit in hits) / 1e6, 1),
        "cpu_s": {
            "workers": round(seen["workers_s"], 1),
            "driver": round(seen["driver_s"], 1),
            "server": round(served["cpu_s"], 1),
        },
        "cpu_ms_a_page": round(1000 * cpu / max(pages, 1), 1),
        "cpu_ms_a_request": round(1000 * cpu / len(hits), 1),
        "cores_busy": round((cpu + served["cpu_s"]) / seen["wall_s"], 2),
        "server_most_late_s": round(served["most_late_s"], 3),
        "politely": politeness(hits, rules),
        "new_bytes": {name: after[name] - before[name] for name in after},
    }


def _stored(data: Path) -> tuple[dict[str, int], int]:
    """Portals by state and pages of the newest night."""
    from storage.archive import Archive
    from storage.nights import Nights

    with Archive.open(data / "audit.db", create=False) as archive:
        nights = Nights(archive.database)
        progress = nights.progress(nights.newest(1)[0].run_id)
        return dict(progress.states), progress.pages


def _bytes(data: Path) -> dict[str, int]:
    return {
        "database": sum(file.stat().st_size for file in data.glob("audit.db*")),
        "evidence": sum(file.stat().st_size for file in (data / "evidence").rglob("*") if file.is_file()),
    }


def again(given: argparse.Namespace, portals: int) -> dict[str, Any]:
    """A first night, and twice, from there, an unchanged second one."""
    quick = {"delay": min(given.delay, 0.1), "latency": min(given.latency, 0.05), "alone": True}
    given = argparse.Namespace(**{**vars(given), **quick})
    with tempfile.TemporaryDirectory(dir=given.work) as name:
        data, copy = Path(name) / "data", Path(name) / "copy"
        data.mkdir()
        told = {"first": measured(given, portals, data, 0, tags=True)}
        shutil.copytree(data, copy)
        told["with_304"] = measured(given, portals, data, 1, tags=True)
        told["no_conditions"] = measured(given, portals, copy, 1, tags=False)
    cpu = {name: each["cpu_s"]["workers"] + each["cpu_s"]["driver"] for name, each in told.items()}
    size = {name: sum(each["new_bytes"].values()) for name, each in told.items()}
    shares = {
        name: {"cpu_percent": round(100 * cpu[name] / cpu["first"]), "bytes_percent": _share(size, name)}
        for name in ("with_304", "no_conditions")
    }
    return {"shares": shares, **told}


def _share(size: dict[str, int], name: str) -> float:
    return round(100 * size[name] / size["first"], 1)


def registry_night(given: argparse.Namespace, each: int) -> dict[str, Any]:
    """The length of a night of the registry by politeness alone, ``each`` portal with so many requests; all portals
    with an address that are not retired, whether confirmed or not."""
    from audit.days import day_of
    from audit.registry.files import read_registry

    registry = read_registry(given.registry)
    groups = read_groups(given.groups) if given.groups else {}
    hosts = [portal.address.host for portal in registry.portals.values()]
    rules = Rules(given.delay, given.latency, given.in_flight)
    told = country_night(hosts, groups, each, rules)
    asked = len(registry.active(day_of()))
    by = "addresses" if given.groups else "registered domains: an upper bound of what shared addresses cost"
    return {"grouped_by": by, "portals": len(hosts), "active_today": asked, "requests_a_portal": each} | told


def year(given: argparse.Namespace) -> Any:
    """What bench/year.py tells of so many nights in the database."""
    with tempfile.TemporaryDirectory(dir=given.work) as folder:
        file = Path(folder) / "year.json"
        words = ["--nights", given.year, "--portals", given.portals, "--folder", folder, "--json", file]
        subprocess.run([sys.executable, "-m", "bench.year", *map(str, words)], check=True)  # noqa: S603
        return json.loads(file.read_text("utf-8"))


def verdict(told: dict[str, Any]) -> dict[str, bool]:
    """Which goals were reached."""
    seen = told["night"]
    reached = {
        "times_politeness": seen["times_politeness"] <= GOALS["times_politeness"],
        "memory_mib": seen["memory_mib"] < GOALS["memory_mib"],
        "breaches": sum(seen["politely"]["breaches"].values()) == GOALS["breaches"],
        "every_portal_has_a_row": sum(seen["states"].values()) == seen["portals"],
    }
    if "again" in told:
        shares = told["again"]["shares"]
        reached |= {
            f"second_cpu_percent_{name.removeprefix('with_')}": each["cpu_percent"]
            <= GOALS[f"second_cpu_percent_{name.removeprefix('with_')}"]
            for name, each in shares.items()
        }
        reached["second_bytes_percent"] = shares["with_304"]["bytes_percent"] <= GOALS["second_bytes_percent"]
    return reached


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n\n")[0], formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--portals", type=int, default=2000)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--in-flight", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.3)
    parser.add_argument("--delay", type=float, default=1.0)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--again", type=int, metavar="PORTALS")
    parser.add_argument("--groups", type=Path, metavar="CSV")
    parser.add_argument("--registry", type=Path, metavar="DIR")
    parser.add_argument("--year", type=int, default=0, metavar="NIGHTS")
    parser.add_argument("--work", type=Path, metavar="DIR", default=Path(tempfile.gettempdir()))
    parser.add_argument("--part", choices=("serve", "night"), help=argparse.SUPPRESS)
    parser.add_argument("--net", type=int, default=1 + os.getpid() % 250, help=argparse.SUPPRESS)
    for flag in ("--tags", "--alone"):
        parser.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, help=argparse.SUPPRESS)
    parser.add_argument("more", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part == "serve":
        play = Play(country_of(given.portals), given.net, given.alone)
        serve(play, given.work, given.latency, tags=given.tags)
        return
    if given.part == "night":
        night(given.data, given.number, given.more, given.work / "night.json")
        return
    told: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "asked": {name: getattr(given, name) for name in ("pages", "in_flight", "latency", "delay", "processes")},
        "goals": GOALS,
    }
    with tempfile.TemporaryDirectory(dir=given.work) as name:
        told["night"] = measured(given, given.portals, Path(name), 0, tags=True)
    _write(told, given.json)
    fewer = max(20, given.portals // 10) if given.again is None else given.again
    if fewer:
        told["again"] = again(given, fewer)
        _write(told, given.json)
    told["registry"] = registry_night(given, round(told["night"]["requests_a_portal"]))
    if given.year:
        told["year"] = year(given)
    told["reached"] = verdict(told)
    print(_write(told, given.json))


def _write(told: dict[str, Any], file: Path | None) -> str:
    """What is known so far, so that a long measurement that breaks off is not lost."""
    text = json.dumps(told, ensure_ascii=False, indent=1)
    if file:
        file.write_text(text + "\n", encoding="utf-8")
    return text


if __name__ == "__main__":
    main()
