"""The jump: so much changed at once, from one night to the next, that it is rather us than the portals.

A night that jumps is held back. The next one is compared with it: what both show alike is believed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from storage.showing import Showing

FEWEST = 5
"""Portals that have to change at once, whatever the share."""
SILENT_SHARE = 0.2
"""Of the portals seen the night before and visited in this one: so many that do not answer any more, or turn us
away, are a jump. From one night to the next it is one to three in a hundred."""
FAILED_SHARE = 0.3
"""Of the portals that passed a rule the night before and are measured again: so many that fail it are a jump."""

_SEEN = frozenset({"audited", "partial"})
_SILENT = frozenset({"unreachable", "blocked", "robots"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a night says of one portal: its state, the rules it passed and those it failed."""

    state: str
    passed: frozenset[str]
    failed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Jump:
    """``rule`` is None where portals went silent."""

    rule: str | None
    changed: int
    of: int

    def sentence(self, before: str) -> str:
        share = f"{self.changed}/{self.of}"
        if self.rule is None:
            return (
                f"{share} cổng đêm trước ({before}) xem được thì đêm nay không trả lời hoặc từ chối"
                f" / {share} portals that were seen the night before ({before}) do not answer, or turn us away"
            )
        return (
            f"{share} cổng đêm trước ({before}) đạt nội dung {self.rule} thì đêm nay không đạt"
            f" / {share} portals that passed {self.rule} the night before ({before}) fail it"
        )


def picture(showing: Showing, run_id: str) -> dict[str, Shown]:
    """What a night says, by portal."""
    passed: defaultdict[str, set[str]] = defaultdict(set)
    failed: defaultdict[str, set[str]] = defaultdict(set)
    told = {"passed": passed, "failed": failed}
    for portal_id, rule, outcome in showing.outcomes(run_id):
        told[outcome][portal_id].add(rule)
    return {
        one.portal_id: Shown(one.state, frozenset(passed[one.portal_id]), frozenset(failed[one.portal_id]))
        for one in showing.seen([run_id])
    }


def jump(before: Mapping[str, Shown], now: Mapping[str, Shown], *, same_rules: bool) -> Jump | None:
    """The largest jump from one night to the next; None where there is none. Verdicts of other rules are not
    compared: what a new rule says is told by ``audit diff``."""
    both = [(before[each], now[each]) for each in before.keys() & now.keys()]
    seen = [new.state in _SILENT for old, new in both if old.state in _SEEN and new.state in _SEEN | _SILENT]
    if sum(seen) >= FEWEST and sum(seen) > SILENT_SHARE * len(seen):
        return Jump(None, sum(seen), len(seen))
    if not same_rules:
        return None
    failed = Counter(rule for old, new in both for rule in old.passed & new.failed)
    measured = Counter(rule for old, new in both for rule in old.passed & (new.passed | new.failed))
    jumps = [
        Jump(rule, count, measured[rule])
        for rule, count in sorted(failed.items())
        if count >= FEWEST and count > FAILED_SHARE * measured[rule]
    ]
    return max(jumps, key=lambda found: found.changed / found.of, default=None)
