"""The options: the command line wins, then the environment (AUDIT_…), then ./audit.toml (contract, "Command line").

Whatever is wrong with one of them is one sentence in the reader's language, naming where the value came from.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from audit.refusals import BadInput
from audit.words import clean, say
from audit_rules.judgement import Lang

FILE = Path("audit.toml")


class BadValue(BadInput):
    """A value of an option, a variable or the file that cannot be read as what it has to be."""

    def __init__(self, setting: Setting, source: ParameterSource | None, value: object) -> None:
        super().__init__("error.bad_value")
        self._setting, self._source, self._value = setting, source, value

    def sentence(self, lang: Lang) -> str:
        setting = self._setting
        where = {
            ParameterSource.ENVIRONMENT: say("where.variable", lang, name=setting.envvar),
            ParameterSource.DEFAULT_MAP: say("where.key", lang, name=setting.name),
        }.get(self._source or ParameterSource.COMMANDLINE, say("where.option", lang, name=setting.opts[0]))
        # An address of a proxy or of a mail server may hold a password, which belongs on no screen.
        value = "…" if setting.name in ("proxy", "smtp") else clean(str(self._value))[:200]
        choices = ", ".join(setting.choices)
        expected = say(f"expected.{setting.expected}", lang, choices=choices)
        return say("error.bad_value", lang, where=where, value=value, expected=expected)


class Desk:
    """What every command knows: the reader's language, the values of ./audit.toml, the log once it is open."""

    def __init__(self, arguments: Sequence[str], known: Collection[str]) -> None:
        """``known`` are the names that audit.toml may hold."""
        self._arguments = arguments
        self._known = known
        self.log: Path | None = None

    @cached_property
    def lang(self) -> Lang:
        """Found before anything is parsed: also the sentence about a bad option is in the reader's language."""
        asked: object = os.environ.get("AUDIT_LANG")
        if not asked:
            with suppress(BadInput):
                asked = self.file.get("lang")
        for at, word in enumerate(self._arguments):
            if word == "--lang":
                asked = self._arguments[at + 1] if at + 1 < len(self._arguments) else None
            elif word.startswith("--lang="):
                asked = word.partition("=")[2]
        return "en" if asked == "en" else "vi"

    @cached_property
    def file(self) -> Mapping[str, object]:
        """The keys of audit.toml, with underscores. Raises BadInput."""
        try:
            values = tomllib.loads(FILE.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            cause = error if isinstance(error, OSError) else clean(str(error))
            raise BadInput("error.bad_file", cause=cause) from error
        for key, value in values.items():
            if key.replace("-", "_") not in self._known or isinstance(value, dict):
                raise BadInput("error.unknown_key", key=clean(key)[:100])
        return {key.replace("-", "_"): value for key, value in values.items()}


class _Read(click.ParamType[Any]):
    """A click type made of a reader that raises ValueError or OSError for what will not do."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            if isinstance(value, list | dict):
                raise ValueError(value)  # a list or table of audit.toml where one value belongs
            return self._read(str(value))
        except (ValueError, OSError) as error:
            if not isinstance(param, Setting):
                raise
            source = ctx.get_parameter_source(param.name or "") if ctx else None
            raise BadValue(param, source, value) from error


class Setting(click.Option):
    """An option that is also a variable AUDIT_NAME (lists by commas) and a key of audit.toml."""

    def __init__(self, name: str, expected: str, read: Callable[[str], Any], **more: Any) -> None:
        self.expected = expected
        self.choices: tuple[str, ...] = more.pop("choices", ())
        flag = more.get("is_flag", False)
        kind = click.BOOL if flag else _Read(expected, read)
        metavar = None if flag else "|".join(self.choices) or more.pop("metavar", expected.upper())
        spelling = more.pop("spelling", "--" + name.replace("_", "-"))
        super().__init__(
            [spelling, name], type=kind, metavar=metavar, envvar=f"AUDIT_{name.upper()}", help=name, **more
        )

    def value_from_envvar(self, ctx: click.Context) -> Any:
        text = self.resolve_envvar_value(ctx)
        if text is None or not self.multiple:
            return text
        return [part for piece in text.split(",") if (part := piece.strip())]

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        value, source = super().consume_value(ctx, opts)
        file = ctx.find_object(Desk)
        if source is ParameterSource.DEFAULT and file is not None and self.name in file.file:
            value, source = file.file[self.name or ""], ParameterSource.DEFAULT_MAP
            if self.multiple and not isinstance(value, list):
                value = [value]
        return value, source

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise BadValue(self, ctx.get_parameter_source(self.name or ""), value) from error

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        lang = language(ctx)
        text = say(f"option.{self.name}", lang)
        return f"{self.opts[0]} {self.metavar or ''}".rstrip(), f"{text} [{self.envvar}]"


def language(ctx: click.Context | None) -> Lang:
    desk = ctx.find_object(Desk) if ctx else None
    return desk.lang if desk else "vi"
