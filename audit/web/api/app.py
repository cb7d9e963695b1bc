"""The API as an ASGI application, mounted beside the pages."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import anyio.to_thread
import msgspec
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from audit.reports.json import without_unseen
from audit.web.api.openapi import document
from audit.web.api.operation import PREFIX, Asked, Operation
from audit.web.api.operations import OPERATIONS
from audit.web.asked import BadQuestion, read_question
from audit.web.kept import Kept, KeptPage, answered, keep_page
from audit.web.views import Views
from audit.words import clean, say
from audit_rules.judgement import Lang
from storage.archive import ArchiveError

_LOG = logging.getLogger(__name__)
AT_ONCE = 2
"""Answers that are worked out at the same time; more would only wait for each other."""
ROOM = 64 * 1024 * 1024
"""Bytes of answers that are kept."""
_AGAIN_AFTER = "30"
"""Seconds after which a database that is away is worth another try."""


def api_routes(views: Views) -> list[BaseRoute]:
    """The API at /api/v1, for ``make_app(views, api_routes(views))``."""
    return [Mount(PREFIX, app=make_api(views))]


def make_api(views: Views) -> Starlette:
    """The API over a read model."""
    desk = _Desk(views)
    routes = [Route(each.path, desk.endpoint(each)) for each in OPERATIONS]
    handlers: Mapping[Any, Any] = {
        HTTPException: _refused,
        BadQuestion: _bad_question,
        ArchiveError: _away,
        Exception: _own_fault,
    }
    return Starlette(routes=[Route("/openapi.json", _describe), *routes], exception_handlers=handlers)


@dataclass(frozen=True, slots=True)
class _KeptAnswer(KeptPage):
    """An answer with the header that leads to the other pages of its list; empty where it is none."""

    link: str


class _Desk:
    """Answers questions. What was answered once is kept for whoever asks the same while the data is the same."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._kept = Kept(ROOM)
        self._limit: CapacityLimiter | None = None

    def endpoint(self, one: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            version = self._views.version_at_hand()
            page = self._kept.get(version, _address(request)) if version else None
            if page is None:
                self._limit = self._limit or CapacityLimiter(AT_ONCE)
                page = await anyio.to_thread.run_sync(self._made, one, request, limiter=self._limit)
            return answered(request, page, self._headers(page))

        return answer

    def _made(self, one: Operation, request: Request) -> KeptPage:
        asked = Asked(self._views, _question(one, request), _lang(request), request.path_params)
        version = self._views.shown().version
        found = one.tell(asked)
        if found is None:
            raise HTTPException(404)
        made = keep_page(_text(found), "application/json")
        link = _links(request, found) if one.paged else ""
        page = _KeptAnswer(made.body, made.packed, made.tag, made.kind, link)
        if self._views.version_at_hand() == version:  # else it may be of two states
            self._kept.put(version, _address(request), page)
        return page

    def _headers(self, page: KeptPage) -> dict[str, str]:
        told = {"X-Content-Type-Options": "nosniff"}
        if isinstance(page, _KeptAnswer) and page.link:
            told["Link"] = page.link
        if self._views.audience == "public":
            told["Access-Control-Allow-Origin"] = "*"
            told["Access-Control-Expose-Headers"] = "ETag, Link"
        return told


def _address(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}"


def _question(one: Operation, request: Request) -> Any:
    """Raises BadQuestion also for a parameter that this address does not know: a filter that is not heeded would
    tell of everybody what was asked of some."""
    for name, value in request.query_params.multi_items():
        if name not in ("lang", *one.query) or len(request.query_params.getlist(name)) > 1:
            raise BadQuestion(name)
        if not value and name not in ("q", "province", "agency", "rule", "metric"):
            raise BadQuestion(name)
    return read_question(request.query_params, states=one.states, sorts=one.sorts)


def _lang(request: Request) -> Lang:
    asked = request.query_params.get("lang", "vi")
    if asked not in get_args(Lang):
        raise BadQuestion("lang")
    return _language(request)


def _links(request: Request, found: Mapping[str, Any]) -> str:
    """Addresses without a host: whatever stands before the server knows its own."""
    number, last = found["page"], found["pages"]
    pages = {"first": 1, "last": last}
    if number > 1:
        pages["prev"] = min(number - 1, last)
    if number < last:
        pages["next"] = number + 1
    url = request.url
    return ", ".join(
        f'<{url.path}?{url.include_query_params(page=page).query}>; rel="{name}"' for name, page in pages.items()
    )


def _text(value: object) -> bytes:
    return without_unseen(msgspec.json.encode(value).decode()).encode()


async def _describe(request: Request) -> Response:
    return answered(request, _description(), {"X-Content-Type-Options": "nosniff"})


@cache
def _description() -> KeptPage:
    return keep_page(_text(document()), "application/json")


# --- what goes wrong ----------------------------------------------------------------------------------------------


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    key = {404: "api.not_found", 405: "api.read_only"}.get(status, "api.refused")
    headers = dict(getattr(error, "headers", None) or {})
    return _problem(status, say(key, _language(request)), headers)


async def _bad_question(request: Request, error: Exception) -> Response:
    name = clean(getattr(error, "name", ""))[:100]
    return _problem(400, say("api.bad_parameter", _language(request), name=name), {})


async def _away(request: Request, error: Exception) -> Response:
    _LOG.error("the database cannot be used: %s", error)
    return _problem(503, say("api.away", _language(request)), {"Retry-After": _AGAIN_AFTER})


async def _own_fault(request: Request, error: Exception) -> Response:
    _LOG.error("an answer failed: %s", request.url.path, exc_info=error)
    return _problem(500, say("api.own_fault", _language(request)), {})


def _language(request: Request) -> Lang:
    return "en" if request.query_params.get("lang") == "en" else "vi"


_TITLES = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


def _problem(status: int, detail: str, headers: Mapping[str, str]) -> Response:
    told = {
        "type": "about:blank",
        "title": _TITLES.get(status, "Internal Server Error"),
        "status": status,
        "detail": detail,
    }
    headers = {**headers, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(_text(told), status, headers, media_type="application/problem+json")
