"""The workbook of a package: a summary, and a sheet for each portal that a person works through line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO

from audit.delivery.packages import Package, Part
from audit.delivery.selection import TOLD, Item
from audit.history import finding_id
from audit.reports.beside import before_text, ended_text, manual_text, reply_text, waiver_text
from audit.reports.csv import SEVERITIES, fault_text, searched_text, todo, told_once
from audit.reports.csv import columns as csv_columns
from audit.reports.json import coverage
from audit.reports.xlsx import Cell, Choice, Workbook, sheet_names
from audit.reports.xlsx_styles import Style
from audit.succession import agency_name
from audit.words import clean, in_lang, say, term
from audit_rules.judgement import Judgement, Lang

_SHEET = (
    ("number", 5),
    ("severity", 11),
    ("title", 30),
    ("change", 13),
    ("fault", 38),
    ("page", 28),
    ("place", 36),
    ("fix", 32),
    ("basis", 24),
    ("first_seen", 12),
    ("last_seen", 12),
    ("aside", 24),
    ("reply_by", 12),
    ("agency_reply", 14),
    ("agency_note", 28),
    ("document_no", 13),
    ("finding", 15),
    ("run", 20),
)
"""The columns of a portal's sheet, and their widths in characters."""
_SUMMARY = (
    ("number", 5),
    ("portal", 28),
    ("agency", 36),
    ("visit", 24),
    ("pages", 9),
    ("high", 8),
    ("medium", 11),
    ("low", 8),
    ("mended", 9),
    ("waived", 10),
    ("unseen", 10),
    ("note", 36),
)
_SOME = 3


def workbook(package: Package, lang: Lang, made_at: datetime) -> bytes:
    """The package as an .xlsx file."""
    portals = [str(part.one.portal.address) or part.one.portal.id for part in package.parts]
    summary, *names = sheet_names([say("package.summary", lang), *portals])
    file = BytesIO()
    title = say("package.title", lang, agency=agency_name(package.agency, lang))
    with Workbook(file, title=title, made_at=made_at) as book:
        head = [*_head(package, title, lang), []]
        rows = [*head, _headings(_SUMMARY, lang), *_summary(package, names, lang)]
        book.sheet(summary, [width for _, width in _SUMMARY], rows, frozen=len(head) + 1)
        for part, name in zip(package.parts, names, strict=True):
            _sheet(book, package, part, (summary, name), lang)
    return file.getvalue()


def _head(package: Package, title: str, lang: Lang) -> Iterator[list[Cell]]:
    """What a reader has to know of it before the first line."""
    source, header = package.source, package.source.run.header
    yield [Cell(title, "title")]
    days = {"day": shown_day(header.day, lang), "law_day": shown_day(header.law_day, lang)}
    yield [Cell(say(f"package.of_{source.kind}", lang, id=source.id, **days), "plain")]
    made = {"rules": header.rules_version, "program": header.tool_version, "user_agent": header.user_agent}
    yield [Cell(say("package.made_by", lang, **made), "note")]
    if source.kind == "round":
        by, document = source.approved or ("", "")
        yield [Cell(say(f"package.round_{source.edition}", lang, by=by, document=document), "label")]
    if source.reply_by is not None:
        yield [Cell(say("package.reply_by", lang, day=shown_day(source.reply_by, lang)), "label")]
    yield [Cell(say("package.sums", lang, **sums(package)), "label")]
    yield [Cell(say("package.no_verdict", lang), "note")]
    yield [Cell(say("package.how_to_answer", lang), "note")]


def sums(package: Package) -> dict[str, int]:
    """The numbers of a package, the same wherever they are told."""
    return {
        "portals": len(package.parts),
        "seen": sum(part.one.visit.state in ("audited", "partial") for part in package.parts),
        "open": package.open,
        "where": sum(any(item.change in TOLD and not item.waived for item in part.items) for part in package.parts),
        "new": sum(item.change in ("new", "unsure") and not item.waived for item in package.items),
        "mended": package.count("mended"),
        "unseen": package.count("unseen"),
        "taken_back": package.count("taken_back"),
        "waived": sum(item.change in TOLD and item.waived for item in package.items),
    }


def _headings(columns: Sequence[tuple[str, float]], lang: Lang) -> list[Cell]:
    """Those of the CSV where it has the column, so that what is filled in here can be read back like it."""
    known = {one.name: one.heading(lang) for one in csv_columns()}
    return [Cell(known.get(name) or say(f"package.column_{name}", lang), "heading") for name, _ in columns]


def _summary(package: Package, names: Sequence[str], lang: Lang) -> Iterator[list[Cell]]:
    for number, (part, name) in enumerate(zip(package.parts, names, strict=True), 1):
        one = part.one
        agency = agency_name(one.portal.agency, lang) if one.portal.agency else ""
        told = [item for item in part.items if item.change in TOLD and not item.waived]
        by_severity = [sum(item.judgement.severity == each for item in told) for each in SEVERITIES]
        waived = sum(item.change in TOLD and item.waived for item in part.items)
        pages = coverage(one.visit)["fetched"] if one.visit.pages else None
        yield [
            Cell(number, "number"),
            Cell(str(one.portal.address) or one.portal.id, "link", f"#{name}"),
            Cell(clean(agency)),
            Cell(state_text(part, lang)),
            Cell(pages, "number"),
            *(Cell(count, "number") for count in by_severity),
            Cell(part.count("mended"), "number"),
            Cell(waived, "number"),
            Cell(part.count("unseen"), "number"),
            Cell(note_text(package, part, lang)),
        ]


def state_text(part: Part, lang: Lang) -> str:
    """How the visit of a portal went, and why."""
    visit = part.one.visit
    state = term("state", visit.state, lang)
    return f"{state} ({term('reason', visit.reason, lang)})" if visit.reason else state


def note_text(package: Package, part: Part, lang: Lang) -> str:
    """What is to be done where a portal was not seen; else, whether nothing was found in what was seen."""
    visit = part.one.visit
    if visit.state not in ("audited", "partial"):
        told = todo(package.source.run, part.one, visit.reason or visit.state, lang)
        not_seen = say("package.not_seen", lang)
        return f"{not_seen} {told[:1].upper()}{told[1:]}." if told else not_seen
    return "" if part.items else say("package.nothing_seen", lang)


def _sheet(book: Workbook, package: Package, part: Part, names: tuple[str, str], lang: Lang) -> None:
    """A portal's sheet: what it is about, and a line for each finding."""
    summary, name = names
    one = part.one
    home = one.visit.home or (f"https://{one.portal.address}/" if one.portal.address.host else "")
    head = [
        [Cell(str(one.portal.address) or one.portal.id, "title")],
        [Cell(say("package.back", lang), "goto", f"#{summary}"), Cell(None, "plain"), Cell(home, "goto", home)],
        [Cell(state_text(part, lang), "plain")],
        [],
        _headings(_SHEET, lang),
    ]
    lines = [_line(number, package, part, item, lang) for number, item in enumerate(part.items, 1)]
    if not lines:
        lines = [[Cell(None), Cell(None), Cell(note_text(package, part, lang))]]
    last = len(head) + len(lines)
    answers = tuple(say(f"package.answer_{each}", lang) for each in ("agree", "fixed", "dispute"))
    at = [name for name, _ in _SHEET].index("agency_reply")
    choices = [Choice(at, (len(head) + 1, last), answers)] if part.items else []
    widths = [width for _, width in _SHEET]
    book.sheet(name, widths, [*head, *lines], frozen=len(head), choices=choices)


def _line(number: int, package: Package, part: Part, item: Item, lang: Lang) -> list[Cell]:
    judged, beside = item.judgement, item.beside
    words, finding = judged.words(lang), beside.finding
    told = item.change in TOLD
    page = page_of(part, judged)
    fault = fault_text(judged, lang) if told else say(f"package.now_{item.change}", lang)
    due = package.source.reply_by if told else None
    style: Style = "answer" if told else "text"
    return [
        Cell(number, "number"),
        Cell(term("severity", judged.severity, lang)),
        Cell(clean(words.title)),
        Cell(say(f"package.change_{item.change}", lang)),
        Cell(clean(f"{fault} ({term('proves', judged.proves, lang)})") if told else fault),
        Cell(clean(page), "link", page),
        Cell(_places(judged, lang) if told or item.change == "mended" else ""),
        Cell(clean(words.fix) if told else ""),
        Cell(clean("; ".join(ground.label for ground in judged.basis)) if told else ""),
        Cell(finding.first_seen if finding else None, "day"),
        Cell(finding.last_seen if finding else None, "day"),
        Cell(_aside(item, lang)),
        Cell(due, "day"),
        *(Cell(None, style) for _ in range(3)),
        Cell(finding_id(part.one.portal.id, judged.rule)),
        Cell(clean(package.source.run.header.id)),
    ]


def page_of(part: Part, judged: Judgement) -> str:
    """The page that a reader opens first."""
    verdict = judged.verdict
    if verdict.evidence:
        return verdict.evidence[0].url
    if verdict.searched is not None and verdict.searched.nearest is not None:
        return verdict.searched.nearest.url
    return part.one.visit.home or f"https://{part.one.portal.address}/"


def _places(judged: Judgement, lang: Lang) -> str:
    """What was seen, and where; or where it was looked for."""
    verdict = judged.verdict
    places = []
    for piece in told_once(verdict)[:_SOME]:
        excerpt = f": “{clean(piece.excerpt)}”" if piece.excerpt.strip() else ""
        places.append(f"{in_lang(piece.where, lang)}{excerpt}")
    return clean(" | ".join([*places, searched_text(verdict.searched, lang)]).strip(" |"))


def _aside(item: Item, lang: Lang) -> str:
    """What stands beside the finding: waivers, what a person saw, what the agency answered, whose it was before."""
    beside = item.beside
    told = [waiver_text(one, lang) for one in beside.waived]
    told += [ended_text(one, state, lang) for one, state in beside.ended]
    told += [manual_text(one, lang) for one in beside.manual]
    told += [reply_text(beside.reply, lang)] if beside.reply else []
    return clean(" | ".join([*told, *before_text(beside, lang)]))


def shown_day(day: date, lang: Lang) -> str:
    return f"{day:%d/%m/%Y}" if lang == "vi" else day.isoformat()
