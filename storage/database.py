"""Opens a database: whose it is, of which version, and one clear sentence for whatever is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from storage.tables import REVISION

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""


class ArchiveError(Exception):
    """Something about the archive that a person must know; the message is one sentence, "tiếng Việt / English"."""


class DatabaseUnusable(ArchiveError):
    """It cannot be opened, read or written: no database, read-only, disk full, locked, damaged."""


class DatabaseTooNew(ArchiveError):
    """A newer program wrote it; nothing was touched."""


_CAUSES = (
    ("locked", "đang bị một chương trình khác giữ", "is held by another program"),
    ("full", "không ghi được vì hết chỗ trên đĩa", "cannot be written: the disk is full"),
    ("readonly", "không ghi được vì chỉ cho đọc", "cannot be written: it is read-only"),
    ("unable to open", "không mở được", "cannot be opened"),
    ("not a database", "không phải là cơ sở dữ liệu SQLite", "is no SQLite database"),
    ("malformed", "đã bị hỏng", "is damaged"),
)


def unusable(where: str, cause: BaseException | str) -> DatabaseUnusable:
    """The sentence for what a database driver or the file system said."""
    said = " ".join(str(getattr(cause, "orig", None) or cause).split())[:300]
    for mark, vi, en in _CAUSES:
        if mark in said:
            return DatabaseUnusable(f"Cơ sở dữ liệu {where} {vi} / The database {where} {en}")
    return DatabaseUnusable(
        f"Không dùng được cơ sở dữ liệu {where}: {said} / The database {where} cannot be used: {said}"
    )


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turns what drivers and the file system raise into DatabaseUnusable, the cause chained."""
    try:
        yield
    except IntegrityError:
        raise
    except (DatabaseError, sqlite3.DatabaseError, OSError) as error:
        raise unusable(where, error) from error


def place(url: str | Path) -> tuple[URL, Path | None]:
    """The address of a database, and its file where it is a SQLite file."""
    if isinstance(url, str) and "://" in url:
        try:
            asked = make_url(url)
        except ArgumentError as error:
            raise unusable(url, "địa chỉ sai / a bad address") from error
        in_file = asked.get_backend_name() == "sqlite" and asked.database not in (None, "", ":memory:")
        return asked, Path(str(asked.database)) if in_file else None
    path = Path(url)
    return URL.create("sqlite", database=str(path)), path


def name_of(address: URL) -> str:
    """How messages name a database: its file, or its address without the password."""
    if address.get_backend_name() == "sqlite" and address.database:
        return address.database
    return address.render_as_string(hide_password=True)


def engine(url: URL, *, upgrading: bool = False) -> Engine:
    """An engine for the address. While ``upgrading``, SQLite's foreign keys are off: a table that is rebuilt
    would else take its children with it."""
    try:
        made = create_engine(url, hide_parameters=True)
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
    """An open database: ``name`` is how messages call it, ``path`` its file where it is a SQLite file."""

    def __init__(self, engine: Engine, path: Path | None) -> None:
        self._reading = engine
        self._writing = engine.execution_options(writes=True)
        self.name = name_of(engine.url)
        self.path = path

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

    def dispose(self) -> None:
        self._reading.dispose()


def open_database(url: str | Path, *, create: bool) -> Database:
    """A database of this program's version. A SQLite file is made, or copied and upgraded, where need be.

    Raises DatabaseUnusable or DatabaseTooNew; the file is then as it was.
    """
    address, path = place(url)
    where = name_of(address)
    with told(where):
        revision = _revision(address) if path is None else _file_revision(path, create)
        if revision != REVISION:
            if revision is not None and revision not in _known_revisions():
                raise DatabaseTooNew(
                    f"Cơ sở dữ liệu {where} do phiên bản mới hơn của chương trình tạo ra, hãy nâng cấp chương trình"
                    f" / The database {where} belongs to a newer version of the program: upgrade the program"
                )
            if address.get_backend_name() != "sqlite":
                raise DatabaseUnusable(
                    f"Cơ sở dữ liệu {where} cần được nâng cấp trước bằng lệnh audit db upgrade"
                    f" / The database {where} has to be upgraded first: audit db upgrade"
                )
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
