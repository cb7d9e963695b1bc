"""Who asks for a page, and what every page is made by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.web.links import Links
from audit.web.views import Views
from audit_rules.judgement import Lang


class NoSuchPage(LookupError):
    """There is no such thing, or not for this audience."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for a page: over which read model, in which language, and where other pages lie. ``searchable`` is
    False where nobody answers questions: pages as files have no forms, filters and sorting."""

    views: Views
    links: Links
    searchable: bool = True

    @property
    def lang(self) -> Lang:
        return self.links.lang


Context = dict[str, Any]
Build = Callable[..., tuple[str, Context]]
"""Makes a page for a reader, what is asked and the ids in its address: the template, and what it is filled with."""
