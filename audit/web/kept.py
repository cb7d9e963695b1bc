"""Pages that were made once, kept for whoever asks next: as long as the data is the same, and there is room. Nobody
may show one later without asking whether it still holds: a finding that was mended is not to live on in a cache."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

ROOM = 256 * 1024 * 1024
"""Bytes of pages that one process keeps; packed, a portal's page is some 10 to 20 KB, a finding's 3."""
_TO_SPARE = 0.9  # of the room: the rest is for what people ask for
_PACKED = 5  # of gzip: nine tenths of what the best gives, in a third of its time
_SMALL = 500  # bytes that are not worth packing
_ASK_AGAIN = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A body, as it is or packed; ``tag`` is the entity tag of the page, whichever way it is sent."""

    body: bytes
    packed: bool
    tag: str
    kind: str

    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.packed else self.body


def keep_page(text: bytes, kind: str) -> KeptPage:
    tag = f'W/"{hashlib.sha256(text).hexdigest()[:20]}"'
    if len(text) < _SMALL or (kind.startswith("image/") and "svg" not in kind):
        return KeptPage(text, False, tag, kind)
    return KeptPage(gzip.compress(text, _PACKED, mtime=0), True, tag, kind)


class Kept:
    """Pages by address and by the version of the data. Those of an older version go at once, and those that nobody
    asked for longest when there is no more room."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._version = ""
        self._held = 0
        self._lock = Lock()

    def has_room(self) -> bool:
        """Whether pages that nobody asked for yet may be made."""
        return self._held < self._room * _TO_SPARE

    def get(self, version: str, address: str) -> KeptPage | None:
        with self._lock:
            if version != self._version:
                return None
            page = self._pages.get(address)
            if page is not None:
                self._pages.move_to_end(address)
            return page

    def put(self, version: str, address: str, page: KeptPage) -> None:
        with self._lock:
            if version != self._version:
                self._pages.clear()
                self._version, self._held = version, 0
            old = self._pages.pop(address, None)
            self._held += len(page.body) - (len(old.body) if old else 0)
            self._pages[address] = page
            while self._held > self._room and self._pages:
                self._held -= len(self._pages.popitem(last=False)[1].body)


def answered(request: Request, page: KeptPage, more: Mapping[str, str] | None = None) -> Response:
    """The page as the reader's program takes it; nothing but a word where it has it already."""
    headers = {**_ASK_AGAIN, "ETag": page.tag, **(more or {})}
    known = (each.strip() for each in request.headers.get("if-none-match", "").split(","))
    if page.tag in known:
        return Response(status_code=304, headers=headers)
    packed = page.packed and _takes_gzip(request.headers.get("accept-encoding", ""))
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(page.body if packed else page.plain(), headers=headers, media_type=page.kind)


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, and not with a weight of nought."""
    for each in accepted.lower().split(","):
        name, _, weight = each.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
