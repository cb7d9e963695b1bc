"""Evaluation rounds: several nights weighed together, by one registry, one rule book and one law day.

**How a round decides** of a portal and a rule, from those of its nights that measured it (passed, failed or
inapplicable; a night counts once a day, its last run, and not where it had the portal under another kind or address
than the round's registry):

1. the last of them passed, or the rule did not apply: that is the outcome, for a pass that was seen closes at once;
2. it failed on the last two of them: failed, with the evidence of the last;
3. it failed on the last one only: held back (``one_night``);
4. none of them measured it: not measured, with the reason of the last night.

A fault by 2 is held back all the same while a person says otherwise: where somebody looked during the round and saw
that the rule is met or does not apply (``person``), or where the agency disputes it in time and nobody has looked
since and found it failed (``disputed``). What is held back is told as cantTell(needs_review), with the evidence:
for a person to look at, and no fault. A waiver changes no outcome; it is shown beside it.

Nights that were judged by another law day are judged again by the round's, offline; that takes the rule book of the
round, and another one is refused.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from audit.days import day_of
from audit.registry.files import BUNDLED, read_registry
from audit.registry.registry import Registry
from audit_rules import __version__
from audit_rules.engine import judge
from audit_rules.facts import NetFacts, Portal, State, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from storage.archive import Archive
from storage.opinions import ManualVerdict, Opinions, Reply
from storage.records import PortalRun, Run, RunHeader, RunStatus
from storage.rounds import EvaluationRound, RoundPortal, Rounds

NOT_IN_NIGHTS = "not_in_nights"
"""Why a portal is told without having been looked at: no night holds it as the round's registry has it."""
_MEASURED = frozenset({"passed", "failed", "inapplicable"})
_USABLE = frozenset({"complete", "partial"})


class UnfitNight(Exception):
    """A run that no round can rest on; the message is one sentence, "tiếng Việt / English"."""


@dataclass(frozen=True, slots=True)
class Night:
    """One night's judgements of a portal."""

    header: RunHeader
    seen: PortalRun
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What people said of one rule at one portal during the round."""

    manual: tuple[ManualVerdict, ...] = ()
    dispute: Reply | None = None


def frozen_files(folder: Path | None) -> dict[str, bytes]:
    """The files of a registry, by their names."""
    return {path.name: path.read_bytes() for path in sorted((folder or BUNDLED).glob("*.csv"))}


def registry_of(rounds: Rounds, round_id: str) -> Registry:
    """The registry as it was when the round was opened."""
    with tempfile.TemporaryDirectory() as folder:
        for name, body in rounds.registry(round_id).items():
            Path(folder, name).write_bytes(body)
        return read_registry(Path(folder))


def nights_of(archive: Archive, one: EvaluationRound, book: Rulebook) -> list[RunHeader]:
    """The nights of a round in their order: those it was given, or every one since it was opened that ended and was
    not quarantined. Raises UnfitNight."""
    stored = {run.header.id: run for run in archive.runs()}
    asked = one.nights or tuple(
        run.header.id
        for run in stored.values()
        if run.header.kind == "nightly" and run.status in _USABLE and run.header.started_at >= one.opened_at
    )
    found: list[RunHeader] = []
    for run_id in asked:
        run = stored.get(run_id)
        if run is None or run.header.kind not in ("nightly", "run", "demo") or run.status not in _USABLE:
            raise UnfitNight(
                f"Lần kiểm tra “{run_id}” không dùng được cho đợt: không có, chưa xong, bị cách ly, hoặc là lần"
                f" đánh giá lại / Run “{run_id}” is of no use to a round: absent, not over, quarantined or a replay"
            )
        same = (run.header.rules_version, run.header.law_day) == (one.rules_version, one.law_day)
        if not same and book.version != one.rules_version:
            raise UnfitNight(
                f"Đêm “{run_id}” phải được đánh giá lại theo đợt, nhưng chương trình này có bộ quy tắc"
                f" {book.version}, đợt dùng {one.rules_version}; hãy dùng đúng phiên bản chương trình của đợt"
                f" / Night “{run_id}” has to be judged again for the round, but this program has the rules"
                f" {book.version} and the round {one.rules_version}; use the round's version of the program"
            )
        found.append(run.header)
    return sorted(found, key=lambda header: (header.started_at, header.id))


def weigh(archive: Archive, one: EvaluationRound, book: Rulebook | None = None) -> Iterator[RoundPortal]:
    """What the round says of every portal of its registry, in the order of their ids, one after another."""
    book = book or open_rulebook()
    registry = registry_of(Rounds(archive.database), one.id)
    told = registry.round(one.law_day)
    expected: dict[str, tuple[Portal, str | None]] = {each.id: (each, None) for each in told.asked}
    expected |= {each.portal.id: (each.portal, each.reason) for each in told.unasked}
    nights = nights_of(archive, one, book)
    said = _said(archive, one, nights)
    seen = _side_by_side(archive, one, nights, book)
    here = next(seen, None)
    for portal_id, (portal, reason) in sorted(expected.items()):
        while here is not None and here[0] < portal_id:
            here = next(seen, None)
        of_portal = here[1] if here is not None and here[0] == portal_id else []
        fitting = [night for night in of_portal if _same_entry(night.seen.portal, portal)]
        if fitting:
            yield _of_portal(portal, fitting, said)
        else:
            yield _unseen(portal, reason, one, book)


def _side_by_side(
    archive: Archive, one: EvaluationRound, nights: Sequence[RunHeader], book: Rulebook
) -> Iterator[tuple[str, list[Night]]]:
    """Each portal with its nights, oldest first; of a night only a few portals are held."""

    def of(number: int, header: RunHeader) -> Iterator[tuple[str, int, PortalRun]]:
        return ((each.portal.id, number, each) for each in archive.portals(header.id))

    merged = heapq.merge(*(of(number, header) for number, header in enumerate(nights)), key=lambda each: each[:2])
    for portal_id, several in groupby(merged, key=lambda each: each[0]):
        by_day: dict[date, Night] = {}
        for _, number, seen in several:
            header = nights[number]
            by_day.pop(header.day, None)
            by_day[header.day] = Night(header, seen, _judged(archive, header, seen, one, book))
        yield portal_id, list(by_day.values())


def _judged(
    archive: Archive, header: RunHeader, seen: PortalRun, one: EvaluationRound, book: Rulebook
) -> tuple[Judgement, ...]:
    if (header.rules_version, header.law_day) == (one.rules_version, one.law_day):
        return seen.judgements
    whole = next(archive.portals(header.id, pages=True, only=[seen.portal.id]))
    return judge(whole.portal, whole.visit, whole.around, book, one.law_day)


def _same_entry(told: Portal, frozen: Portal) -> bool:
    return (told.kind, told.address.plain) == (frozen.kind, frozen.address.plain)


def _of_portal(portal: Portal, nights: Sequence[Night], said: Mapping[tuple[str, str], Said]) -> RoundPortal:
    judgements: list[Judgement] = []
    cited: dict[str, str] = {}
    held: dict[str, str] = {}
    for rule in sorted({item.rule for night in nights for item in night.judgements}):
        told = [(night.header.id, item) for night in nights for item in night.judgements if item.rule == rule]
        cited[rule], item, why = decide(told, said.get((portal.id, rule), Said()))
        judgements.append(item)
        if why:
            held[rule] = why
    last = nights[-1].seen.visit
    return RoundPortal(
        portal,
        last.state,
        last.reason,
        last.home,
        last.moved_to,
        last.started_at,
        tuple(judgements),
        score(judgements, portal),
        cited,
        held,
    )


def decide(told: Sequence[tuple[str, Judgement]], said: Said) -> tuple[str, Judgement, str]:
    """What a round says by one rule: the run whose evidence is shown, the judgement, and why a fault is held back
    ("" where none is). ``told`` are the ids of runs and their judgements, oldest first, at least one."""
    measured = [each for each in told if each[1].verdict.outcome in _MEASURED]
    if not measured:
        review = [each for each in told if each[1].verdict.reason == "needs_review"]
        return *(review or told)[-1], ""
    run_id, item = measured[-1]
    if item.verdict.outcome != "failed":
        return run_id, item, ""
    why = ""
    if len(measured) < 2 or measured[-2][1].verdict.outcome != "failed":
        why = "one_night"
    elif said.manual and said.manual[-1].outcome in ("passed", "inapplicable"):
        why = "person"
    elif said.dispute is not None and not _looked_into(said.dispute, said.manual):
        why = "disputed"
    if why:
        values = {**item.verdict.values, "held": why}
        item = replace(
            item, verdict=replace(item.verdict, outcome="cantTell", reason="needs_review", values=values)
        )
    return run_id, item, why


def _looked_into(dispute: Reply, manual: Iterable[ManualVerdict]) -> bool:
    return any(one.outcome == "failed" and one.made_at > dispute.taken_at for one in manual)


def _said(archive: Archive, one: EvaluationRound, nights: Sequence[RunHeader]) -> dict[tuple[str, str], Said]:
    """What was said during the round: by persons who looked since its first night, by agencies until the last day
    of explanations; the agency's newest answer counts."""
    opinions = Opinions(archive.database)
    first = min((night.day for night in nights), default=day_of(one.opened_at))
    since = min(first, day_of(one.opened_at))
    told: dict[tuple[str, str], Said] = {}
    for manual in opinions.manual_verdicts():
        if manual.withdrawn is None and manual.seen_on >= since:
            place = (manual.portal_id, manual.rule)
            before = told.get(place, Said())
            told[place] = replace(before, manual=(*before.manual, manual))
    for reply in opinions.replies():
        if since <= day_of(reply.taken_at) <= one.explain_until:
            place = (reply.portal_id, reply.rule)
            dispute = reply if reply.reply == "dispute" else None
            told[place] = replace(told.get(place, Said()), dispute=dispute)
    return told


def _unseen(portal: Portal, reason: str | None, one: EvaluationRound, book: Rulebook) -> RoundPortal:
    """A portal that no night of the round holds as the registry has it: every rule is untold."""
    state: State = "no_address" if reason or not portal.address.host else "error"
    told = reason or (None if state == "no_address" else NOT_IN_NIGHTS)
    visit = Visit(state, told, None, (), NetFacts())
    judgements = judge(portal, visit, Surroundings(one.law_day), book, one.law_day)
    return RoundPortal(portal, state, told, None, None, None, judgements, score(judgements, portal))


def portals_of(archive: Archive, one: EvaluationRound) -> Iterator[RoundPortal]:
    """What a round says: as it was closed, or as it stands now where it is open."""
    return weigh(archive, one) if one.status == "open" else Rounds(archive.database).portals(one.id)


def as_run(archive: Archive, one: EvaluationRound) -> Run:
    """The round in the form of a run, to be exported like one. ``reason`` tells that it is not approved yet."""
    book_of_today = __version__ if one.status == "open" else one.rules_version.partition("+")[0]
    at = one.closed_at or datetime.now(UTC)
    nights = [run.header for run in archive.runs() if run.header.id in one.nights]
    header = RunHeader(
        one.id,
        "nightly",
        one.opened_at,
        max((night.day for night in nights), default=day_of(at)),
        one.law_day,
        book_of_today,
        one.rules_version,
        max((night.user_agent for night in nights), default=""),
    )
    reasons = {"open": "round_open", "closed": "round_closed", "approved": None}
    portals = tuple(_as_portal_run(each, at) for each in portals_of(archive, one))
    status: RunStatus = "complete" if one.status == "approved" else "partial"
    return Run(header, status, one.closed_at, reasons[one.status], portals)


def _as_portal_run(one: RoundPortal, at: datetime) -> PortalRun:
    seen = one.seen_at or at
    visit = Visit(one.state, one.reason, one.home, (), NetFacts(), one.moved_to, started_at=seen, finished_at=seen)
    return PortalRun(one.portal, visit, Surroundings(day_of(seen)), one.judgements, one.score)
