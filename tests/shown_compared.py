"""Evaluation rounds and official figures in an archive, for the tests of what the dashboard compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from audit.registry.registry import Registry
from audit_rules.address import Address
from audit_rules.facts import Agency, Portal, State
from audit_rules.judgement import Group, Judgement
from audit_rules.scoring import score
from audit_rules.verdict import Verdict, cant_tell, failed, passed
from storage.archive import Archive
from storage.figures import Figure, Figures
from storage.rounds import EvaluationRound, RoundPortal, Rounds
from tests.told_runs import EVIDENCE, SEEN, judgement

EMC, SPAM_RULE = "measurement.emc_code_present", "integrity.no_injected_spam"
CONTACT, REGULATION = "disclosure.contact_point", "disclosure.regulation"
VISITS = "cong_ttdt_luot_truy_cap_emc"
_SAID: Mapping[str, Verdict] = {"p": passed(EVIDENCE), "f": failed(EVIDENCE), "?": cant_tell("coverage")}
_GROUPS: tuple[Group, ...] = ("connection", "structure", "data", "domain", "speed", "security")


def judged(letters: str, *, spam: bool = True) -> tuple[Judgement, ...]:
    """Published rules, one letter each: EMC code, contact point, regulation, and whatever comes after them; one
    rule in trial; and one whose findings are the owner's alone."""
    rules = (EMC, CONTACT, REGULATION, *(f"transport.r{number:02}" for number in range(len(letters) - 3)))
    told = [
        replace(judgement(rule, _SAID[letter]), stage="published", group=_GROUPS[number % 6])
        for number, (rule, letter) in enumerate(zip(rules, letters, strict=True))
    ]
    told.append(judgement("identity.spokesperson", _SAID["f"]))
    told.append(replace(judgement(SPAM_RULE, _SAID["f" if spam else "p"]), stage="published", group="security"))
    return tuple(told)


def weighed(
    portal: Portal, letters: str, *, spam: bool = True, state: State = "audited", reason: str | None = None
) -> RoundPortal:
    items = judged(letters, spam=spam)
    return RoundPortal(portal, state, reason, None, None, SEEN, items, score(items, portal))


def departments(count: int = 12) -> list[Portal]:
    """Confirmed sites of departments that are in no registry but the round's."""
    return [
        Portal(
            f"phong-{number}",
            Address(f"phong{number}.laocai.gov.vn"),
            "department",
            Agency(f"phong-{number}", f"Phòng số {number}", f"Bureau {number}", "department"),
            main_portal_id="lao-cai",
            confirmed=True,
        )
        for number in range(1, count + 1)
    ]


def approve(
    archive: Archive,
    name: str,
    told: list[RoundPortal],
    *,
    days: int = 0,
    until: str = "approved",
    nights: tuple[str, ...] = (),
) -> EvaluationRound:
    """A round that says this of these portals, open, closed or approved."""
    at, store = SEEN + timedelta(days=days), Rounds(archive.database)
    one = EvaluationRound(name, "open", date(2026, 7, 15), "rules-1", "sha", date(2026, 7, 31), at, "A")
    store.open(one, {"agencies.csv": b""})
    if until == "open":
        return one
    closed = store.close(name, sorted(told, key=lambda each: each.portal.id), nights, at, "A")
    return store.approve(name, at, "Bà Trần <b>", "15/QĐ-X") if until == "approved" else closed


def two_rounds(archive: Archive, registry: Registry) -> None:
    """Two approved rounds of the registry and of twelve departments more: in the second the first province rose,
    something of the other one was not measured, and the ministry did not answer."""
    portals, more = registry.portals, departments()
    for number, name in enumerate(("2026-q1", "2026-q2")):
        told = [
            weighed(portals["lao-cai"], "fpppff" if number == 0 else "pppppf"),
            weighed(portals["hue"], "pppfff" if number == 0 else "pffpp?"),
            weighed(portals["bo-a"], "??????", state="unreachable", reason="timeout"),
            *(weighed(portals[f"so-{at}"], "pppppp") for at in (1, 2, 3)),
            *(weighed(each, "p" * (at // 2) + "f" * (6 - at // 2)) for at, each in enumerate(more)),
        ]
        nights = tuple(run.header.id for run in archive.runs() if number and run.header.id in ("n0", "n2"))
        approve(archive, name, told, days=-60 + 30 * number, nights=nights)


def figure(agency_id: str | None, body: str, metric: str = VISITS, **parts: str) -> Figure:
    """A figure of 2025; its id is made of what it is of."""
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    given = {"value": "1234567", "rank": "", "unit": "lượt", "coverage": "", "absent": "", "notes": "", **parts}
    return Figure(
        f"sl-{agency_id or body}-{metric}",
        agency_id,
        body,
        metric,
        "2025",
        first,
        last,
        given["value"],
        given["rank"],
        given["unit"],
        given["coverage"],
        given["absent"],
        "báo cáo <script>alert(1)</script> https://mic.gov.vn/bao-cao/rat-dai-khong-co-cho-xuong-dong-nao-ca",
        "low" if given["notes"] else "high",
        given["notes"],
        "Ông Lê",
        datetime(2026, 7, 1, tzinfo=UTC),
        "so-lieu.csv",
        2,
    )


def take_figures(archive: Archive) -> None:
    """A survey of provinces, the country, two provinces, and a body that is no more."""
    Figures(archive.database).take(
        [
            figure(
                None,
                "UBND CẤP TỈNH",
                "cong_khai_dau_moi_cung_cap_thong_tin",
                value="9.5",
                unit="%",
                coverage="khảo sát IPS/VDCA",
            ),
            figure(None, "CẢ NƯỚC", coverage="63 tỉnh, thành phố"),
            figure("lao-cai", "Lào Cai", value="", rank="3", unit="hạng/63"),
            figure("hue", "Huế <i>", value="", unit="", absent="chưa gắn mã", notes="chưa rõ kỳ"),
            figure("yen-bai", "Yên Bái", value="5"),
        ]
    )
