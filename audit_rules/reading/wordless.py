"""What a page draws without words: the magnifying glass, the flags, the stars that a style sheet or a script puts
where a reader looks for a search, another language, a rating. Only its marks in the markup tell of such a thing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_Mark = tuple[bytes, re.Pattern[bytes] | None]
"""A piece of lower-case markup, and what must stand around it."""

_BESIDE = 16
"""Bytes about a piece in which what must stand around it stands."""
_PLACES = 200
"""Places where a piece is looked at; looking for the piece alone is ten times as quick as for what is around it."""


def _mark(piece: str, around: str = "") -> _Mark:
    return piece.encode(), re.compile(around.encode()) if around else None


_MARKS: Final[Mapping[str, tuple[_Mark, ...]]] = {
    "search": (
        _mark("search", r"-search|search-|search\.(?:png|svg|gif)|searchbox"),
        _mark("ìm kiếm", r"(?:title|aria-label)=[\"']tìm kiếm"),
        _mark("gcse"),
    ),
    "language": (
        _mark("english"),
        _mark("flag", r"flag[-_]|/flag"),
        _mark("lang", r"lang-en|setlang|changelang"),
        _mark("translate", r"google_translate|gtranslate"),
        _mark(">en", r">(?:en|eng)<"),
        _mark(">anh<"),
        _mark("icon-en"),
        _mark('value="en'),
        _mark("value='en"),
    ),
    "rating": (
        _mark("rating", r"-rating|rating-|ratings|[\"']rating"),
        _mark("star", r"fa-star|/star|star-"),
        _mark("rate", r"rateit|rate\("),
        _mark("danhgia"),
        _mark("danh-gia"),
        _mark(" votes"),
        _mark("lượt đánh giá"),
        _mark("phiếu)"),
        (b"\xe2\x98", re.compile("★|☆".encode())),
    ),
}
"""Pieces of class names, addresses, calls and labels by which portals and the systems they are built with know
these things: Font Awesome, Bootstrap, flag-icon-css, Google's and Liferay's own, and their Vietnamese names."""


def drawn_without_words(page: bytes) -> tuple[str, ...]:
    """Which of "search", "language" and "rating" a page (UTF-8, as bounded) has marks of."""
    low = page.lower()  # ASCII letters only: Vietnamese capitals in labels stay, and are no marks
    return tuple(thing for thing, marks in _MARKS.items() if any(_stands(mark, low) for mark in marks))


def _stands(mark: _Mark, page: bytes) -> bool:
    piece, around = mark
    at = page.find(piece)
    if around is None:
        return at >= 0
    for _ in range(_PLACES):
        if at < 0:
            return False
        if around.search(page, max(0, at - _BESIDE), at + len(piece) + _BESIDE):
            return True
        at = page.find(piece, at + len(piece))
    return False
