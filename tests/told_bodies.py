"""A province with two departments, its registry, and runs of it that were never crawled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from audit.registry.files import AGENCY_HEADING, PORTAL_HEADING
from audit_rules.address import Address
from audit_rules.facts import Agency, Portal
from audit_rules.judgement import Judgement, Severity, Stage
from audit_rules.verdict import Verdict, cant_tell, failed, passed
from storage.archive import Archive
from storage.records import PortalRun
from tests.told_runs import EVIDENCE, SEARCHED, header, judgement, portal_run

PROVINCE = Agency("lao-cai", "Ủy ban nhân dân tỉnh Lào Cai", "People's Committee of Lao Cai Province", "province")
BUILDING = Agency("lao-cai-sxd", "Sở Xây dựng tỉnh Lào Cai", "Lao Cai Department of Construction", "department")
FINANCE = Agency("lao-cai-stc", "Sở Tài chính tỉnh Lào Cai", "Lao Cai Department of Finance", "department")
MAIN = Portal("laocai", Address("laocai.gov.vn"), "province", PROVINCE, confirmed=True)
PARTS = {
    "sxd": Portal(
        "sxd", Address("sxd.laocai.gov.vn"), "department", BUILDING, main_portal_id="laocai", confirmed=True
    ),
    "stc": Portal(
        "stc", Address("stc.laocai.gov.vn"), "department", FINANCE, main_portal_id="laocai", confirmed=True
    ),
}
PORTALS = {"laocai": MAIN, **PARTS}
SPOKESPERSON, SEARCH, FOOTER = "identity.spokesperson", "navigation.search_box", "identity.footer_email"

FAULT = failed(searched=SEARCHED)
SHOWN = failed(EVIDENCE, found="gmail.com")
MET = passed(EVIDENCE)
UNSEEN = cant_tell("coverage", searched=SEARCHED)


def said(rule: str, verdict: Verdict, *, stage: Stage = "published", severity: Severity = "medium") -> Judgement:
    return replace(judgement(rule, verdict, severity=severity), stage=stage)


def store(
    archive: Archive,
    run_id: str,
    told: Mapping[str, Sequence[Judgement]],
    *,
    night: int = 0,
    kind: str = "nightly",
    status: str = "complete",
    unseen: Iterable[str] = (),
) -> None:
    """A run in which the portals were judged so; ``unseen`` did not answer."""
    head = header(run_id, kind=kind, night=night)
    archive.begin(head)
    for portal_id, judgements in told.items():
        archive.save(run_id, _seen(portal_id, judgements, head.started_at))
    for portal_id in unseen:
        away = portal_run((), portal=PORTALS[portal_id], state="unreachable", reason="timeout", at=head.started_at)
        archive.save(run_id, away)
    archive.close_run(run_id, status=status, finished_at=head.started_at + timedelta(hours=1), reason=None)  # type: ignore[arg-type]


def _seen(portal_id: str, judgements: Sequence[Judgement], at: object) -> PortalRun:
    return portal_run(tuple(judgements), portal=PORTALS[portal_id], at=at)  # type: ignore[arg-type]


def write_registry(folder: Path, contacts: Mapping[str, str]) -> Path:
    """The registry of the province; ``contacts`` are mail addresses by the id of the body."""
    folder.mkdir(exist_ok=True)
    bodies = [
        f"{one.id},{one.name_vi},{one.name_en},{one.kind},,,,,,{contacts.get(one.id, '')},thử"
        for one in (PROVINCE, BUILDING, FINANCE)
    ]
    rows = []
    for one in PORTALS.values():
        main, agency = one.main_portal_id or "", one.agency.id if one.agency else ""
        rows.append(f"{one.id},{agency},{one.kind},{one.address},,{main},active,A,2026-01-01,văn bản,,,thử")
    (folder / "agencies.csv").write_text("\n".join([AGENCY_HEADING, *bodies, ""]), "utf-8")
    (folder / "portals.csv").write_text("\n".join([PORTAL_HEADING, *rows, ""]), "utf-8")
    return folder
