"""How often something was told rightly: counts of right and wrong answers, and how sure a share of them is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Literal

Truth = Literal["positive", "negative"]
Told = Literal["positive", "negative", "undecided", "unbound"]

Z95 = 1.959964
"""The normal distribution's two-sided 95 % point."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was told of cases whose truth is known.

    ``undecided_positive`` and ``undecided_negative`` are cases of which nothing was claimed (``cantTell``):
    no error, but a positive that nobody told lowers the recall. ``unbound`` are cases that the duty does not
    concern; they count nowhere."""

    tp: int = 0
    fp: int = 0
    tn: int = 0
    fn: int = 0
    undecided_positive: int = 0
    undecided_negative: int = 0
    unbound: int = 0

    @property
    def claimed(self) -> int:
        """Cases told positive: what precision is a share of."""
        return self.tp + self.fp

    @property
    def positives(self) -> int:
        """Cases that are positive in truth: what recall is a share of."""
        return self.tp + self.fn + self.undecided_positive

    @property
    def negatives(self) -> int:
        return self.tn + self.fp + self.undecided_negative

    @property
    def precision(self) -> float | None:
        return self.tp / self.claimed if self.claimed else None

    @property
    def recall(self) -> float | None:
        return self.tp / self.positives if self.positives else None

    def counts(self) -> dict[str, int]:
        return asdict(self)


def tally(cases: Iterable[tuple[Truth, Told]]) -> Tally:
    """Counts pairs of what is true and what was told."""
    names = {
        ("positive", "positive"): "tp",
        ("negative", "positive"): "fp",
        ("negative", "negative"): "tn",
        ("positive", "negative"): "fn",
        ("positive", "undecided"): "undecided_positive",
        ("negative", "undecided"): "undecided_negative",
    }
    counts = dict.fromkeys((*names.values(), "unbound"), 0)
    for true, told in cases:
        counts[names.get((true, told), "unbound")] += 1
    return Tally(**counts)


def by_site(cases: Iterable[tuple[str, Truth, Told]]) -> Tally:
    """Counts sites, not pages: the pages of a site that are alike in truth are one case, told as its worst page.

    A site whose pages differ in truth (two languages, two years) is one positive and one negative case."""
    worst: dict[tuple[str, Truth], Told] = {}
    for site, true, told in cases:
        before = worst.get((site, true))
        if before is None or _badness(true, told) > _badness(true, before):
            worst[site, true] = told
    return tally((true, told) for (_, true), told in worst.items())


def _badness(true: Truth, told: Told) -> int:
    if told == "unbound":
        return 0
    if told == "undecided":
        return 2
    return 1 if told == true else 3


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float] | None:
    """The score interval of a share ``hits / of``, as two shares; None where there is nothing to share.

    Wilson's formula: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Source: E. B. Wilson, "Probable
    Inference, the Law of Succession, and Statistical Inference", J. Am. Stat. Assoc. 22 (1927), 209-212;
    recommended for small n by Brown, Cai and DasGupta, Statistical Science 16 (2001), 101-133."""
    if of == 0:
        return None
    p = hits / of
    middle = p + z * z / (2 * of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
