"""Access to information: the section, the contact point and the rules that citizens need to ask for it."""

from __future__ import annotations

from audit_rules.facts import Surroundings
from audit_rules.rule import rule
from audit_rules.search import Hit, Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, passed

BLOCK = 10
"""Lines after the words within which a phone number or an e-mail address belongs to them."""


@rule
def information_section(site: SiteFacts, around: Surroundings) -> Verdict:
    """The portal has a section for access to information."""
    search = Search(site, "information_section")
    found = _opens(search) or _heading(search)
    return found or _not_found(search, around, "disclosure.information_section")


@rule
def contact_point(site: SiteFacts, around: Surroundings) -> Verdict:
    """The unit or person who receives requests for information is published, with a phone or an e-mail."""
    search = Search(site, "contact_point")
    named = [hit for hit in search.lines if hit.where and not _is_link(hit)]
    for hit in named:
        reach = _reach(hit)
        if reach is not None:
            return passed(reach, words=hit.text)
    scan = next((hit for hit in search.entries if hit.document and hit.answered == "open"), None)
    if scan is not None:
        return cant_tell("document_not_read", scan.evidence, searched=search.searched)
    if search.hindrance is not None:
        return search.hindrance
    own = [hit for hit in named if _in_section(site, hit)]
    if named and not own:
        return cant_tell("needs_review", named[0].evidence, searched=search.searched)
    if own:
        return failed(own[0].evidence, searched=search.searched, state="no_way_to_reach")
    return _not_found(search, around, "disclosure.contact_point")


@rule
def regulation(site: SiteFacts, around: Surroundings) -> Verdict:
    """The rules for providing information are published, as a page or a file that opens."""
    search = Search(site, "regulation")
    return _opens(search) or _not_found(search, around, "disclosure.regulation")


def _opens(search: Search) -> Verdict | None:
    """Passed where an entry that names the thing opens."""
    for hit in search.entries:
        if hit.answered == "open" and hit.link is not None:
            values = {} if search.site.owns(hit.link.url) else {"elsewhere": hit.link.url}
            return passed(hit.evidence, **values)
    return None


def _heading(search: Search) -> Verdict | None:
    """Passed where a heading of some page names the thing."""
    hit = next((hit for hit in search.lines if hit.view.lines[hit.line].heading), None)
    return passed(hit.evidence) if hit else None


def _not_found(search: Search, around: Surroundings, rule_id: str) -> Verdict:
    """What to say where no entry opens: unread, left to the main portal, dead, or not there."""
    unread = next((hit for hit in search.entries if hit.answered == "unseen"), None)
    if unread is not None:
        return cant_tell(unread.reason or "coverage", unread.evidence, searched=search.searched)
    if search.hindrance is not None:
        return search.hindrance
    if search.site.portal.is_component and around.main_portal is not None:
        outcome = (around.main_portal_outcomes or {}).get(rule_id)
        if outcome == "passed":
            return passed(on_main_portal=True, main_portal=str(around.main_portal.address))
        if outcome != "failed":
            return cant_tell("main_portal_not_read", searched=search.searched)
    dead = next((hit for hit in search.entries if hit.answered == "dead"), None)
    if dead is not None:
        return failed(dead.evidence, searched=search.searched, state="dead")
    return failed(searched=search.searched, state="absent")


def _is_link(hit: Hit) -> bool:
    """Whether the whole line is a link to somewhere else: a menu entry is no contact point."""
    return any(link.line == hit.line and len(link.text) >= len(hit.text) - 2 for link in hit.view.links)


def _reach(hit: Hit) -> Evidence | None:
    """The way to reach the contact point in the same block and region, if one is given."""
    view, region = hit.view, hit.view.lines[hit.line].region
    for contact in view.contacts:
        near = hit.line <= contact.line <= hit.line + BLOCK and contact.line < len(view.lines)
        if (
            near
            and contact.kind in ("phone", "email")
            and not contact.hidden
            and view.lines[contact.line].region == region
        ):
            between = view.lines[hit.line : contact.line + 1]
            if sum(line.heading > 0 for line in between[1:]) == 0:
                return Evidence(
                    view.url,
                    hit.where,
                    " | ".join(line.text for line in between)[:240],
                    view.sha256,
                    view.seen_at,
                    view.how,
                )
    return None


def _in_section(site: SiteFacts, hit: Hit) -> bool:
    """Whether words stand where they mean the contact point: a page of the section, of its own, or a heading."""
    if hit.view.lines[hit.line].heading or hit.match.extra <= 3:
        return True
    pages = {
        entry.link.url.partition("#")[0]
        for concept in ("information_section", "contact_point")
        for entry in Search(site, concept).entries
        if entry.link is not None
    }
    return hit.view.url in pages
