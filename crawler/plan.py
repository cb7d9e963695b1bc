"""How a visit is to be made: the options of the command line that concern looking (contract, "Command line")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from audit_rules import __version__
from audit_rules.rendered import Depth

Render = Literal["auto", "always", "never"]

USER_AGENT = f"portal-auditor/{__version__} (+https://github.com/portal-auditor; kiem tra cong thong tin dien tu)"

MAX_PAGE_BYTES = 10 * 1024 * 1024
"""A body longer than this, as sent or decompressed, is cut off and the page counts as too large."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds per phase: finding the name, connecting, shaking hands, waiting for the head of an answer, a whole
    answer, a whole look in the browser, a whole visit.

    A second try, and the second look before the portal is left, wait ``again`` times as long. What came after
    ``slow`` seconds or more is noted as slow."""

    dns: float = 15.0
    connect: float = 15.0
    tls: float = 15.0
    first_byte: float = 20.0
    page: float = 30.0
    render: float = 30.0
    portal: float = 3600.0
    again: float = 2.0
    slow: float = 10.0

    @property
    def longer(self) -> Timeouts:
        """Those of a second try."""
        phases = {name: getattr(self, name) * self.again for name in _TRIED_AGAIN}
        return replace(self, **phases)


_TRIED_AGAIN = ("dns", "connect", "tls", "first_byte", "page", "render")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a visit needs to know beside the portal. ``connect_to`` as curl has it; ``dns`` host:port;
    ``depth`` is how deep the browser looks at home."""

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
    depth: Depth = "audit"
