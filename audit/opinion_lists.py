"""The lists of waivers, of persons' verdicts and of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from audit.days import day_of, shown
from audit.history import finding_id
from audit.listings import Cell, Listing
from audit.opinions import newest, waiver_state
from audit.registry import Registry
from storage.archive import Archive
from storage.opinions import ManualVerdict, Reply, Waiver


def waiver_list(archive: Archive, several: Sequence[Waiver], registry: Registry, today: date) -> Listing:
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
    shown_ = ("id", "portal", "rule", "state", "to", "document_no", "author")
    return Listing(("id", "finding", "portal", "rule", *last), rows, {"state": "waiver_state"}, shown_)


def manual_list(archive: Archive, several: Sequence[ManualVerdict], registry: Registry) -> Listing:
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
    shown_ = ("id", "portal", "rule", "outcome", "machine", "seen", "seen_on", "author")
    terms = {"outcome": "outcome", "machine": "outcome"}
    return Listing(("id", "finding", "portal", "rule", *last), rows, terms, shown_)


def reply_list(several: Sequence[Reply], registry: Registry) -> Listing:
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
    shown_ = ("finding", "portal", "rule", "reply", "note", "document_no")
    return Listing(("finding", "portal", "rule", *last), rows, {"reply": "reply"}, shown_)


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
