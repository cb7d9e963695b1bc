"""A night as it is told at its end: a summary on a screen, the whole of it as JSON, a notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click
from rich.text import Text

from audit.config import Desk
from audit.days import shown
from audit.nights.notice import Notice
from audit.opinions import beside
from audit.output import Output, status_of
from audit.reports.csv import SEVERITIES
from audit.reports.json import json_text, run_as_json
from audit.reports.table import listing
from audit.tally import Tally, summed, tally, tally_stored
from audit.words import in_lang, say, term
from audit_rules.judgement import Lang
from storage.archive import Archive
from storage.nights import Nights
from storage.records import Run
from storage.showing import Showing


@dataclass(frozen=True, slots=True)
class Summary:
    """``run`` is without its portals; ``detail`` says more than its reason."""

    run: Run
    tally: Tally
    detail: str | None

    def notice(self, lang: Lang) -> Notice:
        header = self.run.header
        status = term("status", self.run.status, lang)
        facts = {
            "event": self.run.status,
            "run": header.id,
            "day": header.day.isoformat(),
            "status": self.run.status,
            "reason": self.run.reason,
            "detail": in_lang(self.detail, lang) if self.detail else None,
            "started_at": shown(header.started_at),
            "finished_at": shown(self.run.finished_at),
            "portals": dict(self.tally.states),
        }
        subject = say("night.subject", lang, day=header.day.isoformat(), status=status)
        return Notice(subject, "\n".join(self.lines(lang)), facts)

    def lines(self, lang: Lang) -> Iterator[str]:
        """The summary, without the table of states."""
        run, count = self.run, self.tally
        header = run.header
        days = {"day": header.day.isoformat(), "law_day": header.law_day.isoformat()}
        yield say("report.run", lang, id=header.id, rules=header.rules_version, **days)
        reason = f"({term('reason', run.reason, lang)})" if run.reason else ""
        yield say("report.run_status", lang, status=term("status", run.status, lang), reason=reason).rstrip()
        if self.detail:
            yield in_lang(self.detail, lang)
        if run.status == "quarantined":
            yield say("night.held_back", lang)
        took = (run.finished_at - header.started_at).total_seconds() if run.finished_at else 0
        hours, minutes = divmod(int(took) // 60, 60)
        yield say("night.took", lang, hours=hours, minutes=minutes, pages=count.pages, requests=count.requests)
        failed = ", ".join(f"{term('severity', each, lang)} {count.failed.get(each, 0)}" for each in SEVERITIES)
        yield say("night.failed", lang, count=sum(count.failed.values()), severities=failed)
        states = ", ".join(f"{term('state', each, lang)} {number}" for each, number in _states(count))
        yield say("night.states", lang, count=count.portals, states=states)


def summary(archive: Archive, run_id: str, fail_on: str) -> Summary:
    """What a night comes to. What is waived is looked up only where somebody asks for a status by findings."""
    record = Nights(archive.database).record(run_id)
    status, finished, reason = (
        (record.status, record.finished_at, record.reason) if record else ("partial", None, None)
    )
    run = Run(archive.header(run_id), status, finished, reason, ())
    detail = record.detail if record else None
    if fail_on == "never":
        return Summary(run, tally_stored(Showing(archive.database), run_id), detail)
    parts = (tally((one,), beside(archive, run, (one,))) for one in archive.portals(run_id))
    return Summary(run, summed(parts), detail)


def tell_night(told: Summary, archive: Archive, given: Mapping[str, Any], output: Output, desk: Desk) -> int:
    """Prints the night; gives the exit status."""
    if given["format"] == "json":
        output.write("".join(whole_run(told.run, archive, desk.lang)).encode())
    else:
        *lines, _ = told.lines(desk.lang)
        headings = [term("heading", name, desk.lang) for name in ("state", "portals")]
        rows = [[term("state", state, desk.lang), str(number)] for state, number in _states(told.tally)]
        output.show([*map(Text, lines), *listing(headings, rows, desk.lang)])
    if told.tally.rule_errors:
        count = told.tally.rule_errors
        click.echo(say("error.rule_errors", desk.lang, count=count, path=desk.log), err=True)
    return status_of(told.run, given["fail_on"], told.tally)


def whole_run(run: Run, archive: Archive, lang: Lang) -> Iterator[str]:
    """The run as the contract has it, portal by portal: the verdicts of a night do not fit in memory."""
    head, _, tail = json_text(run_as_json(run, lang, ())).rpartition("[]")
    yield head + "["
    between = "\n"
    for one in archive.portals(run.header.id):
        (portal,) = run_as_json(run, lang, (one,), beside(archive, run, (one,)))["portals"]
        yield between + "    " + json_text(portal).rstrip("\n").replace("\n", "\n    ")
        between = ",\n"
    yield "\n  ]" + tail


def _states(count: Tally) -> list[tuple[str, int]]:
    return sorted(count.states.items(), key=lambda each: (-each[1], each[0]))
