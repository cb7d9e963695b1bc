"""The sentences a reader sees: a rule's own words and those common to all rules, filled with what was seen.

Words are data (``topics/*.toml`` and ``words.toml``); what portals sent is only ever put into them as values.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_rules.judgement import Lang, Words
from audit_rules.verdict import Searched, Value, Verdict

WORDS = Path(__file__).with_name("words.toml")
_AXE = Path(__file__).with_name("axe.toml")
_CODED = frozenset({"state", "missing", "reason", "faults", "lesser"})
"""Values of verdicts that are codes and have terms."""
_SHOWN_WORDINGS = 5
_SHOWN_VALUES = 12
_VALUE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule's own sentences in one language: ``passed`` and ``failed`` may hold value names in braces. A rule that
    only tells a value has neither ``failed`` nor ``fix``."""

    title: str
    passed: str
    failed: str
    fix: str


class Wording:
    """Common sentences and terms, opened once with the rulebook."""

    def __init__(self, path: Path = WORDS) -> None:
        with path.open("rb") as file:
            self._common: dict[str, dict[str, dict[str, str]]] = tomllib.load(file)
        with _AXE.open("rb") as file:
            self._common["terms"] |= tomllib.load(file)

    def say(self, own: RuleWords, verdict: Verdict, lang: Lang) -> Words:
        """Title, message and remedy of one verdict; only a failed one has a remedy."""
        values = {key: self._value(key, value, lang) for key, value in verdict.values.items()}
        if verdict.outcome == "passed":
            message = self._fill(own.passed, values)
            if verdict.values.get("on_main_portal"):
                message = self._fill(self._sentence("searched", "on_main_portal", lang), values)
            return Words(own.title, f"{message} {self._slow(values, lang)}".strip(), "")
        if verdict.outcome == "failed":
            message = self._fill(own.failed, values)
            told = self.searched(verdict.searched, lang)
            slow = self._slow(values, lang)
            return Words(own.title, " ".join(filter(None, (message, told, slow))), own.fix)
        values["reason"] = verdict.reason or ""
        message = self._fill(self._sentence(verdict.outcome, verdict.reason or "", lang), values)
        told = self.searched(verdict.searched, lang) if verdict.reason == "needs_review" else ""
        return Words(own.title, f"{message} {told}".strip(), "")

    def _slow(self, values: Mapping[str, str], lang: Lang) -> str:
        return self._fill(self._sentence("slow", "answer", lang), values) if "slow_seconds" in values else ""

    def searched(self, searched: Searched | None, lang: Lang) -> str:
        """Where a thing was looked for, by which wordings, and what came nearest."""
        if searched is None or not searched.pages:
            return ""
        wordings = ", ".join(f"“{wording}”" for wording in searched.wordings[:_SHOWN_WORDINGS])
        more = ", …" if len(searched.wordings) > _SHOWN_WORDINGS else ""
        values = {"pages": str(len(searched.pages)), "wordings": wordings + more}
        told = self._fill(self._sentence("searched", "pages", lang), values)
        if searched.nearest is not None:
            why = self._sentence("why_not", searched.nearest.why_not, lang)
            near = {"text": searched.nearest.text[:120], "why": why}
            told += " " + self._fill(self._sentence("searched", "nearest", lang), near)
        return told

    def _sentence(self, section: str, key: str, lang: Lang) -> str:
        sentences = self._common[section]
        return (sentences.get(key) or sentences.get("otherwise", {"vi": key, "en": key}))[lang]

    def _value(self, key: str, value: Value, lang: Lang) -> str:
        if isinstance(value, list):
            more = " …" if len(value) > _SHOWN_VALUES else ""
            return ", ".join(self._value(key, each, lang) for each in value[:_SHOWN_VALUES]) + more
        text = str(value)
        term = self._common["terms"].get(text) if key in _CODED else None
        return term[lang] if term else text[:_VALUE_LENGTH]

    @staticmethod
    def _fill(template: str, values: Mapping[str, str]) -> str:
        return template.format_map(_Blank(values))


class _Blank(dict[str, str]):
    """Values of a sentence; one that a verdict does not carry stays an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def rule_words(entry: Mapping[str, Any], lang: Lang) -> RuleWords:
    """A rule's sentences from its words file; KeyError names what is missing."""
    title, passed = entry["title"][lang], entry["pass"][lang]
    if "fail" not in entry and "fix" not in entry:
        return RuleWords(title, passed, "", "")
    return RuleWords(title, passed, entry["fail"][lang], entry["fix"][lang])
