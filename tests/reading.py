"""One page read, for the tests of the reading wing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from audit_rules.facts import PageFacts
from audit_rules.reading import read_page

HOME = "https://tinhmau.gov.vn/web/guest/trang-chu"


def read(html: str | bytes, url: str = HOME, **told: Any) -> PageFacts:
    body = html.encode() if isinstance(html, str) else html
    return read_page(body, url, seen_at=datetime(2026, 11, 22, tzinfo=UTC), **told)


def said(facts: PageFacts) -> list[tuple[str, str]]:
    """The lines with their regions."""
    return [(line.text, line.region) for line in facts.lines]
