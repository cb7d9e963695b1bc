"""WordPress behind Cloudflare, as communes have it: slugs with a final slash, widgets, mail addresses masked."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.families.parts import heading, lines, links, slug, theme
from sandbox.portals.contents import menu, nested
from sandbox.portals.pieces import Answer, plain
from sandbox.portals.portal import Family, Page, Portal

_BANNER, _SCRIPT = "/wp-content/uploads/2025/07/banner.png", "/wp-content/themes/flatsome/theme.js"
_DECODER = "/cdn-cgi/scripts/5c5dd728/cloudflare-static/email-decode.min.js"
# What Cloudflare's script does to the addresses that its proxy hid.
_DECODE = """document.querySelectorAll('.__cf_email__').forEach(function (link) {
  var code = link.dataset.cfemail, key = parseInt(code.slice(0, 2), 16), mail = '';
  for (var at = 2; at < code.length; at += 2)
    mail += String.fromCharCode(parseInt(code.slice(at, at + 2), 16) ^ key);
  link.href = 'mailto:' + mail; link.textContent = mail; link.removeAttribute('data-cfemail');
});
"""


def _address(path: str) -> str:
    if path.endswith(".pdf"):
        return f"/wp-content/uploads/2025/08/{slug(path)}"
    if path.startswith("/tin-tuc/"):
        return f"/{slug(path)}/"
    if path == "/tin-tuc":
        return "/category/tin-tuc/"
    return path.rstrip("/") + "/"


def _files(portal: Portal, _: Mapping[str, Page]) -> dict[str, Answer]:
    return theme(portal, _BANNER, _SCRIPT) | {_DECODER: plain(_DECODE, "text/javascript")}


def _frame(portal: Portal, page: Page) -> str:
    root = portal.body.path
    search = (
        f'<form role="search" method="get" class="searchform" action="{portal.at("/")}">'
        '<input type="search" class="search-field" placeholder="Tìm kiếm…" value="" name="s">'
        '<button type="submit" aria-label="Gửi"></button></form>'
        if portal.has_search
        else ""
    )
    kind = "home" if page.is_home else "page-template-default"
    return f"""<!DOCTYPE html>
<html{portal.lang} prefix="og: https://ogp.me/ns#">
<head>
<meta charset="UTF-8">
<title>{page.title} &#8211; {portal.site_name(page)}</title>
<meta name="generator" content="WordPress 6.8.1">
<link rel="https://api.w.org/" href="{root}/wp-json/">
<script src="{root}{_SCRIPT}" defer></script>
{portal.head(page)}
</head>
<body class="wp-singular {kind} wp-theme-flatsome">
<div id="wrapper">
<header id="header" class="header has-sticky"><div class="header-wrapper">
<a href="{portal.at("/")}" title="{portal.site_name(page)}" rel="home"><img src="{root}{
        _BANNER
    }" class="header_logo" alt="{portal.site_name(page)}"></a>
{search}
<ul class="nav header-nav header-bottom-nav">{nested(portal, menu(portal, page), "sub-menu nav-dropdown")}</ul>
</div></header>
<main id="main"><div id="content" class="content-area page-wrapper" role="main">
{heading(page)}
{page.html}
</div></main>
<div class="widget-area"><span class="widget-title">Liên kết</span><ul class="menu">{
        links(portal.to_main, "<li>", "</li>")
    }{links(portal.to_services, "<li>", "</li>")}</ul></div>
<footer id="footer" class="footer-wrapper"><div class="absolute-footer">{
        lines(portal, page, "<div>", "</div>")
    }</div></footer>
</div>
<script data-cfasync="false" src="{_DECODER}"></script>
{portal.emc(page)}
</body>
</html>
"""


WORDPRESS = Family(
    _address,
    _frame,
    _files,
    search=("/", "s"),
    masks_mail=True,
    credit="Thiết kế bởi Công ty Mây Trắng - Hotline: 0900 000 000",
)
