"""Who speaks at a portal's address in its place, and who does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit_rules.address import Address
from audit_rules.facts import Agency, Page, Portal
from audit_rules.rendered import RenderFacts
from crawler.parked import stranger
from tests.reading import read

AGENCY = Agency("snv", "Sở Nội vụ tỉnh Mẫu", "", "department")
PORTAL = Portal("snv", Address.parse("sonoivu.tinhmau.gov.vn"), "department", AGENCY)
TRADE = "".join(f"<p>Nhà cái uy tín số {number}, tài xỉu đổi thưởng</p>" for number in range(9))


def who(html: str) -> str | None:
    return stranger(Page("https://sonoivu.tinhmau.gov.vn/", read(html, "https://sonoivu.tinhmau.gov.vn/")), PORTAL)


@pytest.mark.parametrize(
    ("html", "whose"),
    [
        ("<title>sonoivu.tinhmau.gov.vn</title><p>This domain is for sale!</p>", "parked"),
        ("<a href=/x>Buy this domain</a>", "parked"),
        ("<h1>This domain name has expired</h1><p>Renew it now", "parked"),
        ("<p>Tên miền sonoivu.tinhmau.gov.vn đã được đăng ký tại một nhà đăng ký.</p>", "parked"),
        ("<p>Tên miền này đã hết hạn sử dụng, liên hệ để gia hạn</p>", "parked"),
        ("<h1>Account Suspended</h1><p>This Account has been suspended.", "parked"),
        ('<h2>Related links</h2><a href="https://www.sedoparking.com/x">Loans</a>', "parked"),
        ("<title>Welcome to nginx!</title><p>Further configuration is required.", "default_page"),
        ("<title>Apache2 Ubuntu Default Page: It works</title><p>" + "The default page. " * 300, "default_page"),
        ("<body><h1>It works!</h1>", "default_page"),
        ("<title>IIS Windows Server</title><a href=http://go.microsoft.com/>IIS</a>", "default_page"),
        ("<title>Index of /</title><h1>Index of /</h1><a href=cgi-bin/>cgi-bin/</a>", "default_page"),
        (f"<title>Nhà cái số 1 - tài xỉu online</title>{TRADE}<a href=https://kubet.bet/>Kubet</a>", "taken_over"),
        ("<title>百家乐 娱乐城</title>" + "<p>百家乐 博彩 平台</p>" * 9, "taken_over"),
    ],
)  # fmt: skip
def test_a_stranger_s_page_is_told_by_what_it_says(html: str, whose: str) -> None:
    assert who(html) == whose


@pytest.mark.parametrize(
    "html",
    [
        "<title>Sở Nội vụ tỉnh Mẫu</title><p>Cổng thông tin điện tử</p>",
        f"<title>Nhà cái số 1</title><footer>Sở Nội vụ tỉnh Mẫu</footer>{TRADE}",
        f"<title>Nhà cái số 1</title><a href=https://tinhmau.chinhphu.gov.vn/>Tỉnh</a>{TRADE}",
        "<title>Triệt phá đường dây nhà cái, tài xỉu</title>" + "<p>Công an triệt phá nhà cái</p>" * 20,
        "<title>Trang chủ</title>" + TRADE,
        "<title>Trang chủ</title><p>Thông báo: tên miền của các xã đã được đăng ký</p>" + "<p>Tin tức</p>" * 900,
        "<title>Đăng ký tên miền</title><p>UBND tỉnh: tên miền đã được đăng ký cho 90 xã</p>",
        "<title>Index of articles</title><p>Trang chủ</p>",
        "<div id=root></div><script src=/app.js></script>",
        "",
    ],
)  # fmt: skip
def test_whatever_shows_a_public_body_or_nothing_is_no_stranger_s(html: str) -> None:
    assert who(html) is None


def test_what_a_browser_draws_counts_for_more_than_what_was_sent() -> None:
    sent = read("<title>Welcome to nginx!</title><p>x")
    drawn = read("<title>Sở Nội vụ</title><p>Ủy ban nhân dân tỉnh Mẫu", how="rendered")
    assert stranger(Page(sent.url, sent), PORTAL) == "default_page"
    assert stranger(Page(sent.url, sent, drawn), PORTAL) is None


def test_a_drawn_page_that_shows_nothing_is_empty_unless_it_was_kept_from_sending() -> None:
    sent = read("<script>location='data:text/html,x'</script>")
    drawn = read("<html><head></head><body></body></html>", how="rendered")
    assert stranger(Page(sent.url, sent, replace(drawn, render=RenderFacts())), PORTAL) == "empty"
    assert stranger(Page(sent.url, sent, replace(drawn, render=RenderFacts(refused=1))), PORTAL) is None
    assert stranger(Page(sent.url, sent), PORTAL) is None
