"""Where a page lies as a file, and which pages a page leads to."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote

from audit.web.links import PATHS, Links
from audit_rules.judgement import Lang

STATIC = "static"
DATA: Final[Mapping[Lang, str]] = {"vi": "data", "en": "en/data"}


class Place(NamedTuple):
    """A page: its kind and ids as in ``links.PATHS``, the question its list answers, its language."""

    kind: str
    ids: tuple[str, ...]
    query: str
    lang: Lang

    @property
    def path(self) -> str:
        """The name of its file, below the folder of the site: ``en/portals/laocai.html``. What is asked of a list
        is part of the name (``findings--rule-transport.https_page-2.html``)."""
        path = PATHS[self.kind].format(*(quote(each, safe="") for each in self.ids)).strip("/") or "index"
        asked = "_".join(f"{name}-{quote(value, safe='')}" for name, value in sorted(parse_qsl(self.query)))
        before = "en/" if self.lang == "en" else ""
        return f"{before}{path}{'--' if asked else ''}{asked}.html"


Known = Mapping[str, Collection[tuple[str, ...]]]
"""The ids of what the site has a page for, by kind of page; lists are always there."""

_NEAREST: Final[Mapping[str, tuple[str, int]]] = {
    "run_finding": ("finding", 1),
    "run_portal": ("portal", 1),
    "finding": ("rule", 1),
    "rule": ("rules", 1),
    "portal": ("portals", 1),
    "agency": ("agencies", 1),
    "run": ("runs", 1),
    "ranking": ("rankings", 1),
}
"""What stands for a page that the site does not have, and how many of its ids are left out: a portal in an older
run is told by its own page, which has its history; what is no finding by the page of the rule."""


class SiteLinks(Links):
    """Addresses of the site as the file ``here`` writes them; ``wanted`` is told each page that it leads to."""

    def __init__(self, lang: Lang, here: str, known: Known, wanted: Callable[[Place], None]) -> None:
        super().__init__(lang)
        self._folder = posixpath.dirname(here) or "."
        self._known, self._wanted = known, wanted

    def to(self, kind: str, *ids: str, query: str = "", lang: Lang | None = None) -> str:
        while kind in _NEAREST and ids not in self._known.get(kind, ()):
            kind, left_out = _NEAREST[kind]
            ids, query = ids[left_out:], ""
        place = Place(kind, ids, query, lang or self.lang)
        self._wanted(place)
        return self._relative(place.path)

    def file(self, name: str) -> str:
        return self._relative(f"{STATIC}/{name}")

    def download(self, name: str, query: str = "") -> str:  # noqa: ARG002 - the files hold everything
        return self._relative(f"{DATA[self.lang]}/{name}")

    def other(self, name: str) -> str:
        """A download in the other language."""
        return self._relative(f"{DATA['en' if self.lang == 'vi' else 'vi']}/{name}")

    def _relative(self, path: str) -> str:
        return posixpath.relpath(path, self._folder)
