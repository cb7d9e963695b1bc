"""Throws pages at the reading for a while, guided by what they make it do, and looks for the slowest.

    pip install atheris
    python -m bench.fuzz [--seconds 60] [--corpus FOLDER] [--json FILE]

Atheris is no part of the development set: it has wheels for a few systems only. An exception ends the run and
leaves its page in the folder; it becomes a case of tests/test_reading_hostile.py. Every two hundredth page is also
repeated to a megabyte and read once: the slowest of these is told, in CPU seconds for a megabyte, with the fuzzer's
own counting in it (twice to three times the reading's time). The goal is one second without.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.fuzz_pieces import ATTRIBUTES, LABELS, SCRIPTS, TAGS, TEXTS, VALUES

MEGABYTE = 1 << 20
_URL = "https://tinhmau.gov.vn/"


def page_of(data: bytes) -> bytes:
    """A page made of pieces that bytes choose; what chooses none stands for itself."""
    out: list[bytes] = []
    chosen = iter(data)
    for kind in chosen:
        at = next(chosen, 0)
        if kind < 90:
            value = VALUES[next(chosen, 0) % len(VALUES)]
            out.append(f'<{TAGS[at % len(TAGS)]} {ATTRIBUTES[kind % len(ATTRIBUTES)]}="{value}">'.encode())
        elif kind < 130:
            out.append(f"</{TAGS[at % len(TAGS)]}>".encode())
        elif kind < 190:
            out.append(TEXTS[at % len(TEXTS)].encode("utf-8", "replace"))
        elif kind < 210:
            out.append(f"<script>{SCRIPTS[at % len(SCRIPTS)]}</script>".encode())
        else:
            out.append(bytes([at]))
    return b"".join(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    try:
        import atheris
    except ImportError:
        sys.exit("bench.fuzz needs atheris: pip install atheris")
    with atheris.instrument_imports(include=["audit_rules.reading"]):
        from audit_rules.reading import read_page

    seen_at = datetime(2026, 11, 22, tzinfo=UTC)
    told = {"pages": 0, "slowest_seconds_per_megabyte": 0.0, "slowest": ""}

    def read(body: bytes, label: str | None = None) -> None:
        read_page(body, _URL, seen_at=seen_at, charset=label)

    def slow(piece: bytes) -> None:
        page = piece * (MEGABYTE // len(piece) + 1)
        began = time.process_time()
        read(page[:MEGABYTE])
        took = time.process_time() - began
        if took > float(told["slowest_seconds_per_megabyte"]):
            told["slowest_seconds_per_megabyte"], told["slowest"] = round(took, 3), piece[:300].decode("latin-1")
            write()

    def write() -> None:
        # The fuzzer ends its process by itself: what is known is written as it comes.
        if asked.json:
            asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        print(told, file=sys.stderr)

    def one(data: bytes) -> None:
        told["pages"] = int(told["pages"]) + 1
        page = page_of(data[1:])
        read(page, LABELS[data[0] % len(LABELS)] if data else None)
        if int(told["pages"]) % 200 == 0 and page:
            slow(page)
            write()

    with tempfile.TemporaryDirectory() as folder:
        corpus = str(asked.corpus or folder)
        options = ["bench.fuzz", corpus, f"-max_total_time={asked.seconds}", "-max_len=400", "-timeout=60"]
        atheris.Setup([*options, f"-artifact_prefix={corpus}/"], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
