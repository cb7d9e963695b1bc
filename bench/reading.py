"""How long reading a page takes: ms of CPU per page, on made-up portals and on the real pages where they are.

Each made-up portal (bench/made_page.py) is another host with other news, so that its first page is read cold. The
loop is a fixed piece of Python: it tells how busy the machine was.

    python -m bench.reading [--json FILE] [--repeat 15] [--portals 20]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit_rules.reading import read_page
from audit_rules.reading.inner import parse
from audit_rules.reading.walk import Walk
from bench.corpus import CORPUS
from bench.made_page import PAGES, bench_page

_SEEN = datetime(2026, 11, 22, tzinfo=UTC)


def cpu_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def measure(body: bytes, url: str, repeat: int) -> dict[str, float | int]:
    """Median and least ms of CPU of reading one page, and least of its parse and walk alone."""
    root = parse(body).root
    assert root is not None
    read = [cpu_ms(lambda: read_page(body, url, seen_at=_SEEN)) for _ in range(repeat)]
    facts = read_page(body, url, seen_at=_SEEN)
    return {
        "bytes": len(body),
        "links": len(facts.links),
        "lines": len(facts.lines),
        "read_ms": round(statistics.median(read), 3),
        "least_ms": round(min(read), 3),
        "parse_ms": round(min(cpu_ms(lambda: parse(body)) for _ in range(repeat)), 3),
        "walk_ms": round(min(cpu_ms(lambda: Walk(url).visit(root)) for _ in range(repeat)), 3),
    }


def _loop() -> None:
    total = 0
    for number in range(200_000):
        total += number & 7


def measure_portals(portals: int) -> dict[str, float]:
    """Visits to portals of 30 pages: ms of CPU per page when each page is read first, and when it is read again."""
    first, again, loop = [], [], []
    for portal in range(portals):
        host = f"https://tinhmau{portal}.gov.vn"
        pages = [(bench_page(number, portal), f"{host}/tin-tuc/trang-{number}.html") for number in range(PAGES)]

        def visit(pages: list[tuple[bytes, str]] = pages) -> None:
            for body, url in pages:
                read_page(body, url, seen_at=_SEEN)

        loop.append(cpu_ms(_loop))
        first.append(cpu_ms(visit) / PAGES)
        again.append(cpu_ms(visit) / PAGES)
    return {
        "portals": portals,
        "pages": PAGES,
        "first_ms": round(statistics.median(first), 3),
        "first_least_ms": round(min(first), 3),
        "again_ms": round(statistics.median(again), 3),
        "again_least_ms": round(min(again), 3),
        "loop_ms": round(statistics.median(loop), 2),
        "loop_least_ms": round(min(loop), 2),
    }


def real_pages() -> list[Path]:
    """The saved pages of real portals; none where the corpus is not at hand."""
    return sorted((CORPUS / "html").glob("*.html"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--json", type=Path, metavar="FILE")
    options.add_argument("--repeat", type=int, default=15)
    options.add_argument("--portals", type=int, default=20)
    chosen = options.parse_args()
    result: dict[str, Any] = {"portals": measure_portals(chosen.portals), "pages": {}}
    print(result["portals"])
    result["pages"]["bench"] = measure(bench_page(0), "https://tinhmau0.gov.vn/", chosen.repeat)
    for path in real_pages():
        host = path.stem.partition("_")[2]
        result["pages"][path.stem] = measure(path.read_bytes(), f"https://{host}/web/guest/home", chosen.repeat)
    for name, page in result["pages"].items():
        print(
            f"{name[:36]:36} {page['bytes'] / 1024:6.1f} KiB {page['links']:4} links  "
            f"read {page['read_ms']:6.2f} ms (least {page['least_ms']:.2f}, "
            f"parse {page['parse_ms']:.2f}, walk {page['walk_ms']:.2f})"
        )
    if chosen.json:
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
