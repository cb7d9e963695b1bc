"""The second look: what it asks, what both looks say together, and that a replay says the same."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.fleet import audit_portals
from audit.judging import judge_again
from audit.registry.files import read_registry
from audit.reports.json import run_as_json
from audit_rules.facts import Answer, Later, NetFacts, Page, PageFacts, Visit
from audit_rules.later import MAX_PAGES, Again, again, joined, noted_slow, seen_later
from audit_rules.verdict import Evidence, Looked, Searched, Verdict, cant_tell, failed, passed
from crawler.plan import Plan, Timeouts
from storage.archive import Archive
from storage.recorded import Recorded
from storage.records import PortalRun, Run
from tests.made_portal import HOST, HTML, TEXT, Pages, Reply, Site

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ROOT = f"http://{HOST}"


# --- what both looks say ----------------------------------------------------------------------------------------


def shown(path: str, digest: str = "erst", how: str = "raw") -> Evidence:
    return Evidence(ROOT + path, "menu", "Quy chế", digest, NOW, how)  # type: ignore[arg-type]


def seen(*paths: str, **more: object) -> Visit:
    pages = tuple(Page(ROOT + path, PageFacts(ROOT + path, NOW, "erst")) for path in paths)
    return replace(Visit("audited", None, ROOT + "/", pages, NetFacts()), **more)  # type: ignore[arg-type]


def looked(*paths: str, lost: Sequence[tuple[str, str]] = ()) -> Later:
    pages = tuple(Page(ROOT + path, PageFacts(ROOT + path, NOW, "later")) for path in paths)
    return Later(NOW, pages, NetFacts(skipped=tuple((ROOT + path, why) for path, why in lost)))


def test_a_fault_that_both_looks_show_is_told_with_the_evidence_of_both() -> None:
    visit = seen("/", "/a", later=looked("/", "/a"))
    told = joined(failed(shown("/a")), failed(shown("/a", "later")), visit)
    assert told.outcome == "failed"
    assert [piece.sha256 for piece in told.evidence] == ["erst", "later"]


def test_what_passes_at_the_second_look_is_unstable_with_both_observations() -> None:
    told = joined(failed(shown("/a")), passed(shown("/b", "later")), seen("/a", "/b", later=looked("/a", "/b")))
    assert (told.outcome, told.reason, told.values["later"]) == ("cantTell", "unstable", "passed")
    assert [piece.url for piece in told.evidence] == [ROOT + "/a", ROOT + "/b"]


def test_of_a_list_only_what_both_looks_show_is_told() -> None:
    first = failed(shown("/a"), shown("/b"), dead=["/a", "/b"], count=2, known=5, without_link=["x"])
    second = failed(shown("/b", "later"), shown("/c", "later"), dead=["/b", "/c"], count=2, without_link=["y"])
    told = joined(first, second, seen("/", later=looked("/")))
    assert dict(told.values) == {"dead": ["/b"], "count": 1, "without_link": ["y"]}
    assert {piece.url for piece in told.evidence} == {ROOT + "/b"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (failed(missing=["a"]), failed(missing=["b"])),
        (failed(state="dead"), failed(state="absent")),
    ],
)
def test_two_different_faults_are_none(first: Verdict, second: Verdict) -> None:
    told = joined(first, second, seen("/", later=looked("/")))
    assert (told.outcome, told.reason) == ("cantTell", "unstable")


@pytest.mark.parametrize(
    ("lost", "reason"),
    [("timeout", "unstable"), ("http_5xx", "unstable"), ("http_4xx", "unstable"), ("blocked", None), ("waf", None)],
)
def test_a_portal_in_trouble_clears_itself_and_one_that_turns_us_away_does_not(
    lost: str, reason: str | None
) -> None:
    visit = seen("/", "/a", later=looked("/", lost=[("/a", lost)]))
    assert joined(failed(shown("/a")), failed(shown("/a")), visit).reason == reason


def test_trouble_on_one_page_says_nothing_of_a_fault_on_another() -> None:
    visit = seen("/", "/a", later=looked("/", lost=[("/a", "timeout")]))
    assert joined(failed(shown("/")), failed(shown("/", "later")), visit).outcome == "failed"
    # Nor where some of the pages it rests on were seen again.
    assert joined(failed(shown("/"), shown("/a")), failed(shown("/", "later")), visit).outcome == "failed"


def test_a_doubt_of_the_second_look_is_told_as_such_and_less_sight_as_unstable() -> None:
    visit = seen("/", later=looked("/"))
    assert joined(failed(shown("/")), cant_tell("needs_review"), visit).reason == "needs_review"
    assert joined(failed(shown("/")), cant_tell("not_rendered"), visit).reason == "unstable"
    assert joined(failed(shown("/")), cant_tell("coverage"), visit).reason == "unstable"


def test_what_was_seen_later_takes_the_place_of_what_was_seen_first() -> None:
    url = ROOT + "/quy-che"
    dead = Answer(url, NOW, 404, url)
    visit = seen("/", "/a", net=NetFacts(asked=(dead,), skipped=((url, "http_4xx"), (ROOT + "/x", "budget"))))
    both = seen_later(visit, looked("/a", "/quy-che"))
    assert [page.url for page in both.pages] == [ROOT + "/", ROOT + "/a", url]
    assert [view.sha256 for page in both.pages for view in page.views] == ["erst", "later", "later"]
    assert both.net.asked == ()
    assert both.net.skipped == ((ROOT + "/x", "budget"),)
    alive = replace(dead, status=200)
    both = seen_later(visit, replace(looked(), net=NetFacts(asked=(alive,))))
    assert both.net.answer(url) == alive
    assert len(both.net.asked) == 1


# --- what is asked again ----------------------------------------------------------------------------------------


def test_home_comes_first_then_what_most_verdicts_show_and_no_more_than_ten_pages() -> None:
    paths = [f"/{number}" for number in range(20)]
    visit = seen("/", *paths)
    searched = Searched(tuple(Looked(ROOT + path, NOW, "raw") for path in ["/", *paths]))
    verdicts = {
        "disclosure.regulation": failed(searched=searched),
        "identity.header_names_agency": failed(shown("/17")),
        "navigation.search_box": passed(shown("/19")),
    }
    asked = again(verdicts, visit)
    assert len(asked.pages) == MAX_PAGES
    assert asked.pages[:3] == (ROOT + "/", ROOT + "/17", ROOT + "/0")
    assert ROOT + "/19" not in asked.pages
    assert not asked.doors


def test_nothing_is_asked_where_nothing_failed_or_the_portal_was_not_seen() -> None:
    assert again({"transport.https": passed()}, seen("/")) == Again()
    assert not again({"transport.https": failed()}, seen("/", state="blocked"))
    assert again({"transport.https": failed()}, seen("/")).doors


# --- a portal that changes its mind -----------------------------------------------------------------------------

LINKS = ("/gioi-thieu", "/tin-tuc", "/van-ban", "/thu-tuc", "/lien-he", "/quy-che-cung-cap-thong-tin")
CODE = """<script>var _govaq = window._govaq || []; _govaq.push(['trackPageView']);
(function () { _govaq.push(['setTrackerUrl', 'https://f-emc.ngsp.gov.vn/tracking']);
_govaq.push(['setSiteId', '9101']); })();</script>"""


def drawn(title: str = "Cổng thông tin", *, lang: str = "vi", code: bool = True) -> Reply:
    items = "".join(f'<li><a href="{link}">{link}</a></li>' for link in LINKS)
    text = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f"<header><h1>{title}</h1></header><nav><ul>{items}</ul></nav><main>{TEXT}</main>"
        f"<footer>Ủy ban nhân dân tỉnh</footer>{CODE if code else ''}</body></html>"
    )
    return Reply(text.encode(), 200, dict(HTML))


def portal_of(**changes: Reply | Sequence[Reply]) -> Pages:
    """A portal of seven pages; ``changes`` by the last word of the path, ``home`` for the home page."""
    pages: dict[str, Reply | Sequence[Reply]] = {"/": drawn(), **{link: drawn(link) for link in LINKS}}
    for name, reply in changes.items():
        pages[f"/{name.replace('_', '-')}" if name != "home" else "/"] = reply
    return pages


def audited(pages: Pages, data: Path, **timeouts: float) -> tuple[Run, Site]:
    registry = read_registry()
    with Site(pages) as site, Archive.open(data / "audit.db") as archive:
        plan = Plan(
            delay=0,
            render="never",
            connect_to=(f"::127.0.0.1:{site.port}",),
            allow_private=True,
            timeouts=Timeouts(**timeouts),
        )
        run = audit_portals([registry.find(HOST, NOW.date())], registry, plan, archive, data=data)
        return archive.run(run.header.id, pages=True), site


def verdict(run: Run, rule: str) -> Verdict:
    return next(each.verdict for each in run.portals[0].judgements if each.rule == rule)


def told(run: PortalRun) -> str:
    verdicts = [
        (j.rule, j.verdict.outcome, j.verdict.reason, dict(j.verdict.values), j.vi.message) for j in run.judgements
    ]
    return json.dumps(verdicts, ensure_ascii=False, indent=1)


def test_a_dead_link_that_is_alive_later_is_unstable_and_one_that_stays_dead_is_told(tmp_path: Path) -> None:
    gone = Reply(b"<h1>404</h1>", 404, dict(HTML))
    run, site = audited(portal_of(thu_tuc=[gone, drawn()], lien_he=gone), tmp_path)
    found = verdict(run, "navigation.links_alive")
    assert (found.outcome, found.values["count"]) == ("failed", 1)
    assert found.values["dead"] == [f"/lien-he ({ROOT}/lien-he)"]
    for path in ("/thu-tuc", "/lien-he"):
        assert site.asked.count(f"GET {HOST}{path}") == 2
    run, _ = audited(portal_of(thu_tuc=[gone, drawn()]), tmp_path)
    found = verdict(run, "navigation.links_alive")
    assert (found.outcome, found.reason) == ("cantTell", "unstable")
    assert found.evidence


def test_both_looks_are_stored_and_replayed_apart(tmp_path: Path) -> None:
    run, site = audited(portal_of(home=[drawn(lang="en-US"), drawn()]), tmp_path)
    found = verdict(run, "accessibility.language_declared")
    assert (found.outcome, found.reason) == ("cantTell", "unstable")
    assert len({piece.sha256 for piece in found.evidence}) == 2

    one = run.portals[0]
    later = one.visit.later
    assert later is not None
    assert later.pages[0].url == f"{ROOT}/"
    assert len(later.pages) <= MAX_PAGES
    (first,) = (page.raw for page in one.visit.pages if page.url == f"{ROOT}/")
    second = later.pages[0].raw
    assert first is not None
    assert second is not None
    assert (first.language.declared, second.language.declared) == ("en-US", "vi")
    assert one.visit.net.requests >= len(site.asked) > later.net.requests > 0

    with Archive.open(tmp_path / "audit.db") as archive:
        again = judge_again(run.header.id, archive)
    assert told(again.portals[0]) == told(one)

    recorded = Recorded.open(tmp_path / "evidence" / (one.warc or ""))
    registry = read_registry()
    with Archive.open(tmp_path / "zwei.db") as archive:
        replayed = audit_portals(
            [registry.find(HOST, NOW.date())], registry, Plan(), archive, data=tmp_path / "2", recorded=[recorded]
        )
        replayed = archive.run(replayed.header.id, pages=True)
    assert told(replayed.portals[0]) == told(one)
    # The replay's own archive replays too.
    recorded = Recorded.open(tmp_path / "2" / "evidence" / (replayed.portals[0].warc or ""))
    with Archive.open(tmp_path / "drei.db") as archive:
        third = audit_portals(
            [registry.find(HOST, NOW.date())], registry, Plan(), archive, data=tmp_path / "3", recorded=[recorded]
        )
    assert told(third.portals[0]) == told(one)


def test_a_portal_that_falls_silent_after_the_first_look_is_not_accused_and_one_that_blocks_is(
    tmp_path: Path,
) -> None:
    wrong = drawn(lang="en-US")
    run, _ = audited(portal_of(home=[wrong, Reply(b"oops", 500)]), tmp_path)
    assert verdict(run, "accessibility.language_declared").reason == "unstable"
    run, _ = audited(portal_of(home=[wrong, Reply(b"Forbidden", 403)]), tmp_path)
    assert verdict(run, "accessibility.language_declared").outcome == "failed"


def test_a_portal_that_was_down_for_a_moment_is_visited_again_at_the_end(tmp_path: Path) -> None:
    down = Reply(b"Service Unavailable", 503)
    run, _ = audited(portal_of(home=[down, down, drawn()]), tmp_path)
    assert run.portals[0].visit.state == "audited"
    run, site = audited(portal_of(home=down), tmp_path)
    assert run.portals[0].visit.state == "unreachable"
    assert site.asked.count(f"GET {HOST}/") == 4


# --- time-outs --------------------------------------------------------------------------------------------------


class Slow(Reply):
    """A reply whose head comes after a while, and its body after another."""

    seconds = 0.7

    @property
    def body(self) -> bytes:
        time.sleep(self.seconds)
        return self._body

    @body.setter
    def body(self, body: bytes) -> None:
        self._body = body


def test_a_slow_home_passes_and_says_so(tmp_path: Path) -> None:
    run, _ = audited(portal_of(home=Slow(drawn().body, 200, dict(HTML))), tmp_path, slow=1.2)
    found = verdict(run, "accessibility.language_declared")
    assert found.outcome == "passed"
    seconds = found.values["slow_seconds"]
    assert isinstance(seconds, float)
    assert seconds >= 1.2
    (judgement,) = (j for j in run.portals[0].judgements if j.rule == "accessibility.language_declared")
    assert "chậm" in judgement.vi.message
    (portal,) = run_as_json(run, "vi")["portals"]
    assert [each["url"] for each in portal["coverage"]["slow"]] == [f"{ROOT}/"]


def test_a_home_that_comes_only_at_the_second_longer_try_is_read(tmp_path: Path) -> None:
    home = Slow(drawn().body, 200, dict(HTML))
    run, _ = audited(portal_of(home=home), tmp_path, first_byte=0.3, again=9, slow=0.2)
    assert run.portals[0].visit.state == "audited"
    assert "slow_seconds" in verdict(run, "accessibility.language_declared").values
    run, _ = audited(portal_of(home=home), tmp_path, first_byte=0.1, again=1)
    assert (run.portals[0].visit.state, run.portals[0].visit.reason) == ("unreachable", "timeout")


def test_slowness_of_a_page_is_noted_where_a_verdict_rests_on_it() -> None:
    visit = seen("/", "/a", net=NetFacts(slow=((ROOT + "/a", 12.5),)))
    assert noted_slow(passed(shown("/a")), visit).values["slow_seconds"] == 12.5
    assert "slow_seconds" not in noted_slow(passed(shown("/")), visit).values
    assert "slow_seconds" not in noted_slow(cant_tell("coverage", shown("/a")), visit).values
