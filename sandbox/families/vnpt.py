"""VNPT Portal: addresses of numbers (site, page, module, item), modules in tables of divs, a mega menu, lost pages
that answer 200 with everything around them, the supplier's hotline in the footer."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.families.parts import heading, lines, links, number, slug, theme
from sandbox.portals.contents import menu, nested
from sandbox.portals.neighbours import link_lists
from sandbox.portals.pieces import Answer
from sandbox.portals.portal import Family, Page, Portal

_BANNER, _SCRIPT = "/UserFiles/banner/banner.jpg", "/Bundles/portal.js"


def _address(path: str) -> str:
    if path == "/":
        return path
    if path.endswith(".pdf"):
        return f"/UserFiles/VanBan/{slug(path)}"
    if path.startswith("/tin-tuc/"):
        return f"/1258/30720/61712/{number(path)}/tin-tuc/{slug(path)}"
    return f"/1258/{number(path)}/{slug(path)}"


def _files(portal: Portal, _: Mapping[str, Page]) -> dict[str, Answer]:
    return theme(portal, _BANNER, _SCRIPT)


def _frame(portal: Portal, page: Page) -> str:
    root = portal.body.path
    search = (
        f'<div class="search-box"><form action="{portal.at("/tim-kiem")}"><input type="text" name="keyword" '
        'placeholder="Nhập từ khóa cần tìm"><a href="javascript:void(0)" class="btn-search" '
        'title="Tìm kiếm"></a></form></div>'
        if portal.has_search
        else ""
    )
    banners = "".join(
        f'<div class="qc"><a href="{url}" target="_blank"><img src="{root}{_BANNER}" alt="{name}"></a></div>'
        for name, url in portal.to_services
    )
    return f"""<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"{portal.lang}>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{page.title}</title>
<meta name="keywords" content="VNPT Portal" />
<script src="{root}{_SCRIPT}"></script>
{portal.emc(page)}
{portal.head(page)}
</head>
<body>
<div class="wrapper-page">
<div class="top-header"><div class="container"><div class="top-left">{links(portal.to_main)}
<span>Hệ thống thông tin phục vụ người dân và doanh nghiệp</span></div>{search}</div></div>
<div class="banner"><a href="{portal.at("/")}"><img src="{root}{_BANNER}" alt="{
        portal.site_name(page)
    }" /></a></div>
<div class="menu-top"><ul class="megamenu">{nested(portal, menu(portal, page), "mega-sub")}</ul></div>
<div class="main-content"><div class="module-content">{heading(page, "h2")}
{page.html}
</div>
<div class="cot-phai">{banners}<div class="weblink"><h4>Liên kết website</h4>{link_lists(portal)}</div></div>
</div>
<div class="footer"><div class="container">{lines(portal, page, "<p>", "</p>")}</div></div>
</div>
</body>
</html>
"""


VNPT = Family(
    _address,
    _frame,
    _files,
    search=(_address("/tim-kiem"), "keyword"),
    soft_404=True,
    header_charset=False,
    credit="Thiết kế và vận hành bởi VNPT - Tổng đài hỗ trợ: 1800 1260 - Email: hotro@vnpt.example",
)
