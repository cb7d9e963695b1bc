"""The rulebook: rules, words and law agree or it does not open; a new rule is two files and no list."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit_rules import rulebook, topics
from audit_rules.engine import judge
from audit_rules.law.book import LawBook, open_law
from audit_rules.law.clause import Ground
from audit_rules.rulebook import RulebookError, open_rulebook
from tests.cases import LAW_DAY, made

RULE = '''"""Keeping people's data."""

from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, failed, passed


@rule
def notice_shown(site: SiteFacts) -> Verdict:
    """The home page speaks of personal data."""
    home = site.known_home
    said = any("dữ liệu cá nhân" in line.text for view in home.views for line in view.lines)
    return passed() if said else failed(searched=site.searched_home("dữ liệu cá nhân"))
'''
WORDS = """[notice_shown]
severity = "low"
group = "security"
title.vi = "Có thông báo về dữ liệu cá nhân"
title.en = "There is a notice on personal data"
pass.vi = "Có thông báo."
pass.en = "There is a notice."
fail.vi = "Không thấy thông báo."
fail.en = "No notice was seen."
fix.vi = "Đăng thông báo."
fix.en = "Publish a notice."
"""
TOPICS = {
    *("measurement", "structure", "identity", "disclosure", "publishing", "navigation"),
    *("accessibility", "metadata", "transport", "integrity", "speed"),
}
"""Public for ever, as the first half of every rule id."""


@pytest.fixture
def topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of one more topic, ``privacy``: a function and its words."""
    (tmp_path / "privacy.py").write_text(RULE)
    (tmp_path / "privacy.toml").write_text(WORDS)
    monkeypatch.setattr(topics, "__path__", [*topics.__path__, str(tmp_path)])
    yield tmp_path
    sys.modules.pop("audit_rules.topics.privacy", None)


def test_the_house_has_its_rules_in_order() -> None:
    ids = [entry.id for entry in open_rulebook().rules]
    assert ids == sorted(set(ids))
    assert {rule.partition(".")[0] for rule in ids} <= TOPICS


def test_a_rule_is_one_function_and_one_table_of_words(topic: Path) -> None:
    book = open_rulebook()
    assert "privacy.notice_shown" in {entry.id for entry in book.rules}
    for html, outcome, message in (
        ("<p>Bảo vệ dữ liệu cá nhân</p>", "passed", "Có thông báo."),
        ("<p>Tin mới</p>", "failed", "Không thấy thông báo. Đã tìm trên 2 lượt xem trang"),
    ):
        told = {each.rule: each for each in judge(*made({"html": html}), book, LAW_DAY)}["privacy.notice_shown"]
        assert told.verdict.outcome == outcome
        assert told.vi.message.startswith(message)
        assert (told.standing, told.group, told.stage) == ("guidance", "security", "trial")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda words: words.replace('"low"', '"mild"'),
            "privacy.toml [notice_shown]: severity is 'mild'; write one of",
        ),
        (lambda words: words.replace('group = "security"\n', ""), "privacy.toml [notice_shown]: group is missing"),
        (
            lambda words: words.replace('fix.en = "Publish a notice."\n', ""),
            "privacy.toml [notice_shown]: en is missing",
        ),
        (lambda words: words.replace("[notice_shown]", "[notice]"), "privacy.notice has no function"),
        (lambda words: words + "[other]\n", "privacy.other has no function"),
        (lambda _words: "", "privacy.notice_shown has no words; add [notice_shown] to privacy.toml"),
        (lambda words: words + "= broken", "privacy.toml: it cannot be read"),
    ],
)
def test_words_that_do_not_fit_are_refused_by_file_and_key(
    topic: Path, change: Callable[[str], str], said: str
) -> None:
    (topic / "privacy.toml").write_text(change(WORDS))
    with pytest.raises(RulebookError) as refused:
        open_rulebook()
    assert str(refused.value).startswith(said)


def test_a_topic_without_words_is_refused(topic: Path) -> None:
    (topic / "privacy.toml").unlink()
    with pytest.raises(RulebookError, match=r"^privacy\.toml: it cannot be read"):
        open_rulebook()


def test_broken_common_sentences_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "words.toml"
    broken.write_text("[cantTell\n")
    monkeypatch.setattr(rulebook, "WORDS", broken)
    with pytest.raises(RulebookError, match=r"^words\.toml: it cannot be read"):
        open_rulebook()


def test_a_ground_of_no_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    law = open_law()
    stray = Ground("identity.slogan", law.grounds[0].ref, "states", ("province",), "")
    monkeypatch.setattr(
        rulebook, "open_law", lambda: LawBook(law.instruments, law.all_clauses, (*law.grounds, stray))
    )
    with pytest.raises(RulebookError, match=r"^grounds\.csv: identity\.slogan is no rule of this house"):
        open_rulebook()


@pytest.mark.parametrize("name", ["privacy.py", "privacy.toml"])
def test_the_version_changes_with_any_text_of_a_rule(topic: Path, name: str) -> None:
    before = open_rulebook().version
    assert open_rulebook().version == before
    (topic / name).write_text((topic / name).read_text() + "# changed\n")
    assert open_rulebook().version != before


def test_the_version_changes_with_law_labels_and_common_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "audit_rules"
    shutil.copytree(Path(rulebook.__file__).parent, house, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(rulebook, "_FOLDER", house)
    seen = {open_rulebook().version}
    for name in ("law/grounds.csv", "reading/labels/concepts.toml", "words.toml", "engine.py"):
        (house / name).write_text((house / name).read_text() + "\n")
        seen.add(open_rulebook().version)
    assert len(seen) == 5
