"""What there is of rules and kinds of portals today."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import get_args

from audit_rules.facts import Kind
from audit_rules.rulebook import Entry, open_rulebook

KINDS: tuple[Kind, ...] = get_args(Kind)


@cache
def rulebook_entries() -> Mapping[str, Entry]:
    """Today's rules by id."""
    return {entry.id: entry for entry in open_rulebook().rules}
