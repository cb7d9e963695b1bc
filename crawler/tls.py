"""A handshake that only reads: which protocol a server speaks under a name, and which certificates it shows.

It is pyOpenSSL's, not the standard library's: that one hands out no chain it did not verify (before Python 3.13).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from OpenSSL import SSL

from crawler.guard import Guard, Refusal, Where
from crawler.plan import Timeouts
from crawler.ways import Turns

MAX_BYTES = 256 * 1024
"""Bytes of a handshake that are read; real ones take some 5 KB."""
_BLOCK = 16 * 1024
_MAX_PROXY_HEAD = 8192
_LEGACY_SERVER_CONNECT = 0x4
_PROXY_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")


class Unanswered(Exception):
    """No handshake; ``reason`` is a word of the contract."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Shaken:
    """What one handshake brought: ``protocol`` as OpenSSL writes it, the certificates as sent, or an ``error``."""

    seen_at: datetime
    protocol: str = ""
    chain: Sequence[x509.Certificate] = ()
    error: str | None = None


async def shake(
    host: str, port: int, guard: Guard, turns: Turns, timeouts: Timeouts, *, newest: bool = True
) -> Shaken:
    """One handshake with a host, by the gate and in its turn, from TLS 1.0 to 1.3 (1.2 where not ``newest``:
    some old servers and what stands before them stumble over what 1.3 adds). Nothing is asked of the server
    behind it."""
    try:
        where = await guard.where(host, port)
    except Refusal as refusal:
        return Shaken(datetime.now(UTC), error=refusal.reason)
    async with turns.turn(host, where.group):
        seen_at = datetime.now(UTC)
        try:
            return await _shaken(host, port, where, guard, timeouts, newest, seen_at)
        except Unanswered as unanswered:
            return Shaken(seen_at, error=unanswered.reason)


async def reach(host: str, address: str, port: int, guard: Guard, turns: Turns, timeouts: Timeouts) -> str | None:
    """Why a host takes no connection at one of its addresses, None where it does. Nothing is said to it."""
    try:
        where = await guard.where(address, port)
    except Refusal as refusal:
        return refusal.reason
    async with turns.turn(host, where.group):
        try:
            _, writer = await _open(where, timeouts)
        except Unanswered as unanswered:
            return unanswered.reason
        writer.transport.abort()
        return None


async def _shaken(
    host: str, port: int, where: Where, guard: Guard, timeouts: Timeouts, newest: bool, seen_at: datetime
) -> Shaken:
    reader, writer = await _connected(host, port, where, guard, timeouts)
    connection = SSL.Connection(_context(newest), None)
    connection.set_tlsext_host_name(host.encode("ascii"))
    connection.set_connect_state()
    try:
        async with asyncio.timeout(timeouts.tls):
            await _talk(connection, reader, writer)
        try:
            chain = connection.get_peer_cert_chain(as_cryptography=True) or []
        except ValueError:
            chain = []  # a certificate that only OpenSSL can read: it is told as one nobody took apart
        return Shaken(seen_at, connection.get_protocol_version_name(), tuple(chain))
    except TimeoutError:
        raise Unanswered("timeout") from None
    except SSL.Error:
        raise Unanswered("tls") from None
    except OSError:
        raise Unanswered("connection_closed") from None
    finally:
        writer.transport.abort()


async def _open(where: Where, timeouts: Timeouts) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(timeouts.connect):
            return await asyncio.open_connection(where.address, where.port)
    except TimeoutError:
        raise Unanswered("timeout") from None
    except ConnectionRefusedError:
        raise Unanswered("refused") from None
    except OSError:
        raise Unanswered("unreachable") from None


async def _connected(
    host: str, port: int, where: Where, guard: Guard, timeouts: Timeouts
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await _open(where, timeouts)
    if guard.proxy is None:
        return reader, writer
    try:
        async with asyncio.timeout(timeouts.connect):
            await _through(guard, host, port, reader, writer)
    except BaseException as error:
        writer.transport.abort()
        if isinstance(error, TimeoutError):
            raise Unanswered("timeout") from None
        if isinstance(error, OSError | EOFError | asyncio.LimitOverrunError):
            raise Unanswered("unreachable") from None  # the operator's proxy, not the portal
        raise
    return reader, writer


async def _through(
    guard: Guard, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Has the operator's proxy open a tunnel; what it says of the server is told of the server (transport.py)."""
    proxy = guard.proxy
    target, target_port = guard.mapped(host, port)
    name = f"[{target}]" if ":" in target else target
    asked = f"CONNECT {name}:{target_port} HTTP/1.1\r\nHost: {name}:{target_port}\r\n"
    if proxy is not None and proxy.authorization:
        asked += f"Proxy-Authorization: {proxy.authorization}\r\n"
    writer.write(f"{asked}\r\n".encode("ascii"))
    await writer.drain()
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = await reader.readline()
        head += line
        if not line or len(head) > _MAX_PROXY_HEAD:
            raise Unanswered("unreachable")
    said = _PROXY_STATUS.match(head)
    status = int(said.group(1)) if said else 407
    if not 200 <= status < 300:
        refused = "refused" if status in (502, 503) else "unreachable"
        raise Unanswered("timeout" if status == 504 else refused)


def _context(newest: bool) -> SSL.Context:
    """As old as servers of communes are: what is weak about one is told, it is no obstacle to being told."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    if not newest:
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(b"ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.set_options(_LEGACY_SERVER_CONNECT)  # browsers talk to servers without secure renegotiation too
    return context


async def _talk(connection: SSL.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carries the handshake's bytes there and back. Raises SSL.Error, OSError where the server hangs up."""
    read = 0
    while True:
        try:
            connection.do_handshake()
            done = True
        except SSL.WantReadError:
            done = False
        finally:
            with suppress(SSL.WantReadError):
                while piece := connection.bio_read(_BLOCK):
                    writer.write(piece)
        await writer.drain()
        if done:
            return
        piece = await reader.read(_BLOCK)
        read += len(piece)
        if not piece or read > MAX_BYTES:
            raise ConnectionError("the server hung up, or talks without end")
        connection.bio_write(piece)
