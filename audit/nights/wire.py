"""What the processes of a night say to each other: frozen records, pickled, each with its length before it.

Both ends are this very program, of one version; nobody else has the socket.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.child import Said
from crawler.plan import Plan
from storage.records import RunHeader

_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Begin:
    """The first thing a worker is told. ``registry`` is packed (night.py), ``db`` an address to read from."""

    header: RunHeader
    registry: bytes
    plan: Plan
    patient: Plan
    data: Path
    db: str | Path


@dataclass(frozen=True, slots=True)
class Beat:
    """A worker lives: pages read until now by portal, and what it has to say for the log."""

    pages: dict[str, int]
    said: Said = ()


@dataclass(frozen=True, slots=True)
class Unwritable:
    """The disk of a worker takes no more evidence: the sentence for people."""

    sentence: str


class Wire:
    """One end of a socket between two processes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._sending = asyncio.Lock()

    @classmethod
    async def over(cls, end: socket.socket) -> Wire:
        return cls(*await asyncio.open_connection(sock=end))

    def post(self, message: object) -> None:
        """Says something small, at once."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._writer.write(len(data).to_bytes(_LENGTH, "big") + data)

    async def send(self, message: object) -> None:
        """Says something, and waits while the other end has enough to read: nothing piles up here."""
        async with self._sending:
            self.post(message)
            await self._writer.drain()

    async def receive(self) -> Any:
        """What the other end says next. Raises EOFError (IncompleteReadError) or OSError where it is gone."""
        length = int.from_bytes(await self._reader.readexactly(_LENGTH), "big")
        return pickle.loads(await self._reader.readexactly(length))  # noqa: S301 - from our own process

    def close(self) -> None:
        self._writer.transport.abort()
