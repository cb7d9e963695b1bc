"""Spoilt sections, and entries that only sound like them."""

from __future__ import annotations

from collections.abc import Iterator

from bench.grafts import Graft, entry
from bench.sections import SECTIONS
from bench.spoiling import Change, Mutation, decoy, mutations
from bench.spoilt_words import news, own_page, updating


def sections() -> Iterator[Mutation]:
    for each in SECTIONS:
        yield from own_page(each.rule, each.path)
        yield from mutations(
            each.rule,
            spoilt=[
                ("under_construction", updating(each.path, each.words)),
                ("other_purpose", _about("/noi-dung-khac", each.alike)),
            ],
            decoy=[*news(each.words), ("same_words", decoy("menu", entry("/khac", each.alike)))],
        )


def _about(path: str, words: str) -> Change:
    """An entry and its page are about something else."""
    page = f"<h1>{words}</h1><p>Mời quý vị xem nội dung do đơn vị biên soạn cho bạn đọc trong tỉnh.</p>"
    return lambda _graft: Graft({"menu": entry(path, words)}, {path: page})
