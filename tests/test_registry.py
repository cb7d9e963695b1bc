"""The registry: the bundled one holds what its decision says, and a faulty one is refused with every fault told."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from audit.registry.files import BUNDLED, RegistryError, read_registry
from audit.registry.registry import Registry
from audit_rules.address import BadAddress
from audit_rules.facts import Abolished

DAY = date(2026, 11, 21)
AGENCIES = """\
id,name_vi,name_en,kind,parent_id,other_names,valid_from,valid_to,successor_id,contact_email,source
mau,Ủy ban nhân dân tỉnh Mẫu,People's Committee of Mau,province,,UBND tỉnh Mẫu|Tỉnh Mẫu,2025-07-01,,,,thử
mau-cu,Ủy ban nhân dân tỉnh Mẫu Cũ,,province,,,,2025-06-30,mau,,thử
mau-sxd,Sở Xây dựng tỉnh Mẫu,,department,mau,,,,,,thử
bo,Bộ Mẫu,,ministry,,,,,,,thử
"""
PORTALS = """\
id,agency_id,kind,address,aliases,main_portal_id,status,confirmed_by,confirmed_on,confirmed_how,valid_from,valid_to,source
mau,mau,province,mau.gov.vn,tinhmau.gov.vn|maucu.gov.vn@..2025-06-30,,active,,,,,,thử
mau-sxd,mau-sxd,department,sxd.mau.gov.vn,,mau,active,Nguyễn Văn A,2026-01-02,điện thoại,,,thử
mau-stp,,department,mau.gov.vn/stp,,mau,to_confirm,,,,,,thử
mau-syt,,department,syt.mau.gov.vn,,mau,retired,,,,,2024-12-31,thử
mau-dvc,,service,dichvucong.mau.gov.vn,,mau,active,,,,2026-01-01,2026-06-30,thử
bo,bo,ministry,bomau.gov.vn,,,active,,,,,,thử
"""


@pytest.fixture(scope="module")
def bundled() -> Registry:
    return read_registry()


def written(folder: Path, agencies: str = AGENCIES, portals: str = PORTALS) -> Path:
    (folder / "agencies.csv").write_text(agencies, encoding="utf-8")
    (folder / "portals.csv").write_text(portals, encoding="utf-8")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Registry:
    return read_registry(written(tmp_path))


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RegistryError) as refused:
        read_registry(folder)
    assert str(refused.value) == "\n".join(refused.value.problems)
    return refused.value.problems


def in_force(registry: Registry, kind: str, day: date) -> int:
    return sum(
        agency.kind == kind
        and (agency.valid_from is None or agency.valid_from <= day)
        and (agency.valid_to is None or day <= agency.valid_to)
        for agency in registry.agencies.values()
    )


# --- the bundled registry -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "provinces"),
    [
        (date(2024, 12, 31), 63),
        (date(2025, 1, 1), 63),
        (date(2025, 6, 30), 63),
        (date(2025, 7, 1), 34),
        (date(2026, 4, 29), 34),
        (date(2026, 4, 30), 34),
    ],
)
def test_every_day_has_its_number_of_provinces(bundled: Registry, day: date, provinces: int) -> None:
    assert in_force(bundled, "province", day) == provinces


def test_central_bodies_are_30_before_march_2025_and_22_after(bundled: Registry) -> None:
    assert in_force(bundled, "ministry", date(2025, 2, 28)) == 18 + 4 + 8
    assert in_force(bundled, "ministry", date(2025, 3, 1)) == 14 + 3 + 5


def test_a_nightly_round_looks_at_34_provinces_and_21_central_bodies(bundled: Registry) -> None:
    active = bundled.active(DAY)
    assert sum(portal.kind == "province" for portal in active) == 34
    assert sum(portal.kind == "ministry" for portal in active) == 21, (
        "all but the news agency, whose address is unsure"
    )
    assert {portal.kind for portal in active} == {"province", "ministry"}
    assert bundled.portals["ttxvn"].status == "to_confirm"


def test_every_main_portal_belongs_to_a_body_in_force(bundled: Registry) -> None:
    for portal in bundled.active(DAY):
        assert portal.agency is not None
        assert portal.agency.valid_to is None
        assert portal.agency.source


def test_every_ended_province_and_ministry_has_a_successor_in_force(bundled: Registry) -> None:
    for agency in bundled.agencies.values():
        if agency.kind in ("province", "ministry") and agency.valid_to:
            while agency.successor_id:
                agency = bundled.agencies[agency.successor_id]
            assert agency.valid_to is None


def test_lao_cai_inherits_the_address_of_yen_bai(bundled: Registry) -> None:
    lao_cai = bundled.portals["lao-cai"]
    assert lao_cai.address.plain == "laocai.gov.vn"
    assert [(str(a), a.valid_to) for a in lao_cai.inherited] == [("yenbai.gov.vn", date(2025, 6, 30))]
    assert bundled.by_address("https://www.yenbai.gov.vn/") is lao_cai
    assert bundled.agencies["yen-bai-63"].successor_id == "lao-cai"
    assert lao_cai.agency is not None
    assert lao_cai.agency.name_vi == "Ủy ban nhân dân tỉnh Lào Cai"


def test_nobody_has_confirmed_a_component_of_lao_cai(bundled: Registry) -> None:
    components = bundled.components("lao-cai")
    assert {"lao-cai-sxd", "lao-cai-sotuphap", "lao-cai-snnmt", "lao-cai-sapa"} <= {p.id for p in components}
    assert all(portal.status == "to_confirm" and not portal.confirmed for portal in components)


def test_the_decree_names_the_address_of_ho_chi_minh_city(bundled: Registry) -> None:
    city = bundled.portals["ho-chi-minh"]
    assert str(city.address) == "hochiminhcity.gov.vn"
    assert bundled.by_address("tphcm.gov.vn") is city


def test_the_bundled_files_are_clean_text_with_sources() -> None:
    for name in ("agencies.csv", "portals.csv"):
        text = (BUNDLED / name).read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text)
        for row in csv.DictReader(io.StringIO(text)):
            assert row["source"]
            assert "/work" not in row["source"]


# --- finding a portal -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["mau.gov.vn", "https://www.mau.gov.vn/", "MAU.gov.vn.", "http://tinhmau.gov.vn", "maucu.gov.vn"]
)
def test_address_alias_and_inherited_address_are_the_portal(small: Registry, text: str) -> None:
    assert small.by_address(text) is small.portals["mau"]
    assert small.find(text, DAY) is small.portals["mau"]


def test_a_page_below_a_portal_is_no_portal(small: Registry) -> None:
    assert small.by_address("mau.gov.vn/stp") is small.portals["mau-stp"]
    assert small.by_address("mau.gov.vn/tin-tuc") is None
    assert small.by_address("not an address") is None


def test_an_address_that_changed_hands_belongs_to_its_holder_of_the_day(tmp_path: Path) -> None:
    later = "cu,mau-cu,archive,maucu.gov.vn,,mau,retired,,,,2025-07-01,,thử\n"
    registry = read_registry(written(tmp_path, portals=PORTALS + later))
    assert registry.find("maucu.gov.vn", date(2025, 6, 30)).id == "mau"
    assert registry.find("maucu.gov.vn", DAY).id == "cu"
    book = registry.surroundings(registry.portals["mau"], DAY).book
    assert book.owner("https://maucu.gov.vn/tin") == "cu"


@pytest.mark.parametrize(
    ("site", "kind", "main"),
    [
        ("soxaydung.mau.gov.vn", "department", "mau"),
        ("snnmt.mau.gov.vn", "department", "mau"),
        ("tttt.maucu.gov.vn", "department", "mau"),
        ("mau.gov.vn/sotuphap/trang-chu", "department", "mau"),
        ("xatalai.mau.gov.vn", "commune", "mau"),
        ("phuong-sapa.mau.gov.vn", "commune", "mau"),
        ("sontay.mau.gov.vn", "thematic", "mau"),
        ("xaydung.mau.gov.vn", "thematic", "mau"),
        ("congbao.mau.gov.vn", "thematic", "mau"),
        ("congan.mau.gov.vn", "other_body", "mau"),
        ("dvc.mau.gov.vn", "service", "mau"),
        ("cuctin.bomau.gov.vn", "unit", "bo"),
        ("thanhtra.bomau.gov.vn", "unit", "bo"),
        ("thanhtra.mau.gov.vn", "department", "mau"),
        ("dichvucong.gov.vn", "service", None),
        ("bola.gov.vn", "ministry", None),
        ("syt.tinhla.gov.vn", "department", None),
        ("portal.example.vn", "thematic", None),
        ("notmau.gov.vn", "ministry", None),
    ],
)
def test_an_unknown_address_is_guessed_and_said_so(small: Registry, site: str, kind: str, main: str | None) -> None:
    portal = small.find(site, DAY)
    assert (portal.kind, portal.main_portal_id) == (kind, main)
    assert (portal.registered, portal.kind_guessed, portal.confirmed) == (False, True, False)
    assert portal.address.plain == site


def test_a_guessed_id_can_name_a_file(small: Registry) -> None:
    assert small.find("abc.mau.gov.vn", DAY).id == "abc.mau.gov.vn"
    one, two = (small.find(f"mau.gov.vn/{path}", DAY).id for path in ("../a b", "../a-b"))
    assert one != two
    assert "/" not in one
    assert " " not in one


@pytest.mark.parametrize("text", ["", "mau", "ftp://mau.gov.vn", "mau.gov.vn:8080", "sở.", "http://[::1/"])
def test_a_text_that_is_no_address_is_refused(small: Registry, text: str) -> None:
    with pytest.raises(BadAddress):
        small.find(text, DAY)


def test_active_portals_are_those_of_the_day(small: Registry) -> None:
    assert [p.id for p in small.active(date(2026, 3, 1))] == ["mau", "mau-sxd", "mau-dvc", "bo"]
    assert [p.id for p in small.active(DAY)] == ["mau", "mau-sxd", "bo"]


def test_components_are_units_departments_and_communes_not_retired(small: Registry) -> None:
    assert [p.id for p in small.components("mau")] == ["mau-sxd", "mau-stp"]
    assert small.portals["mau-sxd"].confirmed
    assert not small.portals["mau-stp"].confirmed


def test_surroundings_of_a_main_portal(small: Registry) -> None:
    around = small.surroundings(small.portals["mau"], DAY)
    assert around.main_portal is None
    assert [p.id for p in around.components] == ["mau-sxd", "mau-stp"]
    assert around.bodies == ("Sở Xây dựng tỉnh Mẫu",)
    assert around.answered is None
    owners = {
        "https://mau.gov.vn/tin": "mau",
        "http://www.tinhmau.gov.vn/": "mau",
        "https://maucu.gov.vn/x": "mau",
        "https://mau.gov.vn/stp/gioi-thieu": "mau-stp",
        "https://mau.gov.vn/stphanh": "mau",
        "https://sxd.mau.gov.vn/": "mau-sxd",
        "https://dichvucong.mau.gov.vn/": "mau-dvc",
        "https://bomau.gov.vn/": None,
    }
    assert {url: around.book.owner(url) for url in owners} == owners


def test_surroundings_of_a_component_hold_its_main_portal_and_siblings(small: Registry) -> None:
    around = small.surroundings(small.portals["mau-sxd"], DAY)
    assert around.main_portal is small.portals["mau"]
    assert [p.id for p in around.components] == ["mau-stp"]
    assert around.bodies == ("Ủy ban nhân dân tỉnh Mẫu",)
    assert around.book.owner("https://sxd.mau.gov.vn/tin") == "mau-sxd"


HEIRS = """\
a,Huyện A,,other_body,,,,2024-12-31,b,,thử
b,Huyện B,,other_body,,,2025-01-01,2025-06-30,mau-sxd,,thử
c,Huyện C,,other_body,,,,2025-06-30,,,thử
d,Huyện D,,other_body,,,,2027-06-30,mau-sxd,,thử
"""
OLD_SITES = """\
cu-a,a,archive,a.gov.vn,,,retired,,,,,,thử
cu-b,b,archive,b.gov.vn,,,retired,,,,,,thử
cu-c,c,archive,c.gov.vn,,,retired,,,,,,thử
con-d,d,other_body,d.gov.vn,,,active,,,,,,thử
sxd-so,mau-sxd,thematic,dulieu.mau.gov.vn,,mau,active,,,,,,thử
sxd-cu,mau-sxd,department,xaydung-cu.gov.vn,,mau,retired,,,,,,thử
"""


def test_an_abolished_body_has_the_portal_of_its_last_heir(tmp_path: Path) -> None:
    heading, _, rows = PORTALS.partition("\n")
    registry = read_registry(written(tmp_path, AGENCIES + HEIRS, f"{heading}\n{OLD_SITES}{rows}"))
    around = {old: registry.surroundings(registry.portals[old], DAY) for old in ("cu-a", "cu-b", "cu-c", "con-d")}
    assert around["cu-a"].successor is around["cu-b"].successor is registry.portals["mau-sxd"]
    assert around["cu-a"].book.owner("https://sxd.mau.gov.vn/") == "mau-sxd"
    assert around["cu-c"].successor is None, "nobody took its place"
    assert around["con-d"].successor is None, "it lives on"
    early = registry.surroundings(registry.portals["cu-b"], date(2025, 6, 30))
    assert early.successor is None, "its last day"


def test_surroundings_name_the_bodies_that_ended_before_the_day(small: Registry) -> None:
    portal = small.portals["mau-sxd"]
    assert small.surroundings(portal, date(2025, 6, 30)).abolished == ()
    assert small.surroundings(portal, DAY).abolished == (
        Abolished("Ủy ban nhân dân tỉnh Mẫu Cũ", date(2025, 6, 30), "Ủy ban nhân dân tỉnh Mẫu"),
    )


def test_no_name_of_a_living_body_is_among_the_ended(bundled: Registry) -> None:
    ended = bundled.surroundings(bundled.portals["lao-cai"], DAY).abolished
    named = {body.name: body.successor for body in ended}
    assert named["Ủy ban nhân dân tỉnh Yên Bái"] == "Ủy ban nhân dân tỉnh Lào Cai"
    assert named["Ủy ban nhân dân tỉnh Bình Phước"] == "Ủy ban nhân dân thành phố Đồng Nai"
    living = {
        name
        for each in bundled.agencies.values()
        if each.valid_to is None
        for name in (each.name_vi, *each.other_names)
    }
    assert not living & named.keys()
    assert "Sở Y tế" not in named


def test_surroundings_of_a_guessed_portal_know_the_portal_itself(small: Registry) -> None:
    portal = small.find("soyte.mau.gov.vn", DAY)
    around = small.surroundings(portal, DAY)
    assert around.main_portal is small.portals["mau"]
    assert around.book.owner("https://soyte.mau.gov.vn/tin") == portal.id


# --- reading ------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_and_decomposed_letters_are_read_alike(tmp_path: Path, small: Registry) -> None:
    (tmp_path / "agencies.csv").write_text(unicodedata.normalize("NFD", AGENCIES), encoding="utf-8-sig")
    (tmp_path / "portals.csv").write_text(PORTALS.replace("\n", "\r\n") + ",,,,,,,,,,,,\r\n", encoding="utf-8-sig")
    again = read_registry(tmp_path)
    assert again.agencies == small.agencies
    assert again.portals == small.portals


def test_a_missing_folder_names_both_files(tmp_path: Path) -> None:
    told = problems(tmp_path / "nowhere")
    assert [text.partition(":")[0] for text in told] == ["agencies.csv", "portals.csv"]
    assert all("--registry" in text for text in told)


def test_a_missing_column_is_told_once(tmp_path: Path) -> None:
    told = problems(written(tmp_path, agencies=AGENCIES.replace(",kind,", ",loai,", 1)))
    assert len(told) == 1
    assert told[0].startswith("agencies.csv dòng 1: thiếu cột kind")


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "agencies.csv").write_bytes(AGENCIES.encode("utf-16"))
    assert problems(tmp_path)[0].startswith("agencies.csv: không phải UTF-8")


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "portals.csv").unlink()
    (tmp_path / "portals.csv").mkdir()
    assert problems(tmp_path)[0].startswith("portals.csv: không đọc được")


@pytest.mark.parametrize(
    ("file", "row", "line", "told"),
    [
        ("agencies", "mau,Trùng,,province,,,,,,,", 6, "mã “mau” đã có ở dòng 2"),
        ("agencies", "../mau,Sai mã,,province,,,,,,,", 6, "mã “../mau” không dùng được"),
        ("agencies", "x,,,province,,,,,,,", 6, "thiếu name_vi"),
        ("agencies", "x,X,,tinh,,,,,,,", 6, "kind “tinh” không có"),
        ("agencies", "x,X,,province,khong,,,,,,", 6, "parent_id “khong” không có trong agencies.csv"),
        ("agencies", "x,X,,province,,,,,khong,,", 6, "successor_id “khong” không có trong agencies.csv"),
        ("agencies", "x,X,,province,,,01/07/2025,,,,", 6, "valid_from “01/07/2025” không phải ngày"),
        ("agencies", "x,X,,province,,,20250701,,,,", 6, "valid_from “20250701” không phải ngày"),
        ("agencies", "x,X,,province,,,,2025-02-30,,,", 6, "valid_to “2025-02-30” không phải ngày"),
        ("agencies", "x,X,,province,,,2025-07-01,2025-06-30,,,", 6, "valid_to 2025-06-30 trước valid_from"),
        ("agencies", "x,X,,province,x,,,,,,", 6, "cơ quan cấp trên đi thành vòng (x → x)"),
        ("agencies", "x,X,,province,,,,,y,,\ny,Y,,province,,,,,x,,", 6, "cơ quan kế thừa đi thành vòng"),
        ("agencies", "x,Sở A, B,,province,,,,,,,", 6, "số ô không khớp dòng tiêu đề"),
        ("agencies", "\n\nx,X,,tinh,,,,,,,", 8, "kind “tinh” không có"),
        ("agencies", 'x,"X\nX",,tinh,,,,,,,', 6, "kind “tinh” không có"),
        ("portals", "x,khong,province,x.gov.vn,,,active,,,,,,", 8, "agency_id “khong” không có trong agencies.csv"),
        (
            "portals",
            "x,,department,x.gov.vn,,khong,active,,,,,,",
            8,
            "main_portal_id “khong” không có trong portals",
        ),
        ("portals", "x,,province,x.gov.vn,,,on,,,,,,", 8, "status “on” không có"),
        ("portals", "x,,province,không phải,,,active,,,,,,", 8, "address “không phải” không phải địa chỉ"),
        ("portals", "x,,province,,,,active,,,,,,", 8, "address “” không phải địa chỉ"),
        ("portals", "x,,province,x.gov.vn,y z,,active,,,,,,", 8, "aliases “y z” không phải địa chỉ"),
        (
            "portals",
            "x,,province,x.gov.vn,y.vn@2025-01-02..2025-01-01,,active,,,,,,",
            8,
            "ngày cuối trước ngày đầu",
        ),
        ("portals", "x,,province,WWW.mau.gov.vn,,,active,,,,,,", 8, "địa chỉ www.mau.gov.vn cũng là của “mau”"),
        ("portals", "x,,province,tinhmau.gov.vn,,,active,,,,,,", 8, "cũng là của “mau” ở dòng 2"),
        ("portals", "x,,province,x.gov.vn,sxd.mau.gov.vn,,active,,,,,,", 8, "cũng là của “mau-sxd” ở dòng 3"),
        ("portals", "x,,archive,maucu.gov.vn,,,retired,,,,2025-06-30,,", 8, "maucu.gov.vn cũng là của “mau”"),
        ("portals", "x,,province,x.gov.vn,,,active,Ai đó,,,,,", 8, "xác nhận chưa đủ"),
        (
            "portals",
            "x,,province,x.gov.vn,,,active,Ai đó,hôm qua,thư,,,",
            8,
            "confirmed_on “hôm qua” không phải ngày",
        ),
    ],
)
def test_each_fault_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, file: str, row: str, line: int, told: str
) -> None:
    agencies, portals = (AGENCIES + row + "\n", PORTALS) if file == "agencies" else (AGENCIES, PORTALS + row + "\n")
    found = problems(written(tmp_path, agencies, portals))
    assert any(text.startswith(f"{file}.csv dòng {line}: ") and told in text for text in found), found
    assert all(" / line " in text and ";" in text for text in found)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    agencies = AGENCIES + "a,A,,tinh,khong,,,,,,\nb,B,,tinh,,,,,,,\n"
    portals = PORTALS + "c,khong,province,?,,,on,,,,,,\n"
    assert len(problems(written(tmp_path, agencies, portals))) == 6


def test_faults_of_an_unreadable_file_are_not_told_again_by_what_points_into_it(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "agencies.csv").unlink()
    assert len(problems(tmp_path)) == 1


def test_the_www_twin_written_as_an_alias_is_no_fault(tmp_path: Path) -> None:
    row = "x,,province,x.gov.vn,www.x.gov.vn,,active,,,,,,\n"
    assert read_registry(written(tmp_path, portals=PORTALS + row)).portals["x"].aliases == ()
