"""Pages that everybody can use: the language a page says it is in."""

from __future__ import annotations

import re

from audit_rules.evidence import evidence
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, cant_tell, failed, passed

_TAG = re.compile(r"^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$", re.IGNORECASE)
_NO_LANGUAGE = frozenset({"vn", "xx", "cn", "jp", "kr", "us", "uk"})
"""Codes of countries that stand where a language should (BCP 47 knows no language by these)."""


@rule
def language_declared(site: SiteFacts) -> Verdict:
    """The home page declares its language, validly, and it is the language of its text (WCAG 2.0, 3.1.1)."""
    home = site.known_home
    view = home.rendered or home.views[0]
    declared, spoken = view.language.declared, view.language.spoken
    shown = evidence(
        view, "thẻ html / html element", f'lang="{declared or ""}"' if declared is not None else "<html>"
    )
    state = _fault(declared, spoken)
    if state is None:
        return passed(shown, declared=declared)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, shown, wanted=site.wanted(home))
    if state == "unclear":
        return cant_tell("language_unclear", shown, declared=declared)
    return failed(shown, declared=declared or "", spoken=spoken, state=state)


def _fault(declared: str | None, spoken: str | None) -> str | None:
    """What is wrong with a declared language, None where nothing is."""
    if declared is None or not declared.strip():
        return "absent"
    code = declared.strip().partition("-")[0].lower()
    if not _TAG.match(declared.strip()) or code in _NO_LANGUAGE:
        return "invalid"
    if spoken is None:
        return "unclear"
    return None if code == spoken else "other"
