"""The API as an ASGI application, mounted beside the pages."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from audit.reports.json import without_unseen
from audit.web.api.openapi import document
from audit.web.api.operations import OPERATIONS, PREFIX, Asked, Operation
from audit.web.asked import BadQuestion, read_question
from audit.web.views import Views
from audit.words import clean, say
from audit_rules import __version__
from audit_rules.judgement import Lang
from storage.archive import ArchiveError

_LOG = logging.getLogger(__name__)
_AGAIN_AFTER = "30"
"""Seconds after which a database that is away is worth another try."""


def api_routes(views: Views) -> list[BaseRoute]:
    """The API at /api/v1, for ``make_app(views, api_routes(views))``."""
    return [Mount(PREFIX, app=make_api(views))]


def make_api(views: Views) -> Starlette:
    """The API over a read model."""
    routes = [Route(each.path, _endpoint(each, views)) for each in OPERATIONS]
    handlers: Mapping[Any, Any] = {
        HTTPException: _refused,
        BadQuestion: _bad_question,
        ArchiveError: _away,
        Exception: _own_fault,
    }
    return Starlette(routes=[Route("/openapi.json", _describe), *routes], exception_handlers=handlers)


def _endpoint(one: Operation, views: Views) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, one, views, request)

    return answer


def _answer(one: Operation, views: Views, request: Request) -> Response:
    lang = _lang(request)
    asked = Asked(views, _question(one, request), lang, request.path_params)
    headers = {"ETag": _tag(views, request), **_common(views)}
    if _known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    found = one.tell(asked)
    if found is None:
        raise HTTPException(404)
    if one.paged:
        headers["Link"] = _links(request, found)
    return _json(found, headers)


def _question(one: Operation, request: Request) -> Any:
    """Raises BadQuestion also for a parameter that this address does not know: a filter that is not heeded would
    tell of everybody what was asked of some."""
    for name, value in request.query_params.multi_items():
        if name not in ("lang", *one.query) or len(request.query_params.getlist(name)) > 1:
            raise BadQuestion(name)
        if not value and name not in ("q", "province", "agency", "rule"):
            raise BadQuestion(name)
    return read_question(request.query_params, states=one.states, sorts=one.sorts)


def _lang(request: Request) -> Lang:
    asked = request.query_params.get("lang", "vi")
    if asked not in get_args(Lang):
        raise BadQuestion("lang")
    return _language(request)


def _tag(views: Views, request: Request) -> str:
    """The same as long as the address, the data and the program are. Weak: answers may be packed on the way."""
    told = f"{__version__} {views.audience} {views.shown().version} {request.url.path}?{request.url.query}"
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def _known(header: str, tag: str) -> bool:
    return tag.removeprefix("W/") in (each.strip().removeprefix("W/") for each in header.split(","))


def _common(views: Views) -> dict[str, str]:
    """What every answer carries. Nobody may show an answer without asking whether it still holds: a finding that
    was mended or withdrawn is not to live on in a cache."""
    told = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    if views.audience == "public":
        told["Access-Control-Allow-Origin"] = "*"
    return told


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


def _json(value: object, headers: Mapping[str, str], status: int = 200, kind: str = "application/json") -> Response:
    text = without_unseen(msgspec.json.encode(value).decode())
    return Response(text, status, headers, media_type=kind)


async def _describe(_: Request) -> Response:
    return _json(document(), {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})


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


async def _own_fault(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette logs it
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
    return _json(told, headers, status, "application/problem+json")
