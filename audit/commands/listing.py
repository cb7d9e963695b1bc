"""Commands that list what the program knows: ``rules``, ``law``, ``labels``."""

from __future__ import annotations

from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import run_id_of
from audit.commands.told import tell
from audit.config import Desk
from audit.days import day_of
from audit.listings import law_list, rule_list
from audit.output import Output
from audit.settings import settings
from audit.speech import Family, Order


@click.command("rules", cls=Order, params=settings("format", "output"))
@click.pass_obj
def rules(desk: Desk, /, **given: Any) -> int:
    return tell(rule_list(desk.lang), given, Output(given["output"], desk, quiet=given["quiet"]), desk)


@click.command("law", cls=Order, params=settings("law_day", "format", "output"))
@click.pass_obj
def law(desk: Desk, /, **given: Any) -> int:
    told = law_list(given["law_day"] or day_of(), desk.lang)
    return tell(told, given, Output(given["output"], desk, quiet=given["quiet"]), desk)


@click.command("labels", cls=Family, params=settings("concept", "format", "output"))
@click.pass_obj
def labels(desk: Desk, /, **given: Any) -> int:
    from audit.labels import label_list, label_notes

    output = Output(given["output"], desk, quiet=given["quiet"])
    return tell(label_list(given["concept"], desk.lang), given, output, desk, label_notes(desk.lang))


@labels.command("propose", cls=Order, params=settings("run", "data", "db", "format", "output"))
@click.pass_obj
def propose_labels(desk: Desk, /, **given: Any) -> int:
    from audit.labels import proposal_list, proposal_notes
    from audit.proposals import clusters

    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive:
        found = clusters(archive, run_id_of(archive, given["run"]))
    return tell(proposal_list(found, desk.lang), given, output, desk, proposal_notes(found, desk.lang))
