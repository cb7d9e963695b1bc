"""The entry of a regular spokesperson: who it names, what it lacks, and where else it may stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from audit_rules.beside import links_on
from audit_rules.content import contents_of
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import PageFacts, Person, Surroundings
from audit_rules.footer import Footer
from audit_rules.hints import may_give_mail, may_give_phone, may_label_mail, may_label_phone
from audit_rules.reading.people import AHEAD, BLOCK, find_name
from audit_rules.reading.vietnamese import fold
from audit_rules.search import Hit, Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed

_FURTHER = 30
"""Lines below a name within which a number or an address may still be that person's."""
_OFFICE_IN_LETTERS = re.compile(
    r"\b(?:chuc vu|chuc danh|pct|ct|pcvp|cvp|pgd|tp|ptp|pho|truong|chanh|vien chuc|lanh dao|phu trach)\b"
)

PARTS = ("position", "phone", "email")


def entries_of(site: SiteFacts, search: Search) -> list[tuple[Person, PageFacts]]:
    """Entries of a spokesperson; somebody whom a piece of news calls so is none."""
    return [
        (person, view)
        for view in site.views
        for person in view.people
        if person.role == "spokesperson" and search.speaks_of_it(view, person.line, AHEAD)
    ]


def lacking(person: Person) -> list[str]:
    """The parts that an entry does not give."""
    return [part for part in PARTS if getattr(person, part) is None]


def shown(person: Person, view: PageFacts) -> Evidence:
    return evidence(view, region_words(view.lines[person.line].region), person.excerpt)


def incomplete(site: SiteFacts, search: Search, person: Person, view: PageFacts) -> Verdict:
    """The answer where the best entry lacks a part: failed, unless the part may be masked or elsewhere."""
    seen = shown(person, view)
    page = site.page(view.url)
    reason = site.unsettled(page) if page else None
    if page is not None and reason is not None:
        return cant_tell(reason, seen, searched=search.searched, wanted=site.wanted(page))
    if search.hindrance is not None:
        return search.hindrance
    block = range(person.line, person.line + BLOCK + 1)
    if any(contact.hidden and contact.line in block for contact in view.contacts):
        return cant_tell("masked_email", seen, searched=search.searched)
    if any(_may_be_given(part, person, site, view) for part in lacking(person)):
        return cant_tell("needs_review", seen, searched=search.searched)
    searched = replace(search.searched, nearest=None)  # the entry itself was found
    return failed(seen, searched=searched, missing=lacking(person), name=person.name)


def _may_be_given(part: str, person: Person, site: SiteFacts, view: PageFacts) -> bool:
    """Whether a part that was not read may stand near an entry after all: an office in letters, a number or a mail
    address in a form not known or further down, a link to a page of the person's own."""
    block = _block(person, view)
    if part == "position":
        return any(_OFFICE_IN_LETTERS.search(fold(line.text)) for line in block.lines)
    below = range(person.line, person.line + _FURTHER)
    if any(
        each.kind == part and each.line in below and not _is_in_footer(site, view, each.line)
        for each in view.contacts
    ):
        return True
    if any(person.name in link.text and link.kind == "a" for link in links_on(view, person.line, person.line)):
        return True
    if part == "phone":
        return may_give_phone(block) is not None or _is_label(block, may_label_phone)
    return may_give_mail(block) is not None or _is_label(block, may_label_mail)


def _block(person: Person, view: PageFacts) -> Footer:
    region = view.lines[person.line].region
    lines = range(person.line, min(person.line + BLOCK + 1, len(view.lines)))
    return Footer(view, frozenset(at for at in lines if view.lines[at].region == region))


def _is_label(block: Footer, labels: Callable[[str], bool]) -> bool:
    """Whether a label of a block has nothing behind it, while the page shows pictures: one may be the answer."""
    return block.view.images > 0 and any(labels(line.text) for line in block.lines)


def may_speak(site: SiteFacts, search: Search) -> Hit | None:
    """A place that may name the spokesperson in a form not read: a page of pictures, a name in running text, or the
    words alone as an entry that scripts open."""
    for hit in search.entries:
        page = site.page(hit.link.url) if hit.link else None
        if hit.answered != "open" or page is None:
            continue
        if contents_of(site).of(page) == "scant" or _names_somebody(site, page.views[-1]):
            return hit
    return next((hit for hit in search.lines if _is_without_link(hit) or _names_below(hit)), None)


def _is_without_link(hit: Hit) -> bool:
    """Whether the words stand in a menu and lead nowhere that the markup tells."""
    return hit.region == "menu" and next(links_on(hit.view, hit.line, hit.line), None) is None


def _names_below(hit: Hit) -> bool:
    """Whether somebody is named in the lines under a place that names the thing."""
    below = hit.view.lines[hit.line : hit.line + AHEAD]
    return hit.region in ("main", "aside") and any(find_name(line.text) is not None for line in below)


def _names_somebody(site: SiteFacts, view: PageFacts) -> bool:
    return any(find_name(line.text) is not None for _, line in contents_of(site).own_lines(view))


def may_name(site: SiteFacts, hit: Hit) -> bool:
    """Whether an entry leads to a page nobody read here, or to one with contacts beside a name we did not know."""
    page = site.page(hit.link.url) if hit.link else None
    if page is None:
        return True
    return any(
        contact.kind in ("phone", "email") and view.lines[contact.line].region in ("main", "article")
        for view in page.views
        for contact in view.contacts
        if contact.line < len(view.lines) and not _is_in_footer(site, view, contact.line)
    )


def _is_in_footer(site: SiteFacts, view: PageFacts, line: int) -> bool:
    footer = site.footer_of(view)
    return footer is not None and line in footer.indexes


def on_main_portals_list(search: Search, around: Surroundings) -> Verdict:
    """A component without an entry may stand on its main portal's list, which names agencies one by one."""
    outcome = (around.main_portal_outcomes or {}).get("identity.spokesperson")
    if outcome == "failed" or around.main_portal is None:
        return failed(searched=search.searched, missing=["name", *PARTS])
    return cant_tell("main_portal_not_read" if outcome is None else "needs_review", searched=search.searched)
