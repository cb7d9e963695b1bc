"""The pages that compare: rankings within a kind of portal, and how many bodies publish what they have to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from audit.days import day_of
from audit.figures.survey import survey_of, survey_text
from audit.figures.words import value_text
from audit.ranking import words
from audit.ranking.places import KindRanking, Place, Unranked
from audit.ranking.rates import Rate
from audit.succession import agency_name
from audit.web.asked import Question
from audit.web.comparing import Ranked
from audit.web.lists import page
from audit.web.pictures.bars import Bar, share_bar
from audit.web.reader import Context, NoSuchPage, Reader
from audit.web.shapes import Page
from audit_rules.facts import Kind, Portal
from audit_rules.judgement import Group, Lang
from audit_rules.reading.vietnamese import fold
from storage.figures import Figure

ENDS = 5
"""Ranks at the top and at the bottom of a kind that the page of all kinds shows."""
MOST = 4 * ENDS
"""Portals that either end holds, where many share a rank."""
NAMED = 100
"""Bodies that are named in one sentence; open data and the API name them all."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last of a kind; ``whole`` where they are all of it."""

    kind: KindRanking
    first: tuple[Place, ...]
    last: tuple[Place, ...]
    whole: bool
    more_first: int
    more_last: int


def rankings(reader: Reader, _: Question) -> tuple[str, Context]:
    told = reader.views.comparing.ranked()
    if told is None:
        return "rankings.html", _nothing(reader)
    return "rankings.html", {
        **_telling(reader, told),
        "kinds": [_ends(each) for each in told.ranking.kinds],
        "headings": [group for group, _ in told.headings],
        "by_heading": _medians(told),
    }


def _ends(kind: KindRanking) -> Ends:
    if len(kind.places) <= 2 * ENDS:
        return Ends(kind, kind.places, (), True, 0, 0)
    first, last = kind.top(ENDS), kind.bottom(ENDS)
    return Ends(kind, first[:MOST], last[:MOST], False, len(first[MOST:]), len(last[MOST:]))


def _medians(told: Ranked) -> Mapping[Kind, Mapping[Group, tuple[float, int]]]:
    """The median of each heading's indices, and of how many portals it is, kind by kind."""
    found: dict[Kind, dict[Group, tuple[float, int]]] = {}
    for group, by in told.headings:
        for kind in by.kinds:
            if kind.places:
                middle = median(place.index for place in kind.places)
                found.setdefault(kind.kind, {})[group] = (middle, len(kind.places))
    return found


def ranking(reader: Reader, asked: Question, kind_id: str) -> tuple[str, Context]:
    told = reader.views.comparing.ranked()
    kind = next((each for each in told.ranking.kinds if each.kind == kind_id), None) if told is not None else None
    if told is None or kind is None:
        raise NoSuchPage
    several = page(wanted((*kind.places, *kind.unranked), asked.q, reader.lang), asked)
    return "ranking.html", {
        **_telling(reader, told),
        "kind": kind,
        "asked": asked,
        "list": several,
        "places": [each for each in several.items if isinstance(each, Place)],
        "unranked": [each for each in several.items if isinstance(each, Unranked)],
        "headings": [group for group, _ in told.headings],
        "of_portal": _by_portal(told, kind.kind, several),
    }


def wanted(several: Sequence[Place | Unranked], text: str, lang: Lang) -> Sequence[Place | Unranked]:
    """Those whose address or body holds some words, with or without accents."""
    words_of = " ".join(fold(text).split())
    if not words_of:
        return several
    return [each for each in several if words_of in fold(f"{each.portal.address} {words.whose(each.portal, lang)}")]


def _by_portal(told: Ranked, kind: Kind, several: Page[Place | Unranked]) -> Mapping[str, Mapping[Group, Place]]:
    """The places by each heading of the portals on a page."""
    here: dict[str, dict[Group, Place]] = {each.portal.id: {} for each in several.items}
    for group, by in told.headings:
        for place in (place for each in by.kinds if each.kind == kind for place in each.places):
            if place.portal.id in here:
                here[place.portal.id][group] = place
    return here


# --- rates --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KindRates:
    """The rates of one kind: those of the survey's questions, what the survey says beside each, and every rule."""

    kind: Kind
    rates: tuple[Rate, ...]
    surveys: tuple[Figure | None, ...]
    by_rule: tuple[Rate, ...]


def rates(reader: Reader, _: Question) -> tuple[str, Context]:
    comparing = reader.views.comparing
    told = comparing.ranked()
    if told is None:
        return "rates.html", _nothing(reader)
    beside, lang = comparing.surveys(), reader.lang
    kinds = [
        KindRates(kind, here, tuple(survey_of(one, beside) for one in here), _of_kind(comparing.by_rule(), kind))
        for kind in dict.fromkeys(one.kind for one in told.rates)
        for here in [_of_kind(told.rates, kind)]
    ]
    return "rates.html", {
        **_telling(reader, told),
        "kinds": kinds,
        "titles": words.rule_titles(lang),
        "bar": lambda one: share_bar(Bar("", one.share, one.low, one.high)),
        "share": lambda value: words.share_text(value, lang),
        "n": lambda one: words.n_text(told.results.source, one, lang),
        "between": lambda one: words.share_between(one, lang),
        "value": lambda one: value_text(one, lang),
        "survey": lambda one: survey_text(one, lang),
        "names": lambda one: "; ".join(words.asked_name(each, lang) for each in one.unmeasured[:NAMED]),
        "more": lambda one: len(one.unmeasured[NAMED:]),
    }


def _of_kind(several: Iterable[Rate], kind: Kind) -> tuple[Rate, ...]:
    return tuple(one for one in several if one.kind == kind)


# --- what both tell -----------------------------------------------------------------------------------------------


def _nothing(reader: Reader) -> Context:
    return {"ranked": None, "under_way": reader.views.comparing.under_way()}


def _telling(reader: Reader, told: Ranked) -> Context:
    """What made the tables, and how templates tell places: by the words that the command uses."""
    lang, source, before = reader.lang, told.results.source, told.ranking.before
    nights = [each.header.id for each in [reader.views.run_line(run_id) for run_id in source.nights] if each]

    def named(portal: Portal) -> str:
        return agency_name(portal.agency, lang) if portal.agency else ""

    return {
        "ranked": told,
        "source": source,
        "before": before,
        "approved_on": day_of(source.approved_at) if source.approved_at else None,
        "nights_known": nights,
        "none_published": words.without_published_rules(told.ranking),
        "under_way": reader.views.comparing.under_way(),
        "ends": ENDS,
        "named": named,
        "index": lambda value: words.index_text(value, lang),
        "could_be": lambda one: words.between_text(one, lang),
        "moved": words.rank_moved,
        "moved_words": lambda change: words.rank_moved_text(change, lang),
        "index_moved": lambda change: words.index_moved(change, lang),
        "why": lambda one: words.why_text(one, lang),
    }
