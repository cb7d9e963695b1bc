"""One portal is one job: visit, judge, look again where a browser could change the answer, store. And the driver
of that job: some portals now."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from audit.closing_step import close
from audit.days import day_of
from audit.evidence import seal_run
from audit.judging import new_run_id
from audit.made_by import made_by
from audit.post import Job, Progress, keep_in, post
from audit.recorded import seen_at, source_of
from audit.registry.registry import Registry
from audit.unchanged import is_unchanged
from audit_rules import __version__
from audit_rules.facts import Link, NetFacts, Portal, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.known import seen_once
from audit_rules.languages import is_near, leads_to_language
from audit_rules.later import again
from audit_rules.reading.vocabulary import rank
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from audit_rules.services import is_local_service
from audit_rules.verdict import Verdict
from crawler import loop
from crawler.again import look_again
from crawler.errand import Errand
from crawler.plan import Plan
from crawler.visit import Network, render, visit
from storage.archive import Archive
from storage.evidence import EvidenceWriter, sweep
from storage.recorded import EvidenceError, Recorded
from storage.records import PortalRun, Run, RunHeader, RunStatus

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 16
"""Portals in flight; each asks one thing at a time and waits most of it."""
MAX_LOOKS = 30
"""Pages of one portal shown to the browser because a rule wants it, home aside."""
MAX_ROUNDS = 3
SECOND_SHARE = 0.25
"""Of a portal's budget, what the second look has at least: nobody is accused for want of it."""
LATEST = 1.5
"""Times a portal's budget, and GRACE seconds, after which its visit is broken off as a fault of ours: all that a
visit does ends before."""
GRACE = 300.0

Kind = Literal["run", "nightly", "demo"]


async def audit_portal(portal: Portal, job: Job, progress: Progress | None = None) -> PortalRun:
    """Visits, judges and stores one portal; until it is stored, nothing of it is there.

    A fault of ours is logged and stored as the portal's state ``error``: it never reaches other portals. Evidence
    that cannot be written (EvidenceError: the disk is full) ends the run, for no other portal would fare better.
    """
    around = job.registry.surroundings(portal, job.header.day)
    evidence = EvidenceWriter(job.data / "evidence", job.header.id, portal.id, user_agent=job.plan.user_agent)
    try:
        async with asyncio.timeout(job.plan.timeouts.portal * LATEST + GRACE):
            seen, judgements = await _look(portal, around, job, evidence, progress)
        warc = evidence.finish()
    except EvidenceError:
        evidence.abort()
        raise
    except Exception:
        log.exception("the audit of %s failed", portal.id)
        evidence.abort()
        now = datetime.now(UTC)
        seen, warc = Visit("error", "our_fault", None, (), NetFacts(), started_at=now, finished_at=now), None
        judgements = job.judgements(portal, seen, around)
    except BaseException:
        evidence.abort()
        raise
    result = PortalRun(portal, seen, around, judgements, score(judgements, portal), warc)
    await job.keep(result)
    return result


async def _look(
    portal: Portal, around: Surroundings, job: Job, evidence: EvidenceWriter, progress: Progress | None
) -> tuple[Visit, tuple[Judgement, ...]]:
    """Visits a portal, then shows the browser the pages that rules want to see drawn, a few rounds at most; the
    visit and what is said of it.

    All of it within the portal's budget: what there is no time for is left out, and is then not seen."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + job.plan.timeouts.portal
    pages = 0
    foreign = partial(_is_version, portal=portal, around=around)
    known = job.known(portal)

    def told(_page: object) -> None:
        nonlocal pages
        pages += 1
        if progress is not None:
            progress.page(portal, pages)

    seen = await visit(
        portal,
        around.book,
        job.plan,
        job.network,
        rank=rank,
        evidence=evidence,
        browser=job.browser,
        outside=partial(_matters_outside, around=around),
        on_page=told,
        probes=True,
        foreign=foreign,
        known=known,
    )
    seen = replace(seen, made_by=made_by())
    if is_unchanged(seen, known):
        return seen, known.judgements
    verdicts = job.verdicts(portal, seen, around)
    looks = MAX_LOOKS
    for _ in range(MAX_ROUNDS if seen.browser else 0):
        wanted = _wanted(verdicts.values(), seen)[:looks]
        if not wanted or clock() > deadline:
            break
        looks -= len(wanted)
        for url in wanted:
            if clock() < deadline:
                seen = await render(
                    seen, [url], job.browser, plan=job.plan, net=job.network, evidence=evidence, known=known
                )
        seen = _failed_looks(seen, wanted)
        verdicts = job.verdicts(portal, seen, around)
    left = max(deadline - clock(), job.plan.timeouts.portal * SECOND_SHARE)
    plan = replace(job.plan, timeouts=replace(job.plan.timeouts, portal=left))
    errand = Errand(
        portal,
        around.book,
        plan,
        job.network,
        rank,
        evidence,
        job.browser,
        probes=True,
        foreign=foreign,
        known=known,
    )
    twice = await look_again(seen, again(seen_once(verdicts, seen, known), seen), errand)
    return twice, job.judgements(portal, twice, around, first=verdicts)


def _is_version(link: Link, *, portal: Portal, around: Surroundings) -> bool:
    """Links to a version of the portal in another language, its own or beside it."""
    return leads_to_language(link) and is_near(link.url, portal, around)


def _matters_outside(link: Link, *, around: Surroundings) -> bool:
    """Links out of the portal whose end matters: local service systems, and the main portal's sections."""
    if is_local_service(link.url, link.text):
        return True
    main = around.main_portal
    return (
        main is not None
        and around.book.owner(link.url) == main.id
        and rank(link.text, "", "", link.region) is not None
    )


def _wanted(verdicts: Iterable[Verdict], seen: Visit) -> list[str]:
    """Pages of the visit that some rule wants to see drawn, in the order of the rules, failed looks aside."""
    raw = {page.url for page in seen.shown if page.rendered is None} - {
        url for url, reason in seen.net.skipped if reason == "render_failed"
    }
    return [url for url in dict.fromkeys(url for verdict in verdicts for url in verdict.wanted) if url in raw]


def _failed_looks(seen: Visit, wanted: Sequence[str]) -> Visit:
    """The visit with the looks that brought nothing written down as such."""
    drawn = {page.url for page in seen.shown if page.rendered is not None}
    failed = tuple((url, "render_failed") for url in wanted if url not in drawn)
    return replace(seen, net=replace(seen.net, skipped=seen.net.skipped + failed)) if failed else seen


# --- the driver ----------------------------------------------------------------------------------------


def audit_portals(
    portals: Sequence[Portal],
    registry: Registry,
    plan: Plan,
    archive: Archive,
    *,
    data: Path,
    kind: Kind = "run",
    law_day: date | None = None,
    recorded: Sequence[Recorded] = (),
    progress: Progress | None = None,
) -> Run:
    """Audits some portals now and gives the run as stored. Raises ArchiveError and EvidenceError.

    ``recorded`` holds traffic to audit from: then nobody else is asked.
    An interrupt ends the run as ``partial``: what was stored stays, KeyboardInterrupt goes on to the caller.
    """
    rulebook = open_rulebook()
    archive.recover()
    sweep(data / "evidence")
    header = header_of(kind, plan, rulebook, law_day or day_of(seen_at(portals, recorded)))
    archive.begin(header)
    status: RunStatus = "partial"
    reason: str | None = "interrupted"
    try:
        loop.run(_audit_all(portals, registry, plan, archive, data, rulebook, header, recorded, progress))
        status, reason = "complete", None
    finally:
        archive.close_run(header.id, status=status, finished_at=datetime.now(UTC), reason=reason)
    seal_run(archive, header.id, data)
    return archive.run(header.id)


async def _audit_all(
    portals: Sequence[Portal],
    registry: Registry,
    plan: Plan,
    archive: Archive,
    data: Path,
    rulebook: Rulebook,
    header: RunHeader,
    sources: Sequence[Recorded],
    progress: Progress | None,
) -> None:
    keep = keep_in(archive, header.id)
    async with post(header, registry, plan, archive, keep, data=data, browser=not sources) as job:
        places = asyncio.Semaphore(SIDE_BY_SIDE)
        done = 0
        silent: list[Portal] = []

        async def one(portal: Portal, job: Job, *, last: bool) -> None:
            nonlocal done
            async with places:
                source = source_of(portal, sources)
                here = job if source is None else replace(job, network=Network(recorded=source))
                result = await audit_portal(portal, here, progress)
            if result.visit.state == "unreachable" and source is None and not last:
                silent.append(portal)
                return
            done += 1
            if progress is not None:
                progress.portal(done, len(portals), portal, result.visit.state)

        async with asyncio.TaskGroup() as group:
            for portal in portals:
                group.create_task(one(portal, job, last=False))
        # One that was down for a minute is not called unreachable: it is visited again when the others are done.
        patient = replace(job, plan=replace(plan, timeouts=plan.timeouts.longer))
        async with asyncio.TaskGroup() as group:
            for portal in silent:
                group.create_task(one(portal, patient, last=True))
    close(archive, header, rulebook)


def header_of(kind: Kind, plan: Plan, rulebook: Rulebook, law_day: date) -> RunHeader:
    return RunHeader(
        id=new_run_id(),
        kind=kind,
        started_at=datetime.now(UTC),
        day=day_of(),
        law_day=law_day,
        tool_version=__version__,
        rules_version=rulebook.version,
        user_agent=plan.user_agent,
        settings=json.dumps(asdict(plan), ensure_ascii=False, sort_keys=True),
    )
