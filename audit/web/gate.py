"""What an audience is told, and what not: the one place that every page, list and file of the dashboard passes.

**Embargoed** rules (they show strangers a way in) are told to nobody here: their results go to the owners alone.
They are left out for every portal alike, of lists, counts and scores: a sum that lacked one would tell.

**The public** is told of published rules, and of a fault of another rule that a person confirmed; and of neither
while the fault was seen on one night only, while a person saw otherwise, or while the agency disputes it and nobody
has looked since. Of a portal that nobody has confirmed to be the agency's, nothing is told but that it is there.

**Rankings** rest on the outcomes that an approved round froze, for the public; nobody's count what is embargoed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from audit.history import Finding
from audit.opinions import Beside
from audit.ranking.results import EMBARGOED, Results, of_round, of_run, without_embargoed
from audit.web.shapes import Audience
from audit_rules.address import Address
from audit_rules.facts import Portal
from audit_rules.judgement import Judgement, Score, Words
from audit_rules.scoring import COUNTED, score
from audit_rules.verdict import Outcome, Verdict
from storage.archive import Archive
from storage.opinions import ManualVerdict, Reply
from storage.rounds import EvaluationRound

Place = tuple[str, str]
"""A portal's id and a rule's."""

__all__ = ["EMBARGOED", "NOBODY", "Gate", "Opinion", "Place", "counts_in_score", "opinions_by_place", "score_of"]

_PROTOTYPE = Portal("", Address(""), "ministry")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What persons and the agency last said of one rule at one portal."""

    manual: ManualVerdict | None = None
    reply: Reply | None = None

    @property
    def confirmed(self) -> bool:
        return self.manual is not None and self.manual.outcome == "failed"

    @property
    def disputed(self) -> bool:
        """The agency says that it is not so, and nobody has looked since and found that it is."""
        if self.reply is None or self.reply.reply != "dispute":
            return False
        return not (self.confirmed and self.manual is not None and self.manual.made_at > self.reply.taken_at)

    @property
    def seen_otherwise(self) -> bool:
        return self.manual is not None and self.manual.outcome in ("passed", "inapplicable")


NOBODY = Opinion()


def opinions_by_place(manual: Sequence[ManualVerdict], replies: Sequence[Reply]) -> Mapping[Place, Opinion]:
    """The newest of each; both lists are oldest first, and hold what was not withdrawn."""
    told: dict[Place, Opinion] = {}
    for one in manual:
        place = (one.portal_id, one.rule)
        told[place] = replace(told.get(place, Opinion()), manual=one)
    for reply in replies:
        place = (reply.portal_id, reply.rule)
        told[place] = replace(told.get(place, Opinion()), reply=reply)
    return told


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of one audience."""

    audience: Audience

    def shows_portal(self, portal: Portal) -> bool:
        """Whether any result of a portal is told."""
        return self.audience == "internal" or (portal.registered and (portal.is_main or portal.confirmed))

    def shows(
        self, rule: str, stage: str, outcome: str, reason: str | None, finding: Finding | None, said: Opinion
    ) -> bool:
        """Whether a result is told of a portal that is shown."""
        if rule in EMBARGOED:
            return False
        if self.audience == "internal":
            return True
        fault = outcome == "failed" or reason == "needs_review"
        if not fault:
            return stage == "published"
        if said.seen_otherwise or said.disputed:
            return False
        if said.confirmed:
            return True
        if reason == "needs_review":
            return False
        return stage == "published" and (finding is None or finding.state != "unconfirmed")

    @property
    def compares_figures(self) -> bool:
        """Whether official figures are told beside what was seen of the code. That tells whose code was not seen,
        by one night and whatever the stage of the rules."""
        return self.audience == "internal"

    @property
    def ranks_unapproved(self) -> bool:
        """Whether rankings may rest on what nobody approved: a round that is closed, a night; and whether rounds
        that are open are named at all."""
        return self.audience == "internal"

    def ranks(self, one: EvaluationRound) -> bool:
        """Whether portals are ranked by a round. Of an open one nothing is frozen."""
        return one.status == "approved" or (self.ranks_unapproved and one.status == "closed")

    def of_round(self, archive: Archive, one: EvaluationRound) -> Results:
        """What rankings by a round may rest on; the public's are made of published rules alone."""
        return without_embargoed(of_round(archive, one, public=self.audience == "public"))

    def of_run(self, archive: Archive, run_id: str) -> Results:
        """What rankings by a single run may rest on, where they may."""
        return without_embargoed(of_run(archive, run_id))

    def beside(self, told: Beside) -> Beside:
        """What stands beside a verdict; the public is not told which clerk saw what."""
        return told if self.audience == "internal" else replace(told, manual=())


def counts_in_score(item: Judgement) -> bool:
    """Whether the published formula looks at a judgement at all, whatever came of it."""
    return item.standing in COUNTED and item.stage != "retired" and item.scored


@lru_cache(maxsize=20_000)
def score_of(passed: int, failed: int, unmeasured: int, *, provisional: bool, printed: bool) -> Score:
    """The published formula for numbers of rules; ``printed`` is False where the portal's score may not be."""
    of: Mapping[Outcome, int] = {"passed": passed, "failed": failed, "cantTell": unmeasured}
    items = [_SAMPLES[outcome, provisional] for outcome, count in of.items() for _ in range(count)]
    return score(items, _PROTOTYPE if printed else replace(_PROTOTYPE, registered=False))


_SILENT = Words("", "", "")
_SAMPLES: Mapping[tuple[Outcome, bool], Judgement] = {
    (outcome, provisional): Judgement(
        *("", "trial" if provisional else "published", "structure", "low", "law", "sign"),
        *(Verdict(outcome), (), _SILENT, _SILENT),
    )
    for outcome in ("passed", "failed", "cantTell")
    for provisional in (True, False)
}
