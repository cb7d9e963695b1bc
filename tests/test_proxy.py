"""The browser's way out: what it lets through, what it refuses, and that it is bounded."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from crawler.counters import counter_hosts, under
from crawler.guard import Guard
from crawler.proxy import ForwardProxy
from crawler.traffic import Traffic
from tests.loopback import Answer, Asked, Web, self_signed, web

T = TypeVar("T")


def page(asked: Asked) -> Answer:
    if asked.path == "/big":
        return Answer("x" * 300_000)
    return Answer(f"{asked.method} {asked.path}")


async def ask(proxy: ForwardProxy, request: str) -> bytes:
    """Sends a text as it is and reads until the proxy closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def through(guard: Guard, talk: Callable[[ForwardProxy], Awaitable[T]], **options: float) -> tuple[T, ForwardProxy]:
    async def run() -> tuple[T, ForwardProxy]:
        async with ForwardProxy(guard, **options) as proxy:
            return await talk(proxy), proxy

    return asyncio.run(run())


def mapped(site: Web) -> Guard:
    return Guard(connect_to=[f"::127.0.0.1:{site.port}"], allow_private=True)


def get(url: str, host: str, method: str = "GET", more: str = "") -> str:
    return f"{method} {url} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n"


def test_a_plain_request_keeps_its_host_and_goes_where_the_gate_says() -> None:
    with web(page) as site:
        request = get(
            "http://portal.gov.vn:8080/tin?a=1", "portal.gov.vn:8080", more="Proxy-Connection: keep-alive\r\n"
        )
        answer, proxy = through(mapped(site), lambda proxy: ask(proxy, request))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: close" in answer
    assert answer.endswith(b"GET /tin?a=1")
    assert [(asked.host, asked.path) for asked in site.asked] == [("portal.gov.vn:8080", "/tin?a=1")]
    assert list(proxy.refused) == []


def test_a_long_answer_arrives_whole() -> None:
    with web(page) as site:
        answer, _ = through(
            mapped(site), lambda proxy: ask(proxy, get("http://portal.gov.vn/big", "portal.gov.vn"))
        )
    assert answer.partition(b"\r\n\r\n")[2] == b"x" * 300_000


async def ask_secure(proxy: ForwardProxy, request: str = "", host: str = "portal.gov.vn") -> tuple[bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
    established = await reader.readuntil(b"\r\n\r\n")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    await writer.start_tls(context, server_hostname="portal.gov.vn")
    writer.write((request or get("/an-toan", "portal.gov.vn", more="Connection: close\r\n")).encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return established, answer


def test_a_tunnel_carries_tls_with_the_name_of_the_address(tmp_path: Path) -> None:
    with web(page, self_signed(tmp_path)) as site:
        (established, answer), _ = through(mapped(site), ask_secure)
    assert established.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"GET /an-toan")
    assert site.asked[0].server_name == "portal.gov.vn"


@pytest.mark.parametrize(
    "request_text",
    [
        get("/gui", "portal.gov.vn", "POST", "Content-Length: 9999999\r\n"),
        get("/gui", "portal.gov.vn", "OPTIONS", "Transfer-Encoding: chunked\r\n"),
        get("/gui", "portal.gov.vn", more="Connection: Upgrade\r\nUpgrade: websocket\r\n"),
        get("/gui", "portal.gov.vn", more="content-length : 02\r\n"),
        get("/gui", "portal.gov.vn", more="Transfer-Encoding: chunked\r\n"),
        "ab",
    ],
)
def test_inside_a_tunnel_nothing_is_sent_either(tmp_path: Path, request_text: str) -> None:
    first = get("/hoi", "portal.gov.vn")
    with web(page, self_signed(tmp_path)) as site:
        (_, answer), proxy = through(
            mapped(site), lambda proxy: ask_secure(proxy, first + request_text.removesuffix("\r\n") + "\r\n\r\n")
        )
    assert (proxy.traffic.refused, list(proxy.refused)) == (1, [("portal.gov.vn", "method")])
    assert site.paths() in ([], ["/hoi"])  # what was refused ends the connection, perhaps before the answer
    assert b"/gui" not in answer


@pytest.mark.parametrize(
    ("more", "status"),
    [("", b"405"), ("Sec-Fetch-Mode: cors\r\n", b"405"), ("Sec-Fetch-Mode: navigate\r\n", b"204")],
)
def test_a_refused_request_is_answered_and_the_connection_goes_on(tmp_path: Path, more: str, status: bytes) -> None:
    refused = get("/gui", "portal.gov.vn", "POST", f"{more}Content-Length: 2\r\n") + "ab"
    asked = get("/sau", "portal.gov.vn", more="Connection: close\r\n")
    with web(page, self_signed(tmp_path)) as site:
        (_, answer), proxy = through(mapped(site), lambda proxy: ask_secure(proxy, refused + asked))
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert answer.endswith(b"GET /sau")
    assert (proxy.traffic.refused, proxy.traffic.requests, site.paths()) == (1, 1, ["/sau"])


def test_a_web_socket_that_is_not_encrypted_gets_no_tunnel() -> None:
    with web(page) as site:
        answer, proxy = through(mapped(site), lambda proxy: ask(proxy, "CONNECT portal.gov.vn:80 HTTP/1.1\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 405")
    assert (proxy.traffic.refused, site.asked) == (1, [])


@pytest.mark.parametrize(
    "more", ["Sec-Fetch-Dest: image\r\n", "sec-fetch-dest: Font\r\n", "Accept: image/avif,*/*\r\n"]
)
@pytest.mark.parametrize("whole", [True, False])
def test_pictures_and_fonts_leave_for_a_whole_page_only(tmp_path: Path, more: str, whole: bool) -> None:
    async def talk(proxy: ForwardProxy) -> tuple[bytes, bytes]:
        proxy.traffic = Traffic(whole=whole)
        asked = [
            get(path, "portal.gov.vn", more=said) for path, said in (("/anh", more), ("/", "Connection: close\r\n"))
        ]
        return await ask_secure(proxy, "".join(asked))

    with web(page, self_signed(tmp_path)) as site:
        through(mapped(site), talk)
    assert site.paths() == (["/anh", "/"] if whole else ["/"])


def test_requests_of_a_look_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.traffic.MAX_REQUESTS", 2)
    asked = "".join(get(f"/{n}", "portal.gov.vn") for n in range(3))
    last = get("/3", "portal.gov.vn", more="Connection: close\r\n")
    with web(page, self_signed(tmp_path)) as site:
        _, proxy = through(mapped(site), lambda proxy: ask_secure(proxy, asked + last), idle_seconds=1)
    assert (proxy.traffic.requests, proxy.traffic.cut, site.paths()) == (2, True, ["/0", "/1"])


def test_a_server_without_tls_is_told_as_such() -> None:
    with web(page) as site:
        answer, proxy = through(
            mapped(site), lambda proxy: ask(proxy, "CONNECT portal.gov.vn:443 HTTP/1.1\r\n\r\n")
        )
    assert answer.startswith(b"HTTP/1.1 502")
    assert list(proxy.refused) == [("portal.gov.vn", "tls")]


def test_what_the_gate_refuses_is_refused_and_remembered() -> None:
    async def talk(proxy: ForwardProxy) -> list[bytes]:
        return [
            await ask(proxy, get("http://169.254.169.254/latest", "169.254.169.254")),
            await ask(proxy, "CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n"),
            await ask(proxy, "CONNECT [::1]:443 HTTP/1.1\r\n\r\n"),
            await ask(proxy, "CONNECT 1.2.3.4.5:443 HTTP/1.1\r\n\r\n"),
        ]

    answers, proxy = through(Guard(), talk)
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 403 Forbidden"}
    assert all(f"Proxy-Status: {proxy.name}; error=".encode() in answer for answer in answers)
    assert list(proxy.refused) == [
        ("169.254.169.254", "refused_address"),
        ("127.0.0.1", "refused_address"),
        ("::1", "refused_address"),
        ("1.2.3.4.5", "dns"),
    ]


@pytest.mark.parametrize(
    "host", ["f-emc.ngsp.gov.vn", "F-EMC.ngsp.gov.vn.", "s10.histats.com", "www.google-analytics.com"]
)
def test_trackers_and_visit_counters_hear_nothing(host: str) -> None:
    async def talk(proxy: ForwardProxy) -> list[bytes]:
        return [
            await ask(proxy, get(f"http://{host}/tracking", host)),
            await ask(proxy, get(f"http://{host}/tracking", host, "POST", "Content-Length: 2\r\n\r\nab")),
            (await ask_secure(proxy, get("/tracking?tls", host), host))[1],
        ]

    with web(page) as counter:
        answers, proxy = through(mapped(counter), talk, idle_seconds=0.5)
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 403 Forbidden"}
    assert proxy.traffic.stopped == [f"http://{host}/tracking", f"https://{host.lower()}/tracking?tls"]
    assert (counter.asked, proxy.traffic.requests) == ([], 0)


def test_the_browser_s_own_calls_stay_at_home() -> None:
    async def talk(proxy: ForwardProxy) -> list[bytes]:
        return [
            await ask(proxy, get("http://update.googleapis.com/service/update2/json", "x", "POST")),
            await ask(proxy, "CONNECT accounts.google.com:443 HTTP/1.1\r\n\r\n"),
        ]

    with web(page) as elsewhere:
        answers, proxy = through(mapped(elsewhere), talk)
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 403 Forbidden"}
    assert [reason for _, reason in proxy.refused] == ["browser", "browser"]
    assert proxy.traffic.refused == 0
    assert elsewhere.asked == []


def test_the_counters_file_names_hosts_and_spares_the_tag_manager() -> None:
    assert "f-emc.ngsp.gov.vn" in counter_hosts()
    assert not under("www.googletagmanager.com", counter_hosts())
    assert not under("nothistats.com", counter_hosts())
    assert under("s4.histats.com", counter_hosts())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_plain_requests_that_would_send_something_are_refused(method: str) -> None:
    request = get("http://portal.gov.vn/gop-y", "portal.gov.vn", method, "Content-Length: 2\r\n")
    with web(page) as site:
        answer, proxy = through(mapped(site), lambda proxy: ask(proxy, request + "ab"))
    assert answer.startswith(b"HTTP/1.1 405")
    assert proxy.traffic.refused == 1
    assert site.asked == []


def test_a_body_smuggled_behind_a_get_is_not_sent_on_as_a_request() -> None:
    smuggled = "POST /gop-y HTTP/1.1\r\nHost: portal.gov.vn\r\n\r\n"
    request = get("http://portal.gov.vn/", "portal.gov.vn", more=f"Content-Length: {len(smuggled)}\r\n")
    with web(page) as site:
        through(mapped(site), lambda proxy: ask(proxy, request + smuggled))
    assert site.methods() == {"GET"}


@pytest.mark.parametrize(
    "request_text",
    ["GET / HTTP/1.1\r\n\r\n", "GET https://a.vn/ HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n",
     "GET ftp://a.vn/ HTTP/1.1\r\n\r\n", "CONNECT a.vn:x HTTP/1.1\r\n\r\n", "CONNECT :443 HTTP/1.1\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_answered_as_such(request_text: str) -> None:
    answer, _ = through(Guard(), lambda proxy: ask(proxy, request_text))
    assert answer.startswith(b"HTTP/1.1 400")


def test_an_endless_head_is_cut_off() -> None:
    async def talk(proxy: ForwardProxy) -> bytes:
        try:
            return await ask(proxy, "GET http://a.vn/ HTTP/1.1\r\nX: " + "x" * 200_000)
        except ConnectionError:
            return b""

    answer, _ = through(Guard(), talk)
    assert answer == b""


def test_more_connections_than_the_bound_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.proxy.CONNECTIONS", 2)

    async def talk(proxy: ForwardProxy) -> bytes:
        held = [await asyncio.open_connection("127.0.0.1", proxy.port) for _ in range(2)]
        try:
            return await ask(proxy, "nonsense\r\n\r\n")
        except ConnectionError:
            return b""
        finally:
            for _, writer in held:
                writer.close()
                await writer.wait_closed()

    answer, _ = through(Guard(), talk)
    assert answer == b""


def test_bytes_of_a_look_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.traffic.MAX_BYTES", 100_000)
    with web(page) as site:
        answer, proxy = through(
            mapped(site), lambda proxy: ask(proxy, get("http://portal.gov.vn/big", "portal.gov.vn"))
        )
    assert len(answer) < 101_000
    assert proxy.traffic.cut


def test_a_silent_client_and_a_silent_server_are_left() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def talk(proxy: ForwardProxy) -> bytes:
        silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        answer = await ask(proxy, get(f"http://127.0.0.1:{port}/", "127.0.0.1"))
        assert await ask(proxy, "") == b""
        silent.close()
        return answer

    answer, proxy = through(Guard(allow_private=True), talk, idle_seconds=0.05)
    assert answer.startswith(b"HTTP/1.1 504")
    assert list(proxy.refused) == [("127.0.0.1", "timeout")]


def test_nobody_listening_is_refused() -> None:
    async def talk(proxy: ForwardProxy) -> bytes:
        closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = closed.sockets[0].getsockname()[1]
        closed.close()
        await closed.wait_closed()
        return await ask(proxy, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n")

    answer, proxy = through(Guard(allow_private=True), talk)
    assert answer.startswith(b"HTTP/1.1 502")
    assert list(proxy.refused) == [("127.0.0.1", "refused")]


def test_leaving_closes_what_is_still_open(tmp_path: Path) -> None:
    async def run() -> bytes:
        with web(page, self_signed(tmp_path)) as site:
            async with ForwardProxy(mapped(site)) as proxy:
                reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
                writer.write(b"CONNECT portal.gov.vn:443 HTTP/1.1\r\n\r\n")
                await reader.readuntil(b"\r\n\r\n")
            try:
                rest = await reader.read()
            except ConnectionError:
                rest = b""
            writer.close()
            return rest

    assert asyncio.run(run()) == b""


def test_the_operator_s_proxy_is_asked_by_name_and_knows_its_password() -> None:
    async def run(site: Web) -> tuple[bytes, bytes, list[tuple[str, str]]]:
        heads: list[bytes] = []

        async def overhear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            onward, back = await asyncio.open_connection("127.0.0.1", site.port)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back.write(await reader.readuntil(b"\r\n\r\n"))
            writer.write(await onward.read())
            for each in (back, writer):
                each.close()
                await each.wait_closed()

        server = await asyncio.start_server(overhear, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        guard = Guard(proxy=f"http://u:p@127.0.0.1:{port}", connect_to=["portal.gov.vn::1.1.1.1:8080"])
        async with ForwardProxy(guard) as near:
            answer = await ask(near, get("http://portal.gov.vn/qua-proxy", "portal.gov.vn"))
            await ask(near, get("http://10.0.0.1/", "10.0.0.1"))
            refused = list(near.refused)
        server.close()
        return answer, heads[0], refused

    with web(page) as site:
        answer, head, refused = asyncio.run(run(site))
    assert answer.endswith(b"GET /qua-proxy")
    assert head.startswith(b"CONNECT 1.1.1.1:8080 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dTpw\r\n" in head
    assert refused == [("10.0.0.1", "refused_address")]


def test_a_handshake_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    async def talk(proxy: ForwardProxy) -> int:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(b"CONNECT portal.gov.vn:443 HTTP/1.1\r\n\r\n")
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            with pytest.raises(ssl.SSLError):  # its certificate is not known here
                await writer.start_tls(ssl.create_default_context(), server_hostname="portal.gov.vn")
            writer.close()
        while proxy._talks:
            await asyncio.wait(proxy._talks)
        return sum(type(each).__name__ == "SSLProtocol" and each._server_side for each in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        with web(page, self_signed(tmp_path)) as site:
            left, _ = through(mapped(site), talk)
    finally:
        gc.enable()
    assert left == 0
