"""The night looks at itself: what was seen while our own network was away is not believed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.nights.crew import Crew, Manning
from audit.nights.driver import drive
from audit.nights.night import Ended
from audit.progress import Silence
from audit.registry.files import read_registry
from crawler.plan import Plan
from storage.archive import Archive
from storage.database import DatabaseUnusable
from storage.records import PortalRun, Run
from tests.loopback import Answer, Asked, Web, web
from tests.night_land import MARK, Land, land


@contextmanager
def control() -> Iterator[Web]:
    with web(lambda _: Answer("")) as host:
        yield host


def night(
    here: Land,
    host: int,
    *,
    closing: datetime | None = None,
    patience: float = 0.0,
    silence: float = 300.0,
) -> tuple[Run, Ended]:
    """A night in this process, with workers of its own."""
    ways = (f":80:127.0.0.1:{here.port}", ":443:127.0.0.1:1")
    plan = Plan(render="never", delay=0, allow_private=True, connect_to=ways)
    manned = Manning(
        processes=1,
        in_flight=1,
        hosts=(f"127.0.0.1:{host}",),
        patience=patience,
        closing=closing,
        control_every=0.2,
        silence=silence,
    )
    here.data.mkdir(exist_ok=True)
    with Archive.open(here.db) as archive:
        begun, ended = drive(
            archive,
            read_registry(here.registry),
            plan,
            manned,
            db=here.db,
            data=here.data,
            law_day=None,
            window=None,
            progress=Silence(),
        )
        return archive.run(begun.header.id), ended


def states(run: Run) -> dict[str, tuple[str, str | None]]:
    return {one.portal.id: (one.visit.state, one.visit.reason) for one in run.portals}


def test_a_night_without_a_network_is_held_back_and_the_day_before_stays(tmp_path: Path) -> None:
    with land(tmp_path) as here:
        with control() as host:
            good, ended = night(here, host.port)
            port = host.port
        assert (ended.status, set(states(good).values())) == ("complete", {("audited", None)})
        bad, ended = night(here, port)
        asked = len(here.web.asked) if here.web else 0
    assert (bad.status, bad.reason) == ("quarantined", "network_away")
    assert ended.detail is not None
    assert ended.detail.startswith("Mất mạng từ ")
    assert set(states(bad).values()) == {("error", "not_visited")}
    assert {item.verdict.outcome for one in bad.portals for item in one.judgements} == {"cantTell"}
    assert asked == len(here.web.asked if here.web else [])
    with Archive.open(here.db) as archive:
        assert archive.run_id("latest") == good.header.id
        assert {past.run_id for past in archive.history("cong-songmay")} == {good.header.id}


def test_what_was_looked_at_while_the_network_was_away_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network goes when the first portal is asked, and comes back when that was noticed."""
    stored: list[tuple[str, str]] = []
    save, hold_back = Archive.save, Crew._hold_back

    def saved(archive: Archive, run_id: str, result: PortalRun) -> None:
        stored.append((result.portal.id, result.visit.state))
        save(archive, run_id, result)

    with land(tmp_path) as here, ExitStack() as hosts:
        gone = ExitStack()
        port = gone.enter_context(control()).port
        cut, noticed = threading.Event(), threading.Event()

        def away(request: Asked) -> Answer | None:
            if request.host != "songmay.gov.vn" or request.path != "/" or noticed.is_set():
                return None
            if not cut.is_set():
                cut.set()
                gone.close()
            noticed.wait(60)
            return Answer("", status=503)

        def held_back(crew: Crew) -> None:
            hold_back(crew)
            hosts.enter_context(web(lambda _: Answer(""), port=port))
            noticed.set()

        monkeypatch.setattr(Archive, "save", saved)
        monkeypatch.setattr(Crew, "_hold_back", held_back)
        here.hook = away
        run, _ = night(here, port, patience=60)
    assert run.status == "complete"
    assert set(states(run).values()) == {("audited", None)}
    assert ("cong-songmay", "unreachable") not in stored
    assert sorted(stored) == [(one.portal.id, "audited") for one in run.portals]


def test_portals_that_go_silent_together_hold_a_night_back_and_the_next_confirms_them(
    tmp_path: Path,
) -> None:
    names = tuple(f"tinh{number}" for number in range(6))
    with land(tmp_path) as here, control() as host:
        here.write_registry(names)
        first, _ = night(here, host.port)
        here.hook = lambda request: Answer("", status=503) if request.path != "/robots.txt" else None
        second, ended = night(here, host.port)
        third, _ = night(here, host.port)
        with Archive.open(here.db) as archive:
            assert archive.run_id("latest") == third.header.id
    assert (first.status, second.status, third.status) == ("complete", "quarantined", "complete")
    assert second.reason == "jump"
    assert ended.detail is not None
    assert ended.detail.startswith(f"6/6 cổng đêm trước ({first.header.id}) xem được thì đêm nay không trả lời")


def test_after_closing_time_nobody_is_begun_and_every_row_says_so(tmp_path: Path) -> None:
    with land(tmp_path) as here, control() as host:
        run, ended = night(here, host.port, closing=datetime.now(UTC))
        asked = here.visits("songmay")
    assert (ended.status, ended.reason) == ("partial", "window")
    assert (run.status, run.reason) == ("partial", "window")
    assert set(states(run).values()) == {("error", "not_visited")}
    assert {(item.verdict.outcome, item.verdict.reason) for one in run.portals for item in one.judgements} == {
        ("cantTell", "not_visited")
    }
    assert asked == 0


def test_a_worker_that_says_nothing_any_more_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with land(tmp_path) as here, control() as host:
        monkeypatch.setenv(MARK, here.mark)
        stopped: list[int] = []

        def stops(request: Asked) -> Answer | None:
            if request.host == "songmay.gov.vn" and not stopped:
                stopped.extend(here.processes("audit.nights.process"))
                for worker in stopped:
                    os.kill(worker, signal.SIGSTOP)
            return None

        here.hook = stops
        run, _ = night(here, host.port, silence=8)
        monkeypatch.delenv(MARK)
    assert len(stopped) == 1
    assert run.status == "complete"
    assert set(states(run).values()) == {("audited", None)}
    assert here.processes() == set()


def test_a_database_that_is_gone_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []
    save = Archive.save

    def gone_twice(archive: Archive, run_id: str, result: PortalRun) -> None:
        if len(refused) < 2:
            refused.append(result.portal.id)
            raise DatabaseUnusable("không dùng được / it is gone")
        save(archive, run_id, result)

    monkeypatch.setattr(Archive, "save", gone_twice)
    with land(tmp_path) as here, control() as host:
        run, _ = night(here, host.port)
        assert {name: here.visits(name) for name in ("songmay", "thanhlam", "bensong")} == dict.fromkeys(
            ("songmay", "thanhlam", "bensong"), here.visits("songmay")
        )
    assert len(refused) == 2
    assert set(states(run).values()) == {("audited", None)}
