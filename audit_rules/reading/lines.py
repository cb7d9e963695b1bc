"""The lines of a page while it is walked: where they begin and end, and what of them is hidden from the eye."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from selectolax.lexbor import LexborNode

from audit_rules.facts import Line, Region
from audit_rules.reading.gathered import Gathered
from audit_rules.reading.text import MAX_LINE, MAX_NAME, long_line, short_line
from audit_rules.reading.visibility import GONE, SHOWN, Veil

MAX_LINES: Final = 6000
MAX_LONG: Final = 500_000
"""Characters of long lines that are kept of a page; the longest real page seen says 20,000 in all."""

Reader = Callable[[LexborNode, Region, int], None]
"""Reads an element of a region at a depth."""


class Lines(Gathered):
    """Makes lines of the texts that ``_pieces`` collects. Whoever walks the tree calls ``_break`` where a line
    ends, and only where there are pieces."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._pieces: list[str] = []
        """Texts of the line that is being read; all stand in one region, for blocks end lines."""
        self._unseen: list[str] = []
        """Hidden texts inside that line; they make a line of their own, after it."""
        self._in_line = False
        """Whether such a hidden text is being read, in which blocks end no line."""
        self._line_region: Region = "main"
        self._heading = 0
        self._long = 0

    def _break(self) -> None:
        """Ends a line."""
        pieces = self._pieces
        if self._in_line:
            pieces.append(" ")
            return
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        if len(text) <= MAX_NAME:
            line = short_line(text, self._line_region, self._heading)
        else:
            line = self._long_line(text)
        if line is not None:
            if self.veil:
                line = line._replace(hidden=True)
            if len(self.lines) < MAX_LINES:
                self.lines.append(line)
            else:
                self.cut = True
        if self._unseen:
            pieces += self._unseen
            self._unseen.clear()
            around, self.veil = self.veil, GONE
            self._break()
            self.veil = around

    def _long_line(self, text: str) -> Line | None:
        self._long += min(len(text), MAX_LINE)
        if self._long > MAX_LONG:
            self.cut = True
            return None
        return long_line(text, self._line_region, self._heading)

    # --- what is hidden from the eye -----------------------------------------------------------------

    def _veiled(self, veil: Veil, reader: Reader, node: LexborNode, region: Region, depth: int) -> None:
        """Has a block read of which more or less is seen than of what is around it."""
        around, self.veil = self.veil, veil
        reader(node, region, depth)
        if self._pieces:
            self._break()
        self.veil = around

    def _veiled_text(self, veil: Veil, reader: Reader, node: LexborNode, region: Region, depth: int) -> None:
        """The same for an element whose text goes on in the line: a line that is seen stays whole, without it."""
        if self._in_line or veil == SHOWN or not self._pieces:
            if self._pieces:
                self._break()
            self._veiled(veil, reader, node, region, depth)
            return
        around, line, line_region = self.veil, self._pieces, self._line_region
        self.veil, self._pieces, self._in_line = veil, [], True
        reader(node, region, depth)
        self._unseen += [*self._pieces, " "]
        self.veil, self._pieces, self._in_line, self._line_region = around, line, False, line_region
