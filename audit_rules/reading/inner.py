"""What stands inside an element as a document or tree of its own: frames with their text (srcdoc) and shadow roots.

A reader sees their text in its place in the page; so it is read there. A look in the browser writes the frames it
read as srcdoc, and open shadow roots as the templates that make them (crawler/drawn.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from audit_rules.reading.bounds import bounded, broken_up
from audit_rules.reading.text import TEXT, tag_id

MAX_FRAMES: Final = 20
MAX_NESTED: Final = 3
MAX_FRAME_BYTES: Final = 2_000_000
"""Of all frames of a page."""
MAX_ROOTS: Final = 500
MAX_ROOTS_NESTED: Final = 8
"""Shadow roots that are read; of more the content is left out."""

_ROOT = "template[shadowrootmode]"
_UNSEEN = re.compile(r"0*[01](?:px)?")
_SCRIPT: Final = tag_id("script")


def parse(page: bytes) -> LexborHTMLParser:
    """The tree of a bounded page in UTF-8, as a browser that runs scripts builds it: noscript is text."""
    return LexborHTMLParser(broken_up(page), options=LexborDocumentOptions.WO_EVENTS, scripting=True)


class Frames:
    """The documents that the frames of one page hold in themselves, each parsed once, within bounds."""

    def __init__(self) -> None:
        self._parsed: dict[str, LexborHTMLParser] = {}
        self._bytes = 0
        self.nested = 0

    def parsed(self, said: str) -> LexborHTMLParser | None:
        """The tree of a frame's document; None beyond the bounds."""
        if said not in self._parsed:
            page = said.encode("utf-8", "replace")
            self._bytes += len(page)
            if self.nested >= MAX_NESTED or len(self._parsed) >= MAX_FRAMES or self._bytes > MAX_FRAME_BYTES:
                return None
            self._parsed[said] = parse(composed(bounded(page)[0]))
        return self._parsed[said]


def is_speck(width: str | None, height: str | None) -> bool:
    """Whether a frame of this size, in pixels, is there for scripts and not for a reader."""
    return any(size is not None and _UNSEEN.fullmatch(size.strip()) for size in (width, height))


def composed(page: bytes) -> bytes:
    """The page with its shadow roots in the place of what they stand for: light children only where a slot shows
    them, as in browsers (DOM Standard, 4.2.2). The scripts among those run wherever they are, and are kept."""
    if b"shadowrootmode" not in page.lower():
        return page
    return _composed(page, iter(range(MAX_ROOTS)), MAX_ROOTS_NESTED).encode("utf-8", "replace")


def _composed(page: bytes, roots: Iterator[int], deeper: int) -> str:
    tree = parse(page)
    if tree.root is None:
        return ""
    marks: dict[str, str] = {}
    key = hashlib.sha256(page).hexdigest()  # no page can hold its own digest
    templates = [template for template in tree.css(_ROOT) if deeper and next(roots, None) is not None]
    for template in reversed(templates):  # a host among the light children of another comes before it
        host = template.parent
        if host is None:
            continue
        mark = f"{key}.{len(marks)}."
        marks[mark] = _shown(template, roots, deeper - 1)
        while (child := host.first_child) is not None:
            child.decompose(recursive=True)
        host.insert_child(mark)
    html = tree.root.html or ""
    for mark, shown in reversed(marks.items()):
        html = html.replace(mark, shown)
    return html


def _shown(template: LexborNode, roots: Iterator[int], deeper: int) -> str:
    """What a shadow root shows, with the light children of its host in its slots."""
    inside = (template.html or "").partition(">")[2].removesuffix("</template>")
    tree = parse(_composed(inside.encode("utf-8", "replace"), roots, deeper).encode("utf-8", "replace"))
    given: dict[str, list[str]] = {}
    scripts: list[str] = []
    child = template.next  # what stands before the root in the markup moves with it: no browser writes it so
    while child is not None:
        slot = (child.attributes.get("slot") or "") if child.is_element_node else ""
        if child.tag_id == _SCRIPT:
            scripts.append(child.html or "")
        elif child.is_element_node or (child.tag_id == TEXT and not child.is_empty_text_node):
            given.setdefault(slot, []).append(child.html or "")
        child = child.next
    key = hashlib.sha256(inside.encode("utf-8", "replace") + b"slot").hexdigest()
    marks: dict[str, str] = {}
    for place in tree.css("slot"):
        light = given.pop(place.attributes.get("name") or "", None)
        if light is not None:
            mark = f"{key}.{len(marks)}."
            marks[mark] = "".join(light)
            place.replace_with(mark)
    body = tree.body
    html = (body.inner_html or "") if body is not None else ""
    for mark, light_html in marks.items():
        html = html.replace(mark, light_html)
    return html + "".join(scripts)
