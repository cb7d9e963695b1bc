"""What a portal's last visit left for the next one: one row a portal, replaced by each night.

It is beside the runs: whoever loses it pays one night in full, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import msgspec
from sqlalchemy import Connection, delete, insert, select

from audit_rules.facts import Line, Link, Page, PageFacts, Source, Visit
from audit_rules.known import KEPT_DAYS, LOOK_NIGHTS, Kept, Known, KnownPage, drawn_pages, is_anew
from storage import blobs
from storage.database import Database
from storage.evidence import file_name
from storage.records import PortalRun
from storage.results import Commons, load
from storage.tables import known_portals, portal_runs, runs, verdict_intervals

_SEEN = ("audited", "partial")
_HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where the bytes of pages are from, by address: of what was sent, and of what was drawn."""

    sent: Mapping[str, Source] = field(default_factory=dict)
    drawn: Mapping[str, Source] = field(default_factory=dict)


_read = msgspec.json.Decoder(_Sources).decode


def remember(connection: Connection, run_id: str, result: PortalRun) -> None:
    """Notes what the next night may build on; a visit that saw no pages, or only such as were stored before, leaves
    what is known as it is."""
    pages = [page for page in result.visit.pages if page.source != Source()]
    sources = _Sources(
        {page.url: replace(page.source, unchanged=False) for page in pages if page.raw is not None},
        {page.url: replace(page.look_source, unchanged=False) for page in pages if page.rendered is not None},
    )
    if not pages or result.visit.state not in _SEEN:
        return
    portal_id = result.portal.id
    connection.execute(delete(known_portals).where(known_portals.c.portal_id == portal_id))
    row = {"portal_id": portal_id, "run_id": run_id, "made_by": result.visit.made_by}
    connection.execute(insert(known_portals).values(**row, body=blobs.compress(blobs.pack(sources))))


def recall(database: Database, portal_id: str, made_by: str, day: date, evidence: Path) -> Known:
    """What is known of a portal on the night of ``day``; nothing where another version of the program read its
    pages, or its run is going on or held back. ``evidence`` is the folder of evidence files."""
    nothing = Known()
    finished = runs.c.status.in_(("complete", "partial"))
    asked = (
        select(known_portals, portal_runs.c.nth, runs.c.day)
        .join(runs, runs.c.id == known_portals.c.run_id)
        .join(
            portal_runs,
            (portal_runs.c.run_id == known_portals.c.run_id) & (portal_runs.c.portal_id == portal_id),
        )
        .where(known_portals.c.portal_id == portal_id, known_portals.c.made_by == made_by, finished)
        .where(portal_runs.c.pruned_at.is_(None))
    )
    with database.read() as connection:
        row = connection.execute(asked).one_or_none()
        found = load(connection, row.run_id, [portal_id], pages=True, commons=Commons()) if row else []
        if row is None or not found:
            return nothing
        confirmed = (
            select(verdict_intervals.c.rule)
            .join(
                portal_runs,
                (portal_runs.c.portal_id == portal_id) & (portal_runs.c.nth == verdict_intervals.c.first),
            )
            .join(runs, runs.c.id == portal_runs.c.run_id)
            .where(
                verdict_intervals.c.portal_id == portal_id,
                verdict_intervals.c.outcome == "failed",
                verdict_intervals.c.last >= row.nth,
                runs.c.kind != "judge",
                runs.c.day < row.day,
            )
        )
        twice = frozenset(connection.scalars(confirmed))
    last = replace(found[0], visit=_shared(found[0].visit))
    failed = {each.rule: each.verdict for each in last.judgements if each.verdict.outcome == "failed"}
    # A fault that was seen one night is to be seen another: what it rests on is drawn again.
    once = {url for rule, each in failed.items() if rule not in twice for url in drawn_pages(each)}
    sources, files = _read(blobs.expand(row.body)), _Files(evidence, portal_id, row.run_id, day)
    anew = is_anew(portal_id, day)
    pages = {
        page.url: _page(page, page.raw, sources, files, anew=anew or any(view.url in once for view in page.views))
        for page in last.visit.pages
        if page.raw is not None and not page.raw.cut and page.url in sources.sent
    }
    return Known(pages, failed, anew, last.visit, last.judgements)


def _shared(visit: Visit) -> Visit:
    """The same visit, with what its pages have in common held once: menus and footers are most of a page, and a
    night recalls hundreds of portals before it comes to them."""
    links: dict[Link, Link] = {}
    lines: dict[Line, Line] = {}

    def view(facts: PageFacts | None) -> PageFacts | None:
        if facts is None:
            return None
        return replace(
            facts,
            links=tuple(links.setdefault(each, each) for each in facts.links),
            lines=tuple(lines.setdefault(each, each) for each in facts.lines),
        )

    pages = (replace(page, raw=view(page.raw), rendered=view(page.rendered)) for page in visit.pages)
    return replace(visit, pages=tuple(pages))


class _Files:
    """The evidence files that may still be referred to."""

    def __init__(self, folder: Path, portal_id: str, run_id: str, day: date) -> None:
        self.day = day
        self._folder, self._portal_id, self._run_id = folder, portal_id, run_id
        self._there: dict[str, bool] = {}

    def age(self, moment: datetime) -> int:
        """Days since a moment, as days are counted in Hà Nội."""
        return (self.day - moment.astimezone(_HANOI).date()).days

    def kept(self, source: Source, view: PageFacts, url: str) -> Kept | None:
        name = source.kept_in or file_name(self._run_id, self._portal_id)
        if name not in self._there:
            self._there[name] = (self._folder / name).is_file()
        seen_at = source.kept_at or view.seen_at
        if not self._there[name] or self.age(seen_at) > KEPT_DAYS:
            return None
        return Kept(name, url, seen_at)


def _page(page: Page, raw: PageFacts, sources: _Sources, files: _Files, *, anew: bool) -> KnownPage:
    source = sources.sent[page.url]
    known = KnownPage(raw, source, files.kept(source, raw, page.url))
    look, drawn = page.rendered, sources.drawn.get(page.url)
    if look is None or drawn is None or anew or files.age(look.seen_at) >= LOOK_NIGHTS:
        return known
    held = files.kept(drawn, look, page.url)
    return known if held is None else replace(known, look=look, look_kept=held)
