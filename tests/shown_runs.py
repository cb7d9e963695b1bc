"""A province, four departments and some nights of them, made by hand, for the tests of what is shown: a fault that
is embargoed, one of a published rule, and a stranger's text that is meant to become markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from audit.registry.files import AGENCY_HEADING, PORTAL_HEADING, read_registry
from audit.registry.registry import Registry
from audit_rules.judgement import Judgement, Stage
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, inapplicable, passed
from storage.archive import Archive
from tests.told_runs import SEARCHED, SEEN, SHA, header, judgement, portal_run

HOSTILE = "<script>alert(1)</script>\u202e\u0007"
SECRET = "cờ bạc trực tuyến"
EVIDENCE = Evidence("https://so3.laocai.gov.vn/<img onerror=1>", HOSTILE, HOSTILE, SHA, SEEN, "raw")
SPAM = Evidence("https://so3.laocai.gov.vn/tin/7", "cuối trang / end", SECRET, SHA, SEEN, "raw")


def judgements(number: int) -> tuple[Judgement, ...]:
    fault = failed(EVIDENCE, searched=SEARCHED, found=HOSTILE)
    said: dict[str, Verdict] = {
        "identity.spokesperson": fault if number % 2 else passed(EVIDENCE),
        "integrity.no_injected_spam": failed(SPAM, count=3, embargoed=True),
        "measurement.emc_code_present": failed(searched=SEARCHED),
        "navigation.search_box": cant_tell("needs_review"),
        "transport.https": passed(EVIDENCE),
        "publishing.budget": inapplicable("kind"),
    }
    stages: dict[str, Stage] = {"measurement.emc_code_present": "published", "transport.https": "published"}
    return tuple(replace(judgement(rule, told), stage=stages.get(rule, "trial")) for rule, told in said.items())


def made_registry(folder: Path) -> Registry:
    made = folder / "registry"
    made.mkdir()
    agencies = ["lao-cai,UBND tỉnh Lào Cai,Lao Cai,province,,,,,,,"]
    agencies += [f"so-{n},Sở {n},Department {n},department,lao-cai,,,,,," for n in range(1, 5)]
    portals = ["p0,lao-cai,province,laocai.gov.vn,,,active,,,,,,"]
    portals += [f"p{n},so-{n},department,so{n}.laocai.gov.vn,,p0,active,A,2026-01-01,seen,,," for n in range(1, 5)]
    (made / "agencies.csv").write_text("\n".join([AGENCY_HEADING, *agencies]) + "\n", "utf-8")
    (made / "portals.csv").write_text("\n".join([PORTAL_HEADING, *portals]) + "\n", "utf-8")
    return read_registry(made)


def fill(archive: Archive, registry: Registry, nights: int = 3) -> None:
    for night in range(nights):
        head = replace(header(f"n{night}", kind="nightly", night=night), vantage_address="203.0.113.7")
        archive.begin(head)
        for number, portal in enumerate(registry.portals.values()):
            state = ("unreachable", "timeout") if number == 4 else ("audited", None)
            at = SEEN + timedelta(days=night)
            told = (
                judgements(number)
                if number != 4
                else tuple(replace(each, verdict=cant_tell("unreachable")) for each in judgements(number))
            )
            archive.save(head.id, portal_run(told, portal=portal, state=state[0], reason=state[1], at=at))  # type: ignore[arg-type]
        archive.close_run(head.id, status="complete", finished_at=head.started_at + timedelta(hours=1), reason=None)
