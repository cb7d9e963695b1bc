"""One parse and one walk turn a page into facts; then the tree is dropped.

The parser is lexbor's, chosen by measurement on real pages (docs/decisions/0004-parser.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from audit_rules.facts import Language, PageFacts
from audit_rules.reading.bounds import bounded
from audit_rules.reading.contacts import read_contacts
from audit_rules.reading.decoding import as_utf8
from audit_rules.reading.forms import finish_forms
from audit_rules.reading.inner import composed, parse
from audit_rules.reading.metadata import looks_like_shell, looks_missing
from audit_rules.reading.people import read_people
from audit_rules.reading.regions import misplaced
from audit_rules.reading.vietnamese import spoken
from audit_rules.reading.walk import Walk
from audit_rules.reading.wordless import drawn_without_words
from audit_rules.verdict import How


def read_page(
    body: bytes,
    url: str,
    *,
    seen_at: datetime,
    charset: str | None = None,
    status: int = 200,
    how: How = "raw",
    sha256: str | None = None,
) -> PageFacts:
    """The facts of one HTML page.

    ``body`` is the decompressed page, ``charset`` what the Content-Type header said, ``sha256`` the hex digest
    under which the evidence archive knows the page (that of ``body`` where none is given). Never raises for
    anything a page can hold.
    """
    text, used = as_utf8(body, charset)
    page, cut = bounded(text)
    sha256 = sha256 or hashlib.sha256(body).hexdigest()
    empty = PageFacts(url, seen_at, sha256, how, status, charset=used)
    root = parse(composed(page)).root
    if root is None:
        return replace(empty, shell=True)  # noqa: S604 - a fact of the page, no command's shell
    walk = Walk(url)
    walk.visit(root)
    lying = misplaced(walk.spans, len(walk.lines))
    if lying:
        walk = Walk(url, lying, walk.frames)
        walk.visit(root)
    lines, links = tuple(walk.lines), tuple(walk.links)
    contacts = read_contacts(lines, links, walk.unmasked)
    said = "\n".join([line.text for line in lines])
    lowered = said.lower()
    return replace(
        empty,
        title=walk.head.title,
        description=walk.head.description,
        generator=walk.head.generator,
        language=Language(walk.lang, spoken(said)),
        lines=lines,
        links=links,
        contacts=contacts,
        people=read_people(lines, links, contacts, lowered),
        emc=tuple(walk.emc),
        forms=finish_forms(walk.forms, walk.loose),
        pictures=tuple(walk.pictures),
        viewport=walk.head.viewport,
        dublin_core=tuple(sorted(walk.head.dublin_core)),
        images=walk.images.count,
        images_unnamed=walk.images.unnamed,
        unnamed=tuple(walk.images.sources),
        moving=tuple(walk.moving),
        insecure=() if walk.loaded.upgraded else tuple(walk.loaded.insecure),
        wordless=drawn_without_words(page),
        landmarks=tuple(sorted(walk.landmarks)),
        shell=looks_like_shell(walk, said),
        missing=looks_missing(walk.head.title, lines, lowered, status),
        cut=cut or walk.cut,
    )
