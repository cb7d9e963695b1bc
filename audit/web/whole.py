"""A single portal, finding, agency or run, read when it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from audit.evidence import FOLDER
from audit.history import Finding
from audit.matrix import LEADS_BACK, Pair, pairs
from audit.opinions import NOTHING, Beside, beside
from audit.registry.registry import Registry
from audit.reports.csv import SEVERITIES
from audit.reports.json import coverage
from audit.succession import Carried, by_rule
from audit.web.entries import rulebook_entries
from audit.web.gate import EMBARGOED, NOBODY, Gate, Opinion, Place, counts_in_score, score_of
from audit.web.past import NO_PAST, looks_past, pasts
from audit.web.people import People
from audit.web.shapes import Coverage, Day, Look, Name, PortalLine, PortalView, RunLine, VerdictView
from audit.web.sums import is_counted
from audit_rules.facts import NetFacts, Portal, Surroundings, Visit
from audit_rules.judgement import Judgement, Words
from audit_rules.scoring import score
from audit_rules.verdict import Verdict
from storage.archive import Archive
from storage.records import PortalRun, Run
from storage.showing import Said, SeenPortal, Showing

LOOKS = 400
"""Looks of a portal that its page tells of: a year's nights and some runs beside."""
_SILENT = Words("", "", "")


def portal_view(
    archive: Archive,
    showing: Showing,
    gate: Gate,
    counted: Mapping[str, Run],
    people: People,
    run_line: RunLine,
    portal_id: str,
    data: Path | None,
    *,
    newest: bool,
    rule: str | None = None,
    known: Mapping[str, Finding] | None = None,
) -> PortalView | None:
    """A portal in one run, with what this audience is told; None where the run does not hold it. ``counted`` are
    the runs that say something of portals, oldest first; ``known`` what became of the portal's findings, where that
    was worked out before. With a ``rule`` the view has its verdict alone, and no looks."""
    run_id = run_line.header.id
    one = showing.whole(run_id, portal_id, rule)
    if one is None:
        return None
    run = Run(run_line.header, run_line.status, run_line.finished_at, run_line.reason, (one,))
    told = _beside(archive, showing, counted, people, run, one, known)
    verdicts = tuple(
        _verdict(item, one.portal, gate, told.get(item.rule, NOTHING), people.said) for item in one.judgements
    )
    items = [each.item for each in verdicts if each.item is not None]
    seen = coverage(one.visit)
    return PortalView(
        portal=one.portal,
        run=run_line,
        state=one.visit.state,
        reason=one.visit.reason,
        home=one.visit.home,
        moved_to=one.visit.moved_to,
        coverage=Coverage(
            seen["discovered"],
            seen["fetched"],
            seen["rendered"],
            seen["skipped"],
            seen["requests"],
            one.visit.started_at,
            one.visit.finished_at,
        ),
        score=score(items, one.portal),
        verdicts=tuple(sorted(verdicts, key=_order)),
        looks=_looks(showing, gate, counted, one.portal) if rule is None else (),
        predecessors=one.around.predecessors,
        successor=one.around.successor,
        has_picture=_has_picture(one, data),
        newest=newest,
    )


def _order(one: VerdictView) -> tuple[int, str]:
    entry = rulebook_entries().get(one.rule)
    severity = one.item.severity if one.item else entry.severity if entry else SEVERITIES[-1]
    return SEVERITIES.index(severity), one.rule


def _verdict(
    item: Judgement, portal: Portal, gate: Gate, beside: Beside, said: Mapping[Place, Opinion]
) -> VerdictView:
    title = Name(item.vi.title, item.en.title)
    verdict = item.verdict
    embargoed = item.rule in EMBARGOED or bool(verdict.values.get("embargoed"))
    told = gate.shows_portal(portal) and not embargoed
    told = told and gate.shows(
        *(item.rule, item.stage, verdict.outcome, verdict.reason),
        *(beside.finding, said.get((portal.id, item.rule), NOBODY)),
    )
    if not told:
        return VerdictView(item.rule, title, "withheld", None, NOTHING, False, embargoed)
    return VerdictView(item.rule, title, verdict.outcome, item, gate.beside(beside), counts_in_score(item))


def _has_picture(one: PortalRun, data: Path | None) -> bool:
    if data is None or one.warc is None or one.visit.home is None:
        return False
    return any(page.rendered is not None for page in one.visit.pages) and (data / FOLDER / one.warc).is_file()


# --- what stands beside -----------------------------------------------------------------------------------------


def _beside(
    archive: Archive,
    showing: Showing,
    counted: Mapping[str, Run],
    people: People,
    run: Run,
    one: PortalRun,
    known: Mapping[str, Finding] | None,
) -> Mapping[str, Beside]:
    """What stands beside the verdicts. Look by look only where that decides something: a waiver, an owner before,
    a replay; else from intervals, up to the run."""
    portal = one.portal
    if known is None:
        known = pasts([portal.id], showing, _until(counted, run.header.id)).get(portal.id, NO_PAST).findings
    began = portal.agency.valid_from if portal.agency is not None else None
    before = began is not None and any(each.first_seen < began for each in known.values())
    if portal.id in people.waivers or before or run.header.id not in counted:
        return beside(archive, run, [one]).get(portal.id, {})
    manual = people.manual.get(portal.id, ())
    replies = {each.rule: each for each in people.replies.get(portal.id, ())}  # oldest first: the newest stays
    carried = by_rule(_carried(showing, counted, one.around.predecessors))
    return {
        item.rule: Beside(
            known.get(item.rule),
            (),
            tuple(each for each in manual if each.rule == item.rule),
            replies.get(item.rule),
            None,
            carried.get(item.rule, ()),
        )
        for item in one.judgements
    }


def _until(counted: Mapping[str, Run], run_id: str) -> Mapping[str, Run]:
    """The runs up to one of them."""
    told: dict[str, Run] = {}
    for each, run in counted.items():
        told[each] = run
        if each == run_id:
            break
    return told


def _carried(showing: Showing, counted: Mapping[str, Run], predecessors: Sequence[Portal]) -> list[Carried]:
    told = pasts([each.id for each in predecessors], showing, counted) if predecessors else {}
    return [
        Carried(each, finding)
        for each in sorted(predecessors, key=lambda one: one.id)
        for _, finding in sorted(told.get(each.id, NO_PAST).findings.items())
    ]


# --- history ----------------------------------------------------------------------------------------------------


def _looks(showing: Showing, gate: Gate, counted: Mapping[str, Run], portal: Portal) -> tuple[Look, ...]:
    """The looks that count, oldest first, with the scores of then, less what is embargoed. The public is told how
    each went, and no numbers: they count rules in trial."""
    order = {run_id: number for number, run_id in enumerate(counted)}
    seen = [each for each in showing.seen_of(portal.id) if each.run_id in order]
    seen.sort(key=lambda each: order[each.run_id])
    embargoed = [each for rule in EMBARGOED for each in showing.said_of(portal.id, rule) if is_counted(each)]
    return tuple(_look(each, counted[each.run_id], embargoed, gate) for each in seen[-LOOKS:])


def _look(seen: SeenPortal, run: Run, embargoed: Sequence[Said], gate: Gate) -> Look:
    out = Counter(each.outcome for each in embargoed if each.first <= seen.nth <= each.last)
    passed, failed = seen.passed - out["passed"], seen.failed - out["failed"]
    unmeasured = seen.not_measured - out["cantTell"] - out["untested"]
    stored = score_of(seen.passed, seen.failed, seen.not_measured, provisional=True, printed=True)
    printed = seen.score_value is not None or stored.value is None
    value = score_of(passed, failed, unmeasured, provisional=True, printed=printed).value
    if gate.audience == "public":
        value, passed, failed, unmeasured = None, 0, 0, 0
    head = run.header
    return Look(
        *(head.id, head.kind, head.day, seen.state, seen.reason),  # type: ignore[arg-type]
        *(value, passed, failed, unmeasured, head.rules_version),
    )


def days_of(showing: Showing, counted: Mapping[str, Run], portal_id: str, rule: str) -> tuple[Day, ...]:
    """How a rule came out at a portal, newest first."""
    past = looks_past(portal_id, showing, counted)
    told = []
    for each in reversed(showing.said_of(portal_id, rule)):
        days = past.days(each.first, each.last)
        if days:
            told.append(Day(days[0], days[-1], each.outcome, each.reason, len(days)))  # type: ignore[arg-type]
    return tuple(told)


# --- who links to whom ------------------------------------------------------------------------------------------


def links_of(
    showing: Showing, registry: Registry, mains: Sequence[PortalLine], components: Sequence[PortalLine]
) -> tuple[Pair, ...]:
    """The matrix of links between main portals and their components, as their newest looks tell it. Of a component
    only whether it leads back is read."""
    whole = [one for each in mains if (one := showing.whole(each.run_id, each.id)) is not None]
    entries = {each.id: each for one in whole for each in one.around.components}
    by_run: dict[str, list[str]] = {}
    for each in components:
        by_run.setdefault(each.run_id, []).append(each.id)
    said = {
        one.portal_id: one.outcome
        for run_id, ids in by_run.items()
        for one in showing.said(run_id, ids, [LEADS_BACK])
    }
    slim = [
        _slim(portal, said[each.id], main.portal)
        for each in components
        for main in whole
        if each.id in said
        and each.main_portal_id == main.portal.id
        and (portal := entries.get(each.id) or registry.portals.get(each.id)) is not None
    ]
    return tuple(pairs([*whole, *slim]))


def _slim(portal: Portal, outcome: str, main: Portal) -> PortalRun:
    verdict = Verdict(outcome)  # type: ignore[arg-type]
    item = Judgement(LEADS_BACK, "trial", "structure", "low", "law", "sign", verdict, (), _SILENT, _SILENT)
    around = Surroundings(date.min, main_portal=main)
    return PortalRun(portal, Visit("audited", None, None, (), NetFacts()), around, (item,), score((), portal))
