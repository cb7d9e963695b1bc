"""What a rule is: a small pure function over the facts of one portal, named like the duty it looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import cleandoc, signature
from typing import cast, overload

from audit_rules.facts import Surroundings
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict

Alone = Callable[[SiteFacts], Verdict]
Decide = Callable[[SiteFacts, Surroundings], Verdict]


@dataclass(frozen=True, slots=True)
class Rule:
    """``id`` is topic and function name and is public for ever; ``duty`` is the docstring's first paragraph,
    ``how`` the rest of it: how the rule decides, and what it cannot see. Rules of the ``whole_run`` are told what
    only that tells (``Surroundings.alone`` names it); what they pass without it they pass with it too. Those
    that look ``twice`` weigh the second look themselves; others are shown it only where they failed."""

    id: str
    duty: str
    decide: Decide
    how: str = ""
    whole_run: bool = False
    twice: bool = False

    @property
    def topic(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]


@overload
def rule(decide: Alone | Decide) -> Rule: ...


@overload
def rule(*, whole_run: bool = False, twice: bool = False) -> Callable[[Alone | Decide], Rule]: ...


def rule(
    decide: Alone | Decide | None = None, *, whole_run: bool = False, twice: bool = False
) -> Rule | Callable[[Alone | Decide], Rule]:
    """Makes a rule of a function in ``audit_rules/topics``; the rulebook finds it there, no list is kept.

    A rule that needs nothing of what is known around the portal takes the site alone; one that asks for what only
    the whole run tells, or weighs both looks itself, says so.
    """
    if decide is None:
        return partial(_rule, whole_run=whole_run, twice=twice)
    return _rule(decide)


def _rule(decide: Alone | Decide, *, whole_run: bool = False, twice: bool = False) -> Rule:
    topic = decide.__module__.rpartition(".")[2]
    duty, _, how = cleandoc(decide.__doc__ or "").partition("\n\n")
    name, duty = f"{topic}.{decide.__name__}", " ".join(duty.split())
    return Rule(name, duty, _with_surroundings(decide), how.strip(), whole_run, twice)


def _with_surroundings(decide: Alone | Decide) -> Decide:
    if len(signature(decide).parameters) == 2:
        return cast(Decide, decide)
    alone = cast(Alone, decide)
    return lambda site, _around: alone(site)
