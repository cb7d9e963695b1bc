"""How texts and links speak of a concept: what counts, what nearly does, and why not."""

from __future__ import annotations

import unicodedata

import pytest

from audit_rules.reading.vocabulary import CONCEPTS, link_match, match, matches, rank


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
