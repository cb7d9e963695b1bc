"""Joins rules, words and law, and refuses to open when they disagree.

A rule is a function in a module of ``audit_rules/topics`` and a table of the same name in the ``.toml`` beside it;
nothing else has to know of it. It is in trial until ``stages.toml`` says otherwise.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from audit_rules import __version__, topics
from audit_rules.judgement import Group, Severity, Stage
from audit_rules.law.book import LawBook, open_law
from audit_rules.rule import Rule
from audit_rules.stages import STAGES, Staged, StageError, read_stages
from audit_rules.wording import WORDS, RuleWords, Wording, rule_words

_FOLDER = Path(__file__).parent


class RulebookError(Exception):
    """Rules, words and law disagree; the message names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule with everything that is said about it; ``staged`` is None while it is in trial. ``blames`` is False
    where a fault is told to several portals and nobody knows whose it is."""

    rule: Rule
    staged: Staged | None
    severity: Severity
    group: Group
    vi: RuleWords
    en: RuleWords
    blames: bool = True

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def stage(self) -> Stage:
        return self.staged.stage if self.staged else "trial"

    @property
    def value_only(self) -> bool:
        """Whether the rule tells a value beside the others: it never fails."""
        return not self.vi.failed

    @property
    def scored(self) -> bool:
        """Whether the rule may count in a score: not where it tells a value, or what nobody is to blame for."""
        return self.blames and not self.value_only


@dataclass(frozen=True)
class Rulebook:
    """Every rule of the house, in the order of their ids, with the law they stand on."""

    rules: tuple[Entry, ...]
    law: LawBook
    wording: Wording

    def only(self, wanted: Callable[[Entry], bool]) -> Rulebook:
        """The same with some of its rules."""
        return replace(self, rules=tuple(filter(wanted, self.rules)))

    @cached_property
    def version(self) -> str:
        """The version printed with every verdict: the program's, and a digest of all that decides."""
        digest = hashlib.sha256()
        for folder in (_FOLDER, *map(Path, topics.__path__)):
            for path in sorted(folder.rglob("*")):
                if path.suffix in (".py", ".toml", ".csv"):
                    digest.update(path.relative_to(folder).as_posix().encode())
                    digest.update(path.read_bytes())
        return f"{__version__}+{digest.hexdigest()[:8]}"


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> RulebookError:
    return RulebookError(f"{path.name}: it cannot be read ({error}); write the words of the rules there, as TOML.")


def _choice(entry: dict[str, Any], key: str, allowed: Any) -> Any:
    if entry[key] not in get_args(allowed):
        raise ValueError(f"{key} is {entry[key]!r}; write one of {', '.join(get_args(allowed))}.")
    return entry[key]


def _entry(rule: Rule, words: dict[str, Any], staged: Staged | None, where: str) -> Entry:
    try:
        if "stage" in words:
            raise ValueError("stage is kept in stages.toml; remove it here.")
        return Entry(
            rule,
            staged,
            _choice(words, "severity", Severity),
            _choice(words, "group", Group),
            rule_words(words, "vi"),
            rule_words(words, "en"),
            words.get("blames", True),
        )
    except KeyError as error:
        raise RulebookError(f"{where}: {error.args[0]} is missing; write it.") from error
    except ValueError as error:
        raise RulebookError(f"{where}: {error}") from error


def _topic(topic: str, stages: Mapping[str, Staged]) -> Iterator[Entry]:
    module = importlib.import_module(f"{topics.__name__}.{topic}")
    path = Path(str(module.__file__)).with_suffix(".toml")
    words = _read(path)
    rules = {member.name: member for member in vars(module).values() if isinstance(member, Rule)}
    for name in sorted(rules.keys() ^ words.keys()):
        lacking = f"no words; add [{name}] to" if name in rules else "no function; write it, or remove it from"
        raise RulebookError(f"{topic}.{name} has {lacking} {path.name}.")
    for name, rule in rules.items():
        yield _entry(rule, words[name], stages.get(rule.id), f"{path.name} [{name}]")


def open_rulebook() -> Rulebook:
    """Opens every topic, its words, its stages and the law; raises RulebookError (LawError for the law's files)."""
    try:
        stages = read_stages(STAGES)
    except StageError as error:
        raise RulebookError(str(error)) from error
    found = [entry for module in pkgutil.iter_modules(topics.__path__) for entry in _topic(module.name, stages)]
    try:
        wording = Wording(WORDS)
    except (OSError, ValueError) as error:
        raise _unreadable(WORDS, error) from error
    law = open_law()
    known = {entry.id for entry in found}
    for rule in stages:
        if rule not in known:
            raise RulebookError(f"{STAGES.name}: {rule} is no rule of this house; correct or remove the entry.")
    for ground in law.grounds:
        if ground.rule not in known:
            raise RulebookError(f"grounds.csv: {ground.rule} is no rule of this house; correct or remove the row.")
    return Rulebook(tuple(sorted(found, key=lambda entry: entry.id)), law, wording)
