"""The arithmetic of the bench of a night: what politeness demands, and what a server saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.fleet_sums import (
    Hit,
    Rules,
    country_night,
    crowds,
    demanded,
    group_demands,
    host_demands,
    nearness,
    pauses,
    politeness,
    read_groups,
    registered_domain,
)

RULES = Rules(delay=1.0, latency=0.3, places=2)


def _hit(host: str, start: float, end: float, address: str = "127.1.0.1") -> Hit:
    return Hit(host, address, start, end, 200, 10, True)


def test_a_host_is_asked_one_at_a_time_with_a_pause_between_two() -> None:
    assert host_demands(0, RULES) == 0
    assert host_demands(1, RULES) == pytest.approx(0.3)
    assert host_demands(10, RULES) == pytest.approx(10 * 0.3 + 9)


def test_many_hosts_of_an_address_take_turns_four_a_second() -> None:
    assert group_demands({f"h{n}": 10 for n in range(2)}, RULES) == pytest.approx(host_demands(10, RULES))
    assert group_demands({f"h{n}": 10 for n in range(40)}, RULES) == pytest.approx(399 / 4 + 0.3)
    slow = Rules(delay=0.0, latency=2.0, places=1)
    assert group_demands({f"h{n}": 5 for n in range(6)}, slow) == pytest.approx(30 * 2.0 / 2)


def test_a_night_is_as_long_as_its_longest_group_or_as_all_shared_out() -> None:
    shared = demanded({"a": 10, "b": 10, "c": 10, "d": 10}, {}, RULES)
    assert shared["seconds"] == pytest.approx(24.0)  # four of twelve seconds in two places
    longest = demanded({"a": 100, "b": 1, "c": 60}, {"a": "x", "b": "x"}, RULES)
    assert longest["seconds"] == longest["longest_group_s"] == pytest.approx(100 * 0.3 + 99)
    assert (longest["longest_group"], longest["longest_group_hosts"], longest["groups"]) == ("x", 2, 2)


def test_pauses_are_from_the_end_of_one_to_the_start_of_the_next() -> None:
    hits = [_hit("a", 2.5, 2.8), _hit("a", 0.0, 0.3), _hit("b", 0.1, 0.2), _hit("a", 1.3, 1.6)]
    assert pauses(hits) == {"a": pytest.approx(0.9)}
    assert pauses([_hit("a", 0, 5), _hit("a", 1, 2), _hit("a", 5.5, 6)]) == {"a": pytest.approx(-4)}


def test_of_five_at_an_address_the_first_and_the_last_are_a_second_apart() -> None:
    hits = [_hit(f"h{n}", n * 0.25, n * 0.25 + 0.1) for n in range(8)]
    assert nearness(hits) == {"127.1.0.1": pytest.approx(1.0)}
    assert nearness(hits[:4]) == {}
    assert crowds(hits) == {"127.1.0.1": 1}


def test_crowds_count_what_is_under_way() -> None:
    hits = [_hit("a", 0, 2), _hit("b", 1, 3), _hit("c", 2, 4), _hit("d", 0, 9, "127.1.0.2")]
    assert crowds(hits) == {"127.1.0.1": 2, "127.1.0.2": 1}
    assert crowds([*hits, _hit("e", 2.995, 4)]) == {"127.1.0.1": 2, "127.1.0.2": 1}, "by less than is known"
    assert crowds([*hits, _hit("e", 2.9, 4)]) == {"127.1.0.1": 3, "127.1.0.2": 1}


def test_breaches_are_counted_by_host_and_by_address() -> None:
    polite = [_hit("a", n * 1.3, n * 1.3 + 0.3) for n in range(6)]
    assert set(politeness(polite, RULES)["breaches"].values()) == {0}
    within_a_tick = [_hit("a", n * 1.3 - n % 2 * 0.005, n * 1.3 + 0.3) for n in range(6)]
    assert set(politeness(within_a_tick, RULES)["breaches"].values()) == {0}
    rude = [_hit(f"h{n % 3}", n * 0.1, n * 0.1 + 0.3) for n in range(9)]
    told = politeness(rude, RULES)
    assert told["breaches"] == {"host_pause": 3, "address_rate": 1, "address_at_a_time": 1}
    assert told["least_time_of_five_at_an_address_s"] == pytest.approx(0.4)


def test_hosts_without_a_known_address_are_grouped_by_their_domain(tmp_path: Path) -> None:
    assert registered_domain("sxd.tinhmau.gov.vn") == registered_domain("tinhmau.gov.vn") == "tinhmau.gov.vn"
    assert registered_domain("a.b.mau.vn") == "mau.vn"
    file = tmp_path / "groups.csv"
    file.write_text("host,address\nsxd.tinhmau.gov.vn,192.0.2.1\nmau.vn,192.0.2.1\n", "utf-8")
    hosts = ["tinhmau.gov.vn", "sxd.tinhmau.gov.vn", "syt.tinhmau.gov.vn", "mau.vn", "mau.vn"]
    told = country_night(hosts, read_groups(file), 100, RULES)
    assert (told["hosts"], told["guessed"], told["groups"]) == (4, 2, 2)
    assert told["longest_group"] == "192.0.2.1"  # mau.vn has two portals: two hundred requests, one at a time
    assert told["longest_group_s"] == pytest.approx(200 * 0.3 + 199)
    file.write_text("host,ip\n", "utf-8")
    with pytest.raises(ValueError, match="host and address"):
        read_groups(file)
