"""A small web server on loopback that remembers who asked it for what."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Asked:
    method: str
    host: str
    path: str
    server_name: str | None
    body: bytes


@dataclass
class Answer:
    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Web:
    """``asked`` grows as requests arrive; ``port`` is where it listens on 127.0.0.1."""

    port: int
    asked: list[Asked] = field(default_factory=list)

    def methods(self) -> set[str]:
        return {asked.method for asked in self.asked}

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def web(answer: Callable[[Asked], Answer], certificate: Path | None = None, port: int = 0) -> Iterator[Web]:
    """Serves until the block ends; with a certificate (PEM with its key) over TLS. ``port`` 0: any one."""

    class Talk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def speak(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            name = getattr(self.connection, "asked_name", None)
            asked = Asked(self.command, self.headers.get("Host", ""), self.path, name, body)
            served.asked.append(asked)
            said = answer(asked)
            content = said.body.encode()
            self.send_response(said.status)
            for key, value in said.headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = speak  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Quiet(("127.0.0.1", port), Talk)
    served = Web(server.server_address[1])
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def remember(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            connection.asked_name = name  # type: ignore[attr-defined]

        context.sni_callback = remember
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Path, name: str = "portal.gov.vn") -> Path:
    """A PEM file with a fresh key and its self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
