"""What stands beside a verdict, in words for a cell or a screen and as fields for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit.days import day_of, shown
from audit.opinions import Beside, WaiverState
from audit.succession import agency_name, in_words, of_whom
from audit.words import say, term
from audit_rules.judgement import Lang
from storage.opinions import ManualVerdict, Reply, Waiver


def waiver_text(one: Waiver, lang: Lang) -> str:
    return say(
        "beside.waived",
        lang,
        id=one.id,
        until=one.valid_to.isoformat(),
        document=one.document_no,
        author=one.author,
        reason=one.reason,
    )


def ended_text(one: Waiver, state: WaiverState, lang: Lang) -> str:
    return say(
        "beside.waiver_ended", lang, id=one.id, document=one.document_no, why=term("waiver_state", state, lang)
    )


def manual_text(one: ManualVerdict, lang: Lang) -> str:
    outcome = term("outcome", one.outcome, lang)
    day = one.seen_on.isoformat()
    text = say("beside.manual", lang, outcome=outcome, day=day, author=one.author, seen=one.seen)
    return text + say("beside.by_document", lang, document=one.document_no) if one.document_no else text


def reply_text(one: Reply, lang: Lang) -> str:
    day = day_of(one.taken_at).isoformat()
    text = say("beside.reply", lang, reply=term("reply", one.reply, lang), day=day)
    if one.note:
        text += say("beside.reply_note", lang, note=one.note)
    return text + say("beside.by_document", lang, document=one.document_no) if one.document_no else text


def before_text(beside: Beside, lang: Lang) -> Sequence[str]:
    """Whose it was before the bodies were merged, and what their portals had under the same rule."""
    former = [of_whom(beside.former, lang)] if beside.former else []
    return former + [in_words(one, lang) for one in beside.carried]


def beside_pairs(beside: Beside, lang: Lang) -> list[tuple[str, str]]:
    """Labels and texts for a screen."""
    told = [("waiver", waiver_text(one, lang)) for one in beside.waived]
    told += [("waiver", ended_text(one, state, lang)) for one, state in beside.ended]
    told += [("manual_verdict", manual_text(one, lang)) for one in beside.manual]
    told += [("reply", reply_text(beside.reply, lang))] if beside.reply else []
    told += [("predecessor", text) for text in before_text(beside, lang)]
    return [(say(f"beside.{name}", lang), text) for name, text in told]


def beside_fields(beside: Beside, lang: Lang) -> dict[str, Any]:
    finding, reply, former = beside.finding, beside.reply, beside.former
    return {
        "history": finding
        and {
            "state": finding.state,
            "first_seen": finding.first_seen.isoformat(),
            "last_seen": finding.last_seen.isoformat(),
            "nights": finding.nights,
            "first_seen_under": former and {"agency_id": former.id, "agency": agency_name(former, lang)},
        },
        "waivers": [_waiver(one, state) for one, state in beside.waivers],
        "manual_verdicts": [_manual(one) for one in beside.manual],
        "reply": reply
        and {
            "reply": reply.reply,
            "note": reply.note,
            "document_no": reply.document_no,
            "run": reply.run_id,
            "taken_at": shown(reply.taken_at),
        },
        "predecessors": [
            {
                "portal": one.portal.id,
                "agency_id": one.portal.agency.id if one.portal.agency else None,
                "state": one.finding.state,
                "first_seen": one.finding.first_seen.isoformat(),
                "last_seen": one.finding.last_seen.isoformat(),
                "nights": one.finding.nights,
            }
            for one in beside.carried
        ],
    }


def _waiver(one: Waiver, state: WaiverState) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": state,
        "reason": one.reason,
        "document_no": one.document_no,
        "author": one.author,
        "from": one.valid_from.isoformat(),
        "to": one.valid_to.isoformat(),
    }


def _manual(one: ManualVerdict) -> dict[str, Any]:
    return {
        "id": one.id,
        "outcome": one.outcome,
        "seen": one.seen,
        "author": one.author,
        "seen_on": one.seen_on.isoformat(),
        "document_no": one.document_no,
    }
