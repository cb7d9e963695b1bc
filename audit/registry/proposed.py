"""Changes of the registry that are proposed to a person: a row each, for a file that the person marks and gives
back.

The file has the columns of ``portals.csv`` as they would become, then what speaks for the change. Nothing in it
counts until somebody writes a mark into ``decision`` and confirms the file (``audit portals confirm``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from audit.listings import Cell, Listing
from audit.registry.files import PORTAL_HEADING
from audit.reports.csv import write_csv

Reason = Literal["linked", "formed", "no_name", "moved", "moved_to_known", "body_ended"]
"""``linked``: seen linked under a main portal; ``formed``: made by the pattern of Nghị định 224/2026 Điều 11(4),
not seen; ``no_name``: its name was not found for days; ``moved``: it leads elsewhere; ``moved_to_known``: to an
address of another portal; ``body_ended``: its body is no more."""
Confidence = Literal["high", "medium", "low"]

COLUMNS = tuple(PORTAL_HEADING.split(","))
SPEAKING = (
    *("decision", "reason", "changes", "was", "agency", "seen_on", "pages", "text", "nights", "resolves"),
    "confidence",
)
SHOWN = ("address", "reason", "proposed", "agency", "confidence")


@dataclass(frozen=True, slots=True)
class Proposal:
    """``cells`` are those of ``portals.csv`` as they would become. ``changes`` names the columns that a registered
    row would take from them, none for a new row; ``was`` holds what they were. ``seen_on`` is a page that links to
    the address, ``pages`` on how many it was seen, ``text`` what the links say, or where the portal leads;
    ``nights`` counts the last days on which it was so. ``resolves`` is yes, no or special (an address of no public
    network) where the name was looked up, else empty."""

    reason: Reason
    cells: Mapping[str, str]
    confidence: Confidence
    agency: str = ""
    changes: tuple[str, ...] = ()
    was: Mapping[str, str] = field(default_factory=dict)
    seen_on: str = ""
    pages: int | None = None
    text: str = ""
    nights: int | None = None
    resolves: str = ""

    @property
    def row(self) -> dict[str, Cell]:
        """All columns of the file, and what a screen shows of them."""
        return {
            **dict.fromkeys(COLUMNS, ""),
            **self.cells,
            "decision": "",
            "reason": self.reason,
            "changes": "|".join(self.changes),
            "was": written(self.was, self.changes),
            "agency": self.agency,
            "seen_on": self.seen_on,
            "pages": self.pages,
            "text": self.text,
            "nights": self.nights,
            "resolves": self.resolves,
            "confidence": self.confidence,
            "proposed": self.proposed,
        }

    @property
    def proposed(self) -> str:
        """The change in short: the kind of a new row, else each cell that would be another."""
        if not self.changes:
            return self.cells["kind"]
        return ", ".join(f"{name}={self.cells[name]}" for name in self.changes)


def written(cells: Mapping[str, str], columns: Sequence[str]) -> str:
    """Cells of some columns in one cell, by which a file that is out of date is known."""
    return "; ".join(f"{column}={cells[column]}" for column in columns)


def proposal_list(found: Sequence[Proposal]) -> Listing:
    terms = {"reason": "proposal_reason", "confidence": "confidence"}
    return Listing((*COLUMNS, *SPEAKING), [one.row for one in found], terms, SHOWN)


def review_file(found: Sequence[Proposal]) -> bytes:
    """The file for the person: its headings are those that are read back, in every language."""
    told = proposal_list(found)
    return write_csv(told.columns, told.cells())
