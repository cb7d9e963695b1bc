"""Sends packages, once each: what is to happen to every one of them, and what came of it.

The order of a letter: its files are written; the mail server is asked whether it takes the sender and the
recipient; the outbox keeps the message and marks the letter as being sent; the message goes; the server's answer is
written down. Wherever the program dies, a second call goes on without sending anything a second time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from audit.delivery.files import all_files, tables, write_files
from audit.delivery.letters import Issuer, mail_subject, mail_text
from audit.delivery.mail import MailDown, Server, message_of
from audit.delivery.packages import Package, Source, contact_of, families, letter_id, packages
from audit.registry.registry import Registry
from audit.words import in_lang
from audit_rules.facts import Portal
from audit_rules.judgement import Lang
from storage.archive import Archive
from storage.outbox import GONE, Delivery, Outbox

log = logging.getLogger(__name__)

State = Literal[
    "ready",
    "sent",
    "waiting",
    "refused",
    "sending",
    "unclear",
    "sent_before",
    "unchanged",
    "nothing",
    "older",
    "no_contact",
    "bad_contact",
    "ended",
]
"""What is to become of a package, or became of it: to be sent; sent now; not taken, tried again at the next call;
refused for good; being sent, or left in the middle; sent or not, nobody knows; sent by an earlier call; the same as
the last letter said; nothing to tell; older than the last letter; without an address, with one that is none; a body
that is no more."""

UNSETTLED: frozenset[State] = frozenset({"waiting", "refused", "sending", "unclear"})


@dataclass(frozen=True, slots=True)
class Sent:
    """One package and its state; ``detail`` is what the mail server said, ``folder`` where its files are."""

    package: Package
    letter: str
    address: str
    state: State
    detail: str = ""
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: for whom (None: everybody), with copies for components or not, where the files go, and in
    whose name."""

    folder: Path
    issuer: Issuer
    lang: Lang
    day: date
    agency: str | None = None
    copies: bool = False


def prepare(
    archive: Archive, source: Source, registry: Registry, order: Order
) -> tuple[Iterator[Package], list[Portal]]:
    """The packages, one after another, and the portals that are nobody's."""
    told, nobody = families(source, registry)

    def each() -> Iterator[Package]:
        for family in told:
            if order.agency is not None and not order.copies and family.owner.id != order.agency:
                continue
            for one in packages(archive, source, family, registry, order.day, copies=order.copies):
                if order.agency in (None, one.agency.id):
                    yield one

    return each(), nobody


def state_of(package: Package, box: Outbox, address: str) -> tuple[State, str]:
    """What is to become of a package before anything is sent, and what was said of it before."""
    source = package.source
    found = box.find(letter_id(source, package.owner, package.agency))
    if found is not None and found.status in GONE:
        return ("sent_before" if found.status == "sent" else found.status), _last_word(box, found)
    empty = not any(True for _ in package.items)
    if source.kind == "run" and empty and not package.changed:
        return "nothing", ""
    if package.before is not None and package.before.as_of > source.as_of:
        return "older", ""
    if source.kind == "run" and not package.changed:
        return "unchanged", ""
    contacts: dict[str, State] = {"none": "no_contact", "bad": "bad_contact", "ended": "ended"}
    if package.contact in contacts:
        return contacts[package.contact], ""
    if found is not None and found.status == "refused" and found.address == address:
        return "refused", _last_word(box, found)
    return "ready", ""


def write(package: Package, order: Order, now: datetime) -> Path | None:
    """Writes a package's files, where it tells anything. Raises OSError."""
    if package.source.kind == "run" and not any(True for _ in package.items):
        return None
    name = package.agency.id if not package.is_copy else f"{package.owner.id}/{package.agency.id}"
    folder = order.folder / name
    write_files(folder, all_files(package, order.issuer, order.lang, now))
    return folder


def letter_of(package: Package, order: Order, address: str) -> Delivery:
    source = package.source
    return Delivery(
        source.kind,
        source.id,
        source.edition,
        source.as_of,
        package.owner.id,
        package.agency.id,
        package.agency.name_vi,
        address,
        mail_subject(package, order.lang),
        package.told,
    )


def send_each(
    archive: Archive,
    some: Iterator[Package],
    registry: Registry,
    order: Order,
    server: Callable[[], Server] | None,
    sender: str,
) -> Iterator[Sent]:
    """Writes the files of every package and, where a ``server`` is given, sends what is ready. Raises OSError where
    a file cannot be written, and MailDown in the end where the server was of no use: what was sent is written down,
    and what is ready goes at the next call."""
    box = Outbox(archive.database)
    talk: Server | None = None
    down: MailDown | None = None
    try:
        for package in some:
            now = datetime.now(UTC)
            address = contact_of(package.agency, registry)
            state, detail = state_of(package, box, address)
            told = Sent(package, letter_id(package.source, package.owner, package.agency), address, state, detail)
            told = replace(told, folder=write(package, order, now))
            if server is not None and state == "ready" and down is None:
                try:
                    talk = talk or server().__enter__()
                    told = _send(box, talk, package, order, told, sender)
                except MailDown as error:
                    down, told = error, replace(told, state="waiting", detail=in_lang(error, order.lang))
            yield told
    finally:
        if talk is not None:
            talk.__exit__(None, None, None)
    if down is not None:
        raise down


def _send(box: Outbox, talk: Server, package: Package, order: Order, told: Sent, sender: str) -> Sent:
    now = datetime.now(UTC)
    letter = letter_of(package, order, told.address)
    files = tables(package, order.lang, now)
    message = message_of(
        letter.id,
        sender=sender,
        to=letter.address,
        subject=letter.subject,
        text=mail_text(package, order.issuer, tuple(files), order.lang),
        files=files,
        now=now,
    )
    try:
        answer = talk.hand_over(letter.address, message, lambda: box.claim(letter, message, datetime.now(UTC)))
    except MailDown as error:
        box.record(letter, "waiting", in_lang(error, "en")[:300], datetime.now(UTC))
        raise
    if not answer.taken:
        found = box.one(letter.id)
        return replace(told, state="sent_before" if found.status == "sent" else "sending")
    box.record(letter, answer.outcome, answer.detail, datetime.now(UTC))
    log.info("letter %s to %s: %s (%s)", letter.id, letter.address, answer.outcome, answer.detail)
    return replace(told, state=answer.outcome, detail=answer.detail)


def _last_word(box: Outbox, letter: Delivery) -> str:
    tries = box.attempts(letter.id)
    if letter.document_no:
        return letter.document_no
    return tries[-1].detail if tries else ""
