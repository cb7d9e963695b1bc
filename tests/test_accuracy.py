"""The accuracy figures: counted rightly, told freshly; and the goals for the saved real pages, where they are."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from bench.accuracy import REPORT, RESULTS, comparisons, mutant_column, real_column
from bench.accuracy_report import (
    NOT_MEASURED,
    UNEXPLAINED,
    difference_reason,
    is_measured,
    report,
    share,
    survivor_reason,
    totals,
)
from bench.corpus import CORPUS
from bench.counting import Tally, by_site, tally, wilson
from bench.grafts import Graft
from bench.labelled import labelled_pages
from bench.markup import grafted, parsed, stripped, with_places
from bench.mutants import ITEMS, MUTATIONS, Result, Unfit, bearing_pages, mutated
from bench.real_pages import SavedPage
from bench.settled import read
from bench.spoiling import KINDS
from sandbox.faults import PLANTABLE
from sandbox.packing import packed

with_corpus = pytest.mark.skipif(
    not labelled_pages(), reason=f"the labelled real pages are not at hand ({CORPUS}; AUDIT_REAL_PAGES names them)"
)

PAGE = """<!DOCTYPE html><html lang="vi"><head><title>Cổng thông tin</title></head><body>
<header><img src="/banner.png" alt="Tỉnh Mẫu"><p>Cổng thông tin điện tử</p></header>
<nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/gioi-thieu">Giới thiệu chung</a></li></ul></nav>
<main><h2>Tin mới</h2><p>Khởi công khu tái định cư cho các hộ vùng sạt lở; hỗ trợ giống cây trồng vụ đông.</p>
<p>Thông báo lịch cắt điện để nâng cấp đường dây trung áp tại các xã vùng cao trong tuần tới.</p>
<form action="/tim-kiem"><input type="text" name="q" placeholder="Tìm kiếm"></form></main>
<footer><p>Bản quyền thuộc về Sở Xây dựng tỉnh Mẫu</p><p>Địa chỉ: số 1 đường 20/8</p>
<p>Điện thoại: 0214 3 840 000 - Email: sxd@tinhmau.gov.vn</p></footer></body></html>"""
URL = "https://so.tinhmau.gov.vn/"


# --- counting ----------------------------------------


def test_answers_are_counted_by_what_is_true_and_what_was_told() -> None:
    told = tally(
        [
            ("positive", "positive"),
            ("positive", "positive"),
            ("negative", "positive"),
            ("negative", "negative"),
            ("positive", "negative"),
            ("positive", "undecided"),
            ("negative", "undecided"),
            ("negative", "unbound"),
        ]
    )
    assert told == Tally(tp=2, fp=1, tn=1, fn=1, undecided_positive=1, undecided_negative=1, unbound=1)
    assert (told.precision, told.recall) == (2 / 3, 2 / 4)
    assert (told.positives, told.negatives) == (4, 3)
    assert (tally([]).precision, tally([]).recall) == (None, None)


def test_a_site_is_one_case_told_as_its_worst_page() -> None:
    assert by_site([("a", "positive", "positive")] * 3) == Tally(tp=1)
    assert by_site([("a", "positive", "positive"), ("a", "positive", "negative")]) == Tally(fn=1)
    assert by_site([("a", "positive", "positive"), ("a", "positive", "undecided")]) == Tally(undecided_positive=1)
    assert by_site([("a", "positive", "positive"), ("a", "negative", "negative")]) == Tally(tp=1, tn=1)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """The examples of R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
    interval = wilson(hits, of)
    assert interval is not None
    assert [round(end, 4) for end in interval] == [low, high]


def test_an_interval_needs_a_case() -> None:
    assert wilson(0, 0) is None
    assert share(0, 0) == "—"
    assert share(8, 10) == "8/10 = 80 % (49–94 %)"


def test_a_rule_is_measured_by_thirty_sites_ten_of_each_sort() -> None:
    assert is_measured(Tally(tp=10, tn=20), 30)
    assert not is_measured(Tally(tp=9, tn=21), 30)
    assert not is_measured(Tally(tp=15, tn=14), 29)


# --- the page that is told ----------------------------------------


@lru_cache(maxsize=1)
def _kept() -> dict[str, Any]:
    return json.loads(RESULTS.read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # our own file


def test_the_told_figures_are_those_that_were_stored() -> None:
    assert REPORT.read_text(encoding="utf-8") == report(_kept()), "run: python -m bench.accuracy"


def test_no_rule_with_too_few_real_sites_shows_a_share() -> None:
    real = report(_kept()).partition("### Quy tắc / Rules")[2].partition("###")[0]
    rows = [line for line in real.splitlines() if line.startswith("| `")]
    assert len(rows) == len(_kept()["rules"])
    assert all(row.count(NOT_MEASURED) == 2 for row in rows if int(row.split("|")[2]) < 30)


def test_every_difference_and_every_survivor_is_explained() -> None:
    kept = _kept()
    assert [
        each for each in kept["real"]["errors"] if difference_reason(each["what"], each["file"]) == UNEXPLAINED
    ] == []
    assert [e for e in kept["mutants"]["survivors"] if survivor_reason(e["rule"], e["kind"]) == UNEXPLAINED] == []


def test_every_fault_of_the_sandbox_is_planted_somewhere() -> None:
    planted = Counter(name for world in packed() for name in world)
    assert planted == Counter(PLANTABLE)


# --- spoiling ----------------------------------------


def _marked() -> str:
    page = with_places(PAGE.encode(), URL)
    assert page is not None
    return page


@lru_cache(maxsize=1)
def _told(folder: Path) -> list[Result | Unfit]:
    path = folder / "trang.html"
    path.write_text(PAGE, encoding="utf-8")
    return list(mutated(SavedPage(path, "so.tinhmau.gov.vn", "home")))


def test_what_is_put_into_a_place_stands_in_its_region() -> None:
    page = grafted(
        _marked(), {"footer": "<p>chữ ở chân</p>", "menu": "<p>chữ ở đầu</p>", "main": "<p>chữ ở thân</p>"}
    )
    regions = {line.text: line.region for line in read(page.encode(), URL).lines}
    assert regions["chữ ở chân"] == "footer"
    assert regions["chữ ở đầu"] in ("menu", "header")
    assert regions["chữ ở thân"] == "main"


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.rule)
def test_a_page_is_stripped_of_its_own_item_and_of_no_place(item: Any) -> None:
    page = stripped(_marked(), read(PAGE.encode(), URL), item.strip)
    assert page is not None
    gone = {
        "identity.footer_phone": "0214",
        "identity.footer_email": "sxd@",
        "identity.footer_names_owner": "Sở Xây dựng",
        "navigation.search_box": "Tìm kiếm",
    }
    assert gone.get(item.rule, "chữ không có") not in page


def test_there_are_kinds_enough_and_all_are_named() -> None:
    by_sort = {
        sort: {each.kind for each in MUTATIONS if each.sort == sort} for sort in ("spoilt", "decoy", "noise")
    }
    assert len(by_sort["spoilt"]) >= 12
    assert len(by_sort["decoy"] | by_sort["noise"]) >= 8
    assert set().union(*by_sort.values()) == set(KINDS)
    assert {each.rule for each in MUTATIONS} == set(ITEMS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: f"{each.rule}-{each.sort}-{each.kind}")
def test_a_mutation_changes_what_it_should(mutation: Any) -> None:
    official = ITEMS[mutation.rule].official
    changed = mutation.change(official)
    assert changed != official
    if mutation.sort == "decoy":
        assert not set(changed.pieces.values()) & set(official.pieces.values())
    if mutation.sort == "spoilt" and mutation.kind == "commented_out" and changed.pages == official.pages:
        piece = next(piece for place, piece in changed.pieces.items() if piece != official.pieces.get(place))
        assert parsed(piece).get_text().strip() == ""
    if mutation.kind == "removed":
        assert changed == Graft()


def test_a_small_page_bears_every_item_and_nobody_is_fooled(tmp_path_factory: pytest.TempPathFactory) -> None:
    told = _told(tmp_path_factory.mktemp("small"))
    assert [each for each in told if isinstance(each, Unfit)] == []
    _goals(mutant_column(told))


def _goals(column: dict[str, Any]) -> None:
    told, doubt, missed = totals(column["kinds"]["spoilt"])
    assert told + doubt >= 0.95 * (told + doubt + missed), column["survivors"]
    assert [each for each in column["survivors"] if each["sort"] != "spoilt"] == []
    unexplained = [
        each for each in column["survivors"] if survivor_reason(each["rule"], each["kind"]) == UNEXPLAINED
    ]
    assert unexplained == []


# --- the goals, on real pages ----------------------------------------


@with_corpus
def test_the_facts_of_real_pages_are_read_with_at_most_one_false_positive_and_three_misses() -> None:
    facts, rules = comparisons()
    wrong = [each for each in facts if each.is_wrong]
    assert sum(each.told == "positive" for each in wrong) <= 1, wrong
    assert sum(each.told == "negative" for each in wrong) <= 3, wrong
    assert [each for each in rules if each.is_wrong] == []
    assert [each for each in wrong if difference_reason(each.what, each.file) == UNEXPLAINED] == []


@with_corpus
def test_the_stored_figures_are_those_of_today() -> None:
    assert real_column(*comparisons()) == _kept()["real"], "run: python -m bench.accuracy"


@with_corpus
def test_spoilt_copies_of_the_smallest_page_of_three_sites_are_noticed() -> None:
    """``bench.accuracy`` spoils every page; a large one takes a minute."""
    small = sorted(bearing_pages(), key=lambda page: page.path.stat().st_size)
    pages = list({page.host: page for page in reversed(small)}.values())
    pages = sorted(pages, key=lambda page: page.path.stat().st_size)[:3]
    _goals(mutant_column(each for page in pages for each in mutated(page)))
