"""``audit db``: what is in a database, the newest schema, a copy from one kind to the other."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, insert, select

from audit.cli import main
from storage import blobs, database, rows, upkeep
from storage.archive import Archive
from storage.database import engine, place
from storage.records import PortalRun
from storage.tables import REVISION
from tests.databases import Server
from tests.test_storage import DAY, SEEN, close, count, header, portal_run


def audit(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["db", *map(str, arguments), "--lang", "en"])
    return int(ended.value.code or 0)


def fill(url: str) -> None:
    with Archive.open(url) as archive:
        for run_id, outcome in (("r1", "failed"), ("r2", "passed")):
            archive.begin(header(run_id, kind="nightly", settings='{"a":1}'))
            archive.save(run_id, portal_run(outcome=outcome))  # type: ignore[arg-type]
            archive.save(run_id, portal_run("other"))
            close(archive, run_id)


def test_a_database_tells_what_it_holds(
    database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fill(database_url)
    assert audit("--db", database_url, "--data", tmp_path, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["revision"], told["runs"], told["nights"], told["portals"]) == (REVISION, 2, 1, 2)
    assert told["kind"] in ("sqlite", "postgresql")
    assert told["bytes"] > 0
    assert {each["name"]: each["rows"] for each in told["tables"]}["portal_runs"] == 4
    assert audit("--db", database_url, "--data", tmp_path) == 0
    assert "2 runs (1 nights) of 2 portals." in capsys.readouterr().out


def test_a_copy_holds_everything_and_can_be_written_further(
    server: Server, tmp_path: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(sqlite_url)
    there, back = server.make(), tmp_path / "back.db"
    try:
        assert audit("copy", "--from", sqlite_url, "--to", there, "--data", tmp_path, "--quiet") == 0
        assert audit("copy", "--from", there, "--to", back, "--data", tmp_path, "--quiet") == 0
        for url in (there, back):
            with Archive.open(sqlite_url) as first, Archive.open(url) as copied:
                assert copied.runs() == first.runs()
                for run_id in ("r1", "r2"):
                    assert copied.run(run_id, pages=True) == first.run(run_id, pages=True)
                assert copied.history("laocai") == first.history("laocai")
                copied.begin(header("r3"))
                copied.save("r3", portal_run("new", seen_at=SEEN))
                assert copied.run("r3", pages=True).portals == (portal_run("new"),)
        capsys.readouterr()
        assert audit("copy", "--from", sqlite_url, "--to", there, "--data", tmp_path) == 2
        said = capsys.readouterr()
        assert "is not empty (documents, runs" in said.err
        assert said.out == ""
    finally:
        server.drop(there)


def test_a_copy_that_breaks_off_leaves_an_empty_database(
    server: Server, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_url)
    there = server.make()
    monkeypatch.setattr(upkeep, "_agree", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        with pytest.raises(KeyboardInterrupt):
            upkeep.copy(sqlite_url, there, lambda *_: None)
        with Archive.open(there) as copied:
            assert (count(copied, "runs"), count(copied, "documents")) == (0, 0)
    finally:
        server.drop(there)


def test_nothing_is_copied_from_a_database_that_is_not_there_or_too_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("copy", "--from", tmp_path / "no.db", "--to", tmp_path / "new.db", "--data", tmp_path) == 2
    assert "There is no database" in capsys.readouterr().err
    make_old(f"sqlite:///{tmp_path / 'old.db'}", [])
    assert audit("copy", "--from", tmp_path / "old.db", "--to", tmp_path / "new.db", "--data", tmp_path) == 2
    assert "has to be upgraded first" in capsys.readouterr().err
    assert not (tmp_path / "new.db").exists()


def test_an_empty_postgresql_is_made_ready_once(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.make(empty=True)
    try:
        assert audit("--db", url, "--data", tmp_path) == 0
        assert "run: audit db upgrade" in capsys.readouterr().out
        for said in (f"upgraded from revision none yet to {REVISION}", "nothing to do"):
            assert audit("upgrade", "--db", url, "--data", tmp_path) == 0
            assert said in capsys.readouterr().out
    finally:
        server.drop(url)


def test_a_newer_database_is_not_upgraded(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Archive.open(database_url) as archive, archive.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert audit("upgrade", "--db", database_url, "--data", tmp_path) == 2
    assert "belongs to a newer version of the program" in capsys.readouterr().err


def test_no_password_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "postgresql://audit:geheim@127.0.0.1:1/audit"
    for order in ((), ("upgrade",)):
        assert audit(*order, "--db", url, "--data", tmp_path) == 2
    assert audit("copy", "--from", url, "--to", tmp_path / "x.db", "--data", tmp_path) == 2
    told = capsys.readouterr()
    assert told.err.count("does not answer") == 3
    assert "geheim" not in told.out + told.err + (tmp_path / "audit.log").read_text()


# --- what the first schema held -----------------------------------------------------------------------------------


def make_old(url: str, results: list[tuple[str, PortalRun]]) -> None:
    """A database as the first schema had it: a row for each view and verdict of each run, blobs deflated."""
    made = engine(place(url)[0], upgrading=True)
    config = database._config()
    with made.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with made.execution_options(writes=True).begin() as connection:
        old = MetaData()
        old.reflect(connection)
        tables = old.tables
        for number, (run_id, result) in enumerate(results):
            head = {"id": run_id, "kind": "run", "status": "complete", "started_at": SEEN.replace(day=number + 1)}
            head |= {"finished_at": SEEN, "day": DAY, "law_day": DAY, "tool_version": "0.1.0", "settings": "{}"}
            head |= {"rules_version": "2026.07", "user_agent": "portal-auditor/0.1", "vantage_address": ""}
            connection.execute(insert(tables["runs"]), head)
            _old_rows(connection, tables, run_id, result)
    made.dispose()


def _old_rows(connection: Connection, tables: Any, run_id: str, result: PortalRun) -> None:
    def put(table: str, **values: object) -> None:
        connection.execute(insert(tables[table]), values)

    def fact(data: bytes) -> str:
        sha = blobs.digest(data)
        if connection.scalar(select(tables["facts"].c.sha256).where(tables["facts"].c.sha256 == sha)) is None:
            put("facts", sha256=sha, body=zlib.compress(data))
        return sha

    seen, judged = rows.pack_seen(result), rows.pack_judged(result)
    whose = {"run_id": run_id, "portal_id": result.portal.id}
    put(
        "portal_runs",
        **whose,
        **seen.columns,
        **judged.columns,
        portal=zlib.compress(blobs.pack(result.portal)),
        visit=zlib.compress(blobs.pack(replace(result.visit, pages=()))),
        around=zlib.compress(blobs.pack(replace(result.around, bodies=(), answered=None))),
        judgements=zlib.compress(blobs.pack(result.judgements)),
        bodies_sha=fact(judged.bodies),
        answered_sha=fact(judged.answered),
    )
    for position, page in enumerate(result.visit.pages):
        here = {**whose, "position": position, "url": page.url}
        for how, view in (("raw", page.raw), ("rendered", page.rendered)):
            if view is not None:
                columns = {"status": view.status, "seen_at": view.seen_at, "sha256": view.sha256}
                put("pages", **here, how=how, **columns, facts_sha=fact(blobs.pack_page(view)))
        if not page.views:
            put("pages", **here, how="none")
    for verdict in judged.verdicts:
        put("verdicts", **whose, **verdict, seen_at=SEEN)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_the_first_schema_held_is_there_after_the_upgrade(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    results = [("r1", portal_run()), ("r2", portal_run(outcome="passed")), ("r3", portal_run(outcome="passed"))]
    results.append(("r4", portal_run("other")))
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if kind == "postgresql":
        server: Server = request.getfixturevalue("server")
        url = server.make(empty=True)
        request.addfinalizer(lambda: server.drop(url))
    make_old(url, results)
    assert audit("upgrade", "--db", url, "--data", tmp_path) == 0
    with Archive.open(url) as archive:
        for run_id, result in results:
            assert archive.run(run_id, pages=True).portals == (result,)
        past = [
            (one.run_id, one.outcome) for one in archive.history("laocai") if one.rule == "identity.spokesperson"
        ]
        assert past == [("r1", "failed"), ("r2", "passed"), ("r3", "passed")]
        assert count(archive, "verdict_intervals") == 3 + 2
