"""A WARC file in place of the network and of the browser: the same visit, from what was seen another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, Response

from audit_rules.facts import PageFacts
from audit_rules.rendered import Depth, RenderFacts
from crawler.download import Unanswered, as_sent
from crawler.plan import MAX_PAGE_BYTES
from crawler.ways import Visitor
from storage.recorded import Recorded

NOT_RECORDED = "not_recorded"


class RecordedHandler(BaseDownloadHandler):
    """Answers requests from an archive; what it does not hold is ``not_recorded``."""

    async def download_request(self, request: Request) -> Response:
        """Raises Unanswered with the recorded reason, or ``not_recorded``."""
        visitor = cast(Visitor, self.crawler.spider)
        recorded = visitor.net.recorded
        if recorded is None:
            raise RuntimeError("a replay needs an archive")
        answer = recorded.response(request.url)
        if answer is None:
            failure = recorded.failure(request.url)
            if failure is None:
                raise Unanswered(NOT_RECORDED, datetime.now(UTC), met=False)
            reason = failure.error
            met = reason in ("timeout", "too_large", "not_html")
            raise Unanswered("timeout" if reason == "connect_timeout" else reason, failure.seen_at, met)
        if len(answer.body) > MAX_PAGE_BYTES:
            raise Unanswered("too_large", answer.seen_at, met=True)
        headers = Headers()
        for name, value in answer.headers:
            headers.appendlist(name, value.encode("utf-8", "replace"))
        response = Response(request.url, answer.status, headers, answer.body)
        return as_sent(request, response, answer.seen_at, answer.seconds, answer.facts)


@dataclass(frozen=True, slots=True)
class _Seen:
    url: str
    final_url: str
    status: int
    html: str
    seen_at: datetime
    render: RenderFacts
    error: str | None = None
    picture: bytes = b""
    facts: PageFacts | None = None


class RecordedBrowser:
    """Shows what a browser saw when the archive was written."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded

    async def look(self, url: str, *, timeout: float, depth: Depth = "text") -> _Seen:  # noqa: ARG002, ASYNC109
        look = self._recorded.rendered(url)
        if look is None:
            return _Seen(url, url, 0, "", datetime.now(UTC), RenderFacts(), NOT_RECORDED)
        picture = self._recorded.picture(look.render.screenshot)
        return _Seen(
            url, look.url, look.status, look.html, look.seen_at, look.render, picture=picture, facts=look.facts
        )
