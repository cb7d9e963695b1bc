"""Links that strangers plant in pages of public bodies: gambling, pornography, pills, loan sharks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from audit_rules.address import split_url
from audit_rules.facts import Link, PageFacts
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words
from audit_rules.site import SiteFacts

_DATA = load("spam.toml")
_HOSTS = re.compile("|".join(_DATA["hosts"]))
_TEXTS: tuple[str, ...] = tuple(f" {text} " for text in _DATA["texts"])
_SCRIPTS: tuple[str, ...] = tuple(_DATA["scripts"])
_NEWS: tuple[str, ...] = tuple(f" {text} " for text in _DATA["news"])
_PRESS: tuple[str, ...] = tuple(f".{host}" for host in _DATA["press"])
_STATE = tuple(f".{each['domain']}" for each in load("state_domains.toml")["state"])
_LONGEST_ANCHOR = 8
"""Words of a link that may be an advertisement's; headlines are longer."""


class Planted(NamedTuple):
    """A link of such a trade on one look at a page; ``unseen`` where its readers do not see it: hidden by the
    markup, or there in the bytes sent and gone once scripts have run."""

    link: Link
    view: PageFacts
    unseen: bool


def planted(site: SiteFacts) -> tuple[Planted, ...]:
    """Links to such trades on hosts that are neither the portal's, nor its family's, nor the state's."""
    return tuple(
        Planted(link, view, link.hidden or _cloaked(site, link, view))
        for link, view in _outgoing(site)
        if _advertises(link, split_url(link.url)[0])
    )


def names_trade(text: str) -> bool:
    """Whether a text speaks of such a trade, and is no piece of news about it."""
    said = f" {' '.join(words(text))} "
    if any(news in said for news in _NEWS):
        return False
    return any(trade in said for trade in _TEXTS) or any(mark in text for mark in _SCRIPTS)


def _outgoing(site: SiteFacts) -> Iterator[tuple[Link, PageFacts]]:
    strange: dict[str, bool] = {}
    for link, view in site.links:
        host, _ = split_url(link.url)
        if host not in strange:
            strange[host] = bool(host) and not f".{host}".endswith(_STATE) and site.book.owner(link.url) is None
        if strange[host]:
            yield link, view


def _advertises(link: Link, host: str) -> bool:
    """Whether a link names the trade: by its host, or by a short text that is no piece of news. Under .vn only the
    host tells: what a Vietnamese newspaper or bank is called is no proof of anything."""
    told = words(link.text)
    said = f" {' '.join(told)} "
    if any(news in said for news in _NEWS):
        return False
    if _HOSTS.search(host):
        return True
    if host.endswith(".vn") or f".{host}".endswith(_PRESS) or len(told) > _LONGEST_ANCHOR:
        return False
    return any(text in said for text in _TEXTS) or any(mark in link.text for mark in _SCRIPTS)


def _cloaked(site: SiteFacts, link: Link, view: PageFacts) -> bool:
    page = site.page(view.url)
    if page is None or view is not page.raw or page.rendered is None:
        return False
    return all(shown.url != link.url for shown in page.rendered.links)
