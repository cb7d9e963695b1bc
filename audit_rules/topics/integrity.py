"""Whether the portal is what it seems: nothing planted by strangers, a badge of its own, honest forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit_rules.address import plain_host, split_url
from audit_rules.asking import collects_personal_data, is_otherwise, says_what_becomes
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Portal, Surroundings
from audit_rules.reading.data import load
from audit_rules.rule import rule
from audit_rules.search import Search
from audit_rules.site import SiteFacts
from audit_rules.spam import Planted, planted
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, inapplicable, passed

_BLOCK = 3
"""Links that make a block of advertising, on one look at a page."""


@rule
def no_injected_spam(site: SiteFacts) -> Verdict:
    """No page carries a block of hidden links to gambling, pornography or loan sharks on hosts of strangers.

    Such a finding is embargoed: it is told to the owner only, for it shows others a way in."""
    home = site.known_home
    blocks: dict[str, list[Planted]] = {}
    for link in planted(site):
        blocks.setdefault(link.view.url, []).append(link)
    hidden = {url: [each for each in links if each.unseen] for url, links in blocks.items()}
    worst = max(hidden.values(), key=len, default=[])
    if len(worst) >= _BLOCK:
        pages = sum(len(links) >= _BLOCK for links in hidden.values())
        return failed(*_shown(worst), count=len(worst), pages=pages, embargoed=True)
    doubtful = max(blocks.values(), key=len, default=[])
    if worst or len(doubtful) >= _BLOCK:
        return cant_tell("needs_review", *_shown(worst or doubtful), embargoed=True)
    reason = site.unsettled(home) if all(view.shell or view.cut for view in home.views) else None
    if reason is not None:
        return cant_tell(reason, wanted=site.wanted(home))
    return passed(count=len({view.url for view in site.views}))


def _shown(links: list[Planted]) -> list[Evidence]:
    return [
        evidence(each.view, region_words(each.link.region), f"{each.link.text[:80]} → {each.link.url[:120]}")
        for each in links[:3]
    ]


# --- the badge -----------------------------------------------------------------------------------------------

_BADGE = load("badges.toml")
_ENTRY, _DRAWN = re.compile(_BADGE["entry"]), re.compile(_BADGE["picture"])


@rule
def trust_badge_genuine(site: SiteFacts, around: Surroundings) -> Verdict:
    """A Tín nhiệm mạng badge points at an address that this portal owns."""
    badges = list(_badges(site))
    if not badges:
        reason = site.unsettled(site.known_home)
        return cant_tell(reason, wanted=site.wanted(site.known_home)) if reason else inapplicable("no_badge")
    own, family = _marks(site.portal), _marks(around.main_portal)
    host, _ = split_url(site.visit.home or "")
    for named, shown in badges:
        if named in own or named == _bare(host):
            return passed(shown, named=named)
    others = [(named, shown) for named, shown in badges if named]
    related = any(
        named.endswith(mark) for named, _ in others for mark in own | family
    )  # a host below one of theirs
    several = len({named for named, _ in others}) > 1  # a list of whose badges were granted
    if not others or not site.portal.registered or related or several:
        return cant_tell("needs_review", badges[0][1])
    return failed(others[0][1], named=others[0][0], address=str(site.portal.address))


def _bare(host: str) -> str:
    """A host as the badge's directory writes it: without dots and ``www``."""
    return plain_host(host).replace(".", "")


def _marks(portal: Portal | None) -> frozenset[str]:
    return frozenset(_bare(address.host) for address in portal.addresses) if portal else frozenset()


def _badges(site: SiteFacts) -> Iterator[tuple[str, Evidence]]:
    """The badges seen: whom each names, as ``_bare`` has it ("" where that cannot be read), and where it stands."""
    for link, view in site.links:
        if _BADGE["host"] in link.url and split_url(link.url)[0] == _BADGE["host"] and link.region != "article":
            found = _ENTRY.search(split_url(link.url)[1])
            if found is not None:
                yield _bare(found.group(1)), evidence(view, region_words(link.region), link.url)
    for view in site.home.views if site.home else ():
        for picture in view.pictures:
            drawn = _DRAWN.search(picture.src) if _BADGE["host"] in picture.src else None
            if drawn is not None:
                yield _bare(drawn.group(1)), evidence(view, region_words(picture.region), picture.src)


# --- personal data -------------------------------------------------------------------------------------------


@rule
def privacy_notice(site: SiteFacts) -> Verdict:
    """Where a form collects personal data, the portal says what becomes of them."""
    forms = [(form, view) for view in site.views for form in view.forms if collects_personal_data(form)]
    if not forms:
        reason = site.unsettled(site.known_home)
        return cant_tell(reason, wanted=site.wanted(site.known_home)) if reason else inapplicable("no_collection")
    for _form, view in forms:
        notice = says_what_becomes(view)
        if notice is not None and notice.region not in ("teaser", "menu"):
            return passed(evidence(view, region_words(notice.region), notice.text))
    search = Search(site, "privacy_notice")
    named = [*(hit for hit in search.entries if hit.answered != "dead"), *search.lines]
    if named:
        hit = next((hit for hit in named if hit.answered == "open"), None)
        reason = named[0].reason or "needs_review"
        return passed(hit.evidence) if hit else cant_tell(reason, named[0].evidence, searched=search.searched)
    form, view = min(forms, key=lambda pair: is_otherwise(pair[0]))
    shown = evidence(view, region_words(form.region), " | ".join(f.label or f.name for f in form.fields))
    if search.hindrance is not None:
        return search.hindrance
    page = site.page(view.url)
    reason = site.unsettled(page) if page else None
    if page is not None and reason is not None:
        return cant_tell(reason, shown, searched=search.searched, wanted=site.wanted(page))
    spoken_of = next(iter(search.mentions), None)
    if spoken_of is not None or is_otherwise(form):
        return cant_tell("needs_review", spoken_of.evidence if spoken_of else shown, searched=search.searched)
    return failed(shown, searched=search.searched, fields=[f.label or f.name for f in form.fields][:12])
