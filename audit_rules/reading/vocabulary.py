"""Concepts as data: the wordings by which portals name a thing, found in one pass over folded words.

A concept's file says which wordings are accepted, which words around them refuse a match (a training on the
regulation is not the regulation), how many other words an entry may carry, and which words together come near.
A wording is known in each of its forms: written out, abbreviated, without its blanks, without accents; and with one
letter or accent amiss where a label says nothing else and no other word of the language comes of it ("truyền thông"
is not "truyền thống").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from audit_rules.address import is_document
from audit_rules.facts import Region
from audit_rules.reading.concepts import CONCEPTS, Concept, flat, index, is_spelt, phrases
from audit_rules.reading.data import load
from audit_rules.reading.links import address_words
from audit_rules.reading.spelling import Words
from audit_rules.reading.vietnamese import SYLLABLES, accents, words

__all__ = ["CONCEPTS", "PLACES", "Concept", "Match", "link_match", "link_matches", "match", "matches", "rank"]

PLACES: tuple[Region, ...] = ("header", "menu", "main", "aside", "footer")
"""Where a wording names the thing; in a teaser or an article it is a title or running text about it."""

_FEWEST_WORDS = 4
"""Words of a wording of which one may have other accents."""
_LABEL = 16
"""Words of a text that may still be a label with a slip in it."""
_BESIDE_PERHAPS = 1
"""Other words that say something beside a label which may stand for the thing."""
_NUMBERING = re.compile(r"^(?:\d{1,2}|[ivx]{1,4}|[a-z])$")
_OPENERS = frozenset(load("openers.toml")["openers"])
_BADGES = f"://{load('badges.toml')['host']}/"


@dataclass(frozen=True, slots=True)
class Match:
    """A wording found in a text. ``why_not`` is None where it counts, else the reason it does not: "news"
    (refused words), "loose" (other words stand before it or inside it), "long" (too many words follow)."""

    concept: str
    wording: str
    extra: int
    why_not: str | None


def _holds_in_order(said: str, phrases: Iterable[str]) -> bool:
    """Whether ``flat`` words hold these phrases one after another."""
    at = 0
    for phrase in phrases:
        at = said.find(phrase, at)
        if at < 0:
            return False
        at += len(phrase) - 1  # a phrase ends with the blank that the next one may begin with
    return True


class _Phrases:
    """Phrases by their first words: most texts hold none of those, and are done with."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for text in texts:
            said = text.split()
            self._by_first.setdefault(said[0], []).append((text, frozenset(said)))
        self._first = frozenset(self._by_first)

    def that_may_be_in(self, once: frozenset[str]) -> list[str]:
        """Those of which every word is there."""
        begun = self._first & once
        return [text for word in begun for text, said in self._by_first[word] if said <= once]


_NEWS = _Phrases(phrases(load("openers.toml")["news"]))


@lru_cache(maxsize=1024)
def _refusals(concept: str) -> _Phrases:
    return _Phrases(index().refused[concept])


@lru_cache(maxsize=8192)
def _says_nothing(word: str) -> bool:
    return word in _OPENERS or _NUMBERING.match(word) is not None


class _Said:
    """The words of a text, and what each wording that is found there is judged by, worked out once for all of them
    and only if there is one."""

    __slots__ = ("_accents", "_news", "_text", "once", "words")

    def __init__(self, text: str, said: Words, once: frozenset[str]) -> None:
        self.words = said
        self.once = once
        self._text = "" if text.isascii() else text
        self._accents: Words | None = None
        self._news: list[str] | None = None

    def amiss(self, at: int, marks: Words) -> int:
        """How many words have other accents than the wording from ``at`` on; one without any has lost them."""
        if not self._text:
            return 0
        if self._accents is None:
            told = accents(self._text)
            self._accents = told if len(told) == len(self.words) else ()
        said = self._accents[at : at + len(marks)]
        return 0 if said == marks else sum(mine not in ("", its) for mine, its in zip(said, marks, strict=False))

    def alone(self, at: int, length: int) -> bool:
        """Whether the text says nothing beside these words."""
        return self.beside(at, length) == 0

    def beside(self, at: int, length: int) -> int:
        """How many words that say something stand beside these."""
        return sum(not _says_nothing(word) for word in (*self.words[:at], *self.words[at + length :]))

    def refuses(self, concept: Concept, at: int, length: int) -> bool:
        """Whether the text refuses a concept, or is news by what it says beside the words of the wording."""
        refusals = _refusals(concept.id).that_may_be_in(self.once)
        if refusals and _holds_any(self.words, refusals):
            return True
        if self._news is None:
            self._news = _NEWS.that_may_be_in(self.once)
        return bool(self._news) and _holds_any(self.words[:at] + self.words[at + length :], self._news)

    def why_not(self, concept: Concept, at: int, length: int) -> str | None:
        """Why a wording at these words does not count; see Match."""
        if self.refuses(concept, at, length):
            return "news"
        if at > concept.lead:
            lead = 0
            for word in self.words[:at]:
                lead += not _says_nothing(word)
                if lead > concept.lead:
                    return "loose"
        return "long" if len(self.words) - length > concept.slack else None


def _holds_any(said: Words, phrases: Iterable[str]) -> bool:
    text = flat(said)
    return any(phrase in text for phrase in phrases)


def _named(said: _Said) -> dict[str, Match]:
    """The best match of each concept whose wording stands there letter by letter."""
    vocabulary, told, found = index(), said.words, dict[str, Match]()
    last = len(told) - 1
    start = vocabulary.start
    for at in [at for at, word in enumerate(told) if word in start]:
        step = start[told[at]]
        if not (step.ends or (at < last and told[at + 1] in step)):
            continue
        for length, concept, wording, marks in vocabulary.at(told, at):
            known = found.get(concept.id)
            if known is not None and known.why_not is None:
                continue
            amiss = said.amiss(at, marks)
            if amiss > 1 or (amiss and length < _FEWEST_WORDS):
                continue  # other words that only look alike without their accents
            if wording in concept.perhaps:
                if known is None and not amiss and said.beside(at, length) <= _BESIDE_PERHAPS:
                    found[concept.id] = _perhaps(said, length, wording, concept)
                continue
            why_not = said.why_not(concept, at, length)
            if why_not is None and amiss and not said.alone(at, length):
                why_not = "loose"
            if known is None or why_not is None or (known.wording in concept.perhaps and why_not != "news"):
                found[concept.id] = Match(concept.id, wording, len(told) - length, why_not)
    return found


def _perhaps(said: _Said, length: int, wording: str, concept: Concept) -> Match:
    """The match of a label that may stand for the thing: it never counts, and says nothing where it is refused."""
    refused = len(said.words) > length and said.refuses(concept, 0, 0)
    return Match(concept.id, wording, len(said.words) - length, "news" if refused else "loose")


def _slips(said: _Said) -> Iterator[tuple[_Said, Match]]:
    """Wordings of which one letter is amiss, with the words as they were meant. They count where the text says
    nothing else, as a label does."""
    for wrong, word in enumerate(said.words):
        for meant in index().meant(word):
            words_meant = (*said.words[:wrong], meant, *said.words[wrong + 1 :])
            mended = _Said("", words_meant, frozenset(words_meant))
            for at in range(wrong + 1):
                for length, concept, wording, marks in index().at(mended.words, at):
                    spelt = mended.words[at : at + length]
                    if at + length <= wrong or wording in concept.perhaps or not is_spelt(spelt):
                        continue
                    why_not = mended.why_not(concept, at, length)
                    if why_not is None and (not said.alone(at, length) or said.amiss(at, marks) > 1):
                        why_not = "loose"
                    yield mended, Match(concept.id, wording, len(mended.words) - length, why_not)


def _named_by_slips(said: _Said, found: dict[str, Match]) -> dict[str, Match]:
    misses: dict[str, Match] = {}
    for mended, slip in _slips(said):
        if slip.why_not is None and slip.concept not in found:
            return _named(mended)
        misses.setdefault(slip.concept, slip)
    return {**misses, **found}


@lru_cache(maxsize=131072)
def matches(text: str) -> tuple[Match, ...]:
    """Every concept a text speaks of, the best match of each; matches that do not count are kept, for they are
    the nearest misses."""
    vocabulary, told = index(), words(text)
    once = frozenset(told)
    strange = once - SYLLABLES
    if not strange and vocabulary.first_words.isdisjoint(once):
        return ()
    if strange and "@" not in text and not vocabulary.joined.keys().isdisjoint(strange):
        # a mailbox is called after anything
        told = tuple(part for word in told for part in vocabulary.joined.get(word, (word,)))
        once = frozenset(told)
    said = _Said(text, told, once)
    found = _named(said)
    if strange and len(told) <= _LABEL and any(map(vocabulary.meant, strange)):
        found = _named_by_slips(said, found)
    if not vocabulary.near.keys().isdisjoint(once):
        found |= _nearly_named(said, found)
    return tuple(found.values())


def _nearly_named(said: _Said, found: Mapping[str, Match]) -> dict[str, Match]:
    """The concepts beside those ``found`` of which the text speaks in looser phrases."""
    near, misses = index().near, dict[str, Match]()
    for word in [word for word in said.words if word in near]:
        for needed, parts, concept in near[word]:
            if needed <= said.once and concept.id not in found and _holds_in_order(flat(said.words), parts):
                why_not = "news" if said.refuses(concept, 0, 0) else "loose"
                misses[concept.id] = Match(concept.id, concept.name, len(said.words), why_not)
    return misses


def match(text: str, concept: str) -> Match | None:
    """The match of one concept in a text, counting or not."""
    return next((found for found in matches(text) if found.concept == concept), None)


def _all_matches(text: str, hint: str, url: str) -> Iterator[tuple[int, Match]]:
    address = address_words(url)
    for penalty, where in ((0, text), (1, hint), (2, address)):
        if where:
            for found in matches(where):
                yield penalty, found
    if "/" in address and is_document(url):  # the folders of a file say little of it
        for found in matches(address.rpartition("/")[2]):
            yield 2, found


@lru_cache(maxsize=16384)
def link_matches(text: str, hint: str, url: str) -> tuple[Match, ...]:
    """Every concept a link speaks of: by its text, its title, or its address; the first match that counts, else the
    nearest miss. What the text refuses ("đầu mối …" under /tiep-can-thong-tin/) the address cannot mend."""
    settled: dict[str, Match] = {}
    misses: dict[str, Match] = {}
    for penalty, found in _all_matches(text, hint, url):
        if found.why_not is None or found.why_not == "news":
            settled.setdefault(found.concept, found)
        elif penalty < 2:
            misses.setdefault(found.concept, found)
    return tuple({**misses, **settled}.values())


def link_match(text: str, hint: str, url: str, concept: str) -> Match | None:
    """The match of one concept in a link, counting or not."""
    return next((found for found in link_matches(text, hint, url) if found.concept == concept), None)


def rank(text: str, hint: str, url: str, region: Region) -> int | None:
    """How much a link draws the crawler (0 first), or None where it speaks of nothing a rule looks for. A badge is
    read where it stands: its directory ("danh bạ") has nothing to add, and every portal would ask there."""
    if _BADGES in url:
        return None
    best: int | None = None
    for penalty, found in _all_matches(text, hint, url):
        concept = CONCEPTS[found.concept]
        if not concept.sought:
            continue
        cost = (
            concept.priority
            + 20 * penalty
            + (40 if found.why_not else 0)
            + (20 if region in ("teaser", "article") else 0)
        )
        best = cost if best is None else min(best, cost)
    return best
