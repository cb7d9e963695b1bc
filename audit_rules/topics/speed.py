"""How long a citizen waits: values beside the ministry's criteria of 2025, measured in a browser."""

from __future__ import annotations

from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, untested


@rule
def first_content(_site: SiteFacts) -> Verdict:
    """Seconds until the home page shows its first content; the criterion is 3 s."""
    return untested("needs_browser")


@rule
def largest_content(_site: SiteFacts) -> Verdict:
    """Seconds until the largest content of the home page is shown; the criterion is 4 s."""
    return untested("needs_browser")


@rule
def full_display(_site: SiteFacts) -> Verdict:
    """Seconds until the home page is displayed in full; the criterion is 5.8 s."""
    return untested("needs_browser")


@rule
def blocking_time(_site: SiteFacts) -> Verdict:
    """Seconds for which scripts of the home page keep it from answering; the criterion is 0.6 s."""
    return untested("needs_browser")
