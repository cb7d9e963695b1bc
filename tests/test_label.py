"""The label tool on loopback: who may answer, what a saved page may do, and how two readers are compared."""

from __future__ import annotations

import csv
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bench.label import main
from bench.label_agreement import compare, kappa, meaning, read_reader, table
from bench.label_answers import COLUMNS, Answers, AnswersError, Row
from bench.label_corpus import label_pages, questions
from bench.label_facts import Auditor
from bench.label_server import MAX_BODY, Desk, LabelServer
from crawler.browser import find_browser

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")

DAY = date(2026, 11, 22)
LAN = "Nguyễn Thị Lan"
FIRST = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Sở Mẫu</title></head><body>
<header><form action="/tim-kiem"><input name="q" placeholder="Tìm kiếm"></form></header>
<nav><a href="/so-do-cong">Sơ đồ cổng</a> <a href="https://chinhphu.vn/">Chính phủ</a></nav><main>Tin mới</main>
<footer><p>Cơ quan chủ quản: Sở Xây dựng tỉnh Mẫu</p><p>Địa chỉ: 12 Trần Phú, phường Ba Đình, Hà Nội</p>
<p>Điện thoại: 0214.3840.034</p></footer></body></html>"""
SECOND = """<!doctype html><html><head><title>Trang thứ hai</title></head><body><p>Xin chào</p></body></html>"""
ASKED = questions()


@dataclass
class Sitting:
    server: LabelServer
    out: Path

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """A request as our own page sends it, but for the headers named (_ stands for -; empty: left out)."""
        own = {"Host": self.server.name, "Origin": f"http://{self.server.name}", "Content-Type": "application/json"}
        own.update({name.replace("_", "-"): value for name, value in headers.items()})
        talk = HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=10)
        try:
            talk.request(
                method, path, body and body.encode(), {name: value for name, value in own.items() if value}
            )
            answer = talk.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            talk.close()

    def give(self, **said: Any) -> tuple[int, dict[str, str], str]:
        return self.ask("POST", "/answer", json.dumps(said))

    def written(self) -> list[dict[str, str]]:
        with self.out.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@contextmanager
def sitting(corpus: Path, auditor: Auditor, out: Path, reader: str = LAN) -> Iterator[Sitting]:
    desk = Desk(label_pages(corpus), ASKED, Answers(out, reader), auditor, DAY)
    with LabelServer(desk) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield Sitting(server, out)
        finally:
            server.shutdown()
            thread.join()


def make_corpus(folder: Path, first: str = FIRST) -> Path:
    (folder / "html").mkdir(parents=True)
    (folder / "html" / "1_sxd.mau.gov.vn.html").write_text(first, encoding="utf-8")
    (folder / "html" / "2_stc.mau.gov.vn.html").write_text(SECOND, encoding="utf-8")
    rows = [f"{number}_{host}.html,{host},https://{host}/" for number, host in HOSTS]
    (folder / "index.csv").write_text("\n".join(["file,host,page_url", *rows]) + "\n", encoding="utf-8")
    return folder


HOSTS = ((2, "stc.mau.gov.vn"), (1, "sxd.mau.gov.vn"))


@pytest.fixture(scope="module")
def auditor() -> Auditor:
    return Auditor(ASKED.values(), DAY)


@pytest.fixture
def desk(tmp_path: Path, auditor: Auditor) -> Iterator[Sitting]:
    corpus = make_corpus(tmp_path / "corpus")
    (corpus / "labels.csv").write_text("file,host,search_box\n1_sxd.mau.gov.vn.html,sxd.mau.gov.vn,yes\n", "utf-8")
    with sitting(corpus, auditor, tmp_path / "moi" / "lan.csv") as one:
        yield one


def test_pages_a_first_reader_labelled_come_first(desk: Sitting) -> None:
    state = json.loads(desk.ask("GET", "/state")[2])
    assert [page["file"] for page in state["pages"]] == ["1_sxd.mau.gov.vn.html", "2_stc.mau.gov.vn.html"]
    assert [each["key"] for each in state["questions"]] == list(ASKED)
    assert state["answers"] == []


def test_an_answer_is_written_at_once_in_nfc_and_a_second_start_goes_on(
    desk: Sitting, tmp_path: Path, auditor: Auditor
) -> None:
    assert desk.give(page=0, question="search_box", answer="yes")[0] == 200
    assert desk.give(page=0, question="search_box", note="o\u0302 tìm\tkiếm, “Tìm”\u202e")[0] == 200
    kept = {
        "file": "1_sxd.mau.gov.vn.html",
        "host": "sxd.mau.gov.vn",
        "question": "search_box",
        "reader": LAN,
        "day": "2026-11-22",
        "answer": "yes",
        "first_answer": "yes",
        "note": "ô tìm kiếm, “Tìm”‹U+202E›",
    }
    assert desk.written() == [kept]
    assert [path.name for path in desk.out.parent.iterdir()] == ["lan.csv"]
    with sitting(tmp_path / "corpus", auditor, desk.out) as later:
        assert json.loads(later.ask("GET", "/state")[2])["answers"] == [kept]
        later.give(page=1, question="html_lang", answer="(none)")
        assert [row["question"] for row in later.written()] == ["search_box", "html_lang"]


def test_the_first_answer_stays_when_it_is_corrected(desk: Sitting) -> None:
    for answer in ("no", "yes"):
        desk.give(page=0, question="sitemap_link", answer=answer)
    assert [(row["answer"], row["first_answer"]) for row in desk.written()] == [("yes", "no")]


def test_the_auditors_facts_come_only_after_the_answer(desk: Sitting) -> None:
    assert desk.ask("GET", "/facts/0/footer_phone")[0] == 403
    desk.give(page=0, question="footer_phone", note="chỉ ghi chú")
    assert desk.ask("GET", "/facts/0/footer_phone")[0] == 403
    desk.give(page=0, question="footer_phone", answer="no")
    told = json.loads(desk.ask("GET", "/facts/0/footer_phone")[2])
    assert told["answer"] == "yes"
    assert told["seen"] == [["Điện thoại: 0214.3840.034", "chân trang / footer"]]


@pytest.mark.parametrize(
    ("page", "question", "answer", "shown"),
    [
        (0, "search_box", "yes", "Tìm kiếm"),
        (0, "sitemap_link", "yes", "Sơ đồ cổng → https://sxd.mau.gov.vn/so-do-cong"),
        (0, "links_to_chinhphu_vn", "yes", "Chính phủ → https://chinhphu.vn/"),
        (0, "footer_address", "yes", "Địa chỉ: 12 Trần Phú, phường Ba Đình, Hà Nội"),
        (0, "html_lang", "vi", None),
        (1, "html_lang", "(none)", None),
        (1, "sitemap_link", None, None),
        (1, "rss", None, None),
    ],
)
def test_facts_are_told_with_their_place(
    desk: Sitting, page: int, question: str, answer: str | None, shown: str | None
) -> None:
    desk.give(page=page, question=question, answer="unclear")
    told = json.loads(desk.ask("GET", f"/facts/{page}/{question}")[2])
    assert told["answer"] == answer
    assert [excerpt for excerpt, _ in told["seen"]] == ([shown] if shown else [])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://la.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost"},
        {"Host": "la.example"},
        {"Content_Type": "text/plain"},
    ],
)
def test_no_other_website_can_write_answers(desk: Sitting, headers: dict[str, str]) -> None:
    said = json.dumps({"page": 0, "question": "search_box", "answer": "yes"})
    assert desk.ask("POST", "/answer", said, **headers)[0] in (403, 404, 421)
    assert not desk.out.exists()


def test_no_other_name_can_read_anything(desk: Sitting) -> None:
    assert desk.ask("GET", "/state", Host="la.example")[0] == 421


@pytest.mark.parametrize(
    "said",
    [
        {"page": 7, "question": "search_box", "answer": "yes"},
        {"page": "../1", "question": "search_box", "answer": "yes"},
        {"page": 0, "question": "nothing", "answer": "yes"},
        {"page": 0, "question": "search_box", "answer": "perhaps"},
        {"page": 0, "question": "html_lang", "answer": "  "},
        {"page": 0, "question": "search_box", "note": "x" * 1001},
        {"page": 0, "question": "search_box", "answer": ["yes"]},
        {"page": 0, "question": "search_box", "reader": "another"},
        ["yes"],
        "x" * MAX_BODY,
    ],
)
def test_what_is_no_answer_is_refused(desk: Sitting, said: object) -> None:
    assert 400 <= desk.ask("POST", "/answer", json.dumps(said))[0] < 500
    assert desk.ask("POST", "/answer", "{")[0] == 400
    assert not desk.out.exists()


@pytest.mark.parametrize("path", ["/page/9", "/page/-1", "/page/..%2f..", "/source/x", "/facts/0/nothing", "/x"])
def test_what_is_not_there_is_refused(desk: Sitting, path: str) -> None:
    assert desk.ask("GET", path)[0] == 404


def test_a_saved_page_is_served_under_a_policy_that_loads_nothing(desk: Sitting) -> None:
    for path in ("/page/0", "/source/0"):
        _, headers, _ = desk.ask("GET", path)
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert desk.ask("GET", "/source/0")[2] == FIRST
    assert desk.ask("GET", "/source/0")[1]["Content-Type"] == "text/plain; charset=utf-8"


def test_answers_of_another_reader_or_of_another_program_are_not_overwritten(desk: Sitting) -> None:
    desk.give(page=0, question="search_box", answer="yes")
    with pytest.raises(AnswersError, match=LAN):
        Answers(desk.out, "Trần Văn Minh")
    mine = desk.out.read_bytes()
    desk.out.write_bytes(mine + b"\n")
    assert desk.give(page=0, question="rss", answer="no")[0] == 409
    assert desk.out.read_bytes() == mine + b"\n"
    desk.out.write_bytes(b"file,answer\nx,yes\n")
    with pytest.raises(AnswersError, match="it is no file of answers"):
        Answers(desk.out, LAN)


def test_facts_that_nobody_reads_are_named_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "labels.toml"
    path.write_text('[x]\nkind = "choice"\nvi = "?"\nen = "?"\nfacts = "rule identity.nothing"\n', "utf-8")
    with pytest.raises(ValueError, match=r"identity\.nothing"):
        Auditor(questions(path).values(), DAY)


# --- in a browser ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(address)
        page.locator("#list li").first.wait_for()
        yield page
    finally:
        context.close()


@needs_browser
def test_the_keys_answer_and_move(desk: Sitting, chromium: Browser) -> None:
    with opened(chromium, desk.server.address) as page:
        assert "locked" in (page.locator("#machine").get_attribute("class") or "")
        page.keyboard.press("y")
        page.locator("#machine li").wait_for()
        assert "Tìm kiếm" in page.locator("#machine").inner_text()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("n")
        page.locator("#list li:nth-child(2) [data-answer=no]").wait_for()
        page.keyboard.press("/")
        page.keyboard.type("y không phải là câu trả lời")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("u")
        page.locator("#list li:nth-child(2) [data-answer=unclear]").wait_for()
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")  # there is none before the first
        assert page.url.endswith("#2/search_box")
        page.goto(f"{desk.server.address}#1/html_lang")
        page.reload()
        page.locator("#text").wait_for()
        page.keyboard.press("y")
        page.keyboard.type("vi")
        page.keyboard.press("Enter")
        page.locator("#machine .same").wait_for()
    assert [(row["file"][0], row["question"], row["answer"], row["note"]) for row in desk.written()] == [
        ("1", "english_version", "no", "y không phải là câu trả lời"),
        ("1", "html_lang", "vi", ""),
        ("1", "search_box", "yes", ""),
        ("2", "english_version", "unclear", ""),
    ]


HOSTILE = """<!doctype html><html><head><link rel="preconnect" href="{away}">
<LINK rel=stylesheet href="{away}/a.css"><link rel="dns-prefetch" href="{away}">
<meta http-equiv="refresh" content="0; url={away}/refresh"></head>
<body onload="run()"><p id="told">nguyên</p><img src="{away}/a.png"><iframe src="{away}/frame"></iframe>
<object data="{away}/o"></object><embed src="{away}/e"><video src="{away}/v" autoplay poster="{away}/p"></video>
<script src="{away}/a.js"></script><style>@import "{away}/b.css"; p {{ background: url({away}/b.png) }}</style>
<form action="{away}/answer" method="post"><button id="send">Gửi</button></form>
<a id="out" href="{away}/link" ping="{away}/ping">ra</a> <a id="self" target="_self" href="{away}/self">ra</a>
<a id="top" Target = _top href="{away}/top">ra</a>
<svg><a href="{away}/svg"><text id="svg" y="20">ra</text></a></svg>
<script>function run() {{ document.getElementById('told').textContent = 'đã chạy';
fetch('/answer', {{method: 'POST', body: '{{}}'}}) }} run()</script></body></html>"""


@needs_browser
def test_a_saved_page_runs_nothing_loads_nothing_and_leads_nowhere(
    tmp_path: Path, auditor: Auditor, chromium: Browser
) -> None:
    with socket.socket() as away:
        away.bind(("127.0.0.1", 0))
        away.listen()
        corpus = make_corpus(tmp_path, HOSTILE.format(away=f"http://127.0.0.1:{away.getsockname()[1]}"))
        with (
            sitting(corpus, auditor, tmp_path / "lan.csv") as one,
            opened(chromium, f"{one.server.address}#2/rss") as page,
        ):
            frame = page.frame_locator("#saved")
            assert frame.locator("#told").inner_text() == "nguyên"
            for clicked in ("send", "out", "top", "self", "svg"):
                frame.locator(f"#{clicked}").click()
            assert page.url.startswith(one.server.address)
            page.locator("#top").hover()
            page.keyboard.press("n")
            page.locator("#list li [data-answer=no]").wait_for()
            assert [(row["question"], row["answer"]) for row in one.written()] == [("rss", "no")]
        away.setblocking(False)
        with pytest.raises(BlockingIOError):
            away.accept()


# --- agreement ------------------------------------------------------------------------------------------


def test_kappa_of_known_tables() -> None:
    assert kappa([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15) == pytest.approx(0.4)
    assert kappa([("y", "y"), ("n", "n"), ("u", "u")]) == 1.0
    assert kappa([("y", "n"), ("n", "y")]) == -1.0
    assert kappa([("y", "y")] * 9) is None
    assert kappa([]) is None


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("yes: Liên hệ, Hỏi đáp", "yes"),
        ('hidden: Cloudflare e-mail "[email protected]"', "yes"),
        ("no (3 links to english.hanoi.gov.vn)", "no"),
        ('trap: "Sơ đồ văn bản" is NOT a sitemap', "no"),
        ("n/a (is the main portal)", None),
        ("notice", None),
        ("", None),
    ],
)
def test_the_free_text_of_a_corpus_is_understood(words: str, answer: str | None) -> None:
    assert meaning(words) == answer


def _write_answers(path: Path, reader: str, said: list[tuple[str, str, str, str]]) -> Path:
    answers = Answers(path, reader)
    for file, question, first, last in said:
        blank = Row(file, file.partition("_")[2], question, reader, "2026-11-22", "", "", "")
        answers.give(blank, first, "thấy ở cuối trang" if first != last else None)
        answers.give(blank, last, None)
    return path


def test_two_readers_are_compared_by_their_first_answers(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "file,host,search_box,rss,html_lang,link_to_main_portal\n"
        "1_a.gov.vn,a.gov.vn,yes (2 boxes),no,en-US,n/a (is the main portal)\n"
        "2_a.gov.vn,a.gov.vn,yes,no,(none),no\n"
        "3_b.gov.vn,b.gov.vn,trap: documents only,no,vi,yes\n"
        "4_c.gov.vn,c.gov.vn,no,no,vi,yes\n",
        encoding="utf-8",
    )
    mine = [("1_a.gov.vn", "search_box", "yes", "yes"), ("2_a.gov.vn", "search_box", "no", "yes")]
    mine += [("3_b.gov.vn", "search_box", "no", "no"), ("1_a.gov.vn", "rss", "no", "no")]
    mine += [("1_a.gov.vn", "html_lang", "EN-us", "EN-us"), ("1_a.gov.vn", "link_to_main_portal", "no", "no")]
    readers = read_reader(labels, ASKED), read_reader(_write_answers(tmp_path / "lan.csv", LAN, mine), ASKED)
    agreements, differing = compare(*readers, ASKED)
    told = {each.question: each for each in agreements}
    search = told["search_box"]
    assert (search.pages, search.sites) == (3, 2)
    assert search.raw == pytest.approx(2 / 3)
    assert search.kappa == pytest.approx(0.4)
    assert (told["rss"].pages, told["rss"].raw, told["rss"].kappa) == (1, 1.0, None)
    assert told["html_lang"].raw == 1.0
    assert (told["link_to_main_portal"].pages, told["link_to_main_portal"].raw) == (0, None)
    assert [(each.file, each.question) for each in differing] == [("2_a.gov.vn", "search_box")]
    shown = table(*readers, agreements, differing)
    assert f"{LAN}: no → yes: thấy ở cuối trang" in shown
    assert "1_a.gov.vn  link_to_main_portal: n/a (is the main portal)" in shown


def test_the_command_compares_and_refuses_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = _write_answers(tmp_path / "lan.csv", LAN, [("1_a.gov.vn", "rss", "no", "no")])
    strange = tmp_path / "x.csv"
    strange.write_text("a,b\n1,2\n", encoding="utf-8")
    told = tmp_path / "told.json"
    monkeypatch.setattr("sys.argv", ["label", "--agreement", str(mine), str(mine), "--json", str(told)])
    main()
    assert "disagreements: 0" in capsys.readouterr().out
    assert json.loads(told.read_text("utf-8"))["readers"] == [LAN, LAN]
    monkeypatch.setattr("sys.argv", ["label", "--agreement", str(mine), str(strange)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    refused = capsys.readouterr().err
    assert refused.count("\n") == 1
    assert ", ".join(COLUMNS) in refused
