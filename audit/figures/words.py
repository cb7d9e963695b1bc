"""An official figure in words: its value with its unit, its rank among how many, or why there is none; and what a
comparison sets beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.figures.compared import Compared, Looked
from audit.figures.metrics import metric_name
from audit.words import decimal, say, term
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


def notes_of(one: Figure, lang: Lang) -> Iterator[str]:
    """What has to be said beside a figure: what it covers, whether it is doubtful, whether it was withdrawn."""
    if one.coverage:
        yield one.coverage
    if one.confidence == "low":
        yield say("figures.doubtful", lang, notes=one.notes)
    if one.withdrawn is not None:
        yield say("figures.taken_back", lang, by=one.withdrawn.by, why=one.withdrawn.why)


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


def published_text(one: Compared, lang: Lang) -> str:
    """The figure of a comparison: of what, when, whose if it is a former body's, and whether it is an old one."""
    if one.shown is None:
        return ""
    figure = one.shown.figure
    told = f"{metric_name(figure.metric, lang)}, {figure.period}: {figure_text(figure, lang)}"
    if one.shown.former is not None:
        return f"{one.shown.of(lang)}: {told}"
    return f"{told} ({say('figures.old', lang, days=one.days)})" if one.old else told


def looked_text(one: Looked, lang: Lang) -> str:
    """What was seen of the code on a portal, and why it is not known where it is not."""
    text = term("code", one.ours, lang)
    return f"{text} ({term('reason', one.why, lang)})" if one.why else text


def counters_of(one: Compared, lang: Lang) -> list[str]:
    """The numbers that the counters on a body's home pages show."""
    return [grouped(each.counter, lang) for each in one.looked if each.counter is not None]


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
