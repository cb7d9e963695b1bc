"""A run as JSON, exactly as the contract has it (contract, "JSON of a run")."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from audit.days import shown
from audit.history import finding_id
from audit.opinions import NOTHING, Beside, Told
from audit.reports.beside import beside_fields
from audit.succession import agency_name
from audit.words import in_lang, nfc
from audit_rules.facts import Portal, Visit
from audit_rules.judgement import Basis, Judgement, Lang
from audit_rules.verdict import Evidence, Searched
from storage.records import PortalRun, Run

TOOL = "portal-auditor"
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def coverage(visit: Visit) -> dict[str, Any]:
    """Pages known, read, looked at in the browser and left out by reason; ``requests`` counts all. ``second_look``
    is the number of pages that were looked at again, null where no second look was taken; ``slow`` gives addresses
    that were long in answering, and the seconds."""
    read = [page for page in visit.pages if page.views]
    skipped = Counter(reason for _, reason in visit.net.skipped)
    known = {page.url for page in visit.pages} | {url for url, _ in visit.net.skipped}
    return {
        "discovered": len(known),
        "fetched": len(read),
        "rendered": sum(page.rendered is not None for page in read),
        "skipped": dict(sorted(skipped.items())),
        "requests": visit.net.requests,
        "second_look": len(visit.later.pages) if visit.later is not None else None,
        "slow": [{"url": url, "seconds": seconds} for url, seconds in visit.net.slow],
    }


def run_as_json(
    run: Run, lang: Lang, portals: Iterable[PortalRun] | None = None, told: Told | None = None
) -> dict[str, Any]:
    """The whole run, or those of its ``portals`` that are given; every rule once per portal, with what stands
    beside the verdict where that is ``told``."""
    header = run.header
    wanted = run.portals if portals is None else portals
    return {
        "tool": {"name": TOOL, "version": header.tool_version, "rules_version": header.rules_version},
        "run": {
            "id": header.id,
            "started_at": shown(header.started_at),
            "finished_at": shown(run.finished_at),
            "law_day": header.law_day.isoformat(),
            "status": run.status,
            "reason": run.reason,
            "judged_from": header.judged_from,
            "vantage": {"address": header.vantage_address, "user_agent": header.user_agent},
        },
        "portals": [
            _portal(one, lang, (told or {}).get(one.portal.id, {}))
            for one in sorted(wanted, key=lambda one: one.portal.id)
        ],
    }


def json_text(value: object) -> str:
    """JSON as it is written: readable, in NFC, letters as letters, nothing unseen."""
    packed = msgspec.json.encode(_normal(value))
    return without_unseen(msgspec.json.format(packed, indent=2).decode() + "\n")


def without_unseen(text: str) -> str:
    """JSON in which what would move a terminal's cursor or turn the direction of its text is escaped."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _normal(value: object) -> object:
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    return value


def _portal(one: PortalRun, lang: Lang, told: Mapping[str, Beside]) -> dict[str, Any]:
    portal, visit, score = one.portal, one.visit, one.score
    agency = portal.agency
    return {
        "id": portal.id,
        "address": str(portal.address),
        "host": portal.address.host,
        "aliases": [str(alias) for alias in portal.aliases],
        "agency_id": agency.id if agency else None,
        "agency": agency_name(agency, lang) if agency else None,
        "kind": portal.kind,
        "registered": portal.registered,
        "kind_guessed": portal.kind_guessed,
        "state": visit.state,
        "reason": visit.reason,
        "moved_to": visit.moved_to,
        "coverage": coverage(visit),
        "score": {
            "value": score.value,
            "provisional": score.provisional,
            "passed": score.passed,
            "failed": score.failed,
            "measured": score.measured,
            "not_measured": score.not_measured,
        },
        "predecessors": [_predecessor(each, lang) for each in one.around.predecessors],
        "verdicts": [
            verdict_fields(portal.id, item, lang, told.get(item.rule, NOTHING))
            for item in sorted(one.judgements, key=lambda item: item.rule)
        ],
    }


def _predecessor(portal: Portal, lang: Lang) -> dict[str, Any]:
    agency = portal.agency
    return {
        "id": portal.id,
        "address": str(portal.address),
        "agency_id": agency.id if agency else None,
        "agency": agency_name(agency, lang) if agency else None,
        "until": agency.valid_to.isoformat() if agency and agency.valid_to else None,
    }


def verdict_fields(portal_id: str, item: Judgement, lang: Lang, beside: Beside) -> dict[str, Any]:
    """A verdict, and what stands beside it."""
    words, verdict = item.words(lang), item.verdict
    return {
        "rule": item.rule,
        "stage": item.stage,
        "group": item.group,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "standing": item.standing,
        "proves": item.proves,
        "severity": item.severity,
        "values": dict(sorted(verdict.values.items())),
        "title": words.title,
        "message": words.message,
        "fix": words.fix,
        "evidence": [_evidence(piece, lang) for piece in verdict.evidence],
        "searched": _searched(verdict.searched),
        "basis": [_basis(ground) for ground in item.basis],
        "finding": finding_id(portal_id, item.rule),
        **beside_fields(beside, lang),
    }


def _evidence(piece: Evidence, lang: Lang) -> dict[str, Any]:
    return {
        "url": piece.url,
        "where": in_lang(piece.where, lang),
        "excerpt": piece.excerpt,
        "sha256": piece.sha256,
        "seen_at": shown(piece.seen_at),
        "how": piece.how,
    }


def _searched(searched: Searched | None) -> dict[str, Any] | None:
    if searched is None:
        return None
    near = searched.nearest
    return {
        "pages": [{"url": page.url, "seen_at": shown(page.seen_at), "how": page.how} for page in searched.pages],
        "wordings": list(searched.wordings),
        "nearest": {"text": near.text, "url": near.url, "why_not": near.why_not} if near else None,
    }


def _basis(ground: Basis) -> dict[str, Any]:
    return {
        "ref": ground.ref,
        "label": ground.label,
        "status": ground.status,
        "read": ground.read,
        "relation": ground.relation,
    }
