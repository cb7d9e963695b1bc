"""What a page says of itself: language, metadata, forms; that it is an empty frame, or that it is not there."""

from __future__ import annotations

import unicodedata

import pytest

from audit_rules.facts import Field, Form, Language
from tests.reading import read

VIETNAMESE = "Ủy ban nhân dân tỉnh triển khai nhiệm vụ phát triển kinh tế xã hội, cải cách hành chính. " * 4
ENGLISH = "The people of the province and the news from the region are on the home page for all visitors. " * 4
LINES = "".join(f"<p>Dòng chữ số {number} của trang</p>" for number in range(70))


@pytest.mark.parametrize(
    ("html", "language"),
    [
        (f'<html lang="vi-VN"><p>{VIETNAMESE}</p>', Language("vi-VN", "vi")),
        (f'<html lang="en-US"><p>{VIETNAMESE}</p>', Language("en-US", "vi")),
        (f'<html lang="vi"><p>{ENGLISH}</p>', Language("vi", "en")),
        (f'<html xml:lang="vi"><p>{VIETNAMESE}</p>', Language(None, "vi")),
        (f'<html lang=""><p>{VIETNAMESE}</p>', Language("", "vi")),
        (f"<p>{VIETNAMESE}</p>", Language(None, "vi")),
        ("<p>Trang chủ</p>", Language(None, None)),
        (f"<p>{'1234567890 ' * 60}</p>", Language(None, None)),
    ],
)
def test_the_language_spoken_is_heard_beside_the_one_declared(html: str, language: Language) -> None:
    assert read(html).language == language


def test_a_decomposed_text_is_vietnamese_too() -> None:
    assert read(f"<p>{unicodedata.normalize('NFD', VIETNAMESE)}</p>").language.spoken == "vi"


def test_title_description_and_generator_are_read_once_and_cut() -> None:
    facts = read(
        "<title>Cổng\n  tỉnh</title><title>Hai</title><meta name=Description content=' Mô  tả '>"
        f"<meta name=generator content='Liferay {'x' * 900}'><meta name=keywords content=y>"
    )
    assert (facts.title, facts.description) == ("Cổng tỉnh", "Mô tả")
    assert len(facts.generator) == 100


@pytest.mark.parametrize(
    "html",
    [
        "<title>404 - Cổng thông tin</title><p>x</p>",
        "<title>Không tìm thấy trang</title>",
        "<h1>404</h1>",
        "<h2>Không tìm thấy</h2>",
        "<p>Trang bạn yêu cầu không tồn tại hoặc đã bị xóa.</p>",
        "<p>Bài viết này không tồn tại</p>",
        "<p>Trạng thái - Không tìm thấy</p>",
        "<p>The requested resource could not be found.</p>",
        "<p>Trang bạn tìm kiếm không tồn tại hoặc đã bị xóa.</p>",
        "<h2>Rất tiếc! Trang này hiện không khả dụng</h2>",
        "<p>Liên kết không tồn tại hoặc đã hết hạn</p>",
        "<p>Tin bài không tồn tại!</p>",
        "<p>The page you requested could not be found.</p>",
        "<h1>Oops! That page can’t be found.</h1>",
        "<h1>Server Error</h1><h2>The resource cannot be found.</h2>",
        f"<nav>{LINES}</nav><p>Không tìm thấy nội dung</p><footer>{LINES}</footer>",
    ],
)
def test_a_page_that_says_it_is_not_there_is_missing(html: str) -> None:
    assert read(html).missing


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Thông báo</h1><p>Công an tỉnh tìm thấy 404 tang vật</p>",
        "<p>Tìm thấy 12 kết quả</p>",
        "<aside><p>Không tìm thấy nội dung</p></aside><p>Tin</p>",
        f"{LINES}<p>Không tìm thấy nội dung</p>",
        "<p>Phòng 404, tầng 4</p>",
        "<h1>Trang Facebook mạo danh UBND tỉnh không tồn tại</h1><p>Tin</p>",
        "<p>Liên kết không tồn tại giữa hai vụ việc, công an cho biết</p>",
        "<p>Dữ liệu không tồn tại trong danh sách chọn</p>",
        "<p>Không có dữ liệu</p>",
        f"<p>{'Bài viết dài ' * 20} không tìm thấy trang</p>",
    ],
)
def test_a_page_with_content_is_not_missing(html: str) -> None:
    assert not read(html).missing


def test_a_status_of_404_or_410_is_missing_whatever_the_page_says() -> None:
    assert read("<p>Trang chủ</p>", status=404).missing
    assert read("<p>Trang chủ</p>", status=410).missing


@pytest.mark.parametrize(
    ("html", "shell"),
    [
        ('<div id="root"></div><script src="app.js"></script>', True),
        ("<app-root></app-root><script>x</script>", True),
        ('<div id="__next"><p>Đang tải</p></div>', True),
        ("<noscript>Trang này cần JavaScript</noscript><script>x</script>", True),
        (f'<div id="root">{LINES}</div><script>x</script>', False),
        ("<p>Trang tĩnh ngắn</p>", False),
    ],
)
def test_an_empty_frame_for_scripts_is_known(html: str, shell: bool) -> None:
    assert read(html).shell is shell


def test_a_form_is_what_it_asks_for() -> None:
    (form,) = read("""<header><form action="/tim" class="s"><input type="hidden" name="t" value="1">
        <label>Từ khóa</label><input name="q" placeholder="Tìm kiếm..."><button>Tìm</button></form>
        </header>""").forms
    asked = (Field("q", "text", "Tìm kiếm...", sent="q"),)
    assert form == Form("https://tinhmau.gov.vn/tim", "get", "Từ khóa Tìm", "header", asked, hidden=(("t", "1"),))


def test_what_a_browser_sends_beside_the_fields_is_known_of_a_form_that_asks() -> None:
    inside = """<input name="q"><select name="muc"><option value="1">Tin</option></select>
        <input type="submit" name="tim" value="Tìm"><input type="submit" name="xoa" value="Xóa">"""
    (form,) = read(f'<form action="/tim">{inside}</form>').forms
    assert (form.hidden, form.choices) == ((("tim", "Tìm"),), True)
    (form,) = read(
        f'<form action="/tim" method="post"><input type="hidden" name="a" value="b">{inside}</form>'
    ).forms
    assert form.hidden == ()  # what is sent is no business of ours


def test_inputs_outside_all_forms_count_as_one_form_of_a_script() -> None:
    (form,) = read('<input id="key" type="search"><input type="submit" value="Tìm kiếm">').forms
    assert (form.method, form.text, form.fields) == ("script", "Tìm kiếm", (Field("key", "search", ""),))


def test_a_form_without_anything_to_type_is_none() -> None:
    assert read('<form><input type="hidden" name="x"><button>Gửi</button></form>').forms == ()


def test_fields_of_a_form_are_bounded() -> None:
    (form,) = read("<form>" + "<input name=x>" * 500 + "</form>").forms
    assert len(form.fields) == 40
