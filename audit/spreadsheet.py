"""A CSV that went through a spreadsheet, read as it was meant, or refused: every fault at once, with its line.

What spreadsheets do to a CSV is undone: semicolons or tabs for commas, a first line ``sep=;``, the mark of UTF-8
gone, UTF-16, headings in either language, an apostrophe before a text that looks like a formula. What was lost for
good (letters of an encoding without Vietnamese) is refused, never guessed."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from audit.words import clean

MAX_BYTES = 50_000_000
Line = tuple[int, Mapping[str, str]]
"""The number of a line and its cells, by the names of their columns."""


class FileRefused(Exception):
    """A file that cannot be taken. ``problems`` are sentences, one for each fault, Vietnamese then English."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


def read_text(path: Path) -> str:
    """The text of a file, whatever Unicode it is in. Raises FileRefused."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileRefused(["tệp quá lớn / the file is too large"])
        data = path.read_bytes()
    except OSError as error:
        raise FileRefused([f"không đọc được tệp ({error}) / the file cannot be read ({error})"]) from error
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise FileRefused(
            [
                "đây là sổ tính, không phải CSV; mở ra và lưu lại dạng “CSV UTF-8”"
                " / this is a workbook, no CSV; open it and save it as “CSV UTF-8”"
            ]
        )
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" in data[:200]:
        return _decoded(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    return _decoded(data, "utf-8")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused(
            [
                f"dòng {line}: không phải UTF-8, chữ tiếng Việt có thể đã mất; lưu lại dạng “CSV UTF-8”"
                f" / line {line}: not UTF-8, Vietnamese letters may be lost; save it as “CSV UTF-8”"
            ]
        ) from error


def read_rows(
    text: str, columns: Mapping[str, str], needed: Collection[str], missing: str, problems: list[str]
) -> Iterator[Line]:
    """The lines below the heading with their cells, "" where the file lacks one. ``columns`` are the names of
    those that are read by their ``plain`` headings, ``missing`` the sentence where the file lacks a ``needed`` one.
    Faults of lines are told to ``problems``. Raises FileRefused."""
    skipped = 0
    first, _, rest = text.partition("\n")
    if first.strip().strip('"').lower().startswith("sep="):
        text, skipped = rest, 1
    try:
        delimiter, names = _heading(text, columns, needed)
    except csv.Error as error:
        raise _broken(error) from error
    if names is None:
        line = skipped + 1
        vi, _, en = missing.partition(" / ")
        raise FileRefused([f"dòng {line}: {vi} / line {line}: {en}"])
    read = set(columns.values())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        width = len(next(reader))
        before = reader.line_num
        for cells in reader:
            line, before = before + 1 + skipped, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                problems.append(
                    f"dòng {line}: nhiều ô hơn dòng tiêu đề; đặt ô có dấu phân cách trong dấu ngoặc kép"
                    f" / line {line}: more cells than the heading; put cells that hold the separator in quotes"
                )
                continue
            cells += [""] * (width - len(cells))
            yield line, {name: cell_text(cells[names[name]]) if name in names else "" for name in read}
    except csv.Error as error:
        raise _broken(error, before + 1 + skipped) from error


def _broken(error: csv.Error, line: int = 1) -> FileRefused:
    return FileRefused(
        [
            f"dòng {line}: dấu ngoặc kép không khớp ({error}); lưu lại tệp từ bảng tính"
            f" / line {line}: quotes do not match ({error}); save the file from the spreadsheet again"
        ]
    )


def _heading(
    text: str, columns: Mapping[str, str], needed: Collection[str]
) -> tuple[str, Mapping[str, int] | None]:
    for delimiter in ",;\t":
        heading = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        names: dict[str, int] = {}
        for number, cell in enumerate(heading):
            if (name := columns.get(plain(cell))) is not None:
                names.setdefault(name, number)
        if all(name in names for name in needed):
            return delimiter, names
    return ",", None


def quoted(text: str) -> str:
    """A stranger's text inside a sentence of two languages, which a slash between blanks parts."""
    return clean(text).replace(" / ", "/")[:40]


def cell_text(text: str) -> str:
    """A cell as it was meant: NFC, and without the apostrophe that keeps it from being a formula."""
    text = unicodedata.normalize("NFC", text).replace("\0", "").strip()
    guarded = text[:1] in ("'", "’") and text[1:2] in tuple("=+-@\t\r＝＋－＠")
    return text[1:] if guarded else text


def plain(text: str) -> str:
    """Without case, accents, blanks and marks around it: how headings and coded answers are compared."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.casefold().replace("_", " ").strip(" .'’\"\ufeff").split())
