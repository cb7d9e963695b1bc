"""The engine: every rule answers once, whatever became of the portal; law and sentences are put to each answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from audit_rules.engine import first_verdicts, judge
from audit_rules.facts import Surroundings, Unseen
from audit_rules.judgement import Judgement
from audit_rules.rule import Rule, rule
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, failed, passed
from tests.cases import LAW_DAY, Case, all_cases, made


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return open_rulebook()


def answers(book: Rulebook, day: date = LAW_DAY, **told: Any) -> dict[str, Judgement]:
    return {each.rule: each for each in judge(*made(told), book, day)}


def with_rule(book: Rulebook, decide: Callable[[SiteFacts, Surroundings], Verdict]) -> Rulebook:
    """The book with the first rule's decision replaced."""
    first = book.rules[0]
    return replace(book, rules=(replace(first, rule=Rule(first.id, first.rule.duty, decide)), *book.rules[1:]))


@pytest.mark.parametrize("case", [case for case in all_cases() if "later_render" in case.told], ids=str)
def test_what_was_said_before_the_second_look_need_not_be_worked_out_again(case: Case, book: Rulebook) -> None:
    """Also by a rule that weighs both looks itself."""
    portal, visit, around = made(case.told)
    assert visit.later is not None
    first = first_verdicts(portal, replace(visit, later=None), around, book)
    assert first["measurement.emc_beacon_sent"].outcome != "failed", "after one look it accuses nobody"
    told = judge(portal, visit, around, book, LAW_DAY, first=first)
    assert told == judge(portal, visit, around, book, LAW_DAY)
    assert case.told["expect"] in {each.verdict.outcome for each in told if each.rule == case.rule}


# --- every rule answers once ------------------------------------------------------------------------------


def test_every_rule_answers_once_in_the_order_of_ids(book: Rulebook) -> None:
    portal, visit, around = made({"html": "<p>Tin mới</p>"})
    told = [each.rule for each in judge(portal, visit, around, book, LAW_DAY)]
    assert told == sorted(entry.id for entry in book.rules)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("unreachable", "unreachable"),
        ("blocked", "blocked"),
        ("robots", "robots"),
        ("moved", "moved"),
        ("no_address", "no_address"),
        ("error", "error"),
    ],
)
def test_a_portal_that_was_not_seen_has_every_rule_as_cant_tell(book: Rulebook, state: str, reason: str) -> None:
    told = answers(book, state=state, unseen=True)
    assert {(each.verdict.outcome, each.verdict.reason) for each in told.values()} == {("cantTell", reason)}


def test_what_was_seen_of_a_partial_visit_is_judged(book: Rulebook) -> None:
    told = answers(book, state="partial", why="budget", html='<input name="q" placeholder="Tìm kiếm">')
    assert told["navigation.search_box"].verdict.outcome == "passed"
    assert told["disclosure.regulation"].verdict.reason == "coverage"


@pytest.mark.parametrize("kind", ["service", "thematic", "other_body", "archive"])
def test_other_kinds_are_asked_a_part_of_the_rules(book: Rulebook, kind: str) -> None:
    told = answers(book, kind=kind, html="<p>Tin mới</p>")
    asked = {rule for rule, each in told.items() if each.verdict.reason != "kind"}
    topics = ("measurement.", "transport.", "accessibility.", "integrity.")
    broad = {entry.id for entry in book.rules if entry.id.startswith(topics)}
    # A service, say, has no form of a domain of its own: a rule may leave kinds out by itself.
    assert asked | {"transport.domain_form"} == broad | {
        "structure.links_to_main_portal",
        "structure.archive_says_so",
    }


# --- rules that cannot, and rules that break ----------------------------------------------------------------


def test_an_unseen_fact_is_told_with_its_reason(book: Rulebook) -> None:
    def decide(_site: SiteFacts, _around: Surroundings) -> Verdict:
        raise Unseen("robots", "chân trang")

    verdict = judge(*made({}), with_rule(book, decide), LAW_DAY)[0].verdict
    assert (verdict.outcome, verdict.reason, verdict.values["what"]) == ("cantTell", "robots", "chân trang")


def test_a_rule_that_breaks_is_untested_and_logged_and_takes_no_other_with_it(
    book: Rulebook, caplog: pytest.LogCaptureFixture
) -> None:
    def decide(_site: SiteFacts, _around: Surroundings) -> Verdict:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        first, *others = judge(*made({"html": "<p>Tin mới</p>"}), with_rule(book, decide), LAW_DAY)
    assert (first.verdict.outcome, first.verdict.reason) == ("untested", "rule_error")
    assert "lỗi của chương trình" in first.vi.message
    assert first.rule in caplog.text
    assert {each.verdict.outcome for each in others} > {"failed"}
    assert "rule_error" not in {each.verdict.reason for each in others}


def test_a_rule_that_needs_the_site_alone_takes_the_site_alone() -> None:
    def alone(site: SiteFacts) -> Verdict:
        """The portal has a page."""
        return passed(pages=len(site.visit.pages))

    made_rule = rule(alone)
    portal, visit, around = made({})
    assert made_rule.duty == "The portal has a page."
    assert made_rule.decide(SiteFacts(portal, visit, around.book), around).values == {"pages": 1}


# --- law ------------------------------------------------------------------------------------------------------


def test_the_law_day_decides_standing_and_nothing_that_was_seen(book: Rulebook) -> None:
    before, after = (answers(book, day, html="<p>Tin mới</p>") for day in (date(2026, 5, 1), LAW_DAY))
    told = [
        (each["disclosure.contact_point"].standing, each["disclosure.contact_point"].proves)
        for each in (before, after)
    ]
    assert told == [("law", "breach"), ("law_unread", "sign")]
    assert [each.verdict.outcome for each in before.values()] == [each.verdict.outcome for each in after.values()]


def test_a_rule_without_a_ground_for_the_kind_is_guidance(book: Rulebook) -> None:
    told = answers(book, kind="province", html="<p>Tin mới</p>")
    assert told["structure.links_to_main_portal"].standing == "guidance"
    assert told["structure.links_to_main_portal"].basis == ()


def test_of_a_portal_outside_the_registry_every_finding_is_a_sign(book: Rulebook) -> None:
    kept = answers(book, date(2026, 5, 1), kind="department", html="<p>Tin mới</p>")
    guessed = answers(book, date(2026, 5, 1), kind="department", html="<p>Tin mới</p>", guessed=True)
    assert kept["disclosure.contact_point"].proves == "breach"
    assert {each.proves for each in guessed.values()} == {"sign"}


# --- sentences ------------------------------------------------------------------------------------------------


def test_only_what_failed_has_a_remedy_and_tells_the_search(book: Rulebook) -> None:
    told = answers(book, html='<a href="/t">Tập huấn quy chế cung cấp thông tin</a>')["disclosure.regulation"]
    assert told.verdict.outcome == "failed"
    assert told.vi.fix
    assert "Gần nhất: “Tập huấn quy chế cung cấp thông tin” (là tin, bài, không phải mục)." in told.vi.message
    assert "Nearest: “Tập huấn quy chế cung cấp thông tin” (a piece of news, no entry)." in told.words("en").message
    assert answers(book, https=200)["transport.https"].words("vi").fix == ""


def test_a_sentence_whose_value_a_rule_did_not_give_stays_a_sentence(book: Rulebook) -> None:
    first = judge(*made({}), with_rule(book, lambda _site, _around: failed()), LAW_DAY)[0]
    assert "…" in first.vi.message
    assert "{" not in first.vi.message


def test_long_lists_and_texts_of_portals_are_cut(book: Rulebook) -> None:
    def decide(_site: SiteFacts, _around: Surroundings) -> Verdict:
        return failed(state="x" * 5000, declared="y" * 5000)

    message = judge(*made({}), with_rule(book, decide), LAW_DAY)[0].vi.message
    assert len(message) < 1000
    many = [f"https://songmay.gov.vn/{number}" for number in range(40)]
    spoken = next(entry for entry in book.rules if entry.id == "measurement.emc_code_on_inner_pages")
    said = book.wording.say(spoken.vi, failed(missing=many), "vi").message
    assert said.count("https://") == 12
    assert " …" in said


def test_what_a_portal_wrote_in_braces_is_text(book: Rulebook) -> None:
    told = answers(book, frame='<html lang="{declared}"><p>{}</p></html>', html="Tin mới")
    assert "{declared}" in told["accessibility.language_declared"].vi.message
