"""The items that rules look for, in their official form, as they are put onto real pages.

The measuring code is the one really deployed (public copies, 2026-11-21); the labels of the footer follow Thông tư
32/2017, those of access to information Luật Tiếp cận thông tin 104/2016. Names and numbers are made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from audit_rules.facts import Kind
from bench.markup import (
    Strip,
    untouched,
    without_emails,
    without_language,
    without_owner,
    without_people,
    without_phones,
    without_search,
    without_services,
    without_topics,
)

EMC = """<!-- Begin EMC Tracking Code -->
<script type="text/javascript">
  var _govaq = window._govaq || [];
  _govaq.push(['trackPageView']);
  _govaq.push(['enableLinkTracking']);
  (function () {
    _govaq.push(['setTrackerUrl', 'https://f-emc.ngsp.gov.vn/tracking']);
    _govaq.push(['setSiteId', '227']);
    var d = document, g = d.createElement('script'), s = d.getElementsByTagName('script')[0];
    g.type = 'text/javascript'; g.async = true; g.defer = true;
    g.src = 'https://f-emc.ngsp.gov.vn/embed/gov-tracking.min.js';
    s.parentNode.insertBefore(g, s);
  })();
</script>
<!-- End EMC Tracking Code -->"""

OWN_NAME = "Sở Khoa học và Công nghệ tỉnh Sông Mây"
MAIN_HOST = "songmay.gov.vn"
COMPONENTS = ("snv", "stc", "sxd", "syt", "sct", "stp")
"""Labels of the made-up main portal's component sites, below its host."""


@dataclass(frozen=True)
class Graft:
    """Markup for the places of a home page, and what else the portal has: ``pages`` by path (the text of a small
    page), ``alike`` by path (inner pages in the frame of home, with their own pieces), ``answers`` by path."""

    pieces: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    alike: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    answers: Mapping[str, int] = field(default_factory=dict)
    lang: str | None = None

    def with_piece(self, place: str, piece: str) -> Graft:
        return replace(self, pieces={**self.pieces, place: piece})

    def adding(self, place: str, piece: str) -> Graft:
        return self.with_piece(place, self.pieces.get(place, "") + piece)

    def with_page(self, path: str, text: str) -> Graft:
        return replace(self, pages={**self.pages, path: text})


@dataclass(frozen=True)
class Item:
    """What a rule looks for: how a page's own is taken out, the official form, and whose portal must have it."""

    rule: str
    strip: Strip
    official: Graft
    kind: Kind = "department"


def entry(path: str, words: str) -> str:
    return f'<div><a href="{path}">{words}</a></div>'


SECTION_TEXT = (
    "<h1>Tiếp cận thông tin</h1><p>Danh mục thông tin phải được công khai theo Luật Tiếp cận thông tin, địa chỉ, "
    "cách thức và thời điểm công khai của từng loại thông tin.</p>"
)
CONTACT_POINT = (
    "<h1>Đầu mối cung cấp thông tin</h1><p>Đơn vị: Văn phòng Sở</p>"
    "<p>Điện thoại: 0214 3 840 034</p><p>Thư điện tử: cungcapthongtin@songmay.gov.vn</p>"
)
SPOKESPERSON = (
    "<h1>Người phát ngôn và cung cấp thông tin cho báo chí</h1><p>Họ và tên: Ông Nguyễn Văn Lâm</p>"
    "<p>Chức vụ: Phó Giám đốc Sở</p><p>Điện thoại: 0214 3 840 035</p><p>Thư điện tử: nvlam@songmay.gov.vn</p>"
)
SEARCH = (
    '<form action="/tim-kiem" method="get"><input type="text" name="q" placeholder="Nhập từ khóa tìm kiếm">'
    '<button type="submit">Tìm kiếm</button></form>'
)
PERSON = "<p>Chịu trách nhiệm chính: Ông Nguyễn Văn Lâm - Giám đốc Sở</p>"
_INNER = {f"/bai-{number}": {"head": EMC, "main": f"<p>Bài số {number}</p>"} for number in range(1, 4)}
_LIST = "".join(
    f'<li><a href="https://{label}.{MAIN_HOST}/">Sở thành phần {label.upper()}</a></li>' for label in COMPONENTS
)

ITEMS: Mapping[str, Item] = MappingProxyType(
    {
        item.rule: item
        for item in (
            Item("measurement.emc_code_present", untouched, Graft({"head": EMC})),
            Item("measurement.emc_code_on_inner_pages", untouched, Graft({"head": EMC}, alike=_INNER)),
            Item("measurement.emc_code_loads_securely", untouched, Graft({"head": EMC})),
            Item(
                "structure.links_to_main_portal",
                untouched,
                Graft({"menu": entry(f"https://{MAIN_HOST}/", "Cổng thông tin điện tử tỉnh Sông Mây")}),
            ),
            Item(
                "structure.lists_component_sites", untouched, Graft({"main": f"<ul>{_LIST}</ul>"}), kind="province"
            ),
            Item(
                "structure.links_to_national_services",
                without_services,
                Graft({"menu": entry("https://dichvucong.gov.vn/", "Cổng Dịch vụ công quốc gia")}),
            ),
            Item(
                "identity.footer_names_owner",
                without_owner,
                Graft({"footer": f"<p>Cơ quan chủ quản: {OWN_NAME}</p>"}),
            ),
            Item("identity.footer_responsible_person", without_people, Graft({"footer": PERSON})),
            Item("identity.footer_phone", without_phones, Graft({"footer": "<p>Điện thoại: 0214 3 840 034</p>"})),
            Item(
                "identity.footer_email",
                without_emails,
                Graft({"footer": "<p>Thư điện tử: skhcn@songmay.gov.vn</p>"}),
            ),
            Item(
                "identity.spokesperson",
                without_topics,
                Graft({"menu": entry("/nguoi-phat-ngon", "Người phát ngôn")}, {"/nguoi-phat-ngon": SPOKESPERSON}),
            ),
            Item(
                "disclosure.information_section",
                without_topics,
                Graft(
                    {"menu": entry("/tiep-can-thong-tin", "Tiếp cận thông tin")},
                    {"/tiep-can-thong-tin": SECTION_TEXT},
                ),
            ),
            Item(
                "disclosure.contact_point",
                without_topics,
                Graft({"menu": entry("/dau-moi", "Đầu mối cung cấp thông tin")}, {"/dau-moi": CONTACT_POINT}),
            ),
            Item(
                "disclosure.regulation",
                without_topics,
                Graft(
                    {"menu": entry("/tep/quy-che.pdf", "Quy chế cung cấp thông tin")},
                    answers={"/tep/quy-che.pdf": 200},
                ),
            ),
            Item("navigation.search_box", without_search, Graft({"menu": SEARCH})),
            Item("accessibility.language_declared", without_language, Graft(lang="vi")),
        )
    }
)
"""By rule; sections that portals publish are in ``bench/sections.py``. Rules that look at no page have none."""
