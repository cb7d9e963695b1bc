"""What an operator does with a whole database: look at it, bring it to the newest schema, move it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text

from storage.database import (
    Database,
    database_at,
    engine,
    open_database,
    place,
    refuse_newer,
    revision_of,
    upgrade,
)
from storage.faults import ArchiveError, DatabaseUnusable, name_of, told
from storage.tables import REVISION, metadata, portal_runs, runs

_AT_ONCE = 500  # rows read and written in one go: some hold whole documents


class NotEmpty(ArchiveError):
    """A database is only copied into one that holds nothing."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """``bytes`` is what the table and its indexes take, None where the database does not tell."""

    name: str
    rows: int
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Described:
    """A database as it is. ``revision`` is that of its schema, None where it has no tables of the program; the
    numbers of runs, of days of nightly runs and of portals are None where the schema is another one than ours."""

    kind: str
    name: str
    revision: str | None
    newest: str
    bytes: int | None
    tables: tuple[TableSize, ...] = ()
    runs: int | None = None
    nights: int | None = None
    portals: int | None = None
    first_day: date | None = None
    last_day: date | None = None


def describe(url: str | Path) -> Described:
    """Looks, and changes nothing. Raises DatabaseUnusable."""
    address, path = place(url)
    revision = revision_of(url)
    with told(name_of(address)):
        made = engine(address)
        try:
            with made.connect() as connection:
                return _described(connection, name_of(address), revision, path)
        finally:
            made.dispose()


def _described(connection: Connection, name: str, revision: str | None, path: Path | None) -> Described:
    kind = connection.dialect.name
    sizes = _sizes(connection, kind)
    tables = tuple(
        TableSize(table, connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0, sizes.get(table))  # noqa: S608
        for table in sorted(inspect(connection).get_table_names())
    )
    size = path.stat().st_size if path is not None else None
    if kind == "postgresql":
        size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    found = Described(kind, name, revision, REVISION, size, tables)
    if revision != REVISION:
        return found
    nightly = func.count(runs.c.day.distinct()).filter(runs.c.kind == "nightly")
    asked = select(func.count(), nightly, func.min(runs.c.day), func.max(runs.c.day))
    count, nights, first, last = connection.execute(asked).one()
    portals = connection.scalar(select(func.count(portal_runs.c.portal_id.distinct())))
    return Described(kind, name, revision, REVISION, size, tables, count, nights, portals, first, last)


def _sizes(connection: Connection, kind: str) -> dict[str, int]:
    if kind == "postgresql":
        asked = (
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
    elif connection.scalar(
        text("SELECT count(*) FROM pragma_compile_options WHERE compile_options LIKE '%DBSTAT%'")
    ):
        asked = (
            "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat AS s JOIN sqlite_master AS m ON m.name = s.name"
            " GROUP BY m.tbl_name"
        )
    else:
        return {}
    return {name: int(size) for name, size in connection.execute(text(asked))}


def bring_up(url: str | Path) -> tuple[str | None, str]:
    """Brings a database to the newest schema: the revisions before and after. A SQLite file is copied aside first,
    or made. Raises DatabaseUnusable, DatabaseTooNew."""
    before = revision_of(url, create=True)
    address, path = place(url)
    if before is not None:
        refuse_newer(name_of(address), before)
    if path is not None:
        open_database(url, create=True).dispose()
    else:
        upgrade(url)
    return before, REVISION


def copy(source: str | Path, target: str | Path, note: Callable[[str, int], None]) -> dict[str, int]:
    """Copies everything, in one transaction, into a database of the newest schema that holds nothing: the rows of
    each table. The source is read as it was at one moment and must be of the newest schema too. ``note`` is told
    each table and its rows. What the shared queue has to do is not copied.

    Raises NotEmpty, DatabaseUnusable, DatabaseTooNew.
    """
    here = database_at(source)
    try:
        there = open_database(target, create=True)
        try:
            return _copy(here, there, note)
        finally:
            there.dispose()
    finally:
        here.dispose()


def _copy(source: Database, target: Database, note: Callable[[str, int], None]) -> dict[str, int]:
    counts: dict[str, int] = {}
    with source.read() as reading, target.write() as writing:
        if source.kind == "postgresql":
            reading.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        full = [table.name for table in metadata.sorted_tables if writing.execute(select(table).limit(1)).first()]
        if full:
            raise NotEmpty(
                f"Cơ sở dữ liệu {target.name} đã có dữ liệu ({', '.join(full)}); nơi nhận bản sao phải trống"
                f" / The database {target.name} is not empty ({', '.join(full)}); a copy goes into an empty one"
            )
        for table in metadata.sorted_tables:
            counts[table.name] = _copy_table(table, reading, writing)
            note(table.name, counts[table.name])
        for name, count in counts.items():
            _agree(name, count, reading, writing)
    return counts


def _copy_table(table: Table, reading: Connection, writing: Connection) -> int:
    asked = select(table).order_by(*table.primary_key)  # a document comes after the one it is told by
    found = reading.execution_options(yield_per=_AT_ONCE).execute(asked)
    count = 0
    for part in found.mappings().partitions():
        rows: list[dict[str, Any]] = [dict(row) for row in part]
        writing.execute(insert(table), rows)
        count += len(rows)
    number = table.autoincrement_column
    if number is not None and writing.dialect.name == "postgresql" and count:
        last = select(func.max(number)).scalar_subquery()
        writing.execute(select(func.setval(func.pg_get_serial_sequence(table.name, number.name), last)))
    return count


def _agree(table: str, count: int, reading: Connection, writing: Connection) -> None:
    asked = select(func.count()).select_from(metadata.tables[table])
    if not count == reading.scalar(asked) == writing.scalar(asked):
        raise DatabaseUnusable(
            f"Số dòng của bảng {table} không khớp sau khi sao chép, chưa có gì được ghi"
            f" / The rows of the table {table} do not agree after the copy; nothing was written"
        )
