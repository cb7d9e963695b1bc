"""The database as a whole: ``db``, and below it ``upgrade`` and ``copy``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from audit import readers
from audit.archives import database_of
from audit.commands.told import tell
from audit.config import Desk, Setting
from audit.listings import Listing
from audit.output import Output
from audit.reports.json import json_text
from audit.settings import settings
from audit.speech import Family, Order
from audit.words import say
from audit_rules.judgement import Lang
from storage.database import place
from storage.faults import name_of
from storage.upkeep import Described, bring_up, copy, describe


@click.command("db", cls=Family, params=settings("data", "db", "format", "output"))
@click.pass_obj
def db(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    with database_of(given, desk) as url:
        found = describe(url)
    if given["format"] == "json":
        days = {name: day.isoformat() if day else None for name, day in _days(found).items()}
        output.write(json_text(asdict(found) | days).encode())
        return 0
    rows = [{"table": one.name, "rows": one.rows, "bytes": one.bytes} for one in found.tables]
    return tell(Listing(("table", "rows", "bytes"), rows), given, output, desk, _notes(found, desk.lang))


@db.command("upgrade", cls=Order, params=settings("data", "db"))
@click.pass_obj
def upgrade(desk: Desk, /, **given: Any) -> int:
    with database_of(given, desk) as url:
        before, after = bring_up(url)
    key = "database.newest" if before == after else "database.upgraded"
    told = before or say("database.empty", desk.lang)
    click.echo(say(key, desk.lang, name=_name(url), before=told, after=after))
    return 0


def _address(name: str, spelling: str) -> Setting:
    return Setting(name, "text", readers.plain, spelling=spelling, required=True, metavar="URL")


@db.command(
    "copy", cls=Order, params=[_address("copy_from", "--from"), _address("copy_to", "--to"), *settings("data")]
)
@click.pass_obj
def copy_(desk: Desk, /, **given: Any) -> int:
    def note(table: str, rows: int) -> None:
        if not given["quiet"]:
            click.echo(say("database.copying", desk.lang, table=table, rows=rows), err=True)

    with database_of({**given, "db": None}, desk):
        counts = copy(given["copy_from"], given["copy_to"], note)
    values = {"rows": sum(counts.values()), "tables": len(counts), "target": _name(given["copy_to"])}
    click.echo(say("database.copied", desk.lang, **values))
    return 0


def _name(url: str | Path) -> str:
    return name_of(place(url)[0])


def _notes(found: Described, lang: Lang) -> list[Text]:
    revision = found.revision or say("database.empty", lang)
    lines = [say("database.kind", lang, name=found.name, kind=found.kind, revision=revision)]
    if found.bytes is not None:
        lines.append(say("database.size", lang, size=_size(found.bytes)))
    if found.revision != found.newest:
        lines.append(say("database.behind", lang, newest=found.newest))
    elif found.runs is not None:
        holds = {"runs": found.runs, "nights": found.nights, "portals": found.portals}
        lines.append(say("database.holds", lang, **holds))
    if found.first_day is not None:
        lines.append(say("database.days", lang, **_days(found)))
    return [Text(line) for line in lines]


def _days(found: Described) -> dict[str, date | None]:
    return {"first_day": found.first_day, "last_day": found.last_day}


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
