"""What a rule is: a small pure function over the facts of one portal, named like the duty it looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc, signature
from typing import cast

from audit_rules.facts import Surroundings
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict

Alone = Callable[[SiteFacts], Verdict]
Decide = Callable[[SiteFacts, Surroundings], Verdict]


@dataclass(frozen=True, slots=True)
class Rule:
    """``id`` is topic and function name and is public for ever; ``duty`` is the docstring's first paragraph,
    ``how`` the rest of it: how the rule decides, and what it cannot see."""

    id: str
    duty: str
    decide: Decide
    how: str = ""

    @property
    def topic(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]


def rule(decide: Alone | Decide) -> Rule:
    """Makes a rule of a function in ``audit_rules/topics``; the rulebook finds it there, no list is kept.

    A rule that needs nothing of what is known around the portal takes the site alone.
    """
    topic = decide.__module__.rpartition(".")[2]
    duty, _, how = cleandoc(decide.__doc__ or "").partition("\n\n")
    return Rule(f"{topic}.{decide.__name__}", " ".join(duty.split()), _with_surroundings(decide), how.strip())


def _with_surroundings(decide: Alone | Decide) -> Decide:
    if len(signature(decide).parameters) == 2:
        return cast(Decide, decide)
    alone = cast(Alone, decide)
    return lambda site, _around: alone(site)
