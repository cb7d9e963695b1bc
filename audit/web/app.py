"""The dashboard as an ASGI application: Starlette, nothing that writes, nothing that runs in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from audit.web.pages import routes
from audit.web.views import Views


def make_app(views: Views, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The application over a read model; ``more`` are routes beside the pages (the API is mounted at /api/v1)."""
    app = Starlette(routes=[*more, *routes()])
    app.state.views = views
    return app
