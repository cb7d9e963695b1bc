"""Recorded traffic: reads a WARC file, ours or another tool's, as a source to audit from.

Only where each record lies is held in memory; a body is read when it is asked for.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from audit_rules.facts import PageFacts
from audit_rules.probed import Probes
from audit_rules.rendered import RenderFacts
from storage.files import why
from storage.wacz import opened
from storage.warc_index import Index, RecordedFailure, Spot, has_status, key, read_all

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a recorded body that are read at most; what a file of others holds beyond is cut off."""
_BROKEN = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    zlib.error,
    EOFError,
    ValueError,
    OverflowError,
    OSError,
)


class EvidenceError(Exception):
    """An evidence file cannot be written or read; the message is one sentence, "tiếng Việt / English"."""


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """An answer as it was sent: ``body`` is content-encoded as its headers say, and not chunked; ``seconds`` is how
    long it took, 0 where nobody wrote that down. ``facts`` are what was read of a page whose body is not kept."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seen_at: datetime
    seconds: float = 0.0
    facts: PageFacts | None = None


@dataclass(frozen=True, slots=True)
class RecordedLook:
    """A page as a browser made it; ``facts`` as above, then ``html`` is empty."""

    url: str
    html: str
    seen_at: datetime
    render: RenderFacts
    status: int
    facts: PageFacts | None = None


class Recorded:
    """What a WARC file holds. Of several records of one address the last one counts.

    A record may refer to the body in another file: it is sought beside this one, as this program keeps its evidence
    (``<run>/<portal>.warc.gz``). Where it is not
    there, nothing is recorded."""

    def __init__(self, path: Path, index: Index, beside: dict[Path, Index | None] | None = None) -> None:
        self._path = path
        self._index = index
        self._beside: dict[Path, Index | None] = {} if beside is None else beside

    @classmethod
    def open(cls, path: Path) -> Recorded:
        """Raises EvidenceError where the file cannot be read or is no WARC of one record per gzip member."""
        return cls(path, _indexed(path))

    @property
    def later(self) -> Recorded | None:
        """What the second look saw (only in files of this program); None where there was none."""
        later = self._index.later
        return None if later is None else Recorded(self._path, later, self._beside)

    def hosts(self) -> tuple[str, ...]:
        """The hosts (lower case, as asked, no port) of which an answer or a failure is held, first seen first."""
        return tuple(self._index.hosts)

    def response(self, url: str) -> RecordedResponse | None:
        """The answer of an address, compared without fragment and default port. Raises EvidenceError if the file
        was changed under us."""
        spot = self._index.responses.get(key(url))
        if spot is None:
            return None
        place = self._body_of(spot)
        if place is None:
            return None
        path, body_at = place
        with clear(self._path), opened(self._path) as file:
            head = _record_at(file, spot.at).http_headers
        with clear(path), opened(path) as file:
            record = _record_at(file, body_at)
            body = b"" if spot.facts is not None else read_all(_body_stream(record), MAX_BODY)
        if not has_status(head) or head.get_statuscode() == "304":
            head = record.http_headers
        headers = tuple((name, value) for name, value in head.headers if name.lower() != "transfer-encoding")
        status = int(head.get_statuscode())
        return RecordedResponse(spot.url, status, headers, body, spot.seen_at, spot.seconds, spot.facts)

    def failure(self, url: str) -> RecordedFailure | None:
        """That an address gave no answer; ask for a response first, it may have answered another time."""
        return self._index.failures.get(key(url))

    def probes(self, url: str) -> Probes | None:
        """What server and name system said of the host of an address (only in files of this program)."""
        return self._index.probes.get(key(url))

    def picture(self, sha256: str) -> bytes:
        """The picture of a page with that SHA-256, empty where it is not held. Raises EvidenceError as above."""
        name = f"sha256:{sha256}"
        for path, index in ((self._path, self._index), *self._files()):
            if name in index.pictures:
                with clear(path), opened(path) as file:
                    return read_all(_record_at(file, index.pictures[name]).raw_stream, MAX_BODY)
        return b""

    def rendered(self, url: str) -> RecordedLook | None:
        """An address as a browser saw it (only in files of this program). Raises EvidenceError as above."""
        found = self._index.looks.get(key(url))
        if found is None:
            return None
        spot, status, render = found
        if spot.facts is not None:
            return RecordedLook(spot.url, "", spot.seen_at, render, status, spot.facts)
        path, at = self._path, spot.at
        if spot.file:
            index = self._other(spot.file)
            if index is None or spot.digest not in index.drawn:
                return None
            path, at = beside(self._path, spot.file), index.drawn[spot.digest].at
        with clear(path), opened(path) as file:
            html = read_all(_record_at(file, at).raw_stream, MAX_BODY).decode("utf-8", "replace")
        return RecordedLook(spot.url, html, spot.seen_at, render, status)

    # --- other files ------------------------------------------------------------------------------------

    def _body_of(self, spot: Spot) -> tuple[Path, int] | None:
        if spot.body_at is not None:
            return self._path, spot.body_at
        index = self._other(spot.file) if spot.file else None
        at = index.bodies.get(spot.digest) if index is not None else None
        return None if at is None else (beside(self._path, spot.file), at)

    def _other(self, file: str) -> Index | None:
        """The index of an older file beside this one; None where it is not there, or no WARC."""
        path = older(self._path, file)
        if path is None:
            return None
        if path not in self._beside:
            try:
                self._beside[path] = _indexed(path)
            except EvidenceError:
                self._beside[path] = None
        return self._beside[path]

    def _files(self) -> list[tuple[Path, Index]]:
        for spot, _, _ in self._index.looks.values():
            if spot.file:
                self._other(spot.file)
        return [(path, index) for path, index in self._beside.items() if index is not None]


_PLAIN = re.compile(r"(?!\.)[\w.-]+/(?!\.)[\w.-]+")
"""The name of an evidence file below the folder of all: no way out of it."""


def beside(path: Path, file: str) -> Path:
    """Where another evidence file lies, by one that is there."""
    return path.parent.parent / file


def older(path: Path, file: str) -> Path | None:
    """The evidence file that one refers to; None where it is not at hand."""
    other = beside(path, file)
    return other if _PLAIN.fullmatch(file) and other.is_file() else None


def _indexed(path: Path) -> Index:
    index = Index()
    with clear(path), opened(path) as file:
        index.read(file)
    return index


@contextmanager
def clear(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        damaged = ("không phải tệp WARC, hoặc tệp bị hỏng", "it is no WARC file, or a damaged one")
        vi, en = why(error) if isinstance(error, OSError) and error.errno else damaged
        raise EvidenceError(
            f"Không đọc được tệp WARC {path}: {vi} / The WARC file {path} cannot be read: {en}"
        ) from error


def _record_at(file: Any, offset: int) -> Any:
    file.seek(offset)
    return next(iter(ArchiveIterator(file)))


def _body_stream(record: Any) -> Any:
    """Not warcio's content_stream, which would undo the content encoding too."""
    if "chunked" in (record.http_headers.get_header("transfer-encoding") or "").lower():
        return ChunkedDataReader(record.raw_stream, decomp_type=None)
    return record.raw_stream
