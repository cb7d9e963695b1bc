"""Stages: data with a day, a name and a measurement; numbers that do not carry a stage are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_rules import rulebook
from audit_rules.judgement import Stage
from audit_rules.rulebook import RulebookError, open_rulebook
from audit_rules.stages import ENOUGH_EACH, ENOUGH_SITES, PRECISE, Measured, StageError, read_stages
from bench import accuracy_report
from bench.accuracy import RESULTS
from bench.counting import Tally, wilson

IN_REVIEW = {
    "transport.https",
    "transport.certificate_valid",
    "transport.ipv6",
    "transport.vn_domain",
    "accessibility.language_declared",
    "measurement.emc_code_present",
}
ENTRY = """
["transport.https"]
stage = "review"
since = 2026-11-22
by = "Nguyễn Văn A"
why.vi = "Vì đã đo."
why.en = "Because it was measured."
measured = { sites = 60, with_item = 20, without_item = 40, precision = 1.0, floor = 0.9124 }
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives the rulebook another stage file."""

    def tell(text: str) -> None:
        path = tmp_path / "stages.toml"
        path.write_text(text)
        monkeypatch.setattr(rulebook, "STAGES", path)

    return tell


def _stage(rule: str) -> Stage:
    return next(entry.stage for entry in open_rulebook().rules if entry.id == rule)


def test_every_rule_starts_in_trial_and_six_in_review() -> None:
    book = open_rulebook()
    assert {entry.id for entry in book.rules if entry.stage == "review"} == IN_REVIEW & {e.id for e in book.rules}
    assert all(entry.stage in ("trial", "review") for entry in book.rules)


def test_figures_that_carry_it_publish_a_rule(told: Callable[[str], None]) -> None:
    told(ENTRY)
    assert _stage("transport.https") == "review"
    told(ENTRY.replace("review", "published"))
    assert _stage("transport.https") == "published"
    told("")
    assert _stage("transport.https") == "trial"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("sites = 60", "sites = 29"), "to be published it needs 30 labelled real sites, 10 with the item and 10"),
        (("with_item = 20", "with_item = 9"), "was measured on 60, 9 and 40; keep it in review and label more"),
        (("without_item = 40", "without_item = 9"), "was measured on 60, 20 and 9"),
        (
            ("floor = 0.9124", "floor = 0.8999"),
            "the lower bound of its precision must be at least 0.9, and it is 0.8",
        ),
        ((", precision = 1.0, floor = 0.9124", ""), "must be at least 0.9, and it is None"),
    ],
)
def test_promotion_that_the_figures_do_not_carry_is_refused(
    told: Callable[[str], None], change: tuple[str, str], said: str
) -> None:
    assert change[0] in ENTRY
    text = ENTRY.replace(*change)
    told(text)
    assert _stage("transport.https") == "review"
    told(text.replace('"review"', '"published"'))
    with pytest.raises(RulebookError, match=r"^stages\.toml \[transport\.https\]: ") as refused:
        open_rulebook()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"review"', '"soon"'), "stage is 'soon'; write one of trial, review, published, retired"),
        (("since = 2026-11-22\n", ""), "write by, measured, since, stage, why"),
        (("2026-11-22", '"today"'), "since must be a date"),
        (("2026-11-22", "2026-11-22T00:00:00Z"), "since must be a date"),
        (('"Nguyễn Văn A"', '" "'), "name who decided it"),
        (('why.en = "Because it was measured."\n', ""), "why.vi and why.en must be texts"),
        (("why.vi", "note = 1\nwhy.vi"), "and nothing else"),
        (("sites = 60", "sites = -1"), "measured must count sites"),
        (("sites = 60", "sites = true"), "measured must count sites"),
        (("sites = 60, ", ""), "measured must count sites"),
        (("floor = 0.9124", "floor = 1.5"), "are shares from 0.0 to 1.0"),
        ((", floor = 0.9124", ""), "write both, or neither"),
        (("floor =", "bottom ="), "measured must be a table of"),
        (("[", "[["), "it cannot be read"),
        (("transport.https", "transport.telnet"), "transport.telnet is no rule of this house"),
    ],
)
def test_a_spoilt_entry_is_refused_in_one_sentence(
    told: Callable[[str], None], change: tuple[str, str], said: str
) -> None:
    assert change[0] in ENTRY
    told(ENTRY.replace(*change))
    with pytest.raises(RulebookError, match=r"^stages\.toml") as refused:
        open_rulebook()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_stage_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"^stages\.toml: it cannot be read"):
        read_stages(tmp_path / "stages.toml")


def test_each_entry_repeats_what_was_measured_on_real_pages() -> None:
    real = json.loads(RESULTS.read_text("utf-8"))["real"]["rules"]
    entries = read_stages()
    assert entries
    for rule, staged in entries.items():
        counts = dict(real.get(rule, {"sites": 0}))
        sites = counts.pop("sites")
        of = Tally(**counts)
        interval = wilson(of.tp, of.claimed)
        floor = None if interval is None else round(interval[0], 4)
        precision = None if of.precision is None else round(of.precision, 4)
        assert staged.measured == Measured(sites, of.negatives, of.positives, precision, floor), rule


def test_enough_means_the_same_to_the_report_and_to_the_rulebook() -> None:
    assert (accuracy_report.ENOUGH_SITES, accuracy_report.ENOUGH_EACH) == (ENOUGH_SITES, ENOUGH_EACH)
    low = [next(iter(wilson(right, right) or ())) for right in (34, 35)]
    assert low[0] < PRECISE <= low[1]
