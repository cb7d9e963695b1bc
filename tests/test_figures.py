"""Official figures: taken whole or refused whole, kept under the body of their day, compared and never added up."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audit.cli import main
from audit.figures.compared import Compared, compared, official
from audit.figures.periods import read_period
from audit.figures.reading import BUNDLED, COLUMNS, read_figures
from audit.figures.shown import figures_of
from audit.figures.survey import survey_of, surveyed
from audit.ranking.rates import Rate
from audit.registry.files import AGENCY_HEADING, PORTAL_HEADING, read_registry
from audit.registry.registry import Registry
from audit.spreadsheet import FileRefused
from audit_rules.facts import Portal
from audit_rules.judgement import Judgement
from audit_rules.verdict import Verdict, cant_tell, failed, passed
from storage.archive import Archive
from storage.figures import Figure, Figures, FiguresDiffer
from storage.opinions import AlreadyWithdrawn, UnknownOpinion, Withdrawal
from storage.records import PortalRun
from tests.told_runs import EVIDENCE, SEEN, header, judgement, portal_run

TODAY = date(2026, 7, 15)
AT = datetime(2026, 7, 1, tzinfo=UTC)
AGENCIES = f"""{AGENCY_HEADING}
cu,Ủy ban nhân dân tỉnh Cũ,Old province,province,,Tỉnh Cũ,,2025-06-30,moi,,
goc,Ủy ban nhân dân tỉnh Gốc,Root province,province,,Tỉnh Gốc,,2025-06-30,moi,,
moi,Ủy ban nhân dân tỉnh Mới,New province,province,,,2025-07-01,,,,
truoc,Ủy ban nhân dân tỉnh Một,,province,,,,2024-12-31,giua,,
giua,Ủy ban nhân dân thành phố Một,,province,,,2025-01-01,2025-06-30,sau,,
sau,Ủy ban nhân dân thành phố Một,,province,,,2025-07-01,,,,
dai,Đài Truyền hình,,ministry,,Đài TH,,,,,
"""
PORTALS = f"""{PORTAL_HEADING}
moi,moi,province,moi.gov.vn,,,active,,,,,,
sau,sau,province,sau.gov.vn,,,active,,,,,,
dai,dai,ministry,dai.gov.vn,,,active,,,,,,
dai-dvc,dai,service,dichvucong.dai.gov.vn,,dai,active,A,2026-01-01,x,,,
"""
HEADING = "agency,agency_id,period,metric,value,rank,unit,coverage,absent,source,confidence,notes"
EMC = "cong_ttdt_luot_truy_cap_emc"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("danh-ba")
    (made / "agencies.csv").write_text(AGENCIES, "utf-8")
    (made / "portals.csv").write_text(PORTALS, "utf-8")
    return made


@pytest.fixture(scope="module")
def registry(folder: Path) -> Registry:
    return read_registry(folder)


def line(**cells: str) -> str:
    given = {
        **dict.fromkeys(COLUMNS, ""),
        "agency": "Đài Truyền hình",
        "agency_id": "dai",
        "period": "2025",
        "metric": EMC,
        "value": "12",
        "unit": "lượt",
        "source": "báo cáo",
        **cells,
    }
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow([given[name] for name in COLUMNS])
    return text.getvalue()


def read(
    path: Path, registry: Registry, *lines: str, heading: str = HEADING, encoding: str = "utf-8"
) -> list[Figure]:
    file = path / "so-lieu.csv"
    file.write_bytes("\n".join([heading, *lines, ""]).encode(encoding))
    return list(read_figures(file, registry, by="A", at=AT, today=TODAY).figures)


# --- a file -----------------------------------------------------------------------------------------------


def test_the_first_batch_is_whole_and_each_figure_is_of_the_body_of_its_day() -> None:
    country = read_registry(None)
    told = read_figures(BUNDLED, country, by="", at=AT, today=TODAY)
    assert (len(told.figures), told.moved, told.unnamed) == (186, (), ())
    for one in told.figures:
        if one.agency_id is not None:
            body = country.agencies[one.agency_id]
            assert body.valid_from is None or body.valid_from <= one.last_day
            assert body.valid_to is None or one.first_day <= body.valid_to
    survey = {(one.body, one.metric): one.value for one in told.figures if one.coverage == "khảo sát IPS/VDCA"}
    assert survey["CƠ QUAN TRUNG ƯƠNG", "cong_khai_dau_moi_cung_cap_thong_tin"] == "48.1"
    assert survey["UBND CẤP TỈNH", "cong_khai_quy_che_cung_cap_thong_tin"] == "3.2"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2018-Q1", "2018-01-01", "2018-03-31"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("12/2024", "2024-12-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-01-01/2024-06-30", "2024-01-01", "2024-06-30"),
        ("2024-05-06", "2024-05-06", "2024-05-06"),
        ("2018-07 (bản lưu)", "2018-07-01", "2018-07-31"),
    ],
)
def test_periods(text: str, first: str, last: str) -> None:
    assert read_period(text) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "năm 2024", "2024-13", "2024-Q5", "24", "2024-06-30/2024-01-01", "2024/2025", "2024-02-30"]
)
def test_what_is_no_period(text: str) -> None:
    assert read_period(text) is None


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"value": "83,49"}, "không rõ"),
        ({"value": "1.488.000"}, "không rõ"),
        ({"value": "15.3 hoặc 153", "confidence": "high"}, "không rõ"),
        ({"value": "12 triệu"}, "không rõ"),
        ({"value": "101", "unit": "%"}, "ngoài khoảng 0 đến 100"),
        ({"value": "93.5", "unit": "chỉ số 0-1; hạng/63"}, "ngoài khoảng 0 đến 1"),
        ({"rank": "64", "unit": "hạng/63"}, "lớn hơn 63"),
        ({"rank": "thứ ba"}, "hạng"),
        ({"value": ""}, "lý do không có số liệu"),
        ({"absent": "chưa gắn mã"}, "vừa có giá trị vừa có lý do"),
        ({"confidence": "chắc"}, "độ tin cậy"),
        ({"period": "quý một"}, "kỳ"),
        ({"period": "2027"}, "chưa đến"),
        ({"metric": "Lượt"}, "chỉ tiêu"),
        ({"metric": ""}, "thiếu metric"),
        ({"source": ""}, "thiếu source"),
        ({"agency": ""}, "thiếu agency"),
        ({"agency_id": "khong-co"}, "không có trong agencies.csv"),
        ({"agency_id": "", "agency": "Bộ Nào đó"}, "chưa rõ"),
        ({"agency_id": "cu", "period": "2026"}, "không còn trong kỳ"),
        ({"agency_id": "moi", "period": "2024"}, "một trong: cu, goc"),
        ({"notes": "x" * 2001}, "quá dài"),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_is_taken(
    tmp_path: Path, registry: Registry, cells: dict[str, str], said: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, registry, line(period="2023"), line(**cells))
    told = str(refused.value).splitlines()
    assert len(told) == 1
    assert told[0].startswith("dòng 3: ")
    assert said in told[0]
    assert " / line 3: " in told[0]


@pytest.mark.parametrize(
    "cells",
    [
        {"value": "<10", "unit": "%"},
        {"value": "không", "unit": "có/không"},
        {"value": "tốt"},
        {"value": "", "rank": "bottom5"},
        {"value": "", "absent": "ngắt kết nối do nâng cấp"},
        {"value": "không", "absent": "chưa gắn mã EMC"},
        {"value": "15.3 hoặc 153", "confidence": "low"},
        {"value": "0"},
        {"agency": "CẢ NƯỚC", "agency_id": ""},
    ],
)
def test_what_may_be_said(tmp_path: Path, registry: Registry, cells: dict[str, str]) -> None:
    (one,) = read(tmp_path, registry, line(**cells))
    assert one.value == cells.get("value", "12")


def test_every_fault_is_told_at_once(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, registry, line(value="83,49", period="x"), line(rank="y"), line(period="2023"))
    assert [each.partition(":")[0] for each in str(refused.value).splitlines()] == ["dòng 2", "dòng 2", "dòng 3"]


def test_one_figure_stands_once_in_a_file(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(FileRefused, match="đã có ở dòng 2"):
        read(tmp_path, registry, line(period="2018-07"), line(period="2018-07 (bản lưu)", source="nơi khác"))


def test_a_figure_goes_to_the_one_body_that_existed_in_its_period(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "a").mkdir()
    told = read(
        tmp_path,
        registry,
        line(agency="Một", agency_id="sau", period="2024"),
        line(agency="Một", agency_id="sau", period="2025-03"),
        line(agency="Một", agency_id="sau", period="2025-08"),
        line(agency="Tỉnh Gốc", agency_id="", period="2024"),
        line(agency="Đài TH", agency_id="", period="2024"),
    )
    assert [one.agency_id for one in told] == ["truoc", "giua", "sau", "goc", "dai"]
    assert told[0].body == "Một", "the name stays as it was printed"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_a_spreadsheet_makes_of_a_file_is_read(
    tmp_path: Path, registry: Registry, encoding: str, delimiter: str
) -> None:
    heading = delimiter.join(vi.capitalize() for vi in COLUMNS.values())
    cells = [*["Đài Truyền hình", "dai", "12/2024"], EMC, "12", "", "lượt", "toàn cổng", "", "báo cáo", "", ""]
    (one,) = read(tmp_path, registry, delimiter.join(cells), heading=heading, encoding=encoding)
    assert (one.agency_id, one.coverage, one.number) == ("dai", "toàn cổng", 12.0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a,b\n1,2\n", "agency, period, metric, source"),
        ("agency,period,metric,source\nĐài".encode("cp1258", "replace") + b"\xff", "UTF-8"),
        (b"PK\x03\x04", "sổ tính"),
        (b"", "agency, period, metric, source"),
    ],
)
def test_what_is_no_file_of_figures(tmp_path: Path, registry: Registry, data: bytes, said: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(data)
    with pytest.raises(FileRefused, match=said):
        read_figures(file, registry, by="", at=AT, today=TODAY)


# --- kept -------------------------------------------------------------------------------------------------


def test_a_figure_is_kept_once_and_another_one_of_the_same_is_refused(
    archive: Archive, tmp_path: Path, registry: Registry
) -> None:
    store = Figures(archive.database)
    first = read(tmp_path, registry, line(), line(period="2024"))
    assert store.take(first) == 2
    again = read(tmp_path, registry, line(source="nơi khác", notes="ghi chú khác"), line(period="2023"))
    assert store.take(again) == 1, "the same number, wherever it was printed, is the same figure"
    with pytest.raises(FiguresDiffer) as differ:
        store.take(read(tmp_path, registry, line(value="13"), line(period="2022")))
    assert [(new.value, old.value) for new, old in differ.value.pairs] == [("13", "12")]
    assert [one.period for one in store.all()] == ["2023", "2024", "2025"], "all or none"


def test_a_withdrawn_figure_makes_room_and_stays_readable(
    archive: Archive, tmp_path: Path, registry: Registry
) -> None:
    store = Figures(archive.database)
    store.take(read(tmp_path, registry, line()))
    (one,) = store.all()
    taken_back = store.withdraw(one.id, Withdrawal(AT, "B", "nhầm dấu phẩy"))
    assert taken_back.withdrawn == Withdrawal(AT, "B", "nhầm dấu phẩy")
    assert store.all() == []
    with pytest.raises(AlreadyWithdrawn):
        store.withdraw(one.id, Withdrawal(AT, "B", "x"))
    with pytest.raises(UnknownOpinion):
        store.withdraw("sl-0", Withdrawal(AT, "B", "x"))
    assert store.take(read(tmp_path, registry, line(value="13"))) == 1
    assert sorted(one.value for one in store.all(withdrawn=True)) == ["12", "13"]
    store.withdraw(store.all()[0].id, Withdrawal(AT, "B", "y"))
    assert store.all() == [], "several may have been withdrawn of one place"


def test_a_successor_shows_the_figures_of_its_predecessors_as_theirs(
    archive: Archive, tmp_path: Path, registry: Registry
) -> None:
    lines = [line(agency="x", agency_id=id_, period="2024", value="5") for id_ in ("cu", "goc")]
    own = line(agency="x", agency_id="moi", period="2025-08", value="7")
    Figures(archive.database).take(read(tmp_path, registry, *lines, own))
    told = figures_of(archive, registry, "moi", TODAY)
    assert [(each.figure.value, each.of("vi")) for each in told] == [
        ("7", ""),
        ("5", "của Ủy ban nhân dân tỉnh Cũ, trước sắp xếp"),
        ("5", "của Ủy ban nhân dân tỉnh Gốc, trước sắp xếp"),
    ]
    assert [each.figure.value for each in figures_of(archive, registry, "cu", TODAY)] == ["5"]
    assert len(figures_of(archive, registry, "sau", TODAY)) == 0


def test_the_whole_line_of_predecessors_is_shown(archive: Archive, tmp_path: Path, registry: Registry) -> None:
    Figures(archive.database).take(read(tmp_path, registry, line(agency="x", agency_id="sau", period="2024")))
    (one,) = figures_of(archive, registry, "sau", TODAY)
    assert one.former is not None
    assert one.former.id == "truoc"


def test_the_survey_stands_beside_the_rate_of_the_same_question_and_kind(archive: Archive, tmp_path: Path) -> None:
    country = read_registry(None)
    Figures(archive.database).take(read_figures(BUNDLED, country, by="", at=AT, today=TODAY).figures)
    told = surveyed(archive)
    values = {
        (rule, kind): (
            found.value if (found := survey_of(Rate(rule, kind, "trial", (), (), (), 0), told)) else None
        )
        for rule in ("disclosure.contact_point", "disclosure.regulation", "identity.spokesperson")
        for kind in ("ministry", "province", "department")
    }
    assert {key: value for key, value in values.items() if value} == {
        ("disclosure.contact_point", "ministry"): "48.1",
        ("disclosure.contact_point", "province"): "9.5",
        ("disclosure.regulation", "ministry"): "40.7",
        ("disclosure.regulation", "province"): "3.2",
    }


# --- compared ---------------------------------------------------------------------------------------------

LIVE: tuple[Verdict, Verdict] = (passed(EVIDENCE, site_id="1234"), passed(EVIDENCE))
SILENT = (LIVE[0], failed(EVIDENCE))
ABSENT = (failed(state="absent"), cant_tell("not_rendered"))
UNKNOWN = (cant_tell("blocked"), cant_tell("blocked"))
NO_BEACON_SEEN = (LIVE[0], cant_tell("seen_once"))


def looked(portal: Portal, verdicts: tuple[Verdict, Verdict], count: int | None = None) -> PortalRun:
    code, beacon = verdicts
    items: list[Judgement] = [
        judgement("measurement.emc_code_present", code),
        judgement("measurement.emc_beacon_sent", beacon),
    ]
    if count is not None:
        items.append(judgement("measurement.visit_counter", passed(EVIDENCE, count=count)))
    return portal_run(tuple(items), portal=portal)


def compare(
    archive: Archive, registry: Registry, tmp_path: Path, lines: list[str], *portals: PortalRun
) -> dict[tuple[str, str], Compared]:
    Figures(archive.database).take(read(tmp_path, registry, *lines))
    told = compared(archive, registry, portals, TODAY)
    return {(one.agency.id, one.shown.figure.metric if one.shown else ""): one for one in told}


@pytest.mark.parametrize(
    ("cells", "verdicts", "result"),
    [
        ({"value": "120"}, LIVE, "agree"),
        ({"value": "120"}, NO_BEACON_SEEN, "agree"),
        ({"value": "120"}, SILENT, "data_without_code"),
        ({"value": "120"}, ABSENT, "data_without_code"),
        ({"value": "120"}, UNKNOWN, "unknown"),
        ({"value": "", "rank": "3"}, ABSENT, "data_without_code"),
        ({"value": "", "absent": "không có số liệu"}, LIVE, "code_without_data"),
        ({"value": "", "rank": "bottom5", "absent": "chưa gắn mã"}, LIVE, "code_without_data"),
        ({"value": "0"}, LIVE, "code_without_data"),
        ({"value": "", "absent": "không có số liệu"}, ABSENT, "agree"),
        ({"value": "", "absent": "không có số liệu"}, SILENT, "agree"),
        ({"value": "", "absent": "không có số liệu"}, UNKNOWN, "unknown"),
        ({"value": "không", "metric": "ket_noi_emc"}, LIVE, "code_without_data"),
        ({"value": "có", "metric": "ket_noi_emc"}, LIVE, "agree"),
        ({"value": "tốt"}, LIVE, "unknown"),
    ],
)
def test_what_the_system_has_is_set_beside_what_was_seen(
    sqlite_url: str,
    tmp_path: Path,
    registry: Registry,
    cells: dict[str, str],
    verdicts: tuple[Verdict, Verdict],
    result: str,
) -> None:
    with Archive.open(sqlite_url) as archive:
        told = compare(
            archive,
            registry,
            tmp_path,
            [line(**cells, period="2026-06")],
            looked(registry.portals["dai"], verdicts),
        )
    (one,) = [each for (_, metric), each in told.items() if metric]
    assert (one.result, one.old) == (result, False)


def test_a_figure_of_long_ago_says_so_and_the_newest_counts(
    sqlite_url: str, tmp_path: Path, registry: Registry
) -> None:
    with Archive.open(sqlite_url) as archive:
        lines = [line(period="2024", value="0"), line(period="2025", value="5")]
        told = compare(archive, registry, tmp_path, lines, looked(registry.portals["dai"], ABSENT, 900))
    one = told["dai", EMC]
    assert (one.result, one.days, one.old) == ("data_without_code", 196, True)
    assert one.looked[0].counter == 900
    assert one.shown is not None
    assert one.shown.figure.value == "5"


def test_figures_of_former_bodies_are_compared_with_nothing(
    sqlite_url: str, tmp_path: Path, registry: Registry
) -> None:
    with Archive.open(sqlite_url) as archive:
        lines = [line(agency="x", agency_id="cu", period="2025-06", value="0")]
        told = compare(archive, registry, tmp_path, lines, looked(registry.portals["moi"], LIVE))
    assert {each.result for each in told.values()} == {"former_body", "no_figure"}


def test_a_service_figure_is_compared_with_service_portals_and_visits_only_stand_beside(
    sqlite_url: str, tmp_path: Path, registry: Registry
) -> None:
    with Archive.open(sqlite_url) as archive:
        lines = [
            line(metric="gui_du_lieu_emc_dvc", value="không", period="2026-06"),
            line(metric="cong_ttdt_luot_truy_cap", value="6500000", period="2026-06"),
            line(metric="ty_le_ho_so_truc_tuyen_toan_trinh", value="50", unit="%", period="2026-06"),
        ]
        told = compare(
            archive,
            registry,
            tmp_path,
            lines,
            looked(registry.portals["dai"], ABSENT, 25_837_638),
            looked(registry.portals["dai-dvc"], LIVE),
        )
    assert {metric: one.result for (_, metric), one in told.items()} == {
        "gui_du_lieu_emc_dvc": "code_without_data",
        "cong_ttdt_luot_truy_cap": "beside",
        "": "no_figure",
    }


def test_one_portal_of_several_with_the_code_is_enough(sqlite_url: str, tmp_path: Path, registry: Registry) -> None:
    second = replace(registry.portals["dai"], id="dai-2")
    with Archive.open(sqlite_url) as archive:
        told = compare(
            archive,
            registry,
            tmp_path,
            [line(period="2026-06")],
            looked(registry.portals["dai"], ABSENT),
            looked(second, LIVE),
        )
    assert told["dai", EMC].result == "agree"


@pytest.mark.parametrize(
    ("value", "rank", "absent", "says"),
    [("<10", "", "", "data"), ("0", "", "", "no_data"), ("tốt", "", "", "unclear"), ("", "top5", "", "data")],
)
def test_what_a_figure_says(
    tmp_path: Path, registry: Registry, value: str, rank: str, absent: str, says: str
) -> None:
    (one,) = read(tmp_path, registry, line(value=value, rank=rank, absent=absent))
    assert official(one) == says


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDIT_REGISTRY", str(folder))
    return tmp_path / "data"


def call(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["figures", *words, "--data", str(data)])


def write(path: Path, *lines: str) -> str:
    path.write_text("\n".join([HEADING, *lines, ""]), "utf-8")
    return str(path)


def test_figures_may_be_the_first_thing_an_archive_holds(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", line(), line(agency="Một", agency_id="sau", period="2024", metric="chua_biet"))
    told = call(data, "import", file, "--by", "Trần A")
    assert told.exit_code == 0, told.output
    assert "2 số liệu: 2 mới nhập, 0 đã có" in told.stderr
    assert "Dòng 3: ghi cho Ủy ban nhân dân tỉnh Một (truoc)" in told.stderr
    assert "chua_biet" in told.stderr
    assert told.stdout == ""
    assert "0 mới nhập, 2 đã có" in call(data, "import", file).stderr
    rows = json.loads(call(data, "list", "--agency", "sau", "--format", "json").stdout)
    assert [(row["body"], row["predecessor"], row["taken_by"]) for row in rows] == [
        ("Một", "của Ủy ban nhân dân tỉnh Một, trước sắp xếp", "Trần A")
    ]


def test_a_file_that_says_otherwise_is_refused_until_the_old_figure_is_withdrawn(
    data: Path, tmp_path: Path
) -> None:
    call(data, "import", write(tmp_path / "a.csv", line()))
    other = write(tmp_path / "b.csv", line(value="13"))
    refused = call(data, "import", other)
    assert refused.exit_code == 2
    (held,) = json.loads(call(data, "list", "--format", "json").stdout)
    assert f"dòng 2: đã có số liệu khác (12; báo cáo, mã {held['figure']})" in refused.stderr
    back = call(data, "withdraw", held["figure"], "--by", "B", "--reason", "đọc nhầm")
    assert back.exit_code == 0, back.output
    assert call(data, "import", other).exit_code == 0
    assert [row["value"] for row in json.loads(call(data, "list", "--format", "json").stdout)] == ["13"]
    assert "đã rút lại, B: đọc nhầm" in call(data, "list", "--withdrawn").stdout


def test_the_comparison_is_told_for_a_screen_and_a_file(data: Path, tmp_path: Path, registry: Registry) -> None:
    call(
        data,
        "import",
        write(tmp_path / "a.csv", line(value="", rank="bottom5", unit="hạng/30", absent="chưa gắn mã")),
    )
    with Archive.open(data / "audit.db") as archive:
        head = header("r1")
        archive.begin(head)
        archive.save("r1", looked(registry.portals["dai"], LIVE, 25_837_638))
        archive.close_run("r1", status="complete", finished_at=SEEN, reason=None)
    told = call(data, "compare")
    assert told.exit_code == 0, told.output
    flat = " ".join(told.stdout.split())
    for words in (
        "ĐỐI SOÁT, NỘI BỘ",
        "nói không có dữ liệu: 1",
        "25.837.638",
        "chưa gắn mã",
        "số liệu cũ, 196 ngày",
    ):
        assert words in flat
    for word in ("vi phạm", "violation"):
        assert word not in flat
    (row,) = json.loads(call(data, "compare", "--run", "r1", "--format", "json").stdout)
    assert (row["result"], row["code"], row["site_id"], row["page_counter"]) == (
        *("code_without_data", "live", ["1234"], ["25837638"]),
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "khong-co.csv"), "không đọc được tệp"),
        (("list", "--agency", "x"), "không có cơ quan"),
        (("withdraw", "sl-0", "--by", "A", "--reason", "b"), "Không có số liệu"),
        (("compare", "--run", "r9"), "Không có lần kiểm tra"),
        (("compare", "--round", "q9"), "Không có đợt"),
        (("compare", "--round", "q9", "--run", "r1"), "một trong hai"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(data: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    call(data, "import", write(tmp_path / "a.csv", line()))
    told = call(data, *words)
    assert told.exit_code == 2
    assert said in told.stderr
    assert told.stdout == ""
