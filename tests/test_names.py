"""What the name system is asked about a portal, by way of a real name server on loopback."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from audit_rules.probed import NameFacts
from crawler import names
from crawler.guard import Guard
from crawler.loop import run
from crawler.plan import Plan, Timeouts
from crawler.politeness import Politeness
from crawler.probes import Prober
from crawler.visit import Network
from tests.made_portal import HOST, portal
from tests.name_server import ZONE, Zone, name_server

WWW = f"www.{ZONE}"


def told(zone: Zone, host: str = HOST, *, connect_to: tuple[str, ...] = (), port: int = 9) -> NameFacts:
    with name_server(zone) as server:
        guard = Guard(dns=server, connect_to=(*connect_to, f":80::{port}"), allow_private=True)
        turns = Politeness(0, 99, 1000)
        plan = Plan(timeouts=Timeouts(connect=2))
        prober = Prober(portal(), plan, Network(guard, turns), None, None)  # type: ignore[arg-type]
        return run(prober._names(host, False, guard, turns))


# --- addresses ------------------------------------------------------------------------------------------


def test_an_ipv6_address_that_answers() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        seen = told(Zone({(ZONE, "AAAA"): ["::1"]}), port=listener.getsockname()[1])
    assert (seen.named, seen.ipv6, seen.ipv6_answered, seen.error) == (HOST, ("::1",), True, None)
    assert seen.server == "127.0.0.1"


def test_an_ipv6_address_that_refuses() -> None:
    with socket.socket(socket.AF_INET6) as held:
        held.bind(("::1", 0))
        seen = told(Zone({(ZONE, "AAAA"): ["::1"]}), port=held.getsockname()[1])
    assert (seen.ipv6, seen.ipv6_answered, seen.ipv6_error) == (("::1",), False, "refused")


def test_an_ipv6_address_to_which_no_way_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "has_route", lambda _: None)
    seen = told(Zone({(ZONE, "AAAA"): ["2405:4800::1"]}))
    assert (seen.ipv6, seen.ipv6_answered, seen.ipv6_error) == (("2405:4800::1",), None, "no_ipv6_here")


def test_a_machine_with_a_private_address_has_no_way_to_a_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Route:
        def __init__(self, *_: object) -> None: ...

        def __enter__(self) -> Route:
            return self

        def __exit__(self, *_: object) -> None: ...

        def connect(self, _: object) -> None: ...

        def getsockname(self) -> tuple[str, int]:
            return "fd00::5", 0

    monkeypatch.setattr("crawler.names.socket.socket", Route)
    assert names.has_route(["2405:4800::1"]) is None
    assert names.has_route(["fd00::9"]) == "fd00::9"


def test_an_alias_leads_to_the_address() -> None:
    zone = Zone({(ZONE, "CNAME"): ["cdn.khac.vn."], ("cdn.khac.vn.", "AAAA"): ["::1"]})
    assert told(zone).ipv6 == ("::1",)


def test_an_answer_that_only_fits_tcp_is_read() -> None:
    assert told(Zone({(ZONE, "AAAA"): ["::1"]}, cut=[ZONE])).ipv6 == ("::1",)


def test_the_other_name_of_the_portal_counts_too() -> None:
    seen = told(Zone({(WWW, "AAAA"): ["::1"]}))
    assert (seen.asked, seen.named, seen.ipv6) == ((HOST, f"www.{HOST}"), f"www.{HOST}", ("::1",))
    seen = told(Zone({(ZONE, "AAAA"): ["::1"]}), f"www.{HOST}")
    assert (seen.asked, seen.named) == ((f"www.{HOST}", HOST), HOST)


def test_neither_name_has_an_address() -> None:
    for zone in (Zone(), Zone(fails={(WWW, "AAAA"): "NXDOMAIN"}), Zone({(ZONE, "AAAA"): ["64:ff9b::102:304"]})):
        seen = told(zone)
        assert (seen.asked, seen.ipv6, seen.error) == ((HOST, f"www.{HOST}"), (), None)


@pytest.mark.parametrize(
    "fails",
    [
        {(ZONE, "AAAA"): "SERVFAIL"},
        {(ZONE, "AAAA"): "REFUSED"},
        {(ZONE, "AAAA"): "NXDOMAIN"},  # it was met a moment ago
        {(WWW, "AAAA"): "SERVFAIL"},
    ],
)
def test_a_name_server_in_trouble_is_no_missing_address(fails: dict[tuple[str, str], str]) -> None:
    seen = told(Zone(fails=fails))
    assert (seen.ipv6, seen.error) == (None, "dns")


def test_nobody_is_asked_about_a_name_that_is_led_elsewhere() -> None:
    guard = Guard(connect_to=("::127.0.0.1:9",), allow_private=True)
    turns = Politeness(0, 99, 1000)
    prober = Prober(portal(), Plan(), Network(guard, turns), None, None)  # type: ignore[arg-type]
    assert run(prober._names(HOST, True, guard, turns)).error == "mapped"


def test_with_a_name_server_of_its_own_the_name_is_asked_and_the_address_is_not() -> None:
    zone = Zone({(ZONE, "AAAA"): ["::1"]})
    seen = told(zone, connect_to=(f"{HOST}::127.0.0.1:9",))
    assert (seen.ipv6, seen.ipv6_answered, seen.ipv6_error) == (("::1",), None, "mapped")
    assert all(name.endswith(ZONE) for name, _ in zone.asked)


def test_an_address_that_nobody_may_visit_is_not_visited() -> None:
    seen = told(Zone({(ZONE, "AAAA"): ["fe80::1"]}))
    assert seen.ipv6_answered is None


def test_a_portal_without_a_name() -> None:
    assert told(Zone(), "127.0.0.1").error == "no_name"


# --- signatures -----------------------------------------------------------------------------------------


def test_a_signed_zone_is_told_for_hosts_below_it_too() -> None:
    seen = told(Zone({(WWW, "AAAA"): ["::1"]}, signed=True))
    assert (seen.zone, seen.dnssec, seen.dnssec_error) == (HOST, "signed", None)
    seen = told(Zone(signed=True), f"sxd.{HOST}")
    assert (seen.zone, seen.dnssec) == (HOST, "signed")


def test_a_zone_without_a_record_at_its_parent_is_not_signed() -> None:
    assert told(Zone()).dnssec == "unsigned"


@pytest.mark.parametrize(
    "zone",
    [
        Zone(signed=True, fits=False),
        Zone(signed=True, at=datetime.now(UTC) - timedelta(days=30)),
    ],
    ids=["another key", "old signatures"],
)
def test_a_zone_whose_signatures_do_not_hold_is_broken(zone: Zone) -> None:
    assert told(zone).dnssec == "broken"


@pytest.mark.parametrize(
    "zone",
    [
        Zone(deaf=True),
        Zone(signed=True, deaf=True),
        Zone(fails={(ZONE, "DS"): "SERVFAIL"}),
        Zone(signed=True, fails={(ZONE, "DNSKEY"): "SERVFAIL"}),
        Zone({(ZONE, "DS"): ["1 99 2 " + "ab" * 32]}),
    ],
    ids=["deaf", "deaf but signed", "no answer", "no key to be had", "signatures lost"],
)
def test_a_resolver_that_cannot_tell_says_nothing(zone: Zone) -> None:
    seen = told(zone)
    assert (seen.dnssec, seen.dnssec_error) == (None, "dns")


def test_an_alias_does_not_speak_for_the_zone_of_the_name() -> None:
    zone = Zone({(WWW, "CNAME"): ["cdn.khac.vn."], ("cdn.khac.vn.", "AAAA"): ["::1"]}, signed=True)
    assert told(zone, f"www.{HOST}").zone == HOST
