"""Where on a page something was seen, in words a reader knows."""

from __future__ import annotations

from audit_rules.facts import PageFacts, Region
from audit_rules.verdict import EXCERPT_LENGTH, Evidence


def evidence(view: PageFacts, where: str, excerpt: str) -> Evidence:
    """A place on one look at a page, its excerpt cut."""
    return Evidence(view.url, where, excerpt[:EXCERPT_LENGTH], view.sha256, view.seen_at, view.how)


_REGION_WORDS: dict[Region, str] = {
    "header": "đầu trang / header",
    "menu": "menu",
    "main": "thân trang / main text",
    "teaser": "ô tin / news teaser",
    "article": "bài viết / article",
    "aside": "cột bên / side column",
    "footer": "chân trang / footer",
}


def region_words(region: Region) -> str:
    """A region as a reader knows it, Vietnamese first."""
    return _REGION_WORDS[region]
