"""Pictures as a reader meets them: which of them count, and whether words stand in for them.

After HTML Living Standard, 4.8.4.4 (requirements for text alternatives): an empty ``alt`` is a deliberate one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from selectolax.lexbor import LexborNode

_LAZY: Final = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-srcset", "srcset")
"""Where scripts that load pictures late keep the address; ``src`` is a place-holder then, or missing."""
_DECORATION: Final = frozenset({"presentation", "none"})
_NAMES: Final = frozenset({"alt", "aria-label", "aria-labelledby", "title"})
_DOT: Final = frozenset({"0", "1", "0px", "1px"})
_DOT_STYLE = re.compile(r"(?:^|[;\s])(width|height)\s*+:\s*+[01](?:px)?\s*+(?:!|;|$)", re.IGNORECASE)
_DOT_DATA: Final = "data:image/gif;base64,R0lGODlhAQABA"
"""How a GIF of one pixel begins: a place-holder or a spacer."""
_LEVELS: Final = 4
"""Elements around a picture that are asked whether they are hidden from screen readers."""
_MAX_SOURCES: Final = 100
_LONGEST: Final = 300
_LONGEST_DATA: Final = 60

Attributes = Mapping[str, str | None]


class Images:
    """The pictures of a page that are seen: how many, how many without words for them, some sources of those."""

    __slots__ = ("count", "sources", "unnamed")

    def __init__(self) -> None:
        self.count = 0
        self.unnamed = 0
        self.sources: dict[str, None] = {}

    def see(self, node: LexborNode, attributes: Attributes, *, may_be_empty: bool = True) -> None:
        """A picture that is not hidden; ``may_be_empty`` lets an empty ``alt`` say that no words are needed."""
        if not _is_content(attributes):
            return
        if not ("alt" in attributes and may_be_empty) and not _is_named(attributes):
            source = source_of(attributes)
            if not source or _is_unspoken(node):
                return
            self.unnamed += 1
            if len(self.sources) < _MAX_SOURCES:
                self.sources[source] = None
        self.count += 1


def source_of(attributes: Attributes) -> str:
    """Where a picture comes from (or where an area of a map leads), as written and cut to a length at which it can
    be told; an empty text where it comes from nowhere."""
    source = (attributes.get("src") or attributes.get("href") or "").strip()
    if not source or source[:5].lower() == "data:":
        lazy = next((value for key in _LAZY if (value := attributes.get(key))), "")
        source = lazy.strip() or source
    return source[: _LONGEST_DATA if source[:5].lower() == "data:" else _LONGEST]


def _is_content(attributes: Attributes) -> bool:
    """Whether a picture is there to be looked at: it comes from somewhere, is larger than a dot, and its markup
    does not call it decoration."""
    get = attributes.get
    if get("role") in _DECORATION or get("aria-hidden") == "true":
        return False
    if get("width") in _DOT and get("height") in _DOT:
        return False
    source = get("src") or get("href")
    if not source or source[:5] == "data:":
        source = source_of(attributes)
        if not source or source.startswith(_DOT_DATA):
            return False
    style = get("style")
    return not style or len({side.lower() for side in _DOT_STYLE.findall(style[:_LONGEST])}) < 2


def _is_named(attributes: Attributes) -> bool:
    """Whether some words stand in for a picture."""
    return not _NAMES.isdisjoint(attributes) and any((attributes.get(name) or "").strip() for name in _NAMES)


def _is_unspoken(node: LexborNode) -> bool:
    """Whether an element near around a picture is hidden from screen readers, and the picture with it."""
    around = node.parent
    for _ in range(_LEVELS):
        if around is None:
            return False
        if around.attributes.get("aria-hidden") == "true":
            return True
        around = around.parent
    return False
