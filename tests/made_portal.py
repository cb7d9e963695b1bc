"""A make-believe portal on loopback, and a painter that stands in for the browser."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from audit_rules.address import Address
from audit_rules.facts import PageFacts, Portal, Region
from audit_rules.rendered import Depth, RenderFacts
from crawler.guard import Guard
from crawler.politeness import Politeness
from crawler.visit import Network

HOST = "cong.gov.vn"
TEXT = "<p>" + "Cổng thông tin điện tử của tỉnh đăng tải thông tin chỉ đạo, điều hành. " * 12 + "</p>"


def page(*links: str, body: str = TEXT, title: str = "Cổng thông tin") -> bytes:
    items = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main>{body}<ul>{items}</ul></main></body></html>"
    ).encode()


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


HTML = {"Content-Type": "text/html; charset=utf-8"}


def html(*links: str, **more: str) -> Reply:
    return Reply(page(*links, **more), 200, dict(HTML))


def to(url: str, status: int = 302) -> Reply:
    return Reply(b"", status, {"Location": url})


Pages = Mapping[str, Reply | Sequence[Reply]]


class Site:
    """A server that answers by path, or by host and path, and remembers what it was asked."""

    def __init__(self, pages: Pages, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.cookies: dict[str, str] = {}
        self.not_modified: list[str] = []
        site = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                host = self.headers.get("Host", "")
                site.asked.append(f"{self.command} {host}{self.path}")
                site.agents.add(self.headers.get("User-Agent", ""))
                site.cookies[self.path] = self.headers.get("Cookie", "")
                reply = pages.get(host + self.path, pages.get(self.path, Reply(b"no", 404)))
                if not isinstance(reply, Reply):
                    times = sum(asked.endswith(f" {host}{self.path}") for asked in site.asked)
                    reply = reply[min(len(reply), times) - 1]
                if (tag := reply.headers.get("ETag")) and self.headers.get("If-None-Match") == tag:
                    site.not_modified.append(self.path)
                    reply = Reply(b"", 304, {"ETag": tag})
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(reply.body)

            do_HEAD = do_GET  # noqa: N815

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A client that hangs up early is what some tests are about."""

        self.server = Quiet(("127.0.0.1", 0), Door)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self) -> Site:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def nothing(_text: str, _hint: str, _url: str, _region: Region) -> int | None:
    return None


def portal(address: str = HOST) -> Portal:
    return Portal("tinh", Address.parse(address), "province")


@contextmanager
def network(port: int, **options: bool) -> Iterator[Network]:
    guard = Guard(connect_to=(f"::127.0.0.1:{port}",), allow_private=True)
    yield Network(guard, Politeness(0, 99, 1000))


@dataclass(frozen=True)
class Drawn:
    url: str
    final_url: str
    status: int | None
    html: str
    seen_at: datetime
    render: RenderFacts
    error: str | None = None
    picture: bytes = b""
    facts: PageFacts | None = None


class Painter:
    """Stands in for Chromium, which has tests of its own."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.depths: list[Depth] = []

    async def look(self, url: str, *, timeout: float, depth: Depth = "text") -> Drawn:  # noqa: ARG002, ASYNC109
        self.seen.append(url)
        self.depths.append(depth)
        drawn = page("/do-script-ve").decode()
        if depth == "text":
            return Drawn(url, url, 200, drawn, datetime.now(UTC), RenderFacts(requests=4))
        picture = f"the picture of {url}".encode()
        facts = RenderFacts(requests=4, depth=depth, screenshot=hashlib.sha256(picture).hexdigest())
        return Drawn(url, url, 200, drawn, datetime.now(UTC), facts, picture=picture)
