"""What is there and what is missing, in plain words. Looks only: makes no folder, no database, no connection."""

from __future__ import annotations

import os
import platform
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from audit.nights.standing import STALE_DAYS, standing
from audit.nights.standing_told import without_text
from audit.registry.files import RegistryError, read_registry
from audit.words import in_lang, say, term
from audit_rules.judgement import Lang
from audit_rules.law.book import LawError
from audit_rules.rulebook import RulebookError, open_rulebook
from crawler.browser import find_browser
from storage.archive import Archive, ArchiveError, UnknownRun
from storage.database import place

Health = Literal["ok", "note", "broken"]
_ENOUGH_DISK = 5 * 10**9


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``fault`` is the exit status that a broken one asks for: 2 the user's, 3 our own."""

    name: str
    health: Health
    detail: str
    fault: int = 2


def examine(db: str | None, data: Path, registry: Path | None, lang: Lang) -> list[Check]:
    """Everything the auditor needs; a check that itself fails is told as broken."""
    checks: list[Callable[[], Check]] = [
        lambda: Check("python", "ok", platform.python_version()),
        lambda: _browser(lang),
        lambda: _rulebook(lang),
        lambda: _registry(registry, lang),
        lambda: _data(data, lang),
        lambda: _disk(data, lang),
        lambda: _database(db, data, lang),
        lambda: _last_run(db, data, lang),
        lambda: _nights(db, data, registry, lang),
        lambda: _network(lang),
    ]
    return [check() for check in checks]


def status(checks: list[Check]) -> int:
    """2 where something of the user's is broken, else 3 where something of ours is, else 0."""
    faults = {check.fault for check in checks if check.health == "broken"}
    return min(faults, default=0)


def _browser(lang: Lang) -> Check:
    found = find_browser()
    if found is None:
        return Check("browser", "note", say("doctor.browser_no", lang))
    return Check("browser", "ok", str(found))


def _rulebook(lang: Lang) -> Check:
    try:
        book = open_rulebook()
    except (RulebookError, LawError) as error:
        return Check("rulebook", "broken", in_lang(error, lang), 3)
    count = say("doctor.rulebook_count", lang, rules=len(book.rules), version=book.version)
    return Check("rulebook", "ok", count)


def _registry(folder: Path | None, lang: Lang) -> Check:
    try:
        registry = read_registry(folder)
    except RegistryError as error:
        return Check("registry", "broken", in_lang(error, lang))
    count = {"portals": len(registry.portals), "agencies": len(registry.agencies)}
    return Check("registry", "ok", say("doctor.registry_count", lang, **count))


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above that is there."""
    path = path.absolute()
    return path if path.exists() or path == path.parent else _existing(path.parent)


def _data(data: Path, lang: Lang) -> Check:
    there = _existing(data)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Check("data", "broken", say("doctor.data_no", lang, path=data))
    return Check("data", "ok", str(data) if data.exists() else say("doctor.data_new", lang, path=data))


def _disk(data: Path, lang: Lang) -> Check:
    free = shutil.disk_usage(_existing(data)).free
    low = free < _ENOUGH_DISK
    text = say("doctor.disk_low" if low else "doctor.disk_free", lang, free=f"{free / 10**9:.1f}")
    return Check("disk", "note" if low else "ok", text)


def _database(db: str | None, data: Path, lang: Lang) -> Check:
    try:
        path = place(db or data / "audit.db")[1]
        if path is not None and not path.exists():
            return Check("database", "ok", say("doctor.database_new", lang, path=path))
        if path is not None and not os.access(path, os.W_OK):
            return Check("database", "broken", say("doctor.data_no", lang, path=path))
        with Archive.open(db or data / "audit.db", create=False):
            return Check("database", "ok", str(path) if path else say("doctor.ok", lang))
    except ArchiveError as error:
        return Check("database", "broken", in_lang(error, lang))


def _last_run(db: str | None, data: Path, lang: Lang) -> Check:
    none = Check("last_run", "ok", say("doctor.no_run", lang))
    try:
        path = place(db or data / "audit.db")[1]
        if path is not None and not path.exists():
            return none
        with Archive.open(db or data / "audit.db", create=False) as archive:
            run = archive.run(archive.run_id("latest"))
    except UnknownRun:
        return none
    except ArchiveError:
        return Check("last_run", "note", say("doctor.no_run", lang))
    values = {"id": run.header.id, "day": run.header.day, "count": len(run.portals)}
    return Check("last_run", "ok", say("doctor.run", lang, status=term("status", run.status, lang), **values))


def _nights(db: str | None, data: Path, registry: Path | None, lang: Lang) -> Check:
    """Broken where the last night says nothing of an active portal: silence must not look like health."""
    none = Check("nights", "ok", say("doctor.no_night", lang))
    try:
        path = place(db or data / "audit.db")[1]
        if path is not None and not path.exists():
            return none
        with Archive.open(db or data / "audit.db", create=False) as archive:
            found = standing(archive, read_registry(registry), _existing(data), days=STALE_DAYS)
    except (ArchiveError, RegistryError):
        return none  # told by the checks of these
    if found.without:
        return Check("nights", "broken", without_text(found, lang), 3)
    last = next((night for night, _ in found.nights if not night.is_unended), None)
    return Check("nights", "ok", say("doctor.nights_ok", lang, day=last.day)) if last else none


def _network(lang: Lang) -> Check:
    v4 = _route(socket.AF_INET, "192.0.2.1")
    v6 = _route(socket.AF_INET6, "2001:db8::1")
    if v4 and v6:
        return Check("network", "ok", say("doctor.network_both", lang))
    name = "network_v4" if v4 else "network_v6" if v6 else "network_no"
    return Check("network", "note", say(f"doctor.{name}", lang))


def _route(family: socket.AddressFamily, address: str) -> bool:
    """Whether the system knows a way there; connecting a datagram socket sends nothing."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
            return not probe.getsockname()[0].startswith(("fe80", "::1", "127."))
    except OSError:
        return False
