"""Ways from the home page to its versions in other languages, and signs of ways that a machine does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from audit_rules.address import page_key
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, Page, PageFacts, Portal, Surroundings
from audit_rules.hosts import place_of
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import link_match, match
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence

CONCEPT = "english_version"
_NOT_ENTRIES = ("teaser", "article")
_TOP = ("header", "menu")
"""Where flags stand; one drawn by a style sheet is a link without any words."""
_OWN_NAMES = ("中文", "日本語", "한국어", "Русский", "ລາວ", "Français", "Español")
"""Languages by their own names, which no folding leaves in Latin letters or which are told from nothing else."""
_ADDRESS = re.compile(
    r"^https?://(?:www\.)?(?:en|eng|english)\.|^https?://[^/]+/(?:web/)?(?:en|eng|en-us|english)/?(?:[?#]|$)"
    r"|^https?://[^/]+/(?:web/|portal/)?[\w]+[-_](?:eng|english)(?:[/?#.]|$)|[?&](?:lang|language|locale|hl|lng)=en\b",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"english|[/_-](?:en|eng|uk|gb|us|usa|anh)\.(?:png|gif|jpe?g|svg|webp)|flag|co-anh", re.IGNORECASE
)
_TRANSLATORS = ("translate.google", "gtranslate", "translate.goog")
_MINORITIES = frozenset(
    {
        "khmer",
        "mong",
        "hmong",
        "cham",
        "ede",
        "bana",
        "jrai",
        "giarai",
        "tay",
        "nung",
        "thai",
        "xodang",
        "coho",
        "mnong",
    }
)
"""Languages of Viet Nam, as an entry names them: a value, no foreign language."""


def leads_to_language(link: Link) -> bool:
    """Whether a link may lead to a version in a foreign language, by its words or by its address."""
    entry = link.region not in _NOT_ENTRIES and not any(each in link.url for each in _TRANSLATORS)
    return entry and (_is_named(link) or _ADDRESS.search(link.url) is not None)


def is_near(url: str, portal: Portal, around: Surroundings) -> bool:
    """Whether an address is the portal's own or lies beside it: a version in another language may."""
    return place_of(url, portal, around) in ("own", "sibling")


def language_links(site: SiteFacts, around: Surroundings) -> list[tuple[Link, PageFacts, bool]]:
    """Links of home to a version in a foreign language, with whether their words say so; else only their address
    does, as on sites that carry /en/ in front of Vietnamese pages. Of links to strangers the words have to say so,
    and what a translator makes of a page is no version."""
    found: dict[str, tuple[Link, PageFacts, bool]] = {}
    for link, view in site.home_links():
        if not leads_to_language(link):
            continue
        named = _is_named(link)
        if named or is_near(link.url, site.portal, around):
            known = found.get(link.url)
            if known is None or (named and not known[2]):
                found[link.url] = (link, view, named)
    return sorted(found.values(), key=lambda entry: not entry[2])


def page_behind(site: SiteFacts, url: str) -> Page | None:
    """The page that an entry leads to, of the portal or beside it, if it was read."""
    beside = (page for page in site.net.outside if page_key(page.url) == page_key(url))
    return site.page(url) or next(beside, None)


def speaks_english(page: Page | None) -> bool:
    looks = page.views if page is not None else ()
    return any(look.language.spoken == "en" and not look.missing and look.status < 400 for look in looks)


def leads_home(site: SiteFacts, page: Page | None) -> bool:
    """Whether a page is home, or what was read beside the portal ended on a page of the portal: where a cookie or
    the visitor's browser chooses the language, the address says nothing."""
    if page is None or site.is_home(page):
        return page is not None
    return not site.owns(page.url) and any(site.owns(look.url) for look in page.views)


def why_unread(site: SiteFacts, around: Surroundings, entries: Sequence[Link]) -> str:
    """Why the page behind some entry was not read: what strangers show is for a person to look at."""
    unread = [link.url for link in entries if page_behind(site, link.url) is None]
    errors = [answer.error for url in unread if (answer := site.answer(url)) is not None]
    told = next((error for error in errors if error in ("robots", "not_recorded")), None)
    near = any(is_near(url, site.portal, around) for url in unread)
    return told or ("coverage" if near else "needs_review")


def _is_named(link: Link) -> bool:
    said = link_match(link.text, link.hint, "", CONCEPT)
    if said is not None and said.why_not is None:
        return True
    return len(link.text) <= 20 and any(name in link.text for name in _OWN_NAMES)


def minority_languages(site: SiteFacts) -> list[str]:
    """Languages of Viet Nam that entries of home are called after."""
    called = (
        "".join(words(link.text.removeprefix("Tiếng "))) for link, _ in site.home_links() if len(link.text) <= 20
    )
    return sorted(_MINORITIES.intersection(called))


def unseen_way(site: SiteFacts) -> Evidence | None:
    """A sign that a way to another language is there and drawn by scripts: a word without a link, a flag, a
    translator."""
    return next(_unseen_ways(site), None)


def _unseen_ways(site: SiteFacts) -> Iterator[Evidence]:
    for view in site.home.views if site.home else ():
        for line in view.lines:
            said = match(line.text, CONCEPT) if line.region not in _NOT_ENTRIES and len(line.text) <= 40 else None
            if said is not None and said.why_not in (None, "loose"):
                yield evidence(view, region_words(line.region), line.text)
        for picture in view.pictures:
            if _PICTURE.search(picture.src) or (picture.alt and match(picture.alt, CONCEPT)):
                yield evidence(view, region_words(picture.region), picture.src)
        for link in view.links:
            wordless = (
                not link.text and not link.hint and link.region in _TOP and not site.is_home(site.page(link.url))
            )
            if wordless or any(translator in link.url for translator in _TRANSLATORS):
                yield evidence(view, region_words(link.region), link.url)
        if "language" in view.wordless:
            yield evidence(view, "mã nguồn trang / page source", "nút chọn ngôn ngữ / a choice of languages")
