"""The vocabulary told, what a run proposes for it, and what a person confirms."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from audit import proposals
from audit.cli import main
from audit.judging import judge_again
from audit.proposals import Cluster, clusters
from audit_rules.address import Address
from audit_rules.facts import NetFacts, Page, Portal, Region, Surroundings, Visit
from audit_rules.judgement import Score
from audit_rules.reading import concepts, confirmed, vocabulary
from audit_rules.reading.concepts import read_concepts
from audit_rules.reading.confirmed import FILE, read_confirmed
from audit_rules.reading.data import LabelError
from audit_rules.reading.sources import read_sources, sources
from audit_rules.reading.vocabulary import CONCEPTS, PLACES, matches
from audit_rules.search import _NOT_ENTRIES
from storage.archive import Archive
from storage.records import PortalRun
from tests.reading import read
from tests.told_runs import SEEN, header

ROOT = Path(__file__).parent.parent
LABEL = '<a href="https://dx.gov.vn/nhan"><img src="https://dx.gov.vn/nhan.png" alt="Đã kết nối Hệ thống EMC"></a>'
ENTRY = """
[[confirmed]]
concept = "emc_label"
text = "Đã kết nối Hệ thống EMC"
source = "tinhmau.gov.vn, chân trang"
by = "Nguyễn Văn A"
on = 2026-11-25
"""


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)


# --- the data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_wording_says_where_it_comes_from(concept: str) -> None:
    assert concept in sources(), f"add [{concept}] to labels/sources.toml"
    assert [wording for wording in CONCEPTS[concept].accepted if not sources()[concept].of(wording)] == []


@pytest.mark.parametrize("concept", CONCEPTS)
def test_a_source_is_told_of_wordings_that_are_there(concept: str) -> None:
    told = {wording for source in sources()[concept].sources for wording in source.wordings}
    assert told <= set(CONCEPTS[concept].accepted)


def test_where_wordings_count_is_told_as_rules_have_it() -> None:
    assert set(PLACES) == set(get_args(Region)) - set(_NOT_ENTRIES)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"name": "a", "accepted": ["a"], "acepted": []}, "acepted"),
        ({"accepted": ["a"]}, "name is missing"),
        ({"name": "a", "accepted": "a"}, "accepted is"),
        ({"name": "a", "accepted": [" "]}, "accepted is"),
        ({"name": "a", "accepted": ["a"], "slack": "6"}, "slack is"),
    ],
)
def test_a_concept_that_will_not_do_is_refused_in_one_sentence(entry: dict[str, Any], told: str) -> None:
    with pytest.raises(LabelError, match=told) as error:
        read_concepts({"x": entry})
    assert str(error.value).startswith("concepts.toml [x]: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, "sources is missing"),
        ({"sources": [{"of": ["a"]}]}, "from is missing"),
        ({"sources": [{"from": "x", "off": ["a"]}]}, "off"),
        ({"sources": [{"from": "x"}], "evidence": "all"}, "evidence is 'all'"),
    ],
)
def test_a_source_that_will_not_do_is_refused_in_one_sentence(entry: dict[str, Any], told: str) -> None:
    with pytest.raises(LabelError, match=told):
        read_sources({"x": entry}, {"x": ["a"]})


def test_a_source_of_no_concept_is_refused() -> None:
    with pytest.raises(LabelError, match="no such concept"):
        read_sources({"y": {"sources": [{"from": "x"}]}}, {"x": ["a"]})


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_has_accepted_and_refused_wordings_with_places_and_sources() -> None:
    told = json.loads(ask("labels", "--concept", "contact_point", "--format", "json").stdout)
    assert {row["concept"] for row in told} == {"contact_point"}
    assert {"accepted", "near", "refused"} <= {row["use"] for row in told}
    law = next(row for row in told if row["wording"] == "đầu mối cung cấp thông tin")
    assert "104/2016" in law["source"]
    assert law["evidence"] == "contact"
    assert "menu" in law["places"]
    assert "article" not in law["places"]


def test_the_whole_list_fits_a_screen_and_a_sheet() -> None:
    table = ask("labels").stdout
    assert max(map(len, table.splitlines())) <= 100
    assert "phiếu yêu cầu cung cấp thông tin" in table
    assert "nhãn kết nối Hệ thống EMC" in table
    rows = list(
        csv.reader(io.StringIO(ask("labels", "--format", "csv", "--lang", "en").stdout.removeprefix("\ufeff")))
    )
    assert rows[0] == ["concept", "name", "use", "wording", "places", "evidence", "source"]
    assert {row[0] for row in rows[1:]} == set(CONCEPTS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("labels", "--concept", "nonsense"),
        ("labels", "nonsense"),
        ("labels", "--run", "latest"),
        ("labels", "propose"),
        ("labels", "propose", "--run", "latest"),
        ("labels", "propose", "propose", "--run", "latest"),
    ],
)
def test_bad_input_is_one_sentence(arguments: tuple[str, ...]) -> None:
    result = ask(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1
    assert list(Path().iterdir()) == []


# --- what a run proposes ------------------------------------------------------------------------------------------


def stored(host: str, html: str, main: str | None = None) -> PortalRun:
    url = f"https://{host}/"
    page = Page(url, raw=read(f"<body>{html}</body>", url))
    visit = Visit("audited", None, url, (page,), NetFacts(), started_at=SEEN, finished_at=SEEN)
    portal = Portal(host, Address(host), "commune", main_portal_id=main)
    return PortalRun(portal, visit, Surroundings(SEEN.date()), (), Score(None, True, 0, 0, 0, 0))


def archived(*portals: PortalRun) -> Archive:
    Path("data").mkdir(exist_ok=True)
    archive = Archive.open(Path("data/audit.db"))
    archive.begin(header())
    for each in portals:
        archive.save("r1", each)
    archive.close_run("r1", status="complete", finished_at=SEEN, reason=None)
    return archive


def proposed(portals: Sequence[PortalRun]) -> list[Cluster]:
    with archived(*portals) as archive:
        return list(clusters(archive, "r1"))


def found(cluster: Sequence[Cluster], kind: str, value: str) -> Cluster | None:
    return next((each for each in cluster if (each.kind, each.value) == (kind, value)), None)


def test_what_stands_in_the_footers_of_three_portals_is_proposed() -> None:
    badge = '<p>Bản quyền thuộc về UBND</p><a href="http://www.tin.vn/x/?id={0}"><img src="//a.vn/b.png"></a>'
    three = [
        stored(f"xa{n}.gov.vn", f"<footer>{badge.format(n)}</footer>", "tinh" if n else None) for n in range(3)
    ]
    clustered = proposed(three)
    text = found(clustered, "text", "ban quyen thuoc ve ubnd")
    assert text is not None
    assert (text.portals, len(text.families), text.system) == (3, 2, False)
    assert [seen.portal for seen in text.examples] == ["xa0.gov.vn", "xa1.gov.vn", "xa2.gov.vn"]
    assert found(clustered, "address", "tin.vn/x") is not None
    assert found(clustered, "picture", "a.vn/b.png") is not None


def test_two_portals_are_too_few_and_the_main_part_does_not_count() -> None:
    footer = "<footer><p>Một dòng ở chân trang</p></footer>"
    main = "<main><p>Một dòng ở phần chính</p></main>"
    assert proposed([stored(f"xa{n}.gov.vn", (footer if n else "") + main) for n in range(3)]) == []


def test_a_thing_said_on_many_pages_of_one_portal_is_seen_on_one_portal() -> None:
    footer = "<footer><p>Dòng chữ</p><p>Dòng chữ</p></footer>"
    assert proposed([stored("xa.gov.vn", footer * 3)]) == []


@pytest.mark.parametrize(
    ("html", "kind", "value"),
    [
        ("<footer><p>Đã kết nối Hệ thống EMC</p></footer>", "text", "da ket noi he thong emc"),
        (f"<footer>{LABEL}</footer>", "address", "dx.gov.vn/nhan"),
        (f"<footer>{LABEL}</footer>", "picture", "dx.gov.vn/nhan.png"),
        (f"<footer>{LABEL}</footer>", "text", "da ket noi he thong emc"),
        ('<nav><a href="https://ndp.ngsp.gov.vn/">Xem</a></nav>', "address", "ndp.ngsp.gov.vn"),
        ("<div>Hệ thống giám sát, đo lường</div>", "text", "he thong giam sat do luong"),
    ],
)
def test_what_names_the_measuring_system_is_proposed_from_one_portal(html: str, kind: str, value: str) -> None:
    cluster = found(proposed([stored("xa.gov.vn", html)]), kind, value)
    assert cluster is not None
    assert (cluster.system, cluster.portals, cluster.is_confirmed) == (True, 1, False)


def test_running_text_about_emc_and_words_that_hold_it_are_not_proposed() -> None:
    html = f"<div>{'Đo tương thích điện từ EMC. ' * 20}</div><div>Hệ thống emcee</div>"
    assert proposed([stored("xa.gov.vn", html)]) == []


def test_what_the_vocabulary_knows_is_said() -> None:
    html = '<footer><a href="https://a.gov.vn/x">Sơ đồ cổng</a><p>Dòng khác</p></footer>'
    clustered = proposed([stored(f"xa{n}.gov.vn", html) for n in range(3)])
    assert {each.value: each.known for each in clustered if each.kind == "text"} == {
        "so do cong": "sitemap_page",
        "dong khac": None,
    }


def test_the_order_is_the_system_first_then_by_number_and_the_same_each_time() -> None:
    common = "<footer><p>Dòng chung</p><p>Đã kết nối EMC</p></footer>"
    portals = [stored(f"xa{n}.gov.vn", common if n < 4 else "<footer><p>Dòng chung</p></footer>") for n in range(5)]
    portals += [stored(f"ya{n}.gov.vn", "<footer><p>An khác</p></footer>") for n in range(3)]
    clustered = proposed(portals)
    assert [(each.value, each.portals) for each in clustered] == [
        ("da ket noi emc", 4),
        ("dong chung", 5),
        ("an khac", 3),
    ]


def test_a_hostile_portal_fills_neither_memory_nor_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "_PER_PORTAL", 5)
    monkeypatch.setattr(proposals, "_GATHERED", 3)
    evil = "".join(f"<p>EMC số {n} \u202e[red]</p>" for n in range(50)) + f"<p>EMC {'x' * 5000}</p>"
    clustered = proposed([stored("xa.gov.vn", f"<footer>{evil}</footer>")])
    assert len(clustered) == 3
    assert all(len(seen.said) <= 200 for each in clustered for seen in each.examples)
    result = ask("labels", "propose", "--run", "latest")
    assert result.exit_code == 0
    assert "\u202e" not in result.stdout


def test_proposals_are_printed_with_entries_to_paste() -> None:
    archived(stored("xa.gov.vn", f"<footer>{LABEL}</footer>")).close()
    table = ask("labels", "propose", "--run", "latest").stdout
    assert "[[confirmed]]" in table
    assert 'text = "Đã kết nối Hệ thống EMC"' in table
    assert "chưa tải tệp hình" in table
    rows = json.loads(ask("labels", "propose", "--run", "r1", "--format", "json").stdout)
    assert {row["kind"] for row in rows} == {"text", "address", "picture"}
    for row in rows:
        (entry,) = tomllib.loads(row["entry"])["confirmed"]
        assert (entry["source"], entry["by"], entry["on"]) == ("", "", "")
    assert [row["value"] for row in rows if row["kind"] == "text"] == ["Đã kết nối Hệ thống EMC"]
    sheet = ask("labels", "propose", "--run", "latest", "--format", "csv", "--lang", "en").stdout
    assert sheet.startswith('\ufeff"kind","value","portals","families","names_system","known","examples"')


def test_a_run_without_proposals_says_so() -> None:
    archived(stored("xa.gov.vn", "<p>Không có gì</p>")).close()
    assert ask("labels", "propose", "--run", "latest").exit_code == 0
    assert ask("labels", "propose", "--run", "latest", "--format", "csv").exit_code == 0
    assert json.loads(ask("labels", "propose", "--run", "latest", "--format", "json").stdout) == []


# --- what a person confirms ---------------------------------------------------------------------------------------


@pytest.fixture
def confirm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def put(text: str) -> None:
        Path("confirmed.toml").write_text(text, "utf-8")
        monkeypatch.setattr(confirmed, "CONFIRMED", read_confirmed(Path("confirmed.toml")))
        concepts.index.cache_clear()
        vocabulary.matches.cache_clear()

    yield put
    monkeypatch.undo()
    concepts.index.cache_clear()
    vocabulary.matches.cache_clear()


def test_the_shipped_file_opens() -> None:
    assert read_confirmed(FILE) == confirmed.CONFIRMED


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('by = "Nguyễn Văn A"\n', "", "by is missing"),
        ('by = "Nguyễn Văn A"', 'by = ""', "by is ''"),
        ('source = "tinhmau.gov.vn, chân trang"\n', "", "source is missing"),
        ("on = 2026-11-25\n", "", "on is missing"),
        ("on = 2026-11-25", 'on = ""', "on is ''"),
        ("on = 2026-11-25", 'on = "2026-11-25"', "on is '2026-11-25'"),
        ('"emc_label"', '"emc"', "'emc' is no concept"),
        ("text =", "words =", "unknown key 'words'"),
        ('text = "Đã kết nối Hệ thống EMC"\n', "", "0 of text, address and picture"),
        ("text =", 'picture = "a.vn/b.png"\ntext =', "2 of text, address and picture"),
        ('text = "Đã kết nối Hệ thống EMC"', 'picture = "data:image/png"', "write what the portals show"),
        ("[[confirmed]]", "[[confirmed]", "cannot be read"),
        ("[[confirmed]]", "[confirm]", "unknown key 'confirm'"),
    ],
)
def test_an_entry_that_will_not_do_is_refused_in_one_sentence(old: str, new: str, what: str) -> None:
    Path("confirmed.toml").write_text(ENTRY.replace(old, new), "utf-8")
    with pytest.raises(LabelError) as error:
        read_confirmed(Path("confirmed.toml"))
    assert what in str(error.value)
    assert str(error.value).startswith("confirmed.toml")
    assert "\n" not in str(error.value)


def test_the_file_is_read_when_the_rule_book_opens_and_not_before() -> None:
    code = """
import sys, audit.cli
from audit_rules.rulebook import open_rulebook
name = "audit_rules.reading.confirmed"
before = name in sys.modules
open_rulebook()
print(before, name in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603
    assert ran.stdout.split() == ["False", "True"], "what is wrong with it could not be told in one sentence"


@pytest.mark.parametrize(
    ("given", "html", "shows"),
    [
        ('text = "Đã kết nối Hệ thống EMC"', f"<footer>{LABEL}</footer>", True),
        ('text = "Đã kết nối Hệ thống EMC"', "<footer><p>ĐÃ KẾT NỐI HỆ THỐNG EMC - 2026</p></footer>", True),
        ('text = "Đã kết nối Hệ thống EMC"', "<footer><p>Đã kết nối hệ thống</p></footer>", False),
        ('address = "http://www.dx.gov.vn/nhan/"', f"<footer>{LABEL}</footer>", True),
        ('address = "dx.gov.vn/nhan"', f"<footer>{LABEL}</footer>", True),
        ('address = "dx.gov.vn"', f"<footer>{LABEL}</footer>", False),
        ('picture = "dx.gov.vn/nhan.png"', f"<footer>{LABEL}</footer>", True),
        ('picture = "tinhmau.gov.vn/nhan.png"', '<footer><img src="/nhan.png?v=2" alt=""></footer>', True),
    ],
)
def test_a_confirmed_sample_is_seen_where_it_is_shown(confirm: Any, given: str, html: str, shows: bool) -> None:
    confirm(ENTRY.replace('text = "Đã kết nối Hệ thống EMC"', given))
    (sample,) = confirmed.confirmed("emc_label")
    assert (sample.by, sample.on) == ("Nguyễn Văn A", date(2026, 11, 25))
    assert bool(list(confirmed.shown("emc_label", read(f"<body>{html}</body>")))) is shows


def test_a_confirmed_wording_belongs_to_the_vocabulary(confirm: Any) -> None:
    text = "Góc thông tin công dân"
    assert "information_section" not in [each.concept for each in matches(text)]
    confirm(ENTRY.replace('"emc_label"', '"information_section"').replace("Đã kết nối Hệ thống EMC", text))
    assert [each.concept for each in matches(text.upper()) if each.why_not is None] == ["information_section"]
    rows = json.loads(ask("labels", "--concept", "information_section", "--format", "json").stdout)
    assert [row["source"] for row in rows if row["use"] == "confirmed_text"] == [
        "tinhmau.gov.vn, chân trang; Nguyễn Văn A, 2026-11-25"
    ]


def test_what_was_confirmed_is_known_to_the_next_proposal(confirm: Any) -> None:
    portal = stored("xa.gov.vn", f"<footer>{LABEL}</footer>")
    confirm(ENTRY)
    assert {each.kind: each.is_confirmed for each in proposed([portal])} == {
        "text": True,
        "address": False,
        "picture": False,
    }
    assert "Nguyễn Văn A" in ask("labels", "--concept", "emc_label").stdout


HOME = """<header><h1>UBND xã {0}</h1></header><nav><a href="/a">Giới thiệu</a><a href="/b">Tin tức</a></nav>
<main><p>{1}</p></main><footer><p>Bản quyền thuộc về Ủy ban nhân dân xã {0}</p>{2}</footer>"""


def test_an_old_run_judged_again_is_decided_once_a_sample_was_confirmed(confirm: Any) -> None:
    text = "Cổng đã đấu nối nền tảng đo lường quốc gia"
    homes = {"co": f"<p>{text}</p>", "khong": ""}
    rule = "measurement.emc_label_shown"
    seen = [
        stored(f"{name}.gov.vn", HOME.format(name, "Lời nói đầu. " * 30, label)) for name, label in homes.items()
    ]
    with archived(*seen) as archive:

        def judged() -> dict[str, tuple[str, str | None]]:
            again = judge_again("r1", archive)
            return {
                each.portal.id: (one.verdict.outcome, one.verdict.reason)
                for each in again.portals
                for one in each.judgements
                if one.rule == rule
            }

        unsure = ("cantTell", "needs_review")
        assert judged() == {"co.gov.vn": unsure, "khong.gov.vn": unsure}
        confirm(ENTRY.replace("Đã kết nối Hệ thống EMC", text))
        assert judged() == {"co.gov.vn": ("passed", None), "khong.gov.vn": ("failed", None)}
