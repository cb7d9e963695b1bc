"""What the reports say, and how: JSON, CSV and the table."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from audit.dictionary import data_dictionary
from audit.history import Finding, finding_id
from audit.reports.csv import columns, run_as_csv, safe_cell, write_csv
from audit.reports.json import json_text, run_as_json
from audit.reports.table import plain_text, run_as_table
from audit.words import _words, clean, term
from audit_rules.judgement import Score
from audit_rules.verdict import Nearest, Searched, failed, passed, untested
from audit_rules.wording import WORDS
from tests.told_runs import EVERY_OUTCOME, EVIDENCE, HOME, PORTAL, judgement, portal_run, run

HEADINGS = [
    "run",
    "day",
    "portal",
    "agency_id",
    "agency",
    "kind",
    "group",
    "rule",
    "title",
    "outcome",
    "state",
    "waiver",
    "stage",
    "proves",
    "severity",
    "standing",
    "basis",
    "page",
    "fault",
    "fix",
    "evidence",
    "searched",
    "first_seen",
    "last_seen",
    "nights",
    "seen_at",
    "user_agent",
    "rules_version",
    "finding",
    "reply_by",
    "agency_reply",
    "agency_note",
    "document_no",
    "manual_verdict",
    "waiver_ended",
    "reply_recorded",
    "predecessor",
]


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# --- JSON -------------------------------------------------------------------------------------------------


def test_json_holds_what_the_contract_promises() -> None:
    told = json.loads(json_text(run_as_json(run(), "vi")))
    assert told["tool"] == {"name": "portal-auditor", "version": "0.1.0", "rules_version": "rules-1"}
    assert told["run"] == {
        "id": "r1",
        "started_at": "2026-07-15T01:30:00+07:00",
        "finished_at": "2026-07-15T01:35:00+07:00",
        "law_day": "2026-07-15",
        "status": "complete",
        "reason": None,
        "judged_from": None,
        "vantage": {"address": "", "user_agent": "portal-auditor/0.1.0"},
    }
    (portal,) = told["portals"]
    assert {name: portal[name] for name in ("id", "address", "host", "agency", "kind", "registered", "state")} == {
        "id": "sxd.laocai.gov.vn",
        "address": "sxd.laocai.gov.vn",
        "host": "sxd.laocai.gov.vn",
        "agency": "Sở Xây dựng tỉnh Lào Cai",
        "kind": "department",
        "registered": True,
        "state": "audited",
    }
    assert portal["coverage"] == {
        "discovered": 4,
        "fetched": 1,
        "rendered": 1,
        "skipped": {"budget": 2, "robots": 1},
        "requests": 9,
        "second_look": None,
        "slow": [],
    }
    assert set(portal["score"]) == {"value", "provisional", "passed", "failed", "measured", "not_measured"}


def test_json_gives_every_rule_once_with_its_evidence_and_search() -> None:
    (portal,) = run_as_json(run(), "en")["portals"]
    by_rule = {item["rule"]: item for item in portal["verdicts"]}
    assert list(by_rule) == sorted(item.rule for item in EVERY_OUTCOME)
    spokesperson = by_rule["identity.spokesperson"]
    assert spokesperson["message"] == "The item was not seen"
    assert spokesperson["evidence"] == []
    assert spokesperson["searched"]["pages"][1] == {
        "url": f"{HOME}lien-he",
        "seen_at": "2026-07-15T01:30:00+07:00",
        "how": "rendered",
    }
    assert spokesperson["searched"]["nearest"]["why_not"] == "news"
    email = by_rule["identity.footer_email"]
    assert email["values"] == {"found": "gmail.com"}
    assert email["evidence"][0]["sha256"] == "a" * 64
    assert email["basis"][0]["relation"] == "states"
    assert by_rule["navigation.search_box"]["searched"] is None


def test_json_is_the_same_every_time_and_in_nfc() -> None:
    decomposed = replace(EVIDENCE, excerpt=unicodedata.normalize("NFD", "Bản quyền \udc80"))
    text = json_text(run_as_json(run(portal_run((judgement("a.b", passed(decomposed)),))), "vi"))
    assert "Bản quyền ?" in text
    assert text == json_text(json.loads(text))
    assert text.encode()


def test_json_on_a_screen_neither_commands_nor_turns_it() -> None:
    hostile = "\x1b[31m \x9b31m \x7f \u202eđảo \u2028 \u200f"
    text = json_text({"a": hostile})
    assert json.loads(text) == {"a": hostile}
    assert all(character.isprintable() or character == "\n" for character in text)


def test_portals_come_in_the_order_of_their_ids() -> None:
    other = replace(PORTAL, id="a.gov.vn")
    told = run_as_json(run(portal_run(), portal_run(portal=other)), "vi")
    assert [portal["id"] for portal in told["portals"]] == ["a.gov.vn", "sxd.laocai.gov.vn"]


# --- CSV --------------------------------------------------------------------------------------------------


def test_csv_has_the_columns_of_the_contract_quoted_with_bom_and_crlf() -> None:
    data = run_as_csv(run(), {}, "en")
    first = data.split(b"\r\n")[0]
    assert first == ("\ufeff" + ",".join(f'"{name}"' for name in HEADINGS)).encode()
    assert data.endswith(b'"\r\n')
    assert b"\n" not in data.replace(b"\r\n", b"")
    vietnamese = run_as_csv(run(), {}, "vi").decode("utf-8-sig").splitlines()[0]
    assert vietnamese == ",".join(f'"{one.vi}"' for one in columns())


def test_csv_for_an_agency_holds_faults_and_what_a_person_is_to_look_at() -> None:
    told = rows(run_as_csv(run(), {}, "en"))
    assert [(row["severity"], row["rule"], row["outcome"]) for row in told] == [
        ("high", "identity.spokesperson", "failed"),
        ("medium", "identity.footer_email", "failed"),
        ("medium", "measurement.emc_label_shown", "cantTell"),
    ]
    first, second, third = told
    assert first["page"] == f"{HOME}tin/1"
    assert "“người phát ngôn”, “người cung cấp thông tin”" in first["searched"]
    assert "Người phát ngôn Bộ trả lời họp báo" in first["searched"]
    assert first["searched"].endswith(f" | {HOME}gioi-thieu")
    assert second["page"] == HOME
    assert second["evidence"] == f"footer: “Bản quyền thuộc Sở Xây dựng” ({HOME})"
    assert second["seen_at"] == "2026-07-15T01:30:00+07:00"
    assert second["finding"] == finding_id(PORTAL.id, "identity.footer_email")
    assert third["state"] == "unconfirmed"
    assert all(row[name] == "" for row in told for name in HEADINGS[-8:])


def test_what_both_looks_show_alike_is_told_once() -> None:
    later = replace(EVIDENCE, seen_at=EVIDENCE.seen_at + timedelta(minutes=5), sha256="b" * 64)
    twice = run(portal_run((judgement("a.b", failed(EVIDENCE, later)),)))
    (row,) = rows(run_as_csv(twice, {}, "en"))
    assert row["evidence"] == f"footer: “Bản quyền thuộc Sở Xây dựng” ({HOME})"
    assert row["seen_at"] == "2026-07-15T01:35:00+07:00"
    assert table(twice).count("Bản quyền thuộc Sở Xây dựng") == 1


def test_csv_tells_what_is_fixed_now_and_only_then() -> None:
    seen = Finding("navigation.search_box", "fixed", date(2026, 7, 1), date(2026, 7, 9), 3, just_fixed=True)
    now = {PORTAL.id: {seen.rule: seen}}
    long_ago = {PORTAL.id: {seen.rule: replace(seen, just_fixed=False)}}
    (row,) = (row for row in rows(run_as_csv(run(), now, "en")) if row["outcome"] == "passed")
    assert (row["state"], row["first_seen"], row["last_seen"], row["nights"]) == (
        "fixed",
        "2026-07-01",
        "2026-07-09",
        "3",
    )
    assert all(row["outcome"] != "passed" for row in rows(run_as_csv(run(), long_ago, "en")))


def test_unmeasured_says_what_stood_in_the_way_and_how_to_let_us_in() -> None:
    told = {row["rule"]: row for row in rows(run_as_csv(run(), {}, "vi", "unmeasured")) for row in [_english(row)]}
    assert set(told) == {"publishing.budget", "transport.ipv6"}
    assert told["transport.ipv6"]["fault"] == "nơi chạy kiểm tra không có IPv6"
    assert told["transport.ipv6"]["fix"] == "chạy từ nơi có IPv6"
    assert len(rows(run_as_csv(run(), {}, "vi", "all"))) == len(EVERY_OUTCOME)


def _english(row: dict[str, str]) -> dict[str, str]:
    return dict(zip(HEADINGS, row.values(), strict=True))


@pytest.mark.parametrize("cell", ["=1+1", "+84 24 3943", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell
    assert rows(write_csv(["a"], [[cell]]))[0]["a"].startswith("'")


def test_a_strangers_formula_reaches_no_spreadsheet() -> None:
    hostile = judgement("a.b", failed(searched=Searched((), (), Nearest("x", "=HYPERLINK()", "news"))))
    (row,) = rows(run_as_csv(run(portal_run((hostile,))), {}, "en"))
    assert row["page"] == "'=HYPERLINK()"


def test_a_cell_is_no_longer_than_a_spreadsheet_takes() -> None:
    assert len(safe_cell("=" * 100_000)) <= 32_767


def test_the_data_dictionary_is_fresh() -> None:
    written = (Path(__file__).parents[1] / "docs" / "data-dictionary.md").read_text("utf-8")
    assert written == data_dictionary(), "write it again: python -m audit.dictionary > docs/data-dictionary.md"


# --- table ------------------------------------------------------------------------------------------------


def table(told: object = None, width: int = 100, lang: str = "vi") -> str:
    return plain_text(run_as_table(told or run(), lang), width)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_its_width_and_breaks_no_word(width: int) -> None:
    text = table(width=width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    flat = " ".join(text.split())
    assert "dấu hiệu, cần người xem xét" in flat
    assert "\x1b" not in text


def test_the_table_tells_a_clerk_what_is_missing_where_and_what_to_do() -> None:
    flat = " ".join(table().split())
    for words in (
        "Cơ quan Sở Xây dựng tỉnh Lào Cai",
        "CAO Tiêu đề của identity.spokesperson",
        "Không thấy mục này (chưa đáp ứng quy định)",
        f"Ở các trang {HOME}",
        "“người phát ngôn”",
        "Người phát ngôn Bộ trả lời họp báo",
        "Bổ sung mục này",
        "Điều 3 Nghị định 244/2026/NĐ-CP",
        "nơi chạy kiểm tra không có IPv6",
    ):
        assert words in flat


def test_a_sign_is_never_called_a_breach() -> None:
    sign = run(portal_run((judgement("a.b", failed(EVIDENCE), proves="sign"),)))
    assert "chưa đáp ứng quy định" not in " ".join(table(sign).split())
    assert "vi phạm" not in json.dumps(_words(), ensure_ascii=False)


@pytest.mark.parametrize(
    "outcomes", [EVERY_OUTCOME, (), (*EVERY_OUTCOME, judgement("x.y", untested("rule_error")))]
)
def test_the_sum_counts_every_check_once(outcomes: tuple[object, ...]) -> None:
    text = " ".join(table(run(portal_run(outcomes))).split())  # type: ignore[arg-type]
    total, *parts = (int(number) for number in re.findall(r"\d+", text[text.index("Tổng:") :]))
    assert total == len(outcomes) == sum(parts)


def test_a_portal_that_could_not_be_seen_is_not_praised() -> None:
    blocked = judgement("a.b", untested("blocked"))
    text = table(run(portal_run((blocked,), state="blocked", reason="waf")))
    assert "Không thấy thiếu sót" not in text
    assert "tường lửa ứng dụng (WAF) chặn" in text


def test_the_score_is_printed_or_its_absence_explained() -> None:
    one = portal_run()
    assert "cần ít nhất 70%" in " ".join(table(run(one)).split())
    scored = replace(one, score=Score(0.75, True, 3, 1, 4, 1))
    assert (
        "75% (đạt 3 trên 4 nội dung tính điểm đã đo; 1 nội dung tính điểm chưa đo được); điểm tạm tính"
        in " ".join(table(run(scored)).split())
    )
    guessed = replace(one, portal=replace(PORTAL, kind_guessed=True, registered=False, agency=None))
    assert "phỏng đoán" in table(run(guessed))


def test_a_strangers_text_neither_colours_nor_commands_the_screen() -> None:
    hostile = replace(EVIDENCE, excerpt="[red]x[/red] \x1b[31m\x07 \u202e", url="https://a.gov.vn/[bold]")
    text = table(run(portal_run((judgement("a.b", failed(hostile)),))))
    assert "[red]x[/red]" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert clean("a\u202eb\x00 c\n\td \x85e\x1b[2J") == "a‹U+202E›b‹U+0000› c d e‹U+001B›[2J"


def test_every_reason_a_rule_gives_has_words_for_lists() -> None:
    with WORDS.open("rb") as file:
        common = tomllib.load(file)
    for reason in {*common["cantTell"], *common["untested"]} - {"otherwise"}:
        assert term("reason", reason, "vi") != reason, reason


def test_every_sentence_is_there_in_both_languages() -> None:
    for section, entries in _words().items():
        for name, entry in entries.items():
            assert set(entry) == {"vi", "en"}, f"{section}.{name}"
            fields = [set(re.findall(r"{(\w+)}", entry[lang])) for lang in ("vi", "en")]
            assert fields[0] == fields[1], f"{section}.{name}"
