"""A trend: one measure over the nights. What was not measured is a gap in the line, never bridged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from audit.web.pictures.markup import NONE, Picture, tag
from audit.words import decimal, say
from audit_rules.judgement import Lang

_WIDE, _HIGH = 360.0, 170.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 8.0, 14.0, 22.0
"""Of the drawing and of the room around its plot; small, so that letters stay readable on a telephone."""


@dataclass(frozen=True, slots=True)
class Point:
    """One night: its day, the measure or None where there is none, and what changed with it (“bộ quy tắc 2026.08”):
    a step in the line that the portal did not make."""

    day: date
    value: float | None
    change: str = ""


def trend(title: str, points: Sequence[Point], lang: Lang, *, top: float | None = 1.0) -> Picture:
    """The points, oldest first. ``top`` is the upper end of the scale, which begins at nought: 1 for shares; None
    for counts, whose scale ends at a round number above them all."""
    places = 2 if top is not None else 0
    seen = [each for each in points if each.value is not None]
    if not seen:
        return Picture(title, say("picture.nothing", lang), NONE, lang=lang)
    scale = _Scale(points, top if top is not None else round_above(max(each.value or 0.0 for each in seen)))
    summary = _summary(points, lang, places)
    changes = [each for each in points if each.change]
    drawing = tag(
        "svg",
        *_axes(scale, points, lang, places),
        *(_mark(scale, each, number) for number, each in enumerate(changes, start=1)),
        *_lines(scale, points),
        viewBox=f"0 0 {_WIDE:.0f} {_HIGH:.0f}",
        role="img",
        aria_label=f"{title}. {summary}",
        class_="picture-trend",
    )
    items = [tag("li", f"{day_text(each.day, lang)}: {each.change}") for each in changes]
    legend = tag("ol", *items, class_="picture-changes") if items else NONE
    headings = (say("picture.day", lang), title, say("picture.change", lang))
    rows = tuple(
        (day_text(each.day, lang), _said(each, lang, places), each.change) for each in turning_points(points)
    )
    return Picture(title, summary, drawing, legend, headings, rows, lang)


def turning_points(points: Sequence[Point]) -> Iterator[Point]:
    """The first and the last point, and those that say something else than the one before: the others follow."""
    for at, one in enumerate(points):
        if at in (0, len(points) - 1) or one.change or one.value != points[at - 1].value:
            yield one


def day_text(day: date, lang: Lang) -> str:
    return f"{day:%d/%m/%Y}" if lang == "vi" else day.isoformat()


def round_above(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    step = 1.0
    while True:
        for times in (1, 2, 5):
            if step * times >= value:
                return step * times
        step *= 10


@dataclass(frozen=True, slots=True)
class _Scale:
    points: Sequence[Point]
    top: float

    def x(self, day: date) -> float:
        first, last = self.points[0].day, self.points[-1].day
        days = (last - first).days
        at = (day - first).days / days if days else 0.5
        return _LEFT + at * (_WIDE - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HIGH - _BOTTOM - min(value / self.top, 1.0) * (_HIGH - _TOP - _BOTTOM)


def _axes(scale: _Scale, points: Sequence[Point], lang: Lang, places: int) -> Iterator[Markup]:
    steps = (0.0, 0.25, 0.5, 0.75, 1.0) if places else (0.0, 0.5, 1.0) if scale.top > 1 else (0.0, 1.0)
    for step in steps:
        at, label = scale.y(step * scale.top), step * scale.top
        yield tag("line", x1=_LEFT, x2=_WIDE - _RIGHT, y1=at, y2=at, class_="grid")
        whole = places == 0 and label == int(label)
        text = decimal(label, lang, 0 if whole else 2 if places else 1)
        yield tag("text", text, x=_LEFT - 4, y=at + 3.5, text_anchor="end")
    ends = [(points[0].day, "start"), (points[-1].day, "end")]
    for day, anchor in ends if points[0].day != points[-1].day else [(points[0].day, "middle")]:
        yield tag("text", day_text(day, lang), x=scale.x(day), y=_HIGH - 6, text_anchor=anchor)


def _mark(scale: _Scale, one: Point, number: int) -> Markup:
    at = scale.x(one.day)
    line = tag("line", x1=at, x2=at, y1=_TOP, y2=_HIGH - _BOTTOM, class_="change")
    return tag("g", line, tag("text", str(number), x=at, y=_TOP - 4, text_anchor="middle"))


def _lines(scale: _Scale, points: Sequence[Point]) -> Iterator[Markup]:
    """A line for each stretch of nights that were measured; a single one is a dot."""
    for stretch in _stretches(points):
        told = [(scale.x(day), scale.y(value)) for day, value in stretch]
        if len(told) == 1:
            yield tag("circle", cx=told[0][0], cy=told[0][1], r=2.5, class_="dot")
        else:
            yield tag("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in told), class_="line")
    day, value = next((each.day, each.value) for each in reversed(points) if each.value is not None)
    yield tag("circle", cx=scale.x(day), cy=scale.y(value), r=3.5, class_="dot")


def _stretches(points: Sequence[Point]) -> Iterator[list[tuple[date, float]]]:
    stretch: list[tuple[date, float]] = []
    for one in points:
        if one.value is not None:
            stretch.append((one.day, one.value))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _said(one: Point, lang: Lang, places: int) -> str:
    return say("picture.not_measured", lang) if one.value is None else decimal(one.value, lang, places)


def _summary(points: Sequence[Point], lang: Lang, places: int) -> str:
    seen = [each for each in points if each.value is not None]
    first, last = seen[0], seen[-1]
    if first is last:
        told = say("picture.once", lang, value=_said(last, lang, places), day=day_text(last.day, lang))
    else:
        told = say(
            "picture.from_to",
            lang,
            first=_said(first, lang, places),
            first_day=day_text(first.day, lang),
            last=_said(last, lang, places),
            last_day=day_text(last.day, lang),
        )
    if missing := len(points) - len(seen):
        told += " " + say("picture.gaps", lang, count=missing)
    return told
