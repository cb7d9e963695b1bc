"""What is cut off a page before it is parsed, so that no page can hold the parser up or fill the memory.

A parser by the HTML standard looks through all open elements at nearly every tag, opens the unclosed formatting
again in every paragraph, and compares each attribute of a tag with all before it: a megabyte of open elements or
of attributes takes it minutes. Browsers bound the same things (Blink: 512 open elements).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

MAX_BYTES: Final = 5_000_000
"""The largest real page seen has 0.8 MB."""
MAX_TAGS: Final = 40_000
MAX_OPEN: Final = 2_000
MAX_FORMATTING: Final = 100
"""Unclosed elements such as ``b`` and ``font``: each is built again in every later paragraph."""
MAX_ATTRIBUTES: Final = 500

_FEW_TAGS: Final = 3_000
"""Tags up to which the worst page costs less than a second and is not looked through."""
_SMALL: Final = 100_000

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CROWDED = re.compile(
    rb"<[a-zA-Z][^\s/>]*+(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+){%d}"
    % MAX_ATTRIBUTES
)
_FORMATTING = frozenset(b"b big code em font i s small strike strong tt u".split())
_NEVER_OPEN = frozenset(
    b"area base br col embed hr img input link meta param source track wbr "
    b"html head body p li dt dd option optgroup tr td th thead tbody tfoot colgroup rp rt".split()
)
"""Elements without content, and those that the next of their kind closes."""


def bounded(page: bytes) -> tuple[bytes, bool]:
    """The part of a page (UTF-8) that is parsed, and whether something was cut off."""
    cut = len(page) > MAX_BYTES
    page = page[:MAX_BYTES] if cut else page
    many = page.count(b"<") > _FEW_TAGS
    if not many and len(page) < _SMALL:
        return page, cut
    ends = [len(page)]
    if many:
        ends.append(_end_of_tags(page))
    crowded = _CROWDED.search(page)
    if crowded is not None:
        ends.append(crowded.start())
    end = min(ends)
    return page[:end], cut or end < len(page)


def _end_of_tags(page: bytes) -> int:
    """Where the tags of a page become too many, too deep or too often left open; its end where they do not."""
    unclosed: Counter[bytes] = Counter()
    deep = formatting = 0
    for count, found in enumerate(_TAG.finditer(page)):
        closing, name = found.groups()
        if name not in _NEVER_OPEN:
            name = name.lower()
            if not closing:
                step = 1
            elif unclosed[name]:
                step = -1
            else:
                continue
            unclosed[name] += step
            deep += step
            if name in _FORMATTING:
                formatting += step
            if deep > MAX_OPEN or formatting > MAX_FORMATTING:
                return found.start()
        if count > MAX_TAGS:
            return found.start()
    return len(page)
