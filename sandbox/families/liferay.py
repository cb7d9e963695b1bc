"""Liferay 6.2 and 7, as sotttt.hanoi.gov.vn, danang.gov.vn and ncov.moh.gov.vn had it: portlets, status pages with
the whole frame, drop-down lists with a hundred sites, a counter drawn by a script."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.bodies import COUNTER_HOST
from sandbox.families.parts import heading, lines, links, theme
from sandbox.portals.contents import menu, nested
from sandbox.portals.neighbours import link_lists
from sandbox.portals.pieces import Answer
from sandbox.portals.portal import Family, Page, Portal

_BANNER, _SCRIPT = "/documents/10180/0/banner.png", "/o/portal-theme/js/main.js"


def _address(path: str) -> str:
    if path == "/" or path.endswith(".pdf"):
        return path
    if path.startswith("/tin-tuc/"):
        return f"/web/guest/tin-tuc/-/view_content{path.removeprefix('/tin-tuc')}"
    return "/web/guest" + path


def _files(portal: Portal, _: Mapping[str, Page]) -> dict[str, Answer]:
    return theme(portal, _BANNER, _SCRIPT)


def _frame(portal: Portal, page: Page) -> str:
    at = portal.at
    search = (
        f'<form class="nav-search" action="{at("/tim-kiem")}" method="get" role="search">'
        '<input type="text" name="tu-khoa" placeholder="Tìm kiếm..." class="txtTimKiem" id="txtTimKiem">'
        '<input type="submit" class="search_button" value="Tìm kiếm"></form>'
        if portal.has_search
        else ""
    )
    services = "".join(
        f'<a class="dvc" href="{url}" title="{name}"><img src="{_BANNER}" alt="{name}"></a>'
        for name, url in portal.to_services[:1]
    )
    return f"""<!DOCTYPE html>
<html class="aui ltr" dir="ltr"{portal.lang}>
<head>
<title>{page.title}{"" if page.is_home else " - " + portal.site_name(page)}</title>
<meta content="text/html; charset=UTF-8" http-equiv="content-type">
<script src="{_SCRIPT}" type="text/javascript" data-senna-track="temporary"></script>
{portal.emc(page)}
{portal.head(page)}
</head>
<body class="yui3-skin-sam controls-visible signed-out public-page site">
<a href="#main-content" id="skip-to-content">Truy cập nội dung luôn</a>
<div id="wrapper">
<div id="header" role="banner">
<div class="header-banner-logo"><a href="{at("/")}"><img src="{_BANNER}" alt="{portal.site_name(page)}"></a></div>
<div class="header-menu-wrapper">{search}{services}{links(portal.to_main)}</div>
</div>
<nav id="navigation" role="navigation"><div id="menu"><ul class="navi">{
        nested(portal, menu(portal, page), "child-menu")
    }</ul></div></nav>
<div id="main"><div id="main-content" role="main">
<section class="portlet"><div class="portlet-content">{heading(page)}
{page.html}
</div></section>
</div></div>
<div class="row lienket-portlet" id="p_p_id_lienketwebsite_">{link_lists(portal)}</div>
<div id="footer">{lines(portal, page, "<p>", "</p>")}<div class="luot-truy-cap">Lượt truy cập: 15545250</div></div>
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

LIFERAY = Family(
    _address, _frame, _files, search=("/web/guest/tim-kiem", "tu-khoa"), lang="vi-VN", soft_404=True, packed=True
)
