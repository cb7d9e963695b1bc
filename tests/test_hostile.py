"""Hostile hosts side by side, some good ones among them: nobody is accused, nothing forbidden is reached."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest

from audit_rules.engine import judge
from audit_rules.rulebook import open_rulebook
from bench.hostile import Ran, Told, audited, differences, wrongs
from crawler.browser import find_browser
from crawler.processes import below, is_called
from sandbox.hostile.trap import Trap
from sandbox.hostile.world import TRAPS, HostileWorld, body_of
from tests.cases import LAW_DAY, made

PLAIN = tuple(name for name, trap in TRAPS.items() if not trap.scripted)
ROUGH = ("alerts", "holds_back", "window_storm", "hangs", "eats_memory_at_once", "sends", "leaves")
"""Of those that want a browser; bench/hostile.py has them all."""
OPEN = ("cookie_challenge", "aes_challenge")
TIMES = {"connect": 6.0, "tls": 6.0, "first_byte": 6.0, "page": 6.0, "portal": 60.0, "again": 1.0}
"""Short, for many hosts wait them out, and long enough for the good pages of a machine that is busy."""
PAGES = 2
MOST_REQUESTS = 4 * PAGES + 60

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")


def host_of(name: str) -> str:
    return body_of(name).host


def innocent(world: HostileWorld, ran: Ran) -> None:
    """What holds of every run: no wrong accusation, nobody led inside, nothing sent, no end without bounds."""
    wrong = [text for host, trap in world.traps.items() for text in wrongs(trap, ran.portals[host])]
    assert wrong == []
    assert world.reached == 0
    assert {method for _, method, _ in world.hits} <= {"GET", "HEAD"}
    assert [host for host, _, _ in world.hits if host == "f-emc.ngsp.gov.vn"] == []


def test_a_drawn_page_deeper_than_is_read_proves_no_absence() -> None:
    portal, visit, around = made({"kind": "commune", "html": "", "drawn": "<div>" * 5000 + "<p>Tìm kiếm</p>"})
    judged = judge(portal, visit, around, open_rulebook(), LAW_DAY)
    told = {each.rule: (each.verdict.outcome, each.verdict.reason) for each in judged}
    for rule in ("navigation.search_box", "navigation.sitemap_page", "structure.links_to_main_portal"):
        assert told[rule] == ("cantTell", "coverage")


Seen = tuple[HostileWorld, Ran, Ran]


@pytest.fixture(scope="module")
def plain() -> Iterator[Seen]:
    """The hosts that want no browser, beside two good portals; and the good ones alone."""
    plan = {"max_pages": PAGES, "render": "never"}
    with HostileWorld(PLAIN, good=2) as world:
        alone = audited(world, world.good, timeouts=TIMES, **plan)
        yield world, alone, audited(world, (*world.good, *world.sites), timeouts=TIMES, **plan)


def test_no_hostile_host_is_accused_and_none_leads_astray(plain: Seen) -> None:
    world, _, beside = plain
    innocent(world, beside)


@pytest.mark.parametrize("name", PLAIN)
def test_each_hostile_host_is_told_as_what_it_is(plain: Seen, name: str) -> None:
    _, _, beside = plain
    told = beside.portals[host_of(name)]
    assert wrongs(TRAPS[name], told) == []
    assert told.requests <= MOST_REQUESTS


def test_good_portals_are_told_the_same_beside_hostile_ones(plain: Seen) -> None:
    world, alone, beside = plain
    assert differences(alone, beside, world.good) == []


def test_the_auditor_stays_small(plain: Seen) -> None:
    _, alone, beside = plain
    assert beside.own_mib < alone.own_mib + 400


@needs_browser
def test_hostile_scripts_accuse_nobody_and_lead_nowhere() -> None:
    plan = {"max_pages": 1, "render": "auto", "depth": "text"}
    with HostileWorld(ROUGH) as world:
        innocent(world, audited(world, world.sites, timeouts=TIMES | {"render": 2.0}, **plan))


@needs_browser
def test_doors_that_let_every_browser_in_are_open() -> None:
    plan = {"max_pages": 2, "render": "auto", "depth": "text"}
    with HostileWorld(OPEN) as world:
        ran = audited(world, world.sites, timeouts=TIMES | {"render": 20.0}, **plan)
        innocent(world, ran)
    for name in OPEN:
        told = ran.portals[host_of(name)]
        assert (told.state, told.rendered) == ("audited", 2)
        assert sum(outcome == "passed" for outcome, _ in told.outcomes.values()) > 20


@needs_browser
@pytest.mark.parametrize("kind", ["--type=renderer", "--remote-debugging-pipe"], ids=["tab", "browser"])
def test_what_is_killed_while_it_shows_a_page_takes_nobody_with_it(kind: str) -> None:
    killed: list[int] = []

    def kill(trap: Trap, path: str) -> None:
        if path != "/giet":
            return
        for pid in below(os.getpid()) - {os.getpid()}:
            if is_called(pid, kind):
                with contextlib.suppress(ProcessLookupError):  # gone by itself meanwhile
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    plan = {"max_pages": 1, "render": "auto", "depth": "text"}
    with HostileWorld(("crashes",), good=1) as world:
        world.on_ask = kill
        ran = audited(world, (*world.good, *world.sites), timeouts=TIMES | {"render": 30.0}, **plan)
        innocent(world, ran)
    assert killed
    (good,) = world.good
    assert ran.portals[good].state == "audited"
    not_drawn(ran.portals[host_of("crashes")])


@needs_browser
def test_a_page_whose_script_never_ends_is_not_seen_drawn() -> None:
    plan = {"max_pages": 1, "render": "auto", "depth": "text"}
    with HostileWorld(("hangs",)) as world:
        ran = audited(world, world.sites, timeouts=TIMES | {"render": 2.0}, **plan)
        innocent(world, ran)
    not_drawn(ran.portals[host_of("hangs")])


def not_drawn(told: Told) -> None:
    assert told.rendered == 0
    assert ["cantTell", "render_failed"] in [list(told) for told in told.outcomes.values()]
