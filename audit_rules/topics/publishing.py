"""What a portal must hold: the agency itself, its procedures and documents, its plans and money, its news."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from audit_rules.address import is_document
from audit_rules.articles import articles_of, newest_item, no_article, undated_item
from audit_rules.content import contents_of
from audit_rules.facts import PageFacts, Surroundings
from audit_rules.published import Published
from audit_rules.reading.data import load
from audit_rules.reading.dates import dates_in
from audit_rules.reading.people import find_name
from audit_rules.reading.vietnamese import words
from audit_rules.rule import rule
from audit_rules.search import Search
from audit_rules.site import SiteFacts
from audit_rules.topics.structure import WITH_PROCEDURES
from audit_rules.verdict import Value, Verdict, cant_tell, failed, inapplicable, passed

RECENT_DAYS: Final = 15
FEWEST_ARTICLES: Final = 3
FEWEST_WITHOUT_SOURCE: Final = 5
_BODIES_WITH_HISTORY: Final = frozenset({"ministry", "unit", "department"})
_PLACES: Final = frozenset({"province", "commune"})
_NUMBER = re.compile(r"(?<![\w/])\d{1,5}\s?/(?:\d{4}/)?[A-ZĐ]{2,}[A-ZĐ0-9]*(?:\s?[-–]\s?[A-ZĐ]{2,})*")
"""A document's number: "45/2025/QĐ-UBND", "12/CT-UBND"."""
_OFFICES = tuple(f" {' '.join(words(office))} " for office in load("people.toml")["offices"])
_BIOGRAPHY = (" tieu su ", " ngay sinh ", " nam sinh ", " sinh ngay ", " que quan ", " trinh do ", " sinh nam ")
_DUTIES = (" phu trach ", " nhiem vu ", " linh vuc ", " phan cong ", " lanh dao chi dao ", " truc tiep chi dao ")
_MOST_LEADERS = 60


# --- the agency ------------------------------------------------------------------------------------------


@rule(whole_run=True)
def organisation_chart(site: SiteFacts, around: Surroundings) -> Verdict:
    """The agency's organisation is published."""
    return Published(site, around, "publishing.organisation_chart").verdict("body")


@rule(whole_run=True)
def functions_and_duties(site: SiteFacts, around: Surroundings) -> Verdict:
    """The agency's functions, duties and powers are published."""
    return Published(site, around, "publishing.functions_and_duties").verdict("body")


@rule(whole_run=True)
def leadership(site: SiteFacts, around: Surroundings) -> Verdict:
    """The leaders are published by name, with a short biography and their duties."""

    def see(view: PageFacts) -> Mapping[str, Value] | None:
        return _leaders(site, view)

    return Published(site, around, "publishing.leadership", see).verdict("body")


def _leaders(site: SiteFacts, view: PageFacts) -> Mapping[str, Value] | None:
    """How many people a page of the leadership names, and which share of name, biography and duties it tells of,
    itself or on the pages it leads to; None where it names nobody with an office."""
    texts = [line.text for _, line in contents_of(site).own_lines(view)]
    if not any(office in f" {' '.join(words(text))} " for text in texts for office in _OFFICES):
        return None
    names = {named.name for text in texts if len(text) <= 300 and (named := find_name(text)) is not None}
    if not names:
        return None
    own = {line.text for line in view.lines}
    below = [
        page.views[-1] for link in view.links if link.text in own and (page := site.page(link.url)) is not None
    ]
    pages = [
        view,
        *[each for each in dict.fromkeys(below) if not site.is_home(site.page(each.url))][:_MOST_LEADERS],
    ]
    said = " ".join(" ".join(words(line.text)) for page in pages for _, line in contents_of(site).own_lines(page))
    told = [any(phrase in f" {said} " for phrase in phrases) for phrases in (_BIOGRAPHY, _DUTIES)]
    return {"count": min(len(names), _MOST_LEADERS), "share": round((1 + sum(told)) / 3, 2), "parts": 1 + sum(told)}


@rule(whole_run=True)
def history(site: SiteFacts, around: Surroundings) -> Verdict:
    """The history of the agency is published."""
    if site.portal.kind not in _BODIES_WITH_HISTORY:
        return inapplicable("kind")
    return Published(site, around, "publishing.history").verdict("body")


@rule(whole_run=True)
def history_and_culture(site: SiteFacts, around: Surroundings) -> Verdict:
    """The history and culture of the place are published."""
    if site.portal.kind not in _PLACES:
        return inapplicable("kind")
    return Published(site, around, "publishing.history_and_culture").verdict("body")


@rule(whole_run=True)
def geography(site: SiteFacts, around: Surroundings) -> Verdict:
    """The boundaries and natural conditions of the place are published."""
    if site.portal.kind not in _PLACES:
        return inapplicable("kind")
    return Published(site, around, "publishing.geography").verdict("body")


# --- procedures and documents ------------------------------------------------------------------------------


@rule(whole_run=True)
def procedures(site: SiteFacts, around: Surroundings) -> Verdict:
    """The administrative procedures are published, here or in the national system."""
    if site.portal.kind not in WITH_PROCEDURES:
        return inapplicable("no_procedures")
    verdict = Published(site, around, "publishing.procedures").verdict()
    newest = _newest_decision(site) if verdict.outcome == "passed" else None
    return replace(verdict, values={**verdict.values, "newest": newest}) if newest else verdict


def _newest_decision(site: SiteFacts) -> str | None:
    """The day of the newest decision that makes procedures public, in ISO form, as far as a line tells it."""
    days = [
        day
        for view, index, _ in site.lines_naming("procedures")
        if " cong bo " in f" {' '.join(words(view.lines[index].text))} "
        for near in view.lines[max(0, index - 2) : index + 3]
        for day in dates_in(near.text)
        if day <= view.seen_at.date()
    ]
    return max(days).isoformat() if days else None


@rule(whole_run=True)
def legal_documents(site: SiteFacts, around: Surroundings) -> Verdict:
    """Legal and guiding documents are published as a list with number, date and file."""

    def see(view: PageFacts) -> Mapping[str, Value] | None:
        numbers = sum(_NUMBER.search(line.text) is not None for _, line in contents_of(site).own_lines(view))
        return {"count": numbers} if numbers or any(is_document(link.url) for link in view.links) else None

    return Published(site, around, "publishing.legal_documents", see).verdict()


@rule(whole_run=True)
def law_dissemination(site: SiteFacts, around: Surroundings) -> Verdict:
    """The portal makes the law known and explains how it is carried out."""
    return Published(site, around, "publishing.law_dissemination").verdict()


@rule(whole_run=True)
def draft_consultation(site: SiteFacts, around: Surroundings) -> Verdict:
    """Drafts of documents are published for comment."""
    return Published(site, around, "publishing.draft_consultation").verdict()


# --- plans and money ---------------------------------------------------------------------------------------


@rule(whole_run=True)
def plans(site: SiteFacts, around: Surroundings) -> Verdict:
    """Strategies, master plans and plans are published."""
    return Published(site, around, "publishing.plans").verdict()


@rule(whole_run=True)
def projects_and_procurement(site: SiteFacts, around: Surroundings) -> Verdict:
    """Investment projects, bidding and public procurement are published."""
    return Published(site, around, "publishing.projects_and_procurement").verdict()


@rule(whole_run=True)
def budget(site: SiteFacts, around: Surroundings) -> Verdict:
    """Budget and financial reports are published."""
    return Published(site, around, "publishing.budget").verdict()


@rule(whole_run=True)
def statistics(site: SiteFacts, around: Surroundings) -> Verdict:
    """Statistics of the field or the place are published."""
    return Published(site, around, "publishing.statistics").verdict()


# --- news --------------------------------------------------------------------------------------------------


@rule
def articles_are_dated(site: SiteFacts) -> Verdict:
    """Each article says when it was published."""
    seen = articles_of(site)
    if not seen:
        return no_article(site)
    undated = [article for article in seen if article.dated is None]
    count, dated = len(seen), len(seen) - len(undated)
    if 2 * dated > count:
        return passed(seen[0].evidence, count=count, dated=dated)
    loosely = next((article for article in undated if article.when is not None), None)
    if loosely is not None:  # "2 giờ trước", "T5, 20/11": readers know the day, and no calendar does
        return cant_tell("needs_review", loosely.evidence)
    undrawn = [article.page for article in undated if site.unsettled(article.page) is not None]
    if undrawn:
        pages = undrawn[:FEWEST_ARTICLES]
        return cant_tell(site.unsettled(pages[0]) or "not_rendered", wanted=site.wanted(*pages))
    if count < FEWEST_ARTICLES or dated:
        return cant_tell("needs_review", undated[0].evidence)
    return failed(*(article.evidence for article in undated[:FEWEST_ARTICLES]), count=count)


@rule
def recent_news(site: SiteFacts) -> Verdict:
    """The portal brings news of the last fifteen days."""
    search = Search(site, "news")
    newest = newest_item(site, search)
    if newest is not None and newest.age <= RECENT_DAYS:
        return passed(newest.evidence, age=newest.age, newest=newest.day.isoformat(), day=f"{newest.day:%d/%m/%Y}")
    if search.hindrance is not None:
        return search.hindrance
    if newest is None:
        return cant_tell("undated_news", searched=search.searched)
    undated = undated_item(site, search)
    if undated is not None or newest.clock or newest.items < FEWEST_ARTICLES or not search.own_pages:
        return cant_tell("needs_review", undated or newest.evidence, searched=search.searched)
    return failed(newest.evidence, age=newest.age, newest=newest.day.isoformat(), day=f"{newest.day:%d/%m/%Y}")


@rule
def sources_cited(site: SiteFacts) -> Verdict:
    """Articles say where they come from or who wrote them."""
    seen = articles_of(site)
    if not seen:
        return no_article(site)
    cited = [article for article in seen if article.source is not None]
    if cited:
        shown = cited[0]
        return passed(shown.evidence, count=len(seen), cited=len(cited), source=(shown.source or "")[:100])
    undrawn = [article.page for article in seen if site.unsettled(article.page) is not None]
    if undrawn:
        pages = undrawn[:FEWEST_ARTICLES]
        return cant_tell(site.unsettled(pages[0]) or "not_rendered", wanted=site.wanted(*pages))
    signed = next((article for article in seen if article.signature is not None), None)
    if signed is not None or len(seen) < FEWEST_WITHOUT_SOURCE:
        return cant_tell("needs_review", (signed or seen[0]).evidence)
    return failed(*(article.evidence for article in seen[:FEWEST_ARTICLES]), count=len(seen))
