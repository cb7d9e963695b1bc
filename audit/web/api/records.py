"""What the API answers, as the OpenAPI document describes it: flat records in one language.

Change them only by adding. Codes are those of the contract; days are those of Asia/Ho_Chi_Minh, moments have
+07:00. Records of lists are the rows of the open data as well.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypedDict, TypeVar

from msgspec import Meta

from audit.history import FindingState
from audit.matrix import Linked
from audit.web.shapes import Audience, Told
from audit_rules.facts import Kind, State
from audit_rules.judgement import Force, Group, Proves, Reading, Relation, Severity, Stage, Standing
from audit_rules.verdict import How
from storage.records import RunStatus

T = TypeVar("T")
Day = Annotated[str, Meta(description="YYYY-MM-DD, Asia/Ho_Chi_Minh", extra_json_schema={"format": "date"})]
Moment = Annotated[str, Meta(description="With +07:00", extra_json_schema={"format": "date-time"})]
Count = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Portals = Annotated[int, Meta(ge=0, description="Number of portals")]
OfPortal = Annotated[str, Meta(description="As it was seen on the portal: a stranger's text, escape it")]
ByState = Annotated[dict[str, Count], Meta(description="Numbers of portals by state")]
ByOutcome = Annotated[
    dict[str, Count],
    Meta(description="Numbers by outcome; “withheld” counts what is not told to this audience"),
]


class ScoreRecord(TypedDict):
    """passed / (passed + failed) over the counted rules (docs/scoring.md). ``value`` is null where less than 70 %
    was measured or the kind of portal is a guess; ``provisional`` while a counted rule is not published."""

    value: Share | None
    provisional: bool
    passed: Count
    failed: Count
    measured: Count
    not_measured: Count


class PortalRecord(TypedDict):
    """A portal as it was last seen."""

    id: str
    address: str
    kind: Kind
    agency_id: str | None
    agency: str | None
    province_id: Annotated[str | None, Meta(description="Agency id of its province; null for central bodies")]
    main_portal_id: str | None
    registered: bool
    state: State
    reason: str | None
    moved_to: OfPortal | None
    run: str
    day: Day
    seen_at: Moment | None
    score: ScoreRecord
    outcomes: ByOutcome
    findings: Annotated[int, Meta(ge=0, description="Faults that are told")]
    needs_review: Annotated[int, Meta(ge=0, description="What is for a person to look at")]
    current: Annotated[bool, Meta(description="False for a portal that the newest night no longer has")]


class FindingRecord(TypedDict):
    """One rule's fault at one portal, or what a person is to look at. Not a verdict of an offence."""

    id: str
    portal: str
    address: str
    agency_id: str | None
    agency: str | None
    province_id: str | None
    kind: Kind
    rule: str
    title: str
    group: Group
    severity: Severity
    stage: Stage
    standing: Standing
    proves: Proves
    outcome: Told
    reason: str | None
    state: FindingState
    first_seen: Day
    last_seen: Day
    nights: Count
    run: str
    waived: bool
    disputed: bool
    just_fixed: bool


class RuleRecord(TypedDict):
    """A rule, and how it came out at the portals that count today."""

    id: str
    title: str
    fix: str
    group: Group
    severity: Severity
    stage: Stage
    value_only: Annotated[bool, Meta(description="It tells a value and counts in no score")]
    embargoed: Annotated[bool, Meta(description="Its results are told to the portals' owners alone")]
    outcomes: ByOutcome


class AgencyRecord(TypedDict):
    """A public body with its portals."""

    id: str
    name: str
    kind: Kind
    parent_id: str | None
    province_id: str | None
    portals: Portals
    audited: Portals
    findings: Count
    score: Annotated[Share | None, Meta(description="Of its main portal, or of its only one")]


class RunRecord(TypedDict):
    """A run: a night, or an audit of single portals. Numbers of other rules or another law day do not compare."""

    id: str
    kind: str
    started_at: Moment
    finished_at: Moment | None
    day: Day
    law_day: Day
    status: RunStatus
    reason: str | None
    judged_from: str | None
    tool_version: str
    rules_version: str
    vantage_address: str
    user_agent: str
    portals: ByState


class NightRecord(TypedDict):
    """One night of the country. Where ``rules_version`` changes the scale does: do not compare across it."""

    run: str
    day: Day
    rules_version: str
    portals: ByState
    mean_score: Share | None
    scored: Annotated[int, Meta(ge=0, description="Portals that have a score")]


class KindRecord(TypedDict):
    """A kind of portal. A median needs no mean: half of the scores are at most that."""

    kind: Kind
    portals: Portals
    audited: Portals
    scored: Portals
    median_score: Share | None
    findings: Count


class EvidenceRecord(TypedDict):
    """One place on one page. ``sha256`` is the digest under which the evidence archive holds the page."""

    url: OfPortal
    where: str
    excerpt: OfPortal
    sha256: str
    seen_at: Moment
    how: How


class LookedRecord(TypedDict):
    """One look at one page during a search."""

    url: OfPortal
    seen_at: Moment
    how: How


class NearestRecord(TypedDict):
    """What came closest to the thing looked for."""

    text: OfPortal
    url: OfPortal
    why_not: str


class SearchedRecord(TypedDict):
    """Where an item was looked for, and by which wordings."""

    pages: list[LookedRecord]
    wordings: list[str]
    nearest: NearestRecord | None


class BasisRecord(TypedDict):
    """A ground of a rule on the law day."""

    ref: str
    label: str
    status: Force
    read: Reading
    relation: Relation


class VerdictRecord(TypedDict):
    """One rule at one portal, as in the JSON of a run; what is withheld from this audience has nothing but its
    rule, its title and its outcome."""

    rule: str
    title: str
    outcome: Told
    reason: str | None
    stage: Stage | None
    group: Group | None
    standing: Standing | None
    proves: Proves | None
    severity: Severity | None
    message: str | None
    fix: str | None
    counts: Annotated[bool, Meta(description="It counts in the score")]
    values: dict[str, Any]
    evidence: list[EvidenceRecord]
    searched: SearchedRecord | None
    basis: list[BasisRecord]
    finding: str | None
    history: dict[str, Any] | None
    waivers: list[dict[str, Any]]
    manual_verdicts: list[dict[str, Any]]
    reply: dict[str, Any] | None
    predecessors: list[dict[str, Any]]


class CoverageRecord(TypedDict):
    """What a visit took."""

    discovered: Count
    fetched: Count
    rendered: Count
    skipped: dict[str, Count]
    requests: Count
    started_at: Moment | None
    finished_at: Moment | None


class LookRecord(TypedDict):
    """One past look at a portal; the score is that of its day and its rules."""

    run: str
    kind: str
    day: Day
    state: State
    reason: str | None
    score: Share | None
    passed: Count
    failed: Count
    not_measured: Count
    rules_version: str


class PortalDetail(TypedDict):
    """A portal in one run, whole."""

    id: str
    address: str
    aliases: list[str]
    kind: Kind
    agency_id: str | None
    agency: str | None
    main_portal_id: str | None
    registered: bool
    kind_guessed: bool
    state: State
    reason: str | None
    home: OfPortal | None
    moved_to: OfPortal | None
    run: RunRecord
    newest: Annotated[bool, Meta(description="False for an older run than the newest look")]
    coverage: CoverageRecord
    score: ScoreRecord
    verdicts: list[VerdictRecord]
    looks: list[LookRecord]
    predecessors: list[str]
    successor: str | None


class StretchRecord(TypedDict):
    """From one day to another a rule came out the same."""

    first: Day
    last: Day
    outcome: Told
    reason: str | None
    looks: Count


class FindingDetail(TypedDict):
    """One rule at one portal, with its history, newest first."""

    portal: str
    address: str
    run: str
    verdict: VerdictRecord
    days: list[StretchRecord]


class LinkRecord(TypedDict):
    """A main portal and one of its components: whether each links to the other."""

    main_portal: str
    component: str
    to_component: Linked
    to_main: Linked


class AgencyDetail(TypedDict):
    """An agency, those below it, its portals, those of its components, and who links to whom."""

    agency: AgencyRecord
    valid_from: Day | None
    valid_to: Day | None
    successor_id: str | None
    predecessor_ids: list[str]
    parent: AgencyRecord | None
    below: list[AgencyRecord]
    portals: list[PortalRecord]
    components: list[PortalRecord]
    links: list[LinkRecord]


class RunPortalRecord(TypedDict):
    """A portal in a run: how the visit went and what it took."""

    id: str
    address: str
    agency: str | None
    kind: Kind
    state: State
    reason: str | None
    moved_to: OfPortal | None
    fetched: Count
    rendered: Count
    requests: Count
    finished_at: Moment | None


class Overview(TypedDict):
    """The country today. ``version`` is that of the data: equal versions, equal answers."""

    version: str
    audience: Audience
    today: Day
    night: RunRecord | None
    kinds: list[KindRecord]
    broken: Annotated[int, Meta(ge=0, description="Findings that began at the newest look at their portal")]
    mended: Annotated[int, Meta(ge=0, description="Findings that ended there")]
    links: Annotated[dict[str, str], Meta(description="Addresses of the lists")]


class Found(TypedDict):
    """The best twenty of each kind, and how many there are."""

    text: str
    portals: list[PortalRecord]
    agencies: list[AgencyRecord]
    rules: list[RuleRecord]
    totals: dict[str, Count]


class PageOf(TypedDict, Generic[T]):
    """A page of a list; the header Link leads to the others."""

    items: list[T]
    page: Annotated[int, Meta(ge=1)]
    size: Annotated[int, Meta(ge=1)]
    total: Annotated[int, Meta(ge=0)]
    pages: Annotated[int, Meta(ge=1)]


class Problem(TypedDict):
    """What went wrong (RFC 9457)."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
