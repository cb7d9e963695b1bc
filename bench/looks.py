"""Looks at pages in the browser: how many a second, beside bare Playwright and scrapy-playwright on the same pages,
and what the browser's memory does over many.

    python -m bench.looks [--pages 60] [--repeat 3] [--plain] [--scrapy-playwright PYTHON] [--json FILE]
    python -m bench.looks --many 2000 [--json FILE]      memory: PSS of the process tree, every 200 looks

Pages come over TLS (``--plain``: without) from another process on loopback, of eight hosts in turn: half are those
of bench/made_page.py with a style sheet and 20 pictures, half are drawn by a script of 300 KB from data it asks
for. Bare Playwright shows them in four kept pages at once, a context each, with the same Chromium and no way out
of ours: ``goto`` until nothing was asked for half a second (Playwright's "networkidle": the silence that a look
waits for too), then ``content()``. "bare" loads everything; "bare, blocking" has Chromium leave out pictures, fonts
and media by their addresses' endings, the fastest way there is; the ratio is told to both. scrapy-playwright runs
with the same number of pages and the same wait, in the Python that is named (it is no dependency of ours).
All take turns, ``--repeat`` times, after some pages that do not count; medians. Then, once each, our deeper looks:
"full" and, of a quarter of the pages, "audit", which opens each three times more and alone. Beside the time
the processor time of the whole process tree is told, which depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from audit_rules.rendered import Depth
from bench.looks_pages import answer, identity
from bench.looks_shared import (
    AT_ONCE,
    ENDINGS,
    EVERY,
    SHORTEST,
    SILENCE_ARGUMENTS,
    WARM,
    address,
    cpu_seconds,
    pss_mib,
)

# --- the server -----------------------------------------------------------------------------------------


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            kind, body = answer(head.split(b" ", 2)[1].decode("latin-1"))
            writer.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Cache-Control: no-cache\r\n\r\n".encode()
                + body
            )
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.transport.abort()


async def serve() -> None:
    """The server's process: tells its ports (TLS, plain) and serves until its input ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(identity(Path(folder)))
    servers = [await asyncio.start_server(_talk, "127.0.0.1", 0, ssl=way) for way in (context, None)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)


class Server(AbstractContextManager["Server"]):
    def __enter__(self) -> Server:
        command = [sys.executable, "-m", "bench.looks", "--part", "serve"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self._process.stdout is not None
        self.secure, self.plain = json.loads(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


# --- the parts, each in a process of its own ------------------------------------------------------------


Show = Callable[[int], Awaitable[int]]
"""Shows the page of a number; gives the length of what was drawn."""


async def _shown(show: Show, numbers: range) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> int:
        async with places:
            return await show(number)

    drawn = await asyncio.gather(*(one(number) for number in numbers))
    assert min(drawn) > SHORTEST, "a page was not drawn"


async def timed(show: Show, pages: int) -> dict[str, float]:
    await _shown(show, range(WARM))
    before, began = cpu_seconds(), time.monotonic()
    await _shown(show, range(WARM, WARM + pages))
    seconds = time.monotonic() - began
    return {"a_second": pages / seconds, "cpu_ms": (cpu_seconds() - before) * 1000 / pages}


async def many(show: Show, pages: int) -> dict[str, float]:
    """Memory as it grows: after each EVERY pages."""
    told = {}
    for first in range(0, pages, EVERY):
        await _shown(show, range(first, min(first + EVERY, pages)))
        told[str(first + EVERY)] = round(pss_mib())
        print(first + EVERY, told[str(first + EVERY)], file=sys.stderr, flush=True)
    later = [size for at, size in told.items() if int(at) > EVERY]
    return told | {"most_over_first": max(later) / told[str(EVERY)] if later else 1.0}


Measure = Callable[[Show, int], Awaitable[dict[str, float]]]


async def ours(port: int, pages: int, measure: Measure, *, plain: bool, depth: Depth = "text") -> dict[str, float]:
    from crawler.browser import Browser
    from crawler.guard import Guard
    from crawler.politeness import Politeness

    guard = Guard(connect_to=[f"::127.0.0.1:{port}"], allow_private=True)
    async with Browser(guard, user_agent="bench", politeness=Politeness(0)) as browser:

        async def show(number: int) -> int:
            look = await browser.look(address(number, plain=plain), depth=depth)
            assert look.error is None, look
            assert look.render.depth == depth, look.render
            return len(look.html)

        return await measure(show, pages)


async def bare(port: int, pages: int, *, plain: bool, blocking: bool) -> dict[str, float]:
    from playwright.async_api import Page, async_playwright

    from crawler.browser import find_browser

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=find_browser(),
            args=[*SILENCE_ARGUMENTS, f"--host-resolver-rules=MAP * 127.0.0.1:{port}"],
            chromium_sandbox=os.geteuid() != 0,
        )
        kept: list[Page] = []
        for _ in range(AT_ONCE):
            context = await chromium.new_context(ignore_https_errors=True)
            kept.append(await context.new_page())
            if blocking:
                session = await context.new_cdp_session(kept[-1])
                await session.send("Network.enable")
                await session.send("Network.setBlockedURLs", {"urls": [f"*.{ending}" for ending in ENDINGS]})

        async def show(number: int) -> int:
            page = kept.pop()
            try:
                await page.goto(address(number, plain=plain), wait_until="networkidle")
                return len(await page.content())
            finally:
                kept.append(page)

        return await timed(show, pages)


def _part(*arguments: str, python: str = sys.executable) -> dict[str, float]:
    done = subprocess.run([python, *arguments], stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{arguments} failed")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def compare(pages: int, repeat: int, *, plain: bool, scrapy: str | None) -> dict[str, Any]:
    """All in turn; medians, and how much longer ours takes than each."""
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "bare": [], "bare, blocking": []}
    if scrapy is not None:
        runs["scrapy-playwright"] = []
    with Server() as server:
        port = server.plain if plain else server.secure
        given = ("--port", str(port), "--pages", str(pages), *(("--plain",) if plain else ()))
        for _ in range(repeat):
            for name, told in runs.items():
                if scrapy is not None and name == "scrapy-playwright":
                    told.append(_part("-m", "bench.looks_scrapy", *given, python=scrapy))
                else:
                    told.append(_part("-m", "bench.looks", "--part", name, *given))
                print(name, told[-1], file=sys.stderr, flush=True)
        deeper = {
            depth: _part("-m", "bench.looks", "--part", depth, *given, "--pages", str(number))
            for depth, number in (("full", pages), ("audit", pages // 4))
        }
    result: dict[str, Any] = {"pages": pages, "repeat": repeat, "tls": not plain}
    for name, told in runs.items():
        result[name] = {key: round(statistics.median(run[key] for run in told), 3) for key in told[0]}
    for name in runs:
        result[name]["ours_takes_times"] = round(result[name]["a_second"] / result["ours"]["a_second"], 2)
        result[name]["ours_cpu_times"] = round(result["ours"]["cpu_ms"] / result[name]["cpu_ms"], 2)
    return result | deeper


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    options.add_argument("--pages", type=int, default=60)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--plain", action="store_true")
    options.add_argument("--many", type=int, metavar="LOOKS")
    options.add_argument("--scrapy-playwright", metavar="PYTHON")
    options.add_argument("--json", type=Path, metavar="FILE")
    options.add_argument("--part", help=argparse.SUPPRESS)
    options.add_argument("--port", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.part == "serve":
        asyncio.run(serve())
    elif chosen.part == "ours":
        print(json.dumps(asyncio.run(ours(chosen.port, chosen.pages, timed, plain=chosen.plain))))
    elif chosen.part in ("full", "audit"):
        told = ours(chosen.port, chosen.pages, timed, plain=chosen.plain, depth=chosen.part)
        print(json.dumps(asyncio.run(told)))
    elif chosen.part:
        told = bare(chosen.port, chosen.pages, plain=chosen.plain, blocking="blocking" in chosen.part)
        print(json.dumps(asyncio.run(told)))
    else:
        if chosen.many:
            with Server() as server:
                result = asyncio.run(ours(server.secure, chosen.many, many, plain=False))
        else:
            result = compare(chosen.pages, chosen.repeat, plain=chosen.plain, scrapy=chosen.scrapy_playwright)
        text = json.dumps(result, ensure_ascii=False, indent=2)
        print(text)
        if chosen.json:
            chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
