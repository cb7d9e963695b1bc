"""Small pieces of markup that several families use."""

from __future__ import annotations

from zlib import crc32

from sandbox.portals.pieces import PICTURE, Answer, plain
from sandbox.portals.portal import Page, Portal

READY = "document.documentElement.dataset.ready = '1';\n"
"""A theme's script that changes nothing one could see."""


def number(path: str, most: int = 90_000) -> int:
    """A number as systems give to pages: always the same for a path."""
    return crc32(path.encode()) % most + 1000


def slug(path: str) -> str:
    return path.rpartition("/")[2]


def links(pairs: tuple[tuple[str, str], ...], before: str = "", after: str = "") -> str:
    """Links to other sites, each between two pieces of markup."""
    return "".join(f'{before}<a href="{url}" title="{name}">{name}</a>{after}' for name, url in pairs)


def lines(portal: Portal, page: Page, before: str, after: str) -> str:
    """The lines of the footer, each between two pieces of markup."""
    return "".join(f"{before}{line}{after}" for line in portal.footer(page))


def heading(page: Page, tag: str = "h1") -> str:
    return "" if page.is_home else f"<{tag}>{page.title}</{tag}>"


def theme(portal: Portal, banner: str, script: str, code: str = READY) -> dict[str, Answer]:
    """The banner, the theme's script, and for a host of its own robots.txt."""
    files = {portal.body.path + banner: PICTURE, portal.body.path + script: plain(code, "text/javascript")}
    if not portal.body.path:
        files["/robots.txt"] = plain("User-agent: *\nDisallow: /admin/\n")
    return files
