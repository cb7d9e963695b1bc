"""How long judging a portal takes: ms of CPU of all rules over a portal of 60 pages, read beforehand.

    python -m bench.judging [--json FILE] [--repeat 5]

Two portals. ``saved``: the saved pages of the real portal of which most are at hand (bench/corpus.py), again and
again under other addresses, titles and teasers and articles made different, for menus repeat and news does not.
``made``: pages of bench/made_page.py. Each is a province's portal with 100 components in its registry; home and a
dozen pages were looked at in a browser too.

What counts as what. Reading is ``read_page``, measured in bench/reading.py. ``weighing`` is what the crawler does
with each new link of a page it has read (``rank``): a part of the visit, and what it found of a text is remembered.
Judging begins then: ``visited`` is the first judging after a visit in the same process, which matches the lines of
text; ``warm`` the same portal again, as when a look that a rule asked for has come. Both are as in a night: home
pages of other hosts were judged a few times before, for the interpreter is slower with code that it has seldom run,
and the words of the language are remembered one by one. A run judged again out of the archive was not weighed:
``cold`` is the very first portal of such a process, ``next`` one more with the same menus and other news.
``vocabulary`` is what its making takes, once a process. The loop is a fixed piece of Python: it tells how busy the
machine was; on a busy one the least values (``least``) say more than the medians.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from audit_rules.address import Address, AddressBook
from audit_rules.engine import judge
from audit_rules.facts import Agency, Answer, Link, NetFacts, Page, PageFacts, Portal, Surroundings, Visit
from audit_rules.reading import read_page
from audit_rules.reading.vocabulary import matches, rank
from audit_rules.rulebook import Rulebook, open_rulebook
from audit_rules.site import SiteFacts
from bench.corpus import CORPUS
from bench.made_page import bench_page
from bench.reading import cpu_ms

PAGES = 60
DRAWN = 13
"""Pages that a browser was shown: home, and those that rules ask for."""
STRANGE = 16
"""Pages of the portal that is judged before the one that is measured."""
_BEFORE = 10
"""Times it is judged."""
COMPONENTS = 100
HOST = "tinhmau.gov.vn"
GOAL_MS = 60.0
DEAREST = 10
_SEEN = datetime(2026, 11, 22, tzinfo=UTC)
_DAY = date(2026, 11, 22)
_NEWS = ("main", "teaser", "article")
_FIRST_TEXT = "Người phát ngôn"
GC_THRESHOLD = (50_000, 20, 20)
"""How often garbage is looked for, as in crawler/loop.py."""

Told = tuple[Portal, Visit, Surroundings]
Portals = tuple[Told, Told, Told]
"""The portal that is measured, the same with other news, and a small one that is judged before it."""


def made_pages(pages: int = PAGES, portal: int = 0) -> list[PageFacts]:
    return [read_page(bench_page(number, portal), _address(number), seen_at=_SEEN) for number in range(pages)]


def saved_pages() -> list[PageFacts]:
    """The saved pages of the host that has most of them, home first; none where the corpus is not at hand."""
    rows = sorted(_saved(), key=lambda row: row["kind"] != "home")
    host = _most_saved(rows)
    read = [_read(row) for row in rows if row["host"] == host]
    return [
        _as_page(number, facts, len(read)) for number, facts in enumerate(islice(cycle(read), PAGES if read else 0))
    ]


def strange_pages() -> list[PageFacts]:
    """Saved home pages of other hosts; pages of another made portal where the corpus is not at hand."""
    rows = _saved()
    host = _most_saved(rows)
    homes = [row for row in rows if row["host"] != host and row["kind"].startswith("home")]
    read = [_as_page(number, _read(row), STRANGE) for number, row in enumerate(homes[:STRANGE])]
    return read or made_pages(STRANGE, portal=1)


def _saved() -> list[dict[str, str]]:
    index = CORPUS / "index.csv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not row["kind"].startswith(("error", "challenge"))]


def _most_saved(rows: list[dict[str, str]]) -> str:
    hosts = Counter(row["host"] for row in rows).most_common(1)
    return hosts[0][0] if hosts else ""


def _read(row: dict[str, str]) -> PageFacts:
    body = (CORPUS / "html" / row["file"]).read_bytes().replace(row["host"].encode(), HOST.encode())
    return read_page(body, _address(0), seen_at=_SEEN)


def _address(number: int) -> str:
    return f"https://{HOST}/trang/{number}" if number else f"https://{HOST}/"


def _as_page(number: int, facts: PageFacts, pages: int) -> PageFacts:
    """A page under an address of its own; one that comes again has other news."""
    return _other_news(replace(facts, url=_address(number)), number // pages)


def _other_news(view: PageFacts, edition: int) -> PageFacts:
    if not edition:
        return view
    lines = tuple(
        line._replace(text=f"{line.text} {edition}") if line.region in _NEWS and len(line.text) > 30 else line
        for line in view.lines
    )
    links = tuple(
        Link(f"{link.url}-{edition}", f"{link.text} {edition}", *link[2:]) if _is_news(link) else link
        for link in view.links
    )
    return replace(view, lines=lines, links=links)


def _is_news(link: Link) -> bool:
    return link.region in _NEWS and len(link.text) > 30


def portal_of(views: list[PageFacts], edition: int) -> Told:
    """A province's portal that shows these pages, with news of an edition."""
    province = Agency("tinh-mau", "Ủy ban nhân dân tỉnh Mẫu", "Mau People's Committee", "province")
    portal = Portal("tinh-mau", Address.parse(HOST), "province", province)
    parts = tuple(_component(number) for number in range(COMPONENTS))
    pages = tuple(_page(number, _other_news(view, edition)) for number, view in enumerate(views))
    links = sorted({link.url for view in views for link in view.links if HOST in link.url})
    skipped = tuple((url, "budget") for url in links[::2])
    asked = tuple(Answer(url, _SEEN, 200, url, "text/html") for url in links[1::4])
    home = Answer(views[0].url, _SEEN, 200, views[0].url, "text/html")
    net = NetFacts(home, home, asked, skipped, len(asked) + PAGES)
    visit = Visit("audited", None, views[0].url, pages, net, browser=True)
    book = AddressBook(tuple((each.address, each.id) for each in (portal, *parts)))
    names = tuple(each.agency.name_vi for each in parts if each.agency)
    return portal, visit, Surroundings(_DAY, None, parts, book, names, frozenset(each.id for each in parts))


def _component(number: int) -> Portal:
    agency = Agency(f"xa{number}", f"Ủy ban nhân dân xã Mẫu {number}", "", "commune", "tinh-mau")
    address = Address.parse(f"xamau{number}.{HOST}")
    return Portal(agency.id, address, "commune", agency, main_portal_id="tinh-mau", confirmed=number % 3 > 0)


def _page(number: int, view: PageFacts) -> Page:
    return Page(view.url, view, replace(view, how="rendered") if number < DRAWN else None)


# --- the clock, in a process of its own -------------------------------------------------------------------


def _loop() -> None:
    total = 0
    for number in range(200_000):
        total += number & 7


def judge_portals(path: Path, *, visited: bool) -> None:
    """What the measured process does: judges the pickled portals and prints ms of CPU as JSON."""
    portals: Portals = pickle.loads(path.read_bytes())  # noqa: S301 - written by the process that started this one
    book = open_rulebook()

    def judged(told: Told) -> float:
        return cpu_ms(lambda: judge(*told, book, _DAY))

    gc.freeze()  # the pages and the rules are there before: to look through them for garbage is no judging
    gc.set_threshold(*GC_THRESHOLD)
    told: dict[str, Any] = {"loop": cpu_ms(_loop), "vocabulary": cpu_ms(lambda: matches(_FIRST_TEXT))}
    first, other, stranger = portals
    if visited:
        for _ in range(_BEFORE):
            judged(stranger)
        told["weighing"] = cpu_ms(lambda: _weigh(first[1]))
        told["visited"] = judged(first)
        told["warm"] = min(judged(first) for _ in range(3))
        told["rules"] = {rule: round(ms, 2) for rule, ms in _dearest(first, book)}
    else:
        told["cold"], told["next"] = judged(first), judged(other)
    print(json.dumps(told))


def _weigh(visit: Visit) -> None:
    """Weighs each link once, as the crawler does (crawler/spiders/portal.py)."""
    weighed: set[tuple[str, str, str]] = set()
    for page in visit.pages:
        for view in page.views:
            for link in view.links:
                if (key := (link.url, link.text, link.region)) not in weighed:
                    weighed.add(key)
                    rank(link.text, link.hint, link.url, link.region)


def _dearest(told: Told, book: Rulebook) -> Iterator[tuple[str, float]]:
    """The dearest rules, each alone on a portal of which the questions shared by all were asked before."""
    portal, visit, around = told
    site = SiteFacts(portal, visit, around.book)
    costs: dict[str, float] = {}
    for _ in range(3):
        for entry in book.rules:
            spent = cpu_ms(lambda decide=entry.rule.decide: _decided(decide, site, around))  # type: ignore[misc]
            costs[entry.id] = min(costs.get(entry.id, spent), spent)
    yield from sorted(costs.items(), key=lambda cost: -cost[1])[:DEAREST]


def _decided(decide: Callable[[SiteFacts, Surroundings], object], site: SiteFacts, around: Surroundings) -> None:
    try:
        decide(site, around)
    except Exception as unseen:  # what a rule could not see is the engine's business, and its price is all the same
        del unseen


def measure(portals: Portals, repeat: int) -> dict[str, Any]:
    """Medians and leasts over so many processes of either sort; rules as the quickest process saw them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portals"
        path.write_bytes(pickle.dumps(portals))
        runs = [{**_run(path, "visited"), **_run(path, "archive")} for _ in range(repeat)]
    told = {f"{name}_ms": round(statistics.median(run[name] for run in runs), 1) for name in _CLOCKS}
    least = {name: round(min(run[name] for run in runs), 1) for name in _CLOCKS}
    return {**told, "least": least, "dearest": min(runs, key=lambda run: run["warm"])["rules"]}


def _run(path: Path, sort: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.judging", "--part", str(path), "--sort", sort]
    told: dict[str, Any] = json.loads(subprocess.check_output(command))  # noqa: S603
    return told


_CLOCKS = ("loop", "vocabulary", "weighing", "visited", "warm", "cold", "next")


def _sizes(told: Told) -> dict[str, int]:
    views = [view for page in told[1].pages for view in page.views]
    return {
        "pages": len(told[1].pages),
        "views": len(views),
        "lines": sum(len(view.lines) for view in views),
        "links": sum(len(view.links) for view in views),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--part", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--sort", choices=("visited", "archive"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part is not None:
        judge_portals(options.part, visited=options.sort == "visited")
        return
    result: dict[str, Any] = {"goal_ms": GOAL_MS, "rules": len(open_rulebook().rules)}
    stranger = portal_of(strange_pages(), 0)
    for name, views in (("saved", saved_pages()), ("made", made_pages())):
        if not views:
            print(f"{name}: the saved real pages are not at hand ({CORPUS})")
            continue
        portals = portal_of(views, 0), portal_of(views, PAGES), stranger
        result[name] = {**_sizes(portals[0]), **measure(portals, options.repeat)}
        _show(name, result[name], result["rules"])
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _show(name: str, told: dict[str, Any], rules: int) -> None:
    print(
        f"{name}: {told['pages']} pages, {told['views']} looks, {told['lines']} lines, {told['links']} links, "
        f"{rules} rules; goal {GOAL_MS:.0f} ms"
    )
    for each in _CLOCKS:
        print(f"  {each:12}{told[f'{each}_ms']:8.1f} ms, at least {told['least'][each]:.1f}")
    for rule, ms in told["dearest"].items():
        print(f"  {ms:8.2f} ms  {rule}")


if __name__ == "__main__":
    main()
