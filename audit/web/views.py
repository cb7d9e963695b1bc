"""The read model: the one door by which pages, API and static site get at what they show.

Lists are of one state of the data, read whole when the data changed and shared by all readers (``shown``); what is
shown of a single portal, agency or run is read when it is asked for. Everything passes ``audit.web.gate`` first.
"""

from __future__ import annotations

from audit.registry import Registry
from audit.web.asked import Question
from audit.web.shapes import (
    AgencyView,
    Audience,
    FindingLine,
    FindingView,
    Found,
    Page,
    PortalLine,
    PortalView,
    RunLine,
    RunView,
    Shown,
)
from storage.archive import Archive


class Views:
    """What an audience may see of an archive. Several threads may ask at once. Raises DatabaseUnusable wherever the
    database does; None wherever there is no such thing, also where it is not for this audience."""

    def __init__(self, archive: Archive, registry: Registry, *, audience: Audience = "internal") -> None:
        self.archive, self.registry, self.audience = archive, registry, audience

    def shown(self) -> Shown:
        """All lists, of the newest state of the data."""
        raise NotImplementedError

    def portals(self, asked: Question) -> Page[PortalLine]:
        """Sorts: address, score, findings."""
        raise NotImplementedError

    def findings(self, asked: Question) -> Page[FindingLine]:
        """Sorts: severity, first_seen, last_seen, portal, rule."""
        raise NotImplementedError

    def portal(self, portal_id: str, run_id: str | None = None) -> PortalView | None:
        """A portal at its newest look, or in a run."""
        raise NotImplementedError

    def finding(self, portal_id: str, rule: str) -> FindingView | None:
        raise NotImplementedError

    def agency(self, agency_id: str) -> AgencyView | None:
        raise NotImplementedError

    def runs(self, asked: Question) -> Page[RunLine]:
        """Runs that ended, newest first; quarantined ones are among them for the internal audience alone."""
        raise NotImplementedError

    def run(self, run_id: str, asked: Question) -> RunView | None:
        raise NotImplementedError

    def search(self, text: str) -> Found:
        """By address, name (with or without accents) and id; the best 20 of each kind."""
        raise NotImplementedError
