"""Opens the data files beside the code that reads them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LABELS = Path(__file__).parent / "labels"


class LabelError(ValueError):
    """A file of the vocabulary will not do; one sentence names the file, the entry, the key and what to do."""


def load(name: str) -> dict[str, Any]:
    """One TOML file of the labels folder. Raises LabelError."""
    return opened(LABELS / name)


def opened(path: Path) -> dict[str, Any]:
    """A TOML file as it is. Raises LabelError."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, ValueError) as error:
        raise LabelError(f"{path.name}: it cannot be read ({error}); correct it.") from error


def checked(entry: Any, where: str, shape: Mapping[str, type | tuple[type, ...]], *needed: str) -> dict[str, Any]:
    """A table with keys of these types only, the needed ones among them, and no empty text. Raises LabelError."""
    if not isinstance(entry, dict):
        raise LabelError(f"{where}: must be a table; write its keys under it.")
    for key, value in entry.items():
        if key not in shape:
            raise LabelError(f"{where}: unknown key {key!r}; remove it or write one of {', '.join(shape)}.")
        parts = value if isinstance(value, list) else [value]
        blank = any(each == [] or (isinstance(each, str) and not each.strip()) for each in parts)
        if not isinstance(value, shape[key]) or blank:
            raise LabelError(f"{where}: {key} is {value!r}; correct it.")
    for key in needed:
        if key not in entry:
            raise LabelError(f"{where}: {key} is missing; write it.")
    return entry
