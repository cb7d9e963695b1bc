"""Every way out of a page is read, with what a reader sees of it."""

from __future__ import annotations

import pytest

from audit_rules.reading import gathered
from audit_rules.reading.links import MAX_URL, address_words, resolve, unwrap
from tests.reading import read


def ways(html: str, url: str = "https://a.gov.vn/web/trang-chu?p=1") -> list[tuple[str, str, str]]:
    return [(link.kind, link.url, link.text) for link in read(html, url).links]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/lien-he">Liên hệ</a>', ("a", "https://a.gov.vn/lien-he", "Liên hệ")),
        ('<a href="lien-he">Liên hệ</a>', ("a", "https://a.gov.vn/web/lien-he", "Liên hệ")),
        ('<a href="?p=2">Trang 2</a>', ("a", "https://a.gov.vn/web/trang-chu?p=2", "Trang 2")),
        ('<a href="//b.gov.vn/x">B</a>', ("a", "https://b.gov.vn/x", "B")),
        ('<a href=" ../tin ">Tin</a>', ("a", "https://a.gov.vn/tin", "Tin")),
        ('<a href="HTTP://B.gov.vn">B</a>', ("a", "HTTP://B.gov.vn", "B")),
        ('<a href="mailto:x@a.gov.vn">Thư</a>', ("a", "mailto:x@a.gov.vn", "Thư")),
        ('<a href="tel:02143840034">Gọi</a>', ("a", "tel:02143840034", "Gọi")),
        ('<map><area href="/xa" alt="Xã Bắc Hà"></map>', ("area", "https://a.gov.vn/xa", "Xã Bắc Hà")),
        (
            '<option value="https://snv.a.gov.vn/">Sở Nội vụ</option>',
            ("option", "https://snv.a.gov.vn/", "Sở Nội vụ"),
        ),
        ('<option data-url="/so">Sở</option>', ("option", "https://a.gov.vn/so", "Sở")),
        ('<div data-href="/x">Xem</div>', ("data", "https://a.gov.vn/x", "Xem")),
        ('<span data-link="/x">Xem</span>', ("data", "https://a.gov.vn/x", "Xem")),
        ("<p onclick=\"window.open('/x')\">Mở</p>", ("script", "https://a.gov.vn/x", "Mở")),
        ("<a onclick=\"location.href='/x'\">Mở</a>", ("script", "https://a.gov.vn/x", "Mở")),
        ("<a href=\"javascript:window.open('/x')\">Mở</a>", ("script", "https://a.gov.vn/x", "Mở")),
        ("<a href=\" JavaScript:window.open('/x')\">Mở</a>", ("script", "https://a.gov.vn/x", "Mở")),
        ("<b onclick=\"location.assign('/x')\">Mở</b>", ("script", "https://a.gov.vn/x", "Mở")),
        ("<b onclick=\"go(1, 'https://b.vn/x')\">Mở</b>", ("script", "https://b.vn/x", "Mở")),
        ("<select onchange=\"document.location = '/x'\"></select>", ("script", "https://a.gov.vn/x", "")),
        ('<input onclick="window.open(\'/x\')" alt="Vào">', ("script", "https://a.gov.vn/x", "Vào")),
        ('<img onclick="window.open(\'/x\')" alt="Ảnh">', ("script", "https://a.gov.vn/x", "Ảnh")),
        ('<form action="/tim-kiem">', ("form", "https://a.gov.vn/tim-kiem", "")),
        ('<meta http-equiv="Refresh" content="0; URL=\'/moi\'">', ("refresh", "https://a.gov.vn/moi", "")),
        ('<iframe src="/khung"></iframe>', ("frame", "https://a.gov.vn/khung", "")),
        ('<frameset><frame src="/khung"></frameset>', ("frame", "https://a.gov.vn/khung", "")),
    ],
)
def test_each_kind_of_link_is_read(html: str, expected: tuple[str, str, str]) -> None:
    assert ways(html) == [expected]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="#">x</a>',
        '<a href="">x</a>',
        "<a>x</a>",
        '<a href="javascript:;">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<a href="http://[bad">x</a>',
        '<a href="ftp://a.gov.vn/">x</a>',
        '<a href="https://">x</a>',
        f'<a href="/{"x" * MAX_URL}">x</a>',
        '<option value="5">x</option>',
        '<div onclick="show()">x</div>',
        '<form action="/gui" method="post"><input></form>',
        '<meta http-equiv="refresh" content="30">',
    ],
)
def test_what_leads_nowhere_is_no_link(html: str) -> None:
    assert ways(html) == []


def test_a_base_element_moves_relative_links() -> None:
    html = '<base href="https://b.gov.vn/cong/index"><a href="x">X</a><a href="/y">Y</a>'
    assert [url for _, url, _ in ways(html)] == ["https://b.gov.vn/cong/x", "https://b.gov.vn/y"]
    assert [url for _, url, _ in ways('<base href="mailto:x"><a href="/y">Y</a>')] == ["https://a.gov.vn/y"]
    assert [url for _, url, _ in ways('<base target="_blank"><a href="/y">Y</a>')] == ["https://a.gov.vn/y"]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.vn/redirect?url=https%3A%2F%2Fb.gov.vn%2Fx", "https://b.gov.vn/x"),
        ("https://a.vn/l.php?u=http://b.gov.vn", "http://b.gov.vn"),
        ("https://a.vn/share?title=http-2", "https://a.vn/share?title=http-2"),
        ("https://a.vn/go?url=https://", "https://a.vn/go?url=https://"),
        ("https://a.vn/go?url=http://[x", "https://a.vn/go?url=http://[x"),
        ("https://a.vn/x", "https://a.vn/x"),
    ],
)
def test_redirectors_are_unwrapped(url: str, target: str) -> None:
    assert unwrap(url) == target


def test_an_address_without_a_path_is_a_folder() -> None:
    assert resolve("https://a.gov.vn", "x") == "https://a.gov.vn/x"
    assert resolve("https://a.gov.vn#top", "?q=1") == "https://a.gov.vn/?q=1"
    long = "/" + "x" * 400
    assert resolve("https://a.gov.vn", long) == "https://a.gov.vn" + long


def test_the_text_of_a_link_is_what_a_reader_sees_else_its_alternative() -> None:
    texts = [
        link.text
        for link in read("""
        <a href="/1"><b>Dịch</b> <i>vụ</i> công</a>
        <a href="/2"><img src="x.png" alt="Tín nhiệm mạng"></a>
        <a href="/3"><img src="x.png" title="Biểu trưng"></a>
        <a href="/4" title="Trang chủ"><i class="fa fa-home"></i></a>
        <a href="/5" aria-label="Đóng"></a>
        <a href="/6">&nbsp;</a>""").links
    ]
    assert texts == ["Dịch vụ công", "Tín nhiệm mạng", "Biểu trưng", "Trang chủ", "Đóng", ""]


def test_a_hint_is_kept_where_it_says_more() -> None:
    first, second = read('<a href="/1" title="Xem tất cả">Xem</a><a href="/2" title="Xem">Xem</a>').links
    assert (first.hint, second.hint) == ("Xem tất cả", "")


def test_a_link_knows_its_line() -> None:
    facts = read('<p>Một</p><p>Hai <a href="/x">ba</a></p>')
    assert facts.lines[facts.links[0].line].text == "Hai ba"


def test_huge_links_and_many_links_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = "<b>từ</b> " * 5000
    (link,) = read(f'<div data-url="/x">{inner}</div>').links
    assert 100 < len(link.text) <= 300
    monkeypatch.setattr(gathered, "MAX_LINKS", 3)
    facts = read('<a href="/x">x</a>' * 5)
    assert (len(facts.links), facts.cut) == (3, True)


def test_the_words_of_an_address_are_its_path_and_query() -> None:
    assert address_words("https://a.vn/lien-he/g%C3%B3p?q=1#x") == "lien-he/góp?q=1"
    assert address_words("http://[x") == ""


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/tin-tuc/bai-1.html?p=2&q=a", "https://a.gov.vn/tin-tuc/bai-1.html?p=2&q=a"),
        ("/a/../b/./c", "https://a.gov.vn/b/c"),
        ("/x?", "https://a.gov.vn/x"),
        ("/x#muc", "https://a.gov.vn/x#muc"),
        ("/ ", "https://a.gov.vn/"),
        ("//b.gov.vn", "https://b.gov.vn"),
        ("/go?url=https://b.gov.vn/x", "https://b.gov.vn/x"),
        ("/a\nb", "https://a.gov.vn/ab"),
    ],
)
def test_paths_are_joined_as_the_standard_has_it(href: str, expected: str) -> None:
    assert resolve("https://a.gov.vn/web/trang-chu?p=1", href) == expected
