"""Addresses of pages: one table for the server, the templates and whoever writes the pages as files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from audit_rules.judgement import Lang

PATHS: Final[Mapping[str, str]] = {
    "home": "/",
    "portals": "/portals",
    "portal": "/portals/{}",
    "finding": "/portals/{}/{}",
    "agencies": "/agencies",
    "agency": "/agencies/{}",
    "rules": "/rules",
    "rule": "/rules/{}",
    "rankings": "/rankings",
    "ranking": "/rankings/{}",
    "rates": "/rates",
    "figures": "/figures",
    "comparison": "/comparison",
    "runs": "/runs",
    "run": "/runs/{}",
    "run_portal": "/runs/{}/{}",
    "run_finding": "/runs/{}/{}/{}",
    "findings": "/findings",
    "search": "/search",
    "about": "/about",
}
"""Every kind of page; the places take ids. English pages lie under /en."""


@lru_cache(maxsize=10_000)
def _quoted(text: str) -> str:
    return quote(text, safe="")


class Links:
    """The addresses of a server's pages in one language. ``root`` is where the server is mounted, without a slash
    at its end. A site of files has a class of its own with the same two methods."""

    def __init__(self, lang: Lang, root: str = "") -> None:
        self.lang = lang
        self.root = root

    def to(self, kind: str, *ids: str, query: str = "", lang: Lang | None = None) -> str:
        """The address of a page; ``query`` is what stands behind its ?."""
        path = PATHS[kind].format(*map(_quoted, ids))
        before = "/en" if (lang or self.lang) == "en" else ""
        address = f"{self.root}{before}{path}" if path != "/" or not before else f"{self.root}{before}/"
        return f"{address}?{query}" if query else address

    def file(self, name: str) -> str:
        """The address of a file that every page uses (``style.css``)."""
        return f"{self.root}/static/{name}"

    def download(self, name: str, query: str = "") -> str:
        """The address of what is no page: ``findings.csv``, ``pictures/RUN/PORTAL.img``."""
        before = "/en" if self.lang == "en" and not name.startswith("pictures/") else ""
        return f"{self.root}{before}/{quote(name)}" + (f"?{query}" if query else "")
