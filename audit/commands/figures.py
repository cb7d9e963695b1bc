"""The command of official figures: ``figures``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from audit.archives import archive_of, opened
from audit.commands.given import registry_of, round_of, run_id_of
from audit.commands.told import tell
from audit.config import Desk
from audit.days import day_of
from audit.figures.compared import compared
from audit.figures.reading import BUNDLED, differing, read_figures
from audit.figures.shown import Shown, figures_of
from audit.figures.told import compared_list, compared_tables, figure_list, figure_tables
from audit.output import Output, make_data_folder
from audit.refusals import BadInput
from audit.rounds import portals_of
from audit.settings import needed, settings
from audit.speech import Family, Order
from audit.spreadsheet import FileRefused
from audit.words import clean, say
from storage.archive import Archive
from storage.figures import Figures, FiguresDiffer
from storage.opinions import AlreadyWithdrawn, UnknownOpinion, Withdrawal
from storage.records import PortalRun
from storage.rounds import RoundPortal

_OUT = ("data", "db", "format", "output")
_BY = settings("by", "registry", *_OUT)
_BY[0].required = False
_WHOSE = settings("run", "round", "registry", *_OUT)
_WHOSE[0].required = False  # the newest run where nothing is named

figures = Family("figures", params=settings())


@figures.command("import", cls=Order, params=[click.Argument(["file"], metavar="[FILE.csv]", required=False), *_BY])
@click.pass_obj
def import_figures(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    path = Path(given["file"]) if given["file"] else BUNDLED
    try:
        read = read_figures(path, registry, by=given["by"] or "", at=datetime.now(UTC), today=day_of())
    except FileRefused as error:
        raise BadInput("error.figures_refused", file=path, problems=error) from error
    make_data_folder(given["data"])
    with opened(given, create=True):
        pass  # figures may be the first thing that an archive holds
    with archive_of(given, desk) as archive:
        try:
            fresh = Figures(archive.database).take(read.figures)
        except FiguresDiffer as error:
            refused = FileRefused(differing(error.pairs))
            raise BadInput("error.figures_refused", file=path, problems=refused) from error
    count = len(read.figures)
    _say("figures.taken", desk, given, read=count, fresh=fresh, known=count - fresh)
    for agency_id in dict.fromkeys(agency_id for _, agency_id in read.moved):
        lines = ", ".join(str(line) for line, moved in read.moved if moved == agency_id)
        name = clean(registry.agencies[agency_id].name_vi)
        _say("figures.moved", desk, given, lines=lines, agency=name, id=agency_id)
    if read.unnamed:
        _say("figures.unnamed", desk, given, metrics=", ".join(read.unnamed))
    if given["output"] is not None or given["format"] != "table":
        return _tell([Shown(each) for each in read.figures], given, output, desk)
    return 0


@figures.command("list", cls=Order, params=settings("agency", "metric", "withdrawn", "registry", *_OUT))
@click.pass_obj
def list_figures(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    agency, metric = given["agency"], given["metric"]
    if agency is not None and agency not in registry.agencies:
        raise BadInput("error.no_such_agency", agency=clean(agency)[:100])
    with archive_of(given, desk) as archive:
        if agency is not None:
            several: Iterable[Shown] = figures_of(archive, registry, agency, day_of(), withdrawn=given["withdrawn"])
        else:
            several = [Shown(each) for each in Figures(archive.database).all(withdrawn=given["withdrawn"])]
    found = [each for each in several if metric in (None, each.figure.metric)]
    return _tell(found, given, output, desk)


@figures.command("compare", cls=Order, params=_WHOSE)
@click.pass_obj
def compare_figures(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    if given["run"] is not None and given["round"] is not None:
        raise BadInput("error.run_and_round")
    with archive_of(given, desk) as archive:
        source, day, portals = _looked(archive, given)
        told = compared(archive, registry, portals, day)
    if given["format"] == "table":
        output.show(list(compared_tables(source, told, desk.lang)))
        return 0
    return tell(compared_list(source, told, desk.lang), given, output, desk)


@figures.command(
    "withdraw",
    cls=Order,
    params=[click.Argument(["id"], metavar="ID"), *needed("by", "reason"), *settings("registry", *_OUT)],
)
@click.pass_obj
def withdraw_figure(desk: Desk, /, **given: Any) -> int:
    output = _output(given, desk)
    withdrawal = Withdrawal(datetime.now(UTC), given["by"], given["reason"])
    with archive_of(given, desk) as archive:
        try:
            one = Figures(archive.database).withdraw(given["id"], withdrawal)
        except (UnknownOpinion, AlreadyWithdrawn) as error:
            raise BadInput("error.opinion", cause=error) from error
    _say("taken.withdrawn", desk, given, id=one.id)
    return _tell([Shown(one)], given, output, desk)


def _tell(several: Sequence[Shown], given: Mapping[str, Any], output: Output, desk: Desk) -> int:
    if given["format"] == "table":
        output.show(list(figure_tables(several, desk.lang)) or [Text(say("report.nothing", desk.lang))])
        return 0
    return tell(figure_list(several, desk.lang), given, output, desk)


def _looked(
    archive: Archive, given: Mapping[str, Any]
) -> tuple[str, date, Iterable[PortalRun] | Iterable[RoundPortal]]:
    """The id of a run or a round, its last day, and what was seen in it."""
    if given["round"] is not None:
        one = round_of(archive, given["round"])
        nights = [run.header.day for run in archive.runs() if run.header.id in one.nights]
        return one.id, max(nights, default=day_of(one.opened_at)), portals_of(archive, one)
    run_id = run_id_of(archive, given["run"] or "latest")
    return run_id, archive.header(run_id).day, archive.portals(run_id, views=False)


def _output(given: Mapping[str, Any], desk: Desk) -> Output:
    return Output(given["output"], desk, quiet=given["quiet"])


def _say(key: str, desk: Desk, given: Mapping[str, Any], **values: object) -> None:
    if not given["quiet"]:
        click.echo(say(key, desk.lang, **values), err=True)
