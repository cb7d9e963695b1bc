"""The outbox: which letters went to whom, what the mail server said, and the very message that was handed over.

A body is told of a run or a round once. A letter is *sending* from just before its first byte to the server's
answer; where the process dies in between nobody knows whether it arrived, and it is never sent again by itself.
What was surely not taken (*waiting*) is tried again at the next call, what the server refused for good (*refused*)
only when the address is another one, or when a person says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import blobs
from storage.database import ArchiveError, Database
from storage.tables import deliveries, delivery_attempts, delivery_messages

DeliveryStatus = Literal["waiting", "sending", "sent", "refused", "unclear"]
Outcome = Literal["sent", "refused", "waiting", "unclear"]
GONE: frozenset[DeliveryStatus] = frozenset({"sent", "sending", "unclear"})
"""What has arrived, or may have: nothing of it is sent a second time."""

_read_told = msgspec.json.Decoder(dict[str, str]).decode


class DeliveryRefused(ArchiveError):
    """There is no such letter, or it is past what was asked of it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A letter. ``source`` is what it tells of (``run`` or ``round``), ``source_id`` its id, ``edition`` the state
    of a round (empty for a run) and ``as_of`` its moment. ``owner_id`` is the body whose package it is,
    ``agency_id`` the one it goes to. ``told`` are the findings in it: places (portal and rule) and what each stood
    on. ``address`` is empty and ``document_no`` filled where it went by the document axis; ``settled_by`` is who
    said so, or who found out what became of one that was not clear."""

    source: Literal["run", "round"]
    source_id: str
    edition: str
    as_of: datetime
    owner_id: str
    agency_id: str
    agency: str
    address: str
    subject: str
    told: Mapping[str, str]
    status: DeliveryStatus = "waiting"
    made_at: datetime | None = None
    changed_at: datetime | None = None
    document_no: str | None = None
    settled_by: str | None = None

    @property
    def id(self) -> str:
        return delivery_id(self.source, self.source_id, self.edition, self.owner_id, self.agency_id)


def delivery_id(source: str, source_id: str, edition: str, owner_id: str, agency_id: str) -> str:
    """The same for every call: a body has one letter of a run, and one of each edition of a round."""
    place = (source, source_id, edition, owner_id, agency_id)
    return hashlib.sha256("\n".join(place).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand a letter over; ``detail`` is what the mail server said, or why it was not reached."""

    at: datetime
    address: str
    outcome: Outcome
    detail: str


class Outbox:
    """The door to it. Raises DatabaseUnusable wherever the database does, DeliveryRefused as said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, letter: Delivery, message: bytes, now: datetime) -> bool:
        """Takes a letter to hand it over, keeping the message first; False where it went out before, or another
        process is at it, or its address was refused."""
        with self._database.write() as connection:
            before = self._put(connection, letter, now)
            if before.status in GONE or (before.status == "refused" and before.address == letter.address):
                return False
            self._set(connection, letter, "sending", now)
            _keep_message(connection, letter.id, message)
        return True

    def record(self, letter: Delivery, outcome: Outcome, detail: str, at: datetime) -> None:
        """Writes down what came of a try, whether or not the letter was claimed for it."""

        def work(connection: Connection) -> None:
            before = self._put(connection, letter, at)
            mine = delivery_attempts.c.delivery_id == letter.id
            if connection.scalar(select(delivery_attempts.c.nth).where(mine, delivery_attempts.c.at == at)) is None:
                nth = (connection.scalar(select(func.max(delivery_attempts.c.nth)).where(mine)) or 0) + 1
                told = {"at": at, "address": letter.address, "outcome": outcome, "detail": detail}
                connection.execute(insert(delivery_attempts), {"delivery_id": letter.id, "nth": nth, **told})
            if before.status not in GONE or before.status == "sending":
                self._set(connection, letter, outcome, at)

        self._database.transact(work)

    def settle(
        self, letter_id: str, status: Literal["sent", "waiting"], by: str, document_no: str | None, now: datetime
    ) -> Delivery:
        """What a person says became of a letter: it arrived, or it may be sent again. What is known to have been
        sent stays sent."""
        with self._database.write() as connection:
            found = self._one(connection, letter_id)
            if found.status == "sent":
                raise DeliveryRefused(
                    f"Thư “{letter_id}” đã gửi xong, không thay đổi được"
                    f" / The letter “{letter_id}” was sent and stays so"
                )
            values = {"status": status, "settled_by": by, "document_no": document_no, "changed_at": now}
            connection.execute(update(deliveries).where(deliveries.c.id == letter_id).values(values))
            return self._one(connection, letter_id)

    def by_document(self, letter: Delivery, by: str, document_no: str, now: datetime) -> Delivery:
        """Writes down a letter that a person sent by the document axis, so that no mail follows it."""
        with self._database.write() as connection:
            before = self._put(connection, letter, now)
            if before.status in GONE:
                raise DeliveryRefused(
                    f"Thư “{letter.id}” đã gửi hoặc đang gửi / The letter “{letter.id}” was sent, or is being sent"
                )
            self._set(connection, replace(letter, address=""), "sent", now, settled_by=by, document_no=document_no)
            return self._one(connection, letter.id)

    def one(self, letter_id: str) -> Delivery:
        with self._database.read() as connection:
            return self._one(connection, letter_id)

    def find(self, letter_id: str) -> Delivery | None:
        """A letter as it is stored; None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == letter_id)).one_or_none()
            return _read(row) if row else None

    def last(self, owner_id: str, agency_id: str, *, but: str = "") -> Delivery | None:
        """The newest letter that has, or may have, reached a body, by the moment of what it tells; ``but`` is the
        id of one that does not count."""
        whose = (deliveries.c.owner_id == owner_id) & (deliveries.c.agency_id == agency_id)
        asked = select(deliveries).where(whose, deliveries.c.status.in_(sorted(GONE)), deliveries.c.id != but)
        with self._database.read() as connection:
            row = connection.execute(
                asked.order_by(deliveries.c.as_of.desc(), deliveries.c.made_at.desc()).limit(1)
            ).one_or_none()
            return _read(row) if row else None

    def all(self, source_id: str | None = None) -> list[Delivery]:
        """Every letter, or those of one run or round; the newest first."""
        asked = select(deliveries).order_by(deliveries.c.changed_at.desc(), deliveries.c.id)
        if source_id is not None:
            asked = asked.where(deliveries.c.source_id == source_id)
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute(asked)]

    def attempts(self, letter_id: str) -> list[Attempt]:
        """Every try at a letter, oldest first."""
        asked = select(*(delivery_attempts.c[name] for name in ("at", "address", "outcome", "detail")))
        mine = asked.where(delivery_attempts.c.delivery_id == letter_id).order_by(delivery_attempts.c.nth)
        with self._database.read() as connection:
            return [Attempt(*row) for row in connection.execute(mine)]

    def message(self, letter_id: str) -> bytes | None:
        """The message as it was handed over; None for a letter that never was."""
        asked = select(delivery_messages.c.body).where(delivery_messages.c.delivery_id == letter_id)
        with self._database.read() as connection:
            body = connection.scalar(asked)
        return blobs.expand(body) if body is not None else None

    def _put(self, connection: Connection, letter: Delivery, now: datetime) -> Delivery:
        """The letter as it is stored, put there where it was not; nobody else changes it until the transaction
        ends."""
        make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        names = ("source", "source_id", "edition", "as_of", "owner_id", "agency_id", "agency", "address", "subject")
        row = {name: getattr(letter, name) for name in names}
        row |= {"id": letter.id, "told": _pack(letter.told), "status": "waiting", "made_at": now, "changed_at": now}
        connection.execute(make(deliveries).on_conflict_do_nothing(), row)
        return self._one(connection, letter.id, held=True)

    def _set(
        self, connection: Connection, letter: Delivery, status: DeliveryStatus, now: datetime, **more: object
    ) -> None:
        values = {"address": letter.address, "subject": letter.subject, "agency": letter.agency, **more}
        values |= {"told": _pack(letter.told), "status": status, "changed_at": now}
        connection.execute(update(deliveries).where(deliveries.c.id == letter.id).values(values))

    def _one(self, connection: Connection, letter_id: str, *, held: bool = False) -> Delivery:
        asked = select(deliveries).where(deliveries.c.id == letter_id)
        row = connection.execute(asked.with_for_update() if held else asked).one_or_none()
        if row is None:
            raise DeliveryRefused(f"Không có thư “{letter_id}” / There is no letter “{letter_id}”")
        return _read(row)


def _pack(told: Mapping[str, str]) -> bytes:
    return blobs.compress(blobs.pack(dict(told)))


def _keep_message(connection: Connection, letter_id: str, message: bytes) -> None:
    row = {"sha256": hashlib.sha256(message).hexdigest(), "body": blobs.compress(message)}
    mine = delivery_messages.c.delivery_id == letter_id
    if connection.execute(update(delivery_messages).where(mine).values(row)).rowcount == 0:
        connection.execute(insert(delivery_messages), {"delivery_id": letter_id, **row})


def _read(row: Any) -> Delivery:
    values = dict(row._mapping)
    del values["id"]
    return Delivery(**{**values, "told": _read_told(blobs.expand(values["told"]))})
