"""Whether a text names a public body: the portal's own agency, or any at all; which lines speak for others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from audit_rules.facts import Agency, Line, Portal, Surroundings
from audit_rules.naming import another_body, calls, is_titled, names_any_body, said, said_of_bodies
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import fold, words

_DATA = load("bodies.toml")
_CREDIT = re.compile(rf"\b(?:{'|'.join(_DATA['credits'])})\b")
_ASIDE = tuple(f" {label} " for label in _DATA["aside"])
_OTHERS = tuple(f" {other} " for other in _DATA["others"])
_LONGEST_NAME = 120
_PIECE = re.compile(r"\s*[|;•]\s*|\s[-–—]\s|(?<=[^\W\d_]{2})\.\s+")


def speaks_of_body(text: str) -> bool:
    """Whether a text names some public body by its kind and name."""
    return names_any_body(said(text))


def begins_with_body(text: str) -> bool:
    """Whether a line begins with the name of a public body: a new entry of a list of contacts."""
    return speaks_of_body(" ".join(words(text)[:5])) and not said(text).startswith(_ASIDE)


def is_credit(text: str) -> bool:
    """Whether a line thanks the makers of the portal: their names and numbers are not the owner's."""
    return _CREDIT.search(fold(text)) is not None


def is_of_others(text: str) -> bool:
    """Whether a line gives the contact of somebody else: advertising, the makers, the complaints line."""
    return is_credit(text) or any(other in said(text) for other in _OTHERS)


def owners_lines(lines: Iterable[Line]) -> Iterator[str]:
    """What lines say of the owner: addresses, licences, the source note and the credits of makers name others."""
    credited = False
    for line in lines:
        credit = _CREDIT.search(fold(line.text))
        own = "" if credited else line.text[: credit.start()] if credit else line.text
        credited = credit is not None and line.text.rstrip().endswith(":")
        if said(own).startswith(_ASIDE):
            yield from (piece for piece in _PIECE.split(own)[1:] if not said(piece).startswith(_ASIDE))
        elif own.strip():
            yield own


def main_agency(around: Surroundings) -> Agency | None:
    """The agency of the main portal, where the registry knows both."""
    return around.main_portal.agency if around.main_portal else None


def agency_names(portal: Portal | None) -> tuple[str, ...]:
    """The registered names of a portal's agency; none where no agency is known."""
    agency = portal.agency if portal else None
    return (agency.name_vi, *agency.other_names) if agency else ()


def owner_lines(lines: Iterable[Line]) -> list[str]:
    """What lines say of whose portal it is: those of title or rights, and those that are a body's name."""
    return [
        text
        for text in owners_lines(lines)
        if is_titled(text) or (len(text) <= _LONGEST_NAME and begins_with_body(text))
    ]


def names_owner(lines: Iterable[Line], portal: Portal, around: Surroundings) -> str | None:
    """The first line that names the portal's own agency or its main portal's, or the place it governs in a line
    of title or rights ("Bản quyền thuộc tỉnh …")."""
    main = main_agency(around)
    for text in owners_lines(lines):
        titled = is_titled(text)
        if calls(text, portal.agency, titled=titled) or calls(text, main, titled=titled):
            return text
    return None


def names_a_body(lines: Iterable[Line]) -> str | None:
    """The first line that names any public body; where a person works does not count."""
    return next((text for text in owners_lines(lines) if names_any_body(said_of_bodies(text))), None)


def names_another(text: str, portal: Portal, around: Surroundings) -> bool:
    """Whether a text names a body known to be neither the portal's agency nor its main portal's."""
    if portal.agency is None:
        return False
    return another_body(text, (portal.agency, main_agency(around)), around.bodies)
