"""The browser's only way out: a forward proxy on loopback that asks the gate before every connection.

Page routing never sees the hops of a redirect; this sees every connection there is.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import ssl
from collections import deque
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from crawler.counters import counter_hosts, has_library, under
from crawler.guard import Guard, Refusal, Where
from crawler.inside import hand_on, swallow, towards_browser, towards_server
from crawler.traffic import Refused, Traffic

HEAD_BYTES = 64 * 1024
CONNECTIONS = 256
LOOKUPS = 8  # at once: a page full of dead names leaves the portals' own visits room
CONNECT_SECONDS = 15.0
IDLE_SECONDS = 30.0
CLOSE_SECONDS = 5.0
REMEMBERED = 1_000

_CHUNK = 64 * 1024
_REQUEST = re.compile(rb"([A-Z]{3,20}) (\S{1,16384}) HTTP/1\.[01]\Z")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r|\Z)")
_HOP_BY_HOP = frozenset(
    {b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"te", b"trailer", b"upgrade"}
)
_BODY = frozenset({b"content-length", b"transfer-encoding", b"expect"})


class ForwardProxy:
    """Listens on a free port of 127.0.0.1 inside ``async with``.

    ``refused`` holds (host, reason) of connections that were not made or failed, newest last, bounded: a reason
    of the contract (``refused_address``, ``dns``, ``refused``, ``timeout``), ``stopped`` for a counter's host,
    ``browser`` for one the browser calls for itself, ``method`` for a plain request that would have sent
    something. What a look may ask for is told by its ``traffic``, set before it begins. Answers of the proxy itself
    begin their Proxy-Status (RFC 9209) with ``name``, which no portal can know.
    """

    def __init__(self, guard: Guard, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._guard = guard
        self._idle_seconds = idle_seconds
        self._talks: set[asyncio.Task[None]] = set()
        self._lookups = asyncio.Semaphore(LOOKUPS)
        self._server: asyncio.Server | None = None
        self._identity: ssl.SSLContext | None = None
        self.name = f"gate-{secrets.token_hex(8)}"
        self.refused: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
        self.traffic = Traffic()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._identity = towards_browser()
        self._server = await asyncio.start_server(self._arrive, "127.0.0.1", 0, limit=HEAD_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None  # noqa: S101 - entered
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    def _arrive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._talks) >= CONNECTIONS:
            writer.transport.abort()
            return
        talk = asyncio.ensure_future(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = ""
        try:
            async with asyncio.timeout(self._idle_seconds):
                head = await reader.readuntil(b"\r\n\r\n")
            asked = head
            method, host, port, head = _read_request(asked)
            if method != "CONNECT":
                self._ask(method, host, asked.split(b" ", 2)[1], head)
            elif port == 80:  # over a tunnel to that port Chromium speaks of a web socket only
                self._ask("CONNECT", host, b"", head)
            await self._serve(method, host, port, head, reader, writer)
        except Refused as refusal:
            _forget(refusal.__cause__)
            if refusal.reason == "method":
                await swallow(reader, asked)
            else:
                self.refused.append((host[:255], refusal.reason))
            writer.write(self._answer(refusal, last=True))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _forget(error)  # the client went away, sent no request, or a pipe broke: there is nobody to tell
        except BaseException:
            writer.transport.abort()
            raise
        await _leave(writer)

    async def _serve(
        self,
        method: str,
        host: str,
        port: int,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if method == "CONNECT" and under(host, counter_hosts()):
            await self._serve_counter(host, port, reader, writer)
            return
        if method == "CONNECT":
            self.traffic.reach(host, f"https://{host}/")
        far = await self._connect(host, port)
        try:
            if method == "CONNECT":
                await self._secure_far(host, far[1])
                await self._secure(writer)
            else:
                far[1].write(head)
                writer.write(await self._first_answer(far[0]))
            await self._pipe(host, reader, writer, far, inside=method == "CONNECT")
        finally:
            far[1].transport.abort()

    async def _serve_counter(
        self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """What a counter is asked for is read and answered here, its library aside."""
        far = await self._to_library(host, port) if self.traffic.whole and has_library(host) else None
        try:
            await self._secure(writer)
            await self._pipe(host, reader, writer, far, inside=True)
        finally:
            if far is not None:
                far[1].transport.abort()

    async def _to_library(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The way to a counter's library; None where there is none, for calls are to be read even so."""
        with contextlib.suppress(Refused):
            far = await self._connect(host, port)
            try:
                await self._secure_far(host, far[1])
            except Refused:
                far[1].transport.abort()
                raise
            return far
        return None

    def _ask(self, method: str, host: str, target: bytes, head: bytes) -> None:
        """A request that wants to leave; raises Refused, and remembers it, where it does not."""
        try:
            self.traffic.ask(method, host, target.decode("latin-1"), head)
        except Refused as refusal:
            if refusal.reason == "method":
                self.refused.append((host[:255], refusal.reason))
            raise

    async def _secure_far(self, host: str, writer: asyncio.StreamWriter) -> None:
        """TLS with the server, before that with the browser: its refusal can still be told."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await writer.start_tls(towards_server(), server_hostname=host)
        except TimeoutError as error:
            raise Refused("504 Gateway Timeout", "timeout") from error
        except OSError as error:
            raise Refused("502 Bad Gateway", "tls") from error

    async def _secure(self, writer: asyncio.StreamWriter) -> None:
        assert self._identity is not None  # noqa: S101 - entered
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with asyncio.timeout(CONNECT_SECONDS):
            await writer.start_tls(self._identity)

    async def _first_answer(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self._idle_seconds):
                return await _read_answer(reader)
        except TimeoutError as error:
            raise Refused("504 Gateway Timeout", "timeout") from error
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise Refused("502 Bad Gateway", "refused") from error

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                async with self._lookups:
                    where = await self._guard.where(host, port)
                reader, writer = await asyncio.open_connection(where.address, where.port, limit=HEAD_BYTES)
                if self._guard.proxy is not None:
                    await self._tunnel(host, port, where, reader, writer)
                return reader, writer
        except Refusal as refusal:
            raise Refused("403 Forbidden", refusal.reason) from refusal
        except TimeoutError as error:
            raise Refused("504 Gateway Timeout", "timeout") from error
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise Refused("502 Bad Gateway", "refused") from error

    async def _tunnel(
        self, host: str, port: int, where: Where, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Asks the operator's proxy for the way; raises OSError where it will not."""
        assert self._guard.proxy is not None  # noqa: S101 - the caller looked
        try:
            host, port = self._guard.mapped(host, port)
            target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
            if self._guard.proxy.authorization:
                lines.append(f"Proxy-Authorization: {self._guard.proxy.authorization}")
            writer.write("\r\n".join([*lines, "", ""]).encode())
            status = _STATUS.match(await reader.readuntil(b"\r\n\r\n"))
            if status is None or status[1] != b"200":
                raise OSError(f"the proxy at {where.address}:{where.port} refused the way")
        except BaseException:
            writer.transport.abort()
            raise

    async def _pipe(
        self,
        host: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None,
        *,
        inside: bool,
    ) -> None:
        """Carries bytes both ways until one side ends, nothing moved for a while, or a bound is reached.

        Requests ``inside`` a tunnel are read, and each is answered here that is not to leave."""
        loop = asyncio.get_running_loop()

        def moved() -> None:
            idle.reschedule(loop.time() + self._idle_seconds)

        def ask(method: str, target: bytes, head: bytes) -> None:
            moved()
            self._ask(method, host, f"https://{host}".encode() + target, head)

        async def up() -> None:
            if inside:
                await hand_on(reader, writer, far[1] if far else None, ask, self._answer)
            else:  # one request a connection, and it has gone
                while await reader.read(_CHUNK):
                    pass

        async def down() -> None:
            while far and (chunk := await far[0].read(_CHUNK)) and self.traffic.take(len(chunk)):
                moved()
                writer.write(chunk)
                await writer.drain()

        async with asyncio.timeout(self._idle_seconds) as idle:
            ways = [asyncio.ensure_future(way) for way in ((up(), down()) if far else (up(),))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)

    def _answer(self, refusal: Refused, *, last: bool) -> bytes:
        """What the proxy answers in a server's place; ``last`` on its connection. The body is an empty line:
        browsers show a page of their own where there is none, and a word could be taken for a page's."""
        body = "" if refusal.status.startswith("204") else "\n"
        length = "Content-Type: text/plain\r\nContent-Length: 1\r\n" if body else ""
        close = "Connection: close\r\n" if last else ""
        return (
            f"HTTP/1.1 {refusal.status}\r\nProxy-Status: {self.name}; error={refusal.reason}\r\n"
            f"{length}{close}\r\n{body}".encode()
        )


async def _leave(writer: asyncio.StreamWriter) -> None:
    """Closes a connection when what was written has gone; one that does not take it is cut off."""
    writer.close()
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await writer.wait_closed()
    except (OSError, TimeoutError) as error:
        _forget(error)
        writer.transport.abort()


def _forget(error: BaseException | None) -> None:
    """The connection remembers what went wrong, and that remembers where: a ring, with 256 kB of buffers in
    it where a handshake failed."""
    if error is not None:
        error.__traceback__ = None


def _read_request(head: bytes) -> tuple[str, str, int, bytes]:
    """Method, host and port asked for, and the head to send on: origin form, no body, one request a connection."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    match = _REQUEST.match(first)
    if match is None:
        raise Refused("400 Bad Request", "bad_request")
    method, target = match[1].decode(), match[2].decode("latin-1")
    try:
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = parts.hostname, parts.port or (443 if method == "CONNECT" else 80)
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme not in ("", "http") or (method != "CONNECT" and parts.scheme != "http"):
        raise Refused("400 Bad Request", "bad_request")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in _HOP_BY_HOP | _BODY]
    origin = b"\r\n".join([f"{method} {path} HTTP/1.1".encode("latin-1"), *kept, b"Connection: close", b"", b""])
    return method, host, port, origin


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    """The head of the answer, interim ones left out, told to end with its connection."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        status = _STATUS.match(head)
        if status is None:
            raise Refused("502 Bad Gateway", "not_http")
        if not status[1].startswith(b"1"):
            break
    lines = [
        line
        for line in head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        if line.partition(b":")[0].strip().lower() not in _HOP_BY_HOP
    ]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])
