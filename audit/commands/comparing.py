"""The command that tells what changed between two runs: ``diff``."""

from __future__ import annotations

from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import run_id_of
from audit.commands.told import tell
from audit.config import Desk
from audit.output import Output
from audit.reports.json import json_text
from audit.reports.table import listing
from audit.settings import settings
from audit.speech import Order
from audit.words import term

_RUNS = [click.Argument([name], metavar=name.upper()) for name in ("run_a", "run_b")]


@click.command("diff", cls=Order, params=[*_RUNS, *settings("data", "db", "format", "output")])
@click.pass_obj
def diff(desk: Desk, /, **given: Any) -> int:
    from audit.diff import compare
    from audit.diff_list import change_list, comparison_as_json, heading, summary

    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive:
        told = compare(archive, run_id_of(archive, given["run_a"]), run_id_of(archive, given["run_b"]))
        changes = list(told.changes())
    if given["format"] == "json":
        output.write(json_text(comparison_as_json(told, changes, desk.lang)).encode())
        return 0
    rows = change_list(changes, desk.lang)
    if given["format"] == "csv":
        return tell(rows, given, output, desk)
    headings = [term("heading", name, desk.lang) for name in rows.shown]
    table = listing(headings, list(rows.lines(desk.lang)), desk.lang)
    output.show([*heading(told, desk.lang), *(table if changes else ()), *summary(told, len(changes), desk.lang)])
    return 0
