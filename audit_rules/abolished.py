"""Bodies that are no more: by which names they can be told for certain, and where a text still uses one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from audit_rules.facts import Abolished, Agency
from audit_rules.naming import said, said_of_bodies, split_name
from audit_rules.reading.data import load

_PAST = tuple(f" {word} " for word in load("bodies.toml")["past"])
_FEWEST_WORDS = 3
_GRACE = 12
"""Months in which a portal may change its name."""
_LONGEST = 60
"""Words of a text that are looked at: a title, a name or a line about the owner is no longer."""
_REPEATED = ("xa ", "phuong ", "thi tran ", "dac khu ")
"""Levels whose places bear the same names in many provinces."""


def abolished_bodies(agencies: Mapping[str, Agency], day: date) -> tuple[Abolished, ...]:
    """The names of bodies that ended before a day, each with the body that stands in its place on that day. A name
    that a living body bears, or that other places have too ("Sở Y tế"), tells nobody apart and is left out."""
    ended = [(agency, end) for agency in agencies.values() if (end := agency.valid_to) is not None and end < day]
    living = {
        said(name)
        for agency in agencies.values()
        if agency.valid_to is None or agency.valid_to >= day
        for name in _names(agency)
    }
    found: dict[str, Abolished] = {}
    for agency, end in ended:
        heir = _heir(agency, agencies, day)
        for name in _names(agency):
            if said(name) not in living and _tells_apart(name, agency):
                found.setdefault(said(name), Abolished(name, end, heir))
    return tuple(found.values())


def _names(agency: Agency) -> tuple[str, ...]:
    return (agency.name_vi, *agency.other_names)


def _heir(agency: Agency, agencies: Mapping[str, Agency], day: date) -> str:
    """The name of the body that stands in an ended one's place on a day; an empty text where none is known."""
    passed: set[str] = set()
    heir = agencies.get(agency.successor_id or "")
    while heir is not None and heir.valid_to is not None and heir.valid_to < day and heir.id not in passed:
        passed.add(heir.id)
        heir = agencies.get(heir.successor_id or "")
    return heir.name_vi if heir else ""


def _tells_apart(name: str, agency: Agency) -> bool:
    """Whether a name belongs to one body alone: a department's with its place does, a commune's does not."""
    if len(said(name).split()) < _FEWEST_WORDS:
        return False
    if agency.kind in ("ministry", "province"):
        return True
    parts, registered = split_name(name), split_name(agency.name_vi)
    if parts is None:  # "Sở Y tế Yên Bái" has its place without a level, "Sở Y tế" has none
        return registered is not None and said(name).endswith(registered[2])
    return not parts[1].lstrip().startswith(_REPEATED)


# --- in a text ---------------------------------------------------------------------------------------------

Index = tuple[Mapping[str, Abolished], tuple[int, ...]]


@lru_cache(maxsize=8)
def _index(bodies: tuple[Abolished, ...]) -> Index:
    """Bodies by what their names say, and the numbers of words those have, longest first."""
    by_name = {said(body.name): body for body in bodies}
    return by_name, tuple(sorted({len(name.split()) for name in by_name}, reverse=True))


def abolished_in(
    text: str, bodies: tuple[Abolished, ...], day: date, living: Iterable[str] = ()
) -> Abolished | None:
    """The body whose name a text still uses a year after its end, unless one of the ``living`` bears it too; a text
    that speaks of the past uses none."""
    told = said_of_bodies(text)
    if any(word in told for word in _PAST):
        return None
    by_name, lengths = _index(bodies)
    spoken = told.split()[:_LONGEST]
    for length in lengths:
        for at in range(len(spoken) - length + 1):
            body = by_name.get(f" {' '.join(spoken[at : at + length])} ")
            if body is None or _months_after(body.valid_to, day) < _GRACE:
                continue
            if all(said(name) != said(body.name) for name in living):
                return body
    return None


def _months_after(end: date, day: date) -> int:
    """Whole months between two days."""
    return (day.year - end.year) * 12 + day.month - end.month - (day.day <= end.day)
