"""Commands about evidence: ``evidence`` cuts out what a finding stands on, ``verify`` checks what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audit.archives import archive_of
from audit.commands.given import run_id_of
from audit.commands.told import tell
from audit.config import Desk
from audit.finding_ids import FindingIds
from audit.listings import Listing
from audit.opinions import newest
from audit.output import Output
from audit.refusals import OWN_FAULT, BadInput
from audit.reports.json import json_text
from audit.settings import settings
from audit.speech import Order
from audit.words import clean, say
from storage.archive import Archive
from storage.recorded import EvidenceError

_FINDING = click.Argument(["finding"], metavar="FINDING")
_CUTTING = settings("run", "data", "db", "output")
_CHECKING = settings("run", "public_key", "data", "db", "format", "output")
for _option in (*_CUTTING, *_CHECKING):
    _option.required = _option.name == "output" and _option in _CUTTING


@click.command("evidence", cls=Order, params=[_FINDING, *_CUTTING])
@click.pass_obj
def evidence(desk: Desk, /, **given: Any) -> int:
    from audit.evidence import cut

    target: Path = given["output"]
    single = target.name.endswith((".warc.gz", ".warc"))
    with archive_of(given, desk) as archive:
        portal_id, rule = _place(archive, given["finding"])
        run_id = _run(archive, given["run"], portal_id, rule)
        found = cut(archive, given["data"], run_id, portal_id, rule, desk.lang)
    if not single:
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput("error.no_output", path=target, cause=error) from error
    name = given["finding"].strip().lower()
    files = {target if single else target / f"{name}.warc.gz": found.excerpt.warc}
    if not single:
        files[target / f"{name}.json"] = found.told
        if found.excerpt.picture:
            files[target / f"{name}.jpg"] = found.excerpt.picture
    for path, data in files.items():
        Output(path, desk, quiet=given["quiet"]).write(data)
    for missing in found.excerpt.missing:
        click.echo(say("error.evidence_elsewhere", desk.lang, file=missing), err=True)
    return 0


@click.command("verify", cls=Order, params=_CHECKING)
@click.pass_obj
def verify(desk: Desk, /, **given: Any) -> int:
    from audit.evidence import check

    output = Output(given["output"], desk, quiet=given["quiet"])
    with archive_of(given, desk) as archive:
        run_id = run_id_of(archive, given["run"]) if given["run"] else None
        try:
            found = check(archive, given["data"], run_id, given["public_key"])
        except EvidenceError as error:
            raise BadInput("error.bad_warc", cause=error) from error
    status = OWN_FAULT if found.problems else 0
    rows = [{"mismatch": problem.fault, "name": problem.name} for problem in found.problems]
    counts = {name: getattr(found, name) for name in ("manifests", "whole", "pruned", "signed", "head")}
    if given["format"] == "json":
        output.write(json_text(counts | {"problems": rows}).encode())
        return status
    if rows or given["format"] == "csv":
        tell(Listing(("mismatch", "name"), rows, {"mismatch": "evidence_fault"}), given, output, desk)
    if given["format"] == "table":
        sentence = say("evidence.broken" if rows else "evidence.whole", desk.lang, count=len(rows), **counts)
        if rows:
            click.echo(sentence, err=True)
        else:
            output.write(f"{sentence}\n".encode())
    return status


def _place(archive: Archive, finding: str) -> tuple[str, str]:
    place = FindingIds(archive).place(finding.strip().lower())
    if place is None:
        raise BadInput("error.no_finding", finding=clean(finding)[:100])
    return place


def _run(archive: Archive, asked: str | None, portal_id: str, rule: str) -> str:
    if asked is not None:
        return run_id_of(archive, asked)
    seen = newest(archive, portal_id, rule, archive.history(portal_id))
    if seen is None:
        raise BadInput("error.never_audited", portal=portal_id)
    return seen.run_id
