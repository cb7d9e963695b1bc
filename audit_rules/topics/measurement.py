"""The state's measuring system (EMC): its code on the page, alive, everywhere, over a safe connection."""

from __future__ import annotations

from collections.abc import Iterable

from audit_rules.evidence import evidence
from audit_rules.facts import EmcEmbed, Page, PageFacts
from audit_rules.reading.measurement import TRACKER_HOSTS, host_of, read_pushes
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, inapplicable, passed

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


@rule
def emc_code_present(site: SiteFacts) -> Verdict:
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
    if home.rendered is None:
        return cant_tell(
            site.unrendered(home), searched=site.searched_home("_govaq", *TRACKER_HOSTS), wanted=site.wanted(home)
        )
    dead = next(((v, e) for v, e in embeds if e.known_tracker is not False), None)
    if dead is not None:
        return failed(_shown(*dead), state=dead[1].state, searched=site.searched_home("_govaq", *TRACKER_HOSTS))
    return failed(state="absent", searched=site.searched_home("_govaq", *TRACKER_HOSTS))


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
    """Inner pages with the header, menu and footer of home: a print view or a pop-up is no page of its own."""
    frame = {region for view in home.views for region in site.regions(view)} & {"header", "menu", "footer"}
    return [
        page
        for page in site.inner_pages
        if frame <= {region for view in page.views for region in site.regions(view)}
    ]


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
