"""A page as a browser shows it, added to the page as it was sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from audit_rules.facts import Page
from audit_rules.reading import read_page
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
) -> tuple[Page, int]:
    """The page with its rendered view and the number of requests that took.

    A look that failed, or met a block page, leaves the page as it was: the facts then say "not seen rendered".
    """
    look = await browser.look(page.url, timeout=timeout, depth=depth)
    body, status = look.html.encode("utf-8", "replace"), look.status or 200
    if look.error is not None or not is_web(look.final_url):
        return page, look.render.requests
    if blocks.stop(status, {"content-type": "text/html"}, body) is not None:
        return page, look.render.requests
    if evidence is not None:
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
    return replace(page, rendered=replace(facts, render=look.render)), look.render.requests
