"""Draws a portal: what it says, in the shape of its family."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sandbox.bodies import Body
from sandbox.country import Country
from sandbox.families.dnn import DNN
from sandbox.families.liferay import LIFERAY
from sandbox.families.script import HYDRATED, SCRIPT
from sandbox.families.sharepoint import SHAREPOINT
from sandbox.families.vnpt import VNPT
from sandbox.families.wordpress import WORDPRESS
from sandbox.portals.contents import contents, lost, results
from sandbox.portals.pieces import Answer, Faults, Site, html, redirect
from sandbox.portals.portal import Family, Page, Portal
from sandbox.portals.sections import files

FAMILIES: Mapping[str, Family] = {
    "liferay": LIFERAY,
    "sharepoint": SHAREPOINT,
    "dnn": DNN,
    "wordpress": WORDPRESS,
    "vnpt": VNPT,
    "hydrated": HYDRATED,
    "script": SCRIPT,
}


_DRAWN = 200
"""Portals of which the drawn pages are kept: a large country has more than fit into memory."""


def site_of(body: Body, faults: Faults, country: Country) -> Site:
    """All pages of a portal with the faults planted in it."""
    forgotten = country.forgotten(body) if "one_component_unlisted" in faults else None
    listed = tuple(each for each in country.components(body) if each is not forgotten)
    return _draw(body, faults, country.main_of(body), listed)


@lru_cache(maxsize=_DRAWN)
def _draw(body: Body, faults: Faults, main: Body | None, listed: tuple[Body, ...]) -> Site:
    family = FAMILIES[body.family]
    portal = Portal(body, family, faults, main, listed)
    portal.pages.update(contents(portal))

    def framed(page: Page, status: int = 200) -> Answer:
        charset = "; charset=utf-8" if family.header_charset else ""
        own_frame = page.html.startswith("<!DOCTYPE")
        return html(
            page.html if own_frame else family.frame(portal, page),
            status=status,
            packed=family.packed,
            charset=charset,
        )

    answers: dict[str, Answer] = {portal.at(page.path): framed(page) for page in portal.pages.values()}
    for path in dict.fromkeys((f"{body.path}/", body.path or "/")):
        answers.setdefault(path, redirect(portal.at("/")) if family.home != "/" else answers[portal.at("/")])
    path, field = family.search
    return Site(
        answers | family.files(portal, portal.pages) | files(portal),
        framed(lost(), 200 if family.soft_404 else 404),
        body.path + path if portal.has_search else "",
        field,
        lambda words: framed(results(portal, words)),
    )
