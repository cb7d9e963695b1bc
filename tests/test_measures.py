"""What deeper looks measure, with a real Chromium on pages of loopback."""

from __future__ import annotations

import asyncio
import hashlib
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.async_api import Browser, Page, async_playwright

import audit_rules
from audit_rules.rendered import AxeFacts, Fit, Load, RenderFacts
from crawler import measures
from crawler.apart import apart
from crawler.browser import find_browser
from crawler.sight import Look
from tests.loopback import Answer, Asked, web

T = TypeVar("T")

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")

VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
WIDE = '<div id="rong" style="width:700px">rộng</div>'
PAGES = {
    "/wide": (VIEWPORT, f"<main><p>Xin chào</p>{WIDE}</main>"),
    "/wide-with-viewport-of-a-desk": ("<meta name=viewport content='width=1024'>", WIDE),
    "/fits": (VIEWPORT, "<h1>Xin chào</h1><p>Cổng thông tin điện tử</p>"),
    "/eight-pixels": (VIEWPORT, "<style>body{margin:0}</style><div style='width:368px'>x</div>"),
    "/scrolls-inside": (VIEWPORT, f"<div style='overflow-x:auto'>{WIDE}</div>"),
    "/cut": (VIEWPORT, f"<div style='overflow:hidden'>{WIDE}</div>"),
    "/body-cuts": (VIEWPORT + "<style>body{overflow-x:hidden}</style>", WIDE),
    "/hangs-in-front": (VIEWPORT, "<div style='position:fixed;left:0;width:900px'>x</div>"),
    "/no-viewport": ("", "<h1>Xin chào</h1>" + "<p>Cổng thông tin điện tử của tỉnh</p>" * 9),
    "/no-viewport-wide": ("", "<div id=rong style='width:1000px'>x</div>"),
    "/restless": (
        VIEWPORT,
        "<div id=x>x</div><script>let n = 400; setInterval(() => x.style.width = (n += 40) + 'px', 30)</script>",
    ),
    "/tall": (VIEWPORT, "<p>dòng</p>" * 5000),
    "/faults": (
        VIEWPORT,
        "<h1>Ảnh</h1><img src=/a.png><img src=/b.png><p style='color:#ccc'>chữ mờ</p>"
        "<p style='background:linear-gradient(#000,#fff)'>chữ trên nền</p>",
    ),
    "/fakes": (
        VIEWPORT,
        "<h1>Ảnh</h1><img src=/a.png><img name=axe id=axe alt='x'><script>"
        "window.axe = {version: '9', run: () => Promise.resolve({violations: [], incomplete: [], passes: []})};"
        "Promise = null; JSON = null; Array.prototype.map = () => [];</script>",
    ),
    "/busy": (VIEWPORT, "<h1>Bận</h1>" + "<p style='color:#ccc'>x <b>y</b></p>" * 8000),
    "/drawn-late": (
        VIEWPORT,
        "<h1>Đầu</h1><script>setTimeout(() => { const end = performance.now() + 200; "
        "while (performance.now() < end);"
        "document.body.innerHTML += '<h1 style=\"font-size:99px\">chữ rất to rất to rất to</h1>' }, 300)</script>",
    ),
}


def page_of(asked: Asked) -> Answer:
    if asked.path not in PAGES:
        return Answer("no", status=404)
    head, body = PAGES[asked.path]
    return Answer(f"<!doctype html><html lang=vi><head><title>Cổng</title>{head}</head><body>{body}</body></html>")


def with_browser(do: Callable[[Browser, str], Awaitable[T]]) -> T:
    async def run(root: str) -> T:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(), chromium_sandbox=False)
            try:
                return await do(browser, root)
            finally:
                await browser.close()

    with web(page_of) as served:
        return asyncio.run(run(f"http://127.0.0.1:{served.port}"))


def unseen(url: str) -> Look:
    return Look(url, url, 200, "<html>", datetime.now(UTC), RenderFacts(requests=3))


async def opened(browser: Browser, url: str) -> Page:
    page = await browser.new_page(viewport={"width": 1366, "height": 900})
    await page.goto(url)
    return page


def looks(*paths: str) -> dict[str, Look]:
    async def run(browser: Browser, root: str) -> dict[str, Look]:
        found = {}
        for path in paths:
            page = await opened(browser, root + path)
            found[path] = await measures.full(page, unseen(root + path))
            assert await page.evaluate("[innerWidth, innerHeight]") == [1366, 900], "the screen is put back"
            await page.close()
        return found

    return with_browser(run)


def phone(look: Look) -> Fit:
    assert look.render.phone is not None
    return look.render.phone


def test_how_a_page_fits_a_phone() -> None:
    seen = looks(
        *("/wide", "/wide-with-viewport-of-a-desk", "/fits", "/eight-pixels", "/scrolls-inside", "/cut"),
        *("/body-cuts", "/hangs-in-front", "/no-viewport", "/no-viewport-wide"),
    )
    fits = {path: phone(look) for path, look in seen.items()}
    # 700 pixels and the margin of 8 on the left
    assert fits["/wide"] == Fit(360, 100, (348, 348), "#rong", 360)
    assert fits["/wide-with-viewport-of-a-desk"] == Fit(360, 100, (348, 348), "#rong", 1024)
    assert fits["/eight-pixels"].overflow == (8, 8)
    for path in ("/fits", "/scrolls-inside", "/cut", "/body-cuts", "/hangs-in-front"):
        assert fits[path] == Fit(360, 100, (0, 0), "", 360), path
    assert fits["/no-viewport"] == Fit(360, 100, (0, 0), "", 980)
    assert fits["/no-viewport-wide"] == Fit(360, 100, (648, 648), "#rong", 980)


def test_a_page_that_is_never_still_is_measured_as_it_is() -> None:
    seen = phone(looks("/restless")["/restless"])
    assert len(seen.overflow) == 2
    assert seen.overflow[0] < seen.overflow[1]


def test_larger_text_and_the_picture() -> None:
    seen = looks("/wide", "/fits", "/tall")
    enlarged = {path: look.render.enlarged for path, look in seen.items()}
    assert enlarged["/fits"] == Fit(1366, 200, (0,), "", 1366)
    assert enlarged["/wide"] == Fit(1366, 200, (50,), "#rong", 1366)
    for look in seen.values():
        assert look.render.depth == "full"
        assert look.render.requests == 3
        assert look.picture[:3] == b"\xff\xd8\xff"
        assert len(look.picture) <= measures.PICTURE_BYTES
        assert look.render.screenshot == hashlib.sha256(look.picture).hexdigest()


def test_a_picture_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "PICTURE_BYTES", 10)
    look = looks("/fits")["/fits"]
    assert (look.picture, look.render.screenshot) == (b"", "")
    assert look.render.phone is not None


def found_by_axe(path: str) -> AxeFacts | None:
    async def run(browser: Browser, root: str) -> AxeFacts | None:
        page = await opened(browser, root + path)
        return (await measures.axe(page, unseen(root + path))).render.axe

    return with_browser(run)


def test_axe_tells_rules_levels_and_places() -> None:
    found = found_by_axe("/faults")
    assert found is not None
    told = {each.rule: each for each in found.violations}
    assert set(told) == {"image-alt", "color-contrast"}
    assert (told["image-alt"].level, told["image-alt"].impact, told["image-alt"].nodes) == ("A", "critical", 2)
    assert told["color-contrast"].level == "AA"
    assert "img" in told["image-alt"].selectors[0]
    assert [each.rule for each in found.incomplete] == ["color-contrast"]
    assert found.passes > 0


def test_a_page_cannot_answer_in_the_place_of_axe() -> None:
    found = found_by_axe("/fakes")
    assert found is not None
    assert found.version != "9"
    assert [each.rule for each in found.violations] == ["image-alt"]


def test_every_fault_that_axe_may_tell_has_words() -> None:
    async def rules(browser: Browser, root: str) -> list[str]:
        page = await opened(browser, root + "/fits")
        async with apart(page) as world:
            await world.tell(measures._axe_core())
            told: list[str] = await world.tell("axe.getRules(['wcag2a', 'wcag2aa']).map(rule => rule.ruleId)")
            return told

    known = with_browser(rules)
    with Path(audit_rules.__file__).with_name("axe.toml").open("rb") as file:
        words = tomllib.load(file)
    assert len(known) > 60
    assert set(words) == set(known)
    for rule, said in words.items():
        assert set(said) == {"vi", "en"}, rule
        assert said["vi"] != said["en"], rule


def test_axe_that_takes_too_long_is_left_out_and_the_page_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "AXE_SECONDS", 0.5)

    async def run(browser: Browser, root: str) -> tuple[Look, int]:
        page = await opened(browser, root + "/busy")
        look = await measures.axe(page, unseen(root + "/busy"))
        async with asyncio.timeout(5), apart(page) as world:
            return look, await world.tell("6 * 7")

    look, answer = with_browser(run)
    assert look.render.axe is None
    assert answer == 42


def test_the_times_of_three_fresh_loads() -> None:
    opened_at: list[str] = []

    async def run(browser: Browser, root: str) -> Look:
        @asynccontextmanager
        async def fresh() -> AsyncIterator[Page]:
            context = await browser.new_context()
            opened_at.append(root)
            yield await context.new_page()
            await context.close()

        return await measures.loads(unseen(root + "/drawn-late"), fresh)

    seen = with_browser(run).render
    assert len(opened_at) == len(seen.loads) == measures.LOADS == 3
    for load in seen.loads:
        first, largest, whole, blocked = (
            *(load.first_content, load.largest_content),
            *(load.full_display, load.blocking_time),
        )
        assert first is not None
        assert largest is not None
        assert first < largest == whole  # what scripts draw late is waited for, though the load event is long past
        assert blocked is not None
        assert 0.14 < blocked < 2  # the script holds the page for 0.2 seconds, of which 0.05 are free
    assert (seen.depth, seen.requests) == ("audit", 3 + 3)  # those of the look, and one for each load
    assert "Chromium" in seen.machine
    assert "CPU" in seen.machine


def test_loads_that_fail_are_left_out() -> None:
    async def run(browser: Browser, root: str) -> tuple[Load, ...]:
        @asynccontextmanager
        async def fresh() -> AsyncIterator[Page]:
            yield await browser.new_page()

        gone = unseen("http://127.0.0.1:9/")
        return (await measures.loads(gone, fresh)).render.loads

    assert with_browser(run) == ()
