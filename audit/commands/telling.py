"""Commands that tell what is in the archive: ``export``, ``findings``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import of_agency, portals_of, registry_of, round_of, run_id_of
from audit.commands.told import findings_in, tell
from audit.config import Desk
from audit.days import day_of
from audit.finding_list import finding_list
from audit.matrix import link_list
from audit.opinions import beside
from audit.output import Output
from audit.refusals import BadInput
from audit.reports.csv import What, columns, wanted, write_csv_into
from audit.reports.json import json_text, run_as_json
from audit.reports.long_table import Asked, rows_of, rows_of_run, without_cycles
from audit.rounds import as_run
from audit.settings import export_format, settings
from audit.speech import Order
from audit.words import say
from storage.archive import Archive
from storage.records import Run

_EXPORTED = settings("run", "round", "agency", "what", "data", "db", "output")
_EXPORTED[0].required = False  # a round may be named in its place


@click.command("export", cls=Order, params=[*_EXPORTED, export_format()])
@click.pass_obj
def export(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    if (given["run"] is None) == (given["round"] is None):
        raise BadInput("error.run_or_round")
    if given["format"] == "xlsx" and (given["what"] == "links" or output.on_screen):
        raise BadInput("error.no_workbook" if given["what"] == "links" else "error.workbook_on_screen")
    with archive_of(given, desk) as archive:
        if given["what"] == "links":
            told = _run_of(archive, given)  # told from both ends: the portals of other agencies are needed too
            return tell(link_list(told.portals, of_agency(told, given["agency"])), given, output, desk)
        if given["format"] == "json":
            told = _run_of(archive, given, given["agency"])
            portals = of_agency(told, given["agency"])
            standing = beside(archive, told, portals)
            found = wanted(portals, findings_in(standing), given["what"] or "all")
            output.write(json_text(run_as_json(told, desk.lang, found, standing)).encode())
        else:
            _export_table(archive, given, output, desk)
    return 0


def _run_of(archive: Archive, given: Mapping[str, Any], agency: str | None = None) -> Run:
    if given["round"] is not None:
        return as_run(archive, round_of(archive, given["round"]))
    return archive.run(run_id_of(archive, given["run"]), agency=agency)


def _export_table(archive: Archive, given: Mapping[str, Any], output: Output, desk: Desk) -> None:
    """The table for agencies, a few portals at a time: a whole night does not fit in memory."""
    what: What = given["what"] or "findings"
    if given["round"] is not None:
        one = round_of(archive, given["round"])
        told = as_run(archive, one)
        rows = rows_of(archive, told, of_agency(told, given["agency"]), Asked(what, desk.lang, one.explain_until))
    else:
        told = archive.outline(run_id_of(archive, given["run"]))
        ids = archive.portal_ids(told.header.id, agency=given["agency"])
        if not ids and given["agency"] is not None:
            raise BadInput("error.no_agency", run=told.header.id, agency=given["agency"])
        address = given["db"] or given["data"] / "audit.db"
        rows = rows_of_run(archive, address, told, ids, Asked(what, desk.lang))
    headings = [one.heading(desk.lang) for one in columns()]
    with output.stream() as file, without_cycles():
        if given["format"] == "csv":
            write_csv_into(file, headings, rows)
            return
        from audit.reports.xlsx import Workbook

        title = say("workbook.title", desk.lang, id=told.header.id)
        with Workbook(file, title=title, made_at=datetime.now(UTC)) as book:
            book.lines(say("workbook.sheet", desk.lang), headings, [one.width for one in columns()], rows)


@click.command(
    "findings", cls=Order, params=settings("site", "state", "registry", "data", "db", "format", "output")
)
@click.pass_obj
def findings_(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    registry = registry_of(given["registry"])
    portals = portals_of(registry, given["site"])
    with archive_of(given, desk) as archive:
        told = finding_list(archive, portals, given["state"], desk.lang, registry, day_of())
    return tell(told, given, output, desk)
