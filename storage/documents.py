"""Documents in the database: kept whole now and then, and else as their difference to one that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.blobs import compress, digest, expand
from storage.tables import wholes

SHARE = 3
"""A difference of more than one part in three of the whole document: the new one is then kept whole."""
_SMALL = 400  # bytes of a difference that is never worth another whole
_AT_ONCE = 400  # SQLite takes a bounded number of parameters in one statement


@dataclass(frozen=True, slots=True)
class Told:
    """A document as it is stored: the id of a whole one, and the difference to it."""

    whole: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Whole:
    size: int
    data: bytes


class Documents:
    """The documents as one connection sees them. Those read once are held, and where the transaction may write,
    nobody removes them before it ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held: dict[int, _Whole] = {}

    def fetch(self, ids: Iterable[int]) -> None:
        """Reads whole documents that are going to be asked for."""
        missing = sorted(set(ids) - self._held.keys())
        for start in range(0, len(missing), _AT_ONCE):
            asked = select(wholes.c.id, wholes.c.body).where(wholes.c.id.in_(missing[start : start + _AT_ONCE]))
            if self._connection.get_execution_options().get("writes", False):
                asked = asked.with_for_update(read=True, key_share=True)
            for number, body in self._connection.execute(asked):
                self._held[number] = _Whole(len(body), expand(body))

    def read(self, told: Told) -> bytes:
        return expand(told.body, self.whole(told.whole))

    def whole(self, number: int) -> bytes:
        self.fetch([number])
        return self._held[number].data

    def tell(self, data: bytes, near: int | None) -> Told:
        """Stores a document by its difference to the one ``near`` it, or whole where they differ much."""
        if near is not None:
            body = compress(data, self.whole(near))
            if len(body) <= max(_SMALL, self._held[near].size // SHARE):
                return Told(near, body)
        return Told(self.keep(data), b"")

    def keep(self, data: bytes) -> int:
        """Stores a whole document, once: its id."""
        sha256 = digest(data)
        asked = select(wholes.c.id).where(wholes.c.sha256 == sha256)
        found = self._connection.scalar(asked)
        if found is None:
            make = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
            row = {"sha256": sha256, "body": compress(data)}
            self._connection.execute(make(wholes).on_conflict_do_nothing(), row)
            found = self._connection.scalar(asked)
        return int(found)  # type: ignore[arg-type]
