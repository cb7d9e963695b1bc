"""Opens the data files beside the code that reads them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

LABELS = Path(__file__).parent / "labels"


def load(name: str) -> dict[str, Any]:
    """One TOML file of the labels folder."""
    with (LABELS / name).open("rb") as file:
        return tomllib.load(file)
