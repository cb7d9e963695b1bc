"""A visit to a portal, from outside: what goes in, and the facts that come home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from scrapy.crawler import Crawler

from audit_rules.address import AddressBook
from audit_rules.facts import Link, Page, Portal, Visit
from audit_rules.known import Known
from crawler.aside import outline
from crawler.errand import Errand, Rank
from crawler.plan import Plan
from crawler.processes import give_back
from crawler.recorded import RecordedBrowser
from crawler.settings import settings_for
from crawler.spiders.portal import PortalSpider
from crawler.view import look_at
from crawler.ways import Browser, Evidence, Network

__all__ = ["Browser", "Evidence", "Network", "Rank", "render", "visit"]


async def visit(
    portal: Portal,
    book: AddressBook,
    plan: Plan,
    net: Network,
    *,
    rank: Rank,
    evidence: Evidence | None = None,
    browser: Browser | None = None,
    outside: Callable[[Link], bool] | None = None,
    on_page: Callable[[Page], None] | None = None,
    probes: bool = False,
    foreign: Callable[[Link], bool] | None = None,
    known: Known = Known(),  # noqa: B008 - frozen
) -> Visit:
    """Visits a portal; many visits may run side by side on the process's loop (``crawler.loop.run``).

    What goes in is told by ``crawler.errand``.
    With ``net.recorded`` nothing but the archive is asked, for rendered views too. Whatever the portal and the
    network do is in the visit's state; a fault of ours is raised.
    """
    browser = RecordedBrowser(net.recorded) if net.recorded is not None else browser
    errand = Errand(portal, book, plan, net, rank, evidence, browser, outside, on_page, probes, foreign, known)
    return await toured(PortalSpider, errand)


async def toured(kind: type[PortalSpider], errand: Errand, **more: Any) -> Visit:
    """Runs one spider to the end of its tour: what it brought home. A fault of ours is raised."""
    crawler = Crawler(kind, settings_for(errand.plan, recorded=errand.net.recorded is not None))
    crawl = asyncio.ensure_future(crawler.crawl_async(errand=errand, **more))
    try:
        await asyncio.shield(crawl)
        spider = crawler.spider
        if not isinstance(spider, PortalSpider):
            raise RuntimeError("the crawler has no spider")
        if spider.fault is not None:
            raise spider.fault
        if spider.visit is None:
            raise RuntimeError("the crawler ended before the visit")
        return spider.visit
    except asyncio.CancelledError:
        # Scrapy's engine takes a cancellation for its end and would go on crawling unobserved.
        while not crawl.done():
            if isinstance(crawler.spider, PortalSpider):
                crawler.spider.leave()
            await asyncio.wait((crawl,), timeout=0.1)
        raise
    finally:
        _take_apart(crawler)


def _take_apart(crawler: Crawler) -> None:
    """A crawler that is done is a ring (crawler, engine, spider) that would hold a portal's pages and its store of
    root certificates until the collector looks at everything, which it puts off the longer the more there is. What
    becomes free goes back to the system."""
    for part in filter(None, (crawler.spider, crawler.engine, crawler)):
        vars(part).clear()
    give_back()


async def render(
    visit: Visit,
    urls: Sequence[str],
    browser: Browser | None,
    *,
    plan: Plan,
    net: Network,
    evidence: Evidence | None = None,
    known: Known = Known(),  # noqa: B008 - frozen
) -> Visit:
    """Shows those pages of the visit to the browser (or to the archive, with ``net.recorded``), one at a time.

    Gives the visit with the rendered views added; addresses it has no page of, and pages looked at before, are
    left alone.
    """
    browser = RecordedBrowser(net.recorded) if net.recorded is not None else browser
    wanted = set(urls)
    if browser is None or plan.render == "never":
        return visit
    drawn: dict[str, Page] = {}
    requests = visit.net.requests
    for page in visit.shown:
        if page.url in wanted and page.rendered is None:
            drawn[page.url], more = await look_at(
                page, browser, timeout=plan.timeouts.render, evidence=evidence, known=known.pages.get(page.url)
            )
            requests += more
    search = visit.net.search
    if search is not None and search.page is not None:
        search = replace(search, page=drawn.get(search.page.url, search.page))
    outside = (drawn.get(page.url, page) for page in visit.net.outside)
    return replace(
        visit,
        pages=tuple(drawn.get(page.url, page) for page in visit.pages),
        net=replace(visit.net, requests=requests, search=search, outside=tuple(map(_outlined, outside))),
        browser=visit.browser or net.recorded is None or any(page.rendered for page in drawn.values()),
    )


def _outlined(page: Page) -> Page:
    return replace(page, rendered=outline(page.rendered)) if page.rendered is not None else page
