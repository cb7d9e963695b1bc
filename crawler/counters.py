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


def is_library(url: str) -> bool:
    """Whether an address is that of a counter's script which may be read."""
    address = url.partition("://")[2].lower()
    plain = address.endswith(".js") and not any(part in address for part in ("..", "%", "?"))
    return plain and any(address.startswith(folder) for folder in _table("libraries"))


def has_library(host: str) -> bool:
    """Whether some script of a counter's host may be read."""
    return any(folder.startswith(f"{host.lower()}/") for folder in _table("libraries"))


@cache
def browser_hosts() -> frozenset[str]:
    """Hosts that Chromium calls for itself (counters.toml)."""
    return _table("browser")


@cache
def _table(name: str) -> frozenset[str]:
    with Path(__file__).with_name("counters.toml").open("rb") as file:
        return frozenset(tomllib.load(file)[name])


def under(host: str, hosts: Iterable[str]) -> bool:
    """Whether a host is one of these or lies below one."""
    host = host.lower().rstrip(".")
    return any(host == one or host.endswith(f".{one}") for one in hosts)
