"""Judging what is in the archive: the closing step of a run, and an old run judged again. No portal is touched."""

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
from storage.records import Run, RunHeader, RunStatus


def new_run_id() -> str:
    """An id that sorts by time and is not given twice."""
    return f"{datetime.now(HANOI):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def close(archive: Archive, header: RunHeader, rulebook: Rulebook) -> None:
    """The closing step: what only the whole run tells (who answered, what the main portal shows) is put around
    each portal it concerns, and those are judged again in one transaction."""
    told = archive.run(header.id).portals
    answered = frozenset(each.portal.id for each in told if each.visit.state in ("audited", "partial"))
    outcomes = {each.portal.id: {j.rule: j.verdict.outcome for j in each.judgements} for each in told}
    concerned = [each.portal.id for each in told if each.around.main_portal or each.around.components]
    again = []
    for each in archive.portals(header.id, pages=True, only=concerned) if concerned else ():
        main = each.around.main_portal
        around = replace(
            each.around,
            answered=answered,
            main_portal_outcomes=outcomes.get(main.id) if main is not None and main.id in answered else None,
        )
        judgements = judge(each.portal, each.visit, around, rulebook, header.law_day)
        again.append(replace(each, around=around, judgements=judgements, score=score(judgements, each.portal)))
    if again:
        archive.rejudge(header.id, again)


def judge_again(run_id: str, archive: Archive, *, law_day: date | None = None) -> Run:
    """Judges what an old run saw by today's rules, or by another day's law.

    Gives a new run, marked ``judged_from``; what was known around each portal is that of the old run.
    """
    rulebook = open_rulebook()
    old = archive.run(run_id).header
    header = replace(
        old,
        id=new_run_id(),
        kind="judge",
        started_at=datetime.now(UTC),
        law_day=law_day or old.law_day,
        tool_version=__version__,
        rules_version=rulebook.version,
        judged_from=run_id,
    )
    archive.begin(header)
    status: RunStatus = "partial"
    try:
        for each in archive.portals(run_id, pages=True):
            judgements = judge(each.portal, each.visit, each.around, rulebook, header.law_day)
            archive.save(header.id, replace(each, judgements=judgements, score=score(judgements, each.portal)))
        status = "complete"
    finally:
        archive.close_run(header.id, status=status, finished_at=datetime.now(UTC), reason=None)
    return archive.run(header.id)
