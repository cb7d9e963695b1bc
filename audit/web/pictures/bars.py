"""Bars: how a whole divides into outcomes, and shares side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from audit.web.pictures.markup import NONE, SPACE, Picture, joined, key_list, percent, tag
from audit.words import decimal, say, term
from audit_rules.judgement import Lang

OUTCOMES = ("passed", "failed", "cantTell", "untested", "withheld", "inapplicable")
"""Segments of a bar of outcomes, in their order; what was not measured, or is not told, is hollow."""
Unit = Literal["score", "share"]
"""How a number from 0 to 1 is written: 0,83 or 83,0 %."""

_WIDE = 1000.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a share from 0 to 1, None where it may not be printed; ``low`` and ``high`` bound it where some of
    what it is made of could not be measured; ``note`` stands after the number (“n = 34”)."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    href: str | None = None


def outcome_bar(title: str, counts: Mapping[str, int], lang: Lang) -> Picture:
    """One bar, divided by outcome. ``counts`` are by outcome of the contract; those not named are none."""
    told = [(each, counts.get(each, 0)) for each in OUTCOMES if counts.get(each, 0)]
    whole = sum(count for _, count in told)
    at, parts = 0.0, []
    for outcome, count in told:
        wide = _WIDE * count / whole
        # A gap of the paper's colour parts neighbours also where colours look alike.
        box = {"x": at + 1, "y": 1.0, "width": max(wide - 2, 1.0), "height": 22.0}
        parts.append(tag("rect", class_=f"fill-{outcome}", vector_effect="non-scaling-stroke", **box))
        at += wide
    named = [(outcome, term("outcome", outcome, lang), count) for outcome, count in told]
    summary = "; ".join(f"{word}: {count} ({percent(count, whole, lang)})" for _, word, count in named)
    drawing = tag(
        "svg",
        *parts,
        viewBox="0 0 1000 24",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{title}. {summary}" if whole else f"{title}. {say('picture.nothing', lang)}",
        class_="picture-share",
    )
    legend = key_list(
        [(f"fill-{outcome}", f"{word}: {count} ({percent(count, whole, lang)})") for outcome, word, count in named]
    )
    return Picture(title, "" if whole else say("picture.nothing", lang), drawing, legend, lang=lang)


def bars(title: str, several: Sequence[Bar], lang: Lang, *, of: str, unit: Unit = "score") -> Picture:
    """Shares side by side, in the order given: a table with a bar in each row. ``of`` heads the first column."""
    rows = joined([_row(one, lang, unit) for one in several])
    heads = [of, say("picture.bar", lang), say("picture.number", lang)]
    head = tag("tr", *(tag("th", each, scope="col") for each in heads))
    table = tag(
        "table",
        tag("caption", title, class_="unseen"),
        tag("thead", head),
        tag("tbody", rows),
        class_="picture-bars",
    )
    legend = NONE
    if any(_is_band(one) for one in several):
        legend = key_list(
            [("fill-passed", say("picture.at_least", lang)), ("fill-cantTell", say("picture.open", lang))]
        )
    summary = "" if several else say("picture.nothing", lang)
    return Picture(title, summary, table, legend, lang=lang)


def _row(one: Bar, lang: Lang, unit: Unit) -> Markup:
    label = one.label
    named = tag("a", label, href=one.href) if one.href else label
    return tag(
        "tr",
        tag("th", named, scope="row"),
        tag("td", share_bar(one), class_="drawn"),
        tag("td", _number(one, lang, unit)),
    )


def share_bar(one: Bar) -> Markup:
    """The bar alone, for a cell beside its number: it says nothing to who does not see it."""
    solid = one.low if _is_band(one) else one.value
    parts = [tag("rect", width=100, height=12, class_="ground")]
    if solid:
        parts.append(tag("rect", width=100 * _held(solid), height=12, class_="fill-passed"))
    if _is_band(one):
        low, high = _held(one.low or 0.0), _held(one.high or 0.0)
        box = {"x": 100 * low, "y": 0.5, "width": 100 * (high - low), "height": 11.0}
        parts.append(tag("rect", class_="fill-cantTell", vector_effect="non-scaling-stroke", **box))
    return tag(
        "svg",
        *parts,
        viewBox="0 0 100 12",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
        class_="picture-bar",
    )


def _number(one: Bar, lang: Lang, unit: Unit) -> Markup:
    """The number, with its bounds and its note under it."""

    def text(value: float) -> str:
        return percent(value, 1, lang) if unit == "share" else decimal(value, lang)

    number = text(one.value) if one.value is not None else say("picture.no_number", lang)
    told = [tag("span", number, class_="number")]
    if _is_band(one):
        band = say("picture.band", lang, low=text(one.low or 0.0), high=text(one.high or 0.0))
        told.append(tag("span", band, class_="band"))
    if one.note:
        told.append(tag("span", one.note, class_="band"))
    return SPACE.join(told)


def _is_band(one: Bar) -> bool:
    return one.low is not None and one.high is not None and one.high > one.low


def _held(value: float) -> float:
    return min(max(value, 0.0), 1.0)
