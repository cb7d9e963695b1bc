"""What changed between two runs, and why: the site, the rules, the law, the list, or nobody can know."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import main
from audit.diff import Changed, Reason, compare
from audit_rules.address import Address
from audit_rules.engine import judge
from audit_rules.facts import Agency, NetFacts, Page, Portal, State, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.reading import read_page
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from audit_rules.verdict import Verdict, cant_tell, passed
from storage.archive import Archive
from storage.records import PortalRun, RunHeader
from tests.told_runs import header, portal_run

HOME = "https://lam.gov.vn/"
AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
LAW_DAY = date(2026, 11, 21)
PORTAL = Portal("lam", Address("lam.gov.vn"), "province", Agency("lam", "UBND tỉnh Lam", "", "province"))
BAR = '<form action="/tim"><input type="search" name="q" placeholder="Tìm kiếm"><button>Tìm kiếm</button></form>'
SEARCH = "navigation.search_box"
FRAME = """<!DOCTYPE html><html lang="vi"><head><title>Cổng thông tin điện tử</title></head>
<body><header>{bar}</header><nav><a href="/tin">Tin tức</a></nav><main><p>{news}</p><p>Thông báo lịch tiếp công dân
của Ủy ban nhân dân tỉnh, các sở, ban, ngành trong tuần; kết luận của Chủ tịch tại các phiên họp thường
kỳ.</p></main> </body></html>"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return open_rulebook()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "data" / "audit.db") as opened:
        yield opened


def seen(*, bar: str = BAR, news: str = "Tin ngày 20", at: datetime = AT, state: State = "audited") -> Visit:
    if state not in ("audited", "partial"):
        return Visit(state, "dns", None, (), NetFacts(), started_at=at, finished_at=at)
    html = FRAME.format(bar=bar, news=news).encode()
    views = [replace(read_page(html, HOME, seen_at=at), how=how) for how in ("raw", "rendered")]
    home = Page(HOME, raw=views[0], rendered=views[1])  # type: ignore[arg-type]
    return Visit(state, None, HOME, (home,), NetFacts(), browser=True, started_at=at, finished_at=at)


class Runs:
    """Keeps runs of one portal and compares the first two."""

    def __init__(self, archive: Archive, book: Rulebook) -> None:
        self.archive, self.book = archive, book
        self.count = 0

    def look(
        self,
        visit: Visit,
        *,
        portal: Portal = PORTAL,
        around: Surroundings | None = None,
        law_day: date = LAW_DAY,
        rules: str = "",
        said: dict[str, Verdict] | None = None,
        **more: object,
    ) -> RunHeader:
        """A run: judged by the present book, which may be called another, with some verdicts of that other one."""
        day = LAW_DAY + timedelta(days=self.count)
        around = around or Surroundings(day)
        told = judge(portal, visit, around, self.book, law_day)
        told = tuple(replace(item, verdict=(said or {}).get(item.rule, item.verdict)) for item in told)
        head = replace(
            header(f"r{self.count}"), law_day=law_day, day=day, started_at=AT + timedelta(days=self.count)
        )
        head = replace(head, rules_version=rules or self.book.version, **more)  # type: ignore[arg-type]
        self.keep(head, PortalRun(portal, visit, around, told, score(told, portal)))
        return head

    def keep(self, head: RunHeader, *portals: PortalRun) -> None:
        self.archive.begin(head)
        for one in portals:
            self.archive.save(head.id, one)
        self.archive.close_run(head.id, status="complete", finished_at=head.started_at, reason=None)
        self.count += 1

    def changes(self) -> dict[str | None, Changed]:
        told = compare(self.archive, "r0", "r1")
        return {one.item.rule if one.item else one.detail[0] if one.detail else None: one for one in told.changes()}

    def why(self, rule: str = SEARCH) -> tuple[Reason, tuple[str, ...]]:
        one = self.changes()[rule]
        return one.reason, one.detail


@pytest.fixture
def runs(archive: Archive, book: Rulebook) -> Runs:
    return Runs(archive, book)


def nothing_found(item: Judgement) -> Verdict:
    return replace(item.verdict, outcome="passed", evidence=(), searched=item.verdict.searched)


OTHER_BOOK = "0.0.9+00000000"


def test_the_same_page_seen_twice_is_no_change(runs: Runs) -> None:
    runs.look(seen())
    runs.look(seen(at=AT + timedelta(days=1)))
    assert runs.changes() == {}


def test_a_page_that_changed_is_the_site(runs: Runs) -> None:
    runs.look(seen())
    runs.look(seen(bar="", at=AT + timedelta(days=1)))
    one = runs.changes()[SEARCH]
    assert (one.change, one.before, one.after, one.reason) == ("worse", "passed", "failed", "site")


def test_what_was_mended_is_better(runs: Runs) -> None:
    runs.look(seen(bar=""))
    runs.look(seen())
    one = runs.changes()[SEARCH]
    assert (one.change, one.reason) == ("better", "site")


def test_another_book_on_the_same_page_is_the_rule(runs: Runs) -> None:
    runs.look(seen(bar=""), rules=OTHER_BOOK, said={SEARCH: passed()})
    runs.look(seen(bar="", at=AT + timedelta(days=1)))
    assert runs.why() == ("rule", ())


def test_another_book_is_tried_on_what_was_seen_before(runs: Runs) -> None:
    """The news changed as they do every night: by the new book the old page fails too."""
    runs.look(seen(bar=""), rules=OTHER_BOOK, said={SEARCH: passed()})
    runs.look(seen(bar="", news="Tin khác"))
    assert runs.why() == ("rule", ())


def test_another_book_that_says_the_same_of_the_old_page_is_ruled_out(runs: Runs) -> None:
    runs.look(seen(), rules=OTHER_BOOK)
    runs.look(seen(bar=""))
    assert runs.why() == ("site", ())


def test_between_two_books_that_are_not_at_hand_nobody_can_know(runs: Runs) -> None:
    runs.look(seen(), rules=OTHER_BOOK)
    runs.look(seen(bar=""), rules="0.0.8+11111111")
    assert runs.why() == ("unknown", ("rule", "site"))


def test_a_replay_touched_no_portal(runs: Runs) -> None:
    runs.look(seen(bar=""), rules=OTHER_BOOK, said={SEARCH: passed()})
    runs.look(seen(bar=""), rules="0.0.8+11111111", kind="judge", judged_from="r0")
    assert runs.why() == ("rule", ())


def test_a_kind_that_was_corrected_is_the_list(runs: Runs) -> None:
    runs.look(seen())
    runs.look(seen(), portal=replace(PORTAL, kind="thematic"))
    told = runs.changes()
    assert (told["kind"].change, told["kind"].before, told["kind"].after) == ("entry", "province", "thematic")
    assert (told[SEARCH].after, told[SEARCH].reason) == ("inapplicable(kind)", "list")


def test_the_list_is_tried_where_the_page_changed_too(runs: Runs) -> None:
    runs.look(seen(news="Tin một"))
    runs.look(seen(news="Tin hai"), portal=replace(PORTAL, kind="thematic"))
    assert runs.why() == ("list", ())


def test_components_that_came_to_count_are_named(runs: Runs) -> None:
    part = Portal("so1", Address("so1.lam.gov.vn"), "department", main_portal_id="lam")
    runs.look(seen(), around=Surroundings(LAW_DAY, components=(part,)))
    runs.look(seen(), around=Surroundings(LAW_DAY, components=(replace(part, confirmed=True),)))
    one = runs.changes()["components"]
    assert (one.change, one.before, one.after, one.reason) == ("entry", "", "so1", "list")


@pytest.mark.parametrize(("kind", "why"), [("nightly", ("site", ("others",))), ("run", ("unknown", ("others",)))])
def test_what_other_portals_showed_is_not_laid_at_this_ones_door(
    runs: Runs, kind: str, why: tuple[Reason, tuple[str, ...]]
) -> None:
    part = Portal("so1", Address("so1.lam.gov.vn"), "department", main_portal_id="lam", confirmed=True)
    around = Surroundings(LAW_DAY, components=(part,), answered=frozenset({"lam"}))
    said = {"structure.lists_component_sites": cant_tell("components_not_visited")}
    runs.look(seen(), around=around, kind=kind, said=said)
    runs.look(seen(news="Tin khác"), around=replace(around, answered=frozenset({"lam", "so1"})), kind=kind)
    assert runs.changes().keys() == said.keys()
    assert runs.why("structure.lists_component_sites") == why


def test_a_law_that_came_into_force_changes_what_a_fault_weighs(runs: Runs) -> None:
    runs.look(seen(bar=""), law_day=date(2026, 6, 1))
    runs.look(seen(bar=""))
    told = runs.changes().values()
    assert {(one.change, one.reason) for one in told} == {("standing", "law")}
    assert any(one.weight_before != one.weight_after for one in told)


def test_law_and_book_are_told_apart_by_trying(runs: Runs) -> None:
    runs.look(seen(bar=""), law_day=date(2026, 6, 1), rules=OTHER_BOOK)
    runs.look(seen(bar=""))
    assert {one.reason for one in runs.changes().values()} <= {"law", "unknown"}


@pytest.mark.parametrize(
    ("settings", "why"), [("{}", ("site", ())), ('{"max_pages": 5}', ("unknown", ("site", "settings")))]
)
def test_a_run_that_looked_in_another_way_accuses_no_site(
    runs: Runs, settings: str, why: tuple[Reason, tuple[str, ...]]
) -> None:
    runs.look(seen())
    runs.look(seen(bar=""), settings=settings)
    assert runs.why() == why


def test_a_portal_that_is_down_has_one_line(runs: Runs) -> None:
    runs.look(seen())
    runs.look(seen(state="unreachable"))
    (one,) = runs.changes().values()
    assert (one.item, one.change, one.before, one.after) == (None, "state", "audited", "unreachable(dns)")
    assert one.reason == "site"


def test_our_own_fault_is_not_the_sites(runs: Runs) -> None:
    runs.look(seen())
    runs.look(seen(state="error"))
    (one,) = runs.changes().values()
    assert (one.reason, one.detail) == ("unknown", ("our_fault",))


@pytest.mark.parametrize(("kind", "listed"), [("nightly", ["gone", "new"]), ("run", [])])
def test_only_whole_nights_tell_that_a_portal_is_new_or_gone(runs: Runs, kind: str, listed: list[str]) -> None:
    one, two, both = (portal_run((), portal=replace(PORTAL, id=name)) for name in ("a", "b", "c"))
    runs.keep(header("r0", kind=kind), one, both)
    runs.keep(header("r1", kind=kind, night=1), two, both)
    told = compare(runs.archive, "r0", "r1")
    assert [each.change for each in told.changes()] == listed
    assert (told.compared, told.only_before, told.only_after) == (1, 1, 1)


def test_of_the_pages_of_a_run_one_portals_are_held(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, visit in (("r0", seen(bar="")), ("r1", seen())):
        told = judge(PORTAL, visit, Surroundings(LAW_DAY), runs.book, LAW_DAY)
        rules = OTHER_BOOK if name == "r0" else runs.book.version
        several = [
            PortalRun(replace(PORTAL, id=f"p{n}"), visit, Surroundings(LAW_DAY), told, score(told, PORTAL))
            for n in range(4)
        ]
        runs.keep(replace(header(name), rules_version=rules), *several)
    asked: list[list[str] | None] = []
    plain = runs.archive.portals

    def portals(run_id: str, **more: object) -> Iterator[PortalRun]:
        if more.get("pages"):
            asked.append(more.get("only"))  # type: ignore[arg-type]
        return plain(run_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(runs.archive, "portals", portals)
    assert len(list(compare(runs.archive, "r0", "r1").changes())) >= 4
    assert asked == [[f"p{n}"] for n in range(4) for _ in range(2)]


def test_the_command_tells_it_in_words_in_json_and_as_csv(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runs.look(seen())
    runs.look(seen(bar=""))
    ask = CliRunner().invoke
    screen = " ".join(ask(main, ["diff", "r0", "latest"]).stdout.split())
    assert "Trước: lần r0 ngày 2026-11-21" in screen
    assert "→ không" in screen
    assert "cổng thay đổi" in screen
    assert "So sánh 1 cổng" in screen
    told = json.loads(ask(main, ["diff", "r0", "r1", "--format", "json"]).stdout)
    assert told["before"]["rules_version"] == runs.book.version
    assert told["reasons"] == {"site": len(told["changes"])}
    data = ask(main, ["diff", "r0", "r1", "--format", "csv", "--lang", "en"]).stdout_bytes
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["reason"] for row in rows if row["rule"] == SEARCH] == ["site"]
    assert data == ask(main, ["diff", "r0", "r1", "--format", "csv", "--lang", "en"]).stdout_bytes


@pytest.mark.parametrize(
    ("arguments", "said"), [(("r0",), "Thiếu RUN_B"), (("r0", "r9"), "Không có lần kiểm tra “r9”")]
)
def test_a_run_that_is_not_there_is_one_sentence(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    runs.look(seen())
    told = CliRunner().invoke(main, ["diff", *arguments])
    assert told.exit_code == 2
    assert said in told.stderr
