"""The evidence of one finding: a small WARC that stands for itself, whatever older files it leans on."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from audit.cli import main
from audit.days import day_of
from audit.evidence import check
from audit.fleet import audit_portals
from audit.history import finding_id
from audit.registry.files import read_registry
from audit_rules.known import is_anew
from crawler.plan import Plan
from sandbox.world import World
from storage.archive import Archive
from storage.evidence import EvidenceWriter
from storage.manifest import prune
from storage.recorded import Recorded
from storage.records import Run


@dataclass(frozen=True)
class Kept:
    """Two nights of one portal that lacks something, the second unchanged."""

    data: Path
    portal: str
    first: Run
    second: Run

    @property
    def rule(self) -> str:
        """A rule that failed on what was read of its pages."""
        failed = (
            each
            for each in self.second.portals[0].judgements
            if each.verdict.outcome == "failed" and each.verdict.evidence and each.verdict.evidence[0].how == "raw"
        )
        return next(failed).rule


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    data = tmp_path_factory.mktemp("data")
    with World(["department.spokesperson_without_email", "main.regulation_dead"], tags=True) as world:
        registry = read_registry(world.registry)
        plan = Plan(max_pages=15, render="never", delay=0.0, connect_to=world.connect_to, allow_private=True)
        faulty = [registry.find(world.country.audited[name].site, day_of()) for name in ("main", "department")]
        portal = next((each for each in faulty if not is_anew(each.id, day_of())), faulty[0])
        with Archive.open(data / "audit.db") as archive:
            first, second = (
                audit_portals([portal], registry, plan, archive, data=data, kind="nightly") for _ in range(2)
            )
            yield Kept(data, portal.id, first, second)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main.main(list(words))
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_excerpt_holds_every_page_the_verdict_names_and_nothing_of_others(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = finding_id(kept.portal, kept.rule)
    status, out, _ = told(capsys, "evidence", finding, "--data", str(kept.data), "--output", str(tmp_path / "cut"))
    assert (status, out) == (0, "")
    cut = tmp_path / "cut" / f"{finding}.warc.gz"
    verdict = next(each.verdict for each in kept.second.portals[0].judgements if each.rule == kept.rule)
    recorded = Recorded.open(cut)
    for piece in verdict.evidence:
        answer = recorded.response(piece.url)
        assert answer is not None, "the body of an older file is in it too"
        assert answer.body
    with cut.open("rb") as file:
        records = list(ArchiveIterator(file, check_digests="raise"))
    assert records[0].rec_type == "warcinfo"
    named = {piece.url for piece in verdict.evidence}
    named |= {looked.url for looked in (verdict.searched.pages if verdict.searched else ())}
    held = {record.rec_headers.get_header("WARC-Target-URI") for record in records[1:]}
    assert named <= held
    assert not any(url.endswith("/robots.txt") for url in held)
    said = json.loads((tmp_path / "cut" / f"{finding}.json").read_text("utf-8"))
    assert [each["rule"] for each in said["portals"][0]["verdicts"]] == [kept.rule]
    assert said["evidence"]["from"] == kept.second.portals[0].warc
    assert len(list(ArchiveIterator(io.BytesIO(cut.read_bytes())))) == said["evidence"]["records"] + 1


def test_a_run_may_be_named_and_a_single_file_asked_for(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finding, file = finding_id(kept.portal, kept.rule), tmp_path / "one.warc.gz"
    run = ["--run", kept.first.header.id, "--data", str(kept.data)]
    assert told(capsys, "evidence", finding, *run, "--output", str(file))[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["one.warc.gz"]
    assert told(capsys, "evidence", "000000000000", *run, "--output", str(file))[0] == 2
    assert told(capsys, "evidence", finding, "--data", str(kept.data))[0] == 2, "it goes to no screen"


def test_runs_are_sealed_when_they_end_and_what_was_changed_is_told(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    with Archive.open(kept.data / "audit.db") as archive:
        found = check(archive, kept.data, None, None)
    assert (found.manifests, found.whole, found.problems) == (2, 2, ())
    where = ["--data", str(kept.data), "--lang", "en"]
    assert told(capsys, "verify", *where)[0] == 0
    file = kept.data / "evidence" / str(kept.first.portals[0].warc)
    body = file.read_bytes()
    try:
        file.write_bytes(body + b"x")
        status, out, err = told(capsys, "verify", *where)
        assert status == 3
        assert "the file was changed" in out
        assert "1 mismatches" in err
        status, out, _ = told(capsys, "verify", *where, "--format", "json")
        assert json.loads(out)["problems"] == [{"mismatch": "changed", "name": kept.first.portals[0].warc}]
        assert told(capsys, "verify", "--run", kept.second.header.id, *where)[0] == 0
    finally:
        file.write_bytes(body)


def test_pruned_evidence_is_told_with_day_hash_and_by_whom(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prune(kept.data / "evidence", [kept.first.header.id], "Trần Thị B")
    where = ["--data", str(kept.data), "--lang", "en", "--output", str(tmp_path / "x.warc.gz")]
    finding = finding_id(kept.portal, kept.rule)
    status, _, err = told(capsys, "evidence", finding, "--run", kept.first.header.id, *where)
    assert status == 2
    assert "Trần Thị B" in err
    assert told(capsys, "verify", *where[:4])[0] == 0
    status, _, err = told(capsys, "evidence", finding, "--run", kept.second.header.id, *where)
    assert (status, "older file" in err) == (0, True)


def test_a_page_that_is_not_kept_is_cut_out_with_what_was_read_of_it(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from audit_rules.reading import read_page
    from storage.excerpt import excerpt

    writer = EvidenceWriter(tmp_path, "dem", "tinh")
    url, body = "https://a.gov.vn/hoi-dap", "<title>Hỏi đáp</title><p>Nguyễn Văn A hỏi</p>".encode()
    facts = read_page(body, url, seen_at=datetime.now(UTC))
    writer.withheld(url, 200, "", (("Content-Type", "text/html"),), facts)
    found = excerpt(tmp_path / writer.finish(), [url], probes=False, about="x")
    assert found.records == 2
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(found.warc)
    answer = Recorded.open(cut).response(url)
    assert answer is not None
    assert (answer.body, answer.facts) == (b"", facts)
