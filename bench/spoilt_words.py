"""Spoilt contact points, regulations, spokespeople and searches, and what only looks like them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bench.grafts import Graft, entry
from bench.spoiling import (
    Change,
    Mutation,
    as_article,
    as_teaser,
    at,
    bare,
    beside,
    capitals,
    commented_out,
    decomposed,
    decoy,
    entities,
    in_element,
    in_picture,
    led_to,
    moved,
    mutations,
    on,
    saying,
)
from bench.spoilt_footer import SUPPLIER


def spokesperson() -> Iterator[Mutation]:
    rule, page = "identity.spokesperson", "/nguoi-phat-ngon"
    yield from own_page(rule, page)
    yield from mutations(
        rule,
        spoilt=[
            ("part_missing", on(page, saying(("Chức vụ: Phó Giám đốc Sở", "")))),
            ("part_missing", on(page, saying(("Điện thoại: 0214 3 840 035", "")))),
            ("part_missing", on(page, saying(("Thư điện tử: nvlam@songmay.gov.vn", "")))),
            ("no_name", on(page, saying(("Ông Nguyễn Văn Lâm", "Văn phòng Sở")))),
            ("under_construction", updating(page, "Người phát ngôn")),
            ("fax_only", on(page, saying(("Điện thoại", "Fax")))),
            ("cut_short", on(page, saying(("nvlam@songmay.gov.vn", "nvlam@")))),
        ],
        decoy=[
            ("news_title", decoy("main", as_teaser(entry("/", "Người phát ngôn")))),
            (
                "news_title",
                decoy("main", as_article("<p>Người phát ngôn Bộ Ngoại giao Phạm Thu Hằng trả lời báo chí.</p>")),
            ),
        ],
        noise=[("news_title", beside("main", as_article("<p>Người phát ngôn Bộ Ngoại giao trả lời.</p>")))],
    )


# --- access to information ----------------------------------------


_UPDATING = "<h1>{}</h1><p>Nội dung đang được cập nhật.</p>"


def updating(path: str, words: str) -> Change:
    """The page that an entry opens says nothing yet."""
    return lambda _graft: Graft({"menu": entry(path, words)}, {path: _UPDATING.format(words)})


def own_page(rule: str, path: str) -> Iterator[Mutation]:
    """What spoils an entry of the menu and the page or file it opens."""

    def dead(graft: Graft) -> Graft:
        pages = {each: text for each, text in graft.pages.items() if each != path}
        return replace(graft, pages=pages, answers={**graft.answers, path: 404})

    spoilt: list[tuple[str, Change]] = [
        ("removed", bare),
        ("commented_out", _closed(at("menu", commented_out))),
        ("in_template", _closed(at("menu", in_element("template")))),
        ("emptied", _closed(at("menu", led_to("#")))),
        ("emptied", _closed(at("menu", led_to("")))),
        ("dead_target", dead),
        ("in_teaser", _closed(moved("menu", "main", as_teaser))),
    ]
    yield from mutations(
        rule,
        spoilt=spoilt,
        noise=[
            ("other_letters", at("menu", decomposed)),
            ("other_letters", at("menu", entities)),
            ("other_letters", at("menu", capitals)),
            ("dead_beside_live", at("menu", lambda piece: led_to("#")(piece) + piece)),
        ],
    )


def _closed(change: Change) -> Change:
    """A change after which nothing leads to the item's own page any more."""
    return lambda graft: replace(change(graft), pages={}, answers={})


def news(words: str) -> list[tuple[str, Change]]:
    """News that holds the words of an entry, as a teaser and inside an article."""
    title = f"Tập huấn triển khai {words[0].lower()}{words[1:]} cho cán bộ cấp xã"
    return [
        ("news_title", decoy("main", as_teaser(entry("/", words)))),
        ("news_title", decoy("main", f'<div class="tin-tuc"><h3><a href="/tin/9">{title}</a></h3></div>')),
        ("article_contact", decoy("main", as_article(f"<p>{title}. Liên hệ Hội Nông dân: 0912 000 111.</p>"))),
    ]


def disclosure() -> Iterator[Mutation]:
    rule, page = "disclosure.information_section", "/tiep-can-thong-tin"
    yield from own_page(rule, page)
    yield from mutations(
        rule,
        spoilt=[
            ("under_construction", updating(page, "Tiếp cận thông tin")),
        ],
        decoy=[
            *news("Tiếp cận thông tin"),
            ("same_words", decoy("menu", entry("/ncc", "Dịch vụ cung cấp thông tin thị trường"))),
        ],
    )
    yield from _contact_point()
    rule, page = "disclosure.regulation", "/tep/quy-che.pdf"
    yield from own_page(rule, page)
    yield from mutations(
        rule,
        spoilt=[
            ("other_purpose", at("menu", saying(("cung cấp thông tin", "làm việc của Sở")))),
            ("under_construction", updating("/quy-che", "Quy chế cung cấp thông tin")),
        ],
        decoy=[
            *news("Quy chế cung cấp thông tin"),
            ("same_words", decoy("menu", entry("/qc", "Quy chế phát ngôn và cung cấp thông tin cho báo chí"))),
            ("same_words", decoy("menu", entry("/qc", "Quy chế hoạt động của Ban biên tập"))),
        ],
    )


def _contact_point() -> Iterator[Mutation]:
    rule, page = "disclosure.contact_point", "/dau-moi"
    phone, mail = "Điện thoại: 0214 3 840 034", "Thư điện tử: cungcapthongtin@songmay.gov.vn"

    def without_ways(more: Callable[[str], str]) -> Change:
        return on(page, lambda text: more(saying((mail, ""))(text)))

    others = f"<h2>Quảng cáo</h2><p>Liên hệ quảng cáo: {SUPPLIER}, ĐT 0912 000 111</p>"
    other_body = "<h2>Sở Y tế tỉnh Khác</h2><p>Điện thoại: 0999 000 111</p>"
    yield from own_page(rule, page)
    yield from mutations(
        rule,
        spoilt=[
            ("part_missing", without_ways(saying((phone, "")))),
            ("fax_only", without_ways(saying(("Điện thoại", "Fax")))),
            ("cut_short", on(page, saying((phone, "Điện thoại: 0214"), (mail, "Thư điện tử: cungcap@")))),
            ("emptied", on(page, saying((phone, "Điện thoại: đang cập nhật"), (mail, "Thư điện tử:")))),
            ("commented_out", without_ways(lambda text: text.replace(phone, commented_out(phone)))),
            ("in_picture", without_ways(lambda text: text.replace(phone, in_picture("")))),
            ("suppliers", without_ways(lambda text: saying((phone, ""))(text) + others)),
            ("other_body", without_ways(lambda text: saying((phone, ""))(text) + other_body)),
            ("under_construction", updating(page, "Đầu mối cung cấp thông tin")),
        ],
        decoy=[
            *news("Đầu mối cung cấp thông tin"),
            (
                "same_words",
                decoy("main", "<h2>Đầu mối giao thông</h2><p>Bến xe trung tâm - ĐT: 0214 3 840 034</p>"),
            ),
            ("same_words", decoy("main", "<h2>Liên hệ quảng cáo</h2><p>ĐT: 0214 3 840 034</p>")),
            (
                "same_words",
                decoy("main", "<h2>Cung cấp nước sạch</h2><p>Đầu mối: Xí nghiệp nước - 0214 3 840 034</p>"),
            ),
        ],
        noise=[("others_beside", on(page, lambda text: text + others))],
    )


# --- the search ----------------------------------------


def _form(words: str, name: str, kind: str = "text") -> str:
    return (
        f'<form action="/tra-cuu" method="get"><input type="{kind}" name="{name}" placeholder="{words}">'
        '<button type="submit">Gửi</button></form>'
    )


def _instead(form: str) -> Callable[[str], str]:
    return lambda _piece: form


def search() -> Iterator[Mutation]:
    others = {
        "documents": _form("Nhập số ký hiệu văn bản", "sokyhieu"),
        "dossiers": _form("Nhập mã hồ sơ", "mahoso"),
        "log-in": _form("Tên đăng nhập", "user") + _form("Mật khẩu", "pass", "password"),
        "newsletter": _form("Nhập thư điện tử để nhận tin", "email", "email"),
        "poll": _form("Ý kiến của bạn", "ykien", "radio"),
    }
    shut = '<form action="/tim-kiem"><input type="hidden" name="q"></form>'
    yield from mutations(
        "navigation.search_box",
        spoilt=[
            ("removed", bare),
            ("commented_out", at("menu", commented_out)),
            ("in_template", at("menu", in_element("template"))),
            ("emptied", at("menu", lambda _piece: "<form></form>")),
            ("emptied", at("menu", lambda _piece: shut)),
            ("in_picture", at("menu", in_picture)),
            *(("other_purpose", at("menu", _instead(form))) for form in others.values()),
        ],
        decoy=[
            *(("lookup_form", decoy("main", form)) for form in others.values()),
            (
                "same_words",
                decoy("main", f'<div class="tin-tuc">{entry("/tin/8", "Tìm kiếm nạn nhân lũ quét")}</div>'),
            ),
            ("same_words", decoy("main", as_article("<p>Công tác tìm kiếm cứu nạn được triển khai.</p>"))),
        ],
        noise=[
            *(("others_beside", beside("main", form)) for form in others.values()),
            ("other_letters", at("menu", entities)),
            ("other_markup", at("menu", lambda piece: piece.replace('type="text" ', ""))),
            ("other_markup", at("menu", lambda piece: piece.replace("<form", "<div").replace("</form", "</div"))),
        ],
    )
