"""How long a citizen waits: values beside the ministry's criteria of 2025, measured in a browser."""

from __future__ import annotations

from statistics import median

from audit_rules.evidence import evidence
from audit_rules.measured import NOT_MEASURED, drawn_home
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, cant_tell, passed

FEWEST = 3
"""Fresh loads whose median is told."""


@rule
def first_content(site: SiteFacts) -> Verdict:
    """Seconds until the home page shows its first content; the criterion is 3 s."""
    return _seconds(site, "first_content", 3.0)


@rule
def largest_content(site: SiteFacts) -> Verdict:
    """Seconds until the largest content of the home page is shown; the criterion is 4 s."""
    return _seconds(site, "largest_content", 4.0)


@rule
def full_display(site: SiteFacts) -> Verdict:
    """Seconds until the home page is displayed in full; the criterion is 5.8 s.

    A page is displayed in full when everything it was sent with is loaded and its largest content is drawn."""
    return _seconds(site, "full_display", 5.8)


@rule
def blocking_time(site: SiteFacts) -> Verdict:
    """Seconds for which scripts of the home page keep it from answering; the criterion is 0.6 s."""
    return _seconds(site, "blocking_time", 0.6)


def _seconds(site: SiteFacts, name: str, criterion: float) -> Verdict:
    """The median of the fresh loads. It was measured from where the auditor stands, on its machine: a value."""
    home = drawn_home(site)
    if isinstance(home, Verdict):
        return home
    view, render = home
    taken = [seconds for load in render.loads if (seconds := getattr(load, name)) is not None]
    if len(taken) < FEWEST:
        return cant_tell(NOT_MEASURED)
    told = " | ".join(f"{seconds:.2f} s" for seconds in taken)
    shown = evidence(view, f"{len(taken)} lần mở mới / {len(taken)} fresh loads", told)
    middle = round(median(taken), 2)
    return passed(shown, seconds=middle, criterion=criterion, within=middle < criterion, machine=render.machine)
