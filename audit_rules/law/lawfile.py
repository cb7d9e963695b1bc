"""Reading the law folder: one TOML file per instrument, and grounds.csv, which joins rules and clauses.

Every fault is told as a LawError of one sentence: the file, the key, what to do. All text becomes NFC.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, get_args
from unicodedata import normalize

from audit_rules.facts import Kind
from audit_rules.judgement import Force, Reading, Relation
from audit_rules.law.clause import (
    Bilingual,
    Ceiling,
    Clause,
    Coverage,
    Ground,
    Instrument,
    InstrumentReading,
    LawError,
)

Choice = TypeVar("Choice", bound=str)

KINDS: tuple[Kind, ...] = get_args(Kind)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
FORCES: tuple[Force, ...] = get_args(Force)
COLUMNS = ["rule", "ref", "relation", "binds", "note"]
_NUMBERED = re.compile(
    r"\b(?:điều|khoản|mục|phụ lục|article|clause|section|annex|appendix)\s+[\dIVX]|\b(?:điểm|point)\s+\w\b", re.I
)


class _Table:
    """One TOML table, read key by key; ``done`` refuses the keys that nobody asked for."""

    def __init__(self, where: str, content: object) -> None:
        if not isinstance(content, dict):
            raise LawError(f"{where}: must be a table; write its keys under it.")
        self.where = where
        self.content: dict[str, object] = dict(content)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.content.pop(key, default)
        if not isinstance(value, str) or (value == "" and default is None):
            raise LawError(f"{self.where}: {key} must be a text that is not empty; write one.")
        return value

    def optional(self, key: str) -> str | None:
        return self.text(key) if key in self.content else None

    def choice(self, key: str, allowed: tuple[Choice, ...]) -> Choice:
        return _one_of(self.where, key, self.text(key), allowed)

    def both(self, key: str) -> Bilingual:
        table = _Table(f"{self.where}: {key}", self.content.pop(key, None))
        both = Bilingual(table.text("vi"), table.text("en"))
        table.done()
        return both

    def kinds(self, key: str) -> tuple[Kind, ...]:
        value = self.content.pop(key, None)
        if not isinstance(value, list) or not value:
            raise LawError(f'{self.where}: {key} is empty; write a list of kinds, or ["all"].')
        return _kinds(self.where, key, [str(name) for name in value])

    def day(self, key: str) -> date:
        value = self.content.pop(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise LawError(f"{self.where}: {key} must be a date; write it as YYYY-MM-DD, without quotes.")
        return value

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if key in self.content else None

    def done(self) -> None:
        if self.content:
            raise LawError(f"{self.where}: unknown key {min(self.content)!r}; remove it or correct its spelling.")


def read_instrument(path: Path) -> tuple[Instrument, list[Clause]]:
    """One law file: the instrument and its clauses, in the order of the file."""
    try:
        table = _Table(path.name, tomllib.loads(normalize("NFC", path.read_text(encoding="utf-8"))))
    except (OSError, ValueError) as error:  # no file, bad TOML, a date that is none, bytes that are not UTF-8
        raise LawError(f"{path.name}: it cannot be read ({error}); correct it.") from error
    listed = table.content.pop("clause", {})
    instrument = Instrument(
        id=table.text("id"),
        title=table.both("title"),
        short=table.both("short"),
        issued=table.optional_day("issued"),
        in_force_from=table.day("in_force_from"),
        in_force_to=table.optional_day("in_force_to"),
        unresolved_from=table.optional_day("unresolved_from"),
        status=table.choice("status", FORCES),
        standing=table.choice("standing", get_args(Ceiling)),
        replaced_by=table.optional("replaced_by"),
        status_checked_on=table.day("status_checked_on"),
        read=table.choice("read", get_args(InstrumentReading)),
        read_by=table.text("read_by", ""),
        source=table.text("source"),
        note=table.text("note", ""),
    )
    table.done()
    _check_instrument(path, instrument)
    clauses = _Table(f"{path.name}: clause", listed).content
    return instrument, [
        _read_clause(instrument, key, _Table(f"{path.name}: clause {key!r}", content))
        for key, content in clauses.items()
    ]


def _check_instrument(path: Path, instrument: Instrument) -> None:
    if instrument.id != path.stem:
        raise LawError(f"{path.name}: id is {instrument.id!r}; it must be the file's name, {path.stem!r}.")
    for key, end in (("in_force_to", instrument.in_force_to), ("unresolved_from", instrument.unresolved_from)):
        if end is not None and end < instrument.in_force_from:
            raise LawError(f"{path.name}: {key} lies before in_force_from; correct one of the two.")
    dated: Force = "in_force"
    if instrument.unresolved_from is not None:
        dated = "unresolved"
    if instrument.in_force_to is not None:
        dated = "repealed"
    if instrument.status != dated:
        raise LawError(
            f"{path.name}: status is {instrument.status!r} while the dates say {dated!r}; repealed goes with "
            "in_force_to, unresolved with unresolved_from, in_force with neither."
        )
    if instrument.read != "unread" and not instrument.read_by:
        raise LawError(f"{path.name}: read_by is empty; name who has read the text, when and in which copy.")


def _read_clause(instrument: Instrument, key: str, table: _Table) -> Clause:
    clause = Clause(
        ref=f"{instrument.id}:{key}",
        instrument=instrument.id,
        citation=table.both("citation"),
        duty=table.both("duty"),
        binds=table.kinds("binds"),
        read=table.choice("read", get_args(Reading)),
        read_by=table.text("read_by", instrument.read_by),
        coverage=table.choice("coverage", get_args(Coverage)),
        through=table.optional("through"),
    )
    table.done()
    if not clause.read_by:
        raise LawError(f"{table.where}: read_by is empty; name who has read the clause, when and in which copy.")
    if clause.read != "verified" and (_NUMBERED.search(clause.citation.vi) or _NUMBERED.search(clause.citation.en)):
        raise LawError(f"{table.where}: citation gives a number nobody verified; describe the item in words.")
    return clause


def read_grounds(path: Path, clauses: Mapping[str, Clause]) -> tuple[Ground, ...]:
    """grounds.csv, each row checked against ``clauses`` (by ref). ``all`` means all that the clause binds."""
    try:
        rows = csv.DictReader(io.StringIO(normalize("NFC", path.read_text(encoding="utf-8"))), strict=True)
        if rows.fieldnames != COLUMNS:
            raise LawError(f"{path.name}: the heading must be {','.join(COLUMNS)}; correct it.")
        return _joined(path.name, list(rows), clauses)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LawError(f"{path.name}: it cannot be read ({error}); restore it.") from error


def _joined(name: str, rows: list[dict[str, str]], clauses: Mapping[str, Clause]) -> tuple[Ground, ...]:
    grounds: list[Ground] = []
    taken: set[tuple[str, str, Kind]] = set()
    for number, row in enumerate(rows, start=2):
        where = f"{name}: row {number}"
        if None in row or None in row.values():
            raise LawError(f"{where}: it must have {len(COLUMNS)} cells; correct it.")
        rule, ref = row["rule"], row["ref"]
        if not re.fullmatch(r"[a-z]+\.[a-z0-9_]+", rule):
            raise LawError(f"{where}: rule {rule!r} is no rule id; write topic.name.")
        if ref not in clauses:
            raise LawError(f"{where}: ref {ref!r} is in no law file; add the clause or correct the ref.")
        relation = _one_of(where, "relation", row["relation"], RELATIONS)
        binds = clauses[ref].binds if row["binds"] == "all" else _kinds(where, "binds", row["binds"].split("|"))
        for kind in binds:
            if kind not in clauses[ref].binds:
                raise LawError(f"{where}: {ref} does not bind {kind}; correct binds here or in the law file.")
            if (rule, ref, kind) in taken:
                raise LawError(f"{where}: {rule} has {ref} for {kind} twice; keep one row.")
            taken.add((rule, ref, kind))
        grounds.append(Ground(rule, ref, relation, binds, row["note"]))
    return tuple(grounds)


def _kinds(where: str, key: str, names: list[str]) -> tuple[Kind, ...]:
    if names == ["all"]:
        return KINDS
    given = [_one_of(where, key, name, KINDS) for name in names]
    return tuple(kind for kind in KINDS if kind in given)


def _one_of(where: str, key: str, value: str, allowed: tuple[Choice, ...]) -> Choice:
    for each in allowed:
        if each == value:
            return each
    raise LawError(f"{where}: {key} {value!r} is unknown; write one of {', '.join(allowed)}.")
