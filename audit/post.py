"""The post of a process that looks at portals: everything that its visits share, while it is open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audit.made_by import made_by
from audit.registry.registry import Registry
from audit_rules.engine import first_verdicts, judge
from audit_rules.facts import Portal, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.known import Known
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.verdict import Verdict
from crawler.board import Board
from crawler.browser import Browser, find_browser
from crawler.elsewhere import Elsewhere
from crawler.guard import Guard
from crawler.plan import Plan
from crawler.politeness import Politeness
from crawler.processes import settled
from crawler.visit import Network
from storage.archive import Archive
from storage.known import recall
from storage.records import PortalRun, RunHeader

Keep = Callable[[PortalRun], Awaitable[None]]
"""Stores a portal's result, in one transaction; one stored before is replaced."""


class Progress(Protocol):
    """Who is told how far the run is."""

    def portal(self, done: int, total: int, portal: Portal, state: str) -> None: ...

    def page(self, portal: Portal, pages: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """What all portals of one run share in a process. ``archive`` is there to be read; what is found is given to
    ``keep``, for on SQLite another process may be the one that writes."""

    header: RunHeader
    registry: Registry
    plan: Plan
    archive: Archive
    keep: Keep
    rulebook: Rulebook
    data: Path
    network: Network
    browser: Browser | None

    def verdicts(self, portal: Portal, seen: Visit, around: Surroundings) -> dict[str, Verdict]:
        return first_verdicts(portal, seen, around, self.rulebook)

    def judgements(
        self, portal: Portal, seen: Visit, around: Surroundings, *, first: Mapping[str, Verdict] | None = None
    ) -> tuple[Judgement, ...]:
        return judge(portal, seen, around, self.rulebook, self.header.law_day, first=first)

    def known(self, portal: Portal) -> Known:
        """What the last visit left for this one. Only nights build on it: who asks for an audit wants to be looked
        at."""
        if self.header.kind != "nightly" or self.network.recorded is not None:
            return Known()
        return recall(self.archive.database, portal.id, made_by(), self.header.day, self.data / "evidence")


def keep_in(archive: Archive, run_id: str) -> Keep:
    """Stores results from this very process."""

    async def keep(result: PortalRun) -> None:
        archive.save(run_id, result)

    return keep


@asynccontextmanager
async def post(
    header: RunHeader,
    registry: Registry,
    plan: Plan,
    archive: Archive,
    keep: Keep,
    *,
    data: Path,
    browser: bool = True,
) -> AsyncIterator[Job]:
    """Everything by which a process looks at portals, while it is open: the gate, the turns, one browser at most.
    Inside ``crawler.loop.run``."""
    from twisted.internet import reactor  # only now: the loop has to install it first

    guard = gate(plan)
    guard.install(reactor)
    board = Board(data / "turns")
    politeness = Politeness(delay=plan.delay, board=board)
    network = Network(guard, politeness, elsewhere=Elsewhere())
    async with AsyncExitStack() as stack:
        stack.callback(board.close)
        shown = None
        if browser and plan.render != "never" and find_browser() is not None:
            shown = await stack.enter_async_context(
                Browser(guard, user_agent=plan.user_agent, politeness=politeness)
            )
        stack.enter_context(settled())
        yield Job(header, registry, plan, archive, keep, open_rulebook(), data, network, shown)


def gate(plan: Plan) -> Guard:
    return Guard(
        connect_to=plan.connect_to,
        dns=plan.dns,
        allow_private=plan.allow_private,
        proxy=plan.proxy,
        seconds=plan.timeouts.dns,
    )
