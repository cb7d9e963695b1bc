"""One question of the API: what it is asked by, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from audit.web.api.records import PageOf
from audit.web.asked import Question
from audit.web.lists import page
from audit.web.shapes import Page
from audit.web.views import Views
from audit_rules.judgement import Lang

T = TypeVar("T")
PREFIX = "/api/v1"
PAGED = ("page", "size")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its question, its language, and the ids in its path."""

    views: Views
    question: Question
    lang: Lang
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the API. ``answers`` is the type of what ``tell`` gives, None where there is no such thing;
    ``query`` names the parameters it knows beside the language; ``states`` and ``sorts`` are their choices.
    ``inside`` marks what is for those inside alone."""

    name: str
    path: str
    vi: str
    en: str
    answers: Any
    tell: Callable[[Asked], Any]
    query: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    inside: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """The places in its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def paged(self) -> bool:
        return "page" in self.query


def page_of(one: Page[T], record: Callable[[T], Any]) -> PageOf[Any]:
    return {
        "items": [record(each) for each in one.items],
        "page": one.number,
        "size": one.size,
        "total": one.total,
        "pages": one.last,
    }


def of_all(several: Sequence[T], asked: Asked, record: Callable[[T], Any]) -> PageOf[Any]:
    """The page of a whole list that is asked for."""
    return page_of(page(several, asked.question), record)
