"""Real pages with spoilt items and with near misses: does the auditor notice, and is it fooled?

    python -m bench.mutants [--pages FOLDER] [--json FILE]

An item that a page has of its own is taken out, and the official form is put in its place; the rule must pass that.
Then the item is spoilt (the rule must say ``failed``, or an honest ``cantTell``), or a near miss is added (a decoy
must not pass, noise beside a good item must not change ``passed``). The portal around the page is made up (a
department of the province of Sông Mây) and whole: what is not on it is not there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from audit_rules.address import Address, AddressBook, plain_host
from audit_rules.facts import Agency, Kind, PageFacts, Portal, Surroundings
from bench import grafts
from bench.corpus import CORPUS
from bench.grafts import COMPONENTS, MAIN_HOST, OWN_NAME, Graft, Item
from bench.markup import grafted, stripped, with_language, with_places
from bench.real_pages import SavedPage, saved_pages
from bench.sections import SECTION_ITEMS
from bench.settled import DAY, Saved, only, read, rulebook
from bench.spoiling import Mutation
from bench.spoilt_footer import footer
from bench.spoilt_links import language, measurement, structure
from bench.spoilt_sections import sections
from bench.spoilt_words import disclosure, search, spokesperson

Ending = Literal["told", "in_doubt", "missed"]
"""Of a spoilt item: ``failed``, ``cantTell``, still passed. Of a near miss: the verdict stays, it turns into
``cantTell``, the auditor was fooled."""
ENDINGS: tuple[Ending, ...] = get_args(Ending)

MUTATIONS: tuple[Mutation, ...] = (
    *measurement(),
    *structure(),
    *language(),
    *footer(),
    *spokesperson(),
    *disclosure(),
    *search(),
    *sections(),
)
ITEMS: Mapping[str, Item] = MappingProxyType({**grafts.ITEMS, **SECTION_ITEMS})
"""By rule."""
_NO_PORTALS = ("error", "challenge")
_LANG = "accessibility.language_declared"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mutation on one page. ``number`` tells apart the mutations of one rule and kind."""

    kind: str
    sort: str
    rule: str
    number: int
    file: str
    site: str
    verdict: str
    ending: Ending


@dataclass(frozen=True, slots=True)
class Unfit:
    """A page that an item could not be put on, or where the rule did not pass the official form."""

    file: str
    rule: str
    why: str


# --- the portal around a page ----------------------------------------

_PROVINCE = Agency("song-may", "Ủy ban nhân dân tỉnh Sông Mây", "Song May People's Committee", "province")
_OWN = Agency("co-quan", OWN_NAME, "", "department", _PROVINCE.id)
_MAIN = Portal("song-may", Address.parse(MAIN_HOST), "province", _PROVINCE, confirmed=True)


def _around(host: str, kind: Kind) -> tuple[Portal, Surroundings]:
    is_main = kind == "province"
    portal = Portal(
        "own",
        Address.parse(plain_host(host)),
        kind,
        _PROVINCE if is_main else _OWN,
        main_portal_id=None if is_main else _MAIN.id,
        confirmed=True,
    )
    components = tuple(
        Portal(
            label,
            Address.parse(f"{label}.{MAIN_HOST}"),
            "department",
            Agency(label, f"Sở thành phần {label.upper()}", "", "department", _PROVINCE.id),
            main_portal_id=portal.id if is_main else _MAIN.id,
            confirmed=True,
        )
        for label in COMPONENTS
    )
    everybody = (portal, *components) if is_main else (portal, _MAIN, *components)
    around = Surroundings(
        DAY,
        main_portal=None if is_main else _MAIN,
        components=components,
        book=AddressBook(tuple((address, each.id) for each in everybody for address in each.addresses)),
        answered=frozenset(each.id for each in everybody),
        main_portal_outcomes={entry.id: "failed" for entry in rulebook().rules},
    )
    return portal, around


_FRAME = """<!DOCTYPE html><html lang="vi"><head><title>{title}</title></head><body>
<header><a href="/">Sở Khoa học và Công nghệ</a></header><nav><a href="/">Trang chủ</a></nav><main>{text}</main>
<footer><p>Bản quyền thuộc về Sở Khoa học và Công nghệ tỉnh Sông Mây</p></footer></body></html>"""


def _built(page: str, graft: Graft) -> dict[str, bytes]:
    if graft.lang is not None:
        page = with_language(page, graft.lang)
    pages = {"/": grafted(page, graft.pieces)}
    pages |= {path: grafted(page, pieces) for path, pieces in graft.alike.items()}
    pages |= {path: _FRAME.format(title=OWN_NAME, text=text) for path, text in graft.pages.items()}
    return {path: html.encode() for path, html in pages.items()}


def verdict_on(page: str, graft: Graft, host: str, item: Item) -> str:
    """What the item's rule says of a marked page with a graft on it."""
    portal, around = _around(host, item.kind)
    saved = Saved(portal, around, _built(page, graft), graft.answers, whole=True)
    return saved.judged(_only(item.rule))[0].verdict.outcome


_only = lru_cache(maxsize=32)(only)


# --- one page ----------------------------------------


def ending(mutation: Mutation, before: str, verdict: str) -> Ending:
    """How a mutation ended, ``before`` being the verdict on the page without it."""
    if mutation.sort == "noise":
        return "told" if verdict == "passed" else "missed"
    if verdict == "passed":
        return "missed"
    if mutation.sort == "spoilt":
        return "told" if verdict in ("failed", "inapplicable") else "in_doubt"
    return "told" if verdict == before else "in_doubt"


def mutated(page: SavedPage, mutations: Iterable[Mutation] = MUTATIONS) -> Iterator[Result | Unfit]:
    """Every mutation that one real page can bear, judged."""
    html, url = page.path.read_bytes(), f"https://{plain_host(page.host)}/"
    marked, facts = with_places(html, url), read(html, url)
    by_rule: dict[str, list[Mutation]] = {}
    for mutation in mutations:
        by_rule.setdefault(mutation.rule, []).append(mutation)
    for rule, of_rule in by_rule.items():
        item = ITEMS[rule]
        bare = stripped(marked, facts, item.strip) if marked else None
        unfit = _unfit(page, facts, item, bare)
        if unfit is not None or bare is None:
            yield Unfit(page.path.name, rule, unfit or "place")
            continue
        without = verdict_on(bare, Graft(), page.host, item)
        for number, mutation in enumerate(of_rule):
            verdict = verdict_on(bare, mutation.change(item.official), page.host, item)
            end = ending(mutation, without, verdict)
            site = plain_host(page.host)
            yield Result(mutation.kind, mutation.sort, rule, number, page.path.name, site, verdict, end)


def _unfit(page: SavedPage, facts: PageFacts, item: Item, bare: str | None) -> str | None:
    """Why a page does not bear an item; None where it does."""
    if bare is None:
        return "place"
    if item.rule == _LANG and facts.language.spoken != "vi":
        return "language"
    if verdict_on(bare, item.official, page.host, item) != "passed":
        return "official_form_not_passed"
    return None


def bearing_pages(corpus: Path = CORPUS) -> list[SavedPage]:
    """The pages of a corpus that are pages of a portal: no error pages, no challenges."""
    return [page for page in saved_pages(corpus) if not page.kind.startswith(_NO_PORTALS)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=Path, default=CORPUS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    pages = bearing_pages(options.pages)
    if not pages:
        parser.error(f"no corpus at {options.pages}")
    told = [each for page in pages for each in mutated(page)]
    results = [each for each in told if isinstance(each, Result)]
    for each in told:
        if isinstance(each, Unfit) or each.ending == "missed":
            print(each)
    for sort in ("spoilt", "decoy", "noise"):
        ends = [each.ending for each in results if each.sort == sort]
        print(sort, len(ends), {end: ends.count(end) for end in ENDINGS})
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in told], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
