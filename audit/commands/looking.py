"""Commands that look at portals, or judge what was seen: ``run``, ``judge``, ``demo``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from audit.archives import archive_of, mid_run, opened
from audit.commands.given import plan_of, portals_of, recorded_of, recorded_portals_of, registry_of, run_id_of
from audit.commands.told import report
from audit.config import Desk
from audit.output import Output, logbook, make_data_folder
from audit.progress import watch
from audit.registry.registry import Registry
from audit.settings import LOOKING, REPORT, WAITING, settings
from audit.speech import Order
from audit.words import say
from audit_rules.facts import Portal
from crawler.plan import Plan
from storage.recorded import Recorded


@click.command(
    "run", cls=Order, params=settings("site", "from_warc", "registry", "law_day", *REPORT, *LOOKING, *WAITING)
)
@click.pass_obj
def run(desk: Desk, /, **given: Any) -> int:
    registry = registry_of(given["registry"])
    sources = recorded_of(given["from_warc"])
    portals = portals_of(registry, given["site"]) or recorded_portals_of(sources, registry)
    return _audit(desk, given, portals, registry, plan_of(given), "run", sources)


@click.command("judge", cls=Order, params=settings("run", "law_day", *REPORT))
@click.pass_obj
def judge(desk: Desk, /, **given: Any) -> int:
    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive, mid_run():
        from audit.judging import judge_again

        done = judge_again(run_id_of(archive, given["run"]), archive, law_day=given["law_day"])
        return report(done, archive, given, output, desk)


@click.command("demo", cls=Order, params=settings("render", *REPORT))
@click.pass_obj
def demo(desk: Desk, /, **given: Any) -> int:
    from audit.demo import province

    given |= {"data": given["data"] / "demo", "law_day": None}
    make_data_folder(given["data"])
    with province(given["render"], given["data"]) as place:
        registry = registry_of(place.registry)
        if not given["quiet"]:
            click.echo(say("progress.demo", desk.lang, count=len(place.sites)), err=True)
        return _audit(desk, given, portals_of(registry, place.sites), registry, place.plan, "demo")


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
        return report(done, archive, given, output, desk)
