"""Official figures one after another, for the pages, the API and the open data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.figures.shown import OfBody, Shown
from audit.web.asked import Question


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with the body under whose name it is shown."""

    under: OfBody
    shown: Shown


def lines(several: Sequence[OfBody], asked: Question) -> Iterator[Line]:
    """The figures one after another, of a body or of a metric."""
    for under in several:
        if asked.agency in ("", under.agency.id if under.agency else ""):
            for each in under.figures:
                if asked.metric in ("", each.figure.metric):
                    yield Line(under, each)
