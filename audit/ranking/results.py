"""What a ranking is made from: the judgements of one run, or of an evaluation round, without what they quote.

**What the public may see** comes from an approved round and from published rules alone. Rules whose findings are
embargoed (they show strangers a way in) are left out of it for every portal alike: a sum that lacked a rule for one
portal would tell what is kept back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from audit.rounds import weigh
from audit_rules.facts import Portal, State
from audit_rules.judgement import Judgement
from audit_rules.law.book import open_law
from storage import outcomes
from storage.archive import Archive
from storage.rounds import EvaluationRound, Rounds

EMBARGOED = frozenset({"integrity.no_injected_spam"})
"""Rules whose findings go to the owner alone."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which results were compared. ``nights`` are the ids of the runs that were weighed, ``days`` their days,
    oldest first; a single run is its own night. ``public`` is True for an approved round told by published rules
    alone. ``status`` is that of the run or of the round."""

    id: str
    is_round: bool
    status: str
    public: bool
    rules_version: str
    law_day: date
    nights: tuple[str, ...]
    days: tuple[date, ...]
    approved_by: str | None = None
    approved_at: datetime | None = None
    document_no: str | None = None

    def withholds(self, portal: Portal) -> bool:
        """Whether the public is told nothing of a portal: nobody has confirmed whose it is. Main portals are in the
        registry by law."""
        return self.public and not (portal.is_main or portal.confirmed)


@dataclass(frozen=True, slots=True)
class Seen:
    """A portal with what each rule said of it: outcomes and reasons, no evidence and no sentences."""

    portal: Portal
    state: State
    reason: str | None
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that rankings and rates of a run or a round are made from; portals in the order of their ids."""

    source: Source
    portals: tuple[Seen, ...]


def of_run(archive: Archive, run_id: str) -> Results:
    """A run's results, for work inside the house. Raises ArchiveError."""
    header = archive.header(run_id)
    status = next(run.status for run in archive.runs() if run.header.id == run_id)
    source = Source(run_id, False, status, False, header.rules_version, header.law_day, (run_id,), (header.day,))
    return Results(source, tuple(map(_seen, outcomes.of_run(archive.database, run_id))))


def of_round(archive: Archive, one: EvaluationRound, *, public: bool) -> Results:
    """A round's results, as it was closed or as it stands now where it is open. ``public`` leaves what the public
    may see: raises ValueError unless the round is approved."""
    if public and one.status != "approved":
        raise ValueError(one.id)
    nights = sorted(
        (run.header for run in archive.runs() if run.header.id in one.nights), key=lambda head: head.started_at
    )
    source = Source(
        one.id,
        True,
        one.status,
        public,
        one.rules_version,
        one.law_day,
        one.nights,
        tuple(dict.fromkeys(night.day for night in nights)),
        one.approved_by,
        one.approved_at,
        one.document_no,
    )
    told = Results(source, tuple(_of_round(archive, one)))
    return _published(told) if public else told


def without_embargoed(told: Results) -> Results:
    """The results without what is told to the owners alone, for every portal alike."""
    return _only(told, lambda item: item.rule not in EMBARGOED)


def rules_of(results: Results) -> tuple[str, ...]:
    """The rules that the results know, by their ids."""
    return tuple(sorted({item.rule for each in results.portals for item in each.judgements}))


def by_same_rules(one: Source, two: Source) -> bool:
    """Whether two results were judged alike: by one rule set, and on days between which no instrument began or
    ended (``audit_rules.law``)."""
    if one.rules_version != two.rules_version:
        return False
    return all(each.force(one.law_day) == each.force(two.law_day) for each in open_law().instruments)


def newest_approved(archive: Archive) -> EvaluationRound | None:
    """The round whose rankings are shown where nobody asks for another one."""
    return next((one for one in Rounds(archive.database).all() if one.status == "approved"), None)


def round_before(archive: Archive, one: EvaluationRound) -> EvaluationRound | None:
    """The newest approved round that was opened before another one."""
    earlier = (each for each in Rounds(archive.database).all() if each.opened_at < one.opened_at)
    return next((each for each in earlier if each.status == "approved"), None)


def night_before(archive: Archive, run_id: str) -> str | None:
    """The newest complete nightly round of an earlier day than a nightly round's own; None for a run of another
    kind, which looks at portals of anybody's choice."""
    runs = archive.runs()
    here = next((run.header for run in runs if run.header.id == run_id), None)
    if here is None or here.kind != "nightly":
        return None
    before = (run for run in runs if run.header.kind == "nightly" and run.status == "complete")
    return next((run.header.id for run in before if run.header.day < here.day), None)


def _of_round(archive: Archive, one: EvaluationRound) -> Iterator[Seen]:
    if one.status != "open":
        yield from map(_seen, outcomes.of_round(archive.database, one.id))
        return
    shared = outcomes.Shared()
    for each in weigh(archive, one):
        yield Seen(each.portal, each.state, each.reason, shared.bare(each.judgements))


def _seen(one: outcomes.Outcomes) -> Seen:
    return Seen(one.portal, one.state, one.reason, one.judgements)


def _published(told: Results) -> Results:
    return _only(without_embargoed(told), lambda item: item.stage == "published")


def _only(told: Results, wanted: Callable[[Judgement], bool]) -> Results:
    portals = (replace(each, judgements=tuple(filter(wanted, each.judgements))) for each in told.portals)
    return replace(told, portals=tuple(portals))
