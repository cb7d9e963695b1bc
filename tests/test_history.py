"""What becomes of a finding over the nights."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_what_came_after_a_run_that_does_not_count_was_not_known_to_it() -> None:
    """A quarantined night at one, an audit of the same day at ten."""
    night = portal_run((judgement(RULE, failed()),), at=SEEN)
    later = PastVerdict("r9", "run", header().day, SEEN + timedelta(hours=9), RULE, "passed", None)
    known = known_by([*past("ff"), later], header("q", kind="nightly"), night)
    assert findings(known)[RULE].state == "open"


# --- whatever the nights bring ----------------------------------------------------------------------------

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
OUTCOMES = {"f": "failed", "p": "passed", "c": "cantTell", "i": "inapplicable", "u": "untested"}
SEEN_AGAIN = st.lists(
    st.tuples(st.sampled_from(["nightly", "run"]), st.sampled_from([0, 1, 1, 3]), st.sampled_from(list(OUTCOMES))),
    max_size=12,
)
"""Runs: of which kind, so many days after the one before, how the rule came out."""
Seen = list[tuple[str, int, str]]


def told(seen: Seen, rule: str = RULE) -> list[PastVerdict]:
    verdicts: list[PastVerdict] = []
    day = date(2026, 7, 1)
    for number, (kind, days, letter) in enumerate(seen):
        day += timedelta(days=days)
        at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=number)
        verdicts.append(PastVerdict(f"r{number}", kind, day, at, rule, OUTCOMES[letter], None))
    return verdicts


def became(verdicts: list[PastVerdict]) -> Finding | None:
    return findings(verdicts).get(RULE)


@UNHURRIED
@given(SEEN_AGAIN)
def test_only_a_pass_closes_and_only_a_fault_opens(seen: Seen) -> None:
    finding = became(told(seen))
    last = next((letter for _, _, letter in reversed(seen) if letter in "fp"), None)
    if finding is not None:
        assert (finding.state == "fixed") is (last == "p")
    else:
        assert last in (None, "p")


@UNHURRIED
@given(SEEN_AGAIN, st.data())
def test_what_could_not_be_seen_changes_nothing(seen: Seen, data: st.DataObject) -> None:
    """Blocked, unreachable, a run of other portals: neither closed nor opened, neither a day nor a night more."""
    before = told(seen)
    at = data.draw(st.integers(0, len(before)))
    unseen = [replace(one, outcome=data.draw(st.sampled_from(["cantTell", "untested"]))) for one in before[:1]]
    after = before[:at] + unseen + before[at:]
    one, two = became(before), became(after)
    assert (one and replace(one, just_fixed=False)) == (two and replace(two, just_fixed=False))


@UNHURRIED
@given(SEEN_AGAIN, SEEN_AGAIN)
def test_other_rules_change_nothing(seen: Seen, others: Seen) -> None:
    assert became(told(seen)) == became(told(others, "identity.contact_page") + told(seen))


@UNHURRIED
@given(SEEN_AGAIN)
def test_a_night_alone_accuses_nobody(seen: Seen) -> None:
    nights = [("nightly", days, letter) for _, days, letter in seen]
    finding = became(told(nights))
    faults = {one.day for one in told(nights) if one.outcome == "failed"}
    if finding is not None and finding.state != "unconfirmed":
        assert len(faults) >= 2
    if finding is not None:
        assert finding.last_seen in faults


@UNHURRIED
@given(SEEN_AGAIN)
def test_a_single_audit_is_never_delayed_whatever_was_before(seen: Seen) -> None:
    finding = became(told([*seen, ("run", 0, "f")]))
    assert finding is not None
    assert finding.state in ("new", "open", "reopened")
    closed = became(told([*seen, ("run", 0, "f"), ("run", 0, "p")]))
    assert closed is not None
    assert (closed.state, closed.just_fixed) == ("fixed", True)


@UNHURRIED
@given(SEEN_AGAIN)
def test_the_days_of_a_finding_are_days_it_was_seen_on(seen: Seen) -> None:
    verdicts = told(seen)
    finding = became(verdicts)
    faults = sorted({one.day for one in verdicts if one.outcome == "failed"})
    if finding is not None:
        assert finding.first_seen in faults
        assert finding.last_seen == faults[-1]
        assert 1 <= finding.nights <= len(faults)
