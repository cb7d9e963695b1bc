"""A portal's result in the database: its rows and documents written, replaced, read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from zlib import crc32

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from storage import blobs, rows
from storage.documents import Documents, drop_unused
from storage.faults import ArchiveError
from storage.records import PortalRun
from storage.tables import looks, portal_runs
from storage.verdicts import tell_verdicts

_SEEN = ("audited", "partial")
_OF_PORTALS = 22_2023  # tells these locks from others in the same database
_PORTALS_LOCKED = 1000
"""Numbers that portals share as the key of their lock: the closing step locks every portal of a run at once, and
a server has room for some thousands."""


_OF_RUN = select(portal_runs).where(
    portal_runs.c.run_id == bindparam("run"), portal_runs.c.portal_id.in_(bindparam("portals", expanding=True))
)


class EvidencePruned(ArchiveError):
    """What the run saw is no longer there."""


class Commons:
    """Lists that all portals of a run have in common, unpacked once while the run is read."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[str, ...]] = {}
        self._ids: dict[int, frozenset[str] | None] = {}

    def missing(self, names: int, ids: int) -> list[int]:
        """Those of these two lists that were not unpacked yet."""
        return [*([] if names in self._names else [names]), *([] if ids in self._ids else [ids])]

    def fetch(self, documents: Documents, found: Iterable[rows.StoredRow]) -> None:
        for row in found:
            if row.bodies_id not in self._names:
                self._names[row.bodies_id] = blobs.read_names(documents.read(row.bodies_id))
            if row.answered_id not in self._ids:
                self._ids[row.answered_id] = blobs.read_ids(documents.read(row.answered_id))

    def names(self, number: int) -> tuple[str, ...]:
        return self._names[number]

    def ids(self, number: int) -> frozenset[str] | None:
        return self._ids[number]


def store(connection: Connection, run_id: str, seen: rows.Seen, judged: rows.Judged) -> None:
    """Writes a portal's result, in place of the one that the run holds of it."""
    portal_id = judged.portal_id
    _alone(connection, portal_id)
    documents = Documents(connection)
    here = _here(run_id, portal_id)
    old = connection.execute(select(portal_runs).where(here)).one_or_none()
    replaced = [old.visit_id, old.judged_id, *looks_of(connection, run_id, [portal_id])[portal_id]] if old else []
    last = select(func.max(portal_runs.c.nth)).where(portal_runs.c.portal_id == portal_id)
    nth = old.nth if old else (connection.scalar(last) or 0) + 1
    connection.execute(delete(portal_runs).where(here))
    near = _near(connection, portal_id, seen.columns["state"])
    parts = looks_of(connection, near.run_id, [portal_id])[portal_id] if near is not None else []
    told = {
        "visit_id": documents.tell(seen.document, near.visit_id if near is not None else None),
        "judged_id": documents.tell(judged.document, near.judged_id if near is not None else None),
        **_shared(documents, judged),
        **seen.columns,
        **judged.columns,
    }
    pages = [
        documents.tell(part, parts[number] if number < len(parts) else None)
        for number, part in enumerate(seen.looks)
    ]
    connection.execute(insert(portal_runs), {"run_id": run_id, "portal_id": portal_id, "nth": nth, **told})
    if pages:
        whose = {"run_id": run_id, "portal_id": portal_id}
        several = [{**whose, "part": part, "document_id": number} for part, number in enumerate(pages)]
        connection.execute(insert(looks), several)
    if replaced:
        drop_unused(connection, replaced)
    tell_verdicts(connection, portal_id, nth, judged.verdicts)


def store_judged(connection: Connection, run_id: str, judged: rows.Judged) -> bool:
    """Writes what was judged of a portal anew; False where the run does not hold it."""
    portal_id = judged.portal_id
    _alone(connection, portal_id)
    here = _here(run_id, portal_id)
    found = connection.execute(select(portal_runs.c.nth, portal_runs.c.judged_id).where(here)).one_or_none()
    if found is None:
        return False
    documents = Documents(connection)
    told = {"judged_id": documents.replace(judged.document, found.judged_id), **_shared(documents, judged)}
    connection.execute(update(portal_runs).where(here).values(told | judged.columns))
    drop_unused(connection, [found.judged_id])
    tell_verdicts(connection, portal_id, found.nth, judged.verdicts)
    return True


def load(
    connection: Connection,
    run_id: str,
    portal_ids: list[str],
    *,
    pages: bool,
    commons: Commons,
    views: bool = True,
    rules: Collection[str] | None = None,
) -> list[PortalRun]:
    """The results of these portals, in their order, without those that the run does not hold; their visits have no
    pages where no ``views`` are wanted, and with ``rules`` they have the judgements of these alone. Raises
    EvidencePruned where ``pages`` are no longer there."""
    asked = {"run": run_id, "portals": portal_ids}
    found = {row.portal_id: row for row in connection.execute(_OF_RUN, asked)}
    if pages and any(row.pruned_at is not None for row in found.values()):
        raise pruned(run_id)
    parts = looks_of(connection, run_id, portal_ids) if pages else {}
    documents = Documents(connection)
    documents.fetch(
        number
        for row in found.values()
        for number in (row.visit_id, row.judged_id, *commons.missing(row.bodies_id, row.answered_id))
    )
    commons.fetch(documents, found.values())
    results = []
    for row in (found[each] for each in portal_ids if each in found):
        told = rows.Documents(
            documents.read(row.visit_id),
            documents.read(row.judged_id),
            commons.names(row.bodies_id),
            commons.ids(row.answered_id),
            [documents.read(part) for part in parts[row.portal_id]] if pages else None,
        )
        results.append(rows.read_portal_run(row, told, views=views, rules=rules))
    return results


def pruned(run_id: str) -> EvidencePruned:
    return EvidencePruned(
        f"Nội dung các trang của lần kiểm tra “{run_id}” đã được dọn theo hạn lưu,"
        " không đánh giá hay đối chiếu lại được nữa"
        f" / The pages of the run “{run_id}” were pruned; it cannot be judged or compared again"
    )


def _shared(documents: Documents, judged: rows.Judged) -> rows.RowValues:
    return {"bodies_id": documents.keep(judged.bodies), "answered_id": documents.keep(judged.answered)}


def looks_of(connection: Connection, run_id: str, portal_ids: Sequence[str]) -> dict[str, list[int]]:
    """The documents of what was read of the pages of each portal in a run, in their order."""
    mine = (looks.c.run_id == run_id) & looks.c.portal_id.in_(portal_ids)
    parts: dict[str, list[int]] = {portal_id: [] for portal_id in portal_ids}
    for row in connection.execute(select(looks).where(mine).order_by(looks.c.portal_id, looks.c.part)):
        parts[row.portal_id].append(row.document_id)
    return parts


def _near(connection: Connection, portal_id: str, state: str) -> rows.StoredRow | None:
    """The newest visit that is likely to be nearly the same: one that saw pages where this one did, too."""
    alike = portal_runs.c.state.in_(_SEEN) if state in _SEEN else portal_runs.c.state.not_in(_SEEN)
    of_portal = select(portal_runs).where(portal_runs.c.portal_id == portal_id, alike)
    return connection.execute(of_portal.order_by(portal_runs.c.nth.desc()).limit(1)).first()


def _here(run_id: str, portal_id: str) -> ColumnElement[bool]:
    return (portal_runs.c.run_id == run_id) & (portal_runs.c.portal_id == portal_id)


def _alone(connection: Connection, portal_id: str) -> None:
    """One writer for a portal, until the transaction ends; on SQLite there is only one anyway."""
    if connection.dialect.name == "postgresql":
        key = crc32(portal_id.encode()) % _PORTALS_LOCKED
        connection.execute(select(func.pg_advisory_xact_lock(_OF_PORTALS, key)))
