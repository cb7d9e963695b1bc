"""What ends a command with one sentence for its reader: what was given will not do, or a fault that is ours."""

from __future__ import annotations

import click

from audit.words import in_lang, say
from audit_rules.judgement import Lang
from storage.files import why

OWN_FAULT = 3


class BadInput(click.ClickException):
    """Something the user gave will not do; ``key`` is a sentence of ``sentences/``."""

    exit_code = 2

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def sentence(self, lang: Lang) -> str:
        return say(self.key, lang, **{name: _in_words(value, lang) for name, value in self.values.items()})


def _in_words(value: object, lang: Lang) -> object:
    if isinstance(value, OSError):
        return why(value)[0 if lang == "vi" else 1]
    return in_lang(value, lang) if isinstance(value, Exception) else value


class OwnFault(BadInput):
    """What no user can mend: a broken rule book, a disk that filled up on the way."""

    exit_code = OWN_FAULT
