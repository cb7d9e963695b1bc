"""A year of nights of the whole country in the database: its size, and how long the usual questions take.

    python -m bench.year [--nights 30] [--portals 40] [--made 4] [--on sqlite,postgresql] [--folder DIR]
                         [--seed FILE] [--json FILE]

``--made`` portals are made night by night and stored as a night stores them: pages of a real portal where the
corpus is at hand (bench/corpus.py), 60 of them, 13 drawn too, read and judged by the rules. What changes is what
changes in life: every moment; the digest of each third page (tokens); home and two lists have five new headlines,
four articles are new; measured speeds; in a hundredth of the nights the portal does not answer; one rule in a
hundred says something else and goes on saying so. The other portals are copies of these, put in by the database
itself night by night, so that rows lie as they would. The issue's case: --nights 365 --portals 2000 --made 8.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, column, create_engine, func, insert, select, table, text

from audit.diff import compare
from audit.history import findings, known_by
from audit.reports.csv import run_as_csv
from audit_rules.engine import judge
from audit_rules.facts import NetFacts, Page, PageFacts, Surroundings, Visit
from audit_rules.judgement import Judgement
from audit_rules.rulebook import open_rulebook
from audit_rules.scoring import score
from audit_rules.verdict import Verdict
from bench.judging import made_pages, portal_of, saved_pages
from storage.archive import Archive
from storage.database import place
from storage.records import PortalRun, RunHeader
from storage.tables import documents, looks, portal_runs, verdict_intervals
from storage.upkeep import bring_up, copy, describe
from tests.databases import cluster, find_programs

FIRST = date(2026, 1, 1)
PAGES = 60
LISTS = 3
"""Pages that have new headlines each night, home first."""
HEADLINES = 5
ARTICLES = 4
"""Pages that make room for new ones each night."""
SILENT = 0.01
FLIPS = 0.01
TIMES = 7

_WORDS = (
    "công dân tỉnh xã họp triển khai kế hoạch phát triển kinh tế xã hội năm mới chủ trì hội nghị kiểm tra tiến độ"
    " dự án đường cao tốc giải ngân vốn đầu tư hướng dẫn thủ tục hành chính đất đai môi trường điện tử chuyển đổi"
    " số lãnh đạo sở xây dựng nông nghiệp y tế giáo dục văn hóa du lịch tiếp xúc cử tri kỳ thứ mười hai khắc phục"
    " hậu quả mưa lũ"
)


# --- one portal through the year ----------------------------------------------------------------------------------


class Year:
    """One made portal: gives its result of each night, one after another."""

    def __init__(self, number: int, views: Sequence[PageFacts]) -> None:
        self._chance = Random(number)  # noqa: S311 - the same year each time
        self._book = open_rulebook()
        portal, self._visit, self._around = portal_of(list(views), number)
        agency = replace(portal.agency, id="a0") if portal.agency else None
        self._portal = replace(portal, id=f"p{number}", agency=agency)
        self._pages = list(self._visit.pages)
        self._digests = [self._digest() for _ in self._pages]
        self._other: dict[str, tuple[str, str | None]] = {}

    def night(self, begun: datetime) -> PortalRun:
        self._change()
        if self._chance.random() < SILENT:
            visit = Visit("unreachable", "timeout", None, (), NetFacts(), started_at=begun, finished_at=begun)
        else:
            pages = tuple(self._seen(number, page, begun) for number, page in enumerate(self._pages))
            ended = begun + timedelta(seconds=90, microseconds=self._chance.randrange(10**6))
            visit = replace(self._visit, pages=pages, started_at=begun, finished_at=ended)
        around: Surroundings = replace(self._around, day=begun.date())
        told = judge(self._portal, visit, around, self._book, begun.date())
        judged = tuple(self._life(each) for each in told) if visit.pages else told
        name = f"{begun:%Y%m%d}/{self._portal.id}.warc.gz"
        return PortalRun(self._portal, visit, around, judged, score(judged, self._portal), name)

    def _change(self) -> None:
        for number in range(LISTS):
            self._pages[number] = self._with(self._pages[number], HEADLINES)
        for number in self._chance.sample(range(LISTS, PAGES), ARTICLES):
            page = self._with(self._pages[number], 20)
            url = f"{page.url.rpartition('/')[0]}/tin-{self._chance.randrange(10**6)}"
            views = [replace(view, url=url) if view else None for view in (page.raw, page.rendered)]
            self._pages[number] = Page(url, *views)

    def _with(self, page: Page, count: int) -> Page:
        """The page with new texts in some of its longer lines and links, the same in both of its looks."""
        lines = [at for at, line in enumerate(page.views[0].lines) if len(line.text) > 30]
        links = [at for at, link in enumerate(page.views[0].links) if len(link.text) > 30]
        new_lines = {at: self._text() for at in self._chance.sample(lines, min(count, len(lines)))}
        new_links = {at: self._text() for at in self._chance.sample(links, min(count, len(links)))}

        def changed(view: PageFacts) -> PageFacts:
            return replace(
                view,
                lines=tuple(line._replace(text=new_lines.get(at, line.text)) for at, line in enumerate(view.lines)),
                links=tuple(
                    link._replace(text=new_links[at], url=f"{link.url}-{at}") if at in new_links else link
                    for at, link in enumerate(view.links)
                ),
            )

        return Page(page.url, *(changed(view) if view else None for view in (page.raw, page.rendered)))

    def _seen(self, number: int, page: Page, begun: datetime) -> Page:
        if number % 3 == 0:
            self._digests[number] = self._digest()
        digest = self._digests[number]
        at = begun + timedelta(seconds=number * 1.5, microseconds=self._chance.randrange(10**6))
        raw, drawn = (
            replace(view, seen_at=at, sha256=digest) if view else None for view in (page.raw, page.rendered)
        )
        return Page(page.url, raw, drawn)

    def _life(self, each: Judgement) -> Judgement:
        if self._chance.random() < FLIPS:
            said: list[tuple[str, str | None]] = [("passed", None), ("failed", None), ("cantTell", "coverage")]
            self._other[each.rule] = self._chance.choice(said)
        verdict: Verdict = each.verdict
        if each.rule in self._other:
            outcome, reason = self._other[each.rule]
            verdict = replace(verdict, outcome=outcome, reason=reason)  # type: ignore[arg-type]
        if each.rule.startswith("speed."):
            verdict = replace(verdict, values={**verdict.values, "ms": self._chance.randrange(5000)})
        return replace(each, verdict=verdict)

    def _text(self) -> str:
        return " ".join(self._chance.choices(_WORDS.split(), k=14)).capitalize()

    def _digest(self) -> str:
        return hashlib.sha256(self._chance.randbytes(16)).hexdigest()


def make(url: str, nights: int, portals: int) -> dict[str, float]:
    """The nights of a few portals, stored by the program itself: milliseconds and bytes of each portal's night."""
    views = [replace(view, seen_at=datetime.now(UTC)) for view in saved_pages() or made_pages(PAGES)]
    years = [Year(number, views) for number in range(portals)]
    stored: list[float] = []
    with Archive.open(url) as archive:
        for night in range(nights):
            begun = datetime.combine(FIRST + timedelta(days=night), datetime.min.time(), UTC) + timedelta(hours=18)
            header = RunHeader(
                run_of(night), "nightly", begun, begun.date(), begun.date(), "0.1.0", "2026.07", "audit", "", None
            )
            archive.begin(header)
            for year in years:
                result = year.night(begun)
                since = time.perf_counter()
                archive.save(header.id, result)
                stored.append((time.perf_counter() - since) * 1000)
            archive.close_run(header.id, status="complete", finished_at=begun + timedelta(hours=8), reason=None)
            print(f"\r{night + 1} of {nights} nights made", end="", file=sys.stderr)
    print(file=sys.stderr)
    return {"store_ms": round(statistics.median(stored), 1)}


def run_of(night: int) -> str:
    return f"{FIRST + timedelta(days=night):%Y%m%d}-180000-0000"


# --- and its copies -----------------------------------------------------------------------------------------------


def multiply(url: str, nights: int, copies: int, *, share: bool = False) -> None:
    """Every portal so many times more, night by night. ``share``: copies have the documents of what they are copied
    from, which is quick where the size of the database does not matter."""
    quick = create_engine(place(url)[0])  # as quick as it goes: what breaks here is made anew
    with quick.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode = OFF")
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        connection.commit()
        top = 0 if share else connection.scalar(select(func.max(documents.c.id))) or 0
        connection.execute(text("CREATE TEMPORARY TABLE copies (number INTEGER)"))
        numbers = table("copies", column("number"))
        if copies:
            connection.execute(insert(numbers), [{"number": number + 1} for number in range(copies)])
        if not share:
            shared = select(portal_runs.c.bodies_id).union(select(portal_runs.c.answered_id))
            own = documents.c.id.not_in(shared) & (documents.c.id <= top)
            _copy(connection, documents, own, numbers, top)
        for night in range(nights):
            for each in (portal_runs, looks):
                run = (each.c.run_id == run_of(night)) & each.c.portal_id.not_like("%-%")
                _copy(connection, each, run, numbers, top)
            print(f"\r{night + 1} of {nights} nights copied", end="", file=sys.stderr)
        _copy(connection, verdict_intervals, verdict_intervals.c.portal_id.not_like("%-%"), numbers, top)
        connection.execute(text("DROP TABLE copies"))
        connection.commit()
    quick.dispose()
    print(file=sys.stderr)
    with Archive.open(url) as archive:
        own_connection = archive.database.own_connection()
        own_connection.exec_driver_sql("ANALYZE")
        own_connection.close()


def _copy(connection: Connection, of: Table, which: Any, numbers: Any, top: int) -> None:
    number = numbers.c.number
    told: list[Any] = []
    for each in of.c:
        if each.name in ("visit_id", "judged_id", "document_id", "near") or (of is documents and each.name == "id"):
            told.append(each + number * top)
        elif each.name == "portal_id":
            told.append(text(f"{of.name}.{each.name} || '-' || CAST(copies.number AS TEXT)"))
        elif each.name == "agency_id":
            told.append(text("'a' || CAST(copies.number AS TEXT)"))
        else:
            told.append(each)
    chosen = select(*told).select_from(of.join(numbers, text("true"))).where(which)
    connection.execute(insert(of).from_select([each.name for each in of.c], chosen))


# --- the questions ------------------------------------------------------------------------------------------------


def ask(url: str, nights: int, portals: Sequence[str]) -> dict[str, float]:
    """Seconds of each question: the median of some tries, each with another portal."""
    last = run_of(nights - 1)
    told: dict[str, float] = {}
    with Archive.open(url) as archive:

        def clock(name: str, question: Callable[[str], object], tries: int = TIMES) -> None:
            spent = []
            for portal in Random(1).choices(portals, k=tries):  # noqa: S311
                since = time.perf_counter()
                question(portal)
                spent.append(time.perf_counter() - since)
            told[name] = round(statistics.median(spent), 4)
            print(f"{name}: {told[name]} s", file=sys.stderr)

        def export(portal: str) -> None:
            run = archive.run(last, agency="a" + (portal.partition("-")[2] or "0"))
            known = {
                one.portal.id: findings(known_by(archive.history(one.portal.id), run.header, one))
                for one in run.portals
            }
            run_as_csv(run, known, "vi")

        clock("latest_findings_of_a_portal_s", lambda portal: findings(archive.history(portal)))
        clock("history_of_a_portal_s", archive.history)
        clock("a_portal_of_last_night_s", lambda portal: list(archive.portals(last, only=[portal])))
        clock(
            "a_portal_of_last_night_with_pages_s",
            lambda portal: list(archive.portals(last, pages=True, only=[portal])),
        )
        clock("overview_of_the_country_s", lambda _: archive.overview(last))
        clock("overview_of_an_old_night_s", lambda _: archive.overview(run_of(nights // 2)))
        clock("export_of_an_agency_s", export)
        if nights > 1:
            clock(
                "diff_of_two_nights_s",
                lambda _: list(compare(archive, run_of(nights - 2), last).changes()),
                1,
            )
    return told


def measure(url: str, nights: int, portals: int, made: int) -> dict[str, Any]:
    copies = max(portals // made - 1, 0)
    before = describe(url).bytes or 0
    since = time.perf_counter()
    multiply(url, nights, copies)
    names = [f"p{number}" + (f"-{each}" if each else "") for each in range(copies + 1) for number in range(made)]
    found = describe(url)
    of_a_night = (found.bytes or 0) / nights / len(names)
    sizes = {one.name: one.bytes for one in found.tables if one.rows > 1}
    rows = {one.name: one.rows for one in found.tables if one.rows > 1}
    told = {"kind": found.kind, "bytes": found.bytes, "bytes_per_portal_and_night": round(of_a_night)}
    told |= {"copied_s": round(time.perf_counter() - since, 1), "made_bytes": before, "tables": sizes, "rows": rows}
    return {**told, **ask(url, nights, names)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--portals", type=int, default=40)
    parser.add_argument("--made", type=int, default=4)
    parser.add_argument("--on", default="sqlite,postgresql")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seed", type=Path, help="made nights, kept here for the next time")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=asked.folder)))
        seed = asked.seed or folder / "made.db"
        told: dict[str, Any] = {"nights": asked.nights, "portals": asked.portals, "made": asked.made}
        if not seed.exists():
            told |= make(str(seed), asked.nights, asked.made)
        for kind, url in _places(asked.on.split(","), folder, seed, stack):
            told[kind] = measure(url, asked.nights, asked.portals, asked.made)
    print(json.dumps(told, indent=2))
    if asked.json is not None:
        asked.json.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def _places(kinds: Sequence[str], folder: Path, seed: Path, stack: ExitStack) -> Iterator[tuple[str, str]]:
    if "sqlite" in kinds:
        shutil.copyfile(seed, folder / "year.db")
        yield "sqlite", f"sqlite:///{folder / 'year.db'}"
        (folder / "year.db").unlink()
    programs = find_programs()
    if "postgresql" in kinds and programs is not None:
        server = stack.enter_context(cluster(programs))
        url = server.address("postgres")
        bring_up(url)
        copy(seed, url, lambda *_: None)
        yield "postgresql", url


if __name__ == "__main__":
    main()
