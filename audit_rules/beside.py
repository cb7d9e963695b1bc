"""The links on a line of a page, and the one beside it that opens what the line names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter

from audit_rules.address import is_document
from audit_rules.facts import Link, PageFacts
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words

_GENERIC = frozenset(" ".join(words(text)) for text in load("openers.toml")["generic"])
_BESIDE = 3
"""Lines after a thing's name within which "Tải về" opens it."""
_line_of = attrgetter("line")


def links_on(view: PageFacts, first: int, last: int) -> Iterator[Link]:
    """The links on some lines of a page; links come in the order of their lines."""
    links = view.links
    at = end = bisect_left(links, first, key=_line_of)
    while end < len(links) and links[end].line <= last:
        end += 1
    return iter(links[at:end])


def link_beside(view: PageFacts, line: int) -> Link | None:
    """The file, or the "Tải về", that stands beside a line of text: the same row of a table, the next line."""
    for link in links_on(view, line, line + _BESIDE):
        if link.region != view.lines[line].region:
            continue
        said = words(link.text)
        if " ".join(said) in _GENERIC or ((link.line == line or not said) and is_document(link.url)):
            return link
    return None
