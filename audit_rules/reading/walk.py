"""The one walk over a page's tree: text lines by region, links, forms, pictures, measuring code.

Nodes are lexbor's. The walk is a recursion bounded in depth; what lies deeper is not read and the page is
marked ``cut``. It runs for every node of every page: each tag has its reader, and what repeats on the pages
of a portal (lines, addresses, class names) is worked out once.
"""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborNode

from audit_rules.facts import EmcEmbed, Line, Link, LinkKind, Picture, Region
from audit_rules.reading.contacts import decode_cloudflare
from audit_rules.reading.elements import READERS, Reader
from audit_rules.reading.forms import FormDraft
from audit_rules.reading.links import DATA_ATTRIBUTES, SCRIPT_ATTRIBUTES, Base, in_script
from audit_rules.reading.regions import LANDMARK_TAGS, Span, is_told_by_markup, region_of
from audit_rules.reading.text import MAX_LINE, MAX_NAME, TEXT, long_line, name, short_line, tag_id, text_of, tidied

MAX_DEPTH: Final = 200
MAX_LINES: Final = 6000
MAX_LINKS: Final = 4000
MAX_LONG: Final = 500_000
"""Characters of long lines that are kept of a page; the longest real page seen says 20,000 in all."""
_HEADER_WITHIN: Final = 20
"""Lines outside header and menus after which no header begins any more: it is the head of a banner or block."""
_MAX_EMC: Final = 20
_MAX_FORMS: Final = 200

_SECTIONS: Final = frozenset({"section", "article", "aside", "main"})
_ROOT_IDS: Final = frozenset({"root", "app", "__next", "__nuxt", "app-root", "q-app"})
_TELLING: Final = frozenset({"data-cfemail", *DATA_ATTRIBUTES, *SCRIPT_ATTRIBUTES})

Attributes = dict[str, str | None]
_new = tuple.__new__
"""Makes a named tuple without its Python constructor, which takes three times as long."""


class Walk:
    """Collects what ``read_page`` makes facts of; everything is filled by ``visit``.

    ``misplaced`` are nodes (by ``mem_id``) whose names lie about their region: an earlier walk found out.
    """

    def __init__(self, url: str, misplaced: frozenset[int] = frozenset()) -> None:
        self.base = Base.of(url)
        self.title = ""
        self.description = ""
        self.generator = ""
        self.lang: str | None = None
        self.lines: list[Line] = []
        self.links: list[Link] = []
        self.forms: list[FormDraft] = []
        self.form: FormDraft | None = None
        self.loose = FormDraft("", "script", "main")
        self.pictures: list[Picture] = []
        self.emc: list[EmcEmbed] = []
        self.unmasked: list[tuple[str, int]] = []
        self.landmarks: set[Region] = set()
        self.spans: list[Span] = []
        self.script_root = False
        self.scripts = 0
        self.cut = False
        self._misplaced = misplaced
        self._pieces: list[str] = []
        """Texts of the line that is being read; all stand in one region, for blocks end lines."""
        self._line_region: Region = "main"
        self._heading = 0
        self._long = 0
        self._sections = 0

    def visit(self, root: LexborNode) -> None:
        attributes = root.attributes
        for attribute in ("lang", "xml:lang"):
            if self.lang is None and attribute in attributes:
                self.lang = attributes[attribute] or ""
        self._inside(root, "main", 0)
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
                    self.block(child, region, depth)
                else:
                    reader(self, child, region, depth)
            child = child.next

    def _break(self) -> None:
        """Ends a line."""
        pieces = self._pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        if len(text) <= MAX_NAME:
            line = short_line(text, self._line_region, self._heading)
        else:
            line = self._long_line(text)
        if line is not None:
            if len(self.lines) < MAX_LINES:
                self.lines.append(line)
            else:
                self.cut = True

    def _long_line(self, text: str) -> Line | None:
        self._long += min(len(text), MAX_LINE)
        if self._long > MAX_LONG:
            self.cut = True
            return None
        return long_line(text, self._line_region, self._heading)

    def _line_break(self, _node: LexborNode, _region: Region, _depth: int) -> None:
        if self._pieces:
            self._break()

    # --- structure -----------------------------------------------------------------------------------

    def block(self, node: LexborNode, region: Region, depth: int) -> None:
        """Reads an element that begins and ends a line."""
        if self._pieces:
            self._break()
        attributes: Attributes = node.attributes
        if attributes:
            inside = self._region(node, "", attributes, region)
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
        inside = self._region(node, tag, attributes, region)
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
        """The region an element opens or stands in; tells what its attributes carry beside."""
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
        if not _TELLING.isdisjoint(attributes):
            self.tell(node, attributes, region)
        return region

    def _own_lines(self) -> int:
        return sum(line.region != "header" and line.region != "menu" for line in self.lines)

    def _plain(self, node: LexborNode, region: Region, depth: int) -> None:
        """The body: its names speak of the whole page, never of a region."""
        self._inside(node, region, depth + 1)

    def _heading_block(self, node: LexborNode, region: Region, depth: int) -> None:
        if self._pieces:
            self._break()
        before, self._heading = self._heading, int((node.tag or "h6")[1])
        self.block(node, region, depth)
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
        self.block(node, region, depth)
        self.form = before

    def inline(self, node: LexborNode, region: Region, depth: int) -> None:
        """Reads an element whose text goes on in the line."""
        attributes: Attributes = node.attributes
        if attributes:
            self.tell(node, attributes, region)
            classes = attributes.get("class")
            if classes and "fax" in classes and node.first_child is None:
                self._pieces.append(" Fax: ")
        self._inside(node, region, depth + 1)

    # --- links and what attributes tell --------------------------------------------------------------

    def _anchor(self, node: LexborNode, region: Region, depth: int) -> None:
        attributes: Attributes = node.attributes
        if not _TELLING.isdisjoint(attributes):
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
            self._unmask(href.partition("#")[2])
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

    def link(self, href: str | None, kind: LinkKind, region: Region, text: str, attributes: Attributes) -> None:
        """A way out of the page, if ``href`` leads anywhere."""
        url = self.base.resolve(href) if href else None
        if url is None:
            return
        if len(self.links) >= MAX_LINKS:
            self.cut = True
            return
        hint = attributes.get("title") or attributes.get("aria-label") or ""
        if hint:
            hint = name(hint)
        if not text:
            text = hint or name(attributes.get("alt") or "")
        self.links.append(_new(Link, (url, text, region, kind, "" if hint == text else hint, len(self.lines))))

    def tell(self, node: LexborNode, attributes: Attributes, region: Region) -> None:
        """Attributes that carry an address: masked e-mail, data-url, a literal in an event handler."""
        if _TELLING.isdisjoint(attributes):
            return
        self._unmask(attributes.get("data-cfemail"))
        for attribute in DATA_ATTRIBUTES:
            if attributes.get(attribute):
                self.link(attributes[attribute], "data", region, text_of(node), attributes)
        for attribute in SCRIPT_ATTRIBUTES:
            target = in_script(attributes.get(attribute) or "")
            if target:
                self.link(target, "script", region, text_of(node), attributes)

    def _unmask(self, code: str | None) -> None:
        address = decode_cloudflare(code) if code else None
        if address:
            self.unmasked.append((address, len(self.lines)))

    def track(self, embed: EmcEmbed | None) -> None:
        """A piece of measuring code."""
        if embed is not None and len(self.emc) < _MAX_EMC:
            self.emc.append(embed)

    def control(self, kind: str, attributes: Attributes, text: str = "") -> None:
        """An input, text area or button of the form around it."""
        get = attributes.get
        label = get("placeholder") or get("aria-label") or get("title") or get("value") or get("alt") or text
        called = " ".join(filter(None, (get("name"), get("id"), get("class"))))
        (self.form or self.loose).input(kind, called, name(label))


_ANCHOR: Final = tag_id("a")
_INLINE = (
    "abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q s samp small span strike"
    " strong sub sup time tt u var wbr"
)
_READERS: Final[dict[int, Reader]] = {
    **dict.fromkeys(map(tag_id, _INLINE.split()), Walk.inline),
    **dict.fromkeys(map(tag_id, ("h1", "h2", "h3", "h4", "h5", "h6")), Walk._heading_block),
    **dict.fromkeys(map(tag_id, (*_SECTIONS, *LANDMARK_TAGS)), Walk._landmark),
    _ANCHOR: Walk._anchor,
    tag_id("body"): Walk._plain,
    tag_id("br"): Walk._line_break,
    tag_id("form"): Walk._form_block,
    **READERS,
}
