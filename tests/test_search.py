"""Looking for a thing on a whole portal: what counts, what is tried, when "nowhere" may be said."""

from __future__ import annotations

from typing import Any

import pytest

from audit_rules.address import is_document, page_key
from audit_rules.facts import Unseen
from audit_rules.search import CANDIDATES, MAX_ENTRIES, Search, told_reason
from audit_rules.site import SiteFacts
from tests.cases import made

ROOT = "https://songmay.gov.vn"
FRAME = "<html><nav><a href='/gioi-thieu'>Giới thiệu</a></nav><main>{}</main><footer>UBND tỉnh</footer></html>"


def site(**told: Any) -> SiteFacts:
    portal, visit, around = made({"frame": FRAME, **told})
    return SiteFacts(portal, visit, around.book)


def search(concept: str, **told: Any) -> Search:
    return Search(site(**told), concept)


def paths(found: Search) -> list[str]:
    return [url.removeprefix(ROOT) for url in found.candidates]


# --- what is tried --------------------------------------------------------------------------------------


def test_candidates_are_the_pages_that_name_the_thing_and_those_where_such_things_are_kept() -> None:
    found = search(
        "contact_point",
        html="""<a href="/dau-moi">Đầu mối cung cấp thông tin</a> <a href="/lien-he">Liên hệ</a>
        <a href="/so-do">Sơ đồ cổng</a> <a href="/tctt">Tiếp cận thông tin</a>
        <a href="/thoi-tiet">Thời tiết</a>""",
    )
    assert sorted(paths(found)) == ["/dau-moi", "/lien-he", "/so-do", "/tctt"]


def test_candidates_are_bounded_and_the_best_come_first() -> None:
    loose = "".join(f'<a href="/qc{n}">Quy chế cung cấp thông tin của xã số {n} năm nay</a>' for n in range(20))
    found = search("regulation", html=loose + '<a href="/goc">Quy chế cung cấp thông tin</a>')
    assert len(paths(found)) == CANDIDATES
    assert paths(found)[0] == "/goc"


def test_files_news_and_other_portals_are_no_candidates() -> None:
    found = search(
        "regulation",
        html="""<a href="/qc.pdf">Quy chế cung cấp thông tin</a>
        <a href="https://baosongmay.vn/qc">Quy chế cung cấp thông tin</a>
        <div class="tin-tuc"><a href="/tin/1">Quy chế cung cấp thông tin</a></div>""",
    )
    assert paths(found) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [("/a/qc.PDF", True), ("/qc.docx?tai=1", True), ("/qc.html", False), ("/quy-che", False), ("/pdf", False)],
)
def test_a_document_is_known_by_the_end_of_its_address(url: str, expected: bool) -> None:
    assert is_document(ROOT + url) is expected


# --- what counts ----------------------------------------------------------------------------------------


def test_entries_that_open_come_before_dead_ones_and_fewer_other_words_before_more() -> None:
    found = search(
        "regulation",
        html="""<a href="/1.pdf">Quy chế cung cấp thông tin</a>
        <a href="/2.pdf">Quy chế cung cấp thông tin của UBND tỉnh</a>
        <a href="/3.pdf">Quy chế cung cấp thông tin mới</a>""",
        answers={f"{ROOT}/1.pdf": 410, f"{ROOT}/2.pdf": 200, f"{ROOT}/3.pdf": 200},
    )
    assert [hit.link.url[-5:] for hit in found.entries if hit.link] == ["3.pdf", "2.pdf", "1.pdf"]
    assert [hit.answered for hit in found.entries] == ["open", "open", "dead"]


def test_one_entry_for_each_target_whatever_its_spelling() -> None:
    found = search(
        "regulation",
        html="""<a href="http://www.songmay.gov.vn/qc/">Quy chế cung cấp thông tin</a>
        <a href="/qc#dau">Quy chế cung cấp thông tin</a>""",
        pages={"/qc": "<p>Điều 1</p>"},
    )
    assert len(found.entries) == 1
    assert found.entries[0].answered == "open"


def test_a_redirected_entry_leads_to_the_page_it_ends_at() -> None:
    found = search(
        "contact_point",
        html='<a href="/r?id=5">Đầu mối cung cấp thông tin</a>',
        pages={"/dau-moi": "<p>Điện thoại: 0214 3 840 111</p>"},
        answers={f"{ROOT}/r?id=5": [200, f"{ROOT}/dau-moi"]},
    )
    assert [view.url for view in found.own_pages] == [f"{ROOT}/dau-moi"] * 2


def test_files_on_the_things_own_page_may_hold_it() -> None:
    found = search(
        "contact_point",
        html='<a href="/dau-moi">Đầu mối cung cấp thông tin</a>',
        pages={"/dau-moi": '<a href="/ds.pdf">Danh sách</a><a href="/cu.pdf">Cũ</a>'},
        answers={f"{ROOT}/ds.pdf": 200, f"{ROOT}/cu.pdf": 404},
    )
    assert {hit.link.url for hit in found.documents if hit.link} == {f"{ROOT}/ds.pdf"}


def test_a_line_that_is_a_menu_entry_names_what_is_elsewhere() -> None:
    found = search("contact_point", html='<p><a href="/x">Đầu mối cung cấp thông tin</a></p>')
    assert found.lines == ()


def test_mentions_are_kept_for_telling_concepts_only() -> None:
    text = "<p>Văn phòng vừa được tỉnh giao nhiệm vụ làm đầu mối cung cấp thông tin và tiếp cận thông tin</p>"
    assert search("contact_point", html=text).mentions
    assert search("information_section", html=text).mentions == ()


SHELL = '<div id="root"></div><script src="/main.js"></script>'


def test_a_frame_that_scripts_fill_opens_nothing_until_a_browser_looked() -> None:
    told = {"html": '<a href="/qc">Quy chế cung cấp thông tin</a>', "bare": {"/qc": SHELL}}
    assert search("regulation", **told, undrawn=["/qc"]).entries[0].answered == "unseen"
    found = search("regulation", **told, undrawn=["/qc"]).hindrance
    assert found is not None
    assert (found.reason, found.wanted) == ("not_rendered", (f"{ROOT}/qc",))
    assert search("regulation", **told).entries[0].answered == "open"


def test_a_page_that_promises_content_is_empty_and_comes_after_one_that_opens() -> None:
    found = search(
        "regulation",
        html="""<a href="/1">Quy chế cung cấp thông tin</a> <a href="/2">Quy chế cung cấp thông tin của tỉnh</a>""",
        pages={"/1": "<h1>Quy chế</h1><p>Đang cập nhật</p>", "/2": "<p>Điều 1. Phạm vi điều chỉnh</p>"},
    )
    assert [hit.answered for hit in found.entries] == ["open", "empty"]


def test_titles_of_boxes_are_short_and_stand_among_the_news() -> None:
    found = search(
        "budget",
        html="""<div class="tin-tuc"><h3><a href="/ns">Công khai ngân sách</a></h3>
        <a href="/t">Công khai ngân sách các xã vùng cao huy động được nhiều</a></div>
        <p><a href="/m">Ngân sách</a></p>""",
        pages={"/ns": "<p>Một</p>"},
    )
    assert [hit.link.url for hit in found.titles if hit.link] == [f"{ROOT}/ns"]
    assert [hit.link.url for hit in found.linked if hit.link] == [f"{ROOT}/m"]


def test_entries_are_bounded() -> None:
    many = "".join(f'<a href="/ns{n}">Công khai ngân sách quý {n}</a>' for n in range(2 * MAX_ENTRIES))
    assert len(search("budget", html=many).linked) == MAX_ENTRIES


def test_sections_that_may_hold_the_thing_are_candidates_too() -> None:
    html = '<a href="/gt">Giới thiệu</a> <a href="/lien-he">Liên hệ</a>'
    assert sorted(paths(search("budget", html=html))) == ["/lien-he"]
    assert sorted(paths(Search(site(html=html), "budget", ["introduction"]))) == ["/gioi-thieu", "/gt", "/lien-he"]


# --- the nearest miss -----------------------------------------------------------------------------------


def test_the_nearest_miss_is_a_dead_entry_before_all() -> None:
    found = search(
        "regulation",
        html='<a href="/qc">Quy chế cung cấp thông tin</a> <a href="/h">Tập huấn quy chế cung cấp thông tin</a>',
        answers={f"{ROOT}/qc": 404},
    )
    assert found.searched.nearest is not None
    assert (found.searched.nearest.why_not, found.searched.nearest.url) == ("dead", f"{ROOT}/qc")


def test_the_nearest_miss_prefers_loose_words_to_news() -> None:
    found = search(
        "regulation",
        html="""<a href="/h">Tập huấn quy chế cung cấp thông tin</a>
        <a href="/l">Giao Văn phòng tham mưu xây dựng sửa đổi quy chế cung cấp thông tin</a>""",
    )
    assert found.searched.nearest is not None
    assert found.searched.nearest.why_not == "loose"


def test_a_title_among_the_news_is_told_as_news() -> None:
    found = search("regulation", html='<div class="tin-tuc"><a href="/t">Quy chế cung cấp thông tin</a></div>')
    assert found.searched.nearest is not None
    assert found.searched.nearest.why_not == "news"


def test_a_search_tells_every_look_and_every_wording() -> None:
    found = search("regulation", pages={"/van-ban": "<p>Văn bản</p>"})
    assert [(look.url, look.how) for look in found.searched.pages] == [
        (f"{ROOT}/", "raw"),
        (f"{ROOT}/", "rendered"),
        (f"{ROOT}/van-ban", "raw"),
        (f"{ROOT}/van-ban", "rendered"),
    ]
    assert "quy chế cung cấp thông tin" in found.searched.wordings
    assert found.searched.nearest is None


# --- was it complete ------------------------------------------------------------------------------------


def test_a_search_with_every_candidate_read_and_drawn_is_complete() -> None:
    found = search("regulation", html='<a href="/lien-he">Liên hệ</a>', pages={"/lien-he": "<p>ĐT</p>"})
    assert found.hindrance is None


def test_a_dead_candidate_hinders_nothing() -> None:
    gone = {f"{ROOT}/lien-he": "http_4xx"}
    assert search("regulation", html='<a href="/lien-he">Liên hệ</a>', skipped=gone).hindrance is None


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ("budget", "coverage"),
        ("http_5xx", "coverage"),
        ("timeout", "coverage"),
        ("robots", "robots"),
        ("captcha", "blocked"),
        ("waf", "blocked"),
        ("not_recorded", "not_recorded"),
        ("needs_review", "needs_review"),
    ],
)
def test_a_lost_candidate_hinders_with_its_reason(lost: str, told: str) -> None:
    found = search("regulation", html='<a href="/lien-he">Liên hệ</a>', skipped={f"{ROOT}/lien-he": lost})
    assert found.hindrance is not None
    assert found.hindrance.reason == told == told_reason(lost)


def test_a_page_that_was_read_is_not_lost_but_its_failed_drawing_is_told() -> None:
    found = search(
        "regulation",
        html='<a href="/lien-he">Liên hệ</a>',
        pages={"/lien-he": "<p>ĐT</p>"},
        undrawn=["/lien-he"],
        skipped={f"{ROOT}/lien-he": "render_failed"},
    )
    assert found.hindrance is not None
    assert (found.hindrance.reason, found.hindrance.wanted) == ("render_failed", ())


def test_what_was_not_drawn_is_wanted() -> None:
    found = search(
        "regulation",
        html='<a href="/lien-he">Liên hệ</a>',
        pages={"/lien-he": "<p>ĐT</p>"},
        undrawn=["/", "/lien-he"],
    )
    assert found.hindrance is not None
    assert found.hindrance.reason == "not_rendered"
    assert set(found.hindrance.wanted) == {f"{ROOT}/", f"{ROOT}/lien-he"}


def test_a_visit_that_broke_off_is_never_complete() -> None:
    found = search("regulation", state="partial", why="captcha")
    assert found.hindrance is not None
    assert found.hindrance.reason == "blocked"


def test_a_portal_whose_home_nobody_saw_was_not_searched() -> None:
    with pytest.raises(Unseen) as unseen:
        _ = search("regulation", unseen=True).hindrance
    assert unseen.value.reason == "unreachable"


# --- the portal as rules see it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.songmay.gov.vn/a/", "https://songmay.gov.vn/a#b"),
        ("https://songmay.gov.vn/ti%E1%BA%BFp", "https://songmay.gov.vn/tiếp"),
        ("mailto:a@b.vn", "mailto:a@b.vn"),
    ],
)
def test_spellings_of_one_page_have_one_key(one: str, other: str) -> None:
    assert page_key(one) == page_key(other)


def test_queries_tell_pages_apart() -> None:
    assert page_key("https://a.gov.vn/?id=1") != page_key("https://a.gov.vn/?id=2")


def test_an_error_page_in_place_of_home_is_not_home() -> None:
    seen = site(html="<h1>404</h1><p>Không tìm thấy trang bạn yêu cầu.</p>")
    assert seen.home is None
    with pytest.raises(Unseen) as unseen:
        _ = seen.known_home
    assert unseen.value.reason == "coverage"


def test_of_a_home_page_that_was_there_once_only_that_look_is_kept() -> None:
    seen = site(html="<p>Tin mới</p>", drawn="<h1>404</h1><p>Không tìm thấy trang bạn yêu cầu.</p>")
    assert [view.how for view in seen.known_home.views] == ["raw"]


def test_footers_without_markup_are_what_three_pages_end_in_figures_aside() -> None:
    bare = "<div>{}</div><div><p>Sở Xây dựng</p><p>Lượt truy cập: 12.345</p></div>"
    seen = site(
        frame=bare,
        html="<p>Một</p>",
        pages={"/b": "<p>Hai</p>", "/c": "<p>Ba</p>"},
        browser=False,
    )
    assert seen.footers[0].text == "Sở Xây dựng | Lượt truy cập: 12.345"
    assert site(frame=bare, html="<p>Một</p>", pages={"/b": "<p>Hai</p>"}, browser=False).footers == ()


def test_only_pages_that_nobody_read_count_as_more() -> None:
    read = {"pages": {"/b": "<p>Hai</p>"}}
    assert not site(**read, skipped={f"{ROOT}/b": "render_failed", f"{ROOT}/c": "http_4xx"}).has_more_pages
    assert site(**read, skipped={f"{ROOT}/c": "budget"}).has_more_pages
    assert not site(**read, skipped={"https://khac.gov.vn/": "budget"}).has_more_pages
