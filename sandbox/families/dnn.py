"""DNN (DotNetNuke): tab numbers in the address, skins and panes, one form around everything."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.families.parts import heading, lines, links, number, slug, theme
from sandbox.portals.contents import menu, nested
from sandbox.portals.neighbours import link_lists
from sandbox.portals.pieces import Answer
from sandbox.portals.portal import Family, Page, Portal

_BANNER, _SCRIPT = "/Portals/0/banner.png", "/Portals/_default/skins/portal/skin.js"


def _address(path: str) -> str:
    if path == "/":
        return path
    if path.endswith(".pdf"):
        return f"/Portals/0/VanBan/{slug(path)}"
    if path.startswith("/tin-tuc/"):
        return f"/tin-tuc/tabid/101/ArticleId/{number(path)}/{slug(path)}/Default.aspx"
    return f"/{slug(path)}/tabid/{number(path, 900)}/language/vi-VN/Default.aspx"


def _files(portal: Portal, _: Mapping[str, Page]) -> dict[str, Answer]:
    return theme(portal, _BANNER, _SCRIPT)


def _frame(portal: Portal, page: Page) -> str:
    root = portal.body.path
    search = (
        '<div id="dnn_search"><input name="dnn$dnnSEARCH$txtSearch" type="text" maxlength="255" size="20" '
        'title="Tìm kiếm" id="dnn_dnnSEARCH_txtSearch" class="NormalTextBox">'
        '<a id="dnn_dnnSEARCH_cmdSearch" class="SkinObject" '
        f'href="{portal.at("/tim-kiem")}">Tìm kiếm</a></div>'
        if portal.has_search
        else ""
    )
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html{portal.lang.replace(" lang", " xml:lang")}{portal.lang}>
<head id="Head">
<meta content="text/html; charset=UTF-8" http-equiv="Content-Type" />
<meta name="GENERATOR" content="DotNetNuke " />
<title>{page.title} | {portal.site_name(page)}</title>
<style>.content_table {{ table-layout: fixed; width: 100% }} .content_table select {{ max-width: 100% }}</style>
<script src="{root}{_SCRIPT}" type="text/javascript"></script>
{portal.head(page)}
</head>
<body id="Body">
<form method="post" action="{portal.at(page.path)}" id="Form" enctype="multipart/form-data">
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUJ" />
<div id="dnn_wrapper" class="skin_wide">
<div id="dnn_HeaderPane" class="header"><img src="{root}{_BANNER}" alt="{portal.site_name(page)}" />
<span class="ngay">Chủ nhật, 22/11/2026</span>{search}</div>
<div id="dnn_menu" class="menu_style"><ul class="dnnmenu">{nested(portal, menu(portal, page), "sub")}</ul></div>
<table class="content_table"><tr><td id="dnn_LeftPane" class="LeftPane"><b>Liên kết</b>
<div>{links(portal.to_main, "<p>", "</p>")}{links(portal.to_services, "<p>", "</p>")}</div>{link_lists(portal)}</td>
<td id="dnn_ContentPane" class="ContentPane">{heading(page)}
{page.html.replace("<form", "<div").replace("</form>", "</div>")}
</td></tr></table>
<div id="dnn_FooterPane" class="dnn_footer">{lines(portal, page, '<div class="Normal">', "</div>")}</div>
</div>
</form>
{portal.emc(page)}
</body>
</html>
"""


DNN = Family(
    _address,
    _frame,
    _files,
    search=(_address("/tim-kiem"), "Search"),
    lang="vi-VN",
    credit="Phát triển bởi Công ty Phần mềm Sao Mai - ĐT: 024 3999 0000",
)
