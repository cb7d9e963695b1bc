"""The department: pages drawn by the server, the measuring code put in by a script bundle once they are shown."""

from __future__ import annotations

import json

from sandbox.bodies import MAIN, NATIONAL_SERVICES, Body
from sandbox.portals import news
from sandbox.portals.neighbours import CENTRAL, select
from sandbox.portals.pieces import (
    PICTURE,
    Answer,
    Faults,
    Site,
    emc_code,
    emc_script,
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

_BUNDLE = "/static/js/app.3f9c1e.js"
_SEARCH = "/search"


def build(body: Body, faults: Faults) -> Site:
    """All pages of the department's portal with the faults planted in it."""
    drawn = {
        "/": (body.portal_name, _home()),
        "/gioi-thieu": (
            "Giới thiệu",
            f"<p>{body.name} là cơ quan chuyên môn thuộc Ủy ban nhân dân tỉnh, tham mưu quản lý nhà nước về xây "
            "dựng, giao thông vận tải, nhà ở và thị trường bất động sản.</p>",
        ),
        "/tin-tuc": ("Tin tức", _cards(news.DEPARTMENT)),
        "/van-ban": (
            "Văn bản",
            "<table><tr><td>88/SXD-QLXD</td><td>02/11/2026</td><td>Công văn về quản lý chất lượng "
            "công trình</td></tr>"
            f"{regulation_row(body, faults)}</table>",
        ),
    }
    drawn |= {
        f"/tin-tuc/{item.slug}": (
            item.title,
            f"<article><time>{item.day}</time><p>{item.lead}</p><p>{'</p><p>'.join(item.text)}</p></article>",
        )
        for item in news.DEPARTMENT
    }
    drawn |= {path: (section.title, section.html) for path, section in sections(body, faults).items()}
    pages: dict[str, Answer] = {
        path: html(_page(body, faults, title, text), packed=True) for path, (title, text) in drawn.items()
    }
    pages |= files(faults)
    pages |= {
        "/robots.txt": plain("User-agent: *\nAllow: /\n"),
        _BUNDLE: plain(_bundle(body, faults), "text/javascript"),
        "/static/logo.png": PICTURE,
        "/favicon.ico": PICTURE,
    }

    def search(words: str) -> Answer:
        return html(_page(body, faults, "Kết quả tìm kiếm", results(drawn, words)))

    missing = html(_page(body, faults, "Không tìm thấy trang", "<p>Trang không tồn tại.</p>"), status=404)
    return Site(pages, missing, "" if "no_search_box" in faults else _SEARCH, search)


def _bundle(body: Body, faults: Faults) -> str:
    """The script that puts the measuring code into a page, as tag containers and component frameworks do."""
    if faults & {"no_emc", "emc_commented_out"}:
        return "document.documentElement.dataset.ready = '1';\n"
    only_home = "if (location.pathname !== '/') return;" if "emc_only_on_home" in faults else ""
    return f"""document.addEventListener('DOMContentLoaded', function () {{
  document.documentElement.dataset.ready = '1';
  {only_home}
  var tag = document.createElement('script');
  tag.text = {json.dumps(emc_script(body, faults))};
  document.head.appendChild(tag);
}});
"""


def _page(body: Body, faults: Faults, title: str, content: str) -> str:
    menu = "".join(_menu_item(entry) for entry in _menu(faults))
    search = (
        f'<form class="search" action="{_SEARCH}"><input type="search" name="tu-khoa" aria-label="Tìm kiếm">'
        "<button>Tìm kiếm</button></form>"
        if "no_search_box" not in faults
        else ""
    )
    to_main = (
        f'<a class="cong-tinh" href="{MAIN.url}">Cổng thông tin điện tử tỉnh</a>'
        if "no_link_to_main" not in faults
        else ""
    )
    services = (
        f'<a class="dvc" href="https://{NATIONAL_SERVICES}/">Cổng Dịch vụ công quốc gia</a>'
        if "no_link_to_services" not in faults
        else ""
    )
    commented = emc_code(body, faults, home=True) if "emc_commented_out" in faults else ""
    footer = "<br>".join(footer_lines(body, faults))
    return f"""<!DOCTYPE html>
<html{lang(faults)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<script src="{_BUNDLE}"></script>
{commented}
</head>
<body>
<header class="site-header">
<a class="logo" href="/"><img src="/static/logo.png" alt="{body.portal_name}"></a>
<div class="top-links">{to_main} {services}</div>
{search}
<nav class="main-nav"><ul>{menu}</ul></nav>
</header>
<main><h1>{title}</h1>
{content}
<aside class="lien-ket"><h2>Liên kết website</h2>{select("Website Bộ, ngành", CENTRAL)}</aside>
</main>
<footer class="site-footer"><div class="container">{footer}</div></footer>
</body>
</html>
"""


def _menu(faults: Faults) -> tuple[Entry, ...]:
    return (
        Entry("Trang chủ", "/"),
        Entry("Giới thiệu", "/gioi-thieu"),
        *about_menu(faults),
        Entry("Tin tức", "/tin-tuc"),
        Entry("Văn bản", "/van-ban"),
        *section_menu(faults),
        Entry("Liên hệ", CONTACT),
    )


def _menu_item(entry: Entry) -> str:
    below = "".join(_menu_item(child) for child in entry.below)
    return f'<li><a href="{entry.path}">{entry.label}</a>{f"<ul>{below}</ul>" if below else ""}</li>'


def _home() -> str:
    return f'<section class="news"><h2>Tin mới</h2>{_cards(news.DEPARTMENT)}</section>'


def _cards(items: tuple[news.Article, ...]) -> str:
    return "".join(
        f'<div class="card"><a href="/tin-tuc/{item.slug}"><h3>{item.title}</h3></a>'
        f'<span class="date">{item.day}</span><p>{item.lead}</p></div>'
        for item in items
    )
