"""What a page's own markup hides from the eye: the attribute ``hidden`` and inline styles.

Style sheets are not read, so what they alone hide counts as seen. ``aria-hidden`` hides nothing from the eye.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

Veil = Literal[0, 1, 2]
SHOWN: Final = 0
INVISIBLE: Final = 1
"""Keeps its place and is not painted (``visibility: hidden``); what is inside may be shown again."""
GONE: Final = 2
"""Takes no part in the page (``display: none``), nor does anything inside."""

HIDING: Final = frozenset({"hidden", "style"})
"""Attributes that may hide an element."""

_REMEMBERED: Final = 300
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)")
_DECLARED = re.compile(r"(?:^|;)\s*+(display|visibility)\s*+:\s*+([a-z-]++)(\s*+!\s*+important)?")
_NOTHING: Final[tuple[bool | None, bool | None]] = (None, None)
_FADES = re.compile(r"(?:^|[;\s-])(?:opacity|animation|transform|transition)(?:-[a-z-]+)?\s*:")
"""Beside ``visibility: hidden`` the mark of a script that fades a block in when a reader scrolls to it (WOW.js,
ScrollReveal, GSAP): a reader does see it, a browser that does not scroll never would."""


def veil_of(attributes: Mapping[str, str | None], around: Veil) -> Veil:
    """How much of an element is seen, by its attributes, inside something of which ``around`` is seen.

    The style wins over the attribute ``hidden``, as in browsers (HTML Living Standard, 15.3.1)."""
    style = attributes.get("style")
    said = _NOTHING if not style else _styled(style) if len(style) <= _REMEMBERED else _styled.__wrapped__(style)
    if around == GONE or (said is _NOTHING and "hidden" not in attributes):
        return around
    displayed, visible = said
    if displayed is False or (displayed is None and "hidden" in attributes):
        return GONE
    return around if visible is None else SHOWN if visible else INVISIBLE


@lru_cache(maxsize=4096)
def _styled(style: str) -> tuple[bool | None, bool | None]:
    """Whether a style displays its element, and whether it lets it be seen; None where it does not say."""
    style = style.lower()
    if "display" not in style and "visibility" not in style:
        return _NOTHING
    style = _COMMENT.sub(" ", style)
    said: dict[str, str] = {}
    settled = set()
    for found in _DECLARED.finditer(style):
        what, value, important = found.groups()
        if important:
            settled.add(what)
        elif what in settled:
            continue
        said[what] = value
    display, visibility = said.get("display"), said.get("visibility")
    visible = None if visibility is None else visibility not in ("hidden", "collapse")
    if visible is False and _FADES.search(style):
        visible = None
    return None if display is None else display != "none", visible
