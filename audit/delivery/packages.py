"""Packages: what each owner of a main portal is told of its portals and their components, in one piece.

The portals of a night do not fit in memory, so they pass twice: once to see whose they are, then owner by owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from audit.delivery.selection import TOLD, Change, Held, Item, place_of, select
from audit.opinions import beside
from audit.registry.registry import Registry, in_force
from audit.rounds import as_run
from audit_rules.facts import Agency, Portal
from storage.archive import Archive
from storage.outbox import Delivery, Outbox, delivery_id
from storage.records import PortalRun, Run
from storage.rounds import EvaluationRound
from storage.showing import Showing

Contact = Literal["mail", "none", "bad", "ended"]


@dataclass(frozen=True, slots=True)
class Source:
    """What is told of: a run, or a round. ``run`` is without portals; ``entries`` gives all of them as the registry
    had them, ``portals`` the results of some; ``reply_by`` is the last day of explanations; ``approved`` names who
    approved a round, and by which document."""

    kind: Literal["run", "round"]
    id: str
    edition: str
    as_of: datetime
    run: Run
    entries: Callable[[], Iterable[Portal]]
    portals: Callable[[Sequence[str]], Iterator[PortalRun]]
    reply_by: date | None = None
    approved: tuple[str, str] | None = None

    @property
    def weighed(self) -> bool:
        return self.kind == "round"


@dataclass(frozen=True, slots=True)
class Part:
    """One portal of a package."""

    one: PortalRun
    items: tuple[Item, ...]
    held: tuple[Held, ...]

    def count(self, *changes: Change) -> int:
        return sum(item.change in changes for item in self.items)


@dataclass(frozen=True, slots=True)
class Package:
    """What a body is told. ``owner`` is whose package it is, ``agency`` the one it goes to: the owner, or the owner
    of a component, which gets its own part. ``told`` are all findings that the body then knows of, by place;
    ``before`` is the last letter it had."""

    source: Source
    owner: Agency
    agency: Agency
    parts: tuple[Part, ...]
    told: Mapping[str, str]
    before: Delivery | None
    contact: Contact = "none"

    @property
    def is_copy(self) -> bool:
        return self.owner.id != self.agency.id

    @property
    def items(self) -> Iterator[Item]:
        return (item for part in self.parts for item in part.items)

    def count(self, *changes: Change) -> int:
        return sum(part.count(*changes) for part in self.parts)

    @property
    def open(self) -> int:
        """Findings to be looked at: told, and not waived."""
        return sum(item.change in TOLD and not item.waived for item in self.items)

    @property
    def changed(self) -> bool:
        """Whether a letter would say anything that the last one did not."""
        if self.before is None:
            return bool(self.told)
        unsure = {
            place_of(part.one.portal.id, item.judgement.rule)
            for part in self.parts
            for item in part.items
            if item.change == "unsure"
        }
        return {place: on for place, on in self.told.items() if place not in unsure} != dict(self.before.told)


@dataclass(frozen=True, slots=True)
class Family:
    """The portals that are told to one owner, main portals first."""

    owner: Agency
    portal_ids: tuple[str, ...]


def source_of_run(archive: Archive, run_id: str, reply_by: date | None) -> Source:
    run = archive.outline(run_id)

    def entries() -> Iterable[Portal]:
        return Showing(archive.database).portals(run_id, archive.portal_ids(run_id)).values()

    def portals(only: Sequence[str]) -> Iterator[PortalRun]:
        return archive.portals(run_id, only=only)

    return Source("run", run_id, "", run.header.started_at, run, entries, portals, reply_by)


def source_of_round(archive: Archive, one: EvaluationRound, reply_by: date | None) -> Source:
    run = as_run(archive, one)
    held = {each.portal.id: each for each in run.portals}

    def entries() -> Iterable[Portal]:
        return (each.portal for each in held.values())

    def portals(only: Sequence[str]) -> Iterator[PortalRun]:
        return (held[each] for each in only)

    approved = (one.approved_by or "", one.document_no or "") if one.status == "approved" else None
    due = reply_by or (one.explain_until if one.status == "open" else None)
    at = one.closed_at or one.opened_at
    return Source("round", one.id, one.status, at, replace(run, portals=()), entries, portals, due, approved)


def families(source: Source, registry: Registry) -> tuple[list[Family], list[Portal]]:
    """Whose the portals are, by name; and the portals that are nobody's as far as is known."""
    portals = {portal.id: portal for portal in source.entries()}
    owned: dict[str, list[Portal]] = {}
    owners: dict[str, Agency] = {}
    nobody: list[Portal] = []
    for portal in portals.values():
        main_id = portal.main_portal_id or ""
        main = portal if portal.is_main else portals.get(main_id) or registry.portals.get(main_id)
        owner = (main.agency if main is not None else None) or portal.agency
        if owner is None or not portal.registered:
            nobody.append(portal)
            continue
        owners.setdefault(owner.id, owner)
        owned.setdefault(owner.id, []).append(portal)
    told = [
        Family(
            owners[owner_id], tuple(one.id for one in sorted(several, key=lambda one: (not one.is_main, one.id)))
        )
        for owner_id, several in owned.items()
    ]
    return sorted(told, key=lambda one: (one.owner.name_vi, one.owner.id)), nobody


def packages(
    archive: Archive, source: Source, family: Family, registry: Registry, day: date, *, copies: bool
) -> Iterator[Package]:
    """The package of an owner, and with ``copies`` those of its components that are other bodies."""
    portals = {one.portal.id: one for one in source.portals(family.portal_ids)}
    ordered = [portals[each] for each in family.portal_ids]
    standing = beside(archive, source.run, ordered)
    box = Outbox(archive.database)
    agencies = {one.portal.agency.id: one.portal.agency for one in ordered if one.portal.agency is not None}

    def package(agency: Agency, some: Iterable[PortalRun]) -> Package:
        last = box.last(family.owner.id, agency.id, but=letter_id(source, family.owner, agency))
        before = last.told if last is not None else {}
        parts: list[Part] = []
        for one in some:
            here = standing.get(one.portal.id, {})
            looked = any(each.manual for each in here.values())
            past = archive.history(one.portal.id) if looked else ()
            items, held = select(one, here, past, before, weighed=source.weighed)
            items.sort(key=_order)
            parts.append(Part(one, tuple(items), tuple(held)))
        told = _told(parts, before)
        return Package(source, family.owner, agency, tuple(parts), told, last, _contact(agency, registry, day))

    yield package(family.owner, ordered)
    if copies:
        for agency in sorted(agencies.values(), key=lambda one: (one.name_vi, one.id)):
            if agency.id != family.owner.id:
                yield package(
                    agency, [one for one in ordered if one.portal.agency and one.portal.agency.id == agency.id]
                )


def letter_id(source: Source, owner: Agency, agency: Agency) -> str:
    return delivery_id(source.kind, source.id, source.edition, owner.id, agency.id)


def contact_of(agency: Agency, registry: Registry) -> str:
    """Where a body takes mail, by the registry of today; empty where it is not known."""
    return (registry.agencies.get(agency.id, agency).contact_email or "").strip()


def _contact(agency: Agency, registry: Registry, day: date) -> Contact:
    today = registry.agencies.get(agency.id, agency)
    if not in_force(today, day):
        return "ended"
    address = contact_of(agency, registry)
    if not address:
        return "none"
    name, at, host = address.rpartition("@")
    fit = bool(name and at and "." in host) and address.isascii() and not set(address) & set(' ,;<>()"\\\t\r\n')
    return "mail" if fit else "bad"


def _told(parts: Sequence[Part], before: Mapping[str, str]) -> dict[str, str]:
    """All that the body knows of with this letter: what it tells, and what was told before of portals that nobody
    saw this time."""
    seen = {part.one.portal.id for part in parts if part.one.visit.state in ("audited", "partial")}
    told = {place: on for place, on in before.items() if place.partition("\t")[0] not in seen}
    for part in parts:
        for item in part.items:
            if item.change in TOLD or item.change == "unseen":
                told[place_of(part.one.portal.id, item.judgement.rule)] = item.digest
    return dict(sorted(told.items()))


_CHANGES: Sequence[Change] = ("new", "known", "unsure", "unseen", "mended", "taken_back")
_SEVERITIES = ("high", "medium", "low")


def _order(item: Item) -> tuple[bool, int, int, str]:
    judged = item.judgement
    late = item.change in ("mended", "taken_back")
    return late, _SEVERITIES.index(judged.severity), _CHANGES.index(item.change), judged.rule
