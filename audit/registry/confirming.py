"""A person confirms rows of a registry: who, on which day and how is written beside each, all of them or none."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audit.refusals import BadInput
from audit.registry.files import BUNDLED, RegistryError, read_registry
from audit.registry.proposed import COLUMNS, written
from audit.registry.registry import Registry
from audit.registry.sheet import SheetChanged, read_sheet, replace

MARKS = frozenset({"yes", "x", "có", "co", "đồng ý", "ok", "1", "true"})
"""What a person writes into ``decision`` of a row that is right."""
_LEFT_OUT = frozenset({"", "no", "không", "khong", "0", "false"})


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirms, on which day, how: what the three ``confirmed_`` cells hold."""

    by: str
    how: str
    on: date

    @property
    def cells(self) -> dict[str, str]:
        return {"confirmed_by": self.by, "confirmed_on": self.on.isoformat(), "confirmed_how": self.how}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was written: ids of the rows that changed and of those that are new, and how many rows of the files were
    left out because nobody had marked them."""

    changed: tuple[str, ...]
    added: tuple[str, ...]
    unmarked: int


def confirm(folder: Path, what: Sequence[str], confirmation: Confirmation) -> Confirmed:
    """Confirms rows of a folder's ``portals.csv``: those with these ids, and what is marked in these files of
    proposals. Raises BadInput for whatever is wrong, and then nothing was written."""
    if folder.resolve() == BUNDLED.resolve():
        raise BadInput("error.registry_bundled")
    registry = _read(folder)
    sheet = read_sheet(folder)
    known = {row["id"].strip(): row for row in sheet.rows}
    changed: dict[str, dict[str, str]] = {}
    added: dict[str, dict[str, str]] = {}
    unmarked = 0
    for each in what:
        path = Path(each)
        if not path.is_file():
            changed[each] = _confirmed_row(each, registry, known, path)
            continue
        marked, left = _marked(path)
        unmarked += left
        for line, cells in marked:
            id_ = cells["id"]
            if cells["changes"]:
                changed.setdefault(id_, {}).update(_changed_cells(path, line, cells, known))
            elif id_ in known or id_ in added:
                raise BadInput("error.proposal_taken", path=path, line=line, id=id_)
            else:
                added[id_] = {**{name: cells[name] for name in COLUMNS}, "status": "active"}
    if not changed and not added:
        raise BadInput("error.nothing_marked")
    for cells in (*changed.values(), *added.values()):
        cells.update(confirmation.cells)
    data = sheet.with_rows(changed, list(added.values()))
    _must_be_read(folder, data)
    try:
        replace(sheet, data)
    except SheetChanged as error:
        raise BadInput("error.registry_changed", path=sheet.path) from error
    except OSError as error:
        raise BadInput("error.no_output", path=sheet.path, cause=error) from error
    return Confirmed(tuple(changed), tuple(added), unmarked)


def copy_bundled(folder: Path) -> None:
    """Copies the bundled registry into a folder that has none yet. Raises BadInput."""
    names = ("agencies.csv", "portals.csv")
    try:
        if any((folder / name).exists() for name in names):
            raise BadInput("error.registry_exists", path=folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(BUNDLED / name, folder / name)
    except OSError as error:
        raise BadInput("error.no_output", path=folder, cause=error) from error


def _read(folder: Path) -> Registry:
    try:
        return read_registry(folder)
    except RegistryError as error:
        raise BadInput("error.bad_registry", cause=error) from error


def _must_be_read(folder: Path, portals: bytes) -> None:
    """Reads the registry as it would become."""
    with tempfile.TemporaryDirectory() as name:
        become = Path(name)
        shutil.copyfile(folder / "agencies.csv", become / "agencies.csv")
        (become / "portals.csv").write_bytes(portals)
        try:
            read_registry(become)
        except RegistryError as error:
            raise BadInput("error.registry_would_break", cause=error) from error


def _confirmed_row(
    id_: str, registry: Registry, known: Mapping[str, Mapping[str, str]], path: Path
) -> dict[str, str]:
    if id_ not in known:
        raise BadInput("error.no_such_row" if path.suffix.lower() != ".csv" else "error.no_such_file", id=id_)
    portal = registry.portals.get(id_)
    if portal is None:
        raise BadInput("error.row_without_address", id=id_)
    if portal.status == "retired":
        raise BadInput("error.row_retired", id=id_)
    return {"status": "active"}


def _changed_cells(
    path: Path, line: int, cells: Mapping[str, str], known: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The cells that a row of proposals changes; the registered ones have to be what they were when it was made."""
    id_, names = cells["id"], cells["changes"].split("|")
    if id_ not in known:
        raise BadInput("error.no_such_row", id=id_)
    if not set(names) <= {"kind", "address", "aliases", "status", "valid_to"}:
        raise BadInput("error.bad_proposals", path=path, line=line)
    if written({name: known[id_][name].strip() for name in names}, names) != cells["was"]:
        raise BadInput("error.proposal_stale", path=path, line=line, id=id_)
    return {name: cells[name] for name in names}


def _marked(path: Path) -> tuple[list[tuple[int, dict[str, str]]], int]:
    """The marked rows of a file with their lines, and how many were not marked. A table program may have saved it
    with semicolons or tabs. Raises BadInput."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = error if isinstance(error, OSError) else ValueError("không phải UTF-8 / not UTF-8")
        raise BadInput("error.unreadable_file", path=path, cause=cause) from error
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval="")
    needed = (*COLUMNS, "decision", "changes", "was")
    if not set(needed) <= set(reader.fieldnames or ()):
        raise BadInput("error.bad_proposals", path=path, line=1)
    marked: list[tuple[int, dict[str, str]]] = []
    left = 0
    for row in reader:
        cells = {name: (row[name] or "").strip() for name in needed}
        decision = cells["decision"].lower()
        if decision in MARKS:
            marked.append((reader.line_num, cells))
        elif decision in _LEFT_OUT:
            left += 1
        else:
            raise BadInput("error.bad_decision", path=path, line=reader.line_num, text=cells["decision"])
    return marked, left
