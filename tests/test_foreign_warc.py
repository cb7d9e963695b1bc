"""Traffic recorded by other tools: wget, and files as Heritrix, pywb and Browsertrix write them."""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from audit_rules.address import AddressBook
from crawler.loop import run
from crawler.plan import Plan
from crawler.visit import Network, visit
from storage.recorded import EvidenceError, Recorded
from tests.made_portal import Reply, Site, html, page, portal

HOME = "http://cong.gov.vn/"
DATE = "2026-03-01T10:00:00Z"


class Tool:
    """Another tool that writes WARC files."""

    def __init__(self, path: Path, *, packed: bool = True, version: str = "1.1") -> None:
        self.path, self._file = path, path.open("wb")
        self.writer = WARCWriter(self._file, gzip=packed, warc_version=version)
        self.writer.write_record(self.writer.create_warcinfo_record(path.name, {"software": "another tool"}))

    def add(
        self, kind: str, url: str, body: bytes = b"", head: StatusAndHeaders | None = None, **about: str
    ) -> str:
        named = {"WARC-Date": DATE} | {name.replace("_", "-"): value for name, value in about.items()}
        record = self.writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), length=len(body), http_headers=head, warc_headers_dict=named
        )
        self.writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Payload-Digest"))

    def answer(self, url: str, body: bytes, *headers: tuple[str, str], status: str = "200 OK", **about: str) -> str:
        kind = [("Content-Type", "text/html; charset=utf-8"), *headers]
        return self.add("response", url, body, StatusAndHeaders(status, kind, "HTTP/1.1"), **about)

    def done(self) -> Recorded:
        self._file.close()
        return Recorded.open(self.path)


def seen(recorded: Recorded) -> dict[str, str]:
    """The titles of the pages that a visit finds in it."""
    visited = run(visit(portal(), AddressBook(), Plan(), Network(recorded=recorded), rank=lambda *_: 0))
    return {page.url: page.raw.title for page in visited.pages if page.raw is not None}


@pytest.mark.parametrize("packed", [True, False])
def test_a_crawl_is_visited_as_if_it_were_the_portal(tmp_path: Path, packed: bool) -> None:
    tool = Tool(tmp_path / "a.warc", packed=packed)
    tool.answer(HOME, page("/a", "/b"))
    tool.answer(HOME + "a", gzip.compress(page(title="A")), ("Content-Encoding", "gzip"))
    assert seen(tool.done()) == {HOME: "Cổng thông tin", HOME + "a": "A"}


def test_the_body_of_a_revisit_may_lie_behind_it_and_be_named_by_address_and_moment(tmp_path: Path) -> None:
    """pywb writes digests; Heritrix also names the record, by its address and moment."""
    tool, body = Tool(tmp_path / "a.warc.gz"), page(title="A")
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
    digest = "sha1:" + "A" * 32
    tool.add("revisit", HOME + "sau", b"", head, WARC_Payload_Digest=digest, WARC_Profile="identical")
    named = {"WARC_Refers_To_Target_URI": HOME + "a", "WARC_Refers_To_Date": DATE}
    tool.add("revisit", HOME + "ten", b"", head, **named)
    tool.answer(HOME + "a", body, WARC_Payload_Digest=digest)
    recorded = tool.done()
    for path in ("a", "sau", "ten"):
        answer = recorded.response(HOME + path)
        assert answer is not None, path
        assert answer.body == body


def test_a_page_that_a_server_said_had_not_changed_is_the_page_before(tmp_path: Path) -> None:
    tool = Tool(tmp_path / "a.warc.gz")
    tool.answer(HOME, page(title="Trước"))
    same = StatusAndHeaders("304 Not Modified", [("ETag", '"1"')], "HTTP/1.1")
    tool.add("revisit", HOME, b"", same, WARC_Date="2026-03-02T10:00:00Z", WARC_Payload_Digest="")
    answer = tool.done().response(HOME)
    assert answer is not None
    assert (answer.status, answer.seen_at) == (200, datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert "Trước".encode() in answer.body


def test_a_revisit_of_what_is_not_there_is_not_recorded(tmp_path: Path) -> None:
    tool = Tool(tmp_path / "a.warc.gz")
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
    tool.add(
        "revisit", HOME, b"", head, WARC_Payload_Digest="sha1:NONE", WARC_Refers_To_Filename="../../etc/passwd"
    )
    recorded = tool.done()
    assert recorded.response(HOME) is None
    visited = run(visit(portal(), AddressBook(), Plan(), Network(recorded=recorded), rank=lambda *_: 0))
    assert (visited.state, visited.reason) == ("unreachable", "not_recorded")


def test_what_browsertrix_adds_is_no_answer_of_the_portal(tmp_path: Path) -> None:
    tool = Tool(tmp_path / "a.warc.gz")
    tool.answer(HOME, page("/a"))
    tool.add("resource", "urn:pageinfo:" + HOME, b"{}", Content_Type="application/json")
    tool.add("resource", "urn:view:" + HOME, b"\x89PNG", Content_Type="image/png")
    tool.add("resource", "urn:text:" + HOME, b"words", Content_Type="text/plain")
    assert seen(tool.done()) == {HOME: "Cổng thông tin"}


# --- WACZ -----------------------------------------------------------------------------------------------------


def packed(folder: Path, kind: int = zipfile.ZIP_STORED) -> Path:
    one, two = Tool(folder / "1.warc.gz"), Tool(folder / "2.warc.gz")
    one.answer(HOME, page("/a", "/b"))
    one.answer(HOME + "a", page(title="A"))
    two.answer(HOME + "b", page(title="B"))
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
    digest = one.answer(HOME + "c", page(title="C"))
    two.add("revisit", HOME + "d", b"", head, WARC_Payload_Digest=digest)
    for tool in (one, two):
        tool.done()
    path = folder / "crawl.wacz"
    with zipfile.ZipFile(path, "w", kind) as crawl:
        crawl.writestr("datapackage.json", "{}", zipfile.ZIP_DEFLATED)
        for name in ("2.warc.gz", "1.warc.gz"):
            crawl.write(folder / name, f"archive/{name}")
        crawl.writestr("pages/pages.jsonl", "{}", zipfile.ZIP_DEFLATED)
    return path


def test_all_warc_files_of_a_wacz_are_one_source(tmp_path: Path) -> None:
    recorded = Recorded.open(packed(tmp_path))
    assert seen(recorded) == {HOME: "Cổng thông tin", HOME + "a": "A", HOME + "b": "B"}
    again = recorded.response(HOME + "d")
    assert again is not None
    assert b"<title>C" in again.body
    assert recorded.hosts() == ("cong.gov.vn",)


def test_a_wacz_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path) -> None:
    path = packed(tmp_path, zipfile.ZIP_DEFLATED)
    torn, empty = tmp_path / "torn.wacz", tmp_path / "empty.wacz"
    torn.write_bytes(path.read_bytes()[:200])
    with zipfile.ZipFile(empty, "w") as crawl:
        crawl.writestr("datapackage.json", "{}")
    for each in (path, torn, empty):
        with pytest.raises(EvidenceError, match=r"Không đọc được tệp WARC .* / The WARC file .* cannot be read"):
            Recorded.open(each)


# --- wget -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("wget") is None, reason="no wget on this machine")
@pytest.mark.parametrize("options", [(), ("--no-warc-compression",)])
def test_a_mirror_by_wget_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    twice = Reply(page(title="A"), 200, {"Content-Type": "text/html"})
    with Site({HOME: html("/a", "/b"), HOME + "a": twice, HOME + "b": twice}) as site:  # as a proxy is asked
        proxy = f"http_proxy=http://127.0.0.1:{site.port}/"
        subprocess.run(  # noqa: S603 - on loopback
            [
                *(str(shutil.which("wget")), "-e", proxy, "-e", "robots=off", "-q", "-r", "-l", "1", "-P"),
                *(str(tmp_path / "pages"), f"--warc-file={tmp_path / 'wget'}", *options, HOME),
            ],
            check=True,
        )
    (file,) = tmp_path.glob("wget.warc*")
    assert seen(Recorded.open(file)) == {HOME: "Cổng thông tin", HOME + "a": "A", HOME + "b": "A"}
