"""The browser: one look at one page as a reader would see it, leaving no trace in anybody's figures.

Chromium reaches the network only through our forward proxy, so the gate is asked for every connection. The page's
scripts may read, never send: whatever is not GET or HEAD, and every request to a visit counter, is recorded and
stopped before it leaves. Only this file, tab.py and sight.py know Playwright.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from audit_rules.rendered import Depth, RenderFacts
from crawler import engine, measures
from crawler.engine import Engine, find_browser
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


class Browser:
    """A Chromium inside ``async with``; ``look`` shows a page in one of its TABS, AT_ONCE of them
    side by side.

    A browser that died is started again by the next look. Raises FileNotFoundError where there is none
    (``find_browser``).
    """

    def __init__(
        self, guard: Guard, *, user_agent: str, politeness: Politeness, executable: str | None = None
    ) -> None:
        self._engine = Engine(executable)
        self._guard = guard
        self._politeness = politeness
        self._proxies = AsyncExitStack()
        self._tabs = [Tab(ForwardProxy(guard), user_agent) for _ in range(TABS)]
        self._free = list(self._tabs)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._spare = Tab(ForwardProxy(guard), user_agent)
        self._nobody_else = asyncio.Lock()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as proxies:
            for tab in (*self._tabs, self._spare):
                await proxies.enter_async_context(tab.proxy)
            self._proxies = proxies.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._engine.stop(self._engine.chromium)
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
        """An empty page in a context of its own, nothing blocked but counters, and little else under way: for one
        load whose time is taken. It waits for its turn. Raises playwright's errors."""
        async with self._politeness.turn(host, group), self._quiet(AT_ONCE // 2):
            chromium = await self._engine.ready()
            try:
                yield await self._spare.open(chromium, host, Sight(url, self._spare.proxy, whole=True))
            finally:
                await self._leave(self._spare, chromium, keep=False)

    @asynccontextmanager
    async def _quiet(self, places: int = AT_ONCE) -> AsyncIterator[None]:
        """Waits until so many places are free, and keeps them: with all of them no look is under way."""
        async with self._nobody_else:
            taken = 0

            async def take() -> None:
                nonlocal taken
                await self._places.acquire()
                taken += 1

            try:
                async with asyncio.TaskGroup() as group:  # one after another they would lie idle while waiting
                    for _ in range(places):
                        group.create_task(take())
                yield
            finally:
                for _ in range(taken):
                    self._places.release()

    async def _among_others(self, url: str, host: str, seconds: float, depth: Depth) -> Look | None:
        if self._engine.looks >= engine.LOOKS:
            async with self._quiet():
                if self._engine.looks >= engine.LOOKS:
                    await self._engine.stop(self._engine.chromium)
        async with self._places:
            if self._engine.held > engine.MAX_BYTES:
                await self._let_go()
            # The tab that has a page of this host open, else one that has none to lose, else the longest unused.
            tab = min(self._free, key=lambda tab: (tab.host != host, tab.host != ""))
            self._free.remove(tab)
            try:
                return await self._look(tab, url, host, seconds, depth)
            finally:
                self._free.append(tab)

    async def _let_go(self) -> None:
        """Gives up the two pages that were kept open longest, and their memory with them."""
        self._engine.held = 0  # until it is counted again
        for tab in [tab for tab in self._free if tab.host][:2]:
            if tab in self._free:  # nobody has taken it meanwhile
                self._free.remove(tab)
                try:
                    await self._leave(tab, self._engine.chromium, keep=False)
                finally:
                    self._free.append(tab)

    async def _alone(self, url: str, host: str, seconds: float, depth: Depth) -> Look | None:
        """The second try of a page whose browser went down: if it was this page's doing, no other suffers again."""
        async with self._quiet():
            return await self._look(self._tabs[0], url, host, seconds, depth)

    async def _look(self, tab: Tab, url: str, host: str, seconds: float, depth: Depth) -> Look | None:
        """One look; None where the browser itself went down under it, or gave it up between two redirects."""
        chromium: Chromium | None = None
        sight = Sight(url, tab.proxy, whole=depth != "text")
        try:
            async with asyncio.timeout(seconds + READ_SECONDS):
                chromium = await self._engine.ready()
                page = await tab.open(chromium, host, sight)
                look = await sight.take(page, tab.session, seconds)
            if depth != "text" and look.error is None:
                look = await _measured(page, look, axe=depth != "full")
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
        went_down = chromium is not None and not self._engine.is_present(chromium)
        if not able:
            await self._engine.stop(chromium)
        return went_down


async def _measured(page: Page, look: Look, *, axe: bool) -> Look:
    """The look with what is measured while its page is open, as far as that succeeds."""
    with contextlib.suppress(PlaywrightError, OSError, TimeoutError):
        async with asyncio.timeout(MEASURE_SECONDS):
            look = await measures.full(page, look)
            if axe:
                look = await measures.axe(page, look)
    return look
