"""Names of files made from foreign text, what the system says against a file, and locks that die with the process
that holds them."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOREIGN = re.compile(r"[^A-Za-z0-9._-]+")

_VIETNAMESE = {
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EISDIR: "đây là một thư mục",
    errno.ENOTDIR: "một phần của đường dẫn không phải là thư mục",
    errno.EROFS: "hệ thống tệp chỉ cho đọc",
    errno.ENOSPC: "hết chỗ trên đĩa",
    errno.EDQUOT: "hết hạn mức đĩa",
    errno.ENAMETOOLONG: "tên tệp quá dài",
}


def why(error: OSError) -> tuple[str, str]:
    """What the system said against a file, in Vietnamese and in English."""
    english = error.strerror or str(error)
    return _VIETNAMESE.get(error.errno or 0, english), english


def safe_name(text: str) -> str:
    """A file name for an id: itself where it is plain, else a plain rendering and a digest that keeps it unique."""
    plain = _FOREIGN.sub("-", text).lstrip(".")[:100]
    if plain == text and plain:
        return plain
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"


def lock(descriptor: int) -> bool:
    """Takes the lock of an open file; False if another holder lives. The kernel lets go when a process dies."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Waits until nobody else tries a lock of a folder: who only looks whether a lock is held takes it for that
    moment, and whoever wants to hold it must not take the onlooker for the holder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold(path: Path) -> int | None:
    """Opens (and creates) a lock file and holds it: its descriptor, or None if another holder lives."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    if lock(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def release(path: Path, descriptor: int) -> None:
    """Removes a lock file that is held, then lets go of it."""
    path.unlink(missing_ok=True)
    os.close(descriptor)
