"""One http and one https server on loopback that answer for every host by name."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from sandbox.portals.pieces import Answer

Answerer = Callable[[str, str, str, dict[str, str]], Answer]
"""Scheme, host, path and query of a request to the answer."""

_LONGEST_BODY = 1 << 20


class LoopbackServer:
    """Serves in a background thread, on ports that the system chooses, between ``start`` and ``close``.

    ``closed_port`` is held and listens to nobody: who connects to it is refused. ``others`` are contexts of which
    each has a port of its own, ``other_ports`` in their order. With ``tags`` what is there has an ETag, and is not
    sent to those who have it.
    """

    def __init__(
        self,
        answer: Answerer,
        context: ssl.SSLContext,
        others: Sequence[ssl.SSLContext] = (),
        *,
        tags: bool = False,
    ) -> None:
        self._answer = answer
        self._tags = tags
        self._contexts = (context, *others)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._held = socket.socket()
        self._lock = threading.Lock()
        self._hits: Counter[tuple[str, str, str]] = Counter()

    @property
    def hits(self) -> Counter[tuple[str, str, str]]:
        """How often each (host, method, path) was asked until now; a copy."""
        with self._lock:
            return self._hits.copy()

    def start(self) -> None:
        """Raises OSError where loopback has no free port."""
        self._held.bind(("127.0.0.1", 0))
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def close(self) -> None:
        """Ends every connection and the thread; nothing of the server is left."""
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._held.close()

    @property
    def http_port(self) -> int:
        return _port(self._servers[0].sockets[0])

    @property
    def https_port(self) -> int:
        return _port(self._servers[1].sockets[0])

    @property
    def other_ports(self) -> tuple[int, ...]:
        return tuple(_port(server.sockets[0]) for server in self._servers[2:])

    @property
    def closed_port(self) -> int:
        return _port(self._held)

    async def _open(self) -> None:
        for scheme, context in (("http", None), *(("https", context) for context in self._contexts)):
            talk = partial(self._talk, scheme)
            self._servers.append(await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context))

    async def _shut(self) -> None:
        for server in self._servers:
            server.close()
        await asyncio.sleep(0)  # a talk that was never begun could not end itself quietly
        # All tasks of the loop, not only the talks: a connection whose handshake never came has one of asyncio's.
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        ends = [writer.wait_closed() for writer in self._writers]
        await asyncio.gather(*tasks, *ends, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()
        await asyncio.sleep(0)

    async def _talk(self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._exchange(scheme, reader, writer):
                pass
            writer.close()
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()  # the province closes; asyncio would print a traceback for each talk
        finally:
            self._writers.discard(writer)

    async def _exchange(self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays open."""
        method, host, target, fields, stays = await self._heard(reader)
        parts = urlsplit(target)
        answer = self._answer(scheme, host, parts.path or "/", dict(parse_qsl(parts.query)))
        writer.write(_as_bytes(answer, method, fields, stays, tags=self._tags))
        await writer.drain()
        return stays

    async def _heard(self, reader: asyncio.StreamReader) -> tuple[str, str, str, dict[str, str], bool]:
        """The next request, counted: method, host, target, header fields in lower case, and whether the connection
        is to stay open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.rstrip().split("\r\n")
        method, target, version = request.split(" ", 2)
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        await reader.readexactly(min(int(fields.get("content-length", "0")), _LONGEST_BODY))
        host = fields.get("host", "").partition(":")[0].lower()
        with self._lock:
            self._hits[host, method, urlsplit(target).path or "/"] += 1
        return (
            method,
            host,
            target,
            fields,
            version == "HTTP/1.1" and fields.get("connection", "").lower() != "close",
        )


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _as_bytes(answer: Answer, method: str, fields: Mapping[str, str], stays: bool, *, tags: bool) -> bytes:
    packed = answer.packed and "gzip" in fields.get("accept-encoding", "")
    body = gzip.compress(answer.body, mtime=0) if packed else answer.body
    tag = f'"{zlib.crc32(body):08x}"' if tags and answer.status == 200 else ""
    if tag and fields.get("if-none-match") == tag:
        lines = ["HTTP/1.1 304 Not Modified", f"ETag: {tag}", f"Connection: {'keep-alive' if stays else 'close'}"]
        return "\r\n".join([*lines, "", ""]).encode()
    head = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(body)}",
        f"Connection: {'keep-alive' if stays else 'close'}",
        *(["Content-Encoding: gzip"] if packed else []),
        *(["Vary: Accept-Encoding"] if answer.packed else []),
        *([f"Location: {answer.location}"] if answer.location else []),
        *([f"ETag: {tag}"] if tag else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + (b"" if method == "HEAD" else body)
