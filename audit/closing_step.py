"""The closing step of a run: what only the whole run tells is put around each portal, and those it tells something
new about are judged again. No portal is touched.

A night's pages do not fit in memory: portals come one after another, and where there are many they are shared out
over processes, for reading what was stored and judging it is all work of the processor.
"""

from __future__ import annotations

import gzip
import logging
import multiprocessing
import os
import pickle
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import IO, Any

from audit import child
from audit.closing import RULES_READ, WholeRun, whole_run
from audit.judging import judged
from audit_rules.engine import judge_by_the_run
from audit_rules.facts import Surroundings
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.scoring import score
from crawler.processes import places
from storage.archive import Archive, ArchiveError, Judged, pack_judged
from storage.files import why
from storage.records import PortalRun, RunHeader

log = logging.getLogger(__name__)

LONG = 200
"""Portals from which on more processes are worth their start."""
_AT_ONCE = 25
"""Portals that a process is given at a time."""
_MEMORY = 400_000_000
"""Bytes that such a process takes at most; most of it is the program."""
_SEEN = frozenset({"audited", "partial"})

Outcomes = Mapping[str, Mapping[str, str]]
"""What was said of main portals: portal id, rule, outcome."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A portal after the closing step; ``again`` is None where nothing changes."""

    portal_id: str
    outcomes: Mapping[str, str]
    again: Judged | None


_Tell = Callable[[Sequence[str], Outcomes], Iterator[_Told]]
"""Tells portals of the run, by their ids, what the whole run adds."""
_Shared = tuple[list[_Told], child.Said]


@dataclass(frozen=True, slots=True)
class _Step:
    """The closing step of one run, for whichever process takes a part in it."""

    header: RunHeader
    told: WholeRun

    def tell(self, archive: Archive, rulebook: Rulebook, ids: Sequence[str], outcomes: Outcomes) -> Iterator[_Told]:
        for each in archive.portals(self.header.id, pages=True, only=ids):
            again = _told(each, self.told.around(each, outcomes), rulebook, self.header.law_day)
            said = (again or each).judgements
            yield _Told(each.portal.id, {j.rule: j.verdict.outcome for j in said}, _packed(again))


def close(archive: Archive, header: RunHeader, rulebook: Rulebook) -> None:
    """Brings a run's verdicts to their end.

    They wait in a temporary file and are then stored in one transaction: others may write while portals are
    judged. Raises ArchiveError."""
    told = whole_run(archive.portals(header.id, views=False, rules=RULES_READ))
    try:
        with tempfile.TemporaryFile() as file:
            with gzip.open(file, "wb", compresslevel=1) as waiting:
                for each in _told_more(archive, _Step(header, told), rulebook):
                    pickle.dump(each, waiting)
            file.seek(0)
            archive.rejudge(header.id, _waiting(file), answered=told.answered)
    except OSError as error:
        vi, en = why(error)
        raise ArchiveError(f"Không ghi được tệp tạm: {vi} / A temporary file cannot be written: {en}") from error


def _told_more(archive: Archive, step: _Step, rulebook: Rulebook) -> Iterator[Judged]:
    """The portals judged again. Main portals go first: what is said of them in the end is put around their
    components."""
    ids = archive.portal_ids(step.header.id)
    mains = [each for each in ids if each in step.told.mains]
    components = [each for each in ids if each not in step.told.mains]
    with _tellers(archive, step, rulebook, len(ids)) as tell:
        outcomes: dict[str, Mapping[str, str]] = {}
        for each in tell(mains, {}):
            outcomes[each.portal_id] = each.outcomes
            if each.again is not None:
                yield each.again
        for each in tell(components, outcomes):
            if each.again is not None:
                yield each.again


@contextmanager
def _tellers(archive: Archive, step: _Step, rulebook: Rulebook, portals: int) -> Iterator[_Tell]:
    """Who tells the portals: this process, or as many as there are processors and memory for."""

    def here(ids: Sequence[str], outcomes: Outcomes) -> Iterator[_Told]:
        return step.tell(archive, rulebook, ids, outcomes)

    address, processes = archive.database.address, places(_MEMORY)
    if portals < LONG or processes < 2 or address is None:
        yield here
        return
    others = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, others, child.begin, (os.getpid(),))

    def shared(ids: Sequence[str], outcomes: Outcomes) -> Iterator[_Told]:
        shares = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
        waiting = deque((_submitted(pool, step, address, share, outcomes), share) for share in shares)
        while waiting:
            future, share = waiting.popleft()  # what was told is let go of
            try:
                found, said = future.result()
            except BrokenProcessPool as error:
                log.warning("a process of the closing step is lost: %r", error)
                yield from here(share, outcomes)
            else:
                child.say_again(said)
                yield from found

    try:
        yield shared
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, *share: Any) -> Future[_Shared]:
    """A pool that has lost a process refuses at once what it would else break off."""
    try:
        return pool.submit(_share, *share)
    except BrokenProcessPool as error:
        lost: Future[_Shared] = Future()
        lost.set_exception(error)
        return lost


def _share(step: _Step, address: str, ids: Sequence[str], outcomes: Outcomes) -> _Shared:
    """Some portals in another process, and what it has to say for the log."""
    voice = child.voice()
    with Archive.open(address, create=False) as archive:
        return list(step.tell(archive, _rulebook(), ids, outcomes)), voice.take()


@cache
def _rulebook() -> Rulebook:
    return open_rulebook()


def _packed(again: PortalRun | None) -> Judged | None:
    """Packed where it was judged, for the processes to share that work too; what all portals have in common goes
    with them once."""
    return pack_judged(replace(again, around=replace(again.around, answered=None))) if again is not None else None


def _told(each: PortalRun, around: Surroundings, rulebook: Rulebook, law_day: date) -> PortalRun | None:
    if around == each.around or each.visit.state not in _SEEN:
        return None  # what is said of a portal that was not seen depends on nothing around it
    return _judged_by_the_run(each, around, rulebook, law_day)


def _judged_by_the_run(each: PortalRun, around: Surroundings, rulebook: Rulebook, law_day: date) -> PortalRun:
    """A portal with what the whole run adds. One that was told before, or that was not judged tonight because
    nothing had changed (audit/unchanged.py), is judged whole."""
    whole = replace(each, around=around)
    if each.around.answered is not None or _tells_of_another_night(each):
        return judged(whole, rulebook, law_day)
    told = judge_by_the_run(each.judgements, each.portal, each.visit, around, rulebook, law_day)
    return replace(whole, judgements=told, score=score(told, each.portal))


def _tells_of_another_night(each: PortalRun) -> bool:
    begun = each.visit.started_at
    verdicts = [judgement.verdict for judgement in each.judgements]
    shown = [(piece.how, piece.seen_at) for verdict in verdicts for piece in verdict.evidence]
    searched = [
        (page.how, page.seen_at) for verdict in verdicts if verdict.searched for page in verdict.searched.pages
    ]
    return begun is None or any(how != "rendered" and seen_at < begun for how, seen_at in (*shown, *searched))


def _waiting(file: IO[bytes]) -> Iterator[Judged]:
    with gzip.open(file, "rb") as waiting:
        while True:
            try:
                each: Judged = pickle.load(waiting)  # noqa: S301 - written by this process, a moment ago
            except EOFError:
                return
            yield each
