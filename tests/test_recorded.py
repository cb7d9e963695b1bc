"""A visit replayed from its archive gives what the visit gave."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit_rules.address import AddressBook
from audit_rules.facts import Visit
from crawler.loop import run
from crawler.plan import Plan, Timeouts
from crawler.visit import Network, render, visit
from storage.evidence import EvidenceWriter
from storage.recorded import Recorded
from tests.made_portal import HOST, HTML, Pages, Painter, Reply, Site, html, network, page, portal, to

PAGES: Pages = {
    "/robots.txt": Reply(b"User-agent: *\nDisallow: /mat\n"),
    "/": html("/a", "/mat/1", "/khong-co", "/quy-che.pdf", "/b", "/bomb", "/do-script-ve"),
    "/a": Reply(gzip.compress(page(title="Trang nén")), 200, HTML | {"Content-Encoding": "gzip"}),
    "/b": to("/c?x=1"),
    "/c?x=1": html(),
    "/bomb": Reply(gzip.compress(b"<html>" + b"a" * 20_000_000), 200, HTML | {"Content-Encoding": "gzip"}),
    "/do-script-ve": html(title="Chỉ thấy khi có script"),
    "/quy-che.pdf": [Reply(b"", 405), Reply(b"%PDF", 200, {"Content-Type": "application/pdf"})],
}


def seen_again(folder: Path, pages: Pages, *, timeouts: Timeouts | None = None) -> tuple[Visit, Visit, Recorded]:
    """The visit, the same from its archive, and the archive."""
    evidence = EvidenceWriter(folder, "dem-1", "tinh")
    plan = Plan(timeouts=timeouts or Timeouts())
    with Site(pages) as site, network(site.port) as net:
        first = run(
            visit(portal(), AddressBook(), plan, net, rank=lambda *_: 0, evidence=evidence, browser=Painter())
        )
        first = run(render(first, [f"http://{HOST}/a"], Painter(), plan=plan, net=net, evidence=evidence))
    recorded = Recorded.open(folder / evidence.finish())
    net = Network(recorded=recorded)
    again = run(visit(portal(), AddressBook(), plan, net, rank=lambda *_: 0))
    again = run(render(again, [f"http://{HOST}/a"], None, plan=plan, net=net))
    return first, again, recorded


def test_a_replay_brings_home_what_the_visit_did(tmp_path: Path) -> None:
    first, again, recorded = seen_again(tmp_path, dict(PAGES))
    assert [view.how for page in first.pages for view in page.views].count("rendered") == 2
    assert again.pages == first.pages
    assert (again.state, again.reason, again.home, again.browser) == (first.state, first.reason, first.home, True)
    assert sorted(again.net.skipped) == sorted(first.net.skipped)
    assert {answer.url: (answer.status, answer.error, answer.final_url) for answer in again.net.asked} == {
        answer.url: (answer.status, answer.error, answer.final_url) for answer in first.net.asked
    }
    assert again.net.https == first.net.https
    assert first.pages[0].rendered is not None
    assert first.pages[0].rendered.render is not None
    digest = first.pages[0].rendered.render.screenshot
    assert recorded.picture(digest) == f"the picture of http://{HOST}/".encode()
    assert recorded.response(f"http://{HOST}/") is not None, "a picture is no answer"
    # The archive holds the body as it was sent, and the page is known by its digest.
    kept = recorded.response(f"http://{HOST}/a")
    assert kept is not None
    assert gzip.decompress(kept.body) == page(title="Trang nén")


@pytest.mark.parametrize(
    "pages",
    [
        {"/robots.txt": Reply(b"", 500)},
        {"/": Reply(b"", 503)},
        {"/": Reply(b"Forbidden", 403)},
        {"/": to("http://moi.vn/")},
    ],
)
def test_a_closed_door_stays_closed_in_the_replay(tmp_path: Path, pages: Pages) -> None:
    first, again, _ = seen_again(tmp_path, pages)
    assert first.state != "audited"
    assert replace(again, started_at=first.started_at, finished_at=first.finished_at, browser=True) == first


def test_what_an_archive_does_not_hold_is_not_recorded(tmp_path: Path) -> None:
    evidence = EvidenceWriter(tmp_path, "dem-1", "khac")
    evidence.failure("http://khac.gov.vn/", "dns", datetime.now(UTC))
    net = Network(recorded=Recorded.open(tmp_path / evidence.finish()))
    seen = run(visit(portal(), AddressBook(), Plan(), net, rank=lambda *_: 0))
    assert (seen.state, seen.reason, seen.browser) == ("unreachable", "not_recorded", False)


def test_a_replay_keeps_the_pictures_too(tmp_path: Path) -> None:
    first, _, recorded = seen_again(tmp_path, {"/": html(), "/do-script-ve": html(), "/a": html()})
    evidence = EvidenceWriter(tmp_path, "dem-2", "tinh")
    run(visit(portal(), AddressBook(), Plan(), Network(recorded=recorded), rank=lambda *_: 0, evidence=evidence))
    again = Recorded.open(tmp_path / evidence.finish())
    home = first.pages[0].rendered
    assert home is not None
    assert home.render is not None
    assert again.picture(home.render.screenshot) == recorded.picture(home.render.screenshot) != b""
