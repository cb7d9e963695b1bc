"""The pages of a single portal, finding, agency, rule or run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from audit.history import finding_id, is_fault, needs_review
from audit.reports.beside import beside_pairs
from audit.reports.csv import fault_text, is_unmeasured, searched_text, todo_text, told_once
from audit.succession import agency_name
from audit.web import drawn
from audit.web.asked import Question
from audit.web.entries import KINDS, rulebook_entries
from audit.web.reader import Context, NoSuchPage, Reader
from audit.web.shapes import FindingView, PortalView, VerdictView
from audit.words import say
from audit_rules.judgement import Lang
from audit_rules.verdict import Searched, Verdict

SOME = 50
"""Findings on the page of an agency or a rule; the rest is a list of its own."""
_BLANK = re.compile(r"\{\w+\}")


def portal(reader: Reader, _: Question, portal_id: str) -> tuple[str, Context]:
    return _portal_page(reader, reader.views.portal(portal_id))


def run_portal(reader: Reader, _: Question, run_id: str, portal_id: str) -> tuple[str, Context]:
    return _portal_page(reader, reader.views.portal(portal_id, run_id))


def _portal_page(reader: Reader, at: PortalView | None) -> tuple[str, Context]:
    if at is None:
        raise NoSuchPage
    lang = reader.lang
    ids = (at.portal.id,) if at.newest else (at.run.header.id, at.portal.id)
    detail = "finding" if at.newest else "run_finding"
    return "portal.html", {
        "at": at,
        "rule_page": lambda rule: reader.links.to(detail, *ids, rule),
        "owner_name": agency_name(at.portal.agency, lang) if at.portal.agency else "",
        "why": _why_no_score(at, lang),
        "embargo": any(one.embargoed for one in at.verdicts),
        "groups": _grouped(at.verdicts),
        "bar": drawn.outcomes(at.verdicts, lang),
        "trend": drawn.looks(at.looks, lang),
        "picture": reader.links.download(f"pictures/{at.run.header.id}/{at.portal.id}.img"),
        **_telling(lang),
    }


def _grouped(verdicts: Iterable[VerdictView]) -> Mapping[str, list[VerdictView]]:
    groups: dict[str, list[VerdictView]] = {
        name: [] for name in ("failed", "review", "unmeasured", "passed", "inapplicable", "withheld")
    }
    for one in verdicts:
        if one.item is None:
            groups["withheld"].append(one)
        elif needs_review(one.item):
            groups["review"].append(one)
        elif is_unmeasured(one.item):
            groups["unmeasured"].append(one)
        else:
            groups[one.outcome].append(one)
    return groups


def _why_no_score(at: PortalView, lang: Lang) -> str:
    told = at.score
    counted = told.measured + told.not_measured
    if at.portal.kind_guessed or not at.portal.registered:
        return say("web.why_guessed", lang)
    if not counted:
        return say("web.why_nothing", lang)
    return say("web.why_few", lang, measured=told.measured, all=counted)


def _telling(lang: Lang) -> Context:
    """How templates tell verdicts: by the functions that the exports use."""

    def looked(searched: Searched) -> str:
        return searched_text(searched, lang)

    def once(verdict: Verdict) -> list[Any]:
        return told_once(verdict)

    return {"fault": lambda item: fault_text(item, lang), "looked": looked, "once": once}


def finding(reader: Reader, _: Question, portal_id: str, rule: str) -> tuple[str, Context]:
    return _finding_page(reader, reader.views.finding(portal_id, rule))


def run_finding(
    reader: Reader,
    _: Question,
    run_id: str,
    portal_id: str,
    rule: str,
) -> tuple[str, Context]:
    return _finding_page(reader, reader.views.finding(portal_id, rule, run_id))


def _finding_page(reader: Reader, found: FindingView | None) -> tuple[str, Context]:
    if found is None:
        raise NoSuchPage
    at, verdict, lang = found.at, found.verdict, reader.lang
    item = verdict.item
    searched = item.verdict.searched if item is not None else None
    missing = item is not None and is_unmeasured(item)
    return "finding.html", {
        "at": at,
        "shown_verdict": verdict,
        "days": found.days,
        "finding_id": finding_id(at.portal.id, verdict.rule),
        "beside": beside_pairs(verdict.beside, lang) if item is not None and is_fault(item) else [],
        "pages": list(dict.fromkeys(each.url for each in searched.pages)) if searched else [],
        "todo": todo_text(at.run.header, at.reason, item.verdict.reason or "", lang) if item and missing else "",
        "picture": reader.links.download(f"pictures/{at.run.header.id}/{at.portal.id}.img"),
        **_telling(lang),
    }


def agency(reader: Reader, _: Question, agency_id: str) -> tuple[str, Context]:
    one = reader.views.agency(agency_id)
    if one is None:
        raise NoSuchPage
    findings = reader.views.all_findings(Question(agency=agency_id))
    missing = sum((pair.to_component == "no") + (pair.to_main == "no") for pair in one.links)
    return "agency.html", {
        "one": one,
        "findings": findings[:SOME],
        "total": len(findings),
        "missing": missing,
        "has_figures": agency_id in reader.views.comparing.bodies_with_figures(),
    }


def rule(reader: Reader, _: Question, rule_id: str) -> tuple[str, Context]:
    shown = reader.views.shown()
    one, entry = shown.rules.get(rule_id), rulebook_entries().get(rule_id)
    if one is None or entry is None:
        raise NoSuchPage
    day = shown.night.header.law_day if shown.night else shown.today
    law = drawn.law()
    grounds = dict.fromkeys(basis for kind in KINDS for basis in law.basis(rule_id, kind, day))
    findings = [each for each in reader.views.all_findings(Question(rule=rule_id)) if each.outcome == "failed"]
    return "rule.html", {
        "one": one,
        "bar": drawn.counts(one, reader.lang),
        "grounds": list(grounds),
        "staged": entry.staged,
        "duty": entry.rule.duty,
        "how": " ".join(entry.rule.how.split()),
        "findings": findings[:SOME],
        "total": len(findings),
        "blank": lambda text: _BLANK.sub("…", text),
    }


def run(reader: Reader, asked: Question, run_id: str) -> tuple[str, Context]:
    one = reader.views.run(run_id, asked)
    if one is None:
        raise NoSuchPage
    return "run.html", {"one": one, "asked": asked}
