"""What one look may send out and take in: it only asks, counters hear nothing, and there is a bound to it.

The forward proxy asks here about every request before it leaves, encrypted ones too; nothing a page can do goes
another way (docs/decisions/0009-looks.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.counters import browser_hosts, counter_hosts, is_library, under

MAX_REQUESTS = 500
MAX_BYTES = 64 * 1024 * 1024
"""Bytes that all answers to one look may have."""
MAX_STOPPED, MAX_STOPPED_CHARS = 50, 500

_SENDS = re.compile(rb"(?i)\n(?:upgrade|transfer-encoding)[ \t]*:|\ncontent-length[ \t]*:[ \t]*0*[1-9]")
_NOT_NEEDED = re.compile(
    rb"(?i)\n(?:sec-fetch-dest[ \t]*:[ \t]*(?:image|font|video|audio|track)\b|accept[ \t]*:[ \t]*image/)"
)
"""What a page asks for that is not read. Chromium names the destination over TLS only, but says what pictures it
takes everywhere."""
_NAVIGATES = re.compile(rb"(?i)\n(?:sec-fetch-mode[ \t]*:[ \t]*navigate|upgrade-insecure-requests[ \t]*:)")


class Refused(Exception):
    """The client gets ``status``; ``reason`` is a word of the contract, ``stopped``, ``browser``, ``method``,
    ``not_needed`` or ``too_large``."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class Traffic:
    """The requests of one look that left (``requests``), those that would have sent something (``refused``), those
    to counters (``stopped``, their addresses, cut), the bytes answered. ``cut`` is True where a bound was reached:
    what the page then lacks is no fault of its own. Pictures, fonts and media leave only for a ``whole`` page."""

    whole: bool = True
    requests: int = 0
    refused: int = 0
    received: int = 0
    cut: bool = False
    stopped: list[str] = field(default_factory=list)

    def ask(self, method: str, host: str, url: str, head: bytes) -> None:
        """A request that wants to leave; raises Refused where it does not."""
        self.reach(host, url)
        if method not in ("GET", "HEAD") or _SENDS.search(head):
            self.refused += 1
            # An answer without content leaves a page as it is that wanted to go where its form was sent.
            raise Refused("204 No Content" if _NAVIGATES.search(head) else "405 Method Not Allowed", "method")
        if not self.whole and _NOT_NEEDED.search(head):
            raise Refused("403 Forbidden", "not_needed")
        if self.requests >= MAX_REQUESTS or self.received >= MAX_BYTES:
            self.cut = True
            raise Refused("403 Forbidden", "too_large")
        self.requests += 1

    def reach(self, host: str, url: str) -> None:
        """A host that somebody wants to reach; raises Refused for one that is not to be called."""
        if self.is_counter(host, url):
            self.stop(url)
            raise Refused("403 Forbidden", "stopped")
        if under(host, browser_hosts()):
            raise Refused("403 Forbidden", "browser")

    def is_counter(self, host: str, url: str) -> bool:
        """Whether an address counts visits; the library of a counter does not, and a whole page may have it."""
        return under(host, counter_hosts()) and not (self.whole and is_library(url))

    def stop(self, url: str) -> None:
        """Writes down a request to a counter."""
        url = url[:MAX_STOPPED_CHARS]
        if len(self.stopped) < MAX_STOPPED and url not in self.stopped:
            self.stopped.append(url)

    def take(self, size: int) -> bool:
        """Bytes of an answer; whether they are still within the bound."""
        self.received += size
        self.cut = self.cut or self.received > MAX_BYTES
        return not self.cut
