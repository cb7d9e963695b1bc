"""The search of the site as a page shows it: a box, an entry that leads to one, or only a button."""

from __future__ import annotations

from collections.abc import Iterator

from audit_rules.evidence import evidence, region_words
from audit_rules.facts import Field, Form, PageFacts
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import link_match, match
from audit_rules.verdict import Evidence

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
_PAGES = (" tin tuc ", " tin bai ", " bai viet ", " thong tin van ban ", " toan trang ", " tren cong ")
"""Words of a search that finds pages too, whatever else it finds."""
_NOT_ENTRIES = ("teaser", "article")
_FIELDS_OF_SEARCH = 3
_ABOUT_ONESELF = (
    "mail",
    " dang nhap ",
    " dang ky ",
    " password ",
    " login ",
    " dien thoai ",
    " ho ten ",
    " otp ",
    " gui ",
)
"""Words of a single field in which somebody gives an address or logs in."""


def box(view: PageFacts) -> Evidence | None:
    """A form or a lone input that searches the whole site."""
    for form, field in boxes(view):
        return evidence(view, region_words(form.region), field.label or form.text or field.name)
    return None


def boxes(view: PageFacts) -> Iterator[tuple[Form, Field]]:
    """The forms and lone inputs that search the whole site, with the field that takes the words."""
    for form in view.forms:
        for field in form.fields:
            if field.kind in ("text", "search") and _searches_site(field, form):
                yield form, field


def entry(view: PageFacts) -> Evidence | None:
    """A link that leads to a search of the site."""
    for link in view.links:
        found = link_match(link.text, link.hint, "", "search_page")
        if found is not None and found.why_not is None and link.region not in _NOT_ENTRIES:
            return evidence(view, region_words(link.region), f"{link.text or link.hint} → {link.url}")
    return None


def button(view: PageFacts) -> Evidence | None:
    """The word alone, outside of every form: a button that may open a box only when it is pressed."""
    for line in view.lines:
        found = match(line.text, "search_page")
        if found is None or found.why_not is not None or line.region in _NOT_ENTRIES:
            continue
        if not any(line.text in form.text for form in view.forms):
            return evidence(view, region_words(line.region), line.text)
    if "search" in view.wordless:  # a magnifying glass, the box of a search engine that only scripts fill
        return evidence(
            view, "mã nguồn trang / page source", "biểu tượng hoặc khung tìm kiếm / a search icon or frame"
        )
    for link in view.links:  # a picture without words, whose address alone tells where it leads
        found = link_match("", "", link.url, "search_page") if not link.text and not link.hint else None
        if found is not None and found.why_not is None:
            return evidence(view, region_words(link.region), link.url)
    return lone_input(view)


def lone_input(view: PageFacts) -> Evidence | None:
    """A single field to type in, that no word tells the purpose of: often the search, with its button a picture."""
    for form in view.forms:
        typed = [field for field in form.fields if field.kind in ("text", "search")]
        if len(typed) != 1 or len(form.fields) > _FIELDS_OF_SEARCH or _looks_up(typed[0], form):
            continue
        told = said(*(f"{field.label} {field.name} {field.kind}" for field in form.fields), form.text)
        if not any(mark in told for mark in _ABOUT_ONESELF):
            return evidence(view, region_words(form.region), typed[0].label or form.text or typed[0].name)
    return None


def said(*texts: str) -> str:
    """The folded words of texts between blanks."""
    return f" {' '.join(' '.join(words(text)) for text in texts)} "


def _looks_up(field: Field, form: Form) -> bool:
    """Whether a form looks up documents, dossiers or persons, and nothing else."""
    told = said(field.label, field.name, form.text, form.action)
    return any(look_up in told for look_up in _LOOK_UP) and not any(pages in told for pages in _PAGES)


def _searches_site(field: Field, form: Form) -> bool:
    """Whether a field takes words that the whole site is searched for, by its label, its name or its button."""
    label, name = said(field.label), said(field.name)
    if _looks_up(field, form):
        return False
    if field.kind == "search" or label.startswith(" tim ") or any(mark in label for mark in _SAYS_SEARCH):
        return True
    if any(part in name for part in _NAMED_SEARCH) or not _SHORT_NAMES.isdisjoint(name.split()):
        return True
    return any(mark in said(form.text) for mark in _SAYS_SEARCH)
