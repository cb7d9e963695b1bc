"""The CSV an agency gets: one line per finding, safe to open in a spreadsheet (contract, "CSV for agencies")."""

from __future__ import annotations

import codecs
import io
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import IO, Literal

from audit.days import shown
from audit.history import Finding, finding_id, is_fault, needs_review
from audit.opinions import NOTHING, Beside, Told
from audit.reports.beside import before_text, ended_text, manual_text, reply_text, waiver_text
from audit.succession import agency_name
from audit.words import clean, in_lang, say, term
from audit_rules.judgement import Judgement, Lang
from audit_rules.verdict import Evidence, Searched, Verdict
from audit_rules.wording import Wording
from storage.records import PortalRun, Run, RunHeader

What = Literal["findings", "unmeasured", "all"]
Row = Mapping[str, str]
Findings = Mapping[str, Mapping[str, Finding]]
"""By portal id and rule id."""

SEVERITIES = ("high", "medium", "low")
_FORMULA = "=+-@\t\r＝＋－＠"
_GUARDED = re.compile(f"(?:^|\x1f)[{re.escape(_FORMULA)}]")
CELL_LENGTH = 32_000
"""Characters; a spreadsheet's cell holds 32,767."""
_SOME_PAGES = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name is the English heading; example and meanings are for the data dictionary."""

    name: str
    vi: str
    meaning_vi: str
    meaning_en: str
    example: str

    def heading(self, lang: Lang) -> str:
        return self.vi if lang == "vi" else self.name

    @property
    def width(self) -> float:
        """Characters in a sheet: what the example takes, and no more than is easy to read."""
        return min(max(len(self.example), len(self.vi), 8) + 3, 60)


@cache
def columns() -> tuple[Column, ...]:
    """The columns for agencies, in their order."""
    data = tomllib.loads(files("audit.reports").joinpath("columns.toml").read_text("utf-8"))
    return tuple(
        Column(one["name"], one["vi"], one["meaning"]["vi"], one["meaning"]["en"], one["example"])
        for one in data["column"]
    )


def safe_cell(text: str) -> str:
    """A cell no spreadsheet takes for a formula; those of East Asia read full-width signs as well."""
    text = text[:CELL_LENGTH]
    return "'" + text if text.startswith(tuple(_FORMULA)) else text


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with BOM, comma, CRLF, every cell quoted and guarded."""
    text = io.BytesIO()
    write_csv_into(text, headings, rows)
    return text.getvalue()


def write_csv_into(file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The same, written row by row."""
    file.write(codecs.BOM_UTF8)
    file.writelines(_csv_line(row) for row in chain((headings,), rows))


def _csv_line(row: Sequence[str]) -> bytes:
    """Looked at as a whole first: of millions of cells hardly one has to be guarded, cut or escaped."""
    joined = "\x1f".join(row)
    if len(joined) > CELL_LENGTH or _GUARDED.search(joined) or joined.count("\x1f") >= len(row):
        joined = "\x1f".join(safe_cell(cell).replace("\x1f", " ") for cell in row)
    if '"' in joined:
        joined = joined.replace('"', '""')
    quoted = joined.replace("\x1f", '","')
    return f'"{quoted}"\r\n'.encode()


def run_as_csv(
    run: Run,
    findings: Findings,
    lang: Lang,
    what: What = "findings",
    portals: Iterable[PortalRun] | None = None,
    *,
    told: Told | None = None,
    reply_by: date | None = None,
) -> bytes:
    """A run for agencies, sorted by severity, rule and page, with what stands beside its verdicts (``told``)."""
    some = run.portals if portals is None else portals
    rows = sorted(run_rows(run, some, findings, lang, what, told=told, reply_by=reply_by), key=row_order)
    return write_csv([one.heading(lang) for one in columns()], rows)


def run_rows(
    run: Run,
    portals: Iterable[PortalRun],
    findings: Findings,
    lang: Lang,
    what: What = "findings",
    *,
    told: Told | None = None,
    reply_by: date | None = None,
) -> Iterator[list[str]]:
    """The rows of a table for agencies, unsorted, one portal after another, each in the order of ``columns``."""
    due = reply_by.isoformat() if reply_by else ""
    names = [one.name for one in columns()]
    for one in wanted(portals, findings, what):
        for item in one.judgements:
            row = {
                **_row(run, one, item, findings.get(one.portal.id, {}).get(item.rule), lang),
                **_beside_cells((told or {}).get(one.portal.id, {}).get(item.rule, NOTHING), lang),
                "reply_by": due if is_fault(item) else "",
            }
            yield [row[name] for name in names]


def row_order(row: Sequence[str]) -> tuple[int, str, str, str]:
    """Severity, rule, page, portal."""
    severity, rule, page, portal = (row[at] for at in _ordering())
    return SEVERITIES.index(severity), rule, page, portal


@cache
def _ordering() -> tuple[int, ...]:
    names = [one.name for one in columns()]
    return tuple(names.index(name) for name in ("severity", "rule", "page", "portal"))


def _is_finding(item: Judgement, finding: Finding | None) -> bool:
    verdict = item.verdict
    return is_fault(item) or (verdict.outcome == "passed" and finding is not None and finding.just_fixed)


def is_unmeasured(item: Judgement) -> bool:
    """Could not be seen, or was not asked; what a person is to look at is no such thing."""
    return item.verdict.outcome in ("cantTell", "untested") and not needs_review(item)


_WANTED: Mapping[What, Callable[[Judgement, Finding | None], bool]] = {
    "findings": _is_finding,
    "unmeasured": lambda item, _: is_unmeasured(item),
    "all": lambda *_: True,
}


def wanted(portals: Iterable[PortalRun], findings: Findings, what: What) -> list[PortalRun]:
    """The portals, all of them, each with those of its judgements that are asked for."""
    return [
        replace(one, judgements=tuple(item for item in one.judgements if _WANTED[what](item, told.get(item.rule))))
        for one in portals
        for told in [findings.get(one.portal.id, {})]
    ]


_BESIDE = ("waiver", "manual_verdict", "waiver_ended", "reply_recorded", "predecessor")
_NOTHING_BESIDE: Row = dict.fromkeys(_BESIDE, "")


def _beside_cells(beside: Beside, lang: Lang) -> Row:
    if not (beside.waivers or beside.manual or beside.reply or beside.former or beside.carried):
        return _NOTHING_BESIDE
    cells = {
        "waiver": [waiver_text(one, lang) for one in beside.waived],
        "manual_verdict": [manual_text(one, lang) for one in beside.manual],
        "waiver_ended": [ended_text(one, state, lang) for one, state in beside.ended],
        "reply_recorded": [reply_text(beside.reply, lang)] if beside.reply else [],
        "predecessor": before_text(beside, lang),
    }
    return {name: clean(" | ".join(texts)) for name, texts in cells.items()}


def _row(run: Run, one: PortalRun, item: Judgement, finding: Finding | None, lang: Lang) -> Row:
    header, portal, verdict, words = run.header, one.portal, item.verdict, item.words(lang)
    agency = portal.agency
    seen = max((piece.seen_at for piece in verdict.evidence), default=one.visit.started_at or header.started_at)
    fault, fix = fault_text(item, lang), words.fix
    if is_unmeasured(item):
        reason = verdict.reason or ""
        fault = fault or term("reason", reason, lang)
        fix = todo(run, one, reason, lang)
    return {
        "run": header.id,
        "day": header.day.isoformat(),
        "portal": clean(str(portal.address)),
        "agency_id": clean(agency.id) if agency else "",
        "agency": clean(agency_name(agency, lang)) if agency else "",
        "kind": portal.kind,
        "group": item.group,
        "rule": item.rule,
        "title": clean(words.title),
        "outcome": verdict.outcome,
        "state": _state(item, finding),
        "stage": item.stage,
        "proves": item.proves,
        "severity": item.severity,
        "standing": item.standing,
        "basis": clean(" | ".join(ground.label for ground in item.basis)),
        "page": clean(_main_page(one, item)),
        "fault": clean(fault),
        "fix": clean(fix),
        "evidence": clean(
            " | ".join(
                f"{in_lang(piece.where, lang)}: “{piece.excerpt}” ({piece.url})" for piece in told_once(verdict)
            )
        ),
        "searched": clean(_searched_cell(verdict.searched, lang)),
        "first_seen": finding.first_seen.isoformat() if finding else "",
        "last_seen": finding.last_seen.isoformat() if finding else "",
        "nights": str(finding.nights) if finding else "",
        "seen_at": shown(seen) or "",
        "user_agent": clean(header.user_agent),
        "rules_version": header.rules_version,
        "finding": finding_id(portal.id, item.rule),
        "agency_reply": "",
        "agency_note": "",
        "document_no": "",
    }


def _state(item: Judgement, finding: Finding | None) -> str:
    if finding is not None and (item.verdict.outcome != "passed" or finding.state == "fixed"):
        return finding.state
    return "unconfirmed" if needs_review(item) else ""


def _main_page(one: PortalRun, item: Judgement) -> str:
    verdict = item.verdict
    if verdict.evidence:
        return verdict.evidence[0].url
    if verdict.searched and verdict.searched.nearest:
        return verdict.searched.nearest.url
    return one.visit.home or str(one.portal.address)


@cache
def _wording() -> Wording:
    return Wording()


def searched_text(searched: Searched | None, lang: Lang) -> str:
    """Where an item was looked for, by which wordings, and the nearest miss, as one sentence."""
    return _wording().searched(searched, lang)


def fault_text(item: Judgement, lang: Lang) -> str:
    """What is missing or wrong, without the search, which is told beside it."""
    return item.words(lang).message.removesuffix(searched_text(item.verdict.searched, lang)).strip()


def told_once(verdict: Verdict) -> list[Evidence]:
    """The evidence, without what a second look showed alike."""
    return list({(piece.url, piece.where, piece.excerpt): piece for piece in verdict.evidence}.values())


def todo(run: Run, one: PortalRun, reason: str, lang: Lang) -> str:
    """What is to be done about what could not be seen, and who is to be let in; empty where we know of nothing."""
    return todo_text(run.header, one.visit.reason, reason, lang)


def todo_text(header: RunHeader, visit_reason: str | None, reason: str, lang: Lang) -> str:
    """The same where no more is at hand than how the visit ended."""
    code = visit_reason if reason in ("blocked", "unreachable") else None
    text = term("todo", code or reason, lang)
    if text == code:
        text = term("todo", reason, lang)
    key = "report.visitor_from" if header.vantage_address else "report.visitor"
    visitor = say(key, lang, address=header.vantage_address, user_agent=header.user_agent)
    return "" if text == reason else text.format(visitor=visitor)


def _searched_cell(searched: Searched | None, lang: Lang) -> str:
    if searched is None:
        return ""
    urls = dict.fromkeys(page.url for page in searched.pages)
    return " | ".join([searched_text(searched, lang), *list(urls)[:_SOME_PAGES]])
