"""What pages are made of, and what breaks them: pieces for the tests that throw pages at the reading, and for
bench/fuzz.py."""

from __future__ import annotations

_TAGS = (
    "a abbr address area article aside b base blockquote body br button caption center cite code dd "
    "details dialog div dl dt em embed fieldset figure font footer form frame frameset h1 h2 h3 h6 head "
    "header hr html i iframe img input label legend li link main map marquee math menu meta nav noframes "
    "noscript object ol optgroup option p param picture pre script section select source span strong "
    "style sub summary svg table tbody td template textarea th thead title tr u ul video x-y"
)
TAGS = tuple(_TAGS.split())
_ATTRIBUTES = (
    "id class href src alt title name content http-equiv charset lang style hidden type value action "
    "method data-url data-src data-cfemail onclick aria-label aria-hidden role property rel target "
    "colspan placeholder for width data-href srcset"
)
ATTRIBUTES = tuple(_ATTRIBUTES.split())
VALUES = (
    "", "#", "/", "?", "//", "http://", "https://tinhmau.gov.vn/lien-he", "/lien-he?x=1&y=2#z",
    "javascript:void(0)", "javascript:window.open('/a','b')", "mailto:a@b.vn", "tel:0214.3.840.000",
    "data:image/png;base64,iVBORw0KGgo=", "http://[::1", "http://[", "http://a:99999/",
    "https://user:pw@tinhmau.gov.vn/", "//[", "http://。\uff0e/", "footer", "chan-trang copyright",
    "menu nav main-nav", "header banner top", "display:none", "visibility: hidden;", "refresh", "0;url=/x",
    "0;url=http://[", "description", "viewport", "width=device-width", "generator", "DC.title", "vi", "vi-VN",
    "en-US", "", "utf-8", "text/html; charset=x", "content-type", "hidden", "search", "post", "get", "00",
    "3c5d5e1c5d125e", "zz", "0", "-1", "99999999999999999999", "true", "\x00", "\u202e", "\ud7ff", "á" * 300,
    "EMC", "https://f-emc.ngsp.gov.vn/tracking", "https://tinnhiemmang.vn/danh-ba-tin-nhiem/a-1",
    "1 x, 2 2x, , 3",
)  # fmt: skip
TEXTS = (
    "Trang chủ", "Liên hệ", "Người phát ngôn: Ông Nguyễn Văn A, Phó Giám đốc",
    "Chịu trách nhiệm chính: Bà Trần Thị B", "Điện thoại: 0214.3.840.000 - Fax: (0214) 3840 001",
    "ĐT: +84 (0) 214 3 840000", "Đường dây nóng 1900.0000 (24/7)", "Email: abc@songmay.gov.vn",
    "abc (at) songmay dot gov dot vn", "abc[a-còng]songmay.gov.vn", "[email protected]",
    "Địa chỉ: Số 1 đường Hùng Vương, phường A, tỉnh B", "22/11/2026", "Ngày 31 tháng 02 năm 2026", "2026-13-45",
    "Thứ Hai, 22/11/2026 08:15 SA", "00/00/0000", "Cập nhật: 1/1/26", "22.11.2026 - 30.02.2027",
    "Bản quyền thuộc UBND tỉnh B", "Giấy phép số 12/GP-TTĐT do Sở cấp ngày 1/2/2020",
    "Tổng số truy cập: 1.234.567", "Lượt truy cập 999999999999999999999999", "Nhãn kết nối EMC", "404",
    "Không tìm thấy trang", "Đăng nhập", "Phản ánh, kiến nghị", "Tiếp cận thông tin", "Số: 12/2026/QĐ-UBND",
    "Hòm thư", "x" * 500, " ", "\n\n\t", "\u2026", "Tiê\u0301ng Viê\u0323t", "\u200b\u200c\ufeff",
    "\u202eđảo ngược", "\x1b[31m", "\x00", "\U0001f1fb\U0001f1f3\U0001f1fb\U0001f1f3",
    "\U0001d4e3\U0001d4f2\U0001d4f7", "\ufb01", "\ufffe", "\u0300" * 50, "İıſK",
    "&amp;&lt;&#0;&#x110000;&#xd800;&nbsp;&#13;", "&eacute;&notanentity;&#99999999999;",
    "C&#7893;ng th&ocirc;ng tin", "<", ">", "</", "<!", "<!--", "-->", "]]>", "<![CDATA[", "<?php ?>",
    "<%-- --%>",
)  # fmt: skip
SCRIPTS = (
    "var _govaq = window._govaq || []; _govaq.push(['setSiteId', '33']);",
    "_govaq.push(['setTrackerUrl', 'https://f-emc.ngsp.gov.vn/tracking']); g.src='https://f-emc.ngsp.gov.vn/e.js';",
    "_govaq.push(['setSiteId', '' + id + '']); _govaq.push(['setSiteId',", "_govaq.push([[[[[[",
    "_govaq.push(['setSiteId','", "_govaq.push(['setSiteId', '\\", "/* _govaq // ' \" ` */ _govaq`${`",
    "var s = \"<!--<script>_govaq\";", "_govaq.push([\"setSiteId\", \"\\u0033\\x33\\0\"])",
    "location.href = '/x';", "window.open('", "document.write('<p>x",
    "{\"@context\": \"https://schema.org\", \"email\": [",
    "__NEXT_DATA__ = {\"a\": \"_govaq.push(['setSiteId','9'])\"}",
    "!function(){_govaq.push(['setSiteId',33]),_govaq.push(['setTrackerUrl',u+'tracking'])}()",
)  # fmt: skip
CHARSETS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1258", "cp1252", "latin-1", "utf-7",
    "utf-32", "koi8-r", "shift_jis", "gb18030",
)  # fmt: skip
LABELS = (
    None, "", "utf-8", "UTF8", "utf-16", "base64", "zlib", "rot13", "punycode", "idna", "unicode_escape", "hex",
    "bz2", "raw_unicode_escape", "undefined", "mbcs", "x-user-defined", "\x00", "utf-8;q=1", "tcvn", "viscii",
    "oem", "a" * 500,
)  # fmt: skip
