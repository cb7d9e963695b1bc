"""The registry: which bodies there are, which portals they own, and whose a page is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple, get_args

from audit.registry.departments import department_of
from audit_rules.abolished import abolished_bodies
from audit_rules.address import Address, AddressBook, BadAddress, plain_host
from audit_rules.facts import Abolished, Agency, Kind, Portal, Surroundings

Status = Literal["active", "to_confirm", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)

# An id becomes part of file names and of addresses of reports.
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


NOWHERE = Address("")
"""The address of a unit that has none known; it prints as an empty text."""


class Unasked(NamedTuple):
    """A row of a run of the whole registry that nobody is asked for. ``reason`` is None for a unit without an
    address, ``address_unconfirmed`` for an address that no person has confirmed."""

    portal: Portal
    reason: str | None


@dataclass(frozen=True, slots=True)
class Round:
    """What a run of the whole registry has a row for: portals to be audited, and rows that are told only."""

    asked: tuple[Portal, ...]
    unasked: tuple[Unasked, ...]


@dataclass(frozen=True)
class Registry:
    """Agencies and portals by id; ``units`` are rows of portals without an address, in no book and no family.
    Read with ``audit.registry.files``."""

    agencies: Mapping[str, Agency]
    portals: Mapping[str, Portal]
    units: Mapping[str, Portal] = field(default_factory=dict)

    def by_address(self, text: str) -> Portal | None:
        """The portal that has this very address, alias or inherited address; a page below it is no portal."""
        try:
            return self._holder(Address.parse(text), None)
        except BadAddress:
            return None

    def find(self, site: str, day: date) -> Portal:
        """The registered portal of an address on a day, or a guess at one (``registered`` False).

        Raises BadAddress for a text that is no address.
        """
        address = Address.parse(site)
        return self._holder(address, day) or self._guess(address)

    def active(self, day: date) -> tuple[Portal, ...]:
        """The portals of a nightly round, in the order of the file."""
        return tuple(p for p in self.portals.values() if p.status == "active" and p.address.holds(day))

    def round(self, day: date) -> Round:
        """A run of the whole registry on a day. Retired rows, and rows and bodies whose dates are over, are the
        past and in no round; a body in force whose portals are all past has no address."""
        waiting = [p for p in self.portals.values() if p.status == "to_confirm" and p.address.holds(day)]
        nowhere = [p for p in self.units.values() if p.status != "retired" and p.address.holds(day)]
        asked = self.active(day)
        told = {p.agency.id for p in (*asked, *waiting, *nowhere) if p.agency is not None}
        taken = self.portals.keys() | self.units.keys()
        for agency in self.agencies.values():
            if agency.id not in told and in_force(agency, day):
                own = agency.id if agency.id not in taken else f"{agency.id}.0"
                nowhere.append(Portal(own, NOWHERE, agency.kind, agency, main_portal_id=self._main_of(agency)))
        return Round(
            asked, (*(Unasked(p, "address_unconfirmed") for p in waiting), *(Unasked(p, None) for p in nowhere))
        )

    def _main_of(self, agency: Agency) -> str | None:
        """The main portal under which a body's own would lie: that of the body above it."""
        above = self._owned.get(agency.parent_id or "", ())
        return next((p.id for p in above if p.is_main and p.status != "retired"), None)

    def on_host(self, host: str) -> tuple[Portal, ...]:
        """The portals that have an address on a host, present or past, ``www.`` or not."""
        return tuple(self._on_host.get(plain_host(host), ()))

    def components(self, main_portal_id: str) -> tuple[Portal, ...]:
        """Component portals (unit, department, commune) of a main portal, confirmed or not, none retired."""
        return tuple(p for p in self._families.get(main_portal_id, ()) if p.is_component and p.status != "retired")

    def surroundings(self, portal: Portal, day: date) -> Surroundings:
        """What the registry knows around a portal; a main portal has no main portal above it."""
        main = None if portal.is_main else self.portals.get(portal.main_portal_id or "")
        head = main or portal
        components = tuple(p for p in self.components(head.id) if p.id != portal.id and p.address.holds(day))
        successor = self._successor(portal, day)
        family = {p.id: p for p in (portal, head, successor, *self._families.get(head.id, ())) if p is not None}
        for host in {plain_host(address.host) for p in family.values() for address in p.addresses}:
            family.update((p.id, p) for p in self._on_host.get(host, ()))
        own = set() if portal.agency is None else {portal.agency.name_vi, *portal.agency.other_names}
        near = [p.agency.name_vi for p in (head, *components) if p.agency is not None]
        return Surroundings(
            day=day,
            main_portal=main,
            components=components,
            book=_book(family.values(), day),
            bodies=tuple(name for name in dict.fromkeys(near) if name not in own),
            abolished=self._abolished(day),
            successor=successor,
            predecessors=self.predecessors(portal, day),
        )

    def predecessors(self, portal: Portal, day: date) -> tuple[Portal, ...]:
        """The portals of bodies that are no more on a day, in whose place a portal stands."""
        if day not in self._heirs:
            heirs: dict[str, list[Portal]] = {}
            for each in self.portals.values():
                if (heir := self._successor(each, day)) is not None:
                    heirs.setdefault(heir.id, []).append(each)
            self._heirs[day] = heirs
        return tuple(self._heirs[day].get(portal.id, ()))

    @cached_property
    def _heirs(self) -> dict[date, Mapping[str, list[Portal]]]:
        return {}

    def _successor(self, portal: Portal, day: date) -> Portal | None:
        """The portal of the body that stands on a day in the place of a portal's own; None where that one lives on,
        or no heir of it does. Of several portals the heir's own main one, else the first of its kind."""
        agency, passed = portal.agency, set[str]()
        while agency is not None and agency.valid_to is not None and agency.valid_to < day:
            if agency.id in passed:
                return None
            passed.add(agency.id)
            agency = self.agencies.get(agency.successor_id or "")
        if agency is None or not passed:
            return None
        theirs = [p for p in self._owned.get(agency.id, ()) if p.status != "retired" and p.address.holds(day)]
        return min(theirs, key=lambda p: (not p.is_main, p.kind != agency.kind), default=None)

    @cached_property
    def _owned(self) -> Mapping[str, list[Portal]]:
        owned: dict[str, list[Portal]] = {}
        for portal in self.portals.values():
            if portal.agency is not None:
                owned.setdefault(portal.agency.id, []).append(portal)
        return owned

    def _abolished(self, day: date) -> tuple[Abolished, ...]:
        """Bodies that ended before a day: the same for every portal of a night."""
        if day not in self._ended:
            self._ended[day] = abolished_bodies(self.agencies, day)
        return self._ended[day]

    @cached_property
    def _ended(self) -> dict[date, tuple[Abolished, ...]]:
        return {}

    @cached_property
    def _holders(self) -> Mapping[str, list[tuple[Address, Portal]]]:
        holders: dict[str, list[tuple[Address, Portal]]] = {}
        for portal in self.portals.values():
            for address in portal.addresses:
                holders.setdefault(address.plain, []).append((address, portal))
        return holders

    @cached_property
    def _on_host(self) -> Mapping[str, list[Portal]]:
        hosts: dict[str, list[Portal]] = {}
        for portal in self.portals.values():
            for host in {plain_host(address.host) for address in portal.addresses}:
                hosts.setdefault(host, []).append(portal)
        return hosts

    @cached_property
    def _families(self) -> Mapping[str, list[Portal]]:
        families: dict[str, list[Portal]] = {}
        for portal in self.portals.values():
            if portal.main_portal_id:
                families.setdefault(portal.main_portal_id, []).append(portal)
        return families

    def _holder(self, address: Address, day: date | None) -> Portal | None:
        def rank(held: tuple[Address, Portal]) -> tuple[bool, int, int]:
            at, portal = held
            where = 0 if at == portal.address else 1 if at in portal.aliases else 2
            return day is not None and not at.holds(day), STATUSES.index(portal.status), where

        found = min(self._holders.get(address.plain, ()), key=rank, default=None)
        return found[1] if found else None

    def _guess(self, address: Address) -> Portal:
        main, below = self._main_above(address)
        return Portal(
            id=_guessed_id(address),
            address=address,
            kind=_guess_kind(below, main),
            main_portal_id=main.id if main else None,
            registered=False,
            kind_guessed=True,
        )

    def _main_above(self, address: Address) -> tuple[Portal | None, str]:
        """The main portal whose domain or path an address lies under, and what names the place below it."""
        host = plain_host(address.host)
        labels = host.split(".")
        for start in range(len(labels) - 1):
            domain = ".".join(labels[start:])
            for portal in self._on_host.get(domain, ()):
                if not portal.is_main or portal.status == "retired":
                    continue
                for above in (a for a in portal.addresses if plain_host(a.host) == domain):
                    if start and not above.path:
                        return portal, labels[0]
                    if not start and above.owns(f"https://{address}"):
                        return portal, address.path[len(above.path) :].lstrip("/").partition("/")[0].lower()
        return None, host if labels[1:] == ["gov", "vn"] else labels[0]


def in_force(agency: Agency, day: date) -> bool:
    """Whether a body exists on a day."""
    return (agency.valid_from is None or agency.valid_from <= day) and (
        agency.valid_to is None or day <= agency.valid_to
    )


def _book(portals: Iterable[Portal], day: date) -> AddressBook:
    """Present addresses before inherited ones: where two portals had an address in turn, the newer has it."""

    def entries(portal: Portal, addresses: Iterable[Address]) -> Iterator[tuple[Address, str]]:
        return ((a, portal.id) for a in addresses if a.valid_from is None or a.valid_from <= day)

    known = list(portals)
    known.sort(key=lambda p: STATUSES.index(p.status))
    return AddressBook(
        (
            *(entry for p in known for entry in entries(p, (p.address,))),
            *(entry for p in known for entry in entries(p, p.aliases)),
            *(entry for p in known for entry in entries(p, p.inherited)),
        )
    )


# --- guesses for an address the registry does not know -----------------------------------------------------

_GUESSES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"(dichvucong|dvc|motcua|hcc)"), "service"),
    (re.compile(r"(congan|hdnd|dbnd|quansu|bchqs|tinhuy|thanhuy|mttq)"), "other_body"),
    (re.compile(r"(xa(?!y-?dung|hoi)|phuong|dackhu)."), "commune"),
)
_UNIT = re.compile(r"(tong-?cuc|cuc|vu|vien)[a-z-]+\Z|thanhtra\Z|vanphong\Z")


def _guess_kind(below: str, main: Portal | None) -> Kind:
    """``below`` is a label, or the whole host where it is a domain of its own (``abc.gov.vn``)."""
    if main is not None and main.kind == "ministry" and _UNIT.match(below):
        return "unit"
    label, _, rest = below.partition(".")
    kind = next((kind for pattern, kind in _GUESSES if pattern.match(label)), None)
    if kind is None and department_of(label) is not None:
        kind = "department"
    # Only central bodies and provinces have a domain right under gov.vn, and all provinces are registered.
    return kind or ("ministry" if rest else "thematic")


def _guessed_id(address: Address) -> str:
    plain = address.plain
    if ID.match(plain):
        return plain
    slug = re.sub(r"[^a-z0-9.-]+", "-", plain.lower()).strip(".-")[:80]
    return f"{slug}-{hashlib.sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
