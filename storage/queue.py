"""The shared queue as the database holds it: procrastinate's tables (docs/decisions/0017-queue.md), on PostgreSQL.

Jobs are put here in the transaction to which they belong, and a worker's result is stored only while its job is
still its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from importlib.util import find_spec

from sqlalchemy import Connection, text

from storage.database import Database, unusable


@dataclass(frozen=True, slots=True)
class Errand:
    """A job to be put on the queue. No two with the same ``lock`` run at once; higher ``priority`` is taken first;
    ``args`` are JSON; nothing is taken before ``after``."""

    task: str
    queue: str
    args: Mapping[str, str | bool]
    lock: str | None = None
    priority: int = 0
    after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """One taking of a job: ``attempts`` grows with every return to the queue, so nobody else has the same."""

    job_id: int
    attempts: int

    def is_ours(self, connection: Connection) -> bool:
        """Whether the job was not given to another meanwhile; it cannot be, until the transaction ends. A process
        that is held up in the middle of it holds the others up no longer than a minute."""
        connection.execute(_PATIENCE)
        values = {"id": self.job_id, "attempts": self.attempts}
        return connection.execute(_HELD, values).one_or_none() is not None


class Queue:
    """Every method raises DatabaseUnusable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, several: Iterable[Errand]) -> None:
        with self._database.write() as connection:
            put(connection, several)

    def left(self, task: str, run_id: str) -> int:
        """How many jobs of a task that belong to a night wait or are under way."""
        with self._database.read() as connection:
            return int(connection.scalar(_LEFT, {"task": task, "run": run_id}) or 0)

    def drop(self, run_id: str) -> None:
        """Takes a night's jobs that wait off the queue."""
        with self._database.write() as connection:
            connection.execute(_DROP, {"run": run_id})

    def nights(self, task: str) -> list[str]:
        """The nights for which a job of that task waits or is under way."""
        with self._database.read() as connection:
            return list(connection.scalars(_NIGHTS, {"task": task}))


def put(connection: Connection, several: Iterable[Errand]) -> None:
    """Puts jobs on the queue: there when the transaction ends, or not at all."""
    for errand in several:
        values = {
            "queue": errand.queue,
            "task": errand.task,
            "priority": errand.priority,
            "lock": errand.lock,
            "args": json.dumps(dict(errand.args)),
            "after": errand.after,
        }
        connection.execute(_PUT, values)


def make_tables(connection: Connection) -> None:
    """Procrastinate's tables, as the installed version wants them; its version is written on them. A later
    version's changes are brought in by a migration of ours (docs/decisions/0017-queue.md)."""
    if find_spec("procrastinate") is None:
        raise unusable("PostgreSQL", "No module named 'procrastinate'")
    from importlib.metadata import version

    schema = (resources.files("procrastinate.sql") / "schema.sql").read_text("utf-8")
    # The driver's own cursor: only without parameters may several statements come at once.
    cursor = connection.connection.cursor()
    try:
        cursor.execute(schema)
        cursor.execute(f"COMMENT ON TABLE procrastinate_jobs IS 'procrastinate {version('procrastinate')}'")
    finally:
        cursor.close()


_OPEN = "status IN ('todo', 'doing')"
_PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '60s'")
_HELD = text(
    "SELECT id FROM procrastinate_jobs WHERE id = :id AND attempts = :attempts AND status = 'doing' FOR UPDATE"
)
_LEFT = text(
    f"SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND args->>'run' = :run AND {_OPEN}"  # noqa: S608
)
_DROP = text(
    "SELECT procrastinate_cancel_job_v1(id, FALSE, FALSE) FROM procrastinate_jobs"
    " WHERE args->>'run' = :run AND status = 'todo'"
)
_NIGHTS = text(
    f"SELECT DISTINCT args->>'run' FROM procrastinate_jobs WHERE task_name = :task AND {_OPEN}"  # noqa: S608
)
_PUT = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, :lock, NULL, CAST(:args AS jsonb),"
    " CAST(:after AS timestamptz))]::procrastinate_job_to_defer_v1[])"
)
