"""The channels beside the portal by which an agency speaks to people: social networks, an app, a hotline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from audit_rules.address import split_url
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, PageFacts, Portal
from audit_rules.naming import names_of
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence

_DATA = load("channels.toml")
NAMES: dict[str, str] = {kind: each["name"] for kind, each in _DATA.items()}
_HOSTS = {host: kind for kind, each in _DATA.items() for host in each["hosts"]}
_MARKS = tuple(_HOSTS)
_WORDS = {kind: tuple(f" {word} " for word in each["words"]) for kind, each in _DATA.items()}
_NO_CHANNEL = re.compile(
    r"/(?:sharer?(?:\.php)?|share|dialog|intent|hashtag|watch|embed|shorts|results|login|tr|groups?|events?|photo\S*|video\S*"
    r"|reel|story\S*|privacy|policies|policy|legal|help|business|plugins|live_chat)(?:[/?.#]|$)|^/?$|^/(?:#|home|index)"
)
"""Paths that share, show one film or lead nowhere: no page of anybody's."""
_LABEL = re.compile(r"[^a-z0-9]")
_SHORTEST_SIGN = 5
_LONGEST_LINE = 160
_EMBEDS = ("frame", "data")
_ANNOUNCING = ("header", "menu", "footer", "aside")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel seen on a page: its kind (a key of ``channels.toml``) and where. ``embedded`` ones are shown by a
    frame or a widget."""

    kind: str
    view: PageFacts
    link: Link

    @property
    def embedded(self) -> bool:
        return self.link.kind in _EMBEDS

    @property
    def evidence(self) -> Evidence:
        return evidence(self.view, region_words(self.link.region), f"{self.link.text} → {self.link.url}".strip())


@lru_cache(maxsize=8192)
def channel_kind(url: str) -> str | None:
    """The kind of channel an address is, or None: a shared page or a single film is none."""
    if not any(mark in url for mark in _MARKS):
        return None
    host, path = split_url(url)
    kind = next((kind for below, kind in _HOSTS.items() if host == below or host.endswith(f".{below}")), None)
    if kind is None or (kind != "app" and _NO_CHANNEL.search(path)):
        return None
    return kind


def home_channels(site: SiteFacts) -> tuple[Channel, ...]:
    """The channels that the home page shows or leads to; what news tell of is none of its own."""
    return tuple(
        Channel(kind, view, link)
        for link, view in site.home_links()
        if link.region not in ("teaser", "article") and (kind := channel_kind(link.url)) is not None
    )


def named_channels(site: SiteFacts, view: PageFacts, *, whole: bool = False) -> dict[str, Evidence]:
    """The kinds of channels that a page names to its readers: by a link in header, menu, footer or side column, or
    by a line there or a heading with the channel's name; ``whole`` takes the main text too (a contact page)."""
    footer = site.footer_of(view)
    last = footer.indexes if footer is not None else frozenset()
    regions = (*_ANNOUNCING, "main") if whole else _ANNOUNCING
    found: dict[str, Evidence] = {}
    for link in view.links:
        announces = (link.region in regions or link.line in last) and link.kind not in _EMBEDS
        kind = channel_kind(link.url) if announces else None
        if kind is not None:
            found.setdefault(kind, Channel(kind, view, link).evidence)
    for index, line in enumerate(view.lines):
        heads = line.heading and line.region == "main"
        if len(line.text) <= _LONGEST_LINE and (line.region in regions or heads or index in last):
            for kind in line_kinds(line.text):
                found.setdefault(kind, evidence(view, region_words(line.region), line.text))
    return found


@lru_cache(maxsize=8192)
def line_kinds(text: str) -> tuple[str, ...]:
    """The kinds of channels a text names."""
    told = f" {' '.join(words(text))} "
    return tuple(kind for kind, names in _WORDS.items() if any(name in told for name in names))


def is_own(channel: Channel, portal: Portal) -> bool:
    """Whether the address of a channel bears the agency's name or that of the portal's host."""
    _, path = split_url(channel.link.url)
    account = _LABEL.sub("", path.lower())
    signs = {portal.address.host.removeprefix("www.").partition(".")[0]}
    if portal.agency is not None:
        names = names_of(portal.agency)
        signs |= {"".join(name.split()) for name in (*names.short, *names.places, *names.full)}
    return any(len(sign) >= _SHORTEST_SIGN and _LABEL.sub("", sign) in account for sign in signs)
