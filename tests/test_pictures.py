"""Pictures: what they say in words, a stranger's text that stays text, colours that every eye tells apart."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from audit.registry.files import read_registry
from audit.registry.registry import in_force
from audit.web.pictures.bars import Bar, bars, outcome_bar
from audit.web.pictures.markup import Picture
from audit.web.pictures.tile_map import PLACES, STEPS, Tile, shade, tile_map
from audit.web.pictures.trend import Point, round_above, trend, turning_points

FIRST = date(2026, 7, 1)
HOSTILE = '<script>alert(1)</script>" onload="x\u202e'
STATIC = Path("audit/web/static")


def _points(*values: float | None) -> list[Point]:
    return [Point(FIRST + timedelta(days=at), value) for at, value in enumerate(values)]


def _parsed(picture: Picture) -> ElementTree.Element:
    """Well-formed as XML means that nothing of a text became markup."""
    return ElementTree.fromstring(picture.__html__())  # noqa: S314 - our own


def _texts(picture: Picture) -> str:
    return " ".join("".join(each.itertext()) for each in _parsed(picture).iter("text"))


PICTURES = [
    outcome_bar(HOSTILE, {"passed": 3, "failed": 1, "cantTell": 2, "withheld": 1}, "vi"),
    bars(
        HOSTILE,
        [Bar(HOSTILE, 0.4, 0.3, 0.6, note=HOSTILE, href="/x?a=1&b=2"), Bar("b", None)],
        "en",
        of="Body",
    ),
    trend(HOSTILE, [*_points(0.5, None, 0.7), Point(FIRST + timedelta(days=3), 0.8, HOSTILE)], "vi"),
    tile_map(HOSTILE, {"hue": Tile(0.7, href="/x"), "gia-lai": Tile(None, HOSTILE)}, "vi"),
]


@pytest.mark.parametrize("picture", PICTURES, ids=["outcomes", "bars", "trend", "map"])
def test_a_text_of_a_portal_stays_text_and_brings_no_style_or_script(picture: Picture) -> None:
    root = _parsed(picture)
    assert {each.tag for each in root.iter()}.isdisjoint({"script", "style", "foreignObject", "image"})
    names = {name for each in root.iter() for name in each.attrib}
    assert not [name for name in names if name.startswith("on") or name == "style"]  # a strict CSP takes neither
    assert "\u202e" not in "".join(root.itertext())


@pytest.mark.parametrize("picture", PICTURES, ids=["outcomes", "bars", "trend", "map"])
def test_every_drawing_has_a_name_or_is_hidden_beside_its_number(picture: Picture) -> None:
    for each in _parsed(picture).iter("svg"):
        assert each.get("aria-hidden") == "true" or each.get("aria-label")


def test_a_bar_of_outcomes_is_divided_as_they_are_and_says_so() -> None:
    picture = outcome_bar("Kết luận", {"passed": 6, "failed": 3, "cantTell": 1, "inapplicable": 0}, "vi")
    svg = next(_parsed(picture).iter("svg"))
    wide = {each.get("class"): float(each.get("width") or 0) + 2 for each in svg}
    assert wide == {"fill-passed": 600, "fill-failed": 300, "fill-cantTell": 100}
    assert "đạt: 6 (60,0 %)" in (svg.get("aria-label") or "")


def test_a_bar_of_nothing_says_that_there_is_nothing() -> None:
    assert "Chưa có số liệu" in outcome_bar("Kết luận", {}, "vi").__html__()


def test_what_could_not_be_measured_is_a_hollow_stretch_after_the_solid_one() -> None:
    row = _parsed(bars("Tỷ lệ", [Bar("x", 0.5, 0.4, 0.7)], "vi", of="Cơ quan", unit="share")).findall(
        ".//tbody/tr"
    )[0]
    boxes = {each.get("class"): each for each in row.iter("rect")}
    assert boxes["fill-passed"].get("width") == "40"
    assert (boxes["fill-cantTell"].get("x"), boxes["fill-cantTell"].get("width")) == ("40", "30")
    assert "50,0 % từ 40,0 % đến 70,0 %" in "".join(row.itertext())


def test_a_share_without_enough_data_has_no_number() -> None:
    html = bars("Tỷ lệ", [Bar("x", None)], "vi", of="Cơ quan").__html__()
    assert "chưa đủ số liệu" in html
    assert "fill-passed" not in html


def test_a_night_that_was_not_measured_is_a_gap_never_bridged() -> None:
    root = _parsed(trend("Điểm", _points(0.5, 0.6, None, 0.7, None, 0.9, 0.9), "vi"))
    lines = [each.get("d") or "" for each in root.iter("path")]
    assert [line.count("L") for line in lines] == [1, 1]
    assert len(list(root.iter("circle"))) == 2  # the single night between two gaps, and the newest
    assert "2 đêm không đo được" in (next(root.iter("svg")).get("aria-label") or "")


def test_a_change_of_the_rules_is_marked_in_the_line_and_told_under_it() -> None:
    points = [*_points(0.5, 0.5), Point(FIRST + timedelta(days=2), 0.8, "bộ quy tắc 2026.08")]
    root = _parsed(trend("Điểm", points, "vi"))
    assert [each for each in root.iter("line") if each.get("class") == "change"]
    assert "03/07/2026: bộ quy tắc 2026.08" in "".join(root.itertext())


def test_the_table_of_a_trend_leaves_out_only_nights_like_the_one_before() -> None:
    told = list(turning_points(_points(0.5, 0.5, 0.5, None, None, 0.5, 0.6, 0.6)))
    assert [(each.day.day, each.value) for each in told] == [(1, 0.5), (4, None), (6, 0.5), (7, 0.6), (8, 0.6)]


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (1.5, 2), (3, 5), (37, 50), (100, 100), (101, 200)])
def test_a_scale_of_counts_ends_at_a_round_number(value: float, top: float) -> None:
    assert round_above(value) == top


def test_every_point_lies_inside_the_drawing() -> None:
    for points in (_points(0.0), _points(None, 1.0), _points(*(at / 364 for at in range(365)))):
        for each in _parsed(trend("Điểm", points, "vi")).iter("circle"):
            assert 0 <= float(each.get("cx") or -1) <= 360
            assert 0 <= float(each.get("cy") or -1) <= 170


def test_every_province_of_the_registry_has_one_tile_and_every_tile_a_province() -> None:
    registry = read_registry(None)
    provinces = [each for each in registry.agencies.values() if each.kind == "province"]
    in_office = {each.id for each in provinces if in_force(each, date(2026, 12, 1))}
    assert in_office == set(PLACES)
    assert len({(column, row) for column, row, _ in PLACES.values()}) == len(PLACES) == 34
    for agency_id, (_, _, name) in PLACES.items():
        assert name in registry.agencies[agency_id].name_vi


def test_a_tile_tells_its_number_and_where_it_leads_and_one_without_a_number_why() -> None:
    tiles = {"hue": Tile(0.834, href="/agencies/hue"), "gia-lai": Tile(None, "đo được dưới 70 %")}
    root = _parsed(tile_map("Điểm", tiles, "vi"))
    (link,) = root.iter("a")
    assert (link.get("href"), link.get("aria-label")) == ("/agencies/hue", "Huế: 0,83")
    told = {each.get("aria-label") for each in root.iter("g") if each.get("role") == "img"}
    assert "Gia Lai: không in điểm (đo được dưới 70 %)" in told
    assert "Hà Nội: không in điểm (không có trong lần kiểm tra)" in told
    assert {"Quần đảo Hoàng Sa (Đà Nẵng)", "Quần đảo Trường Sa (Khánh Hòa)"} <= told
    rows = ["".join(each.itertext()) for each in root.findall(".//tbody/tr")]
    assert rows[0] == "Huế0,83"
    assert len(rows) == 34


@pytest.mark.parametrize(
    ("value", "step"),
    [(None, "none"), (0.0, "1"), (0.4999, "1"), (0.5, "2"), (0.65, "3"), (0.8, "4"), (0.9, "5"), (1.0, "5")],
)
def test_shades_begin_where_the_key_says(value: float | None, step: str) -> None:
    assert shade(value) == f"step-{step}"


# --- colours --------------------------------------------------------------------------------------------------

Colour = tuple[float, float, float]
# Machado, Oliveira, Fernandes 2009, full severity, on linear light.
_EYES = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.01182, 0.04294, 0.968881),
    ),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def _colours(*, dark: bool) -> dict[str, Colour]:
    """The variables of the style sheets, as linear light."""
    css = ""
    for name in ("style.css", "pictures.css"):
        bright, _, other = (STATIC / name).read_text("utf-8").partition("@media (prefers-color-scheme: dark)")
        css += bright + (other if dark else "")

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    found = re.findall(r"--([\w-]+): #(\w\w)(\w\w)(\w\w);", css)
    return {name: (linear(red), linear(green), linear(blue)) for name, red, green, blue in found}


THEMES = {"light": _colours(dark=False), "dark": _colours(dark=True)}


def _brightness(colour: Colour) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2."""
    dark, light = sorted((_brightness(one), _brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def _seen(colour: Colour, eyes: str) -> Colour:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in _EYES[eyes])
    return max(red, 0.0), max(green, 0.0), max(blue, 0.0)


def _apart(one: Colour, other: Colour) -> float:
    """Difference in CIELAB (1976); 10 is plain at a glance."""

    def lab(colour: Colour) -> Colour:
        red, green, blue = colour
        xyz = (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
        )
        x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
        return 116 * y - 16, 500 * (x - y), 200 * (y - z)

    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


@pytest.mark.parametrize("eyes", _EYES)
@pytest.mark.parametrize("theme", THEMES)
def test_outcomes_look_different_to_every_eye(theme: str, eyes: str) -> None:
    for one, other in combinations(("passed", "failed", "inapplicable", "paper"), 2):
        assert _apart(_seen(THEMES[theme][one], eyes), _seen(THEMES[theme][other], eyes)) > 20, (one, other)


@pytest.mark.parametrize("eyes", _EYES)
def test_shades_grow_darker_step_by_step_for_every_eye(eyes: str) -> None:
    steps = [_seen(THEMES["light"][f"step-{at + 1}"], eyes) for at in range(len(STEPS) + 1)]
    assert all(_brightness(a) > 1.3 * _brightness(b) for a, b in pairwise(steps))
    assert all(_apart(a, b) > 10 for a, b in pairwise(steps))


@pytest.mark.parametrize("theme", THEMES)
def test_letters_and_marks_stand_out_from_what_is_under_them(theme: str) -> None:
    seen = THEMES[theme]
    letters = [
        ("ink", "paper"),
        *((("on-light"), f"step-{at}") for at in range(1, 5)),
        ("on-dark", "step-5"),
    ]
    assert all(_contrast(seen[one], seen[other]) >= 4.5 for one, other in letters)
    marks = ("passed", "failed", "unsure")
    assert all(_contrast(seen[each], seen["paper"]) >= 3 for each in marks)
