"""Records to rows and back. Nothing here talks to the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from audit_rules.facts import Page, PageFacts, Visit
from audit_rules.judgement import Judgement, Score
from audit_rules.verdict import How
from storage import blobs
from storage.records import PortalRun, Run, RunHeader

RowValues = dict[str, Any]
StoredRow = Row[Any]

LATER = "later_"
"""Stands before the manner of a look that was taken the second time."""

JUDGED = (
    "around",
    "bodies_sha",
    "answered_sha",
    "judgements",
    "score_value",
    "score_provisional",
    "score_passed",
    "score_failed",
    "score_measured",
    "score_not_measured",
)
"""The columns of a portal that judging fills."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A portal's rows without its pages. ``shared`` are blobs by digest that many portals have in common."""

    portal_run: RowValues
    verdicts: list[RowValues]
    shared: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class PackedPages:
    views: list[RowValues]
    facts: dict[str, bytes]


class Shared:
    """Lists that all portals of a run have in common, unpacked once while the run is read."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._ids: dict[str, frozenset[str] | None] = {}

    def missing(self, wanted: Iterable[str]) -> list[str]:
        return sorted(set(wanted) - self._data.keys())

    def add(self, sha: str, body: bytes) -> None:
        self._data[sha] = blobs.inflate(body)

    def names(self, sha: str) -> tuple[str, ...]:
        if sha not in self._names:
            self._names[sha] = blobs.read_names(self._data[sha])
        return self._names[sha]

    def ids(self, sha: str) -> frozenset[str] | None:
        if sha not in self._ids:
            self._ids[sha] = blobs.read_ids(self._data[sha])
        return self._ids[sha]


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


def pack_result(run_id: str, result: PortalRun, now: datetime) -> Packed:
    """``now`` is when a verdict without evidence, about a portal never seen, is said to have been seen."""
    portal, visit, around, score = result.portal, result.visit, result.around, result.score
    bodies, answered = blobs.pack(around.bodies), blobs.pack(around.answered)
    bodies_sha, answered_sha = blobs.digest(bodies), blobs.digest(answered)
    portal_run: RowValues = {
        "run_id": run_id,
        "portal_id": portal.id,
        "portal": blobs.deflate(blobs.pack(portal)),
        "visit": blobs.deflate(blobs.pack(_without_pages(visit))),
        "around": blobs.deflate(blobs.pack(replace(around, bodies=(), answered=None))),
        "bodies_sha": bodies_sha,
        "answered_sha": answered_sha,
        "judgements": blobs.deflate(blobs.pack(result.judgements)),
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
        "score_value": score.value,
        "score_provisional": score.provisional,
        "score_passed": score.passed,
        "score_failed": score.failed,
        "score_measured": score.measured,
        "score_not_measured": score.not_measured,
        "warc": result.warc,
    }
    unseen = visit.finished_at or visit.started_at or now
    told = [_verdict_row(run_id, portal.id, judgement, unseen) for judgement in result.judgements]
    return Packed(portal_run, told, {bodies_sha: bodies, answered_sha: answered})


def _verdict_row(run_id: str, portal_id: str, judgement: Judgement, unseen: datetime) -> RowValues:
    verdict = judgement.verdict
    times = [evidence.seen_at for evidence in verdict.evidence]
    if not times and verdict.searched is not None:
        times = [looked.seen_at for looked in verdict.searched.pages]
    return {
        "run_id": run_id,
        "portal_id": portal_id,
        "rule": judgement.rule,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "standing": judgement.standing,
        "proves": judgement.proves,
        "severity": judgement.severity,
        "stage": judgement.stage,
        "grp": judgement.group,
        "seen_at": max(times, default=unseen),
    }


def pack_pages(run_id: str, result: PortalRun) -> PackedPages:
    views: list[RowValues] = []
    facts: dict[str, bytes] = {}
    later = result.visit.later.pages if result.visit.later is not None else ()
    looks = [*(("", page) for page in result.visit.pages), *((LATER, page) for page in later)]
    for position, (look, page) in enumerate(looks):
        here = {"run_id": run_id, "portal_id": result.portal.id, "position": position, "url": page.url}
        for how, view in ((look + "raw", page.raw), (look + "rendered", page.rendered)):
            if view is None:
                continue
            data = blobs.pack_page(view)
            sha = blobs.digest(data)
            facts[sha] = data
            seen = {"status": view.status, "seen_at": view.seen_at, "sha256": view.sha256, "facts_sha": sha}
            views.append({**here, "how": how, **seen})
        if not page.views:
            unseen = dict.fromkeys(("status", "seen_at", "sha256", "facts_sha"))
            views.append({**here, "how": look + "none", **unseen})
    return PackedPages(views, facts)


def read_portal_run(row: StoredRow, views: Sequence[StoredRow], shared: Shared) -> PortalRun:
    """``views`` are rows of pages in their order, with a ``body`` where facts are wanted."""
    first: list[StoredRow] = []
    again: list[StoredRow] = []
    for view in views:
        (again if view.how.startswith(LATER) else first).append(view)
    visit = blobs.read_visit(blobs.inflate(row.visit))
    if visit.later is not None:
        visit = replace(visit, later=replace(visit.later, pages=_read_pages(again)))
    around = blobs.read_around(blobs.inflate(row.around))
    return PortalRun(
        portal=blobs.read_portal(blobs.inflate(row.portal)),
        visit=replace(visit, pages=_read_pages(first)),
        around=replace(around, bodies=shared.names(row.bodies_sha), answered=shared.ids(row.answered_sha)),
        judgements=blobs.read_judgements(blobs.inflate(row.judgements)),
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


def _read_pages(views: Sequence[StoredRow]) -> tuple[Page, ...]:
    pages: dict[int, Page] = {}
    for view in views:
        page = pages.get(view.position, Page(view.url))
        how = view.how.removeprefix(LATER)
        if how == "raw":
            page = replace(page, raw=_read_view(view, "raw"))
        elif how == "rendered":
            page = replace(page, rendered=_read_view(view, "rendered"))
        pages[view.position] = page
    return tuple(pages.values())


def _read_view(row: StoredRow, how: How) -> PageFacts:
    body = getattr(row, "body", None)
    if body is None:
        return blobs.outline(row.url, row.seen_at, row.sha256, how, row.status)
    return blobs.read_page(blobs.inflate(body), row.seen_at, row.sha256)
