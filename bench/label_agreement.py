"""How far two readers agree: for each question raw agreement and Cohen's kappa, and where they differ."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.words import clean
from bench.label_answers import COLUMNS, AnswersError, read_rows
from bench.label_corpus import Question

_FIRST_WORD = re.compile(r"[a-z]+")
_MEANINGS = {"yes": "yes", "hidden": "yes", "no": "no", "trap": "no", "unclear": "unclear"}
"""First words of the free text in the corpus's labels: what is hidden is there, a trap only looks like it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it is compared, and all that its reader wrote."""

    answer: str
    host: str
    words: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything one reader said, by file and question. ``left_out`` are cells that are neither yes nor no."""

    name: str
    said: Mapping[tuple[str, str], Said]
    left_out: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Disagreement:
    file: str
    question: str
    one: Said
    other: Said


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two readers on one question: pages and sites that both answered, the share (0 to 1) on which they agree,
    and kappa; None where there is no page, or where chance alone would make them agree always."""

    question: str
    pages: int
    sites: int
    raw: float | None
    kappa: float | None


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two readers: agreement beyond chance over the most there could be, (po - pe) / (1 - pe).

    None where pe is 1 (both only ever gave one and the same answer) or where nothing was answered. Source:
    J. Cohen, A Coefficient of Agreement for Nominal Scales, Educational and Psychological Measurement 20 (1960),
    37-46.
    """
    total = len(pairs)
    one, other = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    by_chance = sum(one[answer] * other[answer] for answer in one)
    if by_chance == total * total:
        return None
    agreed = sum(a == b for a, b in pairs)
    return (agreed * total - by_chance) / (total * total - by_chance)


def read_reader(path: Path, asked: Mapping[str, Question]) -> Reader:
    """A reader's file of ``bench.label``, or the labels.csv of a corpus.

    A reader's first answers count, for they alone were given before the auditor's facts were seen.
    Raises AnswersError where it is neither, OSError where it cannot be read.
    """
    try:
        table = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        columns = tuple(table.fieldnames or ())
        if columns != COLUMNS and "file" in columns and not asked.keys().isdisjoint(columns):
            return _of_corpus(path.stem, list(table), asked)
    except (UnicodeDecodeError, csv.Error) as error:
        raise AnswersError(f"{path.name}: không đọc được / it cannot be read ({error})") from error
    rows = [row for row in read_rows(path) if row.first_answer and row.question in asked]
    said = {}
    for row in rows:
        changed = f" → {row.answer}" if row.answer != row.first_answer else ""
        words = f"{row.first_answer}{changed}{': ' if row.note else ''}{row.note}"
        said[row.file, row.question] = Said(row.first_answer.casefold(), row.host, words)
    return Reader(rows[0].reader if rows else path.stem, said)


def _of_corpus(name: str, table: Sequence[Mapping[str, str | None]], asked: Mapping[str, Question]) -> Reader:
    said, left_out = {}, []
    for row in table:
        file, host = clean(row["file"] or ""), clean(row.get("host") or "")
        for key, question in asked.items():
            words = clean(row.get(key) or "")
            answer = words.casefold() if question.kind == "text" else meaning(words)
            if answer:
                said[file, key] = Said(answer, host, words)
            elif words:
                left_out.append((file, key, words))
    return Reader(name, said, tuple(left_out))


def meaning(words: str) -> str | None:
    """What the free text of a label begins with: yes, no or unclear; None for anything else ("n/a", a remark)."""
    first = _FIRST_WORD.match(words.casefold())
    return _MEANINGS.get(first.group()) if first else None


def compare(
    one: Reader, other: Reader, asked: Mapping[str, Question]
) -> tuple[list[Agreement], list[Disagreement]]:
    """Question by question in the order in which they are asked, and every page on which the two differ."""
    agreements, differing = [], []
    for key in asked:
        both = sorted(file for file, question in one.said if question == key and (file, key) in other.said)
        pairs = [(one.said[file, key].answer, other.said[file, key].answer) for file in both]
        sites = len({one.said[file, key].host or other.said[file, key].host for file in both})
        raw = sum(a == b for a, b in pairs) / len(pairs) if pairs else None
        agreements.append(Agreement(key, len(both), sites, raw, kappa(pairs)))
        differing += [
            Disagreement(file, key, one.said[file, key], other.said[file, key])
            for file, (a, b) in zip(both, pairs, strict=True)
            if a != b
        ]
    return agreements, differing


def table(one: Reader, other: Reader, agreements: Sequence[Agreement], differing: Sequence[Disagreement]) -> str:
    """The comparison as text for a terminal."""
    width = max(len(each.question) for each in agreements)
    lines = [
        f"Hai người đọc / two readers: {one.name}, {other.name}",
        "",
        f"{'câu hỏi / question':{width}}  trang/pages  nguồn/sites  khớp/agree  kappa",
    ]
    for each in agreements:
        raw = "-" if each.raw is None else f"{each.raw:.0%}"
        value = "-" if each.kappa is None else f"{each.kappa:.2f}"
        lines.append(f"{each.question:{width}}  {each.pages:11}  {each.sites:11}  {raw:>10}  {value:>5}")
    lines += ["", f"Khác nhau / disagreements: {len(differing)}"]
    for differs in differing:
        lines.append(f"  {differs.file}  {differs.question}")
        lines.append(f"    {one.name}: {differs.one.words}")
        lines.append(f"    {other.name}: {differs.other.words}")
    for reader in (one, other):
        if reader.left_out:
            lines += ["", f"{reader.name}: không phải có hay không, không tính / neither yes nor no, left out:"]
            lines += [f"  {file}  {key}: {words}" for file, key, words in reader.left_out]
    return "\n".join(lines)
