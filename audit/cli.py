"""The command ``audit`` (contract, "Command line"). Results go to stdout or --output, everything else to stderr.

Exit status: 0 audited, or done; 1 findings at or above --fail-on; 2 bad input or configuration: also a data folder,
database or result file that cannot be used, told before any portal is touched; 3 our own fault: a rule that broke
(the report is still printed), a broken rule book, a disk that filled up on the way; 4 every portal asked for was
unreachable; 5 the night is partial or quarantined; 130 interrupted. When several apply: 2, 3, 5, 4, 1, 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import click
from click.core import ParameterSource
from rich.console import ConsoleRenderable

from audit.archives import archive_of, mid_run, opened
from audit.config import (
    LOOKING,
    SETTINGS,
    WAITING,
    BadInput,
    Desk,
    FurtherWord,
    export_format,
    run_of_proposals,
    settings,
    time_outs,
)
from audit.days import day_of
from audit.history import Finding, findings, known_by
from audit.listings import Listing, finding_list, law_list, portal_list, rule_list
from audit.matrix import link_list
from audit.output import Output, exit_status, logbook, make_data_folder, rule_errors
from audit.progress import watch
from audit.registry import Registry
from audit.registry_files import RegistryError, read_registry
from audit.reports.csv import What, run_as_csv, wanted, write_csv
from audit.reports.json import json_text, run_as_json
from audit.reports.table import listing, run_as_table
from audit.speech import CommandLine, Order, VersionOption
from audit.words import clean, say, term
from audit_rules.address import BadAddress
from audit_rules.facts import Portal
from crawler.plan import USER_AGENT, Plan
from storage.archive import Archive, ArchiveError
from storage.recorded import EvidenceError, Recorded
from storage.records import PortalRun, Run

_REPORT = ("data", "db", "format", "output", "fail_on")


@click.group(
    cls=CommandLine,
    invoke_without_command=True,
    no_args_is_help=False,
    params=[SETTINGS["lang"](), VersionOption()],
)
@click.pass_context
def main(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@main.command(
    "run", cls=Order, params=settings("site", "from_warc", "registry", "law_day", *_REPORT, *LOOKING, *WAITING)
)
@click.pass_obj
def run(desk: Desk, /, **given: Any) -> int:
    registry = _registry(given["registry"])
    sources = _recorded(given["from_warc"])
    portals = _portals(registry, given["site"]) or _recorded_portals(sources, registry)
    looking = {name: given[name] for name in LOOKING} | {"user_agent": _user_agent(given)}
    plan = Plan(**looking, timeouts=time_outs(given))
    return _audit(desk, given, portals, registry, plan, "run", sources)


@main.command("judge", cls=Order, params=settings("run", "law_day", *_REPORT))
@click.pass_obj
def judge(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive, mid_run():
        from audit.judging import judge_again

        done = judge_again(_run_id(archive, given["run"]), archive, law_day=given["law_day"])
        return _report(done, archive, given, output, desk)


@main.command(
    "export", cls=Order, params=[*settings("run", "agency", "what", "data", "db", "output"), export_format()]
)
@click.pass_obj
def export(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive:
        told = archive.run(_run_id(archive, given["run"]))
        portals = _of_agency(told, given["agency"])
        if given["what"] == "links":
            return _list(link_list(told.portals, portals), given, output, desk)
        what: What = given["what"] or ("findings" if given["format"] == "csv" else "all")
        known = _findings(archive, told, portals)
        if given["format"] == "csv":
            output.write(run_as_csv(told, known, desk.lang, what, portals))
        else:
            output.write(json_text(run_as_json(told, desk.lang, wanted(portals, known, what))).encode())
    return 0


@main.command("findings", cls=Order, params=settings("site", "state", "registry", "data", "db", "format", "output"))
@click.pass_obj
def findings_(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    registry = _registry(given["registry"])
    portals = _portals(registry, given["site"])
    with archive_of(given, desk) as archive:
        told = finding_list(archive, portals, given["state"], desk.lang)
    return _list(told, given, output, desk)


@main.command("rules", cls=Order, params=settings("format", "output"))
@click.pass_obj
def rules(desk: Desk, /, **given: Any) -> int:
    return _list(rule_list(desk.lang), given, Output(given["output"], desk, quiet=given["quiet"]), desk)


@main.command("law", cls=Order, params=settings("law_day", "format", "output"))
@click.pass_obj
def law(desk: Desk, /, **given: Any) -> int:
    told = law_list(given["law_day"] or day_of(), desk.lang)
    return _list(told, given, Output(given["output"], desk, quiet=given["quiet"]), desk)


@main.command("portals", cls=Order, params=settings("registry", "format", "output"))
@click.pass_obj
def portals_(desk: Desk, /, **given: Any) -> int:
    told = portal_list(_registry(given["registry"]), desk.lang)
    return _list(told, given, Output(given["output"], desk, quiet=given["quiet"]), desk)


@main.command(
    "labels",
    cls=Order,
    params=[
        FurtherWord("propose"),
        *settings("concept", "data", "db", "format", "output"),
        run_of_proposals(),
    ],
)
@click.pass_obj
def labels(desk: Desk, /, **given: Any) -> int:
    from audit.labels import label_list, label_notes, proposal_list, proposal_notes
    from audit.proposals import clusters

    output = Output(given["output"], desk, quiet=given["quiet"])
    if given["propose"] is None:
        if click.get_current_context().get_parameter_source("run") is ParameterSource.COMMANDLINE:
            raise BadInput("error.no_propose")
        return _list(label_list(given["concept"], desk.lang), given, output, desk, label_notes(desk.lang))
    if given["propose"] != "propose":
        raise BadInput("error.extra", text=clean(given["propose"])[:100])
    if given["run"] is None:
        raise BadInput("error.missing", name="--run")
    with archive_of(given, desk) as archive:
        found = clusters(archive, _run_id(archive, given["run"]))
    return _list(proposal_list(found, desk.lang), given, output, desk, proposal_notes(found, desk.lang))


@main.command("doctor", cls=Order, params=settings("registry", "data", "db", "format", "output"))
@click.pass_obj
def doctor(desk: Desk, /, **given: Any) -> int:
    from audit.doctor import examine, status

    output = Output(given["output"], desk, quiet=given["quiet"])
    checks = examine(given["db"], given["data"], given["registry"], desk.lang)
    rows = [{"check": check.name, "result": check.health, "detail": check.detail} for check in checks]
    terms = {"check": "doctor", "result": "doctor"}
    _list(Listing(("check", "result", "detail"), rows, terms), given, output, desk)
    return status(checks)


@main.command("demo", cls=Order, params=settings("render", *_REPORT))
@click.pass_obj
def demo(desk: Desk, /, **given: Any) -> int:
    from audit.demo import province

    given |= {"data": given["data"] / "demo", "law_day": None}
    with province(given["render"]) as place:
        registry = _registry(place.registry)
        if not given["quiet"]:
            click.echo(say("progress.demo", desk.lang, count=len(place.sites)), err=True)
        return _audit(desk, given, _portals(registry, place.sites), registry, place.plan, "demo")


# --- shared by the commands -------------------------------------------------------------------------------


def _audit(
    desk: Desk,
    given: Mapping[str, Any],
    portals: Sequence[Portal],
    registry: Registry,
    plan: Plan,
    kind: Literal["run", "demo"],
    sources: Sequence[Recorded] = (),
) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    data: Path = given["data"]
    make_data_folder(data)
    with logbook(data, desk), opened(given, create=True) as archive, mid_run():
        from audit.fleet import audit_portals

        with watch(len(portals), desk.lang, quiet=given["quiet"]) as progress:
            done = audit_portals(
                portals,
                registry,
                plan,
                archive,
                data=data,
                kind=kind,
                law_day=given["law_day"],
                recorded=sources,
                progress=progress,
            )
        return _report(done, archive, given, output, desk)


def _report(done: Run, archive: Archive, given: Mapping[str, Any], output: Output, desk: Desk) -> int:
    if given["format"] == "json":
        output.write(json_text(run_as_json(done, desk.lang)).encode())
    elif given["format"] == "csv":
        output.write(run_as_csv(done, _findings(archive, done, done.portals), desk.lang))
    else:
        output.show(run_as_table(done, desk.lang))
    if count := rule_errors(done):
        click.echo(say("error.rule_errors", desk.lang, count=count, path=desk.log), err=True)
    return exit_status(done, given["fail_on"])


def _list(
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


def _findings(archive: Archive, told: Run, portals: Sequence[PortalRun]) -> dict[str, dict[str, Finding]]:
    return {one.portal.id: findings(known_by(archive.history(one.portal.id), told.header, one)) for one in portals}


def _of_agency(told: Run, agency: str | None) -> Sequence[PortalRun]:
    if agency is None:
        return told.portals
    found = [one for one in told.portals if one.portal.agency and one.portal.agency.id == agency]
    if not found:
        raise BadInput("error.no_agency", run=told.header.id, agency=agency)
    return found


def _user_agent(given: Mapping[str, Any]) -> str:
    return given["user_agent"] or USER_AGENT


def _registry(folder: Path | None) -> Registry:
    try:
        return read_registry(folder)
    except RegistryError as error:
        raise BadInput("error.bad_registry", cause=error) from error


def _portals(registry: Registry, sites: Sequence[str]) -> list[Portal]:
    found: dict[str, Portal] = {}
    for site in sites:
        try:
            portal = registry.find(site, day_of())
        except BadAddress as error:
            raise BadInput("error.bad_address", text=site) from error
        found.setdefault(portal.id, portal)
    return list(found.values())


def _recorded(files: Sequence[Path]) -> list[Recorded]:
    try:
        return [Recorded.open(path) for path in files]
    except EvidenceError as error:
        raise BadInput("error.bad_warc", cause=error) from error


def _recorded_portals(sources: Sequence[Recorded], registry: Registry) -> list[Portal]:
    if not sources:
        raise BadInput("error.no_site")
    from audit.recorded import recorded_portals

    found = recorded_portals(sources, registry, day_of())
    if not found:
        raise BadInput("error.empty_warc")
    return found


def _run_id(archive: Archive, asked: str) -> str:
    try:
        return archive.run_id(asked)
    except ArchiveError as error:
        raise BadInput("error.bad_archive", cause=error) from error
