"""One tab of the browser: a page kept open for the next look at the same host, and the proxy it leaves by.

A page in a context of its own costs half a second before it asks for anything; the next page of the same portal
needs neither. Only ``browser.py`` uses it.
"""

from __future__ import annotations

import contextlib

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, CDPSession, ConsoleMessage, Page, WebError
from playwright.async_api import Error as PlaywrightError

from crawler.proxy import ForwardProxy
from crawler.sight import Sight

LOOKS = 50
"""Looks with one context; what a page left behind in it goes with it."""
LEAVE_MILLISECONDS = 1000
"""For a page to make room for an empty one; one that does not is closed."""

_ENDINGS = "avif bmp gif ico jpeg jpg mp3 mp4 ogg otf png svg ttf webm webp woff woff2"
_NOT_NEEDED = [f"*.{ending}{more}" for ending in _ENDINGS.split() for more in ("", "?*")]
"""Addresses of pictures, fonts and media, which Chromium leaves out by itself; what they do not tell, the proxy
refuses."""


class Tab:
    """Shows one page at a time. ``host`` is whose page it has open, empty where it has none.

    What the page does is told to the sight it was opened for last. Each tab has a forward proxy to itself, so that
    what was refused is told of the page that asked.
    """

    def __init__(self, proxy: ForwardProxy, user_agent: str) -> None:
        self.proxy = proxy
        self.host = ""
        self._user_agent = user_agent
        self._looks = 0
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self._sight: Sight | None = None
        self._session: CDPSession | None = None
        self._whole = True
        self._shown: set[str] = set()

    async def open(self, chromium: Chromium, host: str, sight: Sight) -> Page:
        """An empty page, in a context that no other host has used, and that has not shown this address before: what
        it shows comes from the server. Raises playwright's errors."""
        page = self._page
        gone = page is None or page.is_closed() or page.context.browser is not chromium
        if page is None or gone or self.host != host or sight.url in self._shown:
            with contextlib.suppress(PlaywrightError):  # its browser may be gone
                await self.close()
            self.host, self._sight = host, sight
            self._page = page = await self._new_page(chromium)
        self._sight = sight
        self._looks += 1
        self._shown.add(sight.url)
        await self._leave_out(whole=sight.whole)
        return page

    async def _leave_out(self, *, whole: bool) -> None:
        if whole != self._whole:
            self._whole = whole
            await self.session.send("Network.setBlockedURLs", {"urls": [] if whole else _NOT_NEEDED})

    async def leave(self, *, keep: bool) -> None:
        """Ends a look. The page is kept for the next one unless it does not let go, or the context is used up.

        Raises TimeoutError where the browser never came to open it, playwright's errors where it cannot close it.
        """
        if self.host and self._page is None:
            raise TimeoutError
        if keep and self._page is not None and self._looks < LOOKS:
            try:
                await self._page.goto("about:blank", timeout=LEAVE_MILLISECONDS)
            except PlaywrightError:
                keep = False
        if not keep or self._looks >= LOOKS:
            await self.close()

    async def close(self) -> None:
        context, self._context, self._page, self._session = self._context, None, None, None
        self.host, self._looks, self._whole = "", 0, True
        self._shown.clear()
        if context is not None:
            await context.close()

    async def _new_page(self, chromium: Chromium) -> Page:
        self._context = context = await chromium.new_context(
            proxy={"server": self.proxy.url, "bypass": "<-loopback>"},
            user_agent=self._user_agent,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": 1366, "height": 900},
            ignore_https_errors=True,
            service_workers="block",
            accept_downloads=False,
        )
        page = await context.new_page()
        page.on("crash", lambda _: self._now.crashed())
        context.on("request", lambda request: self._now.asked(request))
        context.on("requestfinished", lambda request: self._now.ended(request))
        context.on("requestfailed", lambda request: self._now.ended(request))
        context.on("response", lambda response: self._now.answered(response))
        context.on("page", lambda popup: self._now.popped_up(popup))
        context.on("console", self._console)
        context.on("weberror", self._console)
        self._session = await context.new_cdp_session(page)
        await self._session.send("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0})
        return page

    @property
    def session(self) -> CDPSession:
        """To speak with the page that is open."""
        assert self._session is not None  # noqa: S101 - there is a page
        return self._session

    def _console(self, said: ConsoleMessage | WebError) -> None:
        self._now.noted()
        if isinstance(said, WebError):
            self._now.complained(f"Uncaught {said.error}")
        elif said.type == "error":
            self._now.complained(said.text)

    @property
    def _now(self) -> Sight:
        assert self._sight is not None  # noqa: S101 - a page is opened for a sight
        return self._sight
