"""Spoilt measuring codes, links and languages, and what only looks like them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape

from bench.grafts import EMC, MAIN_HOST, Graft, entry
from bench.spoiling import (
    Change,
    Mutation,
    as_article,
    as_teaser,
    at,
    bare,
    beside,
    commented_out,
    declared,
    decoy,
    in_element,
    led_to,
    moved,
    saying,
    soup_of,
)

# --- the measuring code ----------------------------------------

_SITE_ID = "_govaq.push(['setSiteId', '227']);"


def _code(change: Callable[[str], str]) -> Change:
    return at("head", change)


def _script_type(piece: str) -> str:
    soup = soup_of(piece)
    for script in soup.find_all("script"):
        script["type"] = "text/plain"
    return str(soup)


def _in_script_comment(piece: str) -> str:
    soup = soup_of(piece)
    for script in soup.find_all("script"):
        script.string = f"/* {script.get_text()} */"
    return str(soup)


def _as_text(piece: str) -> str:
    return f"<pre>{escape(piece)}</pre>"


def measurement() -> Iterator[Mutation]:
    rule = "measurement.emc_code_present"
    spoilt: list[tuple[str, Change]] = [
        ("removed", bare),
        ("commented_out", _code(commented_out)),
        ("in_template", _code(in_element("template"))),
        ("in_noscript", _code(in_element("noscript"))),
        ("inert_script", _code(_script_type)),
        ("script_comment", _code(_in_script_comment)),
        ("script_comment", _code(saying((_SITE_ID, f"// {_SITE_ID}")))),
        ("shown_as_text", moved("head", "main", _as_text)),
        ("broken_id", _code(saying(("'227'", "''")))),
        ("broken_id", _code(saying(("'227'", "'GTVT'")))),
        ("broken_id", _code(saying((_SITE_ID, "")))),
        ("other_queue", _code(saying(("_govaq", "_paq"), ("f-emc.ngsp.gov.vn", "thongke.example.vn")))),
        ("other_host", _code(saying(("f-emc.ngsp.gov.vn", "emc.example.vn")))),
        ("lookalike_host", _code(saying(("f-emc.ngsp.gov.vn", "f-emc.ngsp.gov.vn.example.vn")))),
    ]
    yield from (Mutation(kind, rule, "spoilt", change) for kind, change in spoilt)
    words = "Hệ thống giám sát, đo lường EMC"
    dossier = "<script>var _govaq=window._govaq||[];_govaq.push(['trackDVC','1.004','1','']);</script>"
    matomo = saying(("_govaq", "_paq"), ("f-emc.ngsp.gov.vn", "thongke.example.vn"))(EMC)
    decoys = (
        decoy("menu", entry("/emc", words)),
        decoy("main", as_article(f"<p>{words} giao Cục Chuyển đổi số quốc gia vận hành, f-emc.ngsp.gov.vn.</p>")),
        decoy("end", dossier),
        decoy("end", matomo),
    )
    yield from (Mutation("emc_words", rule, "decoy", change) for change in decoys)
    old_copy = saying(("'227'", "''"))(EMC)
    noise: list[tuple[str, Change]] = [
        ("dead_beside_live", beside("head", commented_out(old_copy))),
        (
            "dead_beside_live",
            lambda graft: graft.with_piece("head", commented_out(old_copy) + graft.pieces["head"]),
        ),
        ("others_beside", beside("end", matomo)),
        ("others_beside", beside("end", dossier)),
        ("other_markup", moved("head", "end", lambda piece: piece)),
        ("other_markup", _code(saying(("['setSiteId', '227']", '["setSiteId","227"]')))),
    ]
    yield from (Mutation(kind, rule, "noise", change) for kind, change in noise)
    rule = "measurement.emc_code_loads_securely"
    yield Mutation("over_http", rule, "spoilt", _code(saying(("https://f-emc", "http://f-emc"))))
    yield Mutation(
        "over_http",
        rule,
        "spoilt",
        _code(saying(("https://f-emc.ngsp.gov.vn/embed", "http://f-emc.ngsp.gov.vn/embed"))),
    )
    yield Mutation("dead_beside_live", rule, "noise", beside("end", commented_out(EMC.replace("https:", "http:"))))
    rule = "measurement.emc_code_on_inner_pages"
    for change in (lambda _piece: "", commented_out, in_element("template")):
        yield Mutation("one_missing", rule, "spoilt", _on_last_inner(change))


def _on_last_inner(change: Callable[[str], str]) -> Change:
    def spoil(graft: Graft) -> Graft:
        path = list(graft.alike)[-1]
        pieces = graft.alike[path]
        return replace(graft, alike={**graft.alike, path: {**pieces, "head": change(pieces["head"])}})

    return spoil


# --- links and entries ----------------------------------------


def entries(rule: str) -> Iterator[Mutation]:
    """What spoils any entry of the menu."""
    changes: list[tuple[str, Change]] = [
        ("removed", bare),
        ("commented_out", at("menu", commented_out)),
        ("in_template", at("menu", in_element("template"))),
        ("emptied", at("menu", led_to(""))),
        ("emptied", at("menu", led_to("#"))),
        ("emptied", at("menu", led_to("javascript:void(0)"))),
        ("in_teaser", moved("menu", "main", as_teaser)),
    ]
    yield from (Mutation(kind, rule, "spoilt", change) for kind, change in changes)


def structure() -> Iterator[Mutation]:
    rule = "structure.links_to_main_portal"
    yield from entries(rule)
    for kind, address in (
        ("other_host", "https://tinhkhac.gov.vn/"),
        ("other_host", f"https://sxd.{MAIN_HOST}/"),
        ("lookalike_host", f"https://{MAIN_HOST}.example.vn/"),
        ("lookalike_host", f"https://cong{MAIN_HOST}/"),
        ("lookalike_host", f"https://example.vn/{MAIN_HOST}/"),
    ):
        yield Mutation(kind, rule, "spoilt", at("menu", led_to(address)))
    news = entry(f"https://{MAIN_HOST}/tin/123", "Chủ tịch tỉnh thăm cơ sở")
    article = f'<div class="tin-tuc"><ul><li>{news}</li></ul></div>'
    yield Mutation("news_title", rule, "decoy", decoy("main", article))
    yield Mutation("mere_text", rule, "decoy", decoy("footer", f"<p>Theo {MAIN_HOST}</p>"))
    yield Mutation("mere_text", rule, "decoy", decoy("footer", f"<p>Thư điện tử: ubnd@{MAIN_HOST}</p>"))
    yield Mutation("dead_beside_live", rule, "noise", beside("menu", entry("#", "Cổng tỉnh")))
    option = f'<select><option value="https://{MAIN_HOST}/">Cổng tỉnh</option></select>'
    yield Mutation("other_markup", rule, "noise", at("menu", lambda _piece: option))
    rule = "structure.links_to_national_services"
    yield from entries(rule)
    for kind, address in (
        ("other_host", "https://dichvu.example.com/"),
        ("lookalike_host", "https://dichvucong.gov.vn.example.com/"),
        ("lookalike_host", "https://dichvucong-gov.example.com/"),
    ):
        yield Mutation(kind, rule, "spoilt", at("menu", led_to(address)))
    yield Mutation("mere_text", rule, "decoy", decoy("footer", "<p>Nộp hồ sơ tại dichvucong.gov.vn</p>"))
    yield Mutation("dead_beside_live", rule, "noise", beside("menu", entry("#", "Dịch vụ công")))
    rule = "structure.lists_component_sites"
    first = f"https://snv.{MAIN_HOST}/"
    for kind, address in (("one_missing", "#"), ("one_missing", ""), ("other_host", f"https://{MAIN_HOST}/so")):
        yield Mutation(kind, rule, "spoilt", at("main", _first_led_to(address)))
    yield Mutation(
        "lookalike_host", rule, "spoilt", at("main", _first_led_to(f"https://snv.{MAIN_HOST}.example.vn/"))
    )
    yield Mutation("commented_out", rule, "spoilt", at("main", commented_out))
    yield Mutation("in_article", rule, "spoilt", at("main", as_article))
    options = f'<select><option value="{first}">Sở Nội vụ</option></select>'
    yield Mutation("other_markup", rule, "noise", at("main", lambda piece: _first_led_to("#")(piece) + options))


def _first_led_to(address: str) -> Callable[[str], str]:
    def change(piece: str) -> str:
        soup = soup_of(piece)
        link = soup.find("a")
        if link is not None:
            link["href"] = address
        return str(soup)

    return change


# --- the language ----------------------------------------


def language() -> Iterator[Mutation]:
    rule = "accessibility.language_declared"
    for kind, lang in (
        ("no_lang", None),
        ("bad_lang", ""),
        ("bad_lang", "vn"),
        ("bad_lang", "vi_VN"),
        ("bad_lang", "tiếng Việt"),
        ("wrong_lang", "en-US"),
        ("wrong_lang", "fr"),
    ):
        yield Mutation(kind, rule, "spoilt", declared(lang))
    yield Mutation("others_beside", rule, "noise", beside("main", '<div lang="en">Welcome to the portal</div>'))
    yield Mutation("other_markup", rule, "noise", declared("vi-VN"))
