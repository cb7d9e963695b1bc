"""Hosts that a look at a portal must not reach (counters.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def counter_hosts() -> frozenset[str]:
    """Hosts of the state's tracker and of visit counters (counters.toml); each stands for what is below it too."""
    return _table("counters")


@cache
def browser_hosts() -> frozenset[str]:
    """Hosts that Chromium calls for itself (counters.toml)."""
    return _table("browser")


def _table(name: str) -> frozenset[str]:
    with Path(__file__).with_name("counters.toml").open("rb") as file:
        return frozenset(tomllib.load(file)[name])


def under(host: str, hosts: Iterable[str]) -> bool:
    """Whether a host is one of these or lies below one."""
    host = host.lower().rstrip(".")
    return any(host == one or host.endswith(f".{one}") for one in hosts)
