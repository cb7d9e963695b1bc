"""What belongs to a portal, and which addresses are one page."""

from __future__ import annotations

import pytest

from audit_rules.address import Address, AddressBook, is_document
from audit_rules.facts import Portal
from crawler.scope import MAX_URL, Scope, canonical, cleaned, is_web, may_be_page, pattern


def scope(*addresses: str, book: AddressBook | None = None) -> Scope:
    first, *aliases = map(Address.parse, addresses)
    return Scope(Portal("me", first, "province", aliases=tuple(aliases)), book or AddressBook())


@pytest.mark.parametrize(
    "url",
    [
        "https://a.gov.vn/x",
        "http://www.a.gov.vn/x/",
        "https://A.gov.vn:443/x?utm_source=zalo#top",
        "https://a.gov.vn/x;jsessionid=0A1B?PHPSESSID=9",
        "https://a.gov.vn/x?_adf.ctrl-state=abc_4&_afrLoop=77",
        "https://a.gov.vn/x?p_p_state=normal&p_p_mode=view&p_p_col_id=column-1",
        "https://a.gov.vn/%78",
    ],
)
def test_one_page_has_one_identity(url: str) -> None:
    assert canonical(url) == "a.gov.vn/x"


def test_what_changes_the_page_stays_in_its_identity() -> None:
    assert canonical("http://a.vn/x?id=2&b=1") == "a.vn/x?id=2&b=1"
    assert canonical("http://a.vn:8080/x") == "a.vn:8080/x"
    assert canonical("http://a.vn/X") != canonical("http://a.vn/x")
    assert canonical("http://a.vn/x?p_p_id=tin") != canonical("http://a.vn/x?p_p_id=van-ban")
    assert canonical("http://[half") == "http://[half"


def test_an_address_is_asked_without_what_does_not_matter() -> None:
    assert cleaned(" HTTP://A.vn:80/x;jsessionid=1?b=1&utm_medium=z&a=2#f ") == "http://A.vn/x?b=1&a=2".replace(
        "A", "a"
    )
    assert cleaned("https://a.vn") == "https://a.vn/"
    assert cleaned("http://[::1]:81/") == "http://[::1]:81/"


def test_addresses_that_differ_in_digits_share_a_pattern() -> None:
    assert pattern("http://a.vn/tin/12?trang=3") == pattern("http://a.vn/tin/7?trang=44")
    assert pattern("http://a.vn/tin/12") != pattern("http://a.vn/van-ban/12")


def test_files_actions_and_traps_are_no_pages() -> None:
    assert may_be_page("http://a.vn/Default.aspx?id=3")
    assert may_be_page("http://a.vn/web/guest/home?p_p_id=tin&p_p_lifecycle=0")
    for url in (
        "ftp://a.vn/x",
        "http://a.vn/x.pdf",
        "http://a.vn/x.JPG",
        "http://a.vn/x?p_p_lifecycle=1&p_p_id=vote",
        "http://a.vn/logout",
        "http://a.vn/a/a/a/a/b",
        "http://a.vn/" + "x" * MAX_URL,
        "http://a.vn:port/",
        "http:///x",
    ):
        assert not may_be_page(url), url
    assert is_document("http://a.vn/quy-che.DOCX?x=1")
    assert not is_web("javascript:void(0)")


def test_a_portal_owns_its_addresses_and_its_www_twins() -> None:
    mine = scope("laocai.gov.vn", "yenbai.gov.vn")
    assert mine.owns("https://www.laocai.gov.vn/x")
    assert mine.owns("http://yenbai.gov.vn/")
    assert not mine.owns("https://sxd.laocai.gov.vn/")
    assert not mine.owns("mailto:a@laocai.gov.vn")


def test_the_longest_prefix_owns_a_page() -> None:
    book = AddressBook(((Address.parse("a.gov.vn/so-y-te"), "syt"), (Address.parse("a.gov.vn"), "me")))
    mine = scope("a.gov.vn", book=book)
    assert mine.owns("http://a.gov.vn/so-y-te-du-phong")
    assert not mine.owns("http://a.gov.vn/so-y-te/gioi-thieu")
    part = Scope(Portal("syt", Address.parse("a.gov.vn/so-y-te"), "department"), book)
    assert part.owns("http://a.gov.vn/so-y-te/gioi-thieu")
    assert not part.owns("http://a.gov.vn/")


def test_the_end_of_the_redirects_is_adopted_only_below_the_host_and_if_it_is_nobody_s() -> None:
    book = AddressBook(((Address.parse("so.a.gov.vn"), "so"),))
    mine = scope("a.gov.vn", book=book)
    assert not mine.owns("http://portal.a.gov.vn/x")
    assert mine.adopt("http://portal.a.gov.vn/x")
    assert mine.owns("http://portal.a.gov.vn/y")
    for url in ("http://so.a.gov.vn/", "http://b.gov.vn/", "http://xa.gov.vn/", "http://gov.vn/"):
        assert not mine.adopt(url), url


@pytest.mark.parametrize(
    "url",
    [
        "https://a.gov.vn",
        "http://a.gov.vn/x/y.aspx?id=1&sid=3#f",
        "https://a.gov.vn?x=1",
        "https://a.gov.vn#x",
        "http://a.gov.vn/x?",
        "https://a.gov.vn/tìm%20kiếm?ý=1",
    ],
)
def test_the_short_way_through_an_address_leads_where_the_long_way_does(url: str) -> None:
    spelled_otherwise = url.replace("a.gov.vn", "A.GOV.VN")
    assert (cleaned(url), canonical(url)) == (cleaned(spelled_otherwise), canonical(spelled_otherwise))
