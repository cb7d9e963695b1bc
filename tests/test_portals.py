"""``audit portals`` and what stands below it: what is proposed, what a person confirms, what is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audit.cli import main
from audit.registry.aging import aged
from audit.registry.files import BUNDLED, read_registry
from audit.registry.proposed import review_file
from audit.registry.sheet import read_sheet
from audit.settings import SETTINGS
from audit_rules.facts import Link, NetFacts, Page, PageFacts, State, Visit
from sandbox.hostile.names import name_server
from storage.archive import Archive
from storage.records import RunStatus
from storage.sightings import Sighting
from tests.test_registry import AGENCIES, PORTALS, written
from tests.told_runs import SHA, header, portal_run

DAY = date(2026, 11, 22)
BODIES = AGENCIES + (
    "mau-stp,Sở Tư pháp tỉnh Mẫu,,department,mau,Sở Tư pháp,,,,,thử\n"
    "mau-syt,Sở Y tế tỉnh Mẫu,,department,mau,Sở Y tế,,,,,thử\n"
    "mau-dong,Ủy ban nhân dân xã Đồng Mẫu,,commune,mau,Xã Đồng Mẫu,,,,,thử\n"
    "mau-het,Sở Ngoại vụ tỉnh Mẫu,,department,mau,,,2025-06-30,mau-stp,,thử\n"
)
End = tuple[State, str | None, str | None]
"""How a visit ended: its state, the reason, where it led."""
HERE: End = ("audited", None, None)
GONE: End = ("unreachable", "dns", None)
DOWN: End = ("unreachable", "timeout", None)
BY = ("--by", "Nguyễn Văn A, Văn phòng UBND tỉnh Mẫu", "--how", "Công văn 12/VP-TH")


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["portals", *arguments])


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    for name in SETTINGS:
        monkeypatch.delenv(f"AUDIT_{name.upper()}", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A registry of a make-believe province, with a column of its keeper's own."""
    heading, *rows = PORTALS.splitlines()
    more = "\n".join([f"{heading},ghi chú", *(f"{row},ghi chú {n}" for n, row in enumerate(rows))]) + "\n"
    place = tmp_path / "danh-ba"
    place.mkdir()
    return written(place, BODIES, more)


def page(url: str, *links: Link) -> Page:
    return Page(url, PageFacts(url, datetime(2026, 11, 20, 18, tzinfo=UTC), SHA, links=links))


def keep(
    registry: Path,
    nights: Sequence[dict[str, End]],
    *pages: Page,
    first: int = 0,
    status: RunStatus = "complete",
) -> None:
    """Stores nights in which portals (by id) ended so; the pages are those of the province's portal."""
    known = read_registry(registry).portals
    with Archive.open(Path("data").resolve() / "audit.db") as archive:
        for number, night in enumerate(nights, first):
            head = header(f"r{number}", kind="nightly", night=number)
            archive.begin(head)
            for id_, (state, reason, moved_to) in night.items():
                home = pages[0].url if pages and id_ == "mau" else None
                shown = pages if home else ()
                at = head.started_at
                visit = Visit(state, reason, home, shown, NetFacts(), moved_to, started_at=at, finished_at=at)
                told = portal_run((), portal=known[id_])
                archive.save(head.id, type(told)(known[id_], visit, told.around, (), told.score))
            archive.close_run(head.id, status=status, finished_at=head.started_at, reason=None)


def table(text: str | bytes) -> list[dict[str, str]]:
    told = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(told, newline="")))


def proposals(*arguments: str) -> dict[str, dict[str, str]]:
    result = ask(*arguments, "--format", "csv", "--output", "de-xuat.csv")
    assert result.exit_code == 0, result.output
    return {row["address"]: row for row in table(Path("de-xuat.csv").read_bytes())}


def mark(where: str, decision: str = "có", **cells: str) -> None:
    """Writes a decision into the file of proposals, as a person does."""
    rows = table(Path("de-xuat.csv").read_bytes())
    for row in rows:
        if row["address"] == where:
            row.update(decision=decision, **cells)
    with Path("de-xuat.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")  # as table programs in Viet Nam save it
        writer.writeheader()
        writer.writerows(rows)


# --- discover ------------------------------------------------------------------------------------------------

HOME = page(
    "https://mau.gov.vn/",
    Link("https://stp.mau.gov.vn/", "Sở Tư pháp", "menu"),
    Link("https://www.syt.mau.gov.vn/tin", "Sở Y tế", "footer"),
    Link("https://sxd.mau.gov.vn/", "Sở Xây dựng", "menu"),
    Link("https://www.mau.gov.vn/", "Trang chủ", "menu"),
    Link("https://tinhmau.gov.vn/", "Trang chủ", "menu"),
    Link("https://dongmau.mau.gov.vn/", "Xã Đồng Mẫu", "footer"),
    Link("https://stttt.mau.gov.vn/", "Sở Thông tin", "footer"),
    Link("https://stp.maucu.gov.vn/", "Sở Tư pháp cũ", "footer"),
    Link("https://cdn.mau.gov.vn/", "ảnh", "menu"),
    Link("https://huyencu.mau.gov.vn/", "UBND huyện Cũ", "menu"),
    Link("https://ban-do.mau.gov.vn/", "Bản đồ", "article"),
    Link("https://khac.gov.vn/", "Nơi khác", "menu"),
    Link("https://giamau.gov.vn/", "Nơi khác nữa", "menu"),
    Link("https://ma.mau.gov.vn/x.js", "", "header", kind="script"),
    Link("mailto:a@thu.mau.gov.vn", "Thư", "menu"),
)
INNER = page(
    "https://mau.gov.vn/lien-ket",
    Link("https://stp.mau.gov.vn/gioi-thieu", "Sở Tư pháp", "main"),
    Link("https://dulich.mau.gov.vn/", "Du lịch", "aside"),
)


def test_hosts_linked_under_a_main_portal_are_proposed(folder: Path) -> None:
    keep(folder, [{"mau": HERE}], HOME, INNER)
    found = proposals("discover", "--registry", str(folder))
    assert {(a, row["kind"], row["agency_id"], row["confidence"]) for a, row in found.items()} == {
        ("stp.mau.gov.vn", "department", "mau-stp", "high"),
        ("dongmau.mau.gov.vn", "commune", "mau-dong", "high"),
        ("stttt.mau.gov.vn", "archive", "", "low"),
        ("stp.maucu.gov.vn", "archive", "", "low"),
        ("cdn.mau.gov.vn", "thematic", "", "low"),
        ("huyencu.mau.gov.vn", "archive", "", "low"),
        ("ban-do.mau.gov.vn", "thematic", "", "low"),
        ("dulich.mau.gov.vn", "thematic", "", "low"),
    }, "none that a row of the registry has (one is retired), none elsewhere, none that is no place to read"
    first = found["stp.mau.gov.vn"]
    assert (first["id"], first["main_portal_id"], first["status"]) == ("mau-stp-2", "mau", "to_confirm")
    assert (first["seen_on"], first["pages"], first["text"]) == ("https://mau.gov.vn/", "2", "Sở Tư pháp")
    assert first["source"] == "Liên kết trên https://mau.gov.vn/, lần kiểm tra r0"
    assert all(row["decision"] == row["confirmed_by"] == "" for row in found.values())
    assert next(iter(found)) == "stp.mau.gov.vn", "most pages first"


def test_the_screen_says_that_nothing_was_written(folder: Path) -> None:
    keep(folder, [{"mau": HERE}], HOME)
    before = (folder / "portals.csv").read_bytes()
    result = ask("discover", "--registry", str(folder))
    assert "stp.mau.gov.vn" in result.stdout
    assert "Chưa có gì được ghi vào danh bạ" in result.stdout
    assert (folder / "portals.csv").read_bytes() == before


def test_addresses_are_formed_for_departments_without_one_before_anybody_looked(folder: Path) -> None:
    found = proposals("discover", "--formed", "--registry", str(folder))
    assert list(found) == ["stp.mau.gov.vn", "sotuphap.mau.gov.vn", "soyte.mau.gov.vn"], "syt is a retired row's"
    assert {row["reason"] for row in found.values()} == {"formed"}
    assert "chưa thấy" in found["soyte.mau.gov.vn"]["source"]


def test_what_was_seen_is_not_formed_again(folder: Path) -> None:
    keep(folder, [{"mau": HERE}], HOME)
    found = proposals("discover", "--formed", "--registry", str(folder))
    assert [row["reason"] for row in found.values() if row["agency_id"] == "mau-stp"] == ["linked"]


def test_names_are_asked_of_the_name_server_only_when_that_is_wanted(folder: Path) -> None:
    zone = {("soyte.mau.gov.vn.", "A"): ["1.1.1.1"], ("stp.mau.gov.vn.", "A"): ["10.0.0.1"]}
    with name_server(zone) as (server, asked):
        proposals("discover", "--formed", "--registry", str(folder), "--dns", server)
        assert not asked
        found = proposals("discover", "--formed", "--look-up", "--registry", str(folder), "--dns", server)
    assert {a: row["resolves"] for a, row in found.items()} == {
        "soyte.mau.gov.vn": "yes",
        "stp.mau.gov.vn": "special",
    }


def test_a_domain_that_answers_for_every_name_says_nothing_of_formed_ones(folder: Path) -> None:
    from audit.registry.discovery import formed
    from audit.registry.lookups import _nobodys, looked_up
    from crawler.guard import Guard

    registry = read_registry(folder)
    made = formed(registry, [registry.portals["mau"]], DAY)
    names = [one.cells["address"] for one in made] + [_nobodys("stp.mau.gov.vn")]
    with name_server({(f"{name}.", "A"): ["1.1.1.1"] for name in names}) as (server, _):
        assert looked_up(made, Guard(dns=server)) == []


def test_a_site_that_is_no_main_portal_is_refused(folder: Path) -> None:
    result = ask("discover", "--formed", "--registry", str(folder), "--site", "sxd.mau.gov.vn")
    assert result.exit_code == 2
    assert "không phải địa chỉ của một cổng chính" in result.stderr


# --- check ---------------------------------------------------------------------------------------------------


def to(address: str) -> End:
    return "moved", None, address


def nights(*of_sxd: End) -> list[dict[str, End]]:
    return [{"mau": HERE, "bo": HERE, "mau-sxd": each} for each in of_sxd]


def against(folder: Path, whole: Sequence[dict[str, End]]) -> list[dict[str, str]]:
    """What nights speak against, without an archive between."""
    seen = [
        Sighting(id_, f"r{number}", DAY + timedelta(days=number), *end)
        for number, night in enumerate(whole)
        for id_, end in night.items()
    ]
    rows = {row["id"]: row for row in read_sheet(folder).rows}
    found = aged(read_registry(folder), rows, seen, DAY + timedelta(days=len(whole)))
    return table(review_file(found))


def test_a_name_that_is_gone_for_three_days_is_proposed_for_retirement(folder: Path) -> None:
    keep(folder, nights(HERE, GONE, GONE, GONE))
    found = proposals("check", "--registry", str(folder))
    row = found.pop("sxd.mau.gov.vn")
    assert not found
    assert (row["reason"], row["status"], row["valid_to"]) == ("no_name", "retired", "2026-07-15")
    assert (row["changes"], row["was"]) == ("status|valid_to", "status=active; valid_to=")
    assert (row["nights"], row["confidence"]) == ("3", "medium")


@pytest.mark.parametrize(
    "ends", [(GONE, GONE), (GONE, GONE, HERE, GONE), (GONE, GONE, DOWN), (DOWN, DOWN, DOWN), (HERE, HERE, HERE)]
)
def test_anything_less_is_no_reason(folder: Path, ends: tuple[End, ...]) -> None:
    assert against(folder, nights(*ends)) == []


def test_a_night_that_did_not_come_to_a_portal_says_nothing_of_it(folder: Path) -> None:
    missed: End = ("error", "not_visited", None)
    (row,) = against(folder, nights(HERE, GONE, missed, GONE, GONE))
    assert (row["reason"], row["nights"]) == ("no_name", "3")


def test_nights_in_which_most_names_were_missing_say_nothing(folder: Path) -> None:
    assert against(folder, [{"mau": GONE, "bo": HERE, "mau-sxd": GONE}] * 4) == []
    assert against(folder, [{"mau": DOWN, "bo": DOWN, "mau-sxd": GONE}] * 4) == []
    assert len(against(folder, [{"mau": DOWN, "bo": HERE, "mau-sxd": GONE}] * 4)) == 1


def test_a_quarantined_night_says_nothing(folder: Path) -> None:
    keep(folder, nights(GONE, GONE), status="quarantined")
    keep(folder, nights(GONE), first=2)
    assert proposals("check", "--registry", str(folder)) == {}
    assert ask("check", "--registry", str(folder), "--in-a-row", "1", "--run", "r1").stdout.count("gov.vn") == 0


def test_how_many_days_may_be_said(folder: Path) -> None:
    keep(folder, nights(HERE, GONE, GONE))
    assert list(proposals("check", "--registry", str(folder), "--in-a-row", "2")) == ["sxd.mau.gov.vn"]


def test_a_portal_that_leads_elsewhere_has_its_new_address_proposed(folder: Path) -> None:
    moved = to("https://soxaydung.mau.gov.vn/trang-chu")
    (row,) = against(folder, nights(HERE, moved, moved, moved))
    assert (row["reason"], row["address"], row["aliases"]) == ("moved", "soxaydung.mau.gov.vn", "sxd.mau.gov.vn")
    assert (row["text"], row["nights"], row["confidence"]) == (
        "https://soxaydung.mau.gov.vn/trang-chu",
        "3",
        "medium",
    )


def test_one_day_of_it_or_a_foreign_place_is_little_to_go_by(folder: Path) -> None:
    (row,) = against(folder, nights(to("https://mau.example.com/")))
    assert (row["confidence"], row["nights"]) == ("low", "1")


def test_a_portal_that_leads_to_another_known_one_is_proposed_for_retirement(folder: Path) -> None:
    moved = to("https://mau.gov.vn/so-xay-dung")
    (row,) = against(folder, nights(HERE, moved, moved, moved))
    assert (row["reason"], row["status"], row["valid_to"]) == ("moved_to_known", "retired", "2026-11-22")
    assert row["text"] == "https://mau.gov.vn/so-xay-dung (mau)"


@pytest.mark.parametrize(
    ("end", "changes", "confidence"), [(HERE, "kind", "high"), (DOWN, "status|valid_to", "medium")]
)
def test_the_portal_of_a_body_that_is_no_more_is_an_archive_or_over(
    folder: Path, end: End, changes: str, confidence: str
) -> None:
    with (folder / "portals.csv").open("a", encoding="utf-8") as file:
        file.write("mau-het,mau-het,department,sngv.mau.gov.vn,,mau,active,,,,,,thử,\n")
        file.write("mau-stp2,mau-stp,department,sotuphap.mau.gov.vn,,mau,active,,,,,,thử,\n")
    (row,) = against(folder, [{"mau": HERE, "mau-het": end}])
    assert (row["reason"], row["changes"], row["confidence"]) == ("body_ended", changes, confidence)
    assert row["text"] == "sotuphap.mau.gov.vn"
    assert row["kind"] == ("archive" if changes == "kind" else "department")


def test_the_bundled_list_is_checked_without_a_word_against_it(folder: Path) -> None:
    keep(folder, nights(HERE))
    assert proposals("check") == {}


# --- confirm -------------------------------------------------------------------------------------------------


def test_a_row_is_confirmed_with_who_when_and_how_and_nothing_else_is_touched(folder: Path) -> None:
    before = table((folder / "portals.csv").read_bytes())
    result = ask("confirm", "mau-stp", "--registry", str(folder), *BY, "--on", "2026-11-20")
    assert result.exit_code == 0, result.output
    after = table((folder / "portals.csv").read_bytes())
    (row,) = (row for row in after if row["id"] == "mau-stp")
    assert (row["status"], row["confirmed_by"]) == ("active", "Nguyễn Văn A, Văn phòng UBND tỉnh Mẫu")
    assert (row["confirmed_on"], row["confirmed_how"]) == ("2026-11-20", "Công văn 12/VP-TH")
    assert row["ghi chú"] == "ghi chú 2"
    assert [row["id"] for row in after] == [row["id"] for row in before]
    assert [row for row in after if row["id"] != "mau-stp"] == [row for row in before if row["id"] != "mau-stp"]
    assert read_registry(folder).portals["mau-stp"].confirmed
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_marked_proposals_become_rows_and_the_others_are_left_out(folder: Path) -> None:
    keep(folder, [{"mau": HERE}], HOME)
    count = len(proposals("discover", "--registry", str(folder)))
    mark("stp.mau.gov.vn", id="mau-so-tu-phap")
    result = ask("confirm", "de-xuat.csv", "--registry", str(folder), *BY)
    assert result.exit_code == 0, result.output
    portal = read_registry(folder).portals["mau-so-tu-phap"]
    assert (portal.kind, portal.status, portal.confirmed) == ("department", "active", True)
    assert portal.agency is not None
    assert portal.agency.id == "mau-stp"
    assert f"{count - 1} dòng đề xuất không được đánh dấu" in result.stderr
    assert "stp.mau.gov.vn" not in proposals("discover", "--registry", str(folder))


def test_a_retirement_is_recorded_with_who_said_so(folder: Path) -> None:
    keep(folder, nights(HERE, GONE, GONE, GONE))
    proposals("check", "--registry", str(folder))
    mark("sxd.mau.gov.vn", "x")
    assert ask("confirm", "de-xuat.csv", "--registry", str(folder), *BY).exit_code == 0
    registry = read_registry(folder)
    assert registry.portals["mau-sxd"].status == "retired"
    assert "mau-sxd" not in [portal.id for portal in registry.round(DAY).asked]
    assert proposals("check", "--registry", str(folder)) == {}


def test_a_move_keeps_the_old_address_as_an_alias(folder: Path) -> None:
    moved = to("https://soxaydung.mau.gov.vn/")
    keep(folder, nights(moved, moved, moved))
    proposals("check", "--registry", str(folder))
    mark("soxaydung.mau.gov.vn")
    assert ask("confirm", "de-xuat.csv", "--registry", str(folder), *BY).exit_code == 0
    registry = read_registry(folder)
    assert str(registry.portals["mau-sxd"].address) == "soxaydung.mau.gov.vn"
    assert registry.by_address("sxd.mau.gov.vn") is registry.portals["mau-sxd"]


def test_a_proposal_about_a_row_that_changed_since_is_refused(folder: Path) -> None:
    keep(folder, nights(HERE, GONE, GONE, GONE))
    proposals("check", "--registry", str(folder))
    mark("sxd.mau.gov.vn")
    path = folder / "portals.csv"
    path.write_text(
        path.read_text("utf-8").replace("2024-12-31", "2024-12-30").replace("A,2026-01-02", "B,2026-01-02")
    )
    assert ask("confirm", "de-xuat.csv", "--registry", str(folder), *BY).exit_code == 0, "another row, another cell"
    result = ask("confirm", "de-xuat.csv", "--registry", str(folder), *BY)
    assert result.exit_code == 2
    assert "đã khác lúc lập đề xuất" in result.stderr


def wrong(folder: Path, *arguments: str) -> str:
    """What is said of an order that is refused; nothing may have been written."""
    before = (folder / "portals.csv").read_bytes()
    result = ask("confirm", *arguments)
    assert result.exit_code == 2, result.output
    assert (folder / "portals.csv").read_bytes() == before
    assert len(result.stderr.strip().splitlines()) >= 1
    return result.stderr


def test_whatever_is_wrong_nothing_is_written(folder: Path) -> None:
    keep(folder, [{"mau": HERE}], HOME)
    there = ("--registry", str(folder))
    assert "--by" in wrong(folder, "mau-stp", *there)
    assert "--how" in wrong(folder, "mau-stp", *there, "--by", "A")
    assert "--by" in wrong(folder, "mau-stp", *there, "--by", " ", "--how", "x")
    assert "Chưa nêu dòng nào" in wrong(folder, *there, *BY)
    assert "không có dòng “khong-co”" in wrong(folder, "mau-stp", "khong-co", *there, *BY)
    assert "Không có tệp “khong-co.csv”" in wrong(folder, "khong-co.csv", *there, *BY)
    assert "đã thôi dùng" in wrong(folder, "mau-syt", *there, *BY)
    assert "chưa đến" in wrong(folder, "mau-stp", *there, *BY, "--on", "2999-01-01")
    proposals("discover", *there)
    assert "Không có dòng nào được đánh dấu" in wrong(folder, "de-xuat.csv", *there, *BY)
    mark("stp.mau.gov.vn", "chắc thế")
    assert "decision “chắc thế” không rõ" in wrong(folder, "de-xuat.csv", *there, *BY)
    proposals("discover", *there)
    mark("stp.mau.gov.vn", id="mau-sxd")
    assert "mã “mau-sxd” đã có" in wrong(folder, "de-xuat.csv", *there, *BY)
    proposals("discover", *there)
    mark("stp.mau.gov.vn", address="sxd.mau.gov.vn")
    assert "cũng là của" in wrong(folder, "mau-stp", "de-xuat.csv", *there, *BY)
    proposals("discover", *there)
    mark("stp.mau.gov.vn", agency_id="khong-co")
    assert "agency_id “khong-co” không có" in wrong(folder, "de-xuat.csv", *there, *BY)
    Path("khac.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert "không phải tệp đề xuất" in wrong(folder, "khac.csv", *there, *BY)
    Path("ma.csv").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in wrong(folder, "ma.csv", *there, *BY)


def test_the_bundled_registry_is_never_written() -> None:
    before = (BUNDLED / "portals.csv").read_bytes()
    for there in ((), ("--registry", str(BUNDLED))):
        result = ask("confirm", "lao-cai-sxd", *there, *BY)
        assert result.exit_code == 2
        assert "audit portals copy" in result.stderr
    assert (BUNDLED / "portals.csv").read_bytes() == before


def test_a_copy_of_it_is_one_to_work_in(tmp_path: Path) -> None:
    own = tmp_path / "cua-toi"
    assert ask("copy", str(own)).exit_code == 0
    assert read_registry(own).portals.keys() == read_registry().portals.keys()
    before = (own / "portals.csv").read_text("utf-8").splitlines()
    assert ask("confirm", "lao-cai-sxd", "--registry", str(own), *BY).exit_code == 0
    after = (own / "portals.csv").read_text("utf-8").splitlines()
    assert next(line for line in before if line not in after).startswith("lao-cai-sxd,")
    assert len([line for line in before if line not in after]) == 1, "every other line is as it was"
    again = ask("copy", str(own))
    assert again.exit_code == 2
    assert "chọn thư mục khác" in again.stderr


def test_line_ends_and_a_byte_order_mark_stay(folder: Path) -> None:
    path = folder / "portals.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o640)
    assert ask("confirm", "mau-stp", "--registry", str(folder), *BY).exit_code == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,")
    assert data.count(b"\r\n") == data.count(b"\n") == 7
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_somebody_wrote_meanwhile_is_left_to_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.registry import confirming

    path = folder / "portals.csv"

    def meanwhile(*_: object) -> None:
        more = "moi,,thematic,moi.mau.gov.vn,,mau,to_confirm,,,,,,thử,\n"
        path.write_text(path.read_text("utf-8") + more, "utf-8")

    monkeypatch.setattr(confirming, "_must_be_read", meanwhile)
    result = ask("confirm", "mau-stp", "--registry", str(folder), *BY)
    assert result.exit_code == 2
    assert "vừa bị thay đổi" in result.stderr
    assert "moi.mau.gov.vn" in path.read_text("utf-8")
    assert not read_registry(folder).portals["mau-stp"].confirmed


# --- the list itself -----------------------------------------------------------------------------------------


def test_the_list_alone_is_what_it_was(folder: Path) -> None:
    result = ask("--registry", str(folder), "--format", "csv", "--lang", "en")
    assert result.exit_code == 0
    rows = table(result.stdout)
    assert list(rows[0]) == ["id", "agency_id", "agency", "kind", "address", "aliases", "main_portal", "status"]
    assert [row["id"] for row in rows] == ["mau", "mau-sxd", "mau-stp", "mau-syt", "mau-dvc", "bo"]


@pytest.mark.parametrize("command", ["discover", "check", "confirm", "copy"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_command_has_help(command: str, lang: str) -> None:
    result = ask(command, "--help", "--lang", lang)
    assert result.exit_code == 0
