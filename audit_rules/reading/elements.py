"""Readers of the elements that are no flow of text: head, scripts, pictures, frames, choices, controls.

Each takes the walk, the element, the region it stands in and its depth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborNode

from audit_rules.facts import Picture, Region
from audit_rules.reading.links import DATA_ATTRIBUTES, Base, in_refresh
from audit_rules.reading.measurement import read_library, read_script, speaks_of_tracking
from audit_rules.reading.text import COMMENT, name, tag_id, text_of
from audit_rules.reading.vietnamese import tidy

if TYPE_CHECKING:
    from audit_rules.reading.walk import Walk

_MAX_PICTURES: Final = 60
_MAX_INERT: Final = 100_000
Reader = Callable[["Walk", LexborNode, Region, int], None]


def _skip(_walk: Walk, _node: LexborNode, _region: Region, _depth: int) -> None:
    """Style sheets and drawings hold no text."""


# --- head and scripts -----------------------------------------------------------------------------------


def _base(walk: Walk, node: LexborNode, _region: Region, _depth: int) -> None:
    url = walk.base.resolve(node.attributes.get("href") or "")
    walk.base = Base.of(url) if url and url.startswith("http") else walk.base


def _title(walk: Walk, node: LexborNode, _region: Region, _depth: int) -> None:
    if not walk.title:
        walk.title = text_of(node)


def _meta(walk: Walk, node: LexborNode, _region: Region, _depth: int) -> None:
    attributes = node.attributes
    called = (attributes.get("name") or "").lower()
    content = attributes.get("content") or ""
    if called == "description":
        walk.description = tidy(content[:2000])[:500]
    elif called == "generator":
        walk.generator = tidy(content[:500])[:100]
    elif (attributes.get("http-equiv") or "").lower() == "refresh":
        walk.link(in_refresh(content), "refresh", "main", "", attributes)


def _script(walk: Walk, node: LexborNode, _region: Region, _depth: int) -> None:
    walk.scripts += 1
    attributes = node.attributes
    source = attributes.get("src")
    if source:
        walk.track(read_library(source))
        return
    code = node.first_child
    text = code.text_content if code is not None else None
    if text and speaks_of_tracking(text):
        walk.track(read_script(text, script_type=attributes.get("type") or ""))


def _inert(walk: Walk, node: LexborNode, _region: Region, _depth: int) -> None:
    """A template or noscript element: its text is not shown, but dead measuring code in it is worth telling."""
    walk.track(read_script((node.html or "")[:_MAX_INERT], inert=True))


def _comment(walk: Walk, node: LexborNode, _region: Region, _depth: int) -> None:
    walk.track(read_script(node.comment_content or "", comment=True))


# --- pictures, frames, choices --------------------------------------------------------------------------


def _picture(walk: Walk, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    if (region == "header" or region == "footer") and len(walk.pictures) < _MAX_PICTURES:
        alt = name(attributes["alt"] or "") if "alt" in attributes else None
        source = attributes.get("src") or attributes.get("data-src") or ""
        walk.pictures.append(Picture(source[:300], alt, region))
    walk.tell(node, attributes, region)


def _area(walk: Walk, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    walk.link(attributes.get("href"), "area", region, name(attributes.get("alt") or ""), attributes)


def _frame(walk: Walk, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    walk.link(attributes.get("src"), "frame", region, text_of(node), attributes)


def _option(walk: Walk, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    for attribute in ("value", *DATA_ATTRIBUTES):
        value = attributes.get(attribute)
        if value and "/" in value:
            walk.link(value, "option", region, text_of(node), attributes)


# --- controls -------------------------------------------------------------------------------------------


def _input(walk: Walk, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    walk.control(attributes.get("type") or "text", attributes)
    walk.tell(node, attributes, region)


def _button(walk: Walk, node: LexborNode, region: Region, depth: int) -> None:
    walk.control("button", node.attributes, text_of(node))
    walk.block(node, region, depth)


def _label(walk: Walk, node: LexborNode, region: Region, depth: int) -> None:
    if walk.form is not None:
        walk.form.words.append(text_of(node)[:100])
    walk.inline(node, region, depth)


READERS: Final[dict[int, Reader]] = {
    COMMENT: _comment,
    **{
        tag_id(tag): reader
        for tags, reader in (
            ("link style svg", _skip),
            ("base", _base),
            ("title", _title),
            ("meta", _meta),
            ("script", _script),
            ("template noscript", _inert),
            ("img", _picture),
            ("area", _area),
            ("iframe frame", _frame),
            ("option", _option),
            ("input textarea", _input),
            ("button", _button),
            ("label", _label),
        )
        for tag in tags.split()
    },
}
