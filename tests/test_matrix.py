"""The matrix of links between main portals and components, read off the verdicts of a run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import main
from audit.matrix import pairs
from audit_rules.address import Address
from audit_rules.facts import Agency, Portal, Surroundings
from audit_rules.verdict import Verdict, cant_tell, failed, passed
from storage.archive import Archive
from storage.records import PortalRun
from tests import told_runs
from tests.told_runs import judgement, portal_run

DAY = told_runs.SEEN.date()
LAM = Portal("lam", Address("lam.gov.vn"), "province", Agency("lam", "Tỉnh Lam", "", "province"))
PARTS = tuple(
    Portal(
        f"so{number}",
        Address(f"so{number}.lam.gov.vn"),
        "department",
        Agency(f"ag{number}", f"Sở {number}", "", "department"),
        main_portal_id="lam",
        confirmed=number < 4,
    )
    for number in range(1, 5)
)
NAMES = [f"{part.agency.name_vi if part.agency else ''} ({part.address})" for part in PARTS]


def province(verdict: Verdict, answered: Iterable[str] = ("lam", "so1", "so2", "so3", "so4")) -> PortalRun:
    told = portal_run((judgement("structure.lists_component_sites", verdict),), portal=LAM)
    return replace(told, around=Surroundings(DAY, components=PARTS, answered=frozenset(answered)))


def department(number: int, verdict: Verdict) -> PortalRun:
    told = portal_run((judgement("structure.links_to_main_portal", verdict),), portal=PARTS[number - 1])
    return replace(told, around=Surroundings(DAY, main_portal=LAM))


def listed(verdict: Verdict, *answered: str) -> list[str]:
    """What the matrix says of the way to so1, so2, so3 (confirmed) and so4 (not confirmed)."""
    one = province(verdict, answered) if answered else province(verdict)
    return [pair.to_component for pair in pairs([one])]


def test_a_main_portal_that_lists_all_lists_those_that_are_confirmed() -> None:
    assert listed(passed(share=1.0)) == ["yes", "yes", "yes", "unknown"]


def test_the_missing_are_missing_and_the_others_there() -> None:
    assert listed(failed(missing=NAMES[:1], share=0.667)) == ["no", "yes", "yes", "unknown"]


def test_one_that_did_not_answer_is_not_among_the_missing_and_yet_not_told() -> None:
    assert listed(failed(missing=NAMES[:1], share=0.3), "lam", "so1", "so2") == ["no", "yes", "unknown", "unknown"]


def test_what_the_rule_could_not_tell_is_unknown() -> None:
    assert listed(cant_tell("registry_unconfirmed", confirmed=1)) == ["unknown"] * 4
    assert listed(cant_tell("coverage")) == ["unknown"] * 4
    assert listed(cant_tell("coverage", missing=NAMES[:1])) == ["unknown", "yes", "yes", "unknown"]
    assert listed(cant_tell("components_not_visited", missing=NAMES[:1]), "lam") == [
        "unknown",
        "yes",
        "yes",
        "unknown",
    ]


def test_a_host_that_ends_like_another_is_another() -> None:
    longer = replace(PARTS[0], id="xso1", address=Address("xso1.lam.gov.vn"))
    one = province(failed(missing=["Sở khác (xso1.lam.gov.vn)"]), ("so1", "xso1"))
    one = replace(one, around=replace(one.around, components=(PARTS[0], longer)))
    assert [pair.to_component for pair in pairs([one])] == ["yes", "no"]


def test_the_way_back_is_the_components_own_verdict() -> None:
    run = [
        province(passed()),
        department(1, passed()),
        department(2, failed()),
        department(3, cant_tell("not_rendered")),
    ]
    assert [pair.to_main for pair in pairs(run)] == ["yes", "no", "unknown", "unknown"]


def test_a_component_audited_alone_has_its_pair_too() -> None:
    found = list(pairs([department(2, failed())]))
    assert [(pair.main.id, pair.component.id, pair.to_component, pair.to_main) for pair in found] == [
        ("lam", "so2", "unknown", "no")
    ]


def test_it_is_exported_as_csv_and_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = (province(failed(missing=NAMES[:1])), department(1, passed()), department(2, failed()))
    with Archive.open(tmp_path / "data" / "audit.db") as archive:
        header = told_runs.header("r1")
        archive.begin(header)
        for one in run:
            archive.save("r1", one)
        archive.close_run("r1", status="complete", finished_at=told_runs.SEEN, reason=None)
    asked = ["export", "--run", "latest", "--what", "links", "--lang", "en"]
    told = CliRunner().invoke(main, asked).stdout.removeprefix("\ufeff")
    assert list(csv.DictReader(io.StringIO(told, newline="")))[:2] == [
        _row("so1.lam.gov.vn", "ag1", "no", "yes"),
        _row("so2.lam.gov.vn", "ag2", "yes", "no"),
    ]
    part = CliRunner().invoke(main, [*asked, "--format", "json", "--agency", "ag2"]).stdout
    assert json.loads(part) == [_row("so2.lam.gov.vn", "ag2", "yes", "no")]


def _row(component: str, agency_id: str, to_component: str, to_main: str) -> dict[str, str]:
    told = {"component": component, "agency_id": agency_id, "to_component": to_component, "to_main": to_main}
    return {"main_portal": "lam.gov.vn", **told}
