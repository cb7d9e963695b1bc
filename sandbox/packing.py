"""All faults in as few worlds as hold them, so that each still has to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.country import COUNTRY, Country
from sandbox.fault_list import Fault
from sandbox.faults import FAULTS, applies, deserved, fits, plantable, struck_by

_EXCUSED = ("ward", "finance")
"""Components that leave what they lack to their main portal, once."""


def worlds(country: Country = COUNTRY) -> list[tuple[str, ...]]:
    """No fault; then all of them, the most in the first; the last has also those of components whose main portal
    has what they lack."""
    excused = tuple(
        f"{portal}.{fault.id}"
        for portal in _EXCUSED
        for fault in FAULTS.values()
        if fault.with_main and fits(fault, country.audited[portal])
    )
    *others, last = packed(country)
    return [(), *others, (*last, *excused)]


def packed(country: Country = COUNTRY) -> list[tuple[str, ...]]:
    """Sets of faults, each of which can be planted together: no two change the same aspect of a portal, none
    takes away what another spoils. What a component may leave to its main portal counts as told either way."""
    worlds: list[tuple[list[str], dict[str, list[Fault]]]] = []
    for name in plantable(country):
        portal, _, fault_id = name.partition(".")
        fault = FAULTS[fault_id]
        struck = struck_by(fault, portal, country)
        world = next((world for world in worlds if _holds(world[1], fault, struck, country)), None)
        if world is None:
            worlds.append(world := ([], {}))
        names, planted = world
        names.append(name)
        for each in struck:
            planted.setdefault(each, []).append(fault)
    return [tuple(names) for names, _ in worlds]


def _holds(planted: Mapping[str, Sequence[Fault]], fault: Fault, struck: Sequence[str], country: Country) -> bool:
    """Whether one more fault goes together with those of a world."""
    for portal in struck:
        faults, kind = (*planted.get(portal, ()), fault), country.audited[portal].kind
        found = deserved(country.audited[portal], faults)
        broken = [rule for each in faults for rule, outcome in each.effects.items() if outcome == "failed"]
        same_aspect = len({each.aspect for each in faults}) < len(faults)
        if same_aspect or any(found[rule] != "failed" for rule in broken if applies(rule, kind)):
            return False
    return True
