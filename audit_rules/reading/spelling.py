"""The ways in which one wording is written: in full, abbreviated, without its blanks, with one letter amiss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import SYLLABLES, accents, words

Words = tuple[str, ...]
"""Folded words, or their accents."""

_MOST_FORMS = 24
_JOINED_LETTERS = 6
"""Letters of words that are known without the blanks between them: fewer are too often another word."""
_SLIPPED_LETTERS = 3
"""Letters of a word in which one may be amiss."""

_Spelt = tuple[tuple[str, str], ...]
"""Words with their accents."""


def _spelt(text: str) -> _Spelt:
    return tuple(zip(words(text), accents(text), strict=True))


def _by_first_word(texts: Mapping[str, str]) -> Mapping[tuple[str, str], list[tuple[int, _Spelt, _Spelt]]]:
    """What may be written instead of what, with its rank in the file, by the first word."""
    found: dict[tuple[str, str], list[tuple[int, _Spelt, _Spelt]]] = {}
    for rank, (short, long) in enumerate((_spelt(short), _spelt(long)) for short, long in texts.items()):
        found.setdefault(short[0], []).append((2 * rank, short, long))
        found.setdefault(long[0], []).append((2 * rank + 1, long, short))
    return found


_INSTEAD = _by_first_word(load("abbreviations.toml"))


def forms_of(wording: str) -> tuple[tuple[Words, Words], ...]:
    """A wording in folded words, and their accents: as it is written first, then with what it abbreviates written
    out, and the other way round ("thủ tục hành chính", "TTHC")."""
    forms = {_spelt(wording): None}
    waiting = list(forms)
    while waiting:
        form = waiting.pop(0)
        for _, at, said, instead in sorted(_replaceable(form)):
            other = (*form[:at], *instead, *form[at + len(said) :])
            if other not in forms and len(forms) < _MOST_FORMS:
                forms[other] = None
                waiting.append(other)
    return tuple((tuple(word for word, _ in form), tuple(accent for _, accent in form)) for form in forms)


def _replaceable(form: _Spelt) -> Iterator[tuple[int, int, _Spelt, _Spelt]]:
    """What of a form may be written otherwise: its rank and place, the words there, and those instead."""
    for at, word in enumerate(form):
        for rank, said, instead in _INSTEAD.get(word, ()):
            if form[at : at + len(said)] == said:
                yield rank, at, said, instead


def joined(wordings: Iterable[Words]) -> Mapping[str, Words]:
    """What words of these wordings look like where the blanks between them were forgotten, as addresses do:
    "thongtin", "sodocong"."""
    found: dict[str, Words] = {}
    for wording in wordings:
        for start in range(len(wording)):
            for end in range(start + 2, len(wording) + 1):
                run = "".join(wording[start:end])
                if len(run) >= _JOINED_LETTERS and run not in SYLLABLES:
                    found.setdefault(run, wording[start:end])
    return found


class Slips:
    """The words that a misspelt word may stand for: one letter too many, too few, or another one."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_rest: dict[str, list[str]] = {}
        for word in sorted(known):
            if len(word) >= _SLIPPED_LETTERS:
                for rest in _shortened(word):
                    self._by_rest.setdefault(rest, []).append(word)

    def meant(self, word: str) -> tuple[str, ...]:
        """None for a syllable of the language, whatever it stands beside: it was meant as it is written."""
        if word in SYLLABLES or len(word) < _SLIPPED_LETTERS or not word.isalpha():
            return ()
        near = {meant for rest in _shortened(word) for meant in self._by_rest.get(rest, ())}
        return tuple(sorted(meant for meant in near if _one_apart(word, meant)))


def _shortened(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_apart(one: str, other: str) -> bool:
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_of_other = one[at:], other[at:]
    return rest[1:] == rest_of_other[1:] or rest[1:] == rest_of_other or rest == rest_of_other[1:]
