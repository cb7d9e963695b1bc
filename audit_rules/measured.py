"""What a browser measured of the pages of a portal, or why it did not."""

from __future__ import annotations

from audit_rules.facts import PageFacts
from audit_rules.rendered import AxeFacts, RenderFacts
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, cant_tell

NOT_MEASURED = "not_measured"
"""A browser looked at the page, but not so deep, or the page did not let itself be measured in time."""


def drawn_home(site: SiteFacts) -> tuple[PageFacts, RenderFacts] | Verdict:
    """Home as a browser drew it, or the answer of a rule that needs it and has it not."""
    home = site.known_home
    view = home.rendered
    if view is None or view.render is None:
        return cant_tell(site.unrendered(home), wanted=site.wanted(home))
    return view, view.render


def axed(site: SiteFacts) -> list[tuple[PageFacts, AxeFacts]]:
    """The looks at which axe was run, home first."""
    return [
        (view, view.render.axe) for view in site.views if view.render is not None and view.render.axe is not None
    ]
