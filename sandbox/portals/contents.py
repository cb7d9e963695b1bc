"""What a portal says, page by page, and its menu: the same for all families, different for each kind of body."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.bodies import Kind
from sandbox.portals import news
from sandbox.portals.neighbours import CENTRAL, listed
from sandbox.portals.portal import Entry, Page, Portal
from sandbox.portals.sections import (
    CONTACT,
    about_menu,
    regulation_row,
    section_menu,
    sections,
)

_HOME, _NEWS, _DOCUMENTS = (
    Entry("Trang chủ", "/"),
    Entry("Tin tức - Sự kiện", "/tin-tuc"),
    Entry("Văn bản", "/van-ban"),
)
_CONTACT = Entry("Liên hệ", CONTACT)
_LINKS, _SITE_MAP = Entry("Liên kết website", "/lien-ket-website"), Entry("Sơ đồ cổng", "/so-do-cong")
_ABOUT = Entry("Giới thiệu", "/gioi-thieu")

_TEXTS: Mapping[str, tuple[str, str]] = {
    "/gioi-thieu": (
        "Giới thiệu",
        "{name} công bố thông tin chính thức trên {portal_name} với phương châm gần dân, sát dân, minh bạch.",
    ),
    "/gioi-thieu/tong-quan": ("Tổng quan", "{place} có 13 dân tộc cùng sinh sống, gồm 45 xã và 4 phường."),
    "/gioi-thieu/lanh-dao": (
        "Lãnh đạo",
        "Đinh Công Thành, điện thoại 0200 3 700 101. Nông Thị Bích, điện thoại 0200 3 700 102.",
    ),
    "/gioi-thieu/co-cau-to-chuc": ("Cơ cấu tổ chức", "{name} có 12 cơ quan chuyên môn và Văn phòng."),
    "/cong-khai-ngan-sach": (
        "Công khai ngân sách",
        "Dự toán thu ngân sách nhà nước năm 2026 là 9.850 tỷ đồng, bằng 104,2% so với năm trước.",
    ),
    "/quy-hoach-ke-hoach": (
        "Quy hoạch - Kế hoạch",
        "Quy hoạch thời kỳ 2021 - 2030, tầm nhìn đến năm 2050 đã được phê duyệt điều chỉnh.",
    ),
    "/thong-ke": ("Thông tin thống kê", "Tốc độ tăng tổng sản phẩm 9 tháng năm 2026 ước đạt 8,1%."),
    "/van-ban/du-thao": (
        "Lấy ý kiến văn bản dự thảo",
        "Dự thảo Quyết định quy định mức hỗ trợ sản xuất nông nghiệp; hạn góp ý: ngày 15/12/2026.",
    ),
    "/gop-y": ("Góp ý - Hỏi đáp", "Mời quý vị gửi câu hỏi và ý kiến góp ý về hoạt động của các cơ quan nhà nước."),
    "/thu-tuc": ("Danh mục thủ tục", "Có 1.842 thủ tục, trong đó 918 thủ tục được tiếp nhận hồ sơ trực tuyến."),
    "/tra-cuu-ho-so": ("Tra cứu hồ sơ", "Nhập mã hồ sơ ghi trên giấy tiếp nhận để xem tình trạng giải quyết."),
    "/huong-dan": ("Hướng dẫn nộp hồ sơ", "Người dân đăng nhập bằng tài khoản định danh điện tử để nộp hồ sơ."),
    "/van-ban": ("Văn bản", "Văn bản do cơ quan ban hành trước ngày sắp xếp đơn vị hành chính."),
}
_OWN_TEXTS: Mapping[Kind, tuple[str, ...]] = {
    "province": tuple(_TEXTS)[:9],
    "ministry": ("/gioi-thieu", "/gioi-thieu/co-cau-to-chuc", "/cong-khai-ngan-sach", "/gop-y"),
    "service": ("/thu-tuc", "/tra-cuu-ho-so", "/huong-dan"),
    "archive": ("/gioi-thieu", "/van-ban"),
}
"""The pages of running text that a kind of body has; others have the first one."""


def contents(portal: Portal) -> dict[str, Page]:
    """Every page of a portal, by its path in the plan of the site."""
    body, articles = portal.body, news.BY_KIND[portal.body.kind]
    said = {"name": body.name, "portal_name": body.portal_name, "place": body.place.name.capitalize()}
    own = _OWN_TEXTS.get(body.kind, ("/gioi-thieu",))
    pages = [Page(path, _TEXTS[path][0], f"<p>{_TEXTS[path][1].format(**said)}</p>") for path in own]
    if body.small:
        pages += (Page("/", body.portal_name, pages[0].html), sections(portal)[0])
        return {page.path: page for page in pages}
    pages += (
        Page("/", body.portal_name, _home(portal, articles)),
        Page("/tin-tuc", "Tin tức - Sự kiện", _teasers(portal, articles)),
        *(Page(_article_path(each), _here(each.title, portal), _article(portal, each)) for each in articles),
    )
    if body.kind in ("service", "archive"):
        pages.append(sections(portal)[0])
        return {page.path: page for page in pages}
    pages += (Page("/van-ban", "Văn bản", _documents(portal)), *sections(portal))
    if body.is_main:
        pages += (
            Page("/lien-ket-website", "Liên kết website", _links_page(portal)),
            Page("/so-do-cong", "Sơ đồ cổng", site_map(portal)),
        )
    return {page.path: page for page in pages}


def menu(portal: Portal) -> tuple[Entry, ...]:
    """The menu, as the faults have left it."""
    body, faults = portal.body, portal.faults
    if body.small:
        return (_HOME, _ABOUT, _CONTACT)
    if body.kind == "archive":
        return (_HOME, _ABOUT, _NEWS, _DOCUMENTS, _CONTACT)
    own = tuple(Entry(_TEXTS[path][0], path) for path in _OWN_TEXTS.get(body.kind, ()))
    if body.kind == "service":
        return (_HOME, *own, _NEWS, _CONTACT)
    if not body.is_main:
        return (_HOME, _ABOUT, *about_menu(faults), _NEWS, _DOCUMENTS, *section_menu(portal), _CONTACT)
    about = tuple(entry for entry in own if entry.path.startswith("/gioi-thieu/"))
    others = tuple(entry for entry in own if not entry.path.startswith("/gioi-thieu"))
    services = tuple(Entry(label, url) for label, url in portal.to_services[1:])
    return (
        _HOME,
        _ABOUT._replace(below=(*about, *about_menu(faults))),
        _NEWS,
        _DOCUMENTS,
        *section_menu(portal),
        Entry("Công khai", others[0].path, others),
        *services,
        _CONTACT,
        _SITE_MAP,
        _LINKS,
    )


def nested(portal: Portal, entries: tuple[Entry, ...], inner: str = "") -> str:
    """Entries as list items, those below in a list of the given class."""
    drawn = []
    for entry in entries:
        below = f'<ul class="{inner}">{nested(portal, entry.below, inner)}</ul>' if entry.below else ""
        drawn.append(f'<li><a href="{portal.at(entry.path)}">{entry.label}</a>{below}</li>')
    return "".join(drawn)


def site_map(portal: Portal) -> str:
    return f'<ul class="so-do">{nested(portal, menu(portal))}</ul>'


def results(portal: Portal, words: str) -> Page:
    """What a portal's search finds among its pages: titles that hold the words."""
    found = [page for page in portal.pages.values() if words and words.lower() in page.title.lower()]
    items = "".join(f'<li><a href="{portal.at(page.path)}">{page.title}</a></li>' for page in found)
    text = f'<p>Có {len(found)} kết quả.</p><ul class="ket-qua">{items}</ul>'
    return Page("/tim-kiem", "Kết quả tìm kiếm", text)


def lost() -> Page:
    return Page("/404", "Trạng thái - Không tìm thấy", "<p>Không tìm thấy tài nguyên được yêu cầu.</p>")


def _home(portal: Portal, articles: tuple[news.Article, ...]) -> str:
    if portal.body.kind == "archive":
        notice = (
            f"<p>{portal.body.portal_name} được lưu trữ, ngừng cập nhật từ ngày 01/7/2025 do sắp xếp đơn vị hành "
            "chính cấp tỉnh.</p>"
        )
        return notice + _teasers(portal, articles)
    looked_up = (
        '<div class="tra-cuu-ho-so"><h2>Tra cứu hồ sơ</h2><form action="#ho-so" method="get"><input type="text" '
        'name="ma-ho-so" placeholder="Nhập mã hồ sơ"><input type="submit" value="Tra cứu"></form></div>'
    )
    return f'<div class="tin-noi-bat"><h2>Tin nổi bật</h2>{_teasers(portal, articles)}</div>{looked_up}'


def _article_path(item: news.Article) -> str:
    return f"/tin-tuc/{item.slug}"


def _here(text: str, portal: Portal) -> str:
    """News are the same everywhere, save for the name of the place."""
    return text.replace("Sông Mây", portal.body.place.name.partition(" ")[2])


def _teasers(portal: Portal, items: tuple[news.Article, ...]) -> str:
    drawn = "".join(
        f'<li><a href="{portal.at(_article_path(item))}" title="{_here(item.title, portal)}">'
        f'{_here(item.title, portal)} <span class="date">({item.day})</span></a>'
        f'<div class="news_lead">{_here(item.lead, portal)}</div></li>'
        for item in items
    )
    return f'<div class="news-wrapper"><ul>{drawn}</ul></div>'


def _article(portal: Portal, item: news.Article) -> str:
    text = "".join(f"<p>{_here(paragraph, portal)}</p>" for paragraph in item.text)
    lead = f"<p><strong>{_here(item.lead, portal)}</strong></p>"
    return f'<div class="news-detail"><span class="date">Ngày {item.day}</span>{lead}{text}</div>'


def _documents(portal: Portal) -> str:
    return (
        '<form action="#van-ban" method="get"><label>Số, ký hiệu văn bản <input type="text" name="so-ky-hieu">'
        '</label><input type="submit" value="Tra cứu văn bản"></form>'
        "<table><tr><th>Số, ký hiệu</th><th>Ngày</th><th>Trích yếu</th></tr><tr><td>15/CT-UBND</td>"
        "<td>09/11/2026</td><td>Chỉ thị về tăng cường bảo vệ rừng mùa khô</td></tr>"
        f"{regulation_row(portal)}</table>"
    )


def _links_page(portal: Portal) -> str:
    items = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in listed(portal) + CENTRAL)
    return f'<ul class="lien-ket">{items}</ul>'
