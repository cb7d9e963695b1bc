"""Which portal and rule a finding's id stands for: an id is a digest, so all that there can be are tried."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from audit.history import finding_id
from audit_rules.rulebook import open_rulebook
from storage.archive import Archive, UnknownRun
from storage.opinions import Opinions

Place = tuple[str, str]
"""A portal's id and a rule's."""


class FindingIds:
    """The findings that an archive can hold."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def place(self, finding: str) -> Place | None:
        return self._present.get(finding) or self._past.get(finding)

    def portal_ids(self) -> list[str]:
        return Opinions(self._archive.database).portal_ids()

    def portal_at(self, run_id: str, address: str) -> str | None:
        """The id of the portal that a run told under an address."""
        if run_id not in self._told:
            try:
                portals = [one.portal for one in self._archive.portals(run_id)]
            except UnknownRun:
                portals = []
            self._told[run_id] = {str(portal.address): portal.id for portal in portals}
        return self._told[run_id].get(address)

    @cached_property
    def _told(self) -> dict[str, dict[str, str]]:
        return {}

    @cached_property
    def _present(self) -> dict[str, Place]:
        rules = [entry.id for entry in open_rulebook().rules]
        return _ids((portal_id, rule) for portal_id in self.portal_ids() for rule in rules)

    @cached_property
    def _past(self) -> dict[str, Place]:
        """Those of rules that are no more: only an id that is none of today's has them looked up."""
        return _ids((each, one.rule) for each in self.portal_ids() for one in self._archive.history(each))


def _ids(places: Iterable[Place]) -> dict[str, Place]:
    return {finding_id(*place): place for place in places}
