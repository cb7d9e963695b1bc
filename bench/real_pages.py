"""Audits saved pages of real portals, each served alone as the home page of its own host, and prints every verdict.

    python -m bench.real_pages [--pages FOLDER] [--render auto|never] [--home-only] [--json FILE]

The corpus is no part of the project: a folder with ``index.csv`` and ``html/``, by default ``../shared/real_pages``
beside the checkout, or what AUDIT_REAL_PAGES names. All other addresses of a host answer 503, for a saved page
says nothing about them: no verdict may hold that against the portal.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.days import day_of
from audit.fleet import audit_portals
from audit.registry.files import read_registry
from audit_rules.facts import Portal
from bench.corpus import CORPUS
from crawler.plan import Plan, Render
from sandbox.certificates import issue
from sandbox.portals.pieces import Answer
from sandbox.server import LoopbackServer
from storage.archive import Archive
from storage.records import PortalRun

_NOT_SAVED = Answer(b"not saved", "text/plain", 503)
_NO_ROBOTS = Answer(b"", "text/plain", 404)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One page of the corpus: its file, the host it came from, and what the index says it is."""

    path: Path
    host: str
    kind: str

    @property
    def is_home(self) -> bool:
        return self.kind.startswith("home")


def saved_pages(corpus: Path = CORPUS) -> list[SavedPage]:
    """The pages of a corpus in the order of its index; an empty list where there is none."""
    index = corpus / "index.csv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [SavedPage(corpus / "html" / row["file"], row["host"], row["kind"]) for row in rows]


@contextmanager
def served(page: SavedPage) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Serves one page as its host's home on loopback; gives what ``--connect-to`` and ``--ca-file`` need to be."""
    body = page.path.read_bytes()

    def answer(_scheme: str, host: str, path: str, _query: dict[str, str]) -> Answer:
        if host.removeprefix("www.") != page.host.removeprefix("www."):
            return _NOT_SAVED
        if path == "/robots.txt":
            return _NO_ROBOTS
        return Answer(body, "text/html") if path == "/" else _NOT_SAVED

    with tempfile.TemporaryDirectory() as folder:
        ca_file, context = issue(Path(folder), [page.host])
        server = LoopbackServer(answer, context)
        server.start()
        try:
            yield (f":443:127.0.0.1:{server.https_port}", f":80:127.0.0.1:{server.http_port}"), ca_file
        finally:
            server.close()


def audit_page(page: SavedPage, data: Path, render: Render = "auto") -> PortalRun:
    """The audit of a portal of which this page is all there is."""
    registry = read_registry()
    portal: Portal = registry.find(page.host, day_of())
    with served(page) as (connect_to, ca_file), Archive.open(data / "audit.db") as archive:
        plan = Plan(
            delay=0.0,
            max_pages=8,
            render=render,
            connect_to=connect_to,
            ca_file=str(ca_file),
            allow_private=True,
        )
        return audit_portals([portal], registry, plan, archive, data=data).portals[0]


def _told(page: SavedPage, result: PortalRun) -> dict[str, object]:
    verdicts = {
        each.rule: {
            "outcome": each.verdict.outcome,
            "reason": each.verdict.reason,
            "message": each.vi.message,
            "evidence": [shown.excerpt for shown in each.verdict.evidence],
        }
        for each in result.judgements
    }
    return {
        "file": page.path.name,
        "host": page.host,
        "kind": result.portal.kind,
        "state": result.visit.state,
        "verdicts": verdicts,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=Path, default=CORPUS)
    parser.add_argument("--render", choices=("auto", "never"), default="auto")
    parser.add_argument("--home-only", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    pages = [page for page in saved_pages(options.pages) if page.is_home or not options.home_only]
    if not pages:
        parser.error(f"no corpus at {options.pages}")
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for page in pages:
            result = audit_page(page, Path(folder), options.render)
            told.append(_told(page, result))
            print(f"\n{page.path.name}  {result.portal.kind}  {result.visit.state} {result.visit.reason or ''}")
            for each in result.judgements:
                shown = each.verdict.evidence[0].excerpt[:70] if each.verdict.evidence else ""
                print(f"  {each.rule:42} {each.verdict.outcome:13} {each.verdict.reason or '':22} {shown}")
    if options.json:
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
