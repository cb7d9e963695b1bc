"""Evidence: what was seen, as it was sent, in WARC/1.1 files that archives, courts and viewers already read.

One file for each portal and run. A response is kept with its content encoding; a rendered page is a
``conversion`` record, with what only the browser saw in a ``metadata`` record beside it, and its picture in a
``resource`` record, where one was taken; an address that did not
answer is a ``metadata`` record ``{"error": reason}``, what probes saw is one too. Bytes that are held already,
here or in an older file, are a ``revisit`` record; a page with the words of private persons is kept without its
body, and what was read of it is a ``metadata`` record. Reading is in ``storage.recorded``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import uuid
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from audit_rules.facts import PageFacts
from audit_rules.known import Kept
from audit_rules.probed import Probes
from audit_rules.rendered import RenderFacts
from storage import blobs
from storage.files import lock, one_at_a_time, safe_name, why
from storage.recorded import EvidenceError, Recorded, RecordedLook, RecordedResponse
from storage.warc_index import LOOK, REFERS_TO_FILE, SECONDS, VIEW, WITHHELD, RecordedFailure

__all__ = [
    "EvidenceError",
    "EvidenceWriter",
    "Recorded",
    "RecordedFailure",
    "RecordedLook",
    "RecordedResponse",
    "file_name",
    "sweep",
]

MAX_HEADERS = 100
"""Header lines of a response that are kept; more come only from a server that plays games."""
MAX_HEADER_LENGTH = 8192
"""Characters of one header's value that are kept."""
MAX_URL_LENGTH = 8192

_WORTH_REFERRING = 1024
"""Bytes of a body from which a second record of it refers to the first."""
_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_LEVEL = 1  # deflate: a page costs a third of level 6, and the file grows by a tenth
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z")  # a header's name (RFC 9110)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\x7f]")

Headers = Sequence[tuple[str, str]]
_JSON: Headers = (("Content-Type", "application/json"),)


class EvidenceWriter:
    """Writes the evidence of one portal in one run, to ``<folder>/<run>/<portal>.warc.gz``.

    Until ``finish`` the file bears the number of its process and the ending ``.part``, and is locked: who goes on
    with a run does not meet one that still writes for it. OSErrors (disk full, read-only folder) come out as
    EvidenceError with one sentence; what was written so far can then only be thrown away by ``abort``.
    """

    def __init__(self, folder: Path, run_id: str, portal_id: str, *, user_agent: str = "") -> None:
        self._folder = folder
        self._name = file_name(run_id, portal_id)
        self._path = folder / self._name
        self._part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        self._later = False
        self._held: dict[str, Kept] = {}
        try:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            with one_at_a_time(self._part.parent):  # else ``sweep`` might take it for a dead process's
                self._file: BinaryIO = self._part.open("wb")
                lock(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from error
        about = {"isPartOf": run_id, "http-header-user-agent": user_agent}
        self._write(_info(about, [("WARC-Filename", self._path.name)]))

    def response(
        self,
        url: str,
        status: int,
        reason: str,
        headers: Headers,
        body: bytes,
        seen_at: datetime,
        address: str = "",
        seconds: float = 0.0,
    ) -> str:
        """Keeps an answer. ``body`` is as sent, still content-encoded but no longer chunked; ``address`` is the
        IP address that sent it, ``seconds`` how long that took. Gives the SHA-256 of the body in hex."""
        digest = hashlib.sha256(body).hexdigest()
        held = self._held.get(digest)
        if held is not None:
            self.revisit(url, status, reason, headers, digest, seen_at, held, address, seconds)
            return digest
        about = _about(digest, address, seconds)
        self._record("response", url, seen_at, about, _http_head(status, reason, headers, len(body)) + body)
        if len(body) >= _WORTH_REFERRING:
            self._held[digest] = Kept(self._name, _warc_url(url), seen_at)
        return digest

    def revisit(
        self,
        url: str,
        status: int,
        reason: str,
        headers: Headers,
        digest: str,
        seen_at: datetime,
        held: Kept,
        address: str = "",
        seconds: float = 0.0,
    ) -> None:
        """Keeps an answer whose body, of that SHA-256, is held already: the server said that it did not change
        (304), or sent the same once more."""
        about = [
            ("WARC-Profile", _NOT_MODIFIED if status == 304 else _SAME),
            *_about(digest, address, seconds),
            *self._reference(held),
        ]
        self._record("revisit", url, seen_at, about, _http_head(status, reason, headers, None))

    def withheld(
        self,
        url: str,
        status: int,
        reason: str,
        headers: Headers,
        facts: PageFacts,
        address: str = "",
        seconds: float = 0.0,
    ) -> None:
        """Keeps an answer without its body, which has the words of private persons: its headers, its digest and
        what was read of it."""
        about = [
            *_about("", address, seconds),
            ("WARC-Truncated", "unspecified"),
            (WITHHELD, f"sha256:{facts.sha256}"),  # no payload digest: there is no payload that it would fit
        ]
        answer = self._record("response", url, facts.seen_at, about, _http_head(status, reason, headers, 0))
        self._record(
            "metadata", url, facts.seen_at, [*_JSON, ("WARC-Refers-To", answer)], blobs.pack({"facts": facts})
        )

    def drawn_before(self, url: str, facts: PageFacts, held: Kept) -> None:
        """Keeps that a page is told as a browser drew it when ``held`` was written: nobody looked again."""
        about = [*_JSON, ("WARC-Payload-Digest", f"sha256:{facts.sha256}"), *self._reference(held)]
        note = {"status": facts.status, "render": facts.render, "drawn_before": True}
        self._record("metadata", url, facts.seen_at, about, blobs.pack(note))

    def drawn_withheld(self, url: str, facts: PageFacts) -> None:
        """Keeps what was read of a drawn page without the page (see ``withheld``)."""
        note = {"status": facts.status, "render": facts.render, "facts": facts}
        about = [*_JSON, (WITHHELD, f"sha256:{facts.sha256}")]
        self._record("metadata", url, facts.seen_at, about, blobs.pack(note))

    def rendered(self, url: str, html: str, seen_at: datetime, render: RenderFacts, status: int) -> str:
        """Keeps a page as a browser made it of an answer with that status. Gives the SHA-256 of its UTF-8 bytes."""
        body = html.encode("utf-8", "replace")
        digest = hashlib.sha256(body).hexdigest()
        about = [("Content-Type", "text/html; charset=utf-8"), ("WARC-Payload-Digest", f"sha256:{digest}")]
        page = self._record("conversion", url, seen_at, about, body)
        look = blobs.pack({"status": status, "render": render})
        self._record("metadata", url, seen_at, [*_JSON, ("WARC-Refers-To", page)], look)
        return digest

    def picture(self, url: str, picture: bytes, seen_at: datetime) -> None:
        """Keeps how the browser showed a page, as JPEG; its SHA-256 is in the ``RenderFacts`` of the look."""
        digest = hashlib.sha256(picture).hexdigest()
        about = [("Content-Type", "image/jpeg"), ("WARC-Payload-Digest", f"sha256:{digest}")]
        self._record("resource", VIEW + url, seen_at, about, picture)

    def probes(self, url: str, probes: Probes) -> None:
        """Keeps what server and name system said when they were asked apart from the pages."""
        self._record("metadata", url, datetime.now(UTC), _JSON, blobs.pack({"probes": probes}))

    def failure(self, url: str, error: str, seen_at: datetime) -> None:
        """Keeps that an address gave no answer, with the reason (``dns``, ``refused``, ``timeout``, …)."""
        self._record("metadata", url, seen_at, _JSON, blobs.pack({"error": error}))

    def second_look(self) -> None:
        """From now on records are those of the second look: a replay must not take them for the first."""
        self._later = True

    def finish(self) -> str:
        """Syncs the file and gives it its name: the path below the folder, with slashes."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._part.replace(self._path)
            directory = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
            self._file.close()
        except OSError as error:
            raise self._unwritable(error) from error
        return self._name

    def abort(self) -> None:
        """Throws away what was written; after ``finish`` it does nothing."""
        with contextlib.suppress(OSError):  # the last bytes may not fit on the disk: they go anyhow
            self._file.close()
        self._part.unlink(missing_ok=True)

    def _reference(self, held: Kept) -> list[tuple[str, str]]:
        about = [("WARC-Refers-To-Target-URI", held.url), ("WARC-Refers-To-Date", _warc_date(held.seen_at))]
        return about if held.warc == self._name else [*about, (REFERS_TO_FILE, held.warc)]

    def _record(self, kind: str, url: str, seen_at: datetime, headers: Headers, block: bytes) -> str:
        """Writes one record; gives its id."""
        about = [("WARC-Target-URI", _warc_url(url)), *([(LOOK, "later")] if self._later else []), *headers]
        record_id, member = _packed(kind, seen_at, about, block)
        self._write(member)
        return record_id

    def _write(self, member: bytes) -> None:
        try:
            self._file.write(member)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> EvidenceError:
        vi, en = why(error)
        return EvidenceError(
            f"Không ghi được tệp bằng chứng {self._path}: {vi}"
            f" / The evidence file {self._path} cannot be written: {en}"
        )


def file_name(run_id: str, portal_id: str) -> str:
    """The name of the evidence of a portal in a run, below the folder, with slashes."""
    return f"{safe_name(run_id)}/{safe_name(portal_id)}.warc.gz"


def sweep(folder: Path) -> int:
    """Removes the ``.part`` files of dead processes below the folder: how many. Files being written are left."""
    swept = 0
    for part in sorted(folder.glob("*/*.warc.gz*.part")):
        with contextlib.suppress(FileNotFoundError), one_at_a_time(part.parent), part.open("rb") as orphan:
            if lock(orphan.fileno()):
                part.unlink()
                swept += 1
    return swept


def warcinfo(about: str) -> bytes:
    """The head of a file cut out of others, as bytes: ``about`` says what it is."""
    return _info({"description": about}, [])


def _info(about: Mapping[str, str], headers: Headers) -> bytes:
    fields = {
        "software": "portal-auditor",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        **about,
    }
    block = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields.items() if value)
    kind = ("Content-Type", "application/warc-fields")
    return _packed("warcinfo", datetime.now(UTC), [*headers, kind], _bytes(block))[1]


def _packed(kind: str, seen_at: datetime, headers: Headers, block: bytes) -> tuple[str, bytes]:
    """A record as one gzip member, and its id."""
    record_id = f"<urn:uuid:{uuid.uuid4()}>"
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: {record_id}",
        f"WARC-Date: {_warc_date(seen_at)}",
        *(f"{name}: {_one_line(value)}" for name, value in headers),
        # Digests cannot be compressed: a record of a few lines would be a tenth longer.
        *([] if kind == "revisit" else [f"WARC-Block-Digest: sha256:{hashlib.sha256(block).hexdigest()}"]),
        f"Content-Length: {len(block)}",
    ]
    head = _bytes("\r\n".join(lines) + "\r\n\r\n")
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return record_id, b"".join(
        [deflate.compress(head), deflate.compress(block), deflate.compress(b"\r\n\r\n"), deflate.flush()]
    )


def _about(digest: str, address: str, seconds: float) -> list[tuple[str, str]]:
    about = [("Content-Type", "application/http; msgtype=response")]
    if digest:
        about.append(("WARC-Payload-Digest", f"sha256:{digest}"))
    if address:
        about.append(("WARC-IP-Address", address))
    if seconds:
        about.append((SECONDS, f"{seconds:.3f}"))
    return about


def _http_head(status: int, reason: str, headers: Headers, length: int | None) -> bytes:
    """The status line and headers. What no longer fits the body goes: it is not chunked any more. ``length`` is
    None where no body follows."""
    lines = [f"HTTP/1.1 {status} {_one_line(reason)[:100]}"]
    for name, value in headers[:MAX_HEADERS]:
        stale = name.lower() == "content-length" and length is not None and value.strip() != str(length)
        if not stale and name.lower() != "transfer-encoding" and _TOKEN.match(name):
            lines.append(f"{name}: {_one_line(value)}")
    return _bytes("\r\n".join(lines) + "\r\n\r\n")


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text)[:MAX_HEADER_LENGTH].strip()


def _warc_url(url: str) -> str:
    return _UNSAFE_IN_URL.sub(lambda found: f"%{ord(found.group()):02X}", url)[:MAX_URL_LENGTH]


def _warc_date(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"a datetime without a time zone: {moment.isoformat()}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
