"""How often the auditor is right: on real pages, in the make-believe province, and on spoilt copies of real pages.

    python -m bench.accuracy [--pages FOLDER] [--sandbox] [--json FILE]

Three columns that are never added. The figures are kept in ``bench/results/accuracy.json`` (or FILE), and
``docs/accuracy.md`` is made of them. Without ``--sandbox`` that column, which takes minutes and wants a browser,
stays as it was; without a corpus the two others do.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audit.fleet import audit_portals
from audit.registry.files import read_registry
from bench.accuracy_report import report
from bench.corpus import CORPUS
from bench.counting import Told, Truth, by_site, tally
from bench.labelled import (
    DISPUTED,
    FACTS,
    NOT_COMPARED,
    RULES,
    Comparison,
    compare_facts,
    compare_rules,
    labelled_pages,
)
from bench.mutants import Result, Unfit, bearing_pages, mutated
from bench.settled import DAY, rulebook
from crawler.browser import find_browser
from crawler.plan import Plan
from sandbox.packing import worlds
from sandbox.world import World
from storage.archive import Archive

RESULTS = Path(__file__).parent / "results" / "accuracy.json"
REPORT = Path(__file__).parents[1] / "docs" / "accuracy.md"
_SIGN: dict[str, Truth] = {"failed": "positive", "passed": "negative"}
_TOLD: dict[str, Told] = {"failed": "positive", "passed": "negative", "cantTell": "undecided"}


# --- real pages ----------------------------------------


def comparisons(corpus: Path = CORPUS) -> tuple[list[Comparison], list[Comparison]]:
    """What the reader (facts) and the rules say of every labelled page."""
    facts: list[Comparison] = []
    rules: list[Comparison] = []
    for label in labelled_pages(corpus):
        html = (corpus / "html" / label["file"]).read_bytes()
        facts += compare_facts(label, html)
        rules += compare_rules(label, html)
    return facts, rules


def real_column(facts: Sequence[Comparison], rules: Sequence[Comparison]) -> dict[str, Any]:
    """The figures of the real pages, by site, and every error by file."""
    return {
        "pages": len({each.file for each in facts}),
        "sites": len({each.site for each in facts}),
        "facts": {name: _by_site(facts, name) for name in FACTS},
        "rules": {name: _by_site(rules, name) for name in RULES},
        "errors": [asdict(each) for each in (*facts, *rules) if each.is_wrong],
        "disputed": [asdict(each) for each in DISPUTED],
        "not_compared": list(NOT_COMPARED),
    }


def _by_site(compared: Iterable[Comparison], what: str) -> dict[str, int]:
    cases = [each for each in compared if each.what == what]
    bound = [each for each in cases if each.told != "unbound"]
    return {
        "sites": len({each.site for each in bound}),
        **by_site((each.site, each.true, each.told) for each in cases).counts(),
    }


# --- the make-believe province ----------------------------------------


def sandbox_column() -> dict[str, Any]:
    """The figures of the make-believe province, whose truth is planted: one audit for each set of faults."""
    cases: defaultdict[str, list[tuple[Truth, Told]]] = defaultdict(list)
    errors: list[dict[str, str]] = []
    browser = find_browser() is not None
    held = worlds()
    for faults in held:
        _audit_world(faults, browser, cases, errors)
    return {
        "worlds": len(held),
        "browser": browser,
        "rules": {rule: tally(of_rule).counts() for rule, of_rule in sorted(cases.items())},
        "errors": errors,
    }


def _audit_world(
    faults: tuple[str, ...],
    browser: bool,
    cases: defaultdict[str, list[tuple[Truth, Told]]],
    errors: list[dict[str, str]],
) -> None:
    with World(faults) as world, tempfile.TemporaryDirectory() as folder:
        registry = read_registry(world.registry)
        plan = Plan(
            delay=0.0,
            render="auto" if browser else "never",
            depth="axe",  # fresh loads measure times, which accuse nobody
            connect_to=world.connect_to,
            ca_file=str(world.ca_file),
            allow_private=True,
        )
        portals = [registry.find(site, DAY) for site in dict.fromkeys((*world.sites, *world.shown))]
        with Archive.open(Path(folder) / "audit.db") as archive:
            run = audit_portals(portals, registry, plan, archive, data=Path(folder))
        for portal in run.portals:
            site = str(portal.portal.address)
            for each in portal.judgements:
                true, said = world.truth.get((site, each.rule)), each.verdict.outcome
                if true in _SIGN:
                    told = _TOLD.get(said, "unbound")
                    cases[each.rule].append((_SIGN[true], told))
                    if told not in (_SIGN[true], "undecided"):
                        planted = [name for name in faults if name.partition(".")[0] in site or len(faults) < 3]
                        errors.append(
                            {
                                "site": site,
                                "rule": each.rule,
                                "truth": true,
                                "answer": said,
                                "faults": " ".join(planted),
                            }
                        )


# --- spoilt copies ----------------------------------------


def mutant_column(told: Iterable[Result | Unfit]) -> dict[str, Any]:
    """The figures of the spoilt copies and near misses, by kind and by rule, with every survivor."""
    told = list(told)
    results = [each for each in told if isinstance(each, Result)]
    survivors = Counter(
        (each.sort, each.rule, each.kind, each.number, each.verdict) for each in results if each.ending == "missed"
    )
    return {
        "pages": len({each.file for each in told}),
        "sites": len({each.site for each in results}),
        "kinds": _endings((each.sort, each.kind, each) for each in results),
        "rules": _endings((each.sort, each.rule, each) for each in results),
        "survivors": [
            {"sort": sort, "rule": rule, "kind": kind, "number": number, "verdict": verdict, "pages": pages}
            for (sort, rule, kind, number, verdict), pages in sorted(survivors.items())
        ],
        "unfit": [asdict(each) for each in told if isinstance(each, Unfit)],
    }


def _endings(results: Iterable[tuple[str, str, Result]]) -> dict[str, dict[str, dict[str, int]]]:
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for sort, name, result in results:
        counts[sort][name][result.ending] += 1
    return {
        sort: {
            name: {end: ends[end] for end in ("told", "in_doubt", "missed")} for name, ends in sorted(named.items())
        }
        for sort, named in sorted(counts.items())
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=Path, default=CORPUS)
    parser.add_argument("--sandbox", action="store_true")
    parser.add_argument("--json", type=Path, default=RESULTS)
    options = parser.parse_args()
    kept = json.loads(options.json.read_text(encoding="utf-8")) if options.json.is_file() else {}
    facts, rules = comparisons(options.pages)
    if facts:
        kept["real"] = real_column(facts, rules)
        kept["mutants"] = mutant_column(each for page in bearing_pages(options.pages) for each in mutated(page))
    if options.sandbox:
        kept["sandbox"] = sandbox_column()
    kept["rules"] = [entry.id for entry in rulebook().rules]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.json == RESULTS:
        REPORT.write_text(report(kept), encoding="utf-8")
    print(report(kept))


if __name__ == "__main__":
    main()
