"""Where results go: stdout or a file that is there whole or not at all; the log; and the exit status."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

import click
from rich.console import Console, ConsoleRenderable

from audit.config import Desk
from audit.opinions import Told
from audit.refusals import OWN_FAULT, BadInput
from audit.reports.csv import SEVERITIES
from audit.reports.table import plain_text
from audit.tally import Tally, tally
from audit.words import say
from storage.records import Run

INTERRUPTED = 130
_LOG_BYTES = 5_000_000
_LOG_FILES = 3
_WIDTH = 100


class Output:
    """The place a result goes to. Raises BadInput at once where a file could not be written there."""

    def __init__(self, path: Path | None, desk: Desk, *, quiet: bool = False) -> None:
        self._path = None if path is None or str(path) == "-" else path
        self._desk, self._quiet = desk, quiet
        if self._path is not None:
            if self._path.is_dir():
                raise BadInput("error.no_output", path=path, cause=_refusal(errno.EISDIR))
            if not self._special:
                with self._writing():
                    self._part.touch()
                    self._part.unlink()

    def write(self, data: bytes) -> None:
        """Bytes as they are: a CSV keeps its line ends, whatever the system."""
        if self._path is None:
            click.echo(data, nl=False)
            return
        with self._writing():
            if self._special:
                self._path.write_bytes(data)
            else:
                with self._part.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                self._part.replace(self._path)
        self._tell_written()

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """A file for a result that does not fit in memory; it takes its place once all of it is written."""
        if self._path is None or self._special:
            with tempfile.TemporaryFile() as file:
                yield file
                file.seek(0)
                if self._path is None:
                    while some := file.read(1 << 20):
                        click.echo(some, nl=False)
                    return
                with self._writing(), self._path.open("wb") as out:
                    shutil.copyfileobj(file, out)
        else:
            try:
                with self._writing(), self._part.open("wb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                    self._part.replace(self._path)
            finally:
                self._part.unlink(missing_ok=True)
        self._tell_written()

    @property
    def on_screen(self) -> bool:
        """Whether a person would have the bytes on the terminal."""
        return self._path is None and sys.stdout.isatty()

    def show(self, parts: Sequence[ConsoleRenderable]) -> None:
        """A report for people: with colours on a terminal, plain anywhere else."""
        if self._path is None and sys.stdout.isatty():
            console = Console(highlight=False)
            for part in parts:
                console.print(part)
        else:
            self.write(plain_text(parts, _columns()).encode())

    def _tell_written(self) -> None:
        if not self._quiet:
            click.echo(say("progress.written", self._desk.lang, path=self._path), err=True)

    @property
    def _special(self) -> bool:
        """A device or a pipe is written into; replacing it by a file would destroy it."""
        return self._path is not None and self._path.exists() and not self._path.is_file()

    @property
    def _part(self) -> Path:
        path = self._path or Path()
        return path.with_name(f".{path.name}.{os.getpid()}.part")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            self._part.unlink(missing_ok=True) if self._part.exists() else None
            raise BadInput("error.no_output", path=self._path, cause=error) from error


def _refusal(code: int) -> OSError:
    return OSError(code, os.strerror(code))


def _columns() -> int:
    asked = os.environ.get("COLUMNS", "")
    return max(40, min(int(asked), 300)) if asked.isdecimal() else _WIDTH


def make_data_folder(data: Path) -> None:
    """Raises BadInput where it cannot be made or written."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput("error.no_data_folder", path=data, cause=error) from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise BadInput("error.no_data_folder", path=data, cause=_refusal(errno.EACCES))


class _Pen(RotatingFileHandler):
    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A full disk ends the run with its own sentence; that the log is not written either needs no traceback."""


class _Plain(logging.Formatter):
    """A log that may be shown on a terminal: what a portal wrote into an error commands nothing there."""

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record).split("\n")
        return "\n".join("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line) for line in lines)


@contextmanager
def logbook(data: Path, desk: Desk) -> Iterator[None]:
    """English log lines, and the traceback of whatever fails, go to ``audit.log`` in the data folder."""
    desk.log = data / "audit.log"
    try:
        pen = _Pen(desk.log, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8", delay=True)
    except OSError as error:
        raise BadInput("error.no_data_folder", path=data, cause=error) from error
    pen.setFormatter(_Plain("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(pen)
    root.setLevel(logging.INFO)
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # its every start and stop, for thousands of portals
    # A certificate that is not valid is a finding, told once; Scrapy says it with each connection.
    logging.getLogger("scrapy.core.downloader.tls").setLevel(logging.ERROR)
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        logging.getLogger("audit").error("the command failed", exc_info=error)
        raise
    finally:
        root.setLevel(level)
        root.removeHandler(pen)
        pen.close()


def exit_status(run: Run, fail_on: str, told: Told | None = None) -> int:
    """The status of the contract for a run; when several apply: (2,) 3, 5, 4, 1, 0. A finding that is waived, as
    what stands beside it has it, does not count for ``fail_on``."""
    return status_of(run, fail_on, tally(run.portals, told))


def status_of(run: Run, fail_on: str, count: Tally) -> int:
    """The same where the portals of a run were counted as they passed."""
    if run.reason == "interrupted":
        return INTERRUPTED
    if count.rule_errors or count.our_faults:
        return OWN_FAULT
    if run.header.kind == "nightly" and run.status in ("partial", "quarantined"):
        return 5
    if count.portals and count.states.get("unreachable") == count.portals:
        return 4
    counted = () if fail_on == "never" else SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return 1 if any(count.not_waived.get(severity) for severity in counted) else 0
