"""Phones, e-mail and postal addresses as Vietnamese portals write them, and the numbers that are none of them."""

from __future__ import annotations

import pytest

from audit_rules.reading.contacts import decode_cloudflare, dialled
from tests.reading import read


def contacts(html: str, kind: str) -> list[str]:
    return [contact.value for contact in read(f"<footer>{html}</footer>").contacts if contact.kind == kind]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Điện thoại: 0214.3840.034", ["02143840034"]),
        ("ĐT: (0214) 3 840 034", ["02143840034"]),
        ("Tel: +84 24 3804 3333", ["02438043333"]),
        ("(84-24) 38043333", ["02438043333"]),
        ("Tel: 84.24.38043333", ["02438043333"]),
        ("0084 214 3840034", ["02143840034"]),
        ("SĐT:0912.345.678", ["0912345678"]),
        ("Điện thoại liên hệ : 0 2 1 4 3 8 4 0 0 3 4", ["02143840034"]),
        ("Hotline: 1900 1234", ["19001234"]),
        ("1800.588.888", ["1800588888"]),
        ("Tổng đài 1022", ["1022"]),
        ("Gọi 113", ["113"]),
        ("080.44444", ["08044444"]),
        ("069.2342.523", ["0692342523"]),
        ("0212.3751.595 - 0212.3751.091", ["02123751091", "02123751595"]),
        ("0983.101.133 0983 101 134", ["0983101133", "0983101134"]),
        ("tel: 0203.3835.678/0203.3835.679", ["02033835678", "02033835679"]),
        ("Điện thoại: 0214 3840 034 (máy lẻ 12)", ["02143840034"]),
        ("Số điện thoại: 024.3936.2020, fax 024.3936.2021", ["02439362020"]),
        ("ĐT/Fax: 0214.3840.006", ["02143840006"]),
        ('<a href="tel:0214%203840%20034">Gọi chúng tôi</a>', ["02143840034"]),
        ("<table><tr><td>Điện thoại</td><td>02143840034</td></tr></table>", ["02143840034"]),
    ],
)
def test_numbers_are_read_as_they_are_dialled(text: str, numbers: list[str]) -> None:
    assert contacts(text, "phone") == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Fax: 0214.3840.006",
        "<table><tr><td>Fax</td><td>02143840006</td></tr></table>",
        '<i class="fa fa-fax"></i> 02143840006',
        "MST: 0102345678",
        "Mã số thuế 0102345678",
        "Số tài khoản: 0123456789",
        "Giấy phép số 0123456789",
        "Quyết định 0912345678/QĐ-UBND",
        "Lượt truy cập: 0123456789",
        "Ngày 01.02.2026 10.11.12",
        "Năm 2026 10 20 30 40",
        "115/QĐ-UBND ngày 22/11/2026",
        "Điều 113 khoản 1022",
        "0123456",
        "00000000000",
        "84.24.38043333",
        "12345678901234567890",
        "https://a.gov.vn/0912345678",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert contacts(text, "phone") == []


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Email: VP@LaoCai.gov.vn", ["vp@laocai.gov.vn"]),
        ('<a href="mailto:vp@laocai.gov.vn?subject=x">Gửi thư</a>', ["vp@laocai.gov.vn"]),
        ('<a href="mailto:vp%40laocai.gov.vn">Gửi thư</a>', ["vp@laocai.gov.vn"]),
        ("banbientap [at] laocai [dot] gov [dot] vn", ["banbientap@laocai.gov.vn"]),
        ("banbientap(a)laocai.gov.vn", ["banbientap@laocai.gov.vn"]),
        ("banbientap(@)laocai.gov.vn", ["banbientap@laocai.gov.vn"]),
        ("banbientap @ laocai.gov.vn", ["banbientap@laocai.gov.vn"]),
        ('<span data-cfemail="543514357a333b227a223a">[email&#160;protected]</span>', ["a@a.gov.vn"]),
        ('<a href="/cdn-cgi/l/email-protection#543514357a333b227a223a">Góp ý</a>', ["a@a.gov.vn"]),
        ("Theo dõi @laocai trên mạng", []),
        ("5 @ 10.000 đồng", []),
    ],
)
def test_addresses_are_read_however_they_are_masked(text: str, addresses: list[str]) -> None:
    assert contacts(text, "email") == addresses


def test_an_address_masked_beyond_decoding_is_there_but_hidden() -> None:
    (contact,) = read("<p>Thư điện tử: [email&#160;protected]</p>").contacts
    assert (contact.kind, contact.value, contact.hidden) == ("email", "", True)


@pytest.mark.parametrize("code", ["", "zz", "54", "5435", "not hex at all"])
def test_what_cloudflare_did_not_write_decodes_to_nothing(code: str) -> None:
    assert decode_cloudflare(code) is None


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Địa chỉ: 9 Trần Hưng Đạo, Hà Nội - ĐT: 024.3804.1234", ["9 Trần Hưng Đạo, Hà Nội"]),
        ("Trụ sở: Đại lộ Trần Hưng Đạo", ["Đại lộ Trần Hưng Đạo"]),
        ("Đ/c: số 5 Lý Thường Kiệt, phường X", ["số 5 Lý Thường Kiệt, phường X"]),
        ("<p>Địa chỉ:</p><p>Phường Cam Đường, tỉnh Lào Cai</p>", ["Phường Cam Đường, tỉnh Lào Cai"]),
        ("Số 1 Hoàng Hoa Thám, phường Ba Đình, Hà Nội", ["Số 1 Hoàng Hoa Thám, phường Ba Đình, Hà Nội"]),
        ("Địa chỉ email: a@b.gov.vn", []),
        ("Địa chỉ website: https://a.gov.vn", []),
        ("10 sự kiện nổi bật của tỉnh", []),
        ("Đ/c Nguyễn Văn A dự hội nghị", []),
    ],
)
def test_a_place_is_known_by_its_label_or_its_shape(text: str, places: list[str]) -> None:
    assert contacts(text, "address") == places


def test_contacts_stand_in_the_order_of_lines_each_once() -> None:
    facts = read("<p>ĐT: 02143840034, 02143840034</p><p>a@b.gov.vn <a href='mailto:a@b.gov.vn'>thư</a></p>")
    assert [(contact.value, contact.line) for contact in facts.contacts] == [
        ("02143840034", 0),
        ("a@b.gov.vn", 1),
    ]


@pytest.mark.parametrize("text", ["0", "+84", "0014384003", "1900", "9123456789", "080"])
def test_what_nobody_can_dial_is_no_number(text: str) -> None:
    assert dialled(text) is None
