"""Finding one's way: the search of the site."""

from __future__ import annotations

from audit_rules.facts import Form, known
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import link_match
from audit_rules.rule import rule
from audit_rules.site import SiteFacts, evidence, region_words
from audit_rules.verdict import Verdict, cant_tell, failed, passed

_SEARCH_WORDS = (
    "tim kiem",
    "tim",
    "search",
    "nhap tu khoa",
    "tu khoa",
    "keyword",
    "noi dung can tim",
    "tu can tim",
)
_SEARCH_NAMES = (
    "search",
    "timkiem",
    "tukhoa",
    "keyword",
    "txttimkiem",
    "txtsearch",
    "query",
    "searchtext",
    "keysearch",
    "tim_kiem",
    "q",
)
_LOOK_UP = (
    "so ky hieu",
    "so hieu",
    "trich yeu",
    "ma ho so",
    "so bien nhan",
    "ho so",
    "ngay ban hanh",
    "loai van ban",
    "van ban",
    "bien so",
    "ma so thue",
    "cccd",
    "outsymbol",
    "outdate",
    "maho",
    "sohoso",
    "mahoso",
    "so cmnd",
)


@rule
def search_box(site: SiteFacts) -> Verdict:
    """The home page has a search of the site: a box, or an entry that leads to one."""
    home = known(site.home, "home", "unreachable")
    for view in home.views:
        for form in view.forms:
            words_seen = _site_search(form)
            if words_seen is not None:
                return passed(evidence(view, region_words(form.region), words_seen))
        for link in view.links:
            found = link_match(link.text, link.hint, "", "search_page")
            if found is not None and found.why_not is None and link.region not in ("teaser", "article"):
                return passed(evidence(view, region_words(link.region), f"{link.text or link.hint} → {link.url}"))
    searched = site.searched_home("tìm kiếm", "search", "nhập từ khóa")
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, searched=searched, wanted=(home.url,))
    return failed(searched=searched)


def _site_search(form: Form) -> str | None:
    """The words by which a form searches the site; None for a look-up of documents or dossiers, and for others.

    A form with several typed fields is a look-up unless one of its fields says search and none says what is
    looked up."""
    for field in form.fields:
        if field.kind not in ("text", "search"):
            continue
        label = " ".join(words(field.label))
        names = {part.lower().strip("-_") for part in field.name.replace("_", " ").split()} | {
            field.name.lower().split(" ")[0]
        }
        told = f"{label} {' '.join(words(field.name))} {' '.join(words(form.text))} {' '.join(words(form.action))}"
        if any(look_up in told for look_up in _LOOK_UP):
            continue
        if field.kind == "search" or any(
            label.startswith(said) or f" {said}" in f" {label}" for said in _SEARCH_WORDS if said != "tim"
        ):
            return field.label or field.name
        if label.split(" ")[0] == "tim" or any(
            name in _SEARCH_NAMES or any(len(s) > 4 and s in name for s in _SEARCH_NAMES) for name in names
        ):
            return field.label or field.name
        if any(said in " ".join(words(form.text)) for said in ("tim kiem", "search")):
            return form.text
    return None
