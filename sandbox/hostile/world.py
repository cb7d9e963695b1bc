"""The hostile hosts on loopback, beside a country of good portals."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cache
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from sandbox.bodies import Body, Place, make
from sandbox.country import Country, draw
from sandbox.hostile import doors, markup, scripts, ways, wire
from sandbox.hostile.trap import TRAPS, Asked, Trap
from sandbox.portals.pieces import NOT_FOUND
from sandbox.server import LoopbackServer
from sandbox.world import World

__all__ = ["TRAPS", "HostileWorld", "body_of"]

_ROOMS = (wire, markup, ways, doors, scripts)  # each enters its traps when it is imported
_PLACE = Place("tỉnh Bão Táp", "Bao Tap Province", "baotap.gov.vn", "0288", "phường Giông Tố, tỉnh Bão Táp")
_FIRST_NUMBER = 5000
"""Of the hostile portals' telephones and measuring codes: far from those of other provinces."""


@cache
def _main() -> Body:
    names = (f"Ủy ban nhân dân {_PLACE.name}", f"UBND {_PLACE.name}", "People's Committee of Bao Tap")
    return make("baotap", "wordpress", "province", _PLACE, _PLACE.domain, names, _FIRST_NUMBER, small=True)


@cache
def body_of(trap: str) -> Body:
    """The commune whose portal a hostile host is."""
    words = trap.replace("_", " ").title()
    site = f"xa{trap.replace('_', '')}.{_PLACE.domain}"
    names = (f"Ủy ban nhân dân xã {words}", f"UBND xã {words}", f"People's Committee of {words}")
    number = _FIRST_NUMBER + 1 + list(TRAPS).index(trap)
    return make(
        trap.replace("_", "-"), "wordpress", "commune", _PLACE, site, names, number, main_id=_main().portal_id
    )


class HostileWorld:
    """Hostile hosts (all, or those named) and ``good`` portals drawn by a seed, inside ``with``.

    ``forbidden`` is a host and port that means this machine in a form no option opens; whoever connects there is
    counted in ``reached``. ``on_ask`` is told of every request to a hostile host, from the server's thread.
    """

    def __init__(self, traps: Iterable[str] = TRAPS, *, good: int = 0, seed: int = 7) -> None:
        self.traps: dict[str, Trap] = {body_of(name).host: TRAPS[name] for name in traps}
        bodies = {body.portal_id: body for body in map(body_of, (trap.name for trap in self.traps.values()))}
        drawn = draw(seed, good) if good else Country({}, ())
        self.good = tuple(body.site for body in drawn.audited.values())
        country = Country({**drawn.audited, **bodies}, (*drawn.small, _main()))
        self.on_ask: Callable[[Trap, str], None] = lambda _trap, _path: None
        self.world = World((), country)
        self._server: HostileServer | None = None
        self._listener = Listener()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.world)
            stack.enter_context(self._listener)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.world.ca_file.with_name("server.pem"))
            self._server = HostileServer(self, context)
            self._server.start()
            stack.callback(self._server.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def sites(self) -> tuple[str, ...]:
        """The addresses of the hostile portals."""
        return tuple(self.traps)

    @property
    def forbidden(self) -> str:
        return f"0.0.0.0:{self._listener.port}"

    @property
    def reached(self) -> int:
        """How often somebody connected where nobody may."""
        return self._listener.reached

    @property
    def hits(self) -> Counter[tuple[str, str, str]]:
        """How often each (host, method, path) was asked, hostile or good."""
        return self._running().hits + self.world.hits

    @property
    def connect_to(self) -> tuple[str, ...]:
        server = self._running()
        hostile = (
            f"{host}:{port}:127.0.0.1:{to}"
            for host in self.traps
            for port, to in ((443, server.https_port), (80, server.http_port))
        )
        return (*hostile, "169.254.169.254:::", "0.0.0.0:::", "127.0.0.1:::", "[::1]:::", *self.world.connect_to)

    def _running(self) -> HostileServer:
        if self._server is None:
            raise RuntimeError("the world is not started")
        return self._server


class HostileServer(LoopbackServer):
    """Serves the hostile hosts by name, as their traps would have it."""

    def __init__(self, hostile: HostileWorld, context: ssl.SSLContext) -> None:
        super().__init__(lambda *_: NOT_FOUND, context)
        self._hostile = hostile

    async def _exchange(self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        method, host, target, fields, stays = await self._heard(reader)
        trap = self._hostile.traps.get(host)
        if trap is None:
            return False
        parts = urlsplit(target)
        path = parts.path or "/"
        self._hostile.on_ask(trap, path)
        good = self._hostile.world.answer(scheme, host, path, dict(parse_qsl(parts.query)))
        cookies = fields.get("cookie", "")
        asked = Asked(scheme, host, path, parts.query, cookies, good, self._hostile.forbidden)
        reply = trap.answer(asked)
        writer.write(reply.head())
        for piece in reply.pieces() if method != "HEAD" else ():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(reply.pause)
        await writer.drain()
        if reply.cut:
            writer.transport.abort()
        return stays and reply.stays


class Listener:
    """A port of this machine that takes note of whoever comes, inside ``with``."""

    def __init__(self) -> None:
        self.reached = 0
        self.port = 0
        self._socket = socket.socket()
        self._thread = threading.Thread(target=self._listen, name="forbidden", daemon=True)

    def __enter__(self) -> Self:
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(64)
        self.port = self._socket.getsockname()[1]
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.reached += 1
            visitor.close()
