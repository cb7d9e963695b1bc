"""The command line from outside: what it prints, where, what it leaves behind, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from audit.cli import main
from audit.doctor import Check, status
from audit.output import exit_status
from audit.settings import SETTINGS
from audit_rules.facts import Portal
from audit_rules.verdict import cant_tell, failed, passed
from crawler.plan import Plan
from storage.archive import Archive, ArchiveError
from storage.evidence import EvidenceWriter
from storage.records import PortalRun, Run
from tests.told_runs import PORTAL, SEEN, judgement, portal_run, run

SITE = "sxd.laocai.gov.vn"
Fleet = Callable[..., Run]
BROKEN = judgement("a.b", cant_tell("rule_error"))


def ask(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), env=env)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(f"AUDIT_{name.upper()}", raising=False)


def keep(archive: Archive, told: Run) -> Run:
    archive.begin(told.header)
    for one in told.portals:
        archive.save(told.header.id, one)
    finished = told.finished_at or told.header.started_at
    archive.close_run(told.header.id, status=told.status, finished_at=finished, reason=told.reason)
    return archive.run(told.header.id)


class Looker:
    """Stands where the fleet stands: stores the runs it is given as if it had looked."""

    def __init__(self) -> None:
        self.results: tuple[PortalRun, ...] = (portal_run(),)
        self.kind = "run"
        self.status, self.reason = "complete", None
        self.failure: BaseException | None = None
        self.asked: list[tuple[Sequence[Portal], Plan, dict[str, object]]] = []

    def audit_portals(
        self, portals: Sequence[Portal], _registry: object, plan: Plan, archive: Archive, **more: object
    ) -> Run:
        self.asked.append((portals, plan, more))
        if self.failure is not None:
            raise self.failure
        progress = more["progress"]
        for number, one in enumerate(self.results, start=1):
            progress.page(one.portal, 20)  # type: ignore[attr-defined]
            progress.portal(number, len(self.results), one.portal, one.visit.state)  # type: ignore[attr-defined]
        number = len(self.asked)
        told = run(
            *self.results, run_id=f"r{number}", kind=self.kind, night=number, status=self.status, reason=self.reason
        )
        return keep(archive, told)

    def judge_again(self, run_id: str, archive: Archive, **_: object) -> Run:
        return keep(archive, run(*self.results, run_id="j1", kind="judge", night=9, judged_from=run_id))


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Looker:
    looker = Looker()
    for name in ("fleet", "judging"):
        module = ModuleType(f"audit.{name}")
        module.audit_portals = looker.audit_portals  # type: ignore[attr-defined]
        module.judge_again = looker.judge_again  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"audit.{name}", module)
    return looker


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


# --- run --------------------------------------------------------------------------------------------------


def test_run_prints_the_report_on_stdout_and_progress_on_stderr(fleet: Looker) -> None:
    result = ask("run", "--site", SITE)
    assert result.exit_code == 0, result.stderr
    assert "Sở Xây dựng tỉnh Lào Cai" in result.stdout
    assert "\x1b" not in result.stdout
    assert result.stderr.splitlines() == [f"{SITE}: đã đọc 20 trang", f"[1/1] {SITE}: đã kiểm tra"]
    assert Path("data/audit.db").is_file()


def test_quiet_says_nothing_but_the_result(fleet: Looker) -> None:
    assert ask("run", "--site", SITE, "--quiet").stderr == ""


def test_json_on_stdout_is_nothing_but_json(fleet: Looker) -> None:
    told = json.loads(ask("run", "--site", SITE, "--format", "json").stdout)
    assert told["portals"][0]["address"] == SITE
    assert told["run"]["started_at"].endswith("+07:00")


def test_csv_has_its_byte_order_mark_and_line_ends(fleet: Looker) -> None:
    data = ask("run", "--site", SITE, "--format", "csv", "--lang", "en").stdout_bytes
    assert data.startswith(b'\xef\xbb\xbf"run","day"')
    assert {row["state"] for row in rows(data.decode())} == {"new", "unconfirmed"}


def test_the_options_of_looking_reach_the_plan(fleet: Looker) -> None:
    arguments = ["--max-pages", "7", "--delay", "0", "--render", "never", "--depth", "text"]
    arguments += ["--allow-private", "--connect-to", "::127.0.0.1:8443"]
    ask("run", "--site", SITE, "--site", "www.sxd.laocai.gov.vn", "--law-day", "2026-06-30", *arguments)
    ((portals, plan, more),) = fleet.asked
    assert len(portals) == 1, "one portal, however often it is named"
    assert plan == Plan(
        max_pages=7, delay=0.0, render="never", depth="text", allow_private=True, connect_to=("::127.0.0.1:8443",)
    )
    assert (more["law_day"], more["kind"], more["data"]) == (date(2026, 6, 30), "run", Path("data"))


def test_a_result_file_is_there_whole_and_readable_by_others(fleet: Looker) -> None:
    result = ask("run", "--site", SITE, "--format", "json", "--output", "told.json")
    assert result.stdout == ""
    assert json.loads(Path("told.json").read_text("utf-8"))["run"]["id"] == "r1"
    assert stat.S_IMODE(Path("told.json").stat().st_mode) == 0o666 & ~_umask()
    assert sorted(path.name for path in Path().iterdir()) == ["data", "told.json"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("where", ["missing/told.json", "."])
def test_a_result_file_that_cannot_be_written_is_told_before_anything_is_audited(fleet: Looker, where: str) -> None:
    result = ask("run", "--site", SITE, "--output", where)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert not fleet.asked
    assert not Path("data").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "--site", "no address"],
        ["run", "--site", SITE, "--registry", "."],
        ["run", "--site", SITE, "--from-warc", "missing.warc"],
        ["run", "--sites", SITE],
        ["judge", "--run", "latest"],
        ["export", "--run", "latest", "--format", "docx"],
        ["export", "--run", "latest"],
        ["export"],
        ["findings"],
        ["nightli"],
        ["nightly", "--processes", "none"],
    ],
)
def test_bad_input_is_told_on_stderr_and_leaves_nothing_behind(fleet: Looker, arguments: list[str]) -> None:
    for lang in ("vi", "en"):
        result = ask(*arguments, env={"AUDIT_LANG": lang})
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert list(Path().iterdir()) == []


def test_a_file_that_is_no_recorded_traffic_is_bad_input(fleet: Looker, tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"nothing of the kind")
    assert ask("run", "--from-warc", "a.warc").exit_code == 2
    assert not fleet.asked
    assert not Path("data").exists()


def test_a_data_folder_that_is_a_file_is_bad_input(fleet: Looker) -> None:
    Path("data").write_text("")
    result = ask("run", "--site", SITE)
    assert result.exit_code == 2
    assert "thư mục dữ liệu" in result.stderr


# --- exit status ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fail_on", "expected"), [("never", 0), ("high", 0), ("medium", 1), ("low", 1)])
def test_fail_on_counts_findings_at_or_above_a_severity(fleet: Looker, fail_on: str, expected: int) -> None:
    fleet.results = (portal_run((judgement("a.b", failed(), severity="medium"),)),)
    assert ask("run", "--site", SITE, "--fail-on", fail_on).exit_code == expected


@pytest.mark.parametrize("state", ["blocked", "robots", "moved", "partial", "alias", "no_address"])
def test_a_portal_that_keeps_us_out_is_an_answer_too(fleet: Looker, state: str) -> None:
    fleet.results = (portal_run((), state=state),)  # type: ignore[arg-type]
    assert ask("run", "--site", SITE).exit_code == 0


def test_every_portal_unreachable_is_4_and_one_of_two_is_not() -> None:
    dead = portal_run((), state="unreachable", reason="dns")
    assert exit_status(run(dead, dead), "never") == 4
    assert exit_status(run(dead, portal_run()), "never") == 0


def test_a_rule_that_broke_is_our_own_fault_and_the_report_is_still_printed(fleet: Looker) -> None:
    fleet.results = (portal_run((BROKEN, judgement("c.d", failed(), severity="high"))),)
    result = ask("run", "--site", SITE, "--fail-on", "high")
    assert result.exit_code == 3
    assert "Tiêu đề của c.d" in result.stdout
    assert "audit.log" in result.stderr


def test_the_gravest_status_wins() -> None:
    dead = portal_run((judgement("a.b", failed(), severity="high"),), state="unreachable")
    broken = portal_run((BROKEN,), state="unreachable")
    assert exit_status(run(broken, kind="nightly", status="partial"), "high") == 3
    assert exit_status(run(dead, kind="nightly", status="quarantined"), "high") == 5
    assert exit_status(run(dead), "high") == 4
    assert exit_status(run(dead, portal_run(())), "high") == 1
    assert exit_status(run(portal_run((), state="error")), "never") == 3
    assert exit_status(run(dead, status="partial", reason="interrupted"), "never") == 130


def test_an_interruption_is_130(fleet: Looker) -> None:
    fleet.failure = KeyboardInterrupt()
    result = ask("run", "--site", SITE)
    assert result.exit_code == 130
    assert result.stderr.strip() == "Đã dừng theo yêu cầu."


def test_a_fault_of_ours_goes_to_the_log_and_not_to_the_screen(fleet: Looker) -> None:
    fleet.failure = RuntimeError("the cause")
    result = ask("run", "--site", SITE, "--lang", "en")
    assert result.exit_code == 3
    assert result.stderr.strip() == "The program met a fault of its own; the details are in data/audit.log."
    log = Path("data/audit.log").read_text("utf-8")
    assert "Traceback" in log
    assert "RuntimeError: the cause" in log


def test_a_disk_that_fills_up_on_the_way_is_one_sentence(fleet: Looker) -> None:
    full = ArchiveError("Hết chỗ trên đĩa / The disk is full")
    fleet.failure = ExceptionGroup("portals", [ExceptionGroup("one", [full])])
    result = ask("run", "--site", SITE, "--lang", "en")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.strip() == "The archive cannot be used: The disk is full"
    assert "ArchiveError" in Path("data/audit.log").read_text("utf-8")


def test_a_reader_that_goes_away_is_no_fault(fleet: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError

    hung_up: list[bool] = []
    monkeypatch.setattr("audit.output.click.echo", gone)
    monkeypatch.setattr("audit.speech._hang_up", lambda: hung_up.append(True) or 0)
    assert ask("run", "--site", SITE, "--quiet").exit_code == 0
    assert hung_up == [True]


# --- judge, export, findings ------------------------------------------------------------------------------


def test_a_replay_says_what_it_was_judged_from(fleet: Looker) -> None:
    ask("run", "--site", SITE)
    told = json.loads(ask("judge", "--run", "latest", "--format", "json").stdout)
    assert (told["run"]["id"], told["run"]["judged_from"]) == ("j1", "r1")


def test_an_export_of_a_run_has_states_from_its_history(fleet: Looker) -> None:
    ask("run", "--site", SITE)
    fleet.results = (
        portal_run((judgement("identity.spokesperson", passed()), judgement("identity.footer_email", failed()))),
    )
    ask("run", "--site", SITE)
    told = {row["rule"]: row for row in rows(ask("export", "--run", "latest", "--lang", "en").stdout)}
    assert told["identity.spokesperson"]["state"] == "fixed"
    assert told["identity.footer_email"]["state"] == "open"
    assert told["identity.footer_email"]["nights"] == "2"
    first = {row["rule"]: row["state"] for row in rows(ask("export", "--run", "r1", "--lang", "en").stdout)}
    assert first["identity.spokesperson"] == "new"


def test_an_export_for_one_agency_holds_no_other(fleet: Looker) -> None:
    other = Portal("b.gov.vn", PORTAL.address, "thematic", registered=False, kind_guessed=True)
    fleet.results = (portal_run(), portal_run(portal=other))
    ask("run", "--site", SITE)
    told = rows(ask("export", "--run", "latest", "--lang", "en", "--agency", "lao-cai-sxd").stdout)
    assert {row["agency_id"] for row in told} == {"lao-cai-sxd"}
    result = ask("export", "--run", "latest", "--agency", "nobody")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_an_export_as_json_is_the_whole_run_or_what_was_asked_for(fleet: Looker) -> None:
    ask("run", "--site", SITE)
    whole = json.loads(ask("export", "--run", "latest", "--format", "json").stdout)
    assert len(whole["portals"][0]["verdicts"]) == len(portal_run().judgements)
    some = json.loads(ask("export", "--run", "latest", "--format", "json", "--what", "unmeasured").stdout)
    assert {item["outcome"] for item in some["portals"][0]["verdicts"]} == {"cantTell"}
    csv_rows = rows(ask("export", "--run", "latest", "--what", "unmeasured", "--lang", "en").stdout)
    assert len(csv_rows) == len(some["portals"][0]["verdicts"])


def test_an_unknown_run_is_bad_input(fleet: Looker) -> None:
    ask("run", "--site", SITE)
    result = ask("export", "--run", "nope", "--lang", "en")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no run “nope”" in result.stderr
    assert "Không có" not in result.stderr


def test_findings_are_listed_by_state(fleet: Looker) -> None:
    ask("run", "--site", SITE)
    told = json.loads(ask("findings", "--format", "json").stdout)
    assert {(one["rule"], one["state"]) for one in told} == {
        ("identity.spokesperson", "new"),
        ("identity.footer_email", "new"),
    }
    assert json.loads(ask("findings", "--state", "open", "--format", "json").stdout) == []
    assert json.loads(ask("findings", "--site", "bca.gov.vn", "--format", "json").stdout) == []
    assert "mới" in ask("findings").stdout


# --- lists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["rules", "law", "portals"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_list_is_the_same_in_every_form(command: str, lang: str) -> None:
    told = json.loads(ask(command, "--format", "json", "--lang", lang).stdout)
    assert told
    assert len(rows(ask(command, "--format", "csv", "--lang", lang).stdout)) == len(told)
    assert ask(command, "--lang", lang).exit_code == 0
    assert list(Path().iterdir()) == []


def test_the_force_of_the_law_is_that_of_its_day() -> None:
    def force(day: str) -> dict[str, str]:
        told = json.loads(ask("law", "--law-day", day, "--format", "json").stdout)
        return {one["id"]: one["status"] for one in told}

    assert force("2020-01-01")["nd-244-2026"] == "not_begun"
    assert force("2026-11-01")["nd-244-2026"] == "in_force"


# --- help, doctor -----------------------------------------------------------------------------------------


def test_help_lists_the_commands_that_are_built() -> None:
    text = ask("--help").stdout
    for name in ("run", "judge", "export", "findings", "rules", "law", "portals", "doctor", "demo"):
        assert f"\n  {name} " in text
    for name in ("nightly", "diff", "waive", "verdict", "replies", "round", "status", "db", "verify"):
        assert f"\n  {name} " in text
    for name in ("rank", "figures", "send", "site", "serve"):
        assert f"\n  {name} " in text
    assert "Audit the portals" in ask("--lang", "en", "--help").stdout
    assert ask().stdout == text
    assert ask("--version").stdout.startswith("audit ")


def test_the_doctor_looks_and_touches_nothing() -> None:
    result = ask("doctor", "--lang", "en", "--format", "json")
    checks = {one["check"]: one for one in json.loads(result.stdout)}
    assert {"python", "browser", "database", "disk", "registry", "rulebook", "network", "last_run"} <= set(checks)
    assert result.exit_code == 0
    assert list(Path().iterdir()) == []


def test_the_doctor_names_what_is_broken() -> None:
    Path("data").mkdir()
    Path("data/audit.db").write_text("no database at all, but long enough to be looked at " * 50)
    result = ask("doctor", "--lang", "en")
    assert result.exit_code == 2
    assert "no SQLite database" in " ".join(result.stdout.split())


def test_the_doctor_tells_the_users_faults_from_ours() -> None:
    ours, theirs = Check("rulebook", "broken", "", 3), Check("registry", "broken", "")
    assert status([ours]) == 3
    assert status([ours, theirs]) == 2
    assert status([Check("browser", "note", "")]) == 0


# --- recorded traffic -------------------------------------------------------------------------------------


def test_recorded_traffic_names_its_portals_and_not_those_it_only_touched(fleet: Looker) -> None:
    warc = recorded(
        ("https://songmay.gov.vn/", 200, (("Content-Type", "text/html"),), b"<p>Trang"),
        ("https://dvc.songmay.gov.vn/", 302, (("Location", "https://dichvucong.gov.vn/"),), b""),
        ("https://so.songmay.gov.vn/", 302, (("Location", "/trang-chu"),), b""),
        ("https://laocai.gov.vn/", 503, (("Content-Type", "text/html"),), b"<p>Error"),
        ("https://counter.example.com/", 200, (("Content-Type", "text/html"),), b"<p>1"),
    )
    result = ask("run", "--from-warc", str(warc))
    assert result.exit_code == 0, result.stderr
    ((portals, _, more),) = fleet.asked
    assert {str(portal.address) for portal in portals} == {"laocai.gov.vn", "songmay.gov.vn", "so.songmay.gov.vn"}
    assert [source.hosts()[0] for source in more["recorded"]] == ["songmay.gov.vn"]


def test_recorded_traffic_of_no_state_host_is_that_of_its_first_host(fleet: Looker) -> None:
    ask("run", "--from-warc", str(recorded(("http://xa.example.vn/", 200, (), b"<p>Trang"))))
    ((portals, _, _),) = fleet.asked
    assert [str(portal.address) for portal in portals] == ["xa.example.vn"]


def test_recorded_traffic_of_what_is_no_host_of_a_portal_is_passed_over(fleet: Looker) -> None:
    pages = [(f"http://{host}/", 200, (), b"<p>Trang") for host in ("localhost", "a_b", "xa.example.vn")]
    ask("run", "--from-warc", str(recorded(*pages)))
    ((portals, _, _),) = fleet.asked
    assert [str(portal.address) for portal in portals] == ["xa.example.vn"]
    assert ask("run", "--from-warc", str(recorded(pages[0]))).exit_code == 2


def test_what_is_no_recorded_traffic_is_bad_input_told_before_anything_is_asked(fleet: Looker) -> None:
    Path("ghi-chu.txt").write_text("không phải WARC", encoding="utf-8")
    result = ask("run", "--from-warc", "ghi-chu.txt", "--site", "laocai.gov.vn")
    assert (result.exit_code, fleet.asked) == (2, [])
    assert result.stderr == "Không đọc được tệp WARC ghi-chu.txt: không phải tệp WARC, hoặc tệp bị hỏng.\n"


def test_what_the_system_says_is_told_in_the_readers_language(fleet: Looker) -> None:
    vi = ask("run", "--site", "laocai.gov.vn", "--output", "khong-co/ket-qua.csv")
    en = ask("run", "--site", "laocai.gov.vn", "--output", "khong-co/ket-qua.csv", "--lang", "en")
    assert (vi.exit_code, en.exit_code, fleet.asked) == (2, 2, [])
    assert vi.stderr.endswith("ket-qua.csv: không có tệp hoặc thư mục này.\n")
    assert en.stderr.endswith("ket-qua.csv cannot be written: No such file or directory.\n")


def recorded(*answers: tuple[str, int, tuple[tuple[str, str], ...], bytes]) -> Path:
    writer = EvidenceWriter(Path(), "w", "p")
    for url, code, headers, body in answers:
        writer.response(url, code, "", headers, body, SEEN)
    return Path(writer.finish())
