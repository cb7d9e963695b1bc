"""What is shown of private persons is masked; what an agency says of itself is not."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit_rules.address import AddressBook
from audit_rules.evidence import region_words
from audit_rules.known import Kept, Known, KnownPage
from audit_rules.masking import masked, shown
from audit_rules.reading.private import has_private_words, is_private
from audit_rules.verdict import Evidence, Nearest, Searched, Value, Verdict, failed
from crawler.loop import run
from crawler.plan import Plan
from crawler.visit import Network, visit
from storage.evidence import EvidenceWriter
from storage.recorded import Recorded
from tests.made_portal import HOST, HTML, TEXT, Painter, Reply, Site, html, network, page, portal

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Anh Nam, 0912 345 678, xin hỏi", "Anh Nam, 091• ••• •••, xin hỏi"),
        ("ĐT: (024) 3825.1234", "ĐT: (024) ••••.••••"),
        ("gửi về nam.nguyen@gmail.com nhé", "gửi về n•••@gmail.com nhé"),
        ("CCCD số 001099012345", "CCCD số 001•••••••••"),
        ("số 079 201 001 234 cấp ngày", "số 079 ••• ••• ••• cấp ngày"),
        ("CMND: 123456789", "CMND: 123••••••"),
        ("Hộ chiếu C1234567", "Hộ chiếu C123••••"),
        ("mã số thuế cá nhân 8012345678", "mã số thuế cá nhân 801•••••••"),
        # what belongs to nobody
        ("", ""),
        ("Đường dây nóng 1022, 1900 1234", "Đường dây nóng 1022, 1900 1234"),
        ("Quyết định số 1234/2025/QĐ-UBND ngày 22/11/2026", "Quyết định số 1234/2025/QĐ-UBND ngày 22/11/2026"),
        ("Lượt truy cập: 0123456789", "Lượt truy cập: 0123456789"),
        ("Mã số thuế 0100109106", "Mã số thuế 0100109106"),
        ("Kế hoạch 2021-2025, 12.345.678 đồng", "Kế hoạch 2021-2025, 12.345.678 đồng"),
    ],
)
def test_numbers_and_addresses_of_persons_are_masked_and_others_stay(text: str, seen: str) -> None:
    assert masked(text) == seen
    assert masked(seen) == seen


def piece(where: str, excerpt: str) -> Evidence:
    return Evidence("https://a.gov.vn/", where, excerpt, "0", NOW, "raw")


def excerpt(topic: str, where: str, text: str) -> str:
    return shown(failed(piece(where, text)), topic).evidence[0].excerpt


PHONE, HIDDEN = "Liên hệ: 0912345678", "Liên hệ: 091•••••••"


@pytest.mark.parametrize(
    ("topic", "region", "open_"),
    [
        ("publishing", "footer", True),
        ("publishing", "header", True),
        ("publishing", "main", False),
        ("publishing", "article", False),
        ("identity", "main", True),
        ("disclosure", "main", True),
        ("identity", "article", False),
        ("disclosure", "teaser", False),
    ],
)
def test_contacts_are_shown_where_an_agency_tells_them(topic: str, region: str, open_: bool) -> None:
    assert excerpt(topic, region_words(region), PHONE) == (PHONE if open_ else HIDDEN)  # type: ignore[arg-type]


def test_papers_are_masked_in_every_place_and_codes_and_addresses_in_none() -> None:
    assert excerpt("identity", region_words("footer"), "CCCD 001099012345") == "CCCD 001•••••••••"
    code = "_govaq.push(['setSiteId', '0912345678'])"
    assert excerpt("measurement", "mã đo lường / measuring code", code) == code
    link = "Hỏi 0912345678 → https://a.gov.vn/?id=0912345678"
    assert excerpt("publishing", region_words("main"), link) == "Hỏi 091••••••• → https://a.gov.vn/?id=0912345678"


def test_the_nearest_miss_and_values_are_masked_too() -> None:
    values: dict[str, Value] = {
        "text": PHONE,
        "dead": ["https://a.gov.vn/x 0912345678", "gọi 0912345678"],
        "site_id": "0912345678",
        "count": 3,
    }
    searched = Searched(nearest=Nearest(PHONE, "https://a.gov.vn/", "news"))
    told = shown(Verdict("failed", values=values, searched=searched), "publishing")
    assert told.searched is not None
    assert told.searched.nearest is not None
    assert told.searched.nearest.text == HIDDEN
    assert told.values == {
        "text": HIDDEN,
        "dead": ["https://a.gov.vn/x 0912345678", "gọi 091•••••••"],
        "site_id": "0912345678",
        "count": 3,
    }
    clean = failed(piece(region_words("main"), "Không có gì"), missing=["phone"])
    assert shown(clean, "publishing") is clean


# --- pages of which the body is not kept -----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/hoi-dap", ""),
        ("/web/guest/hoi-dap/-/cau-hoi/123", ""),
        ("/HoiDap/Default.aspx", ""),
        ("/phan-anh-kien-nghi", ""),
        ("/tra-loi-kien-nghi", ""),
        ("/dang-nhap.html", ""),
        ("/Account/Login", ""),
        ("/khieu_nai_to_cao/12", ""),
        ("/web/guest/12", "Hỏi đáp - Cổng thông tin điện tử tỉnh"),
        ("/web/guest/12", "Trả lời kiến nghị của công dân | Sở Y tế"),
        ("/x", "Đăng nhập"),
    ],
)
def test_questions_complaints_and_logins_have_words_of_persons(path: str, title: str) -> None:
    assert is_private(f"https://a.gov.vn{path}", title)
    assert has_private_words(f"https://a.gov.vn{path}", f"<html><title>{title}</title>".encode())


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Đăng nhập"),
        ("/lien-he", "Liên hệ"),
        ("/gioi-thieu", "Cổng thông tin điện tử tỉnh"),
        ("/gop-y-du-thao", "Góp ý dự thảo văn bản quy phạm pháp luật"),
        (
            "/tin-tuc/chu-tich-tiep-cong-dan-giai-quyet-nhieu-vu-viec-khieu-nai-keo-dai-tai-xa-a",
            "Chủ tịch tiếp công dân",
        ),
        ("/nguoi-phat-ngon", "Người phát ngôn"),
    ],
)
def test_what_a_portal_says_of_itself_is_kept(path: str, title: str) -> None:
    assert not is_private(f"https://a.gov.vn{path}", title)


QUESTION = "<h1>Hỏi đáp</h1><p>Ông Nguyễn Văn Tèo, 0912345678, hỏi về đất.</p>" + TEXT


def test_such_a_page_is_kept_without_its_words_and_replayed_with_what_was_read(tmp_path: Path) -> None:
    pages = {"/": html("/hoi-dap", "/a"), "/hoi-dap": html(body=QUESTION, title="Hỏi đáp"), "/a": html(title="A")}
    pages["/hoi-dap"].headers["ETag"] = '"1"'
    evidence = EvidenceWriter(tmp_path, "dem", "tinh")
    plan = Plan(render="always", depth="text")
    with Site(pages) as site, network(site.port) as net:
        first = run(
            visit(portal(), AddressBook(), plan, net, rank=lambda *_: 0, evidence=evidence, browser=Painter())
        )
    warc = tmp_path / evidence.finish()
    held = zlib_all(warc)
    assert "Nguyễn Văn Tèo, 0912345678, hỏi về đất.</p>" not in held, "no body"
    recorded = Recorded.open(warc)
    answer = recorded.response(f"http://{HOST}/hoi-dap")
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"")
    assert ("Etag", '"1"') in answer.headers
    again = run(visit(portal(), AddressBook(), plan, Network(recorded=recorded), rank=lambda *_: 0))
    assert again.pages == first.pages
    asked = next(page for page in again.pages if page.url.endswith("/hoi-dap"))
    assert asked.raw is not None
    assert asked.rendered is not None
    assert asked.raw.sha256 == next(p.raw.sha256 for p in first.pages if p.url == asked.url and p.raw)


def zlib_all(warc: Path) -> str:
    return gzip.decompress(warc.read_bytes()).decode("utf-8", "replace")


def test_a_private_page_that_did_not_change_stays_withheld(tmp_path: Path) -> None:
    tagged = Reply(page(body=QUESTION, title="Hỏi đáp"), 200, HTML | {"ETag": '"1"'})
    pages = {"/": html("/hoi-dap"), "/hoi-dap": tagged}
    known = Known()
    for night in ("dem-1", "dem-2"):
        evidence = EvidenceWriter(tmp_path, night, "tinh")
        with Site(pages) as site, network(site.port) as net:
            seen = run(
                visit(portal(), AddressBook(), Plan(), net, rank=lambda *_: 0, evidence=evidence, known=known)
            )
        kept = Kept(evidence.finish(), "http://x/", NOW)
        known = Known({p.url: KnownPage(p.raw, p.source, kept) for p in seen.pages if p.raw}, {}, False)
    assert site.not_modified == ["/hoi-dap"]
    (tmp_path / "dem-1" / "tinh.warc.gz").unlink()
    answer = Recorded.open(tmp_path / "dem-2" / "tinh.warc.gz").response(f"http://{HOST}/hoi-dap")
    assert answer is not None, "no older file is needed"
    assert answer.facts is not None
    assert answer.facts.title == "Hỏi đáp"
