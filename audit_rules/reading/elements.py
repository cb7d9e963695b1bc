"""Readers of the elements that are no flow of text: head, scripts, pictures, frames, choices, inputs.

Each takes what was gathered so far, the element, the region it stands in and its depth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from selectolax.lexbor import LexborNode

from audit_rules.facts import Picture, Region
from audit_rules.reading.gathered import Gathered
from audit_rules.reading.links import DATA_ATTRIBUTES, Base, in_refresh
from audit_rules.reading.measurement import is_executed, speaks_of_tracking
from audit_rules.reading.text import COMMENT, name, tag_id, text_of

_MAX_PICTURES: Final = 60
_MAX_INERT: Final = 100_000
_LOADED_RELS: Final = frozenset({"stylesheet", "icon", "preload", "modulepreload"})
"""Kinds of ``link`` that browsers load with the page."""


def _skip(_page: Gathered, _node: LexborNode, _region: Region, _depth: int) -> None:
    """Style sheets and drawings hold no text."""


# --- head and scripts -----------------------------------------------------------------------------------


def _base(page: Gathered, node: LexborNode, _region: Region, _depth: int) -> None:
    url = page.base.resolve(node.attributes.get("href") or "")
    page.base = Base.of(url) if url and url.startswith("http") else page.base


def _title(page: Gathered, node: LexborNode, _region: Region, _depth: int) -> None:
    if not page.head.title:
        page.head.title = text_of(node)


def _meta(page: Gathered, node: LexborNode, _region: Region, _depth: int) -> None:
    attributes = node.attributes
    content = attributes.get("content") or ""
    directive = (attributes.get("http-equiv") or "").lower()
    if directive == "refresh":
        page.link(in_refresh(content), "refresh", "main", "", attributes)
    elif directive == "content-security-policy" and "upgrade-insecure-requests" in content.lower():
        page.loaded.upgraded = True
    called = (attributes.get("name") or "").lower()
    if not called:
        called = (attributes.get("property") or attributes.get("itemprop") or "").lower()
        called = called if called[:2] == "dc" or called.endswith("description") else ""
    page.head.tell(called, content)


def _sheet(page: Gathered, node: LexborNode, _region: Region, _depth: int) -> None:
    """A ``link``: a style sheet, an icon, or nothing that is loaded."""
    attributes = node.attributes
    rel = attributes.get("rel")
    if rel and not _LOADED_RELS.isdisjoint(rel.lower().split()):
        page.loaded.note(page.base, attributes.get("href"))


def _script(page: Gathered, node: LexborNode, _region: Region, _depth: int) -> None:
    page.scripts += 1
    attributes = node.attributes
    source = attributes.get("src")
    if source:
        if is_executed(attributes.get("type") or ""):
            page.loaded.note(page.base, source)
        page.load(source)
        return
    code = node.first_child
    text = code.text_content if code is not None else None
    if text and speaks_of_tracking(text):
        page.track(text, script_type=attributes.get("type") or "")


def _inert(page: Gathered, node: LexborNode, _region: Region, _depth: int) -> None:
    """A template or noscript element: its text is not shown, but dead measuring code in it is worth telling."""
    page.track((node.html or "")[:_MAX_INERT], inert=True)


def _comment(page: Gathered, node: LexborNode, _region: Region, _depth: int) -> None:
    page.track(node.comment_content or "", comment=True)


# --- pictures, frames, choices --------------------------------------------------------------------------


def _picture(page: Gathered, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    page.loaded.note(page.base, attributes.get("src"))
    if not page.is_hidden(attributes):
        page.images.see(node, attributes)
        if (region == "header" or region == "footer") and len(page.pictures) < _MAX_PICTURES:
            alt = name(attributes["alt"] or "") if "alt" in attributes else None
            source = attributes.get("src") or attributes.get("data-src") or ""
            page.pictures.append(Picture(source[:300], alt, region))
    page.tell(node, attributes, region)


def _area(page: Gathered, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    target = attributes.get("href")
    if target and not page.is_hidden(attributes):
        page.images.see(node, attributes)
    page.link(target, "area", region, name(attributes.get("alt") or ""), attributes)


def _frame(page: Gathered, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    page.loaded.note(page.base, attributes.get("src"))
    page.link(attributes.get("src"), "frame", region, text_of(node), attributes)


def _option(page: Gathered, node: LexborNode, region: Region, _depth: int) -> None:
    if page.form is not None:
        page.form.choices = True
    attributes = node.attributes
    for attribute in ("value", *DATA_ATTRIBUTES):
        value = attributes.get(attribute)
        if value and ("/" in value or _is_host(value)):
            address = value if "/" in value else f"http://{value}"  # the page's script puts the scheme before it
            page.link(address, "option", region, text_of(node), attributes)


def _is_host(value: str) -> bool:
    return value.endswith(".vn") and value.replace(".", "").replace("-", "").isalnum()


def _input(page: Gathered, node: LexborNode, region: Region, _depth: int) -> None:
    attributes = node.attributes
    kind = attributes.get("type") or "text"
    if kind.lower() == "image":
        page.loaded.note(page.base, attributes.get("src"))
        if not page.is_hidden(attributes):
            page.images.see(node, attributes, may_be_empty=False)
    page.control(kind, attributes)
    page.tell(node, attributes, region)


READERS: Final[dict[int, Callable[[Gathered, LexborNode, Region, int], None]]] = {
    COMMENT: _comment,
    **{
        tag_id(tag): reader
        for tags, reader in (
            ("style svg", _skip),
            ("link", _sheet),
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
        )
        for tag in tags.split()
    },
}
