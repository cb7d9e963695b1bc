"""The arithmetic of bench/fleet.py: what politeness demands of a night, and what a server saw of it."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

PER_ADDRESS = 2
"""Requests at a time to an address (contract, ``--delay``)."""
PER_SECOND = 4
"""Requests a second that an address is begun to be asked."""
EXACT = 0.01
"""Seconds to which the start of a request is known: the system counts in ticks of 1 to 10 ms."""
LAG = 0.1
"""Seconds by which two requests may come nearer to each other on their way: of several hosts each has a connection
of its own, and a process that is busy hears of one later than of the other."""


class Hit(NamedTuple):
    """A request as the server saw it; ``start`` is when its connection was opened, where it is the first one there,
    ``end`` when its answer began to leave, seconds of one clock. ``status`` 0 is a connection on which nothing was
    asked: a handshake looked at."""

    host: str
    address: str
    start: float
    end: float
    status: int
    size: int
    html: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What is demanded: seconds between the end of a request and the next to the same host, seconds that an answer
    takes, portals that may be visited side by side."""

    delay: float
    latency: float
    places: int


def host_demands(requests: int, rules: Rules) -> float:
    """Seconds that so many requests to one host take at least: one at a time, a pause between two."""
    return requests * rules.latency + max(requests - 1, 0) * rules.delay


def group_demands(requests: Mapping[str, int], rules: Rules) -> float:
    """Seconds that an address takes at least, by the requests to each of its hosts."""
    total = sum(requests.values())
    hosts = max((host_demands(each, rules) for each in requests.values()), default=0.0)
    starts = max(total - 1, 0) / PER_SECOND + rules.latency if len(requests) > 1 else 0.0
    return max(hosts, starts, total * rules.latency / PER_ADDRESS)


def demanded(requests: Mapping[str, int], group_of: Mapping[str, str], rules: Rules) -> dict[str, Any]:
    """What politeness alone demands of a night, by the requests to each host: its longest group, and all hosts
    shared out over the places. No night is shorter than the longer of the two."""
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for host, count in requests.items():
        groups[group_of.get(host, host)][host] = count
    times = {name: group_demands(hosts, rules) for name, hosts in groups.items()}
    slowest = max(times, key=lambda name: (times[name], name), default="")
    longest = times.get(slowest, 0.0)
    shared = sum(host_demands(count, rules) for count in requests.values()) / rules.places
    return {
        "seconds": round(max(longest, shared), 1),
        "longest_group_s": round(longest, 1),
        "longest_group": slowest,
        "longest_group_hosts": len(groups.get(slowest, {})),
        "over_places_s": round(shared, 1),
        "groups": len(groups),
    }


# --- what the server saw -----------------------------------------------------------------------------------


def pauses(hits: Iterable[Hit]) -> dict[str, float]:
    """The least pause at each host, from the end of one request to the start of the next; negative where two were
    under way at a time. Hosts that were asked once have none."""
    least: dict[str, float] = {}
    ended: dict[str, float] = {}
    for hit in sorted(hits, key=lambda hit: hit.start):
        if hit.host in ended:
            least[hit.host] = min(least.get(hit.host, hit.start - ended[hit.host]), hit.start - ended[hit.host])
        ended[hit.host] = max(ended.get(hit.host, hit.end), hit.end)
    return least


def nearness(hits: Iterable[Hit]) -> dict[str, float]:
    """The least time in which each address was asked one time more than it may be in a second."""
    least: dict[str, float] = {}
    for address, starts in _by_address(hits).items():
        times = sorted(start for start, _ in starts)
        spans = [late - early for early, late in zip(times, times[PER_SECOND:], strict=False)]
        if spans:
            least[address] = min(spans)
    return least


def crowds(hits: Iterable[Hit]) -> dict[str, int]:
    """The most requests that were certainly under way at a time at each address."""
    most: dict[str, int] = {}
    for address, spans in _by_address(hits).items():
        starts, ends = sorted(start + EXACT for start, _ in spans), sorted(end for _, end in spans)
        most[address] = max(at + 1 - bisect_right(ends, start) for at, start in enumerate(starts))
    return most


def _by_address(hits: Iterable[Hit]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for hit in hits:
        found[hit.address].append((hit.start, hit.end))
    return found


def politeness(hits: Iterable[Hit], rules: Rules) -> dict[str, Any]:
    """How politely was asked, and how often not."""
    hits = list(hits)
    pause, near, crowd = pauses(hits), nearness(hits), crowds(hits)
    return {
        "hosts": len({hit.host for hit in hits}),
        "addresses": len({hit.address for hit in hits}),
        "least_pause_at_a_host_s": round(min(pause.values(), default=0.0), 4),
        "least_time_of_five_at_an_address_s": round(min(near.values(), default=0.0), 4),
        "most_at_a_time_at_an_address": max(crowd.values(), default=0),
        "breaches": {
            "host_pause": sum(each < rules.delay - EXACT for each in pause.values()),
            "address_rate": sum(each < 1 - LAG for each in near.values()),
            "address_at_a_time": sum(each > PER_ADDRESS for each in crowd.values()),
        },
    }


# --- the registry's night ----------------------------------------------------------------------------------

_SECOND_LEVEL = frozenset({"gov", "edu", "org", "com", "net", "ac", "info", "name", "pro", "health"})


def registered_domain(host: str) -> str:
    """The domain that a host's owner registered: its last two labels, three below "gov.vn" and the like."""
    labels = host.lower().split(".")
    deep = len(labels) > 2 and labels[-1] == "vn" and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if deep else -2 :])


def read_groups(file: Path) -> dict[str, str]:
    """The address of each host, from a CSV file with the columns ``host`` and ``address``. Raises ValueError."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if not {"host", "address"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{file} has no columns host and address")
        return {row["host"].strip().lower(): row["address"].strip() for row in rows}


def country_night(hosts: Iterable[str], group_of: Mapping[str, str], each: int, rules: Rules) -> dict[str, Any]:
    """How long a night of these portals takes by politeness alone, ``each`` with so many requests. ``hosts`` has
    one entry a portal, so a host may be there several times. Hosts without a group are counted with all that lie
    under the same registered domain: more share an address then than do in truth, so the night is shorter."""
    requests: dict[str, int] = defaultdict(int)
    for host in hosts:
        requests[host] += each
    groups = {host: group_of.get(host) or registered_domain(host) for host in requests}
    told = demanded(requests, groups, rules)
    return {"hosts": len(requests), "guessed": sum(host not in group_of for host in requests)} | told
