"""What is shown of private persons: phone numbers, mail addresses and numbers of identity papers are masked, unless
they stand where an agency says how to reach it."""

from __future__ import annotations

import re
from dataclasses import replace

from audit_rules.evidence import region_words
from audit_rules.reading.contacts import contacts_in
from audit_rules.verdict import Evidence, Value, Verdict

_BLOCKS = frozenset({region_words("footer"), region_words("header")})
"""Where an agency tells how to reach it."""
_RUNNING = frozenset({region_words("article"), region_words("teaser")})
_TEXTS = _BLOCKS | _RUNNING | {region_words("main"), region_words("menu"), region_words("aside")}
_TEXTS |= {"toàn trang / whole page", "kết quả tìm kiếm / search results", "thẻ head / head element"}
"""Places of which the excerpt is what somebody wrote; others are codes and measures."""
_OF_CONTACTS = frozenset({"identity", "disclosure"})
"""Topics whose rules look for the agency's own contacts, and show them."""
_PUBLIC = re.compile(r"1[89]00|1022\Z|11\d\Z|080|069")
"""Numbers of services, not of persons."""
_DIGIT = re.compile(r"\d")
_SEEN_DIGITS = 3
_CUE = (
    r"(?:cmnd|cmtnd|cmt|cccd|căn cước(?: công dân)?|chứng minh(?: nhân dân| thư)|(?:số|mã) định danh(?: cá nhân)?"
    r"|hộ chiếu|passport)"
)
_PAPER = re.compile(
    rf"(?i){_CUE}[^\w]{{0,4}}(?:số)?[^\w]{{0,4}}([a-z]?\d(?:[ .]?\d){{6,13}})(?!\d)"
    r"|(?:mã số thuế|mst)(?: cá nhân)?[^\w]{0,4}(8\d{9})(?!\d)"
    r"|(?<![\w./-])(0(?:0[1-9]|[1-8]\d|9[0-6])[ .]?\d{3}[ .]?\d{3}[ .]?\d{3})(?![\w/])"
)
"""Numbers of identity papers, and tax codes of persons; twelve digits that begin with a province are one."""


def masked(text: str) -> str:
    """A text of unknown origin as it may be shown."""
    return _without_contacts(_without_papers(text))


def shown(verdict: Verdict, topic: str) -> Verdict:
    """A verdict as it is stored and told; ``topic`` is that of its rule."""
    searched = verdict.searched
    if searched is not None and searched.nearest is not None:
        searched = replace(searched, nearest=replace(searched.nearest, text=masked(searched.nearest.text)))
    evidence = tuple(_piece(piece, topic) for piece in verdict.evidence)
    values = verdict.values
    if topic not in _OF_CONTACTS:
        values = {name: _value(value) for name, value in values.items()}
    if (searched, evidence, values) == (verdict.searched, verdict.evidence, verdict.values):
        return verdict
    return replace(verdict, searched=searched, evidence=evidence, values=values)


def _piece(piece: Evidence, topic: str) -> Evidence:
    if piece.where not in _TEXTS:
        return piece
    text, arrow, address = piece.excerpt.partition(" → ")
    text = _without_papers(text)
    own = piece.where in _BLOCKS or (topic in _OF_CONTACTS and piece.where not in _RUNNING)
    if not own:
        text = _without_contacts(text)
    excerpt = text + arrow + address
    return piece if excerpt == piece.excerpt else replace(piece, excerpt=excerpt)


def _value(value: Value) -> Value:
    """A text of several words is somebody's; a lone one is a code, a number, an address."""
    if isinstance(value, list):
        return [masked(each) if " " in each and "://" not in each else each for each in value]
    return masked(value) if isinstance(value, str) and " " in value and "://" not in value else value


def _without_papers(text: str) -> str:
    return _PAPER.sub(_hidden, text) if _DIGIT.search(text) else text


def _hidden(found: re.Match[str]) -> str:
    number = next(filter(None, found.groups()))
    return found.group().replace(number, _starred(number))


def _without_contacts(text: str) -> str:
    for kind, value, written in contacts_in(text):
        if kind == "phone" and not _PUBLIC.match(value):
            text = text.replace(written, _starred(written))
        elif kind == "email" and value:
            text = text.replace(written, f"{written[0]}•••@{value.rpartition('@')[2]}")
    return text


def _starred(number: str) -> str:
    """The first digits of a number, and a dot for each of the others."""
    seen = 0
    letters = []
    for letter in number:
        seen += letter.isdigit()
        letters.append("•" if letter.isdigit() and seen > _SEEN_DIGITS else letter)
    return "".join(letters)
