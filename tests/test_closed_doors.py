"""Visits to portals that something stands before: challenges, notices, strangers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit_rules.address import AddressBook
from audit_rules.facts import Visit
from crawler.loop import run
from crawler.plan import Plan, Render
from crawler.visit import visit
from crawler.ways import Browser
from tests.made_portal import HOST, HTML, Drawn, Painter, Reply, Site, html, network, nothing, page, portal

D1N = (
    b'<html><body><script>document.cookie="D1N=7e6fe5afe5587141221ddd7a32c45657"+"; path=/";'
    b"window.location.reload(true);</script></body></html>"
)
HARD = b"<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/h/b'></script></html>"


def go(body: bytes, browser: Browser | None, render: Render = "auto", **pages: Reply) -> tuple[Visit, Site]:
    served = {"/": Reply(body, 200, HTML), **{f"/{name}": reply for name, reply in pages.items()}}
    with Site(served) as site, network(site.port) as net:
        plan = Plan(render=render)
        return run(visit(portal(), AddressBook(), plan, net, rank=nothing, browser=browser)), site


class Shut(Painter):
    """A browser that the challenge does not let in either."""

    async def look(self, url: str, *args: object, **more: object) -> Drawn:
        look = await super().look(url, *args, **more)  # type: ignore[arg-type]
        return replace(look, html=D1N.decode())


def test_a_cookie_that_any_browser_sets_is_set_by_ours() -> None:
    painter = Painter()
    seen, _ = go(D1N, painter, **{"do-script-ve": Reply(D1N, 200, HTML)})
    assert (seen.state, seen.home) == ("audited", f"http://{HOST}/")
    assert [page.url for page in seen.pages] == [f"http://{HOST}/", f"http://{HOST}/do-script-ve"]
    assert all(page.raw is None and page.rendered is not None for page in seen.pages)
    assert painter.seen == [f"http://{HOST}/", f"http://{HOST}/do-script-ve"]


@pytest.mark.parametrize(("body", "render"), [(D1N, "never"), (HARD, "auto")])
def test_without_a_browser_and_before_harder_ones_the_door_stays_shut(body: bytes, render: Render) -> None:
    painter = Painter()
    seen, _ = go(body, painter, render)
    assert (seen.state, seen.reason, seen.pages, painter.seen) == ("blocked", "challenge", (), [])


def test_a_challenge_that_stays_is_looked_at_once() -> None:
    shut = Shut()
    seen, _ = go(D1N, shut)
    assert (seen.state, seen.reason, seen.pages) == ("blocked", "challenge", ())
    assert shut.seen == [f"http://{HOST}/"]


def test_a_challenge_that_begins_within_the_visit_and_stays_is_tried_once() -> None:
    names = [f"trang-{number}" for number in range(5)]
    shut = Shut()
    inner = {name: Reply(D1N, 200, HTML) for name in names}
    seen, _ = go(page(*(f"/{name}" for name in names)), shut, **inner)
    assert (seen.state, seen.reason) == ("partial", "challenge")
    assert len(shut.seen) == 2  # home as ever, and the first page that was shut


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>", "default_page"),
        (b"<p>This domain is for sale</p>", "parked"),
        ("<title>Nhà cái</title>".encode() + "<p>Nhà cái số 1</p>".encode() * 9, "taken_over"),
    ],
)
def test_a_stranger_at_the_address_is_a_state_and_no_page(body: bytes, reason: str) -> None:
    seen, site = go(body, None)
    assert (seen.state, seen.reason, seen.pages, seen.home) == ("unreachable", reason, (), None)
    assert [asked.partition(" ")[2] for asked in site.asked] == [f"{HOST}/robots.txt", f"{HOST}/"]


def test_unknown_addresses_that_lead_home_are_not_read_twice() -> None:
    home = html("/lien-he")
    seen, _ = go(home.body, None, **{"lien-he": Reply(b"", 302, {"Location": "/"})})
    assert [page.url for page in seen.pages] == [f"http://{HOST}/"]
    answer = seen.net.answer(f"http://{HOST}/lien-he")
    assert answer is not None
    assert answer.final_url == f"http://{HOST}/"
