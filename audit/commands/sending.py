"""The commands that tell the bodies: ``send``, and below it ``list``, ``show``, ``settle``, ``note``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from audit.archives import archive_of
from audit.commands.given import registry_of, round_of, run_id_of
from audit.commands.told import tell
from audit.config import Desk
from audit.days import day_of
from audit.output import Output, make_data_folder
from audit.refusals import OWN_FAULT, BadInput
from audit.settings import needed, settings
from audit.speech import Family, Order
from audit.words import clean, say
from storage.archive import BROKEN_OFF, Archive
from storage.outbox import DeliveryRefused, Outbox

if TYPE_CHECKING:
    from audit.delivery.mail import Server
    from audit.delivery.packages import Source
    from audit.delivery.sending import Order as Sending

PARTLY = 5
"""The status where a letter was refused, or is neither sent nor surely not sent."""
_TOLD = ("data", "db", "format")
_EITHER = settings("run", "round")[:2]
_EITHER[0].required = False  # a round may be named in its place
_ABOUT = ("agency", "reply_by", "issuer", "issuer_above", "registry")


@click.command(
    "send",
    cls=Family,
    params=[
        *_EITHER,
        *settings(*_ABOUT, "copies", "packages", "mail", "dry_run", "smtp", "smtp_secret", "ca_file", *_TOLD),
    ],
)
@click.pass_context
def send(ctx: click.Context, /, **given: Any) -> int:
    from audit.delivery.list import Told, held_file, outlook, sent_list, told_of
    from audit.delivery.mail import MailDown
    from audit.delivery.sending import UNSETTLED, prepare, send_each

    desk: Desk = ctx.obj
    server = _server(ctx, given) if given["mail"] and not given["dry_run"] else None
    registry = registry_of(given["registry"])
    told: list[Told] = []
    down: MailDown | None = None
    with archive_of(given, desk) as archive:
        source = source_of(archive, given)
        order = _order(given, desk, source)
        make_data_folder(order.folder)
        some, nobody = prepare(archive, source, registry, order)
        sender = given["smtp"].sender if given["smtp"] else ""
        try:
            for one in send_each(archive, some, registry, order, server, sender):
                told.append(told_of(one, desk.lang))
                if server is not None and one.state in ("sent", *UNSETTLED):
                    _say(f"sending.{one.state}", desk, given, address=one.address, detail=clean(one.detail))
        except MailDown as error:
            down = error
        except OSError as error:
            raise BadInput("error.no_output", path=order.folder, cause=error) from error
        if given["agency"] is not None and not told and down is None:
            raise BadInput("error.no_agency", run=source.id, agency=given["agency"])
        held = held_file(told, order.folder, desk.lang)
    status = tell(sent_list(told), given, Output(None, desk), desk, outlook(told, nobody, desk.lang))
    if held:
        _say("sending.held", desk, given, count=held, path=order.folder)
    if down is not None:
        click.echo(BadInput("error.mail_down", cause=down).sentence(desk.lang), err=True)
        return OWN_FAULT
    if server is None and any(one.state == "ready" for one in told):
        _say("sending.dry", desk, given, path=order.folder)
    return PARTLY if server is not None and any(one.state in UNSETTLED for one in told) else status


@send.command("list", cls=Order, params=[*_EITHER, *settings(*_TOLD, "output")])
@click.pass_obj
def list_letters(desk: Desk, /, **given: Any) -> int:
    from audit.delivery.list import letter_list

    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive:
        asked = given["round"] or (run_id_of(archive, given["run"]) if given["run"] else None)
        told = letter_list(Outbox(archive.database), asked, desk.lang)
    return tell(told, given, output, desk)


@send.command("show", cls=Order, params=[click.Argument(["id"], metavar="ID"), *settings("data", "db", "output")])
@click.pass_obj
def show_letter(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive:
        box = Outbox(archive.database)
        try:
            message = box.message(box.one(given["id"]).id)
        except DeliveryRefused as error:
            raise BadInput("error.opinion", cause=error) from error
    if message is None:
        raise BadInput("error.no_message", id=given["id"])
    output.write(message)
    return 0


_BECAME = ("sent", "again")


@send.command(
    "settle",
    cls=Order,
    params=[
        click.Argument(["id"], metavar="ID"),
        click.Argument(["became"], metavar="|".join(_BECAME)),
        *needed("by"),
        *settings("document", *_TOLD, "output"),
    ],
)
@click.pass_obj
def settle_letter(desk: Desk, /, **given: Any) -> int:
    from audit.delivery.list import letters_of

    output = Output(given["output"], desk, quiet=given["quiet"])
    if given["became"] not in _BECAME:
        raise BadInput("error.became", text=clean(given["became"])[:100])
    with archive_of(given, desk) as archive:
        box = Outbox(archive.database)
        try:
            one = box.settle(
                given["id"],
                "sent" if given["became"] == "sent" else "waiting",
                given["by"],
                given["document"],
                datetime.now(UTC),
            )
        except DeliveryRefused as error:
            raise BadInput("error.opinion", cause=error) from error
        told = letters_of(box, [one], desk.lang)
    return tell(told, given, output, desk)


@send.command("note", cls=Order, params=[*_EITHER, *needed("by", "document"), *settings(*_ABOUT, *_TOLD, "output")])
@click.pass_obj
def note_letter(desk: Desk, /, **given: Any) -> int:
    from audit.delivery.list import letters_of
    from audit.delivery.sending import letter_of, prepare

    output = Output(given["output"], desk, quiet=given["quiet"])
    registry = registry_of(given["registry"])
    if given["agency"] is None:
        raise BadInput("error.which_agency")
    with archive_of(given, desk) as archive:
        source = source_of(archive, given)
        some, _ = prepare(
            archive, source, registry, _order({**given, "copies": True, "packages": None}, desk, source)
        )
        box = Outbox(archive.database)
        package = next(some, None)
        if package is None:
            raise BadInput("error.no_agency", run=source.id, agency=given["agency"])
        letter = letter_of(package, _order({**given, "copies": True, "packages": None}, desk, source), "")
        try:
            one = box.by_document(letter, given["by"], given["document"], datetime.now(UTC))
        except DeliveryRefused as error:
            raise BadInput("error.opinion", cause=error) from error
        told = letters_of(box, [one], desk.lang)
    return tell(told, given, output, desk)


def source_of(archive: Archive, given: Mapping[str, Any]) -> Source:
    """The run or the round that is told of. Raises BadInput for one that may not leave the house."""
    from audit.delivery.packages import source_of_round, source_of_run

    if (given["run"] is None) == (given["round"] is None):
        raise BadInput("error.run_or_round")
    if given["round"] is not None:
        one = round_of(archive, given["round"])
        if one.status == "closed":
            raise BadInput("error.round_waits", id=one.id)
        return source_of_round(archive, one, given["reply_by"])
    source = source_of_run(archive, run_id_of(archive, given["run"]), given["reply_by"])
    run = source.run
    fit = run.status in ("complete", "partial") and run.header.kind != "judge" and run.reason not in BROKEN_OFF
    if not fit:
        raise BadInput("error.unfit_run", id=source.id)
    return source


def _order(given: Mapping[str, Any], desk: Desk, source: Source) -> Sending:
    from audit.delivery.letters import Issuer
    from audit.delivery.sending import Order as Sending

    name = "-".join(part for part in (source.id, source.edition) if part)
    folder: Path = given["packages"] or given["data"] / "packages" / name
    issuer = Issuer(given["issuer"] or "", given["issuer_above"] or "")
    return Sending(folder, issuer, desk.lang, day_of(), given["agency"], given["copies"])


def _server(ctx: click.Context, given: Mapping[str, Any]) -> Callable[[], Server]:
    """How the mail server is reached; a password is never taken from the command line, where others can read it."""
    from audit.delivery.mail import Server, with_secret

    post = given["smtp"]
    if post is None or "@" not in post.sender:
        raise BadInput("error.no_mail_server" if post is None else "error.no_sender")
    if post.password and ctx.get_parameter_source("smtp") is ParameterSource.COMMANDLINE:
        raise BadInput("error.secret_on_line")
    try:
        post = with_secret(post, given["smtp_secret"])
    except (OSError, ValueError) as error:
        raise BadInput("error.no_secret", path=given["smtp_secret"]) from error
    return lambda: Server(post, given["ca_file"])


def _say(key: str, desk: Desk, given: Mapping[str, Any], **values: object) -> None:
    if not given["quiet"]:
        click.echo(say(key, desk.lang, **values), err=True)
