"""Named people and the role a page gives them: who answers for the portal, who speaks for the agency.

A role without a name is no person, a unit is none, and neither a sentence that speaks of a role in passing nor
a news title that holds its words is an entry.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Final, NamedTuple

from audit_rules.facts import Contact, Line, Link, Person
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import fold, lines_with, tidy, words
from audit_rules.verdict import EXCERPT_LENGTH

_DATA = load("people.toml")
_SURNAMES = frozenset(fold(_DATA["surnames"]).split())
_NO_SURNAMES = frozenset(_DATA["no_surnames"])
_HEADING_WORDS = frozenset(_DATA["heading_words"].split())
_PLACES = frozenset(_DATA["places"])
_MARKS: tuple[str, ...] = tuple(_DATA["marks"])


def _any_of(wordings: Sequence[str]) -> str:
    return "|".join(re.escape(wording) for wording in sorted(wordings, key=len, reverse=True))


_OFFICE = re.compile(rf"\b(?:{_any_of([fold(office) for office in _DATA['offices']])})\b")
_UNIT = re.compile(rf"\b(?:{_any_of(_DATA['units'])})\b")
_ROLES: dict[str, re.Pattern[str]] = {
    role: re.compile(rf"\b(?:{_any_of(wordings)})\b") for role, wordings in _DATA["roles"].items()
}
_ANY_ROLE = re.compile("|".join(pattern.pattern for pattern in _ROLES.values()))

_HONORIFIC = _any_of(_DATA["honorifics"]).replace(r"\ ", r"\s")
_UPPER = "".join(filter(str.isupper, map(chr, range(0x41, 0x1EFA))))
_LOWER = "".join(filter(str.islower, map(chr, range(0x61, 0x1EFA))))
_WORD = rf"[{_UPPER}][{_LOWER}{_UPPER}'’]*"
_NAME = re.compile(
    rf"(?P<title>(?:(?<![\w.])(?i:{_HONORIFIC})(?:[.\s:]+|(?=[{_UPPER}][{_LOWER}])))*)"
    rf"(?P<name>{_WORD}(?:\s{_WORD}){{1,6}})(?![\w’'])"
)
_SPLIT = re.compile(r"\s+[-–—]\s+|[,;:()|/]|(?<![A-ZĐ.][A-Za-z])\.\s+|\s[-–—]|[-–—]\s")
_CELL_LABEL = re.compile(
    r"stt|tt|số tt|ghi chú|đt|(?:họ\s*(?:và\s*)?tên|chức (?:vụ|danh)|đơn vị|cơ quan|(?:số )?điện thoại|e-?mail"
    r"|thư điện tử)[^:]*:?",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[\s;,.–-]*(?<!\w)(?:địa chỉ|trụ sở|(?:số )?điện thoại|đt|sđt|tel|fax|e-?mail|thư điện tử|hotline"
    r"|đường dây nóng|(?:số )?giấy phép|website|ghi rõ nguồn|bản quyền)(?!\w).*$",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE_START = re.compile(
    r"(?:^|[.;:|,()•*+–-])\s*(?:\d+[.)]\s*)?(?:ong|ba|dong chi|danh sach|thong tin(?: ve)?|cac)?\s*$"
)
_POSITION_LABEL = re.compile(r"(?i)^\s*chức (?:vụ|danh)\s*:?")

_GOES_ON = re.compile(rf"\s+[{_LOWER}]")
"""What follows a name in a sentence that tells what somebody did; an entry has a mark, an office or nothing."""

AHEAD: Final = 12
"""Lines after a role's line in which its person is looked for; a list may have a table head first."""
BLOCK: Final = 8
"""Lines after a name that belong to its entry: office, phone, e-mail, one cell a line."""
_LONGEST_LABEL: Final = 90
"""Characters of a role's line up to which it may be the heading of what follows."""
_LONGEST_LINE: Final = 2000
_MAX_PEOPLE: Final = 60


_line_of = attrgetter("line")


class Named(NamedTuple):
    """A name found in a text and where it (with its title) begins and ends."""

    name: str
    start: int
    end: int


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    start = 0
    for found in _SPLIT.finditer(text):
        yield text[start : found.start()], start
        start = found.end()
    yield text[start:], start


@lru_cache(maxsize=4096)
def find_name(text: str) -> Named | None:
    """The first personal name in a text: a known surname with one to five more names, or any capitalised
    words after an honorific. Offices, bodies and places are no names."""
    for piece, offset in _pieces(text):
        for found in _NAME.finditer(piece):
            name = _personal(found, piece)
            if name is not None:
                return Named(name, offset + found.start(), offset + found.end())
    return None


def _is_surname(word: str) -> bool:
    return fold(word) in _SURNAMES and word.lower() not in _NO_SURNAMES


def _personal(found: re.Match[str], piece: str) -> str | None:
    titled = bool(found.group("title"))
    parts = found.group("name").split()
    before = piece[: found.start("name")].split()
    while not titled and parts and not _is_surname(parts[0]):
        if parts[0].isupper() and not parts[-1].isupper() and _OFFICE.search(fold(" ".join(parts))):
            return None
        before.append(parts.pop(0))
    folded = fold(" ".join(parts))
    if not 2 <= len(parts) <= 6 or _OFFICE.search(folded) or _ANY_ROLE.search(folded) or _UNIT.search(folded):
        return None
    if not titled and before and fold(before[-1]) in _PLACES:
        return None
    return tidy(" ".join(parts))


@lru_cache(maxsize=1024)
def _office(text: str) -> str | None:
    """The part of a text that names an office, without its label and without what follows it in the line."""
    for piece, _ in _pieces(text):
        piece = _STOP.sub("", _POSITION_LABEL.sub("", piece))
        if _OFFICE.search(fold(piece)):
            return tidy(piece)[:EXCERPT_LENGTH]
    return None


class _Page(NamedTuple):
    lines: Sequence[Line]
    contacts: Sequence[Contact]
    links: Sequence[Link]

    def is_link(self, index: int) -> bool:
        """Whether a line is nothing but a link; links come in the order of their lines."""
        links, length = self.links, len(self.lines[index].text)
        for at in range(bisect_left(links, index, key=_line_of), len(links)):
            link = links[at]
            if link.line != index:
                return False
            if link.kind == "a" and len(link.text) >= length - 2:
                return True
        return False

    def value(self, kind: str, first: int, last: int) -> str | None:
        return next(
            (c.value for c in self.contacts if c.kind == kind and first <= c.line <= last and c.value), None
        )

    def entries(self, role: str, index: int, start: int, end: int) -> Iterator[Person]:
        """The people named for a role whose wording stands at ``start`` to ``end`` of a line: after it, before it
        in the line, or in the lines under it."""
        text = self.lines[index].text
        tail = text[end:]
        named = find_name(tail)
        if named is not None:
            before, rest = tail[: named.start], tail[named.end :]
            if ":" in before or not _GOES_ON.match(rest) or _OFFICE.match(fold(rest).strip()):
                yield self.person(role, index, named, text[start:end] + before, rest)
            return
        named = find_name(text[:start])
        if named is not None:
            yield self.person(role, index, named, "", text[named.end : start])
            return
        if len(text) <= _LONGEST_LABEL and not tail.partition(":")[2].strip():
            yield from self.listed(role, index)

    def listed(self, role: str, index: int) -> Iterator[Person]:
        """The people in the lines under a role's own line: one, or as many as a table of them has."""
        region, first = self.lines[index].region, index + 1
        last, table = first + AHEAD, False
        for at in range(first, len(self.lines)):
            line = self.lines[at]
            if at >= last or line.region != region or (line.heading and at > first):
                return
            if _CELL_LABEL.fullmatch(line.text):
                table = True
            elif not self.is_link(at) and len(line.text) <= _LONGEST_LINE:
                named = find_name(line.text)
                if named is not None:
                    yield self.person(role, at, named, line.text[: named.start], line.text[named.end :])
                    if not table:
                        return
                    last = at + AHEAD

    def person(self, role: str, index: int, named: Named, before: str, rest: str) -> Person:
        region = self.lines[index].region
        last = index
        while last + 1 < min(len(self.lines), index + BLOCK):
            line = self.lines[last + 1]
            if line.heading or line.region != region or _is_next_entry(line.text):
                break
            last += 1
        block = [line.text for line in self.lines[index + 1 : last + 1]]
        position = _office(rest) or _office_before(before) or next(filter(None, map(_office, block)), None)
        return Person(
            named.name,
            role,
            position,
            self.value("phone", index, last),
            self.value("email", index, last),
            index,
            tidy(" | ".join([self.lines[index].text, *block]))[:EXCERPT_LENGTH],
        )


@lru_cache(maxsize=1024)
def _is_next_entry(text: str) -> bool:
    """Whether a line begins another person's entry: it names one, and not merely in the office it tells of."""
    return len(text) <= _LONGEST_LINE and find_name(text) is not None and not _OFFICE.search(fold(text))


@lru_cache(maxsize=1024)
def _office_before(text: str) -> str | None:
    """An office that stands in front of the name ("Giám đốc Dương Hoàng Anh Tuấn"), the role's own words aside."""
    folded = _ANY_ROLE.sub(lambda role: " " * len(role.group()), fold(text))
    found = _OFFICE.search(folded)
    return tidy(text[found.start() :]).rstrip(" :.-–")[:EXCERPT_LENGTH] if found else None


def _is_list_heading(text: str) -> bool:
    """Whether a heading that is a link says nothing but the role: the door to the list, not a news title."""
    return all(word in _HEADING_WORDS for word in words(text))


@lru_cache(maxsize=1024)
def _roles_in(text: str) -> tuple[tuple[str, int, int], ...]:
    """The roles a line names, with the place of their wording, where it begins a clause."""
    folded = fold(text)
    roles = []
    for role, pattern in _ROLES.items():
        for found in pattern.finditer(folded):
            if _CLAUSE_START.search(folded, max(0, found.start() - 40), found.start()):
                roles.append((role, found.start(), found.end()))
                break
    return tuple(roles)


def read_people(
    lines: Sequence[Line], links: Sequence[Link], contacts: Sequence[Contact], lowered: str
) -> tuple[Person, ...]:
    """The people a page names for the roles of ``people.toml``; ``lowered`` is the text of the lines in lower case,
    joined by line feeds."""
    page = _Page(lines, contacts, links)
    people: dict[tuple[str, str], Person] = {}
    for index in lines_with(_MARKS, lowered):
        line = lines[index]
        if line.region in ("teaser", "menu") or len(line.text) > _LONGEST_LINE:
            continue
        if page.is_link(index) and not (line.heading and _is_list_heading(line.text)):
            continue
        for role, start, end in _roles_in(line.text):
            for person in page.entries(role, index, start, end):
                people.setdefault((role, person.name), person)
        if len(people) >= _MAX_PEOPLE:
            break
    return tuple(people.values())
