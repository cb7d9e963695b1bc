"""The command line in the reader's language: its help, and one sentence for whatever is wrong with a command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click
from click.core import ParameterSource

from audit.config import Desk, language
from audit.refusals import OWN_FAULT, BadInput
from audit.settings import SETTINGS
from audit.words import clean, say
from audit_rules import __version__
from audit_rules.judgement import Lang

INTERRUPTED = 130


class _InWords(click.Command):
    """A command whose help is in the reader's language: ``help.<name>`` of the sentences, or
    ``help.<family>_<name>``."""

    family = ""

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        return say(self._help, language(click.get_current_context(silent=True)))

    @property
    def _help(self) -> str:
        return f"help.{self.family and self.family + '_'}{self.name}"

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_words(super().get_help_option(ctx), ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = language(ctx)
        named = (one.metavar or "" for one in self.params if isinstance(one, click.Argument))
        formatter.write_usage(
            ctx.command_path,
            " ".join([*named, say("help.usage_options", lang)]),
            prefix=say("help.usage", lang) + " ",
        )

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_text(formatter, say(self._help, language(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)


class Order(_InWords):
    """A command that names what it does not understand."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise BadInput("error.extra", text=clean(" ".join(rest))[:100])
        return rest


class Family(_InWords, click.Group):
    """A command with others below it (``audit portals check``). Called alone it does what it is itself made for, or
    shows its help where it is made for nothing."""

    def __init__(self, *arguments: Any, callback: Callable[..., Any] | None = None, **more: Any) -> None:
        def alone(*values: Any, **given: Any) -> Any:
            here = click.get_current_context()
            if here.invoked_subcommand is not None:
                _none_early(here)
                return None
            return callback(*values, **given) if callback is not None else click.echo(here.get_help())

        more["invoke_without_command"] = True
        super().__init__(*arguments, callback=alone, **more)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        if isinstance(cmd, _InWords):
            cmd.family = self.name or ""
        super().add_command(cmd, name)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)
        _write_commands(self, ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


def _none_early(ctx: click.Context) -> None:
    """Raises BadInput for an option between a family's name and the command below it: it would be read and mean
    nothing to that command."""
    for one in ctx.command.params:
        if one.name != "lang" and ctx.get_parameter_source(one.name or "") is ParameterSource.COMMANDLINE:
            raise BadInput("error.early", name=one.opts[0], command=f"{ctx.info_name} {ctx.invoked_subcommand}")


class VersionOption(click.Option):
    """``--version``."""

    def __init__(self) -> None:
        super().__init__(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        return "--version", say("help.version", language(ctx))


class CommandLine(click.Group):
    """The whole command. Whatever happens, it ends with a status of the contract and at most one sentence."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002 - click's signature
        **extra: Any,
    ) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        desk = Desk(given, SETTINGS)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a terminal without Vietnamese still gets the result
        try:
            status = super().main(
                given, prog_name or "audit", complete_var, standalone_mode=False, obj=desk, **extra
            )
        except click.ClickException as error:
            click.echo(_sentence(error, desk.lang), err=True)
            status = error.exit_code if isinstance(error, BadInput) else BadInput.exit_code
        except click.Abort:
            click.echo(say("error.interrupted", desk.lang), err=True)
            status = INTERRUPTED
        except BrokenPipeError:
            status = _hang_up()
        except Exception as error:
            click.echo(_own_fault(error, desk), err=True)
            status = OWN_FAULT
        sys.exit(status if isinstance(status, int) else 0)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_words(super().get_help_option(ctx), ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = language(ctx)
        formatter.write_usage("audit", say("help.usage_command", lang), prefix=say("help.usage", lang) + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_text(formatter, say("help.group", language(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)
        _write_commands(self, ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


def _print_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"audit {__version__}")
        ctx.exit()


def _hang_up() -> int:
    """The reader of our output went away (``audit … | head``): say nothing more, not even at exit."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0


def _own_fault(error: Exception, desk: Desk) -> str:
    """The log has the traceback, where there is a log; a user is not to be shown one."""
    if desk.log is not None:
        return say("error.own_fault", desk.lang, path=desk.log)
    cause = clean(f"{type(error).__name__}: {error}")[:300]
    return say("error.own_fault_plain", desk.lang, cause=cause)


def _sentence(error: click.ClickException, lang: Lang) -> str:
    if isinstance(error, BadInput):
        return error.sentence(lang)
    if isinstance(error, click.NoSuchOption):
        return say("error.no_option", lang, name=clean(error.option_name), hint=_hint(error.possibilities, lang))
    if isinstance(error, click.exceptions.NoSuchCommand):
        hint = _hint(error.possibilities, lang)
        return say("error.no_command", lang, name=clean(error.command_name), hint=hint)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        named = error.param.metavar if isinstance(error.param, click.Argument) else error.param.opts[0]
        return say("error.missing", lang, name=named)
    if isinstance(error, click.BadOptionUsage):
        return say("error.option_use", lang, name=error.option_name)
    return say("error.usage", lang, message=clean(error.format_message()))


def _hint(names: Sequence[str] | None, lang: Lang) -> str:
    return say("error.did_you_mean", lang, names=", ".join(sorted(names))) if names else ""


def _in_words(option: click.Option | None, ctx: click.Context) -> click.Option | None:
    if option is not None:
        option.help = say("help.help", language(ctx))
    return option


def _write_text(formatter: click.HelpFormatter, text: str) -> None:
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(text)


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    options = (one for one in command.get_params(ctx) if isinstance(one, click.Option))
    records = [record for one in options if (record := one.get_help_record(ctx)) is not None]
    with formatter.section(say("help.options", language(ctx))):
        formatter.write_dl(records)


def _write_commands(group: click.Group, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    with formatter.section(say("help.commands", language(ctx))):
        formatter.write_dl([(name, one.get_short_help_str()) for name, one in group.commands.items()])
