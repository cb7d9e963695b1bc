"""Hosts that are hostile on the wire: how much they send, how slowly, and how they lie about it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import brotli  # type: ignore[import-untyped]

from sandbox.hostile.trap import EITHER, SEEN, UNSEEN, Asked, Reply, good, trap

GIGABYTE = 1 << 30
_PIECE = b" " * (1 << 18)


def _then(start: bytes, piece: bytes, times: int) -> Callable[[], Iterator[bytes]]:
    """Pieces: a start, then the same again and again."""

    def pieces() -> Iterator[bytes]:
        yield start
        for _ in range(times):
            yield piece

    return pieces


@trap(UNSEEN)
def endless_drip(asked: Asked) -> Reply:
    """The page comes whole, then a byte every fifth of a second, for ever."""
    return Reply(_then(asked.good.body, b" ", 1 << 30), length=None, pause=0.2) if asked.home else good(asked)


@trap(UNSEEN)
def dripping_head(asked: Asked) -> Reply:
    """The head of the answer never comes to its end."""
    line = b"X-More: and more\r\n"
    return Reply(_then(b"HTTP/1.1 200 OK\r\n", line, 1 << 30), raw=True, pause=0.2) if asked.home else good(asked)


@trap(UNSEEN)
def silent(asked: Asked) -> Reply:
    """The connection is taken, and nothing is ever said."""
    return Reply(_then(b"", b"", 1 << 30), raw=True, pause=0.5) if asked.home else good(asked)


@trap(UNSEEN)
def continues_for_ever(asked: Asked) -> Reply:
    """The server tells its client to continue, again and again."""
    go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
    return Reply(_then(b"", go_on, 1 << 30), raw=True, pause=0.01) if asked.home else good(asked)


@trap(UNSEEN)
def five_gigabytes(asked: Asked) -> Reply:
    """The head announces five gigabytes, and they come."""
    filler = _then(asked.good.body, _PIECE, 5 * GIGABYTE // len(_PIECE))
    return Reply(filler, length=5 * GIGABYTE) if asked.home else good(asked)


@trap(UNSEEN)
def five_gigabytes_unannounced(asked: Asked) -> Reply:
    """Five gigabytes come, and nobody said so."""
    return (
        Reply(_then(asked.good.body, _PIECE, 5 * GIGABYTE // len(_PIECE)), length=None)
        if asked.home
        else good(asked)
    )


@trap(UNSEEN)
def long_line(asked: Asked) -> Reply:
    """A line of fifty megabytes stands before the page."""
    line = b"<p>" + b"x" * (len(_PIECE) - 3)
    return Reply(_then(line, _PIECE, 200), length=None) if asked.home else good(asked)


@cache
def _deflated(start: bytes) -> tuple[bytes, bytes]:
    """A start and a megabyte of blanks, both as pieces of one endless gzip stream."""
    packer = zlib.compressobj(9, wbits=31)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    packer.compress(b" " * (1 << 20))
    packer.flush(zlib.Z_FULL_FLUSH)  # the first piece of blanks still looks back to the start
    return first, packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)


@trap(UNSEEN)
def gzip_bomb(asked: Asked) -> Reply:
    """A few megabytes of gzip become five gigabytes."""
    if not asked.home:
        return good(asked)
    first, megabyte = _deflated(asked.good.body)
    return Reply(_then(first, megabyte, 5 * 1024), headers=(("Content-Encoding", "gzip"),), length=None)


def packed_blanks(content_type: str) -> Reply:
    """A bomb of gzip without a start of its own, as whatever it is announced."""
    first, megabyte = _deflated(b" ")
    return Reply(
        _then(first, megabyte, 5 * 1024), content_type, headers=(("Content-Encoding", "gzip"),), length=None
    )


@trap(UNSEEN)
def gzip_in_gzip_bomb(asked: Asked) -> Reply:
    """A bomb of gzip is packed once more, so that a few kilobytes become gigabytes."""
    if not asked.home:
        return good(asked)
    return Reply(_twice(), headers=(("Content-Encoding", "gzip, gzip"),))


@cache
def _twice() -> bytes:
    return gzip.compress(gzip.compress(b"<p>x</p>" + b" " * (64 << 20)))


@trap(UNSEEN)
def brotli_bomb(asked: Asked) -> Reply:
    """A few kilobytes of brotli become a quarter of a gigabyte."""
    return Reply(_brotli(), headers=(("Content-Encoding", "br"),)) if asked.home else good(asked)


@cache
def _brotli() -> bytes:
    packer = brotli.Compressor(quality=1)
    packed = bytearray(packer.process(b"<p>x</p>"))
    for _ in range(1 << 10):
        packed += packer.process(_PIECE)
    return bytes(packed + packer.finish())


@trap(UNSEEN)
def broken_gzip(asked: Asked) -> Reply:
    """What is announced as gzip is none."""
    return Reply(asked.good.body, headers=(("Content-Encoding", "gzip"),)) if asked.home else good(asked)


@trap(EITHER)
def length_too_long(asked: Asked) -> Reply:
    """The head announces more than comes before the connection breaks off."""
    return Reply(asked.good.body, length=len(asked.good.body) + 5000, cut=True) if asked.is_page else good(asked)


@trap(EITHER)
def length_too_short(asked: Asked) -> Reply:
    """Behind the announced end follows an answer to a question that nobody asked."""
    if not asked.is_page:
        return good(asked)
    planted = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<title>0wned</title>"
    head = Reply(asked.good.body).head()
    return Reply(head + asked.good.body + planted, raw=True)


@trap(EITHER)
def two_lengths(asked: Asked) -> Reply:
    """The head announces two lengths, one of them wrong."""
    return Reply(asked.good.body, headers=(("Content-Length", "9"),)) if asked.home else good(asked)


@trap(EITHER)
def endless_chunk(asked: Asked) -> Reply:
    """A chunk of sixteen exabytes is announced."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n"
    return Reply(head + asked.good.body, raw=True, cut=True) if asked.home else good(asked)


@trap(UNSEEN)
def huge_headers(asked: Asked) -> Reply:
    """The head alone has a megabyte."""
    lines = tuple((f"X-{number}", "y" * 1000) for number in range(1000))
    return Reply(asked.good.body, headers=lines) if asked.home else good(asked)


@trap(EITHER)
def huge_cookies(asked: Asked) -> Reply:
    """Every answer sets forty cookies of four kilobytes."""
    cookies = tuple(("Set-Cookie", f"{asked.path[-9:].strip('/')}{number}={'z' * 4000}") for number in range(40))
    return Reply(asked.good.body, asked.good.content_type, good(asked).status, cookies)


@trap(EITHER)
def control_characters_in_headers(asked: Asked) -> Reply:
    """Headers hold terminal escapes, letters beyond ASCII and empty names."""
    told = (
        ("X-\x1b[31mRed", "\x1b]0;owned\x07"),
        ("", "nobody"),
        ("Server", "Máy chủ \udcff"),
        ("Set-Cookie", "="),
    )
    return Reply(asked.good.body, asked.good.content_type, good(asked).status, told)


@trap(UNSEEN)
def not_http(asked: Asked) -> Reply:
    """Another service answers at the port."""
    return Reply(b"SSH-2.0-OpenSSH_9.6\r\n" + b"\0" * 1000, raw=True) if asked.home else good(asked)


@trap(UNSEEN)
def impossible_status(asked: Asked) -> Reply:
    """The status is a number that no status can be."""
    return Reply(asked.good.body, status="99999 \x1b[2J") if asked.home else good(asked)


@trap(EITHER)
def hangs_up(asked: Asked) -> Reply:
    """The connection breaks off in the middle of the page."""
    half = asked.good.body[: len(asked.good.body) // 2]
    return Reply(half, length=len(asked.good.body), cut=True) if asked.home else good(asked)


@trap(EITHER)
def endless_robots(asked: Asked) -> Reply:
    """robots.txt has five gigabytes of rules full of stars."""
    if asked.path != "/robots.txt":
        return good(asked)
    rule = b"Disallow: /" + b"*a" * 400 + b"\n"
    return Reply(
        _then(b"User-agent: *\n", rule * 100, 5 * GIGABYTE // (len(rule) * 100)), "text/plain", length=None
    )


@trap(SEEN)
def site_map_bomb(asked: Asked) -> Reply:
    """The site maps are bombs: entities that multiply, a packed gigabyte, an index of itself."""
    if not asked.path.startswith("/sitemap") and asked.path != "/robots.txt":
        return good(asked)
    if asked.path == "/robots.txt":
        maps = "".join(
            f"Sitemap: {asked.url(path)}\n" for path in ("/sitemap.xml", "/sitemap2.xml.gz", "/sitemap3.xml")
        )
        return Reply(maps.encode(), "text/plain")
    if asked.path.endswith(".gz"):
        first, megabyte = _deflated(b"<urlset>")
        return Reply(_then(first, megabyte, 1024), "application/gzip", length=None)
    if asked.path == "/sitemap3.xml":
        index = f"<sitemapindex><sitemap><loc>{asked.url('/sitemap3.xml')}</loc></sitemap></sitemapindex>"
        return Reply(index.encode(), "text/xml")
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE u [<!ENTITY a0 "ha">{entities}]><urlset><url><loc>&a11;</loc></url></urlset>'
    return Reply(laughs.encode(), "text/xml")
