"""How the nights stand: what went on, what is under way, who was not seen; and doctor that fails on silence."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from audit.cli import main
from audit.nights import standing_told
from audit.nights.night import begin, end, hold, holder, resume
from audit.nights.room import BYTES_A_PORTAL, ROOM, bytes_needed
from audit.nights.standing import standing
from audit.registry.files import read_registry
from audit_rules.facts import Portal
from audit_rules.verdict import passed
from crawler.plan import Plan
from storage.archive import Archive
from storage.nights import Nights
from storage.tables import portal_runs, runs
from tests.loopback import Answer, web
from tests.night_land import Land
from tests.told_runs import judgement, portal_run

OK = (judgement("navigation.search_box", passed()),)


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Land:
    land = Land(tmp_path, database_url)
    land.write_registry()
    land.data.mkdir(exist_ok=True)
    return land


def visited(portal: Portal, at: datetime):  # type: ignore[no-untyped-def]
    return portal_run(OK, portal=portal, at=at)


def made_night(here: Land, names: tuple[str, ...], *, finish: bool = True, at: datetime | None = None) -> str:
    """A night that visited these portals."""
    registry = read_registry(here.registry)
    with Archive.open(here.db) as archive:
        night = begin(archive, registry, Plan())
        for portal in night.asked:
            if portal.id.removeprefix("cong-") in names:
                archive.save(night.header.id, visited(portal, at or datetime.now(UTC)))
        if finish:
            end(archive, night, here.data)
    return night.header.id


def told(here: Land, *more: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    command, *rest = more
    with pytest.raises(SystemExit) as stopped:
        main([command, "--data", str(here.data), "--db", str(here.db), "--registry", str(here.registry), *rest])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def test_doctor_names_the_portal_of_which_the_last_night_says_nothing(
    here: Land, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = made_night(here, ("songmay", "thanhlam", "bensong"))
    status, out, _ = told(here, "doctor", capsys=capsys)
    assert status == 0
    assert "mọi cổng đang hoạt động đều có kết quả" in " ".join(out.split())
    with Archive.open(here.db) as archive, archive.database.write() as connection:
        lost = (portal_runs.c.run_id == run_id) & (portal_runs.c.portal_id == "cong-bensong")
        connection.execute(delete(portal_runs).where(lost))
    status, out, _ = told(here, "doctor", "--format", "json", capsys=capsys)
    assert status == 3
    (check,) = (each for each in json.loads(out) if each["check"] == "nights")
    assert (check["result"], "bensong.gov.vn" in check["detail"]) == ("broken", True)


def test_status_tells_the_nights_and_who_was_not_come_to(here: Land, capsys: pytest.CaptureFixture[str]) -> None:
    run_id = made_night(here, ("songmay", "thanhlam"))
    status, out, _ = told(here, "status", "--format", "json", capsys=capsys)
    found = json.loads(out)
    assert status == 0
    (night,) = found["nights"]
    assert (night["run"], night["status"], night["reason"]) == (run_id, "partial", "not_visited")
    assert (night["portals"], night["states"]) == (3, {"audited": 2, "error": 1})
    assert night["detail"] == "1 trên 3 cổng chưa được kiểm tra"
    assert found["without_outcome"] == [{"id": "cong-bensong", "address": "bensong.gov.vn"}]
    assert [each["id"] for each in found["stale"]] == ["cong-bensong"]
    assert found["stale"][0]["last_visit"] is None
    assert (found["under_way"], found["lock"]) == (None, None)
    assert found["disk"]["free"] > 0
    _, out, _ = told(here, "status", capsys=capsys)
    assert "1 cổng đang hoạt động không có kết quả trong đêm gần nhất: bensong.gov.vn." in " ".join(out.split())


def test_a_portal_that_nobody_saw_for_days_is_stale(here: Land) -> None:
    old = datetime.now(UTC) - timedelta(days=3)
    made_night(here, ("songmay", "thanhlam", "bensong"), at=old)
    registry = read_registry(here.registry)
    with Archive.open(here.db) as archive:
        stale = standing(archive, registry, here.data, days=2).stale
        assert [(portal.id, at) for portal, at in stale] == [
            (f"cong-{name}", old) for name in ("songmay", "thanhlam", "bensong")
        ]
        assert standing(archive, registry, here.data, days=4).stale == []


def test_a_night_under_way_is_told_with_its_end(here: Land) -> None:
    with Archive.open(here.db) as archive, hold(archive, here.data):
        night = begin(archive, read_registry(here.registry), Plan())
        archive.save(night.header.id, visited(night.asked[0], datetime.now(UTC)))
        found = standing(archive, read_registry(here.registry), here.data, days=2)
    assert found.process is not None
    assert found.process.pid == os.getpid()
    assert found.under_way is not None
    record, progress, expected = found.under_way
    assert (record.run_id, record.asked, progress.done) == (night.header.id, 3, 1)
    assert expected is not None
    assert expected > found.now
    assert found.last is None


def test_a_stale_picture_is_told_to_the_operator(here: Land, capsys: pytest.CaptureFixture[str]) -> None:
    made_night(here, ("songmay",))
    with web(lambda _: Answer("ok")) as hook:
        status, _, err = told(here, "status", "--notify", f"http://127.0.0.1:{hook.port}/", capsys=capsys)
    assert (status, err) == (0, "")
    (asked,) = hook.asked
    body = json.loads(asked.body)
    assert (body["event"], body["stale"]) == ("stale", ["cong-thanhlam", "cong-bensong"])
    assert body["subject"] == "[kiểm tra cổng] 2 cổng quá 2 ngày chưa được kiểm tra"
    status, _, err = told(here, "status", "--notify", f"http://127.0.0.1:{hook.port}/", capsys=capsys)
    assert (status, err.startswith("Không gửi được thông báo tới http://127.0.0.1/…: ")) == (0, True)


def test_all_is_well_and_nobody_is_told(here: Land) -> None:
    made_night(here, ("songmay", "thanhlam", "bensong"))
    with Archive.open(here.db) as archive:
        found = standing(archive, read_registry(here.registry), here.data, days=2)
    assert standing_told.notice(found, "vi") is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--window", "20-5"), "Tuỳ chọn --window: “20-5” không dùng được; cần hai giờ khác nhau"),
        (("--until", "25:00"), "Tuỳ chọn --until: “25:00” không dùng được; cần giờ dạng HH:MM"),
        (("--control", "https://x"), "Tuỳ chọn --control: “https://x” không dùng được; cần HOST"),
        (("--notify", "a@b.vn"), "Tuỳ chọn --notify: “a@b.vn” không dùng được; cần địa chỉ http"),
        (("--smtp", "smtp://a:geheim@"), "Tuỳ chọn --smtp: “…” không dùng được"),
        (("--processes", "0"), "Tuỳ chọn --processes: “0” không dùng được"),
        (("--format", "csv"), "Tuỳ chọn --format: “csv” không dùng được"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    here: Land, more: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = told(here, "nightly", *more, capsys=capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(sentence)
    assert "geheim" not in err
    with Archive.open(here.db) as archive:
        assert archive.runs() == []


def test_a_disk_that_is_too_small_is_told_before_anything_begins(
    here: Land, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.nights.driver.free_bytes", lambda _: 10_000_000)
    with web(lambda _: Answer("ok")) as hook:
        status, _, err = told(here, "nightly", "--notify", f"http://127.0.0.1:{hook.port}/", capsys=capsys)
    assert status == 2
    assert err.startswith("Đĩa không đủ chỗ: đêm này cần khoảng 0.0 GB, chỉ còn 0.0 GB")
    assert json.loads(hook.asked[0].body)["event"] == "failed"
    with Archive.open(here.db) as archive:
        assert archive.runs() == []


def test_a_night_is_not_begun_outside_its_hours(here: Land, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC) + timedelta(hours=7)
    opens, closes = now + timedelta(hours=2), now + timedelta(hours=3)
    status, _, err = told(here, "nightly", "--window", f"{opens:%H:%M}-{closes:%H:%M}", capsys=capsys)
    assert status == 2
    assert (
        err == f"Ngoài khung giờ của --window: đêm chỉ được bắt đầu từ {opens:%H:%M}; chưa có gì được kiểm tra.\n"
    )


def test_going_on_with_nothing_is_no_fault(here: Land, capsys: pytest.CaptureFixture[str]) -> None:
    made_night(here, ("songmay", "thanhlam", "bensong"))
    assert told(here, "nightly", "--resume", capsys=capsys) == (0, "", "Không có đêm nào còn dở.\n")
    with Archive.open(here.db) as archive, hold(archive, here.data):
        begin(archive, read_registry(here.registry), Plan())
        assert told(here, "nightly", "--resume", "--quiet", capsys=capsys) == (0, "", "")
        status, _, err = told(here, "nightly", capsys=capsys)
    assert status == 2
    assert err.startswith(f"Một đêm kiểm tra khác đang chạy trên dữ liệu này: tiến trình {os.getpid()}, từ ")


def test_the_registry_of_a_night_is_that_of_its_beginning(here: Land) -> None:
    run_id = made_night(here, ("songmay",), finish=False)
    with Archive.open(here.db) as archive:
        archive.recover()
        assert Nights(archive.database).unended() == [run_id]
        night = begin_again(archive, here)
    assert [portal.id for portal in night] == ["cong-songmay", "cong-thanhlam", "cong-bensong"]


def test_a_night_begun_with_other_rules_is_ended_as_it_is(here: Land) -> None:
    run_id = made_night(here, ("songmay",), finish=False)
    with Archive.open(here.db) as archive, archive.database.write() as connection:
        connection.execute(update(runs).values(rules_version="older"))
    with Archive.open(here.db) as archive:
        archive.recover()
        assert resume(archive, Plan(), here.data) is None
        ended = archive.run(run_id)
    assert (ended.status, ended.reason) == ("partial", "rules_changed")
    assert [one.visit.reason for one in ended.portals] == ["not_visited", None, "not_visited"]


def test_the_room_a_night_needs_is_that_of_the_largest_before(here: Land) -> None:
    with Archive.open(here.db) as archive:
        assert bytes_needed(archive, 2) == 2 * BYTES_A_PORTAL * ROOM
    run_id = made_night(here, ("songmay", "thanhlam", "bensong"))
    with Archive.open(here.db) as archive:
        Nights(archive.database).tell(run_id, taken=3_000_000, detail=None)
        second = begin(archive, read_registry(here.registry), Plan())
        end(archive, second, here.data)
        Nights(archive.database).tell(second.header.id, taken=3, detail=None)
        assert bytes_needed(archive, 2) == 2 * 1_000_000 * ROOM


def begin_again(archive: Archive, here: Land) -> tuple[Portal, ...]:
    here.write_registry(("khac",))
    found = resume(archive, Plan(max_pages=3), here.data)
    assert found is not None
    assert (found.plan.max_pages, found.header.day) == (60, found.header.law_day)
    assert isinstance(found.header.day, date)
    return found.asked


def test_who_only_looks_is_not_taken_for_a_night(here: Land) -> None:
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            holder(here.data)

    (here.data / "nightly.lock").touch()
    onlookers = [threading.Thread(target=look) for _ in range(2)]
    for onlooker in onlookers:
        onlooker.start()
    try:
        with Archive.open(here.db) as archive:
            for _ in range(10):
                with hold(archive, here.data):
                    found = holder(here.data)
                    assert found is not None
                    assert found.pid == os.getpid()
    finally:
        done.set()
        for onlooker in onlookers:
            onlooker.join()
