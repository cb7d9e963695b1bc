"""What only the whole run tells, put around each portal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from audit.closing import whole_run
from audit_rules.address import Address
from audit_rules.facts import Agency, Kind, Portal, Surroundings
from audit_rules.verdict import Verdict, cant_tell, failed, passed
from storage.records import PortalRun
from tests import told_runs
from tests.cases import LAW_DAY


def portal(name: str, kind: Kind = "province", main: str | None = None, **more: object) -> Portal:
    agency = Agency(name, f"Cơ quan {name}", "", kind)
    made = Portal(name, Address.parse(f"{name}.gov.vn"), kind, agency, main_portal_id=main, confirmed=True)
    return replace(made, **more)  # type: ignore[arg-type]


def emc(name: str, verdict: Verdict, kind: Kind = "province", main: str | None = None, **more: object) -> PortalRun:
    """A portal of which only the rule about the measuring code was judged."""
    rule = told_runs.judgement("measurement.emc_code_present", verdict)
    return told_runs.portal_run((rule,), portal=portal(name, kind, main, **more))


def around(name: str, portals: Iterable[PortalRun]) -> Surroundings:
    """What the whole run puts around one of these portals."""
    told = list(portals)
    outcomes = {each.portal.id: _outcomes(each) for each in told}
    return whole_run(told).around(next(each for each in told if each.portal.id == name), outcomes)


def elsewhere(name: str, *portals: PortalRun) -> dict[str, tuple[str, ...]] | None:
    found = around(name, portals).emc_elsewhere
    return None if found is None else dict(found)


@pytest.mark.parametrize(
    ("loaded", "down"), [((), None), ((None, None), None), ((False, False), True), ((False, None, True), False)]
)
def test_the_tracker_is_down_where_the_library_loaded_for_nobody(
    loaded: tuple[bool | None, ...], down: bool | None
) -> None:
    rule = "measurement.emc_beacon_sent"
    verdicts = [
        cant_tell("not_rendered") if each is None else cant_tell("tracker_down", library_loaded=each)
        for each in loaded
    ]
    run = [
        told_runs.portal_run((told_runs.judgement(rule, said),), portal=portal(f"tinh{number}"))
        for number, said in enumerate([*verdicts, cant_tell("not_rendered")])
    ]
    assert all(around(each.portal.id, run).tracker_down is down for each in run)


# --- one EMC id in several places ------------------------------------------------------------------------------


def test_an_id_under_two_families_is_told_to_both_with_every_address() -> None:
    run = (
        emc("lam", passed(site_id="7")),
        emc("so-lam", passed(site_id="7"), "department", "lam"),
        emc("thao", passed(site_id="7")),
        emc("xa-thao", passed(site_id="8"), "commune", "thao"),
        emc("bo", passed(site_id="7"), "ministry"),
    )
    assert elsewhere("lam", *run) == {"7": ("bo.gov.vn", "thao.gov.vn")}
    assert elsewhere("so-lam", *run) == {"7": ("bo.gov.vn", "thao.gov.vn")}
    assert elsewhere("thao", *run) == {"7": ("bo.gov.vn", "lam.gov.vn", "so-lam.gov.vn")}
    assert elsewhere("xa-thao", *run) == {}


def test_one_family_may_use_one_id() -> None:
    run = (
        emc("lam", passed(site_id="7")),
        emc("so-lam", passed(site_id="7"), "department", "lam"),
        emc("cu-lam", passed(site_id="7"), "archive", "lam"),
    )
    assert [elsewhere(each.portal.id, *run) for each in run] == [{}, {}, {}]


def test_a_predecessor_is_of_its_successors_family_and_so_are_its_components() -> None:
    old, older = (
        Agency("cu", "", "", "ministry", successor_id="moi"),
        Agency("co", "", "", "ministry", successor_id="cu"),
    )
    run = (
        emc("moi", passed(site_id="7"), "ministry"),
        emc("cu", passed(site_id="7"), "ministry", agency=old),
        emc("co", passed(site_id="7"), "ministry", agency=older),
        emc("cuc-cu", passed(site_id="7"), "unit", "cu"),
        emc("khac", passed(site_id="9"), "ministry"),
    )
    assert [elsewhere(each.portal.id, *run) for each in run] == [{}] * 5


def test_successors_in_a_ring_end_somewhere() -> None:
    a, b = Agency("a", "", "", "ministry", successor_id="b"), Agency("b", "", "", "ministry", successor_id="a")
    assert elsewhere("a", emc("a", passed(site_id="7"), agency=a), emc("b", passed(site_id="8"), agency=b)) == {}


@pytest.mark.parametrize(
    "stranger",
    [
        emc("la", passed(site_id="7"), "thematic"),
        emc("la", passed(site_id="7"), "ministry", registered=False, kind_guessed=True),
    ],
)
def test_a_portal_of_no_known_family_is_told_nothing_and_accuses_nobody(stranger: PortalRun) -> None:
    run = (emc("lam", passed(site_id="7")), stranger)
    assert elsewhere("la", *run) is None
    assert elsewhere("lam", *run) == {}


def test_only_a_live_code_is_seen() -> None:
    dead = emc("thao", failed(state="commented_out", site_id="7"))
    assert elsewhere("lam", emc("lam", passed(site_id="7")), dead) == {}
    assert elsewhere("thao", emc("lam", passed(site_id="7")), dead) == {}


# --- a code nobody carries ------------------------------------------------------------------------------------


def mains(**verdicts: tuple[int, Verdict]) -> Iterator[PortalRun]:
    for name, (count, verdict) in verdicts.items():
        yield from (emc(f"{name}{number}", verdict) for number in range(count))


ABSENT = failed(state="absent")
HAS = passed(site_id="7")


@pytest.mark.parametrize(
    ("having", "absent", "unknown"), [(3, 17, True), (4, 16, False), (0, 19, False), (0, 20, True), (19, 80, True)]
)
def test_a_code_is_unknown_where_twenty_main_portals_were_seen_and_under_a_fifth_has_it(
    having: int, absent: int, unknown: bool
) -> None:
    run = [*mains(has=(having, HAS), without=(absent, ABSENT)), emc("so", ABSENT, "department", "without0")]
    assert around("so", run).unknown_current_code is unknown
    assert around("without0", run).unknown_current_code is unknown


def test_another_tracker_is_a_look_and_what_was_not_drawn_is_none() -> None:
    other, undrawn = cant_tell("other_tracker", tracker="moi.gov.vn"), cant_tell("not_rendered")
    assert around("other0", mains(other=(20, other))).unknown_current_code
    assert not around("undrawn0", mains(undrawn=(40, undrawn), without=(19, ABSENT))).unknown_current_code


def test_only_registered_main_portals_count_for_that() -> None:
    guessed = [emc(f"g{n}", ABSENT, "ministry", registered=False, kind_guessed=True) for n in range(9)]
    parts = [emc(f"so{n}", ABSENT, "department", "without0") for n in range(9)]
    assert not around("without0", [*mains(without=(19, ABSENT)), *guessed, *parts]).unknown_current_code


# --- who answered ---------------------------------------------------------------------------------------------


def test_who_answered_and_what_the_main_portal_shows() -> None:
    main = portal("lam")
    part = replace(emc("so", HAS, "department", "lam"), around=Surroundings(LAW_DAY, main_portal=main))
    up, down = emc("lam", HAS), told_runs.portal_run((), portal=main, state="unreachable", reason="dns")
    assert around("so", [up, part]).answered == {"lam", "so"}
    assert around("so", [up, part]).main_portal_outcomes == {"measurement.emc_code_present": "passed"}
    assert around("so", [down, part]).answered == {"so"}
    assert around("so", [down, part]).main_portal_outcomes is None
    assert around("so", [part]).main_portal_outcomes is None


def _outcomes(one: PortalRun) -> dict[str, str]:
    return {each.rule: each.verdict.outcome for each in one.judgements}
