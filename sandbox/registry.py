"""The registry of the make-believe country, as an auditor is given it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from sandbox.bodies import Body, abolished
from sandbox.country import Country

_AGENCIES = "id,name_vi,name_en,kind,parent_id,other_names,valid_from,valid_to,successor_id,contact_email,source"
_PORTALS = (
    "id,agency_id,kind,address,aliases,main_portal_id,status,"
    "confirmed_by,confirmed_on,confirmed_how,valid_from,valid_to,source"
)
_CONFIRMED = ("Văn phòng UBND tỉnh Sông Mây", "2026-10-01", "Công văn 1234/VPUBND-KSTT")
_SOURCE = "quốc gia giả định"
_MERGED_ON = "2025-06-30"


def write_registry(folder: Path, country: Country) -> None:
    """Writes ``agencies.csv`` and ``portals.csv`` as the contract has them, every portal confirmed."""
    _write(
        folder / "agencies.csv",
        _AGENCIES,
        (*(_agency(body, country) for body in country.bodies), *_abolished(country)),
    )
    _write(folder / "portals.csv", _PORTALS, map(_portal, country.bodies))


def _agency(body: Body, country: Country) -> tuple[str, ...]:
    main = country.main_of(body)
    above = main.agency_id if main else ""
    merged = body.kind == "archive"
    kind = "province" if merged else body.kind
    parent, until, successor = ("", _MERGED_ON, above) if merged else (above, "", "")
    names = body.short if body.short != body.name else ""
    return (body.agency_id, body.name, body.name_en, kind, parent, names, "", until, successor, body.email, _SOURCE)


def _abolished(country: Country) -> Iterator[tuple[str, ...]]:
    """Bodies that exist no more, each with the main portal's as its successor."""
    for body in country.bodies:
        if body.is_main:
            old, until = f"co-quan-cu-{body.portal_id}", "2012-12-31"
            yield (
                old,
                abolished(body),
                "",
                "department",
                body.agency_id,
                "",
                "",
                until,
                body.agency_id,
                "",
                _SOURCE,
            )


def _portal(body: Body) -> tuple[str, ...]:
    where = (body.portal_id, body.agency_id, body.kind, body.site, "", body.main_id, "active")
    return (*where, *_CONFIRMED, "", "", _SOURCE)


def _write(path: Path, heading: str, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(heading.split(","))
        table.writerows(rows)
