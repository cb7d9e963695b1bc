"""A CSV of official figures, read whole or refused whole: every fault at once, with its line.

A figure belongs to the body of its day: where a file names a body that did not exist in the period, and exactly one
body that did exist became it, the figure is that one's; where there were several nobody knows whose it is.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from audit.figures.metrics import metrics
from audit.figures.periods import read_period
from audit.figures.shown import ancestors
from audit.registry.registry import Registry
from audit.spreadsheet import FileRefused, plain, quoted, read_rows, read_text
from audit_rules.facts import Agency
from storage.figures import Confidence, Figure

BUNDLED = Path(__file__).with_name("first_batch.csv")
"""The figures that come with the program."""
COLUMNS: Mapping[str, str] = {
    "agency": "cơ quan",
    "agency_id": "mã cơ quan",
    "period": "kỳ",
    "metric": "chỉ tiêu",
    "value": "giá trị",
    "rank": "hạng",
    "unit": "đơn vị tính",
    "coverage": "phạm vi",
    "absent": "lý do không có số liệu",
    "source": "nguồn",
    "confidence": "độ tin cậy",
    "notes": "ghi chú",
}
"""The columns by their English headings, with the Vietnamese ones."""
_NEEDED = ("agency", "period", "metric", "source")
_LONGEST = 2000
_METRIC = re.compile(r"[a-z0-9_]{2,80}\Z")
_VALUE = re.compile(r"(?:[<>≤≥] ?)?-?\d+(?:\.\d+)?\Z")
_RANK = re.compile(r"(?:(?:top|bottom)?[1-9]\d{0,8})?\Z")
_OF = re.compile(r"hạng/(\d+)")
_CONFIDENCE: Mapping[str, Confidence] = {"high": "high", "medium": "medium", "low": "low", "": ""}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. ``moved`` are the lines whose body was another in the period, with its id; ``unnamed`` the
    metrics that have no name here."""

    figures: tuple[Figure, ...]
    moved: tuple[tuple[int, str], ...]
    unnamed: tuple[str, ...]


def read_figures(path: Path, registry: Registry, *, by: str, at: datetime, today: date) -> Reading:
    """The figures of a file. Raises FileRefused."""
    problems: list[str] = []
    missing = (
        "không thấy đủ các cột agency, period, metric, source; ghi đủ dòng tiêu đề"
        " / the columns agency, period, metric and source are not all there; write the whole heading"
    )
    headings = {plain(name): id_ for id_, vi in COLUMNS.items() for name in (id_, vi)}
    found: dict[str, Figure] = {}
    moved: list[tuple[int, str]] = []
    for line, cells in read_rows(read_text(path), headings, _NEEDED, missing, problems):
        row = _Row(line, cells, problems, registry)
        figure = row.figure(path.name, by, at, today)
        if figure is None:
            continue
        if (before := found.setdefault(figure.place, figure)) is not figure:
            row.tell(
                f"số liệu này đã có ở dòng {before.line}; bỏ một dòng, hoặc ghi rõ kỳ, chỉ tiêu, đơn vị tính",
                f"line {before.line} has this figure already; remove one, or correct period, metric or unit",
            )
        if cells["agency_id"] not in ("", figure.agency_id):
            moved.append((line, figure.agency_id or ""))
    if problems:
        raise FileRefused(problems)
    unnamed = {one.metric for one in found.values()} - metrics().keys()
    return Reading(tuple(found.values()), tuple(moved), tuple(sorted(unnamed)))


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]
    problems: list[str]
    registry: Registry

    def tell(self, vi: str, en: str) -> None:
        self.problems.append(f"dòng {self.line}: {vi} / line {self.line}: {en}")

    def figure(self, file: str, by: str, at: datetime, today: date) -> Figure | None:
        """The figure of the row; None where something is wrong with it, which is told then."""
        told = len(self.problems)
        cells = self.cells
        self._lengths()
        for name in _NEEDED:
            if not cells[name]:
                self.tell(f"thiếu {name}; ghi vào ô đó", f"{name} is empty; fill it in")
        if cells["metric"] and not _METRIC.match(cells["metric"]):
            self.tell(
                f"chỉ tiêu “{quoted(cells['metric'])}” không dùng được; ghi chữ thường không dấu, số, gạch dưới",
                f"the metric “{quoted(cells['metric'])}” cannot be used; write lower-case letters, digits and _",
            )
        period = self._period(today)
        self._numbers()
        agency_id = self._body(period) if period is not None and cells["agency"] else None
        if len(self.problems) > told or period is None:
            return None
        return Figure(
            f"sl-{secrets.token_hex(6)}",
            agency_id,
            cells["agency"],
            cells["metric"],
            cells["period"],
            *period,
            cells["value"],
            cells["rank"],
            cells["unit"],
            cells["coverage"],
            cells["absent"],
            cells["source"],
            _CONFIDENCE[cells["confidence"].lower()],
            cells["notes"],
            by,
            at,
            file,
            self.line,
        )

    def _lengths(self) -> None:
        for name, text in self.cells.items():
            if len(text) > _LONGEST:
                self.tell(f"{name} quá dài; viết gọn lại", f"{name} is too long; shorten it")

    def _period(self, today: date) -> tuple[date, date] | None:
        text = self.cells["period"]
        if not text:
            return None
        period = read_period(text)
        if period is None:
            self.tell(
                f"kỳ “{quoted(text)}” không rõ; ghi như 2024, 2024-Q1, 2024-12 hoặc 2024-01-01/2024-06-30",
                f"the period “{quoted(text)}” is not understood; write it like 2024, 2024-Q1, 2024-12 or"
                " 2024-01-01/2024-06-30",
            )
        elif period[0] > today:
            self.tell(
                f"kỳ “{quoted(text)}” chưa đến; kiểm tra lại",
                f"the period “{quoted(text)}” is yet to come; check it",
            )
            return None
        return period

    def _numbers(self) -> None:
        cells = self.cells
        value, rank, unit, sure = cells["value"], cells["rank"], cells["unit"], cells["confidence"].lower()
        if sure not in _CONFIDENCE:
            self.tell(
                f"độ tin cậy “{quoted(sure)}” không rõ; ghi high, medium, low hoặc để trống",
                f"the confidence “{quoted(sure)}” is not understood; write high, medium, low, or nothing",
            )
        if not (value or rank or cells["absent"]):
            self.tell(
                "không có giá trị, hạng, cũng không có lý do; ghi lý do không có số liệu vào cột absent",
                "there is neither a value nor a rank nor a reason; write into absent why there is none",
            )
        number = _VALUE.match(value)
        if not number and any(letter.isdigit() for letter in value) and sure != "low":
            self.tell(
                f"giá trị “{quoted(value)}” không rõ; ghi số không kèm đơn vị, dấu chấm cho phần thập phân, không"
                " dấu phân nghìn; số chưa chắc thì ghi confidence là low",
                f"the value “{quoted(value)}” is not understood; write a number without a unit, a point before"
                " decimals and nothing between thousands; of a doubtful one, confidence low",
            )
        if number and cells["absent"]:
            self.tell(
                "vừa có giá trị vừa có lý do không có số liệu; bỏ một trong hai",
                "there is a value, and a reason for there being none; remove one of them",
            )
        most = 100 if unit == "%" else 1 if "chỉ số 0-1" in unit else None
        if number and most is not None and not 0 <= float(value.lstrip("<>≤≥ ")) <= most:
            self.tell(
                f"giá trị {quoted(value)} ngoài khoảng 0 đến {most} của đơn vị tính; kiểm tra dấu thập phân",
                f"the value {quoted(value)} is not between 0 and {most}; check the decimal point",
            )
        of = _OF.search(unit)
        if not _RANK.match(rank):
            self.tell(
                f"hạng “{quoted(rank)}” không rõ; ghi số, hoặc top10, bottom10 cho một nhóm",
                f"the rank “{quoted(rank)}” is not understood; write a number, or top10, bottom10 for a group",
            )
        elif rank.isdigit() and of and int(rank) > int(of[1]):
            self.tell(f"hạng {rank} lớn hơn {of[1]}; kiểm tra lại", f"rank {rank} of {of[1]}; check it")

    def _body(self, period: tuple[date, date]) -> str | None:
        """The id of the body that existed in the period; None for a group of bodies, in capitals."""
        agency_id, name = self.cells["agency_id"], self.cells["agency"]
        if not agency_id:
            return None if name.isupper() else self._named(name, period)
        agency = self.registry.agencies.get(agency_id)
        if agency is None:
            self.tell(
                f"mã cơ quan “{quoted(agency_id)}” không có trong agencies.csv; sửa mã, hoặc bổ sung danh bạ",
                f"the agency “{quoted(agency_id)}” is not in agencies.csv; correct the id, or add it there",
            )
            return None
        if _existed(agency, period):
            return agency_id
        before = [each for each in ancestors(self.registry, agency_id) if _existed(each, period)]
        if len(before) == 1:
            return before[0].id
        ids = ", ".join(each.id for each in before)
        vi = f"; kỳ đó là một trong: {ids}" if ids else "; ghi cơ quan có trong kỳ đó"
        en = f"; it was one of: {ids}" if ids else "; write the one that did"
        self.tell(
            f"cơ quan “{quoted(agency_id)}” chưa có hoặc không còn trong kỳ {quoted(self.cells['period'])}{vi}",
            f"the agency “{quoted(agency_id)}” did not exist in {quoted(self.cells['period'])}{en}",
        )
        return None

    def _named(self, name: str, period: tuple[date, date]) -> str | None:
        """The one body of the period that has a name; a figure is never laid to one of several."""
        bare = plain(name)
        theirs = [
            each.id
            for each in self.registry.agencies.values()
            if _existed(each, period) and bare in {plain(known) for known in (each.name_vi, *each.other_names)}
        ]
        if len(theirs) == 1:
            return theirs[0]
        self.tell(
            f"chưa rõ “{quoted(name)}” là cơ quan nào; ghi agency_id (tên một nhóm cơ quan thì viết hoa cả tên)",
            f"it is not clear which agency “{quoted(name)}” is; write its agency_id (names of groups in capitals)",
        )
        return None


def _existed(agency: Agency, period: tuple[date, date]) -> bool:
    first, last = period
    return (agency.valid_from is None or agency.valid_from <= last) and (
        agency.valid_to is None or first <= agency.valid_to
    )


def differing(problem: Sequence[tuple[Figure, Figure]]) -> list[str]:
    """A sentence for each figure of a file that says otherwise than one that holds."""
    return [
        f"dòng {new.line}: đã có số liệu khác ({_said(old)}; {quoted(old.source)}, mã {old.id}); nếu số mới đúng,"
        f" rút lại số cũ bằng “audit figures withdraw {old.id}”"
        f" / line {new.line}: another figure holds ({_said(old)}; {quoted(old.source)}, id {old.id}); if the new"
        f" one is right, take the old one back by “audit figures withdraw {old.id}”"
        for new, old in problem
    ]


def _said(one: Figure) -> str:
    return quoted(", ".join(part for part in (one.value, one.rank and f"#{one.rank}", one.absent) if part))
