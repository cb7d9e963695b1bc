"""What the markup hides from the eye: marked on lines and links, left out of the footer, dropped nowhere."""

from __future__ import annotations

import pytest

from audit_rules.facts import PageFacts
from audit_rules.footer import Footer
from tests.reading import read

LINES = "".join(f"<p>Dòng chữ số {number} của trang</p>" for number in range(30))


def seen(html: str) -> list[tuple[str, bool]]:
    return [(line.text, line.hidden) for line in read(html).lines]


def is_hidden(html: str) -> bool:
    return dict(seen(html))["X"]


def footer(html: str) -> Footer:
    view: PageFacts = read(f"<main>{LINES}</main><footer>{html}</footer>")
    return Footer(view, frozenset(at for at, line in enumerate(view.lines) if line.region == "footer"))


@pytest.mark.parametrize(
    "html",
    [
        "<p hidden>X</p>",
        '<p hidden="until-found">X</p>',
        '<p hidden="false">X</p>',
        '<p style="display:none">X</p>',
        '<p style="color: red; DISPLAY : None ;">X</p>',
        '<p style="display:none !important; display:block">X</p>',
        '<p style="display:block;display:none">X</p>',
        '<p style="/* đóng; */ display:none">X</p>',
        '<p style="visibility:hidden">X</p>',
        '<p style="visibility: collapse">X</p>',
        f'<p style="background:url(data:image/png;base64,{"A" * 900});display:none">X</p>',
        '<div style="display:none"><ul><li>X</li></ul></div>',
        '<div hidden><div style="display:block; visibility:visible">X</div></div>',
        '<section style="display:none"><p>X</p></section>',
        "<footer hidden><p>X</p></footer>",
        '<form style="display:none"><label>X</label></form>',
        "<h2 hidden>X</h2>",
        '<table><tr style="display:none"><td>X</td></tr></table>',
        "<marquee hidden>X</marquee>",
        '<object style="display:none">X</object>',
        '<span style="display:none">X</span>',
        '<a href="/x" hidden>X</a>',
        '<body style="visibility:hidden"><p>X</p></body>',
        '<html style="display:none"><p>X</p></html>',
    ],
)
def test_what_an_attribute_or_an_inline_style_hides_is_marked(html: str) -> None:
    assert is_hidden(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>X</p>",
        '<p aria-hidden="true">X</p>',
        '<p class="hidden d-none">X</p>',
        '<p style="">X</p>',
        '<p style="overflow:hidden">X</p>',
        '<p style="backface-visibility:hidden">X</p>',
        '<p style="display:none; display:block">X</p>',
        '<p style="display:none /*; visibility:hidden */; display:flex">X</p>',
        '<p style="color:red /* display:none */">X</p>',
        '<p hidden style="display:block">X</p>',
        '<p title="display:none" data-style="display:none">X</p>',
        '<div style="visibility:hidden"><p style="visibility:visible">X</p></div>',
        '<div style="display:none">Y</div><p>X</p>',
        "<p hidden>Y<div>X</div>",
        "<span hidden>Y</span><p>X</p>",
        '<template style="display:none">Y</template><p>X</p>',
    ],
)
def test_what_is_seen_is_not_marked(html: str) -> None:
    assert not is_hidden(html)


@pytest.mark.parametrize(
    "style",
    [
        "visibility: hidden; animation-name: none;",
        "visibility: hidden; -webkit-animation-duration: 1s",
        "opacity: 0; visibility: hidden",
        "visibility: hidden; transform: translateY(40px)",
    ],
)
def test_a_block_that_fades_in_when_a_reader_scrolls_to_it_is_seen(style: str) -> None:
    assert not is_hidden(f'<div class="wow fadeInUp" style="{style}">X</div>')


def test_a_line_that_is_seen_stays_whole_beside_what_is_hidden_in_it() -> None:
    assert seen('<p>Email: <span style="display:none">bỏ<br>đi</span>vp@<i hidden>x</i>a.gov.vn</p><p>Y</p>') == [
        ("Email: vp@a.gov.vn", False),
        ("bỏ đi x", True),
        ("Y", False),
    ]


def test_blocks_within_a_hidden_piece_of_a_line_end_no_line() -> None:
    assert seen("<div>A <span hidden><p>một</p><nav>hai</nav></span> B</div>") == [
        ("A B", False),
        ("một hai", True),
    ]


def test_a_hidden_piece_at_the_start_of_a_line_is_a_line_of_its_own() -> None:
    assert seen("<p><b hidden>Ẩn</b> Hiện <b hidden>nữa</b></p>") == [
        ("Ẩn", True),
        ("Hiện", False),
        ("nữa", True),
    ]


def test_lines_after_a_hidden_piece_know_their_links() -> None:
    facts = read('<p><a href="/1">Một</a> <span hidden>x</span> <a href="/2">hai</a></p><p><a href="/3">Ba</a></p>')
    assert [facts.lines[link.line].text for link in facts.links] == ["Một hai", "Một hai", "Ba"]


def test_links_of_a_closed_menu_are_there_and_marked() -> None:
    facts = read(
        '<nav><a href="/1">Giới thiệu</a><ul style="display:none"><li><a href="/2">Cơ cấu</a></li></ul>'
        '<select style="display:none"><option value="https://b.gov.vn/">B</option></select></nav>'
    )
    assert [(link.url[-3:], link.text, link.region, link.hidden) for link in facts.links] == [
        ("n/1", "Giới thiệu", "menu", False),
        ("n/2", "Cơ cấu", "menu", True),
        ("vn/", "B", "menu", True),
    ]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/x" style="display:none">X</a>',
        '<div hidden><a href="/x"></a></div>',
        '<p>Chữ <b style="display:none"><a href="/x">X</a></b></p>',
        '<iframe src="/x" style="display:none"></iframe>',
        '<option value="/x" hidden>X</option>',
        '<form action="/x" hidden></form>',
        '<div data-url="/x" hidden>X</div>',
        '<img onclick="window.open(\'/x\')" style="visibility:hidden">',
        '<map hidden><area href="/x"></map>',
    ],
)
def test_a_hidden_link_of_any_kind_is_marked(html: str) -> None:
    assert [link.hidden for link in read(html).links] == [True]


def test_what_follows_a_hidden_element_is_seen_again() -> None:
    facts = read('<div hidden><a href="/1">Một</a></div><a href="/2">Hai</a><i hidden>ẩn</i><a href="/3">Ba</a>')
    assert [link.hidden for link in facts.links] == [True, False, False]


def test_contacts_and_people_of_hidden_lines_are_read() -> None:
    facts = read("<p hidden>Điện thoại: 0214 3 840 034</p><p hidden>Người phụ trách: Ông Nguyễn Văn Lâm</p>")
    assert [contact.value for contact in facts.contacts] == ["02143840034"]
    assert [person.name for person in facts.people] == ["Nguyễn Văn Lâm"]


def test_a_hidden_line_does_not_say_that_the_page_is_missing() -> None:
    assert not read('<p>Tin</p><div style="display:none">Không tìm thấy nội dung</div>').missing


# --- the footer ----------------------------------------


def test_the_footer_leaves_hidden_lines_contacts_and_people_out() -> None:
    said = footer(
        '<p>Bản quyền thuộc Sở Xây dựng</p><div style="display:none"><p>Điện thoại: 0214 3 840 034</p>'
        "<p>Email: sxd@tinhmau.gov.vn</p><p>Người phụ trách: Ông Nguyễn Văn Lâm</p></div>"
    )
    assert said.text == "Bản quyền thuộc Sở Xây dựng"
    assert (said.contacts("phone"), said.contacts("email"), said.people("responsible")) == ((), (), ())
    assert len(said.indexes) == 4


def test_the_footer_keeps_what_is_seen_beside_hidden_things() -> None:
    said = footer(
        "<p hidden>Fax</p><p>Điện thoại: 0214 3 840 034</p><p>Người phụ trách: Ông Nguyễn Văn Lâm</p>"
        '<a href="mailto:sxd@tinhmau.gov.vn"><img src="/thu.svg"></a><div hidden>x</div>'
    )
    assert [contact.value for contact in said.contacts("phone")] == ["02143840034"]
    assert [contact.value for contact in said.contacts("email")] == ["sxd@tinhmau.gov.vn"]
    assert [person.name for person in said.people("responsible")] == ["Nguyễn Văn Lâm"]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="tel:02143840034" hidden><img src="/goi.svg"></a><p>Bản quyền thuộc Sở Xây dựng</p>',
        '<p>Bản quyền thuộc Sở Xây dựng</p><div hidden><a href="tel:02143840034">Gọi</a></div>',
        '<p>Điện thoại: <a href="tel:02143840034" style="display:none">0214 3 840 034</a></p>',
        '<p>Điện thoại: <span style="display:none">0214 3 840 034</span></p>',
    ],
)
def test_a_hidden_number_is_none_of_the_footers_however_it_is_written(html: str) -> None:
    assert read(f"<footer>{html}</footer>").contacts
    assert footer(html).contacts("phone") == ()


def test_a_number_shown_once_and_hidden_once_is_there() -> None:
    said = footer('<p hidden><a href="tel:02143840034">Gọi</a></p><p><a href="tel:02143840034">Gọi</a></p>')
    assert {contact.value for contact in said.contacts("phone")} == {"02143840034"}


def test_a_footer_of_which_nothing_is_seen_is_no_text() -> None:
    said = footer(f"<div hidden>{LINES}</div>")
    assert (said.text, said.is_picture) == ("", True)
