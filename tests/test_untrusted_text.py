"""A portal full of spells, told on a terminal, in JSON, in a spreadsheet and in the log: none obeys it."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest

from sandbox.hostile.world import HostileWorld

COLOURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[hl]|\x1b\[[0-9]*[A-K]")
"""What our own reports and bars send to a terminal."""
FORMULA = tuple("=+-@\t\r＝＋－＠")


class Told(NamedTuple):
    screen: str
    files: dict[str, bytes]
    log: str


def _on_a_terminal(command: list[str], folder: Path) -> str:
    """What a command writes to a terminal, stdout and stderr."""
    above, below = pty.openpty()
    with subprocess.Popen(command, stdin=below, stdout=below, stderr=below, cwd=folder) as process:  # noqa: S603
        os.close(below)
        written = bytearray()
        while True:
            try:
                part = os.read(above, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not part:
                break
            written += part
    os.close(above)
    assert process.returncode == 0
    return written.decode()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("spells")
    audit = [sys.executable, "-m", "audit"]
    with HostileWorld(("bare_spells", "spells")) as world:
        options = [word for to in world.connect_to for word in ("--connect-to", to)]
        options += [word for site in world.sites for word in ("--site", site)]
        options += ["--registry", str(world.world.registry), "--ca-file", str(world.world.ca_file)]
        options += ["--allow-private", "--delay", "0", "--max-pages", "3", "--render", "never"]
        screen = _on_a_terminal([*audit, "run", *options], folder)
    run = ["export", "--run", "latest", "--what", "all"]
    files = {}
    for kind, arguments in {
        "json": [*run, "--format", "json"],
        "csv": [*run, "--format", "csv"],
        "findings": ["findings", "--format", "csv"],
        "labels": ["labels", "propose", "--run", "latest"],
    }.items():
        done = subprocess.run([*audit, *arguments], capture_output=True, cwd=folder)  # noqa: S603
        assert done.returncode == 0, done.stderr.decode()
        files[kind] = done.stdout
    return Told(screen, files, (folder / "data" / "audit.log").read_text("utf-8"))


def _commands(text: str) -> set[str]:
    """Characters that move a cursor, ring a bell or turn the direction of text; line ends and tabs aside."""
    direction = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
    return {
        each
        for each in text
        if (unicodedata.category(each) == "Cc" and each not in "\n\t\r")
        or unicodedata.bidirectional(each) in direction
    }


def test_a_terminal_gets_our_colours_and_no_command(told: Told) -> None:
    text = COLOURS.sub("", told.screen)
    flat = "".join(text.split())  # lines are broken to the width of the terminal
    assert "[red]x[/red]" in flat  # the spell is told, as text
    assert "‹U+001B›" in flat
    assert _commands(text) == set()


def test_json_and_lists_on_a_screen_hold_no_command(told: Told) -> None:
    for name in ("json", "findings", "labels"):
        assert _commands(told.files[name].decode("utf-8-sig")) == set(), name
    (bare,) = (one for one in json.loads(told.files["json"])["portals"] if "bare" in one["host"])
    excerpts = [piece["excerpt"] for verdict in bare["verdicts"] for piece in verdict["evidence"]]
    assert any("[red]x[/red]" in excerpt for excerpt in excerpts)
    assert all(len(excerpt) <= 240 for excerpt in excerpts)


def test_a_spreadsheet_gets_no_formula(told: Told) -> None:
    text = told.files["csv"].decode("utf-8-sig")
    assert "[red]x[/red]" in text
    assert _commands(text) == set()
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if cell.startswith(FORMULA)]


def test_the_log_may_be_shown(told: Told) -> None:
    assert _commands(told.log) == set()
