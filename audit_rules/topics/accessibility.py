"""Pages that everybody can use, on every device: language, pictures, moving text, small screens."""

from __future__ import annotations

import re

from audit_rules.evidence import evidence
from audit_rules.facts import PageFacts
from audit_rules.measured import NOT_MEASURED, axed, drawn_home
from audit_rules.rendered import AxeFinding
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, inapplicable, passed

_TAG = re.compile(r"^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$", re.IGNORECASE)
_NO_LANGUAGE = frozenset({"vn", "xx", "cn", "jp", "kr", "us", "uk", "vie", "eng"})
"""Codes of countries, and longer codes than a language has, that stand where its own should (BCP 47 knows no
language by these)."""
_FEWEST_PICTURES = 3
_MOST_UNNAMED = 0.2
_SCALES = re.compile(r"width\s*=\s*device-width|initial-scale\s*=\s*[\d.]+", re.IGNORECASE)
_LOADED_AS_XML = "application/xhtml+xml"
_SERIOUS = ("critical", "serious")
"""What axe calls a fault that keeps people out, or nearly does; lesser ones are told and fail nothing."""
TOLERANCE = 8
"""Pixels by which content may stick out of a phone's screen: no reader notices."""


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
def axe_wcag20_a(site: SiteFacts) -> Verdict:
    """The pages have no serious fault that axe finds against WCAG 2.0 at level A.

    Faults that axe calls minor or moderate are told as a value. What axe leaves to a person is no pass. Frames of
    others are not looked into."""
    return _by_axe(site, "A")


@rule
def axe_wcag20_aa(site: SiteFacts) -> Verdict:
    """The pages have no serious fault that axe finds against WCAG 2.0 at level AA.

    It decides as for level A."""
    return _by_axe(site, "AA")


def _by_axe(site: SiteFacts, level: str) -> Verdict:
    home, looks = drawn_home(site), axed(site)
    if isinstance(home, Verdict):
        return home
    if not any(view is home[0] for view, _ in looks):
        return cant_tell(NOT_MEASURED)
    found = [(view, each) for view, axe in looks for each in axe.violations if each.level == level]
    serious = [(view, each) for view, each in found if each.impact in _SERIOUS]
    unsure = [(view, each) for view, axe in looks for each in axe.incomplete if each.level == level]
    bad_pages = {view.url for view, _ in serious}
    count = len({view.url for view, _ in looks})
    share, version = round(1 - len(bad_pages) / count, 3), looks[0][1].version
    shown = [_shown_by_axe(*each) for each in serious or unsure or found]
    if serious:
        faults, pages, nodes = _rules(serious), len(bad_pages), sum(each.nodes for _, each in serious)
        return failed(*shown, faults=faults, pages=pages, nodes=nodes, count=count, share=share, axe=version)
    if unsure:
        return cant_tell("needs_review", *shown, unsure=_rules(unsure), count=count, share=share, axe=version)
    return passed(*shown, lesser=_rules(found) or ["absent"], count=count, share=share, axe=version)


def _rules(found: list[tuple[PageFacts, AxeFinding]]) -> list[str]:
    """The ids of axe's rules, the most elements first."""
    return [*dict.fromkeys(each.rule for _, each in sorted(found, key=lambda told: -told[1].nodes))]


def _shown_by_axe(view: PageFacts, found: AxeFinding) -> Evidence:
    return evidence(view, f"axe {found.rule} × {found.nodes}", " | ".join(found.selectors))


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
def fits_a_phone(site: SiteFacts) -> Verdict:
    """The home page needs no sideways scrolling on a screen 360 pixels wide.

    A page is wider than the screen if both times it was measured more than 8 pixels stuck out. One that does not
    tell phones to lay it out in their width is shown in small: whether that fits is not told, viewport_declared
    tells the cause."""
    home = drawn_home(site)
    if isinstance(home, Verdict):
        return home
    view, fit = home[0], home[1].phone
    if fit is None or len(fit.overflow) < 2:
        return cant_tell(NOT_MEASURED)
    shown = evidence(view, f"màn hình {fit.width} điểm ảnh / screen of {fit.width} pixels", fit.widest)
    width = fit.width + min(fit.overflow)
    wider = [over > TOLERANCE for over in fit.overflow]
    if all(wider):
        return failed(shown, width=width, element=fit.widest)
    if any(wider):
        return cant_tell("unstable", shown, width=width)
    if fit.laid_out > fit.width + TOLERANCE:
        return cant_tell("shown_small", shown, width=fit.laid_out)
    return passed(shown, width=width)


@rule
def text_resizes(site: SiteFacts) -> Verdict:
    """By how much the home page is wider than a desk's screen when its text is twice the size (value)."""
    home = drawn_home(site)
    if isinstance(home, Verdict):
        return home
    view, fit = home[0], home[1].enlarged
    if fit is None or not fit.overflow:
        return cant_tell(NOT_MEASURED)
    shown = evidence(view, f"chữ phóng {fit.percent}% / text at {fit.percent} %", fit.widest)
    return passed(shown, overflow=max(fit.overflow), screen=fit.width)
