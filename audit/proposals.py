"""What recurs at the edges of many portals, or names the measuring system: proposals for the vocabulary.

A label nobody has shown us yet looks the same wherever it was put: one picture, one address, one wording, in the
footers and side columns of many portals. Nothing is fetched for it: pictures are known by their addresses only, for
their bytes are not asked for on a visit.

A night of thousands of portals is read twice, portal by portal. The first reading only counts, in a table of fixed
size, on how many portals a thing was seen; the second gathers those that were seen on enough of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from audit.words import clean
from audit_rules.facts import PageFacts, Region
from audit_rules.masking import masked
from audit_rules.reading import confirmed
from audit_rules.reading.confirmed import EMC_LABEL, Sort, place_of
from audit_rules.reading.links import resolve
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import link_matches, matches
from audit_rules.site import SiteFacts
from storage.archive import Archive
from storage.records import PortalRun

FEWEST = 3
"""Portals on which a thing must be seen, unless it names the measuring system."""
MOST = 200
"""Clusters that are told."""

_EDGES = frozenset({"footer", "aside"})
_RUNNING: frozenset[Region] = frozenset({"teaser", "article"})
_SYSTEM = frozenset({"emc", "ngsp"})
_SYSTEM_IN_ADDRESS = frozenset({"emc", "ngsp", "dx"})
_SYSTEM_PHRASE = " giam sat do luong "
_SHORTEST, _LONGEST = 3, 200
"""Characters of a text or an address."""
_LOOKS = 10
"""Looks at pages of one portal, home first: what stands at the edges comes back on every page."""
_PER_PORTAL = 3000
_GATHERED = 50_000
_FAMILIES = 100
_EXAMPLES = 3
_COUNTERS = 1 << 24

Key = tuple[Sort, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One place where a thing was seen: the portal, the page, the region, and what stands there."""

    portal: str
    url: str
    region: Region
    said: str


@dataclass(slots=True)
class Cluster:
    """One thing on several portals. ``value`` is its folded text, or host and path; ``families`` are main portals,
    each with all that belongs to it, a hundred at most; ``known`` is the concept it is already known for."""

    kind: Sort
    value: str
    system: bool
    portals: int = 0
    families: set[str] = field(default_factory=set)
    examples: list[Seen] = field(default_factory=list)

    @property
    def is_confirmed(self) -> bool:
        return self._confirmed is not None

    @property
    def _confirmed(self) -> str | None:
        alike = (sample for sample in confirmed.CONFIRMED if sample.kind == self.kind)
        return next((each.concept for each in alike if _value(self.kind, each.value) == self.value), None)

    @property
    def known(self) -> str | None:
        if self.is_confirmed or self.kind == "picture":
            return self._confirmed
        said = self.examples[0].said
        found = matches(said) if self.kind == "text" else link_matches("", "", said)
        return next((each.concept for each in found if each.why_not is None), None)

    @property
    def shown(self) -> str:
        """The value as people read it."""
        return self.examples[0].said if self.kind == "text" else clean(self.value)

    def entry(self) -> str:
        """The entry for confirmed.toml, ready to be pasted; who pastes it fills in source, person and date."""
        where = self.examples[0]
        return "\n".join(
            (
                "[[confirmed]]",
                f'concept = "{EMC_LABEL if self.system else ""}"',
                f"{self.kind} = {json.dumps(self.shown, ensure_ascii=False)}",
                f'source = ""  # {clean(where.url)[:_LONGEST]} ({where.region})',
                'by = ""',
                'on = ""  # 2026-12-31',
            )
        )


def clusters(archive: Archive, run_id: str) -> tuple[Cluster, ...]:
    """The clusters of a run, in this order: those that name the measuring system, those seen on more portals, by
    kind and value. At most MOST of them. Raises ArchiveError."""
    often = bytearray(_COUNTERS)
    for each in archive.portals(run_id, pages=True):
        for key in _things(each):
            at = _slot(key)
            often[at] = min(often[at] + 1, FEWEST)
    gathered: dict[Key, Cluster] = {}
    for each in archive.portals(run_id, pages=True):
        for key, (seen, system) in _things(each).items():
            if not system and often[_slot(key)] < FEWEST:
                continue
            cluster = gathered.get(key)
            if cluster is None:
                if len(gathered) >= _GATHERED:
                    continue
                cluster = gathered[key] = Cluster(*key, system)
            _count(cluster, each, seen)
    told = [one for one in gathered.values() if one.system or one.portals >= FEWEST]
    return tuple(sorted(told, key=lambda one: (not one.system, -one.portals, one.kind, one.value))[:MOST])


def _slot(key: Key) -> int:
    return crc32("".join(key).encode("utf-8", "replace")) % _COUNTERS


def _count(cluster: Cluster, each: PortalRun, seen: Seen) -> None:
    cluster.portals += 1
    if len(cluster.families) < _FAMILIES:
        cluster.families.add(each.portal.main_portal_id or each.portal.id)
    if len(cluster.examples) < _EXAMPLES:
        cluster.examples.append(seen)


def _things(each: PortalRun) -> Mapping[Key, tuple[Seen, bool]]:
    """What stands at the edges of a portal's pages, each thing once, with whether it names the system."""
    found: dict[Key, tuple[Seen, bool]] = {}
    site = SiteFacts(each.portal, each.visit, each.around.book)
    passed: set[tuple[Sort, bool, str]] = set()
    for view in site.views[:_LOOKS]:
        for kind, region, said in _said(site, view):
            here = kind, region in _EDGES, said
            if here in passed or region in _RUNNING:
                continue
            passed.add(here)
            value = _value(kind, resolve(view.url, said) or "" if kind == "picture" else said)
            if not value or (kind, value) in found:
                continue
            system = _names_system(kind, value)
            if system or region in _EDGES:
                found[kind, value] = (
                    Seen(str(each.portal.address), view.url, region, clean(_shown(said, region))[:_LONGEST]),
                    system,
                )
            if len(found) >= _PER_PORTAL:
                return found
    return found


def _said(site: SiteFacts, view: PageFacts) -> Iterator[tuple[Sort, Region, str]]:
    footer = site.footer_of(view)
    inside = footer.indexes if footer else frozenset()
    for index, line in enumerate(view.lines):
        if len(line.text) <= _LONGEST:
            yield "text", "footer" if index in inside else line.region, line.text
    for link in view.links:
        region: Region = "footer" if link.line in inside and link.region == "main" else link.region
        yield "address", region, link.url
        for text in (link.text, link.hint):
            if text and len(text) <= _LONGEST:
                yield "text", region, text
    for picture in view.pictures:
        yield "picture", picture.region, picture.src
        if picture.alt:
            yield "text", picture.region, picture.alt


def _value(kind: Sort, said: str) -> str:
    value = " ".join(words(said)) if kind == "text" else place_of(said)
    return value if _SHORTEST <= len(value) <= _LONGEST and not value.replace(" ", "").isdecimal() else ""


def _shown(said: str, region: Region) -> str:
    """What stands outside the frame of a page may be a private person's."""
    return said if region in ("footer", "header") else masked(said)


def _names_system(kind: Sort, value: str) -> bool:
    if kind == "text":
        return not _SYSTEM.isdisjoint(value.split()) or _SYSTEM_PHRASE in f" {value} "
    return not _SYSTEM_IN_ADDRESS.isdisjoint(words(value))
