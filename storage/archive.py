"""The archive: the only door to the database. Takes and gives the frozen records of ``storage.records``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import rows
from storage.blobs import deflate
from storage.database import ArchiveError, Database, DatabaseTooNew, DatabaseUnusable, open_database, told
from storage.files import hold, release, safe_name
from storage.records import PastVerdict, PortalRun, Run, RunHeader, RunStatus
from storage.tables import facts, pages, portal_runs, runs, verdicts

__all__ = ["Archive", "ArchiveError", "DatabaseTooNew", "DatabaseUnusable", "RunClosed", "UnknownRun"]

INTERRUPTED = "interrupted"
"""The reason of a run whose process died."""

_FINISHED: tuple[RunStatus, ...] = ("complete", "partial", "quarantined")
_AT_ONCE = 400  # SQLite takes a bounded number of parameters in one statement


class UnknownRun(ArchiveError):
    """There is no run of that id."""


class RunClosed(ArchiveError):
    """The run takes no more results, or was begun twice."""


class Archive:
    """One database. Several threads may use it; on SQLite one process writes at a time, the others wait."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._alive: dict[str, int] = {}

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
        for run_id, descriptor in self._alive.items():
            release(self._lock_file(run_id), descriptor)
        self._alive.clear()
        self.database.dispose()

    # --- writing ----------------------------------------------------------------------------------------

    def begin(self, header: RunHeader) -> None:
        """Begins a run. Raises RunClosed if the id is taken."""
        self._hold(header.id)
        try:
            with self.database.write() as connection:
                if connection.scalar(select(runs.c.status).where(runs.c.id == header.id)) is not None:
                    raise RunClosed(f"Đã có lần kiểm tra “{header.id}” / There is a run “{header.id}” already")
                connection.execute(insert(runs), rows.run_row(header))
        except BaseException:
            self._let_go(header.id)
            raise

    def resume(self, run_id: str) -> frozenset[str]:
        """Goes on with an interrupted run: the ids of the portals that it already holds."""
        self._hold(run_id)
        try:
            with self.database.write() as connection:
                found = self._one(connection, run_id)
                if found.status != "running" and (found.status, found.reason) != ("partial", INTERRUPTED):
                    raise _closed(run_id)
                values = {"status": "running", "reason": None, "finished_at": None}
                connection.execute(update(runs).where(runs.c.id == run_id).values(values))
                asked = select(portal_runs.c.portal_id).where(portal_runs.c.run_id == run_id)
                return frozenset(connection.scalars(asked))
        except BaseException:
            self._let_go(run_id)
            raise

    def save(self, run_id: str, result: PortalRun) -> None:
        """Stores a portal's result in one transaction; until it ends, the portal is not there.

        A portal saved twice is replaced. Raises UnknownRun, RunClosed, DatabaseUnusable.
        """
        packed = rows.pack_result(run_id, result, datetime.now(UTC))  # before the lock is taken: others may write
        seen = rows.pack_pages(run_id, result)
        with self.database.write() as connection:
            self._must_run(connection, run_id)
            here = (portal_runs.c.run_id == run_id) & (portal_runs.c.portal_id == result.portal.id)
            connection.execute(delete(portal_runs).where(here))
            self._keep(connection, packed.shared | seen.facts)
            connection.execute(insert(portal_runs), packed.portal_run)
            if seen.views:
                connection.execute(insert(pages), seen.views)
            if packed.verdicts:
                connection.execute(insert(verdicts), packed.verdicts)

    def rejudge(self, run_id: str, results: Iterable[PortalRun]) -> None:
        """The closing step: replaces surroundings, judgements and score of these portals, in one transaction.
        They may come one after another; nothing else of them is looked at."""
        with self.database.write() as connection:
            self._must_run(connection, run_id)
            for result in results:
                packed = rows.pack_result(run_id, result, datetime.now(UTC))
                here = (portal_runs.c.run_id == run_id) & (portal_runs.c.portal_id == result.portal.id)
                values = {name: packed.portal_run[name] for name in rows.JUDGED}
                self._keep(connection, packed.shared)
                if not connection.execute(update(portal_runs).where(here).values(values)).rowcount:
                    raise ArchiveError(
                        f"Lần kiểm tra “{run_id}” không có cổng “{result.portal.id}”"
                        f" / The run “{run_id}” holds no portal “{result.portal.id}”"
                    )
                mine = (verdicts.c.run_id == run_id) & (verdicts.c.portal_id == result.portal.id)
                connection.execute(delete(verdicts).where(mine))
                if packed.verdicts:
                    connection.execute(insert(verdicts), packed.verdicts)

    def close_run(self, run_id: str, *, status: RunStatus, finished_at: datetime, reason: str | None) -> None:
        """Ends a run; nothing is added to it afterwards."""
        with self.database.write() as connection:
            self._must_run(connection, run_id)
            values = {"status": status, "finished_at": finished_at, "reason": reason}
            connection.execute(update(runs).where(runs.c.id == run_id).values(values))
        self._let_go(run_id)

    def recover(self) -> int:
        """Closes runs of dead processes as ``partial`` (reason ``interrupted``): how many there were.

        Only on SQLite, where a lock file beside the database tells who lives; a shared queue knows better.
        """
        if self.database.path is None:
            return 0
        with self.database.read() as connection:
            open_runs = list(connection.scalars(select(runs.c.id).where(runs.c.status == "running")))
        closed = 0
        for run_id in open_runs:
            lock_file = self._lock_file(run_id)
            with told(self.database.name):
                descriptor = hold(lock_file)
            if descriptor is None:
                continue
            try:
                last = select(func.max(portal_runs.c.finished_at)).where(portal_runs.c.run_id == run_id)
                with self.database.write() as connection:
                    ended = {"finished_at": connection.scalar(last) or datetime.now(UTC)}
                    left = (runs.c.id == run_id) & (runs.c.status == "running")
                    ended_how = update(runs).where(left).values(status="partial", reason=INTERRUPTED, **ended)
                    closed += connection.execute(ended_how).rowcount
            finally:
                release(lock_file, descriptor)
        return closed

    # --- reading ----------------------------------------------------------------------------------------

    def run_id(self, asked: str) -> str:
        """The id of a run as asked for: an id, or ``latest`` for the newest finished run. Raises UnknownRun."""
        with self.database.read() as connection:
            if asked != "latest":
                return str(self._one(connection, asked).id)
            newest = select(runs.c.id).where(runs.c.status.in_(_FINISHED))
            found = connection.scalar(newest.order_by(runs.c.finished_at.desc(), runs.c.id.desc()).limit(1))
        if found is None:
            raise UnknownRun("Chưa có lần kiểm tra nào kết thúc / No run has finished yet")
        return str(found)

    def runs(self) -> list[Run]:
        """Every run, newest first, without its portals."""
        with self.database.read() as connection:
            found = connection.execute(select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()))
            return [rows.read_run(row, ()) for row in found]

    def run(self, run_id: str, *, pages: bool = False) -> Run:
        """A run with its portals (see ``portals``). Raises UnknownRun."""
        with self.database.read() as connection:
            row = self._one(connection, run_id)
        return rows.read_run(row, tuple(self.portals(run_id, pages=pages)))

    def portals(
        self, run_id: str, *, pages: bool = False, only: Sequence[str] | None = None
    ) -> Iterator[PortalRun]:
        """The portals of a run one after another, in the order of their ids; a whole night does not fit in memory.

        Without ``pages`` a view holds its address, moment, digest, manner and status, and no facts.
        ``only`` names the portals wanted. Raises UnknownRun.
        """
        with self.database.read() as connection:
            self._one(connection, run_id)
            asked = select(portal_runs.c.portal_id).where(portal_runs.c.run_id == run_id)
            ids = sorted(found for found in connection.scalars(asked) if only is None or found in only)
        at_once = 1 if pages else 100
        shared = rows.Shared()
        for start in range(0, len(ids), at_once):
            with self.database.read() as connection:
                batch = self._batch(connection, run_id, ids[start : start + at_once], pages, shared)
            yield from batch

    def history(self, portal_id: str) -> list[PastVerdict]:
        """What earlier finished runs said of a portal, newest last; neither re-judged nor quarantined runs."""
        counted = runs.c.status.in_(("complete", "partial")) & (runs.c.kind != "judge")
        asked = (
            select(
                runs.c.id,
                runs.c.kind,
                runs.c.day,
                verdicts.c.seen_at,
                verdicts.c.rule,
                verdicts.c.outcome,
                verdicts.c.reason,
            )
            .join(runs, runs.c.id == verdicts.c.run_id)
            .where(verdicts.c.portal_id == portal_id, counted)
            .order_by(runs.c.started_at, runs.c.id, verdicts.c.rule)
        )
        with self.database.read() as connection:
            return [PastVerdict(*row) for row in connection.execute(asked)]

    # --- inside -----------------------------------------------------------------------------------------

    def _one(self, connection: Connection, run_id: str) -> rows.StoredRow:
        row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise UnknownRun(f"Không có lần kiểm tra “{run_id}” / There is no run “{run_id}”")
        return row

    def _must_run(self, connection: Connection, run_id: str) -> None:
        if self._one(connection, run_id).status != "running":
            raise _closed(run_id)

    def _keep(self, connection: Connection, blobs: dict[str, bytes]) -> None:
        """Stores the facts that are not there yet; only those are deflated."""
        asked = list(blobs)
        there: set[str] = set()
        for start in range(0, len(asked), _AT_ONCE):
            part = asked[start : start + _AT_ONCE]
            there.update(connection.scalars(select(facts.c.sha256).where(facts.c.sha256.in_(part))))
        fresh = [{"sha256": key, "body": deflate(data)} for key, data in blobs.items() if key not in there]
        if fresh:
            make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            connection.execute(make(facts).on_conflict_do_nothing(), fresh)

    def _batch(
        self, connection: Connection, run_id: str, ids: list[str], whole: bool, shared: rows.Shared
    ) -> list[PortalRun]:
        here = (portal_runs.c.run_id == run_id) & portal_runs.c.portal_id.in_(ids)
        found = connection.execute(select(portal_runs).where(here)).all()
        missing = shared.missing(sha for row in found for sha in (row.bodies_sha, row.answered_sha))
        for sha, body in connection.execute(select(facts).where(facts.c.sha256.in_(missing))):
            shared.add(sha, body)
        views: Select[Any] = select(pages)
        if whole:
            views = select(pages, facts.c.body).outerjoin(facts, pages.c.facts_sha == facts.c.sha256)
        mine = (pages.c.run_id == run_id) & pages.c.portal_id.in_(ids)
        seen: dict[str, list[rows.StoredRow]] = {portal_id: [] for portal_id in ids}
        for view in connection.execute(views.where(mine).order_by(pages.c.portal_id, pages.c.position)):
            seen[view.portal_id].append(view)
        by_id = {row.portal_id: row for row in found}
        return [rows.read_portal_run(by_id[each], seen[each], shared) for each in ids if each in by_id]

    def _lock_file(self, run_id: str) -> Path:
        path = self.database.path or Path()
        return path.with_name(f"{path.name}.{safe_name(run_id)}.running")

    def _hold(self, run_id: str) -> None:
        if self.database.path is None:
            return
        with told(self.database.name):
            descriptor = hold(self._lock_file(run_id))
        if descriptor is None:
            raise RunClosed(f"Lần kiểm tra “{run_id}” đang chạy / The run “{run_id}” is going on")
        self._alive[run_id] = descriptor

    def _let_go(self, run_id: str) -> None:
        descriptor = self._alive.pop(run_id, None)
        if descriptor is not None:
            release(self._lock_file(run_id), descriptor)


def _closed(run_id: str) -> RunClosed:
    return RunClosed(f"Lần kiểm tra “{run_id}” đã kết thúc / The run “{run_id}” is closed")
