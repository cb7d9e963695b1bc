"""The lists of waivers, of persons' verdicts and of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from audit.days import day_of, shown
from audit.history import finding_id
from audit.listings import Cell, Listing
from audit.opinions import newest, waiver_state
from audit.registry.registry import Registry
from audit.words import say, term
from audit_rules.judgement import Lang
from storage.archive import Archive
from storage.opinions import ManualVerdict, Reply, Waiver


def waiver_list(
    archive: Archive, several: Sequence[Waiver], registry: Registry, today: date, lang: Lang
) -> Listing:
    """Waivers with what they are worth today, for the newest verdict that tells whether there is a fault."""
    rows: list[Mapping[str, Cell]] = []
    for one in several:
        past = archive.history(one.portal_id)
        seen = newest(archive, one.portal_id, one.rule, past)
        rows.append(
            {
                "id": one.id,
                **_place(one, registry),
                "state": waiver_state(one, today, seen.item if seen else None, past),
                "from": one.valid_from.isoformat(),
                "to": one.valid_to.isoformat(),
                "reason": one.reason,
                "document_no": one.document_no,
                "author": one.author,
                "run": one.run_id,
                "withdrawn": _withdrawn(one),
            }
        )
    last = ("state", "from", "to", "reason", "document_no", "author", "run", "withdrawn")
    screen = [
        line
        for one, row in zip(several, rows, strict=True)
        for line in (
            [one.id, str(row["portal"]), term("waiver_state", str(row["state"]), lang)],
            ["", one.rule, f"{one.valid_from.isoformat()}–{one.valid_to.isoformat()}"],
            ["", one.reason, f"{one.document_no}; {one.author}"],
            *([["", say("beside.withdrawn", lang, how=row["withdrawn"]), ""]] if one.withdrawn else []),
        )
    ]
    columns = ("id", "finding", "portal", "rule", *last)
    return Listing(columns, rows, {}, ("id", "opinion_place", "opinion_worth"), screen)


def manual_list(archive: Archive, several: Sequence[ManualVerdict], registry: Registry, lang: Lang) -> Listing:
    """Verdicts of persons, each with the machine's newest one beside it."""
    rows: list[Mapping[str, Cell]] = []
    for one in several:
        told = [past for past in archive.history(one.portal_id) if past.rule == one.rule]
        rows.append(
            {
                "id": one.id,
                **_place(one, registry),
                "outcome": one.outcome,
                "machine": told[-1].outcome if told else None,
                "seen": one.seen,
                "seen_on": one.seen_on.isoformat(),
                "author": one.author,
                "document_no": one.document_no,
                "withdrawn": _withdrawn(one),
            }
        )
    last = ("outcome", "machine", "seen", "seen_on", "author", "document_no", "withdrawn")
    screen = [
        line
        for one, row in zip(several, rows, strict=True)
        for line in (
            [one.id, str(row["portal"]), term("outcome", one.outcome, lang)],
            ["", one.rule, say("beside.machine", lang, outcome=term("outcome", str(row["machine"]), lang))],
            ["", one.seen, "; ".join(filter(None, (one.seen_on.isoformat(), one.author, one.document_no)))],
            *([["", say("beside.withdrawn", lang, how=row["withdrawn"]), ""]] if one.withdrawn else []),
        )
    ]
    columns = ("id", "finding", "portal", "rule", *last)
    return Listing(columns, rows, {}, ("id", "opinion_place", "opinion_worth"), screen)


def reply_list(several: Sequence[Reply], registry: Registry, lang: Lang) -> Listing:
    """Answers of agencies, as they came."""
    rows: list[Mapping[str, Cell]] = [
        {
            **_place(one, registry),
            "run": one.run_id,
            "reply": one.reply,
            "note": one.note,
            "document_no": one.document_no,
            "reply_by": one.reply_by.isoformat() if one.reply_by else None,
            "taken_at": shown(one.taken_at),
            "taken_by": one.taken_by,
            "file": one.file,
            "line": one.line,
        }
        for one in several
    ]
    last = ("run", "reply", "note", "document_no", "reply_by", "taken_at", "taken_by", "file", "line")
    screen = [
        line
        for one, row in zip(several, rows, strict=True)
        for line in (
            [str(row["finding"]), str(row["portal"]), term("reply", one.reply, lang)],
            ["", one.rule, f"{day_of(one.taken_at).isoformat()}; {one.taken_by}"],
            *([["", one.note, one.document_no]] if one.note or one.document_no else []),
        )
    ]
    shown_ = ("finding", "opinion_place", "opinion_worth")
    return Listing(("finding", "portal", "rule", *last), rows, {}, shown_, screen)


def _place(one: Waiver | ManualVerdict | Reply, registry: Registry) -> dict[str, Cell]:
    portal = registry.portals.get(one.portal_id)
    return {
        "finding": finding_id(one.portal_id, one.rule),
        "portal": str(portal.address) if portal else one.portal_id,
        "rule": one.rule,
    }


def _withdrawn(one: Waiver | ManualVerdict) -> str | None:
    if one.withdrawn is None:
        return None
    return f"{day_of(one.withdrawn.at).isoformat()}, {one.withdrawn.by}: {one.withdrawn.why}"
