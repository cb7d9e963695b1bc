"""The drawn page as one text: what scripts made of it, with its frames and shadow roots in their places.

A frame of the page's own host is written as srcdoc, an open shadow root as the template that makes one; both are
read where they stand (audit_rules/reading/inner.py). Frames of other hosts speak for those and stay addresses, as
does what a page closed to scripts. Everything runs in worlds of its own, out of the page's reach.
"""

from __future__ import annotations

import contextlib
import html
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from crawler.plan import MAX_PAGE_BYTES

MAX_FRAMES = 20
MAX_NESTED = 3
MAX_FRAME_CHARS = 1_000_000
MAX_ROOTS = 500

_MARK = "function (mark, nth) { if (!this.hasAttribute('srcdoc')) this.setAttribute(mark, nth) }"
_READ = """(([mark, most, mostRoots]) => {
    const roots = [];
    const collect = place => {
        for (const each of place.querySelectorAll('*')) {
            if (!each.shadowRoot || roots.length >= mostRoots) continue;
            roots.push(each.shadowRoot);
            collect(each.shadowRoot);
        }
    };
    collect(document);
    const kind = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : "";
    const whole = document.documentElement;
    let said = whole ? whole.outerHTML : "";
    if (whole && roots.length && said.endsWith("</html>"))
        said = whole.cloneNode(false).outerHTML.slice(0, -7) + whole.getHTML({shadowRoots: roots}) + "</html>";
    for (const place of [document, ...roots])
        for (const each of place.querySelectorAll(`[${mark}]`)) each.removeAttribute(mark);
    return said.length > most ? null : kind + said;
})"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The page as it stands; ``frames`` counts those that are in it."""

    html: str
    frames: int


async def drawn(session: CDPSession) -> Drawn | None:
    """The page that a session belongs to; None where it is larger than is read. Raises playwright's errors."""
    tree = (await session.send("Page.getFrameTree"))["frameTree"]
    reading = _Reading(session, tree["frame"]["url"])
    text = await reading.text(tree, MAX_PAGE_BYTES)
    return None if text is None else Drawn(text, reading.frames)


class _Reading:
    def __init__(self, session: CDPSession, url: str) -> None:
        self._session = session
        self._host = _host(url)
        self._left = MAX_FRAME_CHARS
        self._looked_into = 0
        self.frames = 0

    async def text(self, tree: dict[str, Any], most: int, depth: int = 0) -> str | None:
        """A frame with what stands in it; None where it is longer than ``most`` characters."""
        mark = f"data-{secrets.token_hex(8)}"
        world = await self._session.send("Page.createIsolatedWorld", {"frameId": tree["frame"]["id"]})
        where = {"executionContextId": world["executionContextId"]}
        inner: list[str] = []
        for child in tree.get("childFrames", ()) if depth < MAX_NESTED else ():
            if self._is_own(child["frame"]) and self._looked_into < MAX_FRAMES:
                self._looked_into += 1
                with contextlib.suppress(PlaywrightError):  # a frame may go while it is read
                    text = await self.text(child, self._left, depth + 1)
                    if text:
                        await self._mark(child["frame"]["id"], where, mark, len(inner))
                        self._left -= len(text)
                        inner.append(_with_base(text, child["frame"]["url"]))
        expression = f"{_READ}({json.dumps([mark, most, MAX_ROOTS])})"
        asked = {"expression": expression, "contextId": where["executionContextId"], "returnByValue": True}
        said = (await self._session.send("Runtime.evaluate", asked))["result"].get("value")
        if not isinstance(said, str):
            return None
        for nth, text in enumerate(inner):
            here = f' {mark}="{nth}"'
            self.frames += here in said
            said = said.replace(here, f' srcdoc="{html.escape(text)}"', 1)
        return said

    async def _mark(self, frame: str, where: dict[str, Any], mark: str, nth: int) -> None:
        """Marks the element that a frame stands in, so that it is known in the page's text."""
        owner = await self._session.send("DOM.getFrameOwner", {"frameId": frame})
        node = await self._session.send("DOM.resolveNode", {"backendNodeId": owner["backendNodeId"], **where})
        arguments = [{"value": mark}, {"value": nth}]
        call = {"functionDeclaration": _MARK, "objectId": node["object"]["objectId"], "arguments": arguments}
        await self._session.send("Runtime.callFunctionOn", call)

    def _is_own(self, frame: dict[str, Any]) -> bool:
        """Whether a frame speaks for the page's own host: it comes from there, or scripts of the page wrote it."""
        url = frame["url"]
        return "unreachableUrl" not in frame and (url in ("", "about:blank") or _host(url) == self._host)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").removeprefix("www.") if parts.scheme in ("http", "https") else "?"
    except ValueError:
        return "?"


def _with_base(text: str, url: str) -> str:
    """A frame's document that says from where its links start."""
    return f'<base href="{html.escape(url)}">{text}' if url.startswith("http") else text
