"""Vietnamese text as it is compared: one spelling for NFC and NFD, capitals, lost accents and stray blanks; and
which folded words are syllables of the language, by how those are built."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from itertools import chain

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PUNCTUATION = re.compile("[\u00a0\u00ab\u00bb\u2000-\u200a\u2010-\u2027\u202f-\u205f\u3000]")
_COMBINING = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[a-z0-9]+")
_BARRED = (("đ", "d"), ("Đ", "D"), ("ð", "d"), ("Ð", "D"))
"""The letter đ, and the Icelandic one that looks like it and is typed in its place."""

_ACCENTED_WORD = re.compile("[a-z0-9][a-z0-9\u0300-\u036f]*")
_STROKE = "\u0335"
"""Stands for what makes đ of d, where accents are told."""

_ONSETS = "|b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x"
_RIMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|e|ec|ech|em|en|eng|enh|eo|ep|et|eu|i|ia|ich|iec|iem|ien|ieng|iep|iet"
    "|ieu|im|in|inh|ip|it|iu|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oat|oay|oc|oe|oen|oeo|oet|oi|om|on|ong|oong|op"
    "|ot|u|ua|uac|uai|uan|uang|uanh|uat|uau|uay|uc|ue|uech|uen|uenh|uet|ui|um|un|ung|uo|uoc|uoi|uom|uon|uong|uop"
    "|uot|uou|up|ut|uu|uy|uya|uych|uyen|uyet|uyn|uynh|uyt|uyu|y|yem|yen|yet|yeu"
)
SYLLABLES = frozenset(onset + rime for onset in _ONSETS.split("|") for rime in _RIMES.split("|"))
"""Every folded word that may be Vietnamese, and some that nobody says; a word that is none is a slip or foreign."""

_REMEMBERED = 300
"""Characters of a text of which each word is remembered, so that a hostile page cannot fill the memory."""

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
        apart = unicodedata.normalize("NFD", text)
        for barred, plain in _BARRED:
            apart = apart.replace(barred, plain)
        letters = apart.encode("ascii", "ignore")
        if len(letters) != len(text):  # a sign that is no letter with accents: it stays, as a question mark
            letters = _COMBINING.sub("", apart).encode("ascii", "replace")
        text = letters.decode("ascii")
    return text.lower()


@lru_cache(maxsize=16384)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order; what was encoded twice ("&amp;#273;") is read as it was meant."""
    text = _meant(text)
    if text.isascii() or len(text) > _REMEMBERED:
        return _words(text)
    return tuple(chain.from_iterable(map(_known_words, text.split(" "))))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


_known_words = lru_cache(maxsize=32768)(_words)
"""``_words`` of what stands between two blanks: the language has some thousand syllables, which come again and
again, and folding a letter depends on no other."""


def accents(text: str) -> tuple[str, ...]:
    """The accents of each of the ``words`` of a text, wherever in the word they stand (Ủy and Uỷ have the same); an
    empty text for a word without any."""
    text = _meant(text)
    if len(text) > _REMEMBERED:
        return _accents(text)
    return tuple(chain.from_iterable(map(_known_accents, text.split(" "))))


def _accents(text: str) -> tuple[str, ...]:
    bare = text.lower().replace("đ", f"d{_STROKE}").replace("ð", f"d{_STROKE}")
    found = _ACCENTED_WORD.findall(unicodedata.normalize("NFD", bare))
    return tuple("".join(sorted(each for each in word if each > "\u02ff")) for word in found)


_known_accents = lru_cache(maxsize=32768)(_accents)


def _meant(text: str) -> str:
    if "&" in text and ";" in text:
        text = unescape(text)
    return text if text.isprintable() else _INVISIBLE.sub("", text)


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
