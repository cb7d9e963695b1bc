"""The words of a piece of markup: lines, names and labels, tidied and cut to size."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audit_rules.facts import Line, Region
from audit_rules.reading.vietnamese import tidy

MAX_LINE: Final = 2000
MAX_NAME: Final = 300
_MAX_INNER: Final = 200
"""Nodes of a link that are looked at for its text."""

_MAKER = LexborHTMLParser("")


def tag_id(tag: str) -> int:
    """The number under which the parser knows a tag; comparing it is cheaper than asking for the name."""
    node = _MAKER.create_node(tag)
    return node.tag_id


TEXT: Final = 2
"""The tag number of text (lexbor's ``LXB_TAG__TEXT``)."""
COMMENT: Final = 4
_IMG: Final = tag_id("img")


tidied = lru_cache(maxsize=8192)(tidy)
"""``tidy`` for texts of at most ``MAX_NAME`` characters: what menus and footers say repeats on every page."""


@lru_cache(maxsize=8192)
def short_line(text: str, region: Region, heading: int) -> Line | None:
    """A line of at most ``MAX_NAME`` characters, tidied; None where only blanks are left."""
    text = tidied(text)
    return Line(text, region, heading) if text else None


def long_line(text: str, region: Region, heading: int) -> Line | None:
    """A longer line, tidied and cut to ``MAX_LINE``."""
    text = tidy(text)[:MAX_LINE]
    return Line(text, region, heading) if text else None


def name(text: str) -> str:
    """A text that is a name or label: tidied and cut."""
    return tidied(text) if len(text) <= MAX_NAME else tidy(text[: 4 * MAX_NAME])[:MAX_NAME]


def text_of(node: LexborNode) -> str:
    """What a reader sees of a link or button, or the text alternatives of its pictures where that is nothing."""
    only = node.first_child
    if only is None:
        return ""
    if only.tag_id == TEXT and only.next is None:
        return name(only.text_content or "")
    said: list[str] = []
    alternatives: list[str] = []
    for count, inner in enumerate(node.traverse(include_text=True)):
        tag = inner.tag_id
        if tag == TEXT:
            said.append((inner.text_content or "")[: 4 * MAX_NAME])
        elif tag == _IMG:
            told = inner.attributes
            alternatives.append((told.get("alt") or told.get("title") or "")[:MAX_NAME])
        if count >= _MAX_INNER:
            break
    return name(" ".join(said)) or name(" ".join(filter(None, alternatives)))
