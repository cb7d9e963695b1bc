"""The page of the rules is fresh, and tells of every rule what a reader has to know."""

from __future__ import annotations

import json
import re

import pytest

from audit.rulebook_page import PAGE, rulebook_page
from audit_rules.rulebook import Rulebook, open_rulebook
from bench.accuracy import RESULTS


@pytest.fixture(scope="module")
def page() -> str:
    return rulebook_page()


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return open_rulebook()


def test_the_page_is_fresh(page: str) -> None:
    assert PAGE.read_text("utf-8") == page, "write it again: python -m audit.rulebook_page > docs/rules.md"


def _sections(page: str) -> dict[str, str]:
    pieces = re.split(r"^### `(.+)`$", page, flags=re.M)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def test_every_rule_has_its_section_with_all_that_is_said_of_it(page: str, book: Rulebook) -> None:
    sections = _sections(page)
    assert list(sections) == [entry.id for entry in book.rules]
    for entry in book.rules:
        told = sections[entry.id]
        assert entry.vi.title in told
        assert entry.en.title in told
        assert entry.rule.duty
        assert entry.rule.duty in told
        for part in ("Nhóm: ", "Mức độ: ", "Giai đoạn: ", "- Vị thế / *standing*: `", "- Căn cứ / *ground*"):
            assert part in told, (entry.id, part)
        assert ("- Độ chính xác / *accuracy*: " in told) == (not entry.value_only)
        assert not re.search(r"\{\w+\}", told)


def test_the_standing_is_that_of_the_page_s_law_day(page: str) -> None:
    assert "của ngày **2026-11-22**" in page
    sections = _sections(page)
    assert "*standing*: `law`, `breach`\n" in sections["identity.spokesperson"]
    assert "*standing*: `law_unread`, `sign`\n" in sections["disclosure.contact_point"]
    links = sections["structure.links_to_main_portal"]
    assert "`guidance`, `sign` (ministry, province); `law`, `sign` (unit, department, commune)" in links
    assert "(hiệu lực đến 31/8/2026)" in sections["disclosure.regulation"]


def test_what_is_not_measured_is_said_to_be_not_measured(page: str, book: Rulebook) -> None:
    real = json.loads(RESULTS.read_text("utf-8"))["real"]["rules"]
    sections = _sections(page)
    for entry in book.rules:
        if entry.value_only:
            continue
        of = real.get(entry.id)
        if of is None or not of["sites"]:
            assert "*accuracy*: chưa đo / *not measured*" in sections[entry.id]
        else:
            counts = f"{of['sites']} cổng thật: chê đúng {of['tp']}, chê oan {of['fp']}, bỏ sót {of['fn']}"
            assert counts in sections[entry.id]
            assert of["sites"] >= 30 or "tỷ lệ chưa đo" in sections[entry.id]


def test_what_is_known_to_fool_a_rule_is_told(page: str) -> None:
    survivors = json.loads(RESULTS.read_text("utf-8"))["mutants"]["survivors"]
    sections = _sections(page)
    for each in survivors:
        assert "- Giới hạn đã biết / *known limit*: " in sections[each["rule"]]
    silent = sections.keys() - {each["rule"] for each in survivors}
    assert not [rule for rule in silent if "known limit" in sections[rule]]
