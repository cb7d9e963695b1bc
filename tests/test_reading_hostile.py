"""Pages made to hold the reader up: they are cut, marked so, and read in bounded time and memory."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from audit_rules.reading.bounds import MAX_BYTES, MAX_FORMATTING, MAX_OPEN, bounded
from tests.reading import read, said


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "tận cùng",
        "<div>" * 4_000_000,
        "<ul><li>" * 100_000,
        "<b>" * 100_000 + "<p>x",
        "".join(f"<font id={number}>" for number in range(100_000)),
        "".join(f"<p><b id={number}>x" for number in range(100_000)),
        "<div></span>" * 100_000,
        "<DIV>" * 100_000,
        "<div " + " ".join(f"a{number}=1" for number in range(200_000)) + ">",
        '<div =" ' + " ".join(f"a{number}" for number in range(200_000)) + ' ">',
        "<div a='>' " + " ".join(f"a{number}='>'" for number in range(100_000)) + ">",
        "<x" * 1_000_000,
        "<x a=\"'" * 300_000,
        '<div title="' + "x" * (MAX_BYTES + 1) + '">y</div>',
        "<template>" * 100_000,
        "<p>x</p>" * 100_000,
        "<rt a=b>x" * 40_000,
    ],
    ids=lambda html: html[:20],
)
def test_what_would_take_the_parser_minutes_is_cut_before(html: str) -> None:
    assert read(html).cut


@pytest.mark.parametrize(
    "html",
    [
        "\0" * 3_000_000 + "<p>X</p>",
        "<!--" * 500_000,
        "<" * 1_000_000,
        "<script>_govaq" + "'//a" * 500_000 + "</script>",
        "<script>" + "_govaq/*" * 300_000 + "</script>",
        "<script>_govaq " + "'\\" * 50_000 + "</script>",
        "<!--_govaq.push(['setSiteId','-->" * 10_000,
        '<a onclick="' + "window.open(' " * 200_000 + '">y</a>',
        '<a href="/' + "x" * 3_000_000 + '">y</a>',
        '<div class="' + "news-" * 500_000 + '"></div>',
        '<meta http-equiv=refresh content="' + "0;" * 500_000 + '">',
        "<select><button><selectedcontent></selectedcontent></button>" + "<option selected><b>x</b>" * 1_000,
        "\ud800".encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") * 1000,
    ],
    ids=lambda html: html[:20],
)
def test_long_texts_and_endless_comments_end(html: str) -> None:
    read(html)


@pytest.mark.parametrize(
    "line",
    [
        "0 0 " * 230,
        "0-1." * 230,
        "+84 (0" * 150,
        "địa chỉ: " * 100,
        "a.b-c@" * 150,
        "abc (a) d . e . " * 60,
        "Chịu trách nhiệm " * 50,
        "Nguyễn Văn A " * 70,
        "người phát ngôn: Ông AB Cd Ef " * 30,
    ],
)
def test_lines_made_against_the_patterns_are_read(line: str) -> None:
    facts = read("".join(f"<p>{line}{number}</p>" for number in range(600)))
    assert facts.cut
    assert sum(len(each.text) for each in facts.lines) <= 510_000


def test_bytes_of_any_kind_are_read() -> None:
    everything = bytes(range(256)) * 2000
    read(everything)
    read(b"\xff\xfe" + everything)
    read(b"<p>" + everything, charset="utf-16")


def test_a_page_is_read_up_to_where_it_was_cut() -> None:
    facts = read("<header><p>Cổng</p></header>" + "<div>" * 100_000)
    assert (said(facts), facts.cut) == ([("Cổng", "header")], True)


def test_bounds_leave_large_honest_pages_alone() -> None:
    row = "<tr><td><b>x</b><br><img src=x><td><font color=red>y</font><li>z<p>a<option>b"
    page = ("<table>" + row * 3000 + "</table>").encode()
    assert bounded(page) == (page, False)
    data = ('<p><img src="data:image/png;base64,' + "iVBORw0KGgo/" * 20_000 + '">').encode()
    assert bounded(data) == (data, False)


COPIED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from tests.reading import read
for before, tag, text in (
    ("", '<body a="b">', 30),
    ("", '</x a="b">', 1600), ("", '<td a="b">', 112), ("</html>", "</html><!--c-->", 112),
    ("<table>", '<tr a="b">', 1600), ("<table>", '</x a="b">', 30), ("<table>", "<input type=hidden a=b>", 112),
    ("<table><tr><td>", '<form a="b">', 112), ("<select>", '<td a="b">', 112),
):
    piece = tag + "x" * text
    read(before + piece * (4_000_000 // len(piece)))
"""


def test_tags_that_the_parser_leaves_out_do_not_make_it_copy_the_text_for_each() -> None:
    done = subprocess.run(  # noqa: S603 - our own text; in a process of its own, whose memory is bounded
        [sys.executable, "-c", COPIED],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_text_that_is_broken_up_reads_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (
        "<head><title>Cổng thông tin</title><script>var a = '<b>' + 1</script></head><body class=x>"
        "<table><tr><td a=1>Một <b>hai</b></td><td>ba</td></tr></table><p>Liên hệ <a href=/x>tại đây</a> hoặc</p>"
        "<svg><title>Hình</title></svg><iframe src=/a></iframe><textarea>Viết <b> vào</textarea>"
        "<script>_govaq.push(['setSiteId','33']);</script><form action=/tim><input name=q></form>"
    )
    before = read(page)
    monkeypatch.setattr("audit_rules.reading.bounds.MAX_COPIED", 0)
    monkeypatch.setattr("audit_rules.reading.bounds._UNBROKEN", 1)
    assert read(page) == before


def test_each_bound_holds_where_it_says() -> None:
    deep = b"<div>" * (MAX_OPEN * 2)
    assert len(bounded(deep)[0]) == len(b"<div>") * MAX_OPEN
    formatting = b"<b>" * 4000
    assert len(bounded(formatting)[0]) == len(b"<b>") * MAX_FORMATTING
    closed = b"<b></b><div></div>" * 4000
    assert bounded(closed) == (closed, False)


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5, and Debian 12 has 3.11.2, matches wrongly where the group could have matched otherwise
    (https://github.com/python/cpython/issues/106052). Possessive character classes and atomic groups are right."""
    possessive = re.compile(r"(?<![(\\])\)(?:[*+?]|\{\d+(?:,\d*)?\})\+")
    house = Path(__file__).parent.parent
    files = [
        file
        for part in ("audit", "audit_rules", "bench", "crawler", "storage")
        for file in house.glob(f"{part}/**/*.py")
    ]
    assert files
    assert possessive.search(r"(?:a|b)*+c")
    assert [str(file) for file in files if possessive.search(file.read_text("utf-8"))] == []
