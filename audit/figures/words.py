"""An official figure in words: its value with its unit, its rank among how many, or why there is none."""

from __future__ import annotations

import re

from audit.words import decimal, say
from audit_rules.judgement import Lang
from storage.figures import Figure

_AMONG = re.compile(r"(?:hạng|nhóm)/?\s*([^;]*)")
_GROUP = re.compile(r"(top|bottom)(\d+)\Z")
_UNITS_LEFT_OUT = ("hạng", "nhóm", "mức", "có/không")
"""Units that the value or the rank says already."""


def figure_text(one: Figure, lang: Lang) -> str:
    """All that a figure says, on one line."""
    told = [value_text(one, lang)] if one.value else []
    if one.rank:
        told.append(_rank(one, lang))
    if one.absent:
        told.append(say("figures.absent", lang, why=one.absent))
    return "; ".join(told)


def value_text(one: Figure, lang: Lang) -> str:
    """The value with its unit, as the reader writes numbers; empty where there is none."""
    unit = one.unit.partition(";")[0].strip()
    value = _number(one, lang)
    if not value or not unit or unit.startswith(_UNITS_LEFT_OUT):
        return value
    return f"{value} ({unit})" if unit.startswith("chỉ số") else f"{value} {unit}"


def grouped(count: int, lang: Lang) -> str:
    """A whole number with its thousands set apart."""
    return f"{count:,}".replace(",", "." if lang == "vi" else ",")


def _number(one: Figure, lang: Lang) -> str:
    number = one.number
    if number is None:
        return one.value.replace(".", ",") if lang == "vi" else one.value
    _, _, decimals = one.value.partition(".")
    return decimal(number, lang, len(decimals)) if decimals else grouped(int(number), lang)


def _rank(one: Figure, lang: Lang) -> str:
    found = _AMONG.search(one.unit)
    among = found[1].strip() if found else ""
    if group := _GROUP.match(one.rank):
        return say(f"figures.{group[1]}", lang, count=group[2], among=among)
    key = "figures.rank_of" if among[:1].isdigit() else "figures.rank_in" if among else "figures.rank"
    return say(key, lang, rank=one.rank, among=among)
