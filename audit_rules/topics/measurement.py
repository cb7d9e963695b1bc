"""The state's measuring system (EMC): its code on the page, alive, everywhere, over a safe connection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from audit_rules.emc_label import EmcLabel
from audit_rules.evidence import evidence
from audit_rules.facts import EmcEmbed, Page, PageFacts, Region, Surroundings
from audit_rules.later import SEEN_ONCE
from audit_rules.measured import NOT_MEASURED, drawn_home
from audit_rules.reading.measurement import TRACKER_HOSTS, host_of, read_pushes
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, inapplicable, passed
from audit_rules.visits import counter_of

_WORKED_OUT = re.compile(r"""setSiteId\\?["'`]\s*,\s*[A-Za-z_$][\w$]*\s*[.(\[]""")
"""A site id that is a call or a part of something kept elsewhere: only the browser knows what it comes to."""
_LIBRARY = "/embed/"
"""In the address of the measuring library, on the same host as the tracker."""
SAMPLE = 5
"""Inner pages looked at."""
FEWEST = 3
"""Inner pages that must have been read where the portal has more."""


def _embeds(view: PageFacts) -> tuple[EmcEmbed, ...]:
    """The measuring code of one look; what scripts pushed counts as well as what the markup holds."""
    pushed = read_pushes(view.render.pushes) if view.render else None
    return view.emc if pushed is None else (*view.emc, pushed)


def _is_ours(embed: EmcEmbed) -> bool:
    return embed.known_tracker is True


def _live(views: Iterable[PageFacts]) -> tuple[PageFacts, EmcEmbed] | None:
    """The first live code of the known system in these looks: numeric id and the system's own host."""
    for view in views:
        embeds = _embeds(view)
        library = any(_is_ours(embed) for embed in embeds)
        for embed in embeds:
            if embed.state == "live" and (_is_ours(embed) or (embed.known_tracker is None and library)):
                return view, embed
    return None


def _shown(view: PageFacts, embed: EmcEmbed) -> Evidence:
    return evidence(view, "mã đo lường / measuring code", embed.excerpt)


@rule(whole_run=True)
def emc_code_present(site: SiteFacts, around: Surroundings) -> Verdict:
    """The home page carries the live EMC code: a numeric site id and the system's tracker."""
    home = site.known_home
    live = _live(home.views)
    if live is not None:
        return passed(_shown(*live), site_id=live[1].site_id)
    embeds = [(view, embed) for view in home.views for embed in _embeds(view)]
    strange = next(((v, e) for v, e in embeds if e.state == "live" and e.known_tracker is False), None)
    if strange is not None:
        named = host_of(strange[1].tracker_url) or host_of(strange[1].library_url)
        return cant_tell("other_tracker", _shown(*strange), tracker=named)
    reason = site.unrendered(home) if home.rendered is None else site.unsettled(home)
    if reason is not None:
        searched = site.searched_home("_govaq", *TRACKER_HOSTS)
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    dead = next(((v, e) for v, e in embeds if e.known_tracker is not False), None)
    shown, state = ([_shown(*dead)], dead[1].state) if dead is not None else ([], "absent")
    searched = site.searched_home("_govaq", *TRACKER_HOSTS)
    if around.unknown_current_code:
        return cant_tell("unknown_current_code", *shown, searched=searched, state=state)
    doubtful = _may_be_live(home)
    if doubtful is not None:
        return cant_tell("needs_review", doubtful, searched=searched)
    return failed(*shown, searched=searched, state=state)


def _may_be_live(home: Page) -> Evidence | None:
    """What may measure in a way that was not read: a site id that scripts work out, a tracker behind an address of
    the portal's own, a frame or a request of the page to the system itself."""
    for view in home.views:
        for embed in _embeds(view):
            if embed.state == "live" and (embed.tracker_url or embed.library_url):
                return _shown(view, embed)
            if embed.state in ("empty_id", "no_id") and _WORKED_OUT.search(embed.excerpt):
                return _shown(view, embed)
        frames = (link.url for link in view.links if link.kind == "frame")
        for url in (*frames, *(view.render.stopped if view.render else ())):
            if host_of(url) in TRACKER_HOSTS and "/embed/" not in url:
                return evidence(view, "mã đo lường / measuring code", url)
    return None


@rule
def emc_code_on_inner_pages(site: SiteFacts) -> Verdict:
    """The code stands on the inner pages too, not on the home page alone."""
    home = site.known_home
    live = _live(home.views)
    if live is None:
        return inapplicable("no_emc_code") if home.rendered is not None else cant_tell(site.unrendered(home))
    in_raw = home.raw is not None and _live((home.raw,)) is not None
    sample = _framed_alike(site, home)[:SAMPLE]
    if not in_raw and (waiting := [page for page in sample if page.rendered is None]):
        return cant_tell(site.unrendered(waiting[0]), wanted=site.wanted(*waiting))
    if len(sample) < FEWEST and (len(sample) == 0 or site.has_more_pages):
        return cant_tell("coverage", pages=len(sample))
    bare = [page for page in sample if _live(page.views) is None]
    unsure = [page for page in bare if page.rendered is None]
    if unsure and site.visit.browser:
        return cant_tell(site.unrendered(unsure[0]), wanted=site.wanted(*unsure))
    if bare:
        return failed(*map(_first_look, bare), missing=[page.url for page in bare], pages=len(sample))
    return passed(*(_shown(*found) for page in sample[:1] if (found := _live(page.views))), pages=len(sample))


def _framed_alike(site: SiteFacts, home: Page) -> list[Page]:
    """Inner pages with the header, menu and footer of home: a print view or a pop-up is no page of its own.

    A page that no browser drew is held to what home shows before scripts run: of a frame that they draw, nobody
    knows yet what it is.
    """
    as_sent = _frame(site, (home.raw,) if home.raw is not None else home.views)
    drawn = _frame(site, home.views)
    return [
        page
        for page in site.inner_pages
        if (as_sent if page.rendered is None else drawn) <= _frame(site, page.views)
    ]


def _frame(site: SiteFacts, views: Iterable[PageFacts]) -> set[Region]:
    return {region for view in views for region in site.regions(view)} & {"header", "menu", "footer"}


def _first_look(page: Page) -> Evidence:
    view = page.views[-1]
    return evidence(view, "toàn trang / whole page", view.title)


@rule
def emc_code_loads_securely(site: SiteFacts) -> Verdict:
    """The code's script and tracker are loaded over https on an https portal."""
    home = site.known_home
    if not home.url.startswith("https://"):
        return inapplicable("http_only")
    live = _live(home.views)
    if live is None:
        return inapplicable("no_emc_code") if home.rendered is not None else cant_tell(site.unrendered(home))
    view, embed = live
    urls = [
        url
        for each in _embeds(view)
        if each.state in ("live", "no_id") and each.known_tracker is not False
        for url in (each.tracker_url, each.library_url)
        if url
    ]
    insecure = sorted({url for url in urls if url.startswith("http://")})
    if insecure:
        return failed(_shown(view, embed), urls=insecure)
    return passed(_shown(view, embed))


@rule(whole_run=True, twice=True)
def emc_beacon_sent(site: SiteFacts, around: Surroundings) -> Verdict:
    """The page calls the measuring system with its site id once the library is loaded.

    A call is what the page tried: it was stopped before it left. That it makes none is said only if the library
    loaded and two looks at home saw none."""
    live = _live(site.known_home.views)
    if live is None:
        rendered = site.known_home.rendered is not None
        return inapplicable("no_emc_code") if rendered else cant_tell(site.unrendered(site.known_home))
    drawn = drawn_home(site)
    if isinstance(drawn, Verdict):
        return drawn
    looks = [drawn[0], *_later_home(site)]
    calls = [(view, url) for view in looks for url in _calls(view)]
    if calls:
        return _called(calls, live[1].site_id)
    if drawn[1].depth == "text":
        return cant_tell(NOT_MEASURED)  # such a look leaves the library out
    loaded, shown = [_library(view) for view in looks], _shown(*live)
    if None in loaded:
        return cant_tell("library_not_asked", shown)
    if False in loaded:
        silent = "library_not_loaded" if around.tracker_down is False else "tracker_down"
        return cant_tell(silent, shown, library_loaded=False)
    return (
        failed(shown, library_loaded=True) if len(looks) > 1 else cant_tell(SEEN_ONCE, shown, library_loaded=True)
    )


def _called(calls: list[tuple[PageFacts, str]], site_id: str) -> Verdict:
    """The answer where the page called: with its own id, or one that the address does not tell."""
    said = [_names_site(url, site_id) for _, url in calls]
    view, url = calls[said.index(True)] if True in said else calls[0]
    shown = evidence(view, "lượt gọi bị chặn lại / call that was stopped", url)
    if True in said or None in said:
        return passed(shown, site_id=site_id, library_loaded=True)
    return cant_tell("other_site_id", shown, site_id=site_id, library_loaded=True)


def _later_home(site: SiteFacts) -> list[PageFacts]:
    """Home as a browser drew it at the second look."""
    later = site.visit.later.pages if site.visit.later is not None else ()
    return [page.rendered for page in later if site.is_home(page) and page.rendered is not None]


def _calls(view: PageFacts) -> list[str]:
    """What the page sent, or tried to send, to the measuring system, its library aside."""
    stopped = view.render.stopped if view.render is not None else ()
    return [url for url in stopped if host_of(url) in TRACKER_HOSTS and _LIBRARY not in url]


def _names_site(url: str, site_id: str) -> bool | None:
    """Whether a call names this site; None where the address names none, for it may stand in what was sent."""
    said = dict(parse_qsl(urlsplit(url).query))
    if site_id in said.values():
        return True
    return False if any("site" in name.lower() and value.isdigit() for name, value in said.items()) else None


def _library(view: PageFacts) -> bool | None:
    """Whether the measuring library loaded; None where the page did not ask for it."""
    scripts = view.render.scripts if view.render is not None else ()
    asked = [each for each in scripts if host_of(each.url) in TRACKER_HOSTS and _LIBRARY in each.url]
    return any(each.status == 200 for each in asked) if asked else None


@rule(whole_run=True)
def emc_site_id_unique(site: SiteFacts, around: Surroundings) -> Verdict:
    """The EMC site id is used inside one main portal's family alone, by no other ministry or province.

    Only the whole run tells: who else carries the id is known when every portal of it was looked at. Two who share
    an id are both told; which of them has the other's cannot be seen.
    """
    home = site.known_home
    live = _live(home.views)
    if live is None:
        return inapplicable("no_emc_code") if home.rendered is not None else cant_tell(site.unrendered(home))
    view, embed = live
    if around.emc_elsewhere is None:
        reason = "whole_run_needed" if around.answered is None else "no_known_parent"
        return cant_tell(reason, _shown(view, embed), site_id=embed.site_id)
    elsewhere = around.emc_elsewhere.get(embed.site_id, ())
    if elsewhere:
        return failed(_shown(view, embed), site_id=embed.site_id, portals=list(elsewhere))
    return passed(_shown(view, embed), site_id=embed.site_id)


@rule
def emc_label_shown(site: SiteFacts) -> Verdict:
    """The home page shows a label that tells of its connection to the EMC system.

    What the label looks like is not known yet: until a person confirmed a sample, to see none is a question to a
    person.
    """
    home, label = site.known_home, EmcLabel(site)
    if label.seen is not None:
        return passed(label.seen)
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=label.searched, wanted=site.wanted(home))
    if label.could_be_missed or any(view.cut for view in home.views):
        return cant_tell("needs_review", searched=label.searched)
    return failed(searched=label.searched)


@rule
def visit_counter(site: SiteFacts) -> Verdict:
    """The number of visits that the home page shows."""
    home, counter = site.known_home, counter_of(site)
    if counter is None:
        reason = site.unsettled(home)
        return cant_tell(reason, wanted=site.wanted(home)) if reason else inapplicable("no_visit_counter")
    if counter.count is None:
        return cant_tell("number_not_read", counter.evidence)
    return passed(counter.evidence, count=counter.count)
