"""Whether a text names a public body: the portal's own agency, or any body at all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from audit_rules.facts import Line, Portal, Surroundings
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words

_DATA = load("bodies.toml")
_BODIES = (
    *(f" {body} " for body in _DATA["bodies"]),
    *(f" {kind} {field} " for kind in _DATA["kinds"] for field in _DATA["fields"]),
)
_CREDITS = tuple(f" {credit} " for credit in _DATA["credits"])
_ASIDE = tuple(_DATA["aside"])
_SHORTEST_NAME = 6


def _said(text: str) -> str:
    return f" {' '.join(words(text))} "


def speaks_of_body(text: str) -> bool:
    """Whether a text names some public body by its kind and name."""
    said = _said(text)
    return any(body in said for body in _BODIES)


def _names_somebody(line: Line) -> bool:
    """Whether a line may name the owner: addresses, licences, credits and the source note name others."""
    said = _said(line.text)
    return not any(credit in said for credit in _CREDITS) and not said.lstrip().startswith(_ASIDE)


@lru_cache(maxsize=4096)
def _spellings(name: str) -> tuple[str, ...]:
    """The ways a name is written: in full, and with the committee or the city abbreviated."""
    full = " ".join(words(name))
    return tuple(dict.fromkeys((full, full.replace("uy ban nhan dan", "ubnd"), full.replace("thanh pho", "tp"))))


def names_owner(lines: Iterable[Line], portal: Portal, around: Surroundings) -> Line | None:
    """The first line that names the portal's own agency or its main portal's."""
    agencies = [portal.agency, around.main_portal.agency if around.main_portal else None]
    names = [
        name for agency in agencies if agency for name in (agency.name_vi, agency.name_en, *agency.other_names)
    ]
    wanted = [f" {said} " for name in names for said in _spellings(name) if len(said) >= _SHORTEST_NAME]
    return next(
        (line for line in lines if _names_somebody(line) and any(name in _said(line.text) for name in wanted)), None
    )


def names_a_body(lines: Iterable[Line]) -> Line | None:
    """The first line that names any public body."""
    return next((line for line in lines if _names_somebody(line) and speaks_of_body(line.text)), None)
