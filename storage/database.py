"""Opens a database: whose it is, of which version, and one clear sentence for whatever is wrong with it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from storage.faults import ArchiveError, DatabaseTooNew, DatabaseUnusable, name_of, passes, told, unusable
from storage.tables import REVISION

__all__ = [
    "ArchiveError",
    "Database",
    "DatabaseTooNew",
    "DatabaseUnusable",
    "open_database",
    "place",
    "told",
    "unusable",
    "upgrade",
]

log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY_SECONDS = 30
"""How long a writer of a SQLite file waits for another one before it gives up."""
PATIENCE = 60.0
"""Seconds for which a server that went away is asked again."""


def place(url: str | Path) -> tuple[URL, Path | None]:
    """The address of a database, and its file where it is a SQLite file."""
    if isinstance(url, str) and "://" in url:
        try:
            asked = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise unusable(url, "địa chỉ sai / a bad address") from error
        if asked.drivername in ("postgres", "postgresql"):
            asked = asked.set(drivername="postgresql+psycopg")
        in_file = asked.get_backend_name() == "sqlite" and asked.database not in (None, "", ":memory:")
        return asked, Path(str(asked.database)) if in_file else None
    path = Path(url)
    return URL.create("sqlite", database=str(path)), path


def engine(url: URL, *, upgrading: bool = False) -> Engine:
    """An engine for the address. While ``upgrading``, SQLite's foreign keys are off: a table that is rebuilt
    would else take its children with it."""
    options: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        # A server that is gone without a word is noticed within two minutes; the system would wait for two hours.
        noticed = {"keepalives_idle": 30, "keepalives_interval": 10}
        asked_of_server = {"connect_timeout": 10, "application_name": "audit", **noticed}
        options = {"pool_pre_ping": True, "connect_args": asked_of_server}
    try:
        made = create_engine(url, hide_parameters=True, **options)
    except (ArgumentError, ImportError, NoSuchModuleError) as error:
        raise unusable(name_of(url), error) from error
    if url.get_backend_name() == "sqlite":

        @event.listens_for(made, "connect")
        def _(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None  # transactions are begun below, not by the driver's guess
            connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA foreign_keys = {'OFF' if upgrading else 'ON'}")

        @event.listens_for(made, "begin")
        def _(connection: Connection) -> None:
            # A writer asks for the lock at once: a reader that becomes a writer is refused without waiting.
            writes = upgrading or connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return made


class Database:
    """An open database: ``name`` is how messages call it, ``path`` its file where it is a SQLite file, ``address``
    where another process can open it, password and all; None where it lives in this one."""

    def __init__(self, engine: Engine, path: Path | None) -> None:
        self._reading = engine
        self._writing = engine.execution_options(writes=True)
        self.name = name_of(engine.url)
        self.kind = engine.dialect.name
        self.path = path
        in_memory = path is None and self.kind == "sqlite"
        self.address = None if in_memory else engine.url.render_as_string(hide_password=False)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write: all of it or nothing. Raises DatabaseUnusable."""
        with told(self.name), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read by. Raises DatabaseUnusable."""
        with told(self.name), self._reading.connect() as connection:
            yield connection

    def transact(self, work: Callable[[Connection], T], *, first: Callable[[], None] | None = None) -> T:
        """``work`` in one transaction, and once more from its beginning, for up to PATIENCE seconds, where the
        server went away or another writer came in between; ``first`` is called before each try. ``work`` has to do
        the same the second time, also where the first was stored and only its receipt was lost.

        Raises DatabaseUnusable.
        """
        until = monotonic() + PATIENCE
        pause = 0.05
        while True:
            try:
                if first is not None:
                    first()
                with told(self.name), self._writing.begin() as connection:
                    return work(connection)
            except (DatabaseUnusable, IntegrityError) as error:
                cause = error.__cause__ if isinstance(error, DatabaseUnusable) else error
                if not isinstance(cause, DBAPIError) or not passes(cause) or monotonic() + pause > until:
                    raise
                log.warning("the database is away or held, tried again in %.2f s: %s", pause, cause.orig)
            sleep(pause)
            pause = min(pause * 2, 5.0)

    def own_connection(self) -> Connection:
        """A connection that is nobody else's, each of its statements a transaction. Raises DatabaseUnusable."""
        with told(self.name):
            connection = self._reading.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            return connection

    def dispose(self) -> None:
        self._reading.dispose()


def open_database(url: str | Path, *, create: bool) -> Database:
    """A database of this program's version. A SQLite file is made, or copied and upgraded, where need be.

    Raises DatabaseUnusable or DatabaseTooNew; the file is then as it was.
    """
    address, path = place(url)
    where = name_of(address)
    with told(where):
        revision = revision_of(url, create=create)
        if revision != REVISION:
            refuse_newer(where, revision)
            if address.get_backend_name() != "sqlite":
                raise _too_old(where)
            if path is not None and revision is not None:
                _copy_aside(path, revision)
            elif path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            if address.database not in (None, "", ":memory:"):
                upgrade(address)
        made = engine(address)
        if path is None and address.get_backend_name() == "sqlite":
            _upgrade(made)  # a database in memory lives in its one connection
        with made.connect():
            pass
    return Database(made, path)


def database_at(url: str | Path) -> Database:
    """A database that is there and of this program's version; nothing is made or upgraded.

    Raises DatabaseUnusable, DatabaseTooNew."""
    address, path = place(url)
    revision = revision_of(url)
    if revision != REVISION:
        refuse_newer(name_of(address), revision)
        raise _too_old(name_of(address))
    return Database(engine(address), path)


def revision_of(url: str | Path, *, create: bool = False) -> str | None:
    """The revision of a database, None for one without tables; one that is not there is no fault where it may be
    made. Raises DatabaseUnusable."""
    address, path = place(url)
    with told(name_of(address)):
        return _revision(address) if path is None else _file_revision(path, create)


def refuse_newer(where: str, revision: str | None) -> None:
    """Raises DatabaseTooNew for a revision that this program does not know."""
    if revision is not None and revision not in _known_revisions():
        raise DatabaseTooNew(
            f"Cơ sở dữ liệu {where} do phiên bản mới hơn của chương trình tạo ra, hãy nâng cấp chương trình"
            f" / The database {where} belongs to a newer version of the program: upgrade the program"
        )


def _too_old(where: str) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"Cơ sở dữ liệu {where} cần được nâng cấp trước bằng lệnh audit db upgrade"
        f" / The database {where} has to be upgraded first: audit db upgrade"
    )


def upgrade(url: str | Path | URL) -> None:
    """Brings a database to the newest schema, in one transaction (``audit db upgrade``)."""
    address = url if isinstance(url, URL) else place(url)[0]
    made = engine(address, upgrading=True)
    try:
        with told(name_of(address)):
            _upgrade(made)
    finally:
        made.dispose()


def _upgrade(made: Engine) -> None:
    from alembic import command

    config = _config()
    with made.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":  # two upgrades at once: the second finds nothing to do
            connection.execute(text("SELECT pg_advisory_xact_lock(222023, -1)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _file_revision(path: Path, create: bool) -> str | None:
    """The revision of a SQLite file, read without touching it; None for one that is new or empty."""
    if not path.exists():
        if not create:
            raise DatabaseUnusable(f"Không có cơ sở dữ liệu {path} / There is no database {path}")
        return None
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not names:
            return None
        if "alembic_version" not in names or "portal_runs" not in names:
            raise DatabaseUnusable(
                f"Tệp {path} là cơ sở dữ liệu của một chương trình khác / {path} is another program's database"
            )
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def _revision(address: URL) -> str | None:
    if address.get_backend_name() == "sqlite":
        return None
    from alembic.migration import MigrationContext

    made = engine(address)
    try:
        with made.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        made.dispose()


def _copy_aside(path: Path, revision: str) -> None:
    """Copies what is committed (write-ahead log included) to ``<name>.<revision>.bak`` beside the file."""
    copy = path.with_name(f"{path.name}.{revision}.bak")
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
    part.replace(copy)
