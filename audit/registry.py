"""The registry: which bodies there are, which portals they own, and whose a page is.

Two CSV files (contract, "What a portal is"), read whole or refused whole: a registry with a fault would put
findings under the wrong name, so every fault is told at once, with its line and what to do.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar, cast, get_args

from audit_rules.address import Address, AddressBook, BadAddress, plain_host
from audit_rules.facts import Agency, Kind, Portal, Surroundings

BUNDLED = Path(__file__).with_name("registry")
# The headings of the contract; a column that is not ours is left alone.
AGENCY_HEADING = (
    "id,name_vi,name_en,kind,parent_id,other_names,valid_from,valid_to,successor_id,contact_email,source"
)
PORTAL_HEADING = (
    "id,agency_id,kind,address,aliases,main_portal_id,status,"
    "confirmed_by,confirmed_on,confirmed_how,valid_from,valid_to,source"
)
KINDS: tuple[Kind, ...] = get_args(Kind)
Status = Literal["active", "to_confirm", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)

T = TypeVar("T", bound=str)
# An id becomes part of file names and of addresses of reports.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class RegistryError(Exception):
    """The registry cannot be used. ``problems`` are sentences, one for each fault, Vietnamese then English."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


# --- what is known --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Registry:
    """Agencies and portals by id. Read it with ``read_registry``."""

    agencies: Mapping[str, Agency]
    portals: Mapping[str, Portal]

    def by_address(self, text: str) -> Portal | None:
        """The portal that has this very address, alias or inherited address; a page below it is no portal."""
        try:
            return self._holder(Address.parse(text), None)
        except BadAddress:
            return None

    def find(self, site: str, day: date) -> Portal:
        """The registered portal of an address on a day, or a guess at one (``registered`` False).

        Raises BadAddress for a text that is no address.
        """
        address = Address.parse(site)
        return self._holder(address, day) or self._guess(address)

    def active(self, day: date) -> tuple[Portal, ...]:
        """The portals of a nightly round, in the order of the file."""
        return tuple(p for p in self.portals.values() if p.status == "active" and p.address.holds(day))

    def components(self, main_portal_id: str) -> tuple[Portal, ...]:
        """Component portals (unit, department, commune) of a main portal, confirmed or not, none retired."""
        return tuple(p for p in self._families.get(main_portal_id, ()) if p.is_component and p.status != "retired")

    def surroundings(self, portal: Portal, day: date) -> Surroundings:
        """What the registry knows around a portal; a main portal has no main portal above it."""
        main = None if portal.is_main else self.portals.get(portal.main_portal_id or "")
        head = main or portal
        components = tuple(p for p in self.components(head.id) if p.id != portal.id and p.address.holds(day))
        family = {p.id: p for p in (portal, head, *self._families.get(head.id, ()))}
        for host in {plain_host(address.host) for p in family.values() for address in p.addresses}:
            family.update((p.id, p) for p in self._on_host.get(host, ()))
        own = set() if portal.agency is None else {portal.agency.name_vi, *portal.agency.other_names}
        near = [p.agency.name_vi for p in (head, *components) if p.agency is not None]
        return Surroundings(
            day=day,
            main_portal=main,
            components=components,
            book=_book(family.values(), day),
            bodies=tuple(name for name in dict.fromkeys(near) if name not in own),
        )

    @cached_property
    def _holders(self) -> Mapping[str, list[tuple[Address, Portal]]]:
        holders: dict[str, list[tuple[Address, Portal]]] = {}
        for portal in self.portals.values():
            for address in portal.addresses:
                holders.setdefault(address.plain, []).append((address, portal))
        return holders

    @cached_property
    def _on_host(self) -> Mapping[str, list[Portal]]:
        hosts: dict[str, list[Portal]] = {}
        for portal in self.portals.values():
            for host in {plain_host(address.host) for address in portal.addresses}:
                hosts.setdefault(host, []).append(portal)
        return hosts

    @cached_property
    def _families(self) -> Mapping[str, list[Portal]]:
        families: dict[str, list[Portal]] = {}
        for portal in self.portals.values():
            if portal.main_portal_id:
                families.setdefault(portal.main_portal_id, []).append(portal)
        return families

    def _holder(self, address: Address, day: date | None) -> Portal | None:
        def rank(held: tuple[Address, Portal]) -> tuple[bool, int, int]:
            at, portal = held
            where = 0 if at == portal.address else 1 if at in portal.aliases else 2
            return day is not None and not at.holds(day), STATUSES.index(portal.status), where

        found = min(self._holders.get(address.plain, ()), key=rank, default=None)
        return found[1] if found else None

    def _guess(self, address: Address) -> Portal:
        main, below = self._main_above(address)
        return Portal(
            id=_guessed_id(address),
            address=address,
            kind=_guess_kind(below, main),
            main_portal_id=main.id if main else None,
            registered=False,
            kind_guessed=True,
        )

    def _main_above(self, address: Address) -> tuple[Portal | None, str]:
        """The main portal whose domain or path an address lies under, and what names the place below it."""
        host = plain_host(address.host)
        labels = host.split(".")
        for start in range(len(labels) - 1):
            domain = ".".join(labels[start:])
            for portal in self._on_host.get(domain, ()):
                if not portal.is_main or portal.status == "retired":
                    continue
                for above in (a for a in portal.addresses if plain_host(a.host) == domain):
                    if start and not above.path:
                        return portal, labels[0]
                    if not start and above.owns(f"https://{address}"):
                        return portal, address.path[len(above.path) :].lstrip("/").partition("/")[0].lower()
        return None, host if labels[1:] == ["gov", "vn"] else labels[0]


def _book(portals: Iterable[Portal], day: date) -> AddressBook:
    """Present addresses before inherited ones: where two portals had an address in turn, the newer has it."""

    def entries(portal: Portal, addresses: Iterable[Address]) -> Iterator[tuple[Address, str]]:
        return ((a, portal.id) for a in addresses if a.valid_from is None or a.valid_from <= day)

    known = list(portals)
    known.sort(key=lambda p: STATUSES.index(p.status))
    return AddressBook(
        (
            *(entry for p in known for entry in entries(p, (p.address,))),
            *(entry for p in known for entry in entries(p, p.aliases)),
            *(entry for p in known for entry in entries(p, p.inherited)),
        )
    )


# --- guesses for an address the registry does not know -----------------------------------------------------

_DEPARTMENT = (
    r"(so|s)(tp|tc|ct|xd|gd|yt|nv|ngv|dl)"
    r"|(so|s)?(nnmt|vhttdl|vhtt|khcn|gddt|dttg|qhkt|nnptnt|tnmt|gtvt|tttt|khdt|ldtbxh)"
    r"|so-?(tuphap|taichinh|congthuong|nong|xaydung|vanhoa|khoahoc|giaoduc|yte|noivu|ngoaivu|dantoc|dulich|quyhoach"
    r"|tainguyen|giaothong|thongtin|kehoach|laodong).*|vpub(nd)?|vanphongubnd|thanhtra|bandantoc|bqlk.*"
)
_GUESSES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"(dichvucong|dvc|motcua|hcc)"), "service"),
    (re.compile(r"(congan|hdnd|dbnd|quansu|bchqs|tinhuy|thanhuy|mttq)"), "other_body"),
    (re.compile(rf"({_DEPARTMENT})\Z"), "department"),
    (re.compile(r"(xa(?!y-?dung|hoi)|phuong|dackhu)."), "commune"),
)
_UNIT = re.compile(r"(tong-?cuc|cuc|vu|vien)[a-z-]+\Z|thanhtra\Z|vanphong\Z")


def _guess_kind(below: str, main: Portal | None) -> Kind:
    """``below`` is a label, or the whole host where it is a domain of its own (``abc.gov.vn``)."""
    if main is not None and main.kind == "ministry" and _UNIT.match(below):
        return "unit"
    label, _, rest = below.partition(".")
    kind = next((kind for pattern, kind in _GUESSES if pattern.match(label)), None)
    # Only central bodies and provinces have a domain right under gov.vn, and all provinces are registered.
    return kind or ("ministry" if rest else "thematic")


def _guessed_id(address: Address) -> str:
    plain = address.plain
    if _ID.match(plain):
        return plain
    slug = re.sub(r"[^a-z0-9.-]+", "-", plain.lower()).strip(".-")[:80]
    return f"{slug}-{hashlib.sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


# --- reading the two files ----------------------------------------------------------------------------------


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
    return Registry(MappingProxyType(agencies), MappingProxyType(portals))


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
        address = self.address("address", self.cells["address"])
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
        if not _ID.match(id_ := cells["id"]):
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
