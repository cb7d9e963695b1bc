"""Inside the browser's encrypted connections: what is asked there is read before it leaves.

A page has more ways to send something than page routing sees: reports of broken policies, beacons of closing pages,
pop-ups, workers. The browser speaks TLS with us, by a certificate made for this process and accepted as any other
is; we speak TLS with the server. What the server says is handed on unread.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_ASKS = re.compile(rb"(?:GET|HEAD) (\S{1,16384}) HTTP/1\.1\r\n")
_SENDS = re.compile(rb"(?i)\n(?:upgrade|transfer-encoding)[ \t]*:|\ncontent-length[ \t]*:[ \t]*0*[1-9]")


class Sends(Exception):
    """A request that would send something."""


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
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int, moved: Callable[[], None]
) -> None:
    """Hands requests on that only ask, one after another, up to so many bytes. Raises Sends at the first other one,
    asyncio's errors where the browser ends or never comes to the end of a head."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        if _ASKS.match(head) is None or _SENDS.search(head):
            raise Sends
        most -= len(head)
        if most < 0:
            return
        moved()
        writer.write(head)
        await writer.drain()
