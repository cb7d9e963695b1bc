"""What stands beside a verdict: what became of the finding, whether it is waived, what a person saw, what the
agency answered. The verdict itself stays what it is, wherever it is shown.

**When a waiver holds.** From its first to its last day, both included; for the very thing it was given for, that is
while the verdict stands on the same evidence; and until a pass is seen, for a fault that comes back is a new one.
Withdrawn, it holds nowhere. Several may hold at once; one is enough.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

import msgspec

from audit.history import Finding, findings, is_fault, known_by
from audit.succession import Carried, by_rule, carried, former_owner
from audit.words import nfc
from audit_rules.facts import Agency
from audit_rules.judgement import Judgement
from storage.archive import Archive
from storage.opinions import ManualVerdict, Opinions, Reply, Waiver
from storage.records import PastVerdict, PortalRun, Run

WaiverState = Literal["valid", "not_begun", "expired", "changed", "withdrawn"]

_PASSING = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}:\d\d(?::\d\d)?"
    r"|\d+(?:[.,]\d+)*(?=\s?(?:%|giây|ngày|s\b|ms\b|[KMG]B\b))|;jsessionid=\w+"
)
"""What changes from one night to the next while the fault stays: dates, hours, measured amounts, marks of a
session."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one rule's verdict at one portal. ``waivers`` are those of a fault that were not
    withdrawn, each with what it is worth on the day of the run; ``manual`` those of persons that were not
    withdrawn, newest last; ``reply`` the agency's newest answer; ``former`` the body whose portal it was when the
    finding was first seen, where that is another one; ``carried`` what portals of predecessors had under the same
    rule."""

    finding: Finding | None = None
    waivers: tuple[tuple[Waiver, WaiverState], ...] = ()
    manual: tuple[ManualVerdict, ...] = ()
    reply: Reply | None = None
    former: Agency | None = None
    carried: tuple[Carried, ...] = ()

    @property
    def waived(self) -> tuple[Waiver, ...]:
        return tuple(waiver for waiver, state in self.waivers if state == "valid")

    @property
    def ended(self) -> tuple[tuple[Waiver, WaiverState], ...]:
        """Waivers that held once and hold no more."""
        return tuple((waiver, state) for waiver, state in self.waivers if state in ("expired", "changed"))


Told = Mapping[str, Mapping[str, Beside]]
"""By portal id and rule id; what nothing stands beside is not in it."""
NOTHING = Beside()


def stands_on(item: Judgement) -> str:
    """The digest of what a verdict stands on: outcome, what was found, and the places quoted.

    Left out is what changes by itself: moments, digests of whole pages, numbers, dates, the pages a search went
    through and the nearest miss. Text is compared without case and blanks."""
    verdict = item.verdict
    values = [(name, _lasting(value)) for name, value in sorted(verdict.values.items()) if not _is_number(value)]
    places = sorted({(_lasting(one.url), _lasting(one.where), _lasting(one.excerpt)) for one in verdict.evidence})
    told = msgspec.json.encode([item.rule, verdict.outcome, verdict.reason, values, places])
    return hashlib.sha256(told).hexdigest()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _lasting(value: object) -> object:
    if isinstance(value, list):
        return sorted(str(_lasting(part)) for part in value)
    if isinstance(value, str):
        return " ".join(_PASSING.sub("#", nfc(value)).casefold().split())
    return value


def waiver_state(
    waiver: Waiver, day: date, item: Judgement | None = None, past: Sequence[PastVerdict] = ()
) -> WaiverState:
    """What a waiver is worth on a day, for the verdict of that day and the verdicts up to it."""
    if waiver.withdrawn is not None:
        return "withdrawn"
    if day < waiver.valid_from:
        return "not_begun"
    if day > waiver.valid_to:
        return "expired"
    passed = (one for one in past if one.rule == waiver.rule and one.outcome == "passed")
    if any(one.seen_at > waiver.made_at for one in passed):
        return "changed"
    if item is not None and is_fault(item) and stands_on(item) != waiver.stands_on:
        return "changed"
    return "valid"


@dataclass(frozen=True, slots=True)
class Newest:
    """How a rule last came out at a portal, where that says whether there is a fault, and in which run."""

    run_id: str
    item: Judgement


def newest(archive: Archive, portal_id: str, rule: str, past: Sequence[PastVerdict]) -> Newest | None:
    """None where no run that counts saw enough; ``past`` is the archive's history of the portal."""
    for one in reversed(past):
        if one.rule == rule and (one.outcome in ("passed", "failed") or one.reason == "needs_review"):
            then = next(archive.portals(one.run_id, only=[portal_id]), None)
            item = next((item for item in then.judgements if item.rule == rule), None) if then else None
            return Newest(one.run_id, item) if item is not None else None
    return None


def beside(archive: Archive, run: Run, portals: Sequence[PortalRun]) -> Told:
    """What stands beside the verdicts of some portals of a run."""
    opinions = Opinions(archive.database)
    ids = [one.portal.id for one in portals]
    given = _by_place(opinions.waivers(ids))
    looked = _by_place([one for one in opinions.manual_verdicts(ids) if one.withdrawn is None])
    answered = _by_place(opinions.replies(ids))
    told: dict[str, dict[str, Beside]] = {}
    for one, history in zip(portals, archive.histories(ids), strict=True):
        past = known_by(history, run.header, one)
        known = findings(past)
        before = by_rule(list(carried(archive, one.around.predecessors)))
        here = told.setdefault(one.portal.id, {})
        for item in one.judgements:
            place = (one.portal.id, item.rule)
            finding = known.get(item.rule)
            entry = Beside(
                finding,
                tuple(
                    (waiver, waiver_state(waiver, run.header.day, item, past))
                    for waiver in given.get(place, ())
                    if waiver.withdrawn is None and is_fault(item)
                ),
                tuple(looked.get(place, ())),
                next(reversed(answered.get(place, ())), None),
                former_owner(archive, one.portal, finding, past) if finding else None,
                before.get(item.rule, ()),
            )
            if entry != NOTHING:
                here[item.rule] = entry
    return told


Placed = TypeVar("Placed", Waiver, ManualVerdict, Reply)


def _by_place(several: Sequence[Placed]) -> Mapping[tuple[str, str], list[Placed]]:
    placed: dict[tuple[str, str], list[Placed]] = {}
    for one in several:
        placed.setdefault((one.portal_id, one.rule), []).append(one)
    return placed
