"""The archive as commands open it: what is wrong with it is bad input, until portals are being looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from audit.config import Desk
from audit.output import logbook
from audit.refusals import BadInput, OwnFault
from storage.archive import Archive, ArchiveError, EvidencePruned
from storage.recorded import EvidenceError


@contextmanager
def archive_of(given: Mapping[str, Any], desk: Desk) -> Iterator[Archive]:
    """The archive as it is, for commands that need one to be there."""
    with opened(given, create=False) as archive, _logged(given, desk):
        try:
            yield archive
        except ArchiveError as error:
            raise BadInput("error.bad_archive", cause=error) from error


@contextmanager
def database_of(given: Mapping[str, Any], desk: Desk) -> Iterator[str | Path]:
    """The address of the database, for commands that look at it as a whole; what is wrong with it is bad input."""
    with _logged(given, desk):
        try:
            yield given["db"] or given["data"] / "audit.db"
        except ArchiveError as error:
            raise BadInput("error.bad_archive", cause=error) from error


def _logged(given: Mapping[str, Any], desk: Desk) -> AbstractContextManager[None]:
    return logbook(given["data"], desk) if given["data"].is_dir() else nullcontext()


@contextmanager
def opened(given: Mapping[str, Any], *, create: bool) -> Iterator[Archive]:
    try:
        archive = Archive.open(given["db"] or given["data"] / "audit.db", create=create)
    except ArchiveError as error:
        raise BadInput("error.bad_archive", cause=error) from error
    with archive:
        yield archive


@contextmanager
def mid_run() -> Iterator[None]:
    """Once portals are being looked at, what goes wrong with the archive or the evidence is no bad input."""
    try:
        yield
    except EvidencePruned as error:
        raise BadInput("error.bad_archive", cause=error) from error
    except (ArchiveError, EvidenceError) as error:
        raise OwnFault("error.bad_archive", cause=error) from error
    except ExceptionGroup as several:  # portals are audited side by side
        told = several.subgroup((ArchiveError, EvidenceError))
        if told is None:
            raise
        raise OwnFault("error.bad_archive", cause=_first(told)) from several


def _first(group: ExceptionGroup[Exception]) -> Exception:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, ExceptionGroup) else inner
