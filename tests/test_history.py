"""What becomes of a finding over the nights."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from audit.history import Finding, finding_id, findings, known_by
from audit_rules.verdict import failed, passed
from storage.records import PastVerdict
from tests.told_runs import SEEN, header, judgement, portal_run

RULE = "identity.spokesperson"


def past(nights: str, kind: str = "nightly") -> list[PastVerdict]:
    """One letter per night: f failed, p passed, c cantTell, - nothing."""
    outcomes = {"f": "failed", "p": "passed", "c": "cantTell", "i": "inapplicable"}
    return [
        PastVerdict(
            f"n{number}",
            kind,
            date(2026, 7, 1) + timedelta(days=number),
            datetime(2026, 7, 1, tzinfo=UTC) + timedelta(days=number),
            RULE,
            outcomes[letter],
            None,
        )
        for number, letter in enumerate(nights)
        if letter != "-"
    ]


def finding(nights: str, kind: str = "nightly") -> Finding | None:
    return findings(past(nights, kind)).get(RULE)


@pytest.mark.parametrize(
    ("nights", "state"),
    [
        ("f", "unconfirmed"),
        ("ff", "open"),
        ("fcf", "open"),
        ("fc", "unconfirmed"),
        ("ffp", "fixed"),
        ("ffc", "open"),
        ("ffi", "open"),
        ("ffpf", "reopened"),
        ("ffpff", "open"),
        ("ffpc", "fixed"),
        ("fpf", "unconfirmed"),
    ],
)
def test_a_night_confirms_the_one_before_and_only_a_pass_closes(nights: str, state: str) -> None:
    told = finding(nights)
    assert told is not None
    assert told.state == state


@pytest.mark.parametrize(
    ("runs", "state"), [("f", "new"), ("ff", "open"), ("fp", "fixed"), ("fpf", "reopened"), ("fc", "new")]
)
def test_a_single_audit_is_never_delayed(runs: str, state: str) -> None:
    told = finding(runs, "run")
    assert told is not None
    assert told.state == state


@pytest.mark.parametrize("nights", ["", "p", "c", "fp", "cp"])
def test_what_never_failed_or_was_never_confirmed_is_no_finding(nights: str) -> None:
    assert finding(nights) is None


def test_two_rounds_of_the_same_night_confirm_nothing() -> None:
    twice = past("f") * 2
    assert findings(twice)[RULE].state == "unconfirmed"


def test_a_single_audit_confirms_what_a_night_saw() -> None:
    assert findings(past("f") + past("-f", "run"))[RULE].state == "open"


def test_days_and_nights_are_counted() -> None:
    told = finding("ffcf")
    assert told is not None
    assert (told.first_seen, told.last_seen, told.nights) == (date(2026, 7, 1), date(2026, 7, 4), 3)


def test_a_finding_is_just_fixed_only_in_the_run_that_saw_the_pass() -> None:
    closing, later, unseen = finding("ffp"), finding("ffpp"), finding("ffpc")
    assert closing is not None
    assert closing.just_fixed
    assert later is not None
    assert not later.just_fixed
    assert unseen is not None
    assert not unseen.just_fixed


def test_the_id_of_a_finding_hangs_on_portal_and_rule_alone() -> None:
    assert finding_id("a", RULE) == finding_id("a", RULE)
    assert len({finding_id("a", RULE), finding_id("b", RULE), finding_id("a", "identity.contact_page")}) == 3


def test_an_old_run_is_told_with_what_was_known_then() -> None:
    old = portal_run((judgement(RULE, failed()),))
    known = known_by(past("fff"), header("n0"), old)
    assert [one.run_id for one in known] == ["n0"]


def test_a_replay_stands_in_the_place_of_the_run_it_was_judged_from() -> None:
    replay = portal_run((judgement(RULE, passed()),))
    known = known_by(past("fff"), header("j1", kind="judge", judged_from="n2"), replay)
    assert [(one.run_id, one.kind, one.outcome) for one in known] == [
        ("n0", "nightly", "failed"),
        ("n1", "nightly", "failed"),
        ("j1", "nightly", "passed"),
    ]


def test_a_run_the_archive_does_not_count_is_told_after_what_was_before_it() -> None:
    quarantined = portal_run((judgement(RULE, failed()),), at=SEEN)
    known = known_by(past("ff"), header("q", kind="nightly"), quarantined)
    assert findings(known)[RULE].state == "open"
