"""How texts and links speak of a concept: what counts, what nearly does, and why not."""

from __future__ import annotations

import unicodedata

import pytest

from audit_rules.facts import Link
from audit_rules.reading.spelling import forms_of
from audit_rules.reading.vocabulary import CONCEPTS, link_match, match, matches, rank
from tests.reading import read


def why_not(text: str, concept: str) -> str | None:
    found = match(text, concept)
    assert found is not None, text
    return found.why_not


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Đầu mối cung cấp thông tin", "contact_point"),
        ("ĐẦU MỐI CUNG CẤP THÔNG TIN", "contact_point"),
        ("dau moi cung cap thong tin", "contact_point"),
        (unicodedata.normalize("NFD", "Đầu mối cung cấp thông tin"), "contact_point"),
        ("3. Đầu  mối tiếp nhận, cung cấp thông tin:", "contact_point"),
        ("Danh sách đầu mối cung cấp thông tin của UBND tỉnh", "contact_point"),
        ("Quyết định số 45/QĐ-UBND về việc ban hành Quy chế cung cấp thông tin", "regulation"),
        ("a) Quy chế nội bộ về tổ chức cung cấp thông tin", "regulation"),
        ("Chuyên mục Tiếp cận thông tin", "information_section"),
        ("Công khai thông tin", "information_section"),
        ("Danh bạ điện thoại", "contact_page"),
        ("Sơ đồ cổng", "sitemap_page"),
        ("Các sở, ban, ngành", "links_page"),
        ("Đơn vị, cá nhân đầu mối cung cấp thông tin", "contact_point"),
        ("Nơi tiếp nhận yêu cầu cung cấp thông tin", "contact_point"),
        ("Danh sách cán bộ phát ngôn", "spokesperson"),
    ],
)
def test_these_name_it(text: str, concept: str) -> None:
    assert why_not(text, concept) is None


@pytest.mark.parametrize(
    ("text", "concept", "reason"),
    [
        ("Tập huấn cho đầu mối cung cấp thông tin", "contact_point", "news"),
        ("Đầu mối cung cấp thông tin cho báo chí", "contact_point", "news"),
        ("Lấy ý kiến dự thảo Quy chế cung cấp thông tin", "regulation", "news"),
        ("Quy chế phát ngôn và cung cấp thông tin cho báo chí", "spokesperson", "news"),
        ("Văn phòng tỉnh vừa được giao làm đầu mối cung cấp thông tin", "contact_point", "loose"),
        ("Tiếp cận thông tin của người dân vùng cao qua loa truyền thanh", "information_section", "long"),
        ("Người phát ngôn Bộ Ngoại giao lên tiếng", "spokesperson", "news"),
        ("Tìm kiếm văn bản", "search_page", "news"),
        ("Công chức đầu mối thực hiện tiếp nhận, cung cấp thông tin", "contact_point", "loose"),
        ("Quy chế nội bộ của tỉnh về trình tự cung cấp thông tin", "regulation", "loose"),
        ("Hội nghị bàn quy chế phối hợp cung cấp thông tin", "regulation", "news"),
        ("Sơ đồ trang quy hoạch", "sitemap_page", "news"),
    ],
)
def test_these_nearly_do_and_say_why_not(text: str, concept: str, reason: str) -> None:
    assert why_not(text, concept) == reason


@pytest.mark.parametrize(
    "text", ["Đầu mối giao thông", "Cung cấp nước sạch", "Quy chế làm việc", "Thông tin thời tiết", "", "…"]
)
def test_these_speak_of_nothing(text: str) -> None:
    assert [found.concept for found in matches(text) if found.concept != "introduction"] == []


def test_the_longest_wording_counts_and_the_other_words_are_counted() -> None:
    found = match("Đầu mối tiếp nhận yêu cầu cung cấp thông tin của tỉnh", "contact_point")
    assert found is not None
    assert (found.wording, found.extra) == ("đầu mối tiếp nhận yêu cầu cung cấp thông tin", 2)


def test_a_wording_that_counts_goes_before_one_that_does_not() -> None:
    text = "Cung cấp thông tin"
    found = match(f"{text}: {text}", "information_section")
    assert found is not None
    assert found.why_not is None


# --- however it is written ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("\u00d0ầu mối cung cấp thông tin", "contact_point"),  # Ð of Icelandic, as old keyboards put it
        ("\u0110\u1ea6U M\u1ed0I CUNG C\u1ea4P TH\u00d4NG TIN", "contact_point"),
        ("Đầu\u00a0mối cung\u00a0cấp\u00a0thông\u00a0tin", "contact_point"),
        ("Quy chế cung c\u200bấp thông tin", "regulation"),
        ("&#272;&#7847;u m&#7889;i cung c&#7845;p th&ocirc;ng tin", "contact_point"),  # encoded twice
        ("Liên-hệ", "contact_page"),
        ("QUY_CHE_CUNG_CAP_THONG_TIN", "regulation"),
    ],
)
def test_unicode_entities_and_signs_do_not_hide_it(text: str, concept: str) -> None:
    assert why_not(text, concept) is None


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Cổng TTĐT thành phần", "links_page"),
        ("Ủy ban nhân dân các xã, phường", "links_page"),
        ("UBND các xã phường", "links_page"),
        ("TTHC", "national_services"),
        ("DVC trực tuyến", "national_services"),
        ("DVCTT", "national_services"),
        ("Quy chế cung cấp TT", "regulation"),
        ("Đầu mối tiếp nhận, cung cấp TT", "contact_point"),
    ],
)
def test_an_abbreviation_says_what_it_stands_for(text: str, concept: str) -> None:
    assert why_not(text, concept) is None


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("cải cách hành chính", {"cai cach hanh chinh", "cchc"}),
        ("công nghệ thông tin", {"cong nghe thong tin", "cntt", "cong nghe tt"}),
        ("HĐND - UBND", {"hdnd ubnd", "hoi dong nhan dan ubnd", "hdnd uy ban nhan dan"}),
        ("văn bản QPPL", {"van ban qppl", "vbqppl", "van ban quy pham phap luat"}),
    ],
)
def test_a_wording_is_known_in_each_of_its_forms(written: str, forms: set[str]) -> None:
    assert forms <= {" ".join(form) for form, _ in forms_of(written)}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Đầu mối cung cấp thôg tin", "contact_point"),
        ("2. Quyy chế cung cấp thông tin", "regulation"),
        ("Chuyên mục Tiếp cnậ thông tin", None),  # two letters changed places: more than one slip
        ("Tiếp cận thônng tin", "information_section"),
        ("Quy chế cung cấp thôngtin", "regulation"),  # a blank forgotten
        ("Tiếpcận thông tin", "information_section"),
        ("Đầu mối cung cấp thông tim", None),  # "tim" is a word
        ("Đầu mới cung cáo thông tin", None),  # "cáo" is a word
        ("Quy chê cung cấp thôg tinn", None),  # two slips
        ("Liên hẹn", None),  # too short, and a word
        ("Contract us", None),  # English is not mended
        ("Tập huấn quy chế cung cấp thôg tin", None),
    ],
)
def test_one_letter_may_slip_where_the_rest_is_right_and_no_other_word_comes_of_it(
    text: str, concept: str | None
) -> None:
    counting = {found.concept for found in matches(text) if found.why_not is None}
    assert counting == ({concept} if concept else set())


@pytest.mark.parametrize(
    ("text", "concept", "reason"),
    [
        ("Đầu mỗi cung cấp thông tin", "contact_point", None),  # nothing else can be meant
        ("Đầu mỗi cung cấp thông tin của Sở Xây dựng", "contact_point", "loose"),
        ("Đấu mỗi cung cấp thông tin", "contact_point", "loose"),
        ("Tiếp cận thông tin", "information_section", None),
        ("Tiep can thong tin", "information_section", None),
        ("Tiếp can thông tin", "information_section", None),
        ("Ủy ban nhân dân các xã phường", "links_page", None),
        ("Uỷ ban nhân dân các xã phường", "links_page", None),
        ("Liễn hệ", "contact_page", "absent"),
        ("Cổng thông tin điện tử Sở Thông tin và Truyền thông Hà Nội", "history", "absent"),
        ("Truyền thống", "history", None),
        ("Đánh bạ", "contact_page", "absent"),
        ("Giới thiểu", "introduction", "absent"),
    ],
)
def test_other_accents_make_other_words(text: str, concept: str, reason: str | None) -> None:
    found = match(text, concept)
    assert (found.why_not if found else "absent") == reason


def test_a_mailbox_called_after_a_thing_is_not_the_thing() -> None:
    assert match("Email: thutuchanhchinh@songmay.gov.vn", "procedures") is None
    assert match("songmay.gov.vn/thutuchanhchinh", "procedures") is not None


def test_a_slip_counts_for_a_label_and_not_within_other_words() -> None:
    assert why_not("Chuyên mục: Quy chế cung cấp thôg tin", "regulation") is None
    assert why_not("Quy chế cung cấp thôg tin của Sở Xây dựng", "regulation") == "loose"


def test_what_is_there_as_it_should_be_goes_before_a_slip() -> None:
    found = match("Quy chế cung cấp thông tin (cung cấp thôg tin)", "regulation")
    assert found is not None
    assert found.why_not is None
    assert found.extra > 0


# --- wherever it stands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        '<nav><a href="/a1"><img src="/i.png" alt="Đầu mối cung cấp thông tin"></a></nav>',
        '<nav><a href="/a1" title="Đầu mối cung cấp thông tin"><img src="/i.png"></a></nav>',
        '<nav><a href="/a1" aria-label="Đầu mối cung cấp thông tin"><i class="icon"></i></a></nav>',
        '<map><area href="/a1" alt="Đầu mối cung cấp thông tin"></map>',
        '<map><area href="/a1" title="Đầu mối cung cấp thông tin"></map>',
        '<select><option value="/a1">Đầu mối cung cấp thông tin</option></select>',
        '<iframe src="/a1" title="Đầu mối cung cấp thông tin"></iframe>',
        '<nav><ul style="display:none"><li><a href="/a1">Đầu mối cung cấp thông tin</a></li></ul></nav>',
        '<a href="/a1">&#272;&#7847;u m&#7889;i cung c&#7845;p th&ocirc;ng tin</a>',
        '<a href="/upload/2026/Dau-moi-cung-cap-thong-tin.pdf">Tải về</a>',
        '<a href="/files/%C4%90%E1%BA%A7u%20m%E1%BB%91i%20cung%20c%E1%BA%A5p%20th%C3%B4ng%20tin.doc">.</a>',
        '<a href="/portals/0/tep/so-tttt/DauMoiCungCapThongTin.docx">x</a>',
        '<a href="/daumoicungcapthongtin">x</a>',
    ],
)
def test_it_is_found_wherever_a_page_says_it(html: str) -> None:
    links = read(f"<body>{html}</body>").links
    assert [link for link in links if _counts(link)], links


def _counts(link: Link) -> bool:
    found = link_match(link.text, link.hint, link.url, "contact_point")
    return found is not None and found.why_not is None


def test_a_file_in_a_folder_of_drafts_is_a_draft() -> None:
    url = "https://songmay.gov.vn/upload/vb/du-thao/2026/quy-che-cung-cap-thong-tin.pdf"
    found = link_match("Tải về", "", url, "regulation")
    assert found is not None
    assert found.why_not == "news"


# --- links ------------------------------------------------------------------------------------------------


def test_a_link_speaks_by_its_text_its_title_or_its_address() -> None:
    address = "https://songmay.gov.vn/tiep-can-thong-tin"
    for text, hint, url in (
        ("Tiếp cận thông tin", "", "/x"),
        ("Xem", "Tiếp cận thông tin", "/x"),
        ("", "", address),
    ):
        found = link_match(text, hint, url, "information_section")
        assert found is not None
        assert found.why_not is None


def test_what_the_text_refuses_the_address_cannot_mend() -> None:
    url = "https://songmay.gov.vn/tiep-can-thong-tin/12"
    found = link_match("Tập huấn tiếp cận thông tin", "", url, "information_section")
    assert found is not None
    assert found.why_not == "news"


def test_a_loose_text_under_a_good_address_counts_by_the_address() -> None:
    url = "https://songmay.gov.vn/quy-che-cung-cap-thong-tin"
    text = "Giao Văn phòng tham mưu xây dựng quy chế cung cấp thông tin"
    found = link_match(text, "", url, "regulation")
    assert found is not None
    assert found.why_not is None
    near = link_match(text, "", "https://songmay.gov.vn/vb/3", "regulation")
    assert near is not None
    assert near.why_not == "loose"


def test_a_link_that_speaks_of_nothing_is_no_match() -> None:
    long = "https://songmay.gov.vn/giao-van-phong-tham-muu-xay-dung-quy-che-cung-cap-thong-tin"
    assert link_match("Xem", "", long, "regulation") is None
    assert link_match("Thời tiết", "", "https://songmay.gov.vn/thoi-tiet", "regulation") is None


# --- what draws the crawler ---------------------------------------------------------------------------------


def test_rarer_things_draw_the_crawler_before_common_ones() -> None:
    url = "https://songmay.gov.vn/x"
    ranks = [
        rank(text, "", url, "menu")
        for text in ("Đầu mối cung cấp thông tin", "Quy chế cung cấp thông tin", "Liên hệ", "Giới thiệu")
    ]
    assert ranks == sorted(ranks, key=lambda each: each or 0)
    assert None not in ranks


def test_news_titles_and_what_is_said_by_the_address_alone_draw_less() -> None:
    url = "https://songmay.gov.vn/x"
    entry = rank("Tiếp cận thông tin", "", url, "menu")
    title = rank("Tiếp cận thông tin", "", url, "teaser")
    news = rank("Tập huấn tiếp cận thông tin", "", url, "menu")
    address = rank("Xem", "", "https://songmay.gov.vn/tiep-can-thong-tin", "menu")
    assert entry is not None
    assert all(each is not None and each > entry for each in (title, news, address))


def test_what_no_rule_reads_draws_nobody() -> None:
    assert rank("Thời tiết", "", "https://songmay.gov.vn/thoi-tiet", "menu") is None
    assert rank("Tìm kiếm", "", "https://songmay.gov.vn/s", "menu") is None


# --- the data -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_accepted_wording_names_its_concept(concept: str) -> None:
    assert [text for text in CONCEPTS[concept].accepted if why_not(text, concept) is not None] == []
