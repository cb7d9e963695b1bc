"""The make-believe province for ``audit demo``: the only place of the program that knows the sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.plan import Plan, Render


@dataclass(frozen=True, slots=True)
class Province:
    """Where the province is to be found while it plays."""

    sites: tuple[str, ...]
    registry: Path
    plan: Plan


@contextmanager
def province(render: Render, data: Path) -> Iterator[Province]:
    """A province on loopback with a telling handful of planted faults. Its registry stays in ``data``, for the
    commands that tell of it later. Raises OSError."""
    from sandbox.world import DEMO_FAULTS, World

    with World(DEMO_FAULTS) as world:
        plan = Plan(
            delay=0.0, render=render, connect_to=world.connect_to, ca_file=str(world.ca_file), allow_private=True
        )
        registry = shutil.copytree(world.registry, data / "registry", dirs_exist_ok=True)
        yield Province(world.shown, registry, plan)
