"""The visit to one portal, told from the door to the last page. It looks and keeps; it judges nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from audit_rules.facts import NetFacts, Page, SearchTry, State, Visit
from audit_rules.probed import Probes
from audit_rules.rendered import Depth
from audit_rules.search_try import Question, question
from crawler import blocks
from crawler.aside import OTHER_VISITOR, Aside, facts_of
from crawler.asking import Asking
from crawler.blocks import Stop
from crawler.books import Books
from crawler.door import MAX_HOPS, Arrival, Door, stop_of
from crawler.download import stop_early
from crawler.errand import Errand
from crawler.fetched import Fetched
from crawler.finds import Finds
from crawler.machine_files import MachineFiles
from crawler.parked import stranger
from crawler.probes import Prober
from crawler.robots import Robots
from crawler.scope import Scope, canonical, may_be_page
from crawler.view import look_at

_CHALLENGE = Stop("blocked", "challenge")


class PortalSpider(Spider):
    """Visits one portal, one request at a time; ``visit`` holds what it brought home, ``fault`` what broke it."""

    name = "portal"
    _items: tuple[Any, ...] = ()  # a visit comes home whole, nothing goes through Scrapy's item pipelines

    def __init__(self, errand: Errand | None = None, **arguments: Any) -> None:
        if errand is None:
            raise ValueError(
                "Hãy dùng lệnh “audit run --site ĐỊA_CHỈ” để kiểm tra một cổng"
                " / Use “audit run --site ADDRESS” to audit a portal"
            )
        super().__init__(**arguments)
        self.errand, self.plan, self.net, self.evidence = errand, errand.plan, errand.net, errand.evidence
        self.visit: Visit | None = None
        self.fault: Exception | None = None
        self._scope = Scope(errand.portal, errand.book)
        self._finds = Finds(errand, self._scope)
        self._books = Books()
        self._pages: list[Page] = []
        self._elsewhere: list[Page] = []
        self._search: SearchTry | None = None
        self._more_requests = 0  # of the browser and of probes
        self._stays_shut = False
        self._deadline = 0.0
        self._under_way: asyncio.Future[Visit] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(stop_early, signals.headers_received)
        spider._equip(crawler)
        return spider

    def _equip(self, crawler: Crawler) -> None:
        politeness = self.net.politeness
        slow_down = politeness.slow_down if politeness else lambda _host, _delay: None
        self._asking = Asking(
            crawler,
            self.plan,
            self.errand.known,
            elsewhere=self.net.elsewhere,
            owns=self._scope.owns,
            evidence=self.evidence,
        )
        self._robots = Robots(self._asking.patiently, self.plan.user_agent, slow_down)
        self._aside = Aside(self._robots, self._asking, self._scope.owns)

    async def start(self) -> AsyncIterator[Any]:
        # Scrapy logs what goes wrong in here and ends the crawl as if all were well: whoever asked must know.
        self._under_way = asyncio.ensure_future(self._tour())
        try:
            self.visit = await self._under_way
        except asyncio.CancelledError:
            self.logger.info("the visit was broken off")
        except Exception as fault:
            self.fault = fault
        for item in self._items:
            yield item

    def leave(self) -> None:
        """Breaks the visit off; the crawl then comes to its own end."""
        if self._under_way is not None:
            self._under_way.cancel()

    # --- the tour ---------------------------------------------------------------------------------------

    async def _tour(self) -> Visit:
        started = datetime.now(UTC)
        self._deadline = asyncio.get_running_loop().time() + self.plan.timeouts.portal
        door = Door(self.errand.portal, self._scope, self._robots, self._asking.once, self._asking.again)
        home, secure, plain = await door.enter()
        state, reason, moved_to = await self._at(home)
        probes = await self._probes(home) if state in ("audited", "partial") else None
        return Visit(
            state=state,
            reason=reason,
            home=self._pages[0].url if self._pages else None,
            pages=tuple(self._pages),
            net=NetFacts(
                https=secure.answer,
                http=plain.answer if plain is not None else None,
                asked=tuple(self._books.asked.values()),
                skipped=tuple(self._books.skipped.items()),
                requests=self._requests,
                probes=probes,
                search=self._search,
                outside=tuple(self._elsewhere),
                slow=tuple(self._asking.slow.items()),
            ),
            moved_to=moved_to,
            browser=any(page.rendered is not None for page in self._pages) or self._has_browser,
            started_at=started,
            finished_at=datetime.now(UTC),
        )

    async def _probes(self, home: Arrival) -> Probes | None:
        """What is asked apart from the pages, where it is wanted and there is time."""
        if not self.errand.probes or self._late or home.stop is not None:
            return None
        portal = self.errand.portal
        files = MachineFiles(portal, self._scope, self._robots, self._asking.once)
        prober = Prober(portal, self.plan, self.net, self.evidence, files)
        probes = await prober.probe(home, turned_away=self._books.turned_away)
        self._more_requests += prober.requests
        return probes

    @property
    def _has_browser(self) -> bool:
        return self.errand.browser is not None and self.net.recorded is None and self.plan.render != "never"

    async def _at(self, home: Arrival) -> tuple[State, str | None, str | None]:
        """Goes through the portal from its home; the state, its reason and where the portal moved to."""
        page = await self._through(home.url, home.stop, home.fetched)
        if home.stop is not None and page is None:
            moved = home.stop.state == "moved"
            return home.stop.state, None if moved else home.stop.reason or None, home.url if moved else None
        self._finds.frontier.mark(home.start)
        self._finds.frontier.mark(home.url)
        if page is None:
            page = await self._keep(home.fetched, home.url, rendered=self.plan.render != "never")
        if (whose := stranger(page, self.errand.portal)) is not None:
            self._pages.clear()
            return "unreachable", whose, None
        view = page.rendered
        if view is not None and not self._scope.adopt(view.url):
            if page.raw is not None and page.raw.shell:
                self._pages.clear()
                return "moved", None, view.url
            # Scripts of a full page led the browser elsewhere: what it saw there is not this portal's.
            self._pages[0] = replace(page, rendered=None)
        in_time = await self._go_on()
        lost = sum(self._books.lost.values())
        if not in_time:
            return "partial", "timeout", None
        if self._books.turned_away or lost * 3 > lost + len(self._pages):
            return "partial", self._books.lost.most_common(1)[0][0], None
        return "audited", None, None

    async def _go_on(self) -> bool:
        """Reads pages until the budget, the portal or our time ends; whether the time sufficed."""
        limit = self._requests + 4 * self.plan.max_pages + 20
        left = "budget"
        while len(self._pages) < self.plan.max_pages and self._requests < limit:
            if not self._may_go_on:
                left = "timeout" if self._late else "blocked"
                break
            url = self._finds.frontier.take()
            if url is None:
                break
            await self._page(url)
        for url in self._finds.frontier.left():
            self._books.skip(url, left)
        if self._may_go_on:
            await self._read_aside()
        for url, document in self._finds.beside():
            if self._may_go_on:
                self._books.note(await self._aside.answers(url, document=document))
        return not self._late

    @property
    def _requests(self) -> int:
        return self._asking.requests + self._more_requests

    @property
    def _may_go_on(self) -> bool:
        return not self._late and not self._books.turned_away

    @property
    def _late(self) -> bool:
        return asyncio.get_running_loop().time() > self._deadline

    # --- pages ------------------------------------------------------------------------------------------

    async def _page(self, asked: str) -> None:
        """Asks one address of the portal, through redirects, and keeps what it turns out to be."""
        url, fetched = asked, None
        jar = OTHER_VISITOR if self._finds.is_foreign(asked) else None
        for _ in range(MAX_HOPS + 1):
            gate = await self._robots.at(url)
            if gate.error is not None:
                self._books.lose(asked, gate.error)
                return
            if not gate.allows(url):
                self._books.skip(asked, "robots")
                return
            fetched = await self._asking.once(url, jar=jar, may_be_known=True)
            target = fetched.redirect
            if target is None:
                await self._take(asked, url, fetched)
                return
            if not self._scope.owns(target) or (
                canonical(target) != canonical(url) and not self._finds.frontier.mark(target)
            ):
                self._books.note(fetched.answer(asked, target))
                return
            url = target
        self._books.lose(asked, "redirect_loop")

    async def _take(self, asked: str, url: str, fetched: Fetched) -> None:
        stop = stop_of(fetched)
        if stop is None:
            self._books.let_in()
            if url != asked:
                self._books.note(fetched.answer(asked, url))
            await self._keep(fetched, url, rendered=self._is_drawn(url))
            return
        if await self._through(url, stop, fetched) is not None:
            self._books.let_in()
            return
        if fetched.error is None:
            self._books.note(fetched.answer(asked, url))
            if stop.reason == "not_html":
                return
        self._books.stopped(blocked=stop.state == "blocked")
        if stop == Stop("unreachable", "http_4xx"):
            self._books.skip(asked, stop.reason)  # a dead link is the portal's own, nothing was lost on the way
        else:
            # A bare refusal has the same number as a dead link; the books must tell them apart.
            refused = stop == Stop("blocked", "http_4xx")
            self._books.lose(asked, "blocked" if refused else stop.reason)

    def _is_drawn(self, _url: str) -> bool:
        """Whether a page is shown to the browser as it is read; home always is, others are when a rule wants it."""
        return self.plan.render == "always"

    async def _keep(self, fetched: Fetched, url: str, *, rendered: bool) -> Page:
        """Reads an answer as a page, shows it to the browser if wanted, and takes up its links."""
        page = Page(url, raw=facts_of(fetched, url), source=fetched.source)
        if rendered:
            page = await self._shown(page)
        return self._take_up(page)

    async def _through(self, url: str, stop: Stop | None, fetched: Fetched) -> Page | None:
        """A page behind a challenge that lets every browser in, as the browser sees it; None where there is no such
        challenge, or it does not let ours in. One that stayed shut is not tried again."""
        if stop != _CHALLENGE or self.plan.render == "never" or self._stays_shut:
            return None
        if self.errand.browser is None or not blocks.lets_in(fetched.status, fetched.body):
            return None
        page = await self._shown(Page(url))
        if page.rendered is None or not self._scope.adopt(page.rendered.url):
            self._stays_shut = True
            return None
        return self._take_up(page)

    def _take_up(self, page: Page) -> Page:
        """Keeps a page and weighs its links."""
        self._pages.append(page)
        self._finds.of(page)
        if self.errand.on_page is not None:
            self.errand.on_page(page)
        return page

    def _depth(self, _page: Page) -> Depth:
        """How deep a page is looked at: home, which comes first, as far as is wanted; others for their text."""
        return "text" if self._pages else self.plan.depth

    async def _shown(self, page: Page) -> Page:
        """The page with what the browser makes of it, where there is one."""
        if self.errand.browser is None:
            return page
        page, requests = await look_at(
            page,
            self.errand.browser,
            timeout=self.plan.timeouts.render,
            evidence=self.evidence,
            depth=self._depth(page),
            known=self.errand.known.pages.get(page.url),
        )
        self._more_requests += requests
        if page.rendered is None:
            self._books.skip(page.url, "render_failed")  # so that nobody waits for the same look again
        return page

    async def _read_aside(self) -> None:
        """The portal's own search, and versions in other languages out of the portal."""
        asked = question(self._pages[0])
        if isinstance(asked, Question) and self._scope.owns(asked.url) and may_be_page(asked.url):
            self._search = await self._aside.search(asked)
        for url in self._finds.foreign.values():
            answer, page = await self._aside.elsewhere(url)
            self._books.note(answer)
            if page is not None:
                self._elsewhere.append(page)
