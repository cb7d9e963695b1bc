"""A process that another one of ours began: what it says is told there, and it does not outlive it."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections import deque
from functools import cache

Said = tuple[tuple[str, int, str], ...]
"""Log lines: whose, how grave, the text."""

_ORPHANED_SECONDS = 30.0
_MOST = 2000


class Voice(logging.Handler):
    """Log lines of this process until they are taken: one log, written by one process."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._said: deque[tuple[str, int, str]] = deque(maxlen=_MOST)
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append((record.name, record.levelno, self.format(record)))

    def take(self) -> Said:
        taken = tuple(self._said)
        self._said.clear()
        return taken


def begin(parent: int) -> None:
    """The first thing that such a process does; ``parent`` is the process that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt from the keyboard is for the process in front
    _end_with(parent)


@cache
def voice() -> Voice:
    """What this process has to say, kept from now on."""
    heard, root = Voice(), logging.getLogger()
    root.addHandler(heard)
    root.setLevel(logging.INFO)
    return heard


def say_again(said: Said) -> None:
    """Puts what a child said into the log of this process."""
    for name, level, line in said:
        logging.getLogger(name).log(level, "%s", line)


def _end_with(parent: int) -> None:
    """A process that is stuck does not hear that its parent is gone: it is ended by a thread of its own."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        time.sleep(_ORPHANED_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="orphan").start()
