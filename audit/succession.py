"""The history of bodies that were merged, as their successors carry it: shown as theirs.

It comes two ways. A portal went over to the new body: its days go on, and what was first seen before that body
began is said to be from when the portal was another's. Or the old body had a portal of its own: what became of its
findings is told beside the successor's. A fault of the one portal is never taken for a fault of the other: no
state, day or night is counted across, and a portal that was switched off has mended nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from audit.history import Finding, findings
from audit.words import say, term
from audit_rules.facts import Agency, Portal
from audit_rules.judgement import Lang
from storage.archive import Archive
from storage.records import PastVerdict


@dataclass(frozen=True, slots=True)
class Carried:
    """A finding at the portal of a body that is no more."""

    portal: Portal
    finding: Finding


def carried(archive: Archive, predecessors: Sequence[Portal]) -> Iterator[Carried]:
    """What became of the findings of these portals, by portal and rule."""
    for portal in sorted(predecessors, key=lambda one: one.id):
        for _, finding in sorted(findings(archive.history(portal.id)).items()):
            yield Carried(portal, finding)


def former_owner(archive: Archive, portal: Portal, finding: Finding, past: Sequence[PastVerdict]) -> Agency | None:
    """The body whose portal it was when a finding was first seen; None where it was the present one's already."""
    now = portal.agency
    if now is None or now.valid_from is None or finding.first_seen >= now.valid_from:
        return None
    first = next((one for one in past if one.rule == finding.rule and one.day == finding.first_seen), None)
    then = first and next(archive.portals(first.run_id, only=[portal.id]), None)
    owner = then.portal.agency if then else None
    return owner if owner is not None and owner.id != now.id else None


def agency_name(agency: Agency, lang: Lang) -> str:
    return agency.name_en if lang == "en" and agency.name_en else agency.name_vi


def of_whom(agency: Agency, lang: Lang) -> str:
    """“của …, trước sắp xếp”."""
    return say("succession.of", lang, agency=agency_name(agency, lang))


def in_words(one: Carried, lang: Lang) -> str:
    """A carried finding as one sentence: whose it was, where, what became of it, between which days."""
    agency = one.portal.agency
    return say(
        "succession.carried",
        lang,
        of=of_whom(agency, lang) if agency else "",
        portal=one.portal.address,
        state=term("finding", one.finding.state, lang),
        first=one.finding.first_seen.isoformat(),
        last=one.finding.last_seen.isoformat(),
    )


def by_rule(several: Sequence[Carried]) -> Mapping[str, tuple[Carried, ...]]:
    told: dict[str, list[Carried]] = {}
    for one in several:
        told.setdefault(one.finding.rule, []).append(one)
    return {rule: tuple(ones) for rule, ones in told.items()}
