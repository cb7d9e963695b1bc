"""The section for access to information: what in it may be a thing that is not called by its name there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audit_rules.address import is_document
from audit_rules.beside import links_on
from audit_rules.content import contents_of
from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Line, Page, PageFacts, Region
from audit_rules.footer import Footer
from audit_rules.hints import may_give_mail, may_give_phone, may_label_mail, may_label_phone
from audit_rules.reading.vocabulary import matches
from audit_rules.search import Hit, Search
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence

_BLOCK = 10
"""Lines after a thing's name that may be of its block."""
_TEXT: tuple[Region, ...] = ("main", "article")
_TYPED = ("text", "textarea", "email", "tel", "file")
_FORM_FIELDS = 3
"""Fields to type into from which a form takes a request: a search or a log-in has fewer."""
_THINGS = frozenset({"contact_point", "regulation", "publication_list", "request_form", "request_address"})


def heads(line: Line, label: Line) -> bool:
    """Whether a line is a heading that ends the block of a label: one below a label's own rank belongs to it."""
    return bool(line.heading) and not (label.heading and line.heading > label.heading)


def taking_form(view: PageFacts) -> Evidence | None:
    """A form of a page's own that takes more than words to search for or to log in."""
    for form in view.forms:
        typed = [field for field in form.fields if field.kind in _TYPED]
        if len(typed) >= _FORM_FIELDS and form.region not in ("header", "menu", "footer"):
            return evidence(view, region_words(form.region), form.text or typed[0].label)
    return None


# --- beside a name -----------------------------------------------------------------------------------------


def may_reach(site: SiteFacts, hit: Hit) -> bool:
    """Whether a way to reach stands below a name in a form not read, or behind an entry that scripts open."""
    lines = list(_below(hit))
    block = Footer(hit.view, frozenset(lines))
    if may_give_phone(block) is not None or may_give_mail(block) is not None:
        return True
    labelled = (hit.view.lines[at].text for at in lines)
    if hit.view.images and any(may_label_phone(text) or may_label_mail(text) for text in labelled):
        return True
    bare = next(links_on(hit.view, hit.line, hit.line), None) is None and ":" not in hit.text
    return bare and hit.match.extra == 0 and len(lines) <= 1 and site.is_home(site.page(hit.view.url))


def is_unread(site: SiteFacts, hit: Hit) -> bool:
    """Whether a name stands over a file, or on a page that shows only pictures."""
    if hit.region in ("menu", "header"):
        return False  # what follows an entry of a menu is another entry
    files = (link for at in _below(hit) for link in links_on(hit.view, at, at) if is_document(link.url))
    page = site.page(hit.view.url)
    scant = page is not None and not site.is_home(page) and contents_of(site).of(page) == "scant"
    return scant or next(files, None) is not None


def _below(hit: Hit) -> Iterator[int]:
    """The lines of a name's block: up to the next heading or another region."""
    label = hit.view.lines[hit.line]
    for at in range(hit.line, min(hit.line + _BLOCK + 1, len(hit.view.lines))):
        line = hit.view.lines[at]
        if line.region != label.region or (at > hit.line and heads(line, label)):
            return
        yield at


# --- anywhere in the section -------------------------------------------------------------------------------


def _pages(site: SiteFacts) -> Iterator[Page]:
    urls = dict.fromkeys(view.url for view in Search(site, "information_section").own_pages)
    pages = (site.page(url) for url in urls)
    return (page for page in pages if page is not None and not site.is_home(page))


def contacts_of_section(site: SiteFacts, kinds: Sequence[str] = ("phone", "email")) -> Evidence | None:
    """A phone or an e-mail address in the section's own text: whose it is, it does not say in words we know."""
    for page in _pages(site):
        for view in page.views:
            own = {at for at, line in contents_of(site).own_lines(view) if line.region in _TEXT}
            for contact in view.contacts:
                if contact.kind in kinds and contact.line in own:
                    return evidence(view, region_words("main"), view.lines[contact.line].text)
    return None


def form_of_section(site: SiteFacts) -> Evidence | None:
    """A form in the section that takes what people type."""
    forms = (taking_form(view) for page in _pages(site) for view in page.views)
    return next((form for form in forms if form is not None), None)


def unread_of_section(site: SiteFacts) -> Evidence | None:
    """A file of the section that is called by no thing's name, or a page of it that shows only pictures."""
    for page in _pages(site):
        view = page.views[-1]
        if contents_of(site).of(page) == "scant" and view.images > len(view.pictures):
            return evidence(view, "toàn trang / whole page", view.title)
        for link in view.links:
            if link.region in _TEXT and is_document(link.url) and not _is_called(link.text):
                return evidence(view, region_words(link.region), f"{link.text} → {link.url}")
    return None


def _is_called(text: str) -> bool:
    return any(found.why_not is None and found.concept in _THINGS for found in matches(text))
