"""Visits to a make-believe portal on loopback: real servers, Scrapy, guard and politeness; nothing is mocked."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import socket
import socketserver
import ssl
import threading
import warnings
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from twisted.internet.tcp import Connection

from audit_rules.address import Address, AddressBook
from audit_rules.facts import Link, Region, Visit
from audit_rules.later import Again
from audit_rules.rendered import Depth
from crawler.again import look_again
from crawler.errand import Errand
from crawler.finds import Finds
from crawler.guard import Guard
from crawler.loop import run
from crawler.plan import Plan, Timeouts
from crawler.politeness import Left, Politeness
from crawler.proxy import ForwardProxy
from crawler.spiders.portal import PortalSpider
from crawler.transport import ProxyFault
from crawler.visit import Network, render, visit
from tests.made_portal import (
    HOST,
    HTML,
    TEXT,
    Pages,
    Painter,
    Reply,
    Site,
    html,
    network,
    nothing,
    page,
    portal,
    to,
)


def go(
    pages: Pages,
    *,
    max_pages: int = 60,
    rank: Callable[[str, str, str, Region], int | None] = nothing,
    outside: Callable[[Link], bool] | None = None,
    book: AddressBook | None = None,
    address: str = HOST,
    timeouts: Timeouts | None = None,
) -> tuple[Visit, Site]:
    with Site(pages) as site, network(site.port) as net:
        plan = Plan(max_pages=max_pages, user_agent="kiem-tra/1", timeouts=timeouts or Timeouts())
        seen = run(visit(portal(address), book or AddressBook(), plan, net, rank=rank, outside=outside))
    return seen, site


def paths(seen: Visit) -> list[str]:
    return [page.url.partition(HOST)[2] for page in seen.pages]


# --- the door -------------------------------------------------------------------------------------------


def test_a_home_is_read_over_http_where_https_does_not_answer() -> None:
    seen, site = go({"/": html()})
    assert (seen.state, seen.reason, seen.home) == ("audited", None, f"http://{HOST}/")
    assert seen.net.https is not None
    assert seen.net.https.error == "tls"
    assert seen.net.http is not None
    assert seen.net.http.status == 200
    assert site.agents == {"kiem-tra/1"}
    assert seen.net.requests == 3  # robots.txt by https, robots.txt and the home by http


def test_redirects_to_the_www_twin_and_to_a_sub_host_stay_at_home() -> None:
    seen, _ = go({f"{HOST}/": to(f"http://www.{HOST}/vi/"), f"www.{HOST}/vi/": html()})
    assert (seen.state, seen.home) == ("audited", f"http://www.{HOST}/vi/")
    seen, _ = go(
        {f"{HOST}/": to(f"http://portal.{HOST}/"), f"portal.{HOST}/": html("/a"), f"portal.{HOST}/a": html()}
    )
    assert (seen.state, seen.home, len(seen.pages)) == ("audited", f"http://portal.{HOST}/", 2)


def test_a_sub_host_that_is_a_portal_of_its_own_is_a_move() -> None:
    book = AddressBook(((Address.parse(f"so.{HOST}"), "so"),))
    seen, _ = go({f"{HOST}/": to(f"http://so.{HOST}/"), f"so.{HOST}/": html()}, book=book)
    assert (seen.state, seen.moved_to, seen.pages) == ("moved", f"http://so.{HOST}/", ())


@pytest.mark.parametrize(
    "home",
    [
        to("http://moi.gov.vn/", 301),
        Reply(b'<html><meta http-equiv="refresh" content="0; url=http://moi.gov.vn/"></html>', 200, HTML),
        Reply(b"<html><script>window.location.href = 'http://moi.gov.vn/';</script></html>", 200, HTML),
    ],
)
def test_a_home_that_sends_elsewhere_has_moved(home: Reply) -> None:
    seen, _ = go({f"{HOST}/": home, "moi.gov.vn/": html()})
    assert (seen.state, seen.reason, seen.moved_to, seen.pages) == ("moved", None, "http://moi.gov.vn/", ())


def test_redirects_without_end_are_a_loop() -> None:
    seen, site = go({"/": to("/a"), "/a": to("/")})
    assert (seen.state, seen.reason) == ("unreachable", "redirect_loop")
    assert len(site.asked) < 10


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    guard = Guard(connect_to=(f"{HOST}::khong-co.invalid:",), allow_private=True)
    seen = run(visit(portal(), AddressBook(), Plan(), Network(guard, Politeness(0, 9, 1000)), rank=nothing))
    assert (seen.state, seen.reason, seen.pages) == ("unreachable", "dns", ())


def test_a_closed_port_is_refused_and_a_private_address_never_asked() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with network(held.getsockname()[1]) as net:
            seen = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing))
    assert (seen.state, seen.reason) == ("unreachable", "refused")
    guard = Guard(connect_to=("::127.0.0.1:9",))
    seen = run(visit(portal(), AddressBook(), Plan(), Network(guard, Politeness(0, 9, 1000)), rank=nothing))
    assert (seen.state, seen.reason) == ("unreachable", "refused_address")


def test_a_server_that_says_nothing_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, network(silent.getsockname()[1]) as net:
        plan = Plan(timeouts=Timeouts(connect=0.2, page=0.2))
        seen = run(visit(portal(), AddressBook(), plan, net, rank=nothing))
    assert seen.state == "robots"  # it took the connection and kept its robots.txt to itself
    assert seen.reason == "timeout"


def test_a_visit_that_is_broken_off_leaves_nothing_running() -> None:
    async def impatient(net: Network) -> int:
        for seconds in (0, 0.05):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(visit(portal(), AddressBook(), Plan(), net, rank=nothing), seconds)
        return len([task for task in asyncio.all_tasks() if "Crawler" in repr(task.get_coro())])

    with socket.create_server(("127.0.0.1", 0)) as silent, network(silent.getsockname()[1]) as net:
        assert run(impatient(net)) == 0


def test_visits_run_side_by_side() -> None:
    async def all_of_them(net: Network) -> list[Visit]:
        portals = [portal(f"so-{number}.gov.vn") for number in range(8)]
        return await asyncio.gather(*(visit(one, AddressBook(), Plan(), net, rank=nothing) for one in portals))

    with Site({"/": html("/a"), "/a": html()}) as site, network(site.port) as net:
        seen = run(all_of_them(net))
    homes = [(f"http://so-{number}.gov.vn/", 2) for number in range(8)]
    assert [(each.home, len(each.pages)) for each in seen] == homes


@pytest.mark.parametrize(
    ("reply", "state", "reason"),
    [
        (Reply(b"Forbidden", 403), "blocked", "http_4xx"),
        (Reply(b"<html>Web Application Firewall</html>", 403, HTML), "blocked", "waf"),
        (Reply(b"slow down", 429), "blocked", "http_4xx"),
        (Reply(b"Service Unavailable", 503), "unreachable", "http_5xx"),
        (Reply(b"<html><title>Just a moment...</title></html>", 503, HTML), "blocked", "challenge"),
        (Reply(b"not here", 404), "unreachable", "http_4xx"),
        (Reply(b"\x89PNG\r\n\x1a\n....", 200, {"Content-Type": "image/png"}), "unreachable", "not_html"),
        (Reply(b"\x89PNG\r\n\x1a\n....", 200, HTML), "unreachable", "not_html"),
        (Reply(b"", 200, HTML), "unreachable", "not_html"),
        (
            Reply(
                b'<html><body><script>document.cookie="D1N=7e6fe5afe5587141221ddd7a32c45657"+"; path=/";'
                b"window.location.reload(true);</script></body></html>",
                200,
                HTML,
            ),
            "blocked",
            "challenge",
        ),
    ],
)
def test_closed_doors_have_their_names(reply: Reply, state: str, reason: str) -> None:
    seen, _ = go({"/": reply})
    assert (seen.state, seen.reason, seen.pages) == (state, reason, ())


def test_a_home_that_stumbles_once_gets_one_more_try() -> None:
    seen, _ = go({"/": [Reply(b"oops", 500), html()]})
    assert seen.state == "audited"


# --- robots.txt -----------------------------------------------------------------------------------------


def test_robots_are_obeyed() -> None:
    rules = b"User-agent: *\nDisallow: /mat\nCrawl-delay: 0\n"
    seen, site = go({"/robots.txt": Reply(rules), "/": html("/mat/1", "/a"), "/a": html(), "/mat/1": html()})
    assert seen.state == "audited"
    assert dict(seen.net.skipped) == {f"http://{HOST}/mat/1": "robots"}
    assert f"GET {HOST}/mat/1" not in site.asked
    seen, site = go({"/robots.txt": Reply(b"User-agent: *\nDisallow: /\n"), "/": html()})
    assert (seen.state, seen.reason) == ("robots", None)
    assert f"GET {HOST}/" not in site.asked


def test_robots_that_cannot_be_had_close_and_missing_ones_open() -> None:
    seen, site = go({"/robots.txt": Reply(b"", 500), "/": html()})
    assert (seen.state, seen.reason) == ("robots", "http_5xx")
    assert f"GET {HOST}/" not in site.asked
    seen, _ = go({"/robots.txt": Reply(b"", 403), "/": html()})
    assert seen.state == "audited"


# --- pages ----------------------------------------------------------------------------------------------


def test_the_budget_counts_pages_and_concepts_come_first() -> None:
    links = [f"/tin/bai-{letter}" for letter in "abcdefghijklmnop"] + ["/gioi-thieu/nguoi-phat-ngon"]
    pages: Pages = {"/": html(*links)} | {link: html() for link in links}
    seen, _ = go(pages, max_pages=10, rank=lambda _t, _h, url, _r: 0 if "phat-ngon" in url else None)
    assert len(seen.pages) == 10
    assert paths(seen)[:3] == ["/", "/gioi-thieu/nguoi-phat-ngon", "/tin/bai-a"]
    assert [reason for _, reason in seen.net.skipped] == ["budget"] * 8
    again, _ = go(pages, max_pages=10, rank=lambda _t, _h, url, _r: 0 if "phat-ngon" in url else None)
    assert paths(again) == paths(seen)


def test_options_of_a_select_are_followed_and_other_portals_are_not() -> None:
    select = '<select><option value="/so-y-te">Sở Y tế</option></select>'
    home = html("http://khac.gov.vn/x", f"http://{HOST}/rieng/x", body=TEXT + select)
    book = AddressBook(((Address.parse(f"{HOST}/rieng"), "rieng"),))
    seen, site = go({"/": home, "/so-y-te": html()}, book=book)
    assert paths(seen) == ["/", "/so-y-te"]
    assert not [asked for asked in site.asked if "khac" in asked or "rieng" in asked]


def test_the_same_page_is_read_once() -> None:
    home = html("/a;jsessionid=1", "/a?PHPSESSID=2", "/a#x", "/a/", f"http://www.{HOST}:80/a?utm_id=z", "/b", "/")
    seen, _ = go({"/": home, "/a": html(), "/b": to("/a")})
    assert paths(seen) == ["/", "/a"]
    answer = seen.net.answer(f"http://{HOST}/b")
    assert answer is not None
    assert (answer.status, answer.final_url) == (302, f"http://{HOST}/a")


def test_dead_links_files_and_documents_become_answers() -> None:
    home = html("/mat", "/anh", "/quy-che.pdf", "/khac.pdf")
    pdf = Reply(b"%PDF-1.4", 200, {"Content-Type": "application/pdf"})
    seen, site = go(
        {"/": home, "/anh": Reply(b"\x89PNG", 200, {"Content-Type": "image/png"}), "/quy-che.pdf": pdf},
        rank=lambda _t, _h, url, _r: 1 if "quy-che" in url else None,
    )
    answers = {answer.url.partition(HOST)[2]: (answer.status, answer.content_type) for answer in seen.net.asked}
    assert answers == {"/mat": (404, ""), "/anh": (200, "image/png"), "/quy-che.pdf": (200, "application/pdf")}
    assert dict(seen.net.skipped) == {f"http://{HOST}/mat": "http_4xx"}
    assert f"HEAD {HOST}/quy-che.pdf" in site.asked
    assert seen.state == "audited"


def test_a_server_that_refuses_head_is_asked_by_get() -> None:
    pdf = Reply(b"%PDF", 200, {"Content-Type": "application/pdf"})
    pages: Pages = {"/": html("/a.pdf"), "/a.pdf": [Reply(b"", 405), pdf]}
    seen, site = go(pages, rank=lambda *_: 0)
    assert site.asked[-2:] == [f"HEAD {HOST}/a.pdf", f"GET {HOST}/a.pdf"]
    assert [answer.status for answer in seen.net.asked] == [200]


def test_where_a_local_service_leads_is_asked_without_reading_it() -> None:
    pages: Pages = {
        f"{HOST}/": html("http://motcua.vn/dvc"),
        "motcua.vn/dvc": to("http://dichvucong.vn/p/home"),
        "dichvucong.vn/p/home": html(),
    }
    seen, _ = go(pages, outside=lambda link: "motcua" in link.url)
    answer = seen.net.answer("http://motcua.vn/dvc")
    assert answer is not None
    assert (answer.status, answer.final_url) == (200, "http://dichvucong.vn/p/home")
    assert len(seen.pages) == 1


def test_a_portal_that_starts_to_block_is_left_alone_and_partial() -> None:
    links = [f"/muc-{letter}" for letter in "abcdefgh"]
    pages: Pages = {"/": html(*links)} | {link: Reply(b"no", 403) for link in links}
    seen, site = go(pages)
    assert (seen.state, seen.reason) == ("partial", "blocked")
    assert sum("/muc-" in asked for asked in site.asked) == 3
    assert [reason for _, reason in seen.net.skipped].count("blocked") == 8


def test_a_portal_whose_time_is_over_is_partial() -> None:
    seen, _ = go({"/": html("/a")}, timeouts=Timeouts(portal=-1))
    assert (seen.state, seen.reason, len(seen.pages)) == ("partial", "timeout", 1)
    assert dict(seen.net.skipped) == {f"http://{HOST}/a": "timeout"}


# --- hostile --------------------------------------------------------------------------------------------


def test_bodies_are_bounded_as_sent_and_decompressed() -> None:
    tower = b"<html><body>" + b"<div>" * 4_000_000
    seen, _ = go({"/": Reply(tower, 200, HTML)})
    assert (seen.state, seen.reason) == ("unreachable", "too_large")
    bomb = gzip.compress(b"<html>" + b"a" * 60_000_000, 9)
    packed = Reply(bomb, 200, HTML | {"Content-Encoding": "gzip"})
    seen, _ = go({"/": html("/bomb", "/a"), "/bomb": packed, "/a": html()})
    assert dict(seen.net.skipped) == {f"http://{HOST}/bomb": "too_large"}
    assert paths(seen) == ["/", "/a"]


def test_compressed_pages_without_a_charset_are_read_as_sent() -> None:
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    seen, _ = go({"/": Reply(gzip.compress(page(title="Cổng tỉnh Điện Biên")), 200, headers)})
    raw = seen.pages[0].raw
    assert raw is not None
    assert raw.title == "Cổng tỉnh Điện Biên"


def test_a_body_that_is_not_what_its_encoding_says_is_no_page() -> None:
    seen, _ = go({"/": html("/a"), "/a": Reply(b"plain", 200, HTML | {"Content-Encoding": "br"})})
    assert seen.state in ("audited", "partial")
    assert paths(seen) == ["/"]


@contextmanager
def raw(said: bytes, again: bytes = b"") -> Iterator[int]:
    """A server that answers every request with these bytes, then, if there are any, with others for ever."""

    class Talk(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                asked = self.request.recv(65536)
                if said and asked[:1] != b"\x16":  # no TLS here
                    robots = b"/robots.txt" in asked and not asked.startswith((b"CONNECT", b"GET http"))
                    self.request.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" if robots else said)
                    while again and not robots:
                        self.request.sendall(again)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-A: b\r\n", b" " + b"a" * 1000 + b"\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
    ],
)
def test_headers_without_end_are_not_kept_in_memory(start: bytes, rest: bytes) -> None:
    with raw(start, rest) as port, network(port) as net:
        seen = run(visit(portal(), AddressBook(), Plan(timeouts=Timeouts(page=20)), net, rank=nothing))
    assert (seen.state, seen.reason) == ("unreachable", "too_large")


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "deflate, zstd", "\xff\x00"])
def test_whatever_a_server_calls_its_encoding_the_visit_goes_on(encoding: str) -> None:
    seen, _ = go(
        {"/": html("/a", "/b"), "/a": Reply(b"abc", 200, HTML | {"Content-Encoding": encoding}), "/b": html()}
    )
    assert paths(seen) == ["/", "/b"]


def test_a_cookie_asks_nobody_for_the_list_of_public_suffixes(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("the internet was asked, past the guard")

    monkeypatch.setattr("requests.Session.request", asked)
    cookie = {"Set-Cookie": f"a=b; domain={HOST}"}
    seen, _ = go({"/": Reply(page("/a"), 200, HTML | cookie), "/a": html()})
    assert paths(seen) == ["/", "/a"]


# --- old servers, and the browser -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def old_tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server as old as they come: TLS 1.0 only, a certificate of its own making, for another name."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "khac.vn")])
    now = datetime.now(UTC)
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(9), now - timedelta(1)
    ).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "old.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python advises against just this
        context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1
    return context


def test_the_operators_proxy_is_the_only_way_out() -> None:
    async def by_proxy(port: int) -> Visit:
        async with ForwardProxy(Guard(connect_to=(f"::127.0.0.1:{port}",), allow_private=True)) as proxy:
            guard = Guard(proxy=proxy.url, connect_to=(f"{HOST}::127.0.0.1:",), allow_private=True)
            return await visit(
                portal(), AddressBook(), Plan(), Network(guard, Politeness(0, 9, 1000)), rank=nothing
            )

    with Site({f"{HOST}/": html("/a"), f"{HOST}/a": html()}) as site:
        seen = run(by_proxy(site.port))
    assert (seen.state, seen.home, len(seen.pages)) == ("audited", f"http://{HOST}/", 2)


def by_raw_proxy(said: bytes) -> Visit:
    """A visit by way of a proxy that says this to everything."""
    with raw(said) as port:
        guard = Guard(proxy=f"127.0.0.1:{port}", connect_to=(f"{HOST}::127.0.0.1:",), allow_private=True)
        plan = Plan(timeouts=Timeouts(page=5))
        return run(visit(portal(), AddressBook(), plan, Network(guard, Politeness(0, 9, 1000)), rank=nothing))


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-x\r\n\r\n"])
def test_a_proxy_that_cannot_be_used_is_our_fault_and_no_portals(said: bytes) -> None:
    with pytest.raises(ProxyFault):
        by_raw_proxy(said)


def test_a_proxy_that_is_down_is_our_fault_and_no_portals() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        proxy = f"127.0.0.1:{held.getsockname()[1]}"
        guard = Guard(proxy=proxy, connect_to=(f"{HOST}::127.0.0.1:",), allow_private=True)
        with pytest.raises(ProxyFault):
            run(visit(portal(), AddressBook(), Plan(), Network(guard, Politeness(0, 9, 1000)), rank=nothing))


@pytest.mark.parametrize(
    ("status", "reason"), [(502, "refused"), (503, "refused"), (504, "timeout"), (403, "refused_address")]
)
def test_what_a_proxy_could_not_reach_is_the_portals_state(status: int, reason: str) -> None:
    seen = by_raw_proxy(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    assert seen.net.https is not None
    assert seen.net.https.error == reason


def test_an_old_server_with_a_bad_certificate_is_read(old_tls: ssl.SSLContext) -> None:
    with Site({"/": html("/a"), "/a": html()}, old_tls) as site, network(site.port) as net:
        seen = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing))
    assert (seen.state, seen.home) == ("audited", f"https://{HOST}/")
    assert site.asked[0] == f"GET {HOST}/robots.txt"


class Watched(Politeness):
    """Notes when requests that tell leave, and when their turns are over."""

    def __init__(self) -> None:
        super().__init__(0, 99, 1000)
        self.seen: list[str] = []

    @contextlib.asynccontextmanager
    async def turn(self, host: str, group: str, *, tells: bool = False) -> AsyncIterator[Left]:
        async with super().turn(host, group, tells=tells):
            self.seen += ["begun"] if tells else []
            yield lambda: self.seen.append("left")
            self.seen += ["over"] if tells else []


@pytest.mark.parametrize("over_tls", [False, True])
def test_a_request_tells_when_it_leaves_on_a_new_connection_and_on_one_that_was_kept(
    over_tls: bool, old_tls: ssl.SSLContext
) -> None:
    turns = Watched()
    with Site({"/": html("/a"), "/a": html()}, old_tls if over_tls else None) as site:
        net = Network(Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True), turns)
        seen = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing))
    assert seen.state == "audited"
    answered = len(site.asked)
    assert answered >= 3
    assert " ".join(turns.seen).count("left over") >= answered, turns.seen


def test_a_request_has_left_when_its_bytes_are_with_the_system(
    old_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written goes through buffers that TLS and the loop empty when they come round."""
    turns, send = Watched(), Connection.writeSomeData

    def noted(connection: Connection, data: bytes) -> Any:
        turns.seen.append("sent")
        return send(connection, data)

    monkeypatch.setattr(Connection, "writeSomeData", noted)
    with Site({"/": html("/a"), "/a": html()}, old_tls) as site:
        net = Network(Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True), turns)
        run(visit(portal(), AddressBook(), Plan(), net, rank=nothing))
    told = " ".join(turns.seen)
    assert "begun left" not in told, told
    assert "begun sent left over" in told, "a connection that was kept is among them"


def test_what_a_crawler_read_goes_with_its_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the collector does not look."""
    read: list[weakref.ref[Finds]] = []
    begin = PortalSpider.__init__

    def begun(spider: PortalSpider, *given: Any, **more: Any) -> None:
        begin(spider, *given, **more)
        read.append(weakref.ref(spider._finds))

    monkeypatch.setattr(PortalSpider, "__init__", begun)

    async def visits(net: Network) -> None:
        for _ in range(3):
            await visit(portal(), AddressBook(), Plan(), net, rank=nothing)

    gc.disable()
    try:
        with Site({"/": html()}) as site, network(site.port) as net:
            run(visits(net))
    finally:
        gc.enable()
    assert [finds() for finds in read] == [None] * 3


def test_the_home_is_shown_to_the_browser_and_its_links_are_followed() -> None:
    pages: Pages = {"/": html("/a"), "/a": html(), "/do-script-ve": html()}
    browser = Painter()
    with Site(pages) as site, network(site.port) as net:
        seen = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing, browser=browser))
        assert browser.seen == [f"http://{HOST}/"]
        assert seen.browser
        assert sorted(paths(seen)) == ["/", "/a", "/do-script-ve"]
        more = run(render(seen, [f"http://{HOST}/a", f"http://{HOST}/"], browser, plan=Plan(), net=net))
    assert browser.seen == [f"http://{HOST}/", f"http://{HOST}/a"]
    assert browser.depths == ["audit", "text"]
    assert [page.rendered is not None for page in more.pages] == [True, True, False]
    assert more.net.requests == seen.net.requests + 4


@pytest.mark.parametrize("depth", ["audit", "axe", "full", "text"])
def test_home_is_looked_at_as_deep_as_is_wanted_and_nothing_else(depth: Depth) -> None:
    browser = Painter()
    plan = Plan(render="always", depth=depth)
    with Site({"/": html("/a"), "/a": html(), "/do-script-ve": html()}) as site, network(site.port) as net:
        run(visit(portal(), AddressBook(), plan, net, rank=nothing, browser=browser))
    assert browser.depths == [depth, "text", "text"]


@pytest.mark.parametrize(
    ("depth", "again"),
    [("audit", ["axe", "full", "full"]), ("full", ["full", "full", "full"]), ("text", ["text", "text", "text"])],
)
def test_again_home_is_looked_at_for_what_axe_finds_and_other_pages_for_a_picture(
    depth: Depth, again: list[Depth]
) -> None:
    browser = Painter()
    urls = [f"http://{HOST}{path}" for path in ("/", "/a", "/b")]
    plan = Plan(render="always", depth=depth)
    with Site({"/": html("/a", "/b"), "/a": html(), "/b": html()}) as site, network(site.port) as net:
        errand = Errand(portal(), AddressBook(), plan, net, nothing, browser=browser)
        seen = run(visit(portal(), AddressBook(), plan, net, rank=nothing, browser=browser))
        browser.depths.clear()
        run(look_again(seen, Again(doors=True, pages=tuple(urls)), errand))
    assert browser.depths == again


def test_the_spider_is_listed_and_says_how_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from scrapy.settings import Settings
    from scrapy.spiderloader import SpiderLoader

    from crawler.spiders.portal import PortalSpider

    settings = Settings()
    settings.setmodule("crawler.settings")
    assert SpiderLoader.from_settings(settings).list() == ["portal"]
    with pytest.raises(ValueError, match="audit run --site"):
        PortalSpider()
    assert (Path(__file__).parent.parent / "scrapy.cfg").exists()
