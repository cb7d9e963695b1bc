"""The links of the pages that were read, weighed: which pages of the portal to read next, what to ask beside."""

from __future__ import annotations

from collections.abc import Iterator

from audit_rules.address import is_document
from audit_rules.facts import Link, Page, Region
from crawler.errand import Errand
from crawler.frontier import Frontier
from crawler.scope import Scope, canonical, cleaned, is_web, may_be_page

MAX_DOCUMENTS = 12
MAX_OUTSIDE = 6
MAX_FOREIGN = 3
MAX_LINKS = 50_000
MAX_REMEMBERED = 2000
_FOLLOWED = frozenset({"a", "area", "option", "data", "script", "refresh", "frame"})

_Order = tuple[int, int, str]


class Finds:
    """Pages of the portal go to ``frontier``. ``foreign`` are versions in other languages out of the portal, by
    their canonical address; of those inside ``is_foreign`` tells."""

    def __init__(self, errand: Errand, scope: Scope) -> None:
        self.frontier = Frontier()
        self.foreign: dict[str, str] = {}
        self._errand, self._scope = errand, scope
        self._other_language: set[str] = set()
        self._documents: dict[str, _Order] = {}
        self._outside: dict[str, _Order] = {}
        self._weighed: set[tuple[str, str, Region]] = set()

    def of(self, page: Page) -> None:
        """Weighs the links of a page. Menus come back on every page: a link is weighed once, whatever page it is
        on."""
        for view in page.views:
            for link in view.links:
                key = (link.url, link.text, link.region)
                if key not in self._weighed and len(self._weighed) < MAX_LINKS:
                    self._weighed.add(key)
                    if link.kind in _FOLLOWED and is_web(link.url):
                        self._weigh(link)

    def is_foreign(self, url: str) -> bool:
        return canonical(url) in self._other_language

    def beside(self) -> Iterator[tuple[str, bool]]:
        """What to ask beside the pages, best first, and whether it is a document."""
        for where, most in ((self._documents, MAX_DOCUMENTS), (self._outside, MAX_OUTSIDE)):
            for _, _, url in sorted(where.values())[:most]:
                yield url, where is self._documents

    def _weigh(self, link: Link) -> None:
        errand, own = self._errand, self._scope.owns(link.url)
        if errand.foreign is not None and errand.foreign(link):
            self._to_other_language(link, own)
        rank = errand.rank(link.text, link.hint, link.url, link.region)
        if own and not is_document(link.url):
            if may_be_page(link.url):
                self.frontier.offer(link.url, rank, link.region)
            return
        wanted = not own and errand.outside is not None and errand.outside(link)
        if rank is not None or wanted:
            where = self._documents if is_document(link.url) else self._outside
            order = (-1 if wanted else rank or 0, len(where), cleaned(link.url))
            page = canonical(link.url)
            if page in where or len(where) < MAX_REMEMBERED:
                where[page] = min(where.get(page, order), order)

    def _to_other_language(self, link: Link, own: bool) -> None:
        if own:
            self._other_language.add(canonical(link.url))
        elif len(self.foreign) < MAX_FOREIGN and not is_document(link.url):
            self.foreign.setdefault(canonical(link.url), link.url)
