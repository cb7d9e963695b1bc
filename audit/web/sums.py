"""Sums over verdicts and portals, of what is shown alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from audit.web.entries import KINDS, rulebook_entries
from audit.web.gate import EMBARGOED, score_of
from audit.web.shapes import KindLine, Name, PortalLine, RuleLine
from audit_rules.facts import Portal
from audit_rules.judgement import Score
from audit_rules.scoring import COUNTED
from storage.showing import NightSum, Said, SeenPortal

_SEEN = ("audited", "partial")
_UNMEASURED = ("cantTell", "untested")


def score_shown(
    seen: SeenPortal, said: Sequence[Said], shown: Sequence[Said], portal: Portal, *, internal: bool
) -> Score:
    """The score over what is shown. For those inside it is the stored one without the embargoed rules."""
    printed = portal.registered and not portal.kind_guessed
    if internal:
        out = Counter(each.outcome for each in said if each.rule in EMBARGOED and is_counted(each))
        passed, failed = seen.passed - out["passed"], seen.failed - out["failed"]
        unmeasured = seen.not_measured - out["cantTell"] - out["untested"]
    else:
        here = Counter(each.outcome for each in shown if is_counted(each))
        passed, failed, unmeasured = here["passed"], here["failed"], here["cantTell"] + here["untested"]
    provisional = any(
        each.stage != "published" for each in shown if is_counted(each) and each.outcome in ("passed", "failed")
    )
    return score_of(passed, failed, unmeasured, provisional=provisional, printed=printed)


def score_of_sum(one: NightSum) -> float | None:
    """The score that portals of a night have in common, without the embargoed rules."""
    stored = score_of(one.passed, one.failed, one.not_measured, provisional=True, printed=True).value
    printed = one.has_score or stored is None
    passed, failed, unmeasured = one.passed, one.failed, one.not_measured
    if one.embargoed is not None and is_counted(one.embargoed):
        outcome = one.embargoed.outcome
        passed, failed = passed - (outcome == "passed"), failed - (outcome == "failed")
        unmeasured -= outcome in _UNMEASURED
    return score_of(passed, failed, unmeasured, provisional=True, printed=printed).value


def is_counted(each: Said) -> bool:
    """Whether what a rule said counts in scores."""
    entry = rulebook_entries().get(each.rule)
    return each.standing in COUNTED and each.stage != "retired" and (entry is None or entry.scored)


def rule_lines(counts: Mapping[str, Counter[str]]) -> dict[str, RuleLine]:
    """Today's rules by id, each with how often it came out how; of embargoed ones nothing is told."""
    return {
        entry.id: RuleLine(
            id=entry.id,
            title=Name(entry.vi.title, entry.en.title),
            fix=Name(entry.vi.fix, entry.en.fix),
            group=entry.group,
            severity=entry.severity,
            stage=entry.stage,
            value_only=entry.value_only,
            counts={} if entry.id in EMBARGOED else dict(counts.get(entry.id, {})),
            embargoed=entry.id in EMBARGOED,
        )
        for entry in rulebook_entries().values()
    }


def kind_lines(portals: Sequence[PortalLine]) -> tuple[KindLine, ...]:
    """Of each kind that is there: portals, how many of them were audited, their scores in order, their findings."""
    told = []
    for kind in KINDS:
        here = [each for each in portals if each.kind == kind]
        if here:
            scores = sorted(each.score.value for each in here if each.score.value is not None)
            audited = sum(each.state in _SEEN for each in here)
            findings = sum(each.findings for each in here)
            told.append(KindLine(kind, len(here), audited, tuple(scores), findings))
    return tuple(told)
