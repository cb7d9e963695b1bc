"""The evidence archive: WARC files written, swept and read back, ours and those of another tool."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from audit_rules.rendered import RenderFacts
from storage.evidence import EvidenceError, EvidenceWriter, Recorded, sweep

SEEN = datetime(2026, 7, 24, 1, 2, 3, 456789, tzinfo=UTC)
HOME = "https://laocai.gov.vn/"
PAGE = "<html><body>Cổng thông tin điện tử</body></html>".encode()
PICTURE = b"\xff\xd8\xff\xe0JFIF" * 10_000
RENDER = RenderFacts(12, ("https://emc.example/matomo.php",), ('["setSiteId","7"]',), 1)


def written(folder: Path) -> Path:
    writer = EvidenceWriter(folder, "r1", "laocai", user_agent="portal-auditor/0.1")
    headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    writer.response(HOME, 200, "OK", headers, gzip.compress(PAGE), SEEN, "203.0.113.7")
    writer.rendered(HOME, PAGE.decode(), SEEN + timedelta(seconds=1), RENDER, 200)
    writer.picture(HOME, PICTURE, SEEN)
    writer.failure("https://www.laocai.gov.vn/", "timeout", SEEN)
    return folder / writer.finish()


def test_what_was_kept_is_read_back_as_it_was_sent(tmp_path: Path) -> None:
    recorded = Recorded.open(written(tmp_path))
    answer = recorded.response("https://laocai.gov.vn:443#top")
    assert answer is not None
    assert (answer.url, answer.status, answer.seen_at) == (HOME, 200, SEEN)
    assert gzip.decompress(answer.body) == PAGE
    assert answer.headers == (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    look = recorded.rendered(HOME)
    assert look is not None
    assert (look.html, look.render, look.status) == (PAGE.decode(), RENDER, 200)
    assert look.seen_at == SEEN + timedelta(seconds=1)
    failure = recorded.failure("https://www.laocai.gov.vn/")
    assert failure is not None
    assert (failure.error, failure.seen_at) == ("timeout", SEEN)
    assert recorded.hosts() == ("laocai.gov.vn", "www.laocai.gov.vn")
    assert recorded.picture(hashlib.sha256(PICTURE).hexdigest()) == PICTURE
    assert recorded.picture("") == b""
    assert recorded.response("https://laocai.gov.vn/khac") is None
    assert recorded.failure(HOME) is None
    assert recorded.rendered("https://www.laocai.gov.vn/") is None


def test_the_digest_given_is_that_of_the_bytes_and_other_tools_can_check_it(tmp_path: Path) -> None:
    path = written(tmp_path)
    kinds: list[str] = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            kinds.append(record.rec_type)
            record.content_stream().read()
            if record.rec_type == "response":
                assert record.rec_headers.get_header("WARC-IP-Address") == "203.0.113.7"
                assert record.digest_checker.passed
            assert record.rec_headers.protocol == "WARC/1.1"
    assert kinds == ["warcinfo", "response", "conversion", "metadata", "resource", "metadata"]


def test_the_last_answer_of_an_address_counts(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path, "r1", "a")
    writer.response(HOME, 503, "Busy", [], b"", SEEN)
    writer.response(HOME, 200, "OK", [], PAGE, SEEN)
    answer = Recorded.open(tmp_path / writer.finish()).response(HOME)
    assert answer is not None
    assert (answer.status, answer.body) == (200, PAGE)


def test_hostile_headers_reasons_and_addresses_break_no_record(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path, "r1", "../../etc/passwd")
    url = "https://a.gov.vn/x\r\nWARC-Type: warcinfo\r\n"
    headers = [("X-A", "1\r\nX-B: 2"), ("bad name", "x"), ("", "y"), ("X-Long", "z" * 100_000), ("Á", "x")]
    headers += [(f"X-{number}", "v") for number in range(500)]
    writer.response(url, 200, "OK\r\n\r\n<evil>", [*headers, ("Content-Length", "99999")], PAGE, SEEN)
    writer.response("https://a.gov.vn/tiếng việt?q=ký tự", 200, "OK", [("X-V", "ổn \ud800")], PAGE, SEEN)
    name = writer.finish()
    assert ".." not in name.split("/")
    recorded = Recorded.open(tmp_path / name)
    assert recorded.hosts() == ("a.gov.vn",)
    answer = recorded.response("https://a.gov.vn/ti%E1%BA%BFng%20vi%E1%BB%87t?q=k%C3%BD%20t%E1%BB%B1")
    assert answer is not None
    assert answer.headers == (("X-V", "ổn ?"),)
    with (tmp_path / name).open("rb") as file:
        heads = [record.http_headers for record in ArchiveIterator(file) if record.rec_type == "response"]
    assert heads[0].get_header("X-B") is None
    assert heads[0].get_header("X-A") == "1 X-B: 2"
    assert heads[0].get_header("Content-Length") is None
    assert len(heads[0].headers) <= 100
    assert max(len(value) for _, value in heads[0].headers) <= 8192


def test_unfinished_files_are_aborted_or_swept_and_living_ones_are_left(tmp_path: Path) -> None:
    aborted = EvidenceWriter(tmp_path, "r1", "a")
    aborted.response(HOME, 200, "OK", [], PAGE, SEEN)
    aborted.abort()
    assert not list(tmp_path.rglob("*a.warc*"))
    done = written(tmp_path)
    living = EvidenceWriter(tmp_path, "r1", "living")
    (tmp_path / "r1" / "dead.warc.gz.4711.part").write_bytes(b"half a record")
    assert sweep(tmp_path) == 1
    assert sweep(tmp_path / "none") == 0
    assert (tmp_path / living.finish()).exists()
    assert done.exists()
    assert not list(tmp_path.rglob("*.part"))


def test_a_process_that_goes_on_with_a_run_does_not_meet_one_that_still_writes_for_it(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        living = pool.submit(begin_to_write, tmp_path).result()
        ours = EvidenceWriter(tmp_path, "r1", "a")
        ours.response(HOME, 200, "OK", [], PAGE, SEEN)
        assert sweep(tmp_path) == 0
        pool.submit(break_off).result()
        assert not living.exists()
        assert Recorded.open(tmp_path / ours.finish()).response(HOME) is not None


_begun: list[EvidenceWriter] = []


def begin_to_write(folder: Path) -> Path:
    _begun.append(EvidenceWriter(folder, "r1", "a"))
    (part,) = folder.glob("r1/*.part")
    return part


def break_off() -> None:
    _begun.pop().abort()


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EvidenceError, match=r"Không ghi được tệp bằng chứng .* / The evidence file"):
        EvidenceWriter(tmp_path / "file", "r1", "a")


def test_a_full_disk_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "r1").mkdir()
    part = tmp_path / "r1" / f"a.warc.gz.{os.getpid()}.part"
    part.symlink_to("/dev/full")
    writer = EvidenceWriter(tmp_path, "r1", "a")
    with pytest.raises(EvidenceError, match="No space left"):
        writer.finish()
    writer.abort()
    assert not part.is_symlink()


def test_moments_without_a_time_zone_are_refused(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path, "r1", "a")
    with pytest.raises(ValueError, match="time zone"):
        writer.failure(HOME, "dns", datetime(2026, 1, 1))  # noqa: DTZ001
    writer.abort()


@pytest.mark.parametrize(
    "content", [b"", b"<html>no archive</html>", gzip.compress(b"no archive", mtime=0), b"\x1f\x8b\x08junk"]
)
def test_a_file_that_is_no_warc_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match=r"Không đọc được tệp WARC .* / The WARC file .* cannot be read"):
        Recorded.open(path)


def foreign(date: str = "2026-01-01T00:00:00Z", status: str = "200", block: bytes = b"", **more: str) -> bytes:
    block = block or f"HTTP/1.1 {status} OK\r\n\r\n<html>".encode()
    fields = {
        "WARC-Type": "response", "WARC-Record-ID": "<urn:uuid:1>", "WARC-Date": date, "WARC-Target-URI": HOME,
        "Content-Type": "application/http; msgtype=response", "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return gzip.compress(b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n")


@pytest.mark.parametrize(
    "record",
    [
        foreign(date="0001-01-01T00:00:00+14:00"),
        foreign(date="9999-12-31T23:59:59Z"),
        foreign(status="9" * 5000),
        foreign(block=b'{"error": ' + b"[" * 100_000, WARC_Type="metadata", Content_Type="application/json"),
    ],
)
def test_a_record_nobody_can_read_is_passed_over(tmp_path: Path, record: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(record + foreign(WARC_Target_URI=HOME + "sau", WARC_Record_ID="<urn:uuid:2>"))
    recorded = Recorded.open(path)
    assert recorded.response(HOME) is None
    assert recorded.response(HOME + "sau") is not None


def test_a_length_no_machine_can_hold_is_one_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(foreign(Content_Length="1" + "0" * 30))
    with pytest.raises(EvidenceError, match="cannot be read"):
        Recorded.open(path)


def test_a_missing_file_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="No such file"):
        Recorded.open(tmp_path / "none.warc")


def test_what_a_torn_file_still_holds_whole_is_read(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path, "r1", "a")
    writer.response(HOME, 200, "OK", [], PAGE, SEEN)
    writer.response(HOME + "2", 200, "OK", [], bytes(range(256)) * 400, SEEN)
    path = tmp_path / writer.finish()
    path.write_bytes(path.read_bytes()[:-40])
    recorded = Recorded.open(path)
    assert recorded.response(HOME) is not None
    assert recorded.response(HOME + "2") is None


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_of_another_tool_is_read(tmp_path: Path, packed: bool) -> None:
    """WARC/1.0, seconds only, chunked transfer, a revisit, a POST, a DNS record, and ``http/1.1`` in lower case."""
    path = tmp_path / "foreign.warc"
    with path.open("wb") as file:
        tool = WARCWriter(file, gzip=packed)
        tool.write_record(tool.create_warcinfo_record("foreign.warc", {"software": "another tool"}))

        def add(kind: str, url: str, head: StatusAndHeaders | None, body: bytes, **about: str) -> str:
            named = {name.replace("_", "-"): value for name, value in about.items()}
            record = tool.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": "2024-03-01T10:00:00Z", **named},
            )
            tool.write_record(record)
            return str(record.rec_headers.get_header("WARC-Record-ID"))

        zipped = gzip.compress(PAGE)
        body = b"%x\r\n%s\r\n%x;ext=1\r\n%s\r\n0\r\n\r\n" % (10, zipped[:10], len(zipped) - 10, zipped[10:])
        chunked = [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]
        add("resource", "dns:laocai.gov.vn", None, b"laocai.gov.vn. 300 IN A 203.0.113.7")
        add("response", "https://LaoCai.gov.vn/", StatusAndHeaders("200 OK", chunked, "http/1.1"), body)
        plain = StatusAndHeaders("404 Not Found", [("Content-Type", "text/html")], "HTTP/1.1")
        add("response", "http://b.gov.vn/a", plain, b"gone")
        tool.write_record(
            tool.create_revisit_record(
                "http://b.gov.vn/b",
                "sha1:" + digest(b"gone"),
                "http://b.gov.vn/a",
                "2024-03-01T10:00:00Z",
                http_headers=StatusAndHeaders("410 Gone", [("X-Seen", "again")], "HTTP/1.1"),
            )
        )
        posted = add("response", "http://b.gov.vn/form", StatusAndHeaders("200 OK", [], "HTTP/1.1"), b"thanks")
        request = StatusAndHeaders("POST /form HTTP/1.1", [("Host", "b.gov.vn")], is_http_request=True)
        add("request", "http://b.gov.vn/form", request, b"", WARC_Concurrent_To=posted)

    recorded = Recorded.open(path)
    home = recorded.response(HOME)
    assert home is not None
    assert gzip.decompress(home.body) == PAGE
    assert home.headers == (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    assert home.seen_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
    again = recorded.response("http://b.gov.vn/b")
    assert again is not None
    assert (again.status, again.body, again.headers) == (410, b"gone", (("X-Seen", "again"),))
    assert recorded.response("http://b.gov.vn/form") is None
    assert recorded.hosts() == ("laocai.gov.vn", "b.gov.vn")


def digest(body: bytes) -> str:
    import base64
    import hashlib

    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
