"""Concepts as data: the wordings by which portals name a thing, found in one pass over folded words.

A concept's file says which wordings are accepted, which words around them refuse a match (a training on the
regulation is not the regulation), how many other words an entry may carry, and which words together come near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from audit_rules.facts import Region
from audit_rules.reading.data import load
from audit_rules.reading.links import address_words
from audit_rules.reading.vietnamese import words

_NUMBERING = re.compile(r"^(?:\d{1,2}|[ivx]{1,4}|[a-z])$")
_OPENERS = frozenset(load("openers.toml")["openers"])


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing rules look for. ``near`` are phrases that in their order speak loosely of it, with whatever in
    between; ``lead`` is how many words may stand before the wording, ``slack`` how many other words an entry may
    carry in all; ``sought`` concepts draw the crawler, in the order of the file; of a ``telling`` concept even a
    looser wording is worth a person's look."""

    id: str
    name: str
    accepted: tuple[str, ...]
    refused: tuple[tuple[str, ...], ...]
    near: tuple[tuple[tuple[str, ...], ...], ...]
    lead: int
    slack: int
    sought: bool
    telling: bool
    priority: int


@dataclass(frozen=True, slots=True)
class Match:
    """A wording found in a text. ``why_not`` is None where it counts, else the reason it does not: "news"
    (refused words), "loose" (other words stand before it or inside it), "long" (too many words follow)."""

    concept: str
    wording: str
    extra: int
    why_not: str | None


def _concepts() -> dict[str, Concept]:
    return {
        key: Concept(
            id=key,
            name=entry["name"],
            accepted=tuple(entry["accepted"]),
            refused=tuple(words(text) for text in entry.get("refused", ())),
            near=tuple(tuple(words(text) for text in phrases) for phrases in entry.get("near", ())),
            lead=entry.get("lead", 2),
            slack=entry.get("slack", 6),
            sought=entry.get("sought", True),
            telling=entry.get("telling", False),
            priority=priority,
        )
        for priority, (key, entry) in enumerate(load("concepts.toml").items())
    }


CONCEPTS = _concepts()
_NEWS: tuple[tuple[str, ...], ...] = tuple(words(text) for text in load("openers.toml")["news"])


def _by_first_word() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    index: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for concept in CONCEPTS.values():
        for wording in concept.accepted:
            folded = words(wording)
            index.setdefault(folded[0], []).append((folded, concept.id, wording))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


def _near_by_first_word() -> dict[str, list[tuple[tuple[tuple[str, ...], ...], Concept]]]:
    index: dict[str, list[tuple[tuple[tuple[str, ...], ...], Concept]]] = {}
    for concept in CONCEPTS.values():
        for parts in concept.near:
            index.setdefault(parts[0][0], []).append((parts, concept))
    return index


_INDEX = _by_first_word()
_NEAR = _near_by_first_word()
_FIRST_WORDS = frozenset((*_INDEX, *_NEAR))


def _holds(said: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1))


def _holds_in_order(said: tuple[str, ...], parts: tuple[tuple[str, ...], ...]) -> bool:
    for part in parts:
        at = next((at for at in range(len(said)) if said[at : at + len(part)] == part), None)
        if at is None:
            return False
        said = said[at + len(part) :]
    return True


def _is_refused(said: tuple[str, ...], rest: tuple[str, ...], concept: Concept) -> bool:
    return any(_holds(said, refusal) for refusal in concept.refused) or any(_holds(rest, sign) for sign in _NEWS)


def _judge(said: tuple[str, ...], at: int, wording: tuple[str, ...], concept: Concept) -> str | None:
    rest = said[:at] + said[at + len(wording) :]
    if _is_refused(said, rest, concept):
        return "news"
    lead = [word for word in said[:at] if word not in _OPENERS and not _NUMBERING.match(word)]
    if len(lead) > concept.lead:
        return "loose"
    if len(rest) > concept.slack:
        return "long"
    return None


@lru_cache(maxsize=65536)
def matches(text: str) -> tuple[Match, ...]:
    """Every concept a text speaks of, the best match of each; matches that do not count are kept, for they are
    the nearest misses."""
    said = words(text)
    if _FIRST_WORDS.isdisjoint(said):
        return ()
    found: dict[str, Match] = {}
    for at, word in enumerate(said):
        for wording, concept_id, original in _INDEX.get(word, ()):
            if said[at : at + len(wording)] != wording:
                continue
            why_not = _judge(said, at, wording, CONCEPTS[concept_id])
            known = found.get(concept_id)
            if known is None or (known.why_not is not None and why_not is None):
                found[concept_id] = Match(concept_id, original, len(said) - len(wording), why_not)
    for at, word in enumerate(said):
        for parts, concept in _NEAR.get(word, ()):
            if concept.id not in found and _holds_in_order(said[at:], parts):
                why_not = "news" if _is_refused(said, said, concept) else "loose"
                found[concept.id] = Match(concept.id, concept.name, len(said), why_not)
    return tuple(found.values())


def match(text: str, concept: str) -> Match | None:
    """The match of one concept in a text, counting or not."""
    return next((found for found in matches(text) if found.concept == concept), None)


def _all_matches(text: str, hint: str, url: str) -> Iterator[tuple[int, Match]]:
    for penalty, where in ((0, text), (1, hint), (2, address_words(url))):
        if where:
            for found in matches(where):
                yield penalty, found


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
    """How much a link draws the crawler (0 first), or None where it speaks of nothing a rule looks for."""
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
