"""The read model: the one door by which pages, API and static site get at what they show.

Lists are of one state of the data, read whole when the data changed and shared by all readers (``shown``); what is
shown of a single portal, agency or run is read when it is asked for, and what they are compared by too
(``comparing``). Everything passes ``audit.web.gate``.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock, Thread

from audit.days import day_of
from audit.history import Finding
from audit.registry.registry import Registry
from audit.web.asked import Question
from audit.web.comparing import Comparing
from audit.web.entries import rulebook_entries
from audit.web.gate import Gate
from audit.web.gathering import Gatherer
from audit.web.lists import Lists
from audit.web.names import name_of
from audit.web.people import People, read_people
from audit.web.shapes import (
    AgencyLine,
    AgencyView,
    Audience,
    FindingLine,
    FindingView,
    Found,
    Page,
    PortalLine,
    PortalView,
    RunLine,
    RunPortal,
    RunView,
    Shown,
)
from audit.web.whole import days_of, links_of, portal_view
from audit_rules import __version__
from audit_rules.facts import MAIN_KINDS, Agency
from storage.archive import Archive, ArchiveError
from storage.records import Run
from storage.showing import SeenPortal, Showing

log = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
"""How long an answer of the database to whether anything changed is believed."""


@dataclass(frozen=True, slots=True)
class _State:
    lists: Lists
    counted: Mapping[str, Run]
    people: People
    known: Mapping[str, Mapping[str, Finding]]


class Views:
    """What an audience may see of an archive. Several threads may ask at once. Raises DatabaseUnusable wherever the
    database does; None wherever there is no such thing, also where it is not for this audience.

    ``data`` is the folder of the evidence, None where pictures are not to be shown."""

    def __init__(
        self,
        archive: Archive,
        registry: Registry,
        *,
        audience: Audience = "internal",
        data: Path | None = None,
    ) -> None:
        self.archive, self.registry, self.audience, self.data = archive, registry, audience, data
        self._gate = Gate(audience)
        self._showing = Showing(archive.database)
        self._gatherer = Gatherer(archive, self._showing, registry, self._gate)
        self.comparing = Comparing(archive, registry, self._gate, self.shown)
        self._state: _State | None = None
        self._lock = Lock()
        self._reading = self._looking = False
        self._reader: Thread | None = None
        self._checked = 0.0

    def waited(self) -> Views:
        """Itself, once whatever is being read beside is there."""
        if self._reader is not None:
            self._reader.join()
        return self

    def version_at_hand(self) -> str:
        """The version of the lists that are shown now, without asking the database; empty before the first call."""
        state = self._state
        if state is not None and time.monotonic() - self._checked > CHECK_SECONDS and not self._looking:
            self._looking = True
            Thread(target=self._look_beside, name="looking", daemon=True).start()
        return state.lists.shown.version if state is not None else ""

    def _look_beside(self) -> None:
        try:
            self.shown()
        except ArchiveError as error:
            self._checked = time.monotonic()
            log.error("whether anything changed could not be seen: %s", error)
        finally:
            self._looking = False

    # --- lists -----------------------------------------------------------------------------------------------

    def shown(self) -> Shown:
        """All lists, of the newest state of the data. The first call reads them; when the data changes, they are
        read beside, and the old ones are shown until that is done."""
        return self.lists().shown

    def lists(self) -> Lists:
        """The same, with what they can be filtered by."""
        return self._now().lists

    def portals(self, asked: Question) -> Page[PortalLine]:
        """Sorts: ``lists.PORTAL_SORTS``, a minus before one turns it."""
        return self._now().lists.portals(asked)

    def findings(self, asked: Question) -> Page[FindingLine]:
        """Sorts: ``lists.FINDING_SORTS``."""
        return self._now().lists.findings(asked)

    def all_findings(self, asked: Question) -> Sequence[FindingLine]:
        """The whole list, for a download."""
        return self._now().lists.all_findings(asked)

    def agencies(self, asked: Question) -> Sequence[AgencyLine]:
        """Agencies by kind, province and words of their names."""
        return self._now().lists.agencies(asked)

    def search(self, text: str) -> Found:
        """By address, name (with or without accents) and id; the best 20 of each kind."""
        return self._now().lists.search(text)

    # --- one thing -------------------------------------------------------------------------------------------

    def portal(self, portal_id: str, run_id: str | None = None, *, rule: str | None = None) -> PortalView | None:
        """A portal at its newest look, or in a run; with a ``rule`` its verdict alone, and no looks."""
        state = self._now()
        if run_id is None:
            run_id = self._newest_run(state, portal_id)
            if run_id is None:
                return None
            newest = True
        else:
            line = state.lists.shown.portals.get(portal_id)
            newest = line is not None and line.run_id == run_id
        told = self.run_line(run_id)
        if told is None:
            return None
        return portal_view(
            *(self.archive, self._showing, self._gate, state.counted, state.people),
            *(told, portal_id, self.data),
            newest=newest,
            rule=rule,
            known=state.known.get(portal_id) if newest else None,
        )

    def finding(self, portal_id: str, rule: str, run_id: str | None = None) -> FindingView | None:
        """One rule at a portal, at its newest look or in a run."""
        at = self.portal(portal_id, run_id, rule=rule)
        verdict = next((each for each in at.verdicts if each.rule == rule), None) if at is not None else None
        if at is None or verdict is None:
            return None
        told = verdict.outcome != "withheld" and self.audience == "internal"
        days = days_of(self._showing, self._now().counted, portal_id, rule) if told else ()
        return FindingView(at, verdict, days)

    def agency(self, agency_id: str) -> AgencyView | None:
        lists = self._now().lists
        line = lists.shown.agencies.get(agency_id)
        if line is None:
            return None
        agency = self.registry.agencies.get(agency_id) or Agency(agency_id, line.name.vi, line.name.en, line.kind)
        own = tuple(lists.portals_of_agency.get(agency_id, ()))
        mains = [each for each in own if each.kind in MAIN_KINDS]
        components = tuple(each for main in mains for each in lists.portals_below.get(main.id, ()))
        # The two rules behind the matrix are in trial: the public is not told who does not link to whom.
        links = links_of(self._showing, self.registry, mains, components) if self.audience == "internal" else ()
        return AgencyView(
            agency=agency,
            line=line,
            parent=lists.shown.agencies.get(line.parent_id or ""),
            below=tuple(lists.agencies_below.get(agency_id, ())),
            own=own,
            components=components,
            links=links,
            successor=self.registry.agencies.get(agency.successor_id or ""),
            predecessors=tuple(each for each in self.registry.agencies.values() if each.successor_id == agency_id),
        )

    def runs(self, asked: Question) -> Page[RunLine]:
        """Runs that ended, newest first; quarantined ones are among them for the internal audience alone."""
        inside = self.audience == "internal"
        start = (asked.page - 1) * asked.size
        found, total = self._showing.runs(quarantined=inside, limit=asked.size, offset=start)
        if not found and asked.page > 1:
            return self.runs(asked.at(page=max(1, -(-total // asked.size))))
        self._showing.states([run.header.id for run in found])  # of all at once
        lines = tuple(self._line(run) for run in found)
        return Page(lines, asked.page, asked.size, total)

    def run_line(self, run_id: str) -> RunLine | None:
        """A run that ended, without its portals."""
        run = self._now().counted.get(run_id) or self._showing.run(run_id)
        hidden = ("running",) if self.audience == "internal" else ("running", "quarantined")
        return self._line(run) if run is not None and run.status not in hidden else None

    def run(self, run_id: str, asked: Question) -> RunView | None:
        """A run with one page of its portals; ``asked.state`` chooses among them."""
        line = self.run_line(run_id)
        if line is None:
            return None
        reasons = self._showing.reasons(run_id)
        states = [asked.state] if asked.state else []
        start = (asked.page - 1) * asked.size
        seen, total = self._showing.page_of_run(run_id, asked.size, start, states)
        if not seen and asked.page > 1:
            return self.run(run_id, asked.at(page=max(1, -(-total // asked.size))))
        told = self._gatherer.portals_of(run_id, [each.portal_id for each in seen])
        portals = []
        for each in seen:
            portal = told[each.portal_id]
            name = name_of(portal.agency) if portal.agency else None
            visit = (each.state, each.reason, each.moved_to, each.fetched, each.rendered, each.requests)
            portals.append(
                RunPortal(portal.id, str(portal.address), name, portal.kind, *visit, each.finished_at)  # type: ignore[arg-type]
            )
        return RunView(
            line=line,
            reasons={key: count for key, (count, _, _) in reasons.items()},
            requests=sum(requests for _, requests, _ in reasons.values()),
            fetched=sum(fetched for _, _, fetched in reasons.values()),
            portals=Page(tuple(portals), asked.page, asked.size, total),
        )

    # --- the state of the data -------------------------------------------------------------------------------

    def _line(self, run: Run) -> RunLine:
        states = self._showing.states([run.header.id])[run.header.id]
        return RunLine(run.header, run.status, run.reason, run.finished_at, states)

    def _newest_run(self, state: _State, portal_id: str) -> str | None:
        line = state.lists.shown.portals.get(portal_id)
        if line is not None:
            return line.run_id
        seen: list[SeenPortal] = [each for each in self._showing.seen_of(portal_id) if each.run_id in state.counted]
        order = list(state.counted)
        return max((each.run_id for each in seen), key=order.index, default=None)

    def _now(self) -> _State:
        if self._state is None:
            with self._lock:
                if self._state is None:
                    self._state = self._read(self._version())
                    self._checked = time.monotonic()
        state = self._state
        if time.monotonic() - self._checked > CHECK_SECONDS and not self._reading:
            self._look(state.lists.shown.version)
        return state

    def _look(self, version: str) -> None:
        """Whether anything changed; if so, reads it beside."""
        with self._lock:
            if self._reading or time.monotonic() - self._checked <= CHECK_SECONDS:
                return
            self._checked = time.monotonic()
            now = self._version()
            if now == version:
                return
            self._reading = True
        self._reader = Thread(target=self._read_beside, args=(now,), name="reading", daemon=True)
        self._reader.start()

    def _read_beside(self, version: str) -> None:
        try:
            self._state = self._read(version)
        except ArchiveError:
            log.exception("the lists could not be read; the old ones are shown")
        finally:
            self._reading = False

    def _read(self, version: str) -> _State:
        since = time.monotonic()
        self._showing.forget()
        today, counted = day_of(), self._showing.counted()
        people = read_people(self.archive, today)
        gathered = self._gatherer.gather(version, today, counted, people)
        shown = gathered.shown
        self._showing.states([point.run_id for point in shown.trend])
        log.info("lists read in %.1f s: %d portals", time.monotonic() - since, len(shown.portals))
        return _State(Lists(shown), counted, people, gathered.known)

    def _version(self) -> str:
        """Of the data, of the day (waivers end), of the program and its rules, of the audience."""
        today: date = day_of()
        told = (self._showing.fingerprint(), today, __version__, len(rulebook_entries()), self.audience)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
