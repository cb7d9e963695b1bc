"""The history of merged bodies: their successor carries it, shown as theirs, counted in nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import main
from audit.registry.files import AGENCY_HEADING, PORTAL_HEADING, read_registry
from audit_rules.facts import Portal
from audit_rules.verdict import failed, passed
from storage.archive import Archive
from tests.told_runs import EVIDENCE, SEEN, header, judgement, portal_run

RULE = "identity.spokesperson"
MERGED = date(2026, 7, 18)
"""The first day of the new body; the runs begin three days before."""
AGENCIES = f"""{AGENCY_HEADING}
cu,Ủy ban nhân dân tỉnh Cũ,Old province,province,,,,2026-07-17,moi,,
goc,Ủy ban nhân dân tỉnh Gốc,Root province,province,,,,2026-07-17,moi,,
moi,Ủy ban nhân dân tỉnh Mới,New province,province,,,{MERGED},,,,
"""
PORTALS = f"""{PORTAL_HEADING}
cu,cu,province,cu.gov.vn,,,retired,,,,,,
moi,moi,province,moi.gov.vn,,,active,,,,,,
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "danh-ba"
    made.mkdir()
    (made / "agencies.csv").write_text(AGENCIES, "utf-8")
    (made / "portals.csv").write_text(PORTALS, "utf-8")
    monkeypatch.setenv("AUDIT_REGISTRY", str(made))
    return made


@pytest.fixture
def local(sqlite_url: str, folder: Path) -> Iterator[Archive]:
    """Three runs before the merger and three after it: the old body's portal, and one that went over to the new."""
    registry = read_registry(folder)
    old, new = registry.portals["cu"], registry.portals["moi"]
    before = replace(new, agency=registry.agencies["goc"])
    with Archive.open(sqlite_url) as opened:
        for number in range(3):
            look(opened, number, old, before)
        for number in range(3, 6):
            look(opened, number, registry.portals["moi"], around=True)
        yield opened


def look(archive: Archive, number: int, *portals: Portal, around: bool = False) -> None:
    head = header(f"r{number}", night=number, kind="nightly")
    archive.begin(head)
    for portal in portals:
        one = portal_run((judgement(RULE, failed(EVIDENCE)),), portal=portal, at=SEEN + timedelta(days=number))
        if around:
            registry = read_registry(Path("danh-ba"))
            one = replace(one, around=registry.surroundings(portal, head.day))
        archive.save(head.id, one)
    archive.close_run(head.id, status="complete", finished_at=head.started_at, reason=None)


def table(*arguments: str) -> list[dict[str, str]]:
    told = CliRunner().invoke(main, [*arguments, "--format", "csv", "--lang", "en"])
    assert told.exit_code == 0, told.stderr
    return list(csv.DictReader(io.StringIO(told.stdout_bytes.decode("utf-8-sig"), newline="")))


def test_the_registry_knows_whose_place_a_portal_took(folder: Path) -> None:
    registry = read_registry(folder)
    new = registry.portals["moi"]
    assert [one.id for one in registry.predecessors(new, MERGED)] == ["cu"]
    assert registry.predecessors(new, MERGED - timedelta(days=1)) == (), "its last day"
    assert registry.predecessors(registry.portals["cu"], MERGED) == ()
    assert [one.id for one in registry.surroundings(new, MERGED).predecessors] == ["cu"]


def test_findings_of_the_successor_bring_those_of_the_merged_body_as_its_own(local: Archive) -> None:
    old, new = table("findings", "--site", "moi.gov.vn")
    assert (old["portal"], old["state"], old["nights"]) == ("cu.gov.vn", "open", "3")
    assert old["predecessor"] == "of Old province, before the merger; now moi.gov.vn"
    assert (new["portal"], new["state"], new["nights"]) == ("moi.gov.vn", "open", "6")
    assert new["predecessor"] == "of Root province, before the merger"
    screen = CliRunner().invoke(main, ["findings", "--site", "moi.gov.vn"], env={"COLUMNS": "200"}).stdout
    assert "trước sắp xếp" in " ".join(screen.split())


def test_the_export_tells_whose_it_was(local: Archive) -> None:
    (row,) = table("export", "--run", "r5")
    assert row["predecessor"].startswith(
        "of Root province, before the merger | of Old province, before the merger (cu"
    )
    assert row["predecessor"].endswith("(cu.gov.vn): open, seen from 2026-07-15 to 2026-07-17")
    assert row["nights"] == "6", "those of the other portal are not counted"
    told = CliRunner().invoke(main, ["export", "--run", "r5", "--format", "json"]).stdout
    (portal,) = json.loads(told)["portals"]
    assert [(one["id"], one["until"]) for one in portal["predecessors"]] == [("cu", "2026-07-17")]
    (verdict,) = portal["verdicts"]
    assert verdict["history"]["first_seen_under"]["agency_id"] == "goc"
    assert [(one["portal"], one["state"]) for one in verdict["predecessors"]] == [("cu", "open")]


def test_a_pass_of_the_successor_closes_nothing_of_its_predecessor(local: Archive) -> None:
    registry = read_registry(Path("danh-ba"))
    head = header("r6", night=6, kind="nightly")
    local.begin(head)
    passing = portal_run((judgement(RULE, passed(EVIDENCE)),), portal=registry.portals["moi"])
    local.save(head.id, replace(passing, visit=replace(passing.visit, started_at=head.started_at)))
    local.close_run(head.id, status="complete", finished_at=head.started_at, reason=None)
    states = {row["portal"]: row["state"] for row in table("findings", "--site", "moi.gov.vn")}
    assert states == {"cu.gov.vn": "open", "moi.gov.vn": "fixed"}
