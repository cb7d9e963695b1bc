"""Markup of pictures, escaped, and the frame that all of them have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from audit.words import clean, decimal, say
from audit_rules.judgement import Lang

NONE = Markup("")
SPACE = Markup(" ")
_VOID = ("rect", "line", "path", "circle", "use")


def tag(name: str, *inside: str, **attributes: str | float | None) -> Markup:
    """An element of HTML or SVG. Texts are made fit for a screen and escaped, unless they are markup; underscores
    of an attribute's name are hyphens (``class_`` is ``class``); an attribute that is None is left out; lengths are
    rounded to a tenth."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID and not inside:
        return Markup(f"<{name}{told}/>")  # noqa: S704 - names are ours, values are escaped
    children = "".join(each if isinstance(each, Markup) else escape(_seen(each)) for each in inside)
    return Markup(f"<{name}{told}>{children}</{name}>")  # noqa: S704


def joined(parts: Sequence[str]) -> Markup:
    return Markup("").join(parts)


def _value(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return _seen(str(value))


def _seen(text: str) -> str:
    return text if text.isprintable() else clean(text)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its words. ``drawing`` and ``legend`` are markup; ``headings`` and ``rows`` are its numbers as
    a table, empty where ``drawing`` is one.

    In a template ``{{ picture }}`` is the whole figure."""

    title: str
    summary: str
    drawing: Markup
    legend: Markup = NONE
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lang: Lang = "vi"

    def __html__(self) -> str:
        caption = tag(
            "figcaption", tag("strong", self.title), *([SPACE, tag("span", self.summary)] if self.summary else ())
        )
        return str(tag("figure", caption, self.drawing, self.legend, self._table(), class_="picture"))

    def _table(self) -> Markup:
        if not self.rows:
            return NONE
        head = tag("tr", *(tag("th", each, scope="col") for each in self.headings))
        body = joined([tag("tr", tag("th", row[0], scope="row"), *_cells(row[1:])) for row in self.rows])
        table = tag("table", tag("caption", self.title), tag("thead", head), tag("tbody", body))
        opener = tag("summary", say("picture.as_table", self.lang))
        return tag(
            "details",
            opener,
            tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=self.title),
        )


def _cells(cells: Sequence[str]) -> list[Markup]:
    return [tag("td", each) for each in cells]


def key_list(entries: Sequence[tuple[str, str]]) -> Markup:
    """What the colours mean: swatches by class, with words."""
    items = [tag("li", swatch(name), SPACE, text) for name, text in entries]
    return tag("ul", *items, class_="picture-key")


def swatch(name: str) -> Markup:
    """A little square of a colour; patterned where what it stands for is not a measure."""
    square = tag("rect", width=14, height=14, class_=name)
    return tag("svg", square, width=14, height=14, viewBox="0 0 14 14", aria_hidden="true", focusable="false")


def percent(part: float, whole: float, lang: Lang) -> str:
    """“48,1 %” of a whole; a dash where there is nothing to be a part of."""
    return f"{decimal(100 * part / whole, lang, 1)} %" if whole else "–"
