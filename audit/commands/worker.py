"""Commands of several machines: ``worker``, ``worker begin``."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import click

from audit.archives import mid_run, opened
from audit.commands.given import plan_of, registry_of
from audit.commands.night import notices, refusals
from audit.config import Desk
from audit.output import logbook, make_data_folder
from audit.refusals import BadInput
from audit.settings import LOOKING, NOTICE, WAITING, WORKING, settings
from audit.speech import Family, Order
from audit.words import say, term
from storage.archive import Archive
from storage.database import DatabaseUnusable, place
from storage.files import hold, release


@click.command(
    "worker", cls=Family, params=settings("registry", *WORKING, *NOTICE, "data", "db", *LOOKING, *WAITING)
)
@click.pass_obj
def worker(desk: Desk, /, **given: Any) -> int:
    with _ready(given, desk) as archive, _alone(given), mid_run():
        from audit.machines.worker import Terms, Worker
        from audit.nights.controls import CONTROLS, NONE
        from audit.nights.night import Ended
        from audit.nights.told import summary
        from audit.progress import Lines, Silence
        from crawler import loop

        hosts = tuple(given["control"]) or CONTROLS
        terms = Terms(
            in_flight=given["in_flight"],
            stalled=given["stalled"],
            grace=given["grace"],
            night_at=given["night_at"],
            hosts=() if NONE in hosts else hosts,
            patience=given["control_wait"],
        )
        with notices(given, desk) as notify:

            def told(run_id: str, ended: Ended) -> None:
                values = {"run": run_id, "status": term("status", ended.status, desk.lang)}
                click.echo(say("worker.ended", desk.lang, **values), err=True)
                if ended.status != "complete":
                    notify(summary(archive, run_id, "never").notice(desk.lang))

            working = Worker(
                archive,
                registry_of(given["registry"]),
                plan_of(given),
                terms,
                db=given["db"],
                data=given["data"],
                progress=Silence() if given["quiet"] else Lines(desk.lang),
                told=told,
            )
            if not given["quiet"]:
                click.echo(say("worker.waits", desk.lang, db=archive.database.name), err=True)
            try:
                loop.run(working.work())
            except KeyboardInterrupt:  # how it is meant to end
                if not given["quiet"]:
                    click.echo(say("worker.stopped", desk.lang), err=True)
        return 0


@worker.command(
    "begin", cls=Order, params=settings("registry", "data", "db", "law_day", "control", *LOOKING, *WAITING)
)
@click.pass_obj
def begin(desk: Desk, /, **given: Any) -> int:
    with _ready(given, desk), mid_run(), refusals(desk):
        from audit.machines.shared_queue import NightOnQueue, begin_shared
        from crawler import loop

        registry, plan = registry_of(given["registry"]), plan_of(given)
        try:
            night, count = loop.run(
                begin_shared(given["db"], given["data"], registry, plan, law_day=given["law_day"])
            )
        except NightOnQueue as busy:
            raise BadInput("error.night_on_queue", run=busy.run_id, left=busy.left) from busy
        click.echo(say("worker.begun", desk.lang, run=night.header.id, count=count))
        return 0


@contextmanager
def _ready(given: Mapping[str, Any], desk: Desk) -> Iterator[Archive]:
    """The shared database, and a data folder of this machine. Raises BadInput before anything is made."""
    try:
        shared = given["db"] is not None and place(given["db"])[0].get_backend_name() == "postgresql"
    except DatabaseUnusable as error:
        raise BadInput("error.bad_archive", cause=error) from error
    if not shared:
        raise BadInput("error.worker_needs_postgresql")
    if find_spec("procrastinate") is None:
        raise BadInput("error.worker_needs_package")
    with opened(given, create=False) as archive:
        make_data_folder(given["data"])
        with logbook(given["data"], desk):
            logging.getLogger("procrastinate").setLevel(logging.WARNING)  # each job, each time it is put off
            yield archive


@contextmanager
def _alone(given: Mapping[str, Any]) -> Iterator[None]:
    """Evidence files of two workers would have the same names."""
    file = given["data"] / "worker.lock"
    held = hold(file)
    if held is None:
        raise BadInput("error.worker_same_folder", path=given["data"])
    try:
        yield
    finally:
        release(file, held)
