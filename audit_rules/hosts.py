"""Whose place an address is: the agency's own, its main portal's, one of their other hosts, a national system."""

from __future__ import annotations

from typing import Literal

from audit_rules.address import split_url
from audit_rules.facts import Portal, Surroundings
from audit_rules.reading.data import load

Place = Literal["own", "main", "sibling", "national", "stranger"]

_NATIONAL: dict[str, tuple[str, ...]] = {
    topic: tuple(hosts) for topic, hosts in load("content.toml")["national"].items()
}
_ALL_NATIONAL = tuple({host for hosts in _NATIONAL.values() for host in hosts})


def _lies_under(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == each or host.endswith(f".{each}") for each in hosts)


def is_national(url: str, topic: str | None = None) -> bool:
    """Whether an address lies in a national system: in that for a topic, or in any of them. Of some the front page
    is nobody's section (content.toml)."""
    host, path = split_url(url)
    named = _ALL_NATIONAL if topic is None else _NATIONAL.get(topic, ())
    hosts = tuple(each.removesuffix("/") for each in named if path != "/" or not each.endswith("/"))
    return _lies_under(host, hosts)


def place_of(url: str, portal: Portal, around: Surroundings) -> Place:
    """Whose place an address is. A host below an address of the portal or of its main portal is a sibling, unless
    the registry knows it as the portal of another body: that body speaks for itself."""
    owner = around.book.owner(url)
    if owner == portal.id:
        return "own"
    if around.main_portal is not None and owner == around.main_portal.id:
        return "main"
    if owner is not None:
        return "stranger"
    hosts = tuple(
        address.plain
        for each in (portal, around.main_portal)
        if each is not None
        for address in each.addresses
        if not address.path
    )
    if _lies_under(split_url(url)[0], hosts):
        return "sibling"
    return "national" if is_national(url) else "stranger"
