"""CPU per page of a whole audit (fetch, read, judge, store, WARC; no browser) beside Scrapy's bare fetch of the
same pages, and the memory both take.

    python -m bench.speed [--portals 8] [--pages 40] [--repeat 5] [--json FILE]

Pages are those of bench/made_page.py: about 80 KiB, 300 links, gzip on the wire, served on loopback by another
process. Each measurement has a process of its own; user and system time count, what it takes to start does not:
both ask one page before the clock runs. Bare fetch: a spider with Scrapy's default settings that asks the very
addresses the audit had asked for and does nothing with them. Measured twice: with the charset in the Content-Type
header, and without; there Scrapy would run a detector over compressed bytes, which is worked round for the bare
fetch as it is in the auditor.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from bench.made_page import bench_page

VARIETY = 1000
"""Different pages there are; an address has always the same one."""


@cache
def _page(number: int) -> bytes:
    return gzip.compress(bench_page(number), 6)


class _Portal(BaseHTTPRequestHandler):
    """Any host, any path: a page. Only robots.txt is not there."""

    protocol_version = "HTTP/1.1"
    charset = True
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        found = self.path != "/robots.txt"
        body = _page(zlib.crc32(self.path.encode()) % VARIETY) if found else b""
        if found:
            type(self).asked.append(self.path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8" if self.charset else "text/html")
        if found:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


class _PortalWithoutCharset(_Portal):
    charset = False
    asked: ClassVar[list[str]] = []


def serve() -> None:
    """The server's process: tells its ports (one is closed), then, at each line on stdin, what was asked."""
    portals = (_Portal, _PortalWithoutCharset)
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), portal) for portal in portals]
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps([server.server_port for server in servers]), flush=True)
    for _ in sys.stdin:
        print(json.dumps([portal.asked for portal in portals]), flush=True)
        for portal in portals:
            portal.asked.clear()


class Server(AbstractContextManager["Server"]):
    """The server's process, from here."""

    def __enter__(self) -> Server:
        command = [sys.executable, "-m", "bench.speed", "--part", "serve"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self.ports: list[int] = json.loads(self._line())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def asked(self) -> list[list[str]]:
        """The paths asked for since the last call, of the server with the charset and of that without."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._line())  # type: ignore[no-any-return]

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _told(before: float, began: float, pages: int) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent, elapsed = _cpu() - before, time.monotonic() - began
    told = {"pages": pages, "ms": spent * 1000 / pages, "seconds": elapsed, "peak_mib": memory}
    print(json.dumps(told), flush=True)


def audit(port: int, portals: int, pages: int) -> None:
    """One run over some portals, without a browser; the data folder is a temporary one."""
    from audit.days import day_of
    from audit.fleet import audit_portals
    from audit.registry.files import read_registry
    from crawler.plan import Plan
    from storage.archive import Archive

    registry = read_registry()
    day = day_of()
    chosen = [registry.find(f"tinhmau{number}.gov.vn", day) for number in range(portals)]
    plan = Plan(
        delay=0.0,
        max_pages=pages,
        render="never",
        connect_to=(":443:127.0.0.1:1", f":80:127.0.0.1:{port}"),
        allow_private=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with Archive.open(data / "audit.db") as archive:
            first = registry.find("lam-nong.gov.vn", day)
            audit_portals([first], registry, replace(plan, max_pages=1), archive, data=data)
            before, began = _cpu(), time.monotonic()
            run = audit_portals(chosen, registry, plan, archive, data=data)
            assert all(len(each.visit.pages) == pages for each in run.portals), "a visit fell short"
            _told(before, began, portals * pages)


def fetch(port: int, paths: list[str], *, work_round: bool) -> None:
    """Scrapy's bare fetch."""
    import scrapy
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import TextResponse

    class NoDetection:
        """Says an encoding while the body is compressed, so that none is looked for in compressed bytes."""

        def process_response(self, request: Any, response: Any) -> Any:  # noqa: ARG002
            if isinstance(response, TextResponse) and response.headers.get("Content-Encoding"):
                response._encoding = "utf-8"
            return response

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            yield scrapy.Request(f"http://127.0.0.1:{port}{paths[0]}", callback=self.go_on, dont_filter=True)

        def go_on(self, response: Any) -> Any:  # noqa: ARG002 - the first answer ends the start
            began.append((_cpu(), time.monotonic()))
            for path in paths:
                yield scrapy.Request(f"http://127.0.0.1:{port}{path}", dont_filter=True)

        def parse(self, response: Any) -> None:
            seen.append(len(response.body))

    began: list[tuple[float, float]] = []
    seen: list[int] = []
    settings: dict[str, Any] = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    if work_round:
        settings["DOWNLOADER_MIDDLEWARES"] = {NoDetection: 595}  # between decompression (590) and redirects
    process = CrawlerProcess(settings)
    process.crawl(Bare)
    process.start()
    assert len(seen) == len(paths), f"{len(paths) - len(seen)} fetches failed"
    _told(*began[0], len(paths))


def _part(*arguments: str, given: str = "") -> dict[str, float]:
    command = [sys.executable, "-m", "bench.speed", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def measure(portals: int, pages: int, repeat: int) -> dict[str, Any]:
    """Both, in turn, ``repeat`` times; medians, and the ratio of each pair's medians."""
    result: dict[str, Any] = {"portals": portals, "pages_each": pages, "repeat": repeat}
    with Server() as server:
        for number, name in enumerate(("charset in the header", "no charset in the header")):
            port = str(server.ports[number])
            runs: dict[str, list[dict[str, float]]] = {"audit": [], "bare": []}
            for _ in range(repeat):
                size = ("--portals", str(portals), "--pages", str(pages))
                runs["audit"].append(_part("--part", "audit", "--port", port, *size))
                paths = json.dumps(server.asked()[number])
                round_it = ("--work-round",) if number else ()
                runs["bare"].append(_part("--part", "bare", "--port", port, *round_it, given=paths))
                server.asked()
            told = {
                f"{what}_{key}": round(statistics.median(run[key] for run in told), 2)
                for what, told in runs.items()
                for key in ("ms", "seconds", "peak_mib")
            }
            told["ratio"] = round(told["audit_ms"] / told["bare_ms"], 2)
            result[name] = told
    return result


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    options.add_argument("--portals", type=int, default=8)
    options.add_argument("--pages", type=int, default=40)
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--json", type=Path, metavar="FILE")
    options.add_argument("--part", choices=("serve", "audit", "bare"), help=argparse.SUPPRESS)
    options.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options.add_argument("--work-round", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.part == "serve":
        serve()
    elif chosen.part == "audit":
        audit(chosen.port, chosen.portals, chosen.pages)
    elif chosen.part == "bare":
        fetch(chosen.port, json.load(sys.stdin), work_round=chosen.work_round)
    else:
        result = measure(chosen.portals, chosen.pages, chosen.repeat)
        text = json.dumps(result, ensure_ascii=False, indent=2)
        print(text)
        if chosen.json:
            chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
