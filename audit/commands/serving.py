"""The command that shows results to people with a browser: ``serve``."""

from __future__ import annotations

from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import registry_of
from audit.config import Desk
from audit.settings import settings
from audit.speech import Order
from audit.words import say, term


@click.command(
    "serve", cls=Order, params=settings("host", "port", "audience", "host_name", "registry", "data", "db")
)
@click.pass_obj
def serve(desk: Desk, /, **given: Any) -> int:
    from audit.web.serving import audience_at, listen, names_of, serve_until_stopped
    from audit.web.views import Views

    registry = registry_of(given["registry"])
    host, port = given["host"], given["port"]
    audience = given["audience"] or audience_at(host)
    with listen(host, port) as socket, archive_of(given, desk) as archive:
        views = Views(archive, registry, audience=audience, data=given["data"])
        _tell(desk, given, "served.reading")
        views.shown()
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        _tell(desk, given, "served.ready", address=address, audience=term("audience", audience, desk.lang))
        serve_until_stopped(views, socket, names_of(host, given["host_name"]))
    return 0


def _tell(desk: Desk, given: dict[str, Any], key: str, **values: object) -> None:
    if not given["quiet"]:
        click.echo(say(key, desk.lang, **values), err=True)
