"""The static site: every address in it leads to a file of it, it tells the public no more than the pages do, and
the folder it is written to holds a whole site or what was there before."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner, Result

from audit.cli import main
from audit.refusals import BadInput, OwnFault
from audit.registry.registry import Registry
from audit.web.api.records import FindingRecord, PortalRecord, RunRecord
from audit.web.site import writing
from audit.web.site.addresses import Place, SiteLinks
from audit.web.site.data import columns_of
from audit.web.site.writing import MARK, write_site
from audit.web.views import Views
from storage.archive import Archive
from tests.shown_compared import take_figures
from tests.shown_runs import SECRET, fill, made_registry


class _Leads(HTMLParser):
    """The addresses that a page leads to, and what may not be in one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.to += [value or "" for name, value in attrs if name in ("href", "src", "action")]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return made_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, made_once: Path, registry: Registry) -> Iterator[Archive]:
    path = tmp_path_factory.mktemp("database") / "audit.db"
    path.write_bytes(made_once.read_bytes())
    with Archive.open(path) as archive:
        fill(archive, registry)
        take_figures(archive)
        yield archive


@pytest.fixture(scope="module")
def sites(filled: Archive, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sites")
    for audience in ("public", "internal"):
        write_site(Views(filled, registry, audience=audience), folder / audience, lambda *_: None)  # type: ignore[arg-type]
    return {each: folder / each for each in ("public", "internal")}


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_every_address_of_the_site_is_relative_and_leads_to_a_file_of_it(
    sites: dict[str, Path], audience: str
) -> None:
    site = sites[audience]
    pages = list(site.rglob("*.html"))
    assert {
        "index.html",
        "portals/p1.html",
        "en/portals/p1.html",
        "rules/transport.https.html",
        "data/index.html",
    } <= {str(each.relative_to(site)) for each in pages}
    for page in pages:
        leads = _Leads(page.read_text("utf-8"))
        assert not leads.tags & {"script", "form", "iframe"}
        for address in leads.to:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("#"):
                assert parts.scheme in ("", "http", "https")
                continue
            assert (page.parent / unquote(parts.path)).is_file(), (page, address)


def test_what_is_embargoed_is_in_no_file_and_the_public_is_told_of_published_rules_alone(
    sites: dict[str, Path],
) -> None:
    for site in sites.values():
        for each in site.rglob("*.*"):
            body = each.read_bytes()
            assert SECRET.encode() not in body
            assert b"so3.laocai.gov.vn/tin/7" not in body
    told = json.loads((sites["public"] / "data/findings.json").read_text("utf-8"))["items"]
    assert {each["rule"] for each in told} == {"measurement.emc_code_present"}
    inside = json.loads((sites["internal"] / "data/findings.json").read_text("utf-8"))["items"]
    assert "identity.spokesperson" in {each["rule"] for each in inside}


def test_open_data_says_which_rules_and_law_day_made_it_and_what_each_column_means(sites: dict[str, Path]) -> None:
    data = sites["internal"] / "data"
    package = json.loads((data / "datapackage.json").read_text("utf-8"))
    assert (package["run"], package["rules_version"], package["law_day"]) == ("n2", "rules-1", "2026-07-17")
    for resource in package["resources"]:
        raw = (data / resource["path"]).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
        assert rows[0] == [each["name"] for each in resource["schema"]["fields"]]
        items = json.loads((data / f"{resource['name']}.json").read_text("utf-8"))["items"]
        assert len(rows) == len(items) + 1
        assert len(items) > 0


def test_csv_and_json_hold_the_same_numbers(sites: dict[str, Path]) -> None:
    data = sites["internal"] / "data"
    rows = list(csv.DictReader((data / "portals.csv").read_text("utf-8-sig").splitlines()))
    for row, item in zip(rows, json.loads((data / "portals.json").read_text("utf-8"))["items"], strict=True):
        assert (row["id"], row["score.failed"]) == (item["id"], str(item["score"]["failed"]))
        assert row["outcomes.failed"] == str(item["outcomes"].get("failed", 0))
        assert row["current"] == str(item["current"]).lower()


def test_names_in_the_english_data_are_english(sites: dict[str, Path]) -> None:
    names = {lang: (sites["internal"] / lang / "data/agencies.csv").read_text("utf-8-sig") for lang in ("", "en")}
    assert "Sở 1" in names[""]
    assert "Department 1" in names["en"]


@pytest.mark.parametrize("record", [PortalRecord, FindingRecord, RunRecord])
def test_every_field_of_a_record_is_a_column(record: type) -> None:
    assert list(dict.fromkeys(name.partition(".")[0] for name, _ in columns_of(record))) == list(
        record.__annotations__
    )


def test_a_list_that_was_asked_something_has_a_name_of_its_own() -> None:
    def path(kind: str, *ids: str, query: str = "", lang: str = "vi") -> str:
        return Place(kind, ids, query, lang).path  # type: ignore[arg-type]

    assert path("home") == "index.html"
    assert path("home", lang="en") == "en/index.html"
    assert path("portal", "a.gov.vn", lang="en") == "en/portals/a.gov.vn.html"
    assert path("findings", query="page=2&rule=transport.https") == "findings--page-2_rule-transport.https.html"
    assert path("findings", query="q=..%2F..%2Fetc") == "findings--q-..%252F..%252Fetc.html".replace("%25", "%")
    assert "/" not in path("findings", query="q=../x").removeprefix("findings")


def test_what_the_site_has_no_page_for_is_led_to_the_nearest_that_it_has() -> None:
    wanted: list[Place] = []
    known = {"portal": {("p1",)}, "rule": {("transport.https",)}, "finding": {("p1", "a.b")}, "run": {("n9",)}}
    links = SiteLinks("vi", "runs/n9.html", known, wanted.append)
    assert links.to("run_portal", "n1", "p1") == "../portals/p1.html"
    assert links.to("run_finding", "n1", "p1", "a.b") == "../portals/p1/a.b.html"
    assert links.to("finding", "p1", "transport.https") == "../rules/transport.https.html"
    assert links.to("finding", "p1", "gone.rule") == "../rules.html"
    assert links.to("run", "n1", query="page=2") == "../runs.html"
    assert links.to("portal", "p2") == "../portals.html"
    assert [each.path for each in wanted][:2] == ["portals/p1.html", "portals/p1/a.b.html"]


def test_a_site_takes_the_place_of_the_one_before_and_nothing_else(
    filled: Archive,
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "_write_pages", lambda *_: 1)
    views = Views(filled, registry, audience="public")
    folder = tmp_path / "site"
    write_site(views, folder, lambda *_: None)
    (folder / "old.html").write_text("of the site before", "utf-8")
    write_site(views, folder, lambda *_: None)
    assert (folder / MARK).is_file()
    assert not (folder / "old.html").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["site"]

    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "report.docx").write_text("my work", "utf-8")
    with pytest.raises(BadInput) as refused:
        write_site(views, mine, lambda *_: None)
    assert refused.value.key == "error.not_a_site"
    assert (mine / "report.docx").read_text("utf-8") == "my work"


def test_a_site_that_breaks_off_leaves_the_one_before(
    filled: Archive,
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    views = Views(filled, registry, audience="public")
    folder = tmp_path / "site"
    monkeypatch.setattr(writing, "_write_pages", lambda *_: 1)
    write_site(views, folder, lambda *_: None)
    before = sorted(each.name for each in folder.rglob("*"))
    monkeypatch.setattr(writing, "_write_pages", full)
    with pytest.raises(OwnFault):
        write_site(views, folder, lambda *_: None)
    assert sorted(each.name for each in folder.rglob("*")) == before
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_a_site_is_of_one_state_of_the_data(
    filled: Archive,
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    views = Views(filled, registry, audience="public")
    shown = views.shown()
    versions = iter(("a", "b"))
    written: list[str] = []

    class Changing:
        version = property(lambda _: written[-1] if written else "")

    def pages(views: Views, part: Path, told: object) -> int:
        written.append(next(versions, "b"))
        return 1

    monkeypatch.setattr(writing, "_write_pages", pages)
    monkeypatch.setattr(writing, "open_data", lambda *_: iter(()))
    monkeypatch.setattr(views, "shown", lambda: Changing())
    write_site(views, tmp_path / "site", lambda *_: None)
    assert len(written) == 3
    assert shown.version


def _audit(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["site", *map(str, arguments)])


def test_the_command_says_how_many_pages_there_are_where_and_for_whom(
    filled: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_write_pages", lambda *_: 7)
    made_registry(tmp_path)
    registry = tmp_path / "registry"
    place = ("--db", str(filled.database.path), "--data", tmp_path, "--registry", registry)
    done = _audit("--output", tmp_path / "site", *place)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    assert f"Đã ghi 7 trang vào {tmp_path / 'site'} (công khai)" in done.stderr
    assert "quy tắc đã ở giai đoạn công bố" in done.stderr
    assert (tmp_path / "site/data/portals.csv").is_file()
    assert _audit("--output", tmp_path / "site", *place, "--quiet").stderr == ""
    assert _audit("--output", registry, *place).exit_code == 2


def test_the_command_refuses_what_it_cannot_do_in_one_sentence(sqlite_url: str, tmp_path: Path) -> None:
    missing = _audit()
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)
    empty = _audit("--output", tmp_path / "site", "--db", sqlite_url, "--data", tmp_path)
    assert (empty.exit_code, empty.stderr.count("\n")) == (2, 1)
    assert "Chưa có kết quả nào" in empty.stderr
    assert not (tmp_path / "site").exists()
