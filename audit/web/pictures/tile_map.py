"""The country as tiles: the 34 provinces of 1 July 2025, each as large as the next, about where it lies.

No borders are drawn, so none is drawn wrong. Hoàng Sa and Trường Sa stand off the coast, with the unit that
administers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from audit.web.pictures.markup import Picture, key_list, tag
from audit.words import decimal, say
from audit_rules.judgement import Lang

PLACES: Mapping[str, tuple[int, int, str]] = {
    "lai-chau": (1, 0, "Lai Châu"),
    "lao-cai": (2, 0, "Lào Cai"),
    "tuyen-quang": (3, 0, "Tuyên Quang"),
    "cao-bang": (4, 0, "Cao Bằng"),
    "dien-bien": (0, 1, "Điện Biên"),
    "son-la": (1, 1, "Sơn La"),
    "phu-tho": (2, 1, "Phú Thọ"),
    "thai-nguyen": (3, 1, "Thái Nguyên"),
    "lang-son": (4, 1, "Lạng Sơn"),
    "ha-noi": (2, 2, "Hà Nội"),
    "bac-ninh": (3, 2, "Bắc Ninh"),
    "quang-ninh": (4, 2, "Quảng Ninh"),
    "thanh-hoa": (1, 3, "Thanh Hóa"),
    "ninh-binh": (2, 3, "Ninh Bình"),
    "hung-yen": (3, 3, "Hưng Yên"),
    "hai-phong": (4, 3, "Hải Phòng"),
    "nghe-an": (1, 4, "Nghệ An"),
    "ha-tinh": (2, 4, "Hà Tĩnh"),
    "quang-tri": (2, 5, "Quảng Trị"),
    "hue": (3, 5, "Huế"),
    "da-nang": (4, 6, "Đà Nẵng"),
    "quang-ngai": (4, 7, "Quảng Ngãi"),
    "gia-lai": (4, 8, "Gia Lai"),
    "dak-lak": (4, 9, "Đắk Lắk"),
    "tay-ninh": (2, 10, "Tây Ninh"),
    "dong-nai": (3, 10, "Đồng Nai"),
    "lam-dong": (4, 10, "Lâm Đồng"),
    "khanh-hoa": (5, 10, "Khánh Hòa"),
    "an-giang": (1, 11, "An Giang"),
    "dong-thap": (2, 11, "Đồng Tháp"),
    "ho-chi-minh": (3, 11, "Hồ Chí Minh"),
    "can-tho": (1, 12, "Cần Thơ"),
    "vinh-long": (2, 12, "Vĩnh Long"),
    "ca-mau": (1, 13, "Cà Mau"),
}
"""Column, row and short name of each province, by the id of its People's Committee in the registry."""

_ISLANDS = ((5, 5, "Hoàng Sa", "Đà Nẵng"), (5, 12, "Trường Sa", "Khánh Hòa"))
STEPS = (0.5, 0.65, 0.8, 0.9)
"""Where one shade ends and the next begins; fixed, so that a shade means the same on every day and page."""

_TILE, _GAP = 57.0, 3.0
_WIDE, _HIGH = 6 * (_TILE + _GAP), 14 * (_TILE + _GAP)


@dataclass(frozen=True, slots=True)
class Tile:
    """A province's index from 0 to 1, None where it may not be printed, with the reason in words; the address of
    its page."""

    value: float | None
    why_not: str = ""
    href: str | None = None


def tile_map(title: str, tiles: Mapping[str, Tile], lang: Lang) -> Picture:
    """The map. ``tiles`` are by agency id; a province without one is told as not in the run."""
    told = {each: tiles.get(each) or Tile(None, say("picture.not_in_run", lang)) for each in PLACES}
    seen = {each: tile.value for each, tile in told.items() if tile.value is not None}
    summary = say("picture.map_summary", lang, seen=len(seen), all=len(PLACES))
    drawing = tag(
        "svg",
        *(_province(each, tile, lang) for each, tile in told.items()),
        *_islands(lang),
        viewBox=f"0 0 {_WIDE:.0f} {_HIGH:.0f}",
        # A group, not an image: the tiles in it are links with names of their own.
        role="group",
        aria_label=f"{title}. {summary}",
        class_="picture-map",
    )
    order = sorted(told, key=lambda each: (-seen.get(each, -1.0), PLACES[each][2]))
    rows = tuple((PLACES[each][2], _said(told[each], lang)) for each in order)
    headings = (say("picture.province", lang), say("picture.index", lang))
    return Picture(title, summary, drawing, key_list(_key(lang)), headings, rows, lang)


def shade(value: float | None) -> str:
    """The class of a tile."""
    return "step-none" if value is None else f"step-{sum(value >= step for step in STEPS) + 1}"


def _province(agency_id: str, tile: Tile, lang: Lang) -> Markup:
    column, row, name = PLACES[agency_id]
    number = decimal(tile.value, lang) if tile.value is not None else "–"
    inside = [_square(column, row, shade(tile.value)), *_letters(column, row, name, number)]
    label = f"{name}: {_said(tile, lang)}"
    shown = tag("g", *inside, class_=f"tile on-{shade(tile.value)}", **_named(label, bool(tile.href)))
    return tag("a", shown, href=tile.href, aria_label=label) if tile.href else shown


def _named(label: str, linked: bool) -> dict[str, str]:
    return {} if linked else {"role": "img", "aria_label": label}


def _square(column: int, row: int, name: str) -> Markup:
    x, y = _corner(column, row)
    return tag("rect", x=x, y=y, width=_TILE, height=_TILE, rx=4, class_=name)


def _letters(column: int, row: int, name: str, number: str) -> Iterator[Markup]:
    """The name on two lines, so that it is large enough on a telephone, and the number under it."""
    x, y = _corner(column, row)
    first, _, second = name.rpartition(" ")
    middle = x + _TILE / 2
    for at, line in enumerate(each for each in (first, second) if each):
        yield tag("text", line, x=middle, y=y + 16 + 13 * at, text_anchor="middle")
    yield tag("text", number, x=middle, y=y + 47, text_anchor="middle", class_="number")


def _islands(lang: Lang) -> Iterator[Markup]:
    for column, row, name, unit in _ISLANDS:
        x, y = _corner(column, row)
        label = say("picture.islands", lang, name=name, unit=unit)
        dots = [tag("circle", cx=x + dx, cy=y + dy, r=1.8) for dx, dy in _DOTS]
        texts = [
            tag("text", text, x=x + _TILE / 2, y=y + at, text_anchor="middle")
            for text, at in (("Quần đảo" if lang == "vi" else "Islands", 30), (name, 41), (f"({unit})", 52))
        ]
        yield tag("g", *dots, *texts, class_="islands", role="img", aria_label=label)


_DOTS = ((14.0, 8.0), (22.0, 14.0), (31.0, 6.0), (38.0, 13.0), (45.0, 9.0), (27.0, 18.0))


def _corner(column: int, row: int) -> tuple[float, float]:
    return column * (_TILE + _GAP) + _GAP / 2, row * (_TILE + _GAP) + _GAP / 2


def _said(tile: Tile, lang: Lang) -> str:
    if tile.value is not None:
        return decimal(tile.value, lang)
    return say("picture.no_index", lang) + (f" ({tile.why_not})" if tile.why_not else "")


def _key(lang: Lang) -> list[tuple[str, str]]:
    bounds = [decimal(each, lang) for each in STEPS]
    texts = [
        say("picture.below", lang, value=bounds[0]),
        *(say("picture.between", lang, low=low, high=high) for low, high in pairwise(bounds)),
        say("picture.from", lang, value=bounds[-1]),
    ]
    shades = [(f"step-{at}", text) for at, text in enumerate(texts, start=1)]
    return [*shades, ("step-none", say("picture.no_index", lang))]
