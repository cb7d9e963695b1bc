"""Whether a visit brought home what the last one did, so that the last one's judgements stand until the closing
step, which judges every portal of a run (docs/decisions/0016-cheap-nights.md)."""

from __future__ import annotations

from typing import Any

import msgspec

from audit_rules.facts import NetFacts, Page, Visit
from audit_rules.known import Known, rests_on_looks

_MOMENTS = frozenset({"seen_at", "requests"})
_BYTES = frozenset({"final_url", "lines"})
"""What answers and pages have: their digests are of bytes, in which tokens may differ."""


def is_unchanged(seen: Visit, known: Known) -> bool:
    """Whether nothing but moments differs from the visit before: neither pages nor answers nor what was left out.

    Never on a night when everything is looked at anew, and not where a fault rests on drawn pages."""
    before = known.visit
    if before is None or known.anew or any(map(rests_on_looks, known.failed.values())):
        return False
    if (seen.state, seen.reason, seen.home, seen.browser) != (
        before.state,
        before.reason,
        before.home,
        before.browser,
    ):
        return False
    if len(seen.pages) != len(before.pages):
        return False
    return all(map(_is_same, seen.pages, before.pages)) and _told(seen.net) == _told(before.net)


def _is_same(now: Page, before: Page) -> bool:
    drawn = now.look_source.unchanged if before.rendered is not None else now.rendered is None
    return now.url == before.url and now.source.unchanged and before.raw is not None and drawn


def _told(net: NetFacts) -> Any:
    return _without_moments(msgspec.to_builtins(net))


def _without_moments(told: Any) -> Any:
    if isinstance(told, dict):
        passing = _MOMENTS | {"sha256"} if told.keys() & _BYTES else _MOMENTS
        return {name: _without_moments(value) for name, value in told.items() if name not in passing}
    if isinstance(told, list | tuple):
        return [_without_moments(value) for value in told]
    return told
