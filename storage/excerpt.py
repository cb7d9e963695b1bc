"""A small WARC cut out of the evidence: the records that one verdict stands on, byte for byte as they were kept."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from storage.evidence import warcinfo
from storage.recorded import clear, older
from storage.warc_index import REFERS_TO_FILE, VIEW, key

_PROBES = b'{"probes":'


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``warc`` is a WARC file, one gzip member a record; ``picture`` the first picture (JPEG) in it, empty where
    there is none; ``records`` how many it has beside its own head; ``missing`` names older files that are not at
    hand."""

    warc: bytes
    picture: bytes
    records: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Record:
    at: int
    length: int
    kind: str
    url: str
    digest: str
    file: str


def excerpt(path: Path, urls: Collection[str], *, probes: bool, about: str) -> Excerpt:
    """What an evidence file holds of these addresses, in both looks, with bodies and drawn pages that it refers to;
    with ``probes`` also what server and name system said. ``about`` is noted in the head.

    Raises EvidenceError where the file cannot be read."""
    wanted = {key(url) for url in urls}
    records = list(_records(path))
    chosen = {record for record in records if _is_wanted(record, wanted, path, probes=probes)}
    digests = {record.digest for record in chosen if record.kind == "revisit" and not record.file}
    chosen |= {record for record in records if record.kind == "response" and record.digest in digests}
    parts, missing = [warcinfo(about)], []
    for file in dict.fromkeys(record.file for record in chosen if record.file):
        found = older(path, file)
        if found is None:
            missing.append(file)
        else:
            parts += [_bytes(found, each) for each in _referred(found, [r for r in chosen if r.file == file])]
    parts += [_bytes(path, record) for record in sorted(chosen, key=lambda each: each.at)]
    return Excerpt(b"".join(parts), _picture(parts), len(parts) - 1, tuple(missing))


def _is_wanted(record: _Record, wanted: Collection[str], path: Path, *, probes: bool) -> bool:
    if key(record.url.removeprefix(VIEW)) in wanted:
        return True
    return probes and record.kind == "metadata" and _block(_bytes(path, record)).startswith(_PROBES)


def _referred(path: Path, records: Collection[_Record]) -> list[_Record]:
    """The records of an older file that others refer to: answers, and pages as drawn with their pictures."""
    answers = {record.digest for record in records if record.kind == "revisit"}
    looks = {record.digest for record in records if record.kind == "metadata"}
    held = list(_records(path))
    drawn = {key(each.url) for each in held if each.kind == "conversion" and each.digest in looks}
    return [
        each
        for each in held
        if (each.kind == "response" and each.digest in answers)
        or (each.kind == "conversion" and each.digest in looks)
        or (each.kind in ("resource", "metadata") and key(each.url.removeprefix(VIEW)) in drawn)
    ]


def _records(path: Path) -> Iterator[_Record]:
    with clear(path), path.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            header = record.rec_headers.get_header
            kind, url = record.rec_type, (header("WARC-Target-URI") or "").strip("<>")
            digest, other = header("WARC-Payload-Digest") or "", header(REFERS_TO_FILE) or ""
            while record.raw_stream.read(1 << 16):
                pass
            at: int = records.get_record_offset()
            length: int = records.get_record_length()
            if url:
                yield _Record(at, length, kind, url, digest, other)


def _bytes(path: Path, record: _Record) -> bytes:
    with clear(path), path.open("rb") as file:
        file.seek(record.at)
        return file.read(record.length)


def _block(member: bytes) -> bytes:
    record: Any = next(iter(ArchiveIterator(io.BytesIO(member))))
    return bytes(record.raw_stream.read())


def _picture(members: Collection[bytes]) -> bytes:
    for member in members:
        record: Any = next(iter(ArchiveIterator(io.BytesIO(member))))
        if record.rec_type == "resource":
            return bytes(record.raw_stream.read())
    return b""
