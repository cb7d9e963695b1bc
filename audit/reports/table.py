"""A run told on a screen: what a clerk has to know, portal by portal, at 80 columns as well as at 100.

A sign is never called a breach, and every check of the rule book is in the sum at the end.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleRenderable
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from audit.history import needs_review
from audit.opinions import NOTHING, Beside, Told
from audit.reports.beside import beside_pairs
from audit.reports.csv import SEVERITIES, fault_text, is_unmeasured, searched_text, todo, told_once
from audit.reports.json import coverage
from audit.tally import NOT_VISITED
from audit.words import clean, in_lang, say, term
from audit_rules.judgement import Judgement, Lang
from storage.records import PortalRun, Run

_COLOURS = {"high": "bold red", "medium": "yellow", "low": "cyan"}
_SOME = 3
_TITLES = 8


def plain_text(parts: Iterable[ConsoleRenderable], width: int = 100) -> str:
    """The report without colours, for a file or a pipe."""
    text = io.StringIO()
    console = Console(file=text, width=width, color_system=None, force_terminal=False)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def run_as_table(run: Run, lang: Lang, told: Told | None = None) -> list[ConsoleRenderable]:
    """Everything to be printed of a run, in order, with what stands beside its verdicts."""
    header = run.header
    days = {"day": header.day.isoformat(), "law_day": header.law_day.isoformat()}
    parts: list[ConsoleRenderable] = [
        _text(say("report.run", lang, id=header.id, rules=header.rules_version, **days))
    ]
    if header.judged_from is not None:
        parts.append(_text(say("report.judged_from", lang, id=header.judged_from)))
    if run.status != "complete":
        reason = f"({term('reason', run.reason, lang)})" if run.reason else ""
        parts.append(_text(say("report.run_status", lang, status=term("status", run.status, lang), reason=reason)))
    for one in run.portals:
        parts.extend(_portal(run, one, lang, (told or {}).get(one.portal.id, {})))
    return parts


def listing(headings: Sequence[str], rows: Sequence[Sequence[str]], lang: Lang) -> list[ConsoleRenderable]:
    """A plain table of texts; sentences wrap, what is to be copied stays in one piece."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        one_piece = all(" " not in row[number] for row in rows)
        table.add_column(_text(heading), overflow="fold", no_wrap=one_piece)
    for row in rows:
        table.add_row(*(_text(cell) for cell in row))
    return [table] if table.rows else [_text(say("report.nothing", lang))]


# --- one portal -------------------------------------------------------------------------------------------


def _portal(run: Run, one: PortalRun, lang: Lang, told: Mapping[str, Beside]) -> list[ConsoleRenderable]:
    judged = sorted(one.judgements, key=lambda item: (SEVERITIES.index(item.severity), item.rule))
    faults = [item for item in judged if item.verdict.outcome == "failed"]
    review = [item for item in judged if needs_review(item)]
    unseen = [item for item in judged if is_unmeasured(item)]
    parts: list[ConsoleRenderable] = [
        Text(),
        Rule(Text(clean(str(one.portal.address)), "bold"), align="left", characters="─"),
        _pairs(_about(one, lang)),
        Text(),
    ]
    if faults:
        parts.append(Text(say("report.findings", lang, count=len(faults)), "bold"))
        for number, item in enumerate(faults, start=1):
            parts += [Text(), *_fault(number, item, lang, told.get(item.rule, NOTHING))]
    else:
        seen = any(item.verdict.outcome == "passed" for item in judged)
        parts.append(_text(say("report.no_findings" if seen else "report.no_findings_unseen", lang)))
    if review:
        parts += [Text(), Text(say("report.review", lang, count=len(review)), "bold")]
        for item in review:
            message = clean(item.words(lang).message)
            title = clean(item.words(lang).title)
            parts.append(_bullet(f"{title}: {message}" if message else title))
            if pairs := beside_pairs(told.get(item.rule, NOTHING), lang):
                parts.append(Padding(_pairs(pairs), (0, 0, 0, 4)))
    if unseen:
        parts += [Text(), Text(say("report.unmeasured", lang, count=len(unseen)), "bold")]
        parts += _unmeasured(run, one, unseen, lang)
    return [*parts, Text(), _text(_sum(judged, lang))]


def _about(one: PortalRun, lang: Lang) -> list[tuple[str, str]]:
    portal, visit = one.portal, one.visit
    agency = say("report.unknown", lang)
    if portal.agency:
        agency = portal.agency.name_en if lang == "en" and portal.agency.name_en else portal.agency.name_vi
    kind = term("kind", portal.kind, lang)
    missed = visit.reason == NOT_VISITED
    state = term("state", NOT_VISITED if missed else visit.state, lang)
    if visit.reason and not missed:
        state += f" ({term('reason', visit.reason, lang)})"
    if visit.moved_to:
        state = say("report.moved_to", lang, state=state, url=visit.moved_to)
    return [
        (say("report.agency", lang), agency),
        (say("report.kind", lang), say("report.kind_guessed", lang, kind=kind) if portal.kind_guessed else kind),
        (say("report.state", lang), state),
        (say("report.score", lang), score_text(one, lang)),
        (say("report.coverage", lang), coverage_text(one, lang)),
    ]


def score_text(one: PortalRun, lang: Lang) -> str:
    """The score, or why there is none."""
    score = one.score
    counted = score.measured + score.not_measured
    if score.value is None:
        if one.portal.kind_guessed:
            return say("report.score_guessed", lang)
        if not counted:
            return say("report.score_nothing", lang)
        return say("report.score_few", lang, measured=score.measured, all=counted)
    value = f"{score.value:.0%}"
    numbers = {"passed": score.passed, "measured": score.measured, "not_measured": score.not_measured}
    text = say("report.score_value", lang, value=value, **numbers)
    return say("report.provisional", lang, score=text) if score.provisional else text


def coverage_text(one: PortalRun, lang: Lang) -> str:
    seen = coverage(one.visit)
    skipped: dict[str, int] = seen.pop("skipped")
    line = say("report.coverage_line", lang, **seen)
    reasons = ", ".join(f"{term('reason', reason, lang)} {count}" for reason, count in skipped.items())
    return line + say("report.skipped", lang, reasons=reasons) if skipped else line


def _fault(number: int, item: Judgement, lang: Lang, beside: Beside) -> list[ConsoleRenderable]:
    words, verdict = item.words(lang), item.verdict
    head = Text(f"{number}. ", "bold")
    head.append(term("severity", item.severity, lang), _COLOURS[item.severity])
    head.append(f"  {clean(words.title)}", "bold")
    pairs = [
        (say("report.missing", lang), f"{fault_text(item, lang)} ({term('proves', item.proves, lang)})".strip()),
    ]
    for piece in told_once(verdict)[:_SOME]:
        excerpt = f"“{clean(piece.excerpt)}” " if piece.excerpt.strip() else ""
        pairs.append((say("report.place", lang), f"{in_lang(piece.where, lang)}: {excerpt}{piece.url}"))
    if searched := verdict.searched:
        urls = list(dict.fromkeys(page.url for page in searched.pages))
        some = ", ".join(urls[:_SOME])
        if len(urls) > _SOME:
            some += " " + say("report.more", lang, count=len(urls) - _SOME)
        pairs.append((say("report.looked", lang), searched_text(searched, lang)))
        pairs.append((say("report.pages", lang), some))
        if searched.nearest:
            pairs.append((say("report.nearest", lang), searched.nearest.url))
    pairs.append((say("report.fix", lang), words.fix))
    grounds = [ground.label for ground in item.basis[:_SOME]]
    ground = "; ".join(grounds) if grounds else say("report.no_ground", lang)
    pairs.append((say("report.ground", lang), ground))
    pairs += beside_pairs(beside, lang)
    return [head, Padding(_pairs([pair for pair in pairs if pair[1]]), (0, 0, 0, 3))]


def _unmeasured(run: Run, one: PortalRun, items: Sequence[Judgement], lang: Lang) -> list[ConsoleRenderable]:
    by_reason: dict[str, list[Judgement]] = {}
    for item in items:
        by_reason.setdefault(item.verdict.reason or "", []).append(item)
    parts: list[ConsoleRenderable] = []
    for reason, group in sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        titles = "; ".join(clean(item.words(lang).title) for item in group[:_TITLES])
        if len(group) > _TITLES:
            titles += "; …"
        parts.append(_bullet(f"{term('reason', reason, lang)} ({len(group)}): {titles}"))
        if told := todo(run, one, reason, lang):
            parts.append(Padding(_text(f"{say('report.todo', lang)}: {told}"), (0, 0, 0, 4)))
    return parts


def _sum(judged: Sequence[Judgement], lang: Lang) -> str:
    count = Counter(item.verdict.outcome for item in judged)
    return say(
        "report.sum",
        lang,
        total=len(judged),
        passed=count["passed"],
        failed=count["failed"],
        unsure=count["cantTell"],
        inapplicable=count["inapplicable"],
        untested=count["untested"],
    )


def _pairs(pairs: Sequence[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for label, value in pairs:
        grid.add_row(Text(label), _text(value))
    return grid


def _bullet(text: str) -> ConsoleRenderable:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text("•"), _text(text))
    return Padding(grid, (0, 0, 0, 2))


def _text(text: str) -> Text:
    """A stranger's text as it is: no markup, no control characters."""
    return Text(clean(text), overflow="fold")
