"""What the law files say: instruments with their dates of force, clauses with their readers, grounds of rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from audit_rules.facts import Kind
from audit_rules.judgement import Force, Reading, Relation

Coverage = Literal["full", "part", "person", "not_public"]
InstrumentReading = Literal["verified", "secondary", "unread"]
Ceiling = Literal["law", "circular22", "guidance"]


class LawError(ValueError):
    """The law folder cannot be used; the message is one sentence: file, key, what to do."""


@dataclass(frozen=True, slots=True)
class Bilingual:
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, decree, circular or set of criteria, and what is known of its force.

    ``in_force_to`` is the last day of force; from ``unresolved_from`` on nobody here can say whether it still
    applies. ``standing`` is the most its clauses may give: ``law`` where read and in force; ``circular22`` the
    same, and circular22 where not; ``guidance`` never more than that.
    """

    id: str
    title: Bilingual
    short: Bilingual
    issued: date | None
    in_force_from: date
    in_force_to: date | None
    unresolved_from: date | None
    status: Force
    standing: Ceiling
    replaced_by: str | None
    status_checked_on: date
    read: InstrumentReading
    read_by: str
    source: str
    note: str

    def force(self, day: date) -> Force | None:
        """Its force on ``day``; None where it had not begun."""
        if day < self.in_force_from:
            return None
        if self.in_force_to is not None and day > self.in_force_to:
            return "repealed"
        if self.unresolved_from is not None and day >= self.unresolved_from:
            return "unresolved"
        return "in_force"


@dataclass(frozen=True, slots=True)
class Clause:
    """One duty of an instrument. ``citation`` holds a clause number only where ``read`` is verified, else words
    that describe the item; ``through`` names the instrument whose content the clause makes its own."""

    ref: str
    instrument: str
    citation: Bilingual
    duty: Bilingual
    binds: tuple[Kind, ...]
    read: Reading
    read_by: str
    coverage: Coverage
    through: str | None


@dataclass(frozen=True, slots=True)
class Ground:
    """A row of grounds.csv: ``rule`` rests on the clause ``ref`` for the kinds in ``binds``."""

    rule: str
    ref: str
    relation: Relation
    binds: tuple[Kind, ...]
    note: str
