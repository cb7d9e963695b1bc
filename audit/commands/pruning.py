"""``prune``: what is old goes, evidence first, verdicts last."""

from __future__ import annotations

import getpass
import socket
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from audit.archives import archive_of
from audit.config import Desk
from audit.days import day_of
from audit.refusals import BadInput
from audit.settings import settings
from audit.speech import Order
from audit.words import say
from audit_rules.known import KEPT_DAYS
from storage.archive import Archive
from storage.manifest import prune as prune_files
from storage.pruning import Gone, give_back, prune_pages, prune_runs, runs_before
from storage.recorded import EvidenceError


@click.command(
    "prune", cls=Order, params=settings("keep_evidence", "keep_verdicts", "dry_run", "sign_key", "data", "db")
)
@click.pass_obj
def prune(desk: Desk, /, **given: Any) -> int:
    evidence, verdicts = given["keep_evidence"], given["keep_verdicts"]
    if evidence is None and verdicts is None:
        raise BadInput("error.nothing_to_prune")
    if verdicts is not None and (evidence is None or verdicts < evidence):
        raise BadInput("error.verdicts_before_evidence")
    with archive_of(given, desk) as archive:
        # A file that is kept may refer to bodies in files so much older.
        day = day_of() - timedelta(days=evidence + KEPT_DAYS)
        old = runs_before(archive.database, day, whole=False)
        gone = []
        if verdicts is not None:
            gone = runs_before(archive.database, day_of() - timedelta(days=verdicts + KEPT_DAYS), whole=True)
        if given["dry_run"]:
            click.echo(say("prune.would", desk.lang, old=len(old), gone=len(gone), day=day))
            return 0
        _prune(archive, old, gone, day, given, desk)
    return 0


def _prune(archive: Archive, old: list[str], gone: list[str], day: date, given: Any, desk: Desk) -> None:
    by = f"{getpass.getuser()}@{socket.gethostname()}"
    try:  # files first: a run without pages is not asked for again
        files = prune_files(given["data"] / "evidence", sorted({*old, *gone}), by, given["sign_key"])
    except EvidenceError as error:
        raise BadInput("error.bad_warc", cause=error) from error
    pages = prune_pages(archive.database, old, datetime.now(UTC))
    runs = prune_runs(archive.database, gone) if gone else Gone(0, 0, 0)
    told = {"files": files.files, "size": f"{files.bytes / 1e6:.1f}", "old": pages.runs, "portals": pages.portals}
    click.echo(say("prune.done", desk.lang, **told, gone=runs.runs, day=day))
    if (pages.documents or runs.documents) and give_back(archive.database):
        click.echo(say("prune.given_back", desk.lang))
