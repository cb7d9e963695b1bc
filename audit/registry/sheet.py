"""``portals.csv`` as it is written: every column, cell and row in its place, also those that are not ours."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.registry.files import BUNDLED

_BOM = b"\xef\xbb\xbf"


class SheetChanged(Exception):
    """Somebody wrote the file since it was read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of a registry that ``read_registry`` takes. ``before`` is what it was when it was read."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    before: bytes

    def with_rows(self, changed: Mapping[str, Mapping[str, str]], added: Sequence[Mapping[str, str]]) -> bytes:
        """The file with some rows' cells changed (by id) and others at its end; line ends and a byte order mark
        stay as they are."""
        text = io.StringIO(newline="")
        ends = "\r\n" if b"\r\n" in self.before.partition(b"\n")[0] + b"\n" else "\n"
        writer = csv.writer(text, lineterminator=ends)
        writer.writerow(self.columns)
        for row in self.rows:
            cells = {**row, **changed.get(row["id"].strip(), {})}
            writer.writerow([cells[column] for column in self.columns])
        writer.writerows([row.get(column, "") for column in self.columns] for row in added)
        return (_BOM if self.before.startswith(_BOM) else b"") + text.getvalue().encode()


def read_sheet(folder: Path | None) -> Sheet:
    """``portals.csv`` of a folder that was read by ``read_registry``; None is the bundled one."""
    path = (folder or BUNDLED) / "portals.csv"
    before = path.read_bytes()
    reader = csv.DictReader(io.StringIO(before.decode("utf-8-sig"), newline=""), restval="")
    return Sheet(path, tuple(reader.fieldnames or ()), tuple(reader), before)


def replace(sheet: Sheet, data: bytes) -> None:
    """Puts a new file in the place of the one that was read: it is there whole or not at all. Raises SheetChanged
    where that one is another by now, and OSError."""
    part = sheet.path.with_name(f".{sheet.path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(sheet.path.stat().st_mode & 0o777)
        if sheet.path.read_bytes() != sheet.before:
            raise SheetChanged
        part.replace(sheet.path)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(sheet.path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
