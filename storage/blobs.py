"""Frozen records to bytes and back: msgspec JSON, deflated, addressed by the SHA-256 of the JSON."""

from __future__ import annotations

import dataclasses
import hashlib
import zlib
from datetime import UTC, datetime

import msgspec

from audit_rules.facts import PageFacts, Portal, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.verdict import How
from storage.tables import clean

# "deterministic" sorts sets, so that equal records have equal digests in every process.
_ENCODER = msgspec.json.Encoder(order="deterministic")
_LEVEL = 1
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)

read_portal = msgspec.json.Decoder(Portal).decode
read_visit = msgspec.json.Decoder(Visit).decode
read_around = msgspec.json.Decoder(Surroundings).decode
read_judgements = msgspec.json.Decoder(tuple[Judgement, ...]).decode
read_names = msgspec.json.Decoder(tuple[str, ...]).decode
read_ids = msgspec.json.Decoder(frozenset[str] | None).decode
_read_page = msgspec.json.Decoder(PageFacts).decode


def pack(record: object) -> bytes:
    """The record as JSON. Half surrogate pairs, which scripts of a page can make, become question marks."""
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


def deflate(data: bytes) -> bytes:
    return zlib.compress(data, _LEVEL)


def inflate(body: bytes) -> bytes:
    """Raises zlib.error on a damaged blob."""
    return zlib.decompress(body)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pack_page(page: PageFacts) -> bytes:
    """A view without the moment and the digest of its bytes (they are columns): the same page seen on two nights,
    with another token in it, is one blob."""
    return pack(dataclasses.replace(page, seen_at=_NO_TIME, sha256=""))


def read_page(data: bytes, seen_at: datetime, sha256: str) -> PageFacts:
    return dataclasses.replace(_read_page(data), seen_at=seen_at, sha256=sha256)


def outline(url: str, seen_at: datetime, sha256: str, how: How, status: int) -> PageFacts:
    """A view of which only the columns are known: enough to count and to cite, never to judge."""
    return PageFacts(url, seen_at, sha256, how, status)
