"""Addresses of portals: a host, or a host and a path prefix, perhaps only for a span of days.

Hosts are never compared as bare strings: ``www`` and the scheme do not matter, a path prefix ends at a slash,
and of several prefixes the longest one owns a page (contract, "What a portal is").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from urllib.parse import unquote, urlsplit

_PLAIN = re.compile(r"https?://([a-z0-9.-]+)(/[^?#\s]*)?(?:[?#]\S*)?\Z")
"""An address without user, port or capitals in the host: nearly every link, taken apart in a fifth of the time."""
DOCUMENTS = frozenset(
    ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "zip", "rar", "7z"]
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")


class BadAddress(ValueError):
    """A text that is no address of a portal; the message is a clear sentence."""


def plain_host(host: str) -> str:
    """A host as it is compared: lower case, IDNA, no trailing dot, no ``www.`` in front."""
    host = host.strip().rstrip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return host
    return host.removeprefix("www.")


def _is_host(host: str) -> bool:
    labels = host.split(".")
    return len(host) <= 253 and len(labels) >= 2 and all(_LABEL.match(label) for label in labels)


@dataclass(frozen=True, slots=True)
class Address:
    """One address: ``host`` as written (lower case), ``path`` without a trailing slash ("" for the whole host)."""

    host: str
    path: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @classmethod
    def parse(cls, text: str) -> Address:
        """Reads ``host``, ``host/path``, a full http(s) address, and ``…@from..to`` with ISO dates.

        Raises BadAddress with a sentence a clerk understands.
        """
        where, _, span = text.strip().partition("@")
        valid_from = valid_to = None
        if span:
            start, dots, end = span.partition("..")
            if not dots:
                raise BadAddress(f"“{text}”: dates are written host@2010-01-01..2025-06-30")
            try:
                valid_from = date.fromisoformat(start) if start else None
                valid_to = date.fromisoformat(end) if end else None
            except ValueError as error:
                raise BadAddress(f"“{text}”: {error}") from error
        try:
            parts = urlsplit(where if "//" in where else f"//{where}")
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as error:
            raise BadAddress(f"“{text}” is no address: {error}") from error
        if parts.scheme not in ("", "http", "https") or parts.username or port not in (None, 80, 443):
            raise BadAddress(f"“{text}” is no address of a portal: write a host, or host/path")
        if not host.isascii():
            try:
                host = host.encode("idna").decode("ascii")
            except UnicodeError as error:
                raise BadAddress(f"“{text}” is no host name") from error
        if not _is_host(host):
            raise BadAddress(f"“{text}” is no address of a portal: write a host, or host/path")
        return cls(host, parts.path.rstrip("/"), valid_from, valid_to)

    def __str__(self) -> str:
        return self.host + self.path

    @property
    def plain(self) -> str:
        """The address as it is compared and used as a key."""
        return plain_host(self.host) + self.path

    def holds(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def owns(self, url: str) -> bool:
        """Whether the address of a page lies under this one."""
        return self.holds_page(*split_url(url))

    def holds_page(self, host: str, path: str) -> bool:
        """``owns`` for an address that was split already."""
        return host == plain_host(self.host) and (
            not self.path or path == self.path or path.startswith(self.path + "/")
        )


@lru_cache(maxsize=8192)
def split_url(url: str) -> tuple[str, str]:
    """Comparable host and path of an http(s) address; two empty texts for anything else."""
    plain = _PLAIN.match(url)
    if plain is not None:
        return plain.group(1).rstrip(".").removeprefix("www."), plain.group(2) or "/"
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return "", ""
        return plain_host(parts.hostname or ""), parts.path or "/"
    except ValueError:
        return "", ""


@lru_cache(maxsize=4096)  # every link is asked several times over
def extension(url: str) -> str:
    """The ending of the file name in an address, in lower case, or an empty text."""
    path = url.partition("#")[0].partition("?")[0].partition(";")[0]
    name = path.partition("//")[2].partition("/")[2].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_document(url: str) -> bool:
    """Whether an address ends like a file that people open outside the browser."""
    return extension(url) in DOCUMENTS


@dataclass(frozen=True)
class AddressBook:
    """Whose page is it: pairs of an address and the id of the portal it belongs to."""

    entries: tuple[tuple[Address, str], ...] = ()

    def owner(self, url: str) -> str | None:
        """The id of the portal with the longest matching prefix, or None."""
        host, path = split_url(url)
        for address, portal_id in self._by_host.get(host, ()):
            if address.holds_page(host, path):
                return portal_id
        return None

    @cached_property
    def _by_host(self) -> dict[str, list[tuple[Address, str]]]:
        """The entries of each host, the longest path first, of equal ones the first."""
        hosts: dict[str, list[tuple[Address, str]]] = {}
        for entry in sorted(self.entries, key=lambda entry: -len(entry[0].path)):
            hosts.setdefault(plain_host(entry[0].host), []).append(entry)
        return hosts


@lru_cache(maxsize=8192)
def page_key(url: str) -> str:
    """What two spellings of one page have in common: scheme, ``www``, fragment and final slash do not matter."""
    address, _, _ = url.partition("#")
    where, mark, query = address.partition("?")
    host, path = split_url(where)
    return f"{host}{unquote(path).rstrip('/')}{mark}{query}" if host else address
