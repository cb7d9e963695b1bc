"""The pages of lists: what each reads from the read model, and the template that it fills."""

from __future__ import annotations

from collections.abc import Sequence, Set
from statistics import median

from audit.web import drawn
from audit.web.asked import FINDING_STATES, Question
from audit.web.entries import KINDS
from audit.web.lists import FINDING_SORTS, Lists, page
from audit.web.reader import Context, Reader
from audit.web.shapes import Shown
from audit.words import say, term
from audit_rules.facts import Kind
from audit_rules.judgement import Lang


def home(reader: Reader, _: Question) -> tuple[str, Context]:
    shown, to = reader.views.shown(), reader.links.to
    current = [one for one in shown.portals.values() if one.current]
    seen = sum(one.state in ("audited", "partial") for one in current)
    numbers = [
        (len(current), "count_portals", to("portals")),
        (seen, "count_audited", ""),
        (len(current) - seen, "count_unseen", ""),
        (sum(one.findings for one in current), "count_findings", to("findings")),
        (len(shown.broken), "count_broken", "#broken"),
        (len(shown.mended), "count_mended", "#mended"),
    ]
    return "home.html", {
        "shown": shown,
        "numbers": numbers,
        "kinds": [(one, median(one.scores) if one.scores else None) for one in shown.kinds],
        "map": drawn.country(shown, reader.links),
        "trend": drawn.nights(shown.trend, reader.lang),
        "seen_trend": drawn.nights_seen(shown.trend, reader.lang),
    }


def portals(reader: Reader, asked: Question) -> tuple[str, Context]:
    lists = reader.views.lists()
    return "portals.html", {
        "list": reader.views.portals(asked),
        "asked": asked,
        "kinds": _kinds(reader, lists.portal_kinds),
        "provinces": _provinces(reader, lists),
        "states": [(each, term("state", each, reader.lang)) for each in sorted(lists.states)],
    }


def findings(reader: Reader, asked: Question) -> tuple[str, Context]:
    lists, lang = reader.views.lists(), reader.lang
    download = reader.links.download("findings.csv", asked.at(size=Question().size).written())
    return "findings.html", {
        "list": reader.views.findings(asked),
        "asked": asked,
        "download": download,
        "agency": lists.shown.agencies.get(asked.agency),
        "kinds": _kinds(reader, lists.finding_kinds),
        "provinces": _provinces(reader, lists),
        "rules": [(rule, title.en if lang == "en" else title.vi) for rule, title in lists.finding_rules.items()],
        "states": [(each, term("finding", each, lang)) for each in FINDING_STATES],
        "severities": [(each, term("severity", each, lang).lower()) for each in ("high", "medium", "low")],
        "groups": [(each, term("group", each, lang)) for each in _groups(lists.shown)],
        "stages": [(each, term("stage", each, lang)) for each in ("trial", "review", "published")],
        "sorts": [("", term("web_sort", "severity", lang)), *_sorts(FINDING_SORTS[1:], lang)],
    }


def agencies(reader: Reader, asked: Question) -> tuple[str, Context]:
    lists, found = reader.views.lists(), reader.views.agencies(asked)
    return "agencies.html", {
        "list": page(found, asked),
        "asked": asked,
        "kinds": _kinds(reader, lists.agency_kinds),
        "provinces": _provinces(reader, lists),
    }


def rules(reader: Reader, _: Question) -> tuple[str, Context]:
    shown = reader.views.shown()
    groups = [(group, [one for one in shown.rules.values() if one.group == group]) for group in _groups(shown)]
    return "rules.html", {"groups": groups, "key": ""}


def runs(reader: Reader, asked: Question) -> tuple[str, Context]:
    return "runs.html", {"list": reader.views.runs(asked), "asked": asked}


def search(reader: Reader, asked: Question) -> tuple[str, Context]:
    return "search.html", {"found": reader.views.search(asked.q)}


def about(_: Reader, __: Question) -> tuple[str, Context]:
    return "about.html", {}


def _groups(shown: Shown) -> list[str]:
    return list(dict.fromkeys(one.group for one in sorted(shown.rules.values(), key=lambda one: one.group)))


def _kinds(reader: Reader, there: Set[Kind]) -> list[tuple[str, str]]:
    return [(kind, term("kind", kind, reader.lang)) for kind in KINDS if kind in there]


def _provinces(reader: Reader, lists: Lists) -> list[tuple[str, str]]:
    named = ((one.id, one.name.en if reader.lang == "en" else one.name.vi) for one in lists.provinces)
    return sorted(named, key=lambda each: each[1])


def _sorts(names: Sequence[str], lang: Lang) -> list[tuple[str, str]]:
    turned = say("web.descending", lang)
    return [
        each
        for name in names
        for word in [term("web_sort", name, lang)]
        for each in ((name, word), (f"-{name}", f"{word}, {turned}"))
    ]
