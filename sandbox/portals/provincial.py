"""The main portal: drawn by the server in the shape of a Liferay portal of a province."""

from __future__ import annotations

from sandbox.bodies import COUNTER_HOST, LOCAL_SERVICES, NATIONAL_SERVICES, Body
from sandbox.portals import news
from sandbox.portals.neighbours import CENTRAL, COMMUNES, PROVINCES, components, select
from sandbox.portals.pieces import (
    PICTURE,
    Answer,
    Faults,
    Site,
    document,
    emc_code,
    footer_lines,
    html,
    lang,
    plain,
    results,
)
from sandbox.portals.sections import (
    CONTACT,
    Entry,
    about_menu,
    files,
    regulation_row,
    section_menu,
    sections,
)

_SEARCH = "/tim-kiem"
_WITHOUT_CHARSET = CONTACT
"""The page whose Content-Type header names no charset; its own meta element does."""

_ABOUT = (
    Entry("Tổng quan", "/gioi-thieu/tong-quan"),
    Entry("Lãnh đạo UBND tỉnh", "/gioi-thieu/lanh-dao"),
    Entry("Cơ cấu tổ chức", "/gioi-thieu/co-cau-to-chuc"),
    Entry("Lịch sử - Văn hóa", "/gioi-thieu/lich-su-van-hoa"),
)

_TEXTS = {
    "/gioi-thieu": ("Giới thiệu", "Cổng thông tin điện tử là nơi công bố thông tin chính thức của tỉnh trên mạng."),
    "/gioi-thieu/tong-quan": (
        "Tổng quan",
        "Tỉnh Sông Mây có diện tích tự nhiên 6.364 km², dân số 812.000 người, gồm 45 xã và 4 phường.",
    ),
    "/gioi-thieu/lanh-dao": (
        "Lãnh đạo UBND tỉnh",
        "Chủ tịch: Đinh Công Thành. Phó Chủ tịch: Nông Thị Bích. Phó Chủ tịch: Lục Văn Toàn.",
    ),
    "/gioi-thieu/co-cau-to-chuc": (
        "Cơ cấu tổ chức",
        "Ủy ban nhân dân tỉnh có 12 cơ quan chuyên môn và Văn phòng Ủy ban nhân dân tỉnh.",
    ),
    "/gioi-thieu/lich-su-van-hoa": (
        "Lịch sử - Văn hóa",
        "Vùng đất Sông Mây có 13 dân tộc cùng sinh sống với nhiều lễ hội đặc sắc trong năm.",
    ),
    "/thong-ke": ("Thông tin thống kê", "Tốc độ tăng tổng sản phẩm trên địa bàn 9 tháng năm 2026 ước đạt 8,1%."),
    "/cong-khai-ngan-sach": (
        "Công khai ngân sách",
        "Dự toán thu ngân sách nhà nước trên địa bàn năm 2026 là 9.850 tỷ đồng.",
    ),
    "/quy-hoach-ke-hoach": (
        "Quy hoạch - Kế hoạch",
        "Quy hoạch tỉnh thời kỳ 2021 - 2030, tầm nhìn đến năm 2050 đã được phê duyệt điều chỉnh.",
    ),
    "/van-ban/du-thao": (
        "Lấy ý kiến văn bản dự thảo",
        "Dự thảo Quyết định quy định mức hỗ trợ sản xuất nông nghiệp; hạn góp ý: ngày 15/12/2026.",
    ),
    "/gop-y": (
        "Góp ý - Hỏi đáp",
        "Mời quý vị gửi câu hỏi và ý kiến góp ý về hoạt động của các cơ quan nhà nước.",
    ),
}


def build(body: Body, faults: Faults) -> Site:
    """All pages of the main portal with the faults planted in it."""
    menu = _menu(faults)
    common = sections(body, faults)
    drawn = {"/": (body.portal_name, _home(body, faults))}
    drawn |= {path: (title, f"<p>{text}</p>") for path, (title, text) in _TEXTS.items()}
    drawn |= {path: (section.title, section.html) for path, section in common.items()}
    drawn["/tin-tuc"] = ("Tin tức - Sự kiện", _teasers(news.PROVINCE))
    drawn |= {_article_path(item): (item.title, _article(item)) for item in news.PROVINCE}
    drawn["/van-ban"] = ("Văn bản", _documents(body, faults))
    drawn["/lien-ket-website"] = ("Liên kết website", _links_page(faults))
    drawn["/so-do-cong"] = ("Sơ đồ cổng", _site_map(menu))
    if "no_search_box" not in faults:
        drawn[_SEARCH] = ("Tìm kiếm", "<p>Nhập từ khóa vào ô tìm kiếm ở đầu trang.</p>")
    pages: dict[str, Answer] = {
        path: html(
            _page(body, faults, menu, path, title, text),
            packed=path in ("/", "/tin-tuc"),
            charset="" if path == _WITHOUT_CHARSET else "; charset=utf-8",
        )
        for path, (title, text) in drawn.items()
    }

    def search(words: str) -> Answer:
        return html(_page(body, faults, menu, _SEARCH, "Kết quả tìm kiếm", results(drawn, words)))

    urls = "".join(f"<url><loc>{body.url.rstrip('/')}{path}</loc></url>" for path in drawn)
    pages |= files(faults)
    pages |= {
        "/robots.txt": plain(f"User-agent: *\nDisallow: /c/\nSitemap: {body.url}sitemap.xml\n"),
        "/sitemap.xml": plain(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"{urls}</urlset>\n",
            "application/xml",
        ),
        "/documents/banner.png": PICTURE,
        "/favicon.ico": PICTURE,
        "/o/songmay-theme/js/main.js": plain("document.documentElement.className += ' js';\n", "text/javascript"),
        "/o/songmay-theme/css/main.css": plain("body { font: 15px/1.5 Arial, sans-serif }\n", "text/css"),
        "/documents/2026/chi-thi-15.pdf": document("CHI THI 15/CT-UBND"),
    }
    # As many real portals do: what does not exist is answered with 200 and the whole frame.
    lost = "<h3>Không tìm thấy</h3><p>Tài nguyên được yêu cầu không tìm thấy.</p>"
    missing = html(_page(body, faults, menu, "/trang-thai", "Trạng thái - Không tìm thấy", lost))
    return Site(pages, missing, _SEARCH if _SEARCH in drawn else "", search)


def _menu(faults: Faults) -> tuple[Entry, ...]:
    services = () if "no_link_to_services" in faults else (Entry("Dịch vụ công", f"https://{LOCAL_SERVICES}/"),)
    return (
        Entry("Trang chủ", "/"),
        Entry("Giới thiệu", "/gioi-thieu", (*_ABOUT, *about_menu(faults))),
        Entry("Tin tức - Sự kiện", "/tin-tuc"),
        Entry("Văn bản", "/van-ban", (Entry("Lấy ý kiến văn bản dự thảo", "/van-ban/du-thao"),)),
        *section_menu(faults),
        Entry(
            "Công khai",
            "/cong-khai-ngan-sach",
            (
                Entry("Công khai ngân sách", "/cong-khai-ngan-sach"),
                Entry("Quy hoạch - Kế hoạch", "/quy-hoach-ke-hoach"),
                Entry("Thông tin thống kê", "/thong-ke"),
            ),
        ),
        *services,
        Entry("Góp ý - Hỏi đáp", "/gop-y"),
        Entry("Liên hệ", CONTACT),
        Entry("Sơ đồ cổng", "/so-do-cong"),
        Entry("Liên kết website", "/lien-ket-website"),
    )


def _page(body: Body, faults: Faults, menu: tuple[Entry, ...], path: str, title: str, content: str) -> str:
    items = "".join(_menu_item(entry, path) for entry in menu)
    search = (
        f'<form class="nav-search" action="{_SEARCH}" method="get" role="search">'
        '<input type="text" name="tu-khoa" placeholder="Tìm kiếm..." class="txtTimKiem" id="txtTimKiem">'
        '<input type="submit" class="search_button" value="Tìm kiếm"></form>'
        if "no_search_box" not in faults
        else ""
    )
    services = (
        f'<a class="dvc" href="https://{NATIONAL_SERVICES}/" title="Cổng Dịch vụ công quốc gia">'
        '<img src="/documents/banner.png" alt="Cổng Dịch vụ công quốc gia"></a>'
        if "no_link_to_services" not in faults
        else ""
    )
    footer = "".join(f"<p>{line}</p>" for line in footer_lines(body, faults))
    heading = "" if path == "/" else f'<h1 class="portlet-title-text">{title}</h1>'
    return f"""<!DOCTYPE html>
<html class="aui ltr" dir="ltr"{lang(faults)}>
<head>
<title>{title}{"" if path == "/" else " - " + body.portal_name}</title>
<meta content="text/html; charset=UTF-8" http-equiv="content-type">
<meta content="initial-scale=1.0, width=device-width" name="viewport">
<meta name="description" content="{body.portal_name}">
<link class="lfr-css-file" href="/o/songmay-theme/css/main.css" rel="stylesheet" type="text/css">
<script src="/o/songmay-theme/js/main.js" type="text/javascript"></script>
{emc_code(body, faults, home=path == "/")}
</head>
<body class="yui3-skin-sam controls-visible signed-out public-page site">
<a href="#main-content" id="skip-to-content">Truy cập nội dung luôn</a>
<div id="wrapper">
<div id="header" role="banner">
<div class="header-banner-logo"><a href="/"><img src="/documents/banner.png" alt="{body.portal_name}"></a></div>
<div class="header-menu-search-wrapper">{search}{services}</div>
</div>
<nav id="navigation" role="navigation"><div id="menu"><ul class="navi">{items}</ul></div></nav>
<div id="main"><div id="main-content" role="main">
<section class="portlet"><div class="portlet-content">{heading}
{content}
</div></section>
</div></div>
<div class="row lienket-portlet" id="p_p_id_lienketwebsite_">
<ul class="list-lienket">{_link_lists(faults)}</ul></div>
<div id="footer">{footer}<div class="luot-truy-cap">Lượt truy cập: 15545250</div></div>
</div>
{_COUNTER}
</body>
</html>
"""


_COUNTER = f"""<div id="histats_counter"></div>
<script type="text/javascript">var _Hasync = _Hasync || [];
_Hasync.push(['Histats.start', '1,4321987,4,0,0,0,00010000']);
(function () {{
  var hs = document.createElement('script'); hs.type = 'text/javascript'; hs.async = true;
  hs.src = '//{COUNTER_HOST}/js15_as.js';
  document.getElementsByTagName('body')[0].appendChild(hs);
}})();</script>"""


def _menu_item(entry: Entry, path: str) -> str:
    active = ' class="active"' if entry.path == path else ""
    below = "".join(f'<li><a href="{child.path}">{child.label}</a></li>' for child in entry.below)
    return (
        f'<li{active}><a href="{entry.path}">{entry.label}</a>'
        + (f'<ul class="child-menu">{below}</ul>' if below else "")
        + "</li>"
    )


def _home(body: Body, faults: Faults) -> str:
    return (
        f'<div class="tin-noi-bat"><h2>Tin nổi bật</h2>{_teasers(news.PROVINCE[:6])}</div>'
        '<div class="van-ban-moi"><h2>Văn bản mới</h2>'
        f"{_document_table(body, faults)}</div>"
        '<div class="tra-cuu-ho-so"><h2>Tra cứu hồ sơ</h2><form action="/tra-cuu-ho-so" method="get">'
        '<input type="text" name="ma-ho-so" placeholder="Nhập mã hồ sơ"><input type="submit" value="Tra cứu">'
        "</form></div>"
    )


def _teasers(items: tuple[news.Article, ...]) -> str:
    drawn = "".join(
        f'<li><div class="title_news"><a href="{_article_path(item)}" title="{item.title}">{item.title} '
        f'<span class="date_content_asset">({item.day})</span></a></div>'
        f'<div class="news_lead">{item.lead}</div></li>'
        for item in items
    )
    return f'<div class="news-wrapper"><ul>{drawn}</ul></div>'


def _article_path(item: news.Article) -> str:
    return f"/tin-tuc/-/view_content/{item.slug}"


def _article(item: news.Article) -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in item.text)
    return (
        f'<div class="journal-content-article"><span class="date">Ngày {item.day}</span>'
        f"<p><strong>{item.lead}</strong></p>{text}</div>"
    )


def _document_table(body: Body, faults: Faults) -> str:
    return (
        "<table><tr><th>Số, ký hiệu</th><th>Ngày</th><th>Trích yếu</th></tr>"
        "<tr><td>15/CT-UBND</td><td>09/11/2026</td><td>"
        '<a href="/documents/2026/chi-thi-15.pdf">Chỉ thị về tăng cường bảo vệ rừng mùa khô</a></td></tr>'
        f"{regulation_row(body, faults)}</table>"
    )


def _documents(body: Body, faults: Faults) -> str:
    return (
        '<form action="/van-ban" method="get"><label>Số, ký hiệu văn bản <input type="text" name="so-ky-hieu">'
        '</label><input type="submit" value="Tra cứu văn bản"></form>' + _document_table(body, faults)
    )


def _own_sites(faults: Faults) -> tuple[tuple[str, str], ...]:
    return tuple((component.short, component.url) for component in components(faults))


def _link_lists(faults: Faults) -> str:
    lists = (
        select("Sở, ban, ngành, xã, phường", _own_sites(faults) + COMMUNES),
        select("Website Bộ, ngành", CENTRAL),
        select("Website tỉnh, thành phố", PROVINCES),
    )
    return "".join(f'<li class="col-md-4 col-sm-6 col-xs-12">{drawn}</li>' for drawn in lists)


def _links_page(faults: Faults) -> str:
    items = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in _own_sites(faults) + CENTRAL)
    return f'<ul class="lien-ket">{items}</ul>'


def _site_map(menu: tuple[Entry, ...]) -> str:
    return '<ul class="so-do">' + "".join(_menu_item(entry, "") for entry in menu) + "</ul>"
