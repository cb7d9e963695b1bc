"""The pictures of the pages, from what the read model shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from audit.web.links import Links
from audit.web.pictures.bars import outcome_bar
from audit.web.pictures.markup import Picture
from audit.web.pictures.tile_map import PLACES, Tile, tile_map
from audit.web.pictures.trend import Point, trend
from audit.web.shapes import Look, NightPoint, RuleLine, Shown, VerdictView
from audit.words import say
from audit_rules.judgement import Lang
from audit_rules.law.book import LawBook, open_law

_SEEN = ("audited", "partial")


@cache
def law() -> LawBook:
    return open_law()


def country(shown: Shown, links: Links) -> Picture | None:
    """The map: each province by the score of its main portal; none where no province is there."""
    tiles: dict[str, Tile] = {}
    for one in shown.portals.values():
        if one.kind == "province" and one.current and one.agency_id is not None and one.agency_id in PLACES:
            seen = one.state in _SEEN
            why = "" if one.score.value is not None else say("web.too_few" if seen else "web.not_seen", links.lang)
            tiles[one.agency_id] = Tile(one.score.value, why, links.to("agency", one.agency_id))
    return tile_map(say("web.map_title", links.lang), tiles, links.lang) if tiles else None


def nights(points: Sequence[NightPoint], lang: Lang) -> Picture | None:
    """The mean score over the nights; where the rules changed, it says so."""
    if len(points) < 2 or all(one.mean_score is None for one in points):
        return None
    scores = [(one.day, one.mean_score, one.rules_version) for one in points]
    return trend(say("web.trend_title", lang), _scores(scores, lang), lang)


def nights_seen(points: Sequence[NightPoint], lang: Lang) -> Picture | None:
    """How many portals could be seen, over the nights."""
    if len(points) < 2:
        return None
    told = [Point(one.day, float(sum(one.states.get(each, 0) for each in _SEEN))) for one in points]
    return trend(say("web.trend_seen", lang), told, lang, top=None)


def looks(several: Sequence[Look], lang: Lang) -> Picture | None:
    """A portal's score over its looks."""
    if len(several) < 2 or all(one.score is None for one in several):
        return None
    scores = [(one.day, one.score, one.rules_version) for one in several]
    return trend(say("web.looks_title", lang), _scores(scores, lang), lang)


def _scores(told: Sequence[tuple[date, float | None, str]], lang: Lang) -> list[Point]:
    """Points of days, scores and versions of the rules, marked where the rules are others than before."""
    before = [told[0][2], *(version for _, _, version in told)]
    return [
        Point(day, score, say("web.rules_changed", lang, version=version) if version != last else "")
        for (day, score, version), last in zip(told, before, strict=False)
    ]


def outcomes(verdicts: Iterable[VerdictView], lang: Lang) -> Picture:
    """How all rules came out at a portal, those too that count in no score."""
    counts: Counter[str] = Counter(one.outcome for one in verdicts if one.outcome != "withheld")
    return outcome_bar(say("web.all_rules", lang), counts, lang)


def counts(one: RuleLine, lang: Lang) -> Picture:
    """How a rule came out at the portals."""
    told = {outcome: count for outcome, count in one.counts.items() if outcome != "withheld"}
    return outcome_bar(say("web.outcomes", lang), told, lang)
