"""Two files that portals keep for machines: the XML site map and security.txt (RFC 9116).

A page that says kindly, with status 200, that there is no such file, is no such file.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from audit_rules.facts import Portal
from audit_rules.probed import SecurityTxt, SiteMap
from crawler import blocks, sitemaps
from crawler.door import MAX_HOPS
from crawler.fetched import Fetched
from crawler.robots import Robots
from crawler.scope import Scope, is_web

MAX_TXT = 32 * 1024
MAX_FIELDS = 40
_LONGEST = 300
_FIELDS = frozenset(
    {"acknowledgments", "canonical", "contact", "csaf", "encryption", "expires", "hiring", "policy"}
    | {"preferred-languages"}
)
MAX_NAMED = 3
"""Site maps named in robots.txt that are asked for."""
_GUESSED = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")
_NOT_THERE = frozenset({404, 410})


class MachineFiles:
    """Asks for the files of one portal, by its visit's own way to ask."""

    def __init__(
        self, portal: Portal, scope: Scope, robots: Robots, ask: Callable[[str], Awaitable[Fetched]]
    ) -> None:
        self._portal, self._scope, self._robots, self._ask = portal, scope, robots, ask

    async def security_txt(self, home: str) -> SecurityTxt:
        url = urljoin(home, "/.well-known/security.txt")
        fetched, error = await self._file(url)
        status = fetched.status or None
        if error is not None or status != 200 or blocks.is_html(fetched.headers, fetched.body):
            return SecurityTxt(url, fetched.seen_at, status, error=error)
        fields = tuple(_fields(fetched.body[:MAX_TXT].decode("utf-8", "replace")))
        if not any(name == "contact" for name, _ in fields):
            fields = ()  # what the file is for is not in it
        return SecurityTxt(url, fetched.seen_at, status, fields, sha256=fetched.sha256)

    async def site_map(self, home: str) -> SiteMap:
        """The first site map that lists the portal, of those that robots.txt names and those in the usual places;
        else the first that is something, else why nobody could tell, else that there is none."""
        found: list[SiteMap] = []
        gate = await self._robots.at(home)
        named = list(dict.fromkeys(gate.rules.sitemaps if gate.rules is not None else ()))
        own = [url for url in named if is_web(url) and self._near(url)]
        guessed = [urljoin(home, self._portal.address.path + _GUESSED[0])]
        guessed += [urljoin(home, path) for path in _GUESSED]
        for url in dict.fromkeys((*own[:MAX_NAMED], *guessed)):
            seen = await self._map(url)
            if not seen.fault and seen.error is None:
                return seen
            found.append(seen)
        doubtful = [each for each in found if each.error is not None]
        if not doubtful and len(named) > len(own[:MAX_NAMED]):
            # Named elsewhere, or one of many: nobody looked there, so nobody says that there is none.
            return SiteMap(found[0].url, found[0].seen_at, found[0].status, error="needs_review")
        faulty = [each for each in found if each.fault != "absent"]
        return (*doubtful, *faulty, *found)[0]

    async def _map(self, url: str) -> SiteMap:
        fetched, error = await self._file(url)
        seen = SiteMap(url, fetched.seen_at, fetched.status or None, error=error, sha256=fetched.sha256)
        if error is not None:
            return seen
        if fetched.status != 200:
            return replace(seen, fault="absent")
        listing = sitemaps.read(fetched.body, self._scope.owns)
        return await self._judged(seen, fetched, listing)

    async def _judged(self, seen: SiteMap, fetched: Fetched, listing: sitemaps.Listing) -> SiteMap:
        if not listing.is_map and (listing.kind == "html" or _is_page(fetched)):
            stop = blocks.stop(fetched.status, {"content-type": "text/html"}, fetched.body)
            blocked = stop is not None and stop.state == "blocked"
            return replace(seen, error="blocked") if blocked else replace(seen, fault="absent")
        if fetched.cut or listing.doubtful or (listing.kind and not listing.is_map):
            return replace(seen, error="needs_review")  # broken off on the way, or a feed: not what is looked for
        if listing.broken or not listing.kind:
            return replace(seen, fault="unparsable")
        if listing.kind == "sitemapindex":
            return await self._index(seen, listing)
        return _counted(seen, listing.listed, listing.own, whole=not listing.cut)

    async def _index(self, seen: SiteMap, index: sitemaps.Listing) -> SiteMap:
        """An index lists the portal where one of the files does that it names."""
        listed = own = 0
        whole = len(index.children) == index.listed and not index.cut
        for url in index.children:
            fetched, error = await self._file(url)
            listing = sitemaps.read(fetched.body, self._scope.owns) if fetched.status == 200 else None
            if error is not None or listing is None or listing.kind != "urlset" or listing.broken or listing.cut:
                whole = False
            if listing is not None and listing.kind == "urlset" and not listing.broken:
                listed, own = listed + listing.listed, own + listing.own
        return _counted(seen, listed, own, whole=whole)

    async def _file(self, url: str) -> tuple[Fetched, str | None]:
        """What an address answers through redirects inside the portal, and why it tells nothing, if it does not."""
        for _ in range(MAX_HOPS + 1):
            gate = await self._robots.at(url)
            if gate.error is not None:
                return Fetched(url, gate.seen_at), _reason(gate.error)
            if not gate.allows(url):
                return Fetched(url, gate.seen_at), "robots"
            fetched = await self._ask(url)
            if fetched.error is not None:
                return fetched, _reason(fetched.error)
            target = fetched.redirect
            if target is None:
                return fetched, _turned_away(fetched)
            if not self._near(target):
                return fetched, "needs_review"
            url = target
        return fetched, "unreachable"

    def _near(self, url: str) -> bool:
        """Whether an address is the portal's own, or on its host: files for machines lie at a host's root, also
        where the portal is a folder of it."""
        return self._scope.owns(url) or urlsplit(url).hostname == self._portal.address.host


def _counted(seen: SiteMap, listed: int, own: int, *, whole: bool) -> SiteMap:
    counted = replace(seen, listed=listed, own=own)
    if own:
        return counted
    if not whole:
        return replace(counted, error="coverage")
    return replace(counted, fault="lists_others" if listed else "lists_nothing")


def _is_page(fetched: Fetched) -> bool:
    start = fetched.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or (
        not start.startswith(b"<?xml") and blocks.is_html(fetched.headers, fetched.body)
    )


def _turned_away(fetched: Fetched) -> str | None:
    """Why an answer does not say whether the file is there; None where it does."""
    if fetched.status == 200 or fetched.status in _NOT_THERE:
        stop = blocks.stop(fetched.status, fetched.headers, fetched.body)
        return "blocked" if stop is not None and stop.reason in ("challenge", "captcha", "waf") else None
    stop = blocks.stop(fetched.status, fetched.headers, fetched.body)
    return "blocked" if stop is not None and stop.state == "blocked" else "unreachable"


def _reason(error: str) -> str:
    return "not_recorded" if error == "not_recorded" else "unreachable"


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """The fields of a security.txt; comments, signatures and what is no field are passed over."""
    count = 0
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or name not in _FIELDS:
            continue
        count += 1
        if count > MAX_FIELDS:
            return
        yield name, "".join(letter for letter in value.strip()[:_LONGEST] if letter.isprintable())
