"""Two looks at one portal: what a negative verdict rests on and is to be seen once more, and what both say.

The reasons are in docs/decisions/0010-second-look.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from audit_rules.address import page_key
from audit_rules.facts import Answer, Later, NetFacts, Page, PageFacts, Visit
from audit_rules.probed import Probes
from audit_rules.verdict import Evidence, Value, Verdict, cant_tell

MAX_PAGES = 10
"""Pages that are looked at again."""
MAX_ADDRESSES = 10
"""Other addresses that are asked again: what seemed dead, and documents."""
_TURNED_AWAY = frozenset({"blocked", "challenge", "captcha", "waf", "robots", "not_recorded"})
"""Reasons that tell of us and not of the portal's health."""
_LESS_SEEN = frozenset({"unreachable", "coverage", "not_rendered", "render_failed"})
"""Reasons for which a second look says less than the first, and nothing about the thing."""
SEEN_ONCE = "seen_once"
"""The reason of a rule that accuses nobody after one look, and asks for the second."""
_PROBED = ("transport.", "navigation.sitemap_xml")
"""Rules that rest on entry points and probes."""


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be seen once more: pages of the visit, other addresses, the two entry points, the portal's own
    search."""

    pages: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    doors: bool = False
    search: bool = False

    def __bool__(self) -> bool:
        return bool(self.pages or self.addresses or self.doors or self.search)


def again(verdicts: Mapping[str, Verdict], visit: Visit) -> Again:
    """What the failed verdicts (by rule id) of a visit rest on, home first, then what most of them name."""
    against = {
        rule: verdict
        for rule, verdict in verdicts.items()
        if verdict.outcome == "failed" or verdict.reason == SEEN_ONCE
    }
    if not against or visit.state not in ("audited", "partial"):
        return Again()
    keys = {page_key(view.url): page.url for page in visit.pages for view in page.views}
    named = Counter({visit.home: len(against)} if visit.home else {})
    for verdict in against.values():
        # What stands in evidence weighs more than one page of sixty that were searched.
        named.update({keys[key]: 3 for key in map(page_key, _shown(verdict)) if key in keys})
        named.update({keys[key] for key in map(page_key, _searched(verdict)) if key in keys})
    places = {page.url: place for place, page in enumerate(visit.pages)}
    pages = sorted(
        (url for url in named if url in places), key=lambda url: (url != visit.home, -named[url], places[url])
    )
    return Again(
        tuple(pages[:MAX_PAGES]),
        tuple(_dead_ends(against.values(), visit, set(pages)))[:MAX_ADDRESSES],
        doors=any(rule.startswith(_PROBED) for rule in against),
        search="navigation.search_works" in against,
    )


def _shown(verdict: Verdict) -> Iterator[str]:
    return (each.url for each in verdict.evidence)


def _searched(verdict: Verdict) -> Iterator[str]:
    return (each.url for each in verdict.searched.pages) if verdict.searched else iter(())


def _dead_ends(verdicts: Iterable[Verdict], visit: Visit, pages: set[str]) -> Iterator[str]:
    """Addresses of which failed verdicts tell that they did not open, as far as they were asked."""
    told = "\n".join(text for verdict in verdicts for text in _told(verdict))
    doors = {answer.url for answer in (visit.net.https, visit.net.http) if answer is not None}
    for answer in visit.net.asked:
        if is_dead(answer) and answer.url in told and answer.url not in pages and answer.url not in doors:
            yield answer.url


def _told(verdict: Verdict) -> Iterator[str]:
    for piece in verdict.evidence:
        yield f"{piece.url} {piece.excerpt}"
    for value in verdict.values.values():
        yield from map(str, value) if isinstance(value, list) else (str(value),)
    if verdict.searched is not None and verdict.searched.nearest is not None:
        yield verdict.searched.nearest.url


# --- the visit with what was seen later ----------------------------------------------------------------------


def seen_later(visit: Visit, later: Later) -> Visit:
    """The visit with what was seen later in the place of what was seen first; the rest of it stays."""
    pages = {page.url: page for page in visit.pages}
    for page in later.pages:
        first = pages.get(page.url, page)
        pages[page.url] = replace(page, raw=page.raw or first.raw, rendered=_drawn(first, page))
    return replace(visit, pages=tuple(pages.values()), net=_net(visit.net, later))


def _drawn(first: Page, later: Page) -> PageFacts | None:
    """The page as drawn later; what only a deeper look measured stays."""
    if first.rendered is None or later.rendered is None:
        return later.rendered or first.rendered
    before, now = first.rendered.render, later.rendered.render
    if before is None or now is None:
        return later.rendered
    deeper = {name: getattr(before, name) for name in _DEEPER if not getattr(now, name)}
    return replace(later.rendered, render=replace(now, **deeper))


_DEEPER = ("phone", "enlarged", "axe", "loads", "machine")


def _net(first: NetFacts, later: Later) -> NetFacts:
    net = later.net
    opened = {page_key(page.url) for page in later.pages}
    answered = {page_key(answer.url) for answer in net.asked}
    # A page that opens now is no dead link any more, and one that answered now is not lost.
    kept = (
        answer
        for answer in first.asked
        if page_key(answer.url) not in answered and not (is_dead(answer) and page_key(answer.url) in opened)
    )
    seen = opened | {page_key(answer.url) for answer in net.asked if answer.error is None}
    return replace(
        first,
        https=net.https or first.https,
        http=net.http or first.http,
        asked=(*net.asked, *kept),
        skipped=tuple((url, why) for url, why in first.skipped if page_key(url) not in seen or why == _UNDRAWN),
        probes=_probes(first.probes, net.probes),
        search=net.search or first.search,
        slow=(*first.slow, *net.slow),
    )


def is_dead(answer: Answer) -> bool:
    """Whether nothing opened at an address."""
    return answer.status is None or answer.status >= 400


_UNDRAWN = "render_failed"


def _probes(first: Probes | None, later: Probes | None) -> Probes | None:
    if first is None or later is None:
        return later or first
    told = {name: getattr(later, name) for name in Probes.__dataclass_fields__}
    return replace(first, **{name: value for name, value in told.items() if value is not None})


# --- what both looks say -------------------------------------------------------------------------------------


def joined(first: Verdict, second: Verdict, visit: Visit) -> Verdict:
    """The answer of a rule that failed at the first look, by what it says of the visit as seen later.

    A fault is told only if both looks show it, and of a list only what both show. Where the second look met nothing
    of what the verdict rests on because the portal was in trouble, nobody knows what that trouble had done before.
    """
    if second.outcome == "untested":
        return second
    evidence = _both(first, second)
    if second.outcome == "cantTell" and second.reason is not None and second.reason not in _LESS_SEEN:
        return replace(second, evidence=evidence, searched=first.searched, wanted=())
    if second.outcome != "failed":
        found = second.reason if second.outcome == "cantTell" else second.outcome
        return cant_tell("unstable", *evidence, searched=first.searched, first="failed", later=found)
    trouble = _trouble(first, visit)
    if trouble is not None:
        return cant_tell("unstable", *evidence, searched=first.searched, first="failed", later=trouble)
    values = _in_both(first.values, second.values)
    if values is None:
        return cant_tell("unstable", *evidence, searched=first.searched, first="failed", later="failed_otherwise")
    return replace(second, values=values, evidence=evidence, only_sign=first.only_sign or second.only_sign)


def _both(first: Verdict, second: Verdict) -> tuple[Evidence, ...]:
    """The evidence of both looks; where some pages are in both, only that of those."""
    pieces = tuple(dict.fromkeys((*first.evidence, *second.evidence)))
    common = set(_shown(first)) & set(_shown(second))
    return tuple(piece for piece in pieces if piece.url in common) if common else pieces


def _trouble(first: Verdict, visit: Visit) -> str | None:
    """Why nothing that a verdict rests on was seen again, where the portal's own trouble was the reason."""
    later = visit.later
    if later is None:
        return None
    lost = {page_key(url): why for url, why in later.net.skipped}
    shown = [piece.url for piece in first.evidence if piece.how != "probe"]
    rests_on = {page_key(url) for url in (shown if first.evidence else _searched(first))}
    seen = {page_key(page.url) for page in later.pages}
    reasons = [lost[key] for key in sorted(rests_on) if key in lost]
    if not reasons or rests_on & seen or set(reasons) & _TURNED_AWAY:
        return None
    return reasons[0]


_ACCUSING = ("missing", "dead", "faults", "value")
"""Values that list what is wrong; other lists tell where or how."""


def _in_both(first: Mapping[str, Value], second: Mapping[str, Value]) -> dict[str, Value] | None:
    """The values of the second look, its lists without what only it shows; None where the looks show different
    faults."""
    if first.get("state") != second.get("state"):
        return None
    told = dict(second)
    for name, listed in second.items():
        before = first.get(name)
        if not isinstance(listed, list) or not isinstance(before, list) or not listed:
            continue
        common = [each for each in listed if each in before]
        if not common and name in _ACCUSING:
            return None
        told[name] = common or listed
    if isinstance(dead := told.get("dead"), list):
        told["count"] = len(dead)
    return told


# --- slow answers --------------------------------------------------------------------------------------------


def noted_slow(verdict: Verdict, visit: Visit) -> Verdict:
    """The verdict with ``slow_seconds`` where a page that it rests on was long in coming; no outcome changes."""
    slow = {page_key(url): seconds for net in _nets(visit) for url, seconds in net.slow}
    if not slow or verdict.outcome not in ("passed", "failed"):
        return verdict
    rests_on = {page_key(url) for url in (tuple(_shown(verdict)) or _searched(verdict))}
    waited = max((slow[key] for key in rests_on if key in slow), default=None)
    return verdict if waited is None else replace(verdict, values={**verdict.values, "slow_seconds": waited})


def _nets(visit: Visit) -> tuple[NetFacts, ...]:
    return (visit.net,) if visit.later is None else (visit.net, visit.later.net)
