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
_NOT_BODIES = tuple(f" {words_before} " for words_before in _DATA["not_bodies"])
_CREDITS = tuple(f" {credit} " for credit in _DATA["credits"])
_TITLES = tuple(f" {title} " for title in _DATA["titles"])
_ASIDE = tuple(f"{label} " for label in _DATA["aside"])
_OTHERS = tuple(f" {other} " for other in _DATA["others"])
_COMMITTEE = "uy ban nhan dan "
_SHORTEST_NAME = 6


def _said(text: str) -> str:
    return f" {' '.join(words(text))} "


def _says(said: str, phrases: Iterable[str]) -> bool:
    return any(phrase in said for phrase in phrases)


def speaks_of_body(text: str) -> bool:
    """Whether a text names some public body by its kind and name."""
    said = _said(text)
    for other in _NOT_BODIES:
        said = said.replace(other, " - ")
    return _says(said, _BODIES)


def begins_with_body(text: str) -> bool:
    """Whether a line begins with the name of a public body: a new entry of a list of contacts."""
    return speaks_of_body(" ".join(words(text)[:5])) and not _said(text).lstrip().startswith(_ASIDE)


def is_credit(text: str) -> bool:
    """Whether a line thanks the makers of the portal: their names and numbers are not the owner's."""
    return _says(_said(text), _CREDITS)


def is_of_others(text: str) -> bool:
    """Whether a line gives the contact of somebody else: advertising, the makers, the complaints line."""
    return is_credit(text) or _says(_said(text), _OTHERS)


def _owners_lines(lines: Iterable[Line]) -> list[str]:
    """Lines that may name the owner: addresses, licences, credits and the source note name others."""
    kept: list[str] = []
    credited = False
    for line in lines:
        credit = is_credit(line.text)
        if not credit and not credited and not _said(line.text).lstrip().startswith(_ASIDE):
            kept.append(line.text)
        credited = credit and line.text.rstrip().endswith(":")
    return kept


@lru_cache(maxsize=4096)
def _spellings(name: str) -> tuple[str, ...]:
    """The ways a name is written: in full, and with the committee or the city abbreviated."""
    full = " ".join(words(name))
    return tuple(dict.fromkeys((full, full.replace("uy ban nhan dan", "ubnd"), full.replace("thanh pho", "tp"))))


def names_owner(lines: Iterable[Line], portal: Portal, around: Surroundings) -> str | None:
    """The first line that names the portal's own agency or its main portal's, or the place it governs in a line
    of title or rights ("Bản quyền thuộc tỉnh …")."""
    agencies = [portal.agency, around.main_portal.agency if around.main_portal else None]
    names = [
        name for agency in agencies if agency for name in (agency.name_vi, agency.name_en, *agency.other_names)
    ]
    spellings = [said for name in names for said in _spellings(name) if len(said) >= _SHORTEST_NAME]
    places = [f" {said.removeprefix(_COMMITTEE)} " for said in spellings if said.startswith(_COMMITTEE)]
    wanted = [f" {said} " for said in spellings]
    for text in _owners_lines(lines):
        said = _said(text)
        if _says(said, wanted) or (_says(said, places) and ("©" in text or _says(said, _TITLES))):
            return text
    return None


def names_a_body(lines: Iterable[Line]) -> str | None:
    """The first line that names any public body."""
    return next((text for text in _owners_lines(lines) if speaks_of_body(text)), None)
