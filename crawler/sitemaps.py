"""Reads a portal's XML site map (sitemaps.org): as a stream, nothing expanded, nothing fetched, bounded."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

MAX_BYTES = 10 * 1024 * 1024
"""Bytes read of a site map, decompressed."""
MAX_LISTED = 50_000
"""Addresses of one file (the protocol's own bound)."""
MAX_CHILDREN = 3
"""Files of an index that are read."""
_BLOCK = 64 * 1024
_LONGEST = 2048
_DEEPEST = 30
_MAX_ELEMENTS = 8 * MAX_LISTED
_MAPS = ("urlset", "sitemapindex")


@dataclass(slots=True)
class Listing:
    """What a file says. ``kind`` is its outermost element ("urlset", "sitemapindex", "html", …), ``listed`` and
    ``own`` count its addresses, ``children`` are the first files an index names. ``broken`` is where it stops being
    XML, "" where it does not; ``cut`` where it went on beyond what is read; ``doubtful`` where it uses what we do
    not read (entities, rare encodings)."""

    kind: str = ""
    listed: int = 0
    own: int = 0
    children: list[str] = field(default_factory=list)
    broken: str = ""
    cut: bool = False
    doubtful: bool = False

    @property
    def is_map(self) -> bool:
        return self.kind in _MAPS


class _Enough(Exception):
    """What follows is not read."""


def read(body: bytes, owns: Callable[[str], bool]) -> Listing:
    """Reads a site map, gzip-packed or not; ``owns`` tells the portal's own addresses. Never raises."""
    listing = Listing()
    reading = _Reading(listing, owns)
    try:
        if body.startswith(b"\x1f\x8b"):
            _unpacked(body, reading.feed)
        else:
            listing.cut = len(body) > MAX_BYTES
            reading.feed(body[:MAX_BYTES])
        reading.end()
    except _Enough:
        pass
    except zlib.error:
        listing.broken = "gzip"
    except expat.ExpatError as error:
        listing.broken = f"{expat.ErrorString(error.code)} ({error.lineno}:{error.offset})"
    except (LookupError, ValueError):
        listing.doubtful = True  # an encoding that is not read here
    return listing


def _unpacked(body: bytes, feed: Callable[[bytes], None]) -> None:
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
    left = MAX_BYTES
    waiting = body
    while waiting and not packed.eof:
        if left <= 0:
            raise _Enough
        piece = packed.decompress(waiting, min(_BLOCK, left))
        waiting = packed.unconsumed_tail
        left -= len(piece)
        feed(piece)
    if not packed.eof:
        raise zlib.error("the file ends too early")


class _Reading:
    def __init__(self, listing: Listing, owns: Callable[[str], bool]) -> None:
        self._listing, self._owns = listing, owns
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._fed = self._elements = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said
        self._parser.EntityDeclHandler = self._entity

    def feed(self, piece: bytes) -> None:
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, False)
        except _Enough:
            self._listing.cut = True
            raise
        if self._fed >= MAX_BYTES:
            self._listing.cut = True
            raise _Enough

    def end(self) -> None:
        self._parser.Parse(b"", True)

    def _start(self, name: str, _: Any) -> None:
        local = name.rpartition(" ")[2].lower()
        self._path.append(local)
        if len(self._path) == 1:
            self._listing.kind = local[:40]
            if local not in _MAPS:
                raise _Enough
        self._elements += 1
        if len(self._path) > _DEEPEST or self._elements > _MAX_ELEMENTS:
            raise _Enough
        if self._path[1:] in (["url", "loc"], ["sitemap", "loc"]):
            self._text = []

    def _said(self, text: str) -> None:
        if self._text is not None and sum(map(len, self._text)) < _LONGEST:
            self._text.append(text)

    def _end(self, _: str) -> None:
        self._path.pop()
        if self._text is None:
            return
        url = "".join(self._text).strip()[:_LONGEST]
        self._text = None
        self._listing.listed += 1
        if self._owns(url):
            self._listing.own += 1
            if self._listing.kind == "sitemapindex" and len(self._listing.children) < MAX_CHILDREN:
                self._listing.children.append(url)
        if self._listing.listed >= MAX_LISTED:
            raise _Enough

    def _entity(self, *_: Any) -> None:
        self._listing.doubtful = True
        raise _Enough
