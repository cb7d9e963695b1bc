"""What changed between two runs, portal by portal and rule by rule, and why.

**How the reason is told.** A verdict follows from four things and nothing else: what was seen of the portal and of
those around it (``site``), the rule book (``rule``), the registry (``list``), and, for its standing alone, the law
day (``law``). Each is stored with the run. What is the same in both runs cannot be the reason:

- ``rule`` is ruled out where both runs have the same ``rules_version``; - ``list`` where the portal's entry and
what the registry knew around it are the same; - ``law`` where the law day is the same; it never changes an outcome,
only standing, proof and grounds; - ``site`` where one run was judged from the other (``judged_from``: no portal was
touched), or where every page that
  either verdict cites is there in both runs with the same facts, and so is what the servers answered.

One left over is the reason. Where several are, they are tried out one at a time by the rule book of this program,
offline, if that is the book of the run in question: what the first run saw, judged by the second one's book, law
day or registry. What gives the second outcome by itself is the reason; what changes nothing is ruled out. Where the
book is another one, or several are left all the same, the reason is ``unknown``, and ``detail`` names those in
question. So is a difference between runs that looked in different ways (``settings``: more pages, no browser,
another address): that the portal changed cannot be known then.

A portal of which nothing was seen in one of the runs has one line, that of its state: all its verdicts follow from
it. A portal that only one run holds is told as new or gone where both are whole nights, and counted otherwise:
nobody asked for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Literal

import msgspec

from audit_rules.engine import judge
from audit_rules.facts import Page, Portal, Surroundings
from audit_rules.judgement import Judgement
from audit_rules.rulebook import Rulebook, open_rulebook
from storage.archive import Archive
from storage.records import PortalRun, RunHeader

Reason = Literal["site", "rule", "law", "list", "unknown"]
Change = Literal["worse", "better", "unseen", "seen", "other", "standing", "state", "new", "gone", "entry"]

_SEEN = frozenset({"audited", "partial"})
_MEASURED = frozenset({"passed", "failed", "inapplicable"})
_STAMPS = frozenset(
    ["seen_at", "sha256", "started_at", "finished_at", "requests", "slow", "source", "look_source", "made_by"]
)
"""What differs between two looks at the same thing."""
_BY_REGISTRY = ("main_portal", "components", "book", "bodies", "abolished", "successor")
_BY_OTHERS = ("answered", "main_portal_outcomes", "emc_elsewhere", "unknown_current_code", "tracker_down")


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference. ``item`` is the rule's judgement in the newer run, None in a line about the portal itself;
    ``before`` and ``after`` are outcomes or states with their reasons, ``weight_before`` and ``weight_after``
    standing, proof, stage and severity."""

    portal: Portal
    item: Judgement | None
    change: Change
    before: str
    after: str
    reason: Reason
    detail: tuple[str, ...] = ()
    weight_before: str = ""
    weight_after: str = ""


@dataclass
class Comparison:
    """Two runs and the changes between them, worked out portal by portal while they are asked for. The counts are
    whole once all changes were."""

    archive: Archive
    before: RunHeader
    after: RunHeader
    whole: bool
    compared: int = 0
    only_before: int = 0
    only_after: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def changes(self) -> Iterator[Changed]:
        """Every change, in the order of portals and rules."""
        for old, new in _pairs(self.archive.portals(self.before.id), self.archive.portals(self.after.id)):
            for one in self._of(old, new):
                self.reasons[one.reason] += 1
                yield one

    def _of(self, old: PortalRun | None, new: PortalRun | None) -> Iterator[Changed]:
        if old is None or new is None:
            self.only_before += new is None
            self.only_after += old is None
            one = new or old
            if self.whole and one is not None:
                before, after = _state(old), _state(new)
                yield Changed(one.portal, None, "new" if old is None else "gone", before, after, "list")
            return
        self.compared += 1
        pair = _Pair(self.archive, self.before, self.after, old, new, whole=self.whole)
        yield from pair.of_the_portal()
        if old.visit.state in _SEEN and new.visit.state in _SEEN:
            yield from pair.of_the_rules()


def compare(archive: Archive, before: str, after: str) -> Comparison:
    """Two runs by their ids, or ``latest``. Raises UnknownRun."""
    stored = {one.header.id: one for one in archive.runs()}
    old, new = stored[archive.run_id(before)], stored[archive.run_id(after)]
    whole = all(one.header.kind == "nightly" and one.status == "complete" for one in (old, new))
    return Comparison(archive, old.header, new.header, whole)


def _pairs(
    old: Iterator[PortalRun], new: Iterator[PortalRun]
) -> Iterator[tuple[PortalRun | None, PortalRun | None]]:
    """The portals of both runs side by side; both come in the order of their ids."""
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.portal.id < right.portal.id):
            yield left, None
            left = next(old, None)
        elif left is None or right.portal.id < left.portal.id:
            yield None, right
            right = next(new, None)
        else:
            yield left, right
            left, right = next(old, None), next(new, None)


def _state(one: PortalRun | None) -> str:
    return "" if one is None else _coded(one.visit.state, one.visit.reason)


def _coded(code: str, reason: str | None) -> str:
    return f"{code}({reason})" if reason else code


class _Pair:
    """One portal in both runs."""

    def __init__(
        self, archive: Archive, a: RunHeader, b: RunHeader, old: PortalRun, new: PortalRun, *, whole: bool
    ) -> None:
        self._whole = whole
        self._archive, self._a, self._b = archive, a, b
        self._old, self._new = old, new
        self._replay = (a.judged_from or a.id) == (b.judged_from or b.id)
        self._same_book = a.rules_version == b.rules_version
        self._same_entry = old.portal == new.portal and all(
            getattr(old.around, name) == getattr(new.around, name) for name in _BY_REGISTRY
        )
        self._same_way = _way(a) == _way(b)

    # --- the portal ---------------------------------------------------------------------------------------

    def of_the_portal(self) -> Iterator[Changed]:
        old, new = self._old.portal, self._new.portal
        entry = [
            (name, before, after)
            for name, before, after in (
                ("kind", old.kind, new.kind),
                ("address", str(old.address), str(new.address)),
                ("agency", old.agency.id if old.agency else "", new.agency.id if new.agency else ""),
                ("main_portal", old.main_portal_id or "", new.main_portal_id or ""),
                ("components", *_components(self._old.around, self._new.around)),
            )
            if before != after
        ]
        for name, before, after in entry:
            yield Changed(new, None, "entry", before, after, "list", (name,))
        before, after = _state(self._old), _state(self._new)
        if before != after:
            yield Changed(new, None, "state", before, after, *self._why_state(entry))

    def _why_state(self, entry: list[tuple[str, str, str]]) -> tuple[Reason, tuple[str, ...]]:
        states = {self._old.visit.state, self._new.visit.state}
        if "error" in states:
            return "unknown", ("our_fault",)
        if any(name == "address" for name, _, _ in entry) or "no_address" in states:
            return "list", ("address",)
        return ("site", ()) if self._same_way else ("unknown", ("site", "settings"))

    # --- its rules ----------------------------------------------------------------------------------------

    def of_the_rules(self) -> Iterator[Changed]:
        before = {item.rule: item for item in self._old.judgements}
        after = {item.rule: item for item in self._new.judgements}
        for rule in sorted(before.keys() | after.keys()):
            old, new = before.get(rule), after.get(rule)
            if old is None or new is None:
                item = new or old
                if item is not None:
                    yield Changed(
                        self._new.portal, item, "other", _outcome(old), _outcome(new), "rule", ("rule_set",)
                    )
            elif _outcome(old) != _outcome(new):
                yield self._told(old, new, _direction(old, new), *self._why(old, new))
            elif _weight(old) != _weight(new):
                yield self._told(old, new, "standing", *self._why_standing(old, new))

    def _told(
        self, old: Judgement, new: Judgement, change: Change, reason: Reason, detail: tuple[str, ...]
    ) -> Changed:
        weights = (_weight_text(old), _weight_text(new))
        return Changed(self._new.portal, new, change, _outcome(old), _outcome(new), reason, detail, *weights)

    def _why(self, old: Judgement, new: Judgement) -> tuple[Reason, tuple[str, ...]]:
        """Why an outcome changed."""
        left: list[str] = []
        left += [] if self._same_book else ["rule"]
        left += [] if self._same_entry or self._replay else ["list"]
        left += ["others"] if self._others_differ and not self._replay else []
        if not self._replay and (not left or self._facts_differ(old, new)):
            left.append("site")  # where nothing else is left: a verdict follows from nothing else
        if "site" in left and not self._same_way:
            left.append("settings")
        if len(left) > 1:
            left = self._tried(left, old, new, _outcome)
        if left == ["others"] and self._whole:
            return "site", ("others",)
        return _one_of(left)

    def _why_standing(self, old: Judgement, new: Judgement) -> tuple[Reason, tuple[str, ...]]:
        """Why the same outcome weighs otherwise. What was seen decides of it only whether a fault is told as a
        sign."""
        left: list[str] = []
        left += [] if self._same_book else ["rule"]
        left += [] if self._a.law_day == self._b.law_day else ["law"]
        left += [] if self._same_entry or self._replay else ["list"]
        left += ["site"] if old.verdict.only_sign != new.verdict.only_sign else []
        if len(left) > 1:
            left = self._tried(left, old, new, _weight)
        return _one_of(left)

    def _facts_differ(self, old: Judgement, new: Judgement) -> bool:
        """Whether what either verdict rests on was seen otherwise: the pages it cites, or, where it cites none or
        one that is no page, what the servers answered."""
        if "unstable" in (old.verdict.reason, new.verdict.reason):
            return True
        before, after = self._facts
        cited = _cited(old) | _cited(new)
        pages = {page.url: page for page in before.visit.pages}
        again = {page.url: page for page in after.visit.pages}
        known = {url for url in cited if url in pages or url in again}
        if any(_plain(pages.get(url)) != _plain(again.get(url)) for url in known):
            return True
        return (known != cited or not cited) and _answers(before) != _answers(after)

    @property
    def _others_differ(self) -> bool:
        """Whether the rest of the run showed something else of what matters to this portal."""
        old, new = self._old.around, self._new.around
        near = {one.id for one in (old.main_portal, *old.components) if one is not None}
        return (near & (old.answered or frozenset())) != (near & (new.answered or frozenset())) or any(
            getattr(old, name) != getattr(new, name) for name in _BY_OTHERS if name != "answered"
        )

    @cached_property
    def _facts(self) -> tuple[PortalRun, PortalRun]:
        """The portal in both runs with its pages."""
        only = [self._old.portal.id]
        runs = (self._a.id, self._b.id)
        before, after = (next(self._archive.portals(run_id, pages=True, only=only)) for run_id in runs)
        return before, after

    # --- trying out ---------------------------------------------------------------------------------------

    def _tried(
        self, left: list[str], old: Judgement, new: Judgement, show: Callable[[Judgement], object]
    ) -> list[str]:
        """The reasons that are left when each is tried out by itself on what the older run saw."""
        for name in [one for one in ("rule", "law", "list", "others") if one in left]:
            item = self._judged_by(name).get(old.rule)
            if item is not None and show(item) == show(new):
                return [name]
            if item is not None and show(item) == show(old):
                left = [one for one in left if one != name]
        return left

    def _judged_by(self, name: str) -> Mapping[str, Judgement]:
        """What the older run saw, judged with one thing of the newer one; empty where that cannot be had."""
        if name not in self._tries:
            book = _book()
            needed = self._b.rules_version if name == "rule" else self._a.rules_version
            told: tuple[Judgement, ...] = ()
            if book.version == needed:
                one, new = self._facts[0], self._new
                portal, around, day = one.portal, one.around, self._a.law_day
                if name == "list":
                    portal, around = new.portal, _with(around, new.around, _BY_REGISTRY)
                elif name == "others":
                    around = _with(around, new.around, _BY_OTHERS)
                elif name == "law":
                    day = self._b.law_day
                told = judge(portal, one.visit, around, book, day)
            self._tries[name] = {item.rule: item for item in told}
        return self._tries[name]

    @cached_property
    def _tries(self) -> dict[str, Mapping[str, Judgement]]:
        return {}


@cache
def _book() -> Rulebook:
    return open_rulebook()


def _with(around: Surroundings, other: Surroundings, names: Sequence[str]) -> Surroundings:
    values: dict[str, Any] = {name: getattr(other, name) for name in names}
    return replace(around, **values)


def _one_of(left: list[str]) -> tuple[Reason, tuple[str, ...]]:
    match left:
        case ["site" | "rule" | "law" | "list" as reason]:
            return reason, ()
    return "unknown", tuple(left)


def _outcome(item: Judgement | None) -> str:
    return "" if item is None else _coded(item.verdict.outcome, item.verdict.reason)


def _weight(item: Judgement) -> tuple[object, ...]:
    grounds = tuple((ground.ref, ground.status, ground.relation) for ground in item.basis)
    return (item.standing, item.proves, item.stage, item.severity, grounds)


def _weight_text(item: Judgement) -> str:
    return "/".join((item.standing, item.proves, item.stage, item.severity))


def _direction(old: Judgement, new: Judgement) -> Change:
    before, after = old.verdict.outcome, new.verdict.outcome
    if after == "failed" and before != "failed":
        return "worse"
    if before == "failed" and after == "passed":
        return "better"
    if before in _MEASURED and after not in _MEASURED:
        return "unseen"
    return "seen" if before not in _MEASURED and after in _MEASURED else "other"


def _components(old: Surroundings, new: Surroundings) -> tuple[str, str]:
    """The components that count in the portal's duties, those that are no longer or newly there."""

    def counted(around: Surroundings) -> set[str]:
        return {one.id for one in around.components if one.confirmed and one.status == "active"}

    before, after = counted(old), counted(new)
    return " ".join(sorted(before - after)), " ".join(sorted(after - before))


def _cited(item: Judgement) -> set[str]:
    verdict = item.verdict
    searched = verdict.searched.pages if verdict.searched else ()
    return {piece.url for piece in verdict.evidence} | {page.url for page in searched}


def _answers(one: PortalRun) -> object:
    visit = one.visit
    return (visit.state, visit.reason, visit.home, visit.moved_to, visit.browser, _plain(visit.net))


def _plain(fact: Page | object) -> object:
    """A fact without what differs between two looks at the same thing."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(part) for key, part in value.items() if key not in _STAMPS}
        return [bare(part) for part in value] if isinstance(value, list | tuple) else value

    return bare(msgspec.to_builtins(fact))


def _way(header: RunHeader) -> Mapping[str, object]:
    """How a run looked: its settings, without how long it waited."""
    settings: dict[str, object] = json.loads(header.settings)
    return {name: value for name, value in settings.items() if name not in ("timeouts", "delay")}
