"""Official figures as lists: those of a body and of the bodies it replaced, and what the comparison shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import ConsoleRenderable
from rich.text import Text

from audit.days import shown as shown_time
from audit.figures.compared import RESULTS, Compared
from audit.figures.metrics import metric_name
from audit.figures.shown import Shown
from audit.figures.words import counters_of, figure_text, looked_text, notes_of, published_text
from audit.listings import Cell, Listing
from audit.reports.table import listing
from audit.succession import agency_name
from audit.words import clean, say, term
from audit_rules.judgement import Lang

_FIGURE = (
    *("figure", "body", "agency_id", "predecessor", "metric", "metric_name", "period", "first_day", "last_day"),
    *("value", "rank", "unit", "coverage", "absent", "source", "confidence", "notes"),
    *("taken_by", "taken_at", "file", "line", "withdrawn"),
)
_COMPARED = (
    *("source_run", "result", "old", "days_apart", "agency_id", "agency", "predecessor", "portal"),
    *("metric", "metric_name", "period", "value", "rank", "unit", "absent", "coverage", "source", "figure"),
    *("code", "why_unknown", "site_id", "seen_at", "page_counter"),
)


def figure_list(several: Iterable[Shown], lang: Lang) -> Listing:
    """A row for each figure."""
    return Listing(_FIGURE, [_figure_row(each, lang) for each in several])


def figure_tables(several: Iterable[Shown], lang: Lang) -> Iterator[ConsoleRenderable]:
    """Body by body what was published of it; one of before a merger says whose successor it is shown under."""
    headings = [term("heading", name, lang) for name in ("metric_name", "period", "value", "coverage_note")]
    for body, here in groupby(several, key=lambda each: each.of(lang) or each.figure.body):
        told = [each.figure for each in here]
        yield Text(clean(body), "bold")
        yield from listing(
            headings,
            [
                [metric_name(one.metric, lang), one.period, figure_text(one, lang), "; ".join(notes_of(one, lang))]
                for one in told
            ],
            lang,
        )


def _figure_row(each: Shown, lang: Lang) -> dict[str, Cell]:
    one = each.figure
    same = ("body", "agency_id", "metric", "period", "value", "rank", "unit", "coverage", "absent", "source")
    more = ("confidence", "notes", "taken_by", "file", "line")
    told: dict[str, Cell] = {name: getattr(one, name) for name in (*same, *more)}
    back = one.withdrawn
    return {
        **told,
        "figure": one.id,
        "predecessor": each.of(lang) or None,
        "metric_name": metric_name(one.metric, lang),
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "taken_at": shown_time(one.taken_at),
        "withdrawn": f"{shown_time(back.at)}, {back.by}: {back.why}" if back else None,
    }


# --- the comparison ---------------------------------------------------------------------------------------


def compared_list(source: str, several: Iterable[Compared], lang: Lang) -> Listing:
    """A row for each body and figure; several portals of a body stand in one cell."""
    return Listing(_COMPARED, [_compared_row(source, one, lang) for one in several])


def compared_tables(source: str, several: Sequence[Compared], lang: Lang) -> Iterator[ConsoleRenderable]:
    """What differs in full, what is set beside each other, and how many of the rest there are."""
    yield Text(clean(say("figures.compared", lang, source=source)))
    if not several:
        yield Text(say("figures.no_bodies", lang))
    count = Counter(one.result for one in several)
    for result in RESULTS:
        here = [one for one in several if one.result == result]
        if not here:
            continue
        yield Text()
        yield Text(f"{term('compared', result, lang)}: {count[result]}", "bold")
        if result in ("agree", "no_figure"):
            yield Text(clean("; ".join(dict.fromkeys(agency_name(one.agency, lang) for one in here))))
            continue
        headings = [term("heading", name, lang) for name in ("agency", "official", "on_portal", "page_counter")]
        yield from listing(headings, [_compared_line(one, lang) for one in here], lang)


def _compared_line(one: Compared, lang: Lang) -> list[str]:
    several = (f"{each.portal.address}: {looked_text(each, lang)}" for each in one.looked)
    seen = "; ".join(several) or say("figures.no_portal", lang)
    return [agency_name(one.agency, lang), published_text(one, lang), seen, "; ".join(counters_of(one, lang))]


def _compared_row(source: str, one: Compared, lang: Lang) -> dict[str, Cell]:
    figure = one.shown.figure if one.shown else None
    names = ("metric", "period", "value", "rank", "unit", "absent", "coverage", "source")
    told: dict[str, Cell] = {name: getattr(figure, name) if figure else None for name in names}
    return {
        **told,
        "source_run": source,
        "result": one.result,
        "old": "yes" if one.old else "no",
        "days_apart": one.days if figure else None,
        "agency_id": one.agency.id,
        "agency": agency_name(one.agency, lang),
        "predecessor": (one.shown.of(lang) or None) if one.shown else None,
        "portal": [str(each.portal.address) for each in one.looked],
        "metric_name": metric_name(figure.metric, lang) if figure else None,
        "figure": figure.id if figure else None,
        "code": one.ours,
        "why_unknown": [each.why for each in one.looked if each.why],
        "site_id": [each.site_id for each in one.looked if each.site_id],
        "seen_at": [moment for each in one.looked if (moment := shown_time(each.seen_at))],
        "page_counter": [str(each.counter) for each in one.looked if each.counter is not None],
    }
