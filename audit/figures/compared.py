"""“Đối soát”: what the measuring system (EMC) has of a body beside what was seen on its portals.

Nothing here is a fault of anybody: the two may speak of different times, portals or bodies. A figure of a body that
was merged is shown as that body's and compared with nothing; a figure of long ago says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from audit.figures.metrics import Whose, metrics
from audit.figures.shown import Shown, figures_of
from audit.registry.registry import Registry
from audit_rules.facts import MAIN_KINDS, Agency, Kind, Portal
from audit_rules.verdict import Verdict
from storage.archive import Archive
from storage.figures import Figure
from storage.records import PortalRun
from storage.rounds import RoundPortal

Official = Literal["data", "no_data", "unclear"]
Ours = Literal["live", "silent", "absent", "unknown"]
"""The code on a body's portals: there and reporting, or not seen otherwise; there and seen to report nothing; not
there; or not known."""
Result = Literal["code_without_data", "data_without_code", "agree", "unknown", "beside", "former_body", "no_figure"]
RESULTS: tuple[Result, ...] = (
    *("code_without_data", "data_without_code", "unknown", "agree", "beside", "former_body", "no_figure"),
)
"""In the order in which they are told."""

COMPARED: frozenset[Kind] = MAIN_KINDS | {"service"}
"""Kinds of portals that figures of EMC and of visits speak of."""
RECENT = timedelta(days=92)
"""A figure whose period ended longer before the look is told to be an old one."""

_CODE, _BEACON, _COUNTER = (
    *("measurement.emc_code_present", "measurement.emc_beacon_sent", "measurement.visit_counter"),
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen on one portal: the state of the code, why it is not known, its site id, when it was seen, and
    the number of visits that the home page shows (of which span, its label says)."""

    portal: Portal
    ours: Ours
    why: str | None
    site_id: str | None
    seen_at: datetime | None
    counter: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A body, one figure of it or of one it replaced (None where there is none), and its portals as they were seen.
    ``days`` is how long before the look the figure's period ended, 0 where it had not."""

    agency: Agency
    shown: Shown | None
    looked: tuple[Looked, ...]
    ours: Ours
    result: Result
    days: int = 0

    @property
    def old(self) -> bool:
        return self.days > RECENT.days


def compared(
    archive: Archive, registry: Registry, portals: Iterable[PortalRun | RoundPortal], day: date
) -> tuple[Compared, ...]:
    """Every body of which there are figures of EMC or of visits, or a main portal that was looked at on a day; by
    result, then by the body's id. Portals come one after another."""
    looked: dict[str, list[Looked]] = {}
    agencies: dict[str, Agency] = {}
    for each in portals:
        portal = each.portal
        if portal.agency is not None and portal.kind in COMPARED:
            agencies.setdefault(portal.agency.id, portal.agency)
            looked.setdefault(portal.agency.id, []).append(_looked(each))
    told = [
        one for agency in agencies.values() for one in _of_agency(archive, registry, agency, looked[agency.id], day)
    ]
    return tuple(sorted(told, key=lambda one: (RESULTS.index(one.result), one.old, one.agency.id)))


def official(figure: Figure) -> Official:
    """Whether a figure says that the system has data of a body."""
    if figure.absent or figure.value.lower() == "không" or figure.number == 0:
        return "no_data"
    if figure.rank or figure.value.lower() == "có" or any(letter.isdigit() for letter in figure.value):
        return "data"
    return "unclear"


def _of_agency(
    archive: Archive, registry: Registry, agency: Agency, looked: Sequence[Looked], day: date
) -> Iterator[Compared]:
    """A body's newest figure of each metric, and those of its predecessors."""
    found = list(_newest(figures_of(archive, registry, agency.id, day)))
    theirs: Mapping[Whose, tuple[Looked, ...]] = {
        "main": tuple(one for one in looked if one.portal.is_main),
        "service": tuple(one for one in looked if not one.portal.is_main),
    }
    for shown in found:
        metric = metrics()[shown.figure.metric]
        seen = theirs[metric.emc or "main"]
        days = max(0, (day - shown.figure.last_day).days)
        ours = _together(seen)
        result = "beside" if metric.emc is None else _result(official(shown.figure), ours)
        yield Compared(agency, shown, seen, ours, "former_body" if shown.former else result, days)
    if theirs["main"] and not any(metrics()[each.figure.metric].emc == "main" for each in found if not each.former):
        yield Compared(agency, None, theirs["main"], _together(theirs["main"]), "no_figure")


def _newest(several: Sequence[Shown]) -> Iterator[Shown]:
    """Of each body and metric the newest, of the metrics that speak of EMC or of visits."""
    found: dict[tuple[str | None, str], Shown] = {}
    for each in several:  # the oldest period first
        metric = metrics().get(each.figure.metric)
        if metric is not None and (metric.emc or metric.visits):
            found[each.figure.agency_id, metric.id] = each
    return iter(found.values())


def _result(says: Official, ours: Ours) -> Result:
    if says == "unclear" or ours == "unknown":
        return "unknown"
    if says == "no_data":
        return "code_without_data" if ours == "live" else "agree"
    return "agree" if ours == "live" else "data_without_code"


def _together(several: Sequence[Looked]) -> Ours:
    """The code on the portals of one body: live where it is on one of them, absent only where it is on none."""
    told = {one.ours for one in several}
    for ours in ("live", "unknown", "silent"):
        if ours in told:
            return ours
    return "absent" if told else "unknown"


def _looked(one: PortalRun | RoundPortal) -> Looked:
    said = {item.rule: item.verdict for item in one.judgements}
    code, beacon, counter = said.get(_CODE), said.get(_BEACON), said.get(_COUNTER)
    ours, why = _code(code, beacon)
    site_id = code.values.get("site_id") if code else None
    count = counter.values.get("count") if counter else None
    seen_at = one.seen_at if isinstance(one, RoundPortal) else one.visit.started_at
    return Looked(
        one.portal,
        ours,
        why,
        str(site_id) if site_id is not None else None,
        seen_at,
        count if isinstance(count, int) else None,
    )


def _code(code: Verdict | None, beacon: Verdict | None) -> tuple[Ours, str | None]:
    if code is None:
        return "unknown", "not_asked"
    if code.outcome == "failed":
        return "absent", None
    if code.outcome != "passed":
        return "unknown", code.reason
    return ("silent", None) if beacon is not None and beacon.outcome == "failed" else ("live", None)
