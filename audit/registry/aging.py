"""Rows of the registry that the last days speak against: names that are gone, portals that lead elsewhere, bodies
that are no more. The change that would be made of each is proposed to a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from audit.registry.proposed import Confidence, Proposal, Reason
from audit.registry.registry import Registry, in_force
from audit_rules.address import Address, AddressBook, BadAddress, plain_host
from audit_rules.facts import Portal
from storage.sightings import Sighting

NIGHTS = 3
"""Days in a row on which a name has to be missing before anything is proposed."""
_SURE_NIGHTS = 7
_SELF = frozenset({"audited", "partial"})
"""States of a portal that was there itself."""
_NOT_LOOKED = frozenset({"error", "no_address"})
"""States of a portal that nobody looked at: they say nothing of it."""

Days = Sequence[tuple[date, Sequence[Sighting]]]
"""The days on which a portal was looked at, newest first, each with how its visits ended."""


def aged(
    registry: Registry,
    written: Mapping[str, Mapping[str, str]],
    seen: Iterable[Sighting],
    day: date,
    nights: int = NIGHTS,
) -> list[Proposal]:
    """What speaks against rows of a registry, in the order of its file. ``written`` are its rows as they are
    written, by id; ``seen`` are sightings, oldest first."""
    by_portal = _days(seen)
    found: list[Proposal] = []
    for portal in registry.portals.values():
        if portal.status == "retired" or not portal.address.holds(day):
            continue
        days = by_portal.get(portal.id, ())
        row = written[portal.id]
        told = _gone(portal, row, days, nights) or _moved(portal, row, days, registry, nights)
        told = told or _of_the_past(portal, row, days, registry, day)
        if told is not None:
            found.append(told)
    return found


def _days(seen: Iterable[Sighting]) -> Mapping[str, Days]:
    """The days of each portal. A run in which nobody answered, or most names were missing, says more of the place
    it ran at than of any portal: it is left out."""
    runs: defaultdict[str, list[Sighting]] = defaultdict(list)
    for one in seen:
        runs[one.run_id].append(one)
    days: defaultdict[str, dict[date, list[Sighting]]] = defaultdict(dict)
    for run in runs.values():
        asked = [one for one in run if one.state not in _NOT_LOOKED]
        nameless = sum(_is_nameless(one) for one in asked)
        if all(one.state == "unreachable" for one in asked) or 2 * nameless > len(asked):
            continue
        for one in asked:
            days[one.portal_id].setdefault(one.day, []).append(one)
    return {id_: sorted(each.items(), reverse=True) for id_, each in days.items()}


def _is_nameless(one: Sighting) -> bool:
    return one.state == "unreachable" and one.reason == "dns"


def _in_a_row(days: Days, is_so: Callable[[Sighting], bool]) -> int:
    """On how many of the last days in a row every visit ended so."""
    for number, (_, seen) in enumerate(days):
        if not all(map(is_so, seen)):
            return number
    return len(days)


def _last_self(days: Days) -> date | None:
    return next((day for day, seen in days if any(one.state in _SELF for one in seen)), None)


# --- what is proposed ----------------------------------------------------------------------------------------


def _gone(portal: Portal, row: Mapping[str, str], days: Days, nights: int) -> Proposal | None:
    count = _in_a_row(days, _is_nameless)
    if count < nights:
        return None
    sure: Confidence = "high" if count >= _SURE_NIGHTS and _last_self(days) is not None else "medium"
    return _change(portal, row, "no_name", _retired(days, count), sure, nights=count)


def _moved(portal: Portal, row: Mapping[str, str], days: Days, registry: Registry, nights: int) -> Proposal | None:
    last = days[0][1][-1].moved_to if days else None
    target = _host(last)
    if not last or target is None:
        return None
    count = _in_a_row(days, lambda one: one.state == "moved" and _host(one.moved_to) == target)
    if not count:
        return None
    sure: Confidence = "low" if count < nights or not target.endswith(".gov.vn") else "medium"
    if sure == "medium" and count >= _SURE_NIGHTS:
        sure = "high"
    owner = _owner(last, target, portal, registry)
    if owner is not None:
        told = f"{last} ({owner})"
        return _change(portal, row, "moved_to_known", _retired(days, count), sure, nights=count, text=told)
    aliases = [alias for alias in row["aliases"].split("|") if alias.strip() and _plain(alias) != target]
    cells = {"address": target, "aliases": "|".join([*aliases, str(portal.address)])}
    return _change(portal, row, "moved", cells, sure, nights=count, text=last)


def _owner(address: str, host: str, portal: Portal, registry: Registry) -> str | None:
    """The id of the other portal that an address belongs to."""
    others = [other for other in registry.on_host(host) if other.id != portal.id and other.status != "retired"]
    book = AddressBook(tuple((each, other.id) for other in others for each in other.addresses))
    return book.owner(address if "://" in address else f"https://{address}")


def _of_the_past(
    portal: Portal, row: Mapping[str, str], days: Days, registry: Registry, day: date
) -> Proposal | None:
    """The portal of a body that is no more, where it is not known as an archive yet."""
    agency = portal.agency
    if agency is None or agency.valid_to is None or in_force(agency, day) or portal.kind == "archive":
        return None
    heir = registry.surroundings(portal, day).successor
    text = str(heir.address) if heir else ""
    answers = bool(days) and any(one.state != "unreachable" for one in days[0][1])
    if days and not answers:
        cells = {"status": "retired", "valid_to": agency.valid_to.isoformat()}
        return _change(portal, row, "body_ended", cells, "medium", text=text)
    return _change(portal, row, "body_ended", {"kind": "archive"}, "high" if answers else "low", text=text)


def _retired(days: Days, count: int) -> dict[str, str]:
    """The cells of a row that is no more: its address held until it was last seen, or until the first bad day."""
    until = _last_self(days) or days[count - 1][0] - timedelta(days=1)
    return {"status": "retired", "valid_to": until.isoformat()}


def _change(
    portal: Portal,
    row: Mapping[str, str],
    reason: Reason,
    cells: Mapping[str, str],
    confidence: Confidence,
    *,
    nights: int | None = None,
    text: str = "",
) -> Proposal:
    was = {column: cell.strip() for column, cell in row.items()}
    return Proposal(
        reason,
        {**was, **cells},
        confidence,
        portal.agency.name_vi if portal.agency else "",
        changes=tuple(cells),
        was=was,
        nights=nights,
        text=text,
    )


def _host(address: str | None) -> str | None:
    if not address:
        return None
    try:
        return plain_host(Address.parse(address).host)
    except BadAddress:
        return None


def _plain(alias: str) -> str | None:
    try:
        return Address.parse(alias).plain
    except BadAddress:
        return None
