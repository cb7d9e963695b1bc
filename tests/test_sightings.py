"""What became of portals on their last days, on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from audit_rules.facts import State
from storage import sightings
from storage.archive import Archive, UnknownRun
from storage.records import RunStatus
from tests.told_runs import PORTAL, header, portal_run


def keep(
    archive: Archive, night: int, state: State, *, kind: str = "nightly", status: RunStatus = "complete"
) -> None:
    head = header(f"r{night}", kind=kind, night=night)
    archive.begin(head)
    other = replace(PORTAL, id="another")
    archive.save(head.id, portal_run((), state=state, reason="dns" if state == "unreachable" else None))
    archive.save(head.id, portal_run((), portal=other))
    archive.close_run(head.id, status=status, finished_at=head.started_at, reason=None)


def told(archive: Archive, run_id: str) -> list[tuple[str, date, str, str | None]]:
    return [
        (one.run_id, one.day, one.state, one.reason)
        for one in sightings.sightings(archive.database, run_id)
        if one.portal_id == PORTAL.id
    ]


def test_sightings_come_oldest_first_and_end_with_the_run_asked_for(archive: Archive) -> None:
    for night, state in enumerate(("audited", "unreachable", "moved")):
        keep(archive, night, state)  # type: ignore[arg-type]
    assert told(archive, "r1") == [
        ("r0", date(2026, 7, 15), "audited", None),
        ("r1", date(2026, 7, 16), "unreachable", "dns"),
    ]
    assert [one[2] for one in told(archive, "r2")] == ["audited", "unreachable", "moved"]


def test_runs_that_say_nothing_of_portals_are_left_out(archive: Archive) -> None:
    keep(archive, 0, "unreachable", status="quarantined")
    keep(archive, 1, "unreachable", kind="judge")
    keep(archive, 2, "unreachable", kind="demo")
    keep(archive, 3, "audited", kind="run")
    assert [one[0] for one in told(archive, "r3")] == ["r3"]


def test_no_more_runs_are_looked_through_than_there_need_be(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sightings, "RUNS", 2)
    for night in range(3):
        keep(archive, night, "audited")
    assert [one[0] for one in told(archive, "r2")] == ["r1", "r2"]


def test_an_unknown_run_is_told(archive: Archive) -> None:
    with pytest.raises(UnknownRun, match="khong-co"):
        sightings.sightings(archive.database, "khong-co")
