"""What the archive takes and gives: frozen records of runs. No database row leaves this floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from audit_rules.facts import Portal, Surroundings, Visit
from audit_rules.judgement import Judgement, Score

RunStatus = Literal["running", "complete", "partial", "quarantined"]


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What is known of a run before it begins. ``day`` is the day of Asia/Ho_Chi_Minh it belongs to;
    ``vantage_address`` is empty where our own outside address is not known; times are UTC."""

    id: str
    kind: Literal["run", "nightly", "judge", "demo"]
    started_at: datetime
    day: date
    law_day: date
    tool_version: str
    rules_version: str
    user_agent: str
    vantage_address: str = ""
    judged_from: str | None = None
    settings: str = "{}"


@dataclass(frozen=True, slots=True)
class PortalRun:
    """One portal's result in one run: what was seen, what was known around it, what was judged.

    ``warc`` is the name of the evidence file below the data folder's ``evidence``, None where none was written.
    """

    portal: Portal
    visit: Visit
    around: Surroundings
    judgements: tuple[Judgement, ...]
    score: Score
    warc: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as stored. ``portals`` are in the order of their ids."""

    header: RunHeader
    status: RunStatus
    finished_at: datetime | None
    reason: str | None
    portals: tuple[PortalRun, ...]


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """One line of a portal's history: how a rule came out in an earlier run (newest last in lists)."""

    run_id: str
    kind: str
    day: date
    seen_at: datetime
    rule: str
    outcome: str
    reason: str | None
