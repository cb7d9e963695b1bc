"""Figures of surveys beside our rates: of other bodies, taken another way, neither added nor subtracted."""

from __future__ import annotations

from collections.abc import Iterable

from audit.figures.metrics import kind_of_group, metric_name, metrics
from audit.figures.words import value_text
from audit.ranking.rates import Rate
from audit.words import say
from audit_rules.judgement import Lang
from storage.archive import Archive
from storage.figures import Figure, Figures


def surveyed(archive: Archive) -> tuple[Figure, ...]:
    """The figures of groups of bodies that ask what a rule of ours asks, the newest period first."""
    asked = [one.id for one in metrics().values() if one.rule is not None]
    told = (each for each in Figures(archive.database).all(metrics=asked) if each.agency_id is None)
    return tuple(sorted(told, key=lambda each: (each.last_day, each.id), reverse=True))


def survey_of(rate: Rate, several: Iterable[Figure]) -> Figure | None:
    """Of some figures, newest first, that which stands beside a rate."""
    for each in several:
        if metrics()[each.metric].rule == rate.rule and kind_of_group(each.body) == rate.kind:
            return each
    return None


def survey_text(one: Figure, lang: Lang) -> str:
    """A figure of a survey as one sentence that says whose it is and that it is no measure of ours."""
    told = {"title": metric_name(one.metric, lang), "value": value_text(one, lang), "body": one.body}
    return say("ranking.survey", lang, period=one.period, source=one.coverage or one.source, **told)
