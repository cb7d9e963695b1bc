"""The dashboard as an ASGI application: Starlette, nothing that writes, nothing that runs in the browser."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

import anyio
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from audit.web.asked import BadQuestion
from audit.web.beforehand import Beforehand
from audit.web.downloads import findings_csv, picture
from audit.web.guarding import Guarded
from audit.web.kept import Kept, KeptPage, answered, keep_page
from audit.web.links import PATHS, Links
from audit.web.pages import NoSuchPage, Reader, error_html, html, question_of
from audit.web.paper import static_file
from audit.web.views import Views
from audit_rules.judgement import Lang
from storage.archive import ArchiveError

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Pages that are made at the same time; more would only wait for each other."""
_STATIC = {"style.css": "text/css", "pictures.css": "text/css", "icon.svg": "image/svg+xml"}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_HTML = "text/html; charset=utf-8"

Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(
    views: Views,
    more: Sequence[BaseRoute] = (),
    *,
    hosts: Collection[str] | None = None,
    beforehand: bool = False,
) -> Any:
    """The application over a read model; ``more`` are routes beside the pages (the API). ``hosts`` are the names it
    answers to, None for any. With ``beforehand`` the pages of portals and findings are made before somebody
    asks."""
    office = _Office(views)
    routes: list[BaseRoute] = [
        *more,
        Route("/health", _health),
        *(Route(f"/static/{name}", _static(name, kind)) for name, kind in _STATIC.items()),
        Route("/pictures/{run_id}/{portal_id}.img", office.picture),
    ]
    for lang in ("vi", "en"):
        before = "" if lang == "vi" else "/en"
        routes.append(Route(f"{before}/findings.csv", office.findings_csv(lang)))
        for kind, path in PATHS.items():
            names = iter(("a", "b", "c"))
            place = "".join(f"{{{next(names)}}}" if each == "{}" else each for each in _parts(path))
            routes.append(Route(before + place, office.page(kind, lang)))
    handlers: Mapping[Any, Any] = {
        HTTPException: office.refused,
        NoSuchPage: office.not_found,
        BadQuestion: office.bad_question,
        ArchiveError: office.no_database,
        Exception: office.own_fault,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.state.views = views
    return Guarded(Beforehand(app, views, office.has_room) if beforehand else app, hosts)


def _parts(path: str) -> list[str]:
    return path.replace("{}", "\0{}\0").split("\0")


class _Office:
    """Answers of an application. A page is made once for all who ask for it while the data is the same."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._kept = Kept()
        self.has_room = self._kept.has_room
        self._making: dict[str, anyio.Event] = {}
        self._limit: CapacityLimiter | None = None

    def page(self, kind: str, lang: Lang) -> Endpoint:
        async def answer(request: Request) -> Response:
            asked = question_of(kind, request.query_params)
            reader = Reader(self._views, Links(lang, _root(request)))
            ids = tuple(request.path_params.values())

            def make() -> KeptPage:
                return keep_page(html(reader, kind, ids, asked).encode(), _HTML)

            address = "\n".join((lang, kind, *ids, asked.written()))
            return answered(request, await self._made(address, make))

        return answer

    def findings_csv(self, lang: Lang) -> Endpoint:
        async def answer(request: Request) -> Response:
            asked = question_of("findings", request.query_params)

            def make() -> KeptPage:
                return keep_page(findings_csv(self._views, asked, lang), "text/csv; charset=utf-8")

            found = await self._made("\n".join((lang, "findings.csv", asked.written())), make)
            return answered(request, found, {"Content-Disposition": 'attachment; filename="findings.csv"'})

        return answer

    async def picture(self, request: Request) -> Response:
        run_id, portal_id = request.path_params["run_id"], request.path_params["portal_id"]

        def make() -> KeptPage:
            body, kind = picture(self._views, run_id, portal_id)
            return keep_page(body, kind)

        return answered(request, await self._made(f"picture\n{run_id}\n{portal_id}", make))

    async def _made(self, address: str, make: Callable[[], KeptPage]) -> KeptPage:
        """The page, kept or made now; whoever asks for one that is being made waits for it."""
        while True:
            version = self._views.version_at_hand()
            page = self._kept.get(version, address) if version else None
            if page is not None:
                return page
            event = self._making.get(address)
            if event is None:
                break
            await event.wait()
            if self._kept.get(self._views.version_at_hand(), address) is None:
                break  # it could not be made, or the data changed meanwhile: everybody for himself
        self._making[address] = event = anyio.Event()
        self._limit = self._limit or CapacityLimiter(AT_ONCE)

        def work() -> KeptPage:
            before = self._views.shown().version
            page = make()
            if self._views.version_at_hand() == before:  # else it may be of two states
                self._kept.put(before, address, page)
            return page

        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limit)
        finally:
            event.set()
            if self._making.get(address) is event:
                del self._making[address]

    # --- what goes wrong -------------------------------------------------------------------------------------

    async def refused(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = dict(getattr(error, "headers", None) or {})
        return self._error(request, status, "not_found" if status == 404 else "bad_request", headers)

    async def not_found(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        return self._error(request, 404, "not_found")

    async def bad_question(self, request: Request, error: Exception) -> Response:
        return self._error(request, 400, "bad_question", name=getattr(error, "name", ""))

    async def no_database(self, request: Request, error: Exception) -> Response:
        log.error("the database cannot be read: %s", error)
        return self._error(request, 503, "no_database", {"Retry-After": "30"})

    async def own_fault(self, request: Request, error: Exception) -> Response:
        log.error("a page failed: %s", request.url.path, exc_info=error)
        return self._error(request, 500, "own_fault")

    def _error(
        self, request: Request, status: int, key: str, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response:
        lang: Lang = "en" if request.url.path.startswith(f"{_root(request)}/en/") else "vi"
        text = error_html(Reader(self._views, Links(lang, _root(request))), key, **values)
        return Response(text, status, {**(headers or {}), "Cache-Control": "no-store"}, media_type=_HTML)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


async def _health(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
    """For whoever watches the server."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


def _static(name: str, kind: str) -> Endpoint:
    async def answer(request: Request) -> Response:
        return answered(request, keep_page(static_file(name), kind), _FOR_EVER)

    return answer
