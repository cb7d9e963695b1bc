"""Spoilt footers, and what only looks like one in order."""

from __future__ import annotations

from collections.abc import Iterator

from bench.grafts import OWN_NAME, entry
from bench.spoiling import (
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
    hidden,
    in_element,
    in_picture,
    in_table,
    moved,
    mutations,
    saying,
    without_text,
)

SUPPLIER = "Công ty Cổ phần Tin học Hoàng Mã"
_CREDIT = f"<p>Thiết kế bởi {SUPPLIER}"


def footer() -> Iterator[Mutation]:
    yield from _owner()
    yield from _person()
    yield from _phone()
    yield from _email()


# --- the footer ----------------------------------------


def _footer(rule: str) -> Iterator[Mutation]:
    """What spoils any line of the footer."""
    yield from mutations(
        rule,
        spoilt=[
            ("removed", bare),
            ("commented_out", at("footer", commented_out)),
            ("in_template", at("footer", in_element("template"))),
            ("in_noscript", at("footer", in_element("noscript"))),
            ("hidden", at("footer", hidden)),
            ("in_picture", at("footer", in_picture)),
            ("in_article", moved("footer", "main", as_article)),
            ("emptied", at("footer", without_text)),
        ],
        noise=[
            ("other_letters", at("footer", decomposed)),
            ("other_letters", at("footer", entities)),
            ("other_markup", at("footer", in_table)),
            ("dead_beside_live", beside("footer", "<!-- <p>Đang cập nhật</p> -->")),
            ("others_beside", beside("footer", f"{_CREDIT} - ĐT: 0912 000 111 - info@example.vn</p>")),
        ],
    )


def _owner() -> Iterator[Mutation]:
    rule = "identity.footer_names_owner"
    yield from _footer(rule)
    yield from mutations(
        rule,
        spoilt=[
            ("emptied", at("footer", saying((OWN_NAME, "")))),
            ("suppliers", at("footer", saying((OWN_NAME, SUPPLIER)))),
            ("suppliers", at("footer", saying(("Cơ quan chủ quản: ", "Thiết kế bởi: ")))),
            ("other_body", at("footer", saying((OWN_NAME, "Sở Y tế tỉnh Khác")))),
        ],
        decoy=[
            ("supplier_line", decoy("footer", f"{_CREDIT}</p>")),
            ("supplier_line", decoy("footer", "<p>Phát triển bởi Trung tâm CNTT, Sở Thông tin</p>")),
            ("news_title", decoy("main", as_article("<p>Cơ quan chủ quản: Sở Y tế tỉnh Khác</p>"))),
            ("same_words", decoy("footer", "<p>Địa chỉ: tầng 2, trụ sở Ủy ban nhân dân tỉnh</p>")),
            ("same_words", decoy("footer", '<p>Ghi rõ nguồn "Sở Khoa học và Công nghệ" khi phát hành lại</p>')),
        ],
        noise=[("other_letters", at("footer", capitals))],
    )


def _person() -> Iterator[Mutation]:
    rule = "identity.footer_responsible_person"
    name = "Ông Nguyễn Văn Lâm - Giám đốc Sở"
    yield from _footer(rule)
    yield from mutations(
        rule,
        spoilt=[
            ("emptied", at("footer", saying((name, "")))),
            ("no_name", at("footer", saying((name, "Phòng Văn hóa - Xã hội")))),
            ("no_name", at("footer", saying((name, "Giám đốc Sở")))),
            ("no_name", at("footer", saying((name, "Trung tâm Chuyển đổi số")))),
        ],
        decoy=[
            ("supplier_line", decoy("footer", "<p>Thiết kế: Nguyễn Văn Lâm</p>")),
            ("same_words", decoy("footer", "<p>Địa chỉ: số 26 đường Nguyễn Chí Thanh</p>")),
            ("article_contact", decoy("main", as_article("<p>Người chịu trách nhiệm: Ông Trần Văn Bình</p>"))),
            ("news_title", decoy("main", as_teaser(entry("/", "Ông Trần Văn Bình chịu trách nhiệm chính")))),
        ],
        noise=[("other_letters", at("footer", capitals))],
    )


def _phone() -> Iterator[Mutation]:
    rule = "identity.footer_phone"
    number = "0214 3 840 034"
    yield from _footer(rule)
    yield from mutations(
        rule,
        spoilt=[
            ("cut_short", at("footer", saying((number, "0214 3 84")))),
            ("cut_short", at("footer", saying((number, "0214")))),
            ("emptied", at("footer", saying((number, "đang cập nhật")))),
            ("emptied", at("footer", saying((number, "xxxx xxx xxx")))),
            ("fax_only", at("footer", saying(("Điện thoại", "Fax")))),
            ("fax_only", at("footer", saying(("Điện thoại", "Số fax")))),
            ("suppliers", at("footer", saying(("Điện thoại", f"Thiết kế bởi {SUPPLIER} - Điện thoại")))),
        ],
        decoy=[
            ("other_number", decoy("footer", "<p>Fax: 0214 3 840 099</p>")),
            ("other_number", decoy("footer", "<p>Mã số thuế: 0101234567</p>")),
            ("other_number", decoy("footer", "<p>Số lượt truy cập: 0912345678</p>")),
            ("other_number", decoy("footer", "<p>Giấy phép số 0214384/GP-TTĐT ngày 21/10/2016</p>")),
            ("supplier_line", decoy("footer", f"{_CREDIT} - ĐT: 0912 000 111</p>")),
            ("article_contact", decoy("main", as_article("<p>Chi tiết xin gọi Hội Nông dân: 0912 000 111</p>"))),
        ],
        noise=[
            ("others_beside", beside("footer", "<p>Fax: 0214 3 840 099</p>")),
            ("other_letters", at("footer", saying((number, "(0214) 3.840.034")))),
            ("other_letters", at("footer", saying((number, "+84 214 3840034")))),
        ],
    )


def _email() -> Iterator[Mutation]:
    rule = "identity.footer_email"
    address = "skhcn@songmay.gov.vn"
    yield from _footer(rule)
    yield from mutations(
        rule,
        spoilt=[
            ("cut_short", at("footer", saying((address, "skhcn@")))),
            ("cut_short", at("footer", saying((address, "skhcn@songmay")))),
            ("cut_short", at("footer", saying((address, "@songmay.gov.vn")))),
            ("emptied", at("footer", saying((address, "đang cập nhật")))),
            ("suppliers", at("footer", saying(("Thư điện tử", f"Thiết kế bởi {SUPPLIER} - Email")))),
        ],
        decoy=[
            ("supplier_line", decoy("footer", f"{_CREDIT} - info@example.vn</p>")),
            ("article_contact", decoy("main", as_article("<p>Đăng ký qua thư: hoinongdan@example.vn</p>"))),
            ("mere_text", decoy("footer", "<p>Trang Facebook: @songmay.skhcn</p>")),
        ],
        noise=[
            ("other_letters", at("footer", saying((address, "skhcn[at]songmay.gov.vn")))),
            ("other_markup", at("footer", lambda _piece: f'<p><a href="mailto:{address}">Thư điện tử</a></p>')),
        ],
    )
