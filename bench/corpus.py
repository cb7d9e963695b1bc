"""Where the saved pages of real portals are: outside the project, for they are not ours to copy."""

from __future__ import annotations

import os
from pathlib import Path

CORPUS = Path(os.environ.get("AUDIT_REAL_PAGES") or Path(__file__).parents[2] / "shared" / "real_pages")
"""A folder with ``index.csv`` and ``html/``: what AUDIT_REAL_PAGES names, else ``../shared/real_pages`` beside the
checkout. Whoever needs it says so where it is absent."""
