"""Ranks, changes and rates in words: for a screen, a page and a file alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from audit.ranking.places import Change, KindRanking, Place, Ranking, Unranked
from audit.ranking.rates import Asked, Rate
from audit.ranking.results import Source
from audit.succession import agency_name
from audit.words import clean, decimal, say, term
from audit_rules.facts import Kind, Portal
from audit_rules.judgement import Lang
from audit_rules.rulebook import open_rulebook


@cache
def rule_titles(lang: Lang) -> Mapping[str, str]:
    """The titles of today's rules by their ids."""
    return {rule.id: rule.vi.title if lang == "vi" else rule.en.title for rule in open_rulebook().rules}


def kind_name(kind: Kind, lang: Lang) -> str:
    text = term("kind", kind, lang)
    return text[:1].upper() + text[1:]


def kind_line(told: Ranking, kind: KindRanking, lang: Lang) -> str:
    """A kind, the heading it is ranked by, and how many of it have a place."""
    heading = f" · {term('group', told.group, lang)}" if told.group else ""
    name = kind_name(kind.kind, lang) + heading
    return say("ranking.kind", lang, kind=name, placed=len(kind.places), unranked=len(kind.unranked))


def without_published_rules(told: Ranking) -> bool:
    """Whether nobody can be ranked for the public, as no rule is published."""
    return told.source.public and not told.rules


# --- one portal -------------------------------------------------------------------------------------------


def rank_text(one: Place) -> str:
    """The rank, and where it is not sure from which to which it could be: ``3 (2–5)``."""
    return str(one.rank) if one.best == one.worst else f"{one.rank} ({one.best}–{one.worst})"


def index_text(index: float, lang: Lang) -> str:
    return decimal(index, lang, 3)


def between_text(one: Place, lang: Lang) -> str:
    """What the index could be, whatever the items that were not measured come to; empty where all were."""
    return "" if one.low == one.high else f"{index_text(one.low, lang)}–{index_text(one.high, lang)}"


def rank_moved(change: Change) -> str:
    """Places gained or lost as a sign: ``▲2``, ``▼1``, ``=``."""
    return "=" if change.rank == 0 else f"{'▲' if change.rank > 0 else '▼'}{abs(change.rank)}"


def rank_moved_text(change: Change, lang: Lang) -> str:
    """Places gained or lost in words, for who does not see the sign."""
    key = "ranking.same" if change.rank == 0 else "ranking.up" if change.rank > 0 else "ranking.down"
    return say(key, lang, count=abs(change.rank))


def index_moved(change: Change, lang: Lang) -> str:
    sign = "+" if change.index > 0 else "−" if change.index < 0 else "±"
    return sign + index_text(abs(change.index), lang)


def change_text(one: Place, lang: Lang) -> str:
    if one.change is None:
        return say("ranking.no_earlier", lang)
    return f"{rank_moved(one.change)} ({index_moved(one.change, lang)})"


def why_text(each: Unranked, lang: Lang) -> str:
    """Why a portal has no place."""
    score = each.score
    if each.why == "few_measured":
        return say("ranking.few_measured", lang, measured=score.measured, of=score.measured + score.not_measured)
    text = term("no_place", each.why, lang)
    text = term("state", each.why, lang) if text == each.why else text
    return f"{text} ({term('reason', each.detail, lang)})" if each.detail else text


def whose(portal: Portal, lang: Lang) -> str:
    """The body that a portal belongs to, by name; the portal's id where none is known."""
    return clean(agency_name(portal.agency, lang)) if portal.agency else portal.id


# --- rates ------------------------------------------------------------------------------------------------


def asked_name(one: Asked, lang: Lang) -> str:
    """A body by name, with the reason where nothing is known of it."""
    name = agency_name(one.agency, lang) if one.agency else ", ".join(str(each.address) for each in one.portals)
    return f"{name} ({term('reason', one.why, lang)})" if one.why else name


def share_text(share: float | None, lang: Lang) -> str:
    return "–" if share is None else f"{decimal(100 * share, lang, 1)} %"


def share_between(one: Rate, lang: Lang) -> str:
    """What the share could be, whatever becomes of those that were not measured; empty where all were, or none."""
    if one.share is None or one.low is None or one.high is None or one.low == one.high:
        return ""
    return f"{share_text(one.low, lang)}–{share_text(one.high, lang)}"


def n_text(source: Source, one: Rate, lang: Lang) -> str:
    """Of how many bodies a share is, or why there is none."""
    if one.stage is None:
        return say("ranking.not_published" if source.public else "ranking.not_told", lang)
    if one.share is None:
        return say("ranking.n_none", lang, unmeasured=len(one.unmeasured))
    told = say("ranking.n", lang, met=len(one.met), n=one.n)
    if one.unmeasured:
        told += "; " + say("ranking.n_unmeasured", lang, unmeasured=len(one.unmeasured))
    return told
