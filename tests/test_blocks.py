"""Closed doors and what only looks like one."""

from __future__ import annotations

import pytest

from crawler.blocks import Stop, is_html, sends_on, stop, thin_text

HTML = {"content-type": "text/html"}
PAGE = (
    b"<html><body>"
    + b"<p>C\xe1\xbb\x95ng th\xc3\xb4ng tin \xc4\x91i\xe1\xbb\x87n t\xe1\xbb\xad</p>" * 40
    + b"</body></html>"
)


def test_a_page_is_a_page() -> None:
    assert stop(200, HTML, PAGE) is None
    assert stop(200, {}, PAGE) is None


@pytest.mark.parametrize(
    "body",
    [
        b'<html><body><script>document.cookie="D1N=7e6fe5afe5587141221ddd7a32c45657"+"; path=/";'
        b"window.location.reload(true);</script></body></html>",
        b'<html><script src="/aes.js"></script><script>function toNumbers(d){} var a=toNumbers("f65"),'
        b'c=slowAES.decrypt(c,2,a,b);document.cookie="__test="+c; location.href="http://x/?i=1";</script></html>',
        b"<html><head><title>Just a moment...</title></head><body>"
        b'<script src="/cdn-cgi/challenge-platform/h/b"></script></body></html>',
        b"<script>document.cookie='k=1;path=/';location.replace('/');</script>",
    ],
)
def test_challenges_with_status_200(body: bytes) -> None:
    assert stop(200, HTML, body) == Stop("blocked", "challenge")


def test_a_captcha_alone_blocks_and_one_in_a_form_of_a_page_does_not() -> None:
    captcha = b'<form><img src="/captcha.jpg"><input name="captcha"></form>'
    assert stop(200, HTML, b"<html><body>" + captcha + b"</body></html>") == Stop("blocked", "captcha")
    assert stop(200, HTML, PAGE + captcha) is None
    links = b"".join(b'<a href="/%d">m</a>' % number for number in range(5))
    assert stop(200, HTML, b"<html><body>" + links + captcha + b"</body></html>") is None


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason"),
    [
        (403, {}, b"<html>Request Rejected. Your support ID is: 123</html>", "waf"),
        (200, HTML, b"<html>The requested URL was rejected. Your support ID is: 1</html>", "waf"),
        (406, {}, b"<html>Not Acceptable! Mod_Security</html>", "waf"),
        (403, {"server": "cloudflare"}, b"<html>1020</html>", "waf"),
        (403, {"cf-mitigated": "challenge"}, PAGE, "challenge"),
        (503, {"server": "cloudflare"}, b"<html><title>Just a moment...</title></html>", "challenge"),
        (403, {}, "<html>Truy cập của bạn đã bị từ chối</html>".encode(), "waf"),
        (403, {}, b"<html>Please solve the captcha</html>", "captcha"),
        (401, {}, b"", "http_4xx"),
        (403, {}, b"Forbidden", "http_4xx"),
        (429, {}, b"", "http_4xx"),
    ],
)
def test_closed_doors_are_blocked(status: int, headers: dict[str, str], body: bytes, reason: str) -> None:
    assert stop(status, headers, body) == Stop("blocked", reason)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, PAGE, "http_4xx"),
        (500, b"", "http_5xx"),
        (503, b"<html>Service Unavailable</html>", "http_5xx"),
        (503, "<html>Hệ thống đang bảo trì</html>".encode(), "maintenance"),
        (200, "<html><h1>Website đang nâng cấp, mời quay lại sau</h1></html>".encode(), "maintenance"),
        (200, b"", "not_html"),
        (200, b"  \r\n", "not_html"),
        (200, b"%PDF-1.7", "not_html"),
        (200, b"\xff\xd8\xff\xe0JFIF", "not_html"),
        (204, b"", "not_html"),
    ],
)
def test_what_cannot_be_read_is_unreachable(status: int, body: bytes, reason: str) -> None:
    assert stop(status, HTML, body) == Stop("unreachable", reason)


def test_news_about_maintenance_is_no_maintenance() -> None:
    assert stop(200, HTML, PAGE + "<p>Thông báo bảo trì cầu đường</p>".encode()) is None


def test_html_is_told_by_what_it_begins_with() -> None:
    assert is_html({"content-type": "text/plain"}, b"<!DOCTYPE html><html>")
    assert is_html({}, b"\xff\xfe" + "<html>".encode("utf-16-le"))
    assert not is_html({"content-type": "application/json"}, b"<html>")
    assert not is_html({"content-type": "text/plain"}, b"User-agent: *")


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (b'<meta http-equiv="refresh" content="0;URL=/vi/">', "http://a.vn/vi/"),
        (b"<META HTTP-EQUIV=Refresh CONTENT='3; url=\"http://b.vn/\"'>", "http://b.vn/"),
        (b"<meta http-equiv='refresh' content='0; url=http://b.vn/?x=1&amp;y=2'>", "http://b.vn/?x=1&y=2"),
        (b'<script>window.location = "home.html"</script>', "http://a.vn/home.html"),
        (b"<script>top.location.replace('/x')</script><noscript>Enable scripts</noscript>", "http://a.vn/x"),
        (b'<script>location.href="javascript:alert(1)"</script>', None),
        (b'<script src="/app.js"></script><script>location="/x"</script>', None),
        (b'<noscript><meta http-equiv="refresh" content="0;url=/no-js"></noscript><div id="root"></div>', None),
        (b'<!-- <meta http-equiv="refresh" content="0;url=/old"> -->', None),
        (b'<meta http-equiv="refresh" content="300">', None),
        (b'<meta http-equiv="refresh" content="300;url=/">', None),
        (PAGE + b'<script>location="/x"</script>', None),
        (b'<script>location="http://[/"</script>', None),
    ],
)
def test_where_an_empty_page_sends_its_reader(body: bytes, target: str | None) -> None:
    assert sends_on(body, "http://a.vn/") == target


def test_hostile_markup_comes_to_an_end() -> None:
    for body in (b"<script" * 3000, b"<!--" * 6000, b"<" * 24000, b"<meta " * 4000, b"location='" * 2400):
        thin_text(body)
        assert sends_on(body, "http://a.vn/") is None
        stop(200, HTML, body)
