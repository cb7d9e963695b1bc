"""Where each record of a WARC file lies, from one pass over it. Only ``storage.recorded`` uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

import msgspec
from warcio.archiveiterator import ArchiveIterator

from audit_rules.facts import PageFacts
from audit_rules.probed import Probes
from audit_rules.rendered import RenderFacts

LOOK = "Portal-Auditor-Look"
"""A field of our own in the head of a record: ``later`` marks one of the second look."""
SECONDS = "Portal-Auditor-Seconds"
"""A field of our own: how many seconds an answer took."""
REFERS_TO_FILE = "WARC-Refers-To-Filename"
"""A field of Heritrix: the file that holds what a revisit refers to; here a name below the evidence folder."""
WITHHELD = "Portal-Auditor-Withheld"
"""A field of our own: the digest of a body that is not kept, for it has the words of private persons."""
VIEW = "urn:view:"
"""Before the address of a page: how it looked, which must not be taken for what the address answers."""
_MAX_NOTE = 16 * 1024 * 1024
_BLOCK = 65536
_STATUS = re.compile(r"[0-9]{1,9}\Z")


@dataclass(frozen=True, slots=True)
class RecordedFailure:
    """An address that gave no answer; ``error`` is the reason (``dns``, ``timeout``, …)."""

    url: str
    error: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a record lies; ``body_at`` is where its body lies, elsewhere for a revisit, None where that is in
    another file: ``file`` below the same folder, "" where nobody says. ``facts`` are what was read of a body that
    is not kept."""

    url: str
    at: int
    seen_at: datetime
    body_at: int | None
    seconds: float = 0.0
    digest: str = ""
    file: str = ""
    facts: PageFacts | None = None


class _Note(msgspec.Struct):
    """Our own ``metadata`` record: a failure, what only the browser saw, what probes did, or what was read."""

    error: str | None = None
    status: int = 200
    render: RenderFacts | None = None
    probes: Probes | None = None
    facts: PageFacts | None = None
    drawn_before: bool = False


class Index:
    """Where each record lies, from one pass over the file."""

    def __init__(self, bodies: dict[str, int] | None = None) -> None:
        """``bodies`` are those known of the file, by digest: one index adds to them what it meets."""
        self.hosts: dict[str, None] = {}
        self.responses: dict[str, Spot] = {}
        self.failures: dict[str, RecordedFailure] = {}
        self.looks: dict[str, tuple[Spot, int, RenderFacts]] = {}
        self.probes: dict[str, Probes] = {}
        self.pictures: dict[str, int] = {}
        self.bodies: dict[str, int] = {} if bodies is None else bodies
        self.drawn: dict[str, Spot] = {}
        self._pages: dict[str, Spot] = {}
        self._by_id: dict[str, Spot] = {}
        self._not_get: list[str] = []
        self.later: Index | None = None

    def read(self, file: BinaryIO) -> None:
        records = ArchiveIterator(file)
        some = False
        for record in records:
            if record.format != "warc":
                raise ValueError("ARC, not WARC")
            some = True
            self._of_look(record)._record(record, records)
        if not some:
            raise ValueError("no record")
        for index in (self, self.later):
            if index is not None:
                index._forget_what_no_get_brought()
                index._find_bodies()

    def _of_look(self, record: Any) -> Index:
        """The index a record belongs to: this one, or that of the second look."""
        if record.rec_headers.get_header(LOOK) != "later":
            return self
        if self.later is None:
            self.later = Index(self.bodies)
        return self.later

    def _forget_what_no_get_brought(self) -> None:
        for record_id in self._not_get:
            spot = self._by_id.get(record_id)
            if spot is not None and self.responses.get(key(spot.url)) is spot:
                del self.responses[key(spot.url)]

    def _find_bodies(self) -> None:
        """A file may hold the body of a revisit behind it."""
        for name, spot in self.responses.items():
            if spot.body_at is None and spot.digest in self.bodies:
                self.responses[name] = replace(spot, body_at=self.bodies[spot.digest])

    def _record(self, record: Any, records: Any) -> None:
        header = record.rec_headers.get_header
        url, seen_at = (header("WARC-Target-URI") or "").strip("<>"), _moment(header("WARC-Date"))
        if record.rec_type == "resource" and url.startswith(VIEW):
            if _skip(record.raw_stream) == record.length:
                self.pictures[header("WARC-Payload-Digest") or ""] = records.get_record_offset()
            return
        if seen_at is None or not url.lower().startswith(("http://", "https://")):
            return
        kind, head, record_id = record.rec_type, record.http_headers, header("WARC-Record-ID") or ""
        digest, file = header("WARC-Payload-Digest") or "", header(REFERS_TO_FILE) or ""
        if kind == "metadata":
            spot = Spot(url, 0, seen_at, None, 0.0, digest or header(WITHHELD) or "", file)
            self._note(spot, _note(record), header("WARC-Refers-To") or "")
        elif kind == "request":
            answered = header("WARC-Concurrent-To")
            if answered and head and head.protocol.upper() != "GET":
                self._not_get.append(answered)
        elif kind in ("response", "revisit", "conversion"):
            expected = record.payload_length if head else record.length
            if _skip(record.raw_stream) < (expected or 0) and kind != "revisit":
                return  # the file breaks off here
            at = records.get_record_offset()
            spot = Spot(url, at, seen_at, at, _seconds(header(SECONDS)), digest, file)
            if kind == "conversion":
                self._pages[record_id] = self.drawn[digest] = spot
            elif kind == "revisit":
                self._revisit(spot, _named(header), record_id)
            elif has_status(head):
                for name in (digest, _name(url, seen_at)):
                    self.bodies[name] = at
                self._response(replace(spot, digest=digest or header(WITHHELD) or ""), record_id)

    def _revisit(self, spot: Spot, named: str, record_id: str) -> None:
        """The same bytes as another record: they are kept once, perhaps further on in the file."""
        body_at = self.bodies.get(spot.digest or named)
        before = self.responses.get(key(spot.url))
        if body_at is None and before is not None and not spot.file:
            if named or spot.digest not in ("", before.digest):
                return
            body_at = before.body_at  # a server said that its page had not changed, and the tool no more than that
        self._response(replace(spot, body_at=body_at, digest=spot.digest or named), record_id)

    def _response(self, spot: Spot, record_id: str) -> None:
        self.responses[key(spot.url)] = spot
        self._by_id[record_id] = spot
        self._host(spot.url)

    def _note(self, spot: Spot, note: _Note | None, refers_to: str) -> None:
        if note is None:
            return
        here = key(spot.url)
        if note.error is not None:
            self.failures[here] = RecordedFailure(spot.url, note.error[:100], spot.seen_at)
            self._host(spot.url)
        elif note.probes is not None:
            self.probes[here] = note.probes
        elif note.render is not None:
            page = spot if note.drawn_before or note.facts else self._pages.get(refers_to)
            if page is not None:
                self.looks[here] = (replace(page, facts=note.facts), note.status, note.render)
        elif note.facts is not None and refers_to in self._by_id:
            answer = self._by_id[refers_to]
            told = replace(answer, facts=note.facts)
            if self.responses.get(here) is answer:
                self.responses[here] = self._by_id[refers_to] = told

    def _host(self, url: str) -> None:
        host, _, _ = key(url).partition("://")[2].partition("/")
        name = host.partition(":")[0]
        if name:
            self.hosts[name] = None


def _name(url: str, seen_at: datetime) -> str:
    return f"{key(url)} {seen_at.isoformat()}"


def _named(header: Callable[[str], str | None]) -> str:
    """The record that a revisit names, where it names one by address and moment."""
    url, seen_at = header("WARC-Refers-To-Target-URI"), _moment(header("WARC-Refers-To-Date"))
    return _name(url.strip("<>"), seen_at) if url and seen_at else ""


def key(url: str) -> str:
    """An address as it is looked up: host in lower case, no fragment, no default port, percent-encoded."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{parts.port}"
    except ValueError:
        return url
    query = f"?{_encoded(parts.query)}" if parts.query else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{_encoded(parts.path) or '/'}{query}"


def _encoded(text: str) -> str:
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")


def read_all(stream: Any, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0 and (part := stream.read(min(_BLOCK, limit))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _skip(stream: Any) -> int:
    read = 0
    while part := stream.read(_BLOCK):
        read += len(part)
    return read


def _note(record: Any) -> _Note | None:
    """Our note in a metadata record; None for those of other tools."""
    if record.content_type != "application/json":
        return None
    try:
        return msgspec.json.decode(read_all(record.raw_stream, _MAX_NOTE), type=_Note)
    except (msgspec.DecodeError, RecursionError):
        return None


def has_status(head: Any) -> bool:
    return head is not None and _STATUS.match(head.get_statuscode()) is not None


def _seconds(text: str | None) -> float:
    try:
        return max(0.0, min(float(text or 0), 86_400.0))
    except ValueError:
        return 0.0


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if not 1 < moment.year < 9999:  # no other time zone could show it
        return None
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
