"""What the covering letter of a package says, and the text of the mail that carries one. The letter is in
Vietnamese: it is an official document; the mail is in the operator's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.delivery.packages import Package
from audit.delivery.selection import TOLD
from audit.delivery.workbook import shown_day, state_text, sums
from audit.reports.csv import SEVERITIES
from audit.reports.letter import Letter, Table
from audit.succession import agency_name
from audit.words import clean, say
from audit_rules.judgement import Lang

_LINES = 12
"""Portals named in the letter itself; the workbook has them all."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who writes: the body, the one above it, and the short name for the number and the files (“Lưu: VT, …”)."""

    name: str = ""
    above: str = ""


def letter_of(package: Package, issuer: Issuer, files: Sequence[str]) -> Letter:
    """The covering letter; ``files`` are the names of what goes with it."""
    agency = clean(package.agency.name_vi)
    return Letter(
        issuer.above,
        issuer.name or say("letter.issuer", "vi"),
        say("letter.subject", "vi"),
        agency,
        tuple(_text(package, issuer, files)),
        (say("letter.as_above", "vi"), say("letter.filed", "vi")),
    )


def _text(package: Package, issuer: Issuer, files: Sequence[str]) -> Iterator[str | Table]:
    source, numbers = package.source, sums(package)
    agency = clean(package.agency.name_vi)
    header = source.run.header
    who = {"issuer": issuer.name or say("letter.we", "vi"), "agency": agency}
    days = {"day": shown_day(header.day, "vi"), "law_day": shown_day(header.law_day, "vi")}
    by, document = source.approved or ("", "")
    yield say(f"letter.opening_{source.kind}", "vi", id=source.id, rules=header.rules_version, **who, **days)
    if source.kind == "round":
        yield say(f"letter.round_{source.edition}", "vi", by=by, document=document)
    yield say("letter.manner", "vi")
    yield say("letter.heading_result", "vi")
    yield say("letter.result" if numbers["open"] else "letter.result_none", "vi", **numbers)
    for name in ("mended", "waived", "unseen", "taken_back"):
        if numbers[name]:
            yield say(f"letter.{name}", "vi", **numbers)
    if numbers["open"]:
        yield _portals(package)
    unseen = [part for part in package.parts if part.one.visit.state not in ("audited", "partial")]
    if unseen:
        yield say("letter.heading_unseen", "vi")
        names = [f"{part.one.portal.address or part.one.portal.id} ({state_text(part, 'vi')})" for part in unseen]
        more = say("letter.more", "vi", count=len(names) - _LINES) if len(names) > _LINES else ""
        yield say("letter.unseen_portals", "vi", names="; ".join(names[:_LINES]) + more)
    yield say("letter.heading_request", "vi")
    if numbers["open"]:
        day = shown_day(source.reply_by, "vi") if source.reply_by else say("letter.dots", "vi")
        yield say("letter.request", "vi", agency=agency, day=day, files=", ".join(files))
        yield say("letter.dispute", "vi")
    else:
        yield say("letter.request_none", "vi", agency=agency, files=", ".join(files))
    yield say("letter.closing", "vi")


def _portals(package: Package) -> Table:
    told = []
    for part in package.parts:
        items = [item for item in part.items if item.change in TOLD and not item.waived]
        counts = [sum(item.judgement.severity == each for item in items) for each in SEVERITIES]
        if items:
            told.append((str(part.one.portal.address) or part.one.portal.id, *map(str, counts)))
    lines = [(str(number), *line) for number, line in enumerate(told[:_LINES], 1)]
    if len(told) > _LINES:
        lines.append(("", say("letter.more", "vi", count=len(told) - _LINES).strip("; "), "", "", ""))
    headings = tuple(say(f"letter.column_{name}", "vi") for name in ("number", "portal", *SEVERITIES))
    return Table(headings, tuple(lines), (13, 72, 25, 25, 25))


def mail_subject(package: Package, lang: Lang) -> str:
    """The counts come first: whoever has fifty of them sees which one to open."""
    day = shown_day(package.source.run.header.day, lang)
    key = "mail.subject" if package.open else "mail.subject_none"
    return say(key, lang, agency=clean(agency_name(package.agency, lang)), day=day, **sums(package))


def mail_text(package: Package, issuer: Issuer, files: Sequence[str], lang: Lang) -> str:
    source, numbers = package.source, sums(package)
    header = source.run.header
    days = {"day": shown_day(header.day, lang), "law_day": shown_day(header.law_day, lang)}
    lines = [
        say("mail.greeting", lang, agency=clean(agency_name(package.agency, lang))),
        "",
        say(f"mail.opening_{source.kind}", lang, id=source.id, rules=header.rules_version, **days),
        "",
        say("mail.result" if numbers["open"] else "mail.result_none", lang, **numbers),
    ]
    lines += [
        say(f"mail.{name}", lang, **numbers)
        for name in ("mended", "waived", "unseen", "taken_back")
        if numbers[name]
    ]
    if source.reply_by is not None and numbers["open"]:
        lines.append(say("mail.reply_by", lang, day=shown_day(source.reply_by, lang)))
    lines += ["", say("mail.files", lang, files=", ".join(files)), "", say("mail.no_verdict", lang)]
    if issuer.name:
        lines += ["", issuer.name]
    return "\n".join(lines) + "\n"
