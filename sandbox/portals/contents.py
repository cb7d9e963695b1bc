"""What a portal says, page by page, and its menu: the same for all families, different for each kind of body."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.bodies import Kind
from sandbox.portals import blocks, news, publications
from sandbox.portals.neighbours import central, listed
from sandbox.portals.portal import Entry, Page, Portal
from sandbox.portals.sections import (
    CONTACT,
    about_menu,
    regulation_row,
    section_menu,
    sections,
)

_HOME, _NEWS = Entry("Trang chủ", "/"), Entry("Tin tức - Sự kiện", "/tin-tuc")
_DOCUMENTS = Entry("Văn bản", "/van-ban")
_CONTACT = Entry("Liên hệ", CONTACT)
_LINKS, _SITE_MAP = Entry("Liên kết website", "/lien-ket-website"), Entry("Sơ đồ cổng", "/so-do-cong")
_ABOUT, _OVERVIEW = Entry("Giới thiệu", "/gioi-thieu"), Entry("Tổng quan", "/gioi-thieu/tong-quan")
_DEAD = Entry("Chuyển đổi số", "/chuyen-doi-so-2019")
_OPEN = Entry("Thông tin chuyên ngành", "/chuyen-nganh")

_TEXTS: Mapping[str, tuple[str, str]] = {
    "/gioi-thieu": (
        "Giới thiệu",
        "{name} công bố thông tin chính thức trên {portal_name} với phương châm gần dân, sát dân, minh bạch.",
    ),
    "/gioi-thieu/tong-quan": ("Tổng quan", "{place} được tổ chức thành 45 xã và 4 phường."),
    "/thu-tuc": ("Danh mục thủ tục", "Có 1.842 thủ tục, trong đó 918 thủ tục được tiếp nhận hồ sơ trực tuyến."),
    "/tra-cuu-ho-so": ("Tra cứu hồ sơ", "Nhập mã hồ sơ ghi trên giấy tiếp nhận để xem tình trạng giải quyết."),
    "/huong-dan": ("Hướng dẫn nộp hồ sơ", "Người dân đăng nhập bằng tài khoản định danh điện tử để nộp hồ sơ."),
    "/van-ban": ("Văn bản", "Văn bản do cơ quan ban hành trước ngày sắp xếp đơn vị hành chính."),
}
_OWN_TEXTS: Mapping[Kind, tuple[str, ...]] = {
    "province": ("/gioi-thieu", "/gioi-thieu/tong-quan"),
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
    home = Page("/", "", _home(portal, articles) + blocks.on_home(portal))
    pages += (
        home._replace(title=portal.site_name(home)),
        Page("/tin-tuc", "Tin tức - Sự kiện", _teasers(portal, articles)),
        *(Page(_article_path(each), _here(each.title, portal), _article(portal, each)) for each in articles),
    )
    if body.kind in ("service", "archive"):
        pages.append(sections(portal)[0])
        return {page.path: page for page in pages}
    pages += (*publications.pages(portal), *blocks.dialogue(portal), *sections(portal))
    if "no_legal_documents" not in portal.faults:
        pages.append(Page("/van-ban", "Văn bản", _documents(portal)))
    if "no_site_map" not in portal.faults:
        pages.append(Page("/so-do-cong", "Sơ đồ cổng", site_map(portal)))
    open_information = publications.entries(portal, publications.OPEN_INFORMATION)
    pages.append(Page(_OPEN.path, _OPEN.label, f"<ul>{nested(portal, open_information)}</ul>"))
    if body.is_main:
        pages += (Page("/lien-ket-website", "Liên kết website", _links_page(portal)), *blocks.foreign(portal))
    return {page.path: page for page in pages}


def menu(portal: Portal, page: Page | None = None) -> tuple[Entry, ...]:
    """The menu of a page, as the faults have left it."""
    body, faults = portal.body, portal.faults
    if page is not None and portal.is_odd(page, "other_header_inside"):
        return (Entry("Trang thử nghiệm", "/"), Entry("Bản tin nhanh", "/tin-tuc"), Entry("Hỏi nhanh", "/gop-y"))
    contact = () if "no_contact_page" in faults else (_CONTACT,)
    if body.small:
        return (_HOME, _ABOUT, _CONTACT)
    if body.kind == "archive":
        return (_HOME, _ABOUT, _NEWS, _DOCUMENTS, _CONTACT)
    if body.kind == "service":
        own = tuple(Entry(_TEXTS[path][0], path) for path in _OWN_TEXTS["service"])
        return (_HOME, *own, _NEWS, _CONTACT)
    services = tuple(Entry(label, url) for label, url in portal.to_services[1:])
    about = publications.entries(portal, publications.ABOUT)
    overview = (_OVERVIEW,) if body.kind == "province" else ()
    law = publications.entries(portal, publications.LAW)
    entries = (
        _HOME,
        _ABOUT._replace(below=(*overview, *about, *about_menu(faults))),
        _NEWS,
        *((_DOCUMENTS._replace(below=law),) if "no_legal_documents" not in faults else law),
        *section_menu(portal),
        _OPEN._replace(below=publications.entries(portal, publications.OPEN_INFORMATION)),
        *services,
        *blocks.dialogue_menu(portal),
        *contact,
        *((_SITE_MAP,) if "no_site_map" not in faults else ()),
        *((_DEAD,) * ("dead_menu_link" in faults)),
    )
    return (*entries, _LINKS, *blocks.foreign_menu(portal)) if body.is_main else entries


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
        return _archived(portal) + _teasers(portal, articles)
    looked_up = (
        '<div class="tra-cuu-ho-so"><h2>Tra cứu hồ sơ</h2><form action="#ho-so" method="get"><input type="text" '
        'name="ma-ho-so" placeholder="Nhập mã hồ sơ"><input type="submit" value="Tra cứu"></form></div>'
    )
    return f'<div class="tin-noi-bat"><h2>Tin nổi bật</h2>{_teasers(portal, articles)}</div>{looked_up}'


def _archived(portal: Portal) -> str:
    """What the site of a merged body says of itself, and who came after it."""
    after = "".join(f'; xem <a href="{url}">{name}</a>' for name, url in portal.to_main)
    return (
        f"<p>{portal.body.portal_name} được lưu trữ, ngừng cập nhật từ ngày 01/7/2025 do sắp xếp đơn vị hành chính "
        f"cấp tỉnh{after}.</p>"
    )


def _article_path(item: news.Article) -> str:
    return f"/tin-tuc/{item.slug}"


def _here(text: str, portal: Portal) -> str:
    """News are the same everywhere, save for the name of the place."""
    return text.replace("Sông Mây", portal.body.place.name.partition(" ")[2])


def _teasers(portal: Portal, items: tuple[news.Article, ...]) -> str:
    drawn = "".join(
        f'<li><a href="{portal.at(_article_path(item))}" title="{_here(item.title, portal)}">'
        f"{_here(item.title, portal)}{_dated(portal, item, ' <span class=date>({})</span>')}</a>"
        f'<div class="news_lead">{_here(item.lead, portal)}</div></li>'
        for item in items
    )
    return f'<div class="news-wrapper"><ul>{drawn}</ul></div>'


def _article(portal: Portal, item: news.Article) -> str:
    text = f"<p>{_here(' '.join((item.lead, *item.text)), portal)}</p>"
    source = "<p>Nguồn: Báo Sông Mây</p>" if "news_without_source" not in portal.faults else ""
    when = _dated(portal, item, "<span class=date>Ngày {}</span>")
    return f'<div class="news-detail">{when}{text}{source}{blocks.rating(portal)}</div>'


def _dated(portal: Portal, item: news.Article, form: str) -> str:
    """When a piece of news was published, unless a fault keeps that to itself or has let the news grow old."""
    years = 2 if "stale_news" in portal.faults else 0
    return "" if "news_without_date" in portal.faults else form.format(news.day(item, years_ago=years))


def _documents(portal: Portal) -> str:
    return (
        '<form action="#van-ban" method="get"><label>Số, ký hiệu văn bản <input type="text" name="so-ky-hieu">'
        '</label><input type="submit" value="Tra cứu văn bản"></form>'
        "<table><tr><th>Số, ký hiệu</th><th>Ngày</th><th>Trích yếu</th></tr><tr><td>15/CT-UBND</td>"
        "<td>09/11/2026</td><td>Chỉ thị về tăng cường bảo vệ rừng mùa khô</td></tr>"
        f"{regulation_row(portal)}</table>"
    )


def _links_page(portal: Portal) -> str:
    items = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in listed(portal) + central(portal))
    return f'<ul class="lien-ket">{items}</ul>'
