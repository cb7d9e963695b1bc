"""Looks at hostile and ordinary pages with a real Chromium; every site is on loopback."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import TypeVar

import pytest
from playwright.async_api import BrowserContext

from crawler.browser import Browser, Look, find_browser
from crawler.engine import MAX_PAGE_SPACE
from crawler.guard import Guard
from crawler.politeness import Politeness
from crawler.processes import below, held_by, is_called
from tests.loopback import Answer, Asked, Web, self_signed, web
from tests.reading import read

T = TypeVar("T")

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")
pytestmark = needs_browser

HTML = "<!doctype html><html lang=vi><head><title>Cổng</title>{head}</head><body>{body}</body></html>"
EMC = """<script>
  var _govaq = window._govaq || [];
  _govaq.push(['trackPageView']);
  _govaq.push(['enableLinkTracking']);
  (function () {
    _govaq.push(['setTrackerUrl', 'http://f-emc.ngsp.gov.vn/tracking']);
    _govaq.push(['setSiteId', '227']);
    var d = document, g = d.createElement('script'), s = d.getElementsByTagName('script')[0];
    g.async = true; g.src = 'http://f-emc.ngsp.gov.vn/embed/gov-tracking.min.js';
    s.parentNode.insertBefore(g, s);
  })();
</script>"""
PAGES = {
    "/": HTML.format(head="", body="<main>Xin chào</main>"),
    "/scripted": HTML.format(
        head="",
        body="""<div id=app></div><script>
            setTimeout(() => fetch('/api/menu').then(r => r.text()).then(t => {
                app.innerHTML = '<nav>' + t + '</nav>';
                setTimeout(() => { app.innerHTML += '<footer>Chân trang</footer>' }, 300);
            }), 200)</script>""",
    ),
    "/emc": HTML.format(
        head=EMC,
        body="""<script>
            new Image().src = 'http://f-emc.ngsp.gov.vn/tracking?idsite=227&how=image';
            fetch('http://f-emc.ngsp.gov.vn/tracking?how=fetch', {mode: 'no-cors'}).catch(() => 0);
            fetch('http://f-emc.ngsp.gov.vn/tracking?how=keepalive', {mode: 'no-cors', keepalive: true})
                .catch(() => 0);
            navigator.sendBeacon('http://f-emc.ngsp.gov.vn/tracking?how=beacon', 'idsite=227');
            var x = new XMLHttpRequest(); x.open('POST', 'http://f-emc.ngsp.gov.vn/tracking?how=xhr'); x.send('a');
            var f = document.createElement('iframe'); f.src = 'http://f-emc.ngsp.gov.vn/tracking?how=frame';
            document.body.append(f);
            new Worker(URL.createObjectURL(new Blob(
                ["fetch('http://f-emc.ngsp.gov.vn/tracking?how=worker', {mode: 'no-cors'}).catch(() => 0)"])));
            var l = document.createElement('link'); l.rel = 'prefetch';
            l.href = 'http://f-emc.ngsp.gov.vn/tracking?how=prefetch'; document.head.append(l);
            fetch('/hop-to-emc', {mode: 'no-cors'}).catch(() => 0);
            </script>
            <script src="http://s10.histats.com/js15_as.js"></script>
            <img src="http://sstatic1.histats.com/0.gif?1&101">
            <style>body { background: url(http://whos.amung.us/widget/x) }</style>""",
    ),
    "/sends": HTML.format(
        head="",
        body="""<form id=f method=post action=/gop-y target=w><input name=a value=b></form><iframe name=w></iframe>
            <script>
            fetch('/gop-y', {method: 'POST', body: 'a=b'}).catch(() => 0);
            fetch('/gop-y', {method: 'PUT', body: 'a=b'}).catch(() => 0);
            navigator.sendBeacon('/gop-y', 'a=b');
            f.submit();
            new WebSocket('ws://sends.portal.gov.vn/gop-y');
            if (window.SharedWorker) new SharedWorker(URL.createObjectURL(new Blob(
                ["fetch('http://sends.portal.gov.vn/gop-y', {method: 'POST', mode: 'no-cors'})"])));
            </script>""",
    ),
    "/dialogs": HTML.format(
        head="",
        body="""<script>window.onbeforeunload = () => 'ở lại'; alert(1); confirm(2); prompt(3);
            window.open('/popup'); document.body.append('sau hộp thoại')</script>""",
    ),
    "/busy": HTML.format(head="", body="<script>setTimeout(() => { while (true); }, 50)</script>"),
    "/restless": HTML.format(
        head="", body="<script>setInterval(() => document.body.append(document.createElement('p')), 20)</script>"
    ),
    "/hop": HTML.format(head="", body="<script>location.href = '/landed'</script>"),
    "/landed": HTML.format(head="", body="đã đến"),
    "/heavy": HTML.format(
        head="<style>@font-face { font-family: x; src: url(/f.woff2) } body { font-family: x }</style>",
        body="<img src=/a.png>chữ<video src=/v.mp4></video>",
    ),
    "/pushes": HTML.format(
        head="<script>window._govaq = Array.from({length: 90}, (_, i) => ['x'.repeat(i * 10)])</script>", body="."
    ),
    "/rtc": HTML.format(
        head="",
        body="""<script>
            const p = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:' + location.hash.slice(1)}]});
            p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o));
            p.onicegatheringstatechange = () => document.body.append(p.iceGatheringState)</script>""",
    ),
}


MOVED = {
    "/to-metadata": "http://169.254.169.254/latest/meta-data",
    "/to-metadata-tls": "https://169.254.169.254/latest/meta-data",
    "/round": "/round",
    "/moved": "/landed",
    "/hop-to-emc": "http://f-emc.ngsp.gov.vn/tracking?how=redirect",
}


def page(asked: Asked) -> Answer:
    if asked.path in MOVED:
        return Answer(status=302, headers={"Location": MOVED[asked.path]})
    if asked.path == "/api/menu":
        return Answer("<a href=/gioi-thieu>Giới thiệu</a>")
    if asked.path == "/file":
        return Answer("%PDF-1.4", headers={"Content-Type": "application/pdf"})
    if asked.path in PAGES:
        return Answer(PAGES[asked.path])
    return Answer("<h1>404</h1>", status=404)


def name(path: str) -> str:
    """Each page has a host of its own, so that its requests can be told apart."""
    return f"{path.strip('/') or 'home'}.portal.gov.vn"


@dataclass(frozen=True)
class Seen:
    look: Look
    asked: list[Asked]

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


def browsing(guard: Guard, do: Callable[[Browser], Awaitable[T]]) -> T:
    async def run() -> T:
        async with Browser(guard, user_agent="test-auditor/1", politeness=Politeness(0)) as browser:
            return await do(browser)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def counter() -> Iterator[Web]:
    """Everybody who is not the portal: trackers, counters, and whatever else a page might call."""
    with web(lambda _: Answer("counted")) as others:
        yield others


@pytest.fixture(scope="module")
def seen(counter: Web) -> dict[str, Seen]:
    """One look at each page, in one browser."""
    paths = (*PAGES, *MOVED, "/file", "/khong-co")

    async def visit(browser: Browser) -> list[Look]:
        return await asyncio.gather(
            *(
                browser.look(f"http://{name(path)}{path}", timeout=10 if path in ("/busy", "/restless") else 60)
                for path in paths
            )
        )

    with web(page) as portal:
        ours = [f"{name(path)}:80:127.0.0.1:{portal.port}" for path in paths]
        mappings = ["169.254.169.254::169.254.169.254:", *ours, f"::127.0.0.1:{counter.port}"]
        looks = browsing(Guard(connect_to=mappings, allow_private=True), visit)
    return {
        path: Seen(look, [asked for asked in portal.asked if asked.host == name(path)])
        for path, look in zip(paths, looks, strict=True)
    }


def test_what_scripts_draw_is_seen_once_it_has_settled(seen: dict[str, Seen]) -> None:
    look = seen["/scripted"].look
    assert (look.error, look.status) == (None, 200)
    assert (look.render.requests, look.render.refused) == (2, 0)
    assert "<nav><a href" in look.html
    assert "Chân trang" in look.html
    assert seen["/scripted"].paths() == ["/scripted", "/api/menu"]


def test_trackers_and_counters_hear_nothing_whatever_a_page_tries(seen: dict[str, Seen], counter: Web) -> None:
    stopped = " ".join(seen["/emc"].look.render.stopped)
    for how in ("image", "fetch", "keepalive", "beacon", "xhr", "frame", "worker", "prefetch", "redirect"):
        assert f"how={how}" in stopped, how
    for url in ("embed/gov-tracking.min.js", "s10.histats.com/js15", "sstatic1.histats.com/0.gif", "amung.us"):
        assert url in stopped, url
    assert counter.asked == []


def test_what_a_page_pushed_for_the_tracker_is_kept(seen: dict[str, Seen]) -> None:
    pushes = seen["/emc"].look.render.pushes
    assert pushes[0] == '["trackPageView"]'
    assert '["setSiteId","227"]' in pushes


def test_pushes_are_bounded(seen: dict[str, Seen]) -> None:
    pushes = seen["/pushes"].look.render.pushes
    assert (len(pushes), max(map(len, pushes))) == (50, 300)


def test_nothing_a_page_would_send_arrives(seen: dict[str, Seen]) -> None:
    assert {asked.method for asked in seen["/sends"].asked} == {"GET"}
    assert "/gop-y" not in seen["/sends"].paths()
    assert seen["/sends"].look.render.refused >= 5  # fetch, fetch, beacon, form, web socket


def test_dialogs_are_dismissed_and_popups_closed(seen: dict[str, Seen]) -> None:
    assert seen["/dialogs"].look.error is None
    assert "sau hộp thoại" in seen["/dialogs"].look.html
    assert seen["/dialogs"].paths() == ["/dialogs"]


def test_pictures_and_fonts_are_not_fetched(seen: dict[str, Seen]) -> None:
    assert seen["/heavy"].look.error is None
    assert seen["/heavy"].paths() == ["/heavy"]


@pytest.mark.parametrize("path", ["/moved", "/hop"])
def test_redirects_and_scripts_lead_to_the_last_page(seen: dict[str, Seen], path: str) -> None:
    look = seen[path].look
    assert (look.final_url, look.status, look.error) == (f"http://{name(path)}/landed", 200, None)
    assert "đã đến" in look.html


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/to-metadata", "refused_address"),
        ("/to-metadata-tls", "refused_address"),
        ("/round", "redirect_loop"),
        ("/file", "not_html"),
        ("/busy", "timeout"),
    ],
)
def test_what_is_no_page_is_named(seen: dict[str, Seen], path: str, error: str) -> None:
    assert (seen[path].look.error, seen[path].look.html) == (error, "")


def test_a_page_that_grows_beyond_the_bound_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.sight.MAX_PAGE_BYTES", 1000)
    growing = HTML.format(head="", body="<script>document.body.append('x'.repeat(2000))</script>")
    with web(lambda _: Answer(growing)) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        look = browsing(guard, lambda browser: browser.look("http://portal.gov.vn/"))
    assert (look.error, look.html) == ("too_large", "")


def test_a_missing_page_keeps_its_status(seen: dict[str, Seen]) -> None:
    assert (seen["/khong-co"].look.status, seen["/khong-co"].look.error) == (404, None)


def test_a_page_that_never_rests_is_read_as_it_is(seen: dict[str, Seen]) -> None:
    assert seen["/restless"].look.error is None
    assert "<p>" in seen["/restless"].look.html


def test_a_page_that_cannot_be_closed_costs_the_browser_not_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[BrowserContext] = []
    close = BrowserContext.close

    async def hang_once(context: BrowserContext) -> None:
        closed.append(context)
        if len(closed) == 1:
            await asyncio.Event().wait()
        await close(context)

    async def both(browser: Browser) -> list[Look]:
        looks = (("/", 20), ("/busy", 1), ("/", 20))  # by the second one the browser is up, its page open
        return [await browser.look(f"http://portal.gov.vn{path}", timeout=seconds) for path, seconds in looks]

    monkeypatch.setattr("crawler.browser.READ_SECONDS", 0.5)
    monkeypatch.setattr(BrowserContext, "close", hang_once)
    with web(page) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        before, busy, after = browsing(guard, both)
    assert closed
    assert (before.error, busy.error, after.error) == (None, "timeout", None)


FRAMED = {
    "/": HTML.format(
        head="",
        body="""<p>đầu</p><iframe src=/khung/a.html></iframe><iframe src=http://khac.vn/></iframe><x-a id=h></x-a>
            <iframe id=w></iframe><iframe src=/khac></iframe><p>cuối</p><script>
            h.attachShadow({mode: 'open'}).innerHTML
                = '<b>bóng</b> <slot></slot><iframe src=/khung/c.html></iframe>';
            h.append('sáng'); w.contentDocument.write('<p>viết</p>');
            document.body.append(Object.assign(document.createElement('x-b'), {id: 'k'}));
            k.attachShadow({mode: 'closed'}).innerHTML = 'kín';
            console.error('lỗi\\u202e\\x1b[31m' + 'x'.repeat(999)); console.log('bình thường'); throw Error('hỏng')
            </script>""",
    ),
    "/khung/a.html": "<a href=tin>Tin</a><iframe src=b.html></iframe>",
    "/khung/b.html": "<script>document.write('sâu')</script>",
    "/khung/c.html": "<p>trong bóng</p>",
}


@pytest.fixture(scope="module")
def framed() -> Look:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/khac":
            return Answer(status=302, headers={"Location": "http://khac.vn/"})
        return Answer(FRAMED.get(asked.path, "?") if asked.host == "portal.gov.vn" else "<p>của người khác</p>")

    with web(answer) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        return browsing(guard, lambda browser: browser.look("http://portal.gov.vn/"))


def test_frames_of_the_page_s_own_and_open_shadow_roots_are_seen_in_their_places(framed: Look) -> None:
    facts = read(framed.html, framed.final_url)
    assert [line.text for line in facts.lines] == ["đầu", "Tin", "sâu", "bóng sáng", "trong bóng", "viết", "cuối"]
    assert [link.url for link in facts.links if link.kind == "a"] == ["http://portal.gov.vn/khung/tin"]
    assert framed.render.frames == 4
    assert "data-" not in framed.html


def test_errors_on_the_console_are_kept_bounded_and_harmless(framed: Look) -> None:
    first, second = framed.render.console
    assert first.startswith("lỗi\\u202e\\u001b[31mxxx")
    assert len(first) < 350
    assert second == "Uncaught hỏng"


def test_a_bare_page_is_waited_for_longer() -> None:
    late = HTML.format(
        head="", body="<div id=app></div><script>setTimeout(() => app.append('muộn'), 1200)</script>"
    )
    with web(lambda _: Answer(late)) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        look = browsing(guard, lambda browser: browser.look("http://portal.gov.vn/"))
    assert '<div id="app">muộn</div>' in look.html


@pytest.mark.parametrize("bound", ["MAX_REQUESTS", "MAX_BYTES"])
def test_a_page_that_asks_for_too_much_is_not_seen(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"crawler.traffic.{bound}", 3 if bound == "MAX_REQUESTS" else 5000)
    asks = "<script>(async () => { for (let n = 0; n < 9; n++) await fetch('/' + n).catch(() => 0) })()</script>"
    with web(lambda asked: Answer(HTML.format(head="", body=asks) if asked.path == "/" else "x" * 2000)) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        look = browsing(guard, lambda browser: browser.look("http://portal.gov.vn/"))
    assert (look.error, look.html) == ("too_large", "")
    assert len(portal.asked) <= 4


def test_a_page_that_never_stops_telling_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.sight.MAX_TOLD", 200)
    loud = HTML.format(head="", body="<p>ồn</p><script>setInterval(() => console.error('a'), 0)</script>")

    async def both(browser: Browser) -> list[Look]:
        return [await browser.look(f"http://portal.gov.vn/{path}", timeout=20) for path in ("on", "")]

    with web(lambda asked: Answer(loud if asked.path == "/on" else "<p>ổn</p>")) as portal:
        first, second = browsing(Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True), both)
    assert (first.error, len(first.render.console)) == ("too_large", 20)
    assert second.error is None


def test_a_page_that_eats_memory_is_ended_and_the_next_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.engine.MAX_PAGE_BYTES", 250 * 1024 * 1024)
    monkeypatch.setattr("crawler.engine.WATCH_SECONDS", 0.1)
    eats = """<script>window.all = [];
        setInterval(() => { if (all.length < 40) all.push(new Uint8Array(2e7).fill(1)) }, 20)</script>"""

    async def both(browser: Browser) -> list[Look]:
        return [await browser.look(f"http://{host}.gov.vn/", timeout=20) for host in ("doi", "no")]

    with web(lambda asked: Answer(HTML.format(head="", body=eats if "doi" in asked.host else "ổn"))) as portal:
        first, second = browsing(Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True), both)
    assert (first.error, first.html) == ("render_failed", "")
    assert (second.error, second.status) == (None, 200)


def test_nobody_has_to_look_for_a_page_to_be_kept_from_the_machines_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.engine.WATCH_SECONDS", 3600)
    eats = """<script>window.all = []; window.refused = 0;
        for (let i = 0; i < 100; i++) try { all.push(new Uint8Array(2e7).fill(1)) } catch (error) { refused++ }
        document.write(refused ? 'bị từ chối' : 'đã lấy hết')</script>"""

    async def seen(browser: Browser) -> tuple[Look, list[int]]:
        look = await browser.look("http://doi.gov.vn/", timeout=20)
        pages = (pid for pid in below(os.getpid()) if is_called(pid, "--type=renderer"))
        return look, [held_by(pid) for pid in pages]

    with web(lambda _: Answer(HTML.format(head="", body=eats))) as portal:
        look, held = browsing(Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True), seen)
    assert "bị từ chối" in look.html
    assert 100 << 20 < max(held) < MAX_PAGE_SPACE


@pytest.mark.parametrize(("name", "most"), [("LOOKS", 1), ("MAX_BYTES", 1)])
def test_a_browser_that_is_used_up_makes_room(name: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"crawler.engine.{name}", most)

    async def visit(browser: Browser) -> list[str]:
        said = []
        for nth in range(3):
            look = await browser.look(f"http://portal.gov.vn/{nth}")
            said.append(look.html.rpartition("</script>")[2].partition("</body>")[0])
            browser._engine.held = 2  # as if it had been counted by now
        return said

    body = "<script>document.write(document.cookie || 'lần đầu'); document.cookie = 'da=xem; path=/'</script>"
    with web(lambda _: Answer(HTML.format(head="", body=body))) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        assert browsing(guard, visit) == ["lần đầu"] * 3


SENDS_BY_THE_WAY = """<script>
    const home = 'https://portal.gov.vn';
    eval('1');  // the policy forbids it, and its breach is reported
    addEventListener('pagehide', () => navigator.sendBeacon('/gui', 'x'));
    if (window.fetchLater) fetchLater(home + '/gui', {method: 'POST', body: 'x', activateAfter: 0});
    const popup = window.open('about:blank');
    popup.document.write('<form id=f method=post action=' + home + '/gui></form><script>f.submit()<\\/script>');
    const frame = document.createElement('iframe'); frame.sandbox = 'allow-scripts allow-forms';
    frame.srcdoc = '<form id=f method=post action=' + home + '/gui></form><script>f.submit()<\\/script>';
    document.body.append(frame);
    new Worker(URL.createObjectURL(new Blob([`new WebSocket('wss://portal.gov.vn/gui')`])));
    </script>"""


def test_no_way_to_send_something_leads_out_of_an_encrypted_page(tmp_path: Path) -> None:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "script-src 'unsafe-inline'; worker-src blob:; report-to gui",
        "Reporting-Endpoints": 'gui="https://portal.gov.vn/gui"',
    }

    async def twice(browser: Browser) -> list[Look]:
        return [await browser.look(f"https://portal.gov.vn{path}", timeout=20) for path in ("/", "/sau")]

    with web(
        lambda _: Answer(HTML.format(head="", body=SENDS_BY_THE_WAY), headers=headers),
        self_signed(tmp_path),
    ) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        looks = browsing(guard, twice)
    assert [look.error for look in looks] == [None, None]
    assert sum(look.render.refused for look in looks) > 0
    assert portal.methods() == {"GET"}
    assert "/gui" not in portal.paths()


@pytest.mark.parametrize(
    "trick",
    [
        "window._govaq = [1]; _govaq.slice = () => ({map: () => 'x'.repeat(1e6)})",
        "window._govaq = [1]; JSON.stringify = () => 'x'.repeat(1e6)",
        "window._govaq = {length: 1e9}; Array.isArray = () => true",
        "document.getElementsByTagName = () => ({length: 'x'.repeat(1e6)})",
        "Object.defineProperty(Element.prototype, 'outerHTML', {get() { return 'thay' }})",
    ],
)
def test_a_page_that_replaces_the_browsers_functions_is_read_within_bounds(trick: str) -> None:
    with web(lambda _: Answer(HTML.format(head="", body=f"<p>thật</p><script>{trick}</script>"))) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        look = browsing(guard, lambda browser: browser.look("http://portal.gov.vn/"))
    assert look.error is None
    assert "<p>thật</p>" in look.html
    assert sum(map(len, look.render.pushes)) <= 50 * 300


def dying(command: str, times: int) -> tuple[Look, Look]:
    """A look at a page under which the browser or its tab dies so many times, and one at its neighbour."""

    async def both(browser: Browser) -> tuple[Look, Look]:
        ends = []
        looking = asyncio.ensure_future(browser.look("http://portal.gov.vn/slow"))
        for _ in range(times):
            await asyncio.to_thread(asked.acquire, timeout=20)
            assert browser._engine.chromium is not None
            opened = browser._engine.chromium.contexts[0].pages[0]
            if command == "kill":
                told = await (await browser._engine.chromium.new_browser_cdp_session()).send(
                    "SystemInfo.getProcessInfo"
                )
                os.kill(next(each["id"] for each in told["processInfo"] if each["type"] == "browser"), SIGKILL)
                continue
            session = await opened.context.new_cdp_session(opened)
            ends.append(asyncio.ensure_future(session.send(command)))
        first = await looking
        free.set()
        await asyncio.gather(*ends, return_exceptions=True)
        return first, await browser.look("http://portal.gov.vn/")

    asked, free = threading.Semaphore(0), threading.Event()

    def slow(request: Asked) -> Answer:
        if request.path == "/slow" and len(portal.paths()) < 2 * times:
            return Answer("<p>chờ<script src=/late.js></script>")
        if request.path == "/late.js":
            asked.release()
            free.wait(20)
        return Answer("<p>ổn</p>")

    with web(slow) as portal:
        return browsing(Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True), both)


@pytest.mark.parametrize(("command", "times"), [("Browser.crash", 2), ("Page.crash", 1), ("kill", 2)])
def test_a_page_that_dies_is_not_seen_and_the_next_look_works(command: str, times: int) -> None:
    first, second = dying(command, times)
    assert (first.error, first.html) == ("render_failed", "")
    assert (second.error, second.status) == (None, 200)
    assert "ổn" in second.html


@pytest.mark.parametrize("command", ["Browser.crash", "kill"])
def test_a_page_whose_browser_went_down_once_is_tried_again(command: str) -> None:
    first, _ = dying(command, 1)
    assert (first.error, first.status) == (None, 200)
    assert "ổn" in first.html


def test_pages_are_looked_at_side_by_side_and_each_answers_for_itself() -> None:
    both_asked = threading.Barrier(2)

    def meet(request: Asked) -> Answer:
        both_asked.wait(20)
        sends = "<script>fetch('/gui', {method: 'POST', body: 'x'}).catch(() => 0)</script>"
        return Answer(HTML.format(head="", body=sends if request.host.startswith("a.") else "chỉ đọc"))

    async def looks(browser: Browser) -> list[Look]:
        return await asyncio.gather(*(browser.look(f"http://{host}.gov.vn/") for host in "ab"))

    with web(meet) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        seen = browsing(guard, looks)
    assert [(look.error, look.status, look.render.refused) for look in seen] == [(None, 200, 1), (None, 200, 0)]


@pytest.mark.parametrize(("looks", "second"), [(50, "da=xem"), (1, "lần đầu")])
def test_a_host_keeps_its_page_until_it_is_used_up(
    looks: int, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def visit(browser: Browser) -> list[Look]:
        return [await browser.look(f"http://{host}.gov.vn/{nth}") for nth in range(2) for host in "ab"]

    monkeypatch.setattr("crawler.tab.LOOKS", looks)
    body = "<script>document.write(document.cookie || 'lần đầu'); document.cookie = 'da=xem; path=/'</script>"
    with web(lambda _: Answer(HTML.format(head="", body=body))) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        seen = browsing(guard, visit)
    said = [look.html.rpartition("</script>")[2].partition("</body>")[0] for look in seen]
    assert said == ["lần đầu", "lần đầu", second, second]


def test_an_untrusted_certificate_is_no_obstacle_and_its_name_is_asked_for(tmp_path: Path) -> None:
    with web(page, self_signed(tmp_path, "khac.vn")) as portal:
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        seen = browsing(guard, lambda browser: browser.look("https://portal.gov.vn/"))
    assert (seen.status, seen.error) == (200, None)
    assert {(asked.server_name, asked.host) for asked in portal.asked} == {("portal.gov.vn", "portal.gov.vn")}


def test_special_addresses_are_refused_before_the_browser_is_asked() -> None:
    async def looks(browser: Browser) -> list[str | None]:
        urls = (
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://1.2.3.4.5/",
            "file:///etc/passwd",
            "file://a.vn/x",
            "nonsense",
        )
        return [(await browser.look(url)).error for url in urls]

    assert browsing(Guard(), looks) == ["refused_address", "refused_address", "dns", "dns", "dns", "dns"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_listening_is_refused(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        guard = Guard(connect_to=[f"::127.0.0.1:{free.getsockname()[1]}"], allow_private=True)
        seen = browsing(guard, lambda browser: browser.look(f"{scheme}://portal.gov.vn/"))
    assert (seen.error, seen.status, seen.html) == ("refused", None, "")


def test_real_time_connections_find_no_way_around_the_proxy() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun, web(page) as portal:
        stun.bind(("127.0.0.1", 0))
        stun.setblocking(False)
        guard = Guard(connect_to=[f"::127.0.0.1:{portal.port}"], allow_private=True)
        url = f"http://portal.gov.vn/rtc#{stun.getsockname()[1]}"
        look = browsing(guard, lambda browser: browser.look(url))
        assert "complete" in look.html
        with pytest.raises(BlockingIOError):
            stun.recv(100)


def test_the_browser_chosen_by_the_operator_is_the_only_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AUDIT_BROWSER", str(tmp_path / "none"))
    assert find_browser() is None
    with pytest.raises(FileNotFoundError, match="AUDIT_BROWSER"):
        Browser(Guard(), user_agent="x", politeness=Politeness(0))
