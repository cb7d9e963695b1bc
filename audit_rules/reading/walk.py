"""The one walk over a page's tree: text lines by region, links, forms, pictures, measuring code.

Nodes are lexbor's. The walk is a recursion bounded in depth; what lies deeper is not read and the page is
marked ``cut``. It runs for every node of every page: each tag has its reader, and what repeats on the pages
of a portal (lines, addresses, class names) is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from selectolax.lexbor import LexborNode

from audit_rules.address import is_document
from audit_rules.facts import LinkKind, Region
from audit_rules.reading.elements import READERS
from audit_rules.reading.forms import FormDraft
from audit_rules.reading.gathered import NOTED, Attributes
from audit_rules.reading.inner import Frames, is_speck
from audit_rules.reading.lines import Lines
from audit_rules.reading.links import in_script
from audit_rules.reading.metadata import Head
from audit_rules.reading.pictures import source_of
from audit_rules.reading.regions import LANDMARK_TAGS, Span, is_told_by_markup, region_of
from audit_rules.reading.text import COMMENT, MAX_NAME, TEXT, name, tag_id, text_of, tidied
from audit_rules.reading.visibility import GONE, SHOWN, veil_of

MAX_DEPTH: Final = 200
_HEADER_WITHIN: Final = 20
"""Lines outside header and menus after which no header begins any more: it is the head of a banner or block."""
_MAX_FORMS: Final = 200
_MAX_MOVING: Final = 20
_LONGEST_MOVING: Final = 120

_SECTIONS: Final = frozenset({"section", "article", "aside", "main"})
_ROOT_IDS: Final = frozenset({"root", "app", "__next", "__nuxt", "app-root", "q-app"})


class Walk(Lines):
    """Gathers what ``read_page`` makes facts of; everything is filled by ``visit``.

    ``misplaced`` are nodes (by ``mem_id``) whose names lie about their region: an earlier walk found out, and the
    trees of its ``frames`` are walked again.
    """

    def __init__(self, url: str, misplaced: frozenset[int] = frozenset(), frames: Frames | None = None) -> None:
        super().__init__(url)
        self._misplaced = misplaced
        self.frames = frames or Frames()
        self._sections = 0

    def visit(self, root: LexborNode) -> None:
        attributes = root.attributes
        if "lang" in attributes:  # HTML does not heed xml:lang (HTML Living Standard, 3.2.6.2)
            self.lang = attributes["lang"] or ""
        self.veil = veil_of(attributes, SHOWN)
        outside = root.parent.first_child if root.parent is not None else root
        while outside is not None:
            if outside.tag_id == COMMENT:
                READERS[COMMENT](self, outside, "main", 0)
            elif outside.tag_id == root.tag_id:
                self._inside(root, "main", 0)
            outside = outside.next
        if self._pieces:
            self._break()

    def _inside(self, node: LexborNode, region: Region, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.cut = True
            return
        pieces = self._pieces
        child = node.first_child
        while child is not None:
            tag = child.tag_id
            if tag == TEXT:
                if not child.is_empty_text_node:
                    self._line_region = region
                    pieces.append(child.text_content or "")
                elif pieces:
                    pieces.append(" ")
            elif tag == _ANCHOR:
                self._anchor(child, region, depth)
            else:
                reader = _READERS.get(tag)
                if reader is None:
                    self._block(child, region, depth)
                else:
                    reader(self, child, region, depth)
            child = child.next

    def _line_break(self, _node: LexborNode, _region: Region, _depth: int) -> None:
        if self._pieces:
            self._break()

    # --- structure -----------------------------------------------------------------------------------

    def _block(self, node: LexborNode, region: Region, depth: int) -> None:
        """Reads an element that begins and ends a line."""
        if self._pieces:
            self._break()
        attributes: Attributes = node.attributes
        if attributes:
            noted = not NOTED.isdisjoint(attributes)
            if noted and (veil := veil_of(attributes, self.veil)) != self.veil:
                self._veiled(veil, self._block, node, region, depth)
                return
            inside = self._region(node, "", attributes, region)
            if noted:
                self.tell(node, attributes, inside)
            if inside != region:
                self._open(node, "", attributes, inside, depth)
                return
        only = node.first_child
        if only is None:
            return
        if only.tag_id == TEXT and only.next is None:
            if not only.is_empty_text_node:
                self._line_region = region
                self._pieces.append(only.text_content or "")
                self._break()
            return
        self._inside(node, region, depth + 1)
        if self._pieces:
            self._break()

    def _landmark(self, node: LexborNode, region: Region, depth: int) -> None:
        if self._pieces:
            self._break()
        tag = node.tag or ""
        attributes: Attributes = node.attributes
        noted = not NOTED.isdisjoint(attributes)
        if noted and (veil := veil_of(attributes, self.veil)) != self.veil:
            self._veiled(veil, self._landmark, node, region, depth)
            return
        inside = self._region(node, tag, attributes, region)
        if noted:
            self.tell(node, attributes, inside)
        sections, self._sections = self._sections, self._sections + (tag in _SECTIONS)
        if inside != region:
            self._open(node, tag, attributes, inside, depth)
        else:
            self._inside(node, region, depth + 1)
            if self._pieces:
                self._break()
        self._sections = sections

    def _open(self, node: LexborNode, tag: str, attributes: Attributes, inside: Region, depth: int) -> None:
        """Reads an element that opens a region of its own."""
        first = len(self.lines)
        self.landmarks.add(inside)
        self._inside(node, inside, depth + 1)
        if self._pieces:
            self._break()
        told = is_told_by_markup(tag, attributes.get("role"))
        self.spans.append(Span(node.mem_id, inside, first, len(self.lines), told, self._sections > 0))

    def _region(self, node: LexborNode, tag: str, attributes: Attributes, current: Region) -> Region:
        """The region an element opens or stands in."""
        get = attributes.get
        identity, classes, role = get("id"), get("class"), get("role")
        region = current
        if classes or identity or role or tag:
            region = region_of(tag, role, identity, classes, current, self._sections > 0)
            if region != current and (
                node.mem_id in self._misplaced or (region == "header" and self._own_lines() > _HEADER_WITHIN)
            ):
                region = current
            if identity in _ROOT_IDS:
                self.script_root = True
        return region

    def _own_lines(self) -> int:
        return sum(line.region != "header" and line.region != "menu" for line in self.lines)

    def _plain(self, node: LexborNode, region: Region, depth: int) -> None:
        """The body: its names speak of the whole page, never of a region."""
        if (veil := veil_of(node.attributes, self.veil)) != self.veil:
            self._veiled(veil, self._plain, node, region, depth)
            return
        self._inside(node, region, depth + 1)

    def _moving(self, node: LexborNode, region: Region, depth: int) -> None:
        """A marquee or blink element: a block whose text runs or blinks, unless it is told to stand still."""
        if self._pieces:
            self._break()
        first, images = len(self.lines), self.images.count
        self._block(node, region, depth)
        attributes: Attributes = node.attributes
        if len(self.moving) >= _MAX_MOVING or (attributes.get("scrollamount") or "").strip() == "0":
            return
        said = " ".join(line.text for line in self.lines[first : first + _LONGEST_MOVING] if not line.hidden)
        if not said and self.images.count > images:
            picture = node.css_first("img")
            said = text_of(node) or (source_of(picture.attributes) if picture is not None else "")
        if said:
            self.moving.append(said[:_LONGEST_MOVING])

    def _media(self, node: LexborNode, region: Region, depth: int) -> None:
        """A film, a sound or a plug-in; what it says where it cannot be played is a block."""
        attributes: Attributes = node.attributes
        for attribute in ("src", "data", "poster"):
            self.loaded.note(self.base, attributes.get(attribute))
        if node.tag in ("object", "embed"):  # a file that is read in the page
            shown = self.base.resolve(attributes.get("data") or attributes.get("src") or "")
            if shown is not None and is_document(shown):
                self.link(shown, "frame", region, "", attributes)
        self._block(node, region, depth)

    def _frame(self, node: LexborNode, region: Region, depth: int) -> None:
        """A frame; the document that stands in its markup is read in its place."""
        if self._pieces:
            self._break()
        attributes: Attributes = node.attributes
        READERS[node.tag_id](self, node, region, depth)
        document = attributes.get("srcdoc")
        if not document:
            return
        tree = self.frames.parsed(document)
        if tree is None or tree.root is None:
            self.cut = True
            return
        around = self.base, self.head, self.form, self.veil
        self.head, self.form = Head(), None
        unseen = is_speck(attributes.get("width"), attributes.get("height"))
        self.veil = GONE if unseen else veil_of(attributes, self.veil)
        self.frames.nested += 1
        self._inside(tree.root, region, depth + 1)
        if self._pieces:
            self._break()
        self.frames.nested -= 1
        self.base, self.head, self.form, self.veil = around

    def _heading_block(self, node: LexborNode, region: Region, depth: int) -> None:
        if self._pieces:
            self._break()
        before, self._heading = self._heading, int((node.tag or "h6")[1])
        self._block(node, region, depth)
        self._heading = before

    def _form_block(self, node: LexborNode, region: Region, depth: int) -> None:
        attributes: Attributes = node.attributes
        action = attributes.get("action") or ""
        before = self.form
        self.form = FormDraft(self.base.resolve(action) or "", attributes.get("method") or "", region)
        if len(self.forms) < _MAX_FORMS:
            self.forms.append(self.form)
        if self.form.method.lower() == "get":
            self.link(action, "form", region, "", attributes)
        self._block(node, region, depth)
        self.form = before

    def _button(self, node: LexborNode, region: Region, depth: int) -> None:
        self.control("button", node.attributes, text_of(node))
        self._block(node, region, depth)

    def _label(self, node: LexborNode, region: Region, depth: int) -> None:
        if self.form is not None:
            self.form.words.append(text_of(node)[:100])
        self._inline(node, region, depth)

    def _inline(self, node: LexborNode, region: Region, depth: int) -> None:
        """Reads an element whose text goes on in the line."""
        attributes: Attributes = node.attributes
        if attributes:
            if not NOTED.isdisjoint(attributes):
                if (veil := veil_of(attributes, self.veil)) != self.veil:
                    self._veiled_text(veil, self._inline, node, region, depth)
                    return
                self.tell(node, attributes, region)
            classes = attributes.get("class")
            if classes and "fax" in classes and node.first_child is None:
                self._pieces.append(" Fax: ")
        self._inside(node, region, depth + 1)

    # --- links and what attributes tell --------------------------------------------------------------

    def _anchor(self, node: LexborNode, region: Region, depth: int) -> None:
        attributes: Attributes = node.attributes
        if not NOTED.isdisjoint(attributes):
            if (veil := veil_of(attributes, self.veil)) != self.veil:
                self._veiled_text(veil, self._anchor, node, region, depth)
                return
            self.tell(node, attributes, region)
        href = attributes.get("href")
        if not href:
            self._inside(node, region, depth + 1)
            return
        kind: LinkKind = "a"
        target: str | None = href
        if href[0] in "jJ \t\r\n" and href.lstrip()[:11].lower() == "javascript:":
            kind, target = "script", in_script(href)
        elif "/cdn-cgi/l/email-protection#" in href:
            self.unmask(href.partition("#")[2])
        only = node.first_child
        if only is not None and only.tag_id == TEXT and only.next is None:
            said = only.text_content or ""
            text = tidied(said) if len(said) <= MAX_NAME else name(said)
            self._line_region = region
            self._pieces.append(said)
        else:
            text = text_of(node)
            only = None
        self.link(target, kind, region, text, attributes)
        if only is None:
            self._inside(node, region, depth + 1)


_ANCHOR: Final = tag_id("a")
_INLINE = (
    "abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q s samp small span strike"
    " strong sub sup time tt u var wbr"
)
_READERS: Final[dict[int, Callable[[Walk, LexborNode, Region, int], None]]] = {
    **dict.fromkeys(map(tag_id, _INLINE.split()), Walk._inline),
    **dict.fromkeys(map(tag_id, ("h1", "h2", "h3", "h4", "h5", "h6")), Walk._heading_block),
    **dict.fromkeys(map(tag_id, (*_SECTIONS, *LANDMARK_TAGS)), Walk._landmark),
    _ANCHOR: Walk._anchor,
    **dict.fromkeys(map(tag_id, ("audio", "embed", "object", "source", "track", "video")), Walk._media),
    **dict.fromkeys(map(tag_id, ("blink", "marquee")), Walk._moving),
    tag_id("body"): Walk._plain,
    tag_id("br"): Walk._line_break,
    tag_id("button"): Walk._button,
    tag_id("form"): Walk._form_block,
    tag_id("label"): Walk._label,
    **READERS,
    **dict.fromkeys(map(tag_id, ("iframe", "frame")), Walk._frame),
}
