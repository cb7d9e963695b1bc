"""What only a browser sees of a page: what it asks for, how it fits a screen, how long it takes, what axe finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Depth = Literal["text", "full", "axe", "audit"]
"""How deep a look goes: the drawn page and its requests; how it fits a phone and bears larger text besides, and a
picture; what axe finds besides; the times of three fresh loads besides."""


class Loaded(NamedTuple):
    """A script that the page asked for; ``status`` is None where nothing answered."""

    url: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How the page fits a screen ``width`` pixels wide, its text enlarged to ``percent``.

    ``overflow`` gives by how many pixels the content is wider than the screen, once for each time it was measured;
    ``widest`` is the selector of an element that sticks out, "" where none does. ``laid_out`` is the width that the
    page is laid out in: a phone takes a wider one than its screen, and shows the page in small, where the page does
    not tell it otherwise."""

    width: int
    percent: int
    overflow: tuple[int, ...]
    widest: str = ""
    laid_out: int = 0


@dataclass(frozen=True, slots=True)
class AxeFinding:
    """What one rule of axe-core found: ``level`` of WCAG 2.0, ``impact`` in axe's words (minor, moderate, serious,
    critical), ``help`` in axe's English, the number of elements, some of their selectors."""

    rule: str
    level: Literal["A", "AA"]
    impact: str
    help: str
    nodes: int
    selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AxeFacts:
    """One run of axe-core over a page; ``incomplete`` is what a person has to look at."""

    version: str
    violations: tuple[AxeFinding, ...]
    incomplete: tuple[AxeFinding, ...]
    passes: int


@dataclass(frozen=True, slots=True)
class Load:
    """One fresh load with nothing blocked. All in seconds from the start of navigation, ``blocking_time`` a sum;
    None where the browser did not tell."""

    first_content: float | None = None
    largest_content: float | None = None
    full_display: float | None = None
    blocking_time: float | None = None


@dataclass(frozen=True, slots=True)
class RenderFacts:
    """What only a browser sees. ``stopped`` are requests to the tracker and to visit counters, recorded and not
    let out; ``pushes`` are the entries of ``window._govaq`` as JSON texts; ``refused`` counts requests that
    would have sent something; ``scripts`` are those the page asked for, ``console`` its errors as written there,
    ``frames`` the number of frames read into the page.

    ``phone``, ``enlarged`` and ``screenshot`` (SHA-256 of the picture in the evidence) come with a ``full`` look,
    ``axe`` with one of ``axe``, ``loads`` and ``machine`` (browser and computer they were measured with) with an
    ``audit``; they are None or empty where nobody looked so deep or the browser could not tell."""

    requests: int = 0
    stopped: tuple[str, ...] = ()
    pushes: tuple[str, ...] = ()
    refused: int = 0
    depth: Depth = "text"
    scripts: tuple[Loaded, ...] = ()
    console: tuple[str, ...] = ()
    frames: int = 0
    phone: Fit | None = None
    enlarged: Fit | None = None
    screenshot: str = ""
    axe: AxeFacts | None = None
    loads: tuple[Load, ...] = ()
    machine: str = ""
