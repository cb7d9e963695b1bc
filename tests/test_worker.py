"""Several machines: workers on one queue that die, are held up and lose their server, over the made-up province."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, time
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from procrastinate.jobs import Status
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import make_url

from audit.machines.company import Company
from audit.machines.shared_queue import (
    END,
    VISIT,
    VISITS,
    begin_shared,
    cron,
    errands_of,
    give_back,
    open_queue,
    taking_of,
    visit,
)
from audit.machines.station import file_of_visit, mark, stored, tidy
from audit.machines.worker import to_its_end
from sandbox.world import World
from storage.archive import Archive, RunClosed
from storage.database import upgrade
from storage.evidence import file_name
from storage.manifest import verify
from storage.nights import Nights
from storage.queue import Hold, Queue
from tests.databases import cluster, find_programs, started
from tests.test_storage import header, portal_run

PORTALS = "SELECT args->>'portal' FROM procrastinate_jobs WHERE task_name = 'visit'"
STALLED = 6
"""Seconds; a busy machine may keep a worker that lives from saying so for some."""


def ask(url: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows, where the server is up."""
    address = make_url(url)
    place = {"host": address.query.get("host") or address.host, "port": address.port, "password": address.password}
    known = {name: value for name, value in place.items() if value is not None}
    with psycopg.connect(dbname=address.database, user=address.username, **known) as connection:
        found = connection.execute(statement, values)
        return found.fetchall() if found.description else []


def wait(what: Callable[[], Any], seconds: float = 180) -> Any:
    """Waits until something is true, and gives it."""
    until = monotonic() + seconds
    while not (found := what()):
        if monotonic() > until:
            raise AssertionError("waited in vain")
        sleep(0.05)
    return found


# --- processes ------------------------------------------------------------------------------------------------


class Province:
    """The province, a database for it, and workers with a data folder each."""

    def __init__(self, world: World, url: str, folder: Path) -> None:
        self.world, self.url, self.folder = world, url, folder

    def command(self, *words: str, data: str) -> list[str]:
        ways = [part for way in self.world.connect_to for part in ("--connect-to", way)]
        place = ("--db", self.url, "--data", str(self.folder / data), "--registry", str(self.world.registry))
        quick = ("--render", "never", "--delay", "0.1", "--max-pages", "4", "--control", "none", "--lang", "en")
        more = ("--ca-file", str(self.world.ca_file), "--allow-private", "--quiet")
        if words[-1] != "begin":
            more += ("--stalled", str(STALLED), "--grace", "0", "--in-flight", "4")
        return [sys.executable, "-m", "audit", *words, *place, *ways, *quick, *more]

    @contextmanager
    def worker(self, name: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([*self.command("worker", data=name), *more])  # noqa: S603
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def begin(self) -> subprocess.CompletedProcess[str]:
        asked = self.command("worker", "begin", data="begin")
        return subprocess.run(asked, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603

    def under_way(self, name: str) -> set[str]:
        """The portals at which a worker is, or was when it died."""
        notes = (self.folder / name / "evidence").glob("*/*.under-way")
        return {note.name.partition(".")[0] for note in notes}

    def evidence(self) -> list[str]:
        return sorted(file.name for file in self.folder.glob("*/evidence/*/*.warc.gz"))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as made:
        yield made


def test_three_workers_one_killed_one_held_up_and_the_server_restarted(world: World, tmp_path: Path) -> None:
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed")
    with ExitStack() as stack:
        own = stack.enter_context(cluster(programs))
        url = own.address("postgres")
        upgrade(url)
        province = Province(world, url, tmp_path)
        workers = {name: stack.enter_context(province.worker(name)) for name in ("one", "two", "three")}
        wait(lambda: (ask(url, "SELECT max(id) FROM procrastinate_workers")[0][0] or 0) >= len(workers))
        begun = province.begin()
        assert begun.returncode == 0, begun.stderr
        asked = {portal for (portal,) in ask(url, PORTALS)}

        wait(lambda: province.under_way("one"))
        workers["one"].kill()
        wait(lambda: province.under_way("two"))
        workers["two"].send_signal(signal.SIGSTOP)
        held = province.under_way("two")

        wait(lambda: ask(url, "SELECT 1 FROM portal_runs"))
        assert own.process is not None
        assert own.folder is not None
        own.process.send_signal(signal.SIGINT)
        own.process.wait(30)
        stack.enter_context(started(programs, own.folder))

        wait(lambda: held <= {portal for (portal,) in ask(url, f"{PORTALS} AND attempts > 0")})
        workers["two"].send_signal(signal.SIGCONT)
        stack.enter_context(province.worker("one"))
        wait(lambda: ask(url, "SELECT 1 FROM runs WHERE status <> 'running'"))
        wait(lambda: not (province.under_way("one") | province.under_way("two") | province.under_way("three")))

        with Archive.open(url, create=False) as archive:
            (night,) = archive.runs()
            told = archive.run(night.header.id)
        assert (told.status, told.reason) == ("complete", None)
        ids = [portal.portal.id for portal in told.portals]
        assert len(ids) == len(set(ids))
        assert set(ids) >= asked
        assert {portal.visit.state for portal in told.portals if portal.portal.id in asked} == {"audited"}
        assert ask(url, "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'") == [(0,)]
        assert len(ask(url, "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'end'")) == 1
        assert province.evidence() == sorted(Path(portal.warc).name for portal in told.portals if portal.warc)
        folders = [tmp_path / name / "evidence" for name in workers]
        wait(lambda: sum(verify(folder).whole for folder in folders) == len(asked))

        workers["three"].send_signal(signal.SIGTERM)
        assert workers["three"].wait(120) == 0


def test_a_night_on_the_queue_refuses_another_and_a_folder_one_worker(
    world: World, postgres_url: str, tmp_path: Path
) -> None:
    province = Province(world, postgres_url, tmp_path)
    assert province.begin().returncode == 0
    second = province.begin()
    assert second.returncode == 2
    assert "is under way on the shared queue, 20 visits are left" in second.stderr
    with province.worker("same") as process:
        wait(lambda: province.under_way("same"))
        asked = province.command("worker", data="same")
        again = subprocess.run(asked, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603
        assert (again.returncode, again.stdout) == (2, "")
        assert "is used by another audit worker" in again.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    left = dict(ask(postgres_url, "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
    assert left.keys() <= {"todo", "succeeded"}
    assert left["todo"] + left.get("succeeded", 0) == 21
    assert ask(postgres_url, "SELECT DISTINCT queue_name FROM procrastinate_jobs ORDER BY 1") == [
        ("nights",),
        ("visits",),
    ]
    assert not province.under_way("same")


def test_a_visit_that_comes_back_to_a_worker_ends_the_one_it_is_made_anew_for(
    world: World, postgres_url: str, tmp_path: Path
) -> None:
    """Both write the evidence file of that portal."""
    province = Province(world, postgres_url, tmp_path)
    assert province.begin().returncode == 0
    ask(postgres_url, "DELETE FROM procrastinate_jobs WHERE task_name = 'visit' AND args->>'portal' <> 'songmay'")
    with province.worker("same", "--delay", "1") as process:
        wait(lambda: province.under_way("same"))
        doing = "FROM procrastinate_jobs WHERE task_name = 'visit' AND status = 'doing'"
        ask(postgres_url, f"SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) {doing}")
        wait(lambda: ask(postgres_url, f"SELECT 1 {doing} AND attempts > 0"))
        wait(lambda: ask(postgres_url, "SELECT 1 FROM runs WHERE status <> 'running'") or process.poll())
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    with Archive.open(postgres_url, create=False) as archive:
        (night,) = archive.runs()
        (told,) = [each for each in archive.run(night.header.id).portals if each.visit.state == "audited"]
    assert province.evidence() == [Path(str(told.warc)).name]


def test_sqlite_is_no_place_for_several_machines(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "audit", "worker", "--lang", "en", "--data", str(tmp_path / "data")]
    for more in ([], ["--db", str(tmp_path / "audit.db")]):
        done = subprocess.run([*asked, *more], capture_output=True, text=True, timeout=180, check=False)  # noqa: S603
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("audit worker needs a shared PostgreSQL database")
    assert list(tmp_path.iterdir()) == []


# --- who holds what ---------------------------------------------------------------------------------------------


def test_who_lost_a_job_may_neither_store_nor_finish_nor_put_it_back(
    archive_pg: Archive, postgres_url: str
) -> None:
    Queue(archive_pg.database).put([visit("r1", "laocai", "10.0.0.1")])
    archive_pg.begin(header("r1"))

    async def lose() -> tuple[int, int, int]:
        app = open_queue(postgres_url)
        async with app.open_async():
            jobs = app.job_manager
            first = await jobs.register_worker()
            lost = await jobs.fetch_job(None, first)
            assert lost is not None
            await jobs.unregister_worker(first)
            assert await give_back(app, 60, [taking_of(lost)]) == 0
            assert await give_back(app, 60, []) == 1
            await jobs.finish_job(lost, Status.SUCCEEDED, delete_job=False)
            taken = await jobs.fetch_job(None, await jobs.register_worker())
            assert taken is not None, "the one that lost it finished what waits for another"
            await jobs.retry_job(lost)
            await jobs.finish_job(lost, Status.FAILED, delete_job=False)
            return taken.id or 0, lost.attempts, taken.attempts

    job, lost, taken = asyncio.run(lose())
    assert ask(postgres_url, "SELECT status::text, queue_name FROM procrastinate_jobs") == [("doing", VISITS[1])]
    for attempts, ours in ((lost, False), (taken, True)):
        with archive_pg.database.write() as connection:
            assert Hold(job, attempts).is_ours(connection) is ours


def test_portals_of_one_address_are_never_with_two_workers(archive_pg: Archive, postgres_url: str) -> None:
    groups = {"a": "10.0.0.1", "b": "10.0.0.1", "c": "10.0.0.1", "d": "10.0.0.2"}
    Queue(archive_pg.database).put(errands_of("r1", groups))

    async def take() -> list[str]:
        app = open_queue(postgres_url)
        async with app.open_async():
            jobs = app.job_manager
            workers = [await jobs.register_worker() for _ in range(2)]
            found = [await jobs.fetch_job(list(VISITS), worker) for worker in (*workers, *workers)]
            several = [job for job in found if job is not None]
            await jobs.finish_job(several[0], Status.SUCCEEDED, delete_job=False)
            following = await jobs.fetch_job(list(VISITS), workers[1])
            return [str(job.task_kwargs["portal"]) for job in (*several, following) if job is not None]

    assert asyncio.run(take()) == ["a", "d", "b"]
    queue = Queue(archive_pg.database)
    assert (queue.left(VISIT, "r1"), queue.left(VISIT, "r2"), queue.nights(END)) == (3, 0, ["r1"])
    queue.drop("r1")
    assert (queue.left(VISIT, "r1"), queue.nights(END)) == (2, [])


def test_a_night_is_begun_at_its_hour_by_one_of_the_workers(archive_pg: Archive, postgres_url: str) -> None:
    at = datetime(2026, 11, 22, 13, 40, tzinfo=UTC).timestamp()  # twenty to nine in the evening in Viet Nam

    async def ring(night_at: time) -> None:
        app = open_queue(postgres_url)
        app.periodic(cron=cron(night_at))(app.task(name="begin", queueing_lock="begin")(begin_shared))
        clock = PeriodicDeferrer(app.periodic_registry, **app.periodic_defaults)
        async with app.open_async():
            await clock.defer_jobs(clock.get_previous_tasks(at=at))

    asked = "SELECT (args->>'timestamp')::int FROM procrastinate_jobs"
    asyncio.run(ring(time(21, 0)))
    assert ask(postgres_url, asked) == [], "the last time was 23 hours ago"
    for _ in range(2):
        asyncio.run(ring(time(20, 0)))
    assert ask(postgres_url, asked) == [(int(at) - 40 * 60,)]


def test_several_processes_are_at_a_run_and_nobody_takes_it_from_them(
    archive_pg: Archive, postgres_url: str
) -> None:
    archive_pg.begin(header("r1"))
    archive_pg.leave("r1")
    with Archive.open(postgres_url) as one, Archive.open(postgres_url) as two:
        assert one.join("r1")
        assert two.join("r1")
        assert archive_pg.recover() == 0
        one.leave("r1")
        two.save("r1", portal_run())
        assert archive_pg.recover() == 0
        two.leave("r1")
        assert archive_pg.recover() == 1
        assert one.join("r1"), "a run that all had left is gone on with"
        assert one.run("r1").status == "running"
        one.close_run("r1", status="complete", finished_at=datetime.now(UTC), reason=None)
        with pytest.raises(RunClosed):
            two.join("r1")


@pytest.fixture
def archive_pg(postgres_url: str) -> Iterator[Archive]:
    with Archive.open(postgres_url) as opened:
        yield opened


# --- small parts --------------------------------------------------------------------------------------------------


def test_a_visit_under_which_workers_died_goes_on_in_small_company_then_alone() -> None:
    async def watch() -> list[int]:
        company, together, most = Company(), [], 0

        async def one(bears: int) -> None:
            nonlocal most
            async with company.of(bears):
                most += 1
                together.append(most if bears == 1 else 0)
                await asyncio.sleep(0)
                most -= 1

        await asyncio.gather(*(one(bears) for bears in (5, 5, 5, 1, 5, 5, 1)))
        return [count for count in together if count]

    assert asyncio.run(watch()) == [1, 1]


@pytest.mark.parametrize(
    ("at", "told"), [(time(20, 0), "0 13 * * *"), (time(6, 59), "59 23 * * *"), (time(0, 5), "5 17 * * *")]
)
def test_the_hour_of_the_night_is_that_of_viet_nam(at: time, told: str) -> None:
    assert cron(at) == told


def test_what_is_being_stored_is_stored_before_a_visit_is_broken_off() -> None:
    async def cancel() -> list[str]:
        begun, go_on, told = threading.Event(), threading.Event(), []

        def work() -> None:
            begun.set()
            go_on.wait(30)
            told.append("stored")

        visit = asyncio.create_task(to_its_end(work))
        await asyncio.to_thread(begun.wait, 30)
        visit.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await visit
        return told

    assert asyncio.run(cancel()) == ["stored"]


@pytest.mark.parametrize("is_stored", [True, False])
def test_evidence_of_a_visit_that_was_not_stored_goes(archive: Archive, tmp_path: Path, is_stored: bool) -> None:
    """Whether the visit is broken off, or its process dies and another tidies up."""
    archive.begin(header("r1"))
    result, nights = portal_run(), Nights(archive.database)
    assert result.visit.finished_at is not None
    if is_stored:
        archive.save("r1", result)
    with file_of_visit(nights, tmp_path, "r1", "laocai") as file:
        file.write_bytes(b"WARC")
        note = file.with_name(file.name + ".under-way")
        os.utime(note, (0, 0))  # the visit of this test ended long ago
        mark(file, result.visit.finished_at)
    assert (file.exists(), note.exists()) == (is_stored, False)
    file.write_bytes(b"WARC of another visit, whose process died")
    note.write_text("laocai")
    assert tidy(nights, tmp_path) == 1
    assert (file.exists(), note.exists()) == (False, False)


def test_a_stored_result_keeps_its_file_and_an_older_file_is_not_touched(archive: Archive, tmp_path: Path) -> None:
    nights, file = Nights(archive.database), tmp_path / "evidence" / file_name("r1", "laocai")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"WARC of an earlier visit")
    os.utime(file, (0, 0))
    with file_of_visit(nights, tmp_path, "r1", "laocai"):
        pass
    assert file.exists()
    with file_of_visit(nights, tmp_path, "r1", "laocai"):
        file.write_bytes(b"WARC")
        stored(file)
    assert file.exists()
    assert tidy(nights, tmp_path) == 0
