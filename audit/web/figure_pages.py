"""The pages of official figures: as they were published, and beside what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from audit.figures import words
from audit.figures.compared import RESULTS, Compared, Result
from audit.figures.metrics import metric_name
from audit.succession import agency_name
from audit.web.asked import Question
from audit.web.figure_lines import lines
from audit.web.lists import page
from audit.web.reader import Context, NoSuchPage, Reader
from audit_rules.judgement import Lang

IN_ONE_LINE: frozenset[Result] = frozenset({"agree", "no_figure"})
"""Results whose bodies are named and no more."""


def figures(reader: Reader, asked: Question) -> tuple[str, Context]:
    several, lang = reader.views.comparing.figures(), reader.lang
    found = page(list(lines(several, asked)), asked)
    metrics = sorted({each.figure.metric for one in several for each in one.figures})
    return "figures.html", {
        "list": found,
        "asked": asked,
        "bodies": [(under, list(here)) for under, here in groupby(found.items, key=lambda each: each.under)],
        "agencies": [(one.agency.id, agency_name(one.agency, lang)) for one in several if one.agency],
        "metrics": [(each, metric_name(each, lang)) for each in metrics],
        "comparable": reader.views.comparing.compares_figures,
        "titled": lambda one: agency_name(one.agency, lang) if one.agency else one.name,
        **_telling(lang),
    }


def comparison(reader: Reader, _: Question) -> tuple[str, Context]:
    if not reader.views.comparing.compares_figures:
        raise NoSuchPage
    told, lang = reader.views.comparing.beside(), reader.lang
    bodies = told.bodies if told is not None else ()
    groups = ((result, [one for one in bodies if one.result == result]) for result in RESULTS)
    return "comparison.html", {
        "compared": told,
        "groups": [(result, several, _names(several, lang)) for result, several in groups if several],
        "in_one_line": IN_ONE_LINE,
        "published": lambda one: words.published_text(one, lang),
        "looked": lambda one: words.looked_text(one, lang),
        "counters": lambda one: words.counters_of(one, lang),
        "of_agency": lambda agency: agency_name(agency, lang),
    }


def _names(several: Sequence[Compared], lang: Lang) -> Sequence[str]:
    return list(dict.fromkeys(agency_name(one.agency, lang) for one in several))


def _telling(lang: Lang) -> Context:
    return {
        "of_whom": lambda one: one.of(lang),
        "metric": lambda one: metric_name(one.metric, lang),
        "says": lambda one: words.figure_text(one, lang),
        "notes": lambda one: list(words.notes_of(one, lang)),
    }
