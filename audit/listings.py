"""The lists: what is checked, on which ground, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from audit.registry.registry import Registry
from audit.words import clean, term
from audit_rules.facts import Portal
from audit_rules.judgement import Lang
from audit_rules.law.book import Bilingual, Clause, Instrument, open_law
from audit_rules.rulebook import open_rulebook

Cell = str | int | None | Sequence[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """Columns by name, rows by column. ``shown`` are those there is room for on a screen (empty: all of them);
    ``terms`` names the section of ``sentences/`` for the codes of a column. Where rows of two sorts stand under
    each other, ``screen`` holds the texts under ``shown`` ready made."""

    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, Cell]]
    terms: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    screen: Sequence[Sequence[str]] = ()

    def cells(self) -> Iterator[list[str]]:
        """The rows for a file: codes as they are."""
        for row in self.rows:
            yield [_text(row[name], " | ") for name in self.columns]

    def lines(self, lang: Lang) -> Iterator[list[str]]:
        """The rows for a screen: codes in the reader's words."""
        if self.screen:
            yield from ([clean(cell) for cell in row] for row in self.screen)
            return
        for row in self.rows:
            yield [
                term(self.terms[name], _text(row[name], ", "), lang)
                if name in self.terms
                else _text(row[name], ", ")
                for name in self.shown or self.columns
            ]


def _text(value: Cell, between: str) -> str:
    if value is None or isinstance(value, str | int):
        return "" if value is None else clean(str(value))
    return between.join(clean(part) for part in value)


def rule_list(lang: Lang) -> Listing:
    """Every rule with its grounds."""
    law = open_law()
    rows: list[dict[str, Cell]] = [
        {
            "id": rule.id,
            "title": rule.vi.title if lang == "vi" else rule.en.title,
            "group": rule.group,
            "severity": rule.severity,
            "stage": rule.stage,
            "basis": list(dict.fromkeys(ground.ref for ground in law.grounds if ground.rule == rule.id)),
        }
        for rule in open_rulebook().rules
    ]
    terms = {"group": "group", "severity": "severity", "stage": "stage"}
    return Listing(
        ("id", "title", "group", "severity", "stage", "basis"), rows, terms, ("id", "title", "severity", "basis")
    )


def law_list(day: date, lang: Lang) -> Listing:
    """Every instrument with its force on a day, and under it its clauses: how much of each a machine can see, and
    the rules that rest on it."""
    book = open_law()
    rows: list[dict[str, Cell]] = []
    screen: list[list[str]] = []
    for one in book.instruments:
        clauses = book.clauses(one.id)
        rows.append(_law_row(one.id, one.short, one.title, one, day, lang) | {"clauses": len(clauses)})
        screen.extend([["", "", ""]] if screen else [])
        screen.extend(_instrument_lines(one, day, lang))
        for clause in clauses:
            rules = book.rules_of(clause.ref)
            seen = {"read": clause.read, "coverage": clause.coverage, "rules": rules}
            rows.append(_law_row(clause.ref, clause.citation, clause.duty, one, day, lang) | seen)
            screen.extend(_clause_lines(clause, rules, lang))
    columns = ("id", "name", "title", "valid_from", "valid_to", "status", "read", "clauses", "coverage", "rules")
    terms = {"status": "force", "read": "read", "coverage": "clause_coverage"}
    return Listing(columns, rows, terms, ("law_place", "law_state", "law_detail"), screen)


def _law_row(
    ref: str, name: Bilingual, title: Bilingual, one: Instrument, day: date, lang: Lang
) -> dict[str, Cell]:
    return {
        "id": ref,
        "name": name.vi if lang == "vi" else name.en,
        "title": title.vi if lang == "vi" else title.en,
        "valid_from": one.in_force_from.isoformat(),
        "valid_to": one.in_force_to.isoformat() if one.in_force_to else None,
        "status": one.force(day) or "not_begun",
        "read": one.read,
        "clauses": None,
        "coverage": None,
        "rules": (),
    }


def _instrument_lines(one: Instrument, day: date, lang: Lang) -> Iterator[list[str]]:
    """An instrument on a screen: name, force, days; and where its text was not read, that."""
    days = f"{one.in_force_from.isoformat()}–{one.in_force_to.isoformat() if one.in_force_to else ''}"
    force = term("force", one.force(day) or "not_begun", lang)
    yield [one.short.vi if lang == "vi" else one.short.en, force, days]
    if one.read != "verified":
        yield ["", term("read", one.read, lang), ""]


def _clause_lines(clause: Clause, rules: Sequence[str], lang: Lang) -> Iterator[list[str]]:
    """A clause on a screen: its citation, set off; how much of it a machine checks; its rules, one under the other,
    or a dash where a machine could check it and does not yet."""
    citation = clause.citation.vi if lang == "vi" else clause.citation.en
    first = "—" if clause.coverage in ("full", "part") else ""
    yield [f"· {citation}", term("clause_coverage", clause.coverage, lang), rules[0] if rules else first]
    yield from (["", "", rule] for rule in rules[1:])


def portal_list(registry: Registry, lang: Lang) -> Listing:
    """Every portal of the registry, in the order of the file."""
    rows: list[dict[str, Cell]] = [
        {
            "id": one.id,
            "agency_id": one.agency.id if one.agency else None,
            "agency": _agency(one, lang),
            "kind": one.kind,
            "address": str(one.address),
            "aliases": [str(alias) for alias in one.aliases],
            "main_portal": one.main_portal_id,
            "status": one.status,
        }
        for one in registry.portals.values()
    ]
    columns = ("id", "agency_id", "agency", "kind", "address", "aliases", "main_portal", "status")
    screen: list[list[str]] = []
    for row in rows:
        status = term("registry_status", str(row["status"]), lang)
        screen += [[str(row["id"]), str(row["address"]), status], ["", f"· {row['agency'] or '—'}", ""]]
    return Listing(
        columns, rows, {"kind": "kind", "status": "registry_status"}, ("id", "portal_place", "status"), screen
    )


def _agency(portal: Portal, lang: Lang) -> str | None:
    if portal.agency is None:
        return None
    return portal.agency.name_en if lang == "en" and portal.agency.name_en else portal.agency.name_vi
