"""Pages: each kind reads what it needs from the read model and fills its template, and knows of no server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from audit.web import detail_pages, figure_pages, list_pages, ranking_pages
from audit.web.asked import FINDING_STATES, PORTAL_STATES, BadQuestion, Question, read_question
from audit.web.lists import FINDING_SORTS, PORTAL_SORTS
from audit.web.paper import render
from audit.web.reader import Build, Context, NoSuchPage, Reader
from audit.web.shapes import Shown
from audit.words import say
from audit_rules.judgement import Lang

__all__ = ["PAGES", "BadQuestion", "NoSuchPage", "Reader", "error_html", "html", "question_of"]

_HERE: Final[Mapping[str, str]] = {
    "portal": "portals",
    "finding": "portals",
    "agency": "agencies",
    "rule": "rules",
    "run": "runs",
    "run_portal": "runs",
    "run_finding": "runs",
    "ranking": "rankings",
    "comparison": "figures",
}
"""Under which entry of the menu a page stands that is none itself."""


def html(reader: Reader, kind: str, ids: Sequence[str] = (), asked: Question | None = None) -> str:
    """A page, whole: ``kind`` and ``ids`` as in ``links.PATHS``. Raises NoSuchPage and DatabaseUnusable."""
    question = asked or Question()
    template, context = _BUILD[kind](reader, question, *ids)
    shown = reader.views.shown()
    frame = _frame(reader, _HERE.get(kind, kind), kind, ids, question)
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
    "ranking": ((), ()),
    "figures": ((), ()),
}


_BUILD: Final[Mapping[str, Build]] = {
    "home": list_pages.home,
    "portals": list_pages.portals,
    "portal": detail_pages.portal,
    "finding": detail_pages.finding,
    "agencies": list_pages.agencies,
    "agency": detail_pages.agency,
    "rules": list_pages.rules,
    "rule": detail_pages.rule,
    "runs": list_pages.runs,
    "run": detail_pages.run,
    "run_portal": detail_pages.run_portal,
    "run_finding": detail_pages.run_finding,
    "findings": list_pages.findings,
    "rankings": ranking_pages.rankings,
    "ranking": ranking_pages.ranking,
    "rates": ranking_pages.rates,
    "figures": figure_pages.figures,
    "comparison": figure_pages.comparison,
    "search": list_pages.search,
    "about": list_pages.about,
}
PAGES: Final = tuple(_BUILD)
"""Every kind of page."""
