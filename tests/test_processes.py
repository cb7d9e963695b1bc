"""What processes hold of the system's memory, and who has to give some back."""

import gc
import os
import sys

import pytest

from crawler.engine import too_large
from crawler.processes import give_back, held_by, settled

PIECE = 4096
MB = 1 << 20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc, and glibc")
def test_what_lies_free_between_pieces_in_use_is_given_back() -> None:
    pieces = [os.urandom(PIECE) for _ in range(20_000)]
    kept = pieces[::50]
    full = held_by(os.getpid())
    pieces.clear()
    give_back()
    assert held_by(os.getpid()) < full - 20_000 * PIECE // 2
    assert len(kept) == 400


@pytest.mark.parametrize(
    ("pages", "ended"),
    [
        ([110] * 4, []),  # as many large portals as there are
        ([90, 330], [330]),  # more than any page may take
        ([300, 100, 40], []),  # one that is large and has room
        ([110, 280, 130, 260], [280, 260]),  # the largest, until the others have room
        ([120] * 6, []),  # none of them is to blame
        ([350, 130, 280], [350]),  # with that one the others have room
    ],
)
def test_of_pages_that_take_too_much_together_the_largest_are_ended(pages: list[int], ended: list[int]) -> None:
    held = {number: (size * MB, "renderer") for number, size in enumerate(pages)}
    held |= {100: (150 * MB, "browser"), 101: (40 * MB, "GPU")}
    whole = sum(size for size, _ in held.values())
    assert [size // MB for size, _ in too_large(held, whole)] == ended


def test_what_is_there_before_is_left_to_the_collector_again_afterwards() -> None:
    with settled():
        assert gc.get_freeze_count() > 1000
    assert gc.get_freeze_count() == 0
