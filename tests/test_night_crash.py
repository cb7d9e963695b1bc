"""A night that is killed at any moment goes on when run again: nothing lost, nothing doubled, nothing half."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path
from secrets import token_urlsafe

import pytest

from audit.nights.night import holder
from storage.archive import Archive, UnknownRun
from tests.loopback import Answer, Asked
from tests.night_land import Land, land

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes cannot be seen here")


WAIT = 300
"""Seconds for what takes two or three on a machine with nothing else to do."""
PATIENT = ("--timeout-first-byte", str(WAIT), "--timeout-page", str(WAIT))


class Gate:
    """Holds a portal's home page until it is opened; ``reached`` when somebody waits there."""

    def __init__(self, name: str) -> None:
        self._host = f"{name}.gov.vn"
        self.reached = threading.Event()
        self.open = threading.Event()

    def is_reached_by(self, night: subprocess.Popen[str]) -> bool:
        """Waits until somebody stands at the gate; False where the night ends before."""
        while not self.reached.wait(0.2):
            if night.poll() is not None:
                return False
        return True

    def __call__(self, request: Asked) -> Answer | None:
        if request.host == self._host and request.path == "/":
            self.reached.set()
            self.open.wait(WAIT)
        return None


def ended(processes: Iterable[int]) -> bool:
    """Waits until these processes are gone."""
    for process in processes:
        try:
            end = os.pidfd_open(process)
        except ProcessLookupError:
            continue
        gone = bool(select.select([end], [], [], WAIT)[0])
        os.close(end)
        if not gone:
            return False
    return True


def stored(here: Land) -> set[str]:
    with Archive.open(here.db, create=False) as archive:
        return {portal.portal.id for run in archive.runs() for portal in archive.portals(run.header.id)}


def wait_until_stored(here: Land, count: int) -> None:
    waiting = threading.Event()
    for _ in range(WAIT * 10):
        if len(stored(here)) >= count:
            return
        waiting.wait(0.1)
    raise AssertionError("the portals were never stored")


@pytest.mark.parametrize(("database", "whole_machine"), [("sqlite_url", True), ("postgres_url", False)])
def test_a_night_whose_process_was_killed_goes_on_with_what_it_was_begun_with(
    tmp_path: Path, database: str, whole_machine: bool, request: pytest.FixtureRequest
) -> None:
    with land(tmp_path, request.getfixturevalue(database)) as here:
        gate = here.hook = Gate("bensong")
        with here.begun(*PATIENT) as night:
            assert gate.is_reached_by(night), night.communicate()
            wait_until_stored(here, 2)
            workers = here.processes("audit.nights.process")
            assert workers
            (first,) = here.runs()
            night.kill()
            for worker in workers if whole_machine else ():
                os.kill(worker, signal.SIGKILL)
            night.wait()
            gate.open.set()
            assert ended(workers), "the workers outlive the night"
        with Archive.open(here.db) as archive:
            archive.recover()
            with pytest.raises(UnknownRun, match="Chưa có lần kiểm tra nào"):
                archive.run_id("latest")
        assert holder(here.data) is None
        assert bool(list(here.data.glob("evidence/*/*.part"))) == whole_machine, "workers that live tidy up"
        before = {name: here.visits(name) for name in ("songmay", "thanhlam")}
        here.write_registry(("songmay", "thanhlam", "muongla"))
        done = here.night()
        assert done.returncode == 0, done.stderr
        (second,) = here.runs()
        assert second.header == first.header
        assert (second.status, second.reason) == ("complete", None)
        assert [one.portal.id for one in second.portals] == ["cong-bensong", "cong-songmay", "cong-thanhlam"]
        assert {name: here.visits(name) for name in before} == before, "what was stored is visited again"
        assert here.visits("muongla") == 0
        kept = {file.name for file in here.data.glob("evidence/*/*.warc.gz*")}
        assert kept == {f"{one.portal.id}.warc.gz" for one in second.portals}


def test_a_portal_under_which_processes_die_is_our_fault_and_takes_nobody_along(tmp_path: Path) -> None:
    with land(tmp_path) as here:
        killed: list[int] = []

        def deadly(request: Asked) -> Answer | None:
            if request.host == "bensong.gov.vn" and request.path == "/":
                for worker in here.processes("audit.nights.process"):
                    killed.append(worker)
                    os.kill(worker, signal.SIGKILL)
            return None

        here.hook = deadly
        done = here.night("--processes", "1")
    assert done.returncode == 3, done.stderr
    assert len(killed) in (2, 3)
    (run,) = here.runs()
    assert run.status == "complete"
    states = {one.portal.id: (one.visit.state, one.visit.reason) for one in run.portals}
    assert states == {
        "cong-bensong": ("error", "our_fault"),
        "cong-songmay": ("audited", None),
        "cong-thanhlam": ("audited", None),
    }
    (lost,) = (one for one in run.portals if one.visit.state == "error")
    assert {item.verdict.outcome for item in lost.judgements} == {"cantTell"}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_night_that_is_told_to_end_takes_its_workers_along_and_can_go_on(
    tmp_path: Path, told: signal.Signals
) -> None:
    with land(tmp_path) as here:
        gate = here.hook = Gate("bensong")
        with here.begun(*PATIENT) as night:
            assert gate.is_reached_by(night), night.communicate()
            workers = here.processes("audit.nights.process")
            refused = subprocess.run(here.command(), capture_output=True, text=True, check=False)  # noqa: S603
            assert refused.returncode == 2
            assert refused.stderr.startswith("Một đêm kiểm tra khác đang chạy trên dữ liệu này: tiến trình ")
            assert f"tiến trình {night.pid}, từ " in refused.stderr
            night.send_signal(told)
            gate.open.set()
            assert night.wait(WAIT) == 130
            assert ended(workers)
    (run,) = here.runs()
    assert (run.status, run.reason) == ("partial", "interrupted")


ROOM = 1_500_000
"""Bytes a file may have: enough for the database, too few for the evidence of a portal."""


def test_a_disk_that_fills_up_breaks_the_night_off_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    big = "<!doctype html><html lang=vi><body>" + "".join(f"<p>{token_urlsafe(600)}</p>" for _ in range(4000))
    with land(tmp_path) as here:
        here.hook = lambda request: Answer(big) if request.path == "/" else None
        done = subprocess.run(  # noqa: S603
            here.command(),
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM)),
        )
        assert done.returncode == 3, done.stderr
        assert done.stderr.startswith("Kho lưu trữ không dùng được: ")
        assert done.stderr.count("\n") == 1
        assert list(here.data.glob("evidence/*/*.warc.gz")) == []
        again = here.night()
        assert again.returncode == 0, again.stderr
    (run,) = here.runs()
    assert (run.status, len(run.portals)) == ("complete", 3)
