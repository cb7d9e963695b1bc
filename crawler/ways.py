"""What a visit uses to see and to keep: the network or an archive, the browser, the evidence."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audit_rules.facts import PageFacts
from audit_rules.known import Kept
from audit_rules.probed import Probes
from audit_rules.rendered import Depth, RenderFacts
from crawler.elsewhere import Elsewhere
from crawler.guard import Guard
from crawler.plan import Plan
from crawler.politeness import Left
from storage.recorded import Recorded


class Turns(Protocol):
    """Politeness, as the visit needs it."""

    def turn(self, host: str, group: str, *, tells: bool = False) -> AbstractAsyncContextManager[Left]: ...

    def slow_down(self, host: str, delay: float) -> None: ...


class Evidence(Protocol):
    """Where answers are kept as they were sent (storage.evidence.EvidenceWriter)."""

    def response(
        self,
        url: str,
        status: int,
        reason: str,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        seen_at: datetime,
        address: str = "",
        seconds: float = 0.0,
    ) -> str: ...

    def revisit(
        self,
        url: str,
        status: int,
        reason: str,
        headers: tuple[tuple[str, str], ...],
        digest: str,
        seen_at: datetime,
        held: Kept,
        address: str = "",
        seconds: float = 0.0,
    ) -> None: ...

    def withheld(
        self,
        url: str,
        status: int,
        reason: str,
        headers: tuple[tuple[str, str], ...],
        facts: PageFacts,
        address: str = "",
        seconds: float = 0.0,
    ) -> None: ...

    def drawn_before(self, url: str, facts: PageFacts, held: Kept) -> None: ...

    def drawn_withheld(self, url: str, facts: PageFacts) -> None: ...

    def rendered(self, url: str, html: str, seen_at: datetime, render: RenderFacts, status: int) -> str: ...

    def picture(self, url: str, picture: bytes, seen_at: datetime) -> None: ...

    def failure(self, url: str, error: str, seen_at: datetime) -> None: ...

    def second_look(self) -> None: ...

    def probes(self, url: str, probes: Probes) -> None: ...


class Look(Protocol):
    """One look in the browser (crawler.browser.Look). ``error`` is a reason, None where there is a page; ``facts``
    were read of a page that the archive does not hold."""

    @property
    def url(self) -> str: ...
    @property
    def final_url(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def html(self) -> str: ...
    @property
    def seen_at(self) -> datetime: ...
    @property
    def render(self) -> RenderFacts: ...
    @property
    def error(self) -> str | None: ...
    @property
    def picture(self) -> bytes: ...
    @property
    def facts(self) -> PageFacts | None: ...


class Browser(Protocol):
    async def look(self, url: str, *, timeout: float, depth: Depth = "text") -> Look: ...  # noqa: ASYNC109


@dataclass(frozen=True, slots=True)
class Network:
    """The way out: the gate and the turns, or an archive that stands in for the network (then neither is asked).
    ``elsewhere`` is what visits tell each other of hosts that are none of theirs."""

    guard: Guard | None = None
    politeness: Turns | None = None
    recorded: Recorded | None = None
    elsewhere: Elsewhere | None = None


class Visitor(Protocol):
    """What the download handlers want to know of the spider they work for."""

    net: Network
    plan: Plan
    evidence: Evidence | None
