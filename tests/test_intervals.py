"""Verdicts as intervals: whatever is stored, replaced or judged anew, each run keeps its own answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select, text

from audit_rules.verdict import Outcome
from storage.archive import Archive
from storage.records import PortalRun
from storage.tables import STILL, verdict_intervals
from tests.test_storage import SEEN, close, header, judgement, portal_run, rejudge

RULES = ("identity.spokesperson", "transport.https", "structure.search", "speed.first_byte")
OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "cantTell")


def told(outcomes: dict[str, Outcome], days: int) -> PortalRun:
    seen = SEEN + timedelta(days=days)
    judged = tuple(judgement(rule, outcome, seen) for rule, outcome in outcomes.items())
    return replace(portal_run(seen_at=seen), judgements=judged)


def rows(archive: Archive) -> list[tuple[str, int, int, str]]:
    asked = select(*(verdict_intervals.c[name] for name in ("rule", "first", "last", "outcome")))
    with archive.database.read() as connection:
        return [tuple(row) for row in connection.execute(asked.order_by(text("rule, first")))]  # type: ignore[misc]


def save(archive: Archive, run_id: str, outcomes: dict[str, Outcome], days: int) -> None:
    archive.begin(header(run_id, started_at=SEEN + timedelta(days=days)))
    archive.save(run_id, told(outcomes, days))


def test_an_unchanged_verdict_is_one_row_that_goes_on(archive: Archive) -> None:
    for days in range(5):
        save(archive, f"r{days}", {RULES[0]: "failed", RULES[1]: "passed" if days < 3 else "failed"}, days)
        close(archive, f"r{days}")
    assert rows(archive) == [
        (RULES[0], 1, STILL, "failed"),
        (RULES[1], 1, 3, "passed"),
        (RULES[1], 4, STILL, "failed"),
    ]
    past = [(one.run_id, one.outcome) for one in archive.history("laocai") if one.rule == RULES[1]]
    assert past == [("r0", "passed"), ("r1", "passed"), ("r2", "passed"), ("r3", "failed"), ("r4", "failed")]


def test_an_unchanged_night_writes_no_verdict(archive: Archive) -> None:
    save(archive, "r0", {RULES[0]: "failed"}, 0)
    archive.begin(header("r1"))
    statements: list[str] = []
    from sqlalchemy import event

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(archive.database._reading, "before_cursor_execute", note)
    archive.save("r1", told({RULES[0]: "failed"}, 1))
    event.remove(archive.database._reading, "before_cursor_execute", note)
    assert not [each for each in statements if "verdict_intervals" in each and not each.startswith("SELECT")]


def test_a_verdict_changed_by_the_closing_step_and_back_again_is_one_row(archive: Archive) -> None:
    for days, outcome in enumerate(("failed", "failed")):
        save(archive, f"r{days}", {RULES[0]: outcome}, days)  # type: ignore[dict-item]
    rejudge(archive, "r1", told({RULES[0]: "passed"}, 1))
    assert rows(archive) == [(RULES[0], 1, 1, "failed"), (RULES[0], 2, STILL, "passed")]
    rejudge(archive, "r1", told({RULES[0]: "failed"}, 1))
    assert rows(archive) == [(RULES[0], 1, STILL, "failed")]


def test_a_rule_that_is_no_more_ends_and_one_that_is_new_begins(archive: Archive) -> None:
    save(archive, "r0", {RULES[0]: "failed"}, 0)
    save(archive, "r1", {RULES[1]: "failed"}, 1)
    assert rows(archive) == [(RULES[0], 1, 1, "failed"), (RULES[1], 2, STILL, "failed")]


def test_an_old_run_judged_anew_leaves_those_around_it_alone(archive: Archive) -> None:
    for days in range(3):
        save(archive, f"r{days}", {RULES[0]: "failed"}, days)
    rejudge(archive, "r1", told({RULES[0]: "passed"}, 1))
    assert rows(archive) == [(RULES[0], 1, 1, "failed"), (RULES[0], 2, 2, "passed"), (RULES[0], 3, STILL, "failed")]
    for days, outcome in enumerate(("failed", "passed", "failed")):
        (found,) = archive.run(f"r{days}").portals
        assert found.judgements[0].verdict.outcome == outcome


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_each_run_keeps_what_was_said_in_it(archive: Archive, seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    said: dict[str, dict[str, Outcome]] = {}
    for days in range(14):
        past: dict[str, Outcome] = dict(chance.choice(list(said.values()))) if said else {}
        for rule in RULES:
            if rule not in past or chance.random() < 0.3:
                past[rule] = chance.choice(OUTCOMES)
        for rule in [rule for rule in RULES if chance.random() < 0.1]:
            past.pop(rule)
        step = chance.choice(["new", "new", "again", "rejudge"]) if said else "new"
        if step == "new":
            run_id = f"r{days}"
            save(archive, run_id, past, days)
        else:
            run_id = chance.choice(sorted(said))
            result = told(past, int(run_id[1:]))
            if step == "again":
                archive.save(run_id, result)
            else:
                rejudge(archive, run_id, result)
        said[run_id] = past
    for run_id in said:
        close(archive, run_id)
    found: dict[str, dict[str, str]] = {run_id: {} for run_id in said}
    for one in archive.history("laocai"):
        assert one.rule not in found[one.run_id]
        found[one.run_id][one.rule] = one.outcome
    assert found == said
    for run_id, outcomes in said.items():
        (portal,) = archive.run(run_id).portals
        assert {each.rule: each.verdict.outcome for each in portal.judgements} == outcomes
    with archive.database.read() as connection:
        over = select(func.count()).select_from(verdict_intervals).where(text("first > last"))
        assert connection.scalar(over) == 0
