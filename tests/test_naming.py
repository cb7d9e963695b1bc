"""How registered names are known again as pages write them, and which names of ended bodies tell one apart."""

from __future__ import annotations

from datetime import date

import pytest

from audit_rules.abolished import abolished_bodies, abolished_in
from audit_rules.facts import Abolished, Agency
from audit_rules.naming import another_body, calls

PROVINCE = Agency(
    "mau", "Ủy ban nhân dân tỉnh Mẫu Sơn", "", "province", other_names=("UBND tỉnh Mẫu Sơn", "Tỉnh Mẫu Sơn")
)
CITY = Agency(
    "hcm", "Ủy ban nhân dân thành phố Hồ Chí Minh", "", "province", other_names=("UBND TP.HCM", "TP. Hồ Chí Minh")
)
CONSTRUCTION = Agency(
    "sxd", "Sở Xây dựng tỉnh Mẫu Sơn", "", "department", other_names=("Sở Xây dựng Mẫu Sơn", "Sở Xây dựng")
)
CULTURE = Agency("vh", "Sở Văn hóa, Thể thao và Du lịch tỉnh Mẫu Sơn", "", "department")
LABOUR = Agency("ld", "Bộ Lao động - Thương binh và Xã hội", "", "ministry")
WARD = Agency("xa", "Ủy ban nhân dân phường Bến Sỏi, tỉnh Mẫu Sơn", "", "commune")


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("SỞ XÂY DỰNG", CONSTRUCTION),
        ("Sở Xây dựng - tỉnh Mẫu Sơn", CONSTRUCTION),
        ("So Xay dung Mau Son", CONSTRUCTION),
        ("Sở VHTT&DL", CULTURE),
        ("Sở VH,TT&DL tỉnh Mẫu Sơn", CULTURE),
        ("Sở Văn hóa - Thể thao & Du lịch", CULTURE),
        ("Bộ LĐ-TB&XH", LABOUR),
        ("Uỷ ban nhân dân T.P Hồ Chí Minh", CITY),
        ("UBND TPHCM", CITY),
        ("Cổng TTĐT tỉnh Mẫu Sơn", PROVINCE),
        ("Cổng thông tin điện tử Mẫu Sơn", PROVINCE),
        ("Trang thông tin điện tử phường Bến Sỏi", WARD),
        ("UBND phường Bến Sỏi", WARD),
    ],
)
def test_a_body_is_known_by_its_usual_names(text: str, agency: Agency) -> None:
    assert calls(text, agency, titled=True)
    assert not another_body(text, (agency,), ())


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("Sở Xây dựng tỉnh Bình Nguyên", CONSTRUCTION),
        ("Sở Tài chính tỉnh Mẫu Sơn", PROVINCE),
        ("Đoàn đại biểu Quốc hội và HĐND tỉnh Mẫu Sơn", PROVINCE),
        ("Số 1 đường 20/8, tỉnh Mẫu Sơn", CONSTRUCTION),
        ("Bà Lù Thị Phin, Phó Giám đốc Sở Xây dựng tỉnh Mẫu Sơn", CONSTRUCTION),
        ("Hồ sơ xây dựng", CONSTRUCTION),
    ],
)
def test_a_namesake_a_neighbour_and_an_office_are_not_the_body(text: str, agency: Agency) -> None:
    assert not calls(text, agency, titled=True)


def test_a_place_names_its_committee_only_where_the_portal_says_who_it_is() -> None:
    assert not calls("Số 1 đường 20/8, tỉnh Mẫu Sơn", PROVINCE)
    assert not calls("Tầng 2, TP.HCM", CITY)


@pytest.mark.parametrize(
    "text",
    [
        "Toàn bộ thông tin được bảo lưu",
        "Cổng thông tin điện tử tỉnh Mẫu Sơm",
        "Trang thông tin điện tử xã hội học",
        "UBND tỉnh. Điện thoại: 1022",
        "UBND tỉnh",
        "Cổng thông tin điện tử " + "a " * 5000,
    ],
)
def test_what_may_be_a_spelling_or_is_no_name_is_no_other_body(text: str) -> None:
    assert not another_body(text, (PROVINCE,), ())


# --- bodies that are no more ------------------------------------------------------------------------------

END = date(2025, 6, 30)
DAY = date(2026, 11, 22)


def _ended(id_: str, name: str, kind: str, *others: str, heir: str | None = None) -> Agency:
    return Agency(id_, name, "", kind, other_names=others, valid_to=END, successor_id=heir)  # type: ignore[arg-type]


def test_only_names_that_tell_one_body_apart_are_kept_with_the_living_heir() -> None:
    agencies = [
        Agency("moi", "Ủy ban nhân dân tỉnh Mẫu Sơn", "", "province"),
        _ended("cu", "Ủy ban nhân dân tỉnh Mẫu Sơn", "province", "UBND tỉnh Mẫu Sơn", heir="moi"),
        _ended("binh", "Ủy ban nhân dân tỉnh Bình Nguyên", "province", "UBND tỉnh Bình Nguyên", heir="cu"),
        _ended("syt", "Sở Y tế tỉnh Bình Nguyên", "department", "Sở Y tế", "Sở Y tế Bình Nguyên"),
        _ended("xa", "Ủy ban nhân dân xã Tân Lập", "commune", "Xã Tân Lập"),
        _ended("huyen", "Ủy ban nhân dân huyện Hạ Sơn", "other_body", heir="moi"),
        _ended("vp", "VPTW", "ministry"),
        Agency("mai", "Bộ Mai Sau", "", "ministry", valid_to=DAY),
    ]
    found = abolished_bodies({agency.id: agency for agency in agencies}, DAY)
    assert {(body.name, body.successor) for body in found} == {
        ("Ủy ban nhân dân tỉnh Bình Nguyên", "Ủy ban nhân dân tỉnh Mẫu Sơn"),
        ("Sở Y tế tỉnh Bình Nguyên", ""),
        ("Sở Y tế Bình Nguyên", ""),
        ("Ủy ban nhân dân huyện Hạ Sơn", "Ủy ban nhân dân tỉnh Mẫu Sơn"),
    }
    assert {body.valid_to for body in found} == {END}


@pytest.mark.parametrize(("day", "found"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_a_name_may_be_used_for_a_year(day: date, found: bool) -> None:
    bodies = (Abolished("Tỉnh Bình Nguyên", END, ""),)
    assert (abolished_in("Cổng thông tin điện tử tỉnh Bình Nguyên", bodies, day) is not None) is found


def test_a_ring_of_successors_ends() -> None:
    one, other = _ended("a", "Bộ Một Hai", "ministry", heir="b"), _ended("b", "Bộ Ba Bốn", "ministry", heir="a")
    found = abolished_bodies({"a": one, "b": other}, DAY)
    assert len(found) == 2
