"""Which process is at which run: a lock that dies with its process, so that a run of a dead one is known.

Beside a SQLite file it is a lock file for each run. On PostgreSQL it is an advisory lock that a connection of its
own holds: the server lets go of it when the connection ends. (A pool between us and the server must not share that
connection: PgBouncer in session mode, or none.)
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, told
from storage.files import hold, release, safe_name

_NOTICED = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
"""A machine that lost its power says no goodbye: its locks are free a minute later."""
_LINGERS = 90.0
"""Seconds after which a lost connection is gone on the server's side too."""
_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_SHARE = text("SELECT pg_try_advisory_lock_shared(:key)")


class Alive(Protocol):
    """The runs this process is at."""

    def take(self, run_id: str) -> bool:
        """Takes a run; False where another process is at it, or this one already. Raises DatabaseUnusable."""

    def share(self, run_id: str) -> bool:
        """Takes a run beside others who share it; False where somebody took it for himself. Only a server can tell:
        elsewhere a run that is shared is taken. Raises DatabaseUnusable."""

    def leave(self, run_id: str) -> None: ...

    def renew(self) -> bool:
        """Before anything is stored: takes the runs again where the connection was lost; False where another
        process took one of them meanwhile. Raises DatabaseUnusable."""

    def close(self) -> None: ...


def alive_of(database: Database) -> Alive:
    if database.path is not None:
        return _Files(database, database.path)
    return _Locks(database) if database.kind == "postgresql" else _Alone()


class _Alone:
    """A database in memory: nobody else is there."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    def take(self, run_id: str) -> bool:
        fresh = run_id not in self._held
        self._held.add(run_id)
        return fresh

    def share(self, run_id: str) -> bool:
        return self.take(run_id)

    def leave(self, run_id: str) -> None:
        self._held.discard(run_id)

    def renew(self) -> bool:
        return True

    def close(self) -> None:
        self._held.clear()


class _Files:
    def __init__(self, database: Database, path: Path) -> None:
        self._name = database.name
        self._path = path
        self._held: dict[str, int] = {}

    def take(self, run_id: str) -> bool:
        with told(self._name):
            descriptor = hold(self._file(run_id))
        if descriptor is None:
            return False
        self._held[run_id] = descriptor
        return True

    def share(self, run_id: str) -> bool:
        return self.take(run_id)

    def leave(self, run_id: str) -> None:
        descriptor = self._held.pop(run_id, None)
        if descriptor is not None:
            release(self._file(run_id), descriptor)

    def renew(self) -> bool:
        return True

    def close(self) -> None:
        for run_id in list(self._held):
            self.leave(run_id)

    def _file(self, run_id: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{safe_name(run_id)}.running")


class _Locks:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, Connection] = {}
        self._shared: set[str] = set()
        self._turn = threading.RLock()  # a connection is one thread's at a time

    def take(self, run_id: str) -> bool:
        with self._turn:
            if run_id in self._held:
                return False
            connection = self._locked(run_id)
            if connection is not None:
                self._held[run_id] = connection
            return connection is not None

    def share(self, run_id: str) -> bool:
        if run_id in self._held:
            return True
        self._shared.add(run_id)
        taken = self.take(run_id)
        if not taken:
            self._shared.discard(run_id)
        return taken

    def leave(self, run_id: str) -> None:
        self._shared.discard(run_id)
        with self._turn:
            connection = self._held.pop(run_id, None)
            if connection is not None:
                with suppress(SQLAlchemyError):  # where the connection is lost, the server has let go
                    connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")  # at once: a close takes its time
                with suppress(SQLAlchemyError):
                    connection.close()

    def renew(self) -> bool:
        with self._turn:
            for run_id, connection in list(self._held.items()):
                try:
                    connection.exec_driver_sql("SELECT 1")
                except SQLAlchemyError:
                    fresh = self._locked_again(run_id)
                    if fresh is None:
                        return False
                    with suppress(SQLAlchemyError):
                        connection.close()
                    self._held[run_id] = fresh
        return True

    def _locked_again(self, run_id: str) -> Connection | None:
        """Where only the network was gone, the server holds our own lost connection for a while."""
        until = monotonic() + _LINGERS
        while (fresh := self._locked(run_id)) is None and monotonic() < until:
            sleep(1)
        return fresh

    def _locked(self, run_id: str) -> Connection | None:
        connection = self._database.own_connection()
        try:
            with told(self._database.name):
                connection.exec_driver_sql(_NOTICED)
                if connection.scalar(_SHARE if run_id in self._shared else _TAKE, {"key": _key(run_id)}):
                    return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None

    def close(self) -> None:
        for run_id in list(self._held):
            self.leave(run_id)


def _key(run_id: str) -> int:
    digest = hashlib.sha256(f"portal-auditor run {run_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
