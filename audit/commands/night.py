"""Commands of the night: ``nightly``, ``status``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from audit.archives import archive_of, mid_run, opened
from audit.commands.given import plan_of, registry_of
from audit.config import Desk
from audit.nights.notice import Notice, Post, send
from audit.nights.window import next_time
from audit.output import Output, logbook, make_data_folder
from audit.refusals import BadInput, OwnFault
from audit.settings import LOOKING, MANNING, NOTICE, WAITING, settings, without_csv
from audit.speech import Order
from audit.words import in_lang, say
from storage.archive import ArchiveError
from storage.recorded import EvidenceError

_TOLD = ("data", "db", "output")


@click.command(
    "nightly",
    cls=Order,
    params=[
        *settings("registry", *MANNING, *NOTICE, *_TOLD, "fail_on", "law_day", *LOOKING, *WAITING),
        without_csv(),
    ],
)
@click.pass_obj
def nightly(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    registry = registry_of(given["registry"])
    plan = plan_of(given)
    make_data_folder(given["data"])
    with logbook(given["data"], desk), opened(given, create=True) as archive, mid_run():
        from audit.nights.driver import drive, manning
        from audit.nights.told import summary, tell_night
        from audit.progress import watch_night

        with (
            _unless_nothing_to_resume(given, desk),
            refusals(desk),
            notices(given, desk) as notify,
            watch_night(desk.lang, given["quiet"]) as progress,
        ):
            night, ended = drive(
                archive,
                registry,
                plan,
                manning(given, _closing(given)),
                db=given["db"] or given["data"] / "audit.db",
                data=given["data"],
                law_day=given["law_day"],
                window=given["window"],
                progress=progress,
                only_resume=given["resume"],
            )
            told = summary(archive, night.header.id, given["fail_on"])
            if ended.status != "complete":
                notify(told.notice(desk.lang))
            return tell_night(told, archive, given, output, desk)
    return 0


@click.command("status", cls=Order, params=[*settings("registry", "stale_days", *NOTICE, *_TOLD), without_csv()])
@click.pass_obj
def status(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    registry = registry_of(given["registry"])
    with archive_of(given, desk) as archive:
        from audit.nights.standing import standing
        from audit.nights.standing_told import notice, tell_standing

        found = standing(archive, registry, given["data"], days=given["stale_days"])
        with notices(given, desk) as notify:
            if (told := notice(found, desk.lang)) is not None:
                notify(told)
        return tell_standing(found, given, output, desk)


def _closing(given: Mapping[str, Any]) -> datetime | None:
    """When no new portal is begun any more: the end of the window or the time of --until, whichever is first."""
    now = datetime.now(UTC)
    ends = [next_time(given["until"], now)] if given["until"] else []
    if given["window"] and (closes := given["window"].closing(now)):
        ends.append(closes)
    return min(ends, default=None)


@contextmanager
def _unless_nothing_to_resume(given: Mapping[str, Any], desk: Desk) -> Iterator[None]:
    """With --resume it is well when no night was broken off."""
    from audit.nights.driver import NothingToResume

    try:
        yield
    except NothingToResume:
        if not given["quiet"]:
            click.echo(say("night.nothing_to_resume", desk.lang), err=True)


@contextmanager
def refusals(desk: Desk) -> Iterator[None]:
    """What keeps a night from beginning, or breaks it off, as one sentence."""
    from audit.nights.crew import WorkersLost
    from audit.nights.driver import TooLittleRoom, WindowShut
    from audit.nights.night import AnotherNight, shown_time

    try:
        yield
    except AnotherNight as other:
        if not other.pid or other.since is None:
            raise BadInput("error.another_night_elsewhere") from other
        raise BadInput("error.another_night", pid=other.pid, since=shown_time(other.since)) from other
    except TooLittleRoom as room:
        raise BadInput(
            "error.too_little_room", needed=_gigabytes(room.needed), free=_gigabytes(room.free)
        ) from room
    except WorkersLost as lost:
        raise OwnFault("error.workers_lost", path=desk.log) from lost
    except WindowShut as shut:
        raise BadInput("error.window_shut", opens=f"{shut.window.opens:%H:%M}") from shut


@contextmanager
def notices(given: Mapping[str, Any], desk: Desk) -> Iterator[Any]:
    """Gives what sends a notice; what breaks a night off is sent too, and goes on."""

    def failed(target: str, cause: str) -> None:
        click.echo(say("night.no_notice", desk.lang, target=target, cause=cause), err=True)

    def notify(notice: Notice) -> None:
        send(notice, given["notify"], given["smtp"] or Post(), failed)

    from audit.nights.crew import WorkersLost
    from audit.nights.driver import TooLittleRoom

    try:
        yield notify
    except (ArchiveError, EvidenceError, TooLittleRoom, WorkersLost) as error:
        text = in_lang(error, desk.lang)
        facts = {"event": "failed", "status": None, "reason": type(error).__name__, "detail": text}
        notify(Notice(say("night.subject_failed", desk.lang), text, facts))
        raise


def _gigabytes(size: int) -> str:
    return f"{size / 10**9:.1f}"
