"""How a visit is to be made: the options of the command line that concern looking (contract, "Command line")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audit_rules import __version__

Render = Literal["auto", "always", "never"]

USER_AGENT = f"portal-auditor/{__version__} (+https://github.com/portal-auditor; kiem tra cong thong tin dien tu)"

MAX_PAGE_BYTES = 10 * 1024 * 1024
"""A body longer than this, as sent or decompressed, is cut off and the page counts as too large."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds per phase. ``page`` bounds a whole answer, ``render`` a whole look in the browser."""

    connect: float = 15.0
    page: float = 30.0
    render: float = 30.0
    portal: float = 3600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a visit needs to know beside the portal. ``connect_to`` as curl has it; ``dns`` host:port."""

    max_pages: int = 60
    render: Render = "auto"
    delay: float = 1.0
    user_agent: str = USER_AGENT
    proxy: str | None = None
    dns: str | None = None
    connect_to: tuple[str, ...] = ()
    ca_file: str | None = None
    allow_private: bool = False
    timeouts: Timeouts = Timeouts()
