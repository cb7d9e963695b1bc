"""Rankings and rates as rows for a file and as tables for a screen. Every row names what made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import ConsoleRenderable
from rich.text import Text

from audit.days import day_of
from audit.figures.survey import survey_of, survey_text
from audit.listings import Cell, Listing
from audit.ranking.places import KindRanking, Place, Ranking, Unranked
from audit.ranking.rates import Asked, Rate
from audit.ranking.results import Source
from audit.reports.table import listing
from audit.succession import agency_name
from audit.words import clean, decimal, say, term
from audit_rules.facts import Kind, Portal
from audit_rules.judgement import Group, Lang
from audit_rules.rulebook import open_rulebook
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
    made, titles = _made_by(source), _titles(lang)
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
            "unmeasured": [_named(each, lang) for each in one.unmeasured],
            "not_seen": [_named(each, lang) for each in one.not_seen],
            "met": [_named(each, lang) for each in one.met],
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
    none = told.source.public and not told.rules
    yield Text(clean(say("ranking.none_published" if none else "ranking.counted", lang, count=len(told.rules))))
    yield Text()
    for kind in told.kinds:
        yield Text(_kind_line(told, kind, lang), "bold")
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
        for kind in told.kinds:
            for place in kind.places:
                row = cells.setdefault(kind.kind, {}).setdefault(str(place.portal.address), {})
                row[group] = f"{decimal(place.index, lang)} ({place.rank})"
    yield Text()
    for kind_name, rows in cells.items():
        groups = [group for group, _ in by_heading if any(group in row for row in rows.values())]
        yield Text(_capital(term("kind", kind_name, lang)), "bold")
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
    titles = _titles(lang)
    yield Text()
    for kind in dict.fromkeys(one.kind for one in several):
        yield Text(_capital(term("kind", kind, lang)), "bold")
        here = [one for one in several if one.kind == kind]
        headings = [term("heading", name, lang) for name in ("title", "share", "rate_n", "share_between")]
        yield from listing(headings, [_rate_line(source, one, titles, lang) for one in here], lang)
        notes = [survey_text(survey, lang) for one in here if (survey := survey_of(one, surveys)) is not None]
        if named:
            notes += [_unmeasured(one, titles, lang) for one in here if one.unmeasured]
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


def _titles(lang: Lang) -> dict[str, str]:
    return {rule.id: rule.vi.title if lang == "vi" else rule.en.title for rule in open_rulebook().rules}


def _kind_line(told: Ranking, kind: KindRanking, lang: Lang) -> str:
    name = _capital(term("kind", kind.kind, lang))
    heading = f" · {term('group', told.group, lang)}" if told.group else ""
    return say("ranking.kind", lang, kind=name + heading, placed=len(kind.places), unranked=len(kind.unranked))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _places(places: Sequence[Place], lang: Lang, *, changes: bool) -> list[ConsoleRenderable]:
    if not places:
        return []
    names = ["rank", "portal", "index", "index_between", "passed_of", *(["rank_change"] if changes else [])]
    rows = [[*_place_line(each, lang), *([_change(each, lang)] if changes else [])] for each in places]
    return listing([term("heading", name, lang) for name in names], rows, lang)


def _place_line(one: Place, lang: Lang) -> list[str]:
    rank = str(one.rank) if one.best == one.worst else f"{one.rank} ({one.best}–{one.worst})"
    between = "" if one.low == one.high else f"{decimal(one.low, lang, 3)}–{decimal(one.high, lang, 3)}"
    return [
        rank,
        _place_name(one.portal),
        decimal(one.index, lang, 3),
        between,
        f"{one.score.passed}/{one.score.measured}",
    ]


def _place_name(portal: Portal) -> str:
    return clean(str(portal.address))


def _change(one: Place, lang: Lang) -> str:
    if one.change is None:
        return say("ranking.no_earlier", lang)
    moved = one.change.rank
    places = "=" if moved == 0 else f"{'▲' if moved > 0 else '▼'}{abs(moved)}"
    sign = "+" if one.change.index > 0 else "−" if one.change.index < 0 else "±"
    return f"{places} ({sign}{decimal(abs(one.change.index), lang, 3)})"


def _without(unranked: Sequence[Unranked], lang: Lang) -> list[ConsoleRenderable]:
    if not unranked:
        return []
    rows = [[_place_name(each.portal) or _whose(each.portal, lang), _why(each, lang)] for each in unranked]
    return [
        Text(say("ranking.without", lang)),
        *listing([term("heading", n, lang) for n in ("portal", "why")], rows, lang),
    ]


def _why(each: Unranked, lang: Lang) -> str:
    score = each.score
    if each.why == "few_measured":
        return say("ranking.few_measured", lang, measured=score.measured, of=score.measured + score.not_measured)
    text = term("no_place", each.why, lang)
    text = term("state", each.why, lang) if text == each.why else text
    return f"{text} ({term('reason', each.detail, lang)})" if each.detail else text


def _whose(portal: Portal, lang: Lang) -> str:
    return clean(agency_name(portal.agency, lang)) if portal.agency else portal.id


def _named(one: Asked, lang: Lang) -> str:
    name = agency_name(one.agency, lang) if one.agency else ", ".join(str(each.address) for each in one.portals)
    return f"{name} ({term('reason', one.why, lang)})" if one.why else name


def _unmeasured(one: Rate, titles: Mapping[str, str], lang: Lang) -> str:
    names = "; ".join(_named(each, lang) for each in one.unmeasured)
    return say("ranking.unmeasured", lang, title=titles.get(one.rule, one.rule), names=names)


def _rate_line(source: Source, one: Rate, titles: Mapping[str, str], lang: Lang) -> list[str]:
    title = titles.get(one.rule, one.rule)
    if one.stage is None:
        return [title, "–", say("ranking.not_published" if source.public else "ranking.not_told", lang), ""]
    if one.share is None or one.low is None or one.high is None:
        return [title, "–", say("ranking.n_none", lang, unmeasured=len(one.unmeasured)), ""]
    of = say("ranking.n", lang, met=len(one.met), n=one.n)
    if one.unmeasured:
        of += "; " + say("ranking.n_unmeasured", lang, unmeasured=len(one.unmeasured))
    between = "" if one.low == one.high else f"{_percent(one.low, lang)}–{_percent(one.high, lang)}"
    return [title, _percent(one.share, lang), of, between]


def _percent(share: float, lang: Lang) -> str:
    return f"{decimal(100 * share, lang, 1)} %"
