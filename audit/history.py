"""What became of a finding over the nights. Nothing is stored for it: it is worked out from past verdicts.

A fault first seen by a nightly round is ``unconfirmed`` until a second night; ``audit run`` is never delayed.
Only a pass that was seen closes a finding: whoever could not look has mended nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, takewhile
from typing import Literal

from audit_rules.judgement import Judgement
from storage.records import PastVerdict, PortalRun, RunHeader

FindingState = Literal["new", "unconfirmed", "open", "fixed", "reopened"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's fault at one portal. Days are those of Asia/Ho_Chi_Minh, ``nights`` counts the days on which
    the fault was seen; ``just_fixed`` is True where the newest verdict is the pass that closed it."""

    rule: str
    state: FindingState
    first_seen: date
    last_seen: date
    nights: int
    just_fixed: bool = False


def needs_review(item: Judgement) -> bool:
    return item.verdict.outcome == "cantTell" and item.verdict.reason == "needs_review"


def is_fault(item: Judgement) -> bool:
    """What an agency is asked about: a fault, or what a person is to look at."""
    return item.verdict.outcome == "failed" or needs_review(item)


def finding_id(portal_id: str, rule: str) -> str:
    """The id under which a finding is known in every export, whatever run it comes from."""
    return hashlib.sha256(f"{portal_id}\n{rule}".encode()).hexdigest()[:12]


def known_by(past: Sequence[PastVerdict], run: RunHeader, result: PortalRun) -> list[PastVerdict]:
    """The verdicts on a portal that were known when ``run`` had ended, oldest first; ``past`` is the archive's.

    A replay counts only in its own report, in place of the run that it was judged from.
    """
    at = run.judged_from or run.id
    source = next((one for one in past if one.run_id == at), None)
    kind, day = (source.kind, source.day) if source else (run.kind, run.day)
    seen = result.visit.started_at or run.started_at
    before = (
        list(takewhile(lambda one: one.run_id != at, past)) if source else [p for p in past if p.seen_at < seen]
    )
    mine = [
        PastVerdict(run.id, kind, day, seen, item.rule, item.verdict.outcome, item.verdict.reason)
        for item in result.judgements
    ]
    return before + mine


@dataclass(frozen=True, slots=True)
class Spell:
    """One outcome of a rule at several looks one after another; ``looks`` are their kinds of run and days."""

    outcome: str
    looks: Sequence[tuple[str, date]]


def findings(past: Sequence[PastVerdict]) -> dict[str, Finding]:
    """Rule ids and their findings; ``past`` is oldest first. A rule that never failed has none."""
    by_rule: dict[str, list[PastVerdict]] = {}
    for one in past:
        by_rule.setdefault(one.rule, []).append(one)
    told = {rule: finding_of(rule, _spells(verdicts)) for rule, verdicts in by_rule.items()}
    return {rule: finding for rule, finding in told.items() if finding is not None}


def _spells(verdicts: Sequence[PastVerdict]) -> Iterator[Spell]:
    for outcome, several in groupby(verdicts, key=lambda one: one.outcome):
        yield Spell(outcome, [(one.kind, one.day) for one in several])


def finding_of(rule: str, spells: Iterable[Spell]) -> Finding | None:
    """What became of a rule's fault at one portal; ``spells`` are oldest first, none of them empty."""
    finding: Finding | None = None
    days: set[date] = set()
    for spell in spells:
        if spell.outcome == "failed":
            state = finding.state if finding else None
            for kind, day in spell.looks:
                if state == "open":  # and stays so, however often the fault is seen
                    break
                state = _after_fault(state, kind, seen_today=day in days)
                days.add(day)
            days.update(day for _, day in spell.looks)
            first = finding.first_seen if finding else spell.looks[0][1]
            finding = Finding(rule, state or "open", first, spell.looks[-1][1], len(days))
        elif spell.outcome == "passed" and finding is not None:
            if finding.state == "unconfirmed":
                finding = None
                days.clear()
            else:
                once = len(spell.looks) == 1
                finding = replace(finding, state="fixed", just_fixed=once and finding.state != "fixed")
        elif finding is not None:
            finding = replace(finding, just_fixed=False)
    return finding


def _after_fault(before: FindingState | None, kind: str, *, seen_today: bool) -> FindingState:
    if before is None:
        return "unconfirmed" if kind == "nightly" else "new"
    if before == "fixed":
        return "reopened"
    if before == "unconfirmed" and kind == "nightly" and seen_today:
        return "unconfirmed"
    return "open"
