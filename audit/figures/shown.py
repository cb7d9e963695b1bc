"""The official figures of a body, and those of the bodies in whose place it stands: shown as theirs, never added up
and never taken for its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from audit.registry.registry import Registry
from audit.succession import of_whom
from audit_rules.facts import Agency
from audit_rules.judgement import Lang
from audit_rules.reading.vietnamese import fold
from storage.archive import Archive
from storage.figures import Figure, Figures


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure under a body's name. ``former`` is the body that it belongs to where that is one that was merged
    into this one: it is then told by ``of``."""

    figure: Figure
    former: Agency | None = None

    def of(self, lang: Lang) -> str:
        """“của …, trước sắp xếp”; empty for a figure of the body's own."""
        return of_whom(self.former, lang) if self.former else ""


def figures_of(
    archive: Archive, registry: Registry, agency_id: str, day: date, *, withdrawn: bool = False
) -> tuple[Shown, ...]:
    """The figures of a body that hold, or with those ``withdrawn``: its own first, then those of its predecessors
    on a day, each body's by metric and the oldest period first. A body that the registry does not know has its own
    alone."""
    whose = {each.id: each for each in predecessors(registry, agency_id, day)}
    told = Figures(archive.database).all(agency_ids=[agency_id, *whose], withdrawn=withdrawn)
    order = [agency_id, *whose]
    several = sorted(told, key=lambda one: order.index(one.agency_id or ""))
    return tuple(Shown(each, whose.get(each.agency_id or "")) for each in several)


@dataclass(frozen=True, slots=True)
class OfBody:
    """The figures shown under one name: those of a body and of its predecessors, or of a group of bodies and of a
    body that the registry does not know (``agency`` is None, ``name`` as printed)."""

    agency: Agency | None
    name: str
    figures: tuple[Shown, ...]


def under_bodies(archive: Archive, registry: Registry, day: date) -> tuple[OfBody, ...]:
    """Every figure that holds, under the body that stands on a day: groups of bodies first, then the registry's
    bodies in their order, of each its own figures first."""
    groups: dict[str, list[Figure]] = {}
    own: dict[str, list[Figure]] = {}
    for one in Figures(archive.database).all():
        if one.agency_id is not None and one.agency_id in registry.agencies:
            own.setdefault(one.agency_id, []).append(one)
        else:
            groups.setdefault(one.body, []).append(one)
    heirs: dict[str, list[Agency]] = {}
    for agency in registry.agencies.values():
        if agency.id in own:
            heirs.setdefault(heir(registry, agency, day).id, []).append(agency)
    told = [
        OfBody(None, body, tuple(map(Shown, groups[body])))
        for body in sorted(groups, key=lambda one: (fold(one), one))
    ]
    for agency in registry.agencies.values():
        whose = sorted(heirs.get(agency.id, ()), key=lambda each: each.id != agency.id)
        shown = (Shown(one, None if each.id == agency.id else each) for each in whose for one in own[each.id])
        if whose:
            told.append(OfBody(agency, agency.name_vi, tuple(shown)))
    return tuple(told)


def heir(registry: Registry, agency: Agency, day: date) -> Agency:
    """The body in whose place a body is shown on a day: itself, unless it is no more and others came after it."""
    while agency.valid_to is not None and agency.valid_to < day:
        after = registry.agencies.get(agency.successor_id or "")
        if after is None:
            break
        agency = after
    return agency


def predecessors(registry: Registry, agency_id: str, day: date) -> tuple[Agency, ...]:
    """The bodies that are no more on a day and whose line of successors leads to a body, in the file's order."""
    before = ancestors(registry, agency_id)
    return tuple(each for each in before if each.valid_to is not None and each.valid_to < day)


def ancestors(registry: Registry, agency_id: str) -> tuple[Agency, ...]:
    """The bodies whose line of successors leads to a body, on whatever day, in the file's order."""
    return tuple(each for each in registry.agencies.values() if agency_id in _line(registry, each))


def _line(registry: Registry, agency: Agency) -> Iterator[str]:
    """The ids of the bodies that came after a body; the registry has no circles (``audit.registry.files``)."""
    after = agency.successor_id
    while after is not None:
        yield after
        heir = registry.agencies.get(after)
        after = heir.successor_id if heir else None
