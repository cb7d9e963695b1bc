"""The read model of the dashboard: what it tells is what the runs say, and nobody is told what is not for him."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec
import pytest

from audit.history import findings
from audit.opinions import stands_on
from audit.registry.registry import Registry
from audit.web import views as views_module
from audit.web.asked import BadQuestion, Question, read_question
from audit.web.lists import FINDING_SORTS, PORTAL_SORTS
from audit.web.shapes import Audience
from audit.web.views import Views
from audit_rules.scoring import score
from storage.archive import Archive
from storage.opinions import ManualVerdict, Opinions, Reply, Waiver, Withdrawal
from tests.shown_land import SPAM, SPAM_RULE, fill, result, small_country
from tests.told_runs import header

AUDIENCES: tuple[Audience, ...] = ("internal", "public")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return small_country(tmp_path / "registry")


@pytest.fixture
def country(archive: Archive, registry: Registry) -> Archive:
    fill(archive, registry)
    return archive


def test_lists_and_pages_tell_the_same_numbers(country: Archive, registry: Registry) -> None:
    for audience in AUDIENCES:
        views = Views(country, registry, audience=audience)
        shown = views.shown()
        assert list(shown.portals) == ["bo-a", "hue", "lao-cai", "so-1", "so-2", "so-3"]
        for line in shown.portals.values():
            at = views.portal(line.id)
            assert at is not None
            assert line.score == at.score
            counts = {told: sum(each.outcome == told for each in at.verdicts) for told in line.counts}
            assert counts == line.counts
            assert sum(counts.values()) == len(at.verdicts)
            assert line.findings == counts.get("failed", 0)
            counted = [each.item for each in at.verdicts if each.counts and each.item is not None]
            assert at.score == score(counted, at.portal)


def test_what_became_of_findings_is_told_as_look_by_look(country: Archive, registry: Registry) -> None:
    shown = Views(country, registry).shown()
    told = {(one.portal_id, one.rule): one for one in shown.findings}
    seen = 0
    for portal_id in shown.portals:
        for rule, finding in findings(country.history(portal_id)).items():
            line = told.get((portal_id, rule))
            if rule == SPAM_RULE:
                assert line is None
                continue
            assert line is not None, (portal_id, rule)
            assert (line.state, line.first_seen, line.last_seen, line.nights) == (
                *(finding.state, finding.first_seen, finding.last_seen),
                finding.nights,
            )
            seen += 1
    assert seen > 10


def test_newly_seen_and_just_mended(country: Archive, registry: Registry) -> None:
    shown = Views(country, registry).shown()
    assert {one.rule for one in shown.broken} == {"disclosure.regulation"}
    assert {one.rule for one in shown.mended} == {"transport.https"}
    away = [one for one in shown.findings if one.portal_id == "bo-a"]
    assert {one.outcome for one in away} == {"cantTell"}, "who could not be seen has neither mended nor broken"
    assert "bo-a" not in {one.portal_id for one in (*shown.broken, *shown.mended)}


# --- what is kept back --------------------------------------------------------------------------------------------


def test_an_embargoed_finding_leaves_no_trace(archive: Archive, registry: Registry, tmp_path: Path) -> None:
    """Two countries that differ in nothing but planted spam are shown alike, to everybody."""
    fill(archive, registry, spam=True)
    with Archive.open(tmp_path / "clean.db") as clean:
        fill(clean, registry, spam=False)
        for audience in AUDIENCES:
            wicked, fair = Views(archive, registry, audience=audience), Views(clean, registry, audience=audience)
            assert _told(wicked) == _told(fair)
            assert SPAM.encode() not in _told(wicked)


def _told(views: Views) -> bytes:
    shown = views.shown()
    parts: list[object] = [replace(shown, version="")]
    for portal_id in shown.portals:
        parts += [views.portal(portal_id), views.portal(portal_id, "n0")]
    parts += [views.finding("lao-cai", rule) for rule in (SPAM_RULE, "identity.spokesperson", "transport.https")]
    parts += [views.agency("lao-cai"), views.runs(Question())]
    return msgspec.json.encode(parts)


def test_the_public_sees_published_rules_that_two_nights_saw(country: Archive, registry: Registry) -> None:
    views = Views(country, registry, audience="public")
    at = views.portal("lao-cai")
    assert at is not None
    told = {each.rule: each.outcome for each in at.verdicts}
    assert told["measurement.emc_code_present"] == "failed"
    assert told["transport.https"] == "passed"
    assert told["disclosure.regulation"] == "withheld", "seen on one night only"
    assert told["identity.spokesperson"] == "withheld", "in trial"
    assert told["navigation.search_box"] == "withheld", "for a person to look at"
    assert {one.rule for one in views.shown().findings} == {"measurement.emc_code_present", "transport.https"}
    assert not any(each.item for each in at.verdicts if each.outcome == "withheld")
    unconfirmed = views.portal("so-3")
    assert unconfirmed is not None
    assert {each.outcome for each in unconfirmed.verdicts} == {"withheld"}, "nobody confirmed whose it is"
    agency = views.agency("lao-cai")
    assert agency is not None
    assert agency.links == ()
    assert all(look.score is None for look in at.looks)
    assert all(point.mean_score is None for point in views.shown().trend)


def _manual(outcome: str, rule: str, portal_id: str = "lao-cai") -> ManualVerdict:
    at = datetime(2026, 7, 20, tzinfo=UTC)
    return ManualVerdict(f"{rule}-{outcome}", portal_id, rule, outcome, "đã xem", "Bà Trần", at.date(), "", at)  # type: ignore[arg-type]


def _dispute(rule: str) -> Reply:
    at = datetime(2026, 7, 19, tzinfo=UTC)
    return Reply("lao-cai", rule, "n2", "dispute", "có ở trang khác", "", None, "Ông Lê", at, "tra-loi.csv", 2)


def test_persons_and_agencies_are_heard_before_the_public_is_told(country: Archive, registry: Registry) -> None:
    opinions = Opinions(country.database)

    def told(rule: str) -> str:
        at = Views(country, registry, audience="public").portal("lao-cai")
        assert at is not None
        assert not any(each.beside.manual for each in at.verdicts), "which clerk saw what is nobody's business"
        return next(each.outcome for each in at.verdicts if each.rule == rule)

    opinions.keep(_manual("failed", "identity.spokesperson"))
    assert told("identity.spokesperson") == "failed", "a person confirmed it"
    opinions.take([_dispute("measurement.emc_code_present")])
    assert told("measurement.emc_code_present") == "withheld", "disputed, and nobody looked since"
    opinions.keep(_manual("failed", "measurement.emc_code_present"))
    assert told("measurement.emc_code_present") == "failed"
    opinions.keep(_manual("passed", "measurement.emc_code_present"))
    assert told("measurement.emc_code_present") == "withheld", "a person saw otherwise"
    opinions.keep(_manual("failed", SPAM_RULE))
    assert told(SPAM_RULE) == "withheld", "confirmed is not released"
    taken_back = Withdrawal(datetime(2026, 7, 21, tzinfo=UTC), "Bà Trần", "nhầm cổng")
    opinions.withdraw(ManualVerdict, "identity.spokesperson-failed", taken_back)
    assert told("identity.spokesperson") == "withheld"


# --- which look counts --------------------------------------------------------------------------------------------


def test_the_newest_look_that_counts_is_shown(country: Archive, registry: Registry) -> None:
    portal = registry.portals["lao-cai"]

    def look(run_id: str, kind: str, night: int, status: str = "complete") -> None:
        head = header(run_id, kind=kind, night=night, judged_from="n0" if kind == "judge" else None)
        country.begin(head)
        country.save(run_id, result(portal, 3, night))
        country.close_run(run_id, status=status, finished_at=head.started_at, reason=None)  # type: ignore[arg-type]

    look("held", "nightly", 5, "quarantined")
    look("again", "judge", 6)
    look("alone", "run", 3)
    views = Views(country, registry)
    shown = views.shown()
    assert shown.portals["lao-cai"].run_id == "alone"
    assert shown.portals["hue"].run_id == "n2"
    assert shown.night is not None
    assert shown.night.header.id == "n2"
    before = views.portal("lao-cai", "n0")
    assert before is not None
    assert (before.newest, before.run.header.id) == (False, "n0")
    assert views.run("held", Question()) is not None
    assert Views(country, registry, audience="public").run("held", Question()) is None
    assert views.portal("lao-cai", "no-such-run") is None
    assert views.portal("no-such-portal") is None


def test_what_a_day_was_told_is_not_told_by_what_came_later(country: Archive, registry: Registry) -> None:
    at = Views(country, registry).portal("lao-cai", "n0")
    assert at is not None
    finding = next(each.beside.finding for each in at.verdicts if each.rule == "transport.https")
    assert finding is not None
    assert (finding.state, finding.nights) == ("unconfirmed", 1)


def test_new_data_is_read_and_shown(country: Archive, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_module, "CHECK_SECONDS", 0.0)
    views = Views(country, registry)
    before = views.shown()
    assert views.shown().version == before.version
    head = header("n3", kind="nightly", night=3)
    country.begin(head)
    country.save("n3", result(registry.portals["hue"], 2, 3))
    assert views.shown().version == before.version, "a night that goes on is not shown"
    country.close_run("n3", status="complete", finished_at=head.started_at, reason=None)
    views.shown()
    assert views.waited().shown().version != before.version
    assert views.shown().portals["hue"].run_id == "n3"
    assert "lao-cai" not in views.shown().portals, "the newest night no longer has it"
    at = views.portal("lao-cai")
    assert at is not None
    assert at.run.header.id == "n2", "its page is still there"


def test_a_waiver_of_today_is_told_in_the_list(country: Archive, registry: Registry) -> None:
    at = Views(country, registry).portal("hue")
    assert at is not None
    item = next(each.item for each in at.verdicts if each.rule == "identity.spokesperson")
    assert item is not None
    made = datetime(2026, 7, 18, tzinfo=UTC)
    days = (date(2026, 7, 18), date.today() + timedelta(days=30))  # noqa: DTZ011 - far from midnight
    waiver = Waiver(
        "w1", "hue", item.rule, "đang nâng cấp", "12/SKHCN", "Ông Vũ", *days, "n2", stands_on(item), made
    )
    Opinions(country.database).keep(waiver)
    shown = Views(country, registry).shown()
    assert [one.portal_id for one in shown.findings if one.waived] == ["hue"]


# --- questions ----------------------------------------------------------------------------------------------------


def test_lists_are_filtered_sorted_and_paged(country: Archive, registry: Registry) -> None:
    views = Views(country, registry)
    whole = views.findings(Question())
    assert whole.total == len(views.shown().findings)
    for question in (Question(rule="identity.spokesperson"), Question(agency="hue"), Question(province="lao-cai")):
        found = views.findings(question)
        assert 0 < found.total < whole.total
        assert found.total == len(views.all_findings(question))
    both = Question(rule="identity.spokesperson", province="lao-cai", kind="department")
    assert {one.portal_id for one in views.findings(both).items} == {"so-1", "so-2", "so-3"}
    assert {one.state for one in views.findings(Question(state="fixed")).items} == {"fixed"}
    assert views.findings(Question(q="xay dung")).total > 0, "accents need not be typed"
    assert views.findings(Question(q="Sở Xây dựng", agency="hue")).total == 0
    for sort in FINDING_SORTS:
        up, down = (views.all_findings(Question(sort=each)) for each in (sort, f"-{sort}"))
        assert sorted(one.id for one in up) == sorted(one.id for one in down)
    seen = [one.first_seen for one in views.all_findings(Question(sort="-first_seen"))]
    assert seen == sorted(seen, reverse=True)
    pages = [views.findings(Question(size=7, page=number)) for number in range(1, whole.total // 7 + 2)]
    assert [one.id for page in pages for one in page.items] == [one.id for one in views.shown().findings]
    assert views.findings(Question(page=99)).number == 1
    for sort in PORTAL_SORTS:
        assert views.portals(Question(sort=f"-{sort}")).total == 6
    scores = [one.score.value for one in views.portals(Question(sort="-score")).items]
    assert scores[-1] is None, "what has no score stands behind, whichever way"


def test_a_search_finds_agencies_portals_and_rules(country: Archive, registry: Registry) -> None:
    views = Views(country, registry)
    found = views.search("lao cai")
    assert "lao-cai" in {one.id for one in found.portals}
    assert "lao-cai" in {one.id for one in found.agencies}
    assert [one.id for one in views.search("identity.spokesperson").rules] == ["identity.spokesperson"]
    assert views.search("   ").totals == {}
    assert sum(views.search("không có đâu").totals.values()) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"page": "0"},
        {"page": "٣"},
        {"page": "1e3"},
        {"size": "201"},
        {"kind": "x"},
        {"sort": "id"},
        {"page": "9" * 30},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(BadQuestion) as refused:
        read_question(values, states=(), sorts=("day",))
    assert refused.value.name in values


def test_a_question_is_read_as_it_was_written() -> None:
    asked = Question(q="Sở & <ban>", kind="province", sort="-day", page=3, size=100)
    assert read_question(dict(parse_qsl(asked.written())), states=(), sorts=("day",)) == asked
    assert Question().written() == ""
    assert asked.at(kind="").page == 1
