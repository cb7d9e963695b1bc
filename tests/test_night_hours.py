"""The hours of a night, its control hosts' names, and how much of a change is a jump."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from audit.nights.controls import CONTROLS, is_away, parts
from audit.nights.driver import control_hosts
from audit.nights.jumps import FEWEST, Shown, jump, picture
from audit.nights.window import next_time, read_window
from audit.tally import tally, tally_stored
from storage.archive import Archive
from storage.showing import Showing
from tests.test_storage import header, several


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}+07:00")


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("20T19:59", None),
        ("20T20:00", "21T05:00"),
        ("21T00:30", "21T05:00"),
        ("21T04:59", "21T05:00"),
        ("21T05:00", None),
    ],
)
def test_a_window_goes_over_midnight(now: str, closes: str | None) -> None:
    found = read_window("20:00-05:00").closing(at(now))
    assert found == (at(closes) if closes else None)
    assert found is None or found.tzinfo is UTC


def test_a_window_within_a_day() -> None:
    window = read_window("0:30-05:15")
    assert (window.opens, window.closes) == (time(0, 30), time(5, 15))
    assert window.closing(at("20T00:30")) == at("20T05:15")
    assert window.closing(at("20T23:00")) is None


def test_a_time_to_end_is_the_next_one() -> None:
    assert next_time(time(5), at("20T20:00")) == at("21T05:00")
    assert next_time(time(23), at("20T20:00")) == at("20T23:00")
    assert next_time(time(20), at("20T20:00")) == at("21T20:00")


@pytest.mark.parametrize("text", ["20:00", "20:00-20:00", "24:00-05:00", "20:00-5", "tối", "20:00-05:00-06:00"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (hours|time of a day)"):
        read_window(text)


def test_control_hosts_have_a_port_where_one_is_named() -> None:
    assert parts("vnnic.vn") == ("vnnic.vn", 443)
    assert parts(" 127.0.0.1:80 ") == ("127.0.0.1", 80)
    assert parts("[::1]:53") == ("::1", 53)
    for text in ("", ":80", "vnnic.vn:", "vnnic.vn:0", "https://vnnic.vn", "a b"):
        with pytest.raises(ValueError, match="no host"):
            parts(text)


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ({}, CONTROLS),
        ({"control": ["a.vn", "b.vn:80"]}, ("a.vn", "b.vn:80")),
        ({"control": ["none"]}, ()),
        ({"connect_to": ["::127.0.0.1:80"]}, ()),
        ({"dns": "127.0.0.1:53"}, ()),
        ({"dns": "127.0.0.1:53", "control": ["a.vn"]}, ("a.vn",)),
    ],
)
def test_well_known_hosts_are_asked_only_where_they_are_found_the_usual_way(
    given: dict[str, object], hosts: tuple[str, ...]
) -> None:
    assert control_hosts({"control": [], "connect_to": [], "dns": None, **given}) == hosts


def test_the_network_is_away_when_fewer_than_two_answer() -> None:
    assert is_away({"a": True, "b": False, "c": False})
    assert not is_away({"a": True, "b": True, "c": False, "d": False})
    assert is_away({"a": False})
    assert not is_away({"a": True})
    assert not is_away({}), "nobody is asked"


# --- the jump -------------------------------------------------------------------------------------------------

RULE = "navigation.search_box"
GOOD = Shown("audited", frozenset({RULE, "x.y"}), frozenset())
BAD = Shown("audited", frozenset({"x.y"}), frozenset({RULE}))
UNSURE = Shown("audited", frozenset({"x.y"}), frozenset())
GONE = Shown("unreachable", frozenset(), frozenset())
MISSED = Shown("error", frozenset(), frozenset())


def night(**counts: int) -> dict[str, Shown]:
    kinds = {"good": GOOD, "bad": BAD, "unsure": UNSURE, "gone": GONE, "missed": MISSED}
    shown = [kinds[name] for name, count in counts.items() for _ in range(count)]
    return {str(number): each for number, each in enumerate(shown)}


def test_portals_that_go_silent_together_are_a_jump() -> None:
    before = night(good=50)
    assert jump(before, night(gone=10, good=40), same_rules=True) is None
    found = jump(before, night(gone=11, good=39), same_rules=True)
    assert found is not None
    assert (found.rule, found.changed, found.of) == (None, 11, 50)
    assert jump(before, night(gone=11, good=39), same_rules=False) == found
    assert "11/50" in found.sentence("r1")


def test_what_a_night_says_is_read_from_columns(archive: Archive) -> None:
    archive.begin(header("r1"))
    for each in several():
        archive.save("r1", each)
    seen = picture(Showing(archive.database), "r1")
    spokesperson = frozenset({"identity.spokesperson"})
    assert seen["a"] == seen["d"] == Shown("audited", frozenset(), spokesperson)
    assert seen["b"] == Shown("audited", spokesperson, frozenset())
    assert seen["c"] == Shown("unreachable", frozenset(), frozenset())
    assert tally_stored(Showing(archive.database), "r1") == tally(archive.run("r1").portals)


def test_those_who_were_silent_before_and_those_not_come_to_do_not_count() -> None:
    assert jump(night(gone=50), night(gone=50), same_rules=True) is None
    assert jump(night(good=50), night(missed=40, good=10), same_rules=True) is None
    found = jump(night(good=50), night(missed=30, gone=11, good=9), same_rules=True)
    assert found is not None
    assert found.of == 20


def test_a_rule_that_many_fail_at_once_is_a_jump() -> None:
    before = night(good=20)
    assert jump(before, night(bad=6, good=14), same_rules=True) is None
    found = jump(before, night(bad=7, good=13), same_rules=True)
    assert found is not None
    assert (found.rule, found.changed, found.of) == (RULE, 7, 20)
    assert jump(before, night(bad=7, good=13), same_rules=False) is None, "a new rule says something new"
    found = jump(before, night(bad=6, good=8, unsure=6), same_rules=True)
    assert found is not None, "whoever could not be measured does not dilute the share"


def test_few_portals_never_jump() -> None:
    few = FEWEST - 1
    assert jump(night(good=few), night(gone=few), same_rules=True) is None
    assert jump(night(good=few), night(bad=few), same_rules=True) is None
