"""A whole night by real processes: every row of the registry is there, whatever became of it."""

from __future__ import annotations

import json
from pathlib import Path

from audit_rules.rulebook import open_rulebook
from tests.night_land import down, land


def test_every_row_of_the_registry_is_in_a_night(tmp_path: Path, postgres_url: str) -> None:
    with land(tmp_path, postgres_url) as here:
        here.hook = down("bensong")
        here.write_registry(waiting="moi", nowhere="chua-co-cong")
        done = here.night("--format", "json", "--processes", "2")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["run"]["status"], told["run"]["reason"]) == ("complete", None)
    states = {portal["id"]: (portal["state"], portal["reason"]) for portal in told["portals"]}
    assert states == {
        "cong-songmay": ("audited", None),
        "cong-thanhlam": ("audited", None),
        "cong-bensong": ("unreachable", "http_5xx"),
        "cong-moi": ("no_address", "address_unconfirmed"),
        "chua-co-cong": ("no_address", None),
    }
    rules = [entry.id for entry in open_rulebook().rules]
    for portal in told["portals"]:
        assert [verdict["rule"] for verdict in portal["verdicts"]] == sorted(rules), portal["id"]
        if portal["state"] != "audited":
            assert {verdict["outcome"] for verdict in portal["verdicts"]} == {"cantTell"}, portal["id"]
    (run,) = here.runs()
    assert (run.header.kind, run.status) == ("nightly", "complete")
    assert here.processes() == set()


def test_what_was_silent_is_asked_once_more_and_the_last_answer_counts(tmp_path: Path) -> None:
    with land(tmp_path) as here:
        here.write_registry(("bensong",))
        silent = down("bensong")
        here.hook = lambda request: silent(request) if here.visits("bensong") < 4 else None
        done = here.night("--timeout-again", "1")
    assert done.returncode == 0, done.stderr
    (run,) = here.runs()
    assert [portal.visit.state for portal in run.portals] == ["audited"]
