"""The names of public bodies as pages write them: the ways one agency is called, and whether a text calls it so.

Accents, case and Unicode form never matter, nor do the usual abbreviations (UBND, TP., TTĐT, "Sở TT&TT") and "và".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from audit_rules.facts import Agency
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import fold, words

_DATA = load("bodies.toml")
_LONGEST = 2000
"""Characters of a text that are looked at: portals are strangers."""
_SHORTER = tuple((f" {long} ", f" {short} ".replace("  ", " ")) for long, short in _DATA["abbreviations"])
_COMMITTEES = ("", *_DATA["committees"])
_LEVEL = re.compile(rf"(?<!\w)(?:(?i:{'|'.join(_DATA['levels'])})\s+|(?i:tp)\.?\s*)(?=(?P<first>\w))")
_OFFICES = re.compile(
    r"(?<!lang )(?<!van phong )\b(?:"
    + "|".join(sorted((fold(office) for office in load("people.toml")["offices"]), key=len, reverse=True))
    + r")\b[^.,;:|()–—-]*"
)
_ABBREVIATED = frozenset({"bo", "so", "cuc", "vu"})
_FEWEST_INITIALS = 4
_SHORTEST = 6
"""Letters of a name that may stand for a body by itself."""


@lru_cache(maxsize=16384)
def said(text: str) -> str:
    """The folded words of a text between blanks, usual abbreviations written one way, "và" left out."""
    told = f" {' '.join(words(text[:_LONGEST]))} "
    for long, short in _SHORTER:
        told = told.replace(long, short)
    return told


@lru_cache(maxsize=4096)
def said_of_bodies(text: str) -> str:
    """``said`` without the offices of persons: "Ông A, Phó Giám đốc Sở B" says where somebody works, no more."""
    return said(_OFFICES.sub(" - ", fold(text[:_LONGEST])))


# --- any body ----------------------------------------------------------------------------------------------

TITLES = tuple(dict.fromkeys(said(title) for title in _DATA["titles"]))
"""Words of a line that speaks of the portal or of its rights."""
_KINDS = tuple(f" {kind} {field} " for kind in _DATA["kinds"] for field in _DATA["fields"])
_BODIES = (*(said(body) for body in _DATA["bodies"]), *_KINDS)
_NOT_BODIES = tuple(f" {before} " for before in _DATA["not_bodies"])


def names_any_body(told: str) -> bool:
    """Whether ``told`` (see ``said``) holds the name of a public body by its kind and name."""
    return _holds(_without_others(told), _BODIES)


def is_titled(text: str) -> bool:
    """Whether a text speaks of the portal or of its rights: such a line says whose it is."""
    return "©" in text or _holds(said(text), TITLES)


def _holds(told: str, phrases: Iterable[str]) -> bool:
    return any(phrase in told for phrase in phrases)


def _without_others(told: str) -> str:
    for other in _NOT_BODIES:
        told = told.replace(other, " - ")
    return told


# --- one agency --------------------------------------------------------------------------------------------


class Names(NamedTuple):
    """The ways one agency is called, as ``said`` gives them: in ``full``; ``short``, without its place, which
    counts where no other place follows; by the ``places`` it governs, where a portal says who it is, and by
    the ``bare`` name of those after a title."""

    full: tuple[str, ...]
    short: tuple[str, ...]
    places: tuple[str, ...]
    bare: tuple[str, ...]
    own_places: tuple[str, ...]
    initials: tuple[re.Pattern[str], ...]


def split_name(name: str) -> tuple[str, str, str] | None:
    """A registered name before its place, the place with its level, and the place alone, as ``said`` gives them:
    ("so xay dung", "tinh lao cai", "lao cai"); None where it names no place."""
    for level in _LEVEL.finditer(name):
        first = level.group("first")
        if first.isupper() or first.isdigit():
            place = name[level.start() :].partition(",")[0]
            return said(name[: level.start()]), said(place), said(place[level.end() - level.start() :])
    return None


@lru_cache(maxsize=4096)
def names_of(agency: Agency) -> Names:
    """The ways an agency is called, worked out of its registered names."""
    found: dict[str, dict[str, None]] = {key: {} for key in ("full", "short", "places", "bare", "own_places")}
    for name in (agency.name_vi, agency.name_en, *agency.other_names):
        parts = split_name(name)
        if parts is None:
            found["full"][said(name)] = None
            continue
        head, place, bare = parts
        found["own_places"] |= {place: None, bare: None}
        if head.strip() in _COMMITTEES:
            found["places"][place] = found["bare"][bare] = None
        else:
            found["short"][head] = found["full"][head[:-1] + bare] = None
        if head.strip():
            found["full"][head[:-1] + place] = None
    kept = {
        key: tuple(name for name in names if key in ("bare", "own_places") or len(name) >= _SHORTEST + 2)
        for key, names in found.items()
    }
    kept["full"] = tuple(name for name in kept["full"] if name not in (*kept["short"], *kept["places"]))
    spelled = map(_initials, kept["short"] or kept["full"])
    return Names(**kept, initials=tuple(dict.fromkeys(filter(None, spelled))))


def _initials(name: str) -> re.Pattern[str] | None:
    """How a body of a long field is abbreviated: "Sở TT&TT", "Bộ VHTTDL"."""
    kind, _, field = name.strip().partition(" ")
    letters = [word[0] for word in field.split()]
    if kind not in _ABBREVIATED or len(letters) < _FEWEST_INITIALS:
        return None
    return re.compile(f" {kind} {' ?'.join(letters)} ")


def calls(text: str, agency: Agency | None, *, titled: bool = False) -> bool:
    """Whether a text calls an agency by a name of its own. A ``titled`` one stands where a portal says who it is:
    the place that the agency governs names it there too ("Cổng thông tin điện tử tỉnh X")."""
    if agency is None:
        return False
    told, names = said_of_bodies(text), names_of(agency)
    if _holds(told, names.full) or any(_is_of_own_place(rest, names) for rest in _after_short(told, names)):
        return True
    if not titled:
        return False
    by_place = any(place in told and not names_any_body(told.replace(place, " ")) for place in names.places)
    return by_place or _holds(told, (title[:-1] + bare for title in TITLES for bare in names.bare))


def _after_short(told: str, names: Names) -> Iterator[str]:
    """What follows each short or abbreviated name in a text; "hồ sơ xây dựng" holds none."""
    told = _without_others(told)
    for name in names.short:
        at = told.find(name)
        if at >= 0:
            yield told[at + len(name) - 1 :]
    for pattern in names.initials:
        found = pattern.search(told)
        if found is not None:
            yield told[found.end() - 1 :]


def _is_of_own_place(rest: str, names: Names) -> bool:
    """Whether no other place follows a short name: "Sở Xây dựng tỉnh Y" is not the one of province X."""
    return not rest.startswith((" tinh ", " tp ")) or rest.startswith(names.own_places)


# --- another one -------------------------------------------------------------------------------------------

_SITE_OF = re.compile(
    r"\b(?:(?:cong|trang) (?:tt ?dt|thong tin dien tu)(?: cua)?|ubnd|uy ban nhan dan)"
    r"\s(?:tinh|thanh pho|tp\.?|huyen|quan|phuong|xa|thi xa|dac khu)\s"
    r"(?P<place>[a-z0-9]+(?:\s[a-z0-9]+){0,3})\s*(?=$|[^\w\s])"
)
"""The site or the committee of a place, with nothing behind it."""
_ALIKE = 0.6
"""How much two names of places have in common where one may be a spelling of the other (Đắk Lắk, Đắc Lắc)."""


def another_body(text: str, own: Iterable[Agency | None], bodies: Iterable[str]) -> bool:
    """Whether a text names a body that is none of ``own``: one of ``bodies`` (registered names), one of another
    field, or the site of another place. Names that may be a spelling or a part of an own one do not count."""
    told = _without_others(said_of_bodies(text))
    mine = [names_of(agency) for agency in own if agency is not None]
    ours = " | ".join(name for names in mine for group in names[:5] for name in group)
    if any(name in told and name not in ours for name in map(said, bodies) if len(name) >= _SHORTEST + 2):
        return True
    if any(body in told and body not in ours for body in _KINDS):
        return True
    if any(_is_of_another_place(rest, names) for names in mine for rest in _after_short(told, names)):
        return True
    site = _SITE_OF.search(fold(text[:_LONGEST]))
    if site is None or not text[site.start("place") :][:1].isupper():
        return False
    return not _may_be_one_of(site.group("place"), (place for names in mine for place in names.own_places))


def _is_of_another_place(rest: str, names: Names) -> bool:
    place = " ".join(rest.split()[1:3])
    return not _is_of_own_place(rest, names) and not _may_be_one_of(place, names.own_places)


def _may_be_one_of(place: str, own: Iterable[str]) -> bool:
    """Whether the first words of a place may be a spelling or a part of one of the own places."""
    return any(
        f" {place} " in each
        or f" {place.partition(' ')[0]} " == each
        or SequenceMatcher(None, place, each.strip()).ratio() >= _ALIKE
        for each in own
    )
