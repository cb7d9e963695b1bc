"""One request and what became of it: Scrapy carries it, through the guard, in its turn, kept as evidence.

Scrapy never guesses a body's characters here: answers leave the handler as plain ``Response`` objects, so that
neither its decompression step (which would run a detector over compressed bytes) nor anything else asks for text.
"""

from __future__ import annotations

import hashlib
import logging
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from gzip import BadGzipFile
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    StopDownload,
)
from scrapy.http import Response
from twisted.internet.error import ConnectBindError, ConnectError, ConnectionClosed
from twisted.python.failure import Failure

from audit_rules.facts import PageFacts, Source
from audit_rules.known import KnownPage
from crawler.fetched import Fetched, Sent
from crawler.guard import Refusal
from crawler.keeping import Weighed, conditions, keep, weigh
from crawler.plan import Timeouts
from crawler.transport import BROKEN_ENCODINGS, HeadTooLong, LateHandshake, Transfer, bound_talks, lenient_tls
from crawler.ways import Visitor

logger = logging.getLogger(__name__)

MAX_HEADER = 8192

# Bodies that are never read: their headers say enough.
_FILES = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/msword")
_OFFICE = "application/vnd."


async def fetch(
    crawler: Crawler,
    url: str,
    *,
    method: str = "GET",
    only_headers: bool = False,
    timeouts: Timeouts | None = None,
    waited: float = 0.0,
    jar: str | None = None,
    known: KnownPage | None = None,
    conditional: bool = False,
) -> Fetched:
    """Asks one address once, without following redirects. What the network does wrong comes back as ``error``.

    ``timeouts`` are other ones than the plan's; ``waited`` is how many seconds a try before this one took; ``jar``
    names the cookies of another visitor than the usual one. ``known`` is the page as it was seen last; a
    ``conditional`` question asks for it only if it changed.
    """
    asked_at = datetime.now(UTC)
    meta: dict[str, Any] = {"only_headers": only_headers, "timeouts": timeouts, "waited": waited, "cookiejar": jar}
    if timeouts is not None:
        meta["download_timeout"] = timeouts.page
    began = time.monotonic()
    visitor = cast(Visitor, crawler.spider)
    evidence, request = visitor.evidence, None
    asked = conditions(known) if conditional else {}
    try:
        request = Request(url, method=method, meta=meta, headers=asked)
        response = await crawler.engine.download_async(request)
    except Exception as error:
        reason, met = _reason(error)
        if reason is None:
            raise
        seen_at = getattr(error, "seen_at", asked_at)
        if request is not None and "sent" in request.meta:
            keep(request.meta["sent"], evidence)  # it came, and could not be decompressed
        if evidence is not None:
            # A replay has to see the difference too: a host that was never met closes nothing.
            evidence.failure(url, reason if met or reason != "timeout" else "connect_timeout", seen_at)
        return Fetched(url, seen_at, error=reason, met=met, seconds=time.monotonic() - began)
    headers: dict[str, str] = {}
    for name, values in response.headers.items():
        first = values[0] if isinstance(values, list) else values
        headers.setdefault(name.decode("latin-1").lower(), first[:MAX_HEADER].decode("utf-8", "replace"))
    sent: Sent = request.meta["sent"]
    cut, body, status = "dataloss" in response.flags, response.body, response.status
    if only_headers or method != "GET" or cut or (status == 304 and not asked):
        keep(sent, evidence)
        weighed = Weighed(None, Source())
    else:
        weighed = weigh(sent, headers, body, known, evidence)
    if (page := weighed.facts) is not None:
        status, headers = page.status, {**headers, "content-type": weighed.source.content_type}
    sha256 = page.sha256 if page is not None else sent.sha256
    return Fetched(
        response.url,
        sent.seen_at,
        status,
        headers,
        body,
        sha256,
        cut=cut,
        seconds=round(sent.seconds, 3),
        page=page,
        source=weighed.source if visitor.net.recorded is None else Source(),
        sent=sent,
    )


def as_sent(
    request: Request, response: Response, seen_at: datetime, seconds: float, facts: PageFacts | None = None
) -> Response:
    """Notes an answer as it was sent and hands it on as a plain ``Response`` (see above)."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("utf-8", "replace"))
        for name, values in response.headers.items()
        for value in values
    )
    request.meta["sent"] = Sent(
        request.url,
        response.status,
        headers,
        response.body,
        hashlib.sha256(response.body).hexdigest(),
        str(response.ip_address or ""),
        seen_at,
        seconds,
        facts,
    )
    return Response(
        response.url,
        response.status,
        response.headers,
        b"" if request.method == "HEAD" else response.body,
        list(response.flags),
        ip_address=response.ip_address,
        protocol=response.protocol,
    )


def stop_early(request: Request, headers: Any, **_: Any) -> None:
    """For Scrapy's ``headers_received``: ends a transfer where the headers were all that was wanted."""
    kind = (headers.get("Content-Type") or b"").decode("latin-1").lower()
    if request.meta.get("only_headers") or kind.startswith((*_FILES, _OFFICE)):
        raise StopDownload(fail=False)


class PoliteHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler, by way of the guard and in its turn."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory = lenient_tls(crawler)
        bound_talks(self._pool, cast(Visitor, crawler.spider).plan.timeouts.tls)

    async def download_request(self, request: Request) -> Response:
        """Raises Refusal where the guard lets nobody through, and what Scrapy's handler raises."""
        visitor = cast(Visitor, self._crawler.spider)
        guard, politeness = visitor.net.guard, visitor.net.politeness
        if guard is None or politeness is None:
            raise RuntimeError("a visit needs a guard and politeness, or an archive")
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
        where = await guard.where(host, port)
        async with politeness.turn(host, where.group, tells=True) as left:
            seen_at, began = datetime.now(UTC), time.monotonic()
            transfer = Transfer(
                guard,
                where,
                request.meta.get("timeouts") or visitor.plan.timeouts,
                left,
                contextFactory=self._contextFactory,
                pool=self._pool,
                maxsize=self._default_maxsize,
                fail_on_dataloss=self._fail_on_dataloss,
                crawler=self._crawler,
            )
            response = await transfer.answer(request)
            seconds = time.monotonic() - began + request.meta.get("waited", 0.0)
        return as_sent(request, response, seen_at, seconds)


def _reason(error: BaseException) -> tuple[str | None, bool]:
    """The contract's reason for what went wrong, None for a fault of ours; and whether the host was met."""
    if isinstance(error, Refusal):
        return error.reason, False
    if isinstance(error, Unanswered):
        return error.reason, error.met
    if isinstance(error, DownloadTimeoutError):
        return "timeout", error.__cause__ is None
    if isinstance(error, CannotResolveHostError):
        return "dns", False
    if isinstance(error, DownloadConnectionRefusedError):
        return "refused", False
    if isinstance(error, DownloadCancelledError | IgnoreRequest):
        return "too_large", True
    if isinstance(error, DownloadFailedError):
        if _within(error.__cause__, HeadTooLong):
            return "too_large", True
        if _within(error.__cause__, LateHandshake):
            return "timeout", False
        return "tls" if _is_tls(error.__cause__) else "refused", False
    if _is_tls(error):
        return "tls", False
    if isinstance(error, ConnectBindError):
        return None, True  # no socket to be had on this machine
    if isinstance(error, ConnectError | ConnectionClosed):
        return "refused", False
    if isinstance(error, (zlib.error, EOFError, BadGzipFile, UnicodeDecodeError, *BROKEN_ENCODINGS)):
        return "not_html", True
    if isinstance(error, ValueError):
        return "dns", False
    return None, True


def _is_tls(error: BaseException | None) -> bool:
    """Whether OpenSSL gave up, at any depth of what Twisted wraps around it."""
    return any(type(each).__module__.startswith(("OpenSSL", "service_identity")) for each in _reasons(error))


def _within(error: BaseException | None, kind: type[BaseException]) -> bool:
    return any(isinstance(each, kind) for each in _reasons(error))


def _reasons(error: BaseException | None) -> Iterator[object]:
    waiting: list[Any] = [error]
    while waiting:
        each = waiting.pop()
        each = each.value if isinstance(each, Failure) else each
        yield each
        waiting.extend(getattr(each, "reasons", None) or ())


class Unanswered(Exception):
    """An archive says that an address gave no answer, or does not hold it."""

    def __init__(self, reason: str, seen_at: datetime, met: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seen_at = seen_at
        self.met = met
