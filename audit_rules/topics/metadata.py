"""What pages say of themselves to machines: their charset, title and description, Dublin Core."""

from __future__ import annotations

from audit_rules.evidence import evidence
from audit_rules.facts import known
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, cant_tell, failed, inapplicable, passed

_MANDATORY = ("title", "creator", "date", "description", "publisher", "identifier")
"""The elements that Thông tư 24/2011/TT-BTTTT Điều 4(1) asks for."""
_UNICODE = frozenset({"utf-8", "utf8", "ascii", "us-ascii"})
"""Charsets under which a page's bytes are UTF-8."""


@rule
def charset_utf8(site: SiteFacts) -> Verdict:
    """The home page is sent in UTF-8: by its bytes where they tell, else by its label."""
    view = known(site.known_home.raw, "home as sent")
    shown = evidence(view, "bảng mã / charset", view.charset)
    if view.charset.lower() in _UNICODE:
        return passed(shown, charset=view.charset)
    return failed(shown, charset=view.charset)


@rule
def title_and_description(site: SiteFacts) -> Verdict:
    """The home page has a title and a description in its head."""
    home = site.known_home
    title = next((view.title for view in reversed(home.views) if view.title.strip()), "")
    description = next((view.description for view in reversed(home.views) if view.description.strip()), "")
    missing = [what for what, said in (("title", title), ("description", description)) if not said]
    shown = evidence(home.views[-1], "thẻ head / head element", f"{title} | {description}")
    if not missing:
        return passed(shown, title=title[:120], description=description[:240])
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, shown, wanted=site.wanted(home))
    return failed(shown, missing=missing)


@rule
def dublin_core(site: SiteFacts) -> Verdict:
    """How many of the six mandatory Dublin Core elements the home page gives (value)."""
    home = site.known_home
    given = [each for each in _MANDATORY if any(each in view.dublin_core for view in home.views)]
    if given:
        shown = evidence(home.views[-1], "thẻ meta / meta elements", ", ".join(given))
        return passed(shown, count=len(given), given=given)
    reason = site.unsettled(home)
    return cant_tell(reason, wanted=site.wanted(home)) if reason is not None else inapplicable("nothing_seen")
