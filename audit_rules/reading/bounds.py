"""What is cut off a page before it is parsed, so that no page can hold the parser up or fill the memory.

A parser by the HTML standard looks through all open elements at nearly every tag, opens the unclosed formatting
again in every paragraph, and compares each attribute of a tag with all before it: a megabyte of open elements or
of attributes takes it minutes. Browsers bound the same things (Blink: 512 open elements). And lexbor copies the
text it is in, and keeps the copy, at every tag that it leaves out or puts elsewhere (``</x a="b">``, a cell outside
of a table, a comment within one): five megabytes of text with such tags in it take ninety gigabytes.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

MAX_BYTES: Final = 5_000_000
"""The largest real page seen has 0.8 MB."""
MAX_TAGS: Final = 40_000
MAX_OPEN: Final = 2_000
MAX_FORMATTING: Final = 100
"""Unclosed elements such as ``b`` and ``font``: each is built again in every later paragraph."""
MAX_ATTRIBUTES: Final = 500

MAX_COPIED: Final = 400_000_000
"""Bytes, tags times length, up to which a page has too few tags or too little text for copies to matter."""
_UNBROKEN: Final = 4_000
"""Bytes from one place to the next where text is broken up."""
_KEPT: Final = 20
"""Tags that belong once into a page, and forms, whose attributes are kept even then."""

_FEW_TAGS: Final = 3_000
"""Tags up to which the worst page costs less than a second and is not looked through."""
_SMALL: Final = 100_000

_TAG = re.compile(rb"<(/?[a-z][a-z0-9]*)")
_NOT_NESTED = frozenset(
    slash + name
    for slash in (b"", b"/")
    for name in (
        b"a area base br col embed hr img input link meta param source track wbr html head body p li dt dd option "
        b"optgroup tr td th thead tbody tfoot colgroup"
    ).split()
)
"""Tags of elements without content, and of elements that the next of their kind closes."""
_CROWDED = re.compile(
    rb"<[a-zA-Z][^\s/>]{0,63}+(?:[\s/]*+[^\s/>][^\s/>=]{0,63}+"
    rb"(?>(?:\s*+=\s*+(?>(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]{0,255}+)?))?)){%d}" % MAX_ATTRIBUTES
)
"""A tag with too many attributes; a long name or value counts as several, so that the search ends soon."""
_LEFT_OUT = re.compile(rb"(?i)(<(?:/[a-z][^\s/>]*|html|body|head|frameset|frame|form))[\s/][^>]+")
"""Tags with attributes that may be left out: those of ends, those that come once."""
_WITHIN = re.compile(rb"(?i)<(?!html\b|/?(?:head|meta|link|title|script|style|base|noscript|template)\b)[a-z/]")
"""The first tag that stands in no head."""
_BETWEEN = re.compile(rb"(?i)<(?!/(?:script|style|title|textarea|iframe|noscript|noframes|noembed|xmp)\b)")
"""Where text may be broken up: not at the end of an element in which a tag would be text."""
_SLASH = ord("/")
_FORMATTING = frozenset(b"b big code em font i s small strike strong tt u".split())


def bounded(page: bytes) -> tuple[bytes, bool]:
    """The part of a page (UTF-8) that is parsed, and whether something was cut off."""
    whole = len(page)
    page = page[:MAX_BYTES]
    tags = page.count(b"<")
    if tags > MAX_TAGS:
        page = page[: -len(page.split(b"<", MAX_TAGS)[-1]) - 1]
    if tags > _FEW_TAGS:
        page = page[: _end_of_nesting(page)]
    if tags > _FEW_TAGS or len(page) > _SMALL:
        crowded = _CROWDED.search(page)
        page = page[: crowded.start()] if crowded else page
    return page, len(page) < whole


def broken_up(page: bytes) -> bytes:
    """The same bounded page where copies of its text do not matter; else with an empty element now and then, which
    ends the text before it wherever it stands, and without attributes that nobody sees."""
    if page.count(b"<") * len(page) <= MAX_COPIED:
        return page
    kept = 0

    def bare(tag: re.Match[bytes]) -> bytes:
        nonlocal kept
        ends = tag[1][1] == _SLASH
        kept += not ends
        return tag[1] if ends or kept > _KEPT else tag[0]

    page = _LEFT_OUT.sub(bare, page)
    first = _WITHIN.search(page)
    at = first.start() if first else len(page)
    parts = [page[:at]]
    while tag := _BETWEEN.search(page, at + _UNBROKEN):
        parts += (page[at : tag.start()], b"<wbr/>")
        at = tag.start()
    return b"".join([*parts, page[at:]])


def _end_of_nesting(page: bytes) -> int:
    """Where the elements of a page become too deep or too often left open; its end where they do not."""
    page = page.lower()
    unclosed: dict[bytes, int] = {}
    deep = formatting = 0
    for at, tag in enumerate(_TAG.findall(page)):
        if tag in _NOT_NESTED:
            continue
        closing = tag[0] == _SLASH
        name, step = (tag[1:], -1) if closing else (tag, 1)
        count = unclosed.get(name, 0) + step
        if count < 0:
            continue
        unclosed[name] = count
        deep += step
        if name in _FORMATTING:
            formatting += step
        if deep > MAX_OPEN or formatting > MAX_FORMATTING:
            return next(islice(_TAG.finditer(page), at, None)).start()
    return len(page)
