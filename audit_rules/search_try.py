"""The portal's own search, tried as a reader would: how it can be asked, with which word, and what came back."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from audit_rules.address import page_key, split_url
from audit_rules.evidence import evidence
from audit_rules.facts import Field, Form, Link, Page, PageFacts
from audit_rules.reading.vietnamese import fold, words
from audit_rules.search import told_reason
from audit_rules.search_box import boxes
from audit_rules.site import SiteFacts
from audit_rules.verdict import EXCERPT_LENGTH, Evidence, Verdict, cant_tell, failed, passed

_TYPED = frozenset({"text", "search"})
_FRAME = ("header", "menu", "footer")
_LETTERS = re.compile(r"[^\W\d_]+")
_FEWEST_LETTERS = 4
"""Letters of the word that is asked: some search engines pass over shorter ones."""
_HEADLINE_WORDS = 5
_COMMON = frozenset(
    words(
        "trong những được không theo ngày tháng nhiều cùng trên dưới giữa công thông điện trang chính quyền người"
        " xem thêm tiết more with from this that"
    )
)
"""Folded words that stand everywhere, or that search engines pass over."""
_NOTHING = (
    *("khong tim thay", "khong co ket qua", "khong co du lieu", "khong co ban ghi", "khong ton tai", "0 ket qua"),
    *("khong co bai viet", "khong co tin bai", "khong co noi dung", "chua co du lieu", "no results", "not found"),
    *("no result", "nothing found", "0 results", "did not match", "chua co ket qua", "khong co thong tin"),
)
"""What result pages say that found nothing."""
FEWEST_LISTED = 3
"""Pages that a list of results must name before it can be said to pass over the word."""
FEWEST_READ = 2
"""Of those, pages whose text was read and does not hold the word."""


@dataclass(frozen=True, slots=True)
class Question:
    """The address to ask, and the word that it asks for; ``whole`` is False where the form has more to fill in."""

    url: str
    word: str
    whole: bool = True


# --- how to ask ----------------------------------------------------------------------------------------------


def question(home: Page) -> Question | str:
    """How the search of the home page is asked, or why it cannot be: ``needs_post`` where it has to be sent,
    ``needs_review`` where only scripts know how."""
    word = word_of(home)
    found = [box for view in home.views for box in boxes(view)]
    for form, field in found:
        if _can_be_asked(form, field) and word is not None:
            return Question(_address(form, field, word), word, whole=len(form.fields) == 1 and not form.choices)
    return "needs_post" if found and all(form.method == "post" for form, _ in found) else "needs_review"


def _can_be_asked(form: Form, field: Field) -> bool:
    typed = [each for each in form.fields if each.kind in _TYPED]
    return (
        form.method == "get"
        and len(typed) == 1
        and bool(field.sent)
        and form.action.startswith(("http://", "https://"))
        and "#" not in form.action
    )


def _address(form: Form, field: Field, word: str) -> str:
    parts = urlsplit(form.action)  # a browser puts what is typed in the place of the action's own query
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*form.hidden, (field.sent, word)]), ""))


def word_of(home: Page) -> str | None:
    """The word that most headlines of the home page hold and its frame does not: it surely is on the portal."""
    framed = {
        word for view in home.views for line in view.lines if line.region in _FRAME for word in words(line.text)
    }
    framed.update(word for view in home.views for word in words(view.title))
    headlines = {
        link.text
        for view in home.views
        for link in view.links
        if link.kind == "a" and link.region not in _FRAME and split_url(link.url)[0] == split_url(view.url)[0]
        if len(words(link.text)) >= _HEADLINE_WORDS
    }
    counted: Counter[str] = Counter()
    for headline in headlines:
        counted.update({word.lower() for word in _LETTERS.findall(headline) if _may_be_asked(word, framed)})
    return min(counted, key=lambda word: (-counted[word], not word.isascii(), word), default=None)


def _may_be_asked(word: str, framed: set[str]) -> bool:
    folded = fold(word)
    return len(word) >= _FEWEST_LETTERS and folded.isalpha() and folded not in _COMMON and folded not in framed


# --- what came back ------------------------------------------------------------------------------------------


def holds(text: str, word: str) -> bool:
    return fold(word) in words(text)


def results(site: SiteFacts, view: PageFacts, word: str) -> list[Link]:
    """Links of a result page, its frame aside, that lead to what holds the word: by their text, by the lines under
    it, or by what that page was seen to say."""
    return [link for link in listed(site, view) if _leads_to(site, view, link, word)]


def listed(site: SiteFacts, view: PageFacts) -> list[Link]:
    """Pages of the portal that a result page lists: links that stand on no other page beside home."""
    elsewhere = site.once(_links_of_frame)
    found: dict[str, Link] = {}
    for link in view.links:
        own = link.kind == "a" and link.region not in _FRAME and site.owns(link.url)
        if own and (link.url, link.text) not in elsewhere and len(words(link.text)) > 1:
            found.setdefault(link.url, link)
    return list(found.values())


def _links_of_frame(site: SiteFacts) -> frozenset[tuple[str, str]]:
    """Links that stand on two inner pages or more: menus, and boxes of the newest news."""
    counted = Counter(
        said
        for page in site.inner_pages
        for said in {(link.url, link.text) for view in page.views for link in view.links}
    )
    return frozenset(said for said, pages in counted.items() if pages > 1)


def _leads_to(site: SiteFacts, view: PageFacts, link: Link, word: str) -> bool:
    under = view.lines[link.line : link.line + 3]
    if holds(link.text, word) or holds(link.hint, word) or any(holds(line.text, word) for line in under):
        return True
    return _read(site, link) and _says(site, link, word)


def passed_over(site: SiteFacts, view: PageFacts, word: str) -> list[Link]:
    """Pages that a result page lists and that were read and do not hold the word at all."""
    return [link for link in listed(site, view) if _read(site, link) and not _says(site, link, word)]


def _read(site: SiteFacts, link: Link) -> bool:
    page = site.page(link.url)
    return page is not None and bool(page.views) and not site.is_home(page)


def _says(site: SiteFacts, link: Link, word: str) -> bool:
    page = site.page(link.url)
    return page is not None and any(holds(line.text, word) for view in page.views for line in view.lines)


def says_nothing_found(view: PageFacts) -> bool:
    """Whether a result page says that it found nothing."""
    return any(said in fold(line.text) for line in view.lines if line.region not in _FRAME for said in _NOTHING)


def says_word(view: PageFacts, word: str) -> bool:
    """Whether the word stands on a result page at all, outside of its frame."""
    return any(holds(line.text, word) for line in view.lines if line.region not in _FRAME)


# --- the answer ----------------------------------------------------------------------------------------------


def why_not_asked(site: SiteFacts) -> str:
    """Why nobody asked a search that the home page has."""
    asked = question(site.known_home)
    if isinstance(asked, str):
        return asked
    return "coverage" if site.owns(asked.url) else "needs_review"


def answered(site: SiteFacts, shown: Evidence) -> Verdict:
    """What came of asking; ``shown`` is the box."""
    tried = site.net.search
    assert tried is not None  # noqa: S101 - the caller looked
    answer, word = tried.answer, tried.word
    said = f"{answer.status or answer.error} {answer.final_url}"
    asked = Evidence(answer.url, _WHERE, said[:EXCERPT_LENGTH], answer.sha256, answer.seen_at, "probe")
    if answer.error is not None:
        return cant_tell(told_reason(answer.error), shown, asked, word=word)
    if answer.status is not None and answer.status >= 500 and tried.whole:
        return failed(shown, asked, word=word, state="error")
    if tried.page is None:
        return cant_tell("needs_review", shown, asked, word=word)
    return _of_page(site, tried.page, word, asked, whole=tried.whole)


def _of_page(site: SiteFacts, page: Page, word: str, asked: Evidence, *, whole: bool) -> Verdict:
    """What a page of results says; what it lacks is known only once a browser drew it."""
    for view in page.views:
        found = results(site, view, word)
        if found and len(found) >= len(passed_over(site, view, word)):
            return passed(_listed(view, found), word=word, count=len(found))
    if page.rendered is None:
        return cant_tell(site.unrendered(page), asked, wanted=site.wanted(page), word=word)
    over = passed_over(site, page.rendered, word)
    ignored = (
        whole
        and not any(results(site, view, word) for view in page.views)
        and len(listed(site, page.rendered)) >= FEWEST_LISTED
        and len(over) >= FEWEST_READ
        and not any(says_nothing_found(view) or says_word(view, word) for view in page.views)
        and page_key(page.url) != page_key(site.known_home.url)
    )
    if ignored:
        return failed(asked, _listed(page.rendered, over), word=word, state="ignored")
    return cant_tell("needs_review", asked, word=word)


def _listed(view: PageFacts, links: list[Link]) -> Evidence:
    return evidence(view, _WHERE, f"{links[0].text[:160]} → {links[0].url}")


_WHERE = "kết quả tìm kiếm / search results"
