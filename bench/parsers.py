"""Which parser reads the real pages: time of parse and full walk, and whether all see the same text and links.

    python -m bench.parsers [--json FILE] [--repeat 7]

Without the real pages the made-up portal of bench/reading.py is read. html5lib is measured where it is installed.
Ends with hostile input, each parser in a process of its own: deep nesting, and 20 MB of it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import lxml.html
from bs4 import BeautifulSoup
from lxml.etree import strip_elements
from selectolax.lexbor import LexborHTMLParser

from audit_rules.reading.bounds import bounded
from audit_rules.reading.decoding import decode
from bench.made_page import PAGES, bench_page
from bench.reading import cpu_ms, real_pages

Seen = tuple[int, int]
"""Characters of visible text without blanks, and anchors with an address."""

_SILENT = ("script", "style", "template", "noscript")
_TIME_LIMIT = 20


def _count(texts: Iterator[str], anchors: int) -> Seen:
    return sum(len("".join(text.split())) for text in texts), anchors


def with_lexbor(text: str) -> Seen:
    tree = LexborHTMLParser(text)
    tree.strip_tags(list(_SILENT), recursive=True)
    anchors = len(tree.css("a[href]"))
    return (
        _count(
            (node.text_content or "" for node in tree.root.traverse(include_text=True) if node.is_text_node),
            anchors,
        )
        if tree.root
        else (0, 0)
    )


def with_lexbor_bounded(text: str) -> Seen:
    return with_lexbor(bounded(text.encode())[0].decode(errors="replace"))


def with_lxml(text: str) -> Seen:
    root = lxml.html.fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    strip_elements(root, *_SILENT, with_tail=False)
    said, anchors = [], 0
    for element in root.iter():
        if isinstance(element.tag, str):
            anchors += element.tag == "a" and "href" in element.attrib
            if element.text:
                said.append(element.text)
        if element.tail:
            said.append(element.tail)
    return _count(iter(said), anchors)


def _with_soup(text: str, builder: str) -> Seen:
    soup = BeautifulSoup(text, builder)
    for element in soup(_SILENT):
        element.decompose()
    return _count(iter(soup.stripped_strings), len(soup.find_all("a", href=True)))


def with_soup_lxml(text: str) -> Seen:
    return _with_soup(text, "lxml")


def with_html5lib(text: str) -> Seen:
    return _with_soup(text, "html5lib")


class _Tokens(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.anchors = 0
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.anchors += tag == "a" and not self.silent and any(name == "href" for name, _ in attrs)
        self.silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def with_html_parser(text: str) -> Seen:
    tokens = _Tokens()
    tokens.feed(text)
    return _count(iter(tokens.said), tokens.anchors)


def parsers() -> dict[str, Callable[[str], Seen]]:
    """The parsers at hand by name."""
    known: dict[str, Callable[[str], Seen]] = {
        "lexbor": with_lexbor,
        "lexbor, bounded": with_lexbor_bounded,
        "lxml.html": with_lxml,
        "html.parser": with_html_parser,
        "BeautifulSoup(lxml)": with_soup_lxml,
    }
    if importlib.util.find_spec("html5lib"):
        known["BeautifulSoup(html5lib)"] = with_html5lib
    return known


_HOSTILE = {
    "100,000 nested div": "<div>" * 100_000,
    "100,000 nested b": "<b>" * 100_000,
    "100,000 nested a": "<a href=/x>" * 100_000,
    "5,000 open b, p between": "<p><b>x" * 5_000,
    "20 MB of nested div": "<div>" * 4_000_000,
    "20 MB of nested font": "<font>" * 3_333_333,
    "20 MB of attributes": "<div " + "a=1 " * 5_000_000 + ">",
}


def _survives(name: str, page: str) -> str:
    """Reads one hostile page with one parser in another process: seconds, or how it ended."""
    code = f"from bench.parsers import _HOSTILE, parsers; parsers()[{name!r}](_HOSTILE[{page!r}])"
    start = time.monotonic()
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code],
            capture_output=True,
            timeout=_TIME_LIMIT,
            check=False,
            cwd=Path(__file__).parents[1],
        )
    except subprocess.TimeoutExpired:
        return f"over {_TIME_LIMIT} s"
    if ended.returncode < 0:
        return f"killed by signal {-ended.returncode}"
    if ended.returncode:
        return ended.stderr.decode(errors="replace").strip().rpartition("\n")[2][:60]
    return f"{time.monotonic() - start:.1f} s"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--json", type=Path, metavar="FILE")
    options.add_argument("--repeat", type=int, default=7)
    options.add_argument("--no-hostile", action="store_true")
    chosen = options.parse_args()
    bodies = [path.read_bytes() for path in real_pages()] or [bench_page(number) for number in range(PAGES)]
    texts = [decode(body, None)[0] for body in bodies]
    result: dict[str, Any] = {
        "pages": len(texts),
        "kib": round(sum(map(len, bodies)) / 1024),
        "parsers": {},
        "hostile": {},
    }
    expected = [with_lexbor(text) for text in texts]
    for name, read in parsers().items():
        spent = statistics.median(sum(cpu_ms(partial(read, text)) for text in texts) for _ in range(chosen.repeat))
        seen = [read(text) for text in texts]
        result["parsers"][name] = {
            "ms_per_page": round(spent / len(texts), 2),
            "same_links": sum(mine[1] == theirs[1] for mine, theirs in zip(seen, expected, strict=True)),
            "same_text": sum(mine[0] == theirs[0] for mine, theirs in zip(seen, expected, strict=True)),
        }
        print(f"{name:24} {result['parsers'][name]}")
    for page in () if chosen.no_hostile else _HOSTILE:
        result["hostile"][page] = {name: _survives(name, page) for name in parsers()}
        print(f"{page:26} {result['hostile'][page]}")
    if chosen.json:
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
