"""How a command tells what it has: a whole run, or a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import ConsoleRenderable

from audit.config import Desk
from audit.history import Finding
from audit.listings import Listing
from audit.opinions import Told, beside
from audit.output import Output, exit_status
from audit.reports.csv import run_as_csv, write_csv
from audit.reports.json import json_text, run_as_json
from audit.reports.table import listing, run_as_table
from audit.tally import tally
from audit.words import say, term
from storage.archive import Archive
from storage.records import Run


def report(done: Run, archive: Archive, given: Mapping[str, Any], output: Output, desk: Desk) -> int:
    told = beside(archive, done, done.portals)
    if given["format"] == "json":
        output.write(json_text(run_as_json(done, desk.lang, told=told)).encode())
    elif given["format"] == "csv":
        output.write(run_as_csv(done, findings_in(told), desk.lang, told=told))
    else:
        output.show(run_as_table(done, desk.lang, told))
    if count := tally(done.portals).rule_errors:
        click.echo(say("error.rule_errors", desk.lang, count=count, path=desk.log), err=True)
    return exit_status(done, given["fail_on"], told)


def tell(
    told: Listing, given: Mapping[str, Any], output: Output, desk: Desk, notes: Sequence[ConsoleRenderable] = ()
) -> int:
    if given["format"] == "json":
        output.write(json_text([dict(row) for row in told.rows]).encode())
        return 0
    names = told.columns if given["format"] == "csv" else told.shown or told.columns
    headings = [term("heading", name, desk.lang) for name in names]
    if given["format"] == "csv":
        output.write(write_csv(headings, told.cells()))
    else:
        output.show([*listing(headings, list(told.lines(desk.lang)), desk.lang), *notes])
    return 0


def findings_in(told: Told) -> dict[str, dict[str, Finding]]:
    return {
        portal_id: {rule: one.finding for rule, one in here.items() if one.finding is not None}
        for portal_id, here in told.items()
    }
