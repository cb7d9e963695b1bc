"""Reads all lists of one state of the data: once when the data changed, for all readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from audit.history import Finding, finding_id
from audit.registry.registry import Registry
from audit.reports.csv import SEVERITIES
from audit.web.entries import KINDS, rulebook_entries
from audit.web.gate import EMBARGOED, NOBODY, Gate, Opinion, Place
from audit.web.names import agency_lines, known_portals, name_of, province_of
from audit.web.past import NO_PAST, Past, pasts
from audit.web.people import People
from audit.web.shapes import (
    FindingLine,
    Name,
    NightPoint,
    PortalLine,
    RunLine,
    Shown,
)
from audit.web.sums import kind_lines, rule_lines, score_of_sum, score_shown
from audit_rules.facts import Portal
from storage.archive import Archive
from storage.records import Run
from storage.showing import NightSum, Said, SeenPortal, Showing

NIGHTS = 60
"""Nights in a trend."""
MENDED = timedelta(days=30)
"""How long a fault that is mended stays in the list of findings, by the days of looks."""
_AT_ONCE = 200
_UNMEASURED = ("cantTell", "untested")


@dataclass(frozen=True, slots=True)
class _Here:
    """A portal's newest look, with what it takes to tell of it."""

    seen: SeenPortal
    run: Run
    portal: Portal
    said: Sequence[Said]
    current: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """The lists; and what became of every finding, by portal and rule, before the gate: nothing to be shown."""

    shown: Shown
    known: Mapping[str, Mapping[str, Finding]]


class Gatherer:
    """Reads the lists for one audience. What a run said of its registry is read once and kept."""

    def __init__(self, archive: Archive, showing: Showing, registry: Registry, gate: Gate) -> None:
        self._archive, self._showing, self._registry, self._gate = archive, showing, registry, gate
        self._portals: dict[tuple[str, str], Portal] = {}

    def gather(self, version: str, today: date, counted: Mapping[str, Run], people: People) -> Gathered:
        """The lists of a version of the data. ``counted`` are the runs that tell of portals, oldest first."""
        night = self._showing.newest_night()
        here = self._here(counted, night)
        said, waived = people.said, people.waived
        portals: dict[str, PortalLine] = {}
        found: list[FindingLine] = []
        rules: dict[str, Counter[str]] = {}
        known: dict[str, Mapping[str, Finding]] = {}
        for some in _batches(here):
            past = pasts([one.seen.portal_id for one in some], self._showing, counted)
            known |= {portal_id: each.findings for portal_id, each in past.items()}
            for one in some:
                line, lines = self._portal(one, past.get(one.seen.portal_id, NO_PAST), said, waived)
                portals[line.id] = line
                found += lines
                if line.current:
                    for rule, told in self._told(one, past.get(one.seen.portal_id, NO_PAST), said):
                        rules.setdefault(rule, Counter())[told] += 1
        found.sort(key=lambda each: (SEVERITIES.index(each.severity), each.rule, each.address))
        current = [line for line in portals.values() if line.current]
        shown = Shown(
            version=version,
            audience=self._gate.audience,
            today=today,
            night=self._night(night) if night else None,
            portals=dict(sorted(portals.items(), key=lambda item: _order(item[1]))),
            findings=tuple(found),
            rules=rule_lines(rules),
            agencies=agency_lines(self._registry, portals.values(), found, today),
            kinds=kind_lines(current),
            trend=self._trend(),
            broken=tuple(each for each in found if _is_broken(each, portals[each.portal_id])),
            mended=tuple(each for each in found if each.outcome == "passed" and each.just_fixed),
        )
        return Gathered(shown, known)

    # --- the portals -----------------------------------------------------------------------------------------

    def _here(self, counted: Mapping[str, Run], night: Run | None) -> list[_Here]:
        """The newest look at each portal of the newest night, and of whatever was audited apart or since."""
        order = {run_id: number for number, run_id in enumerate(counted)}
        start = order[night.header.id] if night is not None else 0
        asked = [
            run_id for run_id, run in counted.items() if order[run_id] >= start or run.header.kind != "nightly"
        ]
        newest: dict[str, SeenPortal] = {}
        of_night: set[str] = set()
        for seen in self._showing.seen(asked):
            if night is not None and seen.run_id == night.header.id:
                of_night.add(seen.portal_id)
            before = newest.get(seen.portal_id)
            if before is None or order[seen.run_id] > order[before.run_id]:
                newest[seen.portal_id] = seen
        by_run: dict[str, list[SeenPortal]] = {}
        for seen in newest.values():
            by_run.setdefault(seen.run_id, []).append(seen)
        told: list[_Here] = []
        for run_id, several in by_run.items():
            ids = sorted(seen.portal_id for seen in several)
            portals = self.portals_of(run_id, ids)
            whole = night is not None and run_id == night.header.id and len(ids) == len(of_night)
            said: dict[str, list[Said]] = {}
            for one in self._showing.said(run_id, None if whole else ids):
                said.setdefault(one.portal_id, []).append(one)
            for seen in several:
                # What was audited apart and is in no night counts: nobody has a night yet, or asked for it alone.
                current = night is None or seen.portal_id in of_night or counted[run_id].header.kind != "nightly"
                portal = portals[seen.portal_id]
                told.append(_Here(seen, counted[run_id], portal, said.get(seen.portal_id, ()), current))
        return told

    def portals_of(self, run_id: str, ids: Sequence[str]) -> Mapping[str, Portal]:
        """Portals as a run had them in its registry."""
        missing = [each for each in ids if (run_id, each) not in self._portals]
        if missing:
            known = known_portals(self._archive, self._showing, run_id, missing)
            self._portals |= {(run_id, portal_id): portal for portal_id, portal in known.items()}
        return {each: self._portals[run_id, each] for each in ids}

    def _told(self, one: _Here, past: Past, said: Mapping[Place, Opinion]) -> Iterator[tuple[str, str]]:
        """How each rule came out as this audience is told."""
        shows = self._gate.shows_portal(one.portal)
        for each in one.said:
            place = (each.portal_id, each.rule)
            told = shows and self._gate.shows(
                *(each.rule, each.stage, each.outcome, each.reason),
                *(past.findings.get(each.rule), said.get(place, NOBODY)),
            )
            yield each.rule, each.outcome if told else "withheld"

    def _portal(
        self,
        one: _Here,
        past: Past,
        said: Mapping[Place, Opinion],
        waived: frozenset[Place],
    ) -> tuple[PortalLine, list[FindingLine]]:
        seen, portal = one.seen, one.portal
        told = dict(self._told(one, past, said))
        shown = [each for each in one.said if told[each.rule] != "withheld"]
        agency = portal.agency
        province = province_of(self._registry, portal)
        told_of = (self._finding(one, each, past, province, said, waived) for each in shown)
        lines = [each for each in told_of if each is not None]
        line = PortalLine(
            id=portal.id,
            address=str(portal.address),
            kind=portal.kind,
            agency_id=one.seen.agency_id,
            agency=name_of(agency) if agency else None,
            province_id=province,
            main_portal_id=portal.main_portal_id,
            registered=portal.registered,
            state=seen.state,  # type: ignore[arg-type]
            reason=seen.reason,
            moved_to=seen.moved_to,
            run_id=seen.run_id,
            day=one.run.header.day,
            seen_at=seen.finished_at,
            score=score_shown(seen, one.said, shown, portal, internal=self._gate.audience == "internal"),
            counts=dict(Counter(told.values())),
            findings=sum(each.outcome == "failed" for each in shown),
            review=sum(each.reason == "needs_review" for each in shown),
            current=one.current,
        )
        return line, lines

    def _finding(
        self,
        one: _Here,
        each: Said,
        past: Past,
        province: str | None,
        said: Mapping[Place, Opinion],
        waived: frozenset[Place],
    ) -> FindingLine | None:
        finding = past.findings.get(each.rule)
        fault = each.outcome == "failed"
        review = each.reason == "needs_review" and each.outcome == "cantTell"
        if finding is not None and finding.state == "fixed":
            recent = finding.just_fixed or one.run.header.day - finding.last_seen <= MENDED
            wanted = review or (each.outcome == "passed" and recent)
        else:
            wanted = fault or review or (finding is not None and each.outcome in _UNMEASURED)
        if not wanted or (not fault and not review and finding is None):
            return None
        if finding is None:
            days = past.days(each.first, each.last)
            first = days[0] if days else one.run.header.day
            finding = Finding(each.rule, "unconfirmed", first, one.run.header.day, max(len(set(days)), 1))
        entry = rulebook_entries().get(each.rule)
        agency, place = one.portal.agency, (each.portal_id, each.rule)
        return FindingLine(
            id=finding_id(each.portal_id, each.rule),
            portal_id=each.portal_id,
            address=str(one.portal.address),
            agency_id=one.seen.agency_id,
            agency=name_of(agency) if agency else None,
            province_id=province,
            kind=one.portal.kind,
            rule=each.rule,
            title=Name(entry.vi.title, entry.en.title) if entry else Name(each.rule, each.rule),
            group=each.group,  # type: ignore[arg-type]
            severity=each.severity,  # type: ignore[arg-type]
            stage=each.stage,  # type: ignore[arg-type]
            standing=each.standing,  # type: ignore[arg-type]
            proves=each.proves,  # type: ignore[arg-type]
            outcome=each.outcome,  # type: ignore[arg-type]
            reason=each.reason,
            state=finding.state,
            first_seen=finding.first_seen,
            last_seen=finding.last_seen,
            nights=finding.nights,
            run_id=one.seen.run_id,
            waived=place in waived,
            disputed=said.get(place, NOBODY).disputed,
            just_fixed=finding.just_fixed,
        )

    # --- the nights ------------------------------------------------------------------------------------------

    def _night(self, run: Run) -> RunLine:
        states = self._showing.states([run.header.id])[run.header.id]
        return RunLine(run.header, run.status, run.reason, run.finished_at, states)

    def _trend(self) -> tuple[NightPoint, ...]:
        """The newest nights, oldest first. The public is told no scores of them: they count rules in trial."""
        nights = self._showing.nights(NIGHTS)[::-1]
        sums: dict[str, list[NightSum]] = {}
        for one in self._showing.sums([night.header.id for night in nights], EMBARGOED):
            sums.setdefault(one.run_id, []).append(one)
        points = []
        for night in nights:
            here, head = sums.get(night.header.id, []), night.header
            states: Counter[str] = Counter()
            scored, whole = 0, 0.0
            for one in here:
                states[one.state] += one.portals
                value = score_of_sum(one)
                if value is not None and self._gate.audience == "internal":
                    scored += one.portals
                    whole += value * one.portals
            mean = round(whole / scored, 4) if scored else None
            points.append(NightPoint(head.id, head.day, head.rules_version, dict(states), mean, scored))
        return tuple(points)


def _is_broken(each: FindingLine, portal: PortalLine) -> bool:
    """Whether a fault began, or came back, at the newest look at its portal."""
    return each.outcome == "failed" and each.state in ("new", "unconfirmed", "reopened") and portal.current


def _order(one: PortalLine) -> tuple[int, str]:
    return KINDS.index(one.kind), one.address


def _batches(here: Sequence[_Here]) -> Iterator[Sequence[_Here]]:
    return (here[start : start + _AT_ONCE] for start in range(0, len(here), _AT_ONCE))
