"""Judges one portal: every rule once, whatever became of the portal, with its standing in law and its words."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from audit_rules.as_sent import as_sent
from audit_rules.facts import Portal, Surroundings, Unseen, Visit
from audit_rules.judgement import Judgement
from audit_rules.later import joined, noted_slow, seen_later
from audit_rules.masking import shown
from audit_rules.rulebook import Entry, Rulebook
from audit_rules.site import SiteFacts
from audit_rules.verdict import Verdict, cant_tell, inapplicable, untested

log = logging.getLogger(__name__)

_SEEN = frozenset({"audited", "partial"})
_UNASKED = frozenset({"address_unconfirmed", "not_visited"})
"""Why a portal of the registry was not asked although it has an address."""
_NARROW_KINDS = frozenset({"service", "thematic", "other_body", "archive"})
_NARROW_TOPICS = frozenset({"measurement", "transport", "accessibility", "integrity"})
_NARROW_RULES = frozenset({"structure.links_to_main_portal", "structure.archive_says_so"})


def first_verdicts(portal: Portal, visit: Visit, around: Surroundings, rulebook: Rulebook) -> dict[str, Verdict]:
    """Every rule's answer to what the first look saw, by rule id in their order."""
    return _verdicts(rulebook, SiteFacts(portal, replace(visit, later=None), around.book), around)


def judge(
    portal: Portal,
    visit: Visit,
    around: Surroundings,
    rulebook: Rulebook,
    day: date,
    *,
    first: Mapping[str, Verdict] | None = None,
) -> tuple[Judgement, ...]:
    """Every rule's answer about one portal, in the order of the rule ids.

    ``day`` is the law day: it decides standing and grounds, never what was seen. Rules that failed are asked again
    of the visit with what was seen later, where there was a second look; rules that weigh both looks themselves are
    asked with both. ``first`` are the ``first_verdicts`` of
    the same visit, where somebody has them.
    """
    verdicts = dict(first_verdicts(portal, visit, around, rulebook) if first is None else first)
    if visit.later is not None:
        both = SiteFacts(portal, visit, around.book)
        verdicts |= _verdicts(rulebook.only(lambda entry: entry.rule.twice), both, around)
        second = SiteFacts(portal, seen_later(visit, visit.later), around.book)
        failed = rulebook.only(lambda entry: verdicts[entry.id].outcome == "failed")
        for rule, verdict in _verdicts(failed, second, around).items():
            verdicts[rule] = joined(verdicts[rule], verdict, visit)
    return tuple(
        _judgement(entry, noted_slow(verdicts[entry.id], visit), portal, rulebook, day) for entry in rulebook.rules
    )


def judge_by_the_run(
    before: Sequence[Judgement], portal: Portal, visit: Visit, around: Surroundings, rulebook: Rulebook, day: date
) -> tuple[Judgement, ...]:
    """The judgements of a visit with what the whole run adds, from those given ``before`` the run was over: only
    rules that ask for it, and did not pass without it, are asked again."""
    settled = {each.rule for each in before if each.verdict.outcome in ("passed", "inapplicable")}
    asked = rulebook.only(lambda entry: entry.rule.whole_run and entry.id not in settled)
    anew = {each.rule: each for each in judge(portal, visit, around, asked, day)}
    return tuple(anew.get(each.rule, each) for each in before)


def _verdicts(rulebook: Rulebook, site: SiteFacts, around: Surroundings) -> dict[str, Verdict]:
    alone = around.alone
    return {entry.id: _verdict(entry, site, around if entry.rule.whole_run else alone) for entry in rulebook.rules}


def _verdict(entry: Entry, site: SiteFacts, around: Surroundings) -> Verdict:
    visit = site.visit
    if visit.state not in _SEEN:
        return cant_tell(visit.reason if visit.reason in _UNASKED else visit.state)
    if not _binds(entry, site.portal):
        return inapplicable("kind")
    try:
        verdict = entry.rule.decide(site, around)
        if verdict.outcome == "failed" and entry.value_only:
            raise ValueError("a rule that only tells a value has no words for a fault")
        return as_sent(verdict, site)
    except Unseen as unseen:
        return cant_tell(unseen.reason, what=unseen.what)
    except Exception:
        # A crash of a rule must never look clean, and must not take the other rules with it.
        log.exception("rule %s failed on %s", entry.id, site.portal.id)
        return untested("rule_error")


def _binds(entry: Entry, portal: Portal) -> bool:
    """Whether a rule runs for a kind of portal (rules.md, "Kind")."""
    return portal.kind not in _NARROW_KINDS or entry.rule.topic in _NARROW_TOPICS or entry.id in _NARROW_RULES


def _judgement(entry: Entry, verdict: Verdict, portal: Portal, rulebook: Rulebook, day: date) -> Judgement:
    verdict = shown(verdict, entry.rule.topic)
    guessed = portal.kind_guessed or not portal.registered
    standing, proves = rulebook.law.standing(entry.id, portal.kind, day, guessed)
    return Judgement(
        rule=entry.id,
        stage=entry.stage,
        group=entry.group,
        severity=entry.severity,
        standing=standing,
        proves="sign" if verdict.only_sign else proves,
        verdict=verdict,
        basis=rulebook.law.basis(entry.id, portal.kind, day),
        vi=rulebook.wording.say(entry.vi, verdict, "vi"),
        en=rulebook.wording.say(entry.en, verdict, "en"),
        scored=entry.scored,
    )
