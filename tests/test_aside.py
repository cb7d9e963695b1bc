"""What is read beside the pages: the portal's own search, and versions in other languages; and time-outs of TLS."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_rules.address import Address, AddressBook
from audit_rules.facts import Link, Page, Visit
from audit_rules.languages import leads_to_language
from audit_rules.reading import read_page
from audit_rules.search_try import Question, question, word_of
from crawler.guard import Guard
from crawler.loop import run
from crawler.plan import Plan, Timeouts
from crawler.politeness import Politeness
from crawler.visit import Network, render, visit
from storage.evidence import EvidenceWriter
from storage.recorded import Recorded
from tests.cases import SEEN_AT
from tests.made_portal import HOST, HTML, TEXT, Pages, Painter, Reply, Site, html, network, nothing, portal, to

ROOT = f"http://{HOST}"
NEWS = "".join(
    f'<li><a href="/tin/{at}">{text}</a></li>'
    for at, text in enumerate(
        (
            "Nông dân xuống đồng thu hoạch lúa",
            "Hội chợ nông sản vùng cao mở cửa",
            "Ra quân dọn vệ sinh môi trường nông thôn",
        )
    )
)
FORM = (
    '<form action="/tim-kiem"><input type="hidden" name="loai" value="tin">'
    '<input name="q" placeholder="Tìm kiếm"></form>'
)


def home(form: str = FORM, links: str = "") -> Reply:
    text = (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Cổng</title></head><body>'
        f"<header>{form}{links}</header><main>{TEXT}<ul>{NEWS}</ul></main><footer>Tỉnh</footer></body></html>"
    )
    return Reply(text.encode(), 200, dict(HTML))


def go(pages: Pages, foreign: Callable[[Link], bool] | None = None, **more: object) -> tuple[Visit, Site]:
    with Site(pages) as site, network(site.port) as net:
        book = AddressBook(((Address.parse(HOST), "tinh"),))
        seen = run(visit(portal(), book, Plan(), net, rank=nothing, foreign=foreign, **more))  # type: ignore[arg-type]
    return seen, site


ASKED = "/tim-kiem?loai=tin&q=n%C3%B4ng"


def asked(site: Site) -> list[str]:
    return [line for line in site.asked if "tim-kiem" in line]


# --- the search -------------------------------------------------------------------------------------------------


def test_the_search_is_asked_once_for_a_word_of_the_headlines_with_all_that_the_form_sends() -> None:
    seen, site = go({"/": home(), ASKED: html(body="<p>Kết quả</p>")})
    assert asked(site) == [f"GET {HOST}{ASKED}"]
    assert seen.net.search is not None
    assert (seen.net.search.word, seen.net.search.answer.status) == ("nông", 200)
    assert seen.net.search.page is not None
    assert seen.net.search.page.url not in [page.url for page in seen.pages]


def test_a_search_that_fails_is_asked_twice_and_one_that_robots_forbid_never() -> None:
    seen, site = go({"/": home(), ASKED: Reply(b"oops", 500)})
    assert len(asked(site)) == 2
    assert seen.net.search is not None
    assert (seen.net.search.answer.status, seen.net.search.page) == (500, None)
    seen, site = go({"/": home(), "/robots.txt": Reply(b"User-agent: *\nDisallow: /tim-kiem\n")})
    assert asked(site) == []
    assert seen.net.search is not None
    assert seen.net.search.answer.error == "robots"


def test_results_on_another_host_are_not_followed() -> None:
    seen, site = go({"/": home(), ASKED: to("http://www.google.com/search?q=x")})
    assert seen.net.search is not None
    assert (seen.net.search.answer.final_url, seen.net.search.page) == ("http://www.google.com/search?q=x", None)
    assert not any("google" in line for line in site.asked)


@pytest.mark.parametrize(
    "form",
    [
        FORM.replace("<form", '<form method="post"'),
        FORM.replace('"/tim-kiem"', '"http://khac.gov.vn/tim"'),
        FORM.replace('"/tim-kiem"', '"#"'),
        FORM.replace("</form>", '<input name="tac-gia"></form>'),
        '<input name="q" placeholder="Tìm kiếm">',
        '<form action="/tra-cuu"><input name="ma" placeholder="Nhập mã hồ sơ"></form>',
    ],
)
def test_what_only_a_script_or_a_sent_form_can_ask_is_not_asked(form: str) -> None:
    seen, site = go({"/": home(form)})
    assert seen.net.search is None
    assert not any("?" in line for line in site.asked)


def test_the_page_of_results_is_shown_to_the_browser_and_replayed(tmp_path: Path) -> None:
    evidence = EvidenceWriter(tmp_path, "dem-1", "tinh")
    pages: Pages = {"/": home(), ASKED: html(body="<p>Kết quả</p>")}
    with Site(pages) as site, network(site.port) as net:
        seen = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing, evidence=evidence))
        assert seen.net.search is not None
        assert seen.net.search.page is not None
        url = seen.net.search.page.url
        seen = run(render(seen, [url], Painter(), plan=Plan(), net=net, evidence=evidence))
    net = Network(recorded=Recorded.open(tmp_path / evidence.finish()))
    again = run(visit(portal(), AddressBook(), Plan(), net, rank=nothing))
    again = run(render(again, [url], None, plan=Plan(), net=net))
    assert seen.net.search is not None
    assert seen.net.search.page is not None
    assert seen.net.search.page.rendered is not None
    assert again.net.search == seen.net.search


def test_the_word_is_of_the_portals_own_news_and_of_nothing_that_stands_on_every_page() -> None:
    def word(body: str) -> str | None:
        text = f"<title>Cổng tỉnh</title><body><header>Nông thôn</header><main>{body}</main></body>"
        page = read_page(text.encode(), ROOT + "/", seen_at=SEEN_AT)
        return word_of(Page(ROOT + "/", page))

    assert word(NEWS) not in ("nông", "thôn", None)
    assert word('<a href="http://khac.gov.vn/">Sở Giáo dục và Đào tạo tỉnh</a>') is None
    assert word('<a href="/a">Trang chủ</a>') is None


def test_why_a_search_cannot_be_asked() -> None:
    def told(form: str) -> Question | str:
        return question(Page(ROOT + "/", read_page(home(form).body, ROOT + "/", seen_at=SEEN_AT)))

    assert told(FORM) == Question(ROOT + ASKED, "nông")
    assert told(FORM.replace("</form>", '<select name="muc"><option>Tất cả</option></select></form>')) == Question(
        ROOT + ASKED, "nông", whole=False
    )
    assert told(FORM.replace("<form", '<form method="POST"')) == "needs_post"
    assert told("") == "needs_review"


# --- other languages --------------------------------------------------------------------------------------------

ENGLISH = (
    "<p>The province lies in the north of the country and is known for its mountains, its markets and the people of"
    " the highlands. The department is in charge of the planning of roads, bridges and housing in the province.</p>"
)


def test_a_version_beside_the_portal_is_read_for_its_language_and_nothing_else() -> None:
    links = f'<a href="http://en.{HOST}/">English</a>'
    seen, _ = go(
        {
            f"{HOST}/": home("", links),
            f"en.{HOST}/": to(f"http://en.{HOST}/home"),
            f"en.{HOST}/home": html(body=ENGLISH * 3),
        },
        foreign=leads_to_language,
    )
    (page,) = seen.net.outside
    assert page.url == f"http://en.{HOST}/"
    assert page.raw is not None
    assert (page.raw.language.spoken, page.raw.url, page.raw.lines) == ("en", f"http://en.{HOST}/home", ())
    answer = seen.net.answer(page.url)
    assert answer is not None
    assert answer.final_url == f"http://en.{HOST}/home"
    assert len(seen.pages) < 6  # what it links is nobody's business
    seen, site = go(
        {f"{HOST}/": home("", links), f"en.{HOST}/robots.txt": Reply(b"User-agent: *\nDisallow: /\n")},
        leads_to_language,
    )
    assert seen.net.outside == ()
    assert f"GET en.{HOST}/" not in site.asked


def test_a_choice_of_language_does_not_change_the_language_of_the_visit() -> None:
    """A portal that answers in English once a visitor followed its English link."""
    switch = Reply(html(body=ENGLISH * 3).body, 200, HTML | {"Set-Cookie": "lang=en; path=/"})
    links = '<a href="/en">English</a><a href="/gioi-thieu">Giới thiệu</a><a href="/lien-he">Liên hệ</a>'
    pages: Pages = {"/": home("", links), "/en": switch, "/gioi-thieu": html(), "/lien-he": html()}
    seen, site = go(pages, leads_to_language)
    assert f"{ROOT}/en" in [page.url for page in seen.pages]
    after = [line.rpartition("/")[2] for line in site.asked]
    assert after.index("en") < max(after.index("gioi-thieu"), after.index("lien-he"))
    assert set(site.cookies.values()) == {""}
    _, site = go(pages)  # nobody said that the link leads to another language
    assert "lang=en" in site.cookies.values()


# --- time-outs --------------------------------------------------------------------------------------------------


def test_a_server_that_never_finishes_the_handshake_was_not_met() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, Site({"/": html()}) as site:
        mapped = (f":443:127.0.0.1:{silent.getsockname()[1]}", f":80:127.0.0.1:{site.port}")
        net = Network(Guard(connect_to=mapped, allow_private=True), Politeness(0, 99, 1000))
        plan = Plan(timeouts=Timeouts(tls=0.3, page=20, first_byte=20))
        seen = run(visit(portal(), AddressBook(), plan, net, rank=nothing))
    assert (seen.state, seen.home) == ("audited", f"{ROOT}/")
    assert seen.net.https is not None
    assert seen.net.https.error == "timeout"
