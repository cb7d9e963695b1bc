"""A small country in an archive, with portals that mean harm, for the tests of the dashboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from audit.registry.files import AGENCY_HEADING, PORTAL_HEADING, read_registry
from audit.registry.registry import Registry
from audit_rules.facts import Portal
from audit_rules.judgement import Judgement, Stage
from audit_rules.scoring import score
from audit_rules.verdict import (
    Evidence,
    Looked,
    Nearest,
    Searched,
    Verdict,
    cant_tell,
    failed,
    inapplicable,
    passed,
)
from storage.archive import Archive
from storage.records import PortalRun
from tests.told_runs import SEEN, SHA, header, judgement, portal_run

SCRIPT = "<script>window.hacked=1</script>"
PICTURE = '<svg onload="window.hacked=2"><image href=x onerror="window.hacked=3"/></svg>'
STYLE = "</style><style>body{display:none}</style>"
TURNED = "\u202egnpj.exe\u2066\u0007\x1b[31m"
RUNNING = "javascript:window.hacked=4"
SPAM = "song bac tai loc 88"
HOSTILE = (SCRIPT, PICTURE, STYLE, TURNED, RUNNING)
SPAM_RULE = "integrity.no_injected_spam"

_WICKED = Evidence(RUNNING, "chân trang / footer", " ".join(HOSTILE), SHA, SEEN, "raw")
_FAIR = Evidence(
    "https://laocai.gov.vn/lien-he?a=1&b=<2>", "đầu trang / header", "Cổng tỉnh", SHA, SEEN, "rendered"
)
_SPAM = Evidence("https://laocai.gov.vn/tin/7", "cuối trang / end", SPAM, SHA, SEEN, "raw")
_SEARCHED = Searched(
    (Looked(RUNNING, SEEN, "raw"), Looked("https://laocai.gov.vn/so-do", SEEN, "rendered")),
    ("người phát ngôn", SCRIPT),
    Nearest(PICTURE + TURNED, RUNNING, "news"),
)

STAGES: dict[str, Stage] = {
    "measurement.emc_code_present": "published",
    "transport.https": "published",
    "disclosure.regulation": "published",
}


def judgements(number: int, night: int, *, spam: bool = True) -> tuple[Judgement, ...]:
    """What the rules say of a portal on a night: ``disclosure.regulation`` fails from the last night (2) on alone,
    ``transport.https`` was mended on it."""
    said: dict[str, Verdict] = {
        "identity.spokesperson": failed(_WICKED, searched=_SEARCHED, found=SCRIPT),
        "measurement.emc_code_present": failed(searched=_SEARCHED) if number < 2 else passed(_FAIR),
        "disclosure.regulation": failed(searched=_SEARCHED) if night >= 2 else passed(_FAIR),
        "transport.https": failed(_FAIR) if night < 2 else passed(_FAIR),
        "navigation.search_box": cant_tell("needs_review", _WICKED),
        "publishing.budget": cant_tell("coverage", searched=_SEARCHED),
        "publishing.history": inapplicable("kind"),
        SPAM_RULE: failed(_SPAM, count=3, embargoed=True) if spam else passed(_FAIR),
    }
    return tuple(replace(judgement(rule, told), stage=STAGES.get(rule, "trial")) for rule, told in said.items())


def small_country(folder: Path) -> Registry:
    """A ministry, two provinces, one that became part of the first, and three departments of that; the name of one
    is wicked."""
    folder.mkdir(parents=True, exist_ok=True)
    agencies = [
        "bo-a,Bộ A,Ministry A,ministry,,,,,,,",
        "lao-cai,UBND tỉnh Lào Cai,People's Committee of Lao Cai,province,,,,,,,",
        "yen-bai,UBND tỉnh Yên Bái,People's Committee of Yen Bai,province,,,,2025-06-30,lao-cai,,",
        "hue,UBND thành phố Huế,People's Committee of Hue,province,,,,,,,",
        f'so-1,"Sở {SCRIPT.replace(chr(34), "")}",,department,lao-cai,,,,,,',
        "so-2,Sở Xây dựng,Department of Construction,department,lao-cai,,,,,,",
        "so-3,Sở Y tế,Department of Health,department,lao-cai,,,,,,",
    ]
    portals = [
        "bo-a,bo-a,ministry,boa.gov.vn,,,active,,,,,,",
        "lao-cai,lao-cai,province,laocai.gov.vn,,,active,,,,,,",
        "hue,hue,province,hue.gov.vn,,,active,,,,,,",
        *(f"so-{n},so-{n},department,so{n}.laocai.gov.vn,,lao-cai,active,A,2026-01-01,seen,,," for n in (1, 2)),
        "so-3,so-3,department,so3.laocai.gov.vn,,lao-cai,active,,,,,,",
    ]
    (folder / "agencies.csv").write_text("\n".join([AGENCY_HEADING, *agencies, ""]), "utf-8")
    (folder / "portals.csv").write_text("\n".join([PORTAL_HEADING, *portals, ""]), "utf-8")
    return read_registry(folder)


def result(portal: Portal, number: int, night: int, *, spam: bool = True, seen: bool = True) -> PortalRun:
    """A portal's result on a night, with the score of all its judgements."""
    at = SEEN + timedelta(days=night)
    told = judgements(number, night, spam=spam)
    if not seen:
        told = tuple(replace(each, verdict=cant_tell("unreachable")) for each in told)
    state, reason = ("audited", None) if seen else ("unreachable", "timeout")
    made = portal_run(told, portal=portal, state=state, reason=reason, at=at)  # type: ignore[arg-type]
    return replace(made, score=score(told, portal))


def fill(archive: Archive, registry: Registry, nights: int = 3, *, spam: bool = True) -> None:
    """Nights of the whole country, ``n0`` and on; the ministry's portal does not answer on the last one."""
    for night in range(nights):
        head = header(f"n{night}", kind="nightly", night=night)
        archive.begin(head)
        for number, portal in enumerate(registry.portals.values()):
            seen = not (portal.id == "bo-a" and night == nights - 1)
            archive.save(head.id, result(portal, number, night, spam=spam, seen=seen))
        ended = head.started_at + timedelta(hours=1)
        archive.close_run(head.id, status="complete", finished_at=ended, reason=None)
