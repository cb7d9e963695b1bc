"""What pages say of their own, beside the frame of header, menus and boxes that the pages of a portal share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from audit_rules.address import is_document
from audit_rules.facts import Line, Link, Page, PageFacts, Region
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words
from audit_rules.site import SiteFacts

Content = Literal["full", "scant", "awaiting", "empty_list"]
"""``full`` has text or files of its own, ``scant`` so little of both that only a picture may say more;
``awaiting`` says that its content is still to come, ``empty_list`` that there is nothing in it now."""

FRAME: tuple[Region, ...] = ("header", "menu", "footer")
_TEXT: tuple[Region, ...] = ("main", "article")
FEWEST_LETTERS = 60
"""Characters of text, its title aside, from which a page says something of its own."""
_SHARED = 3
"""Pages on which a line stands that belongs to the frame, not to any of them."""
_LONGEST_NOTE = 160
_DEEPEST = 10
_ENTRY_WORDS = 8
"""Words of a link that may name a section; the titles of news are longer."""

_DATA = load("content.toml")
_AWAITING: tuple[str, ...] = tuple(_DATA["awaiting"])
_EMPTY_LIST: tuple[str, ...] = tuple(_DATA["empty_list"])
_NOT_SECTIONS: frozenset[str] = frozenset(_DATA["not_sections"])


def _note(text: str) -> Content | None:
    """Whether a line excuses the lack of content, and how."""
    if len(text) > _LONGEST_NOTE:
        return None
    said = " ".join(words(text))
    if any(phrase in said for phrase in _AWAITING):
        return "awaiting"
    return "empty_list" if any(phrase in said for phrase in _EMPTY_LIST) else None


def _may_hold_more(link: Link) -> bool:
    """Whether a link of a page's own is a frame in it, or an entry of what it lists."""
    return link.kind == "frame" or (link.kind == "a" and link.region in _TEXT and bool(link.text))


def contents_of(site: SiteFacts) -> Contents:
    """What the pages of a portal say of their own."""
    return site.once(Contents)


def _own_lines(site: SiteFacts, view: PageFacts) -> list[tuple[int, Line]]:
    frame = contents_of(site).frame
    return [(at, line) for at, line in enumerate(view.lines) if line.region not in FRAME and line.text not in frame]


class Contents:
    """The pages of one portal, told apart from the frame they share."""

    def __init__(self, site: SiteFacts) -> None:
        self._site = site
        self._told: dict[str, Content] = {}

    @cached_property
    def frame(self) -> frozenset[str]:
        """Lines of the home page, and those that stand on three pages or more."""
        counted: Counter[str] = Counter()
        for page in self._site.visit.pages:
            counted.update({line.text for view in page.views for line in view.lines})
        return self._home_texts.union(text for text, pages in counted.items() if pages >= _SHARED)

    @cached_property
    def _home_texts(self) -> frozenset[str]:
        home = self._site.home
        return frozenset(line.text for view in (home.views if home else ()) for line in view.lines)

    def own_lines(self, view: PageFacts) -> list[tuple[int, Line]]:
        """The lines of a look that are its own, with their places."""
        return self._site.once(_own_lines, view)

    def of(self, page: Page) -> Content:
        """What a page holds, as a citizen sees it: drawn by a browser, where one looked."""
        if page.url not in self._told:
            self._told[page.url] = self._content(page.views[-1])
        return self._told[page.url]

    def _content(self, view: PageFacts) -> Content:
        lines = [line for _, line in self.own_lines(view)]
        title = {*words(view.title), *(word for line in lines if line.heading == 1 for word in words(line.text))}
        letters, note = 0, None
        for line in lines:
            told = _note(line.text)
            note = note or told
            if told is None and not title.issuperset(words(line.text)):
                letters += len(line.text)
        if letters >= FEWEST_LETTERS or any(is_document(link.url) for link in self._own_links(view)):
            return "full"
        if view.images > self._fewest_images or any(map(_may_hold_more, self._own_links(view))):
            return (
                "scant"  # a scan, a frame or the files of a list may be the content, whatever a box beside it says
            )
        return note or self._shared_note(view) or "scant"

    def _shared_note(self, view: PageFacts) -> Content | None:
        """The excuse of a page that others use too: where a third section has no content either, its line counts as
        one of the frame. What home says as well is a box of the frame indeed."""
        texts = (line.text for line in view.lines if line.region in _TEXT and line.text not in self._home_texts)
        return next((told for told in map(_note, texts) if told is not None), None)

    @cached_property
    def _fewest_images(self) -> int:
        """Pictures that every page shows: those of the frame."""
        return min((page.views[-1].images for page in self._site.inner_pages), default=0)

    def _own_links(self, view: PageFacts) -> Iterable[Link]:
        home = self._home_targets
        return (link for link in view.links if link.region not in FRAME and link.url not in home)

    @cached_property
    def _home_targets(self) -> frozenset[str]:
        return frozenset(link.url for link, _ in self._site.home_links())

    # --- how far the portal was read ---------------------------------------------------------------------

    def depth(self, view: PageFacts, link: Link | None = None) -> int:
        """Clicks from the home page to a page, or to where a link on it leads: at least as many as were needed to
        read it, at most ten."""
        url, clicks = view.url, 1 if link is not None else 0
        while not self._site.is_home(page := self._site.page(url)) and page is not None and clicks < _DEEPEST:
            clicks += 1
            url = self._parents.get(page.url, "")
        return clicks

    @cached_property
    def _parents(self) -> dict[str, str]:
        """The look from which each page was reached first; home's links come first."""
        first: dict[str, str] = {}
        for link, view in self._site.links:
            page = self._site.page(link.url)
            if page is not None and page is not self._site.page(view.url):
                first.setdefault(page.url, view.url)
        return first

    @cached_property
    def menus_unread(self) -> bool:
        """Whether sections may be there that nobody read: no menu was seen, an entry of it was not asked, or more
        entries than pages were read are left."""
        site = self._site
        if not any("menu" in site.regions(view) for view in site.known_home.views):
            return True
        if any(link.region in FRAME[:2] and self._is_unread_section(link) for link, _ in site.home_links()):
            return True
        left = {link.url for link, _ in site.links if self._is_unread_section(link)}
        return len(left) > len(site.visit.pages)

    def _is_unread_section(self, link: Link) -> bool:
        site = self._site
        if link.region in ("teaser", "article") or is_document(link.url) or not site.owns(link.url):
            return False
        said = words(link.text or link.hint)
        if not 1 <= len(said) <= _ENTRY_WORDS or " ".join(said) in _NOT_SECTIONS or "".join(said).isdigit():
            return False
        answer = site.answer(link.url)
        gone = site.skipped(link.url) == "http_4xx" or (answer is not None and answer.status in (404, 410))
        return not gone and site.page(link.url) is None
