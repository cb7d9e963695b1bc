"""WARC files as they lie in a WACZ file, a zip of a crawl by Browsertrix, ArchiveWeb.page and others: one after
another they are a WARC file again, read where they lie."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, cast

_LOCAL = struct.Struct("<4s5H3L2H")
"""The head of a file in a zip, before its name: the last two numbers are the lengths of name and extra field."""


def opened(path: Path) -> BinaryIO:
    """A WARC file, or those in a WACZ file. Raises OSError, ValueError for a zip without any that can be read where
    it lies."""
    file = path.open("rb")
    if path.suffix.lower() != ".wacz":
        return file
    try:
        return cast(BinaryIO, io.BufferedReader(_Pieces(file, _pieces(file)), 1 << 16))
    except BaseException:
        file.close()
        raise


def _pieces(file: BinaryIO) -> list[tuple[int, int]]:
    """Where the WARC files lie: their beginnings and lengths, in the order of their names."""
    try:
        with zipfile.ZipFile(file) as packed:
            found = sorted(packed.infolist(), key=lambda each: each.filename)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ValueError("no zip") from error
    warcs = [each for each in found if each.filename.lower().endswith((".warc.gz", ".warc"))]
    if not warcs or any(each.compress_type != zipfile.ZIP_STORED or each.flag_bits & 1 for each in warcs):
        raise ValueError("no WARC files, or packed a second time")
    pieces = []
    for each in warcs:
        file.seek(each.header_offset)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise ValueError("the zip breaks off")
        *_, name, extra = _LOCAL.unpack(head)
        pieces.append((each.header_offset + _LOCAL.size + name + extra, each.file_size))
    return pieces


class _Pieces(io.RawIOBase):
    """Pieces of a file, as if they were one."""

    def __init__(self, file: BinaryIO, pieces: Sequence[tuple[int, int]]) -> None:
        self._file, self._pieces = file, pieces
        self._ends = list(accumulate(length for _, length in pieces))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        for (start, length), end in zip(self._pieces, self._ends, strict=True):
            if self._at < end:
                self._file.seek(start + self._at - (end - length))
                data = self._file.read(min(len(buffer), end - self._at))
                buffer[: len(data)] = data
                self._at += len(data)
                return len(data)
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()
