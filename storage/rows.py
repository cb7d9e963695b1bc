"""Records to rows and back. Nothing here talks to the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

from audit_rules.facts import Page, Visit
from audit_rules.judgement import Judgement, Score
from audit_rules.verdict import How
from storage import blobs
from storage.records import PortalRun, Run, RunHeader
from storage.tables import clean

RowValues = dict[str, Any]
StoredRow = Row[Any]

LATER = "later_"
"""Stands before the manner of a look that was taken the second time."""

PART = 200
"""Looks at pages in one document at most: a large portal is not one breath."""

_NONE = "none"  # the manner of a page without a look


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging says of a portal, packed. ``bodies`` and ``answered`` are documents that many portals have in
    common."""

    portal_id: str
    document: bytes
    bodies: bytes
    answered: bytes
    columns: RowValues
    verdicts: list[RowValues]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visit brought home; ``looks`` are documents of what was read of its pages."""

    document: bytes
    looks: list[bytes]
    columns: RowValues


@dataclass(frozen=True, slots=True)
class Documents:
    """Everything stored of a portal in one run; ``looks`` is None where they are not wanted."""

    visit: bytes
    judged: bytes
    bodies: tuple[str, ...]
    answered: frozenset[str] | None
    looks: list[bytes] | None


def run_row(header: RunHeader) -> RowValues:
    return {
        "id": header.id,
        "kind": header.kind,
        "status": "running",
        "started_at": header.started_at,
        "day": header.day,
        "law_day": header.law_day,
        "tool_version": header.tool_version,
        "rules_version": header.rules_version,
        "user_agent": header.user_agent,
        "vantage_address": header.vantage_address,
        "judged_from": header.judged_from,
        "settings": header.settings,
    }


def read_run(row: StoredRow, portals: tuple[PortalRun, ...]) -> Run:
    header = RunHeader(
        id=row.id,
        kind=row.kind,
        started_at=row.started_at,
        day=row.day,
        law_day=row.law_day,
        tool_version=row.tool_version,
        rules_version=row.rules_version,
        user_agent=row.user_agent,
        vantage_address=row.vantage_address,
        judged_from=row.judged_from,
        settings=row.settings,
    )
    return Run(header, row.status, row.finished_at, row.reason, portals)


def pack_seen(result: PortalRun) -> Seen:
    portal, visit = result.portal, result.visit
    outlines, looks = _pack_pages(visit)
    lines = (blobs.pack(portal), blobs.pack(_without_pages(visit)), blobs.pack(outlines))
    columns = {
        "agency_id": portal.agency.id if portal.agency else None,
        "kind": portal.kind,
        "state": visit.state,
        "reason": visit.reason,
        "moved_to": visit.moved_to,
        "home": visit.home,
        "finished_at": visit.finished_at,
        "fetched": sum(page.raw is not None for page in visit.pages),
        "rendered": sum(page.rendered is not None for page in visit.pages),
        "skipped": len(visit.net.skipped),
        "requests": visit.net.requests,
        "warc": result.warc,
    }
    return Seen(b"\n".join(lines), looks, columns)


def pack_judged(result: PortalRun) -> Judged:
    """The surroundings, judgements and score of a portal; nothing else of the result is looked at."""
    around, score = result.around, result.score
    lines = (blobs.pack(replace(around, bodies=(), answered=None)), blobs.pack(result.judgements))
    columns = {
        "score_value": score.value,
        "score_provisional": score.provisional,
        "score_passed": score.passed,
        "score_failed": score.failed,
        "score_measured": score.measured,
        "score_not_measured": score.not_measured,
    }
    verdicts = [_verdict_row(each) for each in result.judgements]
    return Judged(
        result.portal.id,
        b"\n".join(lines),
        blobs.pack(around.bodies),
        blobs.pack(around.answered),
        columns,
        verdicts,
    )


def _verdict_row(judgement: Judgement) -> RowValues:
    return {
        "rule": judgement.rule,
        "outcome": judgement.verdict.outcome,
        "reason": judgement.verdict.reason,
        "standing": judgement.standing,
        "proves": judgement.proves,
        "severity": judgement.severity,
        "stage": judgement.stage,
        "grp": judgement.group,
    }


def _pack_pages(visit: Visit) -> tuple[list[blobs.Outline], list[bytes]]:
    outlines: list[blobs.Outline] = []
    facts: list[bytes] = []
    later = visit.later.pages if visit.later is not None else ()
    looks = [*(("", page) for page in visit.pages), *((LATER, page) for page in later)]
    for place, (look, page) in enumerate(looks):
        url = clean(page.url)
        for how, view in ((look + "raw", page.raw), (look + "rendered", page.rendered)):
            if view is not None:
                outlines.append((place, how, url, view.status, view.seen_at, view.sha256))
                facts.append(blobs.pack_page(view))
        if not page.views:
            outlines.append((place, look + _NONE, url, None, None, None))
    return outlines, [b"\n".join(facts[start : start + PART]) for start in range(0, len(facts), PART)]


def read_portal_run(
    row: StoredRow, told: Documents, *, views: bool = True, rules: Collection[str] | None = None
) -> PortalRun:
    """With ``rules`` their judgements alone."""
    portal, seen, outlines = told.visit.split(b"\n")
    around, judgements = told.judged.split(b"\n")
    facts = None if told.looks is None else [line for part in told.looks for line in part.split(b"\n")]
    first, again = _read_pages(blobs.read_outlines(outlines) if views else (), facts)
    visit = blobs.read_visit(seen)
    if visit.later is not None:
        visit = replace(visit, later=replace(visit.later, pages=again))
    return PortalRun(
        portal=blobs.read_portal(portal),
        visit=replace(visit, pages=first),
        around=replace(blobs.read_around(around), bodies=told.bodies, answered=told.answered),
        judgements=(
            blobs.read_judgements(judgements) if rules is None else blobs.read_judgements_of(judgements, rules)
        ),
        score=Score(
            row.score_value,
            row.score_provisional,
            row.score_passed,
            row.score_failed,
            row.score_measured,
            row.score_not_measured,
        ),
        warc=row.warc,
    )


def _without_pages(visit: Visit) -> Visit:
    later = replace(visit.later, pages=()) if visit.later is not None else None
    return replace(visit, pages=(), later=later)


def _read_pages(
    outlines: Sequence[blobs.Outline], facts: Sequence[bytes] | None
) -> tuple[tuple[Page, ...], tuple[Page, ...]]:
    """The pages of the first look, and of the second; ``facts`` are those of every view, in their order."""
    first: dict[int, Page] = {}
    again: dict[int, Page] = {}
    lines = None if facts is None else iter(facts)
    for place, manner, url, status, seen_at, sha256 in outlines:
        pages = again if manner.startswith(LATER) else first
        page = pages.get(place, Page(url))
        if seen_at is not None and sha256 is not None and status is not None:
            how: How = "rendered" if manner.endswith("rendered") else "raw"
            if lines is None:
                view = blobs.outline(url, seen_at, sha256, how, status)
            else:
                view = blobs.read_page(next(lines), seen_at, sha256)
            page = replace(page, rendered=view) if how == "rendered" else replace(page, raw=view)
        pages[place] = page
    return tuple(first.values()), tuple(again.values())
