"""How the cells of a workbook look: one font, and few styles."""

from __future__ import annotations

from typing import Literal

Style = Literal["plain", "text", "heading", "title", "label", "note", "link", "goto", "number", "day", "answer"]

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FONT = '<name val="Times New Roman"/>'
_FONTS = (
    f'<sz val="11"/>{_FONT}',
    f'<b/><sz val="11"/><color rgb="FFFFFFFF"/>{_FONT}',
    f'<b/><sz val="15"/>{_FONT}',
    f'<b/><sz val="11"/>{_FONT}',
    f'<i/><sz val="11"/><color rgb="FF595959"/>{_FONT}',
    f'<u/><sz val="11"/><color rgb="FF0B57A4"/>{_FONT}',
)
_FILLS = ("FF1F4E79", "FFFFF8DC")
_TEXT, _DAY, _NUMBER = 49, 164, 3
# Of each style: font, fill (0 none), border (1 thin), format, wrapped.
_STYLES: dict[Style, tuple[int, int, int, int, bool]] = {
    "plain": (0, 0, 0, _TEXT, False),
    "text": (0, 0, 1, _TEXT, True),
    "heading": (1, 1, 1, _TEXT, True),
    "title": (2, 0, 0, _TEXT, False),
    "label": (3, 0, 0, _TEXT, False),
    "note": (4, 0, 0, _TEXT, False),
    "link": (5, 0, 1, _TEXT, True),
    "goto": (5, 0, 0, _TEXT, False),
    "number": (0, 0, 1, _NUMBER, False),
    "day": (0, 0, 1, _DAY, False),
    "answer": (0, 2, 1, _TEXT, True),
}
NUMBERS: dict[Style, int] = {name: number for number, name in enumerate(_STYLES)}
WRAPPED: frozenset[Style] = frozenset(name for name, each in _STYLES.items() if each[4])
LINE = 15.0
"""The height of a line of text, in points."""


def styles() -> str:
    """The part ``xl/styles.xml``."""
    fonts = "".join(f"<font>{font}</font>" for font in _FONTS)
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/></patternFill></fill>'
        for colour in _FILLS
    )
    side = '<{0} style="thin"><color rgb="FFBFBFBF"/></{0}>'
    borders = "".join(side.format(name) for name in ("left", "right", "top", "bottom"))
    return (
        f'<styleSheet xmlns="{_NS}">'
        f'<numFmts count="1"><numFmt numFmtId="{_DAY}" formatCode="dd\\/mm\\/yyyy"/></numFmts>'
        f'<fonts count="{len(_FONTS)}">{fonts}</fonts>'
        f'<fills count="{len(_FILLS) + 2}"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill>{fills}</fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{borders}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_STYLES)}">{"".join(_format(*each) for each in _STYLES.values())}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _format(font: int, fill: int, border: int, form: int, wrapped: bool) -> str:
    high, wrap = ("center" if fill == 1 else "top"), (' wrapText="1"' if wrapped else "")
    side = ' horizontal="center"' if form in (_DAY, _NUMBER) else ""
    return (
        f'<xf numFmtId="{form}" fontId="{font}" fillId="{fill + 1 if fill else 0}" borderId="{border}" xfId="0"'
        ' applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f'<alignment{side} vertical="{high}"{wrap}/></xf>'
    )
