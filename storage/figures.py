"""Official figures: what ministries and surveys published of public bodies, kept as it was printed.

A figure belongs to the body of its day. None is ever changed or removed: one that was taken wrongly is withdrawn,
by name and with a reason, and stays readable.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import insert, select, update

from storage.database import ArchiveError, Database
from storage.opinions import AlreadyWithdrawn, UnknownOpinion, Withdrawal
from storage.tables import official_figures

Confidence = Literal["high", "medium", "low", ""]
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``body`` is the name as printed, ``agency_id`` the registry's id of that body (None for a group
    of bodies); ``first_day`` to ``last_day`` is the period, which ``period`` tells as printed. ``value`` may be a
    number, a bound (``<10``) or a word, ``rank`` a number or a group (``bottom5``), each empty where it was not
    given; ``absent`` says why there is none. ``coverage`` is what the figure covers, or leaves out."""

    id: str
    agency_id: str | None
    body: str
    metric: str
    period: str
    first_day: date
    last_day: date
    value: str
    rank: str
    unit: str
    coverage: str
    absent: str
    source: str
    confidence: Confidence
    notes: str
    taken_by: str
    taken_at: datetime
    file: str
    line: int
    withdrawn: Withdrawal | None = None

    @property
    def number(self) -> float | None:
        """The value where it is a plain number; a bound is none."""
        return float(self.value) if _NUMBER.match(self.value) else None

    @property
    def place(self) -> str:
        """The digest of what it is a figure of: one holds at a time, whoever printed it."""
        days = (self.first_day.isoformat(), self.last_day.isoformat())
        told = (self.agency_id or "", "" if self.agency_id else self.body, self.metric, *days, self.unit)
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    @property
    def says(self) -> tuple[str, str]:
        """What it says, in whatever words it is told beside it."""
        return (self.value, self.rank)


class FiguresDiffer(ArchiveError):
    """Figures of a file say otherwise than some that hold; ``pairs`` are the new and the old ones."""

    def __init__(self, pairs: Sequence[tuple[Figure, Figure]]) -> None:
        super().__init__("figures differ")
        self.pairs = tuple(pairs)


class Figures:
    """The door to them. Raises DatabaseUnusable wherever the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, figures: Sequence[Figure]) -> int:
        """Keeps figures, all or none, in one transaction: how many were not there before. Raises FiguresDiffer."""
        with self._database.write() as connection:
            held = official_figures.c.withdrawn_at.is_(None)
            there = {row.holds: _read(row) for row in connection.execute(select(official_figures).where(held))}
            told = [(each, there.get(each.place)) for each in figures]
            differing = [(each, old) for each, old in told if old is not None and old.says != each.says]
            if differing:
                raise FiguresDiffer(differing)
            rows = [_row(each) for each, old in told if old is None]
            if rows:
                connection.execute(insert(official_figures), rows)
            return len(rows)

    def withdraw(self, figure_id: str, withdrawal: Withdrawal) -> Figure:
        """The figure as it now stands. Raises UnknownOpinion, AlreadyWithdrawn."""
        here = official_figures.c.id == figure_id
        values = {
            "holds": None,
            "withdrawn_at": withdrawal.at,
            "withdrawn_by": withdrawal.by,
            "withdrawn_why": withdrawal.why,
        }
        with self._database.write() as connection:
            row = connection.execute(select(official_figures).where(here)).one_or_none()
            if row is None:
                raise UnknownOpinion(f"Không có số liệu mang mã “{figure_id}” / There is no figure “{figure_id}”")
            if row.withdrawn_at is not None:
                raise AlreadyWithdrawn(
                    f"“{figure_id}” đã được {row.withdrawn_by} rút lại trước đó"
                    f" / “{figure_id}” was withdrawn by {row.withdrawn_by} before"
                )
            connection.execute(update(official_figures).where(here).values(values))
            return _read(connection.execute(select(official_figures).where(here)).one())

    def all(
        self,
        *,
        agency_ids: Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        withdrawn: bool = False,
    ) -> list[Figure]:
        """The figures that hold, or with those that were ``withdrawn``; of some bodies, by some metrics. By body
        and metric, the oldest period first."""
        asked = select(official_figures)
        if not withdrawn:
            asked = asked.where(official_figures.c.withdrawn_at.is_(None))
        if agency_ids is not None:
            asked = asked.where(official_figures.c.agency_id.in_(agency_ids))
        if metrics is not None:
            asked = asked.where(official_figures.c.metric.in_(metrics))
        with self._database.read() as connection:
            told = [_read(row) for row in connection.execute(asked)]
        # Not sorted by the database: each kind of it has its own order of Vietnamese letters.
        return sorted(told, key=lambda one: (one.agency_id or "", one.body, one.metric, one.first_day, one.id))


def _row(one: Figure) -> dict[str, Any]:
    values = asdict(one)
    del values["withdrawn"]
    return {**values, "holds": one.place}


def _read(row: Any) -> Figure:
    names = [field.name for field in fields(Figure) if field.name != "withdrawn"]
    taken_back = row.withdrawn_at and Withdrawal(row.withdrawn_at, row.withdrawn_by, row.withdrawn_why)
    return Figure(**{name: getattr(row, name) for name in names}, withdrawn=taken_back)
