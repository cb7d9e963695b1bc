"""Judging what is in the archive: the closing step of a run, and an old run judged again. No portal is touched."""

from __future__ import annotations

import gzip
import pickle
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import IO

from audit.closing import WholeRun, whole_run
from audit.days import HANOI
from audit_rules import __version__
from audit_rules.engine import judge, judge_by_the_run
from audit_rules.facts import NetFacts, Surroundings
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from storage.archive import Archive, ArchiveError
from storage.files import why
from storage.records import PortalRun, Run, RunHeader, RunStatus

_SEEN = frozenset({"audited", "partial"})


def new_run_id() -> str:
    """An id that sorts by time and is not given twice."""
    return f"{datetime.now(HANOI):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def close(archive: Archive, header: RunHeader, rulebook: Rulebook) -> None:
    """The closing step: what only the whole run tells is put around each portal (audit/closing.py), and those it
    tells something new about are judged again, one after another, for a night's pages do not fit in memory.

    Verdicts wait in a temporary file and are then stored in one transaction: others may write while portals are
    judged. Raises ArchiveError."""
    told = whole_run(archive.portals(header.id))
    try:
        with tempfile.TemporaryFile() as file:
            with gzip.open(file, "wb", compresslevel=1) as waiting:
                for each in _told_more(archive, header, rulebook, told):
                    pickle.dump(each, waiting)
            file.seek(0)
            archive.rejudge(header.id, _waiting(file, told))
    except OSError as error:
        vi, en = why(error)
        raise ArchiveError(f"Không ghi được tệp tạm: {vi} / A temporary file cannot be written: {en}") from error


def _told_more(archive: Archive, header: RunHeader, rulebook: Rulebook, told: WholeRun) -> Iterator[PortalRun]:
    """The portals judged again, without what the closing step does not change or all of them have in common. Main
    portals go first: what is said of them in the end is put around their components."""
    outcomes: dict[str, dict[str, str]] = {}
    for each in archive.portals(header.id, pages=True, only=sorted(told.mains)):
        again = _told(each, told.around(each, outcomes), header, rulebook)
        outcomes[each.portal.id] = {j.rule: j.verdict.outcome for j in (again or each).judgements}
        if again is not None:
            yield again
    for each in archive.portals(header.id, pages=True):
        if each.portal.id not in outcomes:
            again = _told(each, told.around(each, outcomes), header, rulebook)
            if again is not None:
                yield again


def _told(each: PortalRun, around: Surroundings, header: RunHeader, rulebook: Rulebook) -> PortalRun | None:
    if around == each.around or each.visit.state not in _SEEN:
        return None  # what is said of a portal that was not seen depends on nothing around it
    again = _judged_by_the_run(each, around, rulebook, header.law_day)
    visit = replace(each.visit, pages=(), net=NetFacts(), later=None)
    return replace(again, visit=visit, around=replace(around, answered=None))


def _judged_by_the_run(each: PortalRun, around: Surroundings, rulebook: Rulebook, law_day: date) -> PortalRun:
    """A portal with what the whole run adds. One that was told before, or that was not judged tonight because
    nothing had changed (audit/unchanged.py), is judged whole."""
    whole = replace(each, around=around)
    if each.around.answered is not None or _tells_of_another_night(each):
        return _judged(whole, rulebook, law_day)
    told = judge_by_the_run(each.judgements, each.portal, each.visit, around, rulebook, law_day)
    return replace(whole, judgements=told, score=score(told, each.portal))


def _tells_of_another_night(each: PortalRun) -> bool:
    begun = each.visit.started_at
    verdicts = [judgement.verdict for judgement in each.judgements]
    shown = [(piece.how, piece.seen_at) for verdict in verdicts for piece in verdict.evidence]
    searched = [
        (page.how, page.seen_at) for verdict in verdicts if verdict.searched for page in verdict.searched.pages
    ]
    return begun is None or any(how != "rendered" and seen_at < begun for how, seen_at in (*shown, *searched))


def _waiting(file: IO[bytes], told: WholeRun) -> Iterator[PortalRun]:
    with gzip.open(file, "rb") as waiting:
        while True:
            try:
                each: PortalRun = pickle.load(waiting)  # noqa: S301 - written by this process, a moment ago
            except EOFError:
                return
            yield replace(each, around=replace(each.around, answered=told.answered))


def _judged(seen: PortalRun, rulebook: Rulebook, law_day: date) -> PortalRun:
    judgements = judge(seen.portal, seen.visit, seen.around, rulebook, law_day)
    return replace(seen, judgements=judgements, score=score(judgements, seen.portal))


def judge_again(run_id: str, archive: Archive, *, law_day: date | None = None) -> Run:
    """Judges what an old run saw by today's rules, or by another day's law.

    Gives a new run, marked ``judged_from``: the run that looked, also where a replay is judged again. What was
    known around each portal is that of the old run. Raises EvidencePruned."""
    rulebook = open_rulebook()
    archive.must_be_whole(run_id)
    old = archive.run(run_id).header
    header = replace(
        old,
        id=new_run_id(),
        kind="judge",
        started_at=datetime.now(UTC),
        law_day=law_day or old.law_day,
        tool_version=__version__,
        rules_version=rulebook.version,
        judged_from=old.judged_from or run_id,
    )
    archive.begin(header)
    status: RunStatus = "partial"
    try:
        for each in archive.portals(run_id, pages=True):
            archive.save(header.id, _judged(each, rulebook, header.law_day))
        status = "complete"
    finally:
        archive.close_run(header.id, status=status, finished_at=datetime.now(UTC), reason=None)
    return archive.run(header.id)
