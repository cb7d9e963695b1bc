"""Asks for the pages of portals and their findings, for those that compare portals, and for what the API tells of
portals, before anybody does: whoever comes in the morning finds them made."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audit.web.api.operation import PREFIX
from audit.web.links import PATHS
from audit.web.shapes import Shown
from audit.web.views import Views
from storage.archive import ArchiveError

log = logging.getLogger(__name__)

COMPARING = ("rankings", "rates", "comparison")
"""Pages whose first reader would wait until whole nights are read."""
LOOK_SECONDS = 60.0
"""Between two looks at whether the data changed, when nobody asks."""


class Beforehand:
    """An application that keeps what it was asked for, as long as it ``has_room``, and a reader of its own, who
    asks for one page after another while nobody else asks for anything. It begins with the first request."""

    def __init__(self, app: ASGIApp, views: Views, has_room: Callable[[], bool]) -> None:
        self._app, self._views, self._has_room = app, views, has_room
        self._others = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._reading: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._reading is None and scope["type"] == "http":
            self._reading = asyncio.create_task(self._read(str(scope.get("root_path", ""))))
        self._others += 1
        self._quiet.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._others -= 1
            if not self._others:
                self._quiet.set()

    async def _read(self, root: str) -> None:
        """Reads the pages of every state of the data, once."""
        version = ""
        while True:
            try:
                shown = await anyio.to_thread.run_sync(self._views.shown)
            except ArchiveError as error:
                log.error("no page is made beforehand: %s", error)
            else:
                if shown.version != version:
                    version = shown.version
                    for what, paths in _paths(shown).items():
                        await self._read_all(version, what, paths, root)
            await asyncio.sleep(LOOK_SECONDS)

    async def _read_all(self, version: str, what: str, paths: Iterable[str], root: str) -> None:
        since, made = time.monotonic(), 0
        for path in paths:
            await self._quiet.wait()
            if self._views.version_at_hand() != version:
                return
            if not self._has_room():
                log.warning("there is no more room to make pages beforehand")
                break
            try:
                await self._app(_question(path, root), _nothing, _unheard)
                made += 1
            except Exception:  # its cause is in the log: the application wrote it there for every reader
                log.error("%s is not made beforehand", path)
        log.info("%d pages of %s made beforehand in %.1f s", made, what, time.monotonic() - since)


def _paths(shown: Shown) -> Mapping[str, Iterable[str]]:
    """What is asked for, in this order: of findings the gravest first, as they are listed."""
    comparing = (PATHS[each] for each in COMPARING)
    portals = (PATHS["portal"].format(each) for each in shown.portals)
    answers = (f"{PREFIX}/portals/{each}" for each in shown.portals)
    findings = (PATHS["finding"].format(each.portal_id, each.rule) for each in shown.findings)
    return {"portals": (*comparing, *portals), "portals in the API": answers, "findings": findings}


def _question(path: str, root: str) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": root + path,
        "raw_path": (root + path).encode(),
        "root_path": root,
        "query_string": b"",
        "headers": [(b"accept-encoding", b"gzip")],
        "client": None,
        "server": None,
    }


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _unheard(message: Message) -> None:
    """The answer: it was kept on its way."""
