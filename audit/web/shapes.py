"""What the dashboard, the API and the static site show: frozen records, made by ``audit.web.views``.

Everything here went through one gate (``audit.web.gate``): what is embargoed is nowhere in it, and for the public
nothing that is neither published nor confirmed by a person. Texts of portals in it are as they were seen: whoever
writes them somewhere escapes them there. Days are those of Asia/Ho_Chi_Minh, moments UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, Literal, TypeVar

from audit.history import FindingState
from audit.matrix import Pair
from audit.opinions import Beside
from audit_rules.facts import Agency, Kind, Portal, State
from audit_rules.judgement import Group, Judgement, Proves, Score, Severity, Stage, Standing
from audit_rules.verdict import Outcome
from storage.records import RunHeader, RunStatus

Audience = Literal["internal", "public"]
"""Who reads: those who answer for the audit, who see rules in trial too and marked as such; or everybody."""
Told = Outcome | Literal["withheld"]
"""How a rule came out; ``withheld`` where this audience is not told."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages; ``en`` is the Vietnamese one where there is no other."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class PortalLine:
    """A portal as it was last seen. ``province_id`` is the agency id of the province it belongs to, None for
    central bodies. ``score`` counts what is shown and nothing else; ``counts`` are outcomes of all rules, by
    ``Told``; ``findings`` and ``review`` count faults and what is for a person to look at. ``current`` is False for
    one that the newest night no longer has."""

    id: str
    address: str
    kind: Kind
    agency_id: str | None
    agency: Name | None
    province_id: str | None
    main_portal_id: str | None
    registered: bool
    state: State
    reason: str | None
    moved_to: str | None
    run_id: str
    day: date
    seen_at: datetime | None
    score: Score
    counts: Mapping[str, int]
    findings: int
    review: int
    current: bool = True


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding in a list: a fault; what a person is to look at; an open one that could not be looked at this
    time (``outcome`` cantTell or untested); one that was mended in the last 30 days (passed, ``state`` fixed).
    ``waived`` and ``disputed`` tell what stands beside it today, ``just_fixed`` that the newest look closed it."""

    id: str
    portal_id: str
    address: str
    agency_id: str | None
    agency: Name | None
    province_id: str | None
    kind: Kind
    rule: str
    title: Name
    group: Group
    severity: Severity
    stage: Stage
    standing: Standing
    proves: Proves
    outcome: Outcome
    reason: str | None
    state: FindingState
    first_seen: date
    last_seen: date
    nights: int
    run_id: str
    waived: bool = False
    disputed: bool = False
    just_fixed: bool = False


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule with how it came out, by ``Told``, at the portals that count today. ``embargoed`` marks one whose
    results are told to the owners alone: its counts are empty, always."""

    id: str
    title: Name
    fix: Name
    group: Group
    severity: Severity
    stage: Stage
    value_only: bool
    counts: Mapping[str, int]
    embargoed: bool = False


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency with its portals: how many, how many were audited, their open findings, and the score of its main
    portal (of its only one), None where there is none to print."""

    id: str
    name: Name
    kind: Kind
    parent_id: str | None
    province_id: str | None
    portals: int
    audited: int
    findings: int
    score: float | None


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list. ``portals`` counts what it holds by state; ``reason`` says why it is not complete."""

    header: RunHeader
    status: RunStatus
    reason: str | None
    finished_at: datetime | None
    portals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NightPoint:
    """One night of the country: portals by state, the mean score of those that have one (None where none has) and
    their number. ``rules_version`` tells where the scale changed: numbers across it are not to be compared."""

    run_id: str
    day: date
    rules_version: str
    states: Mapping[str, int]
    mean_score: float | None
    scored: int


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of portal: how many there are, how many were audited, scores of those that have one, sorted."""

    kind: Kind
    portals: int
    audited: int
    scores: tuple[float, ...]
    findings: int


@dataclass(frozen=True, slots=True)
class Shown:
    """All lists, of one state of the data. ``version`` is a digest of that state: equal versions, equal pages.
    ``night`` is the newest night, None where there was none; portals audited apart since then are shown as they
    were seen there. ``broken`` and ``mended`` are findings that began, or ended, at the newest look at their
    portal. Lists are in the order pages show them: portals by kind and address, findings by severity and portal."""

    version: str
    audience: Audience
    today: date
    night: RunLine | None
    portals: Mapping[str, PortalLine]
    findings: tuple[FindingLine, ...]
    rules: Mapping[str, RuleLine]
    agencies: Mapping[str, AgencyLine]
    kinds: tuple[KindLine, ...]
    trend: tuple[NightPoint, ...]
    broken: tuple[FindingLine, ...]
    mended: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class VerdictView:
    """One rule at one portal: ``item`` is None where the result is withheld from this audience (then nothing else
    is told). ``counts`` says whether it counts in the score."""

    rule: str
    title: Name
    outcome: Told
    item: Judgement | None
    beside: Beside
    counts: bool
    embargoed: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """One past look at a portal: the score as it was stored that night, and how it went."""

    run_id: str
    kind: str
    day: date
    state: State
    reason: str | None
    score: float | None
    passed: int
    failed: int
    not_measured: int
    rules_version: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a visit took: pages known, read, drawn; left out by reason; requests made of the portal."""

    discovered: int
    fetched: int
    rendered: int
    skipped: Mapping[str, int]
    requests: int
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class PortalView:
    """A portal in one run, whole. ``verdicts`` are all rules, by severity and id; ``looks`` the last year's, oldest
    first; ``newest`` is False for an older run than the newest look."""

    portal: Portal
    run: RunLine
    state: State
    reason: str | None
    home: str | None
    moved_to: str | None
    coverage: Coverage
    score: Score
    verdicts: tuple[VerdictView, ...]
    looks: tuple[Look, ...]
    predecessors: tuple[Portal, ...]
    successor: Portal | None
    has_picture: bool
    newest: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """How a rule came out at a portal from one day to another, without a change between."""

    first: date
    last: date
    outcome: Told
    reason: str | None
    looks: int


@dataclass(frozen=True, slots=True)
class FindingView:
    """One rule at one portal with all there is of it: the portal in the run shown (with this verdict alone, and no
    looks), the verdict, and its history, newest first."""

    at: PortalView
    verdict: VerdictView
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency, the agencies below it, its portals, those of its components, and who links to whom."""

    agency: Agency
    line: AgencyLine
    parent: AgencyLine | None
    below: tuple[AgencyLine, ...]
    own: tuple[PortalLine, ...]
    components: tuple[PortalLine, ...]
    links: tuple[Pair, ...]
    successor: Agency | None = None
    predecessors: tuple[Agency, ...] = ()


@dataclass(frozen=True, slots=True)
class RunPortal:
    """A portal in the list of a run: how the visit went and what it took."""

    id: str
    address: str
    agency: Name | None
    kind: Kind
    state: State
    reason: str | None
    moved_to: str | None
    fetched: int
    rendered: int
    requests: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its portals: ``portals`` is one page of them, ``reasons`` counts all by state and reason."""

    line: RunLine
    reasons: Mapping[tuple[str, str | None], int]
    requests: int
    fetched: int
    portals: Page[RunPortal]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list: ``number`` counts from 1, ``total`` all of the list, ``size`` items are on a page."""

    items: tuple[T, ...]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: portals, agencies and rules, the best of each, with how many there are in all."""

    text: str
    portals: tuple[PortalLine, ...] = ()
    agencies: tuple[AgencyLine, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
