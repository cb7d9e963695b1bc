"""Documents in the database: what a portal's nights consist of. One is kept whole now and then, and those after it
each by its difference to the one before; what did not change at all is not kept a second time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.blobs import compress, digest, expand
from storage.tables import documents, looks, portal_runs

DEEPEST = 16
"""Differences one upon another, after which a document is kept whole: who reads the last one unpacks them all."""
_NAMED = ("visit_id", "judged_id", "bodies_id", "answered_id")
_SMALL = 400  # bytes of a difference that is never worth another whole
_AT_ONCE = 400  # SQLite takes a bounded number of parameters in one statement


def _chains() -> Select[Any]:
    """Documents with those they are told by. Written once: to write it takes longer than to carry it out."""
    wanted = documents.c.id.in_(bindparam("numbers", expanding=True))
    chain = select(documents.c.id, documents.c.near).where(wanted).cte("chain", recursive=True)
    before = select(documents.c.id, documents.c.near).join(chain, documents.c.id == chain.c.near)
    chain = chain.union(before)
    whole = select(documents.c.id, documents.c.near, documents.c.depth, documents.c.body)
    return whole.where(documents.c.id.in_(select(chain.c.id)))


_CHAINS = _chains()


@dataclass(frozen=True, slots=True)
class _Stored:
    near: int | None
    depth: int
    body: bytes


class Documents:
    """The documents as one connection sees them. What was read once is held, as it is stored."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held: dict[int, _Stored] = {}

    def fetch(self, numbers: Iterable[int]) -> None:
        """Reads documents that are going to be asked for, with those they are told by."""
        missing = sorted(set(numbers) - self._held.keys())
        for start in range(0, len(missing), _AT_ONCE):
            found = self._connection.execute(_CHAINS, {"numbers": missing[start : start + _AT_ONCE]})
            for number, near, depth, body in found:
                self._held[number] = _Stored(near, depth, body)

    def read(self, number: int) -> bytes:
        data = b""
        for stored in reversed(self._chain(number)):
            data = expand(stored.body, data)
        return data

    def tell(self, data: bytes, near: int | None) -> int:
        """Stores a document by its difference to the one ``near`` it, or whole where that is no gain: its id, which
        is the other's where they are the same."""
        if near is not None:
            before = self.read(near)
            if data == before:
                return near
            chain = self._chain(near)
            if len(chain) <= DEEPEST:
                body = compress(data, before)
                if len(body) <= max(_SMALL, len(chain[-1].body) // 2):
                    return self._insert(near=near, depth=len(chain), body=body)
        return self._insert(near=None, depth=0, body=compress(data))

    def replace(self, data: bytes, old: int) -> int:
        """Stores a document in the place of another one, which goes with ``drop_unused`` once nobody names it."""
        self.fetch([old])
        return self.tell(data, self._held[old].near or old)

    def keep(self, data: bytes) -> int:
        """Stores a document that many portals have in common, once and whole: its id."""
        sha256 = digest(data)
        asked = select(documents.c.id).where(documents.c.sha256 == sha256)
        found = self._connection.scalar(asked)
        if found is None:
            make = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
            row = {"sha256": sha256, "depth": 0, "body": compress(data)}
            self._connection.execute(make(documents).on_conflict_do_nothing(), row)
            found = self._connection.scalar(asked)
        return int(found)  # type: ignore[arg-type]

    def _chain(self, number: int) -> list[_Stored]:
        """The document as it is stored, then each that the one before is told by; the last one is whole."""
        self.fetch([number])
        chain = [self._held[number]]
        while (near := chain[-1].near) is not None:
            chain.append(self._held[near])
        return chain

    def _insert(self, **row: object) -> int:
        made = self._connection.execute(insert(documents).values(row)).inserted_primary_key
        return int(made[0])  # type: ignore[index]


def drop_unused(connection: Connection, numbers: Iterable[int]) -> int:
    """Removes those of these documents, and of those they are told by, that no run names and no other document is
    told by: how many."""
    after = documents.alias("after")
    used = [select(after.c.id).where(after.c.near == documents.c.id)]
    for each in (*(portal_runs.c[name] for name in _NAMED), looks.c.document_id):
        used.append(select(each).where(each == documents.c.id))
    unused = delete(documents).where(*(~exists(one) for one in used)).returning(documents.c.near)
    count = 0
    for number in numbers:
        gone = connection.execute(unused.where(documents.c.id == number)).first()
        while gone is not None:
            count += 1
            gone = connection.execute(unused.where(documents.c.id == gone.near)).first()
    return count
