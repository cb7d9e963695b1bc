"""The sentences and terms of the command line and its reports, in Vietnamese and English, kept as data."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from audit_rules.judgement import Lang

_BLANK = re.compile(r"[\s\x85]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@cache
def _words() -> dict[str, dict[str, Any]]:
    """All of ``sentences/*.toml`` by section and name. Raises ValueError where two files say the same thing."""
    told: dict[str, dict[str, Any]] = {}
    for file in sorted(files("audit").joinpath("sentences").iterdir(), key=lambda each: each.name):
        for name, section in tomllib.loads(file.read_text("utf-8")).items():
            if twice := told.setdefault(name, {}).keys() & section.keys():
                raise ValueError(f"{file.name} says [{name}] {', '.join(sorted(twice))} a second time")
            told[name] |= section
    return told


def say(key: str, lang: Lang, /, **values: object) -> str:
    """The sentence ``section.name`` of ``sentences/``. Raises KeyError where there is none."""
    section, _, name = key.partition(".")
    text: str = _words()[section][name][lang]
    return text.format(**values)


def term(section: str, code: str, lang: Lang) -> str:
    """The words for a code of the contract; the code itself where we have none for it."""
    entry = _words().get(section, {}).get(code)
    return str(entry[lang]) if entry else code


def nfc(text: str) -> str:
    """NFC, and free of halves of characters, which no file can hold."""
    if text.isascii():  # so are most addresses, moments and names of rules
        return text
    return unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode("utf-8")


def in_lang(message: object, lang: Lang) -> str:
    """The half of our own "tiếng Việt / English" sentences that the reader understands, line by line."""

    def half(line: str) -> str:
        vi, slash, en = line.partition(" / ")
        return (vi if lang == "vi" else en).strip() if slash else line

    return "\n".join(half(line) for line in str(message).splitlines())


def decimal(value: float, lang: Lang, places: int = 2) -> str:
    """A number as the reader writes it: 0,83 in Vietnamese, 0.83 in English."""
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if lang == "vi" else text


def clean(text: str) -> str:
    """A stranger's text made fit for a screen or a cell: control and direction characters shown as what they are,
    blanks folded."""
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip(" ")  # nearly every text; a table has millions of them
    return " ".join(_UNSEEN.sub(lambda found: f"‹U+{ord(found.group()):04X}›", _BLANK.sub(" ", nfc(text))).split())
