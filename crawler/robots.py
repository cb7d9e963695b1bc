"""robots.txt by RFC 9309: what a host lets us read, and how often it wants to be asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from protego import Protego

from crawler.fetched import Fetched

MAX_BYTES = 500 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5); what follows does not count."""

MAX_REDIRECTS = 5
_MAX_RULE = 500
_MAX_STARS = 10


@dataclass(frozen=True, slots=True)
class Gate:
    """What one host's robots.txt says. ``error``: the host was not met. ``closed``: it forbids everything,
    because the file could not be had (reason)."""

    seen_at: datetime
    rules: Protego | None = None
    agent: str = ""
    error: str | None = None
    closed: str | None = None

    def allows(self, url: str) -> bool:
        if self.closed is not None:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, self.agent))


class Robots:
    """The gates of the hosts of one visit; each host's file is asked for once, following its redirects."""

    def __init__(
        self,
        ask: Callable[[str], Awaitable[Fetched]],
        user_agent: str,
        slow_down: Callable[[str, float], None],
    ) -> None:
        self._ask = ask
        self._agent = user_agent.partition("/")[0].strip() or user_agent
        self._slow_down = slow_down
        self._gates: dict[str, Gate] = {}

    async def at(self, url: str) -> Gate:
        """The gate of the host (scheme and port too) of an address."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._gates:
            self._gates[origin] = await self._gate(origin, parts.hostname or "")
        return self._gates[origin]

    async def _gate(self, origin: str, host: str) -> Gate:
        url = f"{origin}/robots.txt"
        seen_at = datetime.now(UTC)
        for hop in range(MAX_REDIRECTS + 1):
            fetched = await self._ask(url)
            seen_at = fetched.seen_at
            if fetched.error in ("too_large", "not_recorded"):
                return Gate(seen_at)  # an archive of another tool may hold no robots.txt: nobody is asked there
            if fetched.error is not None:
                if fetched.met or hop:
                    return Gate(seen_at, closed=fetched.error)
                return Gate(seen_at, error=fetched.error)
            if fetched.status >= 500:
                return Gate(seen_at, closed="http_5xx")
            if fetched.redirect is None:
                return self._read(fetched, host) if 200 <= fetched.status < 300 else Gate(seen_at)
            url = fetched.redirect
        return Gate(seen_at)

    def _read(self, fetched: Fetched, host: str) -> Gate:
        text = fetched.body[:MAX_BYTES].decode("utf-8-sig", "replace")
        # A rule full of stars is matched by trying them all against each other: a trap, not a wish.
        lines = (line for line in text.splitlines() if len(line) <= _MAX_RULE and line.count("*") <= _MAX_STARS)
        rules = Protego.parse("\n".join(lines))
        if delay := rules.crawl_delay(self._agent):
            self._slow_down(host, float(delay))
        return Gate(fetched.seen_at, rules, self._agent)
