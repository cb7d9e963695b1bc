"""What a reader asks of a list: filters, order, page. Read from an address, written into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, get_args
from urllib.parse import urlencode

from audit.history import FindingState
from audit_rules.facts import Kind, State
from audit_rules.judgement import Group, Severity, Stage

SIZES: Final = (50, 100, 200)
MAX_PAGE: Final = 100_000
_TEXT = 100


class BadQuestion(ValueError):
    """A value that the list does not know; ``name`` is the parameter's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a list; empty texts ask for everything. ``sort`` is a column, a minus before it turns it."""

    q: str = ""
    kind: str = ""
    province: str = ""
    agency: str = ""
    state: str = ""
    rule: str = ""
    group: str = ""
    severity: str = ""
    stage: str = ""
    metric: str = ""
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]

    def at(self, **changed: Any) -> Question:
        """The same question with other values; unless another page is asked for, from its beginning."""
        return replace(self, **{"page": 1, **changed})

    def written(self) -> str:
        """The question as it stands behind the ? of an address, without what goes without saying."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return urlencode({name: value for name, value in told.items() if value != _DEFAULTS[name]})


_DEFAULTS: Final[Mapping[str, Any]] = {each.name: each.default for each in fields(Question)}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": get_args(Kind),
    "group": get_args(Group),
    "severity": get_args(Severity),
    "stage": get_args(Stage),
}
FINDING_STATES: Final[tuple[str, ...]] = get_args(FindingState)
PORTAL_STATES: Final[tuple[str, ...]] = get_args(State)


def read_question(values: Mapping[str, str], *, states: tuple[str, ...], sorts: tuple[str, ...]) -> Question:
    """A question from the parameters of an address; ``states`` and ``sorts`` are what the list knows. What is no
    parameter of ours is left alone. Raises BadQuestion."""
    choices = {**_CHOICES, "state": states, "sort": (*sorts, *(f"-{each}" for each in sorts))}
    told: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        text = values.get(name, "").strip()
        if not text:
            continue
        if isinstance(default, int):
            told[name] = _number(name, text)
        elif name in choices and text not in choices[name]:
            raise BadQuestion(name)
        else:
            told[name] = text[:_TEXT].replace("\0", "")
    return Question(**told)


def _number(name: str, text: str) -> int:
    """A page or its size. Arabic digits only: others are numbers for Python, too."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PAGE))):
        raise BadQuestion(name)
    number = int(text)
    if not 1 <= number <= MAX_PAGE or (name == "size" and number > SIZES[-1]):
        raise BadQuestion(name)
    return number
