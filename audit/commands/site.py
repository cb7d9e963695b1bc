"""The command that writes the results as a static site: ``site``."""

from __future__ import annotations

from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import registry_of
from audit.config import Desk
from audit.refusals import BadInput
from audit.settings import needed, settings
from audit.speech import Order
from audit.words import say, term
from audit_rules.judgement import Lang

_EVERY = 500
"""Pages after which it is told how far the site is."""


@click.command(
    "site", cls=Order, params=[*needed("site_output"), *settings("site_audience", "registry", "data", "db")]
)
@click.pass_obj
def site(desk: Desk, /, **given: Any) -> int:
    from audit.web.site.writing import write_site
    from audit.web.views import Views

    registry, folder = registry_of(given["registry"]), given["site_output"]
    audience = given["site_audience"]
    with archive_of(given, desk) as archive:
        views = Views(archive, registry, audience=audience)
        shown = views.shown()
        if not shown.portals:
            raise BadInput("error.nothing_to_show")
        pages = write_site(views, folder, _Lines(desk.lang, quiet=given["quiet"]).tell)
    if not given["quiet"]:
        if audience == "public":
            published = sum(each.stage == "published" for each in shown.rules.values())
            click.echo(say("site.published", desk.lang, count=published, all=len(shown.rules)), err=True)
        told = {"pages": pages, "path": folder, "index": folder / "index.html"}
        named = term("audience", audience, desk.lang)
        click.echo(say("site.written", desk.lang, audience=named, **told), err=True)
    return 0


class _Lines:
    """A line for every so many pages."""

    def __init__(self, lang: Lang, *, quiet: bool) -> None:
        self._lang, self._quiet = lang, quiet

    def tell(self, done: int, known: int) -> None:
        if not self._quiet and done % _EVERY == 0:
            click.echo(say("site.pages", self._lang, done=done, left=known - done), err=True)
