"""Inside the browser's encrypted connections: what is asked there is read before it leaves.

A page has more ways to send something than page routing sees: reports of broken policies, beacons of closing pages,
pop-ups, workers. The browser speaks TLS with us, by a certificate made for this process and accepted as any other
is; we speak TLS with the server. What the server says is handed on unread.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.traffic import Refused

_REQUEST = re.compile(rb"([A-Z]{3,20}) (\S{1,16384}) HTTP/1\.1\r\n")
_LENGTH = re.compile(rb"(?i)\ncontent-length[ \t]*:[ \t]*(\d{1,7})[ \t]*\r")
_SWALLOWED = 1024 * 1024
_SWALLOW_SECONDS = 5.0

Ask = Callable[[str, bytes, bytes], None]
"""Asks for the way of a request (method, target, head); raises Refused."""


class Answer(Protocol):
    """What is answered to a request that does not leave; ``last`` on its connection."""

    def __call__(self, refusal: Refused, *, last: bool) -> bytes: ...


def towards_browser() -> ssl.SSLContext:
    """The TLS of our side; the browser is told to accept any certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal-auditor")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "key.pem"
        file.touch(0o600)
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def towards_server() -> ssl.SSLContext:
    """The TLS of pages: whatever the certificate, and as old as servers of communes are (see transport.py)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.set_alpn_protocols(["http/1.1"])
    return context


async def hand_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far: asyncio.StreamWriter | None,
    ask: Ask,
    answer: Answer,
) -> None:
    """Hands requests on to the server, one after another, and answers those itself that are not to leave; without
    a server all of them. Ends at one after which the connection cannot go on.

    Browsers send no request before the answer to the last one has come, so an answer of ours never gets into one of
    the server's. Raises asyncio's errors where the browser ends or never comes to the end of a head."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        request = _REQUEST.match(head)
        try:
            # What is no request might be something that is sent.
            ask(*((request[1].decode(), request[2]) if request else ("", b"/")), head)
        except Refused as refusal:
            last = request is None or not await swallow(reader, head)
            writer.write(answer(refusal, last=last))
            await writer.drain()
            if last:
                return
            continue
        if far is None:
            return
        far.write(head)
        await far.drain()


async def swallow(reader: asyncio.StreamReader, head: bytes) -> bool:
    """Takes what a refused request would have sent, so that its sender hears the answer; whether that was all."""
    length = _LENGTH.search(head)
    more = int(length[1]) if length else 0
    if more > _SWALLOWED or b"\ntransfer-encoding" in head.lower() or b"\nupgrade:" in head.lower():
        return False
    with contextlib.suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
        async with asyncio.timeout(_SWALLOW_SECONDS):
            await reader.readexactly(more)
            return True
    return False
