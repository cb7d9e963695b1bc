"""The command ``audit`` (contract, "Command line"). Results go to stdout or --output, everything else to stderr.

Exit status: 0 audited, or done; 1 findings at or above --fail-on; 2 bad input or configuration: also a data folder,
database or result file that cannot be used, told before any portal is touched; 3 our own fault: a rule that broke
(the report is still printed), a broken rule book, a disk that filled up on the way; 4 every portal asked for was
unreachable; 5 the night is partial or quarantined; 130 interrupted. When several apply: 2, 3, 5, 4, 1, 0.
"""

from __future__ import annotations

import click

from audit.commands import (
    answering,
    comparing,
    database,
    evidence,
    figures,
    listing,
    looking,
    night,
    operating,
    portals,
    pruning,
    ranking,
    rounds,
    sending,
    serving,
    site,
    telling,
    worker,
)
from audit.settings import SETTINGS
from audit.speech import CommandLine, VersionOption


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


for command in (
    *(looking.run, night.nightly, looking.judge),
    *(telling.export, telling.findings_, comparing.diff, ranking.rank, figures.figures),
    *(answering.waive, answering.verdict, answering.replies, rounds.round_),
    *(listing.rules, listing.law, portals.portals, listing.labels),
    *(sending.send, serving.serve, site.site, evidence.evidence, evidence.verify),
    *(worker.worker, night.status, operating.doctor, pruning.prune, database.db, looking.demo),
):
    main.add_command(command)
