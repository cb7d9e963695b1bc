"""Evaluation rounds: what was frozen when one was opened, what was worked out when it was closed, who approved it.

A round goes one way, open, closed, approved, and nothing of it is ever changed behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from audit_rules.facts import Portal, State
from audit_rules.judgement import Judgement, Score
from storage import blobs
from storage.database import ArchiveError, Database
from storage.tables import round_nights, round_portals, round_registry, rounds

RoundStatus = Literal["open", "closed", "approved"]
_AT_ONCE = 100


class RoundRefused(ArchiveError):
    """There is no such round, there is one already, or it is past what was asked of it."""


@dataclass(frozen=True, slots=True)
class EvaluationRound:
    """A round as stored. ``registry_sha`` is the digest of its copy of the registry, ``digest`` that of all it says
    of all portals, once it is closed; explanations are taken until the end of ``explain_until``."""

    id: str
    status: RoundStatus
    law_day: date
    rules_version: str
    registry_sha: str
    explain_until: date
    opened_at: datetime
    opened_by: str
    nights: tuple[str, ...] = ()
    closed_at: datetime | None = None
    closed_by: str | None = None
    digest: str | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    document_no: str | None = None


@dataclass(frozen=True, slots=True)
class RoundPortal:
    """What a round says of a portal: as the registry had it when the round was opened, how its last night went, and
    every rule's judgement in the end. ``cited`` is the run whose evidence a rule's judgement shows, ``held`` why a
    fault that was seen is not told as one (``one_night``, ``disputed``, ``person``), both by rule id."""

    portal: Portal
    state: State
    reason: str | None
    home: str | None
    moved_to: str | None
    seen_at: datetime | None
    judgements: tuple[Judgement, ...]
    score: Score
    cited: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)


_read_portal = msgspec.json.Decoder(RoundPortal).decode


def registry_sha(files: Mapping[str, bytes]) -> str:
    told = "".join(f"{name} {hashlib.sha256(body).hexdigest()}\n" for name, body in sorted(files.items()))
    return hashlib.sha256(told.encode()).hexdigest()


class Rounds:
    """The door to them. Raises DatabaseUnusable wherever the database does, RoundRefused as said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, opened: EvaluationRound, files: Mapping[str, bytes]) -> None:
        """Opens a round with a copy of the registry's files."""
        names = ("id", "law_day", "rules_version", "registry_sha", "explain_until", "opened_at", "opened_by")
        values = {"status": "open", **{name: getattr(opened, name) for name in names}}
        with self._database.write() as connection:
            if connection.scalar(select(rounds.c.id).where(rounds.c.id == opened.id)) is not None:
                raise RoundRefused(f"Đã có đợt “{opened.id}” / There is a round “{opened.id}” already")
            connection.execute(insert(rounds), values)
            rows = [{"round_id": opened.id, "name": n, "body": blobs.compress(b)} for n, b in sorted(files.items())]
            connection.execute(insert(round_registry), rows)
            _keep_nights(connection, opened.id, opened.nights)

    def close(
        self, round_id: str, told: Iterable[RoundPortal], nights: Sequence[str], at: datetime, by: str
    ) -> EvaluationRound:
        """Stores what the round says of all its portals, in one transaction, and closes it."""
        before = self.one(round_id)
        frozen = (round_id, before.law_day, before.rules_version, before.registry_sha, sorted(nights))
        digest = hashlib.sha256(blobs.pack(frozen))
        rows = []
        for one in told:  # before the lock is taken: portals may have to be judged, and others may write
            body = blobs.pack(one)
            digest.update(hashlib.sha256(body).digest())
            rows.append({"round_id": round_id, "portal_id": one.portal.id, "body": blobs.compress(body)})
        with self._database.write() as connection:
            self._must_be(connection, round_id, "open")
            connection.execute(delete(round_nights).where(round_nights.c.round_id == round_id))
            _keep_nights(connection, round_id, nights)
            if rows:
                connection.execute(insert(round_portals), rows)
            values = {"status": "closed", "closed_at": at, "closed_by": by, "digest": digest.hexdigest()}
            connection.execute(update(rounds).where(rounds.c.id == round_id).values(values))
            return self._one(connection, round_id)

    def approve(self, round_id: str, at: datetime, by: str, document_no: str) -> EvaluationRound:
        """Approves a round that is closed."""
        values = {"status": "approved", "approved_at": at, "approved_by": by, "document_no": document_no}
        with self._database.write() as connection:
            self._must_be(connection, round_id, "closed")
            connection.execute(update(rounds).where(rounds.c.id == round_id).values(values))
            return self._one(connection, round_id)

    def one(self, round_id: str) -> EvaluationRound:
        with self._database.read() as connection:
            return self._one(connection, round_id)

    def all(self) -> list[EvaluationRound]:
        """Every round, the newest first."""
        with self._database.read() as connection:
            ids = list(connection.scalars(select(rounds.c.id).order_by(rounds.c.opened_at.desc(), rounds.c.id)))
            return [self._one(connection, each) for each in ids]

    def registry(self, round_id: str) -> dict[str, bytes]:
        """The files of the registry as they were when the round was opened, by their names."""
        asked = select(round_registry.c.name, round_registry.c.body).where(round_registry.c.round_id == round_id)
        with self._database.read() as connection:
            return {name: blobs.expand(body) for name, body in connection.execute(asked)}

    def portals(self, round_id: str) -> Iterator[RoundPortal]:
        """What a closed round says of its portals, one after another, in the order of their ids."""
        asked = select(round_portals.c.portal_id).where(round_portals.c.round_id == round_id)
        with self._database.read() as connection:
            ids = sorted(connection.scalars(asked))
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            here = (round_portals.c.round_id == round_id) & round_portals.c.portal_id.in_(some)
            with self._database.read() as connection:
                bodies = {row.portal_id: row.body for row in connection.execute(select(round_portals).where(here))}
            yield from (_read_portal(blobs.expand(bodies[each])) for each in some)

    def must_be_open(self, one: EvaluationRound) -> None:
        _must_be(one, "open")

    def _must_be(self, connection: Connection, round_id: str, status: RoundStatus) -> None:
        _must_be(self._one(connection, round_id), status)

    def _one(self, connection: Connection, round_id: str) -> EvaluationRound:
        row = connection.execute(select(rounds).where(rounds.c.id == round_id)).one_or_none()
        if row is None:
            raise RoundRefused(f"Không có đợt “{round_id}” / There is no round “{round_id}”")
        asked = select(round_nights.c.run_id).where(round_nights.c.round_id == round_id)
        values: dict[str, Any] = dict(row._mapping)
        return EvaluationRound(**values, nights=tuple(sorted(connection.scalars(asked))))


_STATUS: Mapping[RoundStatus, tuple[str, str]] = {
    "open": ("còn mở, hãy đóng trước", "is still open: close it first"),
    "closed": ("đã đóng", "is closed"),
    "approved": ("đã được phê duyệt, không thay đổi được nữa", "was approved and cannot be changed any more"),
}


def _must_be(one: EvaluationRound, status: RoundStatus) -> None:
    if one.status != status:
        vi, en = _STATUS[one.status]
        raise RoundRefused(f"Đợt “{one.id}” {vi} / The round “{one.id}” {en}")


def _keep_nights(connection: Connection, round_id: str, nights: Sequence[str]) -> None:
    if nights:
        connection.execute(insert(round_nights), [{"round_id": round_id, "run_id": each} for each in nights])
