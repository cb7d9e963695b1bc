"""What hosts out of a portal answered is asked once for all visits of a process, save what may accuse somebody."""

from __future__ import annotations

import asyncio
from pathlib import Path

from audit_rules.address import Address, AddressBook
from audit_rules.facts import Portal, Region, Visit
from audit_rules.reading.vocabulary import rank
from crawler.elsewhere import KEPT_SECONDS, Elsewhere
from crawler.fetched import Fetched
from crawler.loop import run
from crawler.plan import Plan
from crawler.visit import Network, visit
from storage.evidence import EvidenceWriter
from storage.recorded import Recorded
from tests.cases import SEEN_AT
from tests.made_portal import Pages, Site, html, network

OUT = "dichvucong.gov.vn"
PORTALS = [Portal(name, Address.parse(f"{name}.gov.vn"), "province") for name in ("an", "binh", "chau")]
BOOK = AddressBook(tuple((each.address, each.id) for each in PORTALS))


def _draws(_text: str, _hint: str, url: str, _region: Region) -> int | None:
    return 0 if OUT in url else None


def _go(pages: Pages, folder: Path | None = None) -> tuple[list[Visit], Site]:
    """Three portals side by side, each with a link to the same host."""
    links = {f"{each.address.host}/": html(f"http://{OUT}/p/home") for each in PORTALS}

    async def all_visits(net: Network) -> list[Visit]:
        told = Network(net.guard, net.politeness, elsewhere=Elsewhere())
        kept = [EvidenceWriter(folder, "dem", each.id) if folder else None for each in PORTALS]
        seen = await asyncio.gather(
            *(
                visit(each, BOOK, Plan(), told, rank=_draws, evidence=writer)
                for each, writer in zip(PORTALS, kept, strict=True)
            )
        )
        for writer in filter(None, kept):
            writer.finish()
        return seen

    with Site({**links, **pages}) as site, network(site.port) as net:
        return run(all_visits(net)), site


def _asked(site: Site, address: str) -> int:
    return site.asked.count(f"GET {address}")


def test_the_host_that_everybody_links_to_is_asked_once() -> None:
    seen, site = _go({f"{OUT}/p/home": html()})
    assert (_asked(site, f"{OUT}/robots.txt"), _asked(site, f"{OUT}/p/home")) == (1, 1)
    answers = [[answer.status for answer in each.net.asked if OUT in answer.url] for each in seen]
    assert answers == [[200]] * 3
    assert sum(each.net.requests for each in seen) == len(site.asked) + len(PORTALS)  # https, which is refused
    assert all(_asked(site, f"{each.address.host}/robots.txt") == 1 for each in PORTALS)


def test_what_is_not_there_is_seen_by_each_with_its_own_eyes() -> None:
    seen, site = _go({})
    assert (_asked(site, f"{OUT}/robots.txt"), _asked(site, f"{OUT}/p/home")) == (1, 3)
    assert [each.net.asked[-1].status for each in seen] == [404] * 3


def test_every_portal_keeps_what_it_was_told(tmp_path: Path) -> None:
    seen, _ = _go({f"{OUT}/p/home": html()}, tmp_path)
    for portal, before in zip(PORTALS, seen, strict=True):
        recorded = Recorded.open(next(tmp_path.rglob(f"*{portal.id}*.warc.gz")))
        again = run(visit(portal, BOOK, Plan(), Network(recorded=recorded), rank=_draws))
        assert [(a.url, a.status, a.seen_at) for a in again.net.asked] == [
            (a.url, a.status, a.seen_at) for a in before.net.asked
        ]


def test_the_directory_of_badges_is_not_asked_for_its_name() -> None:
    badge = "https://tinnhiemmang.vn/danh-ba-tin-nhiem/anhgovvn-1623988215"
    assert rank("", "Chung nhan Tin Nhiem Mang", badge, "footer") is None
    assert rank("", "", "https://an.gov.vn/danh-ba", "footer") is not None


def test_an_answer_is_told_for_half_an_hour_and_a_failure_never() -> None:
    now, asked = 0.0, 0
    there = Elsewhere(clock=lambda: now)
    answers = iter([Fetched("u", SEEN_AT, error="timeout"), *(Fetched("u", SEEN_AT, 200) for _ in range(2))])

    async def ask() -> Fetched:
        nonlocal asked
        asked += 1
        return next(answers)

    async def told(at: float) -> tuple[bool, int]:
        nonlocal now
        now = at
        return (await there.told("GET u", ask))[1], asked

    async def night() -> list[tuple[bool, int]]:
        return [await told(at) for at in (0.0, 1.0, KEPT_SECONDS, KEPT_SECONDS + 1.0)]

    assert asyncio.run(night()) == [(True, 1), (True, 2), (False, 2), (True, 3)]
