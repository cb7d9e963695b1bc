"""An answer: as it was sent, and as it is handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from audit_rules.facts import Answer, PageFacts, Source
from crawler.scope import cleaned, is_web


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it was sent: the body still encoded, and its SHA-256; ``address`` sent it. ``facts`` come from
    an archive that does not hold the body."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    sha256: str
    address: str
    seen_at: datetime
    seconds: float
    facts: PageFacts | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one request. ``error`` is a reason of the contract, or None where there was an answer.

    ``headers`` have lower-case names, the first of several wins; ``body`` is decompressed, ``sha256`` is that of
    the body as sent. ``met`` is False where no connection to the host came about; ``cut`` where the body
    broke off; ``seconds`` is how long the answer took. ``page`` are the facts of a page that need not be read,
    ``source`` tells where its bytes are from; ``sent`` is the answer as it came.
    """

    url: str
    seen_at: datetime
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sha256: str = ""
    error: str | None = None
    met: bool = True
    cut: bool = False
    seconds: float = 0.0
    page: PageFacts | None = None
    source: Source = field(default=Source())
    sent: Sent | None = None

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")[:200]

    @property
    def charset(self) -> str | None:
        """The charset the Content-Type header names."""
        return charset_of(self.content_type)

    @property
    def redirect(self) -> str | None:
        """Where the answer sends on to; None where it does not, or not to the web."""
        location = self.headers.get("location", "").strip()
        if self.status not in (301, 302, 303, 307, 308) or not location:
            return None
        try:
            target = cleaned(urljoin(self.url, location))
        except ValueError:
            return None
        return target if is_web(target) else None

    def answer(self, url: str, final_url: str = "") -> Answer:
        """The same as a fact about ``url``, the address asked for first."""
        return Answer(
            url,
            self.seen_at,
            self.status or None,
            final_url or self.url,
            self.content_type,
            self.error,
            self.sha256,
        )


def charset_of(content_type: str) -> str | None:
    """The charset that a Content-Type header names."""
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip(" \"'") or None
    return None
