"""The records of the API from those of the read model, in one language."""

from __future__ import annotations

from statistics import median

from audit.days import shown
from audit.matrix import Pair
from audit.reports.json import verdict_fields
from audit.succession import agency_name
from audit.web.api.records import (
    AgencyDetail,
    AgencyRecord,
    FindingDetail,
    FindingRecord,
    KindRecord,
    LinkRecord,
    LookRecord,
    NightRecord,
    PortalDetail,
    PortalRecord,
    RuleRecord,
    RunPortalRecord,
    RunRecord,
    ScoreRecord,
    StretchRecord,
    VerdictRecord,
)
from audit.web.shapes import (
    AgencyLine,
    AgencyView,
    Audience,
    Day,
    FindingLine,
    FindingView,
    KindLine,
    Look,
    Name,
    NightPoint,
    PortalLine,
    PortalView,
    RuleLine,
    RunLine,
    RunPortal,
    VerdictView,
)
from audit_rules.judgement import Lang, Score


def score_record(one: Score) -> ScoreRecord:
    return {
        "value": one.value,
        "provisional": one.provisional,
        "passed": one.passed,
        "failed": one.failed,
        "measured": one.measured,
        "not_measured": one.not_measured,
    }


def portal_record(one: PortalLine, lang: Lang) -> PortalRecord:
    return {
        "id": one.id,
        "address": one.address,
        "kind": one.kind,
        "agency_id": one.agency_id,
        "agency": _name(one.agency, lang),
        "province_id": one.province_id,
        "main_portal_id": one.main_portal_id,
        "registered": one.registered,
        "state": one.state,
        "reason": one.reason,
        "moved_to": one.moved_to,
        "run": one.run_id,
        "day": one.day.isoformat(),
        "seen_at": shown(one.seen_at),
        "score": score_record(one.score),
        "outcomes": dict(one.counts),
        "findings": one.findings,
        "needs_review": one.review,
        "current": one.current,
    }


def finding_record(one: FindingLine, lang: Lang) -> FindingRecord:
    return {
        "id": one.id,
        "portal": one.portal_id,
        "address": one.address,
        "agency_id": one.agency_id,
        "agency": _name(one.agency, lang),
        "province_id": one.province_id,
        "kind": one.kind,
        "rule": one.rule,
        "title": _said(one.title, lang),
        "group": one.group,
        "severity": one.severity,
        "stage": one.stage,
        "standing": one.standing,
        "proves": one.proves,
        "outcome": one.outcome,
        "reason": one.reason,
        "state": one.state,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "nights": one.nights,
        "run": one.run_id,
        "waived": one.waived,
        "disputed": one.disputed,
        "just_fixed": one.just_fixed,
    }


def rule_record(one: RuleLine, lang: Lang) -> RuleRecord:
    return {
        "id": one.id,
        "title": _said(one.title, lang),
        "fix": _said(one.fix, lang),
        "group": one.group,
        "severity": one.severity,
        "stage": one.stage,
        "value_only": one.value_only,
        "embargoed": one.embargoed,
        "outcomes": dict(one.counts),
    }


def agency_record(one: AgencyLine, lang: Lang) -> AgencyRecord:
    return {
        "id": one.id,
        "name": _said(one.name, lang),
        "kind": one.kind,
        "parent_id": one.parent_id,
        "province_id": one.province_id,
        "portals": one.portals,
        "audited": one.audited,
        "findings": one.findings,
        "score": one.score,
    }


def run_record(one: RunLine, audience: Audience) -> RunRecord:
    """From where we looked is told to those inside alone."""
    header = one.header
    return {
        "id": header.id,
        "kind": header.kind,
        "started_at": shown(header.started_at) or "",
        "finished_at": shown(one.finished_at),
        "day": header.day.isoformat(),
        "law_day": header.law_day.isoformat(),
        "status": one.status,
        "reason": one.reason,
        "judged_from": header.judged_from,
        "tool_version": header.tool_version,
        "rules_version": header.rules_version,
        "vantage_address": header.vantage_address if audience == "internal" else "",
        "user_agent": header.user_agent,
        "portals": dict(one.portals),
    }


def night_record(one: NightPoint) -> NightRecord:
    return {
        "run": one.run_id,
        "day": one.day.isoformat(),
        "rules_version": one.rules_version,
        "portals": dict(one.states),
        "mean_score": one.mean_score,
        "scored": one.scored,
    }


def kind_record(one: KindLine) -> KindRecord:
    return {
        "kind": one.kind,
        "portals": one.portals,
        "audited": one.audited,
        "scored": len(one.scores),
        "median_score": round(median(one.scores), 4) if one.scores else None,
        "findings": one.findings,
    }


def verdict_record(portal_id: str, one: VerdictView, lang: Lang) -> VerdictRecord:
    told: VerdictRecord = {
        "rule": one.rule,
        "title": _said(one.title, lang),
        "outcome": one.outcome,
        "reason": None,
        "stage": None,
        "group": None,
        "standing": None,
        "proves": None,
        "severity": None,
        "message": None,
        "fix": None,
        "counts": one.counts,
        "values": {},
        "evidence": [],
        "searched": None,
        "basis": [],
        "finding": None,
        "history": None,
        "waivers": [],
        "manual_verdicts": [],
        "reply": None,
        "predecessors": [],
    }
    if one.item is not None:
        told.update(verdict_fields(portal_id, one.item, lang, one.beside))  # type: ignore[typeddict-item]
    return told


def look_record(one: Look) -> LookRecord:
    return {
        "run": one.run_id,
        "kind": one.kind,
        "day": one.day.isoformat(),
        "state": one.state,
        "reason": one.reason,
        "score": one.score,
        "passed": one.passed,
        "failed": one.failed,
        "not_measured": one.not_measured,
        "rules_version": one.rules_version,
    }


def portal_detail(one: PortalView, lang: Lang, audience: Audience) -> PortalDetail:
    portal, coverage = one.portal, one.coverage
    return {
        "id": portal.id,
        "address": str(portal.address),
        "aliases": [str(each) for each in portal.aliases],
        "kind": portal.kind,
        "agency_id": portal.agency.id if portal.agency else None,
        "agency": agency_name(portal.agency, lang) if portal.agency else None,
        "main_portal_id": portal.main_portal_id,
        "registered": portal.registered,
        "kind_guessed": portal.kind_guessed,
        "state": one.state,
        "reason": one.reason,
        "home": one.home,
        "moved_to": one.moved_to,
        "run": run_record(one.run, audience),
        "newest": one.newest,
        "coverage": {
            "discovered": coverage.discovered,
            "fetched": coverage.fetched,
            "rendered": coverage.rendered,
            "skipped": dict(coverage.skipped),
            "requests": coverage.requests,
            "started_at": shown(coverage.started_at),
            "finished_at": shown(coverage.finished_at),
        },
        "score": score_record(one.score),
        "verdicts": [verdict_record(portal.id, each, lang) for each in one.verdicts],
        "looks": [look_record(each) for each in one.looks],
        "predecessors": [each.id for each in one.predecessors],
        "successor": one.successor.id if one.successor else None,
    }


def stretch_record(one: Day) -> StretchRecord:
    return {
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "outcome": one.outcome,
        "reason": one.reason,
        "looks": one.looks,
    }


def finding_detail(one: FindingView, lang: Lang) -> FindingDetail:
    portal = one.at.portal
    return {
        "portal": portal.id,
        "address": str(portal.address),
        "run": one.at.run.header.id,
        "verdict": verdict_record(portal.id, one.verdict, lang),
        "days": [stretch_record(each) for each in one.days],
    }


def link_record(one: Pair) -> LinkRecord:
    return {
        "main_portal": one.main.id,
        "component": one.component.id,
        "to_component": one.to_component,
        "to_main": one.to_main,
    }


def agency_detail(one: AgencyView, lang: Lang) -> AgencyDetail:
    agency = one.agency
    return {
        "agency": agency_record(one.line, lang),
        "valid_from": agency.valid_from.isoformat() if agency.valid_from else None,
        "valid_to": agency.valid_to.isoformat() if agency.valid_to else None,
        "successor_id": one.successor.id if one.successor else None,
        "predecessor_ids": [each.id for each in one.predecessors],
        "parent": agency_record(one.parent, lang) if one.parent else None,
        "below": [agency_record(each, lang) for each in one.below],
        "portals": [portal_record(each, lang) for each in one.own],
        "components": [portal_record(each, lang) for each in one.components],
        "links": [link_record(each) for each in one.links],
    }


def run_portal_record(one: RunPortal, lang: Lang) -> RunPortalRecord:
    return {
        "id": one.id,
        "address": one.address,
        "agency": _name(one.agency, lang),
        "kind": one.kind,
        "state": one.state,
        "reason": one.reason,
        "moved_to": one.moved_to,
        "fetched": one.fetched,
        "rendered": one.rendered,
        "requests": one.requests,
        "finished_at": shown(one.finished_at),
    }


def _said(name: Name, lang: Lang) -> str:
    return name.vi if lang == "vi" else name.en


def _name(name: Name | None, lang: Lang) -> str | None:
    return _said(name, lang) if name is not None else None
