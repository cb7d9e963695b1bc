"""Handshakes with real servers on loopback, good ones and bad ones, and the files that machines look for."""

from __future__ import annotations

import contextlib
import gzip
import select
import socket
import socketserver
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from audit_rules.address import AddressBook
from audit_rules.facts import Visit
from audit_rules.probed import Handshake, Probes
from crawler import certificate, sitemaps
from crawler.guard import Guard
from crawler.loop import run
from crawler.plan import Plan, Timeouts
from crawler.politeness import Left, Politeness
from crawler.probes import Prober
from crawler.visit import Network, visit
from sandbox.certificates import Authority, Issuer, context_of
from storage.evidence import EvidenceWriter
from storage.recorded import Recorded
from tests.made_portal import HOST, HTML, Pages, Reply, Site, html, nothing, page, portal, to

AUTHORITY = Authority()


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    file.write_bytes(AUTHORITY.pem)
    return str(file)


@contextmanager
def tls_server(context: ssl.SSLContext | Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that shakes hands and hangs up, or does something else with each connection."""

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if not isinstance(context, ssl.SSLContext):
                context(self.request)
                return
            with contextlib.suppress(OSError), context.wrap_socket(self.request, server_side=True) as talk:
                talk.recv(1)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def shaken(guard: Guard, ca_file: str | None, host: str = HOST, seconds: float = 5) -> tuple[Handshake, int]:
    plan = Plan(ca_file=ca_file, timeouts=Timeouts(connect=seconds, tls=seconds))
    network = Network(guard, Politeness(0, 99, 1000))
    prober = Prober(portal(), plan, network, None, None)  # type: ignore[arg-type]
    return await prober._tls(host, guard, Politeness(0, 99, 1000)), prober.requests


def met(
    context: ssl.SSLContext | Callable[[socket.socket], None],
    ca_file: str | None,
    host: str = HOST,
    seconds: float = 5,
) -> Handshake:
    with tls_server(context) as port:
        guard = Guard(connect_to=(f"::127.0.0.1:{port}",), allow_private=True)
        return run(shaken(guard, ca_file, host, seconds))[0]


# --- certificates ---------------------------------------------------------------------------------------


def issued(folder: Path, *hosts: str, by: Issuer = "root", days: tuple[float, float] = (-1, 30)) -> ssl.SSLContext:
    return context_of(folder, AUTHORITY.issue(hosts or (HOST,), by=by, days=days))


def test_a_certificate_in_order_has_no_defect(tmp_path: Path, ca_file: str) -> None:
    seen = met(issued(tmp_path, HOST, "www.cong.gov.vn"), ca_file)
    assert (seen.protocol, seen.defects, seen.error) == ("TLSv1.3", (), None)
    assert seen.names == (HOST, "www.cong.gov.vn")
    assert seen.issuer == "Song May throw-away CA (root)"
    assert seen.roots == "system + --ca-file"
    assert seen.valid_to is not None
    assert 29 <= (seen.valid_to - seen.seen_at).days <= 30
    assert not seen.unstable


@pytest.mark.parametrize(
    ("hosts", "by", "days", "defects"),
    [
        ((HOST,), "intermediate", (-1, 30), ()),
        ((HOST,), "root", (-1, 0.02), ()),
        ((HOST.upper(),), "root", (-1, 30), ()),
        (("*.gov.vn",), "root", (-1, 30), ()),
        ((HOST,), "root", (-9, -1), ("expired",)),
        ((HOST,), "root", (1, 9), ("not_yet_valid",)),
        ((HOST,), "itself", (-1, 30), ("self_signed",)),
        ((HOST,), "stranger", (-1, 30), ("untrusted",)),
        ((HOST,), "lost_intermediate", (-1, 30), ("incomplete_chain",)),
        (("www.cong.gov.vn",), "root", (-1, 30), ("wrong_name",)),
        (("*.cong.gov.vn",), "root", (-1, 30), ("wrong_name",)),
        (("*.vn",), "root", (-1, 30), ("wrong_name",)),
        (("khac.vn",), "itself", (-9, -1), ("expired", "self_signed", "wrong_name")),
    ],
    ids=str,
)
def test_the_defect_is_named(
    hosts: tuple[str, ...],
    by: Issuer,
    days: tuple[float, float],
    defects: tuple[str, ...],
    tmp_path: Path,
    ca_file: str,
) -> None:
    seen = met(issued(tmp_path, *hosts, by=by, days=days), ca_file)
    assert seen.defects == defects
    assert not seen.unstable


def test_a_wildcard_and_an_accented_name_hold_for_the_host_as_it_is_asked(tmp_path: Path, ca_file: str) -> None:
    wild = issued(tmp_path, "*.songmay.gov.vn")
    assert met(wild, ca_file, "sxd.songmay.gov.vn").defects == ()
    assert met(wild, ca_file, "songmay.gov.vn").defects == ("wrong_name",)
    assert met(wild, ca_file, "a.sxd.songmay.gov.vn").defects == ("wrong_name",)
    assert met(issued(tmp_path, "xn--sngmy-dtaj.vn"), ca_file, "xn--sngmy-dtaj.vn").defects == ()


def test_without_the_operators_file_its_authority_is_unknown(tmp_path: Path) -> None:
    seen = met(issued(tmp_path), None)
    assert seen.defects == ("untrusted",)
    assert seen.roots == "system"


SHA1 = b"""-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIBBTAJBgcqhkjOPQQBMA0xCzAJBgNVBAMMAkNBMB4XDTI2
MTEyMjEwMTIyN1oXDTI2MTIwMTEwMTIyN1owDDEKMAgGA1UEAwwBYTBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABEQfqRIonDDQW0sYhM7C3Eo745rwngnvfv4QfZuT
QCMXIKZQLBsIZf2GsjynIlmKUZ9dvUcxzMRaqMHV+q5EH1mjWjBYMBYGA1UdEQQP
MA2CC2NvbmcuZ292LnZuMB0GA1UdDgQWBBSEHOCpYHh8aQoEHZSHowlvOjJ4DzAf
BgNVHSMEGDAWgBRktpBv1ROw70S8C3CEKXQ4TsY61jAJBgcqhkjOPQQBA0kAMEYC
IQDBu0hMllkenBRHArfSP9PCXi3E9TfsmFssGtG+06ChdAIhAIIsEDbGLbilHh4Y
9iWLu02rgMO0+0GFZNwgO1rJbu4O
-----END CERTIFICATE-----
"""
SHORT_RSA = b"""-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIBBjAKBggqhkjOPQQDAjANMQswCQYDVQQDDAJDQTAeFw0y
NjExMjIxMDEyMjdaFw0yNjEyMDExMDEyMjdaMAwxCjAIBgNVBAMMAWEwfDANBgkq
hkiG9w0BAQEFAANrADBoAmEA5FGuo+5I4RQeJ3J+Ji0W3qPJjdMjsz4+opqXWea3
1JW3HmDxxT0V+S1HVqd2mNhPg09ImApWMW+k3UOfxXmlwcXrNyUUulv+N2uXYE/c
Cx0Jk9lFhY3IIwvRpLSFELhRAgMBAAGjWjBYMBYGA1UdEQQPMA2CC2NvbmcuZ292
LnZuMB0GA1UdDgQWBBTTodmXfk4YzlTWzvJVeGqX48g5KDAfBgNVHSMEGDAWgBRk
tpBv1ROw70S8C3CEKXQ4TsY61jAKBggqhkjOPQQDAgNIADBFAiA2Nwg4NwDdhLbG
VM73MGL49kbyxfTlFSZs9UXcS2TEBQIhALLbBx7iM+cNQi+fkthBWK17POVIYQ+3
xEW5cljtgnda
-----END CERTIFICATE-----
"""
"""Of another authority; the library that makes certificates here makes none so weak."""


@pytest.mark.parametrize("pem", [SHA1, SHORT_RSA], ids=["SHA-1", "768 bits"])
def test_a_key_or_signature_that_browsers_refuse_is_weak(pem: bytes, ca_file: str) -> None:
    seen = Handshake(HOST, datetime(2026, 11, 25, tzinfo=UTC), "TLSv1.2")
    told = certificate.told(seen, [x509.load_pem_x509_certificate(pem)], certificate.roots(ca_file))
    assert told.defects == ("untrusted", "weak")


def test_a_file_of_roots_that_holds_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("no certificate")
    with pytest.raises(OSError, match=r"x\.pem"):
        certificate.Roots(str(tmp_path / "x.pem"))


# --- servers --------------------------------------------------------------------------------------------


def old(folder: Path, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = issued(folder)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python advises against just this
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = version
    return context


@pytest.mark.parametrize(
    ("version", "protocol"),
    [
        (ssl.TLSVersion.TLSv1, "TLSv1"),
        (ssl.TLSVersion.TLSv1_1, "TLSv1.1"),
        (ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
    ],
)
def test_the_newest_protocol_of_the_server_is_told(
    version: ssl.TLSVersion, protocol: str, tmp_path: Path, ca_file: str
) -> None:
    seen = met(old(tmp_path, version), ca_file)
    assert (seen.protocol, seen.defects, seen.unstable) == (protocol, (), False)


def say(said: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(said)

    return talk


def keep_silent(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass


def babble(connection: socket.socket) -> None:
    """A record of TLS that never ends: each piece well-formed, none the end of a handshake."""
    connection.recv(1024)
    piece = b"\x16\x03\x03\x40\x00" + b"\x0b\xff\xff\xff" + bytes(0x4000 - 4)
    with contextlib.suppress(OSError):
        for _ in range(1000):
            connection.sendall(piece)


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "tls"),
        (say(b""), "connection_closed"),
        (keep_silent, "timeout"),
    ],
    ids=["http", "hangs up", "silent"],
)
def test_where_there_is_no_handshake_the_reason_is_told(talk: Callable[[socket.socket], None], error: str) -> None:
    seen = met(talk, None, seconds=0.3)
    assert (seen.protocol, seen.error, seen.defects, seen.unstable) == ("", error, (), False)


def test_a_server_that_talks_without_end_is_left() -> None:
    seen = met(babble, None)
    assert seen.protocol == ""
    assert seen.error in ("tls", "connection_closed")


def test_a_closed_port_and_a_refused_address_are_told_apart() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        guard = Guard(connect_to=(f"::127.0.0.1:{held.getsockname()[1]}",), allow_private=True)
        assert run(shaken(guard, None))[0].error == "refused"
    seen, requests = run(shaken(Guard(connect_to=("::169.254.169.254:443",), allow_private=True), None))
    assert (seen.error, requests) == ("refused_address", 1)


def test_two_servers_behind_one_name_are_no_fault_that_is_told(tmp_path: Path, ca_file: str) -> None:
    contexts = [issued(tmp_path), issued(tmp_path, days=(-9, -1))]

    def either(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contexts.pop().wrap_socket(connection, server_side=True) as talk:
            talk.recv(1)

    seen = met(either, ca_file)
    assert (seen.defects, seen.unstable) == (("expired",), True)


def test_a_server_that_stumbles_over_new_tls_still_has_a_certificate(tmp_path: Path, ca_file: str) -> None:
    context = old(tmp_path, ssl.TLSVersion.TLSv1_2)

    def stumble(connection: socket.socket) -> None:
        if b"\x00\x2b" in connection.recv(4096, socket.MSG_PEEK):  # supported_versions, which only 1.3 sends
            connection.close()
            return
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as talk:
            talk.recv(1)

    seen = met(stumble, ca_file)
    assert (seen.protocol, seen.defects, seen.error, seen.unstable) == ("TLSv1.2", (), None, False)


def test_by_the_operators_proxy_the_servers_own_certificate_is_seen(tmp_path: Path, ca_file: str) -> None:
    asked: list[bytes] = []

    def tunnel(connection: socket.socket) -> None:
        """Leads whoever asks to the server, after a head that comes in pieces."""
        asked.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n")
        connection.sendall(b"\r\n")
        with socket.create_connection(("127.0.0.1", port)) as server:
            ends = {connection: server, server: connection}
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    if not (piece := end.recv(65536)):
                        return
                    ends[end].sendall(piece)

    with tls_server(issued(tmp_path, days=(-9, -1))) as port, tls_server(tunnel) as proxy:
        guard = Guard(
            proxy=f"http://a:b@127.0.0.1:{proxy}", connect_to=(f"{HOST}::127.0.0.1:",), allow_private=True
        )
        seen = run(shaken(guard, ca_file))[0]
    assert asked[0].startswith(b"CONNECT 127.0.0.1:443 HTTP/1.1\r\n")
    assert b"\r\nProxy-Authorization: Basic YTpi\r\n" in asked[0]
    assert (seen.proxied, seen.error, seen.defects) == (True, None, ("expired",))


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"HTTP/1.1 502 No\r\n\r\n", "refused"),
        (b"HTTP/1.1 504 No\r\n\r\n", "timeout"),
        (b"HTTP/1.1 403 No\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 407 No\r\n\r\n", "unreachable"),
        (b"SSH-2.0-x\r\n\r\n", "unreachable"),
        (b"", "unreachable"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000, "unreachable"),
    ],
)
def test_what_a_proxy_says_is_no_fault_of_the_certificate(said: bytes, error: str) -> None:
    with tls_server(say(said)) as port:
        guard = Guard(proxy=f"127.0.0.1:{port}", connect_to=(f"{HOST}::127.0.0.1:",), allow_private=True)
        assert run(shaken(guard, None))[0].error == error


# --- files for machines -----------------------------------------------------------------------------------

XML = {"Content-Type": "application/xml"}


def urlset(*urls: str) -> bytes:
    listed = "".join(f"<url><loc>{url}</loc><lastmod>2026-11-01</lastmod></url>" for url in urls)
    head = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}{listed}</urlset>".encode()


OWN = urlset(f"http://{HOST}/", f"https://www.{HOST}/tin?a=1&amp;b=2", "http://khac.vn/")
SOFT = Reply(page(title="Không tìm thấy trang"), 200, HTML)


def probed(pages: Pages, *, evidence: EvidenceWriter | None = None, address: str = HOST) -> Visit:
    """A visit with probes to a portal that answers over http only."""
    with Site({"/": html("/a"), "/a": html()} | dict(pages)) as site:
        guard = Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True)
        net = Network(guard, Politeness(0, 99, 1000))
        errand = visit(portal(address), AddressBook(), Plan(), net, rank=nothing, evidence=evidence, probes=True)
        return run(errand)


def file_of(pages: Pages, address: str = HOST) -> tuple[str, str | None, int]:
    probes = probed(pages, address=address).net.probes
    assert probes is not None
    assert probes.site_map is not None
    return probes.site_map.fault, probes.site_map.error, probes.site_map.own


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ({"/sitemap.xml": Reply(OWN, 200, XML)}, ("", None, 2)),
        ({"/sitemap.xml": Reply(OWN, 200, HTML)}, ("", None, 2)),
        ({"/sitemap.xml": Reply(gzip.compress(OWN), 200, {"Content-Type": "application/gzip"})}, ("", None, 2)),
        ({"/sitemap.xml": to("/ban-do.xml"), "/ban-do.xml": Reply(OWN, 200, XML)}, ("", None, 2)),
        (
            {
                "/robots.txt": Reply(f"User-agent: *\nSitemap: http://{HOST}/m.xml".encode()),
                "/m.xml": Reply(OWN, 200, XML),
            },
            ("", None, 2),
        ),
        ({}, ("absent", None, 0)),
        ({"/sitemap.xml": SOFT}, ("absent", None, 0)),
        ({"/sitemap.xml": to("/")}, ("absent", None, 0)),
        ({"/sitemap.xml": Reply(b"", 200, XML)}, ("unparsable", None, 0)),
        ({"/sitemap.xml": Reply(OWN[:-20], 200, XML)}, ("unparsable", None, 0)),
        ({"/sitemap.xml": Reply(b"\n" + OWN, 200, XML)}, ("unparsable", None, 0)),
        ({"/sitemap.xml": Reply(urlset(), 200, XML)}, ("lists_nothing", None, 0)),
        ({"/sitemap.xml": Reply(urlset("http://khac.vn/a"), 200, XML)}, ("lists_others", None, 0)),
        ({"/sitemap.xml": Reply(b"bao tri", 503)}, ("", "unreachable", 0)),
        ({"/sitemap.xml": Reply(b"no", 403)}, ("", "blocked", 0)),
        ({"/sitemap.xml": Reply(b"<script>slowAES.decrypt()</script>", 200, HTML)}, ("", "blocked", 0)),
        ({"/robots.txt": Reply(b"User-agent: *\nDisallow: /*.xml$")}, ("", "robots", 0)),
        ({"/robots.txt": Reply(b"Sitemap: http://khac.vn/m.xml")}, ("", "needs_review", 0)),
        ({"/sitemap.xml": to("http://khac.vn/m.xml")}, ("", "needs_review", 0)),
        ({"/sitemap.xml": Reply(b"<rss><channel/></rss>", 200, XML)}, ("", "needs_review", 0)),
        ({"/sitemap.xml": Reply(b"<?xml version='1.0' encoding='TCVN3'?><urlset/>")}, ("", "needs_review", 0)),
    ],
)  # fmt: skip
def test_a_site_map_is_one_that_parses_and_lists_the_portal(
    pages: Pages, told: tuple[str, str | None, int]
) -> None:
    assert file_of(pages) == told


def index(*urls: str) -> Reply:
    listed = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return Reply(f"<sitemapindex>{listed}</sitemapindex>".encode(), 200, XML)


def test_an_index_is_as_good_as_the_files_it_names() -> None:
    one, gone = f"http://{HOST}/m1.xml", f"http://{HOST}/m2.xml"
    assert file_of({"/sitemap.xml": index(gone, one), "/m1.xml": Reply(OWN, 200, XML)}) == ("", None, 2)
    assert file_of({"/sitemap.xml": index(gone)}) == ("", "coverage", 0)
    assert file_of({"/sitemap.xml": index("http://khac.vn/m.xml")}) == ("", "coverage", 0)
    many = index(*(f"http://{HOST}/m{number}.xml" for number in range(9)))
    assert file_of({"/sitemap.xml": many, "/m8.xml": Reply(OWN, 200, XML)}) == ("", "coverage", 0)


def test_a_portal_in_a_folder_looks_for_its_own_in_the_hosts_map() -> None:
    home: Pages = {"/xa": html("/xa/a"), "/xa/a": html()}
    with_it = Reply(urlset(f"http://{HOST}/tin", f"http://{HOST}/xa/a"), 200, XML)
    assert file_of(home | {"/sitemap.xml": with_it}, f"{HOST}/xa") == ("", None, 1)
    without = Reply(urlset(f"http://{HOST}/tin"), 200, XML)
    assert file_of(home | {"/sitemap.xml": without}, f"{HOST}/xa") == ("lists_others", None, 0)


def test_nothing_in_a_site_map_is_expanded_or_fetched() -> None:
    bomb = b'<!DOCTYPE urlset [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'
    assert file_of({"/sitemap.xml": Reply(bomb, 200, XML)}) == ("", "needs_review", 0)
    outside = (
        b'<!DOCTYPE urlset SYSTEM "http://cong.gov.vn/x.dtd">' + urlset("http://cong.gov.vn/").partition(b"?>")[2]
    )
    with Site({"/": html(), "/sitemap.xml": Reply(outside, 200, XML)}) as site:
        guard = Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True)
        net = Network(guard, Politeness(0, 99, 1000))
        seen = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing, probes=True))
    assert seen.net.probes is not None
    assert seen.net.probes.site_map is not None
    assert seen.net.probes.site_map.own == 1
    assert not any("x.dtd" in asked for asked in site.asked)


def test_a_site_map_is_read_up_to_a_bound() -> None:
    def owns(_: str) -> bool:
        return True

    zeros = gzip.compress(b"<urlset>" + b" " * (sitemaps.MAX_BYTES + 1) + b"</urlset>")
    assert sitemaps.read(zeros, owns).cut
    many = sitemaps.read(urlset(*["http://a.vn/"] * (sitemaps.MAX_LISTED + 5)), owns)
    assert (many.listed, many.cut) == (sitemaps.MAX_LISTED, True)
    wide = sitemaps.read(b"<urlset>" + b"<a/>" * (9 * sitemaps.MAX_LISTED) + b"</urlset>", owns)
    assert (wide.listed, wide.cut) == (0, True)
    deep = sitemaps.read(b"<urlset>" + b"<a>" * 100_000, owns)
    assert (deep.kind, deep.cut) == ("urlset", True)
    assert sitemaps.read(gzip.compress(OWN)[:-9], owns).broken
    long = sitemaps.read(b"<urlset><url><loc>" + b"a" * 5_000_000 + b"</loc></url></urlset>", owns)
    assert (long.listed, long.broken) == (1, "")


TXT = {"Content-Type": "text/plain; charset=utf-8"}


@pytest.mark.parametrize(
    ("reply", "fields", "error"),
    [
        (
            Reply(b"# a\nContact: mailto:a@b.vn\r\ncontact:  https://b.vn\nX: y\nExpires: 2027-01-01", 200, TXT),
            (("contact", "mailto:a@b.vn"), ("contact", "https://b.vn"), ("expires", "2027-01-01")),
            None,
        ),
        (Reply(b"-----BEGIN PGP-----\n\nContact: tel:+84\x1b[31m\n", 200), (("contact", "tel:+84[31m"),), None),
        (Reply(b"Contact: a\n" * 1000, 200, TXT), (("contact", "a"),) * 40, None),
        (Reply(b"Expires: 2027-01-01\n", 200, TXT), (), None),
        (SOFT, (), None),
        (Reply(b"no", 404), (), None),
        (Reply(b"no", 500), (), "unreachable"),
        (Reply(b"no", 403), (), "blocked"),
    ],
)  # fmt: skip
def test_security_txt_is_told_by_its_fields(
    reply: Reply, fields: tuple[tuple[str, str], ...], error: str | None
) -> None:
    probes = probed({"/.well-known/security.txt": reply}).net.probes
    assert probes is not None
    assert probes.security_txt is not None
    assert (probes.security_txt.fields, probes.security_txt.error) == (fields, error)


def test_a_portal_that_turned_us_away_is_asked_for_no_more_files() -> None:
    blocked = Reply(b"no", 403)
    with Site({"/": html("/a", "/b", "/c", "/d"), **dict.fromkeys(("/a", "/b", "/c", "/d"), blocked)}) as site:
        guard = Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True)
        net = Network(guard, Politeness(0, 99, 1000))
        seen = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing, probes=True))
    assert seen.net.probes is not None
    assert (seen.net.probes.site_map, seen.net.probes.security_txt) == (None, None)
    assert not any("sitemap" in asked for asked in site.asked)


# --- the whole of it --------------------------------------------------------------------------------------


def secured(folder: Path, pages: Pages, context: ssl.SSLContext, ca_file: str) -> Visit:
    evidence = EvidenceWriter(folder, "run", "tinh")
    with Site(pages, context) as site:
        guard = Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True)
        net = Network(guard, Politeness(0, 99, 1000))
        plan = Plan(ca_file=ca_file)
        seen = run(visit(portal(), AddressBook(), plan, net, rank=nothing, evidence=evidence, probes=True))
    evidence.finish()
    return seen


def test_what_was_seen_comes_back_from_the_evidence(tmp_path: Path, ca_file: str) -> None:
    policy = {"Strict-Transport-Security": "max-age=1", "Content-Security-Policy": "upgrade-insecure-requests"}
    pages = {"/": Reply(page("/a"), 200, HTML | policy), "/a": html(), "/sitemap.xml": Reply(OWN, 200, XML)}
    seen = secured(tmp_path, pages, issued(tmp_path, days=(-9, -1)), ca_file)
    probes = seen.net.probes
    assert probes is not None
    assert probes.tls is not None
    assert probes.names is not None
    assert (probes.tls.defects, probes.hsts, probes.upgrades) == (("expired",), "max-age=1", True)
    assert probes.names.error == "mapped"
    assert probes.site_map is not None
    assert probes.site_map.own == 2

    recorded = Recorded.open(tmp_path / "run" / "tinh.warc.gz")
    evidence = EvidenceWriter(tmp_path, "again", "tinh")
    errand = visit(
        portal(), AddressBook(), Plan(), Network(recorded=recorded), rank=nothing, evidence=evidence, probes=True
    )
    again = run(errand)
    evidence.finish()
    assert again.net.probes == probes
    assert Recorded.open(tmp_path / "again" / "tinh.warc.gz").probes(f"https://{HOST}/") == Probes(
        probes.tls, probes.names
    )


def test_recorded_traffic_of_others_holds_no_probes(tmp_path: Path) -> None:
    evidence = EvidenceWriter(tmp_path, "run", "tinh")
    now = datetime.now(UTC)
    evidence.response(f"https://{HOST}/", 200, "", tuple(HTML.items()), page(), now)
    evidence.finish()
    recorded = Recorded.open(tmp_path / "run" / "tinh.warc.gz")
    seen = run(visit(portal(), AddressBook(), Plan(), Network(recorded=recorded), rank=nothing, probes=True))
    probes = seen.net.probes
    assert probes is not None
    assert probes.tls is not None
    assert probes.names is not None
    assert probes.site_map is not None
    assert {probes.tls.error, probes.names.error, probes.site_map.error} == {"not_recorded"}


def test_handshakes_are_counted_and_take_their_turn(tmp_path: Path, ca_file: str) -> None:
    turns: list[str] = []

    class Turns(Politeness):
        def turn(
            self, host: str, group: str, *, tells: bool = False
        ) -> contextlib.AbstractAsyncContextManager[Left]:
            turns.append(host)
            return super().turn(host, group, tells=tells)

    with Site({"/": html()}, issued(tmp_path, days=(-9, -1))) as site:
        guard = Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True)
        net = Network(guard, Turns(0, 99, 1000))
        seen = run(visit(portal(), AddressBook(), Plan(ca_file=ca_file), net, rank=nothing, probes=True))
    assert seen.net.requests == len(turns)
    assert len(turns) == len(site.asked) + 2 + 1  # a handshake, seen twice; and http that was knocked at with TLS


def test_a_home_that_moved_away_is_not_probed(tmp_path: Path, ca_file: str) -> None:
    pages = {f"{HOST}/": to("https://khac.gov.vn/"), "khac.gov.vn/": html()}
    with Site(pages, issued(tmp_path)) as site:
        guard = Guard(connect_to=(f"::127.0.0.1:{site.port}",), allow_private=True)
        net = Network(guard, Politeness(0, 99, 1000))
        seen = run(visit(portal(), AddressBook(), Plan(ca_file=ca_file), net, rank=nothing, probes=True))
    assert (seen.state, seen.net.probes) == ("moved", None)


def test_a_certificate_without_names_or_with_nonsense_in_it_is_no_crash(ca_file: str) -> None:
    seen = Handshake(HOST, datetime(2026, 11, 25, tzinfo=UTC), "TLSv1.2")
    key = ec.generate_private_key(ec.SECP256R1())
    loud = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a\x1b[31m\u202eb")])
    begun = x509.CertificateBuilder(loud, loud, key.public_key(), 1, seen.seen_at, seen.seen_at + timedelta(9))
    bare = certificate.told(seen, [begun.sign(key, hashes.SHA256())], certificate.roots(ca_file))
    assert (bare.defects, bare.names, bare.issuer) == (("self_signed", "wrong_name"), (), "a?[31m?b")
    broken = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x80nonsense")
    odd = begun.add_extension(broken, critical=False).sign(key, hashes.SHA256())
    assert certificate.told(seen, [odd], certificate.roots(ca_file)).unread
    assert certificate.told(seen, [], certificate.roots(ca_file)).unread
