"""The faults that can be planted in the make-believe province, each with the verdicts it must change.

A planted fault is written ``portal.fault``: ``main.no_emc``, ``commune.contact_point_unreachable``. Any set of
faults goes together, as long as no two change the same aspect of one portal. Nobody types the truth about a
combination: ``truth`` works it out from what an unspoilt portal deserves and what each fault declares.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import get_args

from sandbox.bodies import COMPONENTS, MAINS, Body, Kind
from sandbox.country import COUNTRY, Country
from sandbox.fault_list import ALL, Fault, Outcome
from sandbox.portals.publications import PUBLICATIONS

NEVER_WRONG = (
    "structure.is_component_by_name",
    "transport.vn_domain",
    "transport.domain_form",
    "metadata.charset_utf8",
)
"""Rules that every portal of the country passes and no fault breaks."""

RULES = tuple(sorted({*NEVER_WRONG, *(rule for fault in ALL for rule in fault.effects)}))

# Archives and service portals are measured and reached like others; what they tell is other bodies' business.
_NARROW = frozenset(
    rule
    for rule in RULES
    if rule.partition(".")[0] in ("measurement", "accessibility", "transport", "integrity")
    and rule != "integrity.privacy_notice"  # they collect nothing
) | {"structure.links_to_main_portal"}
_ONLY_FOR: Mapping[str, frozenset[Kind]] = {
    "structure.links_to_main_portal": frozenset({*COMPONENTS, "service", "archive"}),
    "structure.is_component_by_name": COMPONENTS,
    "structure.lists_component_sites": MAINS,
    "structure.links_to_government_portal": MAINS,
    "structure.links_to_national_services": frozenset({*MAINS, "department", "commune"}),
    "structure.archive_says_so": frozenset({"archive"}),
    "transport.domain_form": MAINS | COMPONENTS,
    "navigation.english_version": MAINS,
    **{f"publishing.{each.id}": each.kinds for each in PUBLICATIONS.values()},
}


def applies(rule: str, kind: Kind) -> bool:
    """Whether a rule has anything to say of a kind of portal; an unspoilt one passes all that apply."""
    if kind in ("service", "archive") and rule not in _NARROW | {"structure.archive_says_so"}:
        return False
    return kind in _ONLY_FOR.get(rule, (kind,))


# Where nothing is left to be judged, it does not matter any more what else was wrong with it.
_STRENGTH: Mapping[Outcome, int] = {"passed": 0, "failed": 1, "cantTell": 2, "inapplicable": 3}


FAULTS: Mapping[str, Fault] = {fault.id: fault for fault in ALL}


def fits(fault: Fault, body: Body, country: Country = COUNTRY) -> bool:
    """Whether a fault can be planted in a portal."""
    if fault.only_main and not body.is_main:
        return False
    if fault.provincial and body.kind in ("ministry", "unit"):
        return False
    if fault.whole_host and body.path:
        return False  # the host is another portal's
    if fault.aspect == "component_links" and country.forgotten(body) is None:
        return False
    return any(outcome == "failed" and applies(rule, body.kind) for rule, outcome in fault.effects.items())


def plantable(country: Country = COUNTRY) -> tuple[str, ...]:
    """Every fault at every portal it fits."""
    return tuple(
        f"{portal}.{fault.id}"
        for fault in ALL
        for portal, body in country.audited.items()
        if fits(fault, body, country)
    )


PLANTABLE = plantable()

Planted = Mapping[str, tuple[Fault, ...]]
"""What strikes each audited portal, by its name (``main``, ``department``, ``commune``)."""


def plant(names: Iterable[str], country: Country = COUNTRY) -> Planted:
    """Reads names of the form ``portal.fault``.

    Raises ValueError for a name that does not exist or does not fit, and for two faults that would change the
    same aspect of one portal.
    """
    planted: dict[str, list[Fault]] = {portal: [] for portal in country.audited}
    for name in dict.fromkeys(names):
        portal, _, fault_id = name.partition(".")
        struck, fault = country.audited.get(portal), FAULTS.get(fault_id)
        if struck is None or fault is None or not fits(fault, struck, country):
            raise ValueError(f"no such fault: {name}")
        for each in struck_by(fault, portal, country):
            planted[each].append(fault)
    for portal, faults in planted.items():
        aspects = [fault.aspect for fault in faults]
        for aspect in aspects:
            if aspects.count(aspect) > 1:
                raise ValueError(f"two faults change the same thing at {portal}: {aspect}")
    return {portal: tuple(faults) for portal, faults in planted.items()}


def struck_by(fault: Fault, portal: str, country: Country = COUNTRY) -> tuple[str, ...]:
    """The portals that a fault planted in one of them strikes: those of the same host may be among them."""
    host = country.audited[portal].host
    return country.on_host(host) if fault.whole_host else (portal,)


def draw_faults(country: Country, seed: int, share: float = 0.1) -> tuple[str, ...]:
    """Faults drawn for a country: each that fits, with that chance, as long as it goes with those drawn before.

    The same seed draws the same faults."""
    chance = random.Random(seed)  # noqa: S311 - a play, no secret
    drawn: list[str] = []
    for portal, body in country.audited.items():
        aspects: set[str] = set()
        for fault in ALL:
            if chance.random() < share and fault.aspect not in aspects and fits(fault, body, country):
                aspects.add(fault.aspect)
                drawn.append(f"{portal}.{fault.id}")
    return tuple(drawn)


def truth(planted: Planted, country: Country = COUNTRY) -> dict[tuple[str, str], Outcome]:
    """What an auditor with a browser must find: (address of the site, rule) to the outcome."""
    names = {body.portal_id: portal for portal, body in country.audited.items()}
    found: dict[tuple[str, str], Outcome] = {}
    for portal, body in country.audited.items():
        main = names.get(body.main_id)
        above = deserved(country.audited[main], planted[main]) if main is not None else {}
        for rule, outcome in deserved(body, planted[portal], above).items():
            found[body.site, rule] = outcome
    return found


_UNSPOILT: Mapping[Kind, Mapping[str, Outcome]] = {
    kind: {rule: "passed" if applies(rule, kind) else "inapplicable" for rule in RULES} for kind in get_args(Kind)
}


def deserved(
    body: Body, faults: Iterable[Fault], above: Mapping[str, Outcome] = MappingProxyType({})
) -> dict[str, Outcome]:
    """Each rule's outcome at one portal with these faults; ``above`` are those of its main portal, to which it may
    leave things."""
    outcomes = dict(_UNSPOILT[body.kind])
    if body.kind == "unit" or body.path:
        outcomes["transport.domain_form"] = "cantTell"  # an abbreviation nobody registered; a folder is no domain
    for fault in faults:
        for rule, outcome in fault.effects.items():
            if fault.with_main is not None and above.get(rule) == "passed":
                outcome = fault.with_main
            if _STRENGTH[outcome] > _STRENGTH[outcomes[rule]]:
                outcomes[rule] = outcome
    return outcomes
