"""What pages are written on: templates, and the ways in which names, days and numbers are written.

Whatever comes from a portal is a stranger's text: it is escaped by the templates, control and direction characters
are shown as what they are, and only http and https addresses ever become links.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from audit.days import HANOI
from audit.web.links import Links
from audit.web.shapes import Name
from audit.words import clean, in_lang, say, term
from audit_rules.judgement import Lang


def render(template: str, links: Links, context: Mapping[str, Any]) -> str:
    """A page, whole. ``links`` has the language and the addresses of other pages."""
    lang = links.lang
    return (
        _templates()
        .get_template(template)
        .render(
            context,
            lang=lang,
            links=links,
            to=links.to,
            t=lambda key, **values: _sentence(key, lang, values),
            say=lambda key, **values: say(key, lang, **values),
            word=lambda section, code: _word(section, str(code), lang),
            mark=_mark,
            told=lambda outcome, reason=None: _told(outcome, reason == "needs_review", lang),
            severity=lambda code: _coded("severity", code, lang),
            stage=lambda code: _coded("stage", code, lang),
            heading=lambda name: term("heading", name, lang),
            day=lambda value: _day(value, lang),
            moment=lambda value: _moment(value, lang),
            number=lambda value: count(value, lang),
            score=lambda value: score_text(value, lang),
            name=lambda value: name_text(value, lang),
            half=lambda text: in_lang(text, lang),
            stamp=stamp,
        )
    )


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("audit.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
        auto_reload=False,
    )
    made.tests["web_address"] = is_web_address
    made.filters["upper_first"] = upper_first
    return made


def _sentence(key: str, lang: Lang, values: Mapping[str, object]) -> str:
    """A sentence of ours; markup that is put into it stays markup, and all else becomes text."""
    if not any(isinstance(value, Markup) for value in values.values()):
        return say(f"web.{key}", lang, **values)
    told = escape(say(f"web.{key}", lang, **{name: f"\0{name}\0" for name in values}))
    for name, value in values.items():
        told = told.replace(f"\0{name}\0", escape(_plain(value)))
    return told


@lru_cache(maxsize=5000)
def _word(section: str, code: str, lang: Lang) -> str:
    return term(section, code, lang)


_SHAPES = {
    "passed": '<circle cx="8" cy="8" r="7.5"/><path d="m4.5 8.2 2.5 2.6 4.6-5.4"/>',
    "failed": '<rect x=".5" y=".5" width="15" height="15" rx="2"/><path d="m5 5 6 6m0-6-6 6"/>',
    "review": '<path class="shape" d="M8 .7 15.3 8 8 15.3.7 8z"/><path d="M8 4v5m0 2v1"/>',
}
_HOLLOW = '<circle class="hollow" cx="8" cy="8" r="6.5"/>'


@cache
def _mark(told: str) -> Markup:
    """The sign of an outcome: shapes tell them apart as well as colours; beside it stands the word."""
    head = Markup('<svg class="mark {}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">').format(
        told
    )
    return head + Markup(_SHAPES.get(told, _HOLLOW)) + Markup("</svg>")  # noqa: S704 - shapes of ours


@cache
def _told(outcome: str, review: bool, lang: Lang) -> Markup:
    """An outcome with its sign; what is for a person to look at is one of its own."""
    kind = "review" if outcome == "cantTell" and review else outcome
    return Markup('<span class="told {0}">{1} {2}</span>').format(kind, _mark(kind), term("told", kind, lang))


@cache
def _coded(section: str, code: str, lang: Lang) -> Markup:
    """A severity or a stage."""
    return Markup('<span class="{} {}">{}</span>').format(section, code, term(section, code, lang))


def _plain(value: Any) -> Any:
    """Texts without characters that cannot be seen. Markup is ours."""
    if type(value) is str:
        return value if value.isprintable() else clean(value)
    return "" if value is None else value


def is_web_address(text: object) -> bool:
    """Whether a text may become a link: http or https, with a host, and nothing in it that cannot be seen."""
    if not isinstance(text, str) or not text.isprintable() or len(text) > 2000:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def upper_first(text: str) -> str:
    return text if isinstance(text, Markup) else text[:1].upper() + text[1:]


def name_text(name: Name | None, lang: Lang) -> str:
    return "" if name is None else name.en if lang == "en" else name.vi


def count(value: float | None, lang: Lang) -> str:
    """1.234 in Vietnamese, 1,234 in English; a dash for nothing."""
    if value is None:
        return "–"
    text = f"{value:,.0f}" if isinstance(value, int) else f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def score_text(value: float | None, lang: Lang) -> str:
    """A score from 0 to 1 with two digits, a dash where there is none."""
    return count(None if value is None else float(value), lang)


@lru_cache(maxsize=5000)
def _day(value: date | None, lang: Lang) -> Markup:
    if value is None:
        return Markup("–")
    told = f"{value:%d/%m/%Y}" if lang == "vi" else value.isoformat()
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), told)


def _moment(value: datetime | None, lang: Lang) -> Markup:
    if value is None:
        return Markup("–")
    here = value.astimezone(HANOI)
    told = f"{here:%H:%M %d/%m/%Y}" if lang == "vi" else f"{here:%Y-%m-%d %H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(timespec="seconds"), told)


@cache
def stamp(name: str) -> str:
    """A mark of what a static file holds: its address changes with it, so that it may be kept for ever."""
    return hashlib.sha256(static_file(name)).hexdigest()[:10]


@cache
def static_file(name: str) -> bytes:
    """A file that pages use. Raises FileNotFoundError."""
    return files("audit.web").joinpath("static", name).read_bytes()
