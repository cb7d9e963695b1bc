"""Which findings are waived today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from audit.opinions import newest, waiver_state
from storage.archive import Archive
from storage.opinions import Waiver


def waived_places(archive: Archive, waivers: Iterable[Waiver], today: date) -> frozenset[tuple[str, str]]:
    """Portals and rules with a waiver that holds today. Only portals with one that is in its time are read."""
    told: set[tuple[str, str]] = set()
    by_portal: dict[str, list[Waiver]] = {}
    for one in waivers:
        if waiver_state(one, today) == "valid":
            by_portal.setdefault(one.portal_id, []).append(one)
    for portal_id, several in by_portal.items():
        past = archive.history(portal_id)
        for one in several:
            seen = newest(archive, portal_id, one.rule, past)
            if waiver_state(one, today, seen.item if seen else None, past) == "valid":
                told.add((portal_id, one.rule))
    return frozenset(told)
