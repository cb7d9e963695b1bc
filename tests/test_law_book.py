"""The instruments as they are kept, and what a run stands on: another law day, another law."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from audit.cli import main
from audit.listings import law_list
from audit.reports.table import listing, plain_text
from audit.settings import SETTINGS
from audit.words import term
from audit_rules.engine import judge
from audit_rules.judgement import Judgement, Lang
from audit_rules.law.book import LawBook, open_law
from audit_rules.rulebook import open_rulebook
from storage.archive import Archive
from tests.cases import made
from tests.told_runs import run

MAY = date(2026, 5, 20)
LAST_OF_AUGUST = date(2026, 8, 31)
OCTOBER = date(2026, 10, 20)

# id, first day, last day, first day in doubt, most its clauses give, whether its text was read
KNOWN = [
    ("luat-148-2025", "2026-07-01", None, None, "law", "secondary"),
    ("nd-224-2026", "2026-07-01", None, None, "law", "verified"),
    ("nd-244-2026", "2026-07-01", None, None, "law", "verified"),
    ("nd-42-2022", "2022-08-15", "2026-06-30", None, "law", "secondary"),
    ("nd-43-2011", "2011-10-01", "2022-08-14", None, "law", "verified"),
    ("nd-64-2007", "2007-04-10", "2026-06-30", None, "law", "unread"),
    ("tt-22-2023", "2024-04-05", None, "2026-07-01", "circular22", "secondary"),
    ("tt-32-2017", "2018-06-01", None, "2022-08-15", "guidance", "verified"),
    ("tt-26-2020", "2021-01-01", None, "2026-07-01", "guidance", "verified"),
    ("tt-39-2017", "2018-07-01", None, "2026-07-01", "guidance", "verified"),
    ("tt-24-2011", "2011-11-15", None, "2022-08-15", "guidance", "verified"),
    ("tt-25-2010", "2011-01-01", None, "2026-07-01", "guidance", "verified"),
    ("tt-06-2013", "2013-05-01", None, "2022-08-15", "guidance", "verified"),
    ("luat-104-2016", "2018-07-01", "2026-08-31", None, "law", "verified"),
    ("luat-tctt-2026", "2026-09-01", None, None, "law", "unread"),
    ("nd-13-2018", "2018-07-01", "2026-08-31", None, "law", "verified"),
    ("luat-116-2025", "2026-07-01", None, None, "law", "secondary"),
    ("nd-330-2026", "2026-08-19", None, None, "law", "secondary"),
    ("nd-331-2026", "2026-08-19", None, None, "law", "secondary"),
    ("nd-333-2026", "2026-08-19", None, None, "law", "secondary"),
    ("tcvn-14423-2026", "2026-08-19", None, None, "guidance", "secondary"),
    ("luat-91-2025", "2026-01-01", None, None, "law", "secondary"),
    ("nd-356-2025", "2026-01-01", None, None, "law", "secondary"),
    ("luat-51-2010", "2011-01-01", None, None, "guidance", "secondary"),
    ("criteria-2025", "2025-05-01", None, None, "guidance", "secondary"),
    ("qd-405-2025", "2025-04-03", None, "2026-07-01", "guidance", "secondary"),
    ("cv-4946-2022", "2022-08-15", "2026-06-30", None, "guidance", "secondary"),
]


@pytest.fixture(scope="module")
def law() -> LawBook:
    return open_law()


def test_every_instrument_is_kept_with_its_dates_and_its_reader(law: LawBook) -> None:
    def day(one: date | None) -> str | None:
        return one.isoformat() if one else None

    kept = [
        (one.id, day(one.in_force_from), day(one.in_force_to), day(one.unresolved_from), one.standing, one.read)
        for one in law.instruments
    ]
    assert sorted(kept) == sorted(KNOWN)


def test_an_instrument_nobody_read_gives_no_article_and_never_law(law: LawBook) -> None:
    unread = {one.id for one in law.instruments if one.read != "verified"}
    clauses = [clause for clause in law.all_clauses if clause.instrument in unread]
    assert len(clauses) > 10
    assert {clause.read for clause in clauses} == {"secondary"}
    assert not [clause.ref for clause in clauses if any(sign.isdigit() for sign in clause.ref.split(":")[1][:1])]


def test_each_kind_of_coverage_is_in_the_book(law: LawBook) -> None:
    def coverage(ref: str) -> str:
        return next(clause.coverage for clause in law.all_clauses if clause.ref == ref)

    assert coverage("nd-224-2026:11.4") == "full"
    assert coverage("nd-224-2026:9.1.b") == "part"
    assert coverage("nd-224-2026:13.1.a") == "person"
    assert coverage("nd-224-2026:12.3") == "not_public"


def test_nothing_that_the_public_cannot_see_is_stated_or_implied_by_a_rule(law: LawBook) -> None:
    hidden = {clause.ref for clause in law.all_clauses if clause.coverage == "not_public"}
    assert [ground for ground in law.grounds if ground.ref in hidden and ground.relation != "purpose"] == []


# --- what a run stands on ---------------------------------------------------------------------------------


@cache
def _judged(kind: str, day: date) -> Mapping[str, Judgement]:
    told = judge(*made({"kind": kind, "html": "<p>Tin</p>"}), open_rulebook(), day)
    return {one.rule: one for one in told}


def _grounds(judgements: Mapping[str, Judgement]) -> dict[str, set[str]]:
    """The instruments a run cites, each with the standings of the rules that cite it."""
    found: dict[str, set[str]] = {}
    for one in judgements.values():
        for basis in one.basis:
            found.setdefault(basis.ref.partition(":")[0], set()).add(one.standing)
    return found


def test_in_may_2026_a_run_stands_on_the_law_of_2016_and_shows_decree_42_without_an_article() -> None:
    judged = _judged("department", MAY)
    contact = judged["disclosure.contact_point"]
    assert (contact.standing, contact.proves) == ("law", "breach")
    assert contact.basis[0].label == "điểm đ khoản 1 Điều 19 Luật Tiếp cận thông tin 104/2016/QH13"
    assert contact.basis[0].status == "in_force"
    assert not {"nd-224-2026", "nd-244-2026", "luat-tctt-2026"} & _grounds(judged).keys()

    cited = [basis for one in judged.values() for basis in one.basis if basis.ref.startswith("nd-42-2022")]
    assert cited
    assert {(basis.status, basis.read) for basis in cited} == {("in_force", "secondary")}
    for basis in cited:
        assert basis.label.startswith("Nghị định 42/2022/NĐ-CP, nội dung ")
        assert basis.label.endswith("(chưa đối chiếu điều khoản)")
        assert "Điều " not in basis.label
    links = judged["structure.links_to_main_portal"]
    assert (links.standing, links.proves) == ("law_unread", "sign")
    assert links.basis[0].ref == "nd-42-2022:component"


@pytest.mark.parametrize("kind", ["province", "ministry", "department", "commune", "unit"])
def test_decree_42_never_gives_law(kind: str) -> None:
    for one in _judged(kind, MAY).values():
        if one.basis and all(basis.ref.startswith("nd-42-2022") for basis in one.basis):
            assert (one.standing, one.proves) == ("law_unread", "sign"), one.rule


def test_in_october_2026_a_run_stands_on_decrees_224_and_244() -> None:
    judged = _judged("province", OCTOBER)
    grounds = _grounds(judged)
    assert "law" in grounds["nd-224-2026"] & grounds["nd-244-2026"]
    assert "nd-42-2022" not in grounds  # repealed, and nobody here read it
    spokesperson = judged["identity.spokesperson"]
    assert (spokesperson.standing, spokesperson.proves) == ("law", "breach")
    assert spokesperson.basis[0].label == "khoản 3 Điều 3 Nghị định 244/2026/NĐ-CP"
    services = judged["structure.links_to_national_services"]
    assert (services.standing, services.proves) == ("law", "sign")
    assert services.basis[0].label == "điểm a khoản 1 Điều 9 Nghị định 224/2026/NĐ-CP"


def test_the_access_law_of_2026_is_law_unread_with_the_old_clause_and_its_last_day() -> None:
    before = _judged("department", LAST_OF_AUGUST)["disclosure.regulation"]
    assert (before.standing, before.proves) == ("law", "breach")
    after = _judged("department", OCTOBER)["disclosure.regulation"]
    assert (after.standing, after.proves) == ("law_unread", "sign")
    assert after.basis[0].ref == "nd-224-2026:9.1.d"
    assert "chưa đối chiếu nội dung" in after.basis[0].label
    old = next(basis for basis in after.basis if basis.ref == "luat-104-2016:34.1.h")
    assert (old.status, old.label.endswith("(hiệu lực đến 31/8/2026)")) == ("repealed", True)


def test_a_fault_seen_on_one_day_is_a_breach_or_a_sign_by_the_law_of_the_day_asked_for() -> None:
    told = [_judged("department", day)["disclosure.contact_point"] for day in (MAY, OCTOBER)]
    assert told[0].verdict == told[1].verdict
    assert [one.proves for one in told] == ["breach", "sign"]


def test_an_old_run_is_judged_again_by_the_law_of_another_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(f"AUDIT_{name.upper()}", raising=False)
    seen = run()
    Path("data").mkdir()
    with Archive.open(Path("data/audit.db"), create=True) as archive:
        archive.begin(seen.header)
        for one in seen.portals:
            archive.save(seen.header.id, one)
        archive.close_run(seen.header.id, status="complete", finished_at=seen.header.started_at, reason=None)

    def told(day: str) -> dict[str, dict[str, Any]]:
        answer = CliRunner().invoke(main, ["judge", "--run", "r1", "--law-day", day, "--format", "json"])
        told = json.loads(answer.stdout)
        assert (told["run"]["law_day"], told["run"]["judged_from"]) == (day, "r1")
        return {one["rule"]: one for one in told["portals"][0]["verdicts"]}

    def refs(verdict: dict[str, Any]) -> list[str]:
        return [basis["ref"] for basis in verdict["basis"]]

    may, october = told("2026-05-20"), told("2026-10-20")
    assert may["disclosure.contact_point"]["standing"] == "law"
    assert october["disclosure.contact_point"]["standing"] == "law_unread"
    decree_42 = may["structure.links_to_main_portal"]["basis"][0]
    assert (decree_42["ref"], decree_42["read"]) == ("nd-42-2022:component", "secondary")
    assert refs(october["structure.links_to_main_portal"])[0] == "nd-224-2026:11.1"
    assert refs(may["identity.spokesperson"]) == []
    assert refs(october["identity.spokesperson"]) == ["nd-244-2026:3.3"]


# --- `audit law` ------------------------------------------------------------------------------------------


def test_the_list_tells_of_each_clause_how_much_is_checked_and_by_which_rules(law: LawBook) -> None:
    rows = {row["id"]: row for row in law_list(OCTOBER, "vi").rows}
    assert rows.keys() == {one.id for one in law.instruments} | {clause.ref for clause in law.all_clauses}
    assert (rows["nd-224-2026"]["status"], rows["nd-224-2026"]["coverage"]) == ("in_force", None)
    assert rows["nd-224-2026"]["clauses"] == len(law.clauses("nd-224-2026"))
    spokesperson = rows["nd-244-2026:3.3"]
    assert (spokesperson["name"], spokesperson["coverage"]) == ("khoản 3 Điều 3", "part")
    assert spokesperson["rules"] == law.rules_of("nd-244-2026:3.3")
    assert "identity.spokesperson" in law.rules_of("nd-244-2026:3.3")
    assert (rows["nd-224-2026:13.1.a"]["coverage"], rows["nd-224-2026:13.1.a"]["rules"]) == ("person", ())
    assert rows["nd-42-2022:content"]["read"] == "secondary"
    cells = {row[0]: row for row in law_list(OCTOBER, "en").cells()}
    assert cells["nd-224-2026:12.3"][1] == "Article 12(3)"
    assert cells["nd-224-2026:11.1"][-2:] == ["part", " | ".join(law.rules_of("nd-224-2026:11.1"))]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_table_fits_a_terminal_of_100_columns_and_breaks_no_rule_id(law: LawBook, lang: Lang) -> None:
    told = law_list(OCTOBER, lang)
    headings = [term("heading", name, lang) for name in told.shown]
    lines = plain_text(listing(headings, list(told.lines(lang)), lang), 100).splitlines()
    assert max(map(len, lines)) <= 100
    text = "\n".join(lines)
    for ground in law.grounds:
        assert ground.rule in text
    for coverage in ("full", "part", "person", "not_public"):
        assert term("clause_coverage", coverage, lang) != coverage
        assert term("clause_coverage", coverage, lang) in text
