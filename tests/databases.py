"""Databases for tests: a SQLite file and, where its programs are, a PostgreSQL of our own, thrown away at the end.

AUDIT_TEST_POSTGRES names a server to use instead; its user has to be allowed to make databases.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from storage.database import place, upgrade

_NUMBERS = count(1)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server; ``process`` and ``folder`` where it is ours. ``template`` has the program's tables."""

    url: URL
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def template(self) -> str:
        return f"audit_template_{os.getpid()}"

    def make(self, *, empty: bool = False) -> str:
        """A new database with the tables of the program, or without any: its address."""
        name = f"audit_test_{os.getpid()}_{next(_NUMBERS)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else self.template}")
        return self.address(name)

    def drop(self, url: str) -> None:
        self._say(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def address(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def make_template(self) -> None:
        self._say(f"CREATE DATABASE {self.template} TEMPLATE template0")
        upgrade(self.address(self.template))

    def drop_template(self) -> None:
        self.drop(self.address(self.template))

    def _say(self, statement: str) -> None:
        engine = create_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server for a while. Skips the test where there is none; one that does not start is an error."""
    if asked := os.environ.get("AUDIT_TEST_POSTGRES"):
        server = Server(place(asked)[0])
        server.make_template()
        try:
            yield server
        finally:
            server.drop_template()
        return
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are not installed, and AUDIT_TEST_POSTGRES names no server")
    with cluster(programs) as server:
        server.make_template()
        yield server


def find_programs() -> Path | None:
    """The folder of initdb and postgres. Debian keeps them off the PATH, one folder for each version."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextmanager
def cluster(programs: Path) -> Iterator[Server]:
    """A server of our own, reached by a socket in a folder that goes with it."""
    user = _who()
    folder = Path(tempfile.mkdtemp(prefix="audit-pg-", dir="/tmp"))  # a socket's path has to be short
    try:
        if user:
            shutil.chown(folder, user)
        options = ["-U", "audit", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        made = _spawn([programs / "initdb", "-D", folder / "data", *options], folder, user)
        if made.wait(120):
            raise RuntimeError(f"initdb fails: {(folder / 'log').read_text()}")
        with started(programs, folder) as process:
            yield Server(_address(folder), folder, process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def started(programs: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The server of a cluster, up and answering, for a while."""
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "60"}
    settings |= dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit", "autovacuum"), "off")
    asked: list[str | Path] = [programs / "postgres", "-D", folder / "data"]
    for name, value in settings.items():
        asked += ["-c", f"{name}={value}"]
    process = _spawn(asked, folder, _who())
    try:
        _wait(process, folder)
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # ends its connections, then itself
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _spawn(command: list[str | Path], folder: Path, user: str | None) -> subprocess.Popen[bytes]:
    groups = [] if user else None
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            command, stdout=log, stderr=log, cwd=folder, user=user, group=user and _group(user), extra_groups=groups
        )


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    engine = create_engine(_address(folder), poolclass=NullPool)
    until = monotonic() + 60
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if process.poll() is not None or monotonic() > until:
                raise RuntimeError(f"PostgreSQL does not start: {(folder / 'log').read_text()}") from None
            sleep(0.05)
        else:
            return


def _address(folder: Path) -> URL:
    return URL.create("postgresql+psycopg", "audit", database="postgres", query={"host": str(folder)})


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def _who() -> str | None:
    """The server refuses root: another user's name, or None where we are no root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
