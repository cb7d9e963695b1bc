"""The pages: each reads what it needs from the read model and fills its template."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route


def routes() -> list[BaseRoute]:
    return [Route("/health", health)]


def health(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
    """For whoever watches the server."""
    return PlainTextResponse("ok\n")
