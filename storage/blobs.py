"""Frozen records to bytes and back: msgspec JSON, compressed, whole or as the difference to another document.

Two nights of a portal are nearly the same document, so a night is kept as its difference to an earlier one
(docs/decisions/0014-intervals.md). The differences are Zstandard frames with the other document as prefix, what
``zstd --patch-from`` makes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from audit_rules.facts import PageFacts, Portal, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.verdict import How
from storage.tables import clean

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Damaged = zstd.ZstdError

# "deterministic" sorts sets, so that equal records have equal digests in every process.
_ENCODER = msgspec.json.Encoder(order="deterministic")
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST = 8  # bytes of a prefix: the library takes no less
_WINDOW = 27  # powers of two of bytes; more asks readers for more memory than they give unasked

Outline = tuple[int, str, str, int | None, datetime | None, str | None]
"""A look at a page without what was read: the page's place, the manner, address, status, moment, digest."""

read_portal = msgspec.json.Decoder(Portal).decode
read_visit = msgspec.json.Decoder(Visit).decode
read_outlines = msgspec.json.Decoder(tuple[Outline, ...]).decode
read_around = msgspec.json.Decoder(Surroundings).decode
read_judgements = msgspec.json.Decoder(tuple[Judgement, ...]).decode
_read_each = msgspec.json.Decoder(tuple[msgspec.Raw, ...]).decode
read_names = msgspec.json.Decoder(tuple[str, ...]).decode
read_ids = msgspec.json.Decoder(frozenset[str] | None).decode
_read_page = msgspec.json.Decoder(PageFacts).decode


def pack(record: object) -> bytes:
    """The record as JSON in one line. Half surrogate pairs, which scripts of a page make, become question marks."""
    try:
        return _ENCODER.encode(record)
    except UnicodeEncodeError:
        return _ENCODER.encode(_whole(msgspec.to_builtins(record)))


def _whole(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _whole(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole(item) for item in value]
    return value


def compress(data: bytes, other: bytes = b"") -> bytes:
    """The document, or its difference to another one; nothing at all where they are the same."""
    if data == other:
        return b""
    window = min(max((len(data) + len(other)).bit_length(), 10), _WINDOW)
    asked = zstd.CompressionParameter
    options: dict[int, int] = {
        asked.compression_level: 3,
        asked.window_log: window,
        asked.enable_long_distance_matching: 1,
    }
    return zstd.compress(data, options=options, zstd_dict=_prefix(other))


def expand(body: bytes, other: bytes = b"") -> bytes:
    """Raises Damaged for what is no such document."""
    return zstd.decompress(body, zstd_dict=_prefix(other)) if body else other


def _prefix(other: bytes) -> tuple[zstd.ZstdDict, int] | None:
    return zstd.ZstdDict(other, is_raw=True).as_prefix if len(other) >= _SHORTEST else None


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pack_page(page: PageFacts) -> bytes:
    """A view without the moment and the digest of its bytes (the outline has them): the same page seen on two
    nights, with another token in it, is the same document."""
    return pack(dataclasses.replace(page, seen_at=_NO_TIME, sha256=""))


def read_page(data: bytes, seen_at: datetime, sha256: str) -> PageFacts:
    return dataclasses.replace(_read_page(data), seen_at=seen_at, sha256=sha256)


class _Named(msgspec.Struct):
    rule: str


_read_named = msgspec.json.Decoder(_Named).decode
_read_judgement = msgspec.json.Decoder(Judgement).decode


def read_judgements_of(data: bytes, rules: Collection[str]) -> tuple[Judgement, ...]:
    """What some rules say, of all that do; the others are not read."""
    told = (each for each in _read_each(data) if _read_named(each).rule in rules)
    return tuple(_read_judgement(each) for each in told)


def outline(url: str, seen_at: datetime, sha256: str, how: How, status: int) -> PageFacts:
    """A view of which only the outline is known: enough to count and to cite, never to judge."""
    return PageFacts(url, seen_at, sha256, how, status)
