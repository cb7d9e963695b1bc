"""The command that compares portals of one kind: ``rank``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click
from rich.console import ConsoleRenderable

from audit.archives import archive_of
from audit.commands.given import round_of, run_id_of
from audit.commands.told import tell
from audit.config import Desk
from audit.figures.survey import surveyed
from audit.listings import Listing
from audit.output import Output
from audit.ranking.places import by_heading, ranking
from audit.ranking.rates import SURVEYED, rates
from audit.ranking.results import (
    Results,
    newest_approved,
    night_before,
    of_round,
    of_run,
    round_before,
    rules_of,
)
from audit.ranking.told import (
    heading_tables,
    introduction,
    ranking_listing,
    ranking_tables,
    rate_listing,
    rate_tables,
)
from audit.refusals import BadInput
from audit.settings import settings
from audit.speech import Family, Order
from audit.words import clean
from audit_rules.rulebook import open_rulebook
from storage.archive import Archive
from storage.rounds import EvaluationRound

_OUT = ("data", "db", "format", "output")


def _whose(*more: str) -> list[click.Parameter]:
    """Of which results; the newest approved round where nothing is named."""
    asked = settings("run", "round", "against", "kind", *more, "internal", *_OUT)
    asked[0].required = False
    return asked


def _ranked(desk: Desk, /, **given: Any) -> int:
    output = _output(given, desk)
    results, before = _results(given, desk)
    told = ranking(results, group=given["heading"], before=before)
    return _tell(
        results,
        ranking_listing([told], desk.lang),
        ranking_tables(told, given["top"], desk.lang),
        given,
        output,
        desk,
    )


rank = Family("rank", params=_whose("heading", "top"), callback=click.pass_obj(_ranked))


@rank.command("headings", cls=Order, params=_whose())
@click.pass_obj
def rank_headings(desk: Desk, /, **given: Any) -> int:
    output = _output(given, desk)
    results, before = _results(given, desk)
    told = by_heading(results, before=before)
    listing = ranking_listing([each for _, each in told], desk.lang)
    return _tell(results, listing, heading_tables(told, desk.lang), given, output, desk)


@rank.command("rules", cls=Order, params=_whose("rule"))
@click.pass_obj
def rank_rules(desk: Desk, /, **given: Any) -> int:
    return _rates(desk, given)


@rank.command("rates", cls=Order, params=_whose())
@click.pass_obj
def rank_rates(desk: Desk, /, **given: Any) -> int:
    return _rates(desk, given | {"rule": None}, SURVEYED)


def _rates(desk: Desk, given: Mapping[str, Any], rules: Sequence[str] = ()) -> int:
    output = _output(given, desk)
    results, _ = _results(given, desk)
    several = rates(results, rules or _rules(results, given["rule"]))
    with archive_of(given, desk) as archive:
        beside = surveyed(archive)
    screen = rate_tables(results.source, several, beside, desk.lang, named=bool(rules or given["rule"]))
    return _tell(results, rate_listing(results.source, several, beside, desk.lang), screen, given, output, desk)


def _tell(
    results: Results,
    rows: Listing,
    screen: Iterable[ConsoleRenderable],
    given: Mapping[str, Any],
    output: Output,
    desk: Desk,
) -> int:
    if given["format"] == "table":
        output.show([*introduction(results.source, desk.lang), *screen])
        return 0
    return tell(rows, given, output, desk)


def _output(given: Mapping[str, Any], desk: Desk) -> Output:
    return Output(given["output"], desk, quiet=given["quiet"])


# --- whose results ----------------------------------------------------------------------------------------


def _results(given: Mapping[str, Any], desk: Desk) -> tuple[Results, Results | None]:
    """What was asked for, and what it is compared with."""
    if given["run"] is not None and given["round"] is not None:
        raise BadInput("error.run_and_round")
    with archive_of(given, desk) as archive:
        results, before = _asked(archive, given)
    return _of_kind(results, given["kind"]), before and _of_kind(before, given["kind"])


def _asked(archive: Archive, given: Mapping[str, Any]) -> tuple[Results, Results | None]:
    if given["run"] is not None:
        run_id = run_id_of(archive, given["run"])
        earlier = run_id_of(archive, given["against"]) if given["against"] else night_before(archive, run_id)
        return of_run(archive, run_id), of_run(archive, earlier) if earlier else None
    one, public = _round(archive, given), not given["internal"]
    if public and one.status != "approved":
        raise BadInput("error.rank_not_approved", id=one.id)
    before = round_of(archive, given["against"]) if given["against"] else round_before(archive, one)
    if public and before is not None and before.status != "approved":
        raise BadInput("error.not_comparable", id=before.id)
    told = of_round(archive, one, public=public)
    return told, of_round(archive, before, public=public) if before else None


def _round(archive: Archive, given: Mapping[str, Any]) -> EvaluationRound:
    if given["round"] is not None:
        return round_of(archive, given["round"])
    newest = newest_approved(archive)
    if newest is None:
        raise BadInput("error.no_approved_round")
    return newest


def _of_kind(results: Results, kind: str | None) -> Results:
    if kind is None:
        return results
    return replace(results, portals=tuple(each for each in results.portals if each.portal.kind == kind))


def _rules(results: Results, rule: str | None) -> tuple[str, ...]:
    known = rules_of(results)
    if rule is None:
        return known
    if rule not in {*known, *(each.id for each in open_rulebook().rules)}:
        raise BadInput("error.rank_no_rule", rule=clean(rule)[:100])
    return (rule,)
