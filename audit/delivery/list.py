"""Lists of packages and letters for the operator, and the file of what waits for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import ConsoleRenderable
from rich.text import Text

from audit.days import shown
from audit.delivery.files import write_files
from audit.delivery.packages import Package
from audit.delivery.sending import Sent, State
from audit.delivery.workbook import page_of, sums
from audit.history import finding_id
from audit.listings import Cell, Listing
from audit.reports.csv import columns, fault_text, write_csv
from audit.succession import agency_name
from audit.words import clean, say, term
from audit_rules.facts import Portal
from audit_rules.judgement import Lang
from storage.outbox import Attempt, Delivery, Outbox

_COLUMNS = (
    *("agency_id", "agency", "owner_id", "address", "delivery_state", "portals", "letter_open", "letter_new"),
    *("letter_mended", "letter_held", "letter", "letter_folder", "detail"),
)
_LETTER = (
    *("letter", "agency_id", "agency", "owner_id", "source", "source_id", "letter_edition", "address"),
    *("letter_subject", "status", "letter_findings", "letter_changed_at", "document_no", "settled_by"),
    "letter_attempts",
)
_HELD = ("finding", "portal", "rule", "title", "severity", "stage", "letter_held", "page", "fault")
HELD_FILE = "cho-xac-nhan.csv"


@dataclass(frozen=True, slots=True)
class Told:
    """What the operator is told of one package: its row, its lines on a screen, and what was held back in it. The
    package itself is let go: all of them do not fit in memory."""

    state: State
    row: Mapping[str, Cell]
    screen: Sequence[Sequence[str]]
    held: Sequence[Sequence[str]]


def told_of(one: Sent, lang: Lang) -> Told:
    package, numbers = one.package, sums(one.package)
    agency = clean(agency_name(package.agency, lang))
    held = [] if package.is_copy else list(_held(package, lang))
    row: dict[str, Cell] = {
        "agency_id": package.agency.id,
        "agency": agency,
        "owner_id": package.owner.id,
        "address": one.address,
        "delivery_state": one.state,
        "portals": numbers["portals"],
        **{f"letter_{name}": numbers[name] for name in ("open", "new", "mended")},
        "letter_held": len(held),
        "letter": one.letter,
        "letter_folder": str(one.folder) if one.folder else None,
        "detail": one.detail,
    }
    copy = say("sending.copy", lang, owner=clean(agency_name(package.owner, lang))) if package.is_copy else ""
    about = (copy, say("sending.numbers", lang, held=len(held), **numbers), one.address, clean(one.detail))
    screen = [[agency, term("delivery_state", one.state, lang), one.letter]]
    screen += [["", text, ""] for text in about if text]
    return Told(one.state, row, screen, held)


def sent_list(told: Sequence[Told]) -> Listing:
    """Every package with its state; on a screen it has lines of its own."""
    screen = [line for one in told for line in one.screen]
    return Listing(_COLUMNS, [one.row for one in told], {}, ("agency", "delivery_state", "letter"), screen)


def outlook(told: Sequence[Told], nobody: Sequence[Portal], lang: Lang) -> list[ConsoleRenderable]:
    """Sums by state, and the portals that nobody is told of because nobody is known to own them."""
    counts = Counter(one.state for one in told)
    states = "; ".join(f"{term('delivery_state', state, lang)}: {count}" for state, count in counts.items())
    parts: list[ConsoleRenderable] = (
        [Text(say("sending.sum", lang, count=len(told), states=states))] if told else []
    )
    if nobody:
        names = ", ".join(str(portal.address) or portal.id for portal in nobody[:10])
        more = "…" if len(nobody) > 10 else ""
        parts.append(Text(say("sending.nobody", lang, count=len(nobody), names=names + more)))
    return parts


def held_file(told: Sequence[Told], folder: Path, lang: Lang) -> int:
    """Writes, for the operator alone, what stays in the house until a person has looked: how many lines. Raises
    OSError."""
    rows = [row for one in told for row in one.held]
    if rows:
        known = {one.name: one.heading(lang) for one in columns()}
        headings = [known.get(name) or term("heading", name, lang) for name in _HELD]
        write_files(folder, {HELD_FILE: write_csv(headings, rows)})
    return len(rows)


def _held(package: Package, lang: Lang) -> Iterator[list[str]]:
    for part in package.parts:
        for held in part.held:
            judged = held.judgement
            cells = (
                finding_id(part.one.portal.id, judged.rule),
                str(part.one.portal.address),
                judged.rule,
                judged.words(lang).title,
                term("severity", judged.severity, lang),
                term("stage", judged.stage, lang),
                term("held", held.why, lang),
                page_of(part, judged),
                fault_text(judged, lang),
            )
            yield [clean(cell) for cell in cells]


def letter_list(box: Outbox, source_id: str | None, lang: Lang) -> Listing:
    """The outbox, or what it holds of one run or round; newest first."""
    return letters_of(box, box.all(source_id), lang)


def letters_of(box: Outbox, letters: Iterable[Delivery], lang: Lang) -> Listing:
    rows: list[Mapping[str, Cell]] = []
    screen: list[list[str]] = []
    for one in letters:
        tries = box.attempts(one.id)
        rows.append(
            {
                "letter": one.id,
                "letter_findings": len(one.told),
                "letter_changed_at": shown(one.changed_at),
                "letter_edition": one.edition,
                "letter_subject": one.subject,
                "letter_attempts": [_attempt(each, lang) for each in tries],
                **{
                    name: getattr(one, name)
                    for name in (
                        *(
                            "agency_id",
                            "agency",
                            "owner_id",
                            "source",
                            "source_id",
                            "edition",
                            "address",
                            "subject",
                        ),
                        *("status", "document_no", "settled_by"),
                    )
                },
            }
        )
        about = say(
            f"sending.of_{one.source}", lang, id=one.source_id, edition=term("round_status", one.edition, lang)
        )
        screen.append([one.id, clean(one.agency), term("delivery_state", one.status, lang)])
        screen.append(["", f"{about}; {one.address or one.document_no or '—'}", shown(one.changed_at) or ""])
        screen += [["", _attempt(each, lang), ""] for each in tries]
        if one.settled_by:
            by = {"by": one.settled_by, "document": one.document_no or "—"}
            screen.append(["", say("sending.settled", lang, **by), ""])
    return Listing(_LETTER, rows, {}, ("letter", "agency", "delivery_state"), screen)


def _attempt(one: Attempt, lang: Lang) -> str:
    state = term("delivery_state", one.outcome, lang)
    return f"{shown(one.at)} {clean(one.address)}: {state}" + (f" ({clean(one.detail)})" if one.detail else "")
