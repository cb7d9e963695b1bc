"""The command of evaluation rounds: ``round``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import registry_of
from audit.commands.told import tell
from audit.config import Desk
from audit.days import day_of, shown
from audit.evidence import seal_round
from audit.listings import Cell, Listing
from audit.output import Output
from audit.refusals import BadInput
from audit.registry.registry import ID
from audit.rounds import NOT_IN_NIGHTS, UnfitNight, frozen_files, nights_of, weigh
from audit.settings import needed, settings
from audit.speech import Family, Order
from audit.words import clean, say, term
from audit_rules.judgement import Lang
from audit_rules.rulebook import open_rulebook
from storage.manifest import check_key
from storage.recorded import EvidenceError
from storage.rounds import EvaluationRound, RoundRefused, Rounds, registry_sha

_TOLD = ("data", "db", "format", "output")


def _named() -> click.Argument:
    return click.Argument(["id"], metavar="ID")


round_ = Family("round", params=settings())


@round_.command(
    "open",
    cls=Order,
    params=[_named(), *needed("by", "explain_until"), *settings("law_day", "night", "registry", *_TOLD)],
)
@click.pass_obj
def open_round(desk: Desk, /, **given: Any) -> int:
    output = _output(given, desk)
    if not ID.match(given["id"]):
        raise BadInput("error.round_id", id=clean(given["id"])[:100])
    if given["explain_until"] < day_of():
        raise BadInput("error.explained_before", day=given["explain_until"])
    registry_of(given["registry"])  # one that cannot be read is not frozen
    files, book = frozen_files(given["registry"]), open_rulebook()
    opened = EvaluationRound(
        given["id"],
        "open",
        given["law_day"] or day_of(),
        book.version,
        registry_sha(files),
        given["explain_until"],
        datetime.now(UTC),
        given["by"],
        tuple(dict.fromkeys(given["night"])),
    )
    with archive_of(given, desk) as archive:
        try:
            nights_of(archive, opened, book)
            Rounds(archive.database).open(opened, files)
        except (RoundRefused, UnfitNight) as error:
            raise BadInput("error.opinion", cause=error) from error
    _say("rounds.opened", desk, given, id=opened.id, day=opened.explain_until)
    return tell(_list([opened], desk.lang), given, output, desk)


@round_.command("close", cls=Order, params=[_named(), *needed("by"), *settings(*_TOLD)])
@click.pass_obj
def close_round(desk: Desk, /, **given: Any) -> int:
    output = _output(given, desk)
    with archive_of(given, desk) as archive:
        rounds = Rounds(archive.database)
        try:
            one = rounds.one(given["id"])
            rounds.must_be_open(one)
            if day_of() <= one.explain_until:
                raise BadInput("error.still_explained", id=one.id, day=one.explain_until)
            book = open_rulebook()
            nights = [night.id for night in nights_of(archive, one, book)]
            if not nights:
                raise BadInput("error.no_nights", id=one.id)
            told = weigh(archive, one, book)
            closed = rounds.close(one.id, told, nights, datetime.now(UTC), given["by"])
        except (RoundRefused, UnfitNight) as error:
            raise BadInput("error.opinion", cause=error) from error
        held = unseen = 0
        for each in rounds.portals(closed.id):
            held += len(each.held)
            unseen += each.reason == NOT_IN_NIGHTS
    _say("rounds.closed", desk, given, id=closed.id, nights=len(closed.nights), held=held)
    if unseen:
        _say("rounds.unseen", desk, given, count=unseen)
    return tell(_list([closed], desk.lang), given, output, desk)


@round_.command("approve", cls=Order, params=[_named(), *needed("by", "document"), *settings("sign_key", *_TOLD)])
@click.pass_obj
def approve_round(desk: Desk, /, **given: Any) -> int:
    output = _output(given, desk)
    with archive_of(given, desk) as archive:
        try:
            if given["sign_key"] is not None:
                check_key(given["sign_key"])
            one = Rounds(archive.database).approve(given["id"], datetime.now(UTC), given["by"], given["document"])
            seal_round(one, given["data"], given["sign_key"])
        except (RoundRefused, EvidenceError) as error:
            raise BadInput("error.opinion", cause=error) from error
    _say("rounds.approved", desk, given, id=one.id, by=one.approved_by, document=one.document_no)
    return tell(_list([one], desk.lang), given, output, desk)


@round_.command("list", cls=Order, params=settings(*_TOLD))
@click.pass_obj
def list_rounds(desk: Desk, /, **given: Any) -> int:
    output = _output(given, desk)
    with archive_of(given, desk) as archive:
        told = _list(Rounds(archive.database).all(), desk.lang)
    return tell(told, given, output, desk)


def _list(several: Sequence[EvaluationRound], lang: Lang) -> Listing:
    rows: list[Mapping[str, Cell]] = [
        {
            "id": one.id,
            "status": one.status,
            "law_day": one.law_day.isoformat(),
            "rules_version": one.rules_version,
            "registry_sha": one.registry_sha,
            "explain_until": one.explain_until.isoformat(),
            "nights": list(one.nights),
            "opened_at": shown(one.opened_at),
            "opened_by": one.opened_by,
            "closed_at": shown(one.closed_at),
            "closed_by": one.closed_by,
            "digest": one.digest,
            "approved_at": shown(one.approved_at),
            "approved_by": one.approved_by,
            "document_no": one.document_no,
        }
        for one in several
    ]
    first = ("id", "status", "law_day", "rules_version", "registry_sha", "explain_until", "nights", "opened_at")
    last = ("opened_by", "closed_at", "closed_by", "digest", "approved_at", "approved_by", "document_no")
    screen = [line for one in several for line in _lines(one, lang)]
    return Listing((*first, *last), rows, {}, ("id", "round_state", "round_days"), screen)


def _lines(one: EvaluationRound, lang: Lang) -> Iterator[list[str]]:
    days = {"law_day": one.law_day.isoformat(), "explain_until": one.explain_until.isoformat()}
    yield [one.id, term("round_status", one.status, lang), say("rounds.law_day", lang, **days)]
    yield ["", say("rounds.by", lang, by=one.opened_by), say("rounds.explain_until", lang, **days)]
    yield [
        "",
        say("rounds.nights", lang, count=len(one.nights)) if one.nights else say("rounds.open_nights", lang),
        "",
    ]
    if one.approved_by is not None:
        yield ["", say("rounds.approval", lang, by=one.approved_by, document=one.document_no), ""]


def _output(given: Mapping[str, Any], desk: Desk) -> Output:
    return Output(given["output"], desk, quiet=given["quiet"])


def _say(key: str, desk: Desk, given: Mapping[str, Any], **values: object) -> None:
    if not given["quiet"]:
        click.echo(say(key, desk.lang, **values), err=True)
