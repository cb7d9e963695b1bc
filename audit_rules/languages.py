"""Ways from the home page to its versions in other languages, and signs of ways that a machine does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Link, PageFacts
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


def language_links(site: SiteFacts) -> list[tuple[Link, PageFacts, bool]]:
    """Links of home to a version in a foreign language, with whether their words say so; else only their address
    does, as on sites that carry /en/ in front of Vietnamese pages."""
    found: dict[str, tuple[Link, PageFacts, bool]] = {}
    for link, view in site.home_links():
        if link.region in _NOT_ENTRIES:
            continue
        named = _is_named(link)
        if named or _ADDRESS.search(link.url):
            known = found.get(link.url)
            if known is None or (named and not known[2]):
                found[link.url] = (link, view, named)
    return sorted(found.values(), key=lambda entry: not entry[2])


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
