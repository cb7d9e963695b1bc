"""Commands that tell what is in the archive: ``export``, ``findings``."""

from __future__ import annotations

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
from audit.reports.csv import What, run_as_csv, wanted
from audit.reports.json import json_text, run_as_json
from audit.rounds import as_run
from audit.settings import export_format, settings
from audit.speech import Order

_EXPORTED = settings("run", "round", "agency", "what", "data", "db", "output")
_EXPORTED[0].required = False  # a round may be named in its place


@click.command("export", cls=Order, params=[*_EXPORTED, export_format()])
@click.pass_obj
def export(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    if (given["run"] is None) == (given["round"] is None):
        raise BadInput("error.run_or_round")
    with archive_of(given, desk) as archive:
        reply_by = None
        if given["round"] is not None:
            one = round_of(archive, given["round"])
            told, reply_by = as_run(archive, one), one.explain_until
        else:
            # The links between portals are told from both ends; all else needs no other agency's portals.
            whose = None if given["what"] == "links" else given["agency"]
            told = archive.run(run_id_of(archive, given["run"]), agency=whose)
        portals = of_agency(told, given["agency"])
        if given["what"] == "links":
            return tell(link_list(told.portals, portals), given, output, desk)
        what: What = given["what"] or ("findings" if given["format"] == "csv" else "all")
        standing = beside(archive, told, portals)
        known = findings_in(standing)
        if given["format"] == "csv":
            output.write(run_as_csv(told, known, desk.lang, what, portals, told=standing, reply_by=reply_by))
        else:
            found = wanted(portals, known, what)
            output.write(json_text(run_as_json(told, desk.lang, found, standing)).encode())
    return 0


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
