"""Commands that record what people say of findings: ``waive``, ``verdict``, ``replies``."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import place_of, portals_of, registry_of
from audit.commands.told import tell
from audit.config import Desk
from audit.days import day_of
from audit.finding_ids import FindingIds
from audit.history import is_fault
from audit.opinion_lists import manual_list, reply_list, waiver_list
from audit.opinions import newest, stands_on
from audit.output import Output
from audit.refusals import BadInput
from audit.registry.registry import Registry
from audit.replies import read_answers
from audit.settings import SETTINGS, needed, settings
from audit.speech import Family, Order
from audit.spreadsheet import FileRefused
from audit.words import say, term
from storage.archive import Archive
from storage.opinions import AlreadyWithdrawn, ManualVerdict, Opinions, UnknownOpinion, Waiver, Withdrawal

_PLACE = ("finding", "site", "rule", "registry")
_TOLD = ("data", "db", "format", "output")


_WAIVING = settings(*_PLACE, "reason", "document", "by", "from", "to", *_TOLD)
for _option in _WAIVING:
    _option.required = False  # the commands below it need none of them


@click.command("waive", cls=Family, params=_WAIVING)
@click.pass_obj
def waive(desk: Desk, /, **given: Any) -> int:
    for name in ("reason", "document", "by", "to"):
        if given[name] is None:
            raise click.MissingParameter(param=SETTINGS[name]())
    start, to = given["from"] or day_of(), given["to"]
    if to < start:
        raise BadInput("error.span_backwards", start=start, to=to)
    output, registry = _output(given, desk), registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        portal_id, rule = place_of(archive, registry, given)
        seen = newest(archive, portal_id, rule, archive.history(portal_id))
        if seen is None:
            raise BadInput("error.never_audited", portal=portal_id)
        if not is_fault(seen.item):
            outcome = term("outcome", seen.item.verdict.outcome, desk.lang)
            raise BadInput("error.nothing_to_waive", run=seen.run_id, outcome=outcome)
        waiver = Waiver(
            _new_id("mt"),
            portal_id,
            rule,
            given["reason"],
            given["document"],
            given["by"],
            start,
            to,
            seen.run_id,
            stands_on(seen.item),
            datetime.now(UTC),
        )
        Opinions(archive.database).keep(waiver)
        told = waiver_list(archive, [waiver], registry, day_of(), desk.lang)
    _say("taken.waiver", desk, given, id=waiver.id, start=start, to=to)
    return tell(told, given, output, desk)


@waive.command("list", cls=Order, params=settings("site", "registry", *_TOLD))
@click.pass_obj
def list_waivers(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        wanted = _portal_ids(registry, given["site"])
        told = waiver_list(archive, Opinions(archive.database).waivers(wanted), registry, day_of(), desk.lang)
    return tell(told, given, output, desk)


_WITHDRAW = [click.Argument(["id"], metavar="ID"), *needed("by", "reason"), *settings("registry", *_TOLD)]


@waive.command("withdraw", cls=Order, params=_WITHDRAW)
@click.pass_obj
def withdraw_waiver(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        one = _withdrawn(archive, Waiver, given)
        told = waiver_list(archive, [one], registry, day_of(), desk.lang)
    _say("taken.withdrawn", desk, given, id=one.id)
    return tell(told, given, output, desk)


verdict = Family("verdict", params=settings())


@verdict.command(
    "add",
    cls=Order,
    params=[*needed("outcome", "seen", "by"), *settings(*_PLACE, "on", "document", *_TOLD)],
)
@click.pass_obj
def add_verdict(desk: Desk, /, **given: Any) -> int:
    today = day_of()
    on = given["on"] or today
    if on > today:
        raise BadInput("error.seen_to_come", day=on)
    output, registry = _output(given, desk), registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        portal_id, rule = place_of(archive, registry, given)
        document, now = given["document"] or "", datetime.now(UTC)
        one = ManualVerdict(
            _new_id("nx"), portal_id, rule, given["outcome"], given["seen"], given["by"], on, document, now
        )
        Opinions(archive.database).keep(one)
        told = manual_list(archive, [one], registry, desk.lang)
    _say("taken.verdict", desk, given, id=one.id)
    return tell(told, given, output, desk)


@verdict.command("list", cls=Order, params=settings("site", "registry", *_TOLD))
@click.pass_obj
def list_verdicts(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        wanted = _portal_ids(registry, given["site"])
        told = manual_list(archive, Opinions(archive.database).manual_verdicts(wanted), registry, desk.lang)
    return tell(told, given, output, desk)


@verdict.command("withdraw", cls=Order, params=_WITHDRAW)
@click.pass_obj
def withdraw_verdict(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        one = _withdrawn(archive, ManualVerdict, given)
        told = manual_list(archive, [one], registry, desk.lang)
    _say("taken.withdrawn", desk, given, id=one.id)
    return tell(told, given, output, desk)


replies = Family("replies", params=settings())


@replies.command(
    "import",
    cls=Order,
    params=[click.Argument(["file"], metavar="FILE.csv"), *needed("by"), *settings("registry", *_TOLD)],
)
@click.pass_obj
def import_replies(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    path = Path(given["file"])
    with archive_of(given, desk) as archive:
        known = FindingIds(archive)
        try:
            answers = read_answers(
                path,
                place_of=known.place,
                portal_at=known.portal_at,
                taken_by=given["by"],
                taken_at=datetime.now(UTC),
            )
        except FileRefused as error:
            raise BadInput("error.answers_refused", file=path, problems=error) from error
        fresh = Opinions(archive.database).take(answers.replies)
        told = reply_list(answers.replies, registry, desk.lang)
    read = len(answers.replies)
    _say("taken.replies", desk, given, read=read, fresh=fresh, known=read - fresh, empty=answers.empty)
    return tell(told, given, output, desk)


@replies.command("list", cls=Order, params=settings("site", "registry", *_TOLD))
@click.pass_obj
def list_replies(desk: Desk, /, **given: Any) -> int:
    output, registry = _output(given, desk), registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        told = reply_list(
            Opinions(archive.database).replies(_portal_ids(registry, given["site"])), registry, desk.lang
        )
    return tell(told, given, output, desk)


def _withdrawn(archive: Archive, kind: type[Any], given: Mapping[str, Any]) -> Any:
    withdrawal = Withdrawal(datetime.now(UTC), given["by"], given["reason"])
    try:
        return Opinions(archive.database).withdraw(kind, given["id"], withdrawal)
    except (UnknownOpinion, AlreadyWithdrawn) as error:
        raise BadInput("error.opinion", cause=error) from error


def _portal_ids(registry: Registry, sites: Sequence[str]) -> list[str] | None:
    return [one.id for one in portals_of(registry, sites)] or None


def _output(given: Mapping[str, Any], desk: Desk) -> Output:
    return Output(given["output"], desk, quiet=given["quiet"])


def _say(key: str, desk: Desk, given: Mapping[str, Any], **values: object) -> None:
    if not given["quiet"]:
        click.echo(say(key, desk.lang, **values), err=True)


def _new_id(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(4)}"
