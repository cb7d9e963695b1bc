"""The list of findings: what became of each, what stands beside it, and whose it was before bodies were merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from audit.history import Finding, finding_id, findings
from audit.listings import Cell, Listing
from audit.opinions import newest, waiver_state
from audit.registry.registry import Registry
from audit.reports.beside import ended_text, manual_text, reply_text, waiver_text
from audit.succession import former_owner, of_whom
from audit.words import say, term
from audit_rules.facts import Portal
from audit_rules.judgement import Lang
from audit_rules.rulebook import open_rulebook
from storage.archive import Archive
from storage.opinions import ManualVerdict, Opinions, Reply, Waiver
from storage.records import PastVerdict

_COLUMNS = ("finding", "portal", "rule", "title", "state", "first_seen", "last_seen", "nights")
_BESIDE = ("waiver", "waiver_ended", "manual_verdict", "reply", "predecessor")


def finding_list(
    archive: Archive, portals: Sequence[Portal], state: str | None, lang: Lang, registry: Registry, today: date
) -> Listing:
    """Findings of these portals and of those they succeed, or of every portal that was ever audited, in the order
    of their ids. On a screen a finding has lines of its own: the portal, the title, and what stands beside it."""
    titles = {rule.id: rule.vi.title if lang == "vi" else rule.en.title for rule in open_rulebook().rules}
    told = {portal.id: portal for portal in portals or _audited(archive)}
    heirs = {each.id: portal for portal in tuple(told.values()) for each in registry.predecessors(portal, today)}
    told |= {portal_id: registry.portals[portal_id] for portal_id in heirs if portal_id not in told}
    beside = _Beside(archive, today, lang)
    rows: list[dict[str, Cell]] = []
    for portal in sorted(told.values(), key=lambda portal: portal.id):
        past = archive.history(portal.id)
        for rule, finding in sorted(findings(past).items()):
            if state not in (None, finding.state):
                continue
            rows.append(
                {
                    "finding": finding_id(portal.id, rule),
                    "portal": str(portal.address),
                    "rule": rule,
                    "title": titles.get(rule, rule),
                    "state": finding.state,
                    "first_seen": finding.first_seen.isoformat(),
                    "last_seen": finding.last_seen.isoformat(),
                    "nights": finding.nights,
                    **beside.cells(portal, finding, past),
                    "predecessor": _before(archive, portal, finding, past, heirs, lang),
                }
            )
    screen = [line for row in rows for line in _lines(row, lang)]
    return Listing((*_COLUMNS, *_BESIDE), rows, {}, ("finding", "finding_place", "finding_state"), screen)


def _lines(row: Mapping[str, Cell], lang: Lang) -> Iterator[list[str]]:
    yield [str(row["finding"]), str(row["portal"]), term("finding", str(row["state"]), lang)]
    yield ["", str(row["title"]), f"{row['first_seen']}–{row['last_seen']}"]
    for name in _BESIDE:
        told = row[name] or ()
        for text in (told,) if isinstance(told, str | int) else told:
            yield ["", f"{term('heading', name, lang)}: {text}", ""]


def _before(
    archive: Archive,
    portal: Portal,
    finding: Finding,
    past: Sequence[PastVerdict],
    heirs: Mapping[str, Portal],
    lang: Lang,
) -> str | None:
    heir = heirs.get(portal.id)
    if heir is not None and portal.agency is not None:
        return say("succession.now", lang, of=of_whom(portal.agency, lang), portal=heir.address)
    former = former_owner(archive, portal, finding, past)
    return of_whom(former, lang) if former else None


class _Beside:
    """What people said of findings, read once."""

    def __init__(self, archive: Archive, today: date, lang: Lang) -> None:
        opinions = Opinions(archive.database)
        self._archive, self._today, self._lang = archive, today, lang
        self._waivers = [one for one in opinions.waivers() if one.withdrawn is None]
        self._manual = [one for one in opinions.manual_verdicts() if one.withdrawn is None]
        self._replies = opinions.replies()

    def cells(self, portal: Portal, finding: Finding, past: Sequence[PastVerdict]) -> dict[str, Cell]:
        def here(one: Waiver | ManualVerdict | Reply) -> bool:
            return (one.portal_id, one.rule) == (portal.id, finding.rule)

        waivers = [one for one in self._waivers if here(one)]
        seen = newest(self._archive, portal.id, finding.rule, past) if waivers else None
        states = [(one, waiver_state(one, self._today, seen.item if seen else None, past)) for one in waivers]
        reply = next((one for one in reversed(self._replies) if here(one)), None)
        return {
            "waiver": [waiver_text(one, self._lang) for one, state in states if state == "valid"],
            "waiver_ended": [
                ended_text(one, state, self._lang) for one, state in states if state in ("expired", "changed")
            ],
            "manual_verdict": [manual_text(one, self._lang) for one in self._manual if here(one)],
            "reply": reply_text(reply, self._lang) if reply else None,
        }


def _audited(archive: Archive) -> Iterator[Portal]:
    """The portals of the newest night, which has the whole registry, and of every single audit."""
    runs = [run.header for run in archive.runs()]
    nights = [run.id for run in runs if run.kind == "nightly"][:1]
    singles = [run.id for run in runs if run.kind in ("run", "demo")]
    found: dict[str, Portal] = {}
    for run_id in (*nights, *singles):
        for one in archive.portals(run_id):
            found.setdefault(one.portal.id, one.portal)
    return iter(found.values())
