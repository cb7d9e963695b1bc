"""The browser: one look at one page as a reader would see it, leaving no trace in anybody's figures.

Chromium reaches the network only through our forward proxy, so the gate is asked for every connection. The page's
scripts may read, never send: whatever is not GET or HEAD, and every request to a visit counter, is recorded and
stopped before it leaves. Only this file, tab.py and sight.py know Playwright.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Playwright, async_playwright

from audit_rules.rendered import Depth, RenderFacts
from crawler import measures
from crawler.guard import Guard, Refusal
from crawler.politeness import Politeness
from crawler.proxy import ForwardProxy
from crawler.sight import Look, Sight
from crawler.tab import Tab

__all__ = ["Browser", "Look", "find_browser"]

_log = logging.getLogger(__name__)

AT_ONCE = 4
"""Looks side by side: each waits for most of its time, and two cores draw no more at once."""
TABS = 8
"""Pages kept open, of as many hosts; an empty one is cheaper to keep than to open again, and costs 69 MB."""
MEASURE_SECONDS = 30.0
"""For what a deeper look measures beside the text; what is not done by then is left out."""
READ_SECONDS = 5.0
"""For reading the drawn page; one that answers no longer is busy with itself."""
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
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


class Browser:
    """A Chromium inside ``async with``; ``look`` shows a page in one of its TABS, AT_ONCE of them
    side by side.

    A browser that died is started again by the next look. Raises FileNotFoundError where there is none
    (``find_browser``).
    """

    def __init__(
        self, guard: Guard, *, user_agent: str, politeness: Politeness, executable: str | None = None
    ) -> None:
        found = executable or find_browser()
        if found is None:
            raise FileNotFoundError("No Chromium was found: install one, or name it in AUDIT_BROWSER.")
        self._executable = found
        self._guard = guard
        self._politeness = politeness
        self._proxies = AsyncExitStack()
        self._tabs = [Tab(ForwardProxy(guard), user_agent) for _ in range(TABS)]
        self._free = list(self._tabs)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._spare = Tab(ForwardProxy(guard), user_agent)
        self._nobody_else = asyncio.Lock()
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as proxies:
            for tab in (*self._tabs, self._spare):
                await proxies.enter_async_context(tab.proxy)
            self._proxies = proxies.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop(self._chromium)
        await self._proxies.aclose()

    async def look(self, url: str, *, timeout: float = 30.0, depth: Depth = "text") -> Look:  # noqa: ASYNC109
        """Opens an http(s) address and reads what its scripts made of it; one turn of politeness for its host.

        ``timeout`` in seconds bounds the reading, waiting for the turn not counted. Never raises for what a
        page does. A page that never comes to rest is read as it is when two thirds of the time are over.
        A deeper look goes on measuring (``crawler.measures``) for MEASURE_SECONDS while the page is open, and an
        ``audit`` opens it anew, each time with a turn of its own; what of it fails is left out of the look, and
        ``look.render.depth`` tells how deep it was.
        """
        seen_at = datetime.now(UTC)
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https"):
                raise ValueError("only web addresses are looked at")
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
            where = await self._guard.where(host, port)
        except Refusal as refusal:
            return Look(url, url, None, "", seen_at, RenderFacts(), refusal.reason)
        except ValueError:
            return Look(url, url, None, "", seen_at, RenderFacts(), "dns")
        async with self._politeness.turn(host, where.group):
            look = await self._among_others(url, host, timeout, depth)
            look = look or await self._alone(url, host, timeout, depth)
        if look is None:
            return Look(url, url, None, "", seen_at, RenderFacts(), "render_failed")
        if depth == "audit" and look.error is None:
            with contextlib.suppress(PlaywrightError, OSError, TimeoutError):
                look = await measures.loads(look, lambda: self._fresh(url, host, where.group))
        return look

    @asynccontextmanager
    async def _fresh(self, url: str, host: str, group: str) -> AsyncIterator[Page]:
        """An empty page in a context of its own, nothing blocked but counters, and nothing else under way: for one
        load whose time is taken. It waits for its turn. Raises playwright's errors."""
        async with self._politeness.turn(host, group), self._nobody_else, AsyncExitStack() as places:
            for _ in range(AT_ONCE):
                await places.enter_async_context(self._places)
            chromium = await self._ready()
            try:
                yield await self._spare.open(chromium, host, Sight(url, self._spare.proxy, whole=True))
            finally:
                await self._leave(self._spare, chromium, keep=False)

    async def _among_others(self, url: str, host: str, seconds: float, depth: Depth) -> Look | None:
        async with self._places:
            # The tab that has a page of this host open, else one that has none to lose, else the longest unused.
            tab = min(self._free, key=lambda tab: (tab.host != host, tab.host != ""))
            self._free.remove(tab)
            try:
                return await self._look(tab, url, host, seconds, depth)
            finally:
                self._free.append(tab)

    async def _alone(self, url: str, host: str, seconds: float, depth: Depth) -> Look | None:
        """The second try of a page whose browser went down: if it was this page's doing, no other suffers again."""
        async with self._nobody_else, AsyncExitStack() as places:
            for _ in range(AT_ONCE):
                await places.enter_async_context(self._places)
            return await self._look(self._tabs[0], url, host, seconds, depth)

    async def _look(self, tab: Tab, url: str, host: str, seconds: float, depth: Depth) -> Look | None:
        """One look; None where the browser itself went down under it, or gave it up between two redirects."""
        chromium: Chromium | None = None
        sight = Sight(url, tab.proxy, whole=depth != "text")
        try:
            async with asyncio.timeout(seconds + READ_SECONDS):
                chromium = await self._ready()
                page = await tab.open(chromium, host, sight)
                look = await sight.take(page, tab.session, seconds)
            if depth != "text" and look.error is None:
                look = await _measured(page, look)
        except TimeoutError:
            look = sight.look(error="timeout")
        except (PlaywrightError, OSError) as error:
            _log.warning("no look at %s: %s", url, str(error).partition("\n")[0])
            look = sight.look(error="render_failed")
        except BaseException:
            await self._leave(tab, chromium, keep=False)
            raise
        went_down = await self._leave(tab, chromium, keep=look.error is None)
        return None if look.error == "render_failed" and (went_down or sight.given_up) else look

    async def _leave(self, tab: Tab, chromium: Chromium | None, *, keep: bool) -> bool:
        """Leaves a page, outside of the look's own time: a browser that cannot do it is not used again.

        Tells whether the browser had gone down before."""
        able = False
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(READ_SECONDS):
                await tab.leave(keep=keep)
                able = True
        went_down = chromium is not None and (chromium is not self._chromium or not chromium.is_connected())
        if not able:
            await self._stop(chromium)
        return went_down

    async def _ready(self) -> Chromium:
        async with self._starting:
            if self._chromium is None or not self._chromium.is_connected():
                await self._stop(self._chromium)
                self._playwright = await async_playwright().start()
                self._chromium = await self._playwright.chromium.launch(
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
            return self._chromium

    async def _stop(self, chromium: Chromium | None) -> None:
        """Ends that browser, if it is the present one: another look may have started a new one meanwhile."""
        if chromium is not self._chromium:
            return
        playwright, self._chromium, self._playwright = self._playwright, None, None
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(10):
                if chromium is not None:
                    await chromium.close()
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(10):
                if playwright is not None:
                    await playwright.stop()


async def _measured(page: Page, look: Look) -> Look:
    """The look with what is measured while its page is open, as far as that succeeds."""
    with contextlib.suppress(PlaywrightError, OSError, TimeoutError):
        async with asyncio.timeout(MEASURE_SECONDS):
            look = await measures.full(page, look)
            look = await measures.axe(page, look)
    return look
