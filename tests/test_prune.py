"""``audit prune``: pages and evidence of old runs go, verdicts stay; what is left is never judged as if whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from audit.cli import main
from audit.days import day_of
from audit.judging import judge_again
from storage.archive import Archive, EvidencePruned
from storage.database import Database
from storage.manifest import seal, verify
from storage.pruning import prune_pages, prune_runs, runs_before
from storage.showing import Showing
from storage.tables import documents, looks, portal_runs, round_nights, rounds
from tests.test_storage import DAY, SEEN, close, count, header, portal_run

LONG = 1000


def audit(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments), "--lang", "en"])
    return int(ended.value.code or 0)


def fill(archive: Archive, nights: int = 6, *, ago: int = 0) -> None:
    """Nights of two portals; the second was never seen again after the first night. They end ``ago`` days ago."""
    for number in range(nights):
        days = number - nights + 1 - ago
        moment, day = SEEN + timedelta(days=days), day_of() + timedelta(days=days)
        archive.begin(header(f"r{number}", kind="nightly", started_at=moment, day=day))
        archive.save(f"r{number}", portal_run(outcome="failed" if number < 3 else "passed", seen_at=moment))
        if number == 0:
            archive.save("r0", portal_run("gone"))
        close(archive, f"r{number}", at=moment)


def unreachable_documents(database: Database) -> set[int]:
    """Documents that nothing leads to."""
    with database.read() as connection:
        near = {row.id: row.near for row in connection.execute(select(documents.c.id, documents.c.near))}
        named = set(connection.scalars(select(looks.c.document_id)))
        for name in ("visit_id", "judged_id", "bodies_id", "answered_id"):
            named |= set(connection.scalars(select(portal_runs.c[name])))
    for number in tuple(named):
        at = near[number]
        while at is not None:
            named.add(at)
            at = near[at]
    return set(near) - named


def test_old_pages_go_and_verdicts_stay(archive: Archive) -> None:
    fill(archive)
    before = {run_id: archive.run(run_id) for run_id in ("r0", "r3", "r5")}
    history = archive.history("laocai")
    old = runs_before(archive.database, day_of() - timedelta(days=2), whole=False)
    assert old == ["r0", "r1", "r2"]
    gone = prune_pages(archive.database, old, SEEN)
    assert (gone.runs, gone.portals) == (3, 3)  # the portal that was seen only once stays whole
    assert archive.history("laocai") == history
    for run_id in ("r3", "r5"):
        assert archive.run(run_id) == before[run_id]
        assert archive.run(run_id, pages=True).portals[0].visit.pages[0].raw is not None
    last, first = archive.run("r0").portals
    assert last == before["r0"].portals[0]
    whole = before["r0"].portals[1]
    assert (first.visit, first.score, first.portal, first.warc) == (
        whole.visit,
        whole.score,
        whole.portal,
        whole.warc,
    )
    for left, was in zip(first.judgements, whole.judgements, strict=True):
        assert (left.rule, left.verdict.outcome, left.verdict.reason) == (
            was.rule,
            was.verdict.outcome,
            was.verdict.reason,
        )
        assert (left.vi, left.en, left.basis) == (was.vi, was.en, was.basis)
        assert (left.verdict.evidence, left.verdict.searched) == ((), None)
    assert archive.run_id("latest") == "r5"
    assert runs_before(archive.database, day_of() - timedelta(days=2), whole=False) == []
    assert unreachable_documents(archive.database) == set()


def test_a_run_without_its_pages_is_not_judged_again(archive: Archive) -> None:
    fill(archive)
    prune_pages(archive.database, ["r0"], SEEN)
    for ask in (lambda: judge_again("r0", archive), lambda: archive.run("r0", pages=True)):
        with pytest.raises(EvidencePruned, match="cannot be judged or compared again"):
            ask()
    assert len(archive.runs()) == 6


def test_nights_stored_after_a_pruning_are_whole(archive: Archive) -> None:
    fill(archive)
    prune_pages(archive.database, ["r0", "r1", "r2", "r3", "r4"], SEEN)
    archive.begin(header("next"))
    archive.save("next", portal_run(seen_at=SEEN))
    assert archive.run("next", pages=True).portals == (portal_run(seen_at=SEEN),)
    assert archive.run("r5", pages=True).portals != ()
    assert unreachable_documents(archive.database) == set()


def test_whole_runs_go_with_the_verdicts_that_nothing_is_left_of(archive: Archive) -> None:
    fill(archive)
    kept = [one for one in archive.history("laocai") if one.run_id in ("r4", "r5")]
    prune_runs(archive.database, ["r0", "r1", "r2", "r3"])
    assert [run.header.id for run in archive.runs()] == ["r5", "r4"]
    assert archive.history("laocai") == kept
    assert archive.history("gone") == []
    assert count(archive, "verdict_intervals") == 2
    assert unreachable_documents(archive.database) == set()
    assert archive.run("r4", pages=True).portals[0].visit.pages[0].raw is not None


def test_everything_may_go(archive: Archive) -> None:
    fill(archive)
    prune_runs(archive.database, [f"r{number}" for number in range(6)])
    assert [count(archive, name) for name in ("documents", "looks", "portal_runs", "verdict_intervals")] == [0] * 4


def test_the_dashboard_reads_anew_what_was_stored_in_the_place_of_a_run_that_went(archive: Archive) -> None:
    """SQLite gives the numbers of documents that went to new ones."""
    seen, showing = portal_run(), Showing(archive.database)
    for run_id, bodies in (("r1", ("Sở Xây dựng",)), ("r2", ("Sở Nội vụ",))):
        archive.begin(header(run_id))
        archive.save(run_id, replace(seen, around=replace(seen.around, bodies=bodies)))
        close(archive, run_id)
        shown = showing.whole(run_id, "laocai")
        assert shown is not None
        assert shown.around.bodies == bodies
        prune_runs(archive.database, [run_id])
        showing.forget()


def test_what_a_round_rests_on_stays_until_the_round_is_approved(archive: Archive) -> None:
    fill(archive)
    row = {"id": "2026-1", "law_day": DAY, "rules_version": "1", "registry_sha": "", "explain_until": DAY}
    row |= {"opened_at": SEEN, "opened_by": "a"}
    with archive.database.write() as connection:
        connection.execute(insert(rounds), row | {"status": "closed"})
        connection.execute(insert(round_nights), {"round_id": "2026-1", "run_id": "r1"})
    day = day_of() + timedelta(days=1)
    assert "r1" not in runs_before(archive.database, day, whole=False)
    assert "r1" not in runs_before(archive.database, day, whole=True)
    with archive.database.write() as connection:
        connection.execute(rounds.update().values(status="approved"))
    assert "r1" in runs_before(archive.database, day, whole=False)


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def old(sqlite_url: str, tmp_path: Path) -> Path:
    """A data folder of six nights, long ago, each with an evidence file."""
    data = tmp_path / "data"
    with Archive.open(sqlite_url) as archive:
        fill(archive, ago=LONG)
        archive.begin(header("now", day=day_of()))
        archive.save("now", portal_run())
        archive.save("now", portal_run("gone"))
        close(archive, "now")
    for run_id in ("r0", "r1", "r5", "now"):
        file = data / "evidence" / run_id / "laocai.warc.gz"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"evidence " * 99)
        seal(data / "evidence", run_id, {f"{run_id}/laocai.warc.gz": "laocai"})
    return data


def test_the_command_removes_files_and_pages_and_says_so(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("prune", "--data", old, "--keep-evidence", "400d", "--dry-run") == 0
    assert "pages of 6 runs" in capsys.readouterr().out
    assert (old / "evidence" / "r0" / "laocai.warc.gz").exists()
    assert audit("prune", "--data", old, "--keep-evidence", "400d", "--keep-verdicts", "forever") == 0
    assert "3 evidence files" in capsys.readouterr().out
    assert [path.parent.name for path in (old / "evidence").glob("*/*.warc.gz")] == ["now"]
    checked = verify(old / "evidence")
    assert (checked.problems, checked.pruned, checked.whole) == ((), 3, 1)
    assert audit("judge", "--run", "r0", "--data", old) == 2
    assert "were pruned; it cannot be judged or compared again" in capsys.readouterr().err
    assert audit("judge", "--run", "now", "--data", old) != 2
    capsys.readouterr()
    assert audit("export", "--run", "r0", "--data", old) == 0
    assert "identity.spokesperson" in capsys.readouterr().out
    assert audit("prune", "--data", old, "--keep-evidence", "400d") == 0
    assert "0 evidence files" in capsys.readouterr().out


def test_whole_runs_go_only_where_that_is_asked_for(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("prune", "--data", old, "--keep-evidence", "400", "--keep-verdicts", "500d") == 0
    assert "6 runs were removed altogether" in capsys.readouterr().out
    with Archive.open(old / "audit.db") as archive:
        assert [run.header.id for run in archive.runs()] == ["now"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "Nothing was asked for"),
        (("--keep-verdicts", "10d"), "Evidence cannot be kept longer than verdicts"),
        (("--keep-evidence", "400d", "--keep-verdicts", "30d"), "Evidence cannot be kept longer than verdicts"),
        (("--keep-evidence", "last year"), "a number of days, such as 400d, or forever"),
        (("--keep-evidence", "-3d"), "a number of days, such as 400d, or forever"),
    ],
)
def test_what_makes_no_sense_is_refused(
    old: Path, given: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("prune", "--data", old, *given) == 2
    assert said in capsys.readouterr().err
    assert len(list((old / "evidence").glob("*/*.warc.gz"))) == 4
