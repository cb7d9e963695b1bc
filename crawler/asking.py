"""How a visit asks: each question counted, the slow ones noted, some asked again with more patience."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from scrapy.crawler import Crawler

from audit_rules.known import Known
from crawler.download import fetch
from crawler.elsewhere import Elsewhere, is_robots
from crawler.fetched import Fetched
from crawler.keeping import keep
from crawler.plan import Plan, Timeouts
from crawler.ways import Evidence

MAX_SLOW = 50


class Asking:
    """``requests`` counts what was asked; ``slow`` gives addresses that were long in answering, and the seconds.
    What ``elsewhere`` was told by other visits is not asked again, as far as the portal does not own it."""

    def __init__(
        self,
        crawler: Crawler,
        plan: Plan,
        known: Known | None = None,
        *,
        elsewhere: Elsewhere | None = None,
        owns: Callable[[str], bool] = lambda _: True,
        evidence: Evidence | None = None,
    ) -> None:
        self.requests = 0
        self.slow: dict[str, float] = {}
        self._crawler, self._plan, self._known = crawler, plan, known or Known()
        self._elsewhere, self._owns, self._evidence = elsewhere, owns, evidence

    async def once(
        self,
        url: str,
        *,
        method: str = "GET",
        only_headers: bool = False,
        timeouts: Timeouts | None = None,
        waited: float = 0.0,
        jar: str | None = None,
        may_be_known: bool = False,
    ) -> Fetched:
        """``may_be_known``: the answer need not be the page itself, where that did not change."""
        ask = partial(
            fetch,
            self._crawler,
            url,
            method=method,
            only_headers=only_headers,
            timeouts=timeouts,
            waited=waited,
            jar=jar,
            known=self._known.pages.get(url) if jar is None else None,
            conditional=may_be_known and not self._known.anew,
        )
        is_first = timeouts is None and jar is None
        if self._elsewhere is None or not (is_first and (only_headers or is_robots(url))) or self._owns(url):
            return await self._asked(url, ask)
        fetched, just_now = await self._elsewhere.told(f"{method} {url}", partial(self._asked, url, ask))
        if not just_now and fetched.sent is not None:
            keep(fetched.sent, self._evidence)  # a replay of this portal has to find it too
        return fetched

    async def _asked(self, url: str, ask: Callable[[], Awaitable[Fetched]]) -> Fetched:
        self.requests += 1
        fetched = await ask()
        if fetched.error is None and fetched.seconds >= self._plan.timeouts.slow and len(self.slow) < MAX_SLOW:
            self.slow[url] = round(fetched.seconds, 1)
        return fetched

    async def again(self, fetched: Fetched) -> Fetched:
        """Asks once more, with more patience."""
        waited = fetched.seconds if fetched.error == "timeout" else 0.0
        return await self.once(fetched.url, timeouts=self._plan.timeouts.longer, waited=waited)

    async def patiently(self, url: str) -> Fetched:
        """A robots.txt that a host keeps to itself closes it: it is asked for twice."""
        fetched = await self.once(url)
        return await self.again(fetched) if fetched.error == "timeout" and fetched.met else fetched
