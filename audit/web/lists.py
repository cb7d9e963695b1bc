"""Lists of one state of the data, filtered, sorted and paged; what is asked for often is grouped once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cached_property
from typing import Any, TypeVar

from audit.reports.csv import SEVERITIES
from audit.web.asked import Question
from audit.web.shapes import AgencyLine, FindingLine, Found, Name, Page, PortalLine, Shown
from audit_rules.facts import Kind, State
from audit_rules.reading.vietnamese import fold

T = TypeVar("T")

PORTAL_SORTS = ("address", "score", "findings", "day")
FINDING_SORTS = ("severity", "first_seen", "last_seen", "portal", "rule", "nights")
BEST = 20
"""Things of each kind that a search shows."""

_PORTAL_ORDER: Mapping[str, Callable[[PortalLine], Any]] = {
    "address": lambda one: one.address,
    # Without a score: behind all others, whichever way the list is turned (see ``_sorted``).
    "score": lambda one: one.score.value,
    "findings": lambda one: one.findings,
    "day": lambda one: one.day,
}
_FINDING_ORDER: Mapping[str, Callable[[FindingLine], Any]] = {
    "severity": lambda one: SEVERITIES.index(one.severity),
    "first_seen": lambda one: one.first_seen,
    "last_seen": lambda one: one.last_seen,
    "portal": lambda one: one.address,
    "rule": lambda one: one.rule,
    "nights": lambda one: one.nights,
}


class Lists:
    """The lists of one state of the data."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self._sorted: dict[str, Sequence[FindingLine]] = {}

    # --- what a list can be filtered by ----------------------------------------------------------------------

    @cached_property
    def portal_kinds(self) -> Set[Kind]:
        return {one.kind for one in self.shown.portals.values()}

    @cached_property
    def finding_kinds(self) -> Set[Kind]:
        return {one.kind for one in self.shown.findings}

    @cached_property
    def agency_kinds(self) -> Set[Kind]:
        return {one.kind for one in self.shown.agencies.values()}

    @cached_property
    def states(self) -> Set[State]:
        return {one.state for one in self.shown.portals.values()}

    @cached_property
    def provinces(self) -> Sequence[AgencyLine]:
        there = {one.province_id for one in self.shown.portals.values()}
        return [one for one in self.shown.agencies.values() if one.id in there]

    @cached_property
    def finding_rules(self) -> Mapping[str, Name]:
        """Titles of the rules that have findings, by the rule."""
        titles = {one.rule: one.title for one in self.shown.findings}
        return dict(sorted(titles.items()))

    # --- the lists -------------------------------------------------------------------------------------------

    def portals(self, asked: Question) -> Page[PortalLine]:
        wanted = _wanted(asked.q)
        found = [
            one
            for one in self.shown.portals.values()
            if asked.kind in ("", one.kind)
            and asked.province in ("", one.province_id)
            and asked.agency in ("", one.agency_id)
            and asked.state in ("", one.state)
            and (not wanted or wanted in self._portal_texts[one.id])
        ]
        return page(_sorted(found, asked.sort, _PORTAL_ORDER), asked)

    def agencies(self, asked: Question) -> Sequence[AgencyLine]:
        wanted = _wanted(asked.q)
        return [
            one
            for one in self.shown.agencies.values()
            if asked.kind in ("", one.kind)
            and asked.province in ("", one.province_id)
            and (not wanted or wanted in self._agency_texts[one.id])
        ]

    def findings(self, asked: Question) -> Page[FindingLine]:
        return page(self.all_findings(asked), asked)

    def all_findings(self, asked: Question) -> Sequence[FindingLine]:
        """The whole list that a question is about, in its order."""
        wanted = _wanted(asked.q)
        names = ("kind", "province", "agency", "state", "rule", "group", "severity", "stage")
        if not wanted and not any(getattr(asked, name) for name in names):
            return self._all(asked.sort)
        groups = (
            (asked.agency, self.findings_of_agency),
            (asked.rule, self.findings_of_rule),
            (asked.province, self.findings_of_province),
        )
        fewest = min((group.get(key, ()) for key, group in groups if key), key=len, default=None)
        found = [
            one
            for one in (self.shown.findings if fewest is None else fewest)
            if asked.kind in ("", one.kind)
            and asked.province in ("", one.province_id)
            and asked.agency in ("", one.agency_id)
            and asked.state in ("", one.state)
            and asked.rule in ("", one.rule)
            and asked.group in ("", one.group)
            and asked.severity in ("", one.severity)
            and asked.stage in ("", one.stage)
            and (not wanted or wanted in self._portal_texts[one.portal_id] or wanted in self._rule_texts[one.rule])
        ]
        return _sorted(found, asked.sort, _FINDING_ORDER)

    def _all(self, sort: str) -> Sequence[FindingLine]:
        if sort not in self._sorted:
            self._sorted[sort] = _sorted(self.shown.findings, sort, _FINDING_ORDER)
        return self._sorted[sort]

    @cached_property
    def findings_of_agency(self) -> Mapping[str, Sequence[FindingLine]]:
        return _grouped(self.shown.findings, lambda one: one.agency_id)

    @cached_property
    def findings_of_rule(self) -> Mapping[str, Sequence[FindingLine]]:
        return _grouped(self.shown.findings, lambda one: one.rule)

    @cached_property
    def findings_of_province(self) -> Mapping[str, Sequence[FindingLine]]:
        return _grouped(self.shown.findings, lambda one: one.province_id)

    @cached_property
    def portals_of_agency(self) -> Mapping[str, Sequence[PortalLine]]:
        return _grouped(self.shown.portals.values(), lambda one: one.agency_id)

    @cached_property
    def portals_below(self) -> Mapping[str, Sequence[PortalLine]]:
        """Portals by the main portal that they belong to."""
        return _grouped(self.shown.portals.values(), lambda one: one.main_portal_id)

    @cached_property
    def agencies_below(self) -> Mapping[str, Sequence[AgencyLine]]:
        return _grouped(self.shown.agencies.values(), lambda one: one.parent_id)

    def search(self, text: str) -> Found:
        """What holds the words of a text in its name, address or id; the shortest first, they match best."""
        wanted = _wanted(text)
        if not wanted:
            return Found(text)
        words = wanted.split()

        def matching(several: Iterable[T], texts: Mapping[str, str], id_of: Callable[[T], str]) -> list[T]:
            found = [one for one in several if all(word in texts[id_of(one)] for word in words)]
            return sorted(found, key=lambda one: (wanted not in texts[id_of(one)], len(texts[id_of(one)])))

        portals = matching(self.shown.portals.values(), self._portal_texts, lambda one: one.id)
        agencies = matching(self.shown.agencies.values(), self._agency_texts, lambda one: one.id)
        rules = matching(self.shown.rules.values(), self._rule_texts, lambda one: one.id)
        totals = {"portals": len(portals), "agencies": len(agencies), "rules": len(rules)}
        return Found(text, tuple(portals[:BEST]), tuple(agencies[:BEST]), tuple(rules[:BEST]), totals)

    @cached_property
    def _portal_texts(self) -> Mapping[str, str]:
        return {one.id: _text(one.address, one.id, one.agency) for one in self.shown.portals.values()}

    @cached_property
    def _agency_texts(self) -> Mapping[str, str]:
        return {one.id: _text(one.id, "", one.name) for one in self.shown.agencies.values()}

    @cached_property
    def _rule_texts(self) -> Mapping[str, str]:
        titles = {**self.finding_rules, **{one.id: one.title for one in self.shown.rules.values()}}
        return {rule: _text(rule, "", title) for rule, title in titles.items()}


def page(several: Sequence[T], asked: Question) -> Page[T]:
    """One page of a list; behind its end, the last one."""
    last = max(1, -(-len(several) // asked.size))
    number = min(asked.page, last)
    start = (number - 1) * asked.size
    return Page(tuple(several[start : start + asked.size]), number, asked.size, len(several))


def _sorted(several: Sequence[T], sort: str, orders: Mapping[str, Callable[[T], Any]]) -> Sequence[T]:
    """In the order asked for; what has no value for it stands behind. Without one, as the list is."""
    if not sort:
        return several
    order = orders[sort.removeprefix("-")]
    having = [one for one in several if order(one) is not None]
    without = [one for one in several if order(one) is None]
    return [*sorted(having, key=order, reverse=sort.startswith("-")), *without]


def _grouped(several: Iterable[T], key: Callable[[T], str | None]) -> Mapping[str, Sequence[T]]:
    groups: dict[str, list[T]] = {}
    for one in several:
        if (name := key(one)) is not None:
            groups.setdefault(name, []).append(one)
    return groups


def _wanted(text: str) -> str:
    return " ".join(fold(text).split())


def _text(first: str, second: str, name: Name | None) -> str:
    return fold(f"{first} {second} {name.vi if name else ''} {name.en if name else ''}")
