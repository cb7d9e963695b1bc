"""The options: the command line wins, then the environment (AUDIT_…), then ./audit.toml (contract, "Command line").

Whatever is wrong with one of them is one sentence in the reader's language, naming where the value came from.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from audit import readers
from audit.words import clean, in_lang, say
from audit_rules.judgement import Lang
from crawler.addresses import read_mapping, read_proxy, read_server
from crawler.plan import Timeouts
from storage.files import why

FILE = Path("audit.toml")
OWN_FAULT = 3
CHOICES: Mapping[str, tuple[str, ...]] = {
    "lang": ("vi", "en"),
    "format": ("table", "json", "csv"),
    "fail_on": ("high", "medium", "low", "never"),
    "render": ("auto", "always", "never"),
    "depth": ("audit", "full", "text"),
    "what": ("findings", "unmeasured", "all", "links"),
    "state": ("new", "unconfirmed", "open", "fixed", "reopened"),
}


class BadInput(click.ClickException):
    """Something the user gave will not do; ``key`` is a sentence of words.toml."""

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
        # An address of a proxy may hold a password, which belongs on no screen.
        value = "…" if setting.name == "proxy" else clean(str(self._value))[:200]
        choices = ", ".join(setting.choices)
        expected = say(f"expected.{setting.expected}", lang, choices=choices)
        return say("error.bad_value", lang, where=where, value=value, expected=expected)


class Desk:
    """What every command knows: the reader's language, the values of ./audit.toml, the log once it is open."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments
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
            if key.replace("-", "_") not in SETTINGS or isinstance(value, dict):
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
        spelling = "--" + name.replace("_", "-")
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


class FurtherWord(click.Argument):
    """A word that may follow a command and asks something else of it (``audit labels propose``)."""

    def __init__(self, name: str) -> None:
        super().__init__([name], required=False, metavar=name)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return self.make_metavar(ctx), say(f"option.{self.name}", language(ctx))


def language(ctx: click.Context | None) -> Lang:
    desk = ctx.find_object(Desk) if ctx else None
    return desk.lang if desk else "vi"


# --- the settings -----------------------------------------------------------------------------------------


def _choice(name: str, **more: Any) -> Callable[[], Setting]:
    choices: tuple[str, ...] = more.pop("choices", CHOICES[name])
    return lambda: Setting(name, "choice", readers.one_of(choices), choices=choices, **more)


TIME_OUTS = tuple(f"timeout_{each.name}" for each in fields(Timeouts) if each.name != "again")
"""Options in seconds: one for each phase, and that from which an answer counts as slow."""


def _time_out(name: str) -> Callable[[], Setting]:
    default = str(getattr(Timeouts(), name.removeprefix("timeout_")))
    return lambda: Setting(name, "time", readers.within(float, 0.1, 86_400), default=default, metavar="SECONDS")


SETTINGS: Mapping[str, Callable[[], Setting]] = {
    "site": lambda: Setting("site", "address", readers.address, multiple=True, metavar="ADDRESS"),
    "run": lambda: Setting("run", "text", readers.plain, required=True, metavar="ID|latest"),
    "agency": lambda: Setting("agency", "text", readers.plain, metavar="ID"),
    "what": _choice("what"),
    "state": _choice("state"),
    "concept": lambda: Setting("concept", "text", readers.plain, metavar="CONCEPT"),
    "db": lambda: Setting("db", "text", readers.plain, metavar="URL"),
    "data": lambda: Setting("data", "text", lambda text: Path(readers.plain(text)), default="data", metavar="DIR"),
    "registry": lambda: Setting("registry", "folder", readers.folder, metavar="DIR"),
    "lang": _choice("lang", default="vi", expose_value=False),  # Desk.lang: known before anything is parsed
    "quiet": lambda: Setting("quiet", "yes_no", str, is_flag=True, default=False),
    "format": _choice("format", default="table"),
    "output": lambda: Setting("output", "text", lambda text: Path(readers.plain(text)), metavar="FILE"),
    "law_day": lambda: Setting("law_day", "day", date.fromisoformat, metavar="YYYY-MM-DD"),
    "fail_on": _choice("fail_on", default="never"),
    "max_pages": lambda: Setting("max_pages", "pages", readers.within(int, 1, 100_000), default="60", metavar="N"),
    "render": _choice("render", default="auto"),
    "depth": _choice("depth", default="audit"),
    "delay": lambda: Setting("delay", "seconds", readers.within(float, 0, 3600), default="1", metavar="SECONDS"),
    "user_agent": lambda: Setting("user_agent", "header", readers.header, metavar="TEXT"),
    "proxy": lambda: Setting("proxy", "proxy", readers.checked(read_proxy), metavar="URL"),
    "dns": lambda: Setting("dns", "host_port", readers.checked(read_server), metavar="HOST:PORT"),
    "connect_to": lambda: Setting(
        "connect_to", "connect_to", readers.checked(read_mapping), multiple=True, metavar="HOST1:PORT1:HOST2:PORT2"
    ),
    "ca_file": lambda: Setting("ca_file", "pem", readers.pem, metavar="PEM"),
    "allow_private": lambda: Setting("allow_private", "yes_no", str, is_flag=True, default=False),
    "from_warc": lambda: Setting("from_warc", "file", readers.file, multiple=True, metavar="FILE"),
    **{name: _time_out(name) for name in TIME_OUTS},
    "timeout_again": lambda: Setting(
        "timeout_again", "times", readers.within(float, 1, 10), default=str(Timeouts().again), metavar="TIMES"
    ),
}
LOOKING = (
    *("max_pages", "render", "depth", "delay", "user_agent", "proxy", "dns", "connect_to", "ca_file"),
    "allow_private",
)
WAITING = (*TIME_OUTS, "timeout_again")


def time_outs(given: Mapping[str, Any]) -> Timeouts:
    """The time-outs among the values of the options."""
    return Timeouts(**{name.removeprefix("timeout_"): given[name] for name in WAITING})


def settings(*names: str) -> list[click.Parameter]:
    """The options of these names, and those of every command."""
    return [SETTINGS[name]() for name in (*names, "lang", "quiet")]


def run_of_proposals() -> Setting:
    """Of the labels command: the run whose proposals are asked for, and none where the vocabulary is listed."""
    return Setting("run", "text", readers.plain, metavar="ID|latest")


def export_format() -> Setting:
    """Of an export: agencies get no table of a screen."""
    return _choice("format", choices=("csv", "json"), default="csv")()
