"""What deeper looks measure while a page is open, and the times of fresh loads.

Each takes a look and gives it back with more in it (``dataclasses.replace`` on ``look.render``); what it raises of
playwright's errors and time-outs leaves the look as it was. All is asked in a world apart from the page's scripts.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from audit_rules.rendered import AxeFacts, Fit, Load
from crawler.apart import Apart, apart
from crawler.sight import Look

Fresh = Callable[[], AbstractAsyncContextManager[Page]]
"""Gives an empty page in a context of its own, with nothing blocked but counters and nothing else under way; each
waits for the host's turn."""

PHONE, DESKTOP = (360, 740), (1366, 900)
"""Screens in CSS pixels: a small phone's, and the one that looks are taken with."""
PUT_BACK_SECONDS = 2.0
STILL_SECONDS, STILL_AT_MOST = 0.1, 2.0
"""A layout is still when so long it did not change; one that never is, is measured as it is."""
PICTURE_HEIGHT, PICTURE_SCALE, PICTURE_QUALITY = 4000, 0.6, 50
PICTURE_BYTES = 1024 * 1024
AXE_SECONDS = 15.0
LOADS = 3
LOAD_SECONDS, REST_SECONDS = 20.0, 3.0
"""For one fresh load, and for its network to come to rest after that."""

# Whether the window can be scrolled sideways is said by the root element, or by body where that says nothing. What
# lies in a box that scrolls or cuts by itself, or hangs in front of the page, makes the page no wider.
_FIT = """(() => {
    const root = document.documentElement, body = document.body, page = document.scrollingElement || root;
    const cuts = element => getComputedStyle(element).overflowX;
    const said = cuts(root) === 'visible' && body ? cuts(body) : cuts(root);
    const held = said === 'hidden' || said === 'clip';
    const over = held ? 0 : Math.max(0, page.scrollWidth - page.clientWidth);
    let widest = null, edge = page.clientWidth + 1;
    const waiting = over > 0 && body ? [body] : [];
    for (let seen = 0; waiting.length && seen < 20000; seen++) {
        const element = waiting.pop(), style = getComputedStyle(element), box = element.getBoundingClientRect();
        if (style.position === 'fixed' || style.display === 'none') continue;
        if (box.width > 0 && box.right + scrollX > edge) { widest = element; edge = box.right + scrollX }
        if (element === body || style.overflowX === 'visible') waiting.push(...[...element.children].reverse());
    }
    const named = element => {
        if (element.id) return '#' + CSS.escape(element.id);
        const kind = element.localName, place = [...element.parentElement.children].indexOf(element) + 1;
        const classes = [...element.classList].slice(0, 2).map(each => '.' + CSS.escape(each)).join('');
        return kind + (classes || `:nth-child(${place})`);
    };
    const path = [];
    for (let at = widest; at && at !== root && path.length < 4; at = at.parentElement) {
        path.unshift(at === body ? 'body' : named(at));
        if (at.id) break;
    }
    return [page.clientWidth, over, path.join(' > ').slice(0, 200)];
})()"""

_AXE = """axe.run(document, {
    runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa']},
    resultTypes: ['violations', 'incomplete'],
    iframes: false,
    preload: {assets: ['media']},
}).then(found => {
    const told = rules => rules.map(rule => ({
        rule: rule.id,
        level: rule.tags.includes('wcag2a') ? 'A' : 'AA',
        impact: rule.impact || '',
        help: rule.help.slice(0, 200),
        nodes: rule.nodes.length,
        selectors: rule.nodes.slice(0, 5).map(node => node.target.flat().join(' ').slice(0, 200)),
    }));
    const {violations, incomplete, passes} = found;
    return {
        version: axe.version,
        violations: told(violations),
        incomplete: told(incomplete),
        passes: passes.length,
    };
})"""

# Entries of the browser's own clock, those of the time before this was asked included.
_TIMES = """new Promise(told => {
    const seconds = time => typeof time === 'number' && time > 0 ? time / 1000 : null;
    const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    const loaded = performance.getEntriesByType('navigation')[0]?.loadEventEnd;
    let largest = null, blocked = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) largest = entry.startTime;
    }).observe({type: 'largest-contentful-paint', buffered: true});
    new PerformanceObserver(list => {
        for (const task of list.getEntries()) {
            const took = task.startTime + task.duration - Math.max(task.startTime, first ?? 0);
            blocked += Math.max(0, took - 50);
        }
    }).observe({type: 'longtask', buffered: true});
    setTimeout(() => told({
        first_content: seconds(first),
        largest_content: seconds(largest),
        full_display: loaded ? seconds(Math.max(loaded, largest ?? 0)) : null,
        blocking_time: first ? blocked / 1000 : null,
    }), 100);
})"""


async def full(page: Page, look: Look) -> Look:
    """How the page fits a phone and bears larger text, and its picture. The screen is then as it was."""
    try:
        async with apart(page) as world:
            picture = await _picture(world)
            enlarged = await _enlarged(world)
            phone = await _phone(world)
    finally:
        await _put_back(page)
    digest = hashlib.sha256(picture).hexdigest() if picture else ""
    render = replace(look.render, depth="full", phone=phone, enlarged=enlarged, screenshot=digest)
    return replace(look, render=render, picture=picture)


async def _put_back(page: Page) -> None:
    """Gives the page its screen again; playwright does not know that it was changed, so it has to be told twice."""
    width, height = DESKTOP
    with contextlib.suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(PUT_BACK_SECONDS):
            await page.set_viewport_size({"width": width, "height": height - 1})
            await page.set_viewport_size({"width": width, "height": height})


async def _picture(world: Apart) -> bytes:
    """The page from its top, as JPEG; empty where it would be larger than is kept."""
    sizes = await world.send("Page.getLayoutMetrics")
    height = min(float(sizes["cssContentSize"]["height"]), PICTURE_HEIGHT)
    clip = {"x": 0, "y": 0, "width": DESKTOP[0], "height": max(height, DESKTOP[1]), "scale": PICTURE_SCALE}
    asked = {"format": "jpeg", "quality": PICTURE_QUALITY, "clip": clip, "captureBeyondViewport": True}
    picture = base64.b64decode((await world.send("Page.captureScreenshot", asked))["data"])
    return picture if len(picture) <= PICTURE_BYTES else b""


async def _enlarged(world: Apart) -> Fit:
    """The page at 200 %, as a browser's zoom shows it: the screen holds half as much."""
    width, height = DESKTOP
    _, over, widest = await _measured(world, width // 2, height // 2)
    return Fit(width, 200, (over * 2,), widest, width)


async def _phone(world: Apart) -> Fit:
    """Measures twice, with another screen in between.

    A phone lays a page out wider than its screen, and shows it in small, where the page does not tell it otherwise:
    then that width is told, and how the content would fit the screen if it were laid out for it."""
    width, height = PHONE
    laid_out, over, widest = await _measured(world, width, height, phone=True)
    phone = laid_out == width
    if not phone:
        _, over, widest = await _measured(world, width, height)
    await _measured(world, width * 2, height, phone=phone)
    _, again, widest_again = await _measured(world, width, height, phone=phone)
    return Fit(width, 100, (over, again), widest or widest_again, laid_out)


async def _measured(world: Apart, width: int, height: int, *, phone: bool = False) -> tuple[int, int, str]:
    """The width the page is laid out in, by how much its content is wider, and the widest element."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
    await world.send("Emulation.setDeviceMetricsOverride", size)
    before: Any = None
    for _ in range(int(STILL_AT_MOST / STILL_SECONDS)):
        await asyncio.sleep(STILL_SECONDS)
        seen = await world.tell(_FIT)
        if seen == before:
            break
        before = seen
    laid_out, over, widest = seen
    return int(laid_out), int(over), str(widest)


async def axe(page: Page, look: Look) -> Look:
    """What axe-core finds in the page itself: frames are others' pages. Left out where it takes too long."""
    async with apart(page) as world:
        try:
            async with asyncio.timeout(AXE_SECONDS):
                await world.tell(_axe_core())
                found = await world.tell(_AXE)
        except TimeoutError:
            with contextlib.suppress(PlaywrightError):
                await world.send("Runtime.terminateExecution")
            return look
    return replace(look, render=replace(look.render, depth="axe", axe=msgspec.convert(found, AxeFacts)))


@cache
def _axe_core() -> str:
    """The source of axe-core (MPL-2.0), as a package carries it; its value is nothing."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8") + ";0"


async def loads(look: Look, fresh: Fresh) -> Look:
    """The times of fresh loads; the page of the look is closed by then."""
    taken: list[Load] = []
    version, requests = "", 0

    def answered(_request: object) -> None:
        nonlocal requests
        requests += 1

    for _ in range(LOADS):
        with contextlib.suppress(PlaywrightError, OSError, TimeoutError):
            async with fresh() as page:
                page.on("requestfinished", answered)
                taken.append(await _load(page, look.url))
                browser = page.context.browser
                version = browser.version if browser is not None else ""
    machine = f"Chromium {version}, {os.cpu_count()} CPU, load {os.getloadavg()[0]:.1f}" if taken else ""
    requests += look.render.requests
    render = replace(look.render, depth="audit", loads=tuple(taken), machine=machine, requests=requests)
    return replace(look, render=render)


async def _load(page: Page, url: str) -> Load:
    """One load, watched until it is at rest. Displayed in full is a page when everything it was sent with is there
    (the end of its load event) and its largest content was drawn: a page that scripts draw has its load event while
    it is still empty, one of heavy pictures has its largest text long before it is whole."""
    async with asyncio.timeout(LOAD_SECONDS + REST_SECONDS + 5):
        await page.goto(url, wait_until="load", timeout=LOAD_SECONDS * 1000)
        with contextlib.suppress(PlaywrightError):  # it never rests
            await page.wait_for_load_state("networkidle", timeout=REST_SECONDS * 1000)
        async with apart(page) as world:
            return msgspec.convert(await world.tell(_TIMES), Load)
