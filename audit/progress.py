"""What is told while portals are audited: bars on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from audit.words import clean, say, term
from audit_rules.facts import Portal
from audit_rules.judgement import Lang

_EVERY = 20
_MINUTE = 60.0


class Silence:
    """``--quiet``."""

    def portal(self, done: int, total: int, portal: Portal, state: str) -> None:
        """One more portal is done."""

    def page(self, portal: Portal, pages: int) -> None:
        """A portal's page was read; ``pages`` of it are by now."""


class Lines(Silence):
    """Lines for a log or a pipe: each portal, and every so many of its pages."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang

    def portal(self, done: int, total: int, portal: Portal, state: str) -> None:
        values = {"done": done, "total": total, "address": clean(str(portal.address))}
        click.echo(say("progress.portal", self._lang, state=term("state", state, self._lang), **values), err=True)

    def page(self, portal: Portal, pages: int) -> None:
        if pages % _EVERY == 0:
            address = clean(str(portal.address))
            click.echo(say("progress.pages", self._lang, address=address, pages=pages), err=True)


class Minutes(Silence):
    """A line a minute for the log of a night: portals done, pages read, about how long it will take."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._pages: dict[str, int] = {}
        self._told = self._begun = time.monotonic()
        self._first: int | None = None
        self._done = self._total = 0

    def portal(self, done: int, total: int, portal: Portal, state: str) -> None:  # noqa: ARG002 - in the log file
        self._first = done - 1 if self._first is None else self._first
        self._done, self._total = done, total
        self._tell(done == total)

    def page(self, portal: Portal, pages: int) -> None:
        self._pages[portal.id] = pages
        self._tell(False)

    def _tell(self, now: bool) -> None:
        moment = time.monotonic()
        if not self._total or (moment - self._told < _MINUTE and not now):
            return
        self._told = moment
        done = max(self._done - (self._first or 0), 1)
        left = (moment - self._begun) / done * (self._total - self._done)
        hours, minutes = divmod(int(left) // 60, 60)
        said = say("night.left", self._lang, hours=hours, minutes=minutes)
        values = {"done": self._done, "total": self._total, "pages": sum(self._pages.values()), "left": said}
        click.echo(say("night.progress", self._lang, **values), err=True)


class Bars(Silence):
    """A bar for a terminal: portals done, pages read, time gone and left."""

    def __init__(self, bars: Progress, total: int, lang: Lang) -> None:
        self._bars = bars
        self._lang = lang
        self._pages: dict[str, int] = {}
        self._done, self._total = 0, total
        self._task = bars.add_task(say("progress.bar", lang), total=total, **self._words())

    def portal(self, done: int, total: int, portal: Portal, state: str) -> None:  # noqa: ARG002 - shown in the report
        self._done, self._total = done, total
        self._bars.update(self._task, completed=done, total=total, **self._words())

    def page(self, portal: Portal, pages: int) -> None:
        self._pages[portal.id] = pages
        self._bars.update(self._task, **self._words())

    def _words(self) -> dict[str, Any]:
        portals = say("progress.portals", self._lang, done=self._done, total=self._total)
        return {"portals": portals, "pages": say("progress.count", self._lang, pages=sum(self._pages.values()))}


@contextmanager
def watch_night(lang: Lang, quiet: bool) -> Iterator[Silence]:
    """What a night tells its progress to; how many portals it has it says itself."""
    if quiet or sys.stderr.isatty():
        with watch(0, lang, quiet=quiet) as progress:
            yield progress
    else:
        yield Minutes(lang)


@contextmanager
def watch(total: int, lang: Lang, *, quiet: bool) -> Iterator[Silence]:
    """Something to tell progress to while portals are audited."""
    if quiet:
        yield Silence()
    elif not sys.stderr.isatty():
        yield Lines(lang)
    else:
        columns: tuple[ProgressColumn, ...] = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[portals]}"),
            TextColumn("{task.fields[pages]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            yield Bars(bars, total, lang)
