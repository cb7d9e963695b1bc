"""What this process holds of the system's memory."""

import os
import sys

import pytest

from crawler.processes import give_back, held_by

PIECE = 4096


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc, and glibc")
def test_what_lies_free_between_pieces_in_use_is_given_back() -> None:
    pieces = [os.urandom(PIECE) for _ in range(20_000)]
    kept = pieces[::50]
    full = held_by(os.getpid())
    pieces.clear()
    give_back()
    assert held_by(os.getpid()) < full - 20_000 * PIECE // 2
    assert len(kept) == 400
