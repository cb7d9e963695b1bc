"""How a portal is entered: https first, then http, through redirects, up to the page that is its home or is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from audit_rules.facts import Answer, Portal
from crawler import blocks
from crawler.blocks import Stop
from crawler.fetched import Fetched
from crawler.robots import Robots
from crawler.scope import Scope, cleaned

MAX_HOPS = 5
"""Redirects that are followed from one address."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where an entry point led: the last answer, and why it is not the portal's home, if it is not."""

    start: str
    url: str
    fetched: Fetched
    stop: Stop | None = None

    @property
    def answer(self) -> Answer:
        answer = self.fetched.answer(self.start, self.url)
        if self.stop is not None and answer.status is None and answer.error is None:
            return replace(answer, error=self.stop.state if self.stop.state == "robots" else self.stop.reason)
        return answer


def stop_of(fetched: Fetched) -> Stop | None:
    """Why an answer, or none, is not to be read as a page; redirects aside."""
    if fetched.error is not None:
        return Stop("unreachable", fetched.error)
    if fetched.page is not None:
        return None
    return blocks.stop(fetched.status, fetched.headers, fetched.body)


class Door:
    """The two entry points of one portal. ``ask`` asks an address once, ``ask_again`` what did not answer, with
    more patience; the scope takes in where the home is."""

    def __init__(
        self,
        portal: Portal,
        scope: Scope,
        robots: Robots,
        ask: Callable[[str], Awaitable[Fetched]],
        ask_again: Callable[[Fetched], Awaitable[Fetched]],
    ) -> None:
        self._portal, self._scope, self._robots = portal, scope, robots
        self._ask, self._ask_again = ask, ask_again

    async def enter(self) -> tuple[Arrival, Arrival, Arrival | None]:
        """The arrival that counts, that by https, and that by http: whole where https led to no page, else as far
        as it takes to see whether visitors are sent on to https."""
        secure = await self._arrive("https")
        if secure.stop is None:
            return secure, secure, await self._knock()
        if secure.stop.state != "unreachable":
            return secure, secure, None
        plain = await self._arrive("http")
        return (plain if _counts_more(plain, secure) else secure), secure, plain

    async def _arrive(self, scheme: str) -> Arrival:
        """Follows an entry point to where its redirects end and says what is there."""
        address = self._portal.address
        start = url = f"{scheme}://{address.host}{address.path or '/'}"
        fetched = Fetched(url, datetime.now(UTC))
        for _ in range(MAX_HOPS + 1):
            fetched, stop, target = await self._step(url)
            if target is not None:
                url = cleaned(target)
                continue
            refused = stop is not None and stop.reason == "refused_address"
            if not refused and not self._scope.adopt(url):  # an address that nobody can go to is no new home
                stop = Stop("moved", "")
            return Arrival(start, url, fetched, stop)
        return Arrival(start, url, fetched, Stop("unreachable", "redirect_loop"))

    async def _knock(self) -> Arrival:
        """What http answers, through redirects to the first address of https; what https serves is known.

        The robots.txt that let us in there is taken to speak for this door too: one request, not three.
        """
        address = self._portal.address
        start = url = f"http://{address.host}{address.path or '/'}"
        fetched = Fetched(url, datetime.now(UTC))
        for _ in range(MAX_HOPS):
            fetched = await self._ask(url)
            target = fetched.redirect or (None if stop_of(fetched) else blocks.sends_on(fetched.body, url))
            if target is None:
                break
            url = cleaned(target)
            if url.startswith("https:"):
                break
        return Arrival(start, url, fetched)

    async def _step(self, url: str) -> tuple[Fetched, Stop | None, str | None]:
        """One address: what it answered, why that is no home, or where it sends on to."""
        gate = await self._robots.at(url)
        if gate.error is not None:
            silent = Fetched(url, gate.seen_at, error=gate.error, met=False)
            return silent, Stop("unreachable", gate.error), None
        if not gate.allows(url):
            return Fetched(url, gate.seen_at), Stop("robots", gate.closed or ""), None
        fetched = await self._ask(url)
        if fetched.error == "timeout" or fetched.status >= 500:
            fetched = await self._ask_again(fetched)  # the whole portal hangs on this one answer
        if fetched.redirect is not None:
            return fetched, None, fetched.redirect
        stop = stop_of(fetched)
        return fetched, stop, None if stop else blocks.sends_on(fetched.body, url)


def _counts_more(plain: Arrival, secure: Arrival) -> bool:
    """Whether http says more than an https that led nowhere: it opened, or it alone met the host, or https was
    only not offered (refused, silent), which is common and says nothing about the portal."""
    if plain.stop is None or plain.stop.state != "unreachable":
        return True
    if plain.fetched.met or secure.fetched.met:
        return not secure.fetched.met
    return secure.stop is None or secure.stop.reason not in ("tls", "dns")
