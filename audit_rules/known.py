"""What is known of a portal from its last visit, so that what did not change need not be sent or read again.

The reasons are in docs/decisions/0016-cheap-nights.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from audit_rules.facts import PageFacts, Source, Visit
from audit_rules.judgement import Judgement
from audit_rules.masking import shown
from audit_rules.verdict import Verdict

LOOK_NIGHTS = 3
"""Every so many nights a portal is looked at as if for the first time; looks in the browser are not older."""
KEPT_DAYS = 30
"""Days for which evidence may refer to a body in an older file; then the body is kept anew."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where bytes are held: the name of an evidence file below ``evidence``, the address and the moment of the
    record in it."""

    warc: str
    url: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page as it was seen last: ``facts`` of what was sent, with the digest of the body in them; what the answer
    said of itself; where the body is held, None where it is not or was pruned. ``look`` is the page as drawn, where
    it may still be told."""

    facts: PageFacts
    source: Source
    kept: Kept | None = None
    look: PageFacts | None = None
    look_kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """``pages`` by the address they were asked by; ``failed`` are the verdicts that failed, by rule id. With
    ``anew`` everything is asked for whole, and drawn anew. ``visit`` and ``judgements`` are the last ones."""

    pages: Mapping[str, KnownPage] = field(default_factory=dict)
    failed: Mapping[str, Verdict] = field(default_factory=dict)
    anew: bool = True
    visit: Visit | None = None
    judgements: tuple[Judgement, ...] = ()


def is_anew(portal_id: str, day: date) -> bool:
    """Whether a portal's turn has come to be looked at as if for the first time: a third of them each night."""
    place = int.from_bytes(hashlib.sha256(portal_id.encode("utf-8", "replace")).digest()[:4])
    return (day.toordinal() + place) % LOOK_NIGHTS == 0


def rests_on_looks(verdict: Verdict) -> bool:
    """Whether a verdict rests on drawn pages, shown or searched."""
    return bool(drawn_pages(verdict))


def drawn_pages(verdict: Verdict) -> list[str]:
    """The addresses of drawn pages that a verdict rests on."""
    searched = verdict.searched.pages if verdict.searched else ()
    return [
        *(each.url for each in verdict.evidence if each.how == "rendered"),
        *(each.url for each in searched if each.how == "rendered"),
    ]


def seen_once(verdicts: Mapping[str, Verdict], visit: Visit, known: Known) -> dict[str, Verdict]:
    """Of tonight's verdicts, by rule id, those that only tonight's look shows.

    The others failed the night before with the same fault, and every page they rest on says what it said then: two
    looks have shown them already, and those of two nights are farther apart than those of one.
    """
    if known.anew:
        return dict(verdicts)
    changed = {page.url for page in visit.pages if not page.source.unchanged}
    changed |= {view.url for page in visit.pages if page.url in changed for view in page.views}
    return {
        rule: verdict
        for rule, verdict in verdicts.items()
        if rule not in known.failed
        or not _same(shown(verdict, rule.partition(".")[0]), known.failed[rule])
        or _rests_on(verdict) & changed
    }


def _same(now: Verdict, before: Verdict) -> bool:
    told, told_before = (
        {name: value for name, value in each.values.items() if name != "slow_seconds"} for each in (now, before)
    )
    return now.outcome == before.outcome and told == told_before


def _rests_on(verdict: Verdict) -> set[str]:
    searched = verdict.searched.pages if verdict.searched else ()
    return {*(each.url for each in verdict.evidence), *(each.url for each in searched)}
