"""How the rules came out at the portals of a run or a round, without what they quote and say: for sums over the
country. A night's evidence takes five times as long to read, and many times the room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import select

from audit_rules.facts import Portal, State
from audit_rules.judgement import Group, Judgement, Proves, Severity, Stage, Standing, Words
from audit_rules.verdict import Outcome, Verdict
from storage import blobs
from storage.database import Database
from storage.documents import Documents
from storage.tables import portal_runs, round_portals

_AT_ONCE = 100
_SILENT = Words("", "", "")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """A portal, how its visit ended, and what each rule said of it: outcome and reason, no evidence, no grounds and
    no sentences. Judgements that say the same are one object: two thousand portals have some hundred of them."""

    portal: Portal
    state: State
    reason: str | None
    judgements: tuple[Judgement, ...]


class _Verdict(msgspec.Struct, frozen=True, gc=False):
    outcome: Outcome
    reason: str | None = None


class _Said(msgspec.Struct, frozen=True, gc=False):
    """Of a judgement as it is stored, what is read here; the rest is passed over."""

    rule: str
    stage: Stage
    group: Group
    severity: Severity
    standing: Standing
    proves: Proves
    verdict: _Verdict
    scored: bool = True


class _OfRound(msgspec.Struct, frozen=True):
    portal: Portal
    state: State
    reason: str | None
    judgements: tuple[_Said, ...]


_read_said = msgspec.json.Decoder(tuple[_Said, ...]).decode
_read_of_round = msgspec.json.Decoder(_OfRound).decode


class Shared:
    """Judgements without what they quote, each kept once."""

    def __init__(self) -> None:
        self._known: dict[_Said, Judgement] = {}

    def of(self, several: Iterable[_Said]) -> tuple[Judgement, ...]:
        return tuple(self._known.get(each) or self._keep(each) for each in several)

    def bare(self, several: Iterable[Judgement]) -> tuple[Judgement, ...]:
        """The same of whole judgements."""
        return self.of(_said(each) for each in several)

    def _keep(self, one: _Said) -> Judgement:
        verdict = Verdict(one.verdict.outcome, one.verdict.reason)
        parts = (one.rule, one.stage, one.group, one.severity, one.standing, one.proves)
        return self._known.setdefault(one, Judgement(*parts, verdict, (), _SILENT, _SILENT, one.scored))


def of_run(database: Database, run_id: str) -> Iterator[Outcomes]:
    """The portals of a run, in the order of their ids."""
    shared, columns = Shared(), portal_runs.c
    with database.read() as connection:
        ids = sorted(connection.scalars(select(columns.portal_id).where(columns.run_id == run_id)))
    for some in _batches(ids):
        asked = select(columns.portal_id, columns.state, columns.reason, columns.visit_id, columns.judged_id)
        here = (columns.run_id == run_id) & columns.portal_id.in_(some)
        with database.read() as connection:
            found = sorted(connection.execute(asked.where(here)), key=lambda row: str(row.portal_id))
            documents = Documents(connection)
            documents.fetch(number for row in found for number in (row.visit_id, row.judged_id))
            told = [(row, documents.read(row.visit_id), documents.read(row.judged_id)) for row in found]
        for row, visit, judged in told:
            # As storage.rows wrote them: the portal first, judgements behind what was known around it.
            portal = _named(blobs.read_portal(visit.split(b"\n", 1)[0]), row.portal_id)
            yield Outcomes(portal, row.state, row.reason, shared.of(_read_said(judged.split(b"\n")[1])))


def of_round(database: Database, round_id: str) -> Iterator[Outcomes]:
    """The portals of a round that was closed, in the order of their ids."""
    shared, columns = Shared(), round_portals.c
    with database.read() as connection:
        ids = sorted(connection.scalars(select(columns.portal_id).where(columns.round_id == round_id)))
    for some in _batches(ids):
        here = (columns.round_id == round_id) & columns.portal_id.in_(some)
        with database.read() as connection:
            bodies = {row.portal_id: row.body for row in connection.execute(select(round_portals).where(here))}
        for portal_id in some:
            one = _read_of_round(blobs.expand(bodies[portal_id]))
            yield Outcomes(one.portal, one.state, one.reason, shared.of(one.judgements))


def _said(one: Judgement) -> _Said:
    verdict = _Verdict(one.verdict.outcome, one.verdict.reason)
    parts = (one.rule, one.stage, one.group, one.severity, one.standing, one.proves)
    return _Said(*parts, verdict, one.scored)


def _named(portal: Portal, portal_id: str) -> Portal:
    """The portal under the id of its row, which is what everything else goes by."""
    return portal if portal.id == portal_id else replace(portal, id=portal_id)


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
