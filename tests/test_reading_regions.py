"""Which part of the page a line belongs to, by landmarks first and names second, and where names lie."""

from __future__ import annotations

import pytest

from audit_rules.reading import lines
from tests.reading import read, said

LINES = "".join(f"<p>Dòng chữ số {number} của trang</p>" for number in range(40))


def region(html: str, text: str = "X") -> str:
    return next(where for line, where in said(read(html)) if line == text)


@pytest.mark.parametrize(
    ("html", "where"),
    [
        ("<header><p>X</p></header>", "header"),
        ("<footer><p>X</p></footer>", "footer"),
        ("<nav><p>X</p></nav>", "menu"),
        ("<article><p>X</p></article>", "article"),
        ("<aside><p>X</p></aside>", "aside"),
        ('<div role="banner"><p>X</p></div>', "header"),
        ('<div role="contentinfo"><p>X</p></div>', "footer"),
        ('<ul role="menubar"><li>X</li></ul>', "menu"),
        ('<div id="site-header"><p>X</p></div>', "header"),
        ('<div class="banner_top"><p>X</p></div>', "header"),
        ('<div class="main-menu"><p>X</p></div>', "menu"),
        ('<div class="wrapper-footer"><p>X</p></div>', "footer"),
        ('<div id="chan-trang"><p>X</p></div>', "footer"),
        ('<table><tr><td class="footer">X</td></tr></table>', "footer"),
        ('<div class="tin-tuc"><p>X</p></div>', "teaser"),
        ('<div class="owl-carousel slider"><p>X</p></div>', "teaser"),
        ('<div class="news-detail"><p>X</p></div>', "article"),
        ('<div class="sidebar-2"><p>X</p></div>', "aside"),
        ("<main><p>X</p></main>", "main"),
        ('<body class="footer menu"><p>X</p></body>', "main"),
        ('<header><nav><a href="/x">X</a></nav></header>', "menu"),
        ('<footer><nav><a href="/x">X</a></nav></footer>', "footer"),
        ('<footer><div class="menu">X</div></footer>', "footer"),
        ('<article><div class="menu">X</div></article>', "article"),
        ("<article><footer>X</footer></article>", "article"),
        ('<section><header class="portlet-topper">X</header></section>', "main"),
        ('<main><header class="sf-hero">X</header></main>', "main"),
        ('<div class="modal-footer">X</div>', "main"),
        ('<div class="card-footer">X</div>', "main"),
        ('<div class="nav nav-tabs">X</div>', "main"),
        ('<div class="pagination-nav">X</div>', "main"),
        ('<span class="news">X</span>', "main"),
    ],
)
def test_a_region_is_told_by_markup_or_name(html: str, where: str) -> None:
    assert region(html) == where


def test_a_footer_class_on_the_wrapper_of_the_page_makes_no_footer() -> None:
    facts = read(f'<div class="layout-footer"><nav>Menu</nav>{LINES}<div class="footer"><p>X</p></div></div>')
    regions = dict(said(facts))
    assert (regions["Menu"], regions["Dòng chữ số 9 của trang"], regions["X"]) == ("menu", "main", "footer")


@pytest.mark.parametrize("name", ["news-page", "noi-dung", "sidebar-layout", "header"])
def test_a_name_on_the_wrapper_of_the_page_makes_no_region(name: str) -> None:
    facts = read(f'<div class="{name}">{LINES}<footer><p>X</p></footer></div>')
    regions = dict(said(facts))
    assert (regions["Dòng chữ số 9 của trang"], regions["X"]) == ("main", "footer")


def test_a_footer_in_the_upper_half_is_the_foot_of_a_block() -> None:
    facts = read(
        '<section><footer><p>Xem thêm</p></footer></section><div class="block_footer">Hết</div>'
        f"{LINES}<footer>X</footer>"
    )
    regions = dict(said(facts))
    assert (regions["Xem thêm"], regions["Hết"], regions["X"]) == ("main", "main", "footer")


def test_a_header_far_down_is_the_head_of_a_block() -> None:
    facts = read(f'<header>Cổng</header>{LINES}<header class="sf-hero">Banner</header>')
    assert (dict(said(facts))["Cổng"], dict(said(facts))["Banner"]) == ("header", "main")


def test_the_footer_printed_twice_is_a_footer_twice() -> None:
    facts = read(f"{LINES}<footer>Máy tính</footer><footer>Điện thoại</footer>")
    assert [where for _, where in said(facts)[-2:]] == ["footer", "footer"]


def test_landmarks_name_the_regions_told_apart() -> None:
    assert read("<header>A</header><p>B</p><footer>C</footer>").landmarks == ("footer", "header")


def test_lines_end_where_blocks_do() -> None:
    facts = read("<h2>Liên <b>hệ</b></h2><p>Một<br>hai <i>b</i>a</p><ul><li>bốn</li><li>năm</li></ul>")
    assert [(line.text, line.heading) for line in facts.lines] == [
        ("Liên hệ", 2),
        ("Một", 0),
        ("hai ba", 0),
        ("bốn", 0),
        ("năm", 0),
    ]


def test_what_is_not_shown_is_not_read() -> None:
    assert said(
        read("<style>a{}</style><script>x</script><template>y</template><noscript><p>z</p></noscript><p>X</p>")
    ) == [("X", "main")]


def test_pictures_of_header_and_footer_are_kept_with_their_alternatives() -> None:
    facts = read(
        '<header><img src="a.png"><img src="b.png" alt=""><img data-src="c.png" alt=" C "></header>'
        '<img src="d.png">'
    )
    assert [(picture.src, picture.alt) for picture in facts.pictures] == [
        ("a.png", None),
        ("b.png", ""),
        ("c.png", "C"),
    ]


def test_deep_nesting_is_cut_not_followed() -> None:
    facts = read("<div>" * 100_000 + "<p>tận cùng</p>")
    assert facts.cut
    assert facts.lines == ()
    assert not read("<div>" * 150 + "<p>X</p>").cut


def test_very_many_lines_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINES", 5)
    facts = read(LINES)
    assert (len(facts.lines), facts.cut) == (5, True)


def test_nul_bytes_are_dropped() -> None:
    assert said(read("<p>Liên\0 hệ</p>")) == [("Liên hệ", "main")]


def test_decomposed_text_gives_composed_facts() -> None:
    facts = read("<title>Cô\u0309ng</title><p>Liên hê\u0323</p><a href='/x' title='Tra\u0301i'>Pha\u0309i</a>")
    assert (facts.title, facts.lines[0].text, facts.links[0].text, facts.links[0].hint) == (
        "Cổng",
        "Liên hệ",
        "Phải",
        "Trái",
    )
