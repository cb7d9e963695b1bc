"""The published formula: what counts, what is left out, and when no number may be printed; and that the example in
docs/scoring.md is what the program does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations, product
from pathlib import Path
from typing import get_args

import pytest

from audit_rules.judgement import Judgement, Score, Stage, Standing, Words
from audit_rules.rulebook import open_rulebook
from audit_rules.scoring import score
from audit_rules.verdict import Outcome, Verdict
from tests.cases import MAIN

WORDS = Words("", "", "")


def told(
    outcome: Outcome, standing: Standing = "law", stage: Stage = "published", *, scored: bool = True
) -> Judgement:
    verdict = Verdict(outcome)
    return Judgement("t.r", stage, "data", "low", standing, "sign", verdict, (), WORDS, WORDS, scored)


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


# --- what holds whatever was found: every small portal there can be ----------------------------------------------

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
COUNTED: tuple[Standing, ...] = ("law", "law_unread", "circular22")
UNCOUNTED = [
    *(told("inapplicable", standing, stage) for standing in COUNTED for stage in ("published", "trial")),
    *(told(outcome, "guidance", "trial") for outcome in OUTCOMES),
    *(told(outcome, stage="trial", scored=False) for outcome in OUTCOMES if outcome != "failed"),
    *(told(outcome, stage="retired") for outcome in OUTCOMES),
]


def small_portals() -> Iterator[list[Judgement]]:
    """Up to four of each outcome in all combinations, on each counted standing in turn."""
    for number, counts in enumerate(product(range(5), repeat=len(OUTCOMES))):
        standing = COUNTED[number % len(COUNTED)]
        yield [told(each, standing) for each, count in zip(OUTCOMES, counts, strict=True) for _ in range(count)]


SMALL = tuple((judgements, score(judgements, MAIN)) for judgements in small_portals())


def test_the_order_of_judgements_changes_nothing() -> None:
    mixed = [told("passed"), told("failed", stage="trial"), told("cantTell"), told("untested"), UNCOUNTED[0]]
    for some in (mixed, [*mixed[:2], *mixed[:2], told("passed", "guidance"), told("failed", stage="retired")]):
        assert {score(order, MAIN) for order in permutations(some)} == {score(some, MAIN)}


def test_what_is_not_counted_changes_nothing() -> None:
    for judgements, before in SMALL[:: len(UNCOUNTED) // 2]:
        for more in UNCOUNTED:
            assert score([*judgements, more], MAIN) == before


def test_one_more_passed_never_lowers_and_one_more_failed_never_raises() -> None:
    for judgements, before in SMALL:
        better, worse = (score([*judgements, told(outcome)], MAIN) for outcome in ("passed", "failed"))
        assert _at_most(before, better)
        assert _at_most(worse, before)


def _at_most(low: Score, high: Score) -> bool:
    """What has no number is compared with nothing: one more answer may be what makes a number printable."""
    return low.value is None or high.value is None or low.value <= high.value


def test_one_more_unmeasured_changes_no_number_and_may_only_hide_it() -> None:
    for judgements, before in SMALL:
        for outcome in ("cantTell", "untested"):
            after = score([*judgements, told(outcome)], MAIN)  # type: ignore[arg-type]
            assert after.value in (before.value, None)
            assert after.not_measured == before.not_measured + 1


def test_a_number_lies_between_nought_and_one_and_is_there_from_seventy_percent_on() -> None:
    for judgements, found in SMALL:
        outcomes = [each.verdict.outcome for each in judgements]
        measured = outcomes.count("passed") + outcomes.count("failed")
        asked = len(outcomes) - outcomes.count("inapplicable")
        assert (found.passed + found.failed, found.not_measured) == (measured, asked - measured)
        assert (found.value is not None) == (measured > 0 and 100 * measured >= 70 * asked)
        assert found.value is None or 0 <= found.value <= 1


def test_a_portal_whose_kind_is_not_sure_never_has_a_number() -> None:
    for judgements, found in SMALL[::7]:
        for unsure in (replace(MAIN, kind_guessed=True), replace(MAIN, registered=False)):
            assert score(judgements, unsure) == replace(found, value=None)


def test_a_number_is_provisional_as_long_as_one_of_its_rules_is_not_published() -> None:
    for judgements, found in SMALL[::7]:
        assert not found.provisional
        for stage in ("trial", "review"):
            for outcome in ("passed", "failed"):
                assert score([*judgements, told(outcome, stage=stage)], MAIN).provisional  # type: ignore[arg-type]


# --- the example in the document ----------------------------------------------------------------------------------

DOCUMENT = Path(__file__).parents[1] / "docs" / "scoring.md"
_ROW = re.compile(r"^\| `([\w.]+)` \| `(\w+)` \| `(\w+)` \| `(\w+)` \|", re.MULTILINE)


def example(text: str) -> Sequence[Judgement]:
    return [told(outcome, standing, stage) for _, outcome, standing, stage in _ROW.findall(text)]


def test_the_example_of_the_document_is_what_the_program_counts() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = score(example(text), MAIN)
    said = re.search(r"`\{\"value\": ([\d.]+), .*?\}`", text)
    assert found.value is not None
    assert said is not None
    assert said.group(0) == (
        f'`{{"value": {found.value}, "provisional": {str(found.provisional).lower()}, "passed": {found.passed}, '
        f'"failed": {found.failed}, "measured": {found.measured}, "not_measured": {found.not_measured}}}`'
    )
    assert f"{found.passed} / ({found.passed} + {found.failed}) = {found.value}" in text
    assert f"{found.measured} / {found.measured + found.not_measured}" in text


def test_the_example_of_the_document_is_of_rules_there_are() -> None:
    known = {entry.id for entry in open_rulebook().rules}
    named = [rule for rule, *_ in _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))]
    assert len(named) >= 8
    assert set(named) <= known
