"""Which part of the page a piece of markup is: header, menu, main text, news teaser, article, aside, footer.

Landmarks of HTML and ARIA come first, then the ids and classes that Vietnamese portals use for the same things.
What neither tells apart stays ``main``; rules then look at the block that repeats on several pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from audit_rules.facts import Region

_BY_TAG: Final[dict[str, Region]] = {
    "header": "header",
    "footer": "footer",
    "nav": "menu",
    "article": "article",
    "aside": "aside",
}
_BY_ROLE: Final[dict[str, Region]] = {
    "banner": "header",
    "contentinfo": "footer",
    "navigation": "menu",
    "menubar": "menu",
    "complementary": "aside",
    "article": "article",
}
LANDMARK_TAGS: Final = frozenset(_BY_TAG)
_FOOTER = re.compile(r"footer|chan-?_?trang|(?:^|[\s_-])(?:foot|bottom-info|copyright)(?=$|[\s_-])")
_INNER_FOOTER = re.compile(
    r"(?:portlet|modal|card|panel|entry|post|article|table|box|dialog|widget|item|content|news|list)s?[-_]+footer"
    r"|has-footer|footer-(?:fixed|sticky)|sticky-footer"
)
_HEADER = re.compile(
    r"(?:^|\s)(?:(?:site|main|page|top|cms|web|gov|portal)[-_]?header|header(?:[-_]?(?:top|main|wrapper|wrap|bg|site|page))?"
    r"|masthead|top-?bar|banner[-_]?(?:top|header|site)|(?:wr_)?banner_top|headerbanner|dau-?trang)(?:$|\s)"
)
_MENU = re.compile(
    r"(?:^|[\s_-])(?:main|top|mega|sub|left|right|site|primary|mobile|nav|sf|dl)?[-_]?"
    r"(?:menu|navi|nav|navbar|navigation|menubar)(?=$|[\s_-])"
)
_NO_MENU = re.compile(r"nav-(?:tabs|pills)|(?:pagination|breadcrumb|carousel|slider|owl|page|post|tab)s?[-_]?nav")
_TEASER = re.compile(
    r"(?:^|[\s_-])(?:news|(?<!thong[-_])tin|tintuc|tin-?_?tuc|baiviet|bai-viet|post|posts|slider|slide|slideshow|carousel"
    r"|teaser|newslist|listnews|tinmoi|hotnews|event|events|sukien)(?=$|[\s_-]|\d)"
)
_ARTICLE = re.compile(
    r"(?:^|\s)(?:article-(?:body|content|detail)|entry-content|post-content|news-?(?:detail|content|body)"
    r"|detail-?content|content-?detail|noi-?dung-?(?:bai-?viet|chi-?tiet)?|chi-?tiet(?:-?tin)?|ArticleContent)(?:$|\s)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"(?:^|[\s_-])(?:sidebar|aside|right-?col|left-?col|cot-?phai|cot-?trai)(?=$|[\s_-]|\d)")

_BY_NAME: Final[tuple[tuple[Region, re.Pattern[str]], ...]] = (
    ("header", _HEADER),
    ("menu", _MENU),
    ("article", _ARTICLE),
    ("teaser", _TEASER),
    ("aside", _ASIDE),
)

_SHORT_PAGE: Final = 20
"""Lines below which the place of a block says nothing about it."""

_CLOSED: Final[frozenset[Region]] = frozenset({"footer", "article", "teaser"})
"""Regions whose inside stays what it is: a menu inside the footer is the footer's."""


def _named(name: str) -> Region | None:
    """The region an element's id and classes speak of."""
    lowered = name.lower()
    if _FOOTER.search(lowered) and not _INNER_FOOTER.search(lowered):
        return "footer"
    for region, pattern in _BY_NAME:
        if pattern.search(lowered) and not (region == "menu" and _NO_MENU.search(lowered)):
            return region
    return None


class Span(NamedTuple):
    """Where an element opened a region: its node, the lines it holds (``first`` to before ``end``), whether its
    tag or role says so (``told``; else only a name does), and whether it lies inside a section."""

    node: int
    region: Region
    first: int
    end: int
    told: bool
    sectioned: bool


def is_told_by_markup(tag: str, role: str | None) -> bool:
    """Whether a landmark of HTML or ARIA names the region, not merely a class or id."""
    return tag in _BY_TAG or role in _BY_ROLE


def misplaced(spans: Sequence[Span], total: int) -> frozenset[int]:
    """The nodes whose names lie about their region, known by where they stand among the page's ``total`` lines.

    A name on a wrapper of the whole page ("footer-sticky-layout", "slider-page") makes no region; a footer
    inside a section, or one known by its name alone, that ends in the upper half is the foot of a block.
    """
    if total < _SHORT_PAGE:
        return frozenset()
    return frozenset(span.node for span in spans if _lies(span, total))


def _lies(span: Span, total: int) -> bool:
    most = span.first < total * 0.2 and span.end - span.first > total * 0.5
    if span.region == "footer":
        return most or (span.end < total * 0.5 and (span.sectioned or not span.told))
    return most and not span.told and span.end >= total - 1


@lru_cache(maxsize=16384)
def region_of(
    tag: str, role: str | None, identity: str | None, classes: str | None, current: Region, sectioned: bool
) -> Region:
    """The region of an element inside ``current``, by its tag, role, id and classes.

    ``sectioned`` says that the element lies inside a section or article: the header of a portlet is not
    the header of the page (HTML Living Standard, 4.3.8), nor is the foot of an article its footer.
    """
    if current == "footer" or (current in _CLOSED and not (current == "teaser" and tag == "footer")):
        return current
    region = _BY_TAG.get(tag) or (_BY_ROLE.get(role) if role else None)
    if region is None and (identity or classes):
        region = _named(f"{identity or ''} {classes or ''}")
    if region is None or (region == "header" and (sectioned or current != "main")):
        return current
    if region == "footer" and (current == "header" or (sectioned and current == "teaser")):
        return current
    return region
