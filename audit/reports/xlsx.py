"""Workbooks (Office Open XML) for people in offices: sheets with a frozen heading, filters and links.

Written row by row into the zip, so that a hundred thousand rows take no more memory than ten. Every text is an
inline string: no spreadsheet takes it for a formula, and cells are formatted as text, so that it stays one when
somebody edits it. Links lead to sheets of the workbook and to http(s) addresses alone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import TextIOWrapper
from math import ceil
from typing import IO
from xml.sax.saxutils import escape

from audit.reports.ooxml import RELATION, XML, as_text, as_value, relationships, write_frame
from audit.reports.xlsx_styles import LINE, NUMBERS, WRAPPED, Style, styles
from audit.words import clean

Value = str | int | float | date | None

MOST_ROWS = 1_048_576
MOST_LINKS = 60_000
"""A sheet holds 65,530 at most; beyond this one an address stays a text."""
CELL_LENGTH = 32_000
_NAME_LENGTH = 31
_WIDE = 200
_TALLEST = 405.0
_DAY_ZERO = date(1899, 12, 30)
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet would read as the code of a character."""
_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True, slots=True)
class Cell:
    """``link`` is an http(s) address, or ``#`` and the name of a sheet."""

    value: Value
    style: Style = "text"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Cells of one column that take one of a few texts; ``rows`` are the first and the last."""

    column: int
    rows: tuple[int, int]
    texts: tuple[str, ...]


class Workbook:
    """A workbook as it is written into ``file``; sheets come one after another."""

    def __init__(self, file: IO[bytes], *, title: str, made_at: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._title, self._made_at = title, made_at
        self._names: list[str] = []
        self._defined: list[tuple[str, int, str, str]] = []

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._finish()
        self._zip.close()

    def sheet(
        self,
        name: str,
        widths: Sequence[float],
        rows: Iterable[Sequence[Cell]],
        *,
        frozen: int = 0,
        filtered: bool = True,
        choices: Sequence[Choice] = (),
    ) -> None:
        """A sheet; the ``frozen`` first rows stay in sight, and the last of them heads a filter. ``name`` has to be
        one of ``sheet_names``."""
        links: list[tuple[str, str]] = []
        with self._begun(name, widths, frozen) as out:
            last = 0
            for last, row in enumerate(rows, 1):
                high = _height(row, widths)
                out.write(f'<row r="{last}" ht="{high}" customHeight="1">{"".join(_cells(last, row, links))}</row>')
            out.write("</sheetData>")
            self._end(out, widths, last, frozen if filtered else 0, links, choices)
        self._keep_links(links)

    def lines(
        self, name: str, headings: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]]
    ) -> int:
        """A long table of texts that are ``clean``, with a heading and a filter; where a sheet is full, the next
        one goes on. Gives the number of rows."""
        letters = [letters_of(number) for number in range(len(headings))]
        source, count, part = iter(rows), 0, 1
        while True:
            here = name if part == 1 else f"{name[: _NAME_LENGTH - 5]} ({part})"
            row, full = 1, False
            with self._begun(here, widths, 1) as out:
                heads = [Cell(text, "heading") for text in headings]
                out.write(f'<row r="1">{"".join(_cells(1, heads, []))}</row>')
                for line in source:
                    row += 1
                    out.write(_line(row, letters, line))
                    if row == MOST_ROWS:
                        full = True
                        break
                out.write("</sheetData>")
                self._end(out, widths, row, 1, [], ())
            count, part = count + row - 1, part + 1
            if not full:
                return count

    @contextmanager
    def _begun(self, name: str, widths: Sequence[float], frozen: int) -> Iterator[TextIOWrapper]:
        self._names.append(name)
        number = len(self._names)
        with self._zip.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as raw:
            out = TextIOWrapper(raw, "utf-8", newline="")
            out.write(f'{XML}<worksheet xmlns="{_NS}" xmlns:r="{RELATION}">')
            out.write('<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"')
            out.write(' tabSelected="1"' if number == 1 else "")
            if frozen:
                out.write(f'><pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft"')
                out.write(' state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>')
                self._defined.append(("_xlnm.Print_Titles", number - 1, f"${frozen}:${frozen}", ""))
            else:
                out.write("/></sheetViews>")
            out.write('<sheetFormatPr defaultRowHeight="15"/><cols>')
            for column, width in enumerate(widths, 1):
                out.write(f'<col min="{column}" max="{column}" width="{width}" customWidth="1"/>')
            out.write("</cols><sheetData>")
            yield out
            out.flush()
            out.detach()

    def _end(
        self,
        out: TextIOWrapper,
        widths: Sequence[float],
        last: int,
        heading: int,
        links: Sequence[tuple[str, str]],
        choices: Sequence[Choice],
    ) -> None:
        """What follows the rows of a sheet, in the order the format asks for."""
        if heading and last > heading:
            right = letters_of(len(widths) - 1)
            out.write(f'<autoFilter ref="A{heading}:{right}{last}"/>')
            where = f"$A${heading}:${right}${last}"
            self._defined.append(("_xlnm._FilterDatabase", len(self._names) - 1, where, ' hidden="1"'))
        if choices:
            out.write(f'<dataValidations count="{len(choices)}">')
            for each in choices:
                letter = letters_of(each.column)
                listed = escape(",".join(each.texts).replace('"', '""'))
                out.write('<dataValidation type="list" allowBlank="1" showErrorMessage="1"')
                out.write(f' sqref="{letter}{each.rows[0]}:{letter}{each.rows[1]}">')
                out.write(f"<formula1>&quot;{listed}&quot;</formula1></dataValidation>")
            out.write("</dataValidations>")
        if links:
            out.write("<hyperlinks>")
            out.writelines(_hyperlink(number, place, target) for number, (place, target) in enumerate(links, 1))
            out.write("</hyperlinks>")
        out.write('<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>')
        paper = 9 if sum(widths) < _WIDE else 8  # A4, or A3 where the letters would be too small to read
        out.write(f'<pageSetup paperSize="{paper}" orientation="landscape" fitToHeight="0"/>')
        out.write("<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P/&amp;N</oddFooter></headerFooter></worksheet>")

    def _keep_links(self, links: Sequence[tuple[str, str]]) -> None:
        outer = [(number, target) for number, (_, target) in enumerate(links, 1) if not target.startswith("#")]
        if outer:
            told = "".join(
                f'<Relationship Id="rId{number}" Type="{RELATION}/hyperlink" Target="{as_value(target)}"'
                ' TargetMode="External"/>'
                for number, target in outer
            )
            self._write(f"xl/worksheets/_rels/sheet{len(self._names)}.xml.rels", relationships(told))

    def _finish(self) -> None:
        paths = [f"worksheets/sheet{number}.xml" for number in range(1, len(self._names) + 1)]
        names = "".join(
            f'<sheet name="{as_value(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(self._names, 1)
        )
        defined = "".join(
            f'<definedName name="{name}" localSheetId="{at}"{hidden}>{self._place(at)}{where}</definedName>'
            for name, at, where, hidden in self._defined
        )
        if defined:
            defined = f"<definedNames>{defined}</definedNames>"
        self._write(
            "xl/workbook.xml",
            f'<workbook xmlns="{_NS}" xmlns:r="{RELATION}"><sheets>{names}</sheets>{defined}</workbook>',
        )
        told = [(f"rId{n}", "worksheet", path) for n, path in enumerate(paths, 1)]
        told.append((f"rId{len(paths) + 1}", "styles", "styles.xml"))
        self._write(
            "xl/_rels/workbook.xml.rels",
            relationships(
                "".join(
                    f'<Relationship Id="{number}" Type="{RELATION}/{kind}" Target="{path}"/>'
                    for number, kind, path in told
                )
            ),
        )
        self._write("xl/styles.xml", styles())
        parts = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles"}
        parts |= {f"xl/{path}": "worksheet" for path in paths}
        kinds = {path: f"officedocument.spreadsheetml.{kind}" for path, kind in parts.items()}
        write_frame(self._zip, "xl/workbook.xml", kinds, title=self._title, made_at=self._made_at)

    def _place(self, number: int) -> str:
        quoted = self._names[number].replace("'", "''")
        return as_value(f"'{quoted}'!")

    def _write(self, path: str, text: str) -> None:
        self._zip.writestr(path, XML + text)


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names that a workbook can have, each once, near to those that are wanted."""
    taken: set[str] = set()
    names = []
    for text in wanted:
        plain = _NOT_IN_NAMES.sub("_", clean(text)).strip("' ") or "_"
        name, number = plain[:_NAME_LENGTH], 1
        while name.casefold() in taken or name.casefold() == "history":
            number += 1
            name = f"{plain[: _NAME_LENGTH - len(str(number)) - 3]} ({number})"
        taken.add(name.casefold())
        names.append(name)
    return names


@cache
def letters_of(column: int) -> str:
    """The letters of a column, the first of which is 0."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _line(row: int, letters: Sequence[str], texts: Sequence[str]) -> str:
    """A row of texts, escaped all at once: a hundred thousand of them take seconds, not minutes."""
    joined = escape("\x1f".join([text[:CELL_LENGTH] for text in texts]))
    if "_x" in joined:
        joined = _CODED.sub("_x005F_", joined)
    cells = [
        f'<c r="{letter}{row}" t="inlineStr"><is><t>{text}</t></is></c>' if text else ""
        for letter, text in zip(letters, joined.split("\x1f"), strict=True)
    ]
    return f'<row r="{row}">{"".join(cells)}</row>'


def _height(row: Sequence[Cell], widths: Sequence[float]) -> float:
    """Points that a row needs so that no text in it is cut off: programs differ in whether they look themselves."""
    lines = 1
    for cell, width in zip(row, widths, strict=False):
        if cell.style in WRAPPED and isinstance(cell.value, str):
            lines = max(lines, ceil(len(cell.value) * 0.95 / width))
    title = any(cell.style == "title" for cell in row)
    return min(lines * LINE + (7 if title else 1), _TALLEST)


def _cells(row: int, cells: Sequence[Cell], links: list[tuple[str, str]]) -> Iterator[str]:
    for number, cell in enumerate(cells):
        place, style, value = f"{letters_of(number)}{row}", NUMBERS[cell.style], cell.value
        if _leads(cell.link) and len(links) < MOST_LINKS:
            links.append((place, cell.link))
        if value is None or value == "":
            yield f'<c r="{place}" s="{style}"/>'
        elif isinstance(value, str):
            text = _text(value)
            yield f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        else:
            number_of = (value - _DAY_ZERO).days if isinstance(value, date) else value
            yield f'<c r="{place}" s="{style}"><v>{number_of}</v></c>'


def _leads(link: str) -> bool:
    return link.startswith(("#", "http://", "https://")) and len(link) <= 2000


def _hyperlink(number: int, place: str, target: str) -> str:
    if target.startswith("#"):
        quoted = target[1:].replace("'", "''")
        where = as_value(f"'{quoted}'!A1")
        return f'<hyperlink ref="{place}" location="{where}"/>'
    return f'<hyperlink ref="{place}" r:id="rId{number}"/>'


def _text(text: str) -> str:
    return as_text(_CODED.sub("_x005F_", text[:CELL_LENGTH]))
