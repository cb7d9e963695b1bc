"""A verdict made ready to be told: with its standing in law, what it proves, its grounds and its sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audit_rules.verdict import Verdict

Stage = Literal["trial", "review", "published", "retired"]
Severity = Literal["high", "medium", "low"]
Group = Literal["connection", "structure", "data", "domain", "speed", "security"]
Standing = Literal["law", "law_unread", "circular22", "guidance"]
Proves = Literal["breach", "sign"]
Relation = Literal["states", "implies", "purpose"]
Force = Literal["in_force", "repealed", "unresolved"]
Reading = Literal["verified", "secondary"]
Lang = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Basis:
    """One ground of a rule as it stood on the law day. A clause number is in ``label`` only if it was read."""

    ref: str
    label: str
    status: Force
    read: Reading
    relation: Relation


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences a reader sees, in one language."""

    title: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule's answer about one portal on one law day; every rule gives one, whatever became of the portal.

    ``scored`` is False for one that counts in no score: it tells a value, or what nobody is to blame for."""

    rule: str
    stage: Stage
    group: Group
    severity: Severity
    standing: Standing
    proves: Proves
    verdict: Verdict
    basis: tuple[Basis, ...]
    vi: Words
    en: Words
    scored: bool = True

    def words(self, lang: Lang) -> Words:
        return self.vi if lang == "vi" else self.en


@dataclass(frozen=True, slots=True)
class Score:
    """The published formula's numbers (contract, "Score"). ``value`` is None where it may not be printed."""

    value: float | None
    provisional: bool
    passed: int
    failed: int
    measured: int
    not_measured: int
