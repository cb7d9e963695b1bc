"""Rankings and rates as rows for a file and as tables for a screen. Every row names what made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import ConsoleRenderable
from rich.text import Text

from audit.days import day_of
from audit.figures.survey import survey_of, survey_text
from audit.listings import Cell, Listing
from audit.ranking.places import Place, Ranking, Unranked
from audit.ranking.rates import Rate
from audit.ranking.results import Source
from audit.ranking.words import (
    asked_name,
    between_text,
    change_text,
    index_text,
    kind_line,
    kind_name,
    n_text,
    rank_text,
    rule_titles,
    share_between,
    share_text,
    whose,
    why_text,
    without_published_rules,
)
from audit.reports.table import listing
from audit.succession import agency_name
from audit.words import clean, decimal, say, term
from audit_rules.facts import Kind
from audit_rules.judgement import Group, Lang
from storage.figures import Figure

_MADE_BY = ("audience", "source", "rules_version", "law_day", "nights")
_PLACE = (
    *("kind", "heading", "rank", "of", "rank_best", "rank_worst", "portal_id", "portal", "agency_id", "agency"),
    *("index", "index_low", "index_high", "passed", "measured", "not_measured", "provisional"),
    *("against", "rank_before", "of_before", "rank_change", "index_change", "mended", "broken", "otherwise"),
    *("why", "detail"),
)
_RATE = (
    *("kind", "rule", "title", "stage", "share", "met_count", "n", "unmeasured_count", "share_low", "share_high"),
    *("inapplicable", "unmeasured", "not_seen", "met"),
    *("survey_value", "survey_body", "survey_period", "survey_source"),
)


def ranking_listing(several: Iterable[Ranking], lang: Lang) -> Listing:
    """A row for each portal, those without a place after those with one, kind by kind, ranking by ranking."""
    return Listing((*_MADE_BY, *_PLACE), [row for told in several for row in _ranking_rows(told, lang)])


def _ranking_rows(told: Ranking, lang: Lang) -> Iterator[dict[str, Cell]]:
    made = _made_by(told.source)
    against = told.before.id if told.before else None
    for kind in told.kinds:
        common: dict[str, Cell] = {**made, "kind": kind.kind, "heading": told.group, "of": len(kind.places)}
        for place in kind.places:
            yield {**_EMPTY, **common, **_of_portal(place, lang), **_of_place(place), "against": against}
        for each in kind.unranked:
            yield {**_EMPTY, **common, **_of_portal(each, lang), "why": each.why, "detail": each.detail}


def rate_listing(source: Source, several: Iterable[Rate], surveys: Sequence[Figure], lang: Lang) -> Listing:
    """A row for each rule and kind, with the agencies by name, and the figure of a survey beside it."""
    made, titles = _made_by(source), rule_titles(lang)
    rows: list[dict[str, Cell]] = [
        {
            **made,
            "kind": one.kind,
            "rule": one.rule,
            "title": titles.get(one.rule, one.rule),
            "stage": one.stage,
            "share": _exact(one.share),
            "met_count": len(one.met) if one.stage else None,
            "n": one.n if one.stage else None,
            "unmeasured_count": len(one.unmeasured) if one.stage else None,
            "share_low": _exact(one.low),
            "share_high": _exact(one.high),
            "inapplicable": one.inapplicable,
            "unmeasured": [asked_name(each, lang) for each in one.unmeasured],
            "not_seen": [asked_name(each, lang) for each in one.not_seen],
            "met": [asked_name(each, lang) for each in one.met],
            **_survey_cells(survey_of(one, surveys)),
        }
        for one in several
    ]
    return Listing((*_MADE_BY, *_RATE), rows)


# --- on a screen ------------------------------------------------------------------------------------------


def introduction(source: Source, lang: Lang) -> list[ConsoleRenderable]:
    """What the tables below rest on, and who may see them."""
    use = "ranking.public" if source.public else "ranking.internal"
    days = [day.isoformat() for day in source.days]
    lines = [say(use, lang)]
    if source.is_round:
        key = "ranking.of_round" if source.status == "approved" else "ranking.of_open_round"
        approved = day_of(source.approved_at).isoformat() if source.approved_at else ""
        told = {"by": source.approved_by, "document": source.document_no, "day": approved}
        lines.append(say(key, lang, id=source.id, status=term("round_status", source.status, lang), **told))
    else:
        lines.append(say("ranking.of_run", lang, id=source.id, status=term("status", source.status, lang)))
    lines.append(say("ranking.made_by", lang, rules=source.rules_version, law_day=source.law_day.isoformat()))
    span = ""
    if days:
        key = "ranking.on" if days[0] == days[-1] else "ranking.span"
        span = say(key, lang, first=days[0], last=days[-1])
    lines.append(say("ranking.nights", lang, count=len(source.nights), span=span))
    return [Text(clean(line)) for line in lines]


def ranking_tables(told: Ranking, top: int | None, lang: Lang) -> Iterator[ConsoleRenderable]:
    """Kind by kind: the whole list, or its ``top`` first and last, and those without a place."""
    if told.before is not None:
        yield Text(clean(say("ranking.against", lang, id=told.before.id)))
        if not told.same_rules:
            yield Text(clean(say("ranking.other_rules", lang)))
    if without_published_rules(told):
        yield Text(f"{say('ranking.none_published', lang)} {say('ranking.see_internal', lang)}")
    else:
        yield Text(say("ranking.counted", lang, count=len(told.rules)))
    yield Text()
    for kind in told.kinds:
        yield Text(kind_line(told, kind, lang), "bold")
        changes = told.before is not None
        if top is None or len(kind.places) <= 2 * top:
            yield from _places(kind.places, lang, changes=changes)
        else:
            yield Text(say("ranking.top", lang, count=top))
            yield from _places(kind.top(top), lang, changes=changes)
            yield Text(say("ranking.bottom", lang, count=top))
            yield from _places(kind.bottom(top), lang, changes=changes)
        yield from _without(kind.unranked, lang)


def heading_tables(by_heading: Sequence[tuple[Group, Ranking]], lang: Lang) -> Iterator[ConsoleRenderable]:
    """Kind by kind a table of portals and the ministry's headings: index and rank in each."""
    cells: dict[Kind, dict[str, dict[Group, str]]] = {}
    for group, told in by_heading:
        for each in told.kinds:
            for place in each.places:
                row = cells.setdefault(each.kind, {}).setdefault(str(place.portal.address), {})
                row[group] = f"{decimal(place.index, lang)} ({place.rank})"
    yield Text()
    for kind, rows in cells.items():
        groups = [group for group, _ in by_heading if any(group in row for row in rows.values())]
        yield Text(kind_name(kind, lang), "bold")
        headings = [term("heading", "portal", lang), *(term("group_short", group, lang) for group in groups)]
        yield from listing(
            headings,
            [[clean(name), *(row.get(group, "–") for group in groups)] for name, row in rows.items()],
            lang,
        )
    yield Text(say("ranking.heading_note", lang))


def rate_tables(
    source: Source, several: Sequence[Rate], surveys: Sequence[Figure], lang: Lang, *, named: bool
) -> Iterator[ConsoleRenderable]:
    """Kind by kind the rules and their shares, with the surveys beside them; ``named`` lists the agencies of which
    nothing is known, too."""
    yield Text()
    for kind in dict.fromkeys(one.kind for one in several):
        yield Text(kind_name(kind, lang), "bold")
        here = [one for one in several if one.kind == kind]
        headings = [term("heading", name, lang) for name in ("title", "share", "rate_n", "share_between")]
        yield from listing(headings, [_rate_line(source, one, lang) for one in here], lang)
        notes = [survey_text(survey, lang) for one in here if (survey := survey_of(one, surveys)) is not None]
        if named:
            notes += [_unmeasured(one, lang) for one in here if one.unmeasured]
        yield from (Text(clean(f"· {note}")) for note in notes)
        yield from [Text()] if notes else []


# --- inside -----------------------------------------------------------------------------------------------

_EMPTY: Mapping[str, Cell] = dict.fromkeys((*_MADE_BY, *_PLACE))


def _made_by(source: Source) -> dict[str, Cell]:
    return {
        "audience": "public" if source.public else "internal",
        "source": source.id,
        "rules_version": source.rules_version,
        "law_day": source.law_day.isoformat(),
        "nights": list(source.nights),
    }


def _of_portal(one: Place | Unranked, lang: Lang) -> dict[str, Cell]:
    agency, score = one.portal.agency, one.score
    return {
        "portal_id": one.portal.id,
        "portal": str(one.portal.address),
        "agency_id": agency.id if agency else None,
        "agency": agency_name(agency, lang) if agency else None,
        "passed": score.passed,
        "measured": score.measured,
        "not_measured": score.not_measured,
        "provisional": "yes" if score.provisional else "no",
    }


def _of_place(one: Place) -> dict[str, Cell]:
    told: dict[str, Cell] = {
        "rank": one.rank,
        "rank_best": one.best,
        "rank_worst": one.worst,
        "index": _exact(one.index),
        "index_low": _exact(one.low),
        "index_high": _exact(one.high),
    }
    if (change := one.change) is not None:
        told |= {
            "rank_before": one.rank + change.rank,
            "of_before": change.of,
            "rank_change": change.rank,
            "index_change": _exact(change.index),
            "mended": list(change.mended),
            "broken": list(change.broken),
            "otherwise": change.otherwise,
        }
    return told


def _survey_cells(one: Figure | None) -> dict[str, Cell]:
    return {
        "survey_value": one.value if one else None,
        "survey_body": one.body if one else None,
        "survey_period": one.period if one else None,
        "survey_source": one.source if one else None,
    }


def _exact(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def _places(places: Sequence[Place], lang: Lang, *, changes: bool) -> list[ConsoleRenderable]:
    if not places:
        return []
    names = ["rank", "portal", "index", "index_between", "passed_of", *(["rank_change"] if changes else [])]
    rows = [[*_place_line(each, lang), *([change_text(each, lang)] if changes else [])] for each in places]
    return listing([term("heading", name, lang) for name in names], rows, lang)


def _place_line(one: Place, lang: Lang) -> list[str]:
    passed = f"{one.score.passed}/{one.score.measured}"
    name = clean(str(one.portal.address))
    return [rank_text(one), name, index_text(one.index, lang), between_text(one, lang), passed]


def _without(unranked: Sequence[Unranked], lang: Lang) -> list[ConsoleRenderable]:
    if not unranked:
        return []
    rows = [
        [clean(str(each.portal.address)) or whose(each.portal, lang), why_text(each, lang)] for each in unranked
    ]
    return [
        Text(say("ranking.without", lang)),
        *listing([term("heading", n, lang) for n in ("portal", "why")], rows, lang),
    ]


def _unmeasured(one: Rate, lang: Lang) -> str:
    names = "; ".join(asked_name(each, lang) for each in one.unmeasured)
    return say("ranking.unmeasured", lang, title=rule_titles(lang).get(one.rule, one.rule), names=names)


def _rate_line(source: Source, one: Rate, lang: Lang) -> list[str]:
    title = rule_titles(lang).get(one.rule, one.rule)
    return [title, share_text(one.share, lang), n_text(source, one, lang), share_between(one, lang)]
