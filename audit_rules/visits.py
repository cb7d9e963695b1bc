"""The number of visits that a page shows, as its readers see it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import PageFacts
from audit_rules.reading.vietnamese import words
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence

CONCEPT = "visit_counter"
_NUMBER = re.compile(r"\d(?: ?[\d.,])*")
_MOST_DIGITS = 12
_NAME_WORDS = 4
"""Words beside the wording that a mere name of a counter may have; a headline about visits has more."""
_AHEAD = 14
"""Lines after the name of a counter in which its figures may stand: now, today, this week, this month, in all."""
_IN_ALL = frozenset({"tong", "tat", "total", "all"})
_VISITS = frozenset({"truy", "ghe", "visits", "visitors", "hits"})
_LABEL = frozenset(
    words(
        "tổng cộng số lượt lượng truy cập ghé thăm người khách tất cả thống kê vào của website web trang cổng tin"
        " điện tử total all visits visitors visit hits counter the of"
    )
)
"""Words of which the name of such a figure consists; others make it one of this day, of those who are here now, or
something else ("Tổng đài", "Tất cả các quyền")."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter on the home page; ``count`` is None where it is named and no figure can be read."""

    evidence: Evidence
    count: int | None


def counter_of(site: SiteFacts) -> Counter | None:
    """The counter that the home page names; of several figures that for all visits. None where none is named."""
    named: Counter | None = None
    for view, index, found in site.lines_naming(CONCEPT):
        line = view.lines[index]
        at_home = site.home is not None and any(view is look for look in site.home.views)
        if found.why_not is not None or not at_home or line.region in ("teaser", "article"):
            continue
        count, text = _figure(view, index)
        counter = Counter(evidence(view, region_words(line.region), text), count)
        if count is not None:
            return counter
        if found.extra <= _NAME_WORDS:
            named = named or counter
    return named


def _figure(view: PageFacts, index: int) -> tuple[int | None, str]:
    """The number of all visits on a line that names the counter or on those after it, and the text around it."""
    best: tuple[bool, int, str] | None = None
    for at in range(index, min(index + _AHEAD, len(view.lines))):
        text = view.lines[at].text
        for label, number in _labelled(text, at, view):
            said = frozenset(words(label))
            if said <= _LABEL and said & (_IN_ALL | _VISITS):
                best = max(best or (False, -1, ""), (bool(said & _IN_ALL), number, text))
    return (best[1], best[2]) if best else (None, view.lines[index].text)


def _labelled(text: str, at: int, view: PageFacts) -> list[tuple[str, int]]:
    """The numbers of a line, each with the words before it; a line of nothing but a number has those of the line
    above, one that begins with it ("1.234 lượt truy cập") those behind."""
    found: list[tuple[str, int]] = []
    end = 0
    for number in _NUMBER.finditer(text):
        label, end = text[end : number.start()], number.end()
        digits = re.sub(r"\D", "", number.group())
        if not any(letter.isalpha() for letter in label):
            after = _NUMBER.split(text[end:], maxsplit=1)[0]
            label = after if any(map(str.isalpha, after)) else view.lines[at - 1].text if at else ""
        if len(digits) <= _MOST_DIGITS:
            found.append((label, int(digits)))
    return found
