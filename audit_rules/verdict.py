"""What a rule answers: an outcome, the evidence it rests on, and where it looked.

The outcomes are the five of W3C EARL. Silence is neither a pass nor a fail: what was not seen is
``cantTell`` with a reason, what was not asked is ``untested`` with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

Outcome = Literal["passed", "failed", "cantTell", "inapplicable", "untested"]
How = Literal["raw", "rendered", "probe"]
Value = str | int | float | bool | None | list[str]

EXCERPT_LENGTH = 240
"""Characters of a page that a piece of evidence quotes at most: portals are strangers, their text is cut."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place on one page, as it was when it was seen.

    ``where`` names the region or element in words a reader can follow; ``sha256`` is that of the body as sent
    (or of the rendered document), the key under which the evidence archive holds it.
    """

    url: str
    where: str
    excerpt: str
    sha256: str
    seen_at: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at one page during a search."""

    url: str
    seen_at: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Nearest:
    """What came closest to the thing looked for, and why it did not count (a key of ``words.toml``)."""

    text: str
    url: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Searched:
    """Where an item was looked for and by which wordings. Carried by every verdict that says "not seen"."""

    pages: tuple[Looked, ...] = ()
    wordings: tuple[str, ...] = ()
    nearest: Nearest | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's answer about one portal.

    ``wanted`` lists addresses whose rendered view could still change the answer; the fleet shows them to the
    browser, where there is one, and asks the rule again. ``only_sign`` marks a fault that is to be told as a sign,
    whatever the grounds of the rule say.
    """

    outcome: Outcome
    reason: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    searched: Searched | None = None
    wanted: tuple[str, ...] = ()
    only_sign: bool = False


def passed(*evidence: Evidence, **values: Value) -> Verdict:
    return Verdict("passed", evidence=evidence, values=values)


def failed(*evidence: Evidence, searched: Searched | None = None, **values: Value) -> Verdict:
    return Verdict("failed", evidence=evidence, searched=searched, values=values)


def as_sign(verdict: Verdict) -> Verdict:
    """The same verdict, told as a sign."""
    return replace(verdict, only_sign=True)


def cant_tell(
    reason: str,
    *evidence: Evidence,
    searched: Searched | None = None,
    wanted: tuple[str, ...] = (),
    **values: Value,
) -> Verdict:
    return Verdict("cantTell", reason, values, evidence, searched, wanted)


def inapplicable(reason: str, **values: Value) -> Verdict:
    return Verdict("inapplicable", reason, values)


def untested(reason: str, **values: Value) -> Verdict:
    return Verdict("untested", reason, values)
