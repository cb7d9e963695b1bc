"""Finding one's way: the search of the site."""

from __future__ import annotations

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Field, Form, PageFacts
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import link_match, match
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, passed

_SAYS_SEARCH = (" tim kiem ", " search ", " tu khoa ", " keyword ", " noi dung can tim ", " tu can tim ")
_NAMED_SEARCH = ("search", "timkiem", "tim kiem", "tukhoa", "tu khoa", "keyword", "keysearch")
_SHORT_NAMES = frozenset({"q", "s", "kw", "query"})
_LOOK_UP = (
    *(" so ky hieu ", " so hieu ", " trich yeu ", " ngay ban hanh ", " loai van ban ", " van ban ", " outsymbol "),
    *(
        " ma ho so ",
        " so bien nhan ",
        " ho so ",
        " so ho so ",
        " maho",
        " mahoso",
        " sohoso",
        " bien so ",
        " ma so thue ",
    ),
    *(" cccd ", " cmnd ", " so cmnd ", " sokyhieu ", " outdate "),
)
"""Words of a look-up of documents, dossiers or persons, which is no search of the site."""
_PAGES = (" tin tuc ", " tin bai ", " bai viet ")
"""Words of a search that finds pages too, whatever else it finds."""
_NOT_ENTRIES = ("teaser", "article")


@rule
def search_box(site: SiteFacts) -> Verdict:
    """The home page has a search of the site: a box, or an entry that leads to one."""
    home = site.known_home
    for view in home.views:
        found = _box(view) or _entry(view)
        if found is not None:
            return passed(found)
    searched = site.searched_home("tìm kiếm", "search", "nhập từ khóa")
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=site.wanted(home))
    for view in home.views:
        button = _button(view)
        if button is not None:
            return cant_tell("needs_review", button, searched=searched)
    return failed(searched=searched)


def _box(view: PageFacts) -> Evidence | None:
    for form in view.forms:
        for field in form.fields:
            if field.kind in ("text", "search") and _searches_site(field, form):
                said = field.label or form.text or field.name
                return evidence(view, region_words(form.region), said)
    return None


def _entry(view: PageFacts) -> Evidence | None:
    for link in view.links:
        found = link_match(link.text, link.hint, "", "search_page")
        if found is not None and found.why_not is None and link.region not in _NOT_ENTRIES:
            return evidence(view, region_words(link.region), f"{link.text or link.hint} → {link.url}")
    return None


def _button(view: PageFacts) -> Evidence | None:
    """The word alone, outside of every form: a button that may open a box only when it is pressed."""
    for line in view.lines:
        found = match(line.text, "search_page")
        if found is None or found.why_not is not None or line.region in _NOT_ENTRIES:
            continue
        if not any(line.text in form.text for form in view.forms):
            return evidence(view, region_words(line.region), line.text)
    return None


def _said(*texts: str) -> str:
    return f" {' '.join(' '.join(words(text)) for text in texts)} "


def _searches_site(field: Field, form: Form) -> bool:
    """Whether a field takes words that the whole site is searched for, by its label, its name or its button."""
    label, name = _said(field.label), _said(field.name)
    told = _said(field.label, field.name, form.text, form.action)
    if any(look_up in told for look_up in _LOOK_UP) and not any(pages in told for pages in _PAGES):
        return False
    if field.kind == "search" or label.startswith(" tim ") or any(said in label for said in _SAYS_SEARCH):
        return True
    if any(part in name for part in _NAMED_SEARCH) or not _SHORT_NAMES.isdisjoint(name.split()):
        return True
    return any(said in _said(form.text) for said in _SAYS_SEARCH)
