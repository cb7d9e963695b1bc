"""Who is visited by which process: groups stay together, the longest first, nobody is given up for a neighbour."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from audit.nights.roster import OF_A_GROUP, SUSPECTS, Roster, Task, groups
from audit_rules.address import Address
from audit_rules.facts import Portal
from crawler.guard import Guard


def roster(*sizes: int, slots: int = 2, in_flight: int = 100) -> Roster:
    """Groups of these sizes; a portal is called ``<group>.<number>``."""
    members = {f"{group}.{number}": str(group) for group, size in enumerate(sizes) for number in range(size)}
    return Roster(members, slots=slots, in_flight=in_flight)


def handed(here: Roster, slot: int) -> list[str]:
    def all_of_them() -> Iterator[str]:
        while (task := here.next(slot)) is not None:
            yield task.portal_id

    return list(all_of_them())


def test_a_group_stays_in_one_process_and_takes_a_bounded_number_of_places() -> None:
    here = roster(OF_A_GROUP + 5, slots=2)
    first = handed(here, 0)
    assert len(first) == OF_A_GROUP
    assert handed(here, 1) == []
    here.done(0, first[0])
    assert len(handed(here, 0)) == 1
    assert handed(here, 1) == []


def test_the_longest_group_is_begun_first_and_places_share_the_groups() -> None:
    here = roster(1, 7, 3, slots=2, in_flight=2)
    assert [here.next(0), here.next(1)] == [Task("1.0", False), Task("2.0", False)]
    assert here.next(0) == Task("1.1", False)
    assert here.next(0) is None, "a process has no more than its places"


def test_a_night_is_over_when_nobody_is_left_and_the_silent_were_asked_again_once() -> None:
    here = roster(1, 1, slots=1)
    assert handed(here, 0) == ["0.0", "1.0"]
    assert here.done(0, "0.0", silent=True)
    assert not here.done(0, "1.0")
    assert here.is_over
    assert here.call_again() == 1
    assert not here.is_over
    assert here.next(0) == Task("0.0", True)
    assert not here.done(0, "0.0", silent=True), "a second silence is an answer"
    assert here.is_over
    assert here.call_again() == 0


def test_what_is_not_to_be_believed_is_visited_again_from_the_start() -> None:
    here = roster(1, slots=1)
    handed(here, 0)
    here.done(0, "0.0", silent=True)
    here.again(["0.0"])
    assert here.call_again() == 0
    assert here.next(0) == Task("0.0", False)


def test_what_is_being_visited_is_not_begun_a_second_time() -> None:
    here = roster(2, slots=1, in_flight=1)
    assert handed(here, 0) == ["0.0"]
    here.done(0, "0.0", silent=True)
    assert handed(here, 0) == ["0.1"]
    here.done(0, "0.1")
    here.call_again()
    here.again(["0.0"])
    assert here.next(0) == Task("0.0", False), "in the place of the second visit that waited"
    here.again(["0.0"])
    here.done(0, "0.0")
    assert here.is_over


def test_only_a_portal_that_was_alone_when_a_process_died_is_given_up() -> None:
    killer = "7.0"
    here = roster(*(1 for _ in range(20)), slots=1)
    deaths, given_up = 0, list[str]()
    sizes = []
    while not here.is_over:
        company = handed(here, 0)
        sizes.append(len(company))
        if killer in here.under_way(0):
            deaths += 1
            given_up += here.died(0)
        else:
            for portal_id in here.under_way(0):
                here.done(0, portal_id)
    assert given_up == [killer]
    assert deaths == 3
    assert sizes[0] == 20
    assert max(sizes[1:]) == SUSPECTS


def test_a_process_that_dies_once_takes_nobody_along() -> None:
    here = roster(1, 1, 1, slots=1)
    handed(here, 0)
    assert here.died(0) == []
    for portal_id in sorted(handed(here, 0)):
        here.done(0, portal_id)
    assert here.is_over


def test_a_portal_that_kills_alone_is_given_up_at_the_second_time() -> None:
    here = roster(1, slots=1)
    assert handed(here, 0) == ["0.0"]
    assert here.died(0) == []
    assert handed(here, 0) == ["0.0"]
    assert here.died(0) == ["0.0"]
    assert here.is_over


def test_suspects_are_not_mixed_with_others() -> None:
    here = roster(1, 1, 1, slots=1, in_flight=2)
    assert handed(here, 0) == ["0.0", "1.0"]
    here.died(0)
    assert sorted(handed(here, 0)) == ["0.0", "1.0"]
    here.done(0, "0.0")
    assert handed(here, 0) == [], "2.0 waits until the suspects are through"
    here.done(0, "1.0")
    assert handed(here, 0) == ["2.0"]


def test_portals_of_one_address_are_one_group() -> None:
    places = {"a.gov.vn": "127.0.0.1", "b.gov.vn": "127.0.0.1", "c.gov.vn": "127.0.0.2"}

    class Names(Guard):
        async def _ask_system(self, host: str) -> list:  # type: ignore[type-arg]
            from ipaddress import ip_address

            if host not in places:
                raise OSError(host)
            return [ip_address(places[host])]

    hosts = ("a.gov.vn", "b.gov.vn", "c.gov.vn", "d.gov.vn")
    portals = [Portal(host, Address(host), "province") for host in hosts]
    found = asyncio.run(groups(portals, Names(allow_private=True)))
    assert found == {
        "a.gov.vn": "127.0.0.1",
        "b.gov.vn": "127.0.0.1",
        "c.gov.vn": "127.0.0.2",
        "d.gov.vn": "name:d.gov.vn",
    }
