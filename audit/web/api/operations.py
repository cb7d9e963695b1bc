"""Every question of the API, in one table: the routes and the OpenAPI document are both made from it."""

from __future__ import annotations

from audit.web.api import told
from audit.web.api.comparing import COMPARING
from audit.web.api.operation import PAGED, PREFIX, Asked, Operation, of_all, page_of
from audit.web.api.records import (
    AgencyDetail,
    AgencyRecord,
    FindingDetail,
    FindingRecord,
    Found,
    NightRecord,
    Overview,
    PageOf,
    PortalDetail,
    PortalRecord,
    RuleRecord,
    RunPortalRecord,
    RunRecord,
)
from audit.web.asked import FINDING_STATES, PORTAL_STATES
from audit.web.lists import FINDING_SORTS, PORTAL_SORTS
from audit.web.shapes import Audience


def overview(asked: Asked) -> Overview:
    shown = asked.views.shown()
    return {
        "version": shown.version,
        "audience": shown.audience,
        "today": shown.today.isoformat(),
        "night": told.run_record(shown.night, shown.audience) if shown.night else None,
        "kinds": [told.kind_record(each) for each in shown.kinds],
        "broken": len(shown.broken),
        "mended": len(shown.mended),
        "links": {each.name: f"{PREFIX}{each.path}" for each in OPERATIONS if _is_list(each, shown.audience)},
    }


def _is_list(one: Operation, audience: Audience) -> bool:
    return not one.ids and (audience == "internal" or not one.inside)


def portals(asked: Asked) -> PageOf[PortalRecord]:
    return page_of(asked.views.portals(asked.question), lambda one: told.portal_record(one, asked.lang))


def portal(asked: Asked) -> PortalDetail | None:
    found = asked.views.portal(asked.ids["portal"])
    return told.portal_detail(found, asked.lang, asked.views.audience) if found else None


def finding(asked: Asked) -> FindingDetail | None:
    found = asked.views.finding(asked.ids["portal"], asked.ids["rule"])
    return told.finding_detail(found, asked.lang) if found else None


def findings(asked: Asked) -> PageOf[FindingRecord]:
    return page_of(asked.views.findings(asked.question), lambda one: told.finding_record(one, asked.lang))


def rules(asked: Asked) -> PageOf[RuleRecord]:
    return of_all(list(asked.views.shown().rules.values()), asked, lambda one: told.rule_record(one, asked.lang))


def rule(asked: Asked) -> RuleRecord | None:
    found = asked.views.shown().rules.get(asked.ids["rule"])
    return told.rule_record(found, asked.lang) if found else None


def agencies(asked: Asked) -> PageOf[AgencyRecord]:
    everyone = list(asked.views.shown().agencies.values())
    return of_all(everyone, asked, lambda one: told.agency_record(one, asked.lang))


def agency(asked: Asked) -> AgencyDetail | None:
    found = asked.views.agency(asked.ids["agency"])
    return told.agency_detail(found, asked.lang) if found else None


def runs(asked: Asked) -> PageOf[RunRecord]:
    audience = asked.views.audience
    return page_of(asked.views.runs(asked.question), lambda one: told.run_record(one, audience))


def run(asked: Asked) -> RunRecord | None:
    found = asked.views.run(asked.ids["run"], asked.question)
    return told.run_record(found.line, asked.views.audience) if found else None


def run_portals(asked: Asked) -> PageOf[RunPortalRecord] | None:
    found = asked.views.run(asked.ids["run"], asked.question)
    return page_of(found.portals, lambda one: told.run_portal_record(one, asked.lang)) if found else None


def run_portal(asked: Asked) -> PortalDetail | None:
    found = asked.views.portal(asked.ids["portal"], asked.ids["run"])
    return told.portal_detail(found, asked.lang, asked.views.audience) if found else None


def nights(asked: Asked) -> PageOf[NightRecord]:
    return of_all(asked.views.shown().trend, asked, told.night_record)


def search(asked: Asked) -> Found:
    found = asked.views.search(asked.question.q)
    return {
        "text": found.text,
        "portals": [told.portal_record(each, asked.lang) for each in found.portals],
        "agencies": [told.agency_record(each, asked.lang) for each in found.agencies],
        "rules": [told.rule_record(each, asked.lang) for each in found.rules],
        "totals": dict(found.totals),
    }


OPERATIONS: tuple[Operation, ...] = (
    Operation("overview", "/", "Tổng quan cả nước.", "The country today.", Overview, overview),
    Operation(
        "portals",
        "/portals",
        "Các cổng, như lần xem gần nhất.",
        "The portals as they were last seen.",
        PageOf[PortalRecord],
        portals,
        ("q", "kind", "province", "agency", "state", "sort", *PAGED),
        PORTAL_STATES,
        PORTAL_SORTS,
    ),
    Operation(
        "portal",
        "/portals/{portal}",
        "Một cổng với mọi quy tắc.",
        "A portal with every rule.",
        PortalDetail,
        portal,
    ),
    Operation(
        "finding",
        "/portals/{portal}/{rule}",
        "Một quy tắc ở một cổng, cùng lịch sử.",
        "One rule at one portal, with its history.",
        FindingDetail,
        finding,
    ),
    Operation(
        "findings",
        "/findings",
        "Các phát hiện.",
        "The findings.",
        PageOf[FindingRecord],
        findings,
        ("q", "kind", "province", "agency", "state", "rule", "group", "severity", "stage", "sort", *PAGED),
        FINDING_STATES,
        FINDING_SORTS,
    ),
    Operation("rules", "/rules", "Các quy tắc.", "The rules.", PageOf[RuleRecord], rules, PAGED),
    Operation("rule", "/rules/{rule}", "Một quy tắc.", "A rule.", RuleRecord, rule),
    Operation("agencies", "/agencies", "Các cơ quan.", "The public bodies.", PageOf[AgencyRecord], agencies, PAGED),
    Operation("agency", "/agencies/{agency}", "Một cơ quan.", "A public body.", AgencyDetail, agency),
    Operation("runs", "/runs", "Các lần kiểm tra.", "The runs.", PageOf[RunRecord], runs, PAGED),
    Operation("run", "/runs/{run}", "Một lần kiểm tra.", "A run.", RunRecord, run),
    Operation(
        "run_portals",
        "/runs/{run}/portals",
        "Các cổng của một lần kiểm tra.",
        "The portals of a run.",
        PageOf[RunPortalRecord],
        run_portals,
        ("state", *PAGED),
        PORTAL_STATES,
    ),
    Operation(
        "run_portal",
        "/runs/{run}/portals/{portal}",
        "Một cổng trong một lần kiểm tra.",
        "A portal in a run.",
        PortalDetail,
        run_portal,
    ),
    Operation(
        "nights",
        "/nights",
        "Diễn biến cả nước qua các đêm.",
        "The country, night by night.",
        PageOf[NightRecord],
        nights,
        PAGED,
    ),
    Operation(
        "search",
        "/search",
        "Tìm cổng, cơ quan, quy tắc.",
        "Search for portals, bodies and rules.",
        Found,
        search,
        ("q",),
    ),
    *COMPARING,
)
