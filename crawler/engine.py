"""Chromium's processes: started when a look needs them, watched for their memory, ended when they are used up."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import CDPSession, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from crawler.processes import below, bound, give_back, held_by, is_called

_log = logging.getLogger(__name__)

LOOKS = 300
"""Looks with one Chromium; what its first process and Playwright's gather, some 200 MB by then, goes with it."""
MAX_PAGE_BYTES = 320 * 1024 * 1024
"""Memory of one process of pages; a page of a portal takes 60 to 110 MB. One that takes more is ended: its tab
crashes."""
MAX_PAGE_SPACE = 560 * 1024 * 1024
"""What the system gives a process of pages, with 230 MB that each reserves and does not use: one that eats faster
than we look, or while we are busy, is refused the rest."""
MAX_BYTES = 640 * 1024 * 1024
"""Memory of all processes beyond which pages that are kept open are given up, and those of more than LARGE_BYTES
ended, the largest first. With what the processes share, Playwright's and our own that makes 1.4 GB."""
LARGE_BYTES = 130 * 1024 * 1024
WATCH_SECONDS = 0.2
CLOSE_SECONDS = 10.0

_WITHOUT = (
    # The address bar's own pages: a process more for each context, 35 MB.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    # What Playwright 1.65 leaves out; Chromium heeds the last list only.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    f"--disable-features={','.join(_WITHOUT)}",
    "--disable-quic",
    "--disable-sync",
    # A script that eats memory ends its own tab.
    "--js-flags=--max-old-space-size=300",
    "--no-first-run",
    "--no-pings",
    # All frames of a page in one process: a portal's page with ten foreign boxes is one page, not ten.
    "--disable-site-isolation-trials",
    # Measured: the headless shell obeys the first spelling only, the full browser has the second.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # No name is ever looked up by the browser itself: the proxy gets it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def find_browser() -> str | None:
    """The Chromium to use: AUDIT_BROWSER alone where it is set, else Playwright's own, else one on the PATH."""
    if chosen := os.environ.get("AUDIT_BROWSER"):
        return shutil.which(chosen)
    store = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    own = sorted(map(str, store.glob("chromium-*/chrome-linux*/chrome")), reverse=True)
    names = (*own, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


class Engine:
    """One Chromium at a time. ``looks`` counts what it was asked for, ``held`` is the memory of its processes in
    bytes, as of a moment ago. Raises FileNotFoundError where there is none."""

    def __init__(self, executable: str | None = None) -> None:
        found = executable or find_browser()
        if found is None:
            raise FileNotFoundError("No Chromium was found: install one, or name it in AUDIT_BROWSER.")
        self._executable = found
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._watching: asyncio.Task[None] | None = None
        self.chromium: Chromium | None = None
        self.looks = 0
        self.held = 0

    async def ready(self) -> Chromium:
        """A Chromium that runs. Raises playwright's errors."""
        async with self._starting:
            if self.chromium is None or not self.chromium.is_connected():
                await self.stop(self.chromium)
                self._playwright = await async_playwright().start()
                self.chromium = await self._playwright.chromium.launch(
                    executable_path=self._executable,
                    ignore_default_args=["--disable-popup-blocking"],
                    args=list(_ARGUMENTS),
                    # A proxy that does not exist, as Playwright names it: each context brings its own.
                    proxy={"server": "per-context"},
                    chromium_sandbox=os.geteuid() != 0,  # Chromium's sandbox refuses to run as root
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
                session = await self.chromium.new_browser_cdp_session()
                await _bound_pages(session)
                self._watching = asyncio.ensure_future(self._watch(session))
            self.looks += 1
            return self.chromium

    def is_present(self, chromium: Chromium) -> bool:
        return chromium is self.chromium and chromium.is_connected()

    async def stop(self, chromium: Chromium | None) -> None:
        """Ends that Chromium, if it is the present one: another look may have started a new one meanwhile."""
        if chromium is not self.chromium:
            return
        playwright, watching = self._playwright, self._watching
        self.chromium = self._playwright = self._watching = None
        self.looks = self.held = 0
        if watching is not None:
            watching.cancel()
        ends: list[Callable[[], Awaitable[None]]] = [chromium.close] if chromium is not None else []
        ends += [playwright.stop] if playwright is not None else []
        for end in ends:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await end()
        gc.collect()  # what Playwright had here knows each other
        give_back()

    async def _watch(self, session: CDPSession) -> None:
        """Adds up what the processes hold, and ends a page that eats memory before it takes the machine's. What
        this process has read and freed meanwhile is given back too: they share one budget."""
        with contextlib.suppress(PlaywrightError):
            while True:
                held = {process: (held_by(process), kind) for process, kind in await _processes(session)}
                self.held = sum(size for size, _ in held.values())
                for size, process in too_large(held, self.held):
                    _log.warning("a page took %d MB and was ended", size >> 20)
                    with contextlib.suppress(OSError):
                        os.kill(process, signal.SIGKILL)
                give_back()
                await asyncio.sleep(WATCH_SECONDS)


def too_large(held: Mapping[int, tuple[int, str]], whole: int) -> Iterator[tuple[int, int]]:
    """The pages that are to be ended, with their size: each that takes more than one may, and of the large ones the
    largest, as long as all together take more than all may."""
    pages = ((size, process) for process, (size, kind) in held.items() if kind == "renderer")
    for size, process in sorted(pages, reverse=True):
        if size > MAX_PAGE_BYTES or (whole > MAX_BYTES and size > LARGE_BYTES):
            whole -= size
            yield size, process


async def _processes(session: CDPSession) -> list[tuple[int, str]]:
    """Chromium's processes and their kinds."""
    told = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    return [(int(each["id"]), each["type"]) for each in told]


async def _bound_pages(session: CDPSession) -> None:
    """Bounds the processes of which those of pages are copies, and the pages that are there."""
    for first in (process for process, kind in await _processes(session) if kind == "browser"):
        for process in below(first):
            if is_called(process, "--type=zygote") or is_called(process, "--type=renderer"):
                bound(process, MAX_PAGE_SPACE)
