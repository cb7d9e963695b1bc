"""Turns at a host and at the address behind it, on a clock of our own."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import json
import subprocess
import sys
from collections.abc import Awaitable
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.board import Board
from crawler.politeness import Politeness


class Day:
    """A clock that stands still until everybody sleeps, then jumps to the first who wakes."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self.sleepers, (self.now + seconds, id(future), future))
        await future

    async def live(self, *lives: Awaitable[None]) -> None:
        whole = asyncio.gather(*lives)
        while not whole.done():
            for _ in range(50):
                await asyncio.sleep(0)
            if self.sleepers and not whole.done():
                self.now, _, future = heapq.heappop(self.sleepers)
                if not future.done():
                    future.set_result(None)
        await whole


@pytest.fixture
def day() -> Day:
    return Day()


def visits(
    day: Day, politeness: Politeness, asked: list[tuple[str, str]], lasting: float
) -> list[tuple[str, float, float]]:
    """Asks all at once; (host, start, end) of each request, in order of start."""
    seen: list[tuple[str, float, float]] = []

    async def ask(host: str, group: str) -> None:
        async with politeness.turn(host, group):
            start = day.now
            await day.sleep(lasting)
            seen.append((host, start, day.now))

    asyncio.run(day.live(*(ask(host, group) for host, group in asked)))
    return sorted(seen, key=lambda visit: visit[1])


def polite(day: Day, delay: float = 1.0, per_address: int = 2, per_second: int = 4) -> Politeness:
    return Politeness(delay, per_address, per_second, clock=day.clock, sleep=day.sleep)


def test_the_pause_of_a_host_runs_from_the_end_of_one_request_to_the_start_of_the_next(day: Day) -> None:
    seen = visits(day, polite(day), [("a.gov.vn", "203.0.113.1")] * 3, lasting=5)
    assert [(start, end) for _, start, end in seen] == [(100, 105), (106, 111), (112, 117)]


def test_hosts_behind_one_address_share_two_places(day: Day) -> None:
    seen = visits(day, polite(day), [(f"{n}.gov.vn", "203.0.113.1") for n in range(6)], lasting=10)
    for _, start, _ in seen:
        assert sum(other <= start < end for _, other, end in seen) <= 2


def test_an_address_sees_four_starts_in_any_second(day: Day) -> None:
    seen = visits(day, polite(day), [(f"{n}.gov.vn", "203.0.113.1") for n in range(9)], lasting=0.01)
    starts = [start for _, start, _ in seen]
    assert starts == pytest.approx([100, 100, 100.01, 100.01, 101, 101, 101.01, 101.01, 102])


@pytest.mark.parametrize("shared", [False, True])
def test_a_request_counts_from_when_it_leaves(day: Day, tmp_path: Path, shared: bool) -> None:
    """The first waits for its connection; the others, whose connections stand, may not arrive together with it."""
    turns = Politeness(clock=day.clock, sleep=day.sleep, board=Board(tmp_path / "turns") if shared else None)
    left_at: list[float] = []

    async def ask(number: int) -> None:
        async with turns.turn(f"{number}.gov.vn", "203.0.113.1", tells=True) as left:
            await day.sleep(0.0 if number else 0.6)
            left_at.append(day.now)
            left()
            left()  # once is enough
            await day.sleep(0.01)

    asyncio.run(day.live(*map(ask, range(6))))
    assert left_at[0] == pytest.approx(100.6)
    assert all(after >= before + 1 for before, after in zip(left_at, left_at[4:], strict=False))
    assert left_at[-1] == pytest.approx(101.6, abs=0.06)  # and no longer than that demands


def test_a_request_that_never_leaves_holds_an_address_only_while_it_lasts(day: Day) -> None:
    politeness, started = polite(day), []

    async def ask(number: int) -> None:
        with contextlib.suppress(OSError):
            async with politeness.turn(f"{number}.gov.vn", "203.0.113.1", tells=True) as left:
                started.append(day.now)
                await day.sleep(2)
                if number == 0:
                    raise OSError("nobody answered")
                left()

    asyncio.run(day.live(*map(ask, range(2))))
    assert started == pytest.approx([100, 102])


def test_addresses_and_names_do_not_wait_for_each_other(day: Day) -> None:
    asked = [("a.gov.vn", "203.0.113.1"), ("b.gov.vn", "203.0.113.2"), ("c.gov.vn", "203.0.113.3")]
    assert [start for _, start, _ in visits(day, polite(day), asked, lasting=3)] == [100] * 3


def test_mapped_names_keep_the_host_s_rule_only(day: Day) -> None:
    asked = [(f"{n}.gov.vn", f"name:{n}.gov.vn") for n in range(20)] * 2
    seen = visits(day, polite(day), asked, lasting=2)
    assert [start for _, start, _ in seen] == [100] * 20 + [103] * 20


def test_crawl_delay_slows_a_host_down_but_never_beyond_ten_seconds_and_never_up(day: Day) -> None:
    politeness = polite(day)
    politeness.slow_down("slow.gov.vn", 7)
    politeness.slow_down("endless.gov.vn", 86_400)
    politeness.slow_down("eager.gov.vn", 0)
    asked = [(f"{name}.gov.vn", f"name:{name}") for name in ("slow", "endless", "eager") for _ in range(2)]
    seen = visits(day, politeness, asked, lasting=0)
    assert sorted((host, start) for host, start, _ in seen if start > 100) == [
        ("eager.gov.vn", 101),
        ("endless.gov.vn", 110),
        ("slow.gov.vn", 107),
    ]


def test_a_request_that_fails_ends_its_turn(day: Day) -> None:
    politeness = polite(day)

    async def fail() -> None:
        with pytest.raises(OSError, match="lost"):
            async with politeness.turn("a.gov.vn", "203.0.113.1"):
                raise OSError("lost")

    asyncio.run(day.live(fail()))
    assert visits(day, politeness, [("a.gov.vn", "203.0.113.1")], lasting=0)[0][1] == 101


def test_one_who_gives_up_waiting_keeps_nobody_else_waiting(day: Day) -> None:
    politeness = polite(day, delay=4)
    starts: list[float] = []

    async def ask() -> None:
        async with politeness.turn("a.gov.vn", "203.0.113.1"):
            starts.append(day.now)

    async def impatient() -> None:
        task = asyncio.ensure_future(ask())
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(day.live(ask(), impatient(), ask()))
    assert starts == [100, 104]


def test_idle_hosts_are_forgotten_in_the_end(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.politeness._REMEMBERED", 10)
    politeness = polite(day, delay=0)
    visits(day, politeness, [(f"{n}.gov.vn", f"203.0.113.{n}") for n in range(50)], lasting=0)
    day.now += 60
    visits(day, politeness, [("one.gov.vn", "203.0.113.200")], lasting=0)
    assert len(politeness._hosts) <= 10
    assert len(politeness._groups) <= 10


# --- processes side by side -----------------------------------------------------------------------------------

_ASKS = """
import asyncio, json, sys, time
from pathlib import Path
from crawler.board import Board
from crawler.politeness import Politeness

async def ask(turns, host, seen):
    for _ in range(4):
        async with turns.turn(host, "127.1.0.1"):
            start = time.monotonic()
            await asyncio.sleep(0.02)
            seen.append((host, start, time.monotonic()))

async def main():
    seen, turns = [], Politeness(0.05, 2, 8, board=Board(Path(sys.argv[1])))
    await asyncio.gather(*(ask(turns, host, seen) for host in sys.argv[2:]))
    print(json.dumps(seen))

asyncio.run(main())
"""


def test_processes_of_one_machine_share_the_turns(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ASKS, str(tmp_path / "turns"), "chung.gov.vn"]
    workers = [
        subprocess.Popen([*command, own], stdout=subprocess.PIPE, text=True)  # noqa: S603
        for own in ("mot.gov.vn", "hai.gov.vn", "ba.gov.vn")
    ]
    asked = sorted((each for worker in workers for each in json.loads(worker.communicate()[0])), key=lambda e: e[1])
    assert len(asked) == 24
    shared = [(start, end) for host, start, end in asked if host == "chung.gov.vn"]
    assert all(later - end >= 0.05 for (_, end), (later, _) in pairwise(shared))
    starts = [start for _, start, _ in asked]
    assert all(sum(start <= at < end for _, start, end in asked) <= 2 for at in starts)
    # A start is noted a moment after it was counted, so eight later it is hardly less than a second.
    assert all(late - early >= 0.5 for early, late in zip(starts, starts[8:], strict=False))


def test_a_moment_of_a_clock_before_the_machine_was_started_anew_is_none(day: Day, tmp_path: Path) -> None:
    board = Board(tmp_path / "turns")
    board.write("a", day.now + 1e6)
    turns = Politeness(board=board, clock=day.clock, sleep=day.sleep)
    assert visits(day, turns, [("a", "name:a")] * 2, 0.5) == [("a", 100.0, 100.5), ("a", 101.5, 102.0)]
    assert board.read("a") == 103.0
    assert board.take("a")
    assert not board.take("a")
    board.free("a")
    assert board.take("a")
    board.close()


def test_one_that_was_let_go_late_does_not_bring_the_next_one_nearer(day: Day) -> None:
    late = iter([0.2])

    async def sleep(seconds: float) -> None:
        await day.sleep(seconds + next(late, 0.0))  # the process was busy when it should have woken

    turns = Politeness(clock=day.clock, sleep=sleep)
    seen = visits(day, turns, [(host, "127.1.0.1") for host in "abcdefghi"], 0.1)
    starts = [start for _, start, _ in seen]
    assert starts == pytest.approx([100.0, 100.0, 100.1, 100.1, 101.2, 101.2, 101.3, 101.3, 102.2])
