"""What the API answers of rankings, rates and official figures, as the OpenAPI document describes it: the rows of
``audit rank`` and ``audit figures``, with numbers as numbers. Every row of a ranking names what made it.

Change them only by adding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict, TypeVar

import msgspec
from msgspec import Meta

from audit.figures.compared import Ours, Result
from audit.web.api.records import Count, Day, Moment, OfPortal, Share
from audit.web.shapes import Audience
from audit_rules.facts import Kind
from audit_rules.judgement import Group, Stage
from storage.figures import Confidence

R = TypeVar("R")
Rank = Annotated[int, Meta(ge=1)]
Names = list[str]
_YES: Mapping[object, bool] = {"yes": True, "no": False}
_TOLD_AS_YES = ("provisional", "old")


class _OfResults(TypedDict):
    """What a row is made of."""

    audience: Audience
    source: Annotated[str, Meta(description="The evaluation round, or the run")]
    rules_version: str
    law_day: Day
    nights: Names
    kind: Kind


class RankingRecord(_OfResults):
    """A portal among those of its kind. Without a rank it is not the last: ``why`` says why it has none. Rows of
    another source, rule set or law day do not compare."""

    heading: Annotated[Group | None, Meta(description="The ministry's heading; null: all counted rules")]
    rank: Rank | None
    of: Annotated[int, Meta(ge=0, description="Portals of the kind that have a rank")]
    rank_best: Annotated[Rank | None, Meta(description="Whatever becomes of what was not measured")]
    rank_worst: Rank | None
    portal_id: str
    portal: str
    agency_id: str | None
    agency: str | None
    index: Share | None
    index_low: Annotated[Share | None, Meta(description="Had all that was not measured failed")]
    index_high: Annotated[Share | None, Meta(description="Had all that was not measured passed")]
    passed: Count
    measured: Count
    not_measured: Count
    provisional: bool
    against: Annotated[str | None, Meta(description="The earlier round or run of the changes")]
    rank_before: Rank | None
    of_before: Count | None
    rank_change: Annotated[int | None, Meta(description="Positive for places gained")]
    index_change: float | None
    mended: Annotated[Names | None, Meta(description="Rules that failed then and pass now")]
    broken: Annotated[Names | None, Meta(description="Rules that passed then and fail now")]
    otherwise: Annotated[Count | None, Meta(description="Rules that were measured only one of the two times")]
    why: str | None
    detail: str | None


class RateRecord(_OfResults):
    """How many agencies of a kind meet a rule, of those that were measured (``n``); and the figure of a survey that
    asked the same: of other bodies, taken another way, neither to be added nor to be subtracted."""

    rule: str
    title: str
    stage: Annotated[Stage | None, Meta(description="Null where the results have no word of the rule")]
    share: Share | None
    met_count: Count | None
    n: Annotated[Count | None, Meta(description="Agencies that were measured")]
    unmeasured_count: Count | None
    share_low: Share | None
    share_high: Share | None
    inapplicable: Count
    unmeasured: Annotated[Names, Meta(description="Agencies of whom nothing is known, with the reason")]
    not_seen: Names
    met: Names
    survey_value: str | None
    survey_body: str | None
    survey_period: str | None
    survey_source: str | None


class FigureRecord(TypedDict):
    """An official figure as it was published, of the body of its day. Nothing is added up."""

    figure: str
    under_id: Annotated[str | None, Meta(description="Agency id of the body that it is shown under today")]
    body: Annotated[str, Meta(description="As printed")]
    agency_id: Annotated[str | None, Meta(description="Of the body of its day; null for a group of bodies")]
    predecessor: Annotated[str | None, Meta(description="Whose it is, where that body was merged")]
    metric: str
    metric_name: str
    period: str
    first_day: Day
    last_day: Day
    value: str
    rank: str
    unit: str
    coverage: Annotated[str, Meta(description="What it covers, or leaves out")]
    absent: Annotated[str, Meta(description="Why there is none")]
    source: str
    confidence: Confidence
    notes: str


class ComparisonRecord(TypedDict):
    """A body, a figure of it, and what was seen on its portals. A difference is nobody's fault yet: other periods,
    portals or measures. For those inside alone."""

    source_run: str
    result: Result
    old: Annotated[bool, Meta(description="The figure's period ended more than 92 days before the look")]
    days_apart: Count | None
    agency_id: str
    agency: str
    predecessor: str | None
    portal: Names
    metric: str | None
    metric_name: str | None
    period: str | None
    value: str | None
    rank: str | None
    unit: str | None
    absent: str | None
    coverage: str | None
    source: str | None
    figure: str | None
    code: Ours
    why_unknown: Names
    site_id: list[OfPortal]
    seen_at: list[Moment]
    page_counter: list[OfPortal]


def record_of(row: Mapping[str, Any], record: type[R]) -> R:
    """A row of a listing as a record: numbers as numbers, yes and no as true and false; what the record does not
    have (who took a figure in) is left out."""
    told = {name: _YES[row[name]] if name in _TOLD_AS_YES else row[name] for name in record.__annotations__}
    return msgspec.convert(told, record, strict=False)
