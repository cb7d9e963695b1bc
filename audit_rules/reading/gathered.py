"""What a walk has gathered so far; how links, addresses in attributes, controls and measuring code get there."""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborNode

from audit_rules.facts import EmcEmbed, Line, Link, LinkKind, Picture, Region
from audit_rules.reading.contacts import decode_cloudflare
from audit_rules.reading.forms import FormDraft
from audit_rules.reading.links import DATA_ATTRIBUTES, SCRIPT_ATTRIBUTES, Base, Loaded, in_script
from audit_rules.reading.measurement import read_library, read_script
from audit_rules.reading.metadata import Head
from audit_rules.reading.pictures import Images
from audit_rules.reading.regions import Span
from audit_rules.reading.text import name, text_of
from audit_rules.reading.visibility import HIDING, SHOWN, Veil, veil_of

MAX_LINKS: Final = 4000
_MAX_EMC: Final = 20

TELLING: Final = frozenset({"data-cfemail", *DATA_ATTRIBUTES, *SCRIPT_ATTRIBUTES})
"""Attributes that carry an address."""
NOTED: Final = TELLING | HIDING
"""Attributes that say more of an element than where it stands."""

Attributes = dict[str, str | None]
_new = tuple.__new__
"""Makes a named tuple without its Python constructor, which takes three times as long."""


class Gathered:
    """The facts of a page while it is walked; ``unmasked`` are decoded e-mails with their lines, ``loose`` the
    inputs outside all forms, ``veil`` says how much is seen of the element that is being read."""

    def __init__(self, url: str) -> None:
        self.base = Base.of(url)
        self.veil: Veil = SHOWN
        self.head = Head()
        self.lang: str | None = None
        self.lines: list[Line] = []
        self.links: list[Link] = []
        self.forms: list[FormDraft] = []
        self.form: FormDraft | None = None
        self.loose = FormDraft("", "script", "main")
        self.pictures: list[Picture] = []
        self.images = Images()
        self.moving: list[str] = []
        self.loaded = Loaded(url)
        self.emc: list[EmcEmbed] = []
        self.unmasked: list[tuple[str, int]] = []
        self.landmarks: set[Region] = set()
        self.spans: list[Span] = []
        self.script_root = False
        self.scripts = 0
        self.cut = False

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
        hint = "" if hint == text else hint
        hidden = self.veil > SHOWN or (kind != "a" and self.is_hidden(attributes))  # an anchor has set the veil
        self.links.append(_new(Link, (url, text, region, kind, hint, len(self.lines), hidden)))

    def is_hidden(self, attributes: Attributes) -> bool:
        """Whether an element is hidden from the eye, by itself or by what it stands in."""
        veil = self.veil if HIDING.isdisjoint(attributes) else veil_of(attributes, self.veil)
        return veil != SHOWN

    def tell(self, node: LexborNode, attributes: Attributes, region: Region) -> None:
        """Attributes that carry an address: masked e-mail, data-url, a literal in an event handler."""
        if TELLING.isdisjoint(attributes):
            return
        self.unmask(attributes.get("data-cfemail"))
        for attribute in DATA_ATTRIBUTES:
            if attributes.get(attribute):
                self.link(attributes[attribute], "data", region, text_of(node), attributes)
        for attribute in SCRIPT_ATTRIBUTES:
            target = in_script(attributes.get(attribute) or "")
            if target:
                self.link(target, "script", region, text_of(node), attributes)

    def unmask(self, code: str | None) -> None:
        """An e-mail address that Cloudflare masked."""
        address = decode_cloudflare(code) if code else None
        if address:
            self.unmasked.append((address, len(self.lines)))

    def track(self, code: str, *, script_type: str = "", inert: bool = False, comment: bool = False) -> None:
        """A script, or what stands in a comment; kept if it is measuring code."""
        self._keep(read_script(code, script_type=script_type, inert=inert, comment=comment))

    def load(self, source: str) -> None:
        """The address of a script; kept if it is the measuring system's library."""
        self._keep(read_library(source))

    def _keep(self, embed: EmcEmbed | None) -> None:
        """Up to a bound for each state: dead copies must not hide a live one."""
        if embed is not None and sum(other.state == embed.state for other in self.emc) < _MAX_EMC:
            self.emc.append(embed)

    def control(self, kind: str, attributes: Attributes, text: str = "") -> None:
        """An input, text area or button of the form around it."""
        get = attributes.get
        label = get("placeholder") or get("aria-label") or get("title") or get("value") or get("alt") or text
        called = " ".join(filter(None, (get("name"), get("id"), get("class"))))
        (self.form or self.loose).input(kind, called, name(label), get("name") or "", get("value") or "")
