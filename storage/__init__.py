"""Keeps: tables, migrations, the evidence archive."""
