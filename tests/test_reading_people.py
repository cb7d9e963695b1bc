"""Who answers for a portal and who speaks for an agency: entries are read, mentions are not."""

from __future__ import annotations

import pytest

from tests.reading import read


def people(html: str) -> list[tuple[str, str, str | None]]:
    return [(person.name, person.role, person.position) for person in read(html).people]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<footer><p>Chịu trách nhiệm chính: Ông Nguyễn Văn Mẫu, Chánh Văn phòng UBND tỉnh</p></footer>",
            ("Nguyễn Văn Mẫu", "responsible", "Chánh Văn phòng UBND tỉnh"),
        ),
        (
            "<footer><p>Trưởng Ban Biên tập - Ông: TRẦN VĂN MẪU - Phó chủ tịch</p></footer>",
            ("TRẦN VĂN MẪU", "responsible", "Phó chủ tịch"),
        ),
        (
            "<footer><p>Ông Hà Văn Mẫu - Giám đốc Sở, chịu trách nhiệm nội dung</p></footer>",
            ("Hà Văn Mẫu", "responsible", "Giám đốc Sở"),
        ),
        (
            "<footer>Phó Trưởng ban biên tập thường trực TS.BS. Hà Anh Mẫu, Chánh Văn phòng Bộ</footer>",
            ("Hà Anh Mẫu", "responsible", "Chánh Văn phòng Bộ"),
        ),
        ("<footer><p>Chịu trách nhiệm chính: Ông Hầu A Mẫu</p></footer>", ("Hầu A Mẫu", "responsible", None)),
        (
            "<footer><p>Người chịu trách nhiệm:</p><p>Bà Lò Thị Mẫu</p></footer>",
            ("Lò Thị Mẫu", "responsible", None),
        ),
        (
            "<p>Người phát ngôn: bà Lò Thị Mẫu - Phó Chánh Văn phòng</p>",
            ("Lò Thị Mẫu", "spokesperson", "Phó Chánh Văn phòng"),
        ),
    ],
)
def test_an_entry_names_a_person_and_an_office(html: str, expected: tuple[str, str, str | None]) -> None:
    assert people(html) == [expected]


def test_an_entry_of_labelled_lines_is_read_whole() -> None:
    (person,) = read("""<h3>Người phát ngôn</h3><p>Họ và tên: Trần Văn Mẫu</p><p>Chức vụ: Chánh Văn phòng</p>
        <p>Điện thoại: 0214.3840.034</p><p>Email: mau@tinhmau.gov.vn</p>""").people
    assert (person.name, person.position) == ("Trần Văn Mẫu", "Chánh Văn phòng")
    assert (person.phone, person.email) == ("02143840034", "mau@tinhmau.gov.vn")


def test_a_table_of_spokespersons_gives_each_their_own_contacts() -> None:
    rows = "".join(
        f"<tr><td>{at}</td><td>{name}</td><td>{office}</td><td>{phone}</td></tr>"
        for at, (name, office, phone) in enumerate(
            [("Lê Thị Mẫu", "Giám đốc", "0912345678"), ("Giàng A Mẫu", "Phó Giám đốc", "0912345679")]
        )
    )
    head = "<tr><th>STT</th><th>Họ và tên</th><th>Chức vụ</th><th>Điện thoại</th></tr>"
    facts = read(f"<h2>Danh sách người phát ngôn</h2><table>{head}{rows}</table>")
    assert [(person.name, person.position, person.phone) for person in facts.people] == [
        ("Lê Thị Mẫu", "Giám đốc", "0912345678"),
        ("Giàng A Mẫu", "Phó Giám đốc", "0912345679"),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<footer><p>Chịu trách nhiệm: Văn phòng UBND tỉnh Mẫu</p></footer>",
        "<footer><p>Trưởng Ban biên tập: Trung tâm Thông tin</p></footer>",
        "<footer><p>Chịu trách nhiệm nội dung: Phường Bắc Cường</p></footer>",
        "<footer><p>Chịu trách nhiệm: Đường Trần Hưng Đạo, phường Cam Đường</p></footer>",
        "<footer><p>Chịu trách nhiệm: Sở Nội vụ</p></footer>",
        "<footer><p>Chịu trách nhiệm</p></footer>",
        '<p><a href="/x">Người phát ngôn Bộ Ngoại giao Nguyễn Văn Mẫu trả lời họp báo</a></p>',
        '<div class="tin-tuc"><p>Người phát ngôn: Nguyễn Văn Mẫu</p></div>',
        "<p>Tại buổi họp, người phát ngôn Trần Văn Mẫu cho biết tình hình.</p>",
        "<p>Đồng chí Nguyễn Văn Mẫu chịu trách nhiệm kiểm tra các xã</p>",
        "<table><tr><th>Họ và tên</th></tr><tr><td>Lê Thị Mẫu</td><td>Giám đốc</td></tr></table>",
    ],
)
def test_units_places_news_and_mentions_are_no_entries(html: str) -> None:
    assert people(html) == []


def test_another_region_ends_an_entry() -> None:
    assert people("<p>Người phát ngôn</p><footer><p>Trần Văn Mẫu</p></footer>") == []
