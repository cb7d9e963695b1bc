"""The published formula: what counts, what is left out, and when no number may be printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from audit_rules.judgement import Judgement, Standing, Words
from audit_rules.scoring import score
from audit_rules.verdict import Outcome, Verdict
from tests.cases import MAIN

WORDS = Words("", "", "")


def told(outcome: Outcome, standing: Standing = "law", stage: str = "published") -> Judgement:
    verdict = Verdict(outcome)
    return Judgement("t.r", stage, "data", "low", standing, "sign", verdict, (), WORDS, WORDS)  # type: ignore[arg-type]


def many(**counts: int) -> Iterable[Judgement]:
    return [told(outcome) for outcome, count in counts.items() for _ in range(count)]  # type: ignore[arg-type]


def test_passed_over_passed_and_failed() -> None:
    found = score([*many(passed=2, failed=1)], MAIN)
    assert (found.value, found.passed, found.failed, found.measured, found.not_measured) == (0.6667, 2, 1, 3, 0)


@pytest.mark.parametrize("standing", ["law", "law_unread", "circular22"])
def test_these_standings_count(standing: Standing) -> None:
    assert score([told("failed", standing)], MAIN).measured == 1


def test_guidance_and_retired_rules_are_told_and_never_scored() -> None:
    found = score([told("passed"), told("failed", "guidance"), told("failed", stage="retired")], MAIN)
    assert (found.value, found.measured) == (1.0, 1)


def test_what_does_not_apply_counts_nowhere() -> None:
    found = score([*many(passed=1, inapplicable=9)], MAIN)
    assert (found.value, found.measured, found.not_measured) == (1.0, 1, 0)


@pytest.mark.parametrize(("unmeasured", "printed"), [(3, True), (4, False)])
def test_a_number_is_printed_from_seventy_percent_on(unmeasured: int, printed: bool) -> None:
    found = score([*many(passed=7, cantTell=unmeasured - 1, untested=1)], MAIN)
    assert found.not_measured == unmeasured
    assert (found.value is not None) is printed


def test_nothing_measured_is_no_number() -> None:
    assert score([], MAIN).value is None
    assert score([*many(cantTell=5)], MAIN).value is None


@pytest.mark.parametrize("portal", [replace(MAIN, kind_guessed=True), replace(MAIN, registered=False)])
def test_a_guessed_kind_and_an_unregistered_portal_have_no_number(portal: object) -> None:
    found = score([*many(passed=5)], portal)  # type: ignore[arg-type]
    assert (found.value, found.passed) == (None, 5)


def test_a_counted_rule_below_published_makes_it_provisional() -> None:
    assert not score([told("passed")], MAIN).provisional
    assert score([told("passed"), told("failed", stage="review")], MAIN).provisional
    assert not score([told("passed"), told("cantTell", stage="trial")], MAIN).provisional
    assert not score([told("passed"), told("failed", "guidance", stage="trial")], MAIN).provisional
