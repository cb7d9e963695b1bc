"""What a page says of itself beside its text: that it is an empty frame for scripts, or that it is not there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from audit_rules.facts import Line
from audit_rules.reading.vietnamese import fold, lines_with, tidy

_MISSING = re.compile(
    r"khong tim thay (?:trang|noi dung|duong dan|tai nguyen|tep)|trang khong (?:ton tai|tim thay)"
    r"|trang (?:ban (?:yeu cau|tim|dang tim)|nay) khong ton tai|khong ton tai (?:trang|duong dan|bai viet)"
    r"|page (?:not found|cannot be found)|trang thai - khong tim thay"
    r"|404 not found|error 404|loi 404|not found\b.{0,30}\b404|the requested resource (?:was|could) not be? ?found"
    r"|(?:bai viet|noi dung|tai nguyen|duong dan) (?:\w+ ){0,6}khong (?:duoc )?(?:ton tai|tim thay)"
)
_MISSING_BEGINS = re.compile(
    r"(?:(?:rat tiec|xin loi|oops|sorry|we re sorry)[\s!,.:-]*)?(?:"
    r"trang (?:web )?(?:nay|(?:ma )?(?:ban|quy vi) (?:dang |da |vua )?(?:tim kiem|tim|yeu cau|truy cap))"
    r" (?:\S+ )?(?:khong (?:con )?(?:ton tai|kha dung|tim thay)|khong the tim thay|da bi (?:xoa|go))"
    r"|(?:lien ket|tin bai|chuyen muc|trang) (?:nay )?khong (?:con )?ton tai(?: hoac\b|[\s!.]*\Z)"
    r"|(?:the|that|this) (?:page|resource)(?: you (?:requested|are looking for))?"
    r" (?:could not|cannot|can t|can not) be found|the page you requested (?:does not|doesn t) exist"
    r")"
)
"""Of a short line that is a sentence about the page itself."""
_MISSING_HEADING = re.compile(r"(?:loi )?404.{0,30}|khong tim thay(?: trang)?|(?:page )?not found")
_MARKS = ("404", "tìm thấy", "tồn tại", "khả dụng", "đã bị", "tim thay", "ton tai", "found", "exist")
"""Letters without one of which (in lower case) no page says that it is not there."""
_MISSING_TITLE = re.compile(r"\b404\b|khong tim thay|not found|khong ton tai")
_DUBLIN_CORE = re.compile(r"(?:dc|dcterms)[.:]([a-z]{1,40})(?![a-z])")
_MAX_ELEMENTS = 50
_DESCRIPTIONS = frozenset(
    {"og:description", "twitter:description", "dc.description", "dc:description", "dcterms.description"}
)
"""What else describes a page in its head, where the element of that very name is missing or empty."""
_LONG_PAGE = 60
"""Own lines of text beyond which a page that speaks of something missing still has content of its own."""
_LONG_LINE = 200
_SENTENCE = 100

SHELL_TEXT = 200
"""Characters of text below which a page with scripts is taken for an empty frame."""


class Head:
    """What the head of a page says; ``viewport`` is None where no element tells it."""

    __slots__ = ("description", "dublin_core", "generator", "title", "viewport")

    def __init__(self) -> None:
        self.title = ""
        self.description = ""
        self.generator = ""
        self.viewport: str | None = None
        self.dublin_core: set[str] = set()

    def tell(self, called: str, content: str) -> None:
        """A named piece of metadata; ``called`` in lower case."""
        if called == "description" or (called in _DESCRIPTIONS and not self.description):
            self.description = tidy(content[:2000])[:500] or self.description
        if called == "description":
            return
        if called == "generator":
            self.generator = tidy(content[:500])[:100]
        elif called == "viewport":
            self.viewport = tidy(content[:500])[:200]
        elif content.strip() and len(self.dublin_core) < _MAX_ELEMENTS:
            element = _DUBLIN_CORE.match(called)
            self.dublin_core.update(element.groups() if element else ())


class _Walked(Protocol):
    script_root: bool
    scripts: int


def looks_missing(title: str, lines: Sequence[Line], lowered: str, status: int) -> bool:
    """Whether the page says that there is nothing here, with whatever status: a soft 404 often carries the
    whole menu and footer. ``lowered`` is the text of all lines in lower case."""
    if status in (404, 410):
        return True
    if _MISSING_TITLE.search(fold(title)):
        return True
    own = sum([line[1] == "main" or line[1] == "article" for line in lines])
    return own <= _LONG_PAGE and any(_says_missing(lines[index]) for index in lines_with(_MARKS, lowered))


def _says_missing(line: Line) -> bool:
    if line.hidden or len(line.text) >= _LONG_LINE or line.region not in ("main", "article"):
        return False
    folded = fold(line.text)
    if _MISSING.search(folded) or (len(folded) <= _SENTENCE and _MISSING_BEGINS.match(folded)):
        return True
    return line.heading > 0 and _MISSING_HEADING.fullmatch(folded) is not None


def looks_like_shell(walk: _Walked, said: str) -> bool:
    """Whether scripts have yet to draw the page: a framework's root or scripts, and hardly any text."""
    return len(said) < SHELL_TEXT and (walk.script_root or walk.scripts > 0 or not said)
