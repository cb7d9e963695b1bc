"""The archive: the only door to the database. Takes and gives the frozen records of ``storage.records``, and takes
judgements that another process packed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from sqlalchemy import Connection, func, insert, select, update

from storage import blobs, rows
from storage.alive import alive_of
from storage.database import ArchiveError, Database, DatabaseTooNew, DatabaseUnusable, open_database
from storage.known import remember
from storage.records import PastVerdict, PortalRun, Run, RunHeader, RunStatus
from storage.results import Commons, EvidencePruned, load, pruned, store, store_judged
from storage.rows import Judged, pack_judged, pack_seen
from storage.tables import portal_runs, runs
from storage.verdicts import count_verdicts, past_of_each, past_verdicts

__all__ = [
    "Archive",
    "ArchiveError",
    "DatabaseTooNew",
    "DatabaseUnusable",
    "EvidencePruned",
    "Judged",
    "RunClosed",
    "UnknownRun",
    "pack_judged",
]

INTERRUPTED = "interrupted"
"""The reason of a run whose process died."""

BROKEN_OFF = (INTERRUPTED, "disk_full", "our_fault")
"""Reasons of runs that were ended on the way and can be gone on with."""

_STATUS = select(runs.c.status, runs.c.reason)
_SHOWN: tuple[RunStatus, ...] = ("complete", "partial")
"""What ``latest`` may be: a night that is held back leaves the picture of the day before."""

T = TypeVar("T")


class UnknownRun(ArchiveError):
    """There is no run of that id."""


class RunClosed(ArchiveError):
    """The run takes no more results, or was begun twice."""


class Archive:
    """One database. Several threads may use it; on SQLite one process writes at a time, the others wait."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._alive = alive_of(database)

    @classmethod
    def open(cls, url: str | Path, *, create: bool = True) -> Archive:
        """Opens a SQLite file by path, or any database by SQLAlchemy URL; makes and upgrades SQLite files.

        An older SQLite file is first copied to ``<name>.<revision>.bak``. Raises DatabaseTooNew, DatabaseUnusable.
        """
        return cls(open_database(url, create=create))

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the database. Runs that were not closed count as interrupted from now on."""
        self._alive.close()
        self.database.dispose()

    # --- writing ----------------------------------------------------------------------------------------

    def begin(self, header: RunHeader) -> None:
        """Begins a run. Raises RunClosed if the id is taken."""
        self._hold(header.id)
        try:
            with self.database.write() as connection:
                if connection.scalar(select(runs.c.id).where(runs.c.id == header.id)) is not None:
                    raise RunClosed(f"Đã có lần kiểm tra “{header.id}” / There is a run “{header.id}” already")
                connection.execute(insert(runs), rows.run_row(header))
        except BaseException:
            self._alive.leave(header.id)
            raise

    def resume(self, run_id: str) -> frozenset[str]:
        """Goes on with an interrupted run: the ids of the portals that it already holds."""
        self._hold(run_id)
        try:
            with self.database.write() as connection:
                found = self._one(connection, run_id)
                if found.status != "running" and (found.status != "partial" or found.reason not in BROKEN_OFF):
                    raise _closed(run_id)
                values = {"status": "running", "reason": None, "finished_at": None}
                connection.execute(update(runs).where(runs.c.id == run_id).values(values))
                asked = select(portal_runs.c.portal_id).where(portal_runs.c.run_id == run_id)
                return frozenset(connection.scalars(asked))
        except BaseException:
            self._alive.leave(run_id)
            raise

    def join(self, run_id: str) -> bool:
        """Is at a run beside other processes, or goes on with it where all had left it; False where one process has
        it for itself. Raises UnknownRun, RunClosed."""
        if not self._alive.share(run_id):
            return False
        try:
            with self.database.write() as connection:
                found = connection.execute(_STATUS.where(runs.c.id == run_id).with_for_update()).one_or_none()
                if found is None:
                    raise _unknown(run_id)
                if found.status != "running":
                    if found.status != "partial" or found.reason not in BROKEN_OFF:
                        raise _closed(run_id)
                    values = {"status": "running", "reason": None, "finished_at": None}
                    connection.execute(update(runs).where(runs.c.id == run_id).values(values))
        except BaseException:
            self._alive.leave(run_id)
            raise
        return True

    def leave(self, run_id: str) -> None:
        """Leaves a run that was joined: the others go on with it."""
        self._alive.leave(run_id)

    def save(self, run_id: str, result: PortalRun, *, first: Callable[[Connection], None] | None = None) -> None:
        """Stores a portal's result in one transaction; until it ends, the portal is not there.

        ``first`` is done in the same transaction; what it raises breaks it off. A portal saved twice is replaced.
        Raises UnknownRun, RunClosed, DatabaseUnusable.
        """
        seen, judged = pack_seen(result), pack_judged(result)  # before the lock is taken

        def work(connection: Connection) -> None:
            if first is not None:
                first(connection)
            self._must_run(connection, run_id)
            store(connection, run_id, seen, judged)
            remember(connection, run_id, result)

        self._transact(work)

    def rejudge(self, run_id: str, results: Iterable[Judged], *, answered: frozenset[str] | None = None) -> None:
        """The closing step: replaces surroundings, judgements and score of these portals, in one transaction.
        They come from ``pack_judged``, which other processes may do, and may come one after another. Who
        ``answered`` is the same for all portals of a run: given here, it need not be in each of them."""
        common = blobs.pack(answered) if answered is not None else None
        with self.database.write() as connection:
            self._must_run(connection, run_id)
            for result in results:
                told = result if common is None else replace(result, answered=common)
                if not store_judged(connection, run_id, told):
                    raise ArchiveError(
                        f"Lần kiểm tra “{run_id}” không có cổng “{result.portal_id}”"
                        f" / The run “{run_id}” holds no portal “{result.portal_id}”"
                    )

    def close_run(self, run_id: str, *, status: RunStatus, finished_at: datetime, reason: str | None) -> None:
        """Ends a run; nothing is added to it afterwards."""
        values = {"status": status, "finished_at": finished_at, "reason": reason}

        def work(connection: Connection) -> None:
            found = self._one(connection, run_id)
            if (found.status, found.finished_at, found.reason) != (status, finished_at, reason):
                self._must_run(connection, run_id)
                connection.execute(update(runs).where(runs.c.id == run_id).values(values))

        self._transact(work)
        self._alive.leave(run_id)

    def recover(self) -> int:
        """Closes runs of dead processes as ``partial`` (reason ``interrupted``): how many there were."""
        with self.database.read() as connection:
            open_runs = list(connection.scalars(select(runs.c.id).where(runs.c.status == "running")))
        closed = 0
        for run_id in open_runs:
            if not self._alive.take(run_id):
                continue
            try:
                last = select(func.max(portal_runs.c.finished_at)).where(portal_runs.c.run_id == run_id)
                with self.database.write() as connection:
                    ended = {"finished_at": connection.scalar(last) or datetime.now(UTC)}
                    left = (runs.c.id == run_id) & (runs.c.status == "running")
                    ended_how = update(runs).where(left).values(status="partial", reason=INTERRUPTED, **ended)
                    closed += connection.execute(ended_how).rowcount
            finally:
                self._alive.leave(run_id)
        return closed

    # --- reading ----------------------------------------------------------------------------------------

    def run_id(self, asked: str) -> str:
        """The id of a run as asked for: an id, or ``latest`` for the newest finished run that is
        not quarantined; a night that can be gone on with is not finished. Raises UnknownRun."""
        with self.database.read() as connection:
            if asked != "latest":
                return str(self._one(connection, asked).id)
            half = (runs.c.kind == "nightly") & (runs.c.status == "partial")
            half &= func.coalesce(runs.c.reason, "").in_(BROKEN_OFF)
            newest = select(runs.c.id).where(runs.c.status.in_(_SHOWN), ~half)
            found = connection.scalar(newest.order_by(runs.c.finished_at.desc(), runs.c.id.desc()).limit(1))
        if found is None:
            raise UnknownRun("Chưa có lần kiểm tra nào kết thúc / No run has finished yet")
        return str(found)

    def runs(self) -> list[Run]:
        """Every run, newest first, without its portals."""
        with self.database.read() as connection:
            found = connection.execute(select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()))
            return [rows.read_run(row, ()) for row in found]

    def header(self, run_id: str) -> RunHeader:
        """Raises UnknownRun."""
        with self.database.read() as connection:
            return rows.read_run(self._one(connection, run_id), ()).header

    def outline(self, run_id: str) -> Run:
        """A run without its portals. Raises UnknownRun."""
        with self.database.read() as connection:
            return rows.read_run(self._one(connection, run_id), ())

    def run(self, run_id: str, *, pages: bool = False, agency: str | None = None) -> Run:
        """A run with its portals, or those of one agency (see ``portals``). Raises UnknownRun."""
        with self.database.read() as connection:
            row = self._one(connection, run_id)
        return rows.read_run(row, tuple(self.portals(run_id, pages=pages, agency=agency)))

    def portals(
        self,
        run_id: str,
        *,
        pages: bool = False,
        views: bool = True,
        rules: Collection[str] | None = None,
        only: Sequence[str] | None = None,
        agency: str | None = None,
    ) -> Iterator[PortalRun]:
        """The portals of a run one after another, in the order of their ids; a whole night does not fit in memory.

        Without ``pages`` a view holds its address, moment, digest, manner and status, and no facts; without
        ``views`` a visit has no pages at all; with ``rules`` there are their judgements alone.
        ``only`` names the portals wanted, ``agency`` whose they are. Raises UnknownRun.
        """
        ids = self.portal_ids(run_id, agency=agency)
        if only is not None:
            wanted = frozenset(only)
            ids = [each for each in ids if each in wanted]
        at_once = 1 if pages else 100 if views else 25
        commons = Commons()
        for start in range(0, len(ids), at_once):
            with self.database.read() as connection:
                some = ids[start : start + at_once]
                batch = load(connection, run_id, some, pages=pages, views=views, rules=rules, commons=commons)
            yield from batch

    def portal_ids(self, run_id: str, *, agency: str | None = None) -> list[str]:
        """The ids of the portals that a run holds, or of those of one agency, in their order. Raises UnknownRun."""
        with self.database.read() as connection:
            self._one(connection, run_id)
            asked = select(portal_runs.c.portal_id).where(portal_runs.c.run_id == run_id)
            if agency is not None:
                asked = asked.where(portal_runs.c.agency_id == agency)
            return sorted(connection.scalars(asked))

    def must_be_whole(self, run_id: str) -> None:
        """Raises EvidencePruned where pages of the run are no longer there: what is left must not be judged."""
        gone = select(portal_runs.c.run_id).where(
            portal_runs.c.run_id == run_id, portal_runs.c.pruned_at.is_not(None)
        )
        with self.database.read() as connection:
            if connection.scalar(gone.limit(1)) is not None:
                raise pruned(run_id)

    def overview(self, run_id: str) -> dict[str, dict[str, int]]:
        """Of how many portals of a run each rule said what: counts by outcome, by rule. Nothing is unpacked."""
        with self.database.read() as connection:
            return count_verdicts(connection, run_id)

    def history(self, portal_id: str) -> list[PastVerdict]:
        """What earlier finished runs said of a portal, newest last; neither re-judged nor quarantined runs."""
        with self.database.read() as connection:
            return past_verdicts(connection, portal_id)

    def histories(self, portal_ids: Sequence[str]) -> Iterator[list[PastVerdict]]:
        """The histories of some hundred portals, in their order, one at a time."""
        with self.database.read() as connection:
            return past_of_each(connection, portal_ids)

    # --- inside -----------------------------------------------------------------------------------------

    def _one(self, connection: Connection, run_id: str) -> rows.StoredRow:
        row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise _unknown(run_id)
        return row

    def _must_run(self, connection: Connection, run_id: str) -> None:
        """Nobody closes the run until the transaction ends (PostgreSQL; SQLite has one writer)."""
        held = select(runs.c.status).where(runs.c.id == run_id).with_for_update(read=True)
        if (status := connection.scalar(held)) is None:
            raise _unknown(run_id)
        if status != "running":
            raise _closed(run_id)

    def _hold(self, run_id: str) -> None:
        if not self._alive.take(run_id):
            raise RunClosed(f"Lần kiểm tra “{run_id}” đang chạy / The run “{run_id}” is going on")

    def _transact(self, work: Callable[[Connection], T]) -> T:
        """One transaction, again where the database was away or held. Raises RunClosed where another process took
        a run of this one meanwhile."""
        return self.database.transact(work, first=self._renew)

    def _renew(self) -> None:
        if not self._alive.renew():
            raise RunClosed(
                "Trong lúc mất kết nối tới cơ sở dữ liệu, một chương trình khác đã tiếp tục lần kiểm tra này"
                " / While the connection to the database was lost, another process went on with this run"
            )


def _closed(run_id: str) -> RunClosed:
    return RunClosed(f"Lần kiểm tra “{run_id}” đã kết thúc / The run “{run_id}” is closed")


def _unknown(run_id: str) -> UnknownRun:
    return UnknownRun(f"Không có lần kiểm tra “{run_id}” / There is no run “{run_id}”")
