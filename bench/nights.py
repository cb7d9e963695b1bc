"""What an unchanged night costs beside the first one: CPU of the process, evidence and database written.

    python -m bench.nights [--portals 24] [--pages 30] [--nights 3] [--render never|auto] [--json FILE]

The sandbox's country on loopback, its pages brought to a real page's size, its server in another process, once with
servers that know ETags and once with such as do not. Nights are made to be different days, so that a third of the
portals is looked at anew in each, as it would be; each night has a process of its own, as it would have.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any


def serve(portals: int, *, tags: bool) -> None:
    """The server's process: tells where everything is, until stdin ends."""
    from sandbox.portals.pieces import Answer
    from sandbox.world import World

    class Real(World):
        """Pages of a real page's size: text and links that lead nowhere else, the same each night."""

        def answer(self, scheme: str, host: str, path: str, query: dict[str, str]) -> Answer:
            sent = super().answer(scheme, host, path, query)
            if sent.status != 200 or b"</body>" not in sent.body:
                return sent
            filler = _filler(zlib.crc32(f"{host}{path}".encode())) + b"</body>"
            return replace(sent, body=sent.body.replace(b"</body>", filler, 1), packed=True)

    with Real.of(1, portals, tags=tags) as world:
        told = {"registry": str(world.registry), "connect_to": world.connect_to, "sites": world.sites}
        print(json.dumps(told), flush=True)
        sys.stdin.read()


def _filler(seed: int) -> bytes:
    """About 25 KiB of markup: 160 links, 60 lines of text that no other page has."""
    drawn = random.Random(seed)  # noqa: S311 - the same each time
    words = ["xây", "dựng", "kế", "hoạch", "của", "tỉnh", "phường", "thông", "báo", "về", "việc", "tổ", "chức"]
    said = [" ".join(drawn.choices(words, k=16)) for _ in range(160)]
    links = "".join(
        f'<li class="item level-2"><a href="#m{i}" class="nav">{said[i][:40]}</a></li>' for i in range(160)
    )
    return f"<ul>{links}</ul>{''.join(f'<div><p>{text}</p></div>' for text in said[:60])}".encode()


def night(data: Path, place: dict[str, Any], pages: int, render: Any, number: int) -> None:
    """One night's process: tells its CPU (its own, and that of the browser below it) and what it did."""
    from audit import fleet
    from audit.days import day_of
    from audit.made_by import made_by
    from audit.registry.files import read_registry
    from audit_rules.rulebook import open_rulebook
    from crawler.plan import Plan, Timeouts
    from storage.archive import Archive

    day = day_of() + timedelta(days=number)
    header_of = fleet.header_of
    fleet.header_of = lambda *given: replace(header_of(*given), day=day)  # type: ignore[assignment]
    plan = Plan(
        max_pages=pages,
        render=render,
        delay=0.0,
        connect_to=tuple(place["connect_to"]),
        allow_private=True,
        timeouts=Timeouts(connect=120, tls=120, first_byte=120, page=120),  # a busy machine is no dead portal
    )
    registry = read_registry(Path(place["registry"]))
    asked = [registry.find(site, day) for site in place["sites"]]
    made_by(), open_rulebook()
    before = _cpu()
    with closing(Archive.open(data / "audit.db")) as archive:
        done = fleet.audit_portals(asked, registry, plan, archive, data=data, kind="nightly")
        spent = _cpu() - before
        seen = [portal.visit for portal in done.portals]
        told = {
            "cpu_s": round(spent, 2),
            "pages": sum(len(visit.pages) for visit in seen),
            "requests": sum(visit.net.requests for visit in seen),
            "second_looks": sum(visit.later is not None for visit in seen),
            "failed": sum(j.verdict.outcome == "failed" for portal in done.portals for j in portal.judgements),
            "evidence_kb": sum(f.stat().st_size for f in (data / "evidence" / done.header.id).iterdir()) // 1024,
            "database_kb": (data / "audit.db").stat().st_size // 1024,
        }
    print(json.dumps(told), flush=True)


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def country(portals: int, *, tags: bool = True) -> Iterator[str]:
    """The server in its process, for a while: where everything is, as one line of JSON."""
    command = [
        sys.executable,
        "-m",
        "bench.nights",
        "--portals",
        str(portals),
        "--part",
        "tags" if tags else "plain",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None
        yield server.stdout.readline()
        server.communicate()


def measure(given: argparse.Namespace, *, tags: bool) -> list[dict[str, Any]]:
    """The nights, one after another."""
    base = [sys.executable, "-m", "bench.nights", "--portals", str(given.portals), "--pages", str(given.pages)]
    with tempfile.TemporaryDirectory() as folder, country(given.portals, tags=tags) as place:
        told = []
        for number in range(given.nights):
            asked = [*base, "--render", given.render, "--part", "night", "--number", str(number), "--data", folder]
            run = subprocess.run(asked, input=place, capture_output=True, text=True, check=False)  # noqa: S603
            if run.returncode:
                raise SystemExit(run.stderr)
            told.append(json.loads(run.stdout.splitlines()[-1]))
            print("with ETags" if tags else "without", number + 1, told[-1], file=sys.stderr, flush=True)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--portals", type=int, default=24)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--nights", type=int, default=3)
    parser.add_argument("--render", default="never")
    parser.add_argument("--json", type=Path)
    for hidden in ("--part", "--number", "--data"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part == "night":
        night(Path(given.data), json.loads(sys.stdin.readline()), given.pages, given.render, int(given.number))
        return
    if given.part:
        serve(given.portals, tags=given.part == "tags")
        return
    told = {}
    for name, tags in (("with_tags", True), ("without_tags", False)):
        nights = measure(given, tags=tags)
        cpu = [each["cpu_s"] for each in nights]
        written = [each["evidence_kb"] for each in nights]
        told[name] = {
            "nights": nights,
            "second_cpu_percent": round(100 * cpu[1] / cpu[0]),
            "second_bytes_percent": round(100 * written[1] / written[0]),
        }
    print(json.dumps(told, indent=1))
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
