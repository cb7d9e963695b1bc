"""What a visit is for and what it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from audit_rules.address import AddressBook
from audit_rules.facts import Link, Page, Portal, Region
from audit_rules.known import Known
from crawler.plan import Plan
from crawler.ways import Browser, Evidence, Network

Rank = Callable[[str, str, str, Region], int | None]
"""How well a link speaks of a concept (text, hint, address, region): 0 is best, None of none."""


@dataclass(frozen=True, slots=True)
class Errand:
    """``outside`` picks links out of the portal whose end matters, ``foreign`` those to versions in other
    languages, which are followed as another visitor; ``on_page`` is told of each page as it is read; with
    ``probes`` server and name system are asked apart from the pages; ``known`` is what the last visit left."""

    portal: Portal
    book: AddressBook
    plan: Plan
    net: Network
    rank: Rank
    evidence: Evidence | None = None
    browser: Browser | None = None
    outside: Callable[[Link], bool] | None = None
    on_page: Callable[[Page], None] | None = None
    probes: bool = False
    foreign: Callable[[Link], bool] | None = None
    known: Known = field(default_factory=Known)
