"""Every rule is seen to pass, to fail and to be unsure, and not to be fooled: one small text a case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from audit_rules.engine import judge
from audit_rules.judgement import Judgement
from audit_rules.rulebook import Rulebook, open_rulebook
from tests.cases import LAW_DAY, Case, all_cases, judged, made

CASES = all_cases()


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return open_rulebook()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case, rulebook: Rulebook) -> None:
    judgement = judged(case, rulebook)
    verdict = judgement.verdict
    assert verdict.outcome == case.told["expect"], (verdict.reason, judgement.vi.message)
    if "reason" in case.told:
        assert verdict.reason == case.told["reason"]
    for key, value in case.told.get("values", {}).items():
        assert verdict.values[key] == value
    if "excerpt" in case.told:
        assert case.told["excerpt"] in " ".join(each.excerpt for each in verdict.evidence)
    if "says" in case.told:
        assert case.told["says"] in judgement.vi.message
    if "wanted" in case.told:
        assert list(verdict.wanted) == case.told["wanted"]
    if "proves" in case.told:
        assert judgement.proves == case.told["proves"]
    if "nearest" in case.told:
        assert verdict.searched is not None
        assert verdict.searched.nearest is not None
        assert case.told["nearest"] in verdict.searched.nearest.text
    sentences_are_whole(judgement)


def sentences_are_whole(judgement: Judgement) -> None:
    """In both languages."""
    for words in (judgement.vi, judgement.en):
        assert words.title
        assert words.message
        assert "…}" not in words.message
        assert "{" not in words.message
        assert bool(words.fix) == (judgement.verdict.outcome == "failed")
    if judgement.proves == "sign":
        assert "vi phạm" not in judgement.vi.message.lower()


def test_every_rule_has_cases_that_pass_fail_and_are_unsure(rulebook: Rulebook) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in CASES:
        seen[case.rule].add(case.told["expect"])
    assert set(seen) == {entry.id for entry in rulebook.rules}
    for entry in rulebook.rules:
        outcomes = seen[entry.id]
        if "untested" in outcomes:
            assert outcomes == {"untested"}, entry.id
        elif entry.value_only:
            assert "passed" in outcomes, entry.id
            assert outcomes & {"inapplicable", "cantTell"}, entry.id
        else:
            assert {"passed", "failed", "cantTell"} <= outcomes, entry.id


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_only_the_whole_run_tells_is_asked_for_by_those_who_say_so_and_takes_no_pass_away(
    case: Case, rulebook: Rulebook
) -> None:
    """The closing step asks only rules that say so, and of those only such as did not pass before."""
    portal, visit, around = made(case.told)
    if around.alone is around:
        return
    (entry,) = rulebook.only(lambda entry: entry.id == case.rule).rules
    told_all = replace(rulebook, rules=(replace(entry, rule=replace(entry.rule, whole_run=True)),))
    (with_it,), (without,) = (judge(portal, visit, known, told_all, LAW_DAY) for known in (around, around.alone))
    if not entry.rule.whole_run or without.verdict.outcome in ("passed", "inapplicable"):
        assert with_it.verdict == without.verdict
