"""The gate: what is mapped, what is resolved, what is refused, and that Scrapy goes through it."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
from ipaddress import ip_address
from pathlib import Path

import pytest

from crawler.addresses import allowed
from crawler.guard import Guard, Refusal, Where
from sandbox.hostile.names import name_server
from tests.loopback import Answer, Asked, self_signed, web


def where(guard: Guard, host: str, port: int = 80) -> Where:
    return asyncio.run(guard.where(host, port))


def refusal(guard: Guard, host: str, port: int = 80) -> str:
    with pytest.raises(Refusal) as refused:
        where(guard, host, port)
    return refused.value.reason


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.7", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
        "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
        "2002:a9fe:a9fe::", "2002:c0a8:101::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
        "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_special_addresses_are_refused(address: str) -> None:
    assert not allowed(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "103.21.1.9", "203.162.0.11", "::ffff:1.1.1.1", "2001:ee0::1", "2400:cb00::1", "2002:101:101::1",
     "64:ff9b::101:101"],
)  # fmt: skip
def test_addresses_of_the_internet_are_allowed(address: str) -> None:
    assert allowed(ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.0.9", "::1", "fd12::1"])
def test_allow_private_opens_loopback_and_private_networks(address: str) -> None:
    assert allowed(ip_address(address), allow_private=True)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "0.0.0.7", "::", "224.0.0.1",
     "255.255.255.255", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254", "192.0.0.192"],
)  # fmt: skip
def test_allow_private_never_opens_link_local_and_metadata(address: str) -> None:
    assert not allowed(ip_address(address), allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f000001",
        "127.0.0.1.",
        "[::1]",
        "::ffff:7f00:1",
        "１２７.0.0.1",
    ],
)
def test_odd_forms_of_loopback_are_what_they_mean(host: str) -> None:
    assert refusal(Guard(), host) == "refused_address"
    assert ip_address(where(Guard(allow_private=True), host).address) in {
        ip_address("127.0.0.1"), ip_address("::1"), ip_address("::ffff:7f00:1")
    }  # fmt: skip


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "a b.vn",
        "a\r\nHost: b.vn",
        "1.2.3.4.5",
        "256.1.1.1",
        "a.0xff.9",
        "fe80::1%eth0",
        "a/b",
        "x" * 300,
        "a..\udcff",
    ],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    assert refusal(Guard(allow_private=True), host) == "dns"


def test_the_system_s_names_are_checked_after_they_are_resolved() -> None:
    assert refusal(Guard(), "localhost") == "refused_address"
    assert where(Guard(allow_private=True), "localhost", 8080) == Where("127.0.0.1", 8080, "127.0.0.1")


def test_connect_to_maps_like_curl_first_match_first() -> None:
    guard = Guard(
        connect_to=[
            "portal.gov.vn:443:127.0.0.1:8443",
            "PORTAL.gov.vn.::127.0.0.2:",
            ":8081:[::1]:9",
            "kept.gov.vn:80::8080",
            "::127.0.0.3:7",
        ],
        allow_private=True,
    )
    assert where(guard, "portal.gov.vn", 443) == Where("127.0.0.1", 8443, "name:portal.gov.vn")
    assert where(guard, "Portal.gov.vn", 80) == Where("127.0.0.2", 80, "name:portal.gov.vn")
    assert where(guard, "any.gov.vn", 8081) == Where("::1", 9, "name:any.gov.vn")
    assert where(guard, "192.0.2.1", 80) == Where("127.0.0.3", 7, "name:192.0.2.1")
    assert guard.mapped("kept.gov.vn", 80) == ("kept.gov.vn", 8080)
    assert guard.mapped("kept.gov.vn", 81) == ("127.0.0.3", 7)


def test_what_connect_to_leads_to_is_checked_too() -> None:
    assert refusal(Guard(connect_to=["::127.0.0.1:"]), "portal.gov.vn") == "refused_address"
    metadata = Guard(connect_to=["::169.254.169.254:80"], allow_private=True)
    assert refusal(metadata, "portal.gov.vn") == "refused_address"


@pytest.mark.parametrize(
    "options",
    [
        {"connect_to": ["a:b:c:d"]}, {"connect_to": ["a:80:127.0.0.1"]}, {"connect_to": ["a:80:::1:80"]},
        {"connect_to": ["a:0:b:80"]}, {"connect_to": ["a:80:b:70000"]}, {"connect_to": ["a b:80:c:80"]},
        {"dns": "127.0.0.1"}, {"dns": "ns.example.vn:53"}, {"dns": "127.0.0.1:0"}, {"dns": "::1:53"},
        {"proxy": "socks5://127.0.0.1:1080"}, {"proxy": "http://"}, {"proxy": "http://a:b:c"},
        {"proxy": "http://a:80/path"},
    ],
)  # fmt: skip
def test_a_malformed_option_is_told_in_a_sentence(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="write"):
        Guard(**options)  # type: ignore[arg-type]


def test_a_malformed_proxy_never_repeats_its_password() -> None:
    with pytest.raises(ValueError, match="--proxy") as told:
        Guard(proxy="ftp://user:secret@host:1")
    assert "secret" not in str(told.value)


def test_with_a_proxy_the_target_is_checked_and_the_proxy_is_connected_to() -> None:
    guard = Guard(proxy="http://u:p%40ss@127.0.0.1:3128", connect_to=["portal.gov.vn::1.1.1.1:"])
    assert where(guard, "portal.gov.vn", 443) == Where("127.0.0.1", 3128, "name:portal.gov.vn")
    assert where(guard, "127.0.0.1", 3128) == Where("127.0.0.1", 3128, "name:127.0.0.1")
    assert refusal(guard, "127.0.0.1", 80) == "refused_address"
    assert refusal(guard, "10.0.0.1") == "refused_address"
    assert guard.proxy is not None
    assert guard.proxy.authorization == "Basic dTpwQHNz"


# --- a name server of our own ------------------------------------------------------------------------------


def test_a_name_server_of_the_operator_is_asked_and_its_answer_kept() -> None:
    with name_server({("portal.gov.vn.", "A"): ["1.1.1.1"]}) as (server, asked):
        guard = Guard(dns=server)

        async def twice() -> list[Where]:
            together = await asyncio.gather(guard.where("portal.gov.vn", 80), guard.where("Portal.gov.vn.", 443))
            return [*together, await guard.where("portal.gov.vn", 8080)]

        answers = asyncio.run(twice())
    assert {answer.address for answer in answers} == {"1.1.1.1"}
    assert [answer.port for answer in answers] == [80, 443, 8080]
    assert sorted(asked) == ["udp portal.gov.vn. A", "udp portal.gov.vn. AAAA"]


def test_of_several_addresses_the_first_allowed_one_is_taken_ipv4_first() -> None:
    zone = {
        ("mixed.gov.vn.", "A"): ["10.0.0.1", "169.254.169.254", "1.0.0.1"],
        ("mixed.gov.vn.", "AAAA"): ["2606:4700::1111"],
        ("six.gov.vn.", "A"): ["10.0.0.1"],
        ("six.gov.vn.", "AAAA"): ["fe80::1", "2606:4700::1111"],
        ("inner.gov.vn.", "A"): ["192.168.0.1"],
        ("inner.gov.vn.", "AAAA"): ["::1"],
    }
    with name_server(zone) as (server, _):
        guard = Guard(dns=server)
        assert where(guard, "mixed.gov.vn").address == "1.0.0.1"
        assert where(guard, "six.gov.vn").address == "2606:4700::1111"
        assert refusal(guard, "inner.gov.vn") == "refused_address"
        assert refusal(guard, "nobody.gov.vn") == "dns"


def test_a_long_answer_is_asked_for_again_over_tcp() -> None:
    with name_server({("long.gov.vn.", "A"): ["1.1.1.1"]}) as (server, asked):
        assert where(Guard(dns=server), "long.gov.vn").address == "1.1.1.1"
    assert "tcp long.gov.vn. A" in asked


def test_a_name_that_changes_its_address_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = {("rebind.gov.vn.", "A"): ["1.1.1.1"]}
    with name_server(zone) as (server, _):
        guard = Guard(dns=server)
        assert where(guard, "rebind.gov.vn").address == "1.1.1.1"
        zone["rebind.gov.vn.", "A"] = ["127.0.0.1"]
        assert where(guard, "rebind.gov.vn").address == "1.1.1.1"
        monkeypatch.setattr("crawler.guard.KEPT_SECONDS", -1.0)
        guard._known.clear()
        assert refusal(guard, "rebind.gov.vn") == "refused_address"


def test_dead_names_that_hold_every_thread_make_no_other_name_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def look_up(host: str, *_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        if host.endswith(".chet.vn"):
            over.wait(20)
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 0))]

    async def both() -> str:
        guard = Guard()
        dead = [asyncio.ensure_future(guard.where(f"{number}.chet.vn", 80)) for number in range(2)]
        await asyncio.wait(dead)  # they were given up, their threads still hang
        alive = asyncio.ensure_future(guard.where("song.vn", 80))
        told = await asyncio.gather(*dead, return_exceptions=True)
        assert all(isinstance(each, Refusal) for each in told)
        await asyncio.wait([alive], timeout=0.1)
        over.set()
        return (await alive).address

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    monkeypatch.setattr("crawler.guard._SYSTEM_LOOKUPS", 2)
    monkeypatch.setattr("crawler.guard.SYSTEM_SECONDS", 0.05)
    assert asyncio.run(both()) == "1.1.1.1"


def test_kept_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.guard.KEPT_NAMES", 3)
    with name_server({(f"{n}.vn.", "A"): ["1.1.1.1"] for n in range(9)}) as (server, _):
        guard = Guard(dns=server)
        for n in range(9):
            where(guard, f"{n}.vn")
    assert sorted(guard._known) == ["6.vn", "7.vn", "8.vn"]


# --- Scrapy goes through it --------------------------------------------------------------------------------

CRAWL = """
import asyncio, json, sys
from scrapy.utils.reactor import install_reactor
install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
from twisted.internet import reactor
import scrapy
from scrapy.crawler import AsyncCrawlerRunner
from crawler.guard import Guard

options, starts = json.loads(sys.argv[1]), json.loads(sys.argv[2])
seen = []

class Visit(scrapy.Spider):
    name = "visit"
    custom_settings = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "RETRY_ENABLED": False}

    async def start(self):
        for url in starts:
            yield scrapy.Request(url, self.parse, errback=self.failed, dont_filter=True, cb_kwargs={"asked": url})

    def parse(self, response, asked):
        seen.append([asked, response.url, str(response.ip_address)])

    def failed(self, failure):
        seen.append([failure.request.cb_kwargs["asked"], failure.request.url, type(failure.value).__name__])

async def main():
    Guard(**options).install(reactor)
    await AsyncCrawlerRunner().crawl(Visit)
    reactor.stop()

reactor.callWhenRunning(lambda: asyncio.ensure_future(main()))
reactor.run()
print(json.dumps(seen))
"""


def crawl(options: dict[str, object], *urls: str) -> dict[str, tuple[str, str]]:
    """A real Scrapy crawl in a process of its own: asked address -> (last address, peer or error)."""
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-c", CRAWL, json.dumps(options), json.dumps(urls)],
        capture_output=True, text=True, timeout=60, check=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    return {asked: (last, peer) for asked, last, peer in json.loads(done.stdout)}


def test_scrapy_passes_the_gate_with_names_redirects_and_ip_literals(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        targets = {"/to-other": "http://other.gov.vn:81/x", "/to-inner": "http://169.254.169.254/latest"}
        if asked.path in targets:
            return Answer(status=302, headers={"Location": targets[asked.path]})
        return Answer("<p>Cổng thông tin</p>")

    with web(answer) as plain, web(answer, self_signed(tmp_path)) as secure:
        options: dict[str, object] = {
            "allow_private": True,
            "connect_to": [
                f"portal.gov.vn:443:127.0.0.1:{secure.port}",
                "169.254.169.254:::",
                f"::127.0.0.1:{plain.port}",
            ],
        }
        seen = crawl(
            options,
            "http://portal.gov.vn/", "https://portal.gov.vn/", "http://portal.gov.vn/to-other",
            "http://portal.gov.vn/to-inner", "http://192.0.2.7/literal", "http://[2001:db8::7]:8080/literal",
        )  # fmt: skip
    assert seen["http://portal.gov.vn/to-other"] == ("http://other.gov.vn:81/x", "127.0.0.1")
    assert seen["http://portal.gov.vn/to-inner"][1] == "CannotResolveHostError"
    assert seen["https://portal.gov.vn/"] == ("https://portal.gov.vn/", "127.0.0.1")
    assert {(asked.host, asked.path) for asked in plain.asked} == {
        ("portal.gov.vn", "/"),
        ("portal.gov.vn", "/to-other"),
        ("portal.gov.vn", "/to-inner"),
        ("other.gov.vn:81", "/x"),
        ("192.0.2.7", "/literal"),
        ("[2001:db8::7]:8080", "/literal"),
    }
    assert [(asked.host, asked.server_name) for asked in secure.asked] == [("portal.gov.vn", "portal.gov.vn")]


def test_scrapy_reaches_no_private_address_unless_allowed() -> None:
    with web(lambda _: Answer("inner")) as inner:
        urls = [
            f"http://{host}:{inner.port}/" for host in ("127.0.0.1", "localhost", "[::ffff:7f00:1]", "2130706433")
        ]
        seen = crawl({}, *urls)
    assert {peer for _, peer in seen.values()} == {"CannotResolveHostError"}
    assert len(seen) == 4
    assert inner.asked == []
