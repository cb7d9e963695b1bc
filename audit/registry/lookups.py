"""Whether proposed names exist: asked of the name system through the gate, gently, and only when asked for."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from audit.registry.proposed import Proposal
from crawler.guard import Guard, Refusal

AT_ONCE = 4
"""Names asked for at the same time."""
MOST = 3_000
"""Names asked for in one go; those beyond it stay as they are."""


def looked_up(proposals: Sequence[Proposal], guard: Guard) -> list[Proposal]:
    """The proposals with what the name system says. Those that were only formed are left out where their name is
    not found, or where their domain answers for every name, so that an answer says nothing."""
    return asyncio.run(_looked_up(proposals, guard))


async def _looked_up(proposals: Sequence[Proposal], guard: Guard) -> list[Proposal]:
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(host: str) -> str:
        async with places:
            try:
                await guard.where(host, 443)
            except Refusal as refusal:
                return "no" if refusal.reason == "dns" else "special"
            return "yes"

    asked = list(dict.fromkeys(one.cells["address"].partition("/")[0] for one in proposals))[:MOST]
    nobodys = {host: _nobodys(host) for host in asked}
    names = [*asked, *dict.fromkeys(nobodys.values())]
    told = dict(zip(names, await asyncio.gather(*(ask(name) for name in names)), strict=True))
    found = [replace(one, resolves=told.get(one.cells["address"].partition("/")[0], "")) for one in proposals]
    return [
        one for one in found if one.reason != "formed" or not one.resolves or _says_something(one, told, nobodys)
    ]


def _says_something(one: Proposal, told: dict[str, str], nobodys: dict[str, str]) -> bool:
    return one.resolves != "no" and told[nobodys[one.cells["address"]]] == "no"


def _nobodys(host: str) -> str:
    """A name beside a host that nobody has: a domain where it is found answers for every name."""
    domain = host.partition(".")[2]
    return f"khong-ai-dat-{hashlib.sha256(domain.encode()).hexdigest()[:10]}.{domain}"
