"""What changed between two runs, as a list, as JSON and on a screen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import ConsoleRenderable
from rich.text import Text

from audit.diff import Changed, Comparison
from audit.history import finding_id
from audit.listings import Cell, Listing
from audit.words import clean, say, term
from audit_rules.judgement import Lang
from storage.records import RunHeader

_CODE = re.compile(r"(\w+)(?:\((\w+)\))?\Z")
_COLUMNS = ("portal", "rule", "title", "change", "before", "after", "reason", "detail")
_WEIGHTS = ("weight_before", "weight_after", "finding")


def change_list(changes: Sequence[Changed], lang: Lang) -> Listing:
    """The changes with their codes for a file; in words, and short, for a screen."""
    rows: list[Mapping[str, Cell]] = [
        {
            "portal": str(one.portal.address),
            "rule": one.item.rule if one.item else None,
            "title": one.item.words(lang).title if one.item else None,
            "change": one.change,
            "before": one.before,
            "after": one.after,
            "reason": one.reason,
            "detail": list(one.detail),
            "weight_before": one.weight_before,
            "weight_after": one.weight_after,
            "finding": finding_id(one.portal.id, one.item.rule) if one.item else None,
        }
        for one in changes
    ]
    screen = [
        [
            str(one.portal.address),
            one.item.words(lang).title if one.item else term("diff_line", one.change, lang),
            _went(one, lang),
            why(one, lang),
        ]
        for one in changes
    ]
    return Listing((*_COLUMNS, *_WEIGHTS), rows, {}, ("portal", "title", "diff_went", "diff_why"), screen)


def why(one: Changed, lang: Lang) -> str:
    """The reason in words, and what it is in question between where it is not known."""
    text = term("diff_reason", one.reason, lang)
    named = ", ".join(term("diff_detail", name, lang) for name in one.detail)
    return f"{text}: {named}" if named else text


def _went(one: Changed, lang: Lang) -> str:
    if one.change == "standing":
        return _weighs(one, lang)
    before, after = one.before, one.after
    section = "outcome" if one.item else "state"
    told = [text if one.change == "entry" else _in_words(section, text, lang) for text in (before, after)]
    return " → ".join(text or "—" for text in told)


def _weighs(one: Changed, lang: Lang) -> str:
    """What of a verdict's weight changed; its grounds, where nothing else did."""
    parts = zip(("standing", "proves", "stage", "severity"), one.weight_before.split("/"), strict=True)
    told = [
        f"{term(section, before, lang)} → {term(section, after, lang)}"
        for (section, before), after in zip(parts, one.weight_after.split("/"), strict=True)
        if before != after
    ]
    return "; ".join(told) or say("diff.grounds", lang)


def _in_words(section: str, text: str, lang: Lang) -> str:
    found = _CODE.match(text)
    if not found:
        return text
    told = term(section, found[1], lang)
    return f"{told} ({term('reason', found[2], lang)})" if found[2] else told


def heading(told: Comparison, lang: Lang) -> list[ConsoleRenderable]:
    return [_run("diff.before", told.before, lang), _run("diff.after", told.after, lang), Text()]


def summary(told: Comparison, count: int, lang: Lang) -> list[ConsoleRenderable]:
    reasons = ", ".join(
        f"{term('diff_reason', name, lang)} {number}" for name, number in sorted(told.reasons.items())
    )
    lines = [say("diff.sum", lang, compared=told.compared, count=count)]
    lines[0] += f" ({reasons})." if reasons else "."
    if not told.whole and (told.only_before or told.only_after):
        lines.append(say("diff.only", lang, before=told.only_before, after=told.only_after))
    if told.reasons["unknown"]:
        lines.append(say("diff.try", lang, run=told.before.id))
    return [Text(clean(line), overflow="fold") for line in lines]


def _run(key: str, header: RunHeader, lang: Lang) -> Text:
    days = {"day": header.day.isoformat(), "law_day": header.law_day.isoformat()}
    return Text(clean(say(key, lang, id=header.id, rules=header.rules_version, **days)), overflow="fold")


def comparison_as_json(told: Comparison, changes: Sequence[Changed], lang: Lang) -> dict[str, Any]:
    return {
        "before": _header(told.before),
        "after": _header(told.after),
        "portals": {
            "compared": told.compared,
            "only_before": told.only_before,
            "only_after": told.only_after,
        },
        "reasons": dict(sorted(told.reasons.items())),
        "changes": [dict(row) for row in change_list(changes, lang).rows],
    }


def _header(header: RunHeader) -> dict[str, Any]:
    return {
        "id": header.id,
        "day": header.day.isoformat(),
        "law_day": header.law_day.isoformat(),
        "rules_version": header.rules_version,
        "tool_version": header.tool_version,
        "judged_from": header.judged_from,
    }
