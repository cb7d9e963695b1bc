"""The files of a package: the workbook, the tables, the covering letter; each is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from audit.delivery.letters import Issuer, letter_of
from audit.delivery.packages import Package
from audit.delivery.selection import TOLD
from audit.delivery.workbook import workbook
from audit.reports.csv import columns, is_unmeasured, row_order, run_rows, write_csv
from audit.reports.letter import as_docx
from audit_rules.judgement import Lang


def tables(package: Package, lang: Lang, made_at: datetime) -> dict[str, bytes]:
    """What a body works with, by file name: the workbook; the findings, to be filled in and sent back; and what
    could not be seen by published rules, with how to let us in, where there is any."""
    name = package.agency.id
    files = {
        f"ket-qua-{name}.xlsx": workbook(package, lang, made_at),
        f"phat-hien-{name}.csv": _findings(package, lang),
    }
    if unseen := _unseen(package, lang):
        files[f"chua-xem-duoc-{name}.csv"] = unseen
    return files


def all_files(package: Package, issuer: Issuer, lang: Lang, made_at: datetime) -> dict[str, bytes]:
    """The tables and the letter."""
    files = tables(package, lang, made_at)
    letter = letter_of(package, issuer, tuple(files))
    return {f"cong-van-{package.agency.id}.docx": as_docx(letter, made_at), **files}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        part = folder / f".{name}.{os.getpid()}.part"
        try:
            part.write_bytes(body)
            part.replace(folder / name)
        finally:
            part.unlink(missing_ok=True)


def _findings(package: Package, lang: Lang) -> bytes:
    source = package.source
    ones = []
    standing = {}
    for part in package.parts:
        items = [item for item in part.items if item.change in TOLD or item.change == "mended"]
        ones.append(replace(part.one, judgements=tuple(item.judgement for item in items)))
        standing[part.one.portal.id] = {item.judgement.rule: item.beside for item in items}
    known = {
        portal_id: {rule: one.finding for rule, one in here.items() if one.finding is not None}
        for portal_id, here in standing.items()
    }
    rows = run_rows(source.run, ones, known, lang, "all", told=standing, reply_by=source.reply_by)
    return _csv(sorted(rows, key=row_order), lang)


def _unseen(package: Package, lang: Lang) -> bytes:
    ones = [
        replace(
            part.one,
            judgements=tuple(
                item for item in part.one.judgements if item.stage == "published" and is_unmeasured(item)
            ),
        )
        for part in package.parts
    ]
    rows = sorted(run_rows(package.source.run, ones, {}, lang, "all"), key=row_order)
    return _csv(rows, lang) if rows else b""


def _csv(rows: list[list[str]], lang: Lang) -> bytes:
    return write_csv([one.heading(lang) for one in columns()], rows)
