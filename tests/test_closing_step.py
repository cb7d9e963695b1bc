"""The closing step: what the whole run tells is put around each portal, which is then judged again."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit import closing_step
from audit.judging import judge_again
from audit_rules.address import AddressBook
from audit_rules.engine import judge, judge_by_the_run
from audit_rules.facts import NetFacts, Page, PageFacts, Portal, State, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.reading import read_page
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from audit_rules.verdict import Verdict
from storage.archive import Archive, ArchiveError
from storage.records import PortalRun, Run
from tests import told_runs
from tests.cases import LAW_DAY, SEEN_AT
from tests.test_closing import portal

CODE = (
    "<script>var _govaq = window._govaq || []; _govaq.push(['setTrackerUrl', 'https://f-emc.ngsp.gov.vn/tracking']);"
    " _govaq.push(['setSiteId', '{}']);</script>"
)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return open_rulebook()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "audit.db") as opened:
        yield opened


FRAME = """<!DOCTYPE html><html lang="vi"><head><title>Cổng thông tin điện tử</title>{code}</head><body>
<header><img src="/banner.png" alt="Cổng thông tin"></header><nav><a href="/tin-tuc">Tin tức</a>{links}</nav>
<main><p>Tin chỉ đạo, điều hành của Ủy ban nhân dân tỉnh và các sở, ban, ngành trong tuần; lịch tiếp công dân; thông
báo mời họp, kết luận của Chủ tịch, Phó Chủ tịch Ủy ban nhân dân tỉnh tại các phiên họp thường kỳ.</p></main>
<footer><p>Ủy ban nhân dân tỉnh</p></footer></body></html>"""


def province(rulebook: Rulebook, site_id: str = "7", parts: int = 5, linked: int = 4) -> list[PortalRun]:
    """A province with so many components, of which the last are linked from nowhere, as first judged."""
    main = portal("lam")
    components = tuple(portal(f"so{number}", "department", "lam") for number in range(1, parts + 1))
    book = AddressBook(tuple((each.address, each.id) for each in (main, *components)))
    links = "".join(f'<a href="https://{each.address}">{each.id}</a>' for each in components[:linked])
    told = [(main, Surroundings(LAW_DAY, components=components, book=book), links)]
    told += [(each, Surroundings(LAW_DAY, main_portal=main, book=book), "") for each in components]
    return [first_judged(*each, CODE.format(site_id), rulebook) for each in told]


def first_judged(
    one: Portal, around: Surroundings, links: str, code: str, rulebook: Rulebook, state: State = "audited"
) -> PortalRun:
    url = f"https://{one.address}/"
    body = FRAME.format(code=code, links=links).encode()
    raw = read_page(body, url, seen_at=SEEN_AT)
    page = Page(url, raw, replace(raw, how="rendered"))
    visit = Visit(state, None, url, (page,), NetFacts(), browser=True, started_at=SEEN_AT, finished_at=SEEN_AT)
    judgements = judge(one, visit, around, rulebook, LAW_DAY)
    return PortalRun(one, visit, around, judgements, score(judgements, one))


def closed(archive: Archive, rulebook: Rulebook, portals: Iterable[PortalRun]) -> Run:
    header = told_runs.header("r1")
    archive.begin(header)
    for each in portals:
        archive.save("r1", each)
    closing_step.close(archive, header, rulebook)
    archive.close_run("r1", status="complete", finished_at=datetime.now(UTC), reason=None)
    return archive.run("r1", pages=True)


def spread(archive: Archive, rulebook: Rulebook, first: list[PortalRun], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(closing_step, "LONG", 1)
    monkeypatch.setattr(closing_step, "_AT_ONCE", 2)
    monkeypatch.setattr(closing_step, "places", lambda _: 2)
    return closed(archive, rulebook, first)


def alone(rulebook: Rulebook, first: list[PortalRun]) -> Run:
    with Archive.open("sqlite://") as archive:
        return closed(archive, rulebook, first)


def test_shared_out_over_processes_it_says_the_same(
    database_url: str, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = province(rulebook)
    with Archive.open(database_url) as archive:
        shared = spread(archive, rulebook, first, monkeypatch)
    assert shared.portals == alone(rulebook, first).portals


def test_what_a_lost_process_had_to_judge_is_judged_here(
    archive: Archive, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = province(rulebook)
    monkeypatch.setattr(closing_step, "_share", _die)
    shared = spread(archive, rulebook, first, monkeypatch)
    assert shared.portals == alone(rulebook, first).portals
    assert "a process of the closing step is lost" in caplog.text


def _die(*_: object) -> None:
    os._exit(1)


def verdict(run: Run, name: str, rule: str) -> Verdict:
    one = next(each for each in run.portals if each.portal.id == name)
    return next(each.verdict for each in one.judgements if each.rule == rule)


def test_what_the_run_tells_is_stored_and_judged(archive: Archive, rulebook: Rulebook) -> None:
    first = province(rulebook)
    run = closed(archive, rulebook, first)
    listed = verdict(run, "lam", "structure.lists_component_sites")
    assert (listed.outcome, listed.values["missing"]) == ("failed", ["Cơ quan so5 (so5.gov.vn)"])
    assert {each.portal.id: each.visit for each in run.portals} == {each.portal.id: each.visit for each in first}
    for each in run.portals:
        assert each.around.answered == {"lam", "so1", "so2", "so3", "so4", "so5"}
        assert each.around.emc_elsewhere == {}
        assert each.score == score(each.judgements, each.portal)


def test_components_are_told_what_was_said_of_the_main_portal_in_the_end(
    archive: Archive, rulebook: Rulebook
) -> None:
    first = province(rulebook)
    assert _outcomes(first[0])["structure.lists_component_sites"] == "cantTell"
    main, *parts = closed(archive, rulebook, first).portals
    assert _outcomes(main)["structure.lists_component_sites"] == "failed"
    assert [each.around.main_portal_outcomes for each in parts] == [_outcomes(main)] * 5


def _outcomes(one: PortalRun) -> dict[str, str]:
    return {each.rule: each.verdict.outcome for each in one.judgements}


def test_a_portal_that_is_told_nothing_new_is_not_judged_again(
    archive: Archive, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(before: Sequence[Judgement], one: Portal, *rest: object) -> tuple[Judgement, ...]:
        asked.append(one.id)
        return judge_by_the_run(before, one, *rest)  # type: ignore[arg-type]

    header = told_runs.header("r1")
    archive.begin(header)
    for each in province(rulebook, parts=2):
        archive.save("r1", each)
    monkeypatch.setattr(closing_step, "judge_by_the_run", counted)
    closing_step.close(archive, header, rulebook)
    assert asked == ["lam", "so1", "so2"]
    before = archive.run("r1")
    closing_step.close(archive, header, rulebook)  # as when a run that was stopped after its closing step goes on
    assert asked == ["lam", "so1", "so2"]
    assert archive.run("r1") == before


def test_a_closing_step_that_breaks_changes_nothing(
    archive: Archive, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(before: Sequence[Judgement], one: Portal, *rest: object) -> tuple[Judgement, ...]:
        if one.id == "so2":
            raise KeyboardInterrupt
        return judge_by_the_run(before, one, *rest)  # type: ignore[arg-type]

    header = told_runs.header("r1")
    archive.begin(header)
    for each in province(rulebook, parts=2):
        archive.save("r1", each)
    before = archive.run("r1")
    monkeypatch.setattr(closing_step, "judge_by_the_run", breaks)
    with pytest.raises(KeyboardInterrupt):
        closing_step.close(archive, header, rulebook)
    assert archive.run("r1") == before


def test_a_full_disk_is_one_sentence(archive: Archive, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(closing_step.tempfile, "TemporaryFile", full)
    with pytest.raises(ArchiveError, match=r"hết chỗ trên đĩa / .* No space left on device"):
        closed(archive, rulebook, province(rulebook, parts=1))


def test_of_a_nights_pages_only_one_portals_are_held(
    archive: Archive, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []

    def counting(before: Sequence[Judgement], one: Portal, *rest: object) -> tuple[Judgement, ...]:
        held.append(_pages_held())
        return judge_by_the_run(before, one, *rest)  # type: ignore[arg-type]

    header = told_runs.header("r1")
    archive.begin(header)
    for each in province(rulebook, parts=12):
        archive.save("r1", each)
    del each
    monkeypatch.setattr(closing_step, "judge_by_the_run", counting)
    before = _pages_held()
    closing_step.close(archive, header, rulebook)
    assert len(held) == 13
    assert max(held) - before <= 2  # the one that is judged, and the one before it


def _pages_held() -> int:
    gc.collect()
    return len({each.url for each in gc.get_objects() if type(each) is PageFacts and each.lines})


def test_a_closed_run_judged_again_answers_the_same(archive: Archive, rulebook: Rulebook) -> None:
    other = portal("thao")
    seen = [*province(rulebook), first_judged(other, Surroundings(LAW_DAY), "", CODE.format("7"), rulebook)]
    run = closed(archive, rulebook, seen)
    again = judge_again("r1", archive)
    assert again.header.judged_from == "r1"
    for one, two in zip(run.portals, again.portals, strict=True):
        assert two.around == one.around
        assert (two.judgements, two.score) == (one.judgements, one.score)
    assert {each.portal.id: each.around.emc_elsewhere for each in again.portals} == {
        "lam": {"7": ("thao.gov.vn",)},
        "thao": {"7": ("lam.gov.vn", *(f"so{number}.gov.vn" for number in range(1, 6)))},
        **{f"so{number}": {"7": ("thao.gov.vn",)} for number in range(1, 6)},
    }
