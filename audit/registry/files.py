"""The two CSV files of a registry (contract, "What a portal is"), read whole or refused whole.

A registry with a fault would put findings under the wrong name, so every fault is told at once, with its line
and what to do.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast, get_args

from audit.registry.registry import ID, NOWHERE, STATUSES, Registry
from audit_rules.address import Address, BadAddress
from audit_rules.facts import Agency, Kind, Portal

BUNDLED = Path(__file__).parent
# The headings of the contract; a column that is not ours is left alone.
AGENCY_HEADING = (
    "id,name_vi,name_en,kind,parent_id,other_names,valid_from,valid_to,successor_id,contact_email,source"
)
PORTAL_HEADING = (
    "id,agency_id,kind,address,aliases,main_portal_id,status,"
    "confirmed_by,confirmed_on,confirmed_how,valid_from,valid_to,source"
)
KINDS: tuple[Kind, ...] = get_args(Kind)

T = TypeVar("T", bound=str)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class RegistryError(Exception):
    """The registry cannot be used. ``problems`` are sentences, one for each fault, Vietnamese then English."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_registry(folder: Path | None = None) -> Registry:
    """Reads ``agencies.csv`` and ``portals.csv`` of a folder; None is the bundled registry.

    Raises RegistryError with every fault of both files.
    """
    folder = BUNDLED if folder is None else folder
    problems: list[str] = []
    bodies = _rows(folder / "agencies.csv", AGENCY_HEADING, problems)
    sites = _rows(folder / "portals.csv", PORTAL_HEADING, problems)
    agencies = {id_: row.agency() for id_, row in (bodies or {}).items()}
    portals = {id_: portal for id_, row in (sites or {}).items() if (portal := row.portal(agencies))}
    units = {id_: portals.pop(id_) for id_ in [id_ for id_, one in portals.items() if not one.address.host]}
    # A file that could not be read has been told once; what points into it is not told again.
    if bodies is not None:
        for row in bodies.values():
            row.knows("parent_id", bodies, "agencies.csv")
            row.knows("successor_id", bodies, "agencies.csv")
        _no_cycle(bodies, "parent_id", ("cơ quan cấp trên", "parents"))
        _no_cycle(bodies, "successor_id", ("cơ quan kế thừa", "successors"))
    if sites is not None:
        for row in sites.values():
            if bodies is not None:
                row.knows("agency_id", bodies, "agencies.csv")
            row.knows("main_portal_id", sites, "portals.csv")
        _no_shared_address(sites, portals)
    if problems:
        raise RegistryError(problems)
    return Registry(MappingProxyType(agencies), MappingProxyType(portals), MappingProxyType(units))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a file, and the list its faults are told to."""

    file: str
    line: int
    cells: Mapping[str, str]
    problems: list[str]

    def tell(self, vi: str, en: str) -> None:
        self.problems.append(f"{self.file} dòng {self.line}: {vi} / line {self.line}: {en}")

    def several(self, column: str) -> tuple[str, ...]:
        return tuple(part for cell in self.cells[column].split("|") if (part := cell.strip()))

    def choice(self, column: str, allowed: tuple[T, ...]) -> T:
        text, known = self.cells[column], ", ".join(allowed)
        for value in allowed:
            if value == text:
                return value
        self.tell(f"{column} “{text}” không có; ghi một trong: {known}", f"unknown {column}; write one of: {known}")
        return allowed[0]

    def day(self, column: str) -> date | None:
        text = self.cells[column]
        try:
            if not text or _DAY.match(text):
                return date.fromisoformat(text) if text else None
        except ValueError:
            pass
        self.tell(
            f"{column} “{text}” không phải ngày; ghi như 2025-07-01",
            f"{column} “{text}” is no date; write it like 2025-07-01",
        )
        return None

    def span(self) -> tuple[date | None, date | None]:
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end < start:
            self.tell(
                f"valid_to {end} trước valid_from {start}; sửa một trong hai ngày",
                f"valid_to {end} is before valid_from {start}; correct one of them",
            )
        return start, end

    def knows(self, column: str, known: Mapping[str, _Row], file: str) -> None:
        if (id_ := self.cells[column]) and id_ not in known:
            self.tell(
                f"{column} “{id_}” không có trong {file}; sửa mã, hoặc thêm dòng đó",
                f"{column} “{id_}” is not in {file}; correct the id, or add its row",
            )

    def agency(self) -> Agency:
        if not self.cells["name_vi"]:
            self.tell("thiếu name_vi; ghi tên chính thức", "name_vi is empty; write the official name")
        start, end = self.span()
        return Agency(
            id=self.cells["id"],
            name_vi=self.cells["name_vi"],
            name_en=self.cells["name_en"],
            kind=self.choice("kind", KINDS),
            parent_id=self.cells["parent_id"] or None,
            other_names=self.several("other_names"),
            valid_from=start,
            valid_to=end,
            successor_id=self.cells["successor_id"] or None,
            contact_email=self.cells["contact_email"] or None,
            source=self.cells["source"],
        )

    def portal(self, agencies: Mapping[str, Agency]) -> Portal | None:
        """The portal, or None where it has no address to be known by."""
        start, end = self.span()
        kind, status = self.choice("kind", KINDS), self.choice("status", STATUSES)
        confirmed = self.confirmed()
        address = NOWHERE if self.is_unit else self.address("address", self.cells["address"])
        aliases = [alias for text in self.several("aliases") if (alias := self.address("aliases", text))]
        if address is None:
            return None
        others = list(dict.fromkeys(alias for alias in aliases if alias.plain != address.plain))
        past = tuple(alias for alias in others if alias.valid_to is not None)
        return Portal(
            id=self.cells["id"],
            address=replace(address, valid_from=start or address.valid_from, valid_to=end or address.valid_to),
            kind=kind,
            agency=agencies.get(self.cells["agency_id"]),
            aliases=tuple(
                replace(alias, valid_from=alias.valid_from or start, valid_to=end)
                for alias in others
                if alias not in past
            ),
            inherited=past,
            main_portal_id=self.cells["main_portal_id"] or None,
            status=status,
            confirmed=confirmed,
        )

    @property
    def is_unit(self) -> bool:
        """Whether the row is a body of which no address is known: it names the body, and nothing that an address
        would have."""
        without = ("address", "aliases", "confirmed_by", "confirmed_on", "confirmed_how")
        return bool(self.cells["agency_id"]) and not any(self.cells[column] for column in without)

    def address(self, column: str, text: str) -> Address | None:
        try:
            address = Address.parse(text)
        except BadAddress:
            self.tell(
                f"{column} “{text}” không phải địa chỉ cổng; ghi tên miền, tên miền/đường-dẫn, "
                "hoặc tên-miền@2010-01-01..2025-06-30",
                f"{column} “{text}” is no address; write host, host/path or host@2010-01-01..2025-06-30",
            )
            return None
        if address.valid_from and address.valid_to and address.valid_to < address.valid_from:
            self.tell(
                f"{column} “{text}”: ngày cuối trước ngày đầu; đổi lại",
                "the last day is before the first; swap them",
            )
        return address

    def confirmed(self) -> bool:
        who, how = self.cells["confirmed_by"], self.cells["confirmed_how"]
        filled = [bool(who), bool(self.cells["confirmed_on"]), bool(how)]
        if any(filled) and not all(filled):
            self.tell(
                "xác nhận chưa đủ; ghi cả confirmed_by, confirmed_on, confirmed_how, hoặc bỏ trống cả ba",
                "half confirmed; fill confirmed_by, confirmed_on and confirmed_how, or leave all three empty",
            )
        return self.day("confirmed_on") is not None and all(filled)


def _rows(path: Path, heading: str, problems: list[str]) -> dict[str, _Row] | None:
    """The rows of a file by id; None where it could not be read, which is told then."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = heading.split(",")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                names = ", ".join(missing)
                problems.append(
                    f"{path.name} dòng 1: thiếu cột {names}; ghi đủ dòng tiêu đề, các cột cách nhau bằng dấu phẩy "
                    f"/ line 1: missing columns {names}; write the whole heading, columns separated by commas"
                )
                return None
            return _read(reader, path.name, columns, problems)
    except FileNotFoundError:
        problems.append(
            f"{path.name}: không có tệp này trong thư mục “{path.parent}”; kiểm tra --registry "
            f"/ no such file in the folder “{path.parent}”; check --registry"
        )
    except UnicodeDecodeError:
        problems.append(
            f"{path.name}: không phải UTF-8; lưu lại dạng “CSV UTF-8” / not UTF-8; save it as “CSV UTF-8”"
        )
    except (OSError, csv.Error) as error:
        problems.append(
            f"{path.name}: không đọc được ({error}); kiểm tra tệp và quyền đọc "
            f"/ cannot be read ({error}); check the file and its permissions"
        )
    return None


def _read(reader: csv.DictReader[str], file: str, columns: Sequence[str], problems: list[str]) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for raw in reader:
        extra = cast("dict[str | None, object]", raw).pop(None, None)
        short = any(cell is None for cell in raw.values())
        cells = {c: unicodedata.normalize("NFC", raw[c] or "").strip() for c in columns}
        breaks = sum(cell.count("\n") for cell in raw.values() if cell)
        row = _Row(file, reader.line_num - breaks, cells, problems)
        if not any(cells.values()):
            continue
        if extra or short:
            row.tell(
                "số ô không khớp dòng tiêu đề; đặt ô có dấu phẩy trong dấu ngoặc kép",
                "the number of cells differs from the heading; put cells that hold a comma in quotes",
            )
        if not ID.match(id_ := cells["id"]):
            row.tell(
                f"mã “{id_}” không dùng được; chỉ dùng chữ không dấu, số, dấu chấm, gạch nối, gạch dưới",
                f"the id “{id_}” cannot be used; use unaccented letters, digits, dots, hyphens, underscores",
            )
        elif id_ in rows:
            first = rows[id_].line
            row.tell(f"mã “{id_}” đã có ở dòng {first}; đổi một mã", f"“{id_}” is at line {first} too; rename one")
        else:
            rows[id_] = row
    return rows


def _no_cycle(rows: Mapping[str, _Row], column: str, names: tuple[str, str]) -> None:
    done: set[str] = set()
    for start in rows:
        path: list[str] = []
        here = start
        while here in rows and here not in done:
            done.add(here)
            path.append(here)
            here = rows[here].cells[column]
        if here in path:
            chain = " → ".join([*path[path.index(here) :], here])
            rows[here].tell(
                f"{names[0]} đi thành vòng ({chain}); sửa {column}",
                f"{names[1]} run in a circle ({chain}); correct {column}",
            )


def _no_shared_address(rows: Mapping[str, _Row], portals: Mapping[str, Portal]) -> None:
    """One address belongs to one portal at a time; in turn it may belong to several."""
    taken: dict[str, list[tuple[Address, str]]] = {}
    for id_, portal in portals.items():
        for address in portal.addresses:
            held = taken.setdefault(address.plain, [])
            for other, owner in held:
                if owner != id_ and _overlap(address, other):
                    line = rows[owner].line
                    rows[id_].tell(
                        f"địa chỉ {address} cũng là của “{owner}” ở dòng {line}; "
                        "bỏ một nơi, hoặc ghi ngày cho khỏi trùng",
                        f"{address} also belongs to “{owner}” at line {line}; "
                        "remove one, or give dates that do not overlap",
                    )
                    break
            held.append((address, id_))


def _overlap(one: Address, two: Address) -> bool:
    def before(a: Address, b: Address) -> bool:
        return a.valid_to is not None and b.valid_from is not None and a.valid_to < b.valid_from

    return not before(one, two) and not before(two, one)
