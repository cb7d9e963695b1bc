"""Sections that portals have to publish, as items on real pages: an entry of the menu and the page it opens.

Their texts are those of the make-believe province.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bs4 import BeautifulSoup

from audit_rules.facts import PageFacts
from bench.grafts import Graft, Item, entry
from bench.markup import without_said, without_search
from sandbox.portals.publications import PUBLICATIONS


class Section(NamedTuple):
    """``said`` finds what a page says of it already; ``alike`` is an entry of the menu that only sounds like it."""

    rule: str
    path: str
    words: str
    text: str
    said: str
    alike: str


_LIST = "<p>Danh mục thông tin do Sở tạo ra và phải được công khai: văn bản, quy hoạch, ngân sách, dự án.</p>"
_FORM = "<p>Mẫu phiếu gồm: họ và tên, nơi cư trú, số căn cước, thông tin được yêu cầu, hình thức cung cấp.</p>"
_MAP = "<ul><li><a href='/'>Trang chủ</a></li><li><a href='/gioi-thieu'>Giới thiệu</a></li></ul>" * 4
_ASK = (
    "<p>Mời quý vị gửi câu hỏi và ý kiến góp ý về hoạt động của cơ quan.</p><form action='/gui' method='post'>"
    "<textarea name='noi-dung'></textarea><button>Gửi câu hỏi</button></form>"
)


def _published() -> Iterator[Section]:
    for name, said, alike in (
        ("organisation_chart", "cơ cấu|tổ chức|bộ máy", "Tổ chức sự kiện"),
        ("functions_and_duties", "chức năng|nhiệm vụ|quyền hạn", "Nhiệm vụ khoa học và công nghệ"),
        ("leadership", "lãnh đạo", "Lịch làm việc của lãnh đạo"),
        ("history", "lịch sử|quá trình|hình thành", "Lịch sử Đảng bộ tỉnh qua ảnh"),
        ("procedures", "thủ tục|hành chính|dịch vụ công", "Cải cách hành chính"),
        ("law_dissemination", "pháp luật|phổ biến|tuyên truyền", "Trợ giúp pháp lý"),
        ("plans", "quy hoạch|kế hoạch|chiến lược", "Kế hoạch hóa gia đình"),
        ("projects_and_procurement", "dự án|đấu thầu|mua sắm|đầu tư", "Dự án Luật"),
        ("budget", "ngân sách|tài chính|công khai", "Quản lý tài chính doanh nghiệp"),
        ("statistics", "thống kê|số liệu|báo cáo", "Thống kê truy cập"),
        ("draft_consultation", "dự thảo|lấy ý kiến|góp ý", "Góp ý giao diện cổng"),
    ):
        each = PUBLICATIONS[name]
        text = each.text.format(name="Sở Khoa học và Công nghệ")
        yield Section(f"publishing.{name}", each.path, each.labels[0], text, said, alike)


SECTIONS = (
    *_published(),
    Section(
        "disclosure.publication_list", "/danh-muc", "Danh mục thông tin phải được công khai", _LIST,
        "công khai|thông tin", "Danh mục thông tin khoa học",
    ),
    Section(
        "disclosure.request_form", "/phieu", "Phiếu yêu cầu cung cấp thông tin", _FORM,
        "phiếu|yêu cầu|biểu mẫu", "Phiếu khảo sát thông tin",
    ),
    Section("navigation.sitemap_page", "/so-do", "Sơ đồ cổng", _MAP, "sơ đồ|sitemap|site map", "Sơ đồ văn bản"),
    Section(
        "navigation.feedback_channel", "/gop-y", "Góp ý - Hỏi đáp", _ASK,
        "góp ý|hỏi đáp|phản ánh|kiến nghị|liên hệ|ý kiến|đối thoại|trả lời", "Câu hỏi trắc nghiệm pháp luật",
    ),
)  # fmt: skip


def _item(section: Section) -> Item:
    said = without_said(re.compile(section.said, re.IGNORECASE))

    def strip(soup: BeautifulSoup, facts: PageFacts) -> None:
        without_search(soup, facts)  # forms may be ways to ask
        said(soup, facts)

    page = f"<h1>{section.words}</h1>{section.text}"
    return Item(section.rule, strip, Graft({"menu": entry(section.path, section.words)}, {section.path: page}))


SECTION_ITEMS: Mapping[str, Item] = MappingProxyType({each.rule: _item(each) for each in SECTIONS})
