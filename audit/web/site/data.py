"""The open data: the lists of the dashboard as CSV and JSON, with a description of every column.

Rows are the records of the API. In the CSV what has parts has a column for each (``score.value``,
``outcomes.passed``); it is written like the one for agencies: UTF-8 with BOM, every cell quoted and guarded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints, is_typeddict

import msgspec

from audit.days import day_of
from audit.reports.csv import write_csv
from audit.reports.json import without_unseen
from audit.web.api import told
from audit.web.api.compared_records import (
    ComparisonRecord,
    FigureRecord,
    RankingRecord,
    RateRecord,
    record_of,
)
from audit.web.api.comparing import comparison_rows, every_rate, figure_rows, ranking_rows, rate_rows
from audit.web.api.records import (
    AgencyRecord,
    FindingRecord,
    NightRecord,
    PortalRecord,
    RuleRecord,
    RunRecord,
)
from audit.web.asked import PORTAL_STATES, Question
from audit.web.pictures.bars import OUTCOMES
from audit.web.views import Views
from audit.words import say
from audit_rules import __version__
from audit_rules.judgement import Lang


@dataclass(frozen=True, slots=True)
class Resource:
    """One list: its name, the type of its rows, the rows themselves in a language, and whether it is for those
    inside alone."""

    name: str
    record: Any
    rows: Callable[[Views, Lang], Iterable[Any]]
    inside: bool = False


def _runs(views: Views) -> Iterator[Any]:
    number, last = 1, 1
    while number <= last:
        page = views.runs(Question(page=number, size=200))
        last, number = page.last, number + 1
        yield from (told.run_record(each, views.audience) for each in page.items)


RESOURCES = (
    Resource(
        "portals", PortalRecord, lambda v, lang: (told.portal_record(x, lang) for x in v.shown().portals.values())
    ),
    Resource("findings", FindingRecord, lambda v, lang: (told.finding_record(x, lang) for x in v.shown().findings)),
    Resource("rules", RuleRecord, lambda v, lang: (told.rule_record(x, lang) for x in v.shown().rules.values())),
    Resource(
        "agencies", AgencyRecord, lambda v, lang: (told.agency_record(x, lang) for x in v.shown().agencies.values())
    ),
    Resource("runs", RunRecord, lambda v, _: _runs(v)),
    Resource("nights", NightRecord, lambda v, _: (told.night_record(x) for x in v.shown().trend)),
    Resource(
        "rankings", RankingRecord, lambda v, lang: (record_of(x, RankingRecord) for x in ranking_rows(v, lang))
    ),
    Resource(
        "rates", RateRecord, lambda v, lang: (record_of(x, RateRecord) for x in rate_rows(v, lang, every_rate(v)))
    ),
    Resource("figures", FigureRecord, lambda v, lang: (record_of(x, FigureRecord) for x in figure_rows(v, lang))),
    Resource(
        "comparison",
        ComparisonRecord,
        lambda v, lang: (record_of(x, ComparisonRecord) for x in comparison_rows(v, lang)),
        inside=True,
    ),
)


def resources_of(views: Views) -> tuple[Resource, ...]:
    """The lists that an audience gets."""
    return tuple(each for each in RESOURCES if views.audience == "internal" or not each.inside)


def open_data(views: Views, lang: Lang) -> Iterator[tuple[str, bytes]]:
    """The files of the open data by their names, in one language."""
    about = _about(views)
    described = []
    for each in resources_of(views):
        rows = list(each.rows(views, lang))
        columns = columns_of(each.record)
        yield f"{each.name}.csv", write_csv([name for name, _ in columns], (_cells(row, columns) for row in rows))
        yield f"{each.name}.json", _json({"about": about, "items": rows})
        described.append(
            {
                "name": each.name,
                "path": f"{each.name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "description": " ".join((each.record.__doc__ or "").split()),
                "schema": {"fields": [{"name": name, **field} for name, field in columns], "missingValues": [""]},
            }
        )
    yield "datapackage.json", _json({**about, "resources": described})


def _about(views: Views) -> dict[str, Any]:
    """Which program, rules and law day made the data; without them no number says anything."""
    shown = views.shown()
    head = shown.night.header if shown.night else None
    return {
        "name": "portal-auditor",
        "title": say("site.data_title", "vi") + " / " + say("site.data_title", "en"),
        "description": say("site.data_note", "vi") + " / " + say("site.data_note", "en"),
        "version": shown.version,
        "created": day_of().isoformat(),
        "audience": shown.audience,
        "tool_version": __version__,
        "run": head.id if head else None,
        "day": head.day.isoformat() if head else None,
        "law_day": head.law_day.isoformat() if head else None,
        "rules_version": head.rules_version if head else None,
    }


def columns_of(record: Any) -> list[tuple[str, dict[str, Any]]]:
    """The columns of a type of rows, each with its type and description (Frictionless Table Schema)."""
    _, components = msgspec.json.schema_components([record], ref_template="{name}")
    return list(_columns(record, components, ""))


def _columns(record: Any, components: Mapping[str, Any], before: str) -> Iterator[tuple[str, dict[str, Any]]]:
    fields = components[record.__name__]["properties"]
    for name, kind in get_type_hints(record).items():  # in the order in which they are written there
        if is_typeddict(kind):
            yield from _columns(kind, components, f"{before}{name}.")
        elif fields[name].get("type") == "object":
            for key in PORTAL_STATES if name == "portals" else OUTCOMES:
                yield f"{before}{name}.{key}", {"type": "integer"}
        else:
            yield f"{before}{name}", _field(fields[name])


def _field(field: Mapping[str, Any]) -> dict[str, Any]:
    choices = [field, *field.get("anyOf", ())]
    kind = next((each["type"] for each in choices if each.get("type") not in (None, "null")), "string")
    form = next((each["format"] for each in choices if "format" in each), "")
    # A list is one cell, its parts set apart by bars.
    told_of = {"type": {"date": "date", "date-time": "datetime", "array": "string"}.get(form or kind, kind)}
    text = next((each["description"] for each in choices if "description" in each), "")
    return told_of | ({"description": text} if text else {})


def _cells(row: Mapping[str, Any], columns: Sequence[tuple[str, Any]]) -> list[str]:
    return [_cell(row, name.split(".", 1)) for name, _ in columns]


def _cell(row: Mapping[str, Any], path: Sequence[str]) -> str:
    value = row[path[0]]
    if len(path) > 1:
        value = value.get(path[1], 0)
    if value is None:
        return ""
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(value: object) -> bytes:
    return without_unseen(msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n").encode()
