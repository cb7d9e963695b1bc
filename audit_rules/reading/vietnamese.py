"""Vietnamese text as it is compared: one spelling for NFC and NFD, capitals, lost accents and stray blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PUNCTUATION = re.compile("[\u00a0\u00ab\u00bb\u2000-\u200a\u2010-\u2027\u202f-\u205f\u3000]")
_COMBINING = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[a-z0-9]+")

_SAMPLE = 1500
"""Characters of text by which the language is judged."""
_FEWEST_LETTERS = 200

_VIETNAMESE_LETTERS = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_ACCENTED = re.compile("[àáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝ]")
_ENGLISH = frozenset(
    {"the", "of", "and", "in", "for", "to", "is", "are", "with", "on", "by", "from", "home", "news"}
)


def tidy(text: str) -> str:
    """Text as it is shown and stored: NFC, no invisible or direction marks, blanks folded."""
    if "  " in text or not text.isprintable() or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.split())
        if not text.isprintable():
            text = " ".join(_INVISIBLE.sub("", text).split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Text as it is compared: ASCII, lower case, no accents; "Đầu mối" and "DAU MOI" fold alike.

    A tidy text keeps its length, so that a place in the folded text is the same place in the text.
    """
    if not text.isascii():
        text = _PUNCTUATION.sub(" ", text)
        text = _COMBINING.sub("", unicodedata.normalize("NFD", text)).replace("đ", "d").replace("Đ", "D")
        text = text.encode("ascii", "replace").decode("ascii")
    return text.lower()


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order."""
    return tuple(_WORD.findall(fold(text)))


def lines_with(marks: Sequence[str], text: str) -> list[int]:
    """The numbers, from 0, of the lines of a text in which one of the marks stands."""
    found: set[int] = set()
    for mark in marks:
        line = seen = 0
        at = text.find(mark)
        while at >= 0:
            line += text.count("\n", seen, at)
            found.add(line)
            seen = text.find("\n", at)
            at = text.find(mark, seen) if seen >= 0 else -1
    return sorted(found)


def spoken(text: str) -> str | None:
    """The language a text is really written in: "vi", "en", or None where there is too little of it.

    Vietnamese is known by letters no neighbour uses (ă đ ơ ư and the dotted ones); English by its small words
    in a text without them. Under 200 letters nobody can tell. The middle of the text is looked at: a page begins
    with its menus, and ends with its footer.
    """
    middle = max(0, (len(text) - _SAMPLE) // 2)
    sample = text[middle : middle + _SAMPLE]
    letters = len("".join(sample.split()))
    if letters < _FEWEST_LETTERS:
        return None
    native = len(_VIETNAMESE_LETTERS.findall(sample))
    if native > letters * 0.03 or native + len(_ACCENTED.findall(sample)) > letters * 0.12:
        return "vi"
    if native < letters * 0.008:
        tokens = _WORD.findall(sample.lower())
        if sum(token in _ENGLISH for token in tokens) > len(tokens) * 0.04:
            return "en"
    return None
