"""How the nights stand, as ``audit status`` tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import ConsoleRenderable
from rich.text import Text

from audit.config import Desk
from audit.days import HANOI, shown
from audit.nights.night import shown_time
from audit.nights.notice import Notice
from audit.nights.standing import Standing
from audit.output import Output
from audit.reports.json import json_text
from audit.reports.table import listing
from audit.words import clean, in_lang, say, term
from audit_rules.facts import Portal
from audit_rules.judgement import Lang
from storage.nights import NightRecord

NAMED = 20
"""Portals that are named on a screen; all of them are in the JSON."""


def tell_standing(found: Standing, given: Mapping[str, Any], output: Output, desk: Desk) -> int:
    if given["format"] == "json":
        output.write(json_text(as_json(found, desk.lang)).encode())
    else:
        output.show(as_table(found, desk.lang))
    return 0


def notice(found: Standing, lang: Lang) -> Notice | None:
    """What an operator has to know at once; None where all is well."""
    last = found.last
    troubled = last is not None and last.status != "complete"
    if not (troubled or found.stale):
        return None
    facts = {
        "event": "stale" if found.stale else last.status if last else None,
        "run": last.run_id if last else None,
        "status": last.status if last else None,
        "reason": last.reason if last else None,
        "stale": [portal.id for portal, _ in found.stale],
    }
    subject = say("night.subject_stale", lang, count=len(found.stale), days=found.days)
    if not found.stale and last is not None:
        subject = say("night.subject", lang, day=last.day.isoformat(), status=term("status", last.status, lang))
    return Notice(subject, "\n".join(_lines(found, lang)), facts)


def as_json(found: Standing, lang: Lang) -> dict[str, Any]:
    """Times with +07:00, sizes in bytes, ages in hours."""
    live = found.under_way
    return {
        "nights": [
            {
                "run": night.run_id,
                "day": night.day.isoformat(),
                "status": night.status,
                "reason": night.reason,
                "detail": in_lang(night.detail, lang) if night.detail else None,
                "started_at": shown(night.started_at),
                "finished_at": shown(night.finished_at),
                "age_hours": _age(night, found.now),
                "portals": night.asked,
                "visited": progress.done,
                "pages": progress.pages,
                "states": dict(progress.states),
                "bytes": night.bytes,
            }
            for night, progress in found.nights
        ],
        "under_way": {
            "run": live[0].run_id,
            "pid": live[0].pid,
            "host": live[0].host,
            "since": shown(live[0].resumed_at),
            "alive_at": shown(live[0].beat_at),
            "portals": live[0].asked,
            "visited": live[1].done,
            "pages": live[1].pages,
            "expected_end": shown(live[2]),
        }
        if live
        else None,
        "lock": {"pid": found.process.pid, "since": shown(found.process.since)} if found.process else None,
        "without_outcome": [_named(portal) for portal in found.without],
        "stale": [{**_named(portal), "last_visit": shown(at)} for portal, at in found.stale],
        "stale_days": found.days,
        "disk": {"free": found.free, "needed": found.needed},
    }


def as_table(found: Standing, lang: Lang) -> list[ConsoleRenderable]:
    names = ("day", "run", "status", "reason", "started_at", "finished_at", "visited", "pages")
    rows = [
        [
            night.day.isoformat(),
            night.run_id,
            term("status", night.status, lang),
            term("reason", night.reason, lang) if night.reason else "",
            _short(night.started_at),
            _short(night.finished_at) if night.finished_at else "",
            f"{progress.done}/{night.asked}",
            str(progress.pages),
        ]
        for night, progress in found.nights
    ]
    table = listing([term("heading", name, lang) for name in names], rows, lang)
    return [*table, *(Text(line) for line in _lines(found, lang))]


def _lines(found: Standing, lang: Lang) -> list[str]:
    lines = []
    last = found.last
    if last is not None and last.detail:
        lines.append(f"{last.run_id}: {in_lang(last.detail, lang)}")
    if last is not None and last.status == "quarantined":
        lines.append(say("night.held_back", lang))
    if found.under_way is not None:
        night, progress, end = found.under_way
        values = {"run": night.run_id, "pid": night.pid, "host": night.host, "since": shown_time(night.resumed_at)}
        left = shown_time(end) if end else "?"
        lines.append(
            say(
                "night.under_way",
                lang,
                done=progress.done,
                total=night.asked,
                pages=progress.pages,
                end=left,
                **values,
            )
        )
    elif found.process is not None:
        lines.append(say("night.lock", lang, pid=found.process.pid))
    else:
        lines.append(say("night.nothing_under_way", lang))
    if found.without:
        lines.append(without_text(found, lang))
    if found.stale:
        portals = _some([portal for portal, _ in found.stale], lang)
        lines.append(say("night.stale", lang, count=len(found.stale), days=found.days, portals=portals))
    sizes = {"free": f"{found.free / 1e9:.1f}", "needed": f"{found.needed / 1e9:.1f}"}
    lines.append(say("night.disk" if found.free >= found.needed else "night.disk_small", lang, **sizes))
    return lines


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(HANOI):%d/%m %H:%M}"


def without_text(found: Standing, lang: Lang) -> str:
    return say("night.without", lang, count=len(found.without), portals=_some(found.without, lang))


def _some(portals: Sequence[Portal], lang: Lang) -> str:
    named = ", ".join(clean(str(portal.address)) for portal in portals[:NAMED])
    more = len(portals) - NAMED
    return f"{named}, {say('night.and_more', lang, count=more)}" if more > 0 else named


def _named(portal: Portal) -> dict[str, str]:
    return {"id": portal.id, "address": str(portal.address)}


def _age(night: NightRecord, now: datetime) -> float | None:
    return round((now - night.finished_at).total_seconds() / 3600, 1) if night.finished_at else None
