"""Applications of scripts: ``SCRIPT`` sends an empty frame that a bundle fills, ``HYDRATED`` sends drawn pages into
which the bundle puts the measuring code."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sandbox.families.parts import lines, links, theme
from sandbox.portals.contents import lost, menu, nested
from sandbox.portals.neighbours import link_lists
from sandbox.portals.pieces import Answer, emc_code, emc_script
from sandbox.portals.portal import Family, Page, Portal

_BANNER, _SCRIPT = "/static/logo.png", "/static/js/app.3f9c1e.js"


def _address(path: str) -> str:
    return path


def _measuring(portal: Portal) -> str:
    """The part of the bundle that puts the measuring code into a page, as tag containers do."""
    if portal.faults & {"no_emc", "emc_commented_out"}:
        return ""
    only_home = "if (location.pathname !== '/') return;" if "emc_only_on_home" in portal.faults else ""
    return f"""(function () {{
  {only_home}
  var tag = document.createElement('script');
  tag.text = {json.dumps(emc_script(portal.body, portal.faults))};
  document.head.appendChild(tag);
}})();
"""


def _commented(portal: Portal) -> str:
    return emc_code(portal.body, portal.faults, home=True) if "emc_commented_out" in portal.faults else ""


def _inside(portal: Portal, page: Page) -> str:
    """What stands in the body of a page."""
    search = (
        f'<form class="search" action="{portal.at("/search")}"><input type="search" name="tu-khoa" '
        'aria-label="Tìm kiếm"><button>Tìm kiếm</button></form>'
        if portal.has_search
        else ""
    )
    return f"""<header class="site-header">
<a class="logo" href="{portal.at("/")}"><img src="{_BANNER}" alt="{portal.site_name(page)}"></a>
<div class="top-links">{links(portal.to_main)} {links(portal.to_services)}</div>
{search}
<nav class="main-nav"><ul>{nested(portal, menu(portal, page))}</ul></nav>
</header>
<main><h1>{page.title}</h1>
{page.html}
<aside class="lien-ket"><h2>Liên kết website</h2>{link_lists(portal)}</aside>
</main>
<footer class="site-footer"><div class="container">{lines(portal, page, "", "<br>")}</div></footer>
"""


def _head(portal: Portal, page: Page, title: str) -> str:
    return f"""<!DOCTYPE html>
<html{portal.lang}>
<head>
<meta charset="utf-8">
<title>{title}</title>
<script src="{_SCRIPT}" defer></script>
{portal.head(page)}
{_commented(portal)}
</head>
"""


def _hydrated(portal: Portal, page: Page) -> str:
    return f"{_head(portal, page, page.title)}<body>\n{_inside(portal, page)}</body>\n</html>\n"


def _hydrated_files(portal: Portal, _: Mapping[str, Page]) -> dict[str, Answer]:
    code = "document.documentElement.dataset.ready = '1';\n" + _measuring(portal)
    return theme(portal, _BANNER, _SCRIPT, code)


def _shell(portal: Portal, page: Page) -> str:
    noscript = "<noscript>Vui lòng bật JavaScript để sử dụng ứng dụng.</noscript>"
    return f'{_head(portal, page, portal.site_name(page))}<body>{noscript}<div id="root"></div></body>\n</html>\n'


def _shell_files(portal: Portal, pages: Mapping[str, Page]) -> dict[str, Answer]:
    drawn = {portal.at(page.path): (page.title, _inside(portal, page)) for page in pages.values()}
    nothing = (lost().title, _inside(portal, lost()))
    code = f"""(function () {{
  var pages = {json.dumps(drawn, ensure_ascii=False)}, lost = {json.dumps(nothing, ensure_ascii=False)};
  var page = pages[location.pathname] || lost;
  document.title = page[0];
  document.getElementById('root').innerHTML = page[1];
}})();
"""
    return theme(portal, _BANNER, _SCRIPT, code + _measuring(portal))


HYDRATED = Family(_address, _hydrated, _hydrated_files, search=("/search", "tu-khoa"), in_script=True, packed=True)
SCRIPT = Family(_address, _shell, _shell_files, search=("/search", "tu-khoa"), in_script=True)
