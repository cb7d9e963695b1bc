"""An old run judged again, by what it saw. No portal is touched."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime

from audit.days import HANOI
from audit_rules import __version__
from audit_rules.engine import judge
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from storage.archive import Archive
from storage.records import PortalRun, Run, RunStatus


def new_run_id() -> str:
    """An id that sorts by time and is not given twice."""
    return f"{datetime.now(HANOI):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def judged(seen: PortalRun, rulebook: Rulebook, law_day: date) -> PortalRun:
    """A portal judged by the rules and the law of a day, with what is around it."""
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
            archive.save(header.id, judged(each, rulebook, header.law_day))
        status = "complete"
    finally:
        archive.close_run(header.id, status=status, finished_at=datetime.now(UTC), reason=None)
    return archive.run(header.id)
