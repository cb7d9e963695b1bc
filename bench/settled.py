"""Portals made of pages that were saved as visitors saw them: each page counts as rendered, nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache

from audit.registry.files import read_registry
from audit.registry.registry import Registry
from audit_rules.address import plain_host
from audit_rules.engine import judge
from audit_rules.facts import Answer, NetFacts, Page, PageFacts, Portal, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.reading import read_page
from audit_rules.rendered import RenderFacts
from audit_rules.rulebook import Rulebook, open_rulebook

SEEN_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
"""The day all of this is judged on: the same pages give the same figures on every machine."""


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    return open_rulebook()


@lru_cache(maxsize=1)
def registry() -> Registry:
    return read_registry()


def only(rule: str) -> Rulebook:
    """A rulebook of one rule. Raises KeyError for an unknown id."""
    book = rulebook()
    entries = tuple(entry for entry in book.rules if entry.id == rule)
    if not entries:
        raise KeyError(rule)
    return replace(book, rules=entries)


@lru_cache(maxsize=64)
def read(html: bytes, url: str) -> PageFacts:
    return read_page(html, url, seen_at=SEEN_AT)


def settled(html: bytes, url: str) -> Page:
    """A page whose saved markup is what a browser showed."""
    raw = read(html, url)
    return Page(url, raw, replace(raw, how="rendered", render=RenderFacts()))


@dataclass(frozen=True)
class Saved:
    """A portal made of saved pages.

    ``pages`` maps paths to markup, "/" is home; ``answers`` maps paths and addresses to statuses. ``whole``: that
    is all there is, any other address of the portal's own answers 404; else what was not saved was not read."""

    portal: Portal
    around: Surroundings
    pages: Mapping[str, bytes]
    answers: Mapping[str, int] = field(default_factory=dict)
    whole: bool = False

    @property
    def root(self) -> str:
        return f"https://{self.portal.address.host}"

    def judged(self, book: Rulebook) -> tuple[Judgement, ...]:
        return judge(self.portal, self.visit(), self.around, book, DAY)

    def visit(self) -> Visit:
        pages = tuple(settled(html, self.root + path) for path, html in self.pages.items())
        asked = [
            _answer(path if "//" in path else self.root + path, status) for path, status in self.answers.items()
        ]
        known = {page.url for page in pages} | {answer.url for answer in asked}
        others = {
            link.url.partition("#")[0]
            for page in pages
            for link in (page.raw.links if page.raw else ())
            if self.around.book.owner(link.url) == self.portal.id
        } - known
        skipped: tuple[tuple[str, str], ...] = ()
        if self.whole:
            asked += [_answer(url, 404) for url in sorted(others)]
        else:
            skipped = tuple((url, "not_recorded") for url in sorted(others))
        net = NetFacts(_answer(self.root + "/", 200), None, tuple(asked), skipped)
        return Visit("audited", None, self.root + "/", pages, net, browser=True)


def saved_home(host: str, html: bytes) -> Saved:
    """The portal of which one home page was saved, as the bundled registry knows it or guesses at it."""
    portal = registry().find(plain_host(host), DAY)
    return Saved(portal, registry().surroundings(portal, DAY), {"/": html})


def _answer(url: str, status: int) -> Answer:
    kind = "application/pdf" if url.endswith(".pdf") else "text/html"
    return Answer(url, SEEN_AT, status, url, kind)
