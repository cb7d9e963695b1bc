"""The archive: what goes in comes out, all of a portal or nothing of it, and clear words when it cannot be done."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, func, select
from sqlalchemy.exc import StatementError

from audit_rules.address import Address, AddressBook
from audit_rules.facts import (
    Agency,
    Answer,
    Contact,
    EmcEmbed,
    Field,
    Form,
    Language,
    Line,
    Link,
    NetFacts,
    Page,
    PageFacts,
    Person,
    Picture,
    Portal,
    Surroundings,
    Visit,
)
from audit_rules.judgement import Basis, Judgement, Score, Words
from audit_rules.rendered import RenderFacts
from audit_rules.verdict import Evidence, Looked, Nearest, Outcome, Searched, Value, Verdict
from storage import database
from storage.archive import (
    Archive,
    ArchiveError,
    DatabaseTooNew,
    DatabaseUnusable,
    RunClosed,
    UnknownRun,
    pack_judged,
)
from storage.documents import DEEPEST
from storage.records import PortalRun, RunHeader
from storage.tables import REVISION, documents, looks, metadata
from storage.tables import runs as runs_table

SEEN = datetime(2026, 7, 24, 1, 2, 3, 456789, tzinfo=UTC)
DAY = date(2026, 7, 24)


def header(run_id: str = "r1", **parts: object) -> RunHeader:
    first = RunHeader(run_id, "run", SEEN, DAY, DAY, "0.1.0", "2026.07", "portal-auditor/0.1")
    return replace(first, **parts)  # type: ignore[arg-type]


def view(url: str, seen_at: datetime = SEEN, how: str = "raw") -> PageFacts:
    facts = PageFacts(
        url=url,
        seen_at=seen_at,
        sha256="ab" * 32,
        title="Cổng thông tin",
        language=Language("vi", "vi"),
        lines=(Line("Người phát ngôn", "main", 2),),
        links=tuple(Link(f"{url}/{number}", f"Mục {number}", "menu", line=number) for number in range(5)),
        contacts=(Contact("phone", "02143840888", "ĐT: 0214.3840.888", 1),),
        people=(Person("Nguyễn Văn A", "spokesperson", None, None, None, 1, "Nguyễn Văn A"),),
        emc=(EmcEmbed("live", "7", "//t", "//l", None, "<script>"),),
        forms=(Form("/tim", "get", "Tìm", "header", (Field("q", "text", ""),)),),
        pictures=(Picture("/logo.png", None, "header"),),
        landmarks=("header", "footer"),
    )
    if how == "rendered":
        return replace(facts, how="rendered", render=RenderFacts(3, ("https://t/",), ("[]",), 1))
    return facts


def judgement(rule: str, outcome: Outcome = "failed", seen_at: datetime = SEEN) -> Judgement:
    evidence = Evidence("https://laocai.gov.vn/", "chân trang", "…", "ab" * 32, seen_at, "raw")
    searched = Searched(
        (Looked("https://laocai.gov.vn/", seen_at, "rendered"),),
        ("phát ngôn",),
        Nearest("Báo chí", "https://x", "news"),
    )
    values: dict[str, Value] = {
        "missing": ["phone", "email"],
        "share": 0.5,
        "count": 3,
        "there": False,
        "id": None,
        "name": "Lào Cai",
    }
    return Judgement(
        rule,
        "trial",
        "structure",
        "medium",
        "law",
        "sign",
        Verdict(
            outcome, None if outcome == "failed" else "coverage", values, (evidence,), searched, ("https://y",)
        ),
        (Basis("nd-244-2026:3.3", "Điều 3", "in_force", "verified", "states"),),
        Words("Tiêu đề", "Không thấy", "Bổ sung"),
        Words("Title", "Not seen", "Add"),
    )


def portal_run(portal_id: str = "laocai", outcome: Outcome = "failed", seen_at: datetime = SEEN) -> PortalRun:
    agency = Agency("ubnd", "UBND tỉnh Lào Cai", "Lao Cai", "province", valid_from=date(2025, 7, 1))
    portal = Portal(
        portal_id, Address("laocai.gov.vn"), "province", agency, (Address("yenbai.gov.vn", "", None, DAY),)
    )
    home = "https://laocai.gov.vn/"
    pages = (
        Page(home, view(home, seen_at), view(home, seen_at + timedelta(seconds=5), "rendered")),
        Page(home + "lien-he", view(home + "lien-he", seen_at)),
        Page(home + "trong"),
    )
    net = NetFacts(
        Answer(home, SEEN, 200, home, "text/html", None, "cd" * 32),
        Answer("http://laocai.gov.vn/", SEEN, error="timeout"),
        (Answer("https://laocai.gov.vn/robots.txt", SEEN, 404),),
        ((home + "a", "budget"),),
        17,
    )
    around = Surroundings(
        DAY,
        main_portal=portal,
        components=(Portal("sxd", Address("sxd.laocai.gov.vn"), "department", confirmed=True),),
        book=AddressBook(((portal.address, portal_id),)),
        bodies=("Sở Xây dựng", "Công an tỉnh"),
    )
    visit = Visit("audited", None, home, pages, net, browser=True, started_at=SEEN, finished_at=seen_at)
    judged = (
        judgement("identity.spokesperson", outcome, seen_at),
        judgement("transport.https", "cantTell", seen_at),
    )
    return PortalRun(portal, visit, around, judged, Score(0.75, True, 3, 1, 4, 1), f"r1/{portal_id}.warc.gz")


def several() -> list[PortalRun]:
    """One that fails a rule, one that passes it, one that was silent, one with a rule that broke, one missed."""
    failing, passing, silent, broken, missed = (portal_run(each) for each in ("a", "b", "c", "d", "e"))
    broke = replace(broken.judgements[1], verdict=replace(broken.judgements[1].verdict, reason="rule_error"))
    passed = replace(passing.judgements[0], verdict=Verdict("passed"))
    return [
        failing,
        replace(passing, judgements=(passed, passing.judgements[1])),
        replace(silent, visit=Visit("unreachable", "timeout", None, (), NetFacts(requests=3)), judgements=()),
        replace(broken, judgements=(broken.judgements[0], broke)),
        replace(missed, visit=Visit("error", "not_visited", None, (), NetFacts()), judgements=()),
    ]


def rejudge(archive: Archive, run_id: str, *results: PortalRun) -> None:
    archive.rejudge(run_id, map(pack_judged, results))


def close(archive: Archive, run_id: str, status: str = "complete", at: datetime = SEEN) -> None:
    archive.close_run(run_id, status=status, finished_at=at, reason=None)  # type: ignore[arg-type]


def count(archive: Archive, table: str) -> int:
    with archive.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(metadata.tables[table])) or 0)


# --- in and out -----------------------------------------------------------------------------------------


def test_a_portal_comes_out_as_it_went_in(archive: Archive) -> None:
    result = portal_run()
    archive.begin(header(judged_from="r0", settings='{"max_pages":60}'))
    archive.save("r1", result)
    close(archive, "r1")
    run = archive.run("r1", pages=True)
    assert run.portals == (result,)
    assert run.header == header(judged_from="r0", settings='{"max_pages":60}')
    assert (run.status, run.finished_at, run.reason) == ("complete", SEEN, None)


def test_without_pages_a_view_is_an_outline(archive: Archive) -> None:
    archive.begin(header())
    archive.save("r1", portal_run())
    (found,) = archive.run("r1").portals
    home, contact, empty = found.visit.pages
    assert home.raw == PageFacts("https://laocai.gov.vn/", SEEN, "ab" * 32)
    assert home.rendered is not None
    assert (home.rendered.how, home.rendered.seen_at, home.rendered.links) == (
        "rendered",
        SEEN + timedelta(seconds=5),
        (),
    )
    assert (contact.rendered, empty.views) == (None, ())
    assert found.judgements == portal_run().judgements


def test_portals_come_one_after_another_by_id_and_can_be_named(archive: Archive) -> None:
    archive.begin(header())
    for portal_id in ("c", "a", "b"):
        archive.save("r1", portal_run(portal_id))
    assert [found.portal.id for found in archive.portals("r1", pages=True)] == ["a", "b", "c"]
    assert [found.portal.id for found in archive.portals("r1", only=["c", "none"])] == ["c"]


def test_a_portal_saved_twice_is_replaced(archive: Archive) -> None:
    archive.begin(header())
    archive.save("r1", portal_run(outcome="failed"))
    archive.save("r1", portal_run(outcome="passed"))
    assert archive.run("r1", pages=True).portals == (portal_run(outcome="passed"),)


def test_a_night_that_brings_nothing_new_is_told_by_its_difference(archive: Archive) -> None:
    counts = []
    for number, run_id in enumerate(("r1", "r2", "r3")):
        archive.begin(header(run_id))
        archive.save(run_id, portal_run(seen_at=SEEN + timedelta(days=number)))
        close(archive, run_id)
        counts.append((count(archive, "documents"), count(archive, "verdict_intervals")))
    # first visit, judgements, looks, the bodies' names, the answers not yet known; then what has other moments
    assert counts == [(5, 2), (7, 2), (9, 2)]
    with archive.database.read() as connection:
        asked = select(documents.c.depth, func.length(documents.c.body)).order_by(documents.c.id)
        fresh = [tuple(row) for row in connection.execute(asked)][5:]
    assert [depth for depth, _ in fresh] == [1, 1, 2, 2]
    assert all(0 < size < 200 for _, size in fresh)
    for number, run_id in enumerate(("r1", "r2", "r3")):
        assert archive.run(run_id, pages=True).portals == (portal_run(seen_at=SEEN + timedelta(days=number)),)


def test_a_night_that_brings_much_is_kept_whole_again(archive: Archive) -> None:
    words = Random(7)  # noqa: S311
    results = []
    for number in range(6):
        home = "https://laocai.gov.vn/"
        lines = tuple(Line("".join(words.choices("abcdefgh ", k=60)), "main") for _ in range(200))
        page = Page(home, replace(view(home), lines=lines))
        results.append(replace(portal_run(), visit=replace(portal_run().visit, pages=(page,))))
        archive.begin(header(f"r{number}"))
        archive.save(f"r{number}", results[-1])
        close(archive, f"r{number}")
    with archive.database.read() as connection:
        assert set(
            connection.scalars(select(documents.c.depth).where(documents.c.id.in_(select(looks.c.document_id))))
        ) == {0}
    for number, result in enumerate(results):
        assert archive.run(f"r{number}", pages=True).portals == (result,)


def test_what_is_stored_or_judged_again_leaves_nothing_behind(archive: Archive) -> None:
    counts = []
    for number in range(3):
        archive.begin(header(f"r{number}"))
        moment = SEEN + timedelta(days=number)
        for outcome in ("failed", "passed", "failed"):
            archive.save(f"r{number}", portal_run(outcome=outcome, seen_at=moment))  # type: ignore[arg-type]
        for outcome in ("passed", "failed", "passed"):
            rejudge(archive, f"r{number}", portal_run(outcome=outcome, seen_at=moment))  # type: ignore[arg-type]
        close(archive, f"r{number}")
        counts.append(count(archive, "documents"))
    assert counts == [6, 8, 10]  # the first judgements of all are whole: what came after is told by them
    for number in range(3):
        result = portal_run(outcome="passed", seen_at=SEEN + timedelta(days=number))
        assert archive.run(f"r{number}", pages=True).portals == (result,)


def test_differences_do_not_stand_upon_each_other_without_end(archive: Archive) -> None:
    nights = 2 * DEEPEST + 3
    for number in range(nights):
        archive.begin(header(f"r{number}"))
        archive.save(f"r{number}", portal_run(seen_at=SEEN + timedelta(days=number)))
        close(archive, f"r{number}")
    with archive.database.read() as connection:
        depths = connection.scalars(select(documents.c.depth).where(documents.c.sha256.is_(None))).all()
    assert max(depths) == DEEPEST
    assert depths.count(0) == 1 + 2 * 3  # the looks never change
    for number in (0, DEEPEST, DEEPEST + 1, nights - 1):
        (found,) = archive.run(f"r{number}", pages=True).portals
        assert found == portal_run(seen_at=SEEN + timedelta(days=number))


def test_a_portal_of_very_many_pages_is_stored_in_parts(archive: Archive) -> None:
    pages = tuple(Page(f"https://laocai.gov.vn/{n}", view(f"https://laocai.gov.vn/{n}")) for n in range(450))
    result = replace(portal_run(), visit=replace(portal_run().visit, pages=pages))
    archive.begin(header())
    archive.save("r1", result)
    assert count(archive, "looks") == 3
    assert archive.run("r1", pages=True).portals == (result,)


def test_half_characters_and_nul_from_a_portal_are_stored_as_something_whole(archive: Archive) -> None:
    result = portal_run()
    broken = replace(view("https://laocai.gov.vn/x"), title="a\ud800b\0c")
    visit = replace(result.visit, pages=(Page("https://laocai.gov.vn/x\0", broken),), reason="e\u0302 \ud800")
    archive.begin(header())
    archive.save("r1", replace(result, visit=visit))
    (found,) = archive.run("r1", pages=True).portals
    assert found.visit.pages[0].views[0].title == "a?bc"
    assert found.visit.pages[0].url == "https://laocai.gov.vn/x"


def test_several_threads_may_save(archive: Archive) -> None:
    archive.begin(header())
    threads = [threading.Thread(target=archive.save, args=("r1", portal_run(f"p{number}"))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(archive.run("r1").portals) == 8


# --- all or nothing -------------------------------------------------------------------------------------


def test_an_interrupted_save_leaves_nothing_behind(archive: Archive) -> None:
    archive.begin(header())
    archive.save("r1", portal_run("before"))

    def interrupt(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("INSERT INTO verdict_intervals", "UPDATE verdict_intervals")):
            raise KeyboardInterrupt

    event.listen(archive.database._reading, "before_cursor_execute", interrupt)
    for portal_id in ("torn", "before"):
        with pytest.raises(KeyboardInterrupt):
            archive.save("r1", portal_run(portal_id, "passed"))
    event.remove(archive.database._reading, "before_cursor_execute", interrupt)
    assert archive.run("r1", pages=True).portals == (portal_run("before"),)
    assert count(archive, "looks") == 1


def test_the_closing_step_replaces_judgements_score_and_surroundings_only(archive: Archive) -> None:
    archive.begin(header())
    archive.save("r1", portal_run("a"))
    archive.save("r1", portal_run("b"))
    first = portal_run("a")
    around = replace(
        first.around, answered=frozenset({"a", "b"}), main_portal_outcomes={"transport.https": "passed"}
    )
    closed = replace(
        first,
        around=around,
        judgements=(judgement("identity.spokesperson", "passed"),),
        score=Score(None, False, 1, 0, 1, 0),
    )
    rejudge(archive, "r1", closed)
    close(archive, "r1")
    assert archive.run("r1", pages=True).portals == (closed, portal_run("b"))
    assert [(past.rule, past.outcome) for past in archive.history("a")] == [("identity.spokesperson", "passed")]


def test_a_closing_step_that_fails_changes_nothing(archive: Archive) -> None:
    archive.begin(header())
    archive.save("r1", portal_run("a"))
    with pytest.raises(ArchiveError, match="không có cổng “nobody”"):
        rejudge(archive, "r1", portal_run("a", "passed"), portal_run("nobody"))
    assert archive.run("r1", pages=True).portals == (portal_run("a"),)


# --- runs -----------------------------------------------------------------------------------------------


def test_latest_is_the_newest_finished_run_that_is_not_held_back(archive: Archive) -> None:
    with pytest.raises(UnknownRun, match="Chưa có lần kiểm tra nào kết thúc / No run has finished yet"):
        archive.run_id("latest")
    for number, run_id in enumerate(("r1", "r2", "r3")):
        archive.begin(header(run_id, started_at=SEEN + timedelta(hours=number)))
    close(archive, "r2", at=SEEN + timedelta(hours=8))
    close(archive, "r1", "quarantined", at=SEEN + timedelta(hours=9))
    assert archive.run_id("latest") == "r2"
    assert archive.run_id("r1") == "r1"
    assert archive.run_id("r3") == "r3"
    assert [run.header.id for run in archive.runs()] == ["r3", "r2", "r1"]


def test_an_unknown_run_is_one_clear_sentence(archive: Archive) -> None:
    for ask in (archive.run_id, archive.run, lambda run_id: archive.save(run_id, portal_run())):
        with pytest.raises(UnknownRun, match="Không có lần kiểm tra “x” / There is no run “x”"):
            ask("x")


def test_a_run_takes_nothing_after_it_was_closed_and_no_id_twice(archive: Archive) -> None:
    archive.begin(header())
    with pytest.raises(RunClosed, match="đang chạy"):
        archive.begin(header())
    close(archive, "r1")
    with pytest.raises(RunClosed, match="đã kết thúc"):
        archive.save("r1", portal_run())
    with pytest.raises(RunClosed, match="Đã có"):
        archive.begin(header())
    with pytest.raises(RunClosed, match="đã kết thúc"):
        archive.resume("r1")


def test_history_holds_looks_of_finished_runs_newest_last(archive: Archive) -> None:
    plan: list[tuple[str, str, str, int, Outcome]] = [
        ("r3", "nightly", "complete", 3, "passed"),
        ("r1", "nightly", "complete", 1, "failed"),
        ("r2", "run", "partial", 2, "cantTell"),
        ("j", "judge", "complete", 4, "passed"),
        ("q", "nightly", "quarantined", 5, "passed"),
    ]
    for run_id, kind, status, days, outcome in plan:
        moment = SEEN + timedelta(days=days)
        archive.begin(header(run_id, kind=kind, started_at=moment, day=moment.date()))
        archive.save(run_id, portal_run(outcome=outcome, seen_at=moment))
        close(archive, run_id, status, moment)
    archive.begin(header("going", started_at=SEEN + timedelta(days=9)))
    archive.save("going", portal_run())
    past = [found for found in archive.history("laocai") if found.rule == "identity.spokesperson"]
    assert [(found.run_id, found.outcome) for found in past] == [
        ("r1", "failed"),
        ("r2", "cantTell"),
        ("r3", "passed"),
    ]
    assert (past[1].kind, past[1].reason, past[1].seen_at) == ("run", "coverage", SEEN + timedelta(days=2))
    assert archive.history("nobody") == []


def test_runs_of_dead_processes_are_closed_and_can_be_gone_on_with(database_url: str) -> None:
    with Archive.open(database_url) as living, Archive.open(database_url) as dying:
        living.begin(header("living"))
        dying.begin(header("dead"))
        dying.save("dead", portal_run())
        assert living.recover() == 0
        dying.close()
        assert living.recover() == 1
        assert living.recover() == 0
        run = living.run("dead")
        assert (run.status, run.reason, run.finished_at) == ("partial", "interrupted", SEEN)
        assert living.run("living").status == "running"
        assert living.resume("dead") == frozenset({"laocai"})
        living.save("dead", portal_run("other"))
        close(living, "dead")
        assert [found.portal.id for found in living.run("dead").portals] == ["laocai", "other"]
        close(living, "living")
        file = living.database.path
    if file is not None:
        assert [left.name for left in file.parent.iterdir()] == ["audit.db"]


# --- the file -------------------------------------------------------------------------------------------


def test_the_migrations_make_what_the_tables_say(archive: Archive) -> None:
    with archive.database.read() as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("procrastinate_")}
        context = MigrationContext.configure(connection, opts=ours)
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, metadata) == []


def test_the_revision_known_by_heart_is_the_newest_one() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(database._config()).get_current_head() == REVISION


@pytest.mark.parametrize("form", ["path", "text", "url"])
def test_a_database_is_opened_by_path_or_url(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a b%c" / "audit.db"
    forms: dict[str, str | Path] = {"path": path, "text": str(path), "url": f"sqlite:///{path}"}
    asked = forms[form]
    with Archive.open(asked) as archive:
        archive.begin(header())
    with Archive.open(asked, create=False) as archive:
        assert archive.run("r1").header == header()


def test_a_database_in_memory_works(tmp_path: Path) -> None:
    with Archive.open("sqlite://") as archive:
        archive.begin(header())
        archive.save("r1", portal_run())
        assert archive.run("r1", pages=True).portals == (portal_run(),)
        assert archive.recover() == 0


def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    Archive.open(path).close()
    stamp(path, "9999")
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew, match=r"phiên bản mới hơn .* / .* newer version"):
        Archive.open(path)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.bak"))


def test_an_older_file_is_copied_aside_then_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The future is made here: a second migration that adds a column."""
    path = tmp_path / "audit.db"
    with Archive.open(path) as archive:
        archive.begin(header())
        archive.save("r1", portal_run())
        close(archive, "r1")
    future_migrations(tmp_path / "migrations", "op.add_column('runs', sa.Column('note', sa.Text()))", monkeypatch)
    with Archive.open(path) as archive:
        assert archive.run("r1", pages=True).portals == (portal_run(),)
    columns = "SELECT name FROM pragma_table_info('runs') WHERE name = 'note'"
    for file, there in ((path, [("note",)]), (tmp_path / f"audit.db.{REVISION}.bak", [])):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute(columns).fetchall() == there
            assert connection.execute("SELECT count(*) FROM portal_runs").fetchone() == (1,)


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "audit.db"
    Archive.open(path).close()
    steps = "op.add_column('runs', sa.Column('note', sa.Text())); op.execute('SELECT nothing')"
    future_migrations(tmp_path / "migrations", steps, monkeypatch)
    with pytest.raises(DatabaseUnusable, match="syntax error"):
        Archive.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]
        assert "note" not in {row[1] for row in connection.execute("PRAGMA table_info(runs)")}


def stamp(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def future_migrations(folder: Path, steps: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    shutil.copytree(Path(database.__file__).parent / "migrations", folder)
    (folder / "versions" / "future.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = 'future'\ndown_revision = {REVISION!r}\n\n\ndef upgrade():\n    {steps}\n"
    )
    config = database._config()
    config.set_main_option("script_location", str(folder))
    monkeypatch.setattr(database, "_config", lambda: config)
    monkeypatch.setattr(database, "REVISION", "future")


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be looked at" * 9, b"SQLite format 3\0junk" * 99]
)
def test_a_file_that_is_no_database_is_one_clear_sentence_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "audit.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match=r"Cơ sở dữ liệu .* / The database") as told:
        Archive.open(path)
    assert told.value.__cause__ is not None
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    with pytest.raises(DatabaseUnusable, match="another program's"):
        Archive.open(path)


def test_a_missing_database_is_not_made_when_it_should_be_there(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="There is no database"):
        Archive.open(tmp_path / "data" / "audit.db", create=False)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("url", ["nonsense://x/y", "postgresql+nodriver://h/d", "://"])
def test_an_address_that_is_none_is_one_clear_sentence(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="/ The database"):
        Archive.open(url)


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatabaseUnusable, match=r"/ The database .* cannot be"):
        Archive.open(tmp_path / "file" / "audit.db")


def save_many(archive: Archive, count: int) -> None:
    for number in range(count):
        archive.save("r1", replace(portal_run(f"p{number}"), warc="x" * 20_000))


def test_a_full_disk_is_one_clear_sentence_and_the_portal_is_not_there(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "audit.db") as archive:
        archive.begin(header())
        with archive.database._reading.connect() as connection:
            size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {size}")
        with pytest.raises(DatabaseUnusable, match=r"hết chỗ trên đĩa / .* the disk is full") as told:
            save_many(archive, 50)
        assert told.value.__cause__ is not None
        stored = {found.portal.id for found in archive.run("r1").portals}
        assert f"p{len(stored)}" not in stored
        assert stored == {f"p{number}" for number in range(len(stored))}


def test_a_database_held_by_another_program_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    with Archive.open(tmp_path / "audit.db") as archive, closing(sqlite3.connect(tmp_path / "audit.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnusable, match="is held by another program"):
            archive.begin(header())


def test_moments_without_a_time_zone_are_refused(archive: Archive) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        archive.begin(header(started_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_other_time_zones_are_stored_as_utc(archive: Archive) -> None:
    from datetime import timezone

    archive.begin(header(started_at=SEEN.astimezone(timezone(timedelta(hours=7)))))
    started = archive.run("r1").header.started_at
    assert (started, started.tzinfo) == (SEEN, UTC)


def test_text_is_stored_composed(archive: Archive) -> None:
    archive.begin(header(user_agent="kie\u0302\u0309m tra"))
    assert archive.run("r1").header.user_agent == "ki\u1ec3m tra"


def test_rows_go_with_their_run(archive: Archive) -> None:
    archive.begin(header())
    archive.save("r1", portal_run())
    with archive.database.write() as connection:
        connection.execute(runs_table.delete())
    assert (count(archive, "portal_runs"), count(archive, "looks")) == (0, 0)
