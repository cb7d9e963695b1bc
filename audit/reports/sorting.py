"""Long tables put in order without holding them: sorted in parts, the parts on the disk, and merged."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

AT_ONCE = 5_000
"""Rows held at a time; one of a wide table has some kilobytes."""

Key = Callable[[Sequence[str]], Any]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[str]).decode


def in_order(rows: Iterable[list[str]], key: Key) -> Iterator[list[str]]:
    """The rows sorted by ``key``; those that are alike stay in their order."""
    source = iter(rows)
    some = list(islice(source, AT_ONCE))
    if len(some) < AT_ONCE:
        yield from sorted(some, key=key)
        return
    with tempfile.TemporaryDirectory() as folder:
        first = write_parts(some, key, Path(folder), "0")
        yield from merged([*first, *write_parts(source, key, Path(folder), "1")], key)


def write_parts(rows: Iterable[list[str]], key: Key, folder: Path, name: str) -> list[Path]:
    """Files of rows, each of them sorted."""
    source = iter(rows)
    paths: list[Path] = []
    while some := sorted(islice(source, AT_ONCE), key=key):
        paths.append(folder / f"{name}-{len(paths)}")
        with paths[-1].open("wb") as part:
            part.writelines(_encode(row) + b"\n" for row in some)
    return paths


def merged(parts: Sequence[Path], key: Key) -> Iterator[list[str]]:
    """The rows of sorted files in their order."""
    with ExitStack() as stack:
        files = [stack.enter_context(part.open("rb")) for part in parts]
        yield from heapq.merge(*(map(_decode, file) for file in files), key=key)
