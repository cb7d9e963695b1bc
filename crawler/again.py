"""The second look, before a portal is left: what negative verdicts rest on is asked once more, with more patience.

A tour of its own with cookies of its own, in the turns of the first; what it sees is kept apart from what was seen
first (``Visit.later``, and marked in the evidence), for only both together are an answer.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from audit_rules.address import is_document, page_key
from audit_rules.facts import Answer, Later, NetFacts, Page, SearchTry, Visit
from audit_rules.known import Known, KnownPage
from audit_rules.later import Again
from audit_rules.rendered import Depth
from audit_rules.search_try import Question
from crawler.door import Arrival, Door
from crawler.errand import Errand
from crawler.recorded import NOT_RECORDED, RecordedBrowser
from crawler.spiders.portal import PortalSpider
from crawler.visit import toured
from crawler.ways import Network

MAX_DEEP = 5
"""Pages that are measured and photographed again, home first: those that most of the faults rest on."""


class SecondLook(PortalSpider):
    """Goes to the addresses it is given, and to no other."""

    def __init__(
        self, errand: Errand | None = None, first: Visit | None = None, asked: Again | None = None, **more: Any
    ) -> None:
        super().__init__(errand, **more)
        if first is None or asked is None:
            raise ValueError("a second look needs a first")
        self._first, self._wanted = first, asked
        self._drawn = {page_key(page.url) for page in first.shown if page.rendered is not None}

    async def _tour(self) -> Visit:
        started = datetime.now(UTC)
        self._deadline = asyncio.get_running_loop().time() + self.plan.timeouts.portal
        secure, plain, probes = None, None, None
        if self._wanted.doors:
            door = Door(self.errand.portal, self._scope, self._robots, self._asking.once, self._asking.again)
            home, secure, plain = await door.enter()
            probes = await self._probes(home)
        for url in self._wanted.pages:
            if self._may_go_on:
                await self._page(url)
                self._missed(url)
        for url in self._wanted.addresses:
            if self._may_go_on and self._scope.owns(url) and not is_document(url):
                await self._page(url)
            elif self._may_go_on:
                self._books.note(await self._aside.answers(url, document=is_document(url)))
        search = await self._search_again() if self._wanted.search and self._may_go_on else None
        net = NetFacts(
            https=_answer(secure),
            http=_answer(plain),
            asked=tuple(answer for answer in self._books.asked.values() if answer.error != NOT_RECORDED),
            skipped=tuple(self._books.skipped.items()),
            requests=self._requests,
            probes=probes,
            search=search,
            slow=tuple(self._asking.slow.items()),
        )
        later = Later(started, tuple(self._pages), net)
        requests = self._first.net.requests + self._requests
        return replace(self._first, later=later, net=replace(self._first.net, requests=requests))

    def _is_drawn(self, url: str) -> bool:
        """A page is looked at as it was the first time."""
        return page_key(url) in self._drawn

    def _depth(self, page: Page) -> Depth:
        """Deep enough for a picture, and to measure again what a fault may rest on; fresh loads accuse nobody."""
        if self.plan.depth == "text" or len(self._pages) >= MAX_DEEP:
            return "text"
        return "axe" if self.plan.depth != "full" and page.url == self._first.home else "full"

    def _missed(self, asked: str) -> None:
        """Writes down that a page of the first look is not where it was, if nothing else says so."""
        if all(page.url != asked for page in self._pages):
            self._books.skip(asked, "redirect")

    async def _search_again(self) -> SearchTry | None:
        first = self._first.net.search
        if first is None:
            return None
        tried = await self._aside.search(Question(first.answer.url, first.word, first.whole))
        if tried.page is not None and first.page is not None and first.page.rendered is not None:
            tried = replace(tried, page=await self._shown(tried.page))
        return None if tried.answer.error == NOT_RECORDED else tried


def _seen(visit: Visit, known: Known) -> Known:
    """The pages of the first look, so that one that says the same again is not read again; each is sent whole, and
    drawn anew."""
    pages = {page.url: (page, known.pages.get(page.url)) for page in visit.pages if page.raw and not page.raw.cut}
    return Known(
        {
            url: KnownPage(page.raw, page.source, before.kept if before and page.source.kept_in else None)
            for url, (page, before) in pages.items()
            if page.raw is not None
        }
    )


def _answer(arrival: Arrival | None) -> Answer | None:
    return None if arrival is None or arrival.fetched.error == NOT_RECORDED else arrival.answer


async def look_again(visit: Visit, asked: Again, errand: Errand) -> Visit:
    """The visit with what a second look at it saw; as it was where there is nothing to ask, or nothing recorded.

    ``errand`` is that of the first look; its time-outs are made longer here.
    """
    net = errand.net
    if not asked:
        return visit
    browser = errand.browser
    if net.recorded is not None:
        later = net.recorded.later
        if later is None:
            return visit
        net, browser = Network(recorded=later), RecordedBrowser(later)
    if errand.evidence is not None:
        errand.evidence.second_look()
    plan = replace(errand.plan, timeouts=errand.plan.timeouts.longer)
    once_more = replace(errand, plan=plan, net=net, browser=browser, on_page=None, known=_seen(visit, errand.known))
    return await toured(SecondLook, once_more, first=visit, asked=asked)
