"""What a person confirmed to show a concept: a wording, an address that links lead to, or a picture.

The file is read when this module is imported, which the rule book does on opening: an entry without its source,
person or date is told then, in one sentence, and nothing is audited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from audit_rules.address import split_url
from audit_rules.facts import PageFacts, Region
from audit_rules.reading.data import LABELS, LabelError, checked, load, opened
from audit_rules.reading.links import resolve
from audit_rules.reading.vietnamese import words

Sort = Literal["text", "address", "picture"]
SORTS: tuple[Sort, ...] = ("text", "address", "picture")

_NEWS: tuple[Region, ...] = ("teaser", "article")
FILE = LABELS / "confirmed.toml"
EMC_LABEL = "emc_label"
"""The label that tells of the connection to the measuring system; until a sample is confirmed, nobody knows it."""

_SHAPE: dict[str, type] = {"concept": str, **dict.fromkeys(SORTS, str), "source": str, "by": str, "on": date}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One sample of a concept: ``value`` is a wording, or host and path; ``by`` and ``on`` say who confirmed it and
    when."""

    concept: str
    kind: Sort
    value: str
    source: str
    by: str
    on: date


def place_of(url: str) -> str:
    """What addresses of one thing have in common: host and path; an empty text where there is no host."""
    host, path = split_url(url if "//" in url else f"https://{url}")
    return f"{host}{path.rstrip('/')}" if "." in host else ""


def read_confirmed(path: Path) -> tuple[Confirmed, ...]:
    """The entries of a file of confirmed samples. Raises LabelError where one lacks its source, person or date."""
    content = checked(opened(path), path.name, {"confirmed": list})
    return tuple(
        _entry(entry, f"{path.name}, entry {number}")
        for number, entry in enumerate(content.get("confirmed", ()), start=1)
    )


def _entry(entry: object, where: str) -> Confirmed:
    told = checked(entry, where, _SHAPE, "concept", "source", "by", "on")
    known = load("concepts.toml")
    if told["concept"] not in known:
        raise LabelError(f"{where}: {told['concept']!r} is no concept; write one of {', '.join(known)}.")
    given: list[Sort] = [sort for sort in SORTS if sort in told]
    if len(given) != 1:
        raise LabelError(f"{where}: it has {len(given)} of text, address and picture; write one of them.")
    kind = given[0]
    value = told[kind] if kind == "text" else place_of(told[kind])
    if not words(value):
        raise LabelError(f"{where}: {kind} is {told[kind]!r}; write what the portals show.")
    return Confirmed(told["concept"], kind, value, told["source"], told["by"], told["on"])


CONFIRMED = read_confirmed(FILE)


def confirmed(concept: str) -> tuple[Confirmed, ...]:
    """The confirmed samples of a concept, in the order of the file."""
    return tuple(each for each in CONFIRMED if each.concept == concept)


def shown(concept: str, view: PageFacts) -> Iterator[tuple[Confirmed, Region, str]]:
    """Where one look at a page holds a confirmed sample: the sample, the region, and what stands there. What a news
    item says of it is not the thing itself."""
    for sample in confirmed(concept):
        for region, said in _said(view, sample.kind):
            if region not in _NEWS and _holds(said, view.url, sample):
                yield sample, region, said


def _said(view: PageFacts, kind: Sort) -> Iterator[tuple[Region, str]]:
    if kind == "address":
        yield from ((link.region, link.url) for link in view.links)
    elif kind == "picture":
        yield from ((picture.region, picture.src) for picture in view.pictures)
    else:
        yield from ((line.region, line.text) for line in view.lines)
        yield from ((link.region, text) for link in view.links for text in (link.text, link.hint) if text)
        yield from ((picture.region, picture.alt) for picture in view.pictures if picture.alt)


def _holds(said: str, base: str, sample: Confirmed) -> bool:
    if sample.kind == "text":
        return f" {' '.join(words(sample.value))} " in f" {' '.join(words(said))} "
    url = resolve(base, said) if sample.kind == "picture" else said
    return place_of(url or "") == sample.value
