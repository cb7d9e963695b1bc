"""Which program looked and read: what one version read of a page, another may read otherwise."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import audit_rules
import crawler

_LIBRARIES = ("selectolax", "beautifulsoup4", "scrapy", "playwright")


@cache
def made_by() -> str:
    """The program's version, and a digest of all that looks and reads."""
    digest = hashlib.sha256("\n".join(map(version, _LIBRARIES)).encode())
    for package in (audit_rules, crawler):
        folder = Path(str(package.__file__)).parent
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".toml", ".csv"):
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    return f"{audit_rules.__version__}+{digest.hexdigest()[:12]}"
