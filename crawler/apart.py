"""A world of JavaScript beside a page's own: it sees the page's tree, the page's scripts cannot reach into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError


class Apart:
    """A world apart in the main frame of a page; it ends when the page goes elsewhere. ``send`` speaks to the
    browser of the page. Both raise playwright's errors; neither is bounded in time by itself."""

    def __init__(self, session: CDPSession, world: int) -> None:
        self._session = session
        self._world = world

    async def tell(self, expression: str) -> Any:
        """The value of an expression, awaited where it is a promise, as JSON has it."""
        asked = {"expression": expression, "contextId": self._world, "returnByValue": True, "awaitPromise": True}
        told = await self.send("Runtime.evaluate", asked)
        if "exceptionDetails" in told:
            raise PlaywrightError(str(told["result"].get("description", "an exception"))[:300])
        return told["result"].get("value")

    async def send(self, method: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = await self._session.send(method, dict(values or {}))
        return answer


@asynccontextmanager
async def apart(page: Page) -> AsyncIterator[Apart]:
    """Opens a world apart. Raises playwright's errors."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    world = await session.send("Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]})
    yield Apart(session, world["executionContextId"])
    await session.detach()
