"""The server of bench/fleet.py: one process that answers for all hosts over TLS and without, each on its loopback
address, and for the name system; and writes down when it was asked what.

When something came is asked of the system (TCP_INFO), which stamps it when it comes: a server that is itself late
on a busy machine would else bring requests together that came apart. TLS is done on memory buffers right behind the
socket: so the moment is known in which a connection was opened, and what one request costs stays small beside what
it costs to ask. Nothing listens but on 127.0.0.0/8.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import os
import resource
import socket
import ssl
import struct
import sys
import tempfile
import time
import zlib
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import dns.flags
import dns.message
import dns.rrset

from bench.fleet_country import Play
from bench.fleet_sums import EXACT, Hit, registered_domain
from sandbox.certificates import Authority, context_of

CHANGED = "Sat, 21 Nov 2026 03:00:00 GMT"
_TICK = 0.1

_SINCE_SENT, _SINCE_HEARD = 44, 52
"""Where Linux's ``struct tcp_info`` (linux/tcp.h) has the milliseconds since a connection last sent data, which one
that has sent none counts from when it was opened, and since it last received some."""


def _moment(connection: socket.socket, since: int) -> float:
    """The moment of one of these, on the monotonic clock, exact to EXACT."""
    while True:
        asked = time.monotonic()
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, since + 4)
        if time.monotonic() - asked < EXACT / 5:  # else the machine stood still in between
            ago: int = struct.unpack_from("=I", told, since)[0]
            return asked - ago / 1000


class Log:
    """What was asked, and how late the server itself was at most, seconds."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.late = 0.0

    async def watch(self) -> None:
        while True:
            due = time.monotonic() + _TICK
            await asyncio.sleep(_TICK)
            self.late = max(self.late, time.monotonic() - due)


class Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, play: Play, log: Log, latency: float, context: ssl.SSLContext | None, *, tags: bool) -> None:
        self._play, self._log, self._latency, self._tags = play, log, latency, tags
        self._into, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._into, self._out, server_side=True) if context else None
        self._shaken = context is None
        self._heard = b""
        self._asked = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._socket = transport.get_extra_info("socket")
        self._start = _moment(self._socket, _SINCE_SENT)
        self._address = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        if self._tls is None:
            self._hear(data)
            return
        self._into.write(data)
        try:
            if not self._shaken:
                self._tls.do_handshake()
                self._shaken = True
            while chunk := self._tls.read(65536):
                self._hear(chunk)
            self._transport.close()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self._transport.close()
        finally:
            self._flush()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._asked:
            name = getattr(self._tls, "asked_name", None) or self._address
            self._log.hits.append(Hit(name, self._address, self._start, self._start, 0, 0, False))

    def _hear(self, data: bytes) -> None:
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            head, self._heard = self._heard[:end].decode("latin-1"), self._heard[end + 4 :]
            start = _moment(self._socket, _SINCE_HEARD) if self._asked else self._start
            self._asked += 1
            asyncio.get_running_loop().call_later(self._latency, self._say, head, start)

    def _say(self, head: str, start: float) -> None:
        request, *lines = head.split("\r\n")
        method, target, _ = request.split(" ", 2)
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        host = fields.get("host", "").partition(":")[0].lower()
        parts = urlsplit(target)
        scheme = "http" if self._tls is None else "https"
        answer = self._play.answer(scheme, host, parts.path or "/", dict(parse_qsl(parts.query)))
        status, said, body = _told(answer, fields, tags=self._tags)
        is_html = answer.status == 200 and answer.content_type.startswith("text/html")
        whole = said + (b"" if method == "HEAD" else body)
        self._log.hits.append(Hit(host, self._address, start, time.monotonic(), status, len(whole), is_html))
        if self._transport.is_closing():
            return
        if self._tls is None:
            self._transport.write(whole)
        else:
            self._tls.write(whole)
            self._flush()

    def _flush(self) -> None:
        if self._out.pending and not self._transport.is_closing():
            self._transport.write(self._out.read())


def _told(answer: Any, fields: dict[str, str], *, tags: bool) -> tuple[int, bytes, bytes]:
    """Status, head and body of an answer; packed or not, a page has one tag."""
    tag = f'"{zlib.crc32(answer.body):08x}"' if tags and answer.status == 200 else ""
    if tag and fields.get("if-none-match") == tag:
        return 304, f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode(), b""
    packed = answer.packed and "gzip" in fields.get("accept-encoding", "")
    body = gzip.compress(answer.body, 1, mtime=0) if packed else answer.body
    head = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(body)}",
        *(["Content-Encoding: gzip", "Vary: Accept-Encoding"] if packed else []),
        *([f"Location: {answer.location}"] if answer.location else []),
        *([f"ETag: {tag}", f"Last-Modified: {CHANGED}"] if tag else []),
    ]
    return answer.status, "\r\n".join([*head, "", ""]).encode(), body


class Names(asyncio.DatagramProtocol):
    """A name server that knows the addresses of the hosts, and signs nothing."""

    def __init__(self, play: Play) -> None:
        self._play = play

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, sender: Any) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        zone = registered_domain(name)
        reply = dns.message.make_response(query)
        reply.use_edns(0, query.ednsflags & dns.flags.DO)
        address = self._play.addresses.get(name.removeprefix("www."))
        if address and question.rdtype == dns.rdatatype.A:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", address))
        else:
            soa = f"ns.{zone}. a.{zone}. 1 3600 600 86400 300"
            reply.authority.append(dns.rrset.from_text(f"{zone}.", 60, "IN", "SOA", soa))
        self._transport.sendto(reply.to_wire(), sender)


def _context(play: Play, authority: Authority, folder: Path) -> ssl.SSLContext:
    """A certificate for each domain, chosen by the name that is asked for."""
    domains = sorted({registered_domain(host) for host in play.addresses})
    contexts = {each: context_of(folder, authority.issue([each, f"*.{each}"])) for each in domains}

    def choose(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
        connection.asked_name = name
        connection.context = contexts.get(registered_domain(name or ""), first)

    first = context_of(folder, authority.issue(["may-chu.example.vn"]))
    first.sni_callback = choose
    return first


async def _serve(play: Play, folder: Path, latency: float, *, tags: bool) -> None:
    loop, log = asyncio.get_running_loop(), Log()
    authority = Authority()
    (folder / "ca.pem").write_bytes(authority.pem)
    with tempfile.TemporaryDirectory() as keys:
        context = _context(play, authority, Path(keys))
    addresses = sorted(set(play.addresses.values()))
    servers = [
        await loop.create_server(partial(Talk, play, log, latency, way, tags=tags), addresses, port, backlog=512)
        for port, way in ((443, context), (80, None))
    ]
    names, _ = await loop.create_datagram_endpoint(partial(Names, play), ("127.0.0.1", 0))
    port = names.get_extra_info("sockname")[1]
    gc.collect()
    gc.freeze()
    before = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"dns": f"127.0.0.1:{port}"}), flush=True)
    watching = asyncio.ensure_future(log.watch())
    await asyncio.to_thread(sys.stdin.read)
    watching.cancel()
    used = resource.getrusage(resource.RUSAGE_SELF)
    for server in servers:
        server.close()
    told = {
        "cpu_s": used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime,
        "most_late_s": log.late,
        "hits": log.hits,
    }
    (folder / "hits.json").write_text(json.dumps(told), "utf-8")


def serve(play: Play, folder: Path, latency: float, *, tags: bool) -> None:
    """The server's process, until its input ends: tells where names are asked, writes ``ca.pem``, the registry and
    in the end ``hits.json`` into the folder. Raises PermissionError where ports below 1024 are not to be had."""
    with suppress(PermissionError):  # it tells when it was asked: nobody may keep it waiting
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    play.write_registry(folder / "registry")
    play.prepare()
    asyncio.run(_serve(play, folder, latency, tags=tags))
