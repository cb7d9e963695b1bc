"""What only scripts add is told as such: evidence that the page as sent holds too is told of the page as sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from audit_rules.evidence import region_words
from audit_rules.facts import PageFacts, Region
from audit_rules.site import SiteFacts
from audit_rules.verdict import EXCERPT_LENGTH, Evidence, Verdict

_WORDS = frozenset(
    {
        *map(region_words, get_args(Region)),
        "toàn trang / whole page",
        "mã đo lường / measuring code",
        "thẻ head / head element",
        "thẻ meta viewport / meta viewport",
        "hình ảnh / pictures",
        "chữ chạy / moving text",
        "địa chỉ http:// / http:// addresses",
    }
)
"""Places of which the excerpt is said by the page; others are told of the look that measured them."""


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    links: frozenset[str]

    def holds(self, excerpt: str) -> bool:
        """Whether each part of an excerpt is there: texts apart by a bar, a link's with its address."""
        for part in excerpt.split(" | "):
            words, _, address = part.partition(" → ")
            if words not in self.text or (address and not any(url.startswith(address) for url in self.links)):
                return False
        return True


def as_sent(verdict: Verdict, site: SiteFacts) -> Verdict:
    """The verdict with the evidence of drawn pages told of the page as sent, wherever that says the same."""
    if all(seen.how != "rendered" for seen in verdict.evidence):
        return verdict
    return replace(verdict, evidence=tuple(_told(seen, site) for seen in verdict.evidence))


def _told(seen: Evidence, site: SiteFacts) -> Evidence:
    if seen.how != "rendered" or seen.where not in _WORDS or not seen.excerpt:
        return seen
    raw = site.once(_sent_as).get(seen.sha256)
    if raw is None or not site.once(_said, raw).holds(seen.excerpt):
        return seen
    return replace(seen, url=raw.url, sha256=raw.sha256, seen_at=raw.seen_at, how="raw")


def _sent_as(site: SiteFacts) -> dict[str, PageFacts]:
    """The page as sent, by the digest of what scripts made of it."""
    return {page.rendered.sha256: page.raw for page in site.visit.pages if page.rendered and page.raw}


def _said(_site: SiteFacts, view: PageFacts) -> _Said:
    """What a reader of a page sees, as excerpts quote it."""
    links = [f"{link.text or link.hint}" for link in view.links if not link.hidden]
    lines = [line.text for line in view.lines if not line.hidden]
    codes = [embed.excerpt[:EXCERPT_LENGTH] for embed in view.emc]
    head = [view.title, view.description, view.viewport or ""]
    rest = [*(form.text for form in view.forms), *view.unnamed, *view.moving, *view.insecure]
    said = "\n".join([*head, *lines, *links, *codes, *rest])
    return _Said(said, frozenset(link.url for link in view.links if not link.hidden))
