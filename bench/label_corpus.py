"""What the label tool works on: the saved pages of a corpus, and the questions about them."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

QUESTIONS = Path(__file__).with_name("labels.toml")

Kind = Literal["choice", "text"]
View = Literal["page", "end", "source"]


@dataclass(frozen=True, slots=True)
class LabelPage:
    """One saved page: its file, and the host and address it came from."""

    path: Path
    host: str
    url: str


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to look for on a page. ``facts`` tells where the auditor's own answer is read (labels.toml)."""

    key: str
    kind: Kind
    look: View
    vi: str
    en: str
    hint_vi: str
    hint_en: str
    facts: str


def label_pages(corpus: Path) -> list[LabelPage]:
    """The pages of a corpus, those with labels of a first reader before the others; none where there is no index.

    Raises KeyError where the index lacks a column.
    """
    index, labels = corpus / "index.csv", corpus / "labels.csv"
    if not index.is_file():
        return []
    labelled = {row["file"] for row in _rows(labels)} if labels.is_file() else set()
    rows = sorted(_rows(index), key=lambda row: row["file"] not in labelled)
    return [
        LabelPage(corpus / "html" / row["file"], row["host"], row.get("page_url") or f"https://{row['host']}/")
        for row in rows
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def questions(path: Path = QUESTIONS) -> dict[str, Question]:
    """The questions by key, in their order. Raises ValueError or KeyError where the file is wrong."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    found = {}
    for key, entry in tables.items():
        kind, look, hint = entry["kind"], entry.get("look", "page"), entry.get("hint", {"vi": "", "en": ""})
        if kind not in get_args(Kind) or look not in get_args(View):
            raise ValueError(f"{path.name} [{key}]: kind is choice or text, look is page, end or source")
        found[key] = Question(
            key, kind, look, entry["vi"], entry["en"], hint["vi"], hint["en"], entry.get("facts", "")
        )
    return found
