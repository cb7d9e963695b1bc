"""The registry of the country: every unit is a row, what is guessed says so, and nobody is accused by a guess."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from audit.registry.departments import department_of, departments
from audit.registry.files import BUNDLED, RegistryError, read_registry
from audit.registry.registry import NOWHERE, Registry
from audit_rules.abolished import abolished_in
from audit_rules.engine import judge
from audit_rules.facts import NetFacts, Visit
from audit_rules.rulebook import open_rulebook
from audit_rules.scoring import score
from tests.test_registry import AGENCIES, PORTALS, written

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def country() -> Registry:
    return read_registry()


# --- what the bundled list holds ----------------------------------------------------------------------------


def test_each_of_the_34_provinces_has_its_twelve_departments(country: Registry) -> None:
    provinces = [a for a in country.agencies.values() if a.kind == "province" and a.valid_to is None]
    assert len(provinces) == 34
    mandatory = [one.name_vi for one in departments() if one.rank == "mandatory"]
    assert len(mandatory) == 12
    theirs = Counter(a.parent_id for a in country.agencies.values() if a.kind == "department" and not a.valid_to)
    for province in provinces:
        assert theirs[province.id] >= 12, province.id
        names = [a.name_vi for a in country.agencies.values() if a.parent_id == province.id]
        for name in mandatory:
            beginning = name.partition(",")[0].partition(" và ")[0]  # some have Sở Văn hóa và Thể thao
            assert any(each.startswith(beginning) for each in names), (province.id, name)


def test_no_component_was_confirmed_by_a_machine_and_each_says_where_it_was_seen(country: Registry) -> None:
    with (BUNDLED / "portals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    components = [row for row in rows if row["main_portal_id"] and row["kind"] != "unit"]
    assert len(components) > 640
    for row in components:
        assert row["status"] == "to_confirm", row["id"]
        assert row["confirmed_by"] == row["confirmed_on"] == row["confirmed_how"] == ""
        for part in ("; thời kỳ: ", "; loại đoán: ", "; độ tin: "):
            assert part in row["source"], row["id"]
    assert not any(portal.confirmed for portal in country.portals.values())


def test_components_lie_under_the_domain_of_their_main_portal_or_of_a_body_it_took_over(country: Registry) -> None:
    for portal in country.portals.values():
        main = country.portals.get(portal.main_portal_id or "")
        if main is None or main.kind != "province":
            continue
        domains = {address.host for address in main.addresses}
        assert any(portal.address.host.endswith(f".{domain}") for domain in domains), portal.id


def test_a_site_of_a_body_that_is_no_more_is_an_archive_and_no_component(country: Registry) -> None:
    ended = [p for p in country.portals.values() if p.agency is not None and p.agency.valid_to is not None]
    assert len(ended) > 80
    assert {portal.kind for portal in ended} == {"archive"}


def test_a_department_of_a_merged_province_has_its_heir(country: Registry) -> None:
    heirs = {
        agency.id: country.agencies[agency.successor_id]
        for agency in country.agencies.values()
        if agency.kind == "department" and agency.valid_to is not None and agency.successor_id
    }
    assert heirs["bac-giang-stp"].name_vi == "Sở Tư pháp tỉnh Bắc Ninh"
    assert heirs["bac-giang-sgtvt"].name_vi == "Sở Xây dựng tỉnh Bắc Ninh"
    assert all(heir.valid_to is None for heir in heirs.values())
    soyte = country.portals["yen-bai-soyte"]
    assert country.surroundings(soyte, DAY).successor is None, "Sở Y tế tỉnh Lào Cai has no address yet"


def test_a_host_of_a_former_district_or_a_commune_of_its_name_has_no_owner_until_a_person_says_so(
    country: Registry,
) -> None:
    portal = country.portals["an-giang-thoaison"]
    assert (portal.kind, portal.agency, portal.status) == ("commune", None, "to_confirm")
    assert country.agencies["an-giang-thoai-son"].name_vi == "Ủy ban nhân dân xã Thoại Sơn"


@pytest.mark.parametrize(
    "said",
    [
        "Sở Y tế tỉnh Bắc Ninh",
        "Ủy ban nhân dân thành phố Huế",
        "Sở Văn hóa và Thể thao thành phố Đà Nẵng",
        "Sở Du lịch thành phố Đà Nẵng",
        "Số 1 Trần Phú, thành phố Quy Nhơn",
        "UBND xã Gia Lâm, thành phố Hà Nội",
        "Công an tỉnh Gia Lai",
        "Văn phòng UBND tỉnh Lào Cai",
    ],
)
def test_no_living_body_or_mere_place_is_taken_for_an_abolished_one(country: Registry, said: str) -> None:
    ended = country.surroundings(country.portals["lao-cai"], DAY).abolished
    assert abolished_in(said, ended, DAY) is None


def test_a_department_of_a_merged_province_is_known_to_be_no_more(country: Registry) -> None:
    ended = country.surroundings(country.portals["bac-ninh"], DAY).abolished
    found = abolished_in("Cổng thông tin điện tử Sở Tư pháp tỉnh Bắc Giang", ended, DAY)
    assert found is not None
    assert found.successor == "Sở Tư pháp tỉnh Bắc Ninh"


# --- a run of the whole registry ----------------------------------------------------------------------------


def test_every_portal_and_every_body_in_force_has_exactly_one_kind_of_row(country: Registry) -> None:
    whole = country.round(DAY)
    told = [*whole.asked, *(each.portal for each in whole.unasked)]
    ids = [portal.id for portal in told]
    assert len(ids) == len(set(ids))
    assert {p.id for p in country.portals.values() if p.status != "retired"} <= set(ids)
    having = {portal.agency.id for portal in told if portal.agency is not None}
    in_force = {a.id for a in country.agencies.values() if a.valid_to is None}
    assert in_force <= having
    assert whole.asked == country.active(DAY)


def test_a_body_without_an_address_is_a_row_that_nobody_is_asked_for(country: Registry) -> None:
    rows = {each.portal.id: each for each in country.round(DAY).unasked}
    unit, reason = rows["lao-cai-syt"]
    assert (unit.address, str(unit.address), reason) == (NOWHERE, "", None)
    assert (unit.kind, unit.main_portal_id, unit.registered) == ("department", "lao-cai", True)
    assert rows["lao-cai-sxd"].reason == "address_unconfirmed"
    assert "lao-cai-syt" not in country.portals
    assert all(part.address != NOWHERE for part in country.components("lao-cai"))


def test_a_row_without_an_address_may_stand_in_the_file_and_is_no_portal(tmp_path: Path) -> None:
    more = "mau-y,mau-sxd,department,,,mau,active,,,,,,thử\n"
    registry = read_registry(written(tmp_path, AGENCIES, PORTALS + more))
    assert "mau-y" not in registry.portals
    assert [each.portal.id for each in registry.round(DAY).unasked] == ["mau-stp", "mau-y"]
    assert registry.surroundings(registry.units["mau-y"], DAY).main_portal is registry.portals["mau"]


def test_a_row_without_an_address_that_somebody_confirmed_is_refused(tmp_path: Path) -> None:
    more = "mau-y,mau-sxd,department,,,mau,active,Nguyễn Văn A,2026-01-02,điện thoại,,,thử\n"
    with pytest.raises(RegistryError, match="không phải địa chỉ"):
        read_registry(written(tmp_path, AGENCIES, PORTALS + more))


def test_the_past_is_in_no_round_and_a_body_whose_portals_are_past_has_no_address(tmp_path: Path) -> None:
    retired = PORTALS.replace("mau,active,Nguyễn Văn A,2026-01-02,điện thoại", "mau,retired,,,")
    registry = read_registry(written(tmp_path, AGENCIES, retired))
    whole = registry.round(DAY)
    assert [portal.id for portal in whole.asked] == ["mau", "bo"]
    assert [(one.portal.id, one.reason) for one in whole.unasked] == [
        ("mau-stp", "address_unconfirmed"),
        ("mau-sxd.0", None),
    ]
    early = registry.round(date(2025, 6, 30))
    assert "mau-cu" in [one.portal.id for one in early.unasked], "it was in force then"


@pytest.mark.parametrize(("id_", "reason"), [("lao-cai-syt", "no_address"), ("lao-cai-sxd", "address_unconfirmed")])
def test_what_was_not_asked_is_accused_of_nothing(country: Registry, id_: str, reason: str) -> None:
    portal, why = next(each for each in country.round(DAY).unasked if each.portal.id == id_)
    visit = Visit("no_address", why, None, (), NetFacts())
    told = judge(portal, visit, country.surroundings(portal, DAY), open_rulebook(), DAY)
    assert {(each.verdict.outcome, each.verdict.reason) for each in told} == {("cantTell", reason)}
    assert score(told, portal).value is None


# --- departments and their labels ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("sxd", "sxd"),
        ("so-xay-dung", "sxd"),
        ("sotuphap", "stp"),
        ("sonv", "snv"),
        ("sonongnghiep", "snnmt"),
        ("gddt", "sgddt"),
        ("sotttt", "stttt"),
        ("bqlkktpq", "bqlkcn"),
        ("dulich", None),
        ("sonla", None),
        ("songmay", None),
        ("yt", None),
        ("so", None),
    ],
)
def test_a_label_names_a_department_or_none(label: str, code: str | None) -> None:
    found = department_of(label)
    assert (found.code if found else None) == code


def test_a_label_stands_for_one_department_only() -> None:
    labels = [label for one in departments() for label in (*one.slugs, *one.also_seen)]
    assert len(labels) == len(set(labels))
    codes = {one.code for one in departments()}
    assert {one.absorbed_by for one in departments() if one.rank == "former"} <= codes


def test_dates_of_a_succession_leave_no_day_out(country: Registry) -> None:
    for agency in country.agencies.values():
        heir = country.agencies.get(agency.successor_id or "")
        if agency.kind == "province" and heir is not None and agency.valid_to and heir.valid_from:
            assert heir.valid_from == agency.valid_to + timedelta(days=1), agency.id
