"""The commune, under a path of the main portal's host, and the small components: plain pages of one template."""

from __future__ import annotations

from sandbox.bodies import MAIN, NATIONAL_SERVICES, Body
from sandbox.portals import news
from sandbox.portals.pieces import PICTURE, Answer, Faults, Site, emc_code, footer_lines, html, lang, plain, results
from sandbox.portals.sections import (
    CONTACT,
    Entry,
    about_menu,
    files,
    regulation_row,
    section_menu,
    sections,
)

_ABOUT = "<p>{name} phục vụ nhân dân với phương châm gần dân, sát dân, công khai, minh bạch.</p>"


def build(body: Body, faults: Faults) -> Site:
    """All pages of the commune's portal with the faults planted in it."""
    drawn = {
        "/": (body.portal_name, f"<h2>Tin tức</h2>{_news_list(body)}"),
        "/gioi-thieu": ("Giới thiệu chung", _ABOUT.format(name=body.name)),
        "/tin-tuc": ("Tin tức", _news_list(body)),
        "/van-ban": (
            "Văn bản",
            "<table border='1'><tr><td>31/KH-UBND</td><td>28/10/2026</td><td>Kế hoạch thu quỹ phòng, "
            f"chống thiên tai</td></tr>{regulation_row(body, faults)}</table>",
        ),
    }
    drawn |= {
        f"/tin-tuc/{item.slug}": (
            item.title,
            f"<div class='bai-viet'><i>{item.day}</i><p>{item.lead}</p><p>{'</p><p>'.join(item.text)}</p></div>",
        )
        for item in news.COMMUNE
    }
    drawn |= {path: (section.title, section.html) for path, section in sections(body, faults).items()}
    menu = (
        Entry("Trang chủ", "/"),
        Entry("Giới thiệu", "/gioi-thieu"),
        *about_menu(faults),
        Entry("Tin tức", "/tin-tuc"),
        Entry("Văn bản", "/van-ban"),
        *section_menu(faults),
        Entry("Liên hệ", CONTACT),
    )
    return _site(body, faults, menu, drawn, files(faults))


def build_small(body: Body) -> Site:
    """The three pages of a component that is only there to be linked."""
    section = sections(body, frozenset())[CONTACT]
    drawn = {
        "/": (body.portal_name, _ABOUT.format(name=body.name)),
        "/gioi-thieu": ("Giới thiệu", _ABOUT.format(name=body.name)),
        CONTACT: (section.title, section.html),
    }
    menu = (Entry("Trang chủ", "/"), Entry("Giới thiệu", "/gioi-thieu"), Entry("Liên hệ", CONTACT))
    return _site(body, frozenset(), menu, drawn, {"/robots.txt": plain("User-agent: *\nAllow: /\n")})


def _site(
    body: Body,
    faults: Faults,
    menu: tuple[Entry, ...],
    drawn: dict[str, tuple[str, str]],
    others: dict[str, Answer],
) -> Site:
    pages = {path: html(_page(body, faults, menu, path, title, text)) for path, (title, text) in drawn.items()}

    def search(words: str) -> Answer:
        return html(_page(body, faults, menu, "/tim-kiem", "Kết quả tìm kiếm", results(drawn, words, body.path)))

    lost = html(_page(body, faults, menu, "/404", "Không tìm thấy", "<p>Không tìm thấy trang.</p>"), status=404)
    prefixed: dict[str, Answer] = {body.path + path: answer for path, answer in (pages | others).items()}
    if body.path:
        prefixed[body.path] = pages["/"]
    prefixed[f"{body.path}/images/banner.png"] = PICTURE
    return Site(prefixed, lost, "" if "no_search_box" in faults else f"{body.path}/tim-kiem", search)


def _page(body: Body, faults: Faults, menu: tuple[Entry, ...], path: str, title: str, content: str) -> str:
    items = "".join(_menu_item(body, entry) for entry in menu)
    search = (
        f"<form action='{body.path}/tim-kiem'><input name='tu-khoa' type='text' placeholder='Tìm kiếm'>"
        "<input type='submit' value='Tìm'></form>"
        if "no_search_box" not in faults
        else ""
    )
    to_main = f"<li><a href='{MAIN.url}'>{MAIN.portal_name}</a></li>" if "no_link_to_main" not in faults else ""
    services = (
        f"<li><a href='https://{NATIONAL_SERVICES}/'>Dịch vụ công trực tuyến</a></li>"
        if "no_link_to_services" not in faults
        else ""
    )
    links = (
        f"<div class='lien-ket'><b>Liên kết</b><ul>{to_main}{services}</ul></div>" if to_main or services else ""
    )
    footer = "".join(f"<div>{line}</div>" for line in footer_lines(body, faults))
    return f"""<!DOCTYPE html>
<html{lang(faults)}>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{title}</title>
</head>
<body>
<div class="header" role="banner"><img src="{body.path}/images/banner.png" alt="{body.portal_name}">{search}</div>
<div class="menu" role="navigation"><ul>{items}</ul></div>
<div class="content" role="main"><h1>{title}</h1>
{content}
</div>
{links}
<div class="footer" role="contentinfo">{footer}</div>
{emc_code(body, faults, home=path == "/")}
</body>
</html>
"""


def _menu_item(body: Body, entry: Entry) -> str:
    below = "".join(_menu_item(body, child) for child in entry.below)
    label = f"<a href='{body.path}{entry.path}'>{entry.label}</a>"
    return f"<li>{label}{f'<ul>{below}</ul>' if below else ''}</li>"


def _news_list(body: Body) -> str:
    items = "".join(
        f"<li><a href='{body.path}/tin-tuc/{item.slug}'>{item.title}</a> ({item.day})</li>" for item in news.COMMUNE
    )
    return f"<ul class='tin'>{items}</ul>"
