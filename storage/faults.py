"""What goes wrong with a database, in one sentence, "tiếng Việt / English"; and what passes if one waits."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError


class ArchiveError(Exception):
    """Something about the archive that a person must know; the message is one sentence, "tiếng Việt / English"."""


class DatabaseUnusable(ArchiveError):
    """It cannot be opened, read or written: no database, read-only, disk full, locked, damaged."""


class DatabaseTooNew(ArchiveError):
    """A newer program wrote it; nothing was touched."""


_FULL = ("không ghi được vì hết chỗ trên đĩa", "cannot be written: the disk is full")
_READ_ONLY = ("không ghi được vì chỉ cho đọc", "cannot be written: it is read-only")
_LOST = (
    "không còn kết nối được: máy chủ dừng, khởi động lại hoặc mất mạng",
    "is out of reach: the server ended or restarted, or the network is gone",
)
_REFUSED = (
    "không trả lời: máy chủ cơ sở dữ liệu không chạy hoặc địa chỉ, cổng mạng sai",
    "does not answer: the server is not running, or host or port are wrong",
)
_NO_ENTRY = (
    "không cho vào: tên người dùng hoặc mật khẩu sai, hoặc máy này không được phép",
    "lets nobody in: wrong user or password, or this machine is not allowed",
)
_MISSING = ("không có trên máy chủ này", "is not on this server")

# What PostgreSQL calls them (its documentation, appendix A), longest first. The texts may be in any language.
_STATES = {
    "28": _NO_ENTRY,
    "3D000": _MISSING,
    "42501": ("không cho phép người dùng này làm việc đó", "does not allow this user to do that"),
    "25006": _READ_ONLY,
    "42P01": (
        "chưa có các bảng của chương trình, hãy chạy audit db upgrade",
        "lacks the program's tables: run audit db upgrade",
    ),
    "53100": _FULL,
    "53200": ("hết bộ nhớ trên máy chủ", "has run out of memory on its server"),
    "53300": ("đã hết chỗ cho kết nối mới", "takes no more connections"),
    "57P01": _LOST,
    "57P02": _LOST,
    "57P03": ("đang khởi động hoặc đang dừng", "is starting up or shutting down"),
    "55P03": ("đang bị một chương trình khác giữ", "is held by another program"),
    "40": ("đang bị nhiều chương trình ghi cùng lúc", "is being written by several programs at once"),
    "08": _LOST,
    "XX": ("đã bị hỏng", "is damaged"),
}

# Where no such code comes along: SQLite, and connections that were never made.
_TEXTS = (
    ("locked", ("đang bị một chương trình khác giữ", "is held by another program")),
    ("full", _FULL),
    ("readonly", _READ_ONLY),
    ("unable to open", ("không mở được", "cannot be opened")),
    ("not a database", ("không phải là cơ sở dữ liệu SQLite", "is no SQLite database")),
    ("malformed", ("đã bị hỏng", "is damaged")),
    ("password authentication failed", _NO_ENTRY),
    ("no password supplied", _NO_ENTRY),
    ("pg_hba.conf", _NO_ENTRY),
    ("does not exist", _MISSING),
    ("starting up", _STATES["57P03"]),
    ("shutting down", _STATES["57P03"]),
    ("too many clients", _STATES["53300"]),
    ("server closed the connection", _LOST),
    ("connection is lost", _LOST),
    ("SSL SYSCALL", _LOST),
    ("Connection refused", _REFUSED),
    ("No such file or directory", _REFUSED),
    ("resolve host", _REFUSED),
    ("translate host name", _REFUSED),
    ("timeout expired", _REFUSED),
    ("No module named 'procrastinate'", (
        "cần thêm gói procrastinate: pip install 'portal-auditor[postgresql]'",
        "needs the package procrastinate: pip install 'portal-auditor[postgresql]'",
    )),
    ("No module named 'psycopg'", (
        "cần thêm gói psycopg: pip install 'portal-auditor[postgresql]'",
        "needs the package psycopg: pip install 'portal-auditor[postgresql]'",
    )),
)  # fmt: skip

# 23503: what a row refers to was pruned a moment ago.
_PASSING = ("40", "08", "23503", "53300", "55P03", "57P01", "57P02", "57P03")
_PASSWORD = re.compile(r"(://[^/@\s]*?):[^/\s]*@|((?:password|passfile)=)[^&\s]+", re.IGNORECASE)


def unusable(where: str, cause: BaseException | str) -> DatabaseUnusable:
    """The sentence for what a database driver or the file system said. No password is repeated."""
    said = without_password(" ".join(str(getattr(cause, "orig", None) or cause).split())[:300])
    state = _state(cause)
    found = next((_STATES[code] for code in (state, state[:2]) if code in _STATES), None)
    found = found or next((words for mark, words in _TEXTS if mark in said), None)
    where = without_password(where)
    if found is not None:
        return DatabaseUnusable(f"Cơ sở dữ liệu {where} {found[0]} / The database {where} {found[1]}")
    return DatabaseUnusable(
        f"Không dùng được cơ sở dữ liệu {where}: {said} / The database {where} cannot be used: {said}"
    )


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turns what drivers and the file system raise into DatabaseUnusable, the cause chained."""
    try:
        yield
    except IntegrityError:
        raise
    except (DatabaseError, sqlite3.DatabaseError, OSError) as error:
        raise unusable(where, error) from error


def passes(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed a moment later: the server restarts, the network is back,
    another writer came in between. SQLite has waited by itself already."""
    if type(error.orig).__module__.partition(".")[0] == "sqlite3":
        return False
    state = _state(error)
    if state:
        return state.startswith(_PASSING)
    said = str(error.orig)  # a connection that is refused has no state, only a text
    passing = (_LOST, _REFUSED, _STATES["57P03"], _STATES["53300"])
    return error.connection_invalidated or any(mark in said for mark, words in _TEXTS if words in passing)


def _state(cause: BaseException | str) -> str:
    """What SQL calls the fault; empty where nobody said."""
    return getattr(getattr(cause, "orig", None) or cause, "sqlstate", None) or ""


def name_of(address: URL) -> str:
    """How messages name a database: its file, or its address without password and options."""
    if address.get_backend_name() == "sqlite" and address.database:
        return address.database
    return address.set(drivername=address.get_backend_name(), query={}).render_as_string(hide_password=True)


def without_password(text: str) -> str:
    return _PASSWORD.sub(lambda found: f"{found[1]}:***@" if found[1] is not None else f"{found[2]}***", text)
