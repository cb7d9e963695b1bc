"""Which departments a province has, and by which labels their sites are known: registry/departments.csv, where the
sources are."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

Rank = Literal["mandatory", "special", "outside", "former"]
"""``mandatory``: every province has it; ``special``: some have; ``outside``: no department, though its site is one
of a province's; ``former``: merged into another one in 2025."""

_FILE = Path(__file__).with_name("departments.csv")
_SHORTEST_BEGINNING = 5
"""Letters of a label that are enough where more follows: "soytetinh", "bqlkcnvakkt"."""
_INITIALS = re.compile(r"[bcdghklmnpqrstvx]{4,}\Z")
"""The initials of a long name, which stand without "sở" too: "nnmt", "gddt"."""


@dataclass(frozen=True, slots=True)
class Department:
    """``slugs`` are labels that Nghị định 224/2026 Điều 11(4)(b) lets a department choose (its name in full or by
    its initials), the usual first; ``also_seen`` are others by which sites of it are known. ``name_vi`` is without
    the place; ``absorbed_by`` is the code of the one a former department went to."""

    code: str
    name_vi: str
    name_en: str
    rank: Rank
    slugs: tuple[str, ...]
    also_seen: tuple[str, ...]
    absorbed_by: str | None


@lru_cache(maxsize=1)
def departments() -> tuple[Department, ...]:
    """In the order of the file: mandatory, special, outside, former."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Department(
                code=row["code"],
                name_vi=row["name_vi"],
                name_en=row["name_en"],
                rank=cast("Rank", row["rank"]),
                slugs=tuple(row["slugs"].split("|")),
                also_seen=tuple(filter(None, row["also_seen"].split("|"))),
                absorbed_by=row["absorbed_by"] or None,
            )
            for row in csv.DictReader(file)
        )


def department_of(label: str) -> Department | None:
    """The department that a label of a host names (``sxd``, ``so-xay-dung``, ``soxaydungvanphong``), or None."""
    bare = label.lower().replace("-", "")
    exact = _by_label().get(bare)
    if exact is not None:
        return exact
    begun = (known for known in _by_label() if _may_go_on(known) and bare.startswith(known))
    longest = max(begun, key=len, default=None)
    return _by_label()[longest] if longest else None


def _may_go_on(label: str) -> bool:
    return label.startswith("bqlk") or (label.startswith("so") and len(label) >= _SHORTEST_BEGINNING)


@lru_cache(maxsize=1)
def _by_label() -> dict[str, Department]:
    """Every label of every department: with "s" and "so" before its field, and long initials without them."""
    found: dict[str, Department] = {}
    for one in departments():
        for slug in (*one.slugs, *one.also_seen):
            found.setdefault(slug, one)
    for one in departments():
        for slug in one.slugs:
            if not slug.startswith("s"):
                continue
            field = slug.removeprefix("so") if slug.startswith("so") else slug.removeprefix("s")
            for label in (f"s{field}", f"so{field}", field if _INITIALS.match(field) else ""):
                if label:
                    found.setdefault(label, one)
    return found
