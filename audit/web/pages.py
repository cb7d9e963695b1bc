"""The pages: each reads what it needs from the read model and fills its template, and knows of no server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from audit.history import finding_id, is_fault, needs_review
from audit.reports.beside import beside_pairs
from audit.reports.csv import fault_text, is_unmeasured, searched_text, todo_text, told_once
from audit.succession import agency_name
from audit.web import drawn
from audit.web.asked import FINDING_STATES, PORTAL_STATES, BadQuestion, Question, read_question
from audit.web.gathering import KINDS, rulebook_entries
from audit.web.links import Links
from audit.web.lists import FINDING_SORTS, PORTAL_SORTS, page
from audit.web.paper import render
from audit.web.shapes import FindingView, PortalView, Shown, VerdictView
from audit.web.views import Views
from audit.words import say, term
from audit_rules.judgement import Lang
from audit_rules.verdict import Searched, Verdict

__all__ = ["PAGES", "BadQuestion", "NoSuchPage", "Reader", "error_html", "html", "question_of"]

SOME = 50
"""Findings on the page of an agency or a rule; the rest is a list of its own."""
_BLANK = re.compile(r"\{\w+\}")


class NoSuchPage(LookupError):
    """There is no such thing, or not for this audience."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for a page: over which read model, in which language, and where other pages lie. ``searchable`` is
    False where nobody answers questions: pages as files have no forms, filters and sorting."""

    views: Views
    links: Links
    searchable: bool = True

    @property
    def lang(self) -> Lang:
        return self.links.lang


Context = dict[str, Any]
Build = Callable[..., tuple[str, Context]]


def html(reader: Reader, kind: str, ids: Sequence[str] = (), asked: Question | None = None) -> str:
    """A page, whole: ``kind`` and ``ids`` as in ``links.PATHS``. Raises NoSuchPage and DatabaseUnusable."""
    question = asked or Question()
    template, context = _BUILD[kind](reader, question, *ids)
    here = {"finding": "portals", "portal": "portals", "agency": "agencies", "rule": "rules", "run": "runs"}
    shown = reader.views.shown()
    frame = _frame(reader, here.get(kind, "runs" if kind.startswith("run") else kind), kind, ids, question)
    return render(template, reader.links, {**frame, **_of(shown), **context})


def _of(shown: Shown) -> Context:
    """What every page knows of the lists: nothing is linked to that has no page."""
    return {
        "version": shown.version,
        "today": shown.today,
        "portals_known": shown.portals,
        "agencies_known": shown.agencies,
    }


def error_html(reader: Reader, key: str, **values: object) -> str:
    """A page that says what went wrong: ``web.<key>`` of the sentences. Asks the database nothing."""
    title = say(f"web.{key}", reader.lang, **values)
    context = {"title": title, "note": say(f"web.{key}_note", reader.lang), "version": "", "today": None}
    return render("error.html", reader.links, {**_frame(reader, "", "home", (), Question()), **context})


def _frame(reader: Reader, here: str, kind: str, ids: Sequence[str], asked: Question) -> Context:
    other: Lang = "en" if reader.lang == "vi" else "vi"
    return {
        "internal": reader.views.audience == "internal",
        "searchable": reader.searchable,
        "searched_for": asked.q if kind == "search" else "",
        "here": here,
        "other": reader.links.to(kind, *ids, query=asked.written(), lang=other),
    }


def question_of(kind: str, values: Mapping[str, str]) -> Question:
    """What is asked of a kind of page by the parameters of its address. Raises BadQuestion."""
    states, sorts = _QUESTIONS.get(kind, ((), ()))
    return read_question(values, states=states, sorts=sorts) if kind in _QUESTIONS else Question()


_QUESTIONS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "portals": (PORTAL_STATES, PORTAL_SORTS),
    "agencies": ((), ()),
    "findings": (FINDING_STATES, FINDING_SORTS),
    "runs": ((), ()),
    "run": (PORTAL_STATES, ()),
    "search": ((), ()),
}


# --- lists --------------------------------------------------------------------------------------------------------


def _home(reader: Reader, _: Question) -> tuple[str, Context]:
    shown, to = reader.views.shown(), reader.links.to
    current = [one for one in shown.portals.values() if one.current]
    seen = sum(one.state in ("audited", "partial") for one in current)
    numbers = [
        (len(current), "count_portals", to("portals")),
        (seen, "count_audited", ""),
        (len(current) - seen, "count_unseen", ""),
        (sum(one.findings for one in current), "count_findings", to("findings")),
        (len(shown.broken), "count_broken", "#broken"),
        (len(shown.mended), "count_mended", "#mended"),
    ]
    return "home.html", {
        "shown": shown,
        "numbers": numbers,
        "kinds": [(one, median(one.scores) if one.scores else None) for one in shown.kinds],
        "map": drawn.country(shown, reader.links),
        "trend": drawn.nights(shown.trend, reader.lang),
        "seen_trend": drawn.nights_seen(shown.trend, reader.lang),
    }


def _portals(reader: Reader, asked: Question) -> tuple[str, Context]:
    shown = reader.views.shown()
    states = sorted({one.state for one in shown.portals.values()})
    return "portals.html", {
        "list": reader.views.portals(asked),
        "asked": asked,
        "kinds": _kinds(reader, (one.kind for one in shown.portals.values())),
        "provinces": _provinces(reader, shown),
        "states": [(each, term("state", each, reader.lang)) for each in states],
    }


def _findings(reader: Reader, asked: Question) -> tuple[str, Context]:
    shown, lang = reader.views.shown(), reader.lang
    rules = sorted({(one.rule, one.title) for one in shown.findings}, key=lambda each: each[0])
    download = reader.links.download("findings.csv", asked.at(size=Question().size).written())
    return "findings.html", {
        "list": reader.views.findings(asked),
        "asked": asked,
        "download": download,
        "agency": shown.agencies.get(asked.agency),
        "kinds": _kinds(reader, (one.kind for one in shown.findings)),
        "provinces": _provinces(reader, shown),
        "rules": [(rule, title.en if lang == "en" else title.vi) for rule, title in rules],
        "states": [(each, term("finding", each, lang)) for each in FINDING_STATES],
        "severities": [(each, term("severity", each, lang).lower()) for each in ("high", "medium", "low")],
        "groups": [(each, term("group", each, lang)) for each in _groups(shown)],
        "stages": [(each, term("stage", each, lang)) for each in ("trial", "review", "published")],
        "sorts": [("", term("web_sort", "severity", lang)), *_sorts(FINDING_SORTS[1:], lang)],
    }


def _agencies(reader: Reader, asked: Question) -> tuple[str, Context]:
    shown = reader.views.shown()
    found = reader.views.agencies(asked)
    return "agencies.html", {
        "list": page(found, asked),
        "asked": asked,
        "kinds": _kinds(reader, (one.kind for one in shown.agencies.values())),
        "provinces": _provinces(reader, shown),
    }


def _rules(reader: Reader, _: Question) -> tuple[str, Context]:
    shown = reader.views.shown()
    groups = [(group, [one for one in shown.rules.values() if one.group == group]) for group in _groups(shown)]
    return "rules.html", {"groups": groups, "key": ""}


def _runs(reader: Reader, asked: Question) -> tuple[str, Context]:
    return "runs.html", {"list": reader.views.runs(asked), "asked": asked}


def _search(reader: Reader, asked: Question) -> tuple[str, Context]:
    return "search.html", {"found": reader.views.search(asked.q)}


def _about(_: Reader, __: Question) -> tuple[str, Context]:
    return "about.html", {}


def _groups(shown: Shown) -> list[str]:
    return list(dict.fromkeys(one.group for one in sorted(shown.rules.values(), key=lambda one: one.group)))


def _kinds(reader: Reader, there: Iterable[str]) -> list[tuple[str, str]]:
    found = set(there)
    return [(kind, term("kind", kind, reader.lang)) for kind in KINDS if kind in found]


def _provinces(reader: Reader, shown: Shown) -> list[tuple[str, str]]:
    there = {one.province_id for one in shown.portals.values()}
    named = (
        (one.id, one.name.en if reader.lang == "en" else one.name.vi)
        for one in shown.agencies.values()
        if one.id in there
    )
    return sorted(named, key=lambda each: each[1])


def _sorts(names: Sequence[str], lang: Lang) -> list[tuple[str, str]]:
    turned = say("web.descending", lang)
    return [
        each
        for name in names
        for word in [term("web_sort", name, lang)]
        for each in ((name, word), (f"-{name}", f"{word}, {turned}"))
    ]


# --- one thing ----------------------------------------------------------------------------------------------------


def _portal(reader: Reader, _: Question, portal_id: str) -> tuple[str, Context]:
    return _portal_page(reader, reader.views.portal(portal_id))


def _run_portal(reader: Reader, _: Question, run_id: str, portal_id: str) -> tuple[str, Context]:
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


def _finding(reader: Reader, _: Question, portal_id: str, rule: str) -> tuple[str, Context]:
    return _finding_page(reader, reader.views.finding(portal_id, rule))


def _run_finding(
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


def _agency(reader: Reader, _: Question, agency_id: str) -> tuple[str, Context]:
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
    }


def _rule(reader: Reader, _: Question, rule_id: str) -> tuple[str, Context]:
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


def _run(reader: Reader, asked: Question, run_id: str) -> tuple[str, Context]:
    one = reader.views.run(run_id, asked)
    if one is None:
        raise NoSuchPage
    return "run.html", {"one": one, "asked": asked}


_BUILD: Final[Mapping[str, Build]] = {
    "home": _home,
    "portals": _portals,
    "portal": _portal,
    "finding": _finding,
    "agencies": _agencies,
    "agency": _agency,
    "rules": _rules,
    "rule": _rule,
    "runs": _runs,
    "run": _run,
    "run_portal": _run_portal,
    "run_finding": _run_finding,
    "findings": _findings,
    "search": _search,
    "about": _about,
}
PAGES: Final = tuple(_BUILD)
"""Every kind of page."""
