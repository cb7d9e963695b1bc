"""The stage of each rule: how far its ``failed`` may be believed, since when, by whom, on which measurement.

A rule that ``stages.toml`` does not name is in trial. Numbers decide who may be published, not a person alone: the
entry carries the figures of ``docs/accuracy.md``, and those that do not carry it are refused here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, get_args

from audit_rules.judgement import Stage

STAGES: Final = Path(__file__).with_name("stages.toml")
ENOUGH_SITES: Final = 30
ENOUGH_EACH: Final = 10
"""Real labelled sites that a published rule was measured on: in all, and with and without the item."""
PRECISE: Final = 0.9
"""What the lower end of the 95 % interval of a published rule's precision reaches at least: 35 accusations of 35
right give 0.901, 34 of 34 give 0.898 (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927)."""

_KEYS = {"stage", "since", "by", "why", "measured"}
_FIGURES = {"sites", "with_item", "without_item", "precision", "floor"}


class StageError(ValueError):
    """The stage file cannot be used; the message is one sentence: file, rule, what to do."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What ``bench.accuracy`` found on real pages: labelled sites, those with and without the item; the share of
    accusations that were right, and the lower end of its 95 % interval. None where nobody was accused."""

    sites: int
    with_item: int
    without_item: int
    precision: float | None
    floor: float | None

    @property
    def enough(self) -> bool:
        """Whether so many sites were labelled that the precision says something."""
        return self.sites >= ENOUGH_SITES and min(self.with_item, self.without_item) >= ENOUGH_EACH


@dataclass(frozen=True, slots=True)
class Staged:
    """One decision about one rule; ``why`` is told to readers, Vietnamese and English."""

    stage: Stage
    since: date
    by: str
    why_vi: str
    why_en: str
    measured: Measured


def read_stages(path: Path = STAGES) -> Mapping[str, Staged]:
    """The decisions by rule id. Raises StageError where one is incomplete or its figures do not carry it."""
    try:
        with path.open("rb") as file:
            told = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise StageError(f"{path.name}: it cannot be read ({error}); write the stages there, as TOML.") from error
    return {rule: _staged(f"{path.name} [{rule}]", entry) for rule, entry in told.items()}


def _staged(where: str, entry: Any) -> Staged:
    if not isinstance(entry, dict) or entry.keys() != _KEYS:
        raise StageError(f'{where}: write {", ".join(sorted(_KEYS))} under ["topic.rule"], and nothing else.')
    if entry["stage"] not in get_args(Stage):
        raise StageError(f"{where}: stage is {entry['stage']!r}; write one of {', '.join(get_args(Stage))}.")
    if not isinstance(entry["since"], date) or isinstance(entry["since"], datetime):
        raise StageError(f"{where}: since must be a date; write it as YYYY-MM-DD, without quotes.")
    why: dict[str, Any] = {"vi": "", "en": ""} | (entry["why"] if isinstance(entry["why"], dict) else {})
    by, why_vi, why_en = entry["by"], why["vi"], why["en"]
    if not all(isinstance(text, str) and text.strip() for text in (by, why_vi, why_en)):
        raise StageError(f"{where}: by, why.vi and why.en must be texts; name who decided it, and why.")
    staged = Staged(entry["stage"], entry["since"], by, why_vi, why_en, _measured(where, entry["measured"]))
    if staged.stage == "published":
        _carried(where, staged.measured)
    return staged


def _measured(where: str, told: Any) -> Measured:
    if not isinstance(told, dict) or not told.keys() <= _FIGURES:
        raise StageError(f"{where}: measured must be a table of {', '.join(sorted(_FIGURES))}.")
    counts = [told.get(key) for key in ("sites", "with_item", "without_item")]
    if not all(type(count) is int and count >= 0 for count in counts):
        raise StageError(f"{where}: measured must count sites, with_item and without_item; write 0 for none.")
    shares = [told.get(key) for key in ("precision", "floor")]
    if shares != [None, None] and not all(type(share) is float and 0 <= share <= 1 for share in shares):
        raise StageError(f"{where}: precision and floor are shares from 0.0 to 1.0; write both, or neither.")
    return Measured(told["sites"], told["with_item"], told["without_item"], *shares)


def _carried(where: str, measured: Measured) -> None:
    """Refuses to publish a rule whose figures do not show that its accusations are right."""
    if not measured.enough:
        raise StageError(
            f"{where}: to be published it needs {ENOUGH_SITES} labelled real sites, {ENOUGH_EACH} with the item "
            f"and {ENOUGH_EACH} without, and was measured on {measured.sites}, {measured.with_item} and "
            f"{measured.without_item}; keep it in review and label more."
        )
    if measured.floor is None or measured.floor < PRECISE:
        raise StageError(
            f"{where}: to be published the lower bound of its precision must be at least {PRECISE}, and it is "
            f"{measured.floor}; keep it in review, mend the rule or label more."
        )
