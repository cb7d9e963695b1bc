"""What only a server can do: be away, come back, refuse, restart under a run, be written by many at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from time import monotonic, sleep

import psycopg
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.exc import OperationalError

from storage import database
from storage.archive import Archive, DatabaseTooNew, DatabaseUnusable
from storage.database import upgrade
from storage.faults import passes, unusable
from tests.databases import Server, cluster, find_programs, started
from tests.test_storage import close, count, header, portal_run


@pytest.fixture
def archive(postgres_url: str) -> Iterator[Archive]:
    with Archive.open(postgres_url) as opened:
        yield opened


# --- sentences --------------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_one_clear_sentence_without_the_password() -> None:
    with pytest.raises(DatabaseUnusable, match=r"không trả lời: .* / .* does not answer") as told:
        Archive.open("postgresql://audit:geheim@127.0.0.1:1/audit?password=geheim")
    assert "geheim" not in str(told.value)
    assert "127.0.0.1:1/audit" in str(told.value)


def test_an_address_that_cannot_be_read_shows_no_password() -> None:
    with pytest.raises(DatabaseUnusable) as told:
        Archive.open("postgresql://audit:geheim@host:port/audit")
    assert "geheim" not in str(told.value)


def test_a_database_that_is_not_there_is_one_clear_sentence(server: Server) -> None:
    with pytest.raises(DatabaseUnusable, match=r"không có trên máy chủ này / .* is not on this server"):
        Archive.open(server.address("nothing_of_that_name"))


def test_a_database_without_tables_has_to_be_upgraded_by_its_own_command(server: Server) -> None:
    url = server.make(empty=True)
    try:
        with pytest.raises(DatabaseUnusable, match="audit db upgrade"):
            Archive.open(url)
        upgrades = [threading.Thread(target=upgrade, args=(url,)) for _ in range(2)]
        for each in upgrades:
            each.start()
        for each in upgrades:
            each.join()
        with Archive.open(url) as archive:
            archive.begin(header())
    finally:
        server.drop(url)


def test_a_newer_database_is_refused(archive: Archive, postgres_url: str) -> None:
    with archive.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew):
        Archive.open(postgres_url)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (psycopg.errors.DiskFull("đĩa đầy"), "the disk is full"),
        (psycopg.errors.InvalidPassword("x"), "wrong user or password"),
        (psycopg.OperationalError('FATAL:  password authentication failed for user "a"'), "wrong user or password"),
        (psycopg.OperationalError("fe_sendauth: no password supplied"), "wrong user or password"),
        (psycopg.errors.AdminShutdown("x"), "is out of reach"),
        (psycopg.errors.TooManyConnections("x"), "takes no more connections"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), "read-only"),
        (psycopg.errors.InsufficientPrivilege("x"), "does not allow this user"),
        (psycopg.errors.UndefinedTable("x"), "audit db upgrade"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "is out of reach"),
    ],
)
def test_what_a_server_says_is_told_in_both_languages(cause: Exception, said: str) -> None:
    sentence = str(unusable("postgresql://h/d", OperationalError("INSERT", {}, cause)))
    assert said in sentence.partition(" / ")[2]
    assert sentence.startswith("Cơ sở dữ liệu postgresql://h/d ")


@pytest.mark.parametrize(
    ("said", "passing"),
    [
        ("FATAL:  the database system is starting up", True),
        ("FATAL:  the database system is shutting down", True),
        ("FATAL:  sorry, too many clients already", True),
        ('FATAL:  database "d" does not exist', False),
    ],
)
def test_a_server_that_is_not_ready_yet_is_asked_again(said: str, passing: bool) -> None:
    assert passes(OperationalError("", {}, psycopg.OperationalError(f"connection failed: {said}"))) is passing


# --- a connection lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["INSERT INTO portal_runs", "INSERT INTO verdict_intervals", "SELECT runs"])
def test_a_portal_whose_connection_is_lost_on_the_way_is_stored_once(archive: Archive, at: str) -> None:
    archive.begin(header())
    killed = []

    def kill(connection: object, cursor: psycopg.Cursor, statement: str, *_rest: object) -> None:
        if statement.startswith(at) and not killed:
            killed.append(cursor.connection.info.backend_pid)
            with archive.database.read() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({killed[0]}, 5000)")

    event.listen(archive.database._reading, "before_cursor_execute", kill)
    archive.save("r1", portal_run())
    event.remove(archive.database._reading, "before_cursor_execute", kill)
    assert killed
    assert archive.run("r1", pages=True).portals == (portal_run(),)
    assert count(archive, "verdict_intervals") == 2


def test_a_server_that_stays_away_ends_the_run_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed")
    with cluster(programs) as own:
        url = own.address("postgres")
        upgrade(url)
        with Archive.open(url) as archive, Archive.open(url) as other:
            archive.begin(header())
            assert own.process is not None
            assert own.folder is not None
            own.process.send_signal(2)
            own.process.wait(30)
            monkeypatch.setattr(database, "PATIENCE", 0.2)
            with pytest.raises(DatabaseUnusable, match=r"/ The database .* (out of reach|does not answer)"):
                archive.save("r1", portal_run())

            monkeypatch.setattr(database, "PATIENCE", 60)
            saving = threading.Thread(target=archive.save, args=("r1", portal_run()))
            saving.start()
            with started(programs, own.folder):
                saving.join(60)
                assert [found.portal.id for found in archive.run("r1").portals] == ["laocai"]
                assert other.recover() == 0  # its lock was taken again
                close(archive, "r1")
                assert own.folder.stat().st_mode & 0o077 == 0


# --- many ---------------------------------------------------------------------------------------------------------


def test_a_killed_process_is_known_by_its_lost_connection(archive: Archive, postgres_url: str) -> None:
    words = f"""
from storage.archive import Archive
from tests.test_storage import header, portal_run
archive = Archive.open({postgres_url!r})
archive.begin(header("killed"))
archive.save("killed", portal_run())
print("begun", flush=True)
input()
"""
    process = subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        assert archive.recover() == 0
        process.kill()
    until = monotonic() + 30
    while not (closed := archive.recover()) and monotonic() < until:
        sleep(0.05)
    assert closed == 1
    run = archive.run("killed")
    assert (run.status, run.reason, len(run.portals)) == ("partial", "interrupted", 1)
    assert archive.resume("killed") == frozenset({"laocai"})


def test_several_programs_may_write_the_same_portals_in_several_runs(archive: Archive, postgres_url: str) -> None:
    for run_id in ("r0", "r1", "r2"):
        archive.begin(header(run_id))
    faults: list[Exception] = []

    def write(run_id: str) -> None:
        try:
            with Archive.open(postgres_url) as own:
                for number in range(6):
                    own.save(run_id, portal_run(f"p{number}", "failed" if run_id == "r1" else "passed"))
        except Exception as error:  # told below
            faults.append(error)

    writers = [threading.Thread(target=write, args=(f"r{number}",)) for number in range(3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert faults == []
    for run_id in ("r0", "r1", "r2"):
        close(archive, run_id)
        assert [found.portal.id for found in archive.run(run_id).portals] == [f"p{number}" for number in range(6)]
    past = {(one.run_id, one.outcome) for one in archive.history("p3") if one.rule == "identity.spokesperson"}
    assert past == {("r0", "passed"), ("r1", "failed"), ("r2", "passed")}


def test_the_server_of_the_tests_is_a_postgresql(server: Server) -> None:
    assert make_url(server.address("x")).get_backend_name() == "postgresql"
