"""What people said of findings, read once for one state of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from audit.opinions import newest, waiver_state
from audit.web.gate import Opinion, Place, opinions_by_place
from storage.archive import Archive
from storage.opinions import ManualVerdict, Opinions, Reply, Waiver

Said = TypeVar("Said", Waiver, ManualVerdict, Reply)


@dataclass(frozen=True, slots=True)
class People:
    """Waivers and verdicts of persons that were not withdrawn, and answers of agencies, by portal id, oldest first;
    the newest of each by portal and rule; and the places where a waiver holds today."""

    waivers: Mapping[str, Sequence[Waiver]]
    manual: Mapping[str, Sequence[ManualVerdict]]
    replies: Mapping[str, Sequence[Reply]]
    said: Mapping[Place, Opinion]
    waived: frozenset[Place]


def read_people(archive: Archive, today: date) -> People:
    opinions = Opinions(archive.database)
    waivers = [one for one in opinions.waivers() if one.withdrawn is None]
    manual = [one for one in opinions.manual_verdicts() if one.withdrawn is None]
    replies = opinions.replies()
    waived = _waived(archive, _by_portal(waivers), today)
    said = opinions_by_place(manual, replies)
    return People(_by_portal(waivers), _by_portal(manual), _by_portal(replies), said, waived)


def _by_portal(several: Sequence[Said]) -> Mapping[str, Sequence[Said]]:
    told: dict[str, list[Said]] = {}
    for one in several:
        told.setdefault(one.portal_id, []).append(one)
    return told


def _waived(archive: Archive, waivers: Mapping[str, Sequence[Waiver]], today: date) -> frozenset[Place]:
    """Portals and rules with a waiver that holds today. Only portals with one that is in its time are read."""
    told: set[Place] = set()
    for portal_id, several in waivers.items():
        in_time = [one for one in several if waiver_state(one, today) == "valid"]
        past = archive.history(portal_id) if in_time else []
        for one in in_time:
            seen = newest(archive, portal_id, one.rule, past)
            if waiver_state(one, today, seen.item if seen else None, past) == "valid":
                told.add((portal_id, one.rule))
    return frozenset(told)
