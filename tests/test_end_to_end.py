"""The whole auditor against the make-believe province: bytes to findings, compared with the truth as planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.fleet import audit_portals
from audit.judging import judge_again
from audit.registry.files import read_registry
from audit.registry.registry import Registry
from audit_rules.facts import Portal
from audit_rules.rendered import Depth
from crawler.browser import find_browser
from crawler.plan import Plan, Render
from sandbox.packing import worlds
from sandbox.world import DEMO_FAULTS, RENDERED_ONLY, World
from storage.archive import Archive
from storage.recorded import Recorded
from storage.records import Run

TODAY = datetime(2026, 11, 22, tzinfo=UTC).date()
TRACKER = "f-emc.ngsp.gov.vn"
LIBRARY = "/embed/gov-tracking.min.js"

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")


def _plan(world: World, render: Render, depth: Depth) -> Plan:
    return Plan(
        delay=0.0,
        render=render,
        depth=depth,
        connect_to=world.connect_to,
        ca_file=str(world.ca_file),
        allow_private=True,
    )


def _portals(registry: Registry, sites: tuple[str, ...]) -> list[Portal]:
    return [registry.find(site, TODAY) for site in sites]


def _audit(world: World, data: Path, render: Render, sites: tuple[str, ...], depth: Depth = "audit") -> Run:
    registry = read_registry(world.registry)
    with Archive.open(data / "audit.db") as archive:
        return audit_portals(_portals(registry, sites), registry, _plan(world, render, depth), archive, data=data)


def _outcomes(run: Run) -> dict[tuple[str, str], str]:
    return {(str(each.portal.address), j.rule): j.verdict.outcome for each in run.portals for j in each.judgements}


def _wrong(run: Run, world: World) -> list[str]:
    found = _outcomes(run)
    sites = {str(each.portal.address) for each in run.portals}
    return [
        f"{site} {rule}: {found.get((site, rule))}, in truth {truth}"
        for (site, rule), truth in world.truth.items()
        if site in sites and found.get((site, rule)) != truth
    ]


def _accused(run: Run, world: World) -> list[tuple[str, str]]:
    """What was called failed and is not."""
    return [at for at, said in _outcomes(run).items() if said == "failed" and world.truth.get(at, said) != "failed"]


@needs_browser
@pytest.mark.parametrize("faults", worlds()[:2], ids=lambda faults: f"{len(faults)} faults")
def test_the_audit_finds_the_truth(faults: tuple[str, ...], tmp_path: Path) -> None:
    """Four portals of the world without faults and of the one that holds the most: a browser takes its time.
    ``bench.accuracy --sandbox`` audits all portals of all worlds."""
    with World(faults) as world:
        run = _audit(world, tmp_path, "auto", world.shown, "axe")  # fresh loads take long and tell values only
        assert run.status == "complete"
        assert _accused(run, world) == []
        # A portal with forty faults at once leaves doubts; what is not told has to be rare all the same.
        assert len(_wrong(run, world)) <= 0.01 * len(world.truth), _wrong(run, world)
        assert {path for host, _, path in world.hits if host == TRACKER} <= {LIBRARY}, "it is read, not called"
        assert {method for _, method, _ in world.hits} <= {"GET", "HEAD"}


def test_without_a_browser_nothing_is_claimed_that_scripts_could_change(tmp_path: Path) -> None:
    with World(DEMO_FAULTS) as world:
        run = _audit(world, tmp_path, "never", world.sites)
        found = _outcomes(run)
        for (site, rule), truth in world.truth.items():
            if (site, rule) in RENDERED_ONLY or rule.startswith("measurement."):
                assert found[site, rule] in (truth, "cantTell", "inapplicable"), (site, rule)
            else:
                assert found[site, rule] in (truth, "cantTell"), (site, rule)
            assert not (found[site, rule] == "failed" and truth != "failed"), (site, rule)


Demo = tuple[Path, Run, World]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo")
    with World(DEMO_FAULTS) as world:
        yield data, _audit(world, data, "auto", world.shown), world


@needs_browser
def test_the_demonstration_finds_the_truth(demo: Demo) -> None:
    _, run, world = demo
    assert len(run.portals) == 4
    assert _wrong(run, world) == []


def _verdicts(run: Run) -> str:
    """Everything that is told of a run, the search times aside that a replay repeats anyway."""
    told = {
        each.portal.id: [
            (
                j.rule,
                j.verdict.outcome,
                j.verdict.reason,
                dict(j.verdict.values),
                j.standing,
                j.proves,
                j.vi.message,
            )
            for j in each.judgements
        ]
        for each in run.portals
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)


def test_judging_again_gives_the_same_verdicts(demo: Demo) -> None:
    data, run, _ = demo
    with Archive.open(data / "audit.db") as archive:
        again = judge_again(run.header.id, archive)
    assert again.header.judged_from == run.header.id
    assert again.header.id != run.header.id
    assert _verdicts(again) == _verdicts(run)


def test_another_law_day_changes_the_standing_and_nothing_that_was_seen(
    demo: Demo,
) -> None:
    data, run, _ = demo
    with Archive.open(data / "audit.db") as archive:
        again = judge_again(run.header.id, archive, law_day=datetime(2026, 5, 1, tzinfo=UTC).date())
    assert _outcomes(again) == _outcomes(run)
    standing = {j.rule: j.standing for j in again.portals[0].judgements}
    assert standing["disclosure.contact_point"] == "law"


def test_recorded_traffic_gives_the_same_verdicts(demo: Demo, tmp_path: Path) -> None:
    data, run, world = demo
    registry = read_registry(world.registry)
    files = [Recorded.open(data / "evidence" / each.warc) for each in run.portals if each.warc]
    with Archive.open(tmp_path / "audit.db") as archive:
        again = audit_portals(
            _portals(registry, world.shown), registry, Plan(delay=0.0), archive, data=tmp_path, recorded=files
        )
    assert _verdicts(again) == _verdicts(run)
