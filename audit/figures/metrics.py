"""What official figures are of: names of metrics, which of them speak of EMC, which rule of ours asks the same."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from audit.words import nfc
from audit_rules.facts import Kind
from audit_rules.judgement import Lang

Whose = Literal["main", "service"]


@dataclass(frozen=True, slots=True)
class Metric:
    """``emc`` tells which portals of a body a figure of the measuring system speaks of, ``visits`` that it is a
    number of visits, ``rule`` which of our rules asks the same thing."""

    id: str
    vi: str
    en: str
    emc: Whose | None = None
    visits: bool = False
    rule: str | None = None


@cache
def metrics() -> Mapping[str, Metric]:
    """Those that have a name, by their ids."""
    told: dict[str, Metric] = {}
    for id_, one in _read()["metric"].items():
        name = one["name"]
        told[id_] = Metric(id_, name["vi"], name["en"], one.get("emc"), one.get("visits", False), one.get("rule"))
    return told


def metric_name(id_: str, lang: Lang) -> str:
    """The name of a metric; its id where it has none."""
    one = metrics().get(id_)
    return id_ if one is None else one.vi if lang == "vi" else one.en


def kind_of_group(body: str) -> Kind | None:
    """The kind of portals whose bodies a group like “UBND CẤP TỈNH” means."""
    kind: Kind | None = _read()["group"].get(nfc(body))
    return kind


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(files("audit.figures").joinpath("metrics.toml").read_text("utf-8"))
