"""Where the links of the home page end, as far as the visit already knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audit_rules.address import page_key
from audit_rules.facts import Link, Page, PageFacts
from audit_rules.reading.vietnamese import fold
from audit_rules.site import DEAD, SiteFacts

End = Literal["alive", "dead", "doubtful", "unknown"]
"""``doubtful``: a page that seems to say it is not there, with status 200 and a title that does not."""

_KINDS = frozenset({"a", "area", "option"})
_GONE = frozenset({404, 410})
_GONE_TITLES = ("404", "khong tim thay", "not found", "khong ton tai")
_TEMPLATE = ("{", "%7b", "${")
"""Marks of an address that scripts have yet to fill in."""
_MOST = 300
_LONGEST_ENTRY = 60


@dataclass(frozen=True, slots=True)
class Ends:
    """The links of home inside the portal whose end is known, by their end, and the entries of its menu that lead
    nowhere themselves (``href="#"``, ``href=""`` or none: often the head of a drop-down)."""

    view: PageFacts
    alive: tuple[Link, ...]
    dead: tuple[Link, ...]
    doubtful: tuple[Link, ...]
    without_link: tuple[str, ...]

    @property
    def known(self) -> int:
        return len(self.alive) + len(self.dead) + len(self.doubtful)


def ends_of_home(site: SiteFacts) -> Ends:
    """Sorts the links of home as a citizen sees it: drawn, where a browser looked; hidden ones are nobody's."""
    home = site.known_home
    view = home.rendered or home.views[0]
    links: dict[str, Link] = {}
    for link in view.links:
        if link.kind in _KINDS and not link.hidden and not _is_template(link.url) and site.owns(link.url):
            links.setdefault(page_key(link.url), link)
    links.pop(page_key(home.url), None)
    ends: dict[End, list[Link]] = {"alive": [], "dead": [], "doubtful": [], "unknown": []}
    for link in list(links.values())[:_MOST]:
        ends[end_of(site, link.url)].append(link)
    alive, dead, doubtful = (tuple(ends[end]) for end in ("alive", "dead", "doubtful"))
    return Ends(view, alive, dead, doubtful, _without_link(view))


def end_of(site: SiteFacts, url: str) -> End:
    """What became of an address; what was refused, lost or never asked is ``unknown``: that is ours."""
    page = site.page(url)
    if page is not None and page.views:
        return _end_of_page(page)
    answer = site.answer(url)
    if answer is None or answer.status is None or site.skipped(url) not in (None, DEAD):
        return "unknown"
    return "dead" if answer.status in _GONE else "alive" if answer.status < 400 else "unknown"


def _end_of_page(page: Page) -> End:
    if any(not view.missing and view.status < 400 for view in page.views):
        return "alive"
    if all(view.status in _GONE or any(said in fold(view.title) for said in _GONE_TITLES) for view in page.views):
        return "dead"
    return "doubtful" if all(view.missing for view in page.views) else "unknown"


def _is_template(url: str) -> bool:
    return any(mark in url.lower() for mark in _TEMPLATE)


def _without_link(view: PageFacts) -> tuple[str, ...]:
    """Entries of the menu without a link of their own."""
    linked = {link.line for link in view.links}
    texts = {link.text for link in view.links}
    entries = (
        line.text
        for index, line in enumerate(view.lines)
        if line.region == "menu" and index not in linked and line.text not in texts and not line.hidden
    )
    return tuple(dict.fromkeys(entry for entry in entries if 2 <= len(entry) <= _LONGEST_ENTRY))
