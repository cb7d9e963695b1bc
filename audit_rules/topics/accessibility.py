"""Pages that everybody can use, on every device: language, pictures, moving text, small screens."""

from __future__ import annotations

import re

from audit_rules.evidence import evidence
from audit_rules.facts import PageFacts
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, cant_tell, failed, inapplicable, passed, untested

_TAG = re.compile(r"^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$", re.IGNORECASE)
_NO_LANGUAGE = frozenset({"vn", "xx", "cn", "jp", "kr", "us", "uk", "vie", "eng"})
"""Codes of countries, and longer codes than a language has, that stand where its own should (BCP 47 knows no
language by these)."""
_FEWEST_PICTURES = 3
_MOST_UNNAMED = 0.2
_SCALES = re.compile(r"width\s*=\s*device-width|initial-scale\s*=\s*[\d.]+", re.IGNORECASE)
_LOADED_AS_XML = "application/xhtml+xml"


def _home_view(site: SiteFacts) -> PageFacts:
    """Home as a citizen sees it: drawn by a browser, where one looked."""
    home = site.known_home
    return home.rendered or home.views[0]


@rule
def language_declared(site: SiteFacts) -> Verdict:
    """The home page declares its language, validly, and it is the language of its text (WCAG 2.0, 3.1.1)."""
    home, view = site.known_home, _home_view(site)
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
    if state == "absent" and site.net.https is not None and site.net.https.content_type.startswith(_LOADED_AS_XML):
        return cant_tell("needs_review", shown)  # only there may xml:lang stand for lang, and it is not read
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


@rule
def images_have_alternatives(site: SiteFacts) -> Verdict:
    """The pictures of the home page have text alternatives (WCAG 2.0, 1.1.1).

    The share is told as a value. One picture without words is a slip of an editor, not a fault of the portal: it
    fails where at least three pictures have none and they are a fifth of all or more. An empty ``alt`` is an
    alternative, for it says that none is needed."""
    home, view = site.known_home, _home_view(site)
    reason = site.unsettled(home)
    if view.images == 0:
        return cant_tell(reason, wanted=site.wanted(home)) if reason is not None else inapplicable("no_pictures")
    lacking, few = view.images_unnamed, max(_FEWEST_PICTURES, _MOST_UNNAMED * view.images)
    share = round(1 - lacking / view.images, 3)
    shown = evidence(view, "hình ảnh / pictures", " | ".join(view.unnamed[:3]))
    if lacking >= few and reason is not None:
        return cant_tell(reason, shown, wanted=site.wanted(home))
    say, unnamed = passed if lacking < few else failed, list(view.unnamed[:12])
    return say(shown, share=share, percent=int(100 * share), count=view.images, lacking=lacking, unnamed=unnamed)


@rule
def no_moving_text(site: SiteFacts) -> Verdict:
    """No text runs or blinks by its markup (``marquee``, ``blink``) on the pages that were read."""
    home = site.known_home
    moving = {view.url: view for view in site.views if view.moving and not view.missing}
    if moving:
        shown = [evidence(view, "chữ chạy / moving text", view.moving[0]) for view in [*moving.values()][:3]]
        return failed(*shown, text=shown[0].excerpt[:80], count=len(moving))
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, wanted=site.wanted(home))
    return passed(count=len({view.url for view in site.views}))


@rule
def axe_wcag20_a(_site: SiteFacts) -> Verdict:
    """The pages have no fault that axe finds against WCAG 2.0 at level A."""
    return untested("needs_browser")


@rule
def axe_wcag20_aa(_site: SiteFacts) -> Verdict:
    """The pages have no fault that axe finds against WCAG 2.0 at level AA."""
    return untested("needs_browser")


@rule
def viewport_declared(site: SiteFacts) -> Verdict:
    """The home page tells phones to lay it out in the width of their screen."""
    home, view = site.known_home, _home_view(site)
    said = view.viewport
    shown = evidence(view, "thẻ meta viewport / meta viewport", said if said is not None else "<head>")
    if said is not None and _SCALES.search(said):
        return passed(shown, viewport=said)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, shown, wanted=site.wanted(home))
    return failed(shown, state="fixed_width" if said and said.strip() else "absent")


@rule
def fits_a_phone(_site: SiteFacts) -> Verdict:
    """The home page needs no sideways scrolling on a screen 360 pixels wide."""
    return untested("needs_browser")


@rule
def text_resizes(_site: SiteFacts) -> Verdict:
    """The home page stays usable with its text at twice the size (value)."""
    return untested("needs_browser")
