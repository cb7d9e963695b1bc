"""Measuring code of the EMC system, and of systems of the same shape: live or dead, whose, with which site id.

The forms are those of the project's EMC notes, read in public source: quotes of either kind, minified commas,
ids in variables, comment pairs, scripts of any type. A snippet in a comment, a template or a data script is
there, but it measures nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from audit_rules.facts import EmcEmbed, EmcState
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import tidy

_SYSTEM = load("emc.toml")
TRACKER_HOSTS: frozenset[str] = frozenset(_SYSTEM["tracker_hosts"])
QUEUE: str = _SYSTEM["queue"]

_MARKS = (QUEUE, "_paq", "gov-tracking")
_COMMENTS = re.compile(
    r"""(?P<string>"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"?|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*'?)"""
    r"""|/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)|(?:^|(?<=[\s;{}(),]))//[^\n]*""",
    re.MULTILINE | re.DOTALL,
)
"""Comments of a script; quoted texts are matched first, for an address in quotes holds what looks like one."""
_SITE_ID = re.compile(
    r"""setSiteId\\?["'`]\s*,\s*(?:\\?["'`](?P<text>[^"'`\\]*)\\?["'`]|(?P<name>[A-Za-z_$][\w$.]*)|(?P<number>\d+))"""
)
_TRACKER = re.compile(
    r"""setTrackerUrl\\?["'`]\s*,\s*(?:\\?["'`](?P<text>[^"'`\\]*)\\?["'`]|(?P<name>[A-Za-z_$][\w$.]*))"""
)
_LIBRARY = re.compile(r"""["']((?:https?:)?//[^"'\s]{1,300}?\.js[^"'\s]{0,100})["']""")
_EXECUTED = re.compile(r"^$|javascript|ecmascript|^module$|babel|jsx", re.IGNORECASE)

EXCERPT = 200
_LONGEST = 100_000
"""Characters of a script that are read around its first mark."""


def is_executed(script_type: str) -> bool:
    """Whether a browser runs a script element of this type."""
    return bool(_EXECUTED.search(script_type.strip()))


def speaks_of_tracking(code: str) -> bool:
    return any(mark in code for mark in _MARKS)


def _without_comments(code: str) -> str:
    return _COMMENTS.sub(lambda found: found.group("string") or " ", code)


def _assigned(name: str, code: str) -> str:
    """The literal a script gives to a variable; an empty text where it gives none."""
    found = re.search(rf"""(?<![\w$.]){re.escape(name)}\s*=\s*["']?([^"';,\s)]*)""", code)
    return found.group(1) if found else ""


def _argument(pattern: re.Pattern[str], code: str) -> str | None:
    found = pattern.search(code)
    if found is None:
        return None
    parts = found.groupdict()
    if parts.get("name"):
        return _assigned(parts["name"], code)
    return parts.get("text") if parts.get("text") is not None else parts.get("number")


def host_of(url: str) -> str:
    try:
        return (urlsplit(url if "//" in url else f"//{url}").hostname or "").lower()
    except ValueError:
        return ""


def _state(site_id: str | None) -> EmcState:
    if site_id is None:
        return "no_id"
    if not site_id.strip():
        return "empty_id"
    return "live" if site_id.strip().isdecimal() else "id_not_numeric"


def _excerpt(code: str) -> str:
    found = _SITE_ID.search(code)
    start = found.start() if found else _first_mark(code)
    return tidy(code[max(0, start - 60) : max(0, start - 60) + EXCERPT])


def _first_mark(code: str) -> int:
    return min(code.find(mark) for mark in _MARKS if mark in code)


def _around_mark(code: str) -> str:
    """The part of a script that is read: bundles may have megabytes, the snippet has hundreds of characters."""
    start = max(0, _first_mark(code) - _LONGEST // 2)
    return code[start : start + _LONGEST]


def read_script(code: str, *, script_type: str = "", inert: bool = False, comment: bool = False) -> EmcEmbed | None:
    """The measuring code in one script (or in one comment of the markup), or None if it holds none.

    ``inert`` says that the script lies in a template or noscript element.
    """
    if not speaks_of_tracking(code):
        return None
    code = _around_mark(code)
    active = _without_comments(code)
    dead_code = not comment and not speaks_of_tracking(active)
    source = code if comment or dead_code else active
    site_id = _argument(_SITE_ID, source)
    tracker = _argument(_TRACKER, source) or ""
    library = next(
        (url for url in _LIBRARY.findall(source) if "track" in url or "matomo" in url or "piwik" in url), ""
    )
    named = host_of(tracker) or host_of(library)
    if QUEUE not in source and "gov-tracking" not in source and site_id is None:
        return None
    state = _state(site_id)
    if comment or dead_code:
        state = "commented_out"
    elif inert:
        state = "inert"
    elif not is_executed(script_type):
        state = "data_only"
    return EmcEmbed(
        state=state,
        site_id=(site_id or "").strip()[:40],
        tracker_url=tracker[:300],
        library_url=library[:300],
        known_tracker=named in TRACKER_HOSTS if named else None,
        excerpt=_excerpt(source),
    )


def read_library(src: str) -> EmcEmbed | None:
    """The library of the measuring system, loaded by a script element of its own."""
    if host_of(src) not in TRACKER_HOSTS:
        return None
    return EmcEmbed("no_id", "", "", src[:300], True, tidy(src)[:EXCERPT])


def read_pushes(pushes: Sequence[str]) -> EmcEmbed | None:
    """The measuring code as the browser holds it: entries of the queue, each a JSON list of name and values."""
    said = ";".join(f"{QUEUE}.push({entry})" for entry in pushes)
    return read_script(said) if said else None
