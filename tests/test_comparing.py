"""What the dashboard compares: whose results are ranked for whom, worked out once, the same as the commands say; in
pages, API and open data."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser

from audit.cli import main
from audit.figures.shown import heir, under_bodies
from audit.registry.registry import Registry
from audit.web import comparing as comparing_module
from audit.web import views as views_module
from audit.web.api.app import make_api
from audit.web.api.comparing import ranking_rows
from audit.web.asked import Question
from audit.web.links import Links
from audit.web.pages import NoSuchPage, Reader, html, question_of
from audit.web.shapes import Audience
from audit.web.site import writing
from audit.web.site.writing import write_site
from audit.web.views import Views
from storage.archive import Archive
from storage.figures import Figures
from storage.opinions import Withdrawal
from storage.rounds import Rounds
from tests.served import Served, served
from tests.shown_compared import CONTACT, SPAM_RULE, VISITS, approve, figure, take_figures, two_rounds, weighed
from tests.shown_land import fill, small_country


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return small_country(tmp_path / "registry")


def of(archive: Archive, registry: Registry, audience: Audience = "internal") -> Views:
    return Views(archive, registry, audience=audience)


def text(views: Views, kind: str, *ids: str, lang: str = "vi", **asked: str) -> str:
    """What a page says, with its blanks folded."""
    page = html(Reader(views, Links(lang)), kind, ids, question_of(kind, asked))  # type: ignore[arg-type]
    found = LexborHTMLParser(page).css_first("main")
    assert found is not None
    return " ".join(found.text(separator=" ").split())


# --- whose results ------------------------------------------------------------------------------------------------


def test_the_newest_approved_round_is_ranked_and_the_public_has_no_other(
    archive: Archive, registry: Registry
) -> None:
    portals = registry.portals
    assert of(archive, registry).comparing.ranked() is None
    assert "Chưa có đợt đánh giá hay lần kiểm tra nào" in text(of(archive, registry), "rankings")
    fill(archive, registry)

    def source(audience: Audience) -> str | None:
        told = of(archive, registry, audience).comparing.ranked()
        return told.results.source.id if told is not None else None

    assert (source("internal"), source("public")) == ("n2", None)
    for kind in ("rankings", "rates"):
        assert "Chưa có đợt đánh giá nào được phê duyệt" in text(of(archive, registry, "public"), kind)
    approve(archive, "mo", [], days=10, until="open")
    assert (source("internal"), source("public")) == ("n2", None), "nothing of an open round is frozen"
    assert "Đợt mo đang mở" in text(of(archive, registry), "rankings")
    assert "mo đang mở" not in text(of(archive, registry, "public"), "rankings")
    approve(archive, "dong", [weighed(portals["hue"], "ppp")], days=1, until="closed")
    assert (source("internal"), source("public")) == ("dong", None)
    assert "đã đóng, chờ phê duyệt" in text(of(archive, registry), "rankings")
    approve(archive, "duyet", [weighed(portals["hue"], "ppp")])
    assert (source("internal"), source("public")) == ("duyet", "duyet")


def test_a_night_is_compared_with_the_night_before(archive: Archive, registry: Registry) -> None:
    fill(archive, registry)
    views = of(archive, registry)
    told = views.comparing.ranked()
    assert told is not None
    assert told.ranking.before is not None
    assert (told.ranking.source.id, told.ranking.before.id) == ("n2", "n1")
    assert "Bảng nội bộ, không công bố" in text(views, "rankings")
    assert "Lần kiểm tra n2" in text(views, "rankings")


def test_ranks_are_those_of_the_command(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with Archive.open(tmp_path / "data" / "audit.db") as archive:
        fill(archive, registry)
        two_rounds(archive, registry)
        rows = list(ranking_rows(of(archive, registry, "public"), "vi"))
    for words in ((), ("headings",)):
        done = CliRunner().invoke(main, ["rank", *words, "--data", str(tmp_path / "data"), "--format", "json"])
        assert done.exit_code == 0, done.output
        wanted = [row for row in rows if (row["heading"] is None) == (not words)]
        assert json.loads(done.stdout) == json.loads(json.dumps(wanted))
    assert {row["source"] for row in rows} == {"2026-q2"}


def test_a_portal_that_nobody_confirmed_is_named_to_the_public_and_nothing_more(
    archive: Archive, registry: Registry
) -> None:
    two_rounds(archive, registry)
    (row,) = [
        row for row in ranking_rows(of(archive, registry, "public"), "vi", Question()) if row["portal_id"] == "so-3"
    ]
    assert (row["why"], row["rank"], row["passed"], row["measured"]) == ("registry_unconfirmed", None, 0, 0)


def test_nobodys_rank_tells_of_what_is_embargoed(archive: Archive, registry: Registry, tmp_path: Path) -> None:
    """Rounds and nights that differ in nothing but planted spam are told alike, to those inside too."""
    with Archive.open(tmp_path / "clean.db") as clean:
        for one, spam in ((archive, True), (clean, False)):
            fill(one, registry, spam=spam)
        assert _told(of(archive, registry)) == _told(of(clean, registry))
        for one, spam in ((archive, True), (clean, False)):
            approve(one, "q", [weighed(each, "ppf", spam=spam) for each in registry.portals.values()])
        for audience in ("internal", "public"):
            wicked, fair = of(archive, registry, audience), of(clean, registry, audience)  # type: ignore[arg-type]
            assert _told(wicked) == _told(fair)
            assert SPAM_RULE not in {one.rule for one in wicked.comparing.by_rule()}


def _told(views: Views) -> list[str]:
    return [text(views, kind) for kind in ("rankings", "rates")] + [text(views, "ranking", "province")]


# --- once for a state of the data ---------------------------------------------------------------------------------


def test_results_are_worked_out_once_whoever_asks(
    archive: Archive, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_rounds(archive, registry)
    made: list[int] = []
    ranking = comparing_module.ranking
    monkeypatch.setattr(comparing_module, "ranking", lambda *told, **more: made.append(1) or ranking(*told, **more))
    monkeypatch.setattr(views_module, "CHECK_SECONDS", 0.0)
    views = of(archive, registry)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: views.comparing.ranked(), range(20)))
    assert len(made) == 1
    assert len({id(each) for each in told}) == 1
    before = views.shown().version
    take_figures(archive)
    views.shown()
    assert views.waited().shown().version != before, "figures that were taken in are news"
    assert views.comparing.ranked() is told[0], "an approved round is not read again for them"
    assert views.comparing.surveys()
    Figures(archive.database).withdraw(
        f"sl-hue-{VISITS}", Withdrawal(datetime(2026, 8, 1, tzinfo=UTC), "A", "nhầm")
    )
    views.shown()
    assert "chưa gắn mã" not in text(views.waited(), "figures")


def test_a_round_that_is_approved_takes_the_place_of_the_night(
    archive: Archive, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(archive, registry, nights=1)
    monkeypatch.setattr(views_module, "CHECK_SECONDS", 0.0)
    views = of(archive, registry)
    approve(archive, "q", [weighed(registry.portals["hue"], "ppp")], until="closed")
    views.shown()
    told = views.waited().comparing.ranked()
    assert told is not None
    assert told.results.source.status == "closed"
    Rounds(archive.database).approve("q", datetime(2026, 8, 1, tzinfo=UTC), "B", "16/QĐ")
    views.shown()
    told = views.waited().comparing.ranked()
    assert told is not None
    assert (told.results.source.status, told.results.source.document_no) == ("approved", "16/QĐ")


# --- figures ------------------------------------------------------------------------------------------------------


def test_figures_stand_under_the_body_of_today_as_whose_they_are(archive: Archive, registry: Registry) -> None:
    Figures(archive.database).take([figure("khong-con", "Cơ quan lạ")])
    take_figures(archive)
    told = under_bodies(archive, registry, date(2026, 7, 15))
    assert [(one.agency.id if one.agency else None, one.name) for one in told] == [
        (None, "CẢ NƯỚC"),
        (None, "Cơ quan lạ"),
        (None, "UBND CẤP TỈNH"),
        ("lao-cai", "UBND tỉnh Lào Cai"),
        ("hue", "UBND thành phố Huế"),
    ]
    assert [(each.figure.agency_id, each.of("vi")) for each in told[3].figures] == [
        ("lao-cai", ""),
        ("yen-bai", "của UBND tỉnh Yên Bái, trước sắp xếp"),
    ]
    before = under_bodies(archive, registry, date(2025, 6, 30))
    assert [one.agency.id for one in before if one.agency] == ["lao-cai", "yen-bai", "hue"]
    assert heir(registry, registry.agencies["yen-bai"], date(2025, 7, 1)).id == "lao-cai"


def test_the_page_of_figures_is_filtered_and_says_why_there_is_none(archive: Archive, registry: Registry) -> None:
    take_figures(archive)
    views = of(archive, registry, "public")
    whole = text(views, "figures")
    for words in ("không có số liệu: chưa gắn mã", "hạng 3/63", "chưa chắc: chưa rõ kỳ", "khảo sát IPS/VDCA"):
        assert words in whole
    assert "của UBND tỉnh Yên Bái, trước sắp xếp" in whole
    assert "Số liệu chính thức về cơ quan" in text(views, "agency", "hue")
    assert "Số liệu chính thức về cơ quan" not in text(views, "agency", "bo-a")
    one = text(views, "figures", agency="hue")
    assert "chưa gắn mã" in one
    assert "hạng 3/63" not in one
    assert "9,5 %" in text(views, "figures", metric="cong_khai_dau_moi_cung_cap_thong_tin")
    assert "Ông Lê" not in whole, "which clerk took a figure in is nobody's business"


def test_the_comparison_is_for_those_inside_alone(archive: Archive, registry: Registry) -> None:
    fill(archive, registry)
    take_figures(archive)
    inside, outside = of(archive, registry), of(archive, registry, "public")
    told = text(inside, "comparison")
    assert "Mã EMC đang hoạt động trên cổng, số liệu công bố nói không có dữ liệu (1)" in told
    assert "Khác nhau chưa phải là thiếu sót của ai" in told
    assert outside.comparing.beside() is None
    with pytest.raises(NoSuchPage):
        text(outside, "comparison")
    assert "/comparison" in html(Reader(inside, Links("vi")), "figures")
    assert "/comparison" not in html(Reader(outside, Links("vi")), "figures")


# --- pages --------------------------------------------------------------------------------------------------------


def test_a_page_of_rankings_says_what_made_it_and_never_mixes_kinds(archive: Archive, registry: Registry) -> None:
    two_rounds(archive, registry)
    views = of(archive, registry, "public")
    page = LexborHTMLParser(html(Reader(views, Links("vi")), "rankings"))
    main = page.css_first("main")
    assert main is not None
    said = " ".join(main.text(separator=" ").split())
    for words in (
        "2026-q2",
        "15/QĐ-X",
        "rules-1",
        "15/07/2026",
        "Thay đổi so với 2026-q1",
        "Bảng so sánh công khai",
    ):
        assert words in said
    sections = {node.attributes["aria-labelledby"]: node for node in page.css("main section")}
    assert list(sections) == ["ministry", "province", "department", "headings"]
    assert [len(each.css("tbody tr")) for each in sections["province"].css("table")] == [2]
    first, last = sections["department"].css("table")
    ranks = [[node.text() for node in table.css(".rank")] for table in (first, last)]
    assert ranks[0][0] == "1"
    assert int(ranks[1][0]) == max(int(each) for each in ranks[1]), "the lowest first"
    for table in page.css("main table"):
        assert table.css_first("caption") is not None
        assert all(each.attributes.get("scope") for each in table.css("th"))


def test_changes_and_bands_are_told_to_who_sees_no_signs_too(archive: Archive, registry: Registry) -> None:
    two_rounds(archive, registry)
    told = text(of(archive, registry, "public"), "ranking", "province")
    assert "▲" not in told or "lên 1 hạng" in told
    assert "0,600" in told
    assert "0,500–0,667" in told
    with pytest.raises(NoSuchPage):
        text(of(archive, registry, "public"), "ranking", "archive")


def test_a_long_ranking_comes_in_pages_and_is_searched_without_accents(
    archive: Archive, registry: Registry
) -> None:
    two_rounds(archive, registry)
    views = of(archive, registry)
    told = text(views, "ranking", "department", q="phong so 7")
    assert "phong7.laocai.gov.vn" in told
    assert "phong8.laocai.gov.vn" not in told
    pages = [text(views, "ranking", "department", size="10", page=str(number)) for number in (1, 2)]
    assert ["phong1.laocai.gov.vn" in each for each in pages] == [False, True]
    assert "Chưa xếp hạng (không phải là xếp cuối)" in text(views, "ranking", "ministry")


def test_many_of_one_rank_do_not_fill_the_page_of_all_kinds(archive: Archive, registry: Registry) -> None:
    from audit.web.ranking_pages import MOST
    from tests.shown_compared import departments

    approve(archive, "q", [weighed(each, "ppp") for each in departments(60)])
    told = text(of(archive, registry), "rankings")
    assert told.count("laocai.gov.vn") == MOST
    assert f"và {60 - MOST} cổng khác cùng chỉ số" in told


def test_rates_stand_beside_the_survey_and_name_whom_nothing_is_known_of(
    archive: Archive, registry: Registry
) -> None:
    two_rounds(archive, registry)
    take_figures(archive)
    told = text(of(archive, registry, "public"), "rates")
    assert "9,5 % (2025)" in told
    assert "9,5 % của UBND CẤP TỈNH (2025; khảo sát IPS/VDCA)" in told
    assert "chưa đo được cơ quan nào (1 chưa rõ)" in told
    assert "Bộ A (" in told
    assert "quy tắc chưa công bố, không nêu ở bảng công khai" in told
    assert "quy tắc chưa công bố" not in text(of(archive, registry), "rates")


# --- API and open data --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory, made_once: Path) -> tuple[Path, Registry]:
    folder = tmp_path_factory.mktemp("compared")
    path, registry = folder / "audit.db", small_country(folder / "registry")
    path.write_bytes(made_once.read_bytes())
    with Archive.open(path) as archive:
        fill(archive, registry)
        two_rounds(archive, registry)
        take_figures(archive)
    return path, registry


def test_the_api_answers_with_numbers_in_pages(land: tuple[Path, Registry]) -> None:
    path, registry = land
    with Archive.open(path) as archive, served(make_api(of(archive, registry))) as api:
        told = api.ask("/rankings?kind=province&lang=en").json
        assert [(each["portal_id"], each["rank"], each["index"]) for each in told["items"]] == [
            ("lao-cai", 1, 0.7143),
            ("hue", 2, 0.5),
        ]
        assert told["items"][1]["provisional"] is True
        assert told["items"][0]["agency"] == "People's Committee of Lao Cai"
        by_heading = api.ask("/rankings?kind=province&group=speed").json["items"]
        assert {each["heading"] for each in by_heading} == {"speed"}
        assert api.ask("/rankings?size=4").json["pages"] == 5
        rate = api.ask(f"/rates?kind=province&rule={CONTACT}").json["items"]
        assert [(each["share"], each["n"], each["survey_value"]) for each in rate] == [(0.5, 2, "9.5")]
        figures = api.ask("/figures?agency=lao-cai").json["items"]
        assert [(each["agency_id"], each["under_id"]) for each in figures] == [
            ("lao-cai", "lao-cai"),
            ("yen-bai", "lao-cai"),
        ]
        assert api.ask(f"/figures?metric={VISITS}").json["total"] == 4
        compared = api.ask("/comparison?agency=hue").json["items"]
        assert [(each["result"], each["old"], each["source_run"]) for each in compared] == [
            ("code_without_data", True, "n2")
        ]
        tag = api.ask("/rankings").headers["etag"]
        assert api.ask("/rankings", headers={"If-None-Match": tag}).status == 304
        assert api.ask("/rankings?group=colour").status == 400
        assert api.ask("/rates?province=hue").status == 400


def test_the_public_api_has_no_comparison_and_published_rules_alone(land: tuple[Path, Registry]) -> None:
    path, registry = land
    with Archive.open(path) as archive, served(make_api(of(archive, registry, "public"))) as api:
        assert api.ask("/comparison").status == 404
        assert set(api.ask("/").json["links"]) >= {"rankings", "rates", "figures"}
        assert "comparison" not in api.ask("/").json["links"]
        assert not any(each["provisional"] for each in _all(api, "/rankings"))
        stages = {each["rule"]: each["stage"] for each in _all(api, "/rates")}
        assert stages["identity.spokesperson"] is None
        assert set(stages.values()) == {None, "published"}
        assert not {"taken_by", "taken_at", "file", "line"} & set(api.ask("/figures").json["items"][0])


def _all(api: Served, path: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = api.ask(f"{path}?size=200").json["items"]
    return items


def test_open_data_holds_rankings_rates_and_figures(
    land: tuple[Path, Registry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_write_pages", lambda *_: 1)
    path, registry = land
    with Archive.open(path) as archive:
        for audience in ("public", "internal"):
            write_site(of(archive, registry, audience), tmp_path / audience, lambda *_: None)  # type: ignore[arg-type]
    data = tmp_path / "public" / "data"
    rows = list(csv.DictReader((data / "rankings.csv").read_text("utf-8-sig").splitlines()))
    assert {row["heading"] for row in rows} == {
        "",
        "connection",
        "structure",
        "data",
        "domain",
        "speed",
        "security",
    }
    assert {(row["source"], row["rules_version"], row["law_day"], row["nights"]) for row in rows} == {
        ("2026-q2", "rules-1", "2026-07-15", "n0 | n2")
    }
    rates = list(csv.DictReader((data / "rates.csv").read_text("utf-8-sig").splitlines()))
    assert {row["survey_value"] for row in rates if row["kind"] == "province"} == {"", "9.5"}
    package = json.loads((data / "datapackage.json").read_text("utf-8"))
    named = {each["name"]: each for each in package["resources"]}
    assert {"rankings", "rates", "figures"} <= set(named)
    kinds = {each["name"]: each["type"] for each in named["rankings"]["schema"]["fields"]}
    assert (kinds["index"], kinds["rank"], kinds["nights"], kinds["law_day"]) == (
        *("number", "integer", "string", "date"),
    )
    assert not (data / "comparison.csv").exists()
    assert (tmp_path / "internal" / "data" / "comparison.csv").is_file()


def test_the_site_has_a_page_for_each_kind_and_the_public_one_no_comparison(
    land: tuple[Path, Registry], tmp_path: Path
) -> None:
    path, registry = land
    with Archive.open(path) as archive:
        write_site(of(archive, registry, "public"), tmp_path / "site", lambda *_: None)
    names = {str(each.relative_to(tmp_path / "site")) for each in (tmp_path / "site").rglob("*.html")}
    assert {
        "rankings.html",
        "rankings/province.html",
        "en/rankings/department.html",
        "rates.html",
        "figures.html",
    } <= names
    assert not any("comparison" in each for each in names)
    page = (tmp_path / "site" / "rankings" / "province.html").read_text("utf-8")
    assert 'href="../portals/lao-cai.html"' in page
    assert "<form" not in page
