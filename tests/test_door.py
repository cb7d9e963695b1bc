"""How a portal is entered: what http says is asked as far as the first address of https."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from audit_rules.address import Address, AddressBook
from audit_rules.facts import Portal
from crawler.door import Door
from crawler.fetched import Fetched
from crawler.robots import Robots
from crawler.scope import Scope

HOST = "cong.gov.vn"
HOME = f"https://{HOST}/"
PAGE = "<!doctype html><title>Cổng</title><p>Xin chào</p>"
Told = dict[str, str]
"""What addresses answer: an address to be sent on to, the text of a page, or a reason with a bang in front."""


def fetched(url: str, told: Told) -> Fetched:
    said, now = told.get(url, "!refused"), datetime.now(UTC)
    if url.endswith("/robots.txt"):
        return Fetched(url, now, 404)
    if said.startswith("!"):
        return Fetched(url, now, error=said[1:])
    if said.startswith("http"):
        return Fetched(url, now, 301, {"location": said})
    return Fetched(url, now, 200, {"content-type": "text/html"}, said.encode())


def entered(told: Told) -> tuple[str | None, int | None, str, list[str]]:
    """What is known of http afterwards (error, status, where it ended), and every address asked."""
    asked: list[str] = []

    async def ask(url: str) -> Fetched:
        asked.append(url)
        return fetched(url, told)

    portal = Portal("cong", Address.parse(HOST), "province")
    scope = Scope(portal, AddressBook(((portal.address, portal.id),)))
    robots = Robots(ask, "test", lambda _host, _seconds: None)
    _, _, plain = asyncio.run(Door(portal, scope, robots, ask, lambda first: ask(first.url)).enter())
    assert plain is not None
    answer = plain.answer
    return answer.error, answer.status, answer.final_url, [url for url in asked if "robots" not in url]


@pytest.mark.parametrize(
    ("told", "http", "pages"),
    [
        ({f"http://{HOST}/": HOME}, (None, 301, HOME), 2),
        ({f"http://{HOST}/": f"http://www.{HOST}/", f"http://www.{HOST}/": HOME}, (None, 301, HOME), 3),
        (
            {f"http://{HOST}/": f'<meta http-equiv="refresh" content="0; url={HOME}">'},
            (None, 200, HOME),
            2,
        ),
        ({f"http://{HOST}/": PAGE}, (None, 200, f"http://{HOST}/"), 2),
        ({}, ("refused", None, f"http://{HOST}/"), 2),
    ],
    ids=["sent on", "sent on by way of www", "sent on by the page", "serves by itself", "closed"],
)
def test_http_is_asked_once_https_has_opened(
    told: Told, http: tuple[str | None, int | None, str], pages: int
) -> None:
    *seen, asked = entered({HOME: PAGE, **told})
    assert tuple(seen) == http
    assert (len(asked), asked[0]) == (pages, HOME)


def test_what_http_sends_round_in_circles_is_left() -> None:
    *_, asked = entered({HOME: PAGE, f"http://{HOST}/": f"http://{HOST}/"})
    assert len(asked) <= 7
