"""Every way out of a page that rules.md names: anchors, maps, selects, data attributes, scripts, forms, frames."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

MAX_URL: Final = 2000
"""Characters of an address; longer ones are no address anybody typed and are dropped."""

_TOLD: Final = 300
"""Characters of an address that are told where it is mere evidence."""
_REMEMBERED: Final = 300
"""Characters up to which an address is remembered, so that a hostile page cannot fill the memory."""

_IN_SCRIPT = re.compile(
    r"""(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|window\.open\s*\()\s*["']([^"'\s]{1,2000})["']"""
    r"""|["'](https?://[^"'\s]{4,2000})["']"""
)
_PLAIN_PATH = re.compile(r"(?:/[\w%~+@=&,(!-][\w%~+@=&,().!:-]*)*/?(?:\?[\w%~+@=&,().:!/_-]+)?")
"""A path from the root that is joined by putting it behind the host: no dot segments, parameters or blanks."""
_PLAIN_ADDRESS = re.compile(r"https?://[a-zA-Z0-9.-]+(?::\d{1,5})?(?:[/?#]\S*)?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}:", re.IGNORECASE)
_MAX_INSECURE: Final = 50
_OWN_MACHINE = re.compile(r"http://(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?=[:/?#]|$)", re.IGNORECASE)
"""What the reader\'s own machine serves counts as secure (W3C Secure Contexts, 3.1)."""
_REFRESH = re.compile(r"""\s*\d+\s*;\s*url\s*=\s*["']?([^"'\s]+)""", re.IGNORECASE)
_REDIRECTOR_KEYS = frozenset(
    {"url", "u", "link", "target", "redirect", "redirecturl", "redirect_url", "goto", "to", "dest", "href"}
)
DATA_ATTRIBUTES: Final = ("data-url", "data-href", "data-link")
SCRIPT_ATTRIBUTES: Final = ("onclick", "onchange")


class Base(NamedTuple):
    """What the links of a page are relative to: its address without query, the folder of it, its host."""

    page: str
    folder: str
    host: str

    @classmethod
    def of(cls, url: str) -> Base:
        page = url.partition("#")[0].partition("?")[0]
        scheme_end = page.find("//") + 2
        if "/" not in page[scheme_end:]:
            page += "/"
        return cls(page, page[: page.rindex("/") + 1], page[: page.index("/", scheme_end) + 1])

    def resolve(self, href: str) -> str | None:
        """The absolute http(s), mailto or tel address of a link, redirectors unwrapped; None for anything else."""
        href = href.strip()
        if href[:1] == "/" and len(href) <= _REMEMBERED:
            return _resolved(self.host, href)
        if not href or len(href) > MAX_URL or href[0] == "#":
            return None
        against = self.host if href[0] == "/" else self.page if href[0] == "?" else self.folder
        if len(href) > _REMEMBERED or len(against) > _REMEMBERED:
            return _resolved.__wrapped__(against, href)
        return _resolved(against, href)


@lru_cache(maxsize=16384)
def _resolved(against: str, href: str) -> str | None:
    """Menus repeat on every page of a portal, so a join is remembered by what decides it and nothing else."""
    if href[0] == "/" and _PLAIN_PATH.fullmatch(href):
        return unwrap(against[:-1] + href)
    if _PLAIN_ADDRESS.fullmatch(href):
        return unwrap(href)
    lowered = href[:11].lower()
    if lowered.startswith(("mailto:", "tel:")):
        return href
    if lowered.startswith(("javascript:", "data:")):
        return None
    try:
        url = href if lowered.startswith(("http://", "https://")) else urljoin(against, href)
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > MAX_URL:
        return None
    return unwrap(url)


def resolve(base: str, href: str) -> str | None:
    """``Base.resolve`` for a page of which only one link is asked."""
    return Base.of(base).resolve(href)


class Loaded:
    """The addresses that browsers load with a page; ``insecure`` are the http:// ones of an https page.

    ``upgraded`` is True where the page has browsers ask for https in place of http: it loads none of them then."""

    __slots__ = ("insecure", "secure", "upgraded")

    def __init__(self, url: str) -> None:
        self.secure = url[:8].lower() == "https://"
        self.upgraded = False
        self.insecure: dict[str, None] = {}

    def note(self, base: Base, address: str | None) -> None:
        """An address as the markup has it."""
        if not address or not self.secure or (address[0] == "/" and base.page[:6] == "https:"):
            return
        address = address.strip()
        if base.page.startswith("http://") and not _SCHEME.match(address):
            try:
                address = urljoin(base.page, address[:MAX_URL])
            except ValueError:
                return
        insecure = address[:7].lower() == "http://" and not _OWN_MACHINE.match(address)
        if insecure and len(self.insecure) < _MAX_INSECURE:
            self.insecure[address[:_TOLD]] = None


def unwrap(url: str) -> str:
    """The target a redirector carries in its query (``/redirect?url=https%3A%2F%2F…``), else the address itself."""
    if "?" not in url or "http" not in url.partition("?")[2].lower():
        return url
    try:
        for key, value in parse_qsl(urlsplit(url).query, max_num_fields=50):
            if key.lower() in _REDIRECTOR_KEYS and value.lower().startswith(("http://", "https://")):
                return value if urlsplit(value).hostname else url
    except ValueError:
        return url
    return url


def in_script(code: str) -> str | None:
    """The literal address an event handler goes to, if it names one."""
    found = _IN_SCRIPT.search(code)
    return found.group(1) or found.group(2) if found else None


def in_refresh(content: str) -> str | None:
    """The address of a ``meta http-equiv=refresh``."""
    found = _REFRESH.match(content)
    return found.group(1) if found else None


def address_words(url: str) -> str:
    """The readable part of an address, for matching: path and query without scheme and host."""
    said = url.partition("//")[2].partition("/")[2].partition("#")[0]
    return unquote(said) if "%" in said else said
