"""The visit to one portal, told from the door to the last page. It looks and keeps; it judges nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from audit_rules.address import AddressBook, is_document
from audit_rules.facts import Answer, Link, NetFacts, Page, Portal, Region, SearchTry, State, Visit
from audit_rules.probed import Probes
from audit_rules.rendered import Depth
from audit_rules.search_try import Question, question
from crawler import blocks
from crawler.aside import OTHER_VISITOR, Aside, facts_of
from crawler.blocks import Stop
from crawler.door import MAX_HOPS, Arrival, Door, stop_of
from crawler.download import Fetched, fetch, stop_early
from crawler.frontier import Frontier
from crawler.machine_files import MachineFiles
from crawler.parked import stranger
from crawler.plan import Plan, Timeouts
from crawler.probes import Prober
from crawler.robots import Robots
from crawler.scope import Scope, canonical, cleaned, is_web, may_be_page
from crawler.view import look_at
from crawler.ways import Browser, Evidence, Network

Rank = Callable[[str, str, str, Region], int | None]
"""How well a link speaks of a concept (text, hint, address, region): 0 is best, None of none."""

MAX_DOCUMENTS = 12
MAX_OUTSIDE = 6
MAX_FOREIGN = 3
MAX_SLOW = 50
MAX_SKIPPED = 2000
MAX_LINKS = 50_000
BLOCKED_IN_A_ROW = 3
_CHALLENGE = Stop("blocked", "challenge")
_FOLLOWED = frozenset({"a", "area", "option", "data", "script", "refresh", "frame"})


@dataclass(frozen=True, slots=True)
class Errand:
    """What a visit is for and what it may use."""

    portal: Portal
    book: AddressBook
    plan: Plan
    net: Network
    rank: Rank
    evidence: Evidence | None = None
    browser: Browser | None = None
    outside: Callable[[Link], bool] | None = None
    on_page: Callable[[Page], None] | None = None
    probes: bool = False
    foreign: Callable[[Link], bool] | None = None


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
        self._frontier = Frontier()
        slow_down = errand.net.politeness.slow_down if errand.net.politeness else lambda _host, _delay: None
        self._robots = Robots(self._ask_patiently, errand.plan.user_agent, slow_down)
        self._aside = Aside(self._robots, self._ask, self._ask_again, self._scope.owns)
        self._requests = 0
        self._pages: list[Page] = []
        self._asked: dict[str, Answer] = {}
        self._skipped: dict[str, str] = {}
        self._documents: dict[str, tuple[int, int, str]] = {}
        self._outside: dict[str, tuple[int, int, str]] = {}
        self._foreign: dict[str, str] = {}
        self._other_language: set[str] = set()
        self._elsewhere: list[Page] = []
        self._search: SearchTry | None = None
        self._slow: dict[str, float] = {}
        self._weighed: set[tuple[str, str, Region]] = set()
        self._lost: Counter[str] = Counter()
        self._blocked_in_a_row = 0
        self._stays_shut = False
        self._deadline = 0.0
        self._under_way: asyncio.Future[Visit] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(stop_early, signals.headers_received)
        return spider

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
        door = Door(self.errand.portal, self._scope, self._robots, self._ask, self._ask_again)
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
                asked=tuple(self._asked.values()),
                skipped=tuple(self._skipped.items()),
                requests=self._requests,
                probes=probes,
                search=self._search,
                outside=tuple(self._elsewhere),
                slow=tuple(self._slow.items()),
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
        files = MachineFiles(portal, self._scope, self._robots, self._ask)
        prober = Prober(portal, self.plan, self.net, self.evidence, files)
        turned_away = self._blocked_in_a_row >= BLOCKED_IN_A_ROW
        probes = await prober.probe(home, turned_away=turned_away)
        self._requests += prober.requests
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
        self._frontier.mark(home.start)
        self._frontier.mark(home.url)
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
        lost = sum(self._lost.values())
        if not in_time:
            return "partial", "timeout", None
        if self._blocked_in_a_row >= BLOCKED_IN_A_ROW or lost * 3 > lost + len(self._pages):
            return "partial", self._lost.most_common(1)[0][0], None
        return "audited", None, None

    async def _go_on(self) -> bool:
        """Reads pages until the budget, the portal or our time ends; whether the time sufficed."""
        limit = self._requests + 4 * self.plan.max_pages + 20
        left = "budget"
        while len(self._pages) < self.plan.max_pages and self._requests < limit:
            if self._late or self._blocked_in_a_row >= BLOCKED_IN_A_ROW:
                left = "timeout" if self._late else "blocked"
                break
            url = self._frontier.take()
            if url is None:
                break
            await self._page(url)
        for url in self._frontier.left():
            self._skip(url, left)
        if not self._late and self._blocked_in_a_row < BLOCKED_IN_A_ROW:
            await self._read_aside()
        for where, most in ((self._documents, MAX_DOCUMENTS), (self._outside, MAX_OUTSIDE)):
            for _, _, url in sorted(where.values())[:most]:
                if not self._late and self._blocked_in_a_row < BLOCKED_IN_A_ROW:
                    await self._probe(url, document=where is self._documents)
        return not self._late

    @property
    def _late(self) -> bool:
        return asyncio.get_running_loop().time() > self._deadline

    # --- pages ------------------------------------------------------------------------------------------

    async def _page(self, asked: str) -> None:
        """Asks one address of the portal, through redirects, and keeps what it turns out to be."""
        url, fetched = asked, None
        jar = OTHER_VISITOR if canonical(asked) in self._other_language else None
        for _ in range(MAX_HOPS + 1):
            gate = await self._robots.at(url)
            if gate.error is not None:
                self._lose(asked, gate.error)
                return
            if not gate.allows(url):
                self._skip(asked, "robots")
                return
            fetched = await self._ask(url, jar=jar)
            target = fetched.redirect
            if target is None:
                await self._take(asked, url, fetched)
                return
            if not self._scope.owns(target) or (
                canonical(target) != canonical(url) and not self._frontier.mark(target)
            ):
                self._note(fetched.answer(asked, target))
                return
            url = target
        self._lose(asked, "redirect_loop")

    async def _take(self, asked: str, url: str, fetched: Fetched) -> None:
        stop = stop_of(fetched)
        if stop is None:
            self._blocked_in_a_row = 0
            if url != asked:
                self._note(fetched.answer(asked, url))
            await self._keep(fetched, url, rendered=self._is_drawn(url))
            return
        if await self._through(url, stop, fetched) is not None:
            self._blocked_in_a_row = 0
            return
        if fetched.error is None:
            self._note(fetched.answer(asked, url))
            if stop.reason == "not_html":
                return
        self._blocked_in_a_row = self._blocked_in_a_row + 1 if stop.state == "blocked" else 0
        if stop == Stop("unreachable", "http_4xx"):
            self._skip(asked, stop.reason)  # a dead link is the portal's own, nothing was lost on the way
        else:
            # A bare refusal has the same number as a dead link; the books must tell them apart.
            refused = stop == Stop("blocked", "http_4xx")
            self._lose(asked, "blocked" if refused else stop.reason)

    def _is_drawn(self, _url: str) -> bool:
        """Whether a page is shown to the browser as it is read; home always is, others are when a rule wants it."""
        return self.plan.render == "always"

    async def _keep(self, fetched: Fetched, url: str, *, rendered: bool) -> Page:
        """Reads an answer as a page, shows it to the browser if wanted, and takes up its links."""
        page = Page(url, raw=facts_of(fetched, url))
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
        for view in page.views:
            for link in view.links:
                self._offer(link)
        if self.errand.on_page is not None:
            self.errand.on_page(page)
        return page

    def _depth(self) -> Depth:
        """How deep the next page is looked at: home, which comes first, as far as is wanted; others for their
        text."""
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
            depth=self._depth(),
        )
        self._requests += requests
        if page.rendered is None:
            self._skip(page.url, "render_failed")  # so that nobody waits for the same look again
        return page

    def _offer(self, link: Link) -> None:
        # Menus come back on every page: a link is weighed once, whatever page it is on.
        key = (link.url, link.text, link.region)
        if key in self._weighed or len(self._weighed) >= MAX_LINKS:
            return
        self._weighed.add(key)
        if link.kind not in _FOLLOWED or not is_web(link.url):
            return
        own = self._scope.owns(link.url)
        if self.errand.foreign is not None and self.errand.foreign(link):
            if own:
                self._other_language.add(canonical(link.url))
            elif len(self._foreign) < MAX_FOREIGN and not is_document(link.url):
                self._foreign.setdefault(canonical(link.url), link.url)
        rank = self.errand.rank(link.text, link.hint, link.url, link.region)
        if own and not is_document(link.url):
            if may_be_page(link.url):
                self._frontier.offer(link.url, rank, link.region)
            return
        wanted = not own and self.errand.outside is not None and self.errand.outside(link)
        if rank is not None or wanted:
            where = self._documents if is_document(link.url) else self._outside
            order = (-1 if wanted else rank or 0, len(where), cleaned(link.url))
            page = canonical(link.url)
            if page in where or len(where) < MAX_SKIPPED:
                where[page] = min(where.get(page, order), order)

    async def _probe(self, url: str, *, document: bool) -> None:
        """Asks whether a document, or a page elsewhere, answers: where it ends, and as what. No body is read."""
        asked = url
        for _ in range(MAX_HOPS + 1):
            gate = await self._robots.at(url)
            if gate.error is not None or not gate.allows(url):
                self._note(Answer(asked, gate.seen_at, final_url=url, error=gate.error or "robots"))
                return
            fetched = await self._ask(url, method="HEAD" if document else "GET", only_headers=True)
            if document and fetched.status in (405, 501):
                fetched = await self._ask(url, only_headers=True)
            if fetched.redirect is None:
                self._note(fetched.answer(asked, url))
                return
            url = fetched.redirect
        self._note(Answer(asked, datetime.now(UTC), final_url=url, error="redirect_loop"))

    async def _read_aside(self) -> None:
        """The portal's own search, and versions in other languages out of the portal."""
        asked = question(self._pages[0])
        if isinstance(asked, Question) and self._scope.owns(asked.url) and may_be_page(asked.url):
            self._search = await self._aside.search(asked)
        for url in self._foreign.values():
            answer, page = await self._aside.elsewhere(url)
            self._note(answer)
            if page is not None:
                self._elsewhere.append(page)

    # --- the books --------------------------------------------------------------------------------------

    async def _ask(
        self,
        url: str,
        *,
        method: str = "GET",
        only_headers: bool = False,
        timeouts: Timeouts | None = None,
        waited: float = 0.0,
        jar: str | None = None,
    ) -> Fetched:
        self._requests += 1
        fetched = await fetch(
            self.crawler, url, method=method, only_headers=only_headers, timeouts=timeouts, waited=waited, jar=jar
        )
        if fetched.error is None and fetched.seconds >= self.plan.timeouts.slow and len(self._slow) < MAX_SLOW:
            self._slow[url] = round(fetched.seconds, 1)
        return fetched

    async def _ask_again(self, fetched: Fetched) -> Fetched:
        """Asks once more, with more patience."""
        waited = fetched.seconds if fetched.error == "timeout" else 0.0
        return await self._ask(fetched.url, timeouts=self.plan.timeouts.longer, waited=waited)

    async def _ask_patiently(self, url: str) -> Fetched:
        """A robots.txt that a host keeps to itself closes it: it is asked for twice."""
        fetched = await self._ask(url)
        return await self._ask_again(fetched) if fetched.error == "timeout" and fetched.met else fetched

    def _note(self, answer: Answer) -> None:
        self._asked[answer.url] = answer

    def _skip(self, url: str, reason: str) -> None:
        if len(self._skipped) < MAX_SKIPPED:
            self._skipped.setdefault(url, reason)

    def _lose(self, url: str, reason: str) -> None:
        self._lost[reason] += 1
        self._skip(url, reason)
