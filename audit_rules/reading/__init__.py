"""Turns one HTML page into frozen facts; never says good or bad."""

from audit_rules.reading.document import read_page

__all__ = ["read_page"]
