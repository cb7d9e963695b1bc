"""One look under way: what a page asks for is watched, what must not leave is stopped, what was drawn is read.

The other half of ``browser.py``; nobody else uses it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Frame, Page, Request, Response
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from audit_rules.facts import PageFacts
from audit_rules.rendered import Loaded, RenderFacts
from crawler.drawn import drawn
from crawler.plan import MAX_PAGE_BYTES
from crawler.proxy import ForwardProxy
from crawler.traffic import Traffic

QUIET_SECONDS = 0.5
"""A page is drawn when for so long no request came or went and the number of its elements did not change."""
BARE_SECONDS = 2.0
"""The same for a page that has scripts and hardly any text as yet: read too early it would seem to lack all."""
PATIENCE_SECONDS = 5.0
"""A request under way for longer is a long poll or a stream: it is not waited for."""
MAX_PUSHES, MAX_PUSH_CHARS = 50, 300
MAX_CONSOLE, MAX_CONSOLE_CHARS = 20, 300
MAX_TOLD = 10_000
"""Requests and console messages of one look that are listened to."""
MAX_SCRIPTS, MAX_SCRIPT_CHARS = 200, 500

# A page may have put its own functions in the place of the browser's: what is read in its world uses none to cut,
# and is a number or one bounded text.
_PUSHES = """([most, chars]) => {
    const queue = window._govaq;
    let all = "";
    if (!Array.isArray(queue)) return all;
    for (let i = 0; i < most && i < queue.length; i++) {
        let said = "";
        try { said = "" + (JSON.stringify(queue[i]) ?? "null") } catch {}
        for (let j = 0; j < chars && j < said.length; j++) all += said[j];
        all += "\\n";
    }
    return all;
}"""
_ELEMENTS = """() => {
    const n = document.getElementsByTagName('*').length;
    if (typeof n !== 'number') return 0;
    const bare = n < 200 && document.scripts.length > 0 && !(document.body && document.body.innerText.length > 200);
    return bare ? -n : n;
}"""
"""The number of elements, below zero for a page that is bare as yet."""
# Chromium's words for what went wrong, and ours (contract, "reason").
_PROXY_REASONS = frozenset({"refused_address", "dns", "refused", "timeout", "tls"})
_NET_ERRORS = {
    "ERR_NAME_NOT_RESOLVED": "dns",
    "ERR_TIMED_OUT": "timeout",
    "ERR_CONNECTION_TIMED_OUT": "timeout",
    "ERR_TOO_MANY_REDIRECTS": "redirect_loop",
    "ERR_SSL": "tls",
    "ERR_CERT": "tls",
    "ERR_CONNECTION": "refused",
    "ERR_EMPTY_RESPONSE": "refused",
    "Download is starting": "not_html",
    "ERR_ABORTED": "not_html",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What one look brought. ``html`` is the drawn page, empty where ``error`` says why there is none: a reason of
    the contract (``render_failed``, ``timeout``, ``too_large``, ``refused_address``, ``dns``, …). ``picture`` is
    what a ``full`` look photographed, empty where nobody did. ``facts`` is for looks out of an archive."""

    url: str
    final_url: str
    status: int | None
    html: str
    seen_at: datetime
    render: RenderFacts
    error: str | None = None
    picture: bytes = b""
    facts: PageFacts | None = None


class Sight:
    """One look under way: it watches what the page asks for, and stops what must not leave. Pictures, fonts and
    media are not loaded unless the page is to be seen ``whole``.

    Dialogs need nothing: Playwright dismisses them as long as nobody listens for them.
    """

    def __init__(self, url: str, proxy: ForwardProxy, *, whole: bool = False) -> None:
        self.url = url
        self.whole = whole
        self.proxy = proxy
        self.traffic = proxy.traffic = Traffic(whole=whole)
        self._seen_at = datetime.now(UTC)
        self._page: Page | None = None
        self._crashed = False
        self.given_up = False
        self._asked_last = url
        self._answer: Response | None = None
        self._under_way: dict[Request, float] = {}
        self._moved_at = 0.0
        self._closing: set[asyncio.Future[None]] = set()
        self._pushes: tuple[str, ...] = ()
        self._frames = 0
        self._console: list[str] = []
        self._told = 0
        self._scripts: dict[str, int | None] = {}

    async def take(self, page: Page, session: CDPSession, seconds: float) -> Look:
        self._page = page
        until = time.monotonic() + seconds
        self._seen_at = datetime.now(UTC)
        try:
            await self._go(page, seconds)
        except PlaywrightTimeout:
            return self.look(error="timeout")
        except PlaywrightError as error:
            return self.look(error=self._reason(error.message))
        if reason := self._no_page():
            return self.look(error=reason)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout((until - time.monotonic()) * 2 / 3):
                await self._rest(page)
        try:
            async with asyncio.timeout(max(until - time.monotonic(), 1.0)):
                return await self._read(page, session)
        except TimeoutError:
            return self.look(error="timeout")

    def look(self, *, html: str = "", error: str | None = None) -> Look:
        """The look as far as it came."""
        if error == "render_failed" and self.traffic.cut:
            error = "too_large"
        render = RenderFacts(
            requests=self.traffic.requests,
            stopped=tuple(self.traffic.stopped),
            pushes=self._pushes,
            refused=self.traffic.refused,
            frames=self._frames,
            console=tuple(self._console),
            scripts=tuple(Loaded(url, status) for url, status in self._scripts.items()),
        )
        shown = self._page.url if self._page is not None else ""
        final_url = shown if shown.startswith(("http://", "https://")) else self._asked_last
        status = self._answer.status if self._answer is not None else None
        return Look(self.url, final_url, status, html, self._seen_at, render, error)

    async def _go(self, page: Page, seconds: float) -> None:
        try:
            await page.goto(self.url, wait_until="domcontentloaded", timeout=seconds * 1000)
        except PlaywrightError as error:
            if "interrupted by another navigation" not in error.message:
                raise
            await page.wait_for_load_state("domcontentloaded", timeout=seconds * 1000)  # scripts went elsewhere

    def _reason(self, message: str) -> str:
        if "ERR_TUNNEL_CONNECTION_FAILED" in message:
            host = urlsplit(self._asked_last).hostname
            said = next((reason for refused, reason in reversed(self.proxy.refused) if refused == host), "")
            return said if said in _PROXY_REASONS else "refused"
        if "ERR_ABORTED" in message and self._answer is not None and 300 <= self._answer.status < 400:
            self.given_up = True  # a busy browser may drop a navigation between two hops
            return "render_failed"
        return next((reason for word, reason in _NET_ERRORS.items() if word in message), "render_failed")

    def _no_page(self) -> str | None:
        """Why what was answered is no page: our proxy answered in its place, or it is no HTML."""
        if self._answer is None:
            return None
        headers = self._answer.headers
        name, _, said = headers.get("proxy-status", "").partition("; error=")
        if name == self.proxy.name:
            self._answer = None
            return said if said in _PROXY_REASONS else "render_failed"
        kind = headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        return None if kind in ("", "text/html", "application/xhtml+xml") else "not_html"

    async def _rest(self, page: Page) -> None:
        """Returns when the network and the tree have both been still for QUIET_SECONDS, or BARE_SECONDS."""
        elements = 0
        drawn_at = 0.0
        while True:
            try:
                seen = await page.evaluate(_ELEMENTS)
            except PlaywrightError:
                if self._crashed or page.is_closed():
                    raise
                seen = 0  # the page went elsewhere: its tree is gone, a new one comes
            now = time.monotonic()
            if seen != elements or seen == 0:
                elements, drawn_at = seen, now
            waited_for = any(now - began < PATIENCE_SECONDS for began in self._under_way.values())
            quiet = QUIET_SECONDS if elements > 0 else BARE_SECONDS
            wait = max(drawn_at, now if waited_for else self._moved_at) + quiet - now
            if wait <= 0:
                return
            await asyncio.sleep(min(wait, QUIET_SECONDS))

    async def _read(self, page: Page, session: CDPSession) -> Look:
        if self.traffic.cut:
            return self.look(error="too_large")
        pushes = str(await page.evaluate(_PUSHES, [MAX_PUSHES, MAX_PUSH_CHARS]))
        self._pushes = tuple(pushes.split("\n")[:-1][:MAX_PUSHES])
        whole = await drawn(session)
        if whole is None or len(whole.html.encode(errors="replace")) > MAX_PAGE_BYTES:
            return self.look(error="too_large")
        self._frames = whole.frames
        return self.look(html=whole.html)

    # --- what the page does ---------------------------------------------------------------------------------

    def asked(self, request: Request) -> None:
        self.noted()
        self._moved_at = self._under_way[request] = time.monotonic()
        if self.traffic.is_counter(urlsplit(request.url).hostname or "", request.url):
            self.traffic.stop(request.url)  # the browser itself may keep it back, so that the proxy never sees it
        if self._leads_page(request):
            self._asked_last = request.url

    def complained(self, text: str) -> None:
        """An error on the console, or one that no script of the page caught."""
        if len(self._console) < MAX_CONSOLE:
            said = text[:MAX_CONSOLE_CHARS]
            self._console.append("".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in said))

    def noted(self) -> None:
        """Counts what the browser tells of the page; one that never stops telling is closed."""
        self._told += 1
        if self._told == MAX_TOLD and self._page is not None:
            self.traffic.cut = True
            self.popped_up(self._page)

    def ended(self, request: Request) -> None:
        self._moved_at = time.monotonic()
        self._under_way.pop(request, None)
        if request.resource_type == "script":
            self._load(request.url, None)

    def answered(self, response: Response) -> None:
        if response.request.resource_type == "script" and not self._is_ours(response):
            self._load(response.url, response.status)
        if self._leads_page(response.request):
            self._answer = response

    def _load(self, url: str, status: int | None) -> None:
        """Writes down a script; what answered once has answered."""
        if len(self._scripts) < MAX_SCRIPTS:
            self._scripts.setdefault(url[:MAX_SCRIPT_CHARS], status)

    def _is_ours(self, response: Response) -> bool:
        """Whether our proxy answered in the place of a server."""
        return response.headers.get("proxy-status", "").partition(";")[0] == self.proxy.name

    def _leads_page(self, request: Request) -> bool:
        return request.is_navigation_request() and self._frame(request) == self._main_frame

    @property
    def _main_frame(self) -> Frame | None:
        return self._page.main_frame if self._page is not None else None

    @staticmethod
    def _frame(request: Request) -> Frame | None:
        try:
            return request.frame
        except PlaywrightError:  # of a window that is not open yet, or of a worker
            return None

    def crashed(self) -> None:
        self._crashed = True

    def popped_up(self, popup: Page) -> None:
        async def close() -> None:
            with contextlib.suppress(PlaywrightError):
                await popup.close()

        task = asyncio.ensure_future(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
