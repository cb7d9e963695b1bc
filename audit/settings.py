"""Every option of every command (contract, "Command line"): how it is read, and its default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, get_args

import click

from audit import readers
from audit.config import Setting
from audit.nights.controls import parts as read_control
from audit.nights.notice import read_post, read_target
from audit.nights.window import read_clock, read_window
from audit_rules.facts import Kind
from audit_rules.judgement import Group
from crawler.addresses import read_mapping, read_proxy, read_server
from crawler.plan import Timeouts

CHOICES: Mapping[str, tuple[str, ...]] = {
    "lang": ("vi", "en"),
    "format": ("table", "json", "csv"),
    "fail_on": ("high", "medium", "low", "never"),
    "render": ("auto", "always", "never"),
    "depth": ("audit", "axe", "full", "text"),
    "what": ("findings", "unmeasured", "all", "links"),
    "state": ("new", "unconfirmed", "open", "fixed", "reopened"),
    "outcome": ("passed", "failed", "cantTell", "inapplicable"),
    "audience": ("internal", "public"),
    "site_audience": ("public", "internal"),
    "kind": get_args(Kind),
    "heading": get_args(Group),
}


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
    "formed": lambda: Setting("formed", "yes_no", str, is_flag=True, default=False),
    "look_up": lambda: Setting("look_up", "yes_no", str, is_flag=True, default=False),
    "in_a_row": lambda: Setting("in_a_row", "days", readers.within(int, 1, 60), default="3", metavar="DAYS"),
    "by": lambda: Setting("by", "text", readers.line, required=True, metavar="NAME"),
    "how": lambda: Setting("how", "text", readers.line, required=True, metavar="TEXT"),
    "on": lambda: Setting("on", "day", date.fromisoformat, metavar="YYYY-MM-DD"),
    "round": lambda: Setting("round", "text", readers.plain, metavar="ID"),
    "metric": lambda: Setting("metric", "text", readers.plain, metavar="METRIC"),
    "withdrawn": lambda: Setting("withdrawn", "yes_no", str, is_flag=True, default=False),
    "against": lambda: Setting("against", "text", readers.plain, metavar="ID"),
    "kind": _choice("kind"),
    "heading": _choice("heading"),
    "top": lambda: Setting("top", "count", readers.within(int, 1, 1000), metavar="N"),
    "internal": lambda: Setting("internal", "yes_no", str, is_flag=True, default=False),
    "night": lambda: Setting("night", "text", readers.plain, multiple=True, metavar="ID"),
    "explain_until": lambda: Setting("explain_until", "day", date.fromisoformat, metavar="YYYY-MM-DD"),
    "finding": lambda: Setting("finding", "text", readers.plain, metavar="ID"),
    "rule": lambda: Setting("rule", "text", readers.plain, metavar="ID"),
    "reason": lambda: Setting("reason", "text", readers.line, metavar="TEXT"),
    "document": lambda: Setting("document", "text", readers.line, metavar="NUMBER"),
    "from": lambda: Setting("from", "day", date.fromisoformat, metavar="YYYY-MM-DD"),
    "to": lambda: Setting("to", "day", date.fromisoformat, metavar="YYYY-MM-DD"),
    "outcome": _choice("outcome"),
    "seen": lambda: Setting("seen", "text", readers.line, metavar="TEXT"),
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
    "public_key": lambda: Setting("public_key", "file", readers.file, metavar="PEM"),
    "keep_evidence": lambda: Setting("keep_evidence", "age", readers.age, default="forever", metavar="DAYS"),
    "keep_verdicts": lambda: Setting("keep_verdicts", "age", readers.age, default="forever", metavar="DAYS"),
    "dry_run": lambda: Setting("dry_run", "yes_no", str, is_flag=True, default=False),
    "sign_key": lambda: Setting("sign_key", "file", readers.file, metavar="PEM"),
    "ca_file": lambda: Setting("ca_file", "pem", readers.pem, metavar="PEM"),
    "allow_private": lambda: Setting("allow_private", "yes_no", str, is_flag=True, default=False),
    "from_warc": lambda: Setting("from_warc", "file", readers.file, multiple=True, metavar="FILE"),
    "processes": lambda: Setting("processes", "processes", readers.within(int, 1, 64), metavar="N"),
    "in_flight": lambda: Setting(
        "in_flight", "in_flight", readers.within(int, 1, 1000), default="100", metavar="N"
    ),
    "window": lambda: Setting("window", "window", read_window, metavar="HH:MM-HH:MM"),
    "until": lambda: Setting("until", "clock", read_clock, metavar="HH:MM"),
    "control": lambda: Setting(
        "control", "control", readers.checked(read_control), multiple=True, metavar="HOST[:PORT]|none"
    ),
    "control_wait": lambda: Setting(
        "control_wait", "wait", readers.within(float, 0, 86_400), default="1800", metavar="SECONDS"
    ),
    "night_at": lambda: Setting("night_at", "clock", read_clock, metavar="HH:MM"),
    "stalled": lambda: Setting(
        "stalled", "stalled", readers.within(float, 1, 3600), default="120", metavar="SECONDS"
    ),
    "grace": lambda: Setting("grace", "wait", readers.within(float, 0, 86_400), default="60", metavar="SECONDS"),
    "host": lambda: Setting("host", "text", readers.line, default="127.0.0.1", metavar="ADDRESS"),
    "port": lambda: Setting("port", "port", readers.within(int, 1, 65_535), default="8022", metavar="PORT"),
    "audience": _choice("audience"),
    "site_output": lambda: Setting(
        "site_output", "text", lambda text: Path(readers.plain(text)), metavar="DIR", spelling="--output"
    ),
    "site_audience": _choice("site_audience", default="public", spelling="--audience"),
    "host_name": lambda: Setting("host_name", "text", readers.line, multiple=True, metavar="NAME"),
    "resume": lambda: Setting("resume", "yes_no", str, is_flag=True, default=False),
    "notify": lambda: Setting("notify", "notify", read_target, multiple=True, metavar="URL|mailto:ADDRESS"),
    "smtp": lambda: Setting("smtp", "smtp", read_post, metavar="URL"),
    "smtp_secret": lambda: Setting("smtp_secret", "file", readers.file, metavar="FILE"),
    "mail": lambda: Setting("mail", "yes_no", str, is_flag=True, default=False),
    "copies": lambda: Setting("copies", "yes_no", str, is_flag=True, default=False),
    "packages": lambda: Setting(
        "packages", "text", lambda text: Path(readers.plain(text)), metavar="DIR", spelling="--output"
    ),
    "reply_by": lambda: Setting("reply_by", "day", date.fromisoformat, metavar="YYYY-MM-DD"),
    "issuer": lambda: Setting("issuer", "text", readers.line, metavar="NAME"),
    "issuer_above": lambda: Setting("issuer_above", "text", readers.line, metavar="NAME"),
    "stale_days": lambda: Setting(
        "stale_days", "stale_days", readers.within(int, 1, 365), default="2", metavar="N"
    ),
    **{name: _time_out(name) for name in TIME_OUTS},
    "timeout_again": lambda: Setting(
        "timeout_again", "times", readers.within(float, 1, 10), default=str(Timeouts().again), metavar="TIMES"
    ),
}
LOOKING = (
    *("max_pages", "render", "depth", "delay", "user_agent", "proxy", "dns", "connect_to", "ca_file"),
    "allow_private",
)
REPORT = ("data", "db", "format", "output", "fail_on")
MANNING = ("resume", "processes", "in_flight", "window", "until", "control", "control_wait")
WORKING = ("night_at", "in_flight", "stalled", "grace", "control", "control_wait")
NOTICE = ("notify", "smtp")
WAITING = (*TIME_OUTS, "timeout_again")


def time_outs(given: Mapping[str, Any]) -> Timeouts:
    """The time-outs among the values of the options."""
    return Timeouts(**{name.removeprefix("timeout_"): given[name] for name in WAITING})


def settings(*names: str) -> list[click.Parameter]:
    """The options of these names, and those of every command."""
    return [SETTINGS[name]() for name in (*names, "lang", "quiet")]


def newest_run() -> Setting:
    """A run, for commands that take the newest finished one where none is named."""
    return Setting("run", "text", readers.plain, default="latest", metavar="ID|latest")


def needed(*names: str) -> list[click.Parameter]:
    """Options that a command cannot do without."""
    asked: list[click.Parameter] = [SETTINGS[name]() for name in names]
    for one in asked:
        one.required = True
    return asked


def without_csv() -> Setting:
    """Of what is too much, or no table, for a spreadsheet."""
    return _choice("format", choices=("table", "json"), default="table")()


def export_format() -> Setting:
    """Of an export: agencies get no table of a screen."""
    return _choice("format", choices=("csv", "json", "xlsx"), default="csv")()
