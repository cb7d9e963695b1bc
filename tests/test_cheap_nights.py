"""A night that finds nothing changed asks little, reads nothing, keeps little, and says the same."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from warcio.archiveiterator import ArchiveIterator

from audit import post
from audit.days import day_of
from audit.fleet import audit_portals
from audit.judging import judge_again
from audit.registry.files import read_registry
from audit.registry.registry import Registry
from audit.unchanged import is_unchanged
from audit_rules import engine
from audit_rules.address import AddressBook
from audit_rules.facts import Answer, Portal, Source, Visit
from audit_rules.judgement import Judgement
from audit_rules.known import LOOK_NIGHTS, Kept, Known, KnownPage, is_anew, seen_once
from audit_rules.reading.canonical import canonical_digest
from audit_rules.verdict import Looked, Searched, Verdict, failed
from crawler.loop import run as in_loop
from crawler.plan import Plan
from crawler.visit import visit
from sandbox.world import World
from storage.archive import Archive
from storage.evidence import EvidenceWriter, file_name
from storage.known import recall
from storage.recorded import Recorded
from storage.records import Run
from storage.tables import runs
from tests.made_portal import HOST, TEXT, Painter, Reply, Site, html, network, portal
from tests.told_runs import EVIDENCE, PORTAL, header, judgement, portal_run

DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)


def told(run: Run) -> dict[tuple[str, str], tuple[object, ...]]:
    """Every verdict, without the moments."""
    return {
        (one.portal.id, each.rule): (each.verdict.outcome, each.verdict.reason, dict(each.verdict.values))
        for one in run.portals
        for each in one.judgements
    }


def kinds(path: Path) -> Counter[str]:
    with path.open("rb") as file:
        return Counter(
            record.rec_headers.get_header("WARC-Profile", record.rec_type).rpartition("/")[2]
            for record in ArchiveIterator(file)
        )


class Nights:
    """A province over several nights, in one archive."""

    def __init__(self, data: Path, world: World) -> None:
        self.data = data
        self.registry: Registry = read_registry(world.registry)
        self.plan = Plan(max_pages=12, render="never", delay=0.0, connect_to=world.connect_to, allow_private=True)
        every = [self.registry.find(site, day_of()) for site in world.sites]
        self.portal: Portal = next(each for each in every if not is_anew(each.id, day_of()))
        self.archive = Archive.open(data / "audit.db")
        self.judged: list[str] = []

    def judge(self, portal: Portal, *about: Any, **more: Any) -> tuple[Judgement, ...]:
        """Judges, and notes in which run."""
        self.judged.append(self.archive.runs()[0].header.id)
        return engine.judge(portal, *about, **more)

    def first_verdicts(self, portal: Portal, *about: Any) -> dict[str, Verdict]:
        self.judged.append(self.archive.runs()[0].header.id)
        return engine.first_verdicts(portal, *about)

    def night(self, *recorded: Recorded) -> Run:
        kind = "run" if recorded else "nightly"
        done = audit_portals(
            [self.portal],
            self.registry,
            self.plan,
            self.archive,
            data=self.data,
            kind=kind,
            recorded=recorded,
        )
        return self.archive.run(done.header.id, pages=True)

    def warc(self, run: Run) -> Path:
        return self.data / "evidence" / str(run.portals[0].warc)


Two = tuple[Nights, Run, Run]
"""The province, its first night and its second."""


@pytest.fixture(scope="module", params=[True, False], ids=["etags", "no conditions"])
def nights(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Nights, Run, Run]]:
    with World(tags=request.param) as world:
        over = Nights(tmp_path_factory.mktemp("data"), world)
        with over.archive, pytest.MonkeyPatch.context() as patch:
            patch.setattr(post, "judge", over.judge)
            patch.setattr(post, "first_verdicts", over.first_verdicts)
            yield over, over.night(), over.night()


def test_an_unchanged_night_says_what_the_first_said(nights: Two) -> None:
    _, first, second = nights
    assert told(first) == told(second)
    one, two = first.portals[0].visit, second.portals[0].visit
    assert [page.url for page in one.pages] == [page.url for page in two.pages]
    for before, now in zip(one.pages, two.pages, strict=True):
        assert before.raw is not None
        assert now.raw is not None
        assert now.raw.seen_at > before.raw.seen_at
        assert replace(now.raw, seen_at=before.raw.seen_at) == before.raw
    assert (two.state, two.home, two.made_by) == (one.state, one.home, one.made_by)


def test_what_did_not_change_is_a_revisit(nights: Two) -> None:
    over, first, second = nights
    again = kinds(over.warc(second))
    assert again["identical-payload-digest"] + again["server-not-modified"] >= len(second.portals[0].visit.pages)
    home = second.portals[0].visit.home
    with over.warc(second).open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "revisit" and record.rec_headers.get_header("WARC-Target-URI") == home:
                assert record.http_headers.get_statuscode() == "200", "home is always asked for whole"
    assert kinds(over.warc(first))["server-not-modified"] == 0
    assert over.warc(second).stat().st_size < over.warc(first).stat().st_size / 2


def test_an_unchanged_portal_is_judged_by_the_closing_step_alone(nights: Two) -> None:
    over, first, second = nights
    judged = Counter(over.judged)
    assert judged[first.header.id] == 2, "before and after the second look"
    assert judged[second.header.id] == 0
    told_of = [piece for each in second.portals[0].judgements for piece in each.verdict.evidence]
    assert told_of
    assert all(piece.seen_at >= second.header.started_at for piece in told_of if piece.how == "raw")


def test_no_second_look_at_what_two_nights_show(nights: Two) -> None:
    _, first, second = nights
    assert first.portals[0].visit.later is not None
    assert second.portals[0].visit.later is None


def test_such_a_night_is_judged_and_replayed_like_any_other(nights: Two, tmp_path: Path) -> None:
    over, _, second = nights
    assert told(judge_again(second.header.id, over.archive, law_day=None)) == told(second)
    again = over.night(Recorded.open(over.warc(second)))
    pages = again.portals[0].visit.pages
    assert {p.url: p.raw for p in pages} == {p.url: p.raw for p in second.portals[0].visit.pages}
    alone = tmp_path / "alone" / "file.warc.gz"
    alone.parent.mkdir()
    shutil.copy(over.warc(second), alone)
    lonely = over.night(Recorded.open(alone)).portals[0]
    assert (lonely.visit.state, lonely.visit.reason) == ("unreachable", "not_recorded")
    assert {each.verdict.outcome for each in lonely.judgements} == {"cantTell"}


# --- what counts as unchanged ----------------------------------------------------------------------

FORM = (
    '<form method="post"><input type="hidden" name="__VIEWSTATE" value="{0}">'
    '<input value="{0}" name="_token"></form>'
    '<meta name="csrf-token" content="{0}"><script nonce="{0}">var a = 1;</script>'
    "<!-- served from cache in {1} ms --><script>Liferay.authToken='{0}'</script>"
)


def test_tokens_view_states_and_nonces_are_no_content() -> None:
    pages = {canonical_digest((TEXT + FORM.format(f"t{number}ken=", number)).encode()) for number in range(20)}
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Lượt truy cập: 1.000</p>", "<p>Lượt truy cập: 1.001</p>"),
        ("<p>Ngày 21/11/2026</p>", "<p>Ngày 22/11/2026</p>"),
        ("<a href='/a;jsessionid=1'>a</a>", "<a href='/a;jsessionid=2'>a</a>"),
        ("<!-- _govaq.push(['setSiteId', '33']) -->", "<!-- _govaq.push(['setSiteId', '34']) -->"),
        ("<input name=q value=1>", "<input name=q value=2>"),
        ("<script>_govaq.push(['setSiteId', '33'])</script>", "<script>_govaq.push(['setSiteId', '34'])</script>"),
    ],
)
def test_what_a_rule_may_read_is_content(before: str, after: str) -> None:
    assert canonical_digest(before.encode()) != canonical_digest(after.encode())


def test_an_address_masked_anew_is_the_same_and_another_is_not() -> None:
    def masked(address: str, key: int) -> bytes:
        code = bytes([key, *(letter ^ key for letter in address.encode())]).hex()
        return f'<a data-cfemail="{code}" href="/x">[email&#160;protected]</a>'.encode()

    one, same, other = masked("a@tinh.gov.vn", 7), masked("a@tinh.gov.vn", 99), masked("b@tinh.gov.vn", 7)
    assert canonical_digest(one) == canonical_digest(same) != canonical_digest(other)


# --- one visit after another -----------------------------------------------------------------------


def tagged(reply: Reply, tag: str = '"1"') -> Reply:
    return Reply(reply.body, reply.status, reply.headers | {"ETag": tag})


def visited(
    pages: dict[str, Reply], known: Known, folder: Path, painter: Painter | None = None
) -> tuple[Visit, Site, Path]:
    evidence = EvidenceWriter(folder, "dem", "tinh")
    with Site(pages) as site, network(site.port) as net:
        seen = in_loop(
            visit(
                portal(),
                AddressBook(),
                Plan(depth="text"),
                net,
                rank=lambda *_: 0,
                evidence=evidence,
                browser=painter,
                known=known,
            )
        )
    return seen, site, folder / evidence.finish()


def known_of(seen: Visit, *, anew: bool = False, look: bool = False) -> Known:
    kept = Kept("truoc/tinh.warc.gz", "http://x/", NOW)
    pages = {
        page.url: KnownPage(page.raw, page.source, kept, page.rendered if look else None, kept if look else None)
        for page in seen.pages
        if page.raw is not None
    }
    return Known(pages, {}, anew)


def test_pages_are_asked_for_only_if_they_changed_and_home_always(tmp_path: Path) -> None:
    pages = {"/": tagged(html("/a", "/b")), "/a": tagged(html(title="A")), "/b": tagged(html(title="B"))}
    first, _, _ = visited(pages, Known(), tmp_path / "1")
    pages["/b"] = tagged(html(title="B mới"), '"2"')
    second, site, _ = visited(pages, known_of(first), tmp_path / "2")
    assert site.not_modified == ["/a"]
    assert [page.raw.title for page in second.pages if page.raw] == ["Cổng thông tin", "A", "B mới"]
    assert [page.source.unchanged for page in second.pages] == [True, True, False]
    assert [page.source.etag for page in second.pages] == ['"1"', '"1"', '"2"']
    _, site, _ = visited(pages, known_of(first, anew=True), tmp_path / "3")
    assert site.not_modified == []


def test_other_characters_of_the_same_bytes_are_read_anew(tmp_path: Path) -> None:
    pages = {"/": html()}
    first, _, _ = visited(pages, Known(), tmp_path / "1")
    pages["/"] = Reply(pages["/"].body, 200, {"Content-Type": "text/html; charset=windows-1258"})
    second, _, _ = visited(pages, known_of(first), tmp_path / "2")
    assert not second.pages[0].source.unchanged


def test_a_page_that_differs_in_tokens_alone_keeps_its_facts_and_is_kept_whole(tmp_path: Path) -> None:
    first, _, _ = visited({"/": html(body=TEXT + FORM.format("a", 1))}, Known(), tmp_path / "1")
    second, _, warc = visited({"/": html(body=TEXT + FORM.format("b", 2))}, known_of(first), tmp_path / "2")
    one, two = first.pages[0].raw, second.pages[0].raw
    assert one is not None
    assert two is not None
    assert second.pages[0].source.unchanged
    assert (two.lines, two.links) == (one.lines, one.links)
    assert two.sha256 != one.sha256
    answer = Recorded.open(warc).response(f"http://{HOST}/")
    assert answer is not None
    assert b'value="b"' in answer.body
    # A form that is asked for sends its token: last night's would be worth nothing.
    asking = '<form><input name="q" type="search"><input type="hidden" name="_token" value="{0}"></form>'
    first, _, _ = visited({"/": html(body=TEXT + asking.format("a"))}, Known(), tmp_path / "3")
    second, _, _ = visited({"/": html(body=TEXT + asking.format("b"))}, known_of(first), tmp_path / "4")
    assert not second.pages[0].source.unchanged


def test_a_look_is_told_again_only_of_a_page_that_is_as_it_was(tmp_path: Path) -> None:
    first, _, _ = visited({"/": html()}, Known(), tmp_path / "1", Painter())
    look = first.pages[0].rendered
    assert look is not None
    painter = Painter()
    second, _, _ = visited({"/": html()}, known_of(first, look=True), tmp_path / "2", painter)
    assert painter.seen == []
    assert second.pages[0].rendered == look, "and it bears the moment when somebody looked"
    assert second.pages[0].look_source.kept_in
    third, _, _ = visited({"/": html(title="Mới")}, known_of(first, look=True), tmp_path / "3", painter)
    assert painter.seen == [f"http://{HOST}/"]
    assert third.pages[0].rendered != look


def test_a_look_of_another_night_is_replayed_from_its_file(tmp_path: Path) -> None:
    first, _, before = visited({"/": html()}, Known(), tmp_path / "truoc", Painter())
    older = tmp_path / "dem1" / "tinh.warc.gz"
    older.parent.mkdir()
    shutil.copy(before, older)
    kept = Kept("dem1/tinh.warc.gz", f"http://{HOST}/", NOW)
    page = first.pages[0]
    assert page.raw is not None
    known = Known({page.url: KnownPage(page.raw, page.source, kept, page.rendered, kept)}, {}, False)
    _, _, warc = visited({"/": html()}, known, tmp_path, Painter())
    found = Recorded.open(warc).rendered(f"http://{HOST}/")
    assert found is not None
    assert (found.seen_at, found.render) == (page.rendered.seen_at, page.rendered.render)  # type: ignore[union-attr]
    assert "/do-script-ve" in found.html
    older.unlink()
    assert Recorded.open(warc).rendered(f"http://{HOST}/") is None


# --- what is seen once more ------------------------------------------------------------------------


def test_a_fault_of_two_nights_is_seen_twice_if_its_pages_say_the_same(tmp_path: Path) -> None:
    seen, _, _ = visited({"/": html("/a"), "/a": html(title="A")}, Known(), tmp_path)
    home, inner = (page.url for page in seen.pages)
    fault = failed(searched=Searched((Looked(home, NOW, "raw"), Looked(inner, NOW, "raw"))), missing=["phone"])
    known = Known({}, {"identity.contact": fault}, False)
    same = replace(seen, pages=tuple(replace(page, source=Source(unchanged=True)) for page in seen.pages))
    assert seen_once({"identity.contact": fault}, same, known) == {}
    assert seen_once({"identity.contact": fault}, same, replace(known, anew=True))
    assert seen_once({"identity.contact": fault}, seen, known), "a page changed"
    assert seen_once({"identity.contact": failed(missing=["email"])}, same, known), "another fault"
    assert seen_once({"identity.other": fault}, same, known), "a new fault"
    slow = replace(fault, values={**fault.values, "slow_seconds": 12.0})
    assert seen_once({"identity.contact": slow}, same, known) == {}


def test_a_visit_is_unchanged_only_if_everything_is(tmp_path: Path) -> None:
    seen, _, _ = visited({"/": html("/a"), "/a": html(title="A")}, Known(), tmp_path)
    same = replace(seen, pages=tuple(replace(page, source=Source(unchanged=True)) for page in seen.pages))
    known = Known(anew=False, visit=seen)
    assert is_unchanged(same, known)
    later = replace(same.net, https=replace(same.net.http or Answer("", NOW), seen_at=NOW))
    assert not is_unchanged(replace(same, net=later), known), "another answer"
    assert not is_unchanged(seen, known), "pages that were read again"
    assert not is_unchanged(replace(same, pages=same.pages[:1]), known), "a page less"
    assert not is_unchanged(replace(same, state="partial", reason="timeout"), known)
    assert not is_unchanged(same, replace(known, anew=True))
    assert not is_unchanged(same, Known(anew=False))
    drawn = replace(seen, pages=tuple(replace(page, rendered=page.raw) for page in seen.pages))
    assert not is_unchanged(same, replace(known, visit=drawn)), "it was drawn, and is not now"
    fault = failed(searched=Searched((Looked(str(seen.home), NOW, "rendered"),)))
    assert not is_unchanged(same, replace(known, failed={"a.b": fault})), "nobody looked again"
    moved = replace(same.net, requests=99, http=same.net.http and replace(same.net.http, seen_at=NOW))
    assert is_unchanged(replace(same, net=moved), known), "other moments"


def test_a_third_of_the_portals_is_looked_at_anew_each_night_and_each_in_its_turn() -> None:
    ids = [f"cong-{number}" for number in range(300)]
    for day in range(3):
        assert 60 < sum(is_anew(each, DAY + timedelta(day)) for each in ids) < 140
    for each in ids:
        assert sum(is_anew(each, DAY + timedelta(day)) for day in range(LOOK_NIGHTS)) == 1


def test_nothing_is_known_of_what_another_program_read_or_an_old_file_holds(nights: Two, tmp_path: Path) -> None:
    over, _, second = nights
    made, evidence = second.portals[0].visit.made_by, over.data / "evidence"

    def known(day: date, made_by: str = made, folder: Path = evidence) -> Known:
        return recall(over.archive.database, over.portal.id, made_by, day, folder)

    today = known(day_of())
    assert all(page.kept is not None for page in today.pages.values())
    assert len(today.pages) == len(second.portals[0].visit.pages)
    assert known(day_of(), "another").pages == {}
    assert all(page.kept is None for page in known(day_of() + timedelta(40)).pages.values())
    assert all(page.kept is None for page in known(day_of(), folder=tmp_path).pages.values())


def test_what_pages_have_in_common_is_recalled_once(nights: Two) -> None:
    over, _, second = nights
    seen = second.portals[0].visit
    known = recall(over.archive.database, over.portal.id, seen.made_by, day_of(), over.data / "evidence")
    assert known.visit == seen
    views = [view for page in known.visit.pages for view in page.views]
    for parts in ([link for view in views for link in view.links], [line for view in views for line in view.lines]):
        assert len(parts) > len({id(each) for each in parts}) == len(set(parts))


NIGHT_AT_ONE = datetime(2026, 7, 14, 18, 30, tzinfo=UTC)  # 01:30 of the 15th in Hà Nội


def looked_at(folder: Path, *nights: tuple[Judgement, ...], made_by: str = "1") -> Archive:
    """An archive with so many nights of one portal, whose home was drawn in each."""
    archive = Archive.open(folder / "audit.db")
    for number, judgements in enumerate(nights):
        at = NIGHT_AT_ONE + timedelta(days=number)
        one = portal_run(judgements, at=at)
        name = file_name(f"d{number}", one.portal.id)
        (folder / "evidence" / name).parent.mkdir(parents=True)
        (folder / "evidence" / name).touch()
        source = Source(content_type="text/html")
        pages = tuple(replace(page, source=source) for page in one.visit.pages)
        archive.begin(header(f"d{number}", kind="nightly", night=number))
        archive.save(f"d{number}", replace(one, visit=replace(one.visit, pages=pages, made_by=made_by), warc=name))
        archive.close_run(f"d{number}", status="complete", finished_at=at, reason=None)
    return archive


ON_A_LOOK = judgement("navigation.search_box", failed(replace(EVIDENCE, how="rendered")))
ON_BYTES = judgement("identity.footer_email", failed(EVIDENCE))


@pytest.mark.parametrize(
    ("nights", "carried"),
    [
        ([(ON_BYTES,)], True),
        ([(ON_A_LOOK,)], False),
        ([(ON_BYTES,), (ON_A_LOOK,)], False),
        ([(ON_A_LOOK,), (ON_A_LOOK,)], True),
    ],
)
def test_a_look_that_a_fault_of_one_night_rests_on_is_not_told_again(
    tmp_path: Path, nights: list[tuple[Judgement, ...]], carried: bool
) -> None:
    day = date(2026, 7, 15) + timedelta(len(nights))
    while is_anew(PORTAL.id, day):
        day += timedelta(1)
    with looked_at(tmp_path, *nights) as archive:
        known = recall(archive.database, PORTAL.id, "1", day, tmp_path / "evidence")
    (page,) = known.pages.values()
    assert page.kept is not None
    assert (page.look is not None) == carried


def test_a_look_is_told_for_two_nights_and_not_when_all_is_looked_at_anew(tmp_path: Path) -> None:
    with looked_at(tmp_path, (ON_BYTES,)) as archive:
        for age in range(1, 6):
            day = date(2026, 7, 15) + timedelta(age)
            known = recall(archive.database, PORTAL.id, "1", day, tmp_path / "evidence")
            (page,) = known.pages.values()
            assert (page.look is not None) == (age < LOOK_NIGHTS and not known.anew), age


def test_a_night_that_was_held_back_is_built_on_by_nobody(tmp_path: Path) -> None:
    with looked_at(tmp_path, (ON_BYTES,)) as archive:
        with archive.database.write() as connection:
            connection.execute(update(runs).values(status="quarantined"))
        assert recall(archive.database, PORTAL.id, "1", date(2026, 7, 16), tmp_path / "evidence") == Known()
