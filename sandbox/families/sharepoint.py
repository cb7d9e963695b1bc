"""SharePoint, as quangninh.gov.vn had it: /Pages/ and sub-sites, one form around the whole page, the welcome page
behind a redirect, sites as ``data-url`` of options."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.families.parts import heading, lines, links, number, slug, theme
from sandbox.portals.contents import menu, nested
from sandbox.portals.neighbours import link_lists
from sandbox.portals.pieces import Answer
from sandbox.portals.portal import Family, Page, Portal

_BANNER, _SCRIPT = "/PublishingImages/banner.png", "/_layouts/15/portal.js"


def _address(path: str) -> str:
    if path == "/":
        return "/Pages/default.aspx"
    if path.endswith(".pdf"):
        return f"/Lists/VanBan/Attachments/45/{slug(path)}"
    if path.startswith("/tin-tuc/"):
        return f"/Pages/chi-tiet-tin.aspx?ItemID={number(path)}&l=TinTuc"
    above, _, name = path.rpartition("/")
    return f"{above}/Pages/{name}.aspx"


def _files(portal: Portal, _: Mapping[str, Page]) -> dict[str, Answer]:
    return theme(portal, _BANNER, _SCRIPT)


def _frame(portal: Portal, page: Page) -> str:
    root = portal.body.path
    search = (
        '<div id="SearchBox" class="ms-srch-sb"><input type="text" id="ctl00_txtTimKiem" name="ctl00$txtTimKiem" '
        'title="Tìm kiếm..." value="Tìm kiếm..."><a class="ms-srch-sb-searchLink" title="Tìm kiếm" '
        f'href="{portal.at("/tim-kiem")}"></a></div>'
        if portal.has_search
        else ""
    )
    sites = link_lists(portal).replace("<option value=", "<option data-url=")
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html dir="ltr"{portal.lang}>
<head><meta name="GENERATOR" content="Microsoft SharePoint" />
<meta http-equiv="Content-type" content="text/html; charset=utf-8" />
<title>
	{page.title}
</title>
<script type="text/javascript" src="{root}{_SCRIPT}"></script>
{portal.emc(page)}
{portal.head(page)}
</head>
<body onhashchange="if (typeof(_spBodyOnHashChange) != 'undefined') _spBodyOnHashChange();">
<form method="post" action="{portal.at(page.path)}" id="aspnetForm">
<input type="hidden" name="__REQUESTDIGEST" id="__REQUESTDIGEST" value="0x5F" />
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUKLTg3" />
<div id="s4-workspace"><div id="s4-bodyContainer">
<div class="page-header"><div class="topbar">{links(portal.to_main)} {links(portal.to_services)}</div>
<a href="{portal.at("/")}"><img src="{root}{_BANNER}" alt="{portal.site_name(page)}" /></a>{search}</div>
<div class="ms-core-navigation" role="navigation"><ul class="root ms-core-listMenu-root static">{
        nested(portal, menu(portal, page), "dynamic")
    }</ul></div>
<div id="contentRow" role="main"><div class="ms-webpart-zone">{heading(page)}
{page.html.replace("<form", "<div").replace("</form>", "</div>")}
</div>
<div class="lien-ket">{sites}</div></div>
<div id="s4-footer" class="footer"><table><tr><td>{lines(portal, page, "", "<br />")}</td></tr></table></div>
</div></div>
</form>
</body>
</html>
"""


SHAREPOINT = Family(
    _address,
    _frame,
    _files,
    search=("/Pages/tim-kiem.aspx", "k"),
    lang="vi-VN",
    packed=True,
    home="/Pages/default.aspx",
)
