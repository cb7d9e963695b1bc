"""The law book: which clause a rule rests on, whether it was in force on a day, and what a failure under it proves.

Nothing here knows today's date: every question names its law day. Why the standings are as they are:
docs/decisions/0003-standing.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import get_args
from unicodedata import normalize

from audit_rules.facts import Kind
from audit_rules.judgement import Basis, Force, Proves, Relation, Standing
from audit_rules.law.clause import Bilingual, Clause, Ground, Instrument, LawError
from audit_rules.law.lawfile import read_grounds, read_instrument

__all__ = ["Bilingual", "Clause", "Ground", "Instrument", "LawBook", "LawError", "open_law"]

STANDINGS: tuple[Standing, ...] = get_args(Standing)  # best one first
RELATIONS: tuple[Relation, ...] = get_args(Relation)  # closest one first


@dataclass(frozen=True, slots=True)
class _Standpoint:
    """A ground as it stands on one law day. ``unread`` is the instrument in force whose content the clause makes
    its own and whose text nobody here has read."""

    ground: Ground
    clause: Clause
    instrument: Instrument
    force: Force
    unread: Instrument | None

    @property
    def standing(self) -> Standing:
        if self.ground.relation == "purpose" or self.instrument.standing == "guidance" or self.force == "repealed":
            return "guidance"
        if self.force == "in_force" and self.clause.read == "verified" and self.unread is None:
            return "law"
        if self.instrument.standing == "circular22":
            return "circular22"
        return "law_unread" if self.force == "in_force" else "guidance"

    @property
    def label(self) -> str:
        """The printed citation, in Vietnamese, with what must be said of its reading and its force."""
        citation, short = self.clause.citation.vi, self.instrument.short.vi
        label = f"{citation} {short}"
        if self.clause.read != "verified":
            label = f"{short}, {citation} (chưa đối chiếu điều khoản)"
        if self.unread is not None:
            label += f" (dẫn chiếu {self.unread.short.vi}: chưa đối chiếu nội dung)"
        if self.force == "unresolved" and self.instrument.unresolved_from is not None:
            label += f" (tình trạng hiệu lực sau {_written(self.instrument.unresolved_from)}: cần xác minh)"
        if self.force == "repealed" and self.instrument.in_force_to is not None:
            label += f" (hiệu lực đến {_written(self.instrument.in_force_to)})"
        return label

    @property
    def rank(self) -> tuple[int, int]:
        return STANDINGS.index(self.standing), RELATIONS.index(self.ground.relation)


@dataclass(frozen=True)
class LawBook:
    """All instruments, their clauses and the grounds of the rules, checked against each other."""

    instruments: tuple[Instrument, ...]
    all_clauses: tuple[Clause, ...]
    grounds: tuple[Ground, ...]

    def basis(self, rule: str, kind: Kind, day: date) -> tuple[Basis, ...]:
        """What ``rule`` rests on for ``kind`` on ``day``, best ground first. An instrument that had not begun is
        left out; a repealed one is kept, with its last day in the label, if its clause was read."""
        return tuple(
            Basis(point.ground.ref, point.label, point.force, point.clause.read, point.ground.relation)
            for point in self._standpoints(rule, kind, day)
        )

    def standing(self, rule: str, kind: Kind, day: date, guessed: bool = False) -> tuple[Standing, Proves]:
        """The best standing among the grounds of ``rule``, and what a failure proves. A failure is a breach only
        under a clause that is law on ``day``, states the very thing, and binds a kind that was not guessed."""
        points = self._standpoints(rule, kind, day)
        if not points:
            return "guidance", "sign"
        stated = any(point.standing == "law" and point.ground.relation == "states" for point in points)
        return points[0].standing, "breach" if stated and not guessed else "sign"

    def clauses(self, instrument: str) -> tuple[Clause, ...]:
        """The clauses of one instrument, in the order of its file."""
        return tuple(clause for clause in self.all_clauses if clause.instrument == instrument)

    def rules_of(self, ref: str) -> tuple[str, ...]:
        """The rules that rest on a clause (``instrument:clause``)."""
        wanted = normalize("NFC", ref)
        return tuple(dict.fromkeys(ground.rule for ground in self.grounds if ground.ref == wanted))

    @cached_property
    def _instruments(self) -> Mapping[str, Instrument]:
        return {instrument.id: instrument for instrument in self.instruments}

    @cached_property
    def _clauses(self) -> Mapping[str, Clause]:
        return {clause.ref: clause for clause in self.all_clauses}

    def _standpoints(self, rule: str, kind: Kind, day: date) -> list[_Standpoint]:
        """The grounds of ``rule`` that bind ``kind`` and had begun by ``day``, without what was repealed before
        anybody here read it: best first, else as in the file."""
        points = []
        for ground in (each for each in self.grounds if each.rule == rule and kind in each.binds):
            clause = self._clauses[ground.ref]
            instrument = self._instruments[clause.instrument]
            force = instrument.force(day)
            if force is not None and (force != "repealed" or clause.read == "verified"):
                points.append(_Standpoint(ground, clause, instrument, force, self._unread(clause, day)))
        return sorted(points, key=lambda point: point.rank)

    def _unread(self, clause: Clause, day: date) -> Instrument | None:
        if clause.through is None:
            return None
        other = self._instruments[clause.through]
        return other if other.force(day) == "in_force" and other.read != "verified" else None


def open_law(folder: Path | None = None) -> LawBook:
    """Read the law folder (default: the one beside this file). Raises LawError where the files disagree."""
    home = Path(__file__).parent if folder is None else folder
    instruments: list[Instrument] = []
    clauses: list[Clause] = []
    for path in sorted(home.glob("*.toml")):
        instrument, its_clauses = read_instrument(path)
        instruments.append(instrument)
        clauses.extend(its_clauses)
    if not instruments:
        raise LawError(f"{home}: there is no law file (*.toml) here; name the folder that holds them.")
    known = {instrument.id for instrument in instruments}
    named = [(each.id, "replaced_by", each.replaced_by) for each in instruments]
    named += [(each.ref, "through", each.through) for each in clauses]
    for where, key, other in named:
        if other is not None and other not in known:
            raise LawError(f"{where}: {key} names {other!r}; add {other}.toml or correct the name.")
    grounds = read_grounds(home / "grounds.csv", {clause.ref: clause for clause in clauses})
    return LawBook(tuple(instruments), tuple(clauses), grounds)


def _written(day: date) -> str:
    """A date as official texts write it: a nought before days below 10 and months below 3, as in 01/7/2026."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"{day.day:02}/{month}/{day.year}"
