"""The published formula (contract, "Score"): one function for every place that shows a number."""

from __future__ import annotations

from collections.abc import Sequence

from audit_rules.facts import Portal
from audit_rules.judgement import Judgement, Score

COUNTED = frozenset({"law", "law_unread", "circular22"})
"""Standings that count; guidance is told and never scored."""

ENOUGH = 0.7
"""Share of the counted rules that must have been measured before a number is printed."""


def score(judgements: Sequence[Judgement], portal: Portal) -> Score:
    """Passed over passed and failed, unweighted, with what could not be measured beside it."""
    counted = [each for each in judgements if each.standing in COUNTED and each.stage != "retired" and each.scored]
    outcomes = [each.verdict.outcome for each in counted]
    passed, failed = outcomes.count("passed"), outcomes.count("failed")
    measured = passed + failed
    not_measured = outcomes.count("cantTell") + outcomes.count("untested")
    enough = measured > 0 and measured >= ENOUGH * (measured + not_measured)
    printed = enough and not portal.kind_guessed and portal.registered
    provisional = any(each.stage != "published" for each in counted if each.verdict.outcome in ("passed", "failed"))
    return Score(
        round(passed / measured, 4) if printed else None, provisional, passed, failed, measured, not_measured
    )
