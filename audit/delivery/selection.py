"""What may be told to a body: faults by published rules, and what a person has looked at and confirmed.

A wrong accusation is the worst that can leave this house, so everything else stays: what a machine alone has seen
by a rule on trial, what one night alone has seen, what a person saw otherwise. What was told once and is told no
more is taken back, by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from audit.history import is_fault
from audit.opinions import Beside, stands_on
from audit_rules.judgement import Judgement
from storage.opinions import ManualVerdict
from storage.records import PastVerdict, PortalRun

Change = Literal["new", "known", "unsure", "mended", "unseen", "taken_back"]
"""Of a finding since the last letter: told for the first time; told before; seen again on a single night, which
alone is no reason for a letter; now seen to be met; told before and not clear this time; told before and no longer
told."""

TOLD: frozenset[Change] = frozenset({"new", "known", "unsure"})


@dataclass(frozen=True, slots=True)
class Item:
    """A finding in a letter. ``digest`` is what it stands on, empty where that was not seen this time."""

    judgement: Judgement
    beside: Beside
    change: Change
    digest: str

    @property
    def waived(self) -> bool:
        return bool(self.beside.waived)


@dataclass(frozen=True, slots=True)
class Held:
    """A fault that was seen and stays in the house, and why: ``unpublished``, ``one_night``, ``review``,
    ``embargoed`` (it shows others a way in), ``person`` (who saw otherwise)."""

    judgement: Judgement
    why: str


def place_of(portal_id: str, rule: str) -> str:
    """How a letter's record names a finding."""
    return f"{portal_id}\t{rule}"


def select(
    one: PortalRun,
    beside: Mapping[str, Beside],
    past: Sequence[PastVerdict],
    before: Mapping[str, str],
    *,
    weighed: bool,
) -> tuple[list[Item], list[Held]]:
    """What of a portal's findings goes into a letter, and what stays.

    ``past`` is the portal's history, where a person looked at it; ``before`` what the last letter told, by place;
    ``weighed`` where the verdicts are those of a round, which has confirmed them by its nights.
    """
    items: list[Item] = []
    held: list[Held] = []
    for judged in one.judgements:
        stands_beside = beside.get(judged.rule, Beside())
        told = before.get(place_of(one.portal.id, judged.rule))
        why = _held(judged, stands_beside, past, weighed=weighed) if is_fault(judged) else ""
        if is_fault(judged) and not why:
            change = _change(told, stands_beside, weighed=weighed)
            items.append(Item(judged, stands_beside, change, stands_on(judged)))
            continue
        if is_fault(judged):
            held.append(Held(judged, why))
        if told is not None:
            items.append(Item(judged, stands_beside, _gone(judged, why), told))
    return items, held


def _held(judged: Judgement, beside: Beside, past: Sequence[PastVerdict], *, weighed: bool) -> str:
    """Why a fault stays; empty where it may go."""
    if weighed and judged.verdict.outcome != "failed":  # the round itself holds it back
        return "review"
    looked = beside.manual[-1] if beside.manual else None
    if looked is not None and _speaks_of(looked, past):
        return "" if looked.outcome == "failed" else "person"
    if judged.verdict.outcome != "failed":
        return "review"
    if judged.verdict.values.get("embargoed"):
        return "embargoed"
    if judged.stage != "published":
        return "unpublished"
    if not weighed and (beside.finding is None or beside.finding.state == "unconfirmed"):
        return "one_night"
    return ""


def _speaks_of(looked: ManualVerdict, past: Sequence[PastVerdict]) -> bool:
    """Whether a person looked at the fault that is there now: not at one that was mended since."""
    passes = (one.seen_at for one in past if one.rule == looked.rule and one.outcome == "passed")
    return looked.outcome != "failed" or all(at <= looked.made_at for at in passes)


def _change(told: str | None, beside: Beside, *, weighed: bool) -> Change:
    if told is not None:
        return "known"
    again = beside.finding is not None and beside.finding.state == "reopened"
    return "unsure" if again and not weighed else "new"


def _gone(judged: Judgement, why: str) -> Change:
    """What became of a finding that was told and is not among the faults now."""
    if judged.verdict.outcome == "passed":
        return "mended"
    if judged.verdict.outcome == "inapplicable" or why in ("unpublished", "person"):
        return "taken_back"
    return "unseen"
