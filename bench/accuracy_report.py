"""``docs/accuracy.md``: the stored figures in words that an official reads, Vietnamese first."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from bench.counting import Tally, wilson
from bench.spoiling import KINDS

Counts = Mapping[str, int]

ENOUGH_SITES: Final = 30
ENOUGH_EACH: Final = 10
"""Real labelled sites below which a rule counts as not measured: in all, and with and without the item."""
NOT_MEASURED: Final = "chưa đo"
UNEXPLAINED: Final = ("chưa rõ", "not explained")

_WORDS = tomllib.loads(Path(__file__).with_name("accuracy_words.toml").read_text(encoding="utf-8"))
_DIFFERENCES = {(each["what"], each["file"]): (each["vi"], each["en"]) for each in _WORDS["difference"]}
_SURVIVORS = {(each["rule"], each["kind"]): (each["vi"], each["en"]) for each in _WORDS["survivor"]}

_COUNTS = (
    "đúng dương tính / TP",
    "dương tính sai / FP",
    "đúng âm tính / TN",
    "bỏ sót / FN",
    "chưa kết luận / undecided",
)
_SHARES = ("độ chính xác / precision", "độ bao phủ / recall")
_SORTS = {
    "spoilt": ("Làm hỏng / Spoilt", "phát hiện / noticed", "lọt / survived"),
    "decoy": ("Thứ trông giống trên trang không có mục / Decoys", "giữ nguyên / kept", "bị lừa / fooled"),
    "noise": ("Thứ gây nhiễu cạnh mục tốt / Noise", "giữ nguyên / kept", "bị lừa / fooled"),
}


def difference_reason(what: str, file: str) -> tuple[str, str]:
    """Why the auditor differs from a label, in Vietnamese and English; ``UNEXPLAINED`` where nobody has said."""
    return _DIFFERENCES.get((what, file), UNEXPLAINED)


def survivor_reason(rule: str, kind: str) -> tuple[str, str]:
    """Why a mutant survives, in Vietnamese and English; ``UNEXPLAINED`` where nobody has said."""
    return _SURVIVORS.get((rule, kind)) or _SURVIVORS.get(("*", kind)) or UNEXPLAINED


def share(hits: int, of: int) -> str:
    """A share with its 95 % interval, in percent: ``8/10 = 80 % (49–94 %)``; a dash where there is no case."""
    interval = wilson(hits, of)
    if interval is None:
        return "—"
    low, high = interval
    percent = f"{100 * hits / of:.1f}".removesuffix(".0")
    return f"{hits}/{of} = {percent} % ({100 * low:.0f}–{100 * high:.0f} %)"


def is_measured(of: Tally, sites: int) -> bool:
    """Whether enough real sites were labelled to print a rule's precision."""
    return sites >= ENOUGH_SITES and min(of.positives, of.negatives) >= ENOUGH_EACH


def totals(kinds: Mapping[str, Counts]) -> tuple[int, int, int]:
    """Of mutations: noticed (or kept), in doubt, missed."""
    told, doubt, missed = (sum(ends[end] for ends in kinds.values()) for end in ("told", "in_doubt", "missed"))
    return told, doubt, missed


def _table(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    cells = [list(heading)]
    cells.append(["---"] * len(cells[0]))
    cells += [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def _tally(counts: Counts) -> tuple[Tally, int]:
    """The counts of one fact or rule, and how many sites they come from."""
    return Tally(**{name: count for name, count in counts.items() if name != "sites"}), counts.get("sites", 0)


def _told(of: Tally) -> tuple[int, ...]:
    return of.tp, of.fp, of.tn, of.fn, of.undecided_positive + of.undecided_negative


def _shares(of: Tally) -> tuple[str, str]:
    return share(of.tp, of.claimed), share(of.tp, of.positives)


# --- the three columns ----------------------------------------


def _real(real: Mapping[str, Any], rules: Iterable[str]) -> Iterable[str]:
    yield f"## 1. Trang thật / Real pages: {real['pages']} tệp / files, {real['sites']} cổng / sites\n"
    yield "### Dữ kiện / Facts\n"
    facts = {name: _tally(counts) for name, counts in real["facts"].items()}
    rows = [(f"`{name}`", sites, *_told(of)[:4], *_shares(of)) for name, (of, sites) in facts.items()]
    yield _table(("dữ kiện / fact", "cổng / sites", *_COUNTS[:4], *_SHARES), rows)
    columns = ", ".join(f"`{name}`" for name in real["not_compared"])
    yield f"Cột nhãn chưa so được vì công cụ chưa đọc dữ kiện ấy / columns without a fact to compare: {columns}.\n"
    yield "### Quy tắc / Rules\n"
    yield "Không đếm cổng thuộc loại không chịu nghĩa vụ / sites that a duty does not bind are not counted.\n"
    measured = {rule: _tally(real["rules"].get(rule, {})) for rule in rules}
    yield _table(
        ("quy tắc / rule", "cổng / sites", *_COUNTS, *_SHARES),
        (
            (f"`{rule}`", sites, *_told(of), *(_shares(of) if is_measured(of, sites) else (NOT_MEASURED,) * 2))
            for rule, (of, sites) in measured.items()
        ),
    )
    yield "### Mọi chỗ khác nhãn / Every difference from a label\n"
    yield _table(
        ("mục / item", "tệp / file", "loại / sort", "nhãn / label", "lý do", "reason"),
        (
            (
                f"`{each['what']}`",
                each["file"],
                _COUNTS[1] if each["told"] == "positive" else _COUNTS[3],
                each["label"],
                *difference_reason(each["what"], each["file"]),
            )
            for each in real["errors"]
        ),
    )
    yield "### Nhãn chắc chắn sai, không tính / Labels that are surely wrong, not counted\n"
    yield _table(
        ("cột / column", "tệp / file", "lý do", "reason"),
        ((f"`{each['column']}`", each["file"], each["vi"], each["en"]) for each in real["disputed"]),
    )


def _sandbox(column: Mapping[str, Any] | None) -> Iterable[str]:
    yield "## 2. Tỉnh giả định / The make-believe province\n"
    if column is None:
        yield f"{NOT_MEASURED} / not measured: `python -m bench.accuracy --sandbox`\n"
        return
    manner = "có trình duyệt / with a browser" if column["browser"] else "không trình duyệt / without a browser"
    yield f"{column['worlds']} lần dựng / worlds, {manner}.\n{_WORDS['sandbox']}"
    yield _table(
        ("quy tắc / rule", *_COUNTS, *_SHARES),
        (
            (f"`{rule}`", *_told(of), *_shares(of))
            for rule, counts in column["rules"].items()
            for of, _ in (_tally(counts),)
        ),
    )
    if not column["errors"]:
        yield "Không có chỗ nào khác đáp án / no difference from the truth.\n"
        return
    yield "### Mọi chỗ khác đáp án / Every difference from the truth\n"
    yield _table(
        ("cổng / site", "quy tắc / rule", "đáp án / truth", "máy / auditor"),
        ((each["site"], f"`{each['rule']}`", each["truth"], each["answer"]) for each in column["errors"]),
    )


def _mutants(column: Mapping[str, Any]) -> Iterable[str]:
    yield (
        "## 3. Trang thật bị làm hỏng / Spoilt copies of real pages: "
        f"{column['pages']} trang / pages, {column['sites']} cổng / sites\n"
    )
    yield _WORDS["mutants"]
    doubt = "nghi ngờ / in doubt"
    for sort, (title, kept, missed) in _SORTS.items():
        kinds = column["kinds"].get(sort, {})
        ends = totals(kinds)
        yield f"### {title}: {share(ends[0] + ends[1], sum(ends))}\n"
        rows = ((*KINDS[kind], *each.values()) for kind, each in kinds.items())
        yield _table(("kiểu", "kind", kept, doubt, missed), rows)
    yield "### Làm hỏng, theo quy tắc / Spoilt, by rule\n"
    rules = column["rules"].get("spoilt", {})
    yield _table(
        ("quy tắc / rule", "phát hiện / noticed", doubt, "lọt / survived"),
        ((f"`{rule}`", *ends.values()) for rule, ends in rules.items()),
    )
    yield "### Mọi trường hợp lọt, bị lừa / Every survivor\n"
    yield _table(
        ("quy tắc / rule", "kiểu / kind", "trang / pages", "lý do", "reason"),
        (
            (
                f"`{each['rule']}`",
                KINDS[each["kind"]][0],
                each["pages"],
                *survivor_reason(each["rule"], each["kind"]),
            )
            for each in column["survivors"]
        ),
    )
    if column["unfit"]:
        unfit = ", ".join(f"{each['file']} (`{each['rule']}`: {each['why']})" for each in column["unfit"])
        yield f"Trang không mang được mục / pages that could not bear an item: {unfit}.\n"


def report(kept: Mapping[str, Any]) -> str:
    """The whole page, from the figures that ``bench.accuracy`` stores."""
    opening = _WORDS["opening"].format(enough=ENOUGH_SITES, each=ENOUGH_EACH)
    parts = [
        opening,
        *_real(kept["real"], kept["rules"]),
        *_sandbox(kept.get("sandbox")),
        *_mutants(kept["mutants"]),
    ]
    return "\n".join(parts).rstrip() + "\n"
