"""A run that is told to end leaves nothing behind: no browser, no half run that calls itself whole."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

from crawler.browser import find_browser
from storage.archive import Archive
from tests.loopback import Answer, Asked, web

MARK = "AUDIT_TEST_MARK"
HOME = "<!doctype html><html lang=vi><body><p>chờ</p><script src=/late.js></script></body></html>"


def started_by(mark: str) -> set[int]:
    """The processes that have a mark in their environment."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.add(int(folder.name))
    return found


def watched(processes: set[int]) -> dict[int, int]:
    """For each process a descriptor that is readable when it has ended."""
    ends = {}
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            ends[process] = os.pidfd_open(process)
    return ends


@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes cannot be seen here")
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_end_takes_its_browser_along(tmp_path: Path, told: signal.Signals) -> None:
    asked, free, mark = threading.Event(), threading.Event(), str(uuid.uuid4())

    def slow(request: Asked) -> Answer:
        if request.path == "/late.js":
            asked.set()
            free.wait(60)
        return Answer(HOME if request.path == "/" else "", status=200 if request.path == "/" else 404)

    with web(slow) as portal:
        command = [sys.executable, "-m", "audit", "run", "--site", "songmay.gov.vn", "--data", str(tmp_path)]
        ways = ["--connect-to", f":80:127.0.0.1:{portal.port}", "--connect-to", ":443:127.0.0.1:1"]
        run = subprocess.Popen(  # noqa: S603
            [*command, *ways, "--allow-private", "--delay", "0", "--render", "always", "--quiet"],
            env={**os.environ, MARK: mark},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            assert asked.wait(60), "the browser never came to the page"
            alive = watched(started_by(mark))
            assert len(alive) > 3, "there is no browser to be left behind"
            run.send_signal(told)
            assert run.wait(60) == 130
        finally:
            free.set()
            run.kill()
            run.wait()
    assert [process for process, end in alive.items() if not select.select([end], [], [], 20)[0]] == []
    assert started_by(mark) == set()
    for end in alive.values():
        os.close(end)
    with Archive.open(tmp_path / "audit.db") as archive:
        ended = archive.run(archive.run_id("latest"))
    assert (ended.status, ended.reason) == ("partial", "interrupted")
