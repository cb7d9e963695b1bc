"""Where the wordings come from: for each concept the clause, the saved page or the person, and what must be seen
beside a wording before a rule takes it for the thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from audit_rules.reading.concepts import CONCEPTS
from audit_rules.reading.data import LabelError, checked, load

Beside = Literal["entry", "contact", "person", "content"]


@dataclass(frozen=True, slots=True)
class Source:
    """``wordings`` are the accepted ones that come from here."""

    name: str
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sourced:
    """``evidence`` is the least that must be there: an ``entry`` that opens or a heading; a phone number or e-mail
    in its block (``contact``); a named ``person``; a page with ``content`` of its own."""

    evidence: Beside
    sources: tuple[Source, ...]

    def of(self, wording: str) -> str:
        """The source of an accepted wording; an empty text where nobody has told it."""
        return next((source.name for source in self.sources if wording in source.wordings), "")


def read_sources(entries: Mapping[str, Any], accepted: Mapping[str, Sequence[str]]) -> dict[str, Sourced]:
    """The sources of each concept, by its id. ``accepted`` are the wordings of each; one source without ``of`` is
    that of all the others. Raises LabelError."""
    return {key: _sourced(entry, f"sources.toml [{key}]", accepted.get(key)) for key, entry in entries.items()}


def _sourced(entry: Any, where: str, accepted: Sequence[str] | None) -> Sourced:
    told = checked(entry, where, {"evidence": str, "sources": list}, "sources")
    if accepted is None:
        raise LabelError(f"{where}: there is no such concept; correct or remove the entry.")
    if told.get("evidence", "entry") not in get_args(Beside):
        raise LabelError(f"{where}: evidence is {told['evidence']!r}; write one of {', '.join(get_args(Beside))}.")
    told_of: set[str] = set()
    sources = []
    for number, source in enumerate(told["sources"], start=1):
        checked(source, f"{where}, source {number}", {"from": str, "of": list}, "from")
        rest = [wording for wording in accepted if wording not in told_of]
        sources.append(Source(source["from"], tuple(source.get("of", rest))))
        told_of.update(sources[-1].wordings)
    return Sourced(told.get("evidence", "entry"), tuple(sources))


@cache
def sources() -> Mapping[str, Sourced]:
    """The sources of the vocabulary. Raises LabelError."""
    return read_sources(load("sources.toml"), {key: concept.accepted for key, concept in CONCEPTS.items()})
