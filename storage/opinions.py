"""What people said of findings: waivers, verdicts of persons who looked, answers of agencies.

Each is a record of its own beside the verdict it is about. None is ever changed or removed: one that no longer
holds is withdrawn, by name and with a reason, and stays readable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import Table, insert, select, update

from storage.database import ArchiveError, Database
from storage.tables import manual_verdicts, portal_runs, replies, waivers

ReplyKind = Literal["agree", "fixed", "dispute"]


class UnknownOpinion(ArchiveError):
    """There is no record of that id."""


class AlreadyWithdrawn(ArchiveError):
    """The record was withdrawn before."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that is excused from ``valid_from`` to ``valid_to``, both days included, by a document.

    ``stands_on`` is the digest of what the verdict of run ``run_id`` stood on: a waiver speaks of that alone."""

    id: str
    portal_id: str
    rule: str
    reason: str
    document_no: str
    author: str
    valid_from: date
    valid_to: date
    run_id: str
    stands_on: str
    made_at: datetime
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class ManualVerdict:
    """What a person saw on the day ``seen_on``, and how the rule comes out by it. ``document_no`` may be empty."""

    id: str
    portal_id: str
    rule: str
    outcome: Literal["passed", "failed", "cantTell", "inapplicable"]
    seen: str
    author: str
    seen_on: date
    document_no: str
    made_at: datetime
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An agency's answer to a finding of run ``run_id`` (empty where its file did not say), as it came in ``file``
    at ``line``. ``reply_by`` is the day the file says an answer was due."""

    portal_id: str
    rule: str
    run_id: str
    reply: ReplyKind
    note: str
    document_no: str
    reply_by: date | None
    taken_by: str
    taken_at: datetime
    file: str
    line: int

    @property
    def id(self) -> str:
        """The same answer to the same run's finding has the same id, whoever hands it in, and when."""
        told = (self.portal_id, self.rule, self.run_id, self.reply, self.note, self.document_no)
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


Withdrawable = TypeVar("Withdrawable", Waiver, ManualVerdict)
_TABLES: dict[type, Table] = {Waiver: waivers, ManualVerdict: manual_verdicts}


class Opinions:
    """The door to them. Raises DatabaseUnusable wherever the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, record: Waiver | ManualVerdict) -> None:
        values = {name: value for name, value in asdict(record).items() if name != "withdrawn"}
        with self._database.write() as connection:
            connection.execute(insert(_TABLES[type(record)]), values)

    def withdraw(self, kind: type[Withdrawable], record_id: str, withdrawal: Withdrawal) -> Withdrawable:
        """The record as it now stands. Raises UnknownOpinion, AlreadyWithdrawn."""
        table = _TABLES[kind]
        values = {
            "withdrawn_at": withdrawal.at,
            "withdrawn_by": withdrawal.by,
            "withdrawn_why": withdrawal.why,
        }
        with self._database.write() as connection:
            row = connection.execute(select(table).where(table.c.id == record_id)).one_or_none()
            if row is None:
                raise UnknownOpinion(f"Không có mã “{record_id}” / There is none with the id “{record_id}”")
            if row.withdrawn_at is not None:
                raise AlreadyWithdrawn(
                    f"“{record_id}” đã được {row.withdrawn_by} rút lại trước đó"
                    f" / “{record_id}” was withdrawn by {row.withdrawn_by} before"
                )
            connection.execute(update(table).where(table.c.id == record_id).values(values))
            return _read(kind, connection.execute(select(table).where(table.c.id == record_id)).one())

    def waivers(self, portal_ids: Sequence[str] | None = None) -> list[Waiver]:
        """Every waiver, withdrawn ones too, or those of some portals; oldest first."""
        return self._all(Waiver, waivers, portal_ids)

    def manual_verdicts(self, portal_ids: Sequence[str] | None = None) -> list[ManualVerdict]:
        """Every verdict of a person, withdrawn ones too, or those of some portals; oldest first."""
        return self._all(ManualVerdict, manual_verdicts, portal_ids)

    def take(self, answers: Iterable[Reply]) -> int:
        """Keeps answers, in one transaction: how many of them were not there before."""
        fresh = {answer.id: answer for answer in answers}
        with self._database.write() as connection:
            there = set(connection.scalars(select(replies.c.id)))
            rows = [{"id": key, **asdict(answer)} for key, answer in fresh.items() if key not in there]
            if rows:
                connection.execute(insert(replies), rows)
            return len(rows)

    def replies(self, portal_ids: Sequence[str] | None = None) -> list[Reply]:
        """Every answer, or those about some portals; oldest first."""
        with self._database.read() as connection:
            found = connection.execute(select(replies).order_by(replies.c.taken_at, replies.c.file, replies.c.line))
            names = [field.name for field in fields(Reply)]
            told = [Reply(**{name: getattr(row, name) for name in names}) for row in found]
        return told if portal_ids is None else [one for one in told if one.portal_id in set(portal_ids)]

    def portal_ids(self) -> list[str]:
        """Every portal that the archive holds a result of."""
        with self._database.read() as connection:
            return sorted(connection.scalars(select(portal_runs.c.portal_id).distinct()))

    def _all(self, kind: type[Withdrawable], table: Table, portal_ids: Sequence[str] | None) -> list[Withdrawable]:
        with self._database.read() as connection:
            found = connection.execute(select(table).order_by(table.c.made_at, table.c.id))
            told = [_read(kind, row) for row in found]
        return told if portal_ids is None else [one for one in told if one.portal_id in set(portal_ids)]


def _read(kind: type[Withdrawable], row: Any) -> Withdrawable:
    names = [field.name for field in fields(kind) if field.name != "withdrawn"]
    taken_back = row.withdrawn_at and Withdrawal(row.withdrawn_at, row.withdrawn_by, row.withdrawn_why)
    return kind(**{name: getattr(row, name) for name in names}, withdrawn=taken_back)
