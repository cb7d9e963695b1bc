"""A whole internet inside one network namespace: every address there is leads to the server of this file, which
takes note of the address that was connected to. Run by test_guard_outside.py; nobody outside can be reached.

    unshare --net python -m tests.outside        tells what was met, as JSON
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from audit.fleet import audit_portals
from audit.registry.files import read_registry
from crawler import guard, loop
from crawler.browser import Browser, find_browser
from crawler.guard import Guard
from crawler.plan import Plan, Render, Timeouts
from crawler.politeness import Politeness
from sandbox.hostile.names import name_server
from storage.archive import Archive
from storage.records import Run

TLS_PORT = 443
EVERYWHERE = "0.0.0.0"  # noqa: S104 - within a namespace of its own
PUBLIC = "103.21.1."
"""Addresses that the gate takes for the internet's begin so; each portal has one to itself."""
SPECIAL = (
    "127.0.0.1", "127.1", "127.0.0.1.", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.0.0.0x1", "127.8.8.8",
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "168.63.129.16", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "203.0.113.9", "240.0.0.1",
    "224.0.0.1", EVERYWHERE, "0", "255.255.255.255",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::]",
    "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[ff02::1]", "[::1%25lo]", "[2001:db8::1]",
    "localhost", "localhost.", "LOCALHOST", "trong.vn", "trong.vn.", "TRONG.vn", "trong6.vn", "mapped.vn",
    "nat64.vn",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "xn--127001-.vn", "127.0.0.1%2f.vn",
    "127.0.0.1%00.vn", "a@127.0.0.1", "cong.vn@127.0.0.1", "cong.vn:80@10.0.0.1", "127.0.0.1\\@cong.vn",
    "127.0.0.1#@cong.vn", "127.0.0.1?@cong.vn",
)  # fmt: skip
"""Hosts of addresses to which nobody may be led, as they may be written."""
_ELEMENTS = ('<iframe src="{}"></iframe>', '<script src="{}"></script>', '<link rel="stylesheet" href="{}">')
WAYS_IN = "".join(
    element.format(f"http://{host}/inside")
    for host, element in zip(SPECIAL, itertools.cycle(_ELEMENTS))
    if host.isascii() and not {"\\", "#", "?", "%"} & set(host)
)


class Internet:
    """Answers at every address; ``met`` holds (address connected to, host asked for, path)."""

    met: ClassVar[set[tuple[str, str, str]]] = set()
    methods: ClassVar[set[str]] = set()

    class Talk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = self.connection.getsockname()[0]
            host = self.headers.get("Host", "")
            Internet.met.add((here, host, self.path))
            Internet.methods.add(self.command)
            number = int(host[1:-3]) if host.startswith("r") and host[1:-3].isdigit() else None
            body = b""
            if number is not None and self.path != "/robots.txt":
                self.send_response(302)
                self.send_header("Location", f"http://{SPECIAL[number]}/latest")
            elif self.path == "/robots.txt":
                self.send_response(404)
            else:
                text = "<p>Cổng thông tin điện tử của tỉnh đăng tải thông tin chỉ đạo, điều hành.</p>" * 9
                links = (
                    "".join(f'<a href="http://r{n}.vn/">Liên hệ {n}</a>' for n in range(9)) + '<a href="/b">b</a>'
                )
                ways = WAYS_IN if host == "trang.vn" else ""
                body = f'<html lang="vi"><meta charset="utf-8"><body>{text}{links}{ways}</body></html>'.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_PUT = do_OPTIONS = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def server_bind(self) -> None:
            if self.address_family == socket.AF_INET6:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            super().server_bind()

        def get_request(self) -> tuple[Any, Any]:
            connection, peer = super().get_request()
            Internet.met.add((connection.getsockname()[0], "", ""))
            if connection.getsockname()[1] == TLS_PORT:
                connection.close()
                raise ConnectionAbortedError
            return connection, peer

        def handle_error(self, *_: object) -> None:
            """A client that hangs up early is no news."""

    class SixServer(Server):
        address_family = socket.AF_INET6


def make_internet(stack: ExitStack) -> None:
    """Every address of both versions belongs to this machine; port 80 answers, 443 takes note and hangs up."""
    for command in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)  # noqa: S603 - our own words
    for port in (80, TLS_PORT):
        for kind, everywhere in ((Internet.Server, EVERYWHERE), (Internet.SixServer, "::")):
            server = kind((everywhere, port), Internet.Talk)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)


def zone() -> dict[tuple[str, str], Sequence[str] | Iterator[Sequence[str]]]:
    """Every portal has a public address; some names mean addresses inside, or change their minds."""
    public = iter(range(1, 250))

    def one() -> list[str]:
        return [f"{PUBLIC}{next(public)}"]

    found: dict[tuple[str, str], Sequence[str] | Iterator[Sequence[str]]] = {
        (f"{name}.vn.", "A"): one() for name in ("cong", "trang", "hai", *(f"r{n}" for n in range(len(SPECIAL))))
    }
    inside = {"trong": "10.0.0.1", "localhost": "127.0.0.1"}
    found |= {(f"{name}.vn.", "A"): [address] for name, address in inside.items()}
    found["localhost.", "A"] = ["127.0.0.1"]
    for name, address in {"trong6": "fd00::1", "mapped": "::ffff:10.0.0.1", "nat64": "64:ff9b::7f00:1"}.items():
        found[f"{name}.vn.", "AAAA"] = [address]
    found["hai.vn.", "AAAA"] = ["fd00:ec2::254", "::1"]
    found["lan.vn.", "A"] = ["10.0.0.1", *one(), "169.254.169.254"]
    found["doi.vn.", "A"] = _until_home(one())
    found["lat.vn.", "A"] = itertools.cycle([one(), ["169.254.169.254"]])
    return found


def _until_home(address: list[str]) -> Iterator[list[str]]:
    """An address as long as nobody has seen the home page there, then one inside."""
    while True:
        served = any(host == "doi.vn" and path == "/" for _, host, path in list(Internet.met))
        yield ["127.0.0.1"] if served else address


def audited(sites: Sequence[str], server: str, render: Render) -> Run:
    registry = read_registry(Path(__file__).parents[1] / "audit" / "registry")
    today = datetime.now(UTC).date()
    plan = Plan(
        max_pages=2,
        render=render,
        delay=0.0,
        dns=server,
        timeouts=Timeouts(connect=3, page=5, render=15, portal=60, again=1),
    )
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "audit.db") as archive:
        portals = [registry.find(site, today) for site in sites]
        return audit_portals(portals, registry, plan, archive, data=Path(folder))


async def looked(server: str, hosts: Sequence[str]) -> dict[str, str | None]:
    """What the browser says of each of these hosts."""
    politeness = Politeness(0.0, 99, 1000)
    async with Browser(Guard(dns=server), user_agent="kiem-tra/1", politeness=politeness) as browser:
        looks = await asyncio.gather(*(browser.look(f"http://{host}/", timeout=15.0) for host in hosts))
    return {host: look.error for host, look in zip(hosts, looks, strict=True)}


def main() -> None:
    guard.KEPT_SECONDS = (
        0.0  # every connection asks for the name again: a name that changes its mind is met at once
    )
    told: dict[str, Any] = {}
    with ExitStack() as stack:
        make_internet(stack)
        server, _ = stack.enter_context(name_server(zone()))
        through = [f"r{number}.vn" for number in range(len(SPECIAL))]
        run = audited(["cong.vn", "hai.vn", "lan.vn", "doi.vn", "lat.vn", *through], server, "never")
        told["lost"] = {str(one.portal.address): dict(one.visit.net.skipped) for one in run.portals}
        told["states"] = {str(one.portal.address): [one.visit.state, one.visit.reason] for one in run.portals}
        if find_browser() is not None:
            (trang,) = audited(["trang.vn"], server, "always").portals
            told["drawn"] = sum(page.rendered is not None for page in trang.visit.pages)
            hosts = ["cong.vn", "localhost", "127.1", "[::ffff:a9fe:a9fe]", "trong.vn.", *through[::8]]
            told["looks"] = loop.run(looked(server, hosts))
        told["met"], told["methods"] = sorted(Internet.met), sorted(Internet.methods)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
