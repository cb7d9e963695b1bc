"""docs/add-a-rule.md is followed to the letter: its blocks are put where they say, and the new rule is judged."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import audit_rules
from audit_rules import rulebook, topics
from audit_rules.law.book import open_law
from audit_rules.rulebook import RulebookError, open_rulebook
from tests import cases

RULE = "navigation.home_entry"
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "add-a-rule.md").read_text("utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE, re.M | re.S))
REFUSALS = [line for text in re.findall(r"^```text\n(.*?)^```$", PAGE, re.M | re.S) for line in text.splitlines()]
FUNCTION, WORDS, GROUND, STAGE = (
    "audit_rules/topics/navigation.py",
    "audit_rules/topics/navigation.toml",
    "audit_rules/law/grounds.csv",
    "audit_rules/stages.toml",
)
CASES = f"tests/cases/{RULE}.toml"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the rule book and the cases, which the rulebook opens instead of its own."""
    own = Path(audit_rules.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(own / "topics", tmp_path / "audit_rules/topics", ignore=ignored)
    shutil.copytree(own / "law", tmp_path / "audit_rules/law", ignore=ignored)
    shutil.copy(own / "stages.toml", tmp_path / "audit_rules")
    (tmp_path / "tests/cases").mkdir(parents=True)
    monkeypatch.setattr(topics, "__path__", [str(tmp_path / "audit_rules/topics")])
    for name in [name for name in sys.modules if name.startswith(f"{topics.__name__}.")]:
        monkeypatch.delitem(sys.modules, name)
        monkeypatch.delattr(topics, name.rpartition(".")[2])
    monkeypatch.setattr(rulebook, "open_law", lambda: open_law(tmp_path / "audit_rules/law"))
    monkeypatch.setattr(rulebook, "STAGES", tmp_path / "audit_rules/stages.toml")
    monkeypatch.setattr(cases, "FOLDER", tmp_path / "tests/cases")
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(f"{topics.__name__}.")]:
        del sys.modules[name]


def _follow(house: Path, *paths: str) -> None:
    for path in paths:
        with (house / path).open("a", encoding="utf-8") as file:
            file.write(BLOCKS[path])


def test_the_page_has_a_block_for_every_piece_and_names_the_rule_in_its_commands() -> None:
    assert list(BLOCKS) == [FUNCTION, WORDS, CASES, GROUND, STAGE]
    assert f"pytest -q tests/test_rules.py -k {RULE}\n" in PAGE
    assert "python -m audit.rulebook_page > docs/rules.md" in PAGE
    assert RULE not in {entry.id for entry in open_rulebook().rules}


def test_who_follows_the_page_has_a_rule_that_passes_fails_and_is_unsure(house: Path) -> None:
    _follow(house, FUNCTION, WORDS, CASES, GROUND)
    book = open_rulebook()
    entry = next(entry for entry in book.rules if entry.id == RULE)
    assert entry.stage == "trial"
    assert entry.rule.duty == "The header or the menu leads back to the home page."
    assert entry.rule.how.startswith("Decided by where a link leads")
    told = cases.all_cases()
    assert {case.rule for case in told} == {RULE}
    assert {case.told["expect"] for case in told} == {"passed", "failed", "cantTell"}
    for case in told:
        judgement = cases.judged(case, book)
        assert judgement.verdict.outcome == case.told["expect"], case.name
        assert judgement.verdict.reason == case.told.get("reason", judgement.verdict.reason), case.name
        assert judgement.vi.message
        assert (judgement.standing, judgement.proves) == ("guidance", "sign")
        assert judgement.basis[0].label.startswith("điểm a khoản 3 Điều 16 Thông tư 32/2017/TT-BTTTT")


def test_a_function_without_words_is_refused_as_the_page_says(house: Path) -> None:
    _follow(house, FUNCTION)
    with pytest.raises(RulebookError) as refused:
        open_rulebook()
    assert str(refused.value) == REFUSALS[0]


def test_words_without_a_function_are_refused_as_the_page_says(house: Path) -> None:
    _follow(house, WORDS)
    with pytest.raises(RulebookError) as refused:
        open_rulebook()
    assert str(refused.value) == REFUSALS[1]


def test_the_stage_of_the_page_is_taken_and_a_higher_one_refused_as_it_says(house: Path) -> None:
    _follow(house, FUNCTION, WORDS, STAGE)
    assert next(entry.stage for entry in open_rulebook().rules if entry.id == RULE) == "review"
    path = house / STAGE
    path.write_text(path.read_text("utf-8").replace(BLOCKS[STAGE], BLOCKS[STAGE].replace("review", "published")))
    with pytest.raises(RulebookError) as refused:
        open_rulebook()
    assert str(refused.value) == REFUSALS[2]
    assert len(REFUSALS) == 3
