"""The questions of the API about rankings, rates and official figures; their rows are open data, too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from audit.figures.told import compared_list, figure_list
from audit.listings import Cell
from audit.ranking.places import Ranking
from audit.ranking.rates import Rate
from audit.ranking.told import ranking_listing, rate_listing
from audit.web.api.compared_records import ComparisonRecord, FigureRecord, RankingRecord, RateRecord, record_of
from audit.web.api.operation import PAGED, Asked, Operation, of_all
from audit.web.api.records import PageOf
from audit.web.asked import Question
from audit.web.figure_lines import lines
from audit.web.views import Views
from audit_rules.judgement import Lang

EVERYTHING = Question()
Row = dict[str, Cell]


def ranking_rows(views: Views, lang: Lang, asked: Question | None = None) -> Sequence[Any]:
    """A row for each portal: by all counted rules or by one heading; of nothing that was asked, by each."""
    told = views.comparing.ranked()
    if told is None:
        return ()
    by_heading = dict(told.headings)
    if asked is None:
        several: list[Ranking] = [told.ranking, *by_heading.values()]
    else:
        one = by_heading[asked.group] if asked.group else told.ranking  # type: ignore[index]
        kinds = tuple(each for each in one.kinds if asked.kind in ("", each.kind))
        several = [replace(one, kinds=kinds)]
    return ranking_listing(several, lang).rows


def every_rate(views: Views, asked: Question = EVERYTHING) -> Sequence[Rate]:
    """A rate for each rule and kind: those of the survey's questions first."""
    told = views.comparing.ranked()
    if told is None:
        return ()
    surveyed = {one.rule for one in told.rates}
    several = (*told.rates, *(one for one in views.comparing.by_rule() if one.rule not in surveyed))
    return [one for one in several if asked.kind in ("", one.kind) and asked.rule in ("", one.rule)]


def rate_rows(views: Views, lang: Lang, several: Sequence[Rate]) -> Sequence[Any]:
    """A row for each of some rates, with all bodies by name."""
    told = views.comparing.ranked()
    return rate_listing(told.results.source, several, views.comparing.surveys(), lang).rows if told else ()


def figure_rows(views: Views, lang: Lang, asked: Question = EVERYTHING) -> Iterable[Any]:
    """A row for each figure, with the body that it is shown under."""
    found = list(lines(views.comparing.figures(), asked))
    rows = figure_list((each.shown for each in found), lang).rows
    for each, row in zip(found, rows, strict=True):
        yield {**row, "under_id": each.under.agency.id if each.under.agency else None}


def comparison_rows(views: Views, lang: Lang, asked: Question = EVERYTHING) -> Sequence[Any]:
    """A row for each body and figure; nothing for the public."""
    told = views.comparing.beside()
    if told is None:
        return ()
    several = (one for one in told.bodies if asked.agency in ("", one.agency.id))
    return compared_list(told.run_id, several, lang).rows


def rankings(asked: Asked) -> PageOf[RankingRecord]:
    rows = ranking_rows(asked.views, asked.lang, asked.question)
    return of_all(rows, asked, lambda row: record_of(row, RankingRecord))


def rates(asked: Asked) -> PageOf[RateRecord]:
    def record(one: Rate) -> RateRecord:
        (row,) = rate_rows(asked.views, asked.lang, [one])
        return record_of(row, RateRecord)

    return of_all(every_rate(asked.views, asked.question), asked, record)


def figures(asked: Asked) -> PageOf[FigureRecord]:
    rows = list(figure_rows(asked.views, asked.lang, asked.question))
    return of_all(rows, asked, lambda row: record_of(row, FigureRecord))


def comparison(asked: Asked) -> PageOf[ComparisonRecord] | None:
    if not asked.views.comparing.compares_figures:
        return None
    rows = comparison_rows(asked.views, asked.lang, asked.question)
    return of_all(rows, asked, lambda row: record_of(row, ComparisonRecord))


COMPARING: tuple[Operation, ...] = (
    Operation(
        "rankings",
        "/rankings",
        "Xếp hạng các cổng trong từng loại: của đợt đã phê duyệt mới nhất; group là nhóm tiêu chí.",
        "Portals ranked within their kind: by the newest approved round; group is a heading.",
        PageOf[RankingRecord],
        rankings,
        ("kind", "group", *PAGED),
    ),
    Operation(
        "rates",
        "/rates",
        "Tỷ lệ cơ quan đáp ứng từng quy tắc, cạnh số liệu khảo sát.",
        "Shares of agencies by rule, beside the figures of surveys.",
        PageOf[RateRecord],
        rates,
        ("kind", "rule", *PAGED),
    ),
    Operation(
        "figures",
        "/figures",
        "Số liệu chính thức, như đã công bố.",
        "Official figures as they were published.",
        PageOf[FigureRecord],
        figures,
        ("agency", "metric", *PAGED),
    ),
    Operation(
        "comparison",
        "/comparison",
        "Đối soát số liệu với những gì đã thấy trên cổng; chỉ có ở bản nội bộ.",
        "Official figures beside what was seen on the portals; the internal edition alone.",
        PageOf[ComparisonRecord],
        comparison,
        ("agency", *PAGED),
        inside=True,
    ),
)
