"""The operator's commands: ``doctor``."""

from __future__ import annotations

from typing import Any

import click

from audit.commands.told import tell
from audit.config import Desk
from audit.listings import Listing
from audit.output import Output
from audit.settings import settings
from audit.speech import Order


@click.command("doctor", cls=Order, params=settings("registry", "data", "db", "format", "output"))
@click.pass_obj
def doctor(desk: Desk, /, **given: Any) -> int:
    from audit.doctor import examine, status

    output = Output(given["output"], desk, quiet=given["quiet"])
    checks = examine(given["db"], given["data"], given["registry"], desk.lang)
    rows = [{"check": check.name, "result": check.health, "detail": check.detail} for check in checks]
    terms = {"check": "doctor", "result": "doctor"}
    tell(Listing(("check", "result", "detail"), rows, terms), given, output, desk)
    return status(checks)
