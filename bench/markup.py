"""Real pages prepared for grafting: their own items taken out, with marked places where others may be put in.

A place is a comment in the markup (``<!--place:footer-->``). Where it goes is found by the reader's own lines and
checked by reading the page again, so that what is put there does stand in that region.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from html import escape
from typing import Final

from bs4 import BeautifulSoup, Comment, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString

from audit_rules.facts import PageFacts, Region
from bench.settled import read

Strip = Callable[[BeautifulSoup, PageFacts], None]

_SILENT = frozenset({"script", "style", "template", "noscript", "textarea", "select", "option", "title"})
_BLOCKS = ("p", "div", "li", "td", "th", "section", "footer", "header", "nav", "ul", "ol", "body")
_TRIES: Final = 12
_LANG_MARK = "data-place-lang"
_PROBE = "Dòng thử đặt vào vùng"


def parsed(html: bytes | str) -> BeautifulSoup:
    """The page as BeautifulSoup and lxml read it; XHTML is read as the HTML that browsers take it for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(html, "lxml")


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def texts(soup: BeautifulSoup) -> Iterator[NavigableString]:
    """The texts that a reader sees."""
    for text in soup.find_all(string=True):
        if not isinstance(text, PreformattedString) and text.parent and text.parent.name not in _SILENT:
            yield text


# --- taking out what a page has of its own ----------------------------------------

_EMAIL = re.compile(r"[\w.+-]+\s*(?:@|\[at\]|\(at\)|\(a\))\s*[\w-]+(?:\.[\w-]+)+|\[email.protected\]")
_PHONE = re.compile(r"(?:\+84|\(?\d{2,5}\)?)[\d\s.)(–-]{4,}\d")
_PERSON = re.compile(r"biên tập|chịu trách nhiệm|phụ trách|ban bien tap", re.IGNORECASE)
_BODY = re.compile(
    r"\bsở\b|\bbộ\b|ubnd|[uủ][yỷ] ban|văn phòng|\bcục\b|tổng cục|department|deparment|chính phủ", re.IGNORECASE
)
_SEARCH = re.compile(r"tìm kiếm|search|từ khóa|tra cứu|tìm nhanh", re.IGNORECASE)
_TOPICS = re.compile(r"cung cấp thông tin|tiếp cận thông tin|phát ngôn|công khai thông tin|quy chế", re.IGNORECASE)
_SERVICES = re.compile(r"dịch vụ công|thủ tục hành chính|một cửa|\bdvc\b", re.IGNORECASE)


def _cut(soup: BeautifulSoup, pattern: re.Pattern[str]) -> None:
    for text in list(texts(soup)):
        shorter = pattern.sub("", unicodedata.normalize("NFC", text))
        if shorter != text:
            text.replace_with(NavigableString(shorter))


def _drop(tag: Tag) -> None:
    if tag.name not in ("html", "body", "head"):
        tag.decompose()


def without_emails(soup: BeautifulSoup, _facts: PageFacts) -> None:
    """Takes out every e-mail address, masked ones too."""
    for tag in soup.select("[data-cfemail], a[href^='mailto:'], a[href*='email-protection']"):
        _drop(tag)
    _cut(soup, _EMAIL)


def without_phones(soup: BeautifulSoup, _facts: PageFacts) -> None:
    """Takes out every number that might be dialled."""
    for tag in soup.select("a[href^='tel:'], a[href^='callto:']"):
        _drop(tag)
    _cut(soup, _PHONE)


def without_people(soup: BeautifulSoup, facts: PageFacts) -> None:
    """Takes out whoever answers for the portal, with the words that say so."""
    names = [person.name for person in facts.people]
    for text in list(texts(soup)):
        said = folded(text)
        if _PERSON.search(said) or any(name in said for name in names):
            text.replace_with("")


def without_owner(soup: BeautifulSoup, facts: PageFacts) -> None:
    """Takes the names of public bodies out of the footer."""
    footer = {line.text for line in facts.lines if line.region == "footer" and _BODY.search(line.text)}
    for text in list(texts(soup)):
        said = folded(text)
        if len(said) > 3 and any(said in line for line in footer):
            text.replace_with("")
    for picture in soup.find_all("img", alt=_BODY):
        picture["alt"] = ""


def without_search(soup: BeautifulSoup, _facts: PageFacts) -> None:
    """Takes out every form and field, and every entry that speaks of a search."""
    for tag in soup.find_all(["form", "input", "button"]):
        if isinstance(tag, Tag) and not tag.decomposed:
            tag.unwrap() if tag.name == "form" else _drop(tag)
    for tag in soup.find_all(["a", "label", "option", "span"]):
        if not tag.decomposed and _SEARCH.search(f"{tag.get_text()} {tag.get('title')} {tag.get('href')}"):
            _drop(tag)
    for text in list(texts(soup)):
        if _SEARCH.search(unicodedata.normalize("NFC", text)):
            text.replace_with("")


def without_said(pattern: re.Pattern[str]) -> Strip:
    """Takes out every entry and every text that holds the pattern."""
    return lambda soup, _facts: _without_said(soup, pattern)


without_topics = without_said(_TOPICS)
"""Takes out what is said of access to information and of spokespeople."""


def without_services(soup: BeautifulSoup, _facts: PageFacts) -> None:
    """Takes out the ways to public services, national and local."""
    for tag in soup.select("[href*=dichvucong], [href*=dvc], [value*=dichvucong], [data-url*=dichvucong]"):
        if not tag.decomposed:
            _drop(tag)
    _without_said(soup, _SERVICES)


def without_language(soup: BeautifulSoup, _facts: PageFacts) -> None:
    """Takes out what the page says of its language, and marks where it said so."""
    if soup.html is not None:
        for name in ("lang", "xml:lang"):
            soup.html.attrs.pop(name, None)
        soup.html[_LANG_MARK] = ""


def with_language(page: str, lang: str) -> str:
    """The page declaring a language, after ``without_language``; older browsers' <html> in comments stays."""
    return page.replace(f'{_LANG_MARK}=""', f'lang="{escape(lang)}"', 1)


def _without_said(soup: BeautifulSoup, pattern: re.Pattern[str]) -> None:
    for tag in soup.find_all(["a", "option"]):
        said = unicodedata.normalize("NFC", f"{tag.get_text()} {tag.get('title')}")
        if not tag.decomposed and pattern.search(said):
            _drop(tag)
    _cut(soup, re.compile(rf".*(?:{pattern.pattern}).*", re.IGNORECASE | re.DOTALL))


def untouched(_soup: BeautifulSoup, _facts: PageFacts) -> None:
    """Takes out nothing: no real page has the item."""


# --- places ----------------------------------------

PLACES: Mapping[str, tuple[Region, ...]] = {
    "menu": ("menu", "header"),
    "main": ("main", "aside"),
    "footer": ("footer",),
}


def _mark(place: str) -> str:
    return f"place:{place}"


def _hosts(soup: BeautifulSoup, facts: PageFacts, place: str) -> Iterator[Tag]:
    """Elements in a region, likeliest first: they hold one of its lines."""
    regions = PLACES[place]
    lines = [line.text for line in facts.lines if line.region in regions and len(line.text) >= 4]
    wanted = lines[::-1] if place == "footer" else lines[len(lines) // 3 :] if place == "main" else lines
    by_text: dict[str, list[NavigableString]] = {}
    for text in texts(soup):
        by_text.setdefault(folded(text), []).append(text)
    for line in dict.fromkeys(wanted):
        nodes = by_text.get(line, [])
        for node in nodes[::-1] if place == "footer" else nodes:
            block = node.find_parent(_BLOCKS)
            if block is not None:
                yield block


def _put(block: Tag, mark: Comment) -> None:
    if block.name in ("p", "li"):
        block.insert_after(mark)
    else:
        block.append(mark)


@lru_cache(maxsize=32)
def with_places(html: bytes, url: str) -> str | None:
    """The page with its places marked: head, menu, main, footer, and end of body; ``grafted`` fills them.

    None where a region was not found."""
    facts = read(html, url)
    soup = parsed(html)
    if soup.body is None:
        return None
    if soup.head is not None:
        soup.head.append(Comment(_mark("head")))
    else:
        soup.body.insert(0, Comment(_mark("head")))
    soup.body.append(Comment(_mark("end")))
    return str(soup) if all(_placed(soup, facts, url, place) for place in PLACES) else None


@lru_cache(maxsize=128)
def stripped(page: str, facts: PageFacts, strip: Strip) -> str | None:
    """The marked page without its own item; None where a place went with it."""
    soup = parsed(page)
    strip(soup, facts)
    bare = str(soup)
    return bare if all(f"<!--{_mark(place)}-->" in bare for place in PLACES) else None


def _placed(soup: BeautifulSoup, facts: PageFacts, url: str, place: str) -> bool:
    for block, _ in zip(_hosts(soup, facts, place), range(_TRIES), strict=False):
        mark = Comment(_mark(place))
        _put(block, mark)
        probed = read(grafted(str(soup), {place: f"<p>{_PROBE}</p>"}).encode(), url)
        if any(line.text == _PROBE and line.region in PLACES[place] for line in probed.lines):
            return True
        mark.extract()
    return False


def grafted(page: str, pieces: Mapping[str, str]) -> str:
    """The page with pieces of markup put into its places; the marks stay, so that later pieces find them."""
    for place, piece in pieces.items():
        mark = f"<!--{_mark(place)}-->"
        page = page.replace(mark, piece + mark, 1)
    return page
