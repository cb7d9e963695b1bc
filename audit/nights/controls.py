"""Is the network there? Hosts that have nothing to do with the portals are asked before a night and during it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit_rules.probed import Handshake
from crawler.certificate import roots, told
from crawler.guard import Guard
from crawler.plan import Plan
from crawler.politeness import Politeness
from crawler.tls import reach, shake

CONTROLS = ("vnnic.vn", "vnexpress.net", "www.google.com", "www.cloudflare.com")
"""Asked where the operator names none: two in the country and two that are everywhere. Asking is one handshake
a minute; no page is fetched."""
NONE = "none"
"""Named in place of a host where nobody is to be asked."""
ENOUGH = 2
"""Of the hosts that are asked, so many have to answer; one where only one is asked."""
SECONDS = 10.0


async def ask(hosts: Sequence[str], guard: Guard, plan: Plan) -> dict[str, bool]:
    """Who answers. A host shakes hands on port 443 with a certificate that is its own (a hotel's front door has
    another); of one with another port (``HOST:PORT``) it is enough that the port is open."""
    return dict(zip(hosts, await asyncio.gather(*(_answers(host, guard, plan) for host in hosts)), strict=True))


def is_away(answers: Mapping[str, bool]) -> bool:
    """Whether too few answered to believe what portals seem to say."""
    return sum(answers.values()) < min(ENOUGH, len(answers))


async def _answers(named: str, guard: Guard, plan: Plan) -> bool:
    host, port = parts(named)
    turns = Politeness(delay=0)
    timeouts = replace(plan.timeouts, dns=SECONDS, connect=SECONDS, tls=SECONDS)
    if port != 443:
        return await reach(host, host, port, guard, turns, timeouts) is None
    shaken = await shake(host, port, guard, turns, timeouts)
    if shaken.error is not None:
        return False
    seen = told(Handshake(host, shaken.seen_at, shaken.protocol), shaken.chain, roots(plan.ca_file))
    return not seen.unread and not seen.defects


def parts(named: str) -> tuple[str, int]:
    """Host and port of ``HOST`` or ``HOST:PORT``. Raises ValueError."""
    host, colon, port = named.strip().rpartition(":")
    if not colon:
        host, port = port, "443"
    odd = any(character.isspace() or character in "/@" for character in host)
    if not host or odd or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError(f"no host: {named}")
    return host.strip("[]"), int(port)
