"""What belongs to the portal, and when two addresses are the same page.

Pure functions over addresses: nothing here asks the network.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from audit_rules.address import DOCUMENTS, Address, AddressBook, extension, plain_host, split_url
from audit_rules.facts import Portal

MAX_URL = 2000
"""Characters; a longer address is a trap or a mistake and is not followed."""

_PICTURES = ["jpg", "jpeg", "png", "gif", "bmp", "svg", "webp", "ico", "tif", "tiff", "psd"]
_SOUND = ["mp3", "mp4", "avi", "flv", "wmv", "mov", "wav", "webm", "m4a", "swf"]
_PARTS_OF_PAGES = ["css", "js", "json", "xml", "rss", "atom", "woff", "woff2", "ttf", "eot", "map"]
_PROGRAMS = ["exe", "apk", "ipa", "msi", "dmg", "iso"]
_FILES = DOCUMENTS.union(_PICTURES, _SOUND, _PARTS_OF_PAGES, _PROGRAMS)
_PORTS = {"http": 80, "https": 443}
# Names of a session or of where the visitor came from: they never change what the page says.
_SESSION = re.compile(
    r"(?i)(?:utm_\w+|fbclid|gclid|zarsrc|phpsessid|jsessionid|sid|sessionid|aspsessionid\w*|cfid|cftoken"
    r"|_adf\.ctrl-state|_afrloop|_afrwindowmode|_afrwindowid)\Z"
)
# Liferay writes the state of every portlet into the address; which portlet is shown (p_p_id) does count.
_NOISE = re.compile(r"(?i)(?:p_p_(?:lifecycle|state|mode|col_\w+|auth|cacheability)|p_auth|_t|ts|timestamp|rand)\Z")
_PATH_SESSION = re.compile(r"(?i);(?:jsessionid|phpsessid)=[^/?#]*")
# Addresses that act instead of showing: following them would log out, vote, or print the page once more.
_ACTS = re.compile(
    r"(?i)p_p_lifecycle=1\b|[?&/](?:logout|dang-?xuat|signout)\b|[?&](?:print|inan|replytocom|add-to-cart)=|/cdn-cgi/"
)


_PLAIN = re.compile(r"(https?)://([a-z0-9.-]+)(/[^?#;\s]*)?(?:\?([^#\s]*))?(?:#\S*)?\Z")
"""An address without user, port, capitals in the host or parameters in the path."""


class _Parts(NamedTuple):
    scheme: str
    host: str
    """In lower case, with its port where that is not the scheme's own."""
    path: str
    query: str
    """Without session ids and campaign marks."""


@lru_cache(maxsize=4096)
def _parts(url: str) -> _Parts | None:
    """An http(s) address taken apart once for all questions about it; None for what no browser would accept."""
    plain = _PLAIN.match(url)  # most links, in a fifth of the time
    if plain is not None:
        scheme, host, path, query = plain.groups("")
        return _Parts(scheme, host, path or "/", _without(_SESSION, query) if query else "")
    try:
        split = urlsplit(url.strip())
        host, port = split.hostname or "", split.port
    except ValueError:
        return None
    if split.scheme not in _PORTS or not host or port == 0:
        return None
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _PORTS[split.scheme]:
        host += f":{port}"
    path = _PATH_SESSION.sub("", split.path) if ";" in split.path else split.path
    return _Parts(split.scheme, host, path or "/", _without(_SESSION, split.query) if split.query else "")


def is_web(url: str) -> bool:
    """Whether it is an http(s) address with a host that a browser would accept."""
    return _parts(url) is not None


def cleaned(url: str) -> str:
    """The address as it is asked: without fragment, default port, session ids and campaign marks.

    Raises ValueError where it is no http(s) address.
    """
    parts = _parts(url)
    if parts is None:
        raise ValueError(f"no http(s) address: {url[:100]!r}")
    return f"{parts.scheme}://{parts.host}{parts.path}{'?' if parts.query else ''}{parts.query}"


def canonical(url: str) -> str:
    """The soft identity of a page: scheme, ``www``, a final slash, session ids and portlet noise aside.

    It is compared, never asked. An address that cannot be taken apart is its own identity.
    """
    parts = _parts(url)
    if parts is None:
        return url
    path = parts.path
    if "%" in path or not path.isascii():
        path = quote(unquote(path), safe="/:@!$&'()*+,;=-._~")
    query = _without(_NOISE, parts.query) if parts.query else ""
    return f"{plain_host(parts.host)}{path.rstrip('/')}{'?' if query else ''}{query}"


def pattern(url: str) -> str:
    """What addresses have in common that differ in their digits only: a list's pages, a calendar's days."""
    return re.sub(r"\d+", "0", canonical(url))


def may_be_page(url: str) -> bool:
    """Whether an address is worth asking as a page: no file, no action, no endless path."""
    parts = _parts(url)
    if len(url) > MAX_URL or parts is None or extension(url) in _FILES or _ACTS.search(url):
        return False
    steps = Counter(step for step in parts.path.split("/") if step) if parts.path.count("/") > 3 else {}
    return sum(steps.values()) <= 20 and max(steps.values(), default=0) <= 3


def _without(names: re.Pattern[str], query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not names.match(part.partition("=")[0]))


class Scope:
    """Which addresses are the portal's own (contract, "What a portal is"): the longest prefix owns a page."""

    def __init__(self, portal: Portal, book: AddressBook) -> None:
        self.portal = portal
        self._book = book
        self._hosts: frozenset[str] = frozenset()
        self._near = AddressBook()
        self._take(portal.addresses)

    def _take(self, addresses: tuple[Address, ...]) -> None:
        self._hosts |= {plain_host(address.host) for address in addresses}
        mine = tuple((address, self.portal.id) for address in addresses)
        # The book may hold thousands of portals and every link asks: only those on the same hosts matter.
        near = tuple(entry for entry in self._book.entries if plain_host(entry[0].host) in self._hosts)
        self._near = AddressBook(mine + self._near.entries + near)

    def owns(self, url: str) -> bool:
        return split_url(url)[0] in self._hosts and self._near.owner(url) == self.portal.id

    def adopt(self, url: str) -> bool:
        """Takes in the end of the home page's redirects if it is this portal; says whether it is.

        It is where the portal owns it already, or where its host lies under the portal's host and is no
        portal of its own.
        """
        if self.owns(url):
            return True
        host = split_url(url)[0]
        if not host.endswith("." + plain_host(self.portal.address.host)) or self._book.owner(url) is not None:
            return False
        self._take((Address(host),))
        return True
