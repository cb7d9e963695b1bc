"""The law book: what a rule may claim on a day, what it prints, and which law files it refuses."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from unicodedata import normalize

import pytest

from audit_rules.facts import Kind
from audit_rules.judgement import Basis
from audit_rules.law.book import Clause, LawBook, LawError, open_law

LAW_FOLDER = Path(__file__).parent.parent / "audit_rules" / "law"
SPRING = date(2026, 5, 1)
SUMMER = date(2026, 7, 15)
AUTUMN = date(2026, 10, 1)
NOW = date(2026, 11, 22)
UNCHECKED = "(chưa đối chiếu điều khoản)"


@pytest.fixture(scope="module")
def law() -> LawBook:
    return open_law()


@pytest.mark.parametrize(
    ("rule", "kind", "day", "expected"),
    [
        ("disclosure.contact_point", "department", SPRING, ("law", "breach")),
        ("disclosure.contact_point", "department", date(2026, 8, 31), ("law", "breach")),
        ("disclosure.contact_point", "department", date(2026, 9, 1), ("law_unread", "sign")),
        ("disclosure.contact_point", "department", AUTUMN, ("law_unread", "sign")),
        ("disclosure.contact_point", "department", date(2018, 6, 30), ("guidance", "sign")),
        ("disclosure.contact_point", "department", date(2018, 7, 1), ("law", "breach")),
        ("disclosure.regulation", "commune", NOW, ("law_unread", "sign")),
        ("disclosure.information_section", "ministry", SUMMER, ("law", "breach")),
        ("disclosure.information_section", "ministry", NOW, ("law_unread", "sign")),
        ("identity.spokesperson", "province", NOW, ("law", "breach")),
        ("identity.spokesperson", "province", date(2026, 7, 1), ("law", "breach")),
        ("identity.spokesperson", "province", date(2026, 6, 30), ("guidance", "sign")),
        ("identity.spokesperson", "other_body", NOW, ("guidance", "sign")),
        ("identity.footer_phone", "province", NOW, ("guidance", "sign")),
        ("identity.footer_phone", "province", date(2019, 1, 1), ("guidance", "sign")),
        ("identity.footer_names_owner", "commune", NOW, ("circular22", "sign")),
        ("structure.links_to_main_portal", "department", NOW, ("law", "sign")),
        ("structure.links_to_main_portal", "department", SPRING, ("law_unread", "sign")),
        ("structure.links_to_main_portal", "department", date(2022, 8, 14), ("guidance", "sign")),
        ("structure.links_to_main_portal", "province", NOW, ("guidance", "sign")),
        ("structure.lists_component_sites", "province", SUMMER, ("law", "breach")),
        ("structure.lists_component_sites", "province", NOW, ("law", "sign")),
        ("measurement.emc_code_present", "commune", NOW, ("circular22", "sign")),
        ("measurement.emc_code_present", "commune", date(2024, 4, 5), ("circular22", "sign")),
        ("measurement.emc_code_present", "commune", date(2024, 4, 4), ("guidance", "sign")),
        ("measurement.emc_code_present", "province", NOW, ("law", "sign")),
        ("measurement.emc_code_on_inner_pages", "province", NOW, ("guidance", "sign")),
        ("transport.https", "thematic", NOW, ("law", "sign")),
        ("navigation.search_box", "ministry", NOW, ("guidance", "sign")),
        ("publishing.no_row_at_all", "ministry", NOW, ("guidance", "sign")),
    ],
)
def test_a_rule_claims_what_its_best_ground_allows_on_the_law_day(
    law: LawBook, rule: str, kind: Kind, day: date, expected: tuple[str, str]
) -> None:
    assert law.standing(rule, kind, day) == expected


def test_a_guessed_kind_keeps_the_standing_and_proves_no_breach(law: LawBook) -> None:
    assert law.standing("identity.spokesperson", "province", NOW, guessed=True) == ("law", "sign")


def test_an_instrument_that_had_not_begun_is_no_ground(law: LawBook) -> None:
    assert law.basis("identity.spokesperson", "province", SPRING) == ()
    assert [basis.ref for basis in law.basis("disclosure.contact_point", "department", date(2021, 1, 1))] == [
        "luat-104-2016:19.1.đ",
        "luat-104-2016:33.4",
    ]


def test_an_unread_law_is_shown_under_the_decree_with_the_old_clause_and_its_last_day(law: LawBook) -> None:
    assert law.basis("disclosure.contact_point", "department", AUTUMN) == (
        Basis(
            "nd-224-2026:9.1.d",
            "điểm d khoản 1 Điều 9 Nghị định 224/2026/NĐ-CP "
            "(dẫn chiếu Luật Tiếp cận thông tin (sửa đổi) năm 2026: chưa đối chiếu nội dung)",
            "in_force",
            "verified",
            "implies",
        ),
        Basis(
            "luat-104-2016:19.1.đ",
            "điểm đ khoản 1 Điều 19 Luật Tiếp cận thông tin 104/2016/QH13 (hiệu lực đến 31/8/2026)",
            "repealed",
            "verified",
            "states",
        ),
        Basis(
            "luat-104-2016:33.4",
            "khoản 4 Điều 33 Luật Tiếp cận thông tin 104/2016/QH13 (hiệu lực đến 31/8/2026)",
            "repealed",
            "verified",
            "implies",
        ),
    )


def test_a_law_still_in_force_on_the_day_is_cited_bare(law: LawBook) -> None:
    first, _, last = law.basis("disclosure.contact_point", "department", SUMMER)
    assert (first.label, first.status) == (
        "điểm đ khoản 1 Điều 19 Luật Tiếp cận thông tin 104/2016/QH13",
        "in_force",
    )
    assert last.label == "điểm d khoản 1 Điều 9 Nghị định 224/2026/NĐ-CP"


def test_circular_22_says_that_its_clause_was_not_read_and_later_that_its_force_is_open(law: LawBook) -> None:
    (before,) = law.basis("measurement.emc_code_present", "commune", date(2026, 6, 30))
    assert before.label == f"Thông tư 22/2023/TT-BTTTT, nội dung kết nối Hệ thống EMC {UNCHECKED}"
    assert (before.status, before.read) == ("in_force", "secondary")
    since, purpose = law.basis("measurement.emc_code_present", "commune", date(2026, 7, 1))
    assert since.label == f"{before.label} (tình trạng hiệu lực sau 01/7/2026: cần xác minh)"
    assert (since.status, purpose.relation) == ("unresolved", "purpose")


def test_no_label_gives_a_number_that_nobody_verified(law: LawBook) -> None:
    for ground in law.grounds:
        for basis in law.basis(ground.rule, ground.binds[0], NOW):
            numbered = re.search(r"\b(Điều|khoản|điểm) \w+", basis.label.removesuffix(UNCHECKED).split(" (")[0])
            assert (numbered is not None) == (basis.read == "verified"), basis.label


def _cited(clause: Clause) -> tuple[str, str]:
    """The citation that the key of a verified clause stands for, e.g. 12.2.c."""
    article, *under = clause.ref.split(":")[1].split(".")
    names = [f"{what} {number} " for what, number in zip(("khoản", "điểm"), under, strict=False)]
    return f"{''.join(reversed(names))}Điều {article}", f"Article {article}" + "".join(
        f"({each})" for each in under
    )


def test_a_verified_clause_cites_the_place_its_key_names(law: LawBook) -> None:
    for clause in law.all_clauses:
        if clause.read == "verified":
            assert (clause.citation.vi, clause.citation.en) == _cited(clause)


def test_every_duty_has_a_reader_and_the_unread_law_has_neither(law: LawBook) -> None:
    for instrument in law.instruments:
        clauses = law.clauses(instrument.id)
        assert (instrument.read == "unread") == (not instrument.read_by)
        assert not clauses or instrument.read != "unread"
        assert clauses or instrument.read != "verified"
        assert all(clause.read_by and clause.duty.vi and clause.duty.en for clause in clauses)
    assert [each.id for each in law.instruments if each.read == "unread"] == ["luat-tctt-2026", "nd-64-2007"]


def test_a_clause_knows_its_rules_in_any_unicode_form(law: LawBook) -> None:
    assert "disclosure.contact_point" in law.rules_of(normalize("NFD", "luat-104-2016:19.1.đ"))
    assert {"structure.links_to_main_portal", "structure.lists_component_sites"} <= {
        *law.rules_of("nd-224-2026:11.1")
    }
    assert law.rules_of("nd-224-2026:12.3") == ()


def test_law_files_typed_in_decomposed_unicode_read_the_same(law: LawBook, folder: Path) -> None:
    for path in [*folder.glob("*.toml"), folder / "grounds.csv"]:
        path.write_text(normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")
    assert open_law(folder) == law


def test_a_clause_that_is_read_and_in_force_becomes_law_with_no_change_of_code(folder: Path) -> None:
    path = folder / "tt-22-2023.toml"
    text = path.read_text(encoding="utf-8").replace("unresolved_from = 2026-07-01\n", "")
    text = text.replace('status = "unresolved"', 'status = "in_force"').replace(
        'read = "secondary"', 'read = "verified"'
    )
    path.write_text(text, encoding="utf-8")
    assert open_law(folder).standing("measurement.emc_code_present", "commune", NOW) == ("law", "breach")


def test_once_the_2026_law_is_read_the_reference_to_it_is_plain_law(folder: Path) -> None:
    path = folder / "luat-tctt-2026.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"unread"', '"verified"\nread_by = "A"'), encoding="utf-8"
    )
    assert open_law(folder).standing("disclosure.regulation", "commune", NOW) == ("law", "sign")


def test_a_decree_in_force_whose_clause_was_not_read_is_law_unread(folder: Path) -> None:
    path = folder / "nd-244-2026.toml"
    text = path.read_text(encoding="utf-8").replace('read = "verified"\ncoverage', 'read = "secondary"\ncoverage')
    text = re.sub(r'citation\.(vi|en) = ".*"', r'citation.\1 = "người phát ngôn"', text)
    path.write_text(text, encoding="utf-8")
    assert open_law(folder).standing("identity.spokesperson", "province", NOW) == ("law_unread", "sign")


def test_a_decree_whose_force_is_unresolved_is_guidance(folder: Path) -> None:
    path = folder / "nd-244-2026.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('status = "in_force"', 'status = "unresolved"\nunresolved_from = 2026-08-01')
    path.write_text(text, encoding="utf-8")
    law = open_law(folder)
    assert law.standing("identity.spokesperson", "province", date(2026, 7, 31)) == ("law", "breach")
    assert law.standing("identity.spokesperson", "province", NOW) == ("guidance", "sign")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the law folder that a test may spoil."""
    for path in [*LAW_FOLDER.glob("*.toml"), LAW_FOLDER / "grounds.csv"]:
        shutil.copy(path, tmp_path)
    return tmp_path


def _swap(old: str, new: str) -> Callable[[str], str]:
    def swap(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return swap


@pytest.mark.parametrize(
    ("name", "spoil", "told"),
    [
        ("nd-244-2026.toml", _swap("2026-06-26", "2026-06-31"), "cannot be read"),
        ("nd-244-2026.toml", _swap("issued = 2026-06-26", 'issued = "26/6/2026"'), "issued must be a date"),
        ("nd-244-2026.toml", _swap("2026-06-26", "2026-06-26T00:00:00Z"), "issued must be a date"),
        ("nd-244-2026.toml", _swap("in_force_from = 2026-07-01\n", ""), "in_force_from must be a date"),
        ("nd-244-2026.toml", _swap('short.vi = "Nghị định 244/2026/NĐ-CP"\n', ""), "short: vi must be a text"),
        ("nd-244-2026.toml", _swap('short.en = "', 'short.fr = "x"\nshort.en = "'), "unknown key 'fr'"),
        ("nd-244-2026.toml", _swap("standing =", "standign ="), "standing must be a text"),
        ("nd-244-2026.toml", _swap('standing = "law"', 'standing = "rumour"'), "write one of law, circular22"),
        ("nd-244-2026.toml", _swap("status_checked_on", "x = 1\nstatus_checked_on"), "unknown key 'x'"),
        ("nd-244-2026.toml", _swap('id = "nd-244-2026"', 'id = "nd-245-2026"'), "it must be the file's name"),
        ("nd-244-2026.toml", _swap('status = "in_force"', 'status = "repealed"'), "the dates say 'in_force'"),
        ("tt-22-2023.toml", _swap("unresolved_from = 2026-07-01", ""), "the dates say 'in_force'"),
        ("tt-22-2023.toml", _swap("2026-07-01", "2024-04-04"), "unresolved_from lies before in_force_from"),
        ("luat-104-2016.toml", _swap("2026-08-31", "2016-08-31"), "in_force_to lies before in_force_from"),
        ("luat-104-2016.toml", _swap('"luat-tctt-2026"', '"luat-1"'), "replaced_by names 'luat-1'"),
        ("nd-224-2026.toml", _swap('through = "luat-tctt-2026"', 'through = "luat-1"'), "through names 'luat-1'"),
        ("nd-13-2018.toml", _swap("read_by =", "source_of_reading ="), "unknown key"),
        ("nd-13-2018.toml", lambda text: re.sub('read_by = ".*"\n', "", text), "read_by is empty"),
        ("nd-13-2018.toml", _swap('[clause."11.1"]', "[clause]"), "must be a table"),
        ("luat-tctt-2026.toml", lambda text: text + '\n[clause.x]\nread = "secondary"\n', "citation"),
        ("luat-tctt-2026.toml", lambda text: text + _clause("điều mới"), "read_by is empty"),
        ("tt-22-2023.toml", _swap("nội dung kết nối", "khoản 2 Điều 8, nội dung kết nối"), "nobody verified"),
        ("tt-22-2023.toml", _swap("the item on links", "point b on links"), "nobody verified"),
        ("nd-13-2018.toml", _swap('binds = ["all"]', 'binds = ["all", "district"]'), "binds 'all' is unknown"),
        ("nd-13-2018.toml", _swap('binds = ["all"]', "binds = []"), "binds is empty"),
        ("nd-13-2018.toml", _swap('binds = ["all"]\n', ""), "binds is empty"),
        ("nd-13-2018.toml", _swap('coverage = "part"', 'coverage = "most"'), "coverage 'most' is unknown"),
        ("grounds.csv", _swap("rule,ref", "rule,clause"), "the heading must be"),
        ("grounds.csv", _swap("nd-244-2026:3.3", "nd-244-2026:3.4"), "'nd-244-2026:3.4' is in no law file"),
        ("grounds.csv", _swap("identity.spokesperson", "spokesperson"), "is no rule id"),
        ("grounds.csv", _swap("3.3,states", "3.3,proves"), "relation 'proves' is unknown"),
        ("grounds.csv", _swap("ministry|province,", "ministry|district,"), "binds 'district' is unknown"),
        ("grounds.csv", _swap("3.3,states,all", "3.3,states,archive"), "does not bind archive"),
        ("grounds.csv", _swap("3.3,states,all,", "3.3,states,"), "must have 5 cells"),
        ("grounds.csv", _swap("3.3,states,all,", "3.3,states,all,,"), "must have 5 cells"),
        ("grounds.csv", lambda text: text + "identity.spokesperson,nd-244-2026:3.3,implies,all,\n", "keep one row"),
        ("grounds.csv", lambda text: text + '"identity', "cannot be read"),
    ],
)
def test_a_spoilt_law_file_is_refused_in_one_sentence_that_names_it(
    folder: Path, name: str, spoil: Callable[[str], str], told: str
) -> None:
    path = folder / name
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(LawError) as refused:
        open_law(folder)
    sentence = str(refused.value)
    assert told in sentence
    assert path.stem in sentence
    assert "\n" not in sentence


def _clause(citation: str) -> str:
    return f"""
[clause.x]
citation.vi = "{citation}"
citation.en = "the new item"
duty.vi = "Một nghĩa vụ."
duty.en = "A duty."
binds = ["all"]
read = "secondary"
coverage = "person"
"""


def test_bytes_that_are_not_utf8_and_a_missing_table_of_grounds_are_refused(folder: Path) -> None:
    (folder / "grounds.csv").unlink()
    with pytest.raises(LawError, match=r"grounds\.csv: it cannot be read"):
        open_law(folder)
    (folder / "nd-13-2018.toml").write_bytes(b'id = "\xff"')
    with pytest.raises(LawError, match=r"nd-13-2018\.toml: it cannot be read"):
        open_law(folder)


def test_a_folder_without_law_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="there is no law file"):
        open_law(tmp_path)


def test_every_law_file_of_the_folder_is_in_the_book(law: LawBook) -> None:
    ids = {tomllib.loads(path.read_text(encoding="utf-8"))["id"] for path in LAW_FOLDER.glob("*.toml")}
    assert {each.id for each in law.instruments} == ids
