"""What is asked beside the pages of a visit: the portal's own search, pages out of the portal for the language of
their text, and whether documents and addresses elsewhere answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from audit_rules.facts import Answer, Page, PageFacts, SearchTry
from audit_rules.reading import read_page
from audit_rules.search_try import Question
from crawler.asking import Asking
from crawler.door import MAX_HOPS, stop_of
from crawler.fetched import Fetched
from crawler.robots import Robots

OTHER_VISITOR = "other"
"""The cookies of whoever follows a link to another language: the portal may answer in it from then on."""


@dataclass(frozen=True, slots=True)
class Aside:
    """``owns`` tells addresses of the portal from others. Robots.txt is obeyed."""

    robots: Robots
    asking: Asking
    owns: Callable[[str], bool]

    async def search(self, question: Question) -> SearchTry:
        """What the portal's search answers; one that fails is asked a second time."""
        url, fetched, error = await self._follow(question.url, inside=True)
        answer = _answer(question.url, url, fetched, error)
        if fetched is None or not self.owns(url) or stop_of(fetched) is not None:
            return SearchTry(question.word, answer, whole=question.whole)
        return SearchTry(question.word, answer, Page(url, raw=facts_of(fetched, url)), question.whole)

    async def elsewhere(self, asked: str) -> tuple[Answer, Page | None]:
        """What a page out of the portal answers, and what of it tells its language."""
        url, fetched, error = await self._follow(asked, inside=False)
        answer = _answer(asked, url, fetched, error)
        if fetched is None or stop_of(fetched) is not None:
            return answer, None
        return answer, Page(asked, raw=outline(facts_of(fetched, url)))

    async def answers(self, asked: str, *, document: bool) -> Answer:
        """Whether a document, or a page elsewhere, answers: where it ends, and as what. No body is read."""
        url = asked
        for _ in range(MAX_HOPS + 1):
            gate = await self.robots.at(url)
            if gate.error is not None or not gate.allows(url):
                return Answer(asked, gate.seen_at, final_url=url, error=gate.error or "robots")
            fetched = await self.asking.once(url, method="HEAD" if document else "GET", only_headers=True)
            if document and fetched.status in (405, 501):
                fetched = await self.asking.once(url, only_headers=True)
            if fetched.redirect is None:
                return fetched.answer(asked, url)
            url = fetched.redirect
        return Answer(asked, datetime.now(UTC), final_url=url, error="redirect_loop")

    async def _follow(self, url: str, *, inside: bool) -> tuple[str, Fetched | None, str | None]:
        """Through redirects to the end, with ``inside`` no further than the portal; or why nobody asked."""
        fetched: Fetched | None = None
        for _ in range(MAX_HOPS + 1):
            gate = await self.robots.at(url)
            if gate.error is not None or not gate.allows(url):
                return url, None, gate.error or "robots"
            fetched = await self.asking.once(url, jar=None if inside else OTHER_VISITOR)
            if inside and (fetched.error is not None or fetched.status >= 500):
                fetched = await self.asking.again(fetched)
            target = fetched.redirect
            if target is None:
                return url, fetched, None
            url = target
            if inside and not self.owns(url):
                return url, fetched, None
        return url, None, "redirect_loop"


def _answer(asked: str, url: str, fetched: Fetched | None, error: str | None) -> Answer:
    if fetched is None:
        return Answer(asked, datetime.now(UTC), final_url=url, error=error)
    answer, stop = fetched.answer(asked, url), stop_of(fetched)
    if stop is None or fetched.redirect is not None or fetched.error is not None:
        return answer
    turned_away = stop.state == "blocked"
    return replace(answer, error="blocked" if turned_away else None if answer.status != 200 else stop.reason)


def facts_of(fetched: Fetched, url: str) -> PageFacts:
    """An answer read as a page."""
    if fetched.page is not None:
        return fetched.page
    facts = read_page(
        fetched.body,
        url,
        seen_at=fetched.seen_at,
        charset=fetched.charset,
        status=fetched.status,
        how="raw",
        sha256=fetched.sha256,
    )
    return replace(facts, cut=True) if fetched.cut else facts


def outline(facts: PageFacts) -> PageFacts:
    """Of a page that is not the portal's: what tells its language, and nothing else."""
    return PageFacts(
        facts.url,
        facts.seen_at,
        facts.sha256,
        facts.how,
        facts.status,
        title=facts.title[:300],
        language=facts.language,
        shell=facts.shell,
        missing=facts.missing,
        cut=facts.cut,
        render=facts.render,
    )
