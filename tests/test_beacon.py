"""The measuring library is read, its calls are seen and stopped: with a real Chromium, every host on loopback."""

from __future__ import annotations

import asyncio

import pytest

from audit_rules.rendered import Depth, Loaded
from crawler.browser import Browser, Look, find_browser
from crawler.counters import has_library, is_library
from crawler.guard import Guard
from crawler.politeness import Politeness
from sandbox.world import World
from tests.loopback import Answer, Asked, Web, web

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")

HOST = "f-emc.ngsp.gov.vn"
LIBRARY = "/embed/gov-tracking.min.js"
CALLS = {
    "image": "new Image().src = url;",
    "fetch": "fetch(url, {mode: 'no-cors'}).catch(() => 0);",
    "beacon": "navigator.sendBeacon(url, 'idsite=227');",
}


def looked_at(connect_to: tuple[str, ...], url: str, depth: Depth) -> Look:
    async def run() -> Look:
        guard = Guard(connect_to=connect_to, allow_private=True)
        politeness = Politeness(0)
        async with Browser(guard, user_agent="test-auditor/1", politeness=politeness) as browser:
            return await browser.look(url, depth=depth)

    return asyncio.run(run())


def page(asked: Asked) -> Answer:
    return Answer(
        f"<!doctype html><html lang=vi><head><title>Cổng</title><script src='http://{HOST}{LIBRARY}'></script>"
        f"<script src='/thieu.js'></script></head><body><h1>Xin chào</h1></body></html>",
        404 if asked.path == "/thieu.js" else 200,
    )


def calling(how: str, depth: Depth) -> tuple[Look, Web]:
    """A page with a library that calls in this manner, and what the measuring system was asked."""
    script = f"const url = 'http://{HOST}/tracking?idsite=227&how={how}'; {CALLS[how]}"
    kind = {"Content-Type": "text/javascript"}
    with web(page) as portal, web(lambda _: Answer(script, headers=kind)) as system:
        connect_to = (f"{HOST}:80:127.0.0.1:{system.port}", f"::127.0.0.1:{portal.port}")
        return looked_at(connect_to, "http://portal.gov.vn/", depth), system


@pytest.mark.parametrize("how", CALLS)
def test_a_call_of_the_library_is_seen_and_does_not_arrive(how: str) -> None:
    look, system = calling(how, "full")
    assert look.error is None
    assert f"http://{HOST}/tracking?idsite=227&how={how}" in look.render.stopped
    assert {(asked.method, asked.path) for asked in system.asked} == {("GET", LIBRARY)}
    assert Loaded(f"http://{HOST}{LIBRARY}", 200) in look.render.scripts
    assert Loaded("http://portal.gov.vn/thieu.js", 404) in look.render.scripts


def test_a_look_at_the_text_alone_leaves_the_library_out() -> None:
    look, system = calling("image", "text")
    assert system.asked == []
    assert f"http://{HOST}{LIBRARY}" in look.render.stopped
    assert Loaded(f"http://{HOST}{LIBRARY}", None) in look.render.scripts


def test_a_library_that_does_not_answer_is_told_as_such() -> None:
    with web(page) as portal:
        connect_to = (f"{HOST}:80:127.0.0.1:9", f"::127.0.0.1:{portal.port}")
        look = looked_at(connect_to, "http://portal.gov.vn/", "full")
    assert look.error is None
    assert Loaded(f"http://{HOST}{LIBRARY}", None) in look.render.scripts


def test_over_tls_with_the_snippet_as_agencies_paste_it_and_three_fresh_loads() -> None:
    with World(["department.emc_never_calls"]) as world:
        called = looked_at(world.connect_to, "https://songmay.gov.vn/", "audit").render
        silent = looked_at(world.connect_to, "https://sxd.songmay.gov.vn/", "axe").render
        asked = {(method, path) for host, method, path in world.hits if host == HOST}
    assert any("/tracking?idsite=9101" in url for url in called.stopped)
    assert not any("/tracking" in url for url in silent.stopped)
    for render in (called, silent):
        assert Loaded(f"https://{HOST}{LIBRARY}", 200) in render.scripts
        assert render.axe is not None
        assert (render.axe.violations, render.axe.incomplete) == ((), ())
        assert render.phone is not None
        assert render.phone.overflow == (0, 0)
    assert asked == {("GET", LIBRARY)}
    assert (called.depth, len(called.loads), silent.depth, silent.loads) == ("audit", 3, "axe", ())
    assert all(load.full_display is not None for load in called.loads)


def test_of_a_counter_only_the_library_may_be_read() -> None:
    assert has_library(HOST)
    assert not has_library("s10.histats.com")
    assert is_library(f"https://{HOST}{LIBRARY}")
    for path in ("/tracking", "/embed/x", f"{LIBRARY}?idsite=227", "/embed/../tracking.js", "/embed/%2e%2e/a.js"):
        assert not is_library(f"https://{HOST}{path}"), path
    assert not is_library(f"https://{HOST}.evil.example{LIBRARY}")
