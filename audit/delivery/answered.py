"""A workbook that a body filled in, read back: the lines of every sheet that has the columns of an answer.

Whatever program saved it: texts may be shared or in their cells, numbers may have become of days. Nothing is worked
out and nothing outside the file is read.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from audit.spreadsheet import MAX_BYTES, FileRefused, Line, cell_text, plain

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]{1,3})\d+\Z")
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ElementTree.ParseError),
    *(KeyError, IndexError, ValueError, OSError),
)
"""What a zip that is damaged, locked or none of a workbook raises."""
_MOST = 4 * MAX_BYTES
"""Bytes that a workbook may hold when it is unpacked."""
_HEADING_WITHIN = 40
"""Rows among which the heading is looked for: what stands above it is the sheet's own head."""


def is_workbook(path: Path) -> bool:
    """Raises OSError."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def read_workbook(path: Path, columns: Mapping[str, str], needed: Collection[str], missing: str) -> Iterator[Line]:
    """As ``audit.spreadsheet.read_rows``, of every sheet that has the ``needed`` columns; each line says its
    ``sheet`` as well. Raises FileRefused."""
    try:
        with zipfile.ZipFile(path) as into:
            if sum(each.file_size for each in into.infolist()) > _MOST:
                raise FileRefused(["tệp quá lớn / the file is too large"])
            texts = _shared(into)
            sheets = [(name, list(_rows(_tree(into, part), texts))) for name, part in _sheets(into)]
    except _UNREADABLE as error:
        raise FileRefused(
            ["không đọc được sổ tính; hãy lưu lại dạng .xlsx / the workbook cannot be read; save it again as .xlsx"]
        ) from error
    found = False
    for name, rows in sheets:
        heading = next((each for each in rows[:_HEADING_WITHIN] if _names(each[1], columns, needed)), None)
        if heading is None:
            continue
        found = True
        names = _names(heading[1], columns, needed)
        for number, cells in rows:
            told = {
                each: cell_text(cells.get(names[each], "")) if each in names else "" for each in columns.values()
            }
            if number > heading[0] and any(told.values()):
                yield number, {**told, "sheet": name}
    if not found:
        raise FileRefused([missing])


def _names(cells: Mapping[str, str], columns: Mapping[str, str], needed: Collection[str]) -> dict[str, str]:
    """The letters of the columns by their names; nothing where one that is needed is not there."""
    names: dict[str, str] = {}
    for letters, text in cells.items():
        if (name := columns.get(plain(text))) is not None:
            names.setdefault(name, letters)
    return names if all(name in names for name in needed) else {}


def _sheets(into: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = {one.get("Id"): one.get("Target", "") for one in _tree(into, "xl/_rels/workbook.xml.rels")}
    for one in _tree(into, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        target = targets[one.get(_ID)]
        yield one.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shared(into: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in into.namelist():
        return []
    return [_text(one) for one in _tree(into, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]


def _rows(sheet: ElementTree.Element, texts: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for count, row in enumerate(sheet.iter(f"{_MAIN}row"), 1):
        cells: dict[str, str] = {}
        for cell in row.iter(f"{_MAIN}c"):
            place = _PLACE.match(cell.get("r", ""))
            value = cell.findtext(f"{_MAIN}v") or ""
            if cell.get("t") == "s":
                value = texts[int(value)]
            elif cell.get("t") == "inlineStr":
                value = _text(cell)
            if place is not None and value:
                cells[place[1]] = value
        yield int(row.get("r", count)), cells


def _text(of: ElementTree.Element) -> str:
    """The text of a cell, in one piece or in several that look different; hints at how to say it are left out."""
    pieces = [*of.findall(f"{_MAIN}t"), *of.findall(f"{_MAIN}r/{_MAIN}t"), *of.findall(f"{_MAIN}is//{_MAIN}t")]
    return "".join(piece.text or "" for piece in pieces)


def _tree(into: zipfile.ZipFile, part: str) -> ElementTree.Element:
    data = into.read(part)
    if b"<!DOCTYPE" in data:
        raise ValueError("a workbook has no such thing")
    return ElementTree.fromstring(data)  # noqa: S314 - without a DOCTYPE there is nothing to expand
