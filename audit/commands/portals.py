"""The registry's own commands: ``portals``, and below it ``discover``, ``check``, ``confirm``, ``copy``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from audit.archives import archive_of
from audit.commands.given import registry_of, run_id_of
from audit.commands.told import tell
from audit.config import Desk
from audit.days import day_of
from audit.listings import portal_list
from audit.output import Output
from audit.refusals import BadInput
from audit.registry.proposed import Proposal, proposal_list, review_file
from audit.registry.registry import Registry
from audit.settings import newest_run, settings
from audit.speech import Family, Order
from audit.words import say
from audit_rules.facts import Portal

_GATE = ("connect_to", "dns", "allow_private", "proxy")


@click.command("portals", cls=Family, params=settings("registry", "format", "output"))
@click.pass_obj
def portals(desk: Desk, /, **given: Any) -> int:
    told = portal_list(registry_of(given["registry"]), desk.lang)
    return tell(told, given, Output(given["output"], desk, quiet=given["quiet"]), desk)


@portals.command(
    "discover",
    cls=Order,
    params=[
        newest_run(),
        *settings("site", "formed", "look_up", "registry", "data", "db", "format", "output", *_GATE),
    ],
)
@click.pass_obj
def discover(desk: Desk, /, **given: Any) -> int:
    from audit.registry.discovery import formed, linked

    output = Output(given["output"], desk, quiet=given["quiet"])
    registry, day = registry_of(given["registry"]), day_of()
    mains = _mains(registry, given["site"])
    found: list[Proposal] = []
    if not given["formed"] or _has_seen(given):
        with archive_of(given, desk) as archive:
            found = linked(archive, run_id_of(archive, given["run"]), registry, mains, day)
    if given["formed"]:
        found += formed(registry, mains, day, found)
    if given["look_up"]:
        from audit.registry.lookups import looked_up
        from crawler.guard import Guard

        found = looked_up(found, Guard(**{name: given[name] for name in _GATE}))
    return _propose(found, given, output, desk)


@portals.command(
    "check",
    cls=Order,
    params=[newest_run(), *settings("in_a_row", "registry", "data", "db", "format", "output")],
)
@click.pass_obj
def check(desk: Desk, /, **given: Any) -> int:
    from audit.registry.aging import aged
    from audit.registry.sheet import read_sheet
    from storage.sightings import sightings

    output = Output(given["output"], desk, quiet=given["quiet"])
    registry = registry_of(given["registry"])
    written = {row["id"].strip(): row for row in read_sheet(given["registry"]).rows}
    with archive_of(given, desk) as archive:
        seen = sightings(archive.database, run_id_of(archive, given["run"]))
    return _propose(aged(registry, written, seen, day_of(), given["in_a_row"]), given, output, desk)


@portals.command(
    "confirm",
    cls=Order,
    params=[
        click.Argument(["what"], nargs=-1, metavar="FILE|ID..."),
        *settings("registry", "by", "how", "on"),
    ],
)
@click.pass_obj
def confirm_(desk: Desk, /, **given: Any) -> int:
    from audit.registry.confirming import Confirmation, confirm

    folder: Path | None = given["registry"]
    if folder is None:
        raise BadInput("error.registry_bundled")
    if not given["what"]:
        raise BadInput("error.nothing_named")
    on = given["on"] or day_of()
    if on > day_of():
        raise BadInput("error.day_to_come", day=on.isoformat())
    done = confirm(folder, given["what"], Confirmation(given["by"], given["how"], on))
    told = say("portals.confirmed", desk.lang, changed=len(done.changed), added=len(done.added), path=folder)
    click.echo(told)
    for id_ in (*done.changed, *done.added):
        click.echo(f"  {id_}")
    if done.unmarked and not given["quiet"]:
        click.echo(say("portals.unmarked", desk.lang, count=done.unmarked), err=True)
    return 0


@portals.command("copy", cls=Order, params=[click.Argument(["folder"], metavar="DIR"), *settings()])
@click.pass_obj
def copy(desk: Desk, /, **given: Any) -> int:
    from audit.registry.confirming import copy_bundled

    folder = Path(given["folder"])
    copy_bundled(folder)
    if not given["quiet"]:
        click.echo(say("portals.copied", desk.lang, path=folder), err=True)
    return 0


def _has_seen(given: Mapping[str, Any]) -> bool:
    """Whether anybody looked at portals yet; addresses can be formed before."""
    return given["run"] != "latest" or given["db"] is not None or (given["data"] / "audit.db").exists()


def _mains(registry: Registry, sites: Sequence[str]) -> list[Portal]:
    """The main portals of these addresses, or all. Raises BadInput for an address that is none's."""
    if not sites:
        return [each for each in registry.portals.values() if each.is_main and each.status != "retired"]
    found: dict[str, Portal] = {}
    for site in sites:
        portal = registry.by_address(site)
        if portal is None or not portal.is_main:
            raise BadInput("error.no_main_portal", text=site)
        found[portal.id] = portal
    return list(found.values())


def _propose(found: Sequence[Proposal], given: Mapping[str, Any], output: Output, desk: Desk) -> int:
    """A file for a person to mark, or what is proposed on a screen with how to go on."""
    if given["format"] == "csv":
        output.write(review_file(found))
        return 0
    notes = [Text(say("portals.how_to_go_on", desk.lang))] if found else []
    return tell(proposal_list(found), given, output, desk, notes)
