"""How a visit asks: each question counted, the slow ones noted, some asked again with more patience."""

from __future__ import annotations

from scrapy.crawler import Crawler

from audit_rules.known import Known
from crawler.download import Fetched, fetch
from crawler.plan import Plan, Timeouts

MAX_SLOW = 50


class Asking:
    """``requests`` counts what was asked; ``slow`` gives addresses that were long in answering, and the seconds."""

    def __init__(self, crawler: Crawler, plan: Plan, known: Known | None = None) -> None:
        self.requests = 0
        self.slow: dict[str, float] = {}
        self._crawler, self._plan, self._known = crawler, plan, known or Known()

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
        self.requests += 1
        known = self._known.pages.get(url) if jar is None else None
        fetched = await fetch(
            self._crawler,
            url,
            method=method,
            only_headers=only_headers,
            timeouts=timeouts,
            waited=waited,
            jar=jar,
            known=known,
            conditional=may_be_known and not self._known.anew,
        )
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
