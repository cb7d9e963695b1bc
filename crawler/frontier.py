"""What to visit next: pages that speak of something a rule needs come first.

A queue without chance or clock: the same links offered in the same order give the same visit.
"""

from __future__ import annotations

import heapq

from audit_rules.facts import Region
from crawler.scope import canonical, cleaned, pattern

MAX_KNOWN = 20_000
"""Addresses remembered per portal; a site that writes more links than this is generating them."""

SAME_PATTERN = 3
"""Pages whose addresses differ in digits only, before other patterns have had their turn."""

MAX_LEFT = 500

_FRAME: frozenset[Region] = frozenset({"header", "menu", "footer"})

_CONCEPT, _SECTION, _ARTICLE, _MORE_OF_THE_SAME = range(4)
_Order = tuple[int, int, int]


class Frontier:
    """Addresses to ask, best first: concepts by rank, sections by depth, articles, then more of the same."""

    def __init__(self) -> None:
        self._heap: list[tuple[_Order, str]] = []
        self._order: dict[str, _Order] = {}
        self._url: dict[str, str] = {}
        self._framed: set[str] = set()
        self._done: set[str] = set()
        self._patterns: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._order)

    @property
    def discovered(self) -> int:
        return len(self._order) + len(self._done)

    def mark(self, url: str) -> bool:
        """Notes an address as visited; False where it was visited before."""
        key = canonical(url)
        new = key not in self._done
        self._visited(key)
        return new

    def offer(self, url: str, rank: int | None, region: Region) -> None:
        """Adds an address of the portal; one that is known moves up if this link speaks better of it."""
        key = canonical(url)
        if key in self._done or (key not in self._order and self.discovered >= MAX_KNOWN):
            return
        if region in _FRAME:
            self._framed.add(key)
        depth = key.partition("?")[0].count("/") + ("?" in url)
        if rank is not None:
            place, weight = _CONCEPT, rank
        elif region in _FRAME or depth <= 1:
            place, weight = _SECTION, depth
        else:
            place, weight = _ARTICLE, depth
        known = self._order.get(key)
        order = (place, weight, known[2] if known else len(self._url))
        if known is None or order < known:
            self._url.setdefault(key, cleaned(url))
            self._push(key, order)

    def take(self) -> str | None:
        """The next address, now counted as visited; None when nothing is left."""
        while self._heap:
            order, key = heapq.heappop(self._heap)
            if self._order.get(key) != order:
                continue
            # Menu entries may differ in a number only and still be sections; in lists that means page after page.
            if order[0] != _MORE_OF_THE_SAME and key not in self._framed:
                shape = pattern(self._url[key])
                if self._patterns.get(shape, 0) >= SAME_PATTERN:
                    self._push(key, (_MORE_OF_THE_SAME, order[0], order[2]))
                    continue
                self._patterns[shape] = self._patterns.get(shape, 0) + 1
            self._visited(key)
            return self._url[key]
        return None

    def left(self) -> tuple[str, ...]:
        """What is still waiting, best first, at most MAX_LEFT addresses."""
        return tuple(self._url[key] for key in heapq.nsmallest(MAX_LEFT, self._order, key=self._order.__getitem__))

    def _visited(self, key: str) -> None:
        self._order.pop(key, None)
        self._done.add(key)

    def _push(self, key: str, order: _Order) -> None:
        self._order[key] = order
        heapq.heappush(self._heap, (order, key))
