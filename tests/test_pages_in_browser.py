"""The dashboard in a real Chromium: what axe finds, what a keyboard reaches, a telephone, paper; and that nothing a
portal planted is ever more than text."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from audit.web.app import make_app
from audit.web.views import Views
from crawler.engine import find_browser
from storage.archive import Archive
from tests.served import served
from tests.shown_compared import take_figures, two_rounds
from tests.shown_land import fill, small_country

MAIN = (
    *(
        "/",
        "/portals",
        "/portals/lao-cai",
        "/portals/lao-cai/identity.spokesperson",
        "/agencies/lao-cai",
        "/findings",
    ),
    *(
        "/rules",
        "/rules/identity.spokesperson",
        "/runs",
        "/runs/n2",
        "/search?q=lao",
        "/about",
        "/agencies",
        "/none",
    ),
    *("/rankings", "/rankings/department", "/rates", "/figures", "/comparison"),
)
_AXE = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                                                   "best-practice"]});
  return found.violations.map(each => `${each.id}: ${each.nodes.slice(0, 3).map(n => n.html).join(" | ")}`);
}"""

pytestmark = pytest.mark.skipif(find_browser() is None, reason="there is no Chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, made_once: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browser")
    path = folder / "audit.db"
    path.write_bytes(made_once.read_bytes())
    registry = small_country(folder / "registry")
    with Archive.open(path) as archive:
        fill(archive, registry)
        two_rounds(archive, registry)
        take_figures(archive)
        with served(make_app(Views(archive, registry))) as found:
            yield found.url


@pytest.fixture(scope="module")
def axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8") + ";0"


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page; whatever its console complains of fails the test: a policy broken, a file that is not there."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **getattr(request, "param", {}))
    made = context.new_page()
    said: list[str] = []
    made.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    made.on("pageerror", lambda error: said.append(str(error)))
    made.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    yield made
    context.close()
    assert [each for each in said if "404" not in each] == []


@pytest.mark.parametrize(
    "page",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"color_scheme": "dark", "is_mobile": True}],
    ids=["light", "dark", "phone"],
    indirect=True,
)
def test_axe_finds_nothing(page: Page, server: str, axe: str, request: pytest.FixtureRequest) -> None:
    if "phone" in request.node.name:
        page.set_viewport_size({"width": 360, "height": 740})
    for path in MAIN:
        page.goto(server + path)
        for closed in page.query_selector_all("details:not([open])"):
            closed.evaluate("each => each.open = true")
        page.evaluate(axe)
        assert page.evaluate(_AXE) == [], path


def test_nothing_planted_runs_or_shows_as_markup(page: Page, server: str) -> None:
    for path in ("/portals/lao-cai", "/portals/lao-cai/identity.spokesperson", "/portals/so-1", "/agencies/so-1"):
        page.goto(server + path)
        assert page.evaluate("window.hacked") is None
        assert page.locator("body").is_visible(), "a planted style hides nothing"
        assert page.locator("svg[onload], image, [href^='javascript' i]").count() == 0
    page.goto(server + "/portals/lao-cai/identity.spokesperson")
    text = page.locator("blockquote").first.inner_text()
    assert "<script>window.hacked=1</script>" in text
    assert "javascript:window.hacked=4" in text
    assert "‹U+202E›" in text
    assert "\u202e" not in page.locator("body").inner_text()


@pytest.mark.parametrize("width", [320, 360, 768])
def test_a_telephone_need_not_be_scrolled_sideways(page: Page, server: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    for path in MAIN:
        page.goto(server + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_a_keyboard_reaches_everything_and_no_script_is_needed(page: Page, server: str) -> None:
    page.goto(server + "/findings")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.bounding_box() is not None
    box: Any = skip.bounding_box()
    assert box["x"] >= 0, "the first stop is the way past the menu, and it is seen"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.locator("#f-rule").focus()
    page.locator("#f-rule").select_option("transport.https")
    page.locator("main form button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**rule=transport.https*")
    rows = page.locator("main tbody tr")
    assert rows.count() == 6
    page.locator("thead a").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=first_seen*")
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.locator("#q-top").fill("lao cai")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=lao+cai")
    page.locator("main a[href='/portals/lao-cai']").click()
    page.get_by_role("link", name="English").click()
    assert page.url == f"{server}/en/portals/lao-cai"
    assert page.locator("html[lang=en]").count() == 1


def test_every_stop_of_the_keyboard_shows_where_it_is(page: Page, server: str) -> None:
    page.goto(server + "/portals")
    stops = page.locator("a, button, input, select, summary, [tabindex='0']").count()
    seen = set()
    for _ in range(stops + 5):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [e.outerHTML.slice(0, 120), e === document.body || s.outlineStyle !== 'none']; }"
        )
        seen.add(told[0])
        assert told[1], told[0]
    assert len(seen) >= stops * 0.6


def test_paper_has_the_findings_and_no_menu(page: Page, server: str) -> None:
    page.goto(server + "/portals/lao-cai")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("header nav").is_visible()
    assert not page.locator("header form").is_visible()
    assert page.locator(".fault").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf()) > 10_000
