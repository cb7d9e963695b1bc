"""The concepts rules look for, as data, and their wordings in each form, ready to be found in a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

from audit_rules.reading.data import checked, load
from audit_rules.reading.spelling import Slips, Words, forms_of, joined
from audit_rules.reading.vietnamese import SYLLABLES

_FEWEST_LETTERS = 8
"""Letters of a wording in which one may be amiss."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing rules look for. ``near`` are phrases that in their order speak loosely of it, with whatever in
    between; ``perhaps`` are labels that may stand for it as well as for something else, and speak loosely of it
    where they say little more; ``lead`` is how many words may stand before the wording, ``slack`` how many other
    words an entry may carry in all; ``sought`` concepts draw the crawler, in the order of the file; of a
    ``telling`` concept even a looser wording is worth a person's look."""

    id: str
    name: str
    accepted: tuple[str, ...]
    refused: tuple[str, ...]
    near: tuple[tuple[str, ...], ...]
    perhaps: tuple[str, ...]
    lead: int
    slack: int
    sought: bool
    telling: bool
    priority: int


_SHAPE: Mapping[str, type] = {
    "name": str,
    "accepted": list,
    "refused": list,
    "near": list,
    "perhaps": list,
    "lead": int,
    "slack": int,
    "sought": bool,
    "telling": bool,
}


def read_concepts(entries: Mapping[str, Any]) -> dict[str, Concept]:
    """The concepts of a vocabulary file, by id and in its order. Raises LabelError."""
    for key, entry in entries.items():
        checked(entry, f"concepts.toml [{key}]", _SHAPE, "name", "accepted")
    return {
        key: Concept(
            id=key,
            name=entry["name"],
            accepted=tuple(entry["accepted"]),
            refused=tuple(entry.get("refused", ())),
            near=tuple(map(tuple, entry.get("near", ()))),
            perhaps=tuple(entry.get("perhaps", ())),
            lead=entry.get("lead", 2),
            slack=entry.get("slack", 6),
            sought=entry.get("sought", True),
            telling=entry.get("telling", False),
            priority=priority,
        )
        for priority, (key, entry) in enumerate(entries.items())
    }


def _folded(text: str) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(form for form, _ in forms_of(text)))


def flat(said: Words) -> str:
    """Words as phrases are searched for in them."""
    return f" {' '.join(said)} "


def phrases(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts in each of their forms, as they stand in ``flat`` words."""
    return tuple(flat(form) for text in texts for form in _folded(text))


CONCEPTS = read_concepts(load("concepts.toml"))


def is_spelt(wording: Words) -> bool:
    """Whether one letter of a wording may be amiss: it is long, and Vietnamese."""
    return len("".join(wording)) >= _FEWEST_LETTERS and SYLLABLES.issuperset(wording)


class Step(dict[str, "Step"]):
    """The wordings that begin with the same words, by the next word; ``ends`` are those that end here, with
    their concepts and accents."""

    ends: tuple[tuple[Concept, str, Words], ...] = ()


class Index:
    """Every accepted and confirmed wording in each of its forms. ``near`` are the looser phrases by their first
    word, with all the words they need, ``joined`` words without the blanks between them, ``refused`` the phrases
    that refuse a concept."""

    def __init__(self, confirmed: Mapping[str, tuple[str, ...]]) -> None:
        self.start = Step()
        self.near: dict[str, list[tuple[frozenset[str], tuple[str, ...], Concept]]] = {}
        self.refused = {concept.id: phrases(concept.refused) for concept in CONCEPTS.values()}
        forms: list[Words] = []
        for concept in CONCEPTS.values():
            for wording in (*concept.accepted, *confirmed.get(concept.id, ())):
                for form, accents in forms_of(wording):
                    self._end_of(form).ends += ((concept, wording, accents),)
                    forms.append(form)
            for label in concept.perhaps:
                for form, accents in forms_of(label):
                    self._end_of(form).ends += ((concept, label, accents),)
            for loose in concept.near:
                for parts in product(*map(_folded, loose)):
                    needed = frozenset(word for part in parts for word in part)
                    self.near.setdefault(parts[0][0], []).append((needed, tuple(map(flat, parts)), concept))
        self._longest = max(map(len, forms), default=0)
        self.joined = joined(forms)
        self.first_words = frozenset((*self.start, *self.near, *self.joined))
        slips = Slips({word for form in forms if is_spelt(form) for word in form})
        self.meant = lru_cache(maxsize=16384)(slips.meant)

    def _end_of(self, form: Words) -> Step:
        step = self.start
        for word in form:
            step = step.setdefault(word, Step())
        return step

    def at(self, said: Words, at: int) -> list[tuple[int, Concept, str, Words]]:
        """The wordings that begin at a word, the longest first: lengths, concepts, spellings, accents."""
        found: list[tuple[int, Concept, str, Words]] = []
        step = self.start
        for length, word in enumerate(said[at : at + self._longest], start=1):
            following = step.get(word)
            if following is None:
                break
            step = following
            if step.ends:
                found[:0] = [(length, *end) for end in step.ends]
        return found


@cache
def index() -> Index:
    """Made when the first text is looked at: by then the rule book was opened, which tells what is wrong with the
    file of confirmed samples."""
    from audit_rules.reading.confirmed import CONFIRMED

    texts: dict[str, tuple[str, ...]] = {}
    for sample in CONFIRMED:
        if sample.kind == "text":
            texts[sample.concept] = (*texts.get(sample.concept, ()), sample.value)
    return Index(texts)
