"""Runs made by hand, from the real records, for the tests of what is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from audit.registry.files import AGENCY_HEADING, PORTAL_HEADING
from audit_rules.address import Address
from audit_rules.facts import Agency, NetFacts, Page, PageFacts, Portal, State, Surroundings, Visit
from audit_rules.judgement import Basis, Judgement, Proves, Score, Severity, Words
from audit_rules.verdict import (
    Evidence,
    Looked,
    Nearest,
    Searched,
    Verdict,
    cant_tell,
    failed,
    inapplicable,
    passed,
)
from storage.records import PortalRun, Run, RunHeader

SEEN = datetime(2026, 7, 14, 18, 30, tzinfo=UTC)
HOME = "https://sxd.laocai.gov.vn/"
AGENCY = Agency("lao-cai-sxd", "Sở Xây dựng tỉnh Lào Cai", "Lao Cai Department of Construction", "department")
PORTAL = Portal("sxd.laocai.gov.vn", Address("sxd.laocai.gov.vn"), "department", AGENCY, main_portal_id="laocai")
SHA = "a" * 64
EVIDENCE = Evidence(HOME, "chân trang / footer", "Bản quyền thuộc Sở Xây dựng", SHA, SEEN, "raw")
SEARCHED = Searched(
    tuple(Looked(f"{HOME}{name}", SEEN, "rendered") for name in ("", "lien-he", "so-do", "gioi-thieu")),
    ("người phát ngôn", "người cung cấp thông tin"),
    Nearest("Người phát ngôn Bộ trả lời họp báo", f"{HOME}tin/1", "news"),
)


def small_registry(folder: Path) -> Path:
    """A registry that knows the one portal of these runs, in a folder below this one."""
    made = folder / "danh-ba"
    made.mkdir()
    agency = f'{AGENCY.id},"{AGENCY.name_vi}","{AGENCY.name_en}",department,,,,,,,'
    (made / "agencies.csv").write_text(f"{AGENCY_HEADING}\n{agency}\n", "utf-8")
    row = f"{PORTAL.id},{AGENCY.id},department,{PORTAL.address},,,active,,,,,,"
    (made / "portals.csv").write_text(f"{PORTAL_HEADING}\n{row}\n", "utf-8")
    return made


def judgement(rule: str, verdict: Verdict, *, severity: Severity = "medium", proves: Proves = "sign") -> Judgement:
    vi = Words(
        f"Tiêu đề của {rule}", "Không thấy mục này" if verdict.outcome == "failed" else "", "Bổ sung mục này"
    )
    en = Words(f"Title of {rule}", "The item was not seen" if verdict.outcome == "failed" else "", "Add the item")
    basis = (Basis("nd-244-2026:3.3", "Điều 3 Nghị định 244/2026/NĐ-CP", "in_force", "verified", "states"),)
    return Judgement(rule, "trial", "structure", severity, "law", proves, verdict, basis, vi, en)


EVERY_OUTCOME = (
    judgement("identity.spokesperson", failed(searched=SEARCHED), severity="high", proves="breach"),
    judgement("identity.footer_email", failed(EVIDENCE, found="gmail.com")),
    judgement("measurement.emc_label_shown", cant_tell("needs_review")),
    judgement("navigation.search_box", passed(EVIDENCE)),
    judgement("publishing.budget", cant_tell("coverage", searched=SEARCHED), severity="low"),
    judgement("publishing.history", inapplicable("kind")),
    judgement("transport.ipv6", cant_tell("no_ipv6_here")),
)


def portal_run(
    judgements: tuple[Judgement, ...] = EVERY_OUTCOME,
    *,
    portal: Portal = PORTAL,
    state: State = "audited",
    reason: str | None = None,
    at: datetime = SEEN,
) -> PortalRun:
    home = PageFacts(HOME, at, SHA)
    pages = (Page(HOME, raw=home, rendered=PageFacts(HOME, at, SHA, how="rendered")),)
    net = NetFacts(skipped=((f"{HOME}a", "budget"), (f"{HOME}b", "budget"), (f"{HOME}c", "robots")), requests=9)
    seen = state in ("audited", "partial")
    visit = Visit(state, reason, HOME if seen else None, pages if seen else (), net, started_at=at, finished_at=at)
    count = [item.verdict.outcome for item in judgements]
    ok, bad = count.count("passed"), count.count("failed")
    score = Score(None, True, ok, bad, ok + bad, count.count("cantTell"))
    return PortalRun(portal, visit, Surroundings(at.date()), judgements, score)


def header(run_id: str = "r1", *, kind: str = "run", night: int = 0, judged_from: str | None = None) -> RunHeader:
    day = date(2026, 7, 15) + timedelta(days=night)
    at = SEEN + timedelta(days=night)
    return RunHeader(
        run_id, kind, at, day, day, "0.1.0", "rules-1", "portal-auditor/0.1.0", judged_from=judged_from
    )  # type: ignore[arg-type]


def run(*portals: PortalRun, status: str = "complete", reason: str | None = None, **given: object) -> Run:
    head = header(**given)  # type: ignore[arg-type]
    return Run(head, status, head.started_at + timedelta(minutes=5), reason, portals or (portal_run(),))  # type: ignore[arg-type]
