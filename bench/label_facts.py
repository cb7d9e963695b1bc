"""What the auditor itself reads on a saved page for each question: shown only beside an answer already given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from audit.registry.files import read_registry
from audit.words import clean
from audit_rules.address import BadAddress, plain_host, split_url
from audit_rules.engine import judge
from audit_rules.evidence import region_words
from audit_rules.facts import COMPONENT_KINDS, MAIN_KINDS, Link, NetFacts, Page, PageFacts, Unseen, Visit
from audit_rules.judgement import Judgement
from audit_rules.reading import read_page
from audit_rules.rulebook import open_rulebook
from audit_rules.site import SiteFacts
from audit_rules.verdict import EXCERPT_LENGTH, Outcome
from bench.label_answers import NONE
from bench.label_corpus import LabelPage, Question

_ANSWERS: dict[Outcome, str] = {"passed": "yes", "failed": "no", "cantTell": "unclear"}
_SHOWN = 12
_SOURCES = ("rule", "contact", "concept", "host", "language")


@dataclass(frozen=True, slots=True)
class Told:
    """The auditor's side of one question. ``answer`` is yes, no, unclear or a text, None where it reads nothing;
    ``seen`` are pairs of an excerpt of the page and the place where it stands."""

    answer: str | None
    vi: str
    en: str
    seen: tuple[tuple[str, str], ...] = ()


_NOT_READ = Told(None, "Máy chưa đọc mục này.", "The auditor does not read this item yet.")
_NOTHING = Told(None, "Máy không thấy gì cho câu này.", "The auditor saw nothing for this question.")
_NO_PAGE = Told(None, "Máy không đọc được trang này.", "The auditor could not read this page.")
_NO_HOME = Told(
    None,
    "Máy coi đây là trang báo lỗi hoặc trang trống.",
    "To the auditor this is an error page or an empty one.",
)


class Auditor:
    """Reads saved pages one by one, each as if it were all there is of its portal."""

    def __init__(self, asked: Iterable[Question], day: date) -> None:
        """Raises ValueError where a question names facts that nobody reads."""
        self._day = day
        self._rulebook = open_rulebook()
        self._registry = read_registry()
        self._read: dict[LabelPage, _Reading | None] = {}
        rules = {entry.id for entry in self._rulebook.rules}
        for question in asked:
            source, _, name = question.facts.partition(" ")
            if question.facts and (source not in _SOURCES or (source == "rule" and name not in rules)):
                raise ValueError(f"{question.key}: nobody reads the facts “{question.facts}”")

    def told(self, page: LabelPage, question: Question) -> Told:
        """What the auditor says to a question about a page; raises for nothing a page can hold."""
        if not question.facts:
            return _NOT_READ
        if page not in self._read:
            self._read[page] = self._reading(page)
        reading = self._read[page]
        if reading is None:
            return _NO_PAGE
        source, _, name = question.facts.partition(" ")
        return reading.verdict(name) if source == "rule" else reading.facts_of(source, name)

    def _reading(self, page: LabelPage) -> _Reading | None:
        try:
            portal = self._registry.find(page.host, self._day)
            body = page.path.read_bytes()
        except (BadAddress, OSError):
            return None
        if portal.kind not in MAIN_KINDS | COMPONENT_KINDS:
            portal = replace(portal, kind="department")  # every rule is asked, whether or not it binds the portal
        facts = read_page(body, page.url, seen_at=datetime.now(UTC))
        visit = Visit("audited", None, page.url, (Page(page.url, raw=facts),), NetFacts())
        around = self._registry.surroundings(portal, self._day)
        judgements = judge(portal, visit, around, self._rulebook, self._day)
        return _Reading(facts, SiteFacts(portal, visit, around.book), {each.rule: each for each in judgements})


@dataclass(frozen=True)
class _Reading:
    """One page as the auditor sees it."""

    facts: PageFacts
    site: SiteFacts
    judgements: dict[str, Judgement]

    def verdict(self, rule: str) -> Told:
        judgement = self.judgements[rule]
        verdict = judgement.verdict
        seen = tuple((clean(each.excerpt), each.where) for each in verdict.evidence[:_SHOWN])
        answer = _ANSWERS.get(verdict.outcome)
        return Told(answer, clean(judgement.vi.message), clean(judgement.en.message), seen)

    def facts_of(self, source: str, name: str) -> Told:
        if source == "language":
            return self._language()
        try:
            seen = self._contacts(name) if source == "contact" else self._links(source, name)
        except Unseen:
            return _NO_HOME
        if not seen:
            return _NOTHING
        cut = tuple(dict.fromkeys((clean(text)[:EXCERPT_LENGTH], where) for text, where in seen))
        return Told("yes", "Máy thấy:", "The auditor saw:", cut[:_SHOWN])

    def _language(self) -> Told:
        declared, spoken = self.facts.language.declared, self.facts.language.spoken
        return Told(
            NONE if declared is None else clean(declared)[:EXCERPT_LENGTH],
            f"Ngôn ngữ của nội dung theo máy: {spoken or 'chưa rõ'}.",
            f"The text itself is in: {spoken or 'unclear'}.",
        )

    def _contacts(self, kind: str) -> list[tuple[str, str]]:
        where = region_words("footer")
        return [(each.text, where) for footer in self.site.footers for each in footer.contacts(kind)]

    def _links(self, source: str, name: str) -> list[tuple[str, str]]:
        if source == "concept":
            links = [link for link, _, match in self.site.links_naming(name) if match.why_not is None]
        else:
            links = [link for link in self.facts.links if _leads_to(link, name)]
        return [
            (f"{link.text or link.hint or '(không chữ)'} → {link.url}", region_words(link.region)) for link in links
        ]


def _leads_to(link: Link, host: str) -> bool:
    return f".{split_url(link.url)[0]}".endswith(f".{plain_host(host)}")
