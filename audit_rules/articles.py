"""The news of a portal: which pages are articles, and how old the newest dated item is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from itertools import islice

from audit_rules.address import page_key
from audit_rules.beside import links_on
from audit_rules.content import FRAME
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, Page, PageFacts
from audit_rules.reading.dates import dates_in, tells_when
from audit_rules.reading.people import find_name
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import link_matches
from audit_rules.search import Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell

VIET_NAM = timezone(timedelta(hours=7))
MAX_ARTICLES = 20
_ASKED = 5
"""Articles a browser is asked for."""
_HEADLINE = 30
"""Characters of a headline, at least: shorter texts name sections."""
_TITLE_WORDS = 5
_BEFORE, _AFTER = 6, 8
"""Lines about a headline in which its date stands."""
_END = 12
"""Lines at the end of an article in which its date, its source or its author stands."""
_LONGEST_NOTE = 160
_NOTE_WORDS = 14
"""Words of a note beside a text; a day in a longer line is one that the text tells of."""
_LONGEST_SIGNATURE = 60
_SIGNED = 3
"""Lines above and under a text among which somebody signs it."""
_PARAGRAPH = 120
_DATE_AT_END = re.compile(r"[(\[]?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}[)\]]?$")
_LONGEST_DATE = 12
_MOST_UNDATED = 3
_BESIDE = 4
"""Lines between an item of news and its date."""
_NO_NEWS = ("hom nay", "thoi tiet", "ty gia", "gia vang", "lich cong tac", "am lich", "truy cap")
_SOURCES = (
    "nguon ",
    "theo ",
    "tac gia ",
    "nguon tin ",
    "bai viet ",
    "tin bai ",
    "tin va anh ",
    "bai va anh ",
    "anh ",
    "tin anh ",
    "bai anh ",
    "tin bai anh ",
    "thuc hien ",
    "bien tap ",
    "nguoi viet ",
    "phong vien ",
    "cong tac vien ",
    "pv ",
    "ctv ",
    "bbt ",
    "ban bien tap ",
    "dang boi ",
    "nguoi dang ",
)


@dataclass(frozen=True, slots=True)
class Article:
    """A page that tells one piece of news: its last look, and where its headline stands and its text ends."""

    page: Page
    view: PageFacts
    headline: int
    end: int

    @property
    def evidence(self) -> Evidence:
        line = self.view.lines[self.headline]
        return evidence(self.view, region_words(line.region), line.text)

    def _notes(self, first: int, last: int) -> Iterator[str]:
        """Short lines of the article's surroundings, its headline aside."""
        for at in range(max(0, first), min(last, len(self.view.lines))):
            line = self.view.lines[at]
            if at == self.headline or line.region in FRAME or len(line.text) > _LONGEST_NOTE:
                continue
            if sum(not word.isdigit() for word in words(line.text)) <= _NOTE_WORDS:
                yield line.text

    @property
    def dated(self) -> date | None:
        """The first date beside the headline, or under the text."""
        near = (
            *self._notes(self.headline - _BEFORE, self.headline + _AFTER),
            *self._notes(self.end, self.end + _END),
        )
        return next((day for text in near for day in dates_in(text)), None)

    @property
    def when(self) -> str | None:
        """The note about the headline that says when in other words than those of a date ("2 giờ trước")."""
        near = self._notes(self.headline - _BEFORE, self.headline + _AFTER)
        return next((text for text in near if tells_when(text)), None)

    @property
    def signature(self) -> str | None:
        """A short line right above or under the text that may say who wrote it: initials, an office, a pen name."""
        near = (
            *self._notes(self.headline + 1, self.headline + _SIGNED + 1),
            *self._notes(self.end, self.end + _SIGNED),
        )
        return next((text for text in near if _may_sign(text)), None)

    @property
    def source(self) -> str | None:
        """The line that says where the piece comes from, or who wrote it."""
        near = (
            *self._notes(self.headline + 1, self.headline + _AFTER),
            *self._notes(self.end - 2, self.end + _END),
        )
        for text in near:
            said = " ".join(words(text)) + " "
            if said.startswith(_SOURCES) or "nguon:" in text.lower().replace("ồ", "o"):
                return text
            if len(text) <= _LONGEST_SIGNATURE and find_name(text) is not None:
                return text
        return None


def _may_sign(text: str) -> bool:
    """Whether a line is short and names something: it has a capital beside the first, or dots as initials do, and
    is no date."""
    if len(text) > _LONGEST_SIGNATURE or next(dates_in(text), None) is not None or tells_when(text):
        return False
    said = text.split()
    return ("." in text.strip(".") or text.isupper() or any(word[:1].isupper() for word in said[1:])) and len(
        said
    ) <= 8


def articles_of(site: SiteFacts) -> tuple[Article, ...]:
    """The pages that tell a piece of news."""
    return site.once(_articles)


def _articles(site: SiteFacts) -> tuple[Article, ...]:
    """Pages that tell a piece of news: their headline is what a link elsewhere says, with running text under it.

    What the menu leads to is a section, and so is what goes by the name of something that rules look for."""
    sections = {page_key(link.url) for link, _ in site.links if link.region in FRAME}
    titles: set[str] = set()
    for link, _ in site.links:
        if link.region in FRAME or len(link.text) < _HEADLINE > len(link.hint):
            continue
        if page_key(link.url) not in sections and not _names_section(link):
            titles.update(_headlines(link.text), _headlines(link.hint))
    pages = (page for page in site.inner_pages if page_key(page.url) not in sections)
    found = (article for page in pages if (article := _article(page, titles)) is not None)
    return tuple(islice(found, MAX_ARTICLES))


def no_article(site: SiteFacts) -> Verdict:
    """What to say where no page could be read as a piece of news: pages that headlines lead to and that scripts
    still have to draw are asked for."""
    undrawn: dict[str, Page] = {}
    for link, _ in site.links:
        page = site.page(link.url) if link.region not in FRAME and any(_headlines(link.text)) else None
        if page is not None and not site.is_home(page) and page.raw is not None and page.raw.shell:
            undrawn.setdefault(page.url, page)
    wanted = site.wanted(*islice(undrawn.values(), _ASKED))
    return cant_tell("not_rendered" if wanted else "coverage", wanted=wanted)


def _names_section(link: Link) -> bool:
    return any(found.why_not is None for found in link_matches(link.text, link.hint, ""))


def _headlines(text: str) -> Iterator[str]:
    """What a link may be quoting: its text, with and without a date at the end."""
    if len(text) >= _HEADLINE:
        yield text
        may_be_dated = text[-1].isdecimal() or text[-1] in ")]"
        dated = _DATE_AT_END.search(text, len(text) - _LONGEST_DATE) if may_be_dated else None
        if dated is not None and len(title := text[: dated.start()].rstrip()) >= _HEADLINE:
            yield title


def _article(page: Page, titles: set[str]) -> Article | None:
    view = page.views[-1]
    for at, line in enumerate(view.lines):
        if line.text not in titles or line.region in FRAME:
            continue
        # A headline that is a link itself leads to its article; a list of sites beside it has no line of its own.
        if any(link.text in line.text for link in links_on(view, at, at)):
            continue
        text = [
            below
            for below in range(at + 1, len(view.lines))
            if len(view.lines[below].text) >= _PARAGRAPH and view.lines[below].region in ("main", "article")
        ]
        return Article(page, view, at, text[-1] + 1) if text else None
    return None


# --- the newest item -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Newest:
    """What the newest dated item of the news is: its ``day`` and where it stands, its ``age`` in days when it was
    seen; how many items have a date, and whether a line said the day of the look and may be a clock."""

    day: date
    age: int
    evidence: Evidence
    items: int
    clock: bool


def _news_views(site: SiteFacts, search: Search) -> list[PageFacts]:
    """The last look at home, and those at the pages of the news."""
    home = site.known_home.views[-1]
    return [home, *(view for view in search.own_pages if view is not home)]


def newest_item(site: SiteFacts, search: Search) -> Newest | None:
    """The newest dated item of the home page, the news pages and the articles; None where none has a date."""
    items: list[tuple[date, Evidence, int]] = []
    clock = False
    for view in _news_views(site, search):
        today = view.seen_at.astimezone(VIET_NAM).date()
        for day, at in _dated_lines(view):
            if day == today and not _is_item(view, at):
                clock = True
            elif day <= today and _is_item(view, at):
                line = view.lines[at]
                items.append((day, evidence(view, region_words(line.region), line.text), (today - day).days))
    for article in articles_of(site):
        today, written = article.view.seen_at.astimezone(VIET_NAM).date(), article.dated
        if written is not None and written <= today:
            items.append((written, article.evidence, (today - written).days))
    if not items:
        return None
    day, shown, age = min(items, key=lambda item: item[2])
    return Newest(day, age, shown, len(items), clock)


def undated_item(site: SiteFacts, search: Search) -> Evidence | None:
    """An item that may be newer than the newest date: beside its title stands "2 giờ trước", or it is one of those
    without a date, where these are as many as the dated ones."""
    for view in _news_views(site, search):
        dated, undated = 0, list[Link]()
        days = {at for _, at in _dated_lines(view)}
        for link in view.links:
            if link.region in FRAME or len(words(link.text)) < _TITLE_WORDS or link.hidden:
                continue
            if not site.owns(link.url):  # a list of sites is no list of news
                continue
            near = range(max(0, link.line - 1), min(len(view.lines), link.line + _BESIDE))
            if not days.isdisjoint(near):
                dated += 1
                continue
            undated.append(link)
            if any(tells_when(view.lines[at].text) and view.lines[at].text != link.text for at in near):
                return evidence(view, region_words(link.region), link.text)
        if len(undated) >= max(_MOST_UNDATED, dated) and site.visit.home != view.url:
            return evidence(view, region_words(undated[0].region), undated[0].text)
    return None


def _dated_lines(view: PageFacts) -> Iterator[tuple[date, int]]:
    """The dates of a look outside of header, menu and footer; boxes of weather, prices and visits are no news."""
    for at, line in enumerate(view.lines):
        if line.region in FRAME:
            continue
        for day in dates_in(line.text):
            said = " ".join(words(line.text))
            if not any(phrase in said for phrase in _NO_NEWS):
                yield day, at


def _is_item(view: PageFacts, at: int) -> bool:
    """Whether a date belongs to an item: its line says more than the date, or a title stands beside it."""
    if len([word for word in words(view.lines[at].text) if not word.isdigit()]) > _TITLE_WORDS + 3:
        return True
    return any(
        link.region not in FRAME and len(words(link.text)) >= _TITLE_WORDS
        for link in links_on(view, at - _BESIDE, at + _BESIDE)
    )
