"""A page as a browser shows it, added to the page as it was sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import get_args

from audit_rules.facts import Page, Source
from audit_rules.known import KnownPage
from audit_rules.reading import read_page
from audit_rules.reading.private import has_private_words
from audit_rules.rendered import Depth
from crawler import blocks
from crawler.scope import is_web
from crawler.ways import Browser, Evidence


async def look_at(
    page: Page,
    browser: Browser,
    *,
    timeout: float,  # noqa: ASYNC109 - the browser's own limit
    evidence: Evidence | None,
    depth: Depth = "text",
    known: KnownPage | None = None,
) -> tuple[Page, int]:
    """The page with its rendered view and the number of requests that took.

    A look that failed, or met a block page, leaves the page as it was: the facts then say "not seen rendered".
    Where the page is as it was when it was ``known``, so is its look, and it bears the moment when somebody looked.
    """
    # A shell for scripts is the same whatever it shows.
    same = page.source.unchanged and page.raw is not None and not page.raw.shell
    if known is not None and same and (told := _drawn_before(page, known, depth, evidence)):
        return told, 0
    look = await browser.look(page.url, timeout=timeout, depth=depth)
    body, status = look.html.encode("utf-8", "replace"), look.status or 200
    if look.error is not None or not is_web(look.final_url):
        return page, look.render.requests
    if look.facts is not None:
        if evidence is not None:
            evidence.drawn_withheld(page.url, look.facts)
        return replace(page, rendered=look.facts), look.render.requests
    if blocks.stop(status, {"content-type": "text/html"}, body) is not None:
        return page, look.render.requests
    private = has_private_words(page.url, body)
    if evidence is not None and not private:
        digest = evidence.rendered(page.url, look.html, look.seen_at, look.render, status)
        if look.picture:
            evidence.picture(page.url, look.picture, look.seen_at)
    else:
        digest = hashlib.sha256(body).hexdigest()
    facts = read_page(
        body,
        look.final_url,
        seen_at=look.seen_at,
        charset="utf-8",
        status=status,
        how="rendered",
        sha256=digest,
    )
    facts = replace(facts, render=replace(look.render, screenshot="") if private else look.render)
    if evidence is not None and private:
        evidence.drawn_withheld(page.url, facts)
    return replace(page, rendered=facts), look.render.requests


def _drawn_before(page: Page, known: KnownPage, depth: Depth, evidence: Evidence | None) -> Page | None:
    """The page with the look of another night, where that was as deep as this one is to be."""
    look, held = known.look, known.look_kept
    if (
        look is None
        or look.render is None
        or held is None
        or _DEPTHS.index(look.render.depth) < _DEPTHS.index(depth)
    ):
        return None
    if evidence is not None:
        evidence.drawn_before(page.url, look, held)
    source = Source(kept_in=held.warc, kept_at=held.seen_at, unchanged=True)
    return replace(page, rendered=look, look_source=source)


_DEPTHS = get_args(Depth)
