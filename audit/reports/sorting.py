"""Long tables put in order without holding them: sorted in parts, the parts on the disk, and merged."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import IO, Any

import msgspec

AT_ONCE = 5_000
"""Rows held at a time; one of a wide table has some kilobytes."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[str]).decode


def in_order(rows: Iterable[list[str]], key: Callable[[Sequence[str]], Any]) -> Iterator[list[str]]:
    """The rows sorted by ``key``; those that are alike stay in their order."""
    source = iter(rows)
    with ExitStack() as stack:
        parts: list[IO[bytes]] = []
        while some := sorted(islice(source, AT_ONCE), key=key):
            if len(some) < AT_ONCE and not parts:
                yield from some
                return
            part = stack.enter_context(tempfile.TemporaryFile())
            part.writelines(_encode(row) + b"\n" for row in some)
            part.seek(0)
            parts.append(part)
        yield from heapq.merge(*(map(_decode, part) for part in parts), key=key)
