"""Whose place an address is, what a page says of its own, how far a portal was read."""

from __future__ import annotations

from typing import Any

import pytest

from audit_rules.content import Content, contents_of
from audit_rules.hosts import Place, is_national, place_of
from audit_rules.site import SiteFacts
from tests.cases import made

ROOT = "https://songmay.gov.vn"
FRAME = """<html><head><title>Cổng</title></head><body><nav><a href="/">Trang chủ</a></nav>
<main>{}<p>Hộp chung</p></main><footer>UBND tỉnh</footer></body></html>"""
TEXT = "<p>Điều 1. Văn bản này quy định việc quản lý đường thôn, đường bản trên địa bàn toàn tỉnh.</p>"


def site(**told: Any) -> SiteFacts:
    portal, visit, around = made({"frame": FRAME, **told})
    return SiteFacts(portal, visit, around.book)


# --- whose place ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kind", "expected"),
    [
        ("https://songmay.gov.vn/a", "province", "own"),
        ("http://www.cong.songmay.gov.vn/", "province", "own"),
        ("https://vanban.songmay.gov.vn/", "province", "sibling"),
        ("https://so1.songmay.gov.vn/", "province", "stranger"),
        ("https://vbpl.vn/songmay", "province", "national"),
        ("https://khac.gov.vn/", "province", "stranger"),
        ("https://songmay.gov.vn.khac.vn/", "province", "stranger"),
        ("mailto:a@songmay.gov.vn", "province", "stranger"),
        ("https://sxd.songmay.gov.vn/a", "department", "own"),
        ("https://songmay.gov.vn/a", "department", "main"),
        ("https://vanban.songmay.gov.vn/", "department", "sibling"),
    ],
)
def test_an_address_has_its_place(url: str, kind: str, expected: Place) -> None:
    portal, _, around = made({"kind": kind, "components": 1})
    assert place_of(url, portal, around) == expected


@pytest.mark.parametrize(
    ("url", "topic", "expected"),
    [
        ("https://dichvucong.gov.vn/", "procedures", True),
        ("https://csdl.dichvucong.gov.vn/x", "procedures", True),
        ("https://xdichvucong.gov.vn/", "procedures", False),
        ("https://dichvucong.gov.vn/", "budget", False),
        ("https://vbpl.vn/songmay/Pages/home.aspx", "legal_documents", True),
        ("https://vbpl.vn/", "legal_documents", False),
        ("https://vbpl.vn", "legal_documents", False),
        ("https://ckns.mof.gov.vn", "budget", True),
        ("https://ckns.mof.gov.vn", "history", False),
    ],
)
def test_a_national_system_is_one_for_its_topic(url: str, topic: str, expected: bool) -> None:
    assert is_national(url, topic) is expected


# --- what a page says of its own -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<h1>Quy chế</h1>{TEXT}", "full"),
        ('<h1>Quy chế</h1><a href="/tep/1.pdf">Tải</a>', "full"),
        (f"<h1>Quy chế</h1>{TEXT}<p>Phụ lục đang cập nhật</p>", "full"),
        ("<h1>Quy chế</h1><p>Đang cập nhật</p>", "awaiting"),
        ("<p>NỘI DUNG ĐANG ĐƯỢC XÂY DỰNG</p>", "awaiting"),
        ("<h1>Quy chế</h1><p>Chưa có bài viết nào</p>", "empty_list"),
        ("<h1>Quy chế</h1>", "scant"),
        ("<h1>Quy chế cung cấp thông tin</h1><p>Trang chủ » Quy chế cung cấp thông tin</p>", "scant"),
        ("", "scant"),
    ],
)
def test_a_page_is_what_it_adds_to_the_frame(html: str, expected: Content) -> None:
    seen = site(html="<p>Trang chủ »</p>", pages={"/qc": html})
    page = seen.page(f"{ROOT}/qc")
    assert page is not None
    assert contents_of(seen).of(page) == expected


def test_a_scan_is_content_whatever_a_box_says() -> None:
    scan = '<h1>Quy chế</h1><img src="/1.png" width="800" height="900"><p>Đang cập nhật</p>'
    seen = site(pages={"/qc": scan, "/b": TEXT})
    page = seen.page(f"{ROOT}/qc")
    assert page is not None
    assert page.views[-1].images == 1
    assert contents_of(seen).of(page) == "scant"


def test_what_three_pages_say_belongs_to_the_frame_and_an_excuse_is_heard_all_the_same() -> None:
    bare = "<p>Đang cập nhật</p>"
    seen = site(pages={path: f"<h1>Mục {path[1:]}</h1>{bare}" for path in ("/a", "/b", "/c", "/d")})
    page = seen.page(f"{ROOT}/a")
    assert page is not None
    assert "Đang cập nhật" not in [line.text for _, line in contents_of(seen).own_lines(page.views[0])]
    assert contents_of(seen).of(page) == "awaiting"


def test_a_page_counts_as_a_citizen_sees_it() -> None:
    seen = site(pages={"/qc": "<p>Đang cập nhật</p>"}, undrawn=["/qc"])
    page = seen.page(f"{ROOT}/qc")
    assert page is not None
    assert seen.unsettled(page) == "not_rendered"


# --- how far it was read ----------------------------------------------------------------------------------


def test_clicks_are_counted_along_the_pages_that_were_read() -> None:
    seen = site(
        html='<a href="/1">Một</a>',
        pages={"/1": '<a href="/2">Hai</a>', "/2": '<a href="/3">Ba</a>', "/3": "<p>Bốn</p>"},
    )
    clicks = {
        url: contents_of(seen).depth(view) for page in seen.visit.pages for url, view in [(page.url, page.views[0])]
    }
    assert clicks == {f"{ROOT}/": 0, f"{ROOT}/1": 1, f"{ROOT}/2": 2, f"{ROOT}/3": 3}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"html": ""}, False),
        ({"html": '<div class="menu"><a href="/khac">Chuyên trang</a></div>'}, True),
        ({"html": '<div class="menu"><a href="/rss">RSS</a><a href="/en">English</a></div>'}, False),
        ({"html": '<div class="menu"><a href="https://khac.vn/">Chuyên trang</a></div>'}, False),
        ({"html": '<div class="menu"><a href="/a">Một</a></div>', "answers": {f"{ROOT}/a": 404}}, False),
        ({"html": '<div class="menu"><a href="/a">Một</a></div>', "skipped": {f"{ROOT}/a": "http_4xx"}}, False),
        ({"html": '<div class="menu"><a href="/a">Một</a></div>', "pages": {"/a": TEXT}}, False),
        ({"html": '<p><a href="/a">Một</a></p>'}, False),
        ({"html": '<p><a href="/a">Một</a> <a href="/b">Hai</a></p>'}, True),
        ({"html": '<div class="news"><a href="/a">Một</a> <a href="/b">Hai</a></div>'}, False),
        ({"html": "", "frame": "<p>Không có thực đơn</p>{}"}, True),
    ],
)
def test_sections_that_nobody_read_are_known(told: dict[str, Any], expected: bool) -> None:
    assert contents_of(site(**told)).menus_unread is expected
