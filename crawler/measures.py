"""What deeper looks measure while a page is open, and the times of fresh loads.

Each takes a look and gives it back with more in it (``dataclasses.replace`` on ``look.render``); what it raises of
playwright's errors and time-outs leaves the look as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from playwright.async_api import Page

from crawler.sight import Look

Fresh = Callable[[], AbstractAsyncContextManager[Page]]
"""Gives an empty page in a context of its own, with nothing blocked but counters and nothing else under way; each
waits for the host's turn."""


async def full(page: Page, look: Look) -> Look:  # noqa: ARG001
    """How the page fits a phone and bears larger text, and its picture."""
    return look


async def axe(page: Page, look: Look) -> Look:  # noqa: ARG001
    """What axe-core finds."""
    return look


async def loads(look: Look, fresh: Fresh) -> Look:  # noqa: ARG001
    """The times of fresh loads; the page of the look is closed by then."""
    return look
