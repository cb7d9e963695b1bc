"""The page of the rules, from the rulebook: ``python -m audit.rulebook_page > docs/rules.md``.

Run in the checkout: what was measured of each rule is read from ``bench/results/accuracy.json``.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from audit.words import term
from audit_rules.facts import Kind
from audit_rules.judgement import Basis
from audit_rules.law.book import LawBook
from audit_rules.rulebook import Entry, Rulebook, open_rulebook
from audit_rules.stages import ENOUGH_EACH, ENOUGH_SITES, PRECISE, Measured

LAW_DAY: Final = date(2026, 11, 22)
"""The law day of the page; whoever changes it writes the page anew."""
PAGE: Final = Path(__file__).parents[1] / "docs" / "rules.md"
_BENCH: Final = Path(__file__).parents[1] / "bench"
_KINDS: Final[tuple[Kind, ...]] = ("ministry", "province", "unit", "department", "commune")

_HEAD = """\
# Các quy tắc kiểm tra / The rules

Pháp luật áp dụng cho trang này là của ngày **{day}** / *law day of this page*. Có {rules} quy tắc, trong đó
{values} quy tắc chỉ cho biết giá trị / *{rules} rules, {values} of which only tell a value*.

Tệp này được sinh tự động / *generated*: `python -m audit.rulebook_page > docs/rules.md`.

- **Căn cứ** / *ground*: điều khoản mà quy tắc dựa vào, kèm quan hệ: `states` nêu đúng điều được xem, `implies` suy
  ra điều đó, `purpose` chỉ cùng mục đích. Số điều, khoản, điểm chỉ được in khi đã có người đọc nguyên văn.
- **Vị thế** / *standing*: `law` quy định đang có hiệu lực, đã đọc; `law_unread` coi là có hiệu lực, chưa đọc nguyên
  văn; `circular22` Thông tư 22/2023/TT-BTTTT, chưa rõ điều khoản hoặc hiệu lực; `guidance` tiêu chí, thực hành tốt.
  Chỉ `law` với quan hệ `states` mới là `breach` (chưa đáp ứng quy định); mọi trường hợp khác là `sign`, dấu hiệu để
  người xem xét. *Only `law` that `states` the very thing makes a failure a `breach`; all else is a `sign`.*
- **Giai đoạn** / *stage*: `trial` thử nghiệm, `review` chỉ gửi sau khi có người xác nhận, `published` độ chính xác
  đo trên trang thật cho phép công bố (ít nhất {sites} cổng, {each} có mục và {each} thiếu mục; cận dưới của độ
  chính xác từ {precise}), `retired` thôi dùng.
- Vị thế ghi cho năm loại cổng, trang chịu nghĩa vụ; cổng dịch vụ công, trang chuyên đề, trang của cơ quan khác và
  trang lưu trữ chỉ được xem về đo lường, kết nối, tiếp cận, toàn vẹn và liên kết về cổng chính.
- Số đo đầy đủ / *figures in full*: [accuracy.md](accuracy.md). Thêm quy tắc / *to add a rule*:
  [add-a-rule.md](add-a-rule.md).
"""


def rulebook_page() -> str:
    """The page as Markdown. Raises OSError where the figures of ``bench`` are not beside the program."""
    book = open_rulebook()
    figures = json.loads((_BENCH / "results" / "accuracy.json").read_text("utf-8"))
    words = tomllib.loads((_BENCH / "accuracy_words.toml").read_text("utf-8"))
    values = sum(entry.value_only for entry in book.rules)
    numbers = {
        "rules": len(book.rules),
        "values": values,
        "sites": ENOUGH_SITES,
        "each": ENOUGH_EACH,
        "precise": PRECISE,
    }
    parts = [_HEAD.format(day=LAW_DAY.isoformat(), **numbers)]
    for topic, entries in groupby(book.rules, key=lambda entry: entry.rule.topic):
        parts += [f"\n## {topic}\n", *(_section(entry, book, figures, words) for entry in entries)]
    return "".join(parts)


def _section(entry: Entry, book: Rulebook, figures: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    lines = [f"\n### `{entry.id}`\n", f"\n**{entry.vi.title}** / *{entry.en.title}*\n\n"]
    codes = [("group", entry.group), ("severity", entry.severity), ("stage", entry.stage)]
    lines.append(" · ".join(f"{term('heading', name, 'vi')}: {term(name, code, 'vi')}" for name, code in codes))
    if entry.value_only:
        lines.append("\n\nChỉ cho biết giá trị, không bao giờ chê / *a value only: it never fails*.")
    lines.append("\n")
    lines += [f"\n- {line}" for line in (*_duty(entry), *_grounds(entry, book.law), *_stage(entry))]
    lines += [f"\n- {line}" for line in (*_accuracy(entry, figures), *_limits(entry, figures, words))]
    return "".join(lines) + "\n"


def _duty(entry: Entry) -> Iterator[str]:
    yield f"Điều được xem / *what is looked at*: {entry.rule.duty}"
    if entry.rule.how:
        yield f"Cách quyết định / *how it is decided*: {' '.join(entry.rule.how.split())}"
    for said, vi, en in (
        ("Đạt / *passed*", entry.vi.passed, entry.en.passed),
        ("Không đạt / *failed*", entry.vi.failed, entry.en.failed),
        ("Cách khắc phục / *remedy*", entry.vi.fix, entry.en.fix),
    ):
        if vi:
            yield f"{said}: “{_blank(vi)}” / *{_blank(en)}*"


def _blank(sentence: str) -> str:
    """A sentence with its values left out."""
    return re.sub(r"\{\w+\}", "…", sentence)


def _grounds(entry: Entry, law: LawBook) -> Iterator[str]:
    """The standing by kind, then every ground with the kinds it binds."""
    claims: dict[tuple[str, str], list[str]] = {}
    grounds: dict[Basis, list[str]] = {}
    for kind in _KINDS:
        claims.setdefault(law.standing(entry.id, kind, LAW_DAY), []).append(kind)
        for basis in law.basis(entry.id, kind, LAW_DAY):
            grounds.setdefault(basis, []).append(kind)
    told = "; ".join(f"`{standing}`, `{proves}`{_for(kinds)}" for (standing, proves), kinds in claims.items())
    yield f"Vị thế / *standing*: {told}"
    for basis, kinds in grounds.items():
        partly = next(clause for clause in law.all_clauses if clause.ref == basis.ref).coverage
        coverage = term("clause_coverage", partly, "vi")
        yield f"Căn cứ / *ground* (`{basis.relation}`{_for(kinds)}): {basis.label}; {coverage}"
    if not grounds:
        yield "Căn cứ / *ground*: thực hành tốt, không có điều khoản riêng / *good practice*"


def _for(kinds: Iterable[str]) -> str:
    """The kinds that something holds for; nothing where it holds for all five."""
    named = list(kinds)
    return "" if len(named) == len(_KINDS) else f" ({', '.join(named)})"


def _stage(entry: Entry) -> Iterator[str]:
    if staged := entry.staged:
        yield (
            f"Giai đoạn `{staged.stage}` từ {staged.since.isoformat()}, {staged.by}: "
            f"{staged.why_vi} / *{staged.why_en}*"
        )


def _accuracy(entry: Entry, figures: Mapping[str, Any]) -> Iterator[str]:
    if entry.value_only:
        return
    of = figures["real"]["rules"].get(entry.id)
    said = "chưa đo / *not measured*"
    if of is not None and of["sites"]:
        negatives, positives = of["tn"] + of["fp"] + of["undecided_negative"], of["tp"] + of["fn"]
        measured = Measured(of["sites"], negatives, positives + of["undecided_positive"], None, None)
        claimed = of["tp"] + of["fp"]
        share = f"độ chính xác {of['tp']}/{claimed}" if measured.enough and claimed else "tỷ lệ chưa đo"
        said = (
            f"{of['sites']} cổng thật: chê đúng {of['tp']}, chê oan {of['fp']}, bỏ sót {of['fn']}; {share} / "
            f"*{of['sites']} real sites: {of['tp']} right accusations, {of['fp']} wrong, {of['fn']} missed*"
        )
    yield f"Độ chính xác / *accuracy*: {said}"


def _limits(entry: Entry, figures: Mapping[str, Any], words: Mapping[str, Any]) -> Iterator[str]:
    """What is known to fool the rule: the spoilt pages that it still passes."""
    told = {(each["rule"], each["kind"]): (each["vi"], each["en"]) for each in words["survivor"]}
    for each in figures["mutants"]["survivors"]:
        if each["rule"] == entry.id:
            vi, en = told.get((entry.id, each["kind"])) or told.get(("*", each["kind"])) or (each["kind"],) * 2
            yield f"Giới hạn đã biết / *known limit*: {vi} / *{en}*"


if __name__ == "__main__":
    sys.stdout.write(rulebook_page())
