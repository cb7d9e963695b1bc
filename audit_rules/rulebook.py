"""Joins rules, words and law, and refuses to open when they disagree."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from audit_rules import __version__, topics
from audit_rules.judgement import Group, Severity, Stage
from audit_rules.law.book import LawBook, open_law
from audit_rules.rule import Rule
from audit_rules.wording import RuleWords, Wording, rule_words

_FOLDER = Path(__file__).parent


class RulebookError(Exception):
    """Rules, words and law disagree; the message is one sentence that says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule with everything that is said about it."""

    rule: Rule
    stage: Stage
    severity: Severity
    group: Group
    vi: RuleWords
    en: RuleWords

    @property
    def id(self) -> str:
        return self.rule.id


@dataclass(frozen=True)
class Rulebook:
    """Every rule of the house, in the order of their ids, with the law they stand on."""

    rules: tuple[Entry, ...]
    law: LawBook
    wording: Wording

    @cached_property
    def version(self) -> str:
        """The version printed with every verdict: the program's, and a digest of all that decides."""
        digest = hashlib.sha256()
        for path in sorted(_FOLDER.rglob("*")):
            if path.suffix in (".py", ".toml", ".csv"):
                digest.update(path.relative_to(_FOLDER).as_posix().encode())
                digest.update(path.read_bytes())
        return f"{__version__}+{digest.hexdigest()[:8]}"


def _modules() -> Iterator[str]:
    for module in pkgutil.iter_modules(topics.__path__):
        yield module.name


def _rules(topic: str) -> list[Rule]:
    module = importlib.import_module(f"{topics.__name__}.{topic}")
    return [member for member in vars(module).values() if isinstance(member, Rule)]


def _choice(entry: dict[str, Any], key: str, allowed: Any) -> Any:
    if entry[key] not in get_args(allowed):
        raise KeyError(f"{key} = {entry[key]!r}, which is none of {', '.join(get_args(allowed))}")
    return entry[key]


def _entry(rule: Rule, entry: dict[str, Any]) -> Entry:
    return Entry(
        rule,
        _choice(entry, "stage", Stage),
        _choice(entry, "severity", Severity),
        _choice(entry, "group", Group),
        rule_words(entry, "vi"),
        rule_words(entry, "en"),
    )


def _topic(topic: str) -> Iterator[Entry]:
    path = _FOLDER / "topics" / f"{topic}.toml"
    with path.open("rb") as file:
        words = tomllib.load(file)
    rules = {rule.name: rule for rule in _rules(topic)}
    for name in sorted(rules.keys() ^ words.keys()):
        lacking = "words" if name in rules else "function"
        raise RulebookError(f"{topic}.{name} has no {lacking}: {path.name} and {topic}.py must name the same rules")
    for name, rule in rules.items():
        try:
            yield _entry(rule, words[name])
        except KeyError as error:
            raise RulebookError(f"{path.name} [{name}]: {error.args[0]} is missing or wrong") from error


def open_rulebook() -> Rulebook:
    """Opens every topic, its words and the law; raises RulebookError where they disagree."""
    entries = sorted((entry for topic in _modules() for entry in _topic(topic)), key=lambda entry: entry.id)
    law = open_law()
    known = {entry.id for entry in entries}
    for ground in law.grounds:
        if ground.rule not in known:
            raise RulebookError(f"grounds.csv: {ground.rule} is no rule of this house")
    return Rulebook(tuple(entries), law, Wording())
