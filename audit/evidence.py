"""Evidence as people handle it: sealed when a run ends, checked, and cut out for one finding."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from audit.days import shown
from audit.refusals import BadInput
from audit.reports.json import json_text, run_as_json
from audit_rules.judgement import Judgement, Lang
from storage.archive import Archive
from storage.excerpt import Excerpt, excerpt
from storage.manifest import Checked, evidence_files, pruned, seal, sign_round, verify
from storage.recorded import EvidenceError
from storage.records import PortalRun
from storage.rounds import EvaluationRound

FOLDER = "evidence"


def seal_run(archive: Archive, run_id: str, data: Path) -> int:
    """Writes down the evidence of a run that ended, as far as it lies in this data folder: the number of files.
    Raises EvidenceError."""
    return seal(data / FOLDER, run_id, evidence_files(archive.database, run_id))


def seal_round(one: EvaluationRound, data: Path, key: Path | None) -> str:
    """Writes an approved round into the chain of manifests: the SHA-256 that stands for all of its evidence. Raises
    EvidenceError."""
    about = {
        "round": one.id,
        "runs": list(one.nights),
        "digest": one.digest,
        "approved_by": one.approved_by,
        "document": one.document_no,
    }
    return sign_round(data / FOLDER, about, key)


def check(archive: Archive, data: Path, run_id: str | None, public: Path | None) -> Checked:
    """Checks the evidence of one run, or of all. Runs that were broken off need not be sealed, nor those whose
    evidence lies on another machine. Raises EvidenceError."""
    ended = [
        run.header.id
        for run in archive.runs()
        if run.header.kind != "judge"
        and run.status in ("complete", "quarantined")
        and run_id in (None, run.header.id)
        and any((data / FOLDER / name).is_file() for name in evidence_files(archive.database, run.header.id))
    ]
    return verify(data / FOLDER, run_id, ended=ended, public=public)


@dataclass(frozen=True, slots=True)
class Cut:
    """The evidence of one finding: its records, and what was told of it (JSON)."""

    excerpt: Excerpt
    told: bytes


def cut(archive: Archive, data: Path, run_id: str, portal_id: str, rule: str, lang: Lang) -> Cut:
    """What a run's verdict stands on, and where it searched. Raises BadInput."""
    one = next(archive.portals(run_id, only=[portal_id]), None)
    item = next((each for each in one.judgements if each.rule == rule), None) if one is not None else None
    if one is None or item is None:
        raise BadInput("error.finding_not_in_run", run=run_id)
    if one.warc is None:
        raise BadInput("error.no_evidence", run=run_id)
    path = data / FOLDER / one.warc
    if not path.is_file():
        raise _gone(data, one.warc)
    try:
        found = excerpt(
            path,
            _addresses(one, item),
            probes=any(piece.how == "probe" for piece in item.verdict.evidence),
            about=f"portal {one.portal.address}, rule {rule}, run {run_id}",
        )
    except EvidenceError as error:
        raise BadInput("error.bad_warc", cause=error) from error
    return Cut(found, _told(archive, one, item, run_id, found, lang))


def _addresses(one: PortalRun, item: Judgement) -> set[str]:
    """Every address that the verdict names as seen or searched, under all names it was asked by."""
    verdict = item.verdict
    named = {piece.url for piece in verdict.evidence}
    if verdict.searched is not None:
        named |= {looked.url for looked in verdict.searched.pages}
    later = one.visit.later.pages if one.visit.later is not None else ()
    for page in (*one.visit.pages, *later):
        if any(view.url in named for view in page.views):
            named.add(page.url)
    asked = {answer.url for answer in one.visit.net.asked if answer.final_url in named or answer.url in named}
    return named | asked | ({one.visit.home} if one.visit.home and not named else set())


def _told(archive: Archive, one: PortalRun, item: Judgement, run_id: str, found: Excerpt, lang: Lang) -> bytes:
    run = next(run for run in archive.runs() if run.header.id == run_id)
    told = run_as_json(run, lang, [replace(one, judgements=(item,))])
    about = {
        "from": one.warc,
        "records": found.records,
        "sha256": hashlib.sha256(found.warc).hexdigest(),
        "not_at_hand": list(found.missing),
    }
    return json_text(json.loads(json.dumps(told | {"evidence": about}, default=str))).encode()


def _gone(data: Path, name: str) -> BadInput:
    try:
        record = pruned(data / FOLDER, name)
    except EvidenceError as error:
        return BadInput("error.bad_warc", cause=error)
    if record is None:
        return BadInput("error.evidence_missing", path=data / FOLDER / name)
    return BadInput("error.evidence_pruned", at=shown(record.at), by=record.by, sha256=record.sha256)
