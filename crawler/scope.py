"""What belongs to the portal, and when two addresses are the same page.

Pure functions over addresses: nothing here asks the network.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from audit_rules.address import Address, AddressBook, plain_host, split_url
from audit_rules.facts import Portal

MAX_URL = 2000
"""Characters; a longer address is a trap or a mistake and is not followed."""

DOCUMENTS = frozenset(
    ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "zip", "rar", "7z"]
)
_PICTURES = ["jpg", "jpeg", "png", "gif", "bmp", "svg", "webp", "ico", "tif", "tiff", "psd"]
_SOUND = ["mp3", "mp4", "avi", "flv", "wmv", "mov", "wav", "webm", "m4a", "swf"]
_PARTS = ["css", "js", "json", "xml", "rss", "atom", "woff", "woff2", "ttf", "eot", "map"]
_PROGRAMS = ["exe", "apk", "ipa", "msi", "dmg", "iso"]
_ASSETS = frozenset(_PICTURES + _SOUND + _PARTS + _PROGRAMS)
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


def is_web(url: str) -> bool:
    """Whether it is an http(s) address with a host that a browser would accept."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def cleaned(url: str) -> str:
    """The address as it is asked: without fragment, default port, session ids and campaign marks."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != {"http": 80, "https": 443}.get(parts.scheme):
        host += f":{parts.port}"
    path = (_PATH_SESSION.sub("", parts.path) if ";" in parts.path else parts.path) or "/"
    return urlunsplit((parts.scheme, host, path, _without(_SESSION, parts.query), ""))


def canonical(url: str) -> str:
    """The soft identity of a page: scheme, ``www``, a final slash, session ids and portlet noise aside.

    It is compared, never asked. An address that cannot be taken apart is its own identity.
    """
    try:
        parts = urlsplit(cleaned(url))
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url
    path = parts.path
    if "%" in path or not path.isascii():
        path = quote(unquote(path), safe="/:@!$&'()*+,;=-._~")
    path = path.rstrip("/")
    query = _without(_NOISE, parts.query)
    return plain_host(parts.hostname or "") + port + path + (f"?{query}" if query else "")


def pattern(url: str) -> str:
    """What addresses have in common that differ in their digits only: a list's pages, a calendar's days."""
    return re.sub(r"\d+", "0", canonical(url))


def extension(url: str) -> str:
    """The file name's ending in lower case, or an empty text."""
    name = urlsplit(url).path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_document(url: str) -> bool:
    return extension(url) in DOCUMENTS


def may_be_page(url: str) -> bool:
    """Whether an address is worth asking as a page: no file, no action, no endless path."""
    if len(url) > MAX_URL or not is_web(url) or extension(url) in DOCUMENTS | _ASSETS or _ACTS.search(url):
        return False
    steps = [step for step in urlsplit(url).path.split("/") if step]
    return len(steps) <= 20 and all(steps.count(step) <= 3 for step in set(steps))


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
